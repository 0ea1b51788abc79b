// signalbook refusals: what was refused in traffic, counted.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "service/cli/moderation/command.h"
#include "service/cli/moderation/text.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr char kListFooter[] =
    "Most frequent first. Where a row would settle it, its entry is named; times are whole\n"
    "hours. Reasons are those of translation.proto: not-allowlisted, guarded-concept, no-model,\n"
    "...\n"
    "\n"
    "Examples:\n"
    "  signalbook refusals list --reason not-allowlisted --to es\n"
    "  signalbook refusals list --limit 20 --json | jq -r .entry\n";

std::vector<std::string> RefusalCells(const v1::RefusalCount& refusal) {
  v1::Refusal why;
  why.set_reason(refusal.reason());
  why.set_rule(refusal.rule());
  std::string last = refusal.entry().empty() ? Shown(refusal.key()) : ShortName(refusal.entry());
  if (!refusal.model().empty())
    absl::StrAppend(&last, last.empty() ? "" : "  ", Shown(refusal.model()));
  for (const std::string& sample : refusal.samples()) {
    absl::StrAppend(&last, last.empty() ? "" : "  ", Quoted(sample));
  }
  return {StrCat(refusal.count()),
          Describe(why),
          StrCat(refusal.source_language_code(), ">", refusal.target_language_code()),
          TimeText(refusal.first_time()),
          TimeText(refusal.last_time()),
          last};
}

absl::StatusOr<int> List(Connection& connection,
                         const ListOptions<v1::ListRefusalsRequest>& options) {
  return PrintList(connection, &ModerationStub::ListRefusals, &v1::ListRefusalsResponse::refusals,
                   options,
                   {{"count", "reason", "languages", "first", "last", "about"}, RefusalCells});
}

}  // namespace

void AddRefusals(CLI::App* app, int* exit_code) {
  CLI::App* refusals = app->add_subcommand("refusals", "Shows what was refused in traffic.");
  refusals->require_subcommand(1);
  auto options = std::make_shared<ListOptions<v1::ListRefusalsRequest>>();
  CLI::App* list = AddCommand(
      refusals,
      {"list", "Lists what was refused, most frequent first.", "RefusalCount", kListFooter},
      options, List, exit_code);
  v1::ListRefusalsRequest* request = &options->request;
  AddEnum(list, "--reason", v1::Reason_descriptor(), "Only for this reason", [request](int reason) {
    request->set_reason(static_cast<v1::Reason>(reason));
  })->type_name("REASON");
  list->add_option("--to", *request->mutable_target_language_code(), "Only into this language")
      ->type_name("LANGUAGE");
  AddLimit(list, &options->limit);
}

}  // namespace signalbook
