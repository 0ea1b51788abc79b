// signalbook entries: the rows of the moderated tables.
#include <google/protobuf/util/time_util.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "service/cli/moderation/command.h"
#include "service/cli/moderation/text.h"
#include "service/status.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr int kShownElsewhere = 8;

constexpr char kListFooter[] =
    "An entry is called TABLE:SCOPE:KEY, such as names:es:1F1E8-1F1E6, names:es@CN:1F1E8-1F1E6,\n"
    "phrases:en>es:good morning, guards:es:arrest:1f2e3d4c, terms:root:WORD. All filters that\n"
    "are given must hold.\n"
    "\n"
    "Examples:\n"
    "  signalbook entries list --scope es --origin missing --group Flags\n"
    "  signalbook entries list --scope es --text 🇨🇦\n"
    "  signalbook entries list --scope es --origin moderated --json | jq -r .row.text\n"
    "  signalbook entries list --table phrases --scope 'en>es' --proposed\n"
    "  signalbook entries list --upstream-changed\n";

constexpr char kShowFooter[] =
    "Example:\n"
    "  signalbook entries show names:es:1F1E8-1F1E6\n";

constexpr char kImpactFooter[] =
    "Counts by the revision that was live and the locale that was asked for; times are whole\n"
    "hours.\n"
    "\n"
    "Example:\n"
    "  signalbook entries impact names:es:1F1E8-1F1E6\n";

constexpr char kBlockFooter[] =
    "The emoji stays as it is, or the phrase goes to the models, from this moment on. One person\n"
    "is enough; a proposal to confirm it waits for another: approved, the block stays, rejected,\n"
    "it is undone.\n"
    "\n"
    "Example:\n"
    "  signalbook entries block names:es:1F1E8-1F1E6 --reason 'users report an insult' \\\n"
    "    --reported 2026-11-27T17:20:00Z\n";

// What is rendered, without what only moderators look at.
std::string Rendered(const v1::ModeratedEntry& entry) {
  v1::Row row;
  row.set_text(entry.row().text());
  row.set_blocked(entry.row().blocked());
  row.set_removed(entry.row().removed());
  return RowText(row);
}

std::vector<std::string> EntryCells(const v1::ModeratedEntry& entry) {
  std::vector<std::string> marks(entry.proposals().begin(), entry.proposals().end());
  if (entry.sensitive()) marks.emplace_back("sensitive");
  for (const v1::CheckFinding& finding : entry.findings()) marks.push_back(finding.rule());
  std::string origin = Word(entry.origin());
  if (entry.origin() == v1::ORIGIN_INHERITED) absl::StrAppend(&origin, " ", entry.origin_scope());
  std::string says = Rendered(entry);
  if (!entry.sequence().empty()) absl::StrAppend(&says, "  ", Shown(entry.sequence()));
  if (!entry.english().empty()) absl::StrAppend(&says, " ", Shown(entry.english()));
  return {ShortName(entry.name()), origin, StrCat(entry.hits()),
          marks.empty() ? "-" : absl::StrJoin(marks, " "), says};
}

// The first of them, and how many more there are.
std::string Elsewhere(const google::protobuf::RepeatedPtrField<v1::ModeratedEntry>& entries) {
  std::vector<std::string> shown;
  for (const v1::ModeratedEntry& entry : entries) {
    if (shown.size() == kShownElsewhere) break;
    shown.push_back(StrCat(entry.scope(), " ", Rendered(entry)));
  }
  const int more = entries.size() - static_cast<int>(shown.size());
  if (more > 0) shown.push_back(StrCat("and ", more, " more"));
  return absl::StrJoin(shown, "; ");
}

