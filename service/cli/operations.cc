// signalbook server: what a running server runs with, and taking up a new configuration.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "service/cli/health.h"
#include "service/cli/moderation/command.h"
#include "service/cli/moderation/text.h"
#include "service/strings.h"
#include "signalbook/v1/operations.grpc.pb.h"

namespace signalbook {
namespace {

using OperationsStub = v1::OperationsService::Stub;

constexpr char kStatusFooter[] =
    "Asks one server; each replica is asked by itself.\n"
    "\n"
    "Example:\n"
    "  signalbook server status --json | jq -r .book.hash\n";

constexpr char kReloadFooter[] =
    "As SIGHUP does: calls under way end with what they began with, no call is lost. After an\n"
    "error nothing has changed. Takes an administrator. Exit code 2 also when the server refuses;\n"
    "stderr says what is wrong and where.\n"
    "\n"
    "Example:\n"
    "  signalbook server reload --server 10.0.0.7:50051 --authorities ca.pem\n";

std::string StatusText(const v1::ServerStatus& status) {
  std::string text = StrCat("program   ", status.program_version(), "\nstarted   ",
                            TimeText(status.start_time()), "\n");
  if (status.has_reload_time()) {
    absl::StrAppend(&text, "reloaded  ", TimeText(status.reload_time()), "\n");
  }
  absl::StrAppend(&text, "book      ", status.book().name(), " ", status.book().version(), " ",
                  status.book().hash().substr(0, 12), "\n");
  if (!status.revision().empty()) absl::StrAppend(&text, "revision  ", status.revision(), "\n");
  for (const std::string& entry : status.ignored_entries()) {
    absl::StrAppend(&text, "ignored   ", ShortName(entry), ": approved for another book\n");
  }
  absl::StrAppend(&text, "calls     ", status.calls_under_way(), " under way, ",
                  status.calls_waiting(), " waiting for a model\nlanguages ");
  if (status.language_pairs().empty()) absl::StrAppend(&text, "none (emoji only)");
  for (int i = 0; i < status.language_pairs_size(); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : " ", status.language_pairs(i));
  }
  for (const v1::ModelStatus& model : status.models()) {
    absl::StrAppend(&text, "\nmodel     ", model.name(), ": ",
                    model.breaker_state() == v1::BREAKER_STATE_CLOSED ? "asked"
                    : model.breaker_state() == v1::BREAKER_STATE_OPEN
                        ? "left alone after failures"
                        : "tried again after failures",
                    ", ", model.requests_under_way(), " requests under way");
  }
  return text;
}

absl::StatusOr<int> Status(Connection& connection, const CommandOptions& options) {
  const absl::StatusOr<v1::ServerStatus> status =
      connection.Call(&OperationsStub::GetServerStatus, v1::GetServerStatusRequest());
  if (!status.ok()) return status.status();
  return PrintMessage(options, *status, StatusText);
}

absl::StatusOr<int> Reload(Connection& connection, const CommandOptions& options) {
  const absl::StatusOr<v1::ServerStatus> status =
      connection.Call(&OperationsStub::ReloadConfiguration, v1::ReloadConfigurationRequest());
  if (!status.ok()) return status.status();
  return PrintMessage(options, *status, StatusText);
}

}  // namespace

void AddServer(CLI::App* app, int* exit_code) {
  CLI::App* server = app->add_subcommand("server", "Looks after a running server.");
  server->require_subcommand(1);
  AddCommand(server,
             {"status", "Shows what a server runs with and what keeps it busy.", "ServerStatus",
              kStatusFooter},
             std::make_shared<CommandOptions>(), Status, exit_code);
  AddCommand(server,
             {"reload", "Has a server take up its configuration, book and models anew.",
              "ServerStatus", kReloadFooter},
             std::make_shared<CommandOptions>(), Reload, exit_code);
  AddHealth(server, exit_code);
}

}  // namespace signalbook
