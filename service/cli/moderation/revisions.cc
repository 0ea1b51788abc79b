// signalbook revisions: what has been in force, and going back to it.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "service/cli/moderation/command.h"
#include "service/cli/moderation/text.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr char kListFooter[] =
    "Newest first. \"took\" is the time from the report or the proposal until the row was in\n"
    "force.\n"
    "\n"
    "Examples:\n"
    "  signalbook revisions list --limit 10\n"
    "  signalbook revisions list --json | jq 'select(.kind == \"REVISION_KIND_EMERGENCY\")'\n";

constexpr char kDiffFooter[] =
    "What the changes in between come to, by entry; what was changed back is left out. Revision\n"
    "0 is the book alone. --json prints a RowChange a line.\n"
    "\n"
    "Examples:\n"
    "  signalbook revisions diff\n"
    "  signalbook revisions diff --from 3 --to 5\n";

constexpr char kRollBackFooter[] =
    "Makes a new revision with the rows of an old one; 0 is the book alone. Blocks in an\n"
    "emergency stay, unless an administrator undoes them too.\n"
    "\n"
    "Examples:\n"
    "  signalbook revisions roll-back 4 --dry-run\n"
    "  signalbook revisions roll-back 4 --reason 'revision 5 named a flag after a regime'\n";

std::vector<std::string> RevisionCells(const v1::Revision& revision) {
  std::vector<std::string> entries;
  for (const v1::RowChange& change : revision.changes())
    entries.push_back(ShortName(change.entry()));
  const auto took = absl::Milliseconds(revision.lead_time_ms());
  return {StrCat(revision.number()),
          TimeText(revision.time()),
          Word(revision.kind()),
          Shown(revision.author()),
          revision.lead_time_ms() == 0 ? "-"
                                       : absl::FormatDuration(absl::Trunc(took, absl::Seconds(1))),
          StrCat(Quoted(revision.reason()), "  ", absl::StrJoin(entries, " "))};
}

// Lines, with who is to thank for each.
std::string ChangeLine(const v1::RowChange& change) {
  std::string line = StrCat(ShortName(change.entry()), ": ", ChangeText(change));
  if (change.revision() == 0) return line;
  absl::StrAppend(&line, "\n    revision ", change.revision(), " ", TimeText(change.time()), " by ",
                  Shown(change.author()));
  if (change.approvers_size() > 0) {
    absl::StrAppend(&line, ", approved by ", Shown(absl::StrJoin(change.approvers(), ", ")));
  }
  if (!change.reason().empty()) absl::StrAppend(&line, ": ", Quoted(change.reason()));
  return line;
}

struct DiffOptions : CommandOptions {
  v1::DiffRevisionsRequest request;
};

absl::StatusOr<int> Diff(Connection& connection, const DiffOptions& options) {
  const auto diff = connection.Call(&ModerationStub::DiffRevisions, options.request);
  if (!diff.ok()) return diff.status();
  for (const v1::RowChange& change : diff->changes()) {
    PrintMessage(options, change, ChangeLine);
  }
  if (diff->changes().empty()) std::fputs("nothing differs\n", stderr);
  return kExitClean;
}

struct RollBackOptions : CommandOptions {
  v1::RollBackRequest request;
};

std::string RollBackText(const v1::RollBackResponse& response) {
  const v1::Revision& revision = response.revision();
  std::vector<std::string> lines = {revision.number() == 0
                                        ? std::string("would change:")
                                        : StrCat("revision ", revision.number(), " is live:")};
  for (const v1::RowChange& change : revision.changes()) {
    lines.push_back(StrCat("  ", ShortName(change.entry()), ": ", ChangeText(change)));
  }
  for (const std::string& entry : response.kept_blocks()) {
    lines.push_back(StrCat("  ", ShortName(entry), ": stays blocked, as of an emergency"));
  }
  return absl::StrJoin(lines, "\n");
}

absl::StatusOr<int> RollBack(Connection& connection, const RollBackOptions& options) {
  const auto response = connection.Call(&ModerationStub::RollBack, options.request);
  if (!response.ok()) return response.status();
  return PrintMessage(options, *response, RollBackText);
}

absl::StatusOr<int> List(Connection& connection,
                         const ListOptions<v1::ListRevisionsRequest>& options) {
  return PrintList(connection, &ModerationStub::ListRevisions,
                   &v1::ListRevisionsResponse::revisions, options,
                   {{"revision", "time", "kind", "author", "took", "reason"}, RevisionCells});
}

CLI::Option* AddNumber(CLI::App* command, const std::string& name, const std::string& help,
                       std::function<void(int64_t)> set) {
  return command->add_option_function<int64_t>(name, std::move(set), help)
      ->check(CLI::NonNegativeNumber.description(""));
}

}  // namespace

void AddRevisions(CLI::App* app, int* exit_code) {
  CLI::App* revisions =
      app->add_subcommand("revisions", "Shows what has been in force, and goes back to it.");
  revisions->require_subcommand(1);

  auto list = std::make_shared<ListOptions<v1::ListRevisionsRequest>>();
  AddLimit(
      AddCommand(revisions, {"list", "Lists revisions, newest first.", "Revision", kListFooter},
                 list, List, exit_code),
      &list->limit);

  auto diff = std::make_shared<DiffOptions>();
  CLI::App* command = AddCommand(
      revisions, {"diff", "Shows what differs between two revisions.", "RowChange", kDiffFooter},
      diff, Diff, exit_code);
  AddNumber(command, "--from", "The older one; default: 0, the book alone", [diff](int64_t number) {
    diff->request.set_from(number);
  })->type_name("N");
  AddNumber(command, "--to", "The newer one; default: what is live", [diff](int64_t number) {
    diff->request.set_to(number);
  })->type_name("N");

  auto back = std::make_shared<RollBackOptions>();
  command = AddCommand(revisions,
                       {"roll-back", "Puts the rows of an old revision in force again.",
                        "RollBackResponse", kRollBackFooter},
                       back, RollBack, exit_code);
  AddNumber(command, "REVISION", "The revision whose rows shall count again",
            [back](int64_t number) { back->request.set_revision(number); })
      ->type_name("")
      ->required();
  AddWords(command, "--reason", back->request.mutable_reason(), "Why. Not needed with --dry-run");
  command->add_flag_callback(
      "--undo-emergency-blocks", [back] { back->request.set_undo_emergency_blocks(true); },
      "Undo blocks in an emergency too; takes an administrator");
  command->add_flag_callback(
      "--dry-run", [back] { back->request.set_validate_only(true); },
      "Say what would change, change nothing");
}

}  // namespace signalbook
