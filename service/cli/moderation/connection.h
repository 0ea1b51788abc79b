// A running server as those with an account on it use it: ModerationService and OperationsService, for commands.
//
// Thread rule: a Connection belongs to one thread.
#ifndef SIGNALBOOK_SERVICE_CLI_MODERATION_CONNECTION_H_
#define SIGNALBOOK_SERVICE_CLI_MODERATION_CONNECTION_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "service/cli/channel_options.h"
#include "signalbook/v1/moderation.grpc.pb.h"

namespace CLI {
class App;
}  // namespace CLI

namespace signalbook {

struct ConnectionOptions {
  std::string server = "127.0.0.1:50051";
  ChannelOptions channel = {.token_variable = "SIGNALBOOK_TOKEN"};
  double timeout_seconds = 30;
};

// The options --server and --timeout, and those of AddChannelOptions.
void AddConnectionOptions(CLI::App* command, ConnectionOptions* options);

// What a footer says of them, and of exit codes; ends with a line end.
extern const char kConnectionHelp[];

class Connection {
 public:
  // Connects at the first call.
  // Errors are those of OpenChannel; and InvalidArgument without a token and a certificate.
  static absl::StatusOr<Connection> Open(const ConnectionOptions& options);

  // One call: connection.Call(&v1::ModerationService::Stub::GetEntry, request). Unavailable names the address
  // when nothing answers there.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request) {
    grpc::ClientContext context;
    Prepare(&context);
    Stub stub(server_.channel);
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return ErrorOf(status);
    return response;
  }

 private:
  Connection() = default;
  void Prepare(grpc::ClientContext* context) const;
  absl::Status ErrorOf(const grpc::Status& status) const;

  std::string address_;
  ServerChannel server_;
  absl::Duration timeout_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_CLI_MODERATION_CONNECTION_H_