std::string DetailText(const v1::EntryDetail& detail) {
  const v1::ModeratedEntry& entry = detail.entry();
  Table table({"says", RowText(entry.row())});
  const auto add = [&table](const char* what, const std::string& text) {
    if (!text.empty()) table.Add({what, text});
  };
  std::string origin = Word(entry.origin());
  if (!entry.origin_scope().empty()) absl::StrAppend(&origin, " in ", entry.origin_scope());
  if (!entry.source().empty() && entry.origin() != v1::ORIGIN_MODERATED) {
    absl::StrAppend(&origin, ", ", entry.source());
  }
  add("origin", origin);
  if (entry.origin() == v1::ORIGIN_MODERATED) {
    add("revision", StrCat(entry.revision()));
    add("the book", RowText(detail.book_row()));
  }
  add("english", Shown(entry.english()));
  if (!entry.group().empty()) {
    add("emoji", StrCat(entry.sequence(), "  ", detail.code_points(), ", ", entry.group(),
                        ", Emoji ", entry.emoji_version()));
  }
  if (entry.sensitive()) add("sensitive", "changing it takes two approvals");
  add("served", StrCat(entry.hits(), " times in 30 days"));
  for (const v1::CheckFinding& finding : entry.findings()) add("check", FindingText(finding));
  for (const v1::Proposal& proposal : detail.proposals()) add("proposal", ProposalLine(proposal));
  for (const v1::RowChange& change : detail.history()) {
    add("change", StrCat("revision ", change.revision(), " ", TimeText(change.time()), " by ",
                         Shown(change.author()), ": ", ChangeText(change)));
  }
  for (const v1::ModeratedEntry& member : detail.family()) {
    add("family", StrCat(ShortName(member.name()), " ", Rendered(member)));
  }
  if (detail.elsewhere_size() > 0) {
    add("elsewhere", StrCat(detail.elsewhere_size(), " scopes: ", Elsewhere(detail.elsewhere())));
  }
  return StrCat(ShortName(entry.name()), "\n", table.Render());
}

std::string ImpactText(const v1::Impact& impact) {
  std::string total = StrCat("total ", impact.total());
  if (impact.counts().empty()) return total;
  Table table({"revision", "locale", "first", "last", "served"});
  for (const v1::ImpactCount& count : impact.counts()) {
    table.Add({StrCat(count.revision()), count.target_language_code(), TimeText(count.first_time()),
               TimeText(count.last_time()), StrCat(count.count())});
  }
  return StrCat(table.Render(), "\n", total);
}

absl::StatusOr<int> List(Connection& connection,
                         const ListOptions<v1::ListEntriesRequest>& options) {
  ListOptions<v1::ListEntriesRequest> list = options;
  if (!list.request.scope().empty()) {
    if (list.request.table() == v1::TABLE_UNSPECIFIED) list.request.set_table(v1::TABLE_NAMES);
  } else if (!list.request.filter().upstream_changed()) {
    return absl::InvalidArgumentError("--scope: required, except with --upstream-changed");
  }
  return PrintList(connection, &ModerationStub::ListEntries, &v1::ListEntriesResponse::entries,
                   list, {{"entry", "origin", "hits", "marks", "says"}, EntryCells});
}

struct ShowOptions : CommandOptions {
  v1::GetEntryRequest request;
};

absl::StatusOr<int> Show(Connection& connection, const ShowOptions& options) {
  const auto detail = connection.Call(&ModerationStub::GetEntry, options.request);
  if (!detail.ok()) return detail.status();
  return PrintMessage(options, *detail, DetailText);
}

struct ImpactOptions : CommandOptions {
  v1::GetImpactRequest request;
};

absl::StatusOr<int> Impact(Connection& connection, const ImpactOptions& options) {
  const auto impact = connection.Call(&ModerationStub::GetImpact, options.request);
  if (!impact.ok()) return impact.status();
  return PrintMessage(options, *impact, ImpactText);
}

struct BlockOptions : CommandOptions {
  v1::BlockEntryRequest request;
  std::string reported;
};

absl::StatusOr<int> Block(Connection& connection, const BlockOptions& options) {
  v1::BlockEntryRequest request = options.request;
  if (!options.reported.empty() && !google::protobuf::util::TimeUtil::FromString(
                                       options.reported, request.mutable_report_time())) {
    return absl::InvalidArgumentError(
        "--reported: expected a time of RFC 3339, such as 2026-11-27T17:20:00Z");
  }
  const auto proposal = connection.Call(&ModerationStub::BlockEntry, request);
  if (!proposal.ok()) return proposal.status();
  return PrintMessage(options, *proposal, ProposalLine);
}

