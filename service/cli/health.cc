#include "service/cli/health.h"

#include <google/protobuf/unknown_field_set.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "service/cli/cli.h"
#include "service/cli/moderation/command.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr char kFooter[] =
    "Asks grpc.health.v1.Health, which is open to everybody: no account is needed.\n"
    "\n"
    "Exit codes: 0 it takes calls; 1 it answers, and takes none; 2 the command line is wrong; 3 "
    "no\n"
    "answer.\n"
    "\n"
    "Example, of a container:\n"
    "  HEALTHCHECK CMD [\"signalbook\", \"server\", \"health\", \"--timeout\", \"3\"]\n";

constexpr char kName[] = "server health";
constexpr uint64_t kServing = 1;  // grpc.health.v1.HealthCheckResponse.ServingStatus

struct Options {
  ConnectionOptions connection = {.channel = {}};  // no token: it is not asked for
  std::string service = "signalbook.v1.TranslationService";
};

// The two messages have a field each; their definition is in no package of Debian's.
grpc::ByteBuffer Request(const std::string& service) {
  google::protobuf::UnknownFieldSet fields;
  fields.AddLengthDelimited(1, service);
  std::string bytes;
  fields.SerializeToString(&bytes);
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

bool Serving(const grpc::ByteBuffer& response) {
  grpc::Slice slice;
  google::protobuf::UnknownFieldSet fields;
  return response.DumpToSingleSlice(&slice).ok() &&
         fields.ParseFromArray(slice.begin(), static_cast<int>(slice.size())) &&
         fields.field_count() == 1 && fields.field(0).number() == 1 &&
         fields.field(0).type() == google::protobuf::UnknownField::TYPE_VARINT &&
         fields.field(0).varint() == kServing;
}

// What grpc.health.v1.Health/Check answers.
grpc::Status Check(const ServerChannel& server, const Options& options,
                   grpc::ByteBuffer* response) {
  grpc::GenericStub stub(server.channel);
  grpc::ClientContext context;
  context.set_deadline(
      absl::ToChronoTime(absl::Now() + absl::Seconds(options.connection.timeout_seconds)));
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check",
                                          Request(options.service), &queue);
  grpc::Status status;
  call->StartCall();
  call->Finish(response, &status, &queue);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  return status;
}

int Run(const Options& options) {
  const absl::StatusOr<ServerChannel> server =
      OpenChannel(options.connection.server, options.connection.channel);
  if (!server.ok()) return ReportError(kName, server.status());
  grpc::ByteBuffer response;
  const grpc::Status status = Check(*server, options, &response);
  if (!status.ok() && status.error_code() != grpc::StatusCode::NOT_FOUND) {
    return ReportError(
        kName, absl::UnavailableError(StrCat("no answer from ", options.connection.server, ": ",
                                             status.error_message())));
  }
  const bool serving = status.ok() && Serving(response);
  PrintLine(serving ? "serving" : status.ok() ? "not serving" : "no such service");
  return serving ? kExitClean : kExitFindings;
}

}  // namespace

void AddHealth(CLI::App* server, int* exit_code) {
  CLI::App* command = server->add_subcommand("health", "Says whether a server takes calls.");
  command->footer(kFooter);
  auto options = std::make_shared<Options>();
  AddServerOptions(command, &options->connection);
  command->add_option("--service", options->service, "gRPC service to ask about; \"\": the server")
      ->type_name("NAME")
      ->capture_default_str();
  command->callback([options, exit_code] { *exit_code = Run(*options); });
}

}  // namespace signalbook
