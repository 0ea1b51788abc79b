// How our clients get to a gRPC server: the credentials of a channel, from files.
//
// Thread rule: pure functions.
#ifndef SIGNALBOOK_SERVICE_CHANNEL_H_
#define SIGNALBOOK_SERVICE_CHANNEL_H_

#include <grpcpp/security/credentials.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace signalbook {

// Any of these means TLS. Files are PEM.
struct ChannelTls {
  bool enabled = false;          // with the authorities that this machine trusts
  std::string authorities_file;  // with these, and no others
  std::string certificate_file;  // to be known by; with key_file
  std::string key_file;          // without a password
};

bool IsOn(const ChannelTls& tls);

// Insecure ones without TLS. Files that are renewed later are taken up as those of tls.h are.
//   InvalidArgument   a certificate without its key or the other way round; a file is no PEM of its kind;
//                     key and certificate do not match
//   NotFound          a file cannot be read
// Messages name the file.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeChannelCredentials(
    const ChannelTls& tls);

// Whether a token shown at `address` would leave this machine unencrypted.
bool LeavesInTheClear(const std::string& address, const ChannelTls& tls);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_CHANNEL_H_