CLI::Option* AddEntry(CLI::App* command, std::string* entry) {
  return AddWords(command, "ENTRY", entry, "The entry: names:es:1F1E8-1F1E6")
      ->type_name("")
      ->required();
}

void AddList(CLI::App* entries, int* exit_code) {
  auto options = std::make_shared<ListOptions<v1::ListEntriesRequest>>();
  CLI::App* list = AddCommand(
      entries, {"list", "Lists rows as they are served now.", "ModeratedEntry", kListFooter},
      options, List, exit_code);
  v1::ListEntriesRequest* request = &options->request;
  v1::EntryFilter* filter = request->mutable_filter();
  AddEnum(list, "--table", v1::Table_descriptor(), "Which table; of a scope by default: names",
          [request](int table) { request->set_table(static_cast<v1::Table>(table)); });
  list->add_option("--scope", *request->mutable_scope(), "es, es@CN; of phrases: en>es")
      ->type_name("SCOPE");
  AddWords(list, "--text", filter->mutable_text(),
           "Stands in the key, the text or the English name, or is the emoji");
  AddWords(list, "--group", filter->mutable_group(), "Of this group of Unicode's chart: Flags");
  Repeated(AddEnum(list, "--origin", v1::Origin_descriptor(), "Come from there; may be repeated",
                   [filter](int origin) { filter->add_origins(static_cast<v1::Origin>(origin)); }));
  list->add_option("--since-emoji", *filter->mutable_emoji_version_from(),
                   "Added by this version of Emoji or later: 18.0")
      ->type_name("VERSION");
  const auto add_flag = [list, filter](const char* name, void (v1::EntryFilter::*set)(bool),
                                       const char* help) {
    list->add_flag_callback(
        name, [filter, set] { (filter->*set)(true); }, help);
  };
  add_flag("--failing", &v1::EntryFilter::set_failing, "Checks find something");
  add_flag("--proposed", &v1::EntryFilter::set_proposed, "There is an open proposal");
  add_flag("--sensitive", &v1::EntryFilter::set_sensitive, "Changing it takes two approvals");
  add_flag("--upstream-changed", &v1::EntryFilter::set_upstream_changed,
           "The book says something else since it was moderated; all scopes if none is named");
  AddLimit(list, &options->limit);
}

void AddBlock(CLI::App* entries, int* exit_code) {
  auto options = std::make_shared<BlockOptions>();
  CLI::App* block =
      AddCommand(entries, {"block", "Blocks a row now, in an emergency.", "Proposal", kBlockFooter},
                 options, Block, exit_code);
  AddEntry(block, options->request.mutable_entry());
  AddWords(block, "--reason", options->request.mutable_reason(), "What happened")->required();
  block
      ->add_option("--reported", options->reported,
                   "When somebody told of it, RFC 3339; the time to the fix counts from here")
      ->type_name("TIME");
}

}  // namespace

void AddEntries(CLI::App* app, int* exit_code) {
  CLI::App* entries =
      app->add_subcommand("entries", "Reads, blocks, exports and imports moderated rows.");
  entries->require_subcommand(1);
  AddList(entries, exit_code);
  auto show = std::make_shared<ShowOptions>();
  AddEntry(AddCommand(entries,
                      {"show", "Shows a row with its history, proposals and names elsewhere.",
                       "EntryDetail", kShowFooter},
                      show, Show, exit_code),
           show->request.mutable_name());
  auto impact = std::make_shared<ImpactOptions>();
  AddEntry(
      AddCommand(entries, {"impact", "Counts how often a row was served.", "Impact", kImpactFooter},
                 impact, Impact, exit_code),
      impact->request.mutable_entry());
  AddBlock(entries, exit_code);
  AddEntriesExchange(entries, exit_code);
  AddEntriesPreview(entries, exit_code);
}

}  // namespace signalbook
