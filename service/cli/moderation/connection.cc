#include "service/cli/moderation/connection.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "absl/time/clock.h"
#include "service/status.h"
#include "service/strings.h"

namespace signalbook {

const char kConnectionHelp[] =
    "Needs a server that moderates, and an account on it: a token (`signalbook token`) in the\n"
    "file of --token-file or in $SIGNALBOOK_TOKEN, or a certificate with --certificate and\n"
    "--key.\n"
    "\n"
    "Exit codes: 0 done; 1 only where it is said above; 2 the command line is wrong, or the\n"
    "server refused: stderr says why; 3 no server, or it cannot reach its database.\n";

void AddConnectionOptions(CLI::App* command, ConnectionOptions* options) {
  command->add_option("--server", options->server, "Server to ask")
      ->type_name("ADDRESS")
      ->capture_default_str();
  AddChannelOptions(command, &options->channel);
  command->add_option("--timeout", options->timeout_seconds, "Longest wait for an answer")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.001, 86400.0).description(""))
      ->capture_default_str();
}

absl::StatusOr<Connection> Connection::Open(const ConnectionOptions& options) {
  absl::StatusOr<ServerChannel> server = OpenChannel(options.server, options.channel);
  if (!server.ok()) return server.status();
  if (server->token.empty() && options.channel.certificate_file.empty()) {
    return absl::InvalidArgumentError(
        StrCat("who is asking? Set $", options.channel.token_variable,
               " or --token-file to a token, or --certificate and --key"));
  }
  Connection connection;
  connection.address_ = options.server;
  connection.timeout_ = absl::Seconds(options.timeout_seconds);
  connection.server_ = *std::move(server);
  return connection;
}

void Connection::Prepare(grpc::ClientContext* context) const {
  context->set_deadline(absl::ToChronoTime(absl::Now() + timeout_));
  server_.AddToken(context);
}

absl::Status Connection::ErrorOf(const grpc::Status& status) const {
  absl::Status error = FromGrpcStatus(status);
  if (absl::IsUnavailable(error) && ReasonOf(error).empty()) {
    return absl::UnavailableError(StrCat("cannot reach ", address_, " (", error.message(),
                                         "); is `signalbook serve` running there?"));
  }
  if (absl::IsDeadlineExceeded(error) && ReasonOf(error).empty()) {
    return absl::DeadlineExceededError(StrCat("no answer from ", address_, " within ",
                                              absl::FormatDuration(timeout_),
                                              "; a larger --timeout waits longer"));
  }
  return error;
}

}  // namespace signalbook
