// signalbook audit: who did what (audit_verify.cc: and whether the log is what it was).
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "service/cli/moderation/command.h"
#include "service/cli/moderation/text.h"
#include "service/cli/replace_file.h"
#include "service/moderation/audit_log.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr char kListFooter[] =
    "Newest first. --json has the rows before and after, the reasons and the hashes.\n"
    "\n"
    "Examples:\n"
    "  signalbook audit list --actor ana --limit 20\n"
    "  signalbook audit list --resource proposals/17 --json | jq -r .detail\n";

constexpr char kExportFooter[] =
    "The whole log, oldest first, a signalbook.v1.AuditEvent in protobuf's JSON a line: what\n"
    "`signalbook audit verify FILE` takes. Keep the head hash, too, somewhere else: with it, it\n"
    "shows when the end of a log was cut off.\n"
    "\n"
    "Example:\n"
    "  signalbook audit export --output audit.jsonl\n";

std::vector<std::string> EventCells(const v1::AuditEvent& event) {
  return {StrCat(event.number()), TimeText(event.time()), Shown(event.actor()), event.action(),
          Shown(event.resource())};
}

absl::StatusOr<int> List(Connection& connection,
                         const ListOptions<v1::ListAuditEventsRequest>& options) {
  return PrintList(connection, &ModerationStub::ListAuditEvents,
                   &v1::ListAuditEventsResponse::events, options,
                   {{"event", "time", "actor", "action", "resource"}, EventCells});
}

struct ExportOptions : CommandOptions {
  std::string output;
};

absl::StatusOr<int> Export(Connection& connection, const ExportOptions& options) {
  v1::ListAuditEventsRequest request;
  request.set_ascending(true);
  std::string content;  // of a file, which is replaced as a whole
  v1::AuditEvent head;
  const absl::Status status =
      ForEachItem(connection, &ModerationStub::ListAuditEvents, request,
                  &v1::ListAuditEventsResponse::events, 0, [&](const v1::AuditEvent& event) {
                    head = event;
                    if (options.output.empty()) return PrintLine(AuditLine(event));
                    absl::StrAppend(&content, AuditLine(event), "\n");
                    return true;
                  });
  if (!status.ok()) return status;
  if (!options.output.empty()) {
    if (absl::Status written = ReplaceFile(options.output, content); !written.ok()) return written;
  }
  std::fprintf(stderr, "%lld events, head %s\n", static_cast<long long>(head.number()),
               head.number() == 0 ? std::string(kAuditStart).c_str() : head.hash().c_str());
  return kExitClean;
}

}  // namespace

void AddAudit(CLI::App* app, int* exit_code) {
  CLI::App* audit = app->add_subcommand("audit", "Shows, exports and verifies the audit log.");
  audit->require_subcommand(1);

  auto list = std::make_shared<ListOptions<v1::ListAuditEventsRequest>>();
  CLI::App* command =
      AddCommand(audit, {"list", "Lists who did what, newest first.", "AuditEvent", kListFooter},
                 list, List, exit_code);
  v1::ListAuditEventsRequest* request = &list->request;
  AddWords(command, "--actor", request->mutable_actor(), "Done by them")->type_name("NAME");
  AddWords(command, "--action", request->mutable_action(), "Such as proposal.approve, entry.block")
      ->type_name("ACTION");
  AddWords(command, "--resource", request->mutable_resource(),
           "Done to it: proposals/17, revisions/3, entries/names:es:1F1E8-1F1E6")
      ->type_name("NAME");
  AddLimit(command, &list->limit);

  auto out = std::make_shared<ExportOptions>();
  command = AddCommand(
      audit,
      {"export", "Writes the whole log, to be verified anywhere.", "AuditEvent", kExportFooter},
      out, Export, exit_code);
  command->add_option("--output", out->output, "File to write, in one step; default: stdout")
      ->type_name("FILE");

  AddAuditVerify(audit, exit_code);
}

}  // namespace signalbook
