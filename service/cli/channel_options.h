// How a command gets to a server that asks who calls: a token, a certificate, TLS.
//
// Thread rule: pure functions.
#ifndef SIGNALBOOK_SERVICE_CLI_CHANNEL_OPTIONS_H_
#define SIGNALBOOK_SERVICE_CLI_CHANNEL_OPTIONS_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace signalbook {

struct ChannelOptions {
  std::string token_file;
  bool tls = false;              // with the authorities that the machine trusts
  std::string authorities_file;  // PEM; means tls
  std::string certificate_file;  // PEM, to be known by; with key_file; means tls
  std::string key_file;
  std::string token_variable = {};  // of the environment, for want of token_file; empty: none
};

// The options --token-file, --tls, --authorities, --certificate and --key; with `needed` (null: none), only beside it.
void AddChannelOptions(CLI::App* command, ChannelOptions* options, CLI::Option* needed = nullptr);

// A way to a server. Thread rule: safe from many threads.
struct ServerChannel {
  std::shared_ptr<grpc::Channel> channel;
  std::string token;  // empty: none is shown

  // Shows the token on a call.
  void AddToken(grpc::ClientContext* context) const;
};

// Connects at the first call. Answers may be of any size.
//   InvalidArgument   options that don't go together; a token that is none; a token that would leave this machine in
//                     the clear; a file that is no PEM of its kind
//   NotFound          a file cannot be read
absl::StatusOr<ServerChannel> OpenChannel(const std::string& address,
                                          const ChannelOptions& options);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_CLI_CHANNEL_OPTIONS_H_
