// signalbook proposals: changes to rows, before they are decided (proposals_decide.cc).
#include "service/cli/moderation/proposals.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "service/cli/moderation/command.h"
#include "service/cli/moderation/text.h"
#include "service/moderation/entry_id.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr char kListFooter[] =
    "Newest first.\n"
    "\n"
    "Examples:\n"
    "  signalbook proposals list --state open\n"
    "  signalbook proposals list --entry names:es:1F1E8-1F1E6 --json | jq -r .contentHash\n";

constexpr char kShowFooter[] =
    "Example:\n"
    "  signalbook proposals show 17\n";

constexpr char kCreateFooter[] =
    "ENTRY is TABLE:SCOPE:KEY. Rows of phrases, guards and terms need not exist yet; of a new\n"
    "guard leave out the hash: guards:es:arrest. The text of a term is the term itself. A row\n"
    "changes as a whole: alternates that shall stay are given again.\n"
    "\n"
    "Examples:\n"
    "  signalbook proposals create names:es:1F1E8-1F1E6 --text Canadá --reason 'was misspelt'\n"
    "  signalbook proposals create 'phrases:en>es:good morning' --text 'buenos días' --reason new\n"
    "  signalbook proposals create guards:es:arrest --text '\\bdetenid[oa]s?\\b' \\\n"
    "    --matches 'fue detenido' --does-not-match 'se detuvo' --reason 'was let through'\n"
    "  signalbook proposals create names:es:1F44D --reset --reason 'CLDR has it right now'\n"
    "  signalbook proposals create names:es:1F44D --text pulgar --dry-run\n"
    "\n"
    "Here 1 means that --dry-run found an error, with which it cannot be proposed.\n";

constexpr char kEditFooter[] =
    "What is not given stays as the proposal has it; '' takes all of --alternate, --matches,\n"
    "--does-not-match or the --note away. Approvals given so far are void. Without any of it,\n"
    "the proposal is brought up to date with an entry that has changed since.\n"
    "\n"
    "Example:\n"
    "  signalbook proposals edit 17 --text Canadá --alternate ''\n";

constexpr char kCommentFooter[] =
    "Example:\n"
    "  signalbook proposals comment 17 'who calls it that?'\n";

constexpr char kWithdrawFooter[] =
    "Example:\n"
    "  signalbook proposals withdraw 17 --reason 'proposals/18 is better'\n";

std::vector<std::string> ProposalCells(const v1::Proposal& proposal) {
  std::string state = Word(proposal.state());
  if (proposal.emergency()) state += " emergency";
  return {proposal.name(),
          state,
          StrCat(proposal.approvals_size(), "/", proposal.approvals_required()),
          Shown(proposal.author()),
          TimeText(proposal.create_time()),
          ChangeLine(proposal)};
}

struct FilterOptions : ListOptions<v1::ListProposalsRequest> {
  std::string entry;
};

absl::StatusOr<int> List(Connection& connection, const FilterOptions& options) {
  ListOptions<v1::ListProposalsRequest> list = options;
  if (!options.entry.empty()) {
    const absl::StatusOr<EntryId> id = ParseEntryName(options.entry);
    if (!id.ok()) return id.status();
    list.request.set_entry(EntryName(*id));
  }
  return PrintList(connection, &ModerationStub::ListProposals,
                   &v1::ListProposalsResponse::proposals, list,
                   {{"proposal", "state", "has", "author", "since", "change"}, ProposalCells});
}

absl::StatusOr<int> Show(Connection& connection, const ProposalOptions& options) {
  const absl::StatusOr<v1::Proposal> proposal = GetProposal(connection, options.name);
  if (!proposal.ok()) return proposal.status();
  return PrintMessage(options, *proposal, ProposalText);
}

// What a row shall say; null or empty: not given.
struct RowOptions : ProposalOptions {
  CLI::Option* text_given = nullptr;
  CLI::Option* note_given = nullptr;
  std::string text;
  std::string note;
  std::vector<std::string> alternates;
  std::vector<std::string> matches;
  std::vector<std::string> does_not_match;
  bool blocked = false;
  bool removed = false;
  std::string reason;
};

void SetTexts(const std::vector<std::string>& given,
              google::protobuf::RepeatedPtrField<std::string>* texts) {
  if (given.empty()) return;
  texts->Clear();
  for (const std::string& text : given) {
    if (!text.empty()) *texts->Add() = text;
  }
}

bool SaysRow(const RowOptions& options) {
  return options.blocked || options.removed || options.text_given->count() > 0;
}

// Changes `row` to what was given.
void SetRow(const RowOptions& options, v1::Row* row) {
  if (SaysRow(options)) {
    row->set_blocked(options.blocked);
    row->set_removed(options.removed);
    row->set_text(options.text);
    if (options.text.empty()) row->clear_alternates();
  }
  SetTexts(options.alternates, row->mutable_alternates());
  SetTexts(options.matches, row->mutable_matches());
  SetTexts(options.does_not_match, row->mutable_does_not_match());
  if (options.note_given->count() > 0) row->set_note(options.note);
}

void AddRow(CLI::App* command, RowOptions* options) {
  options->text_given = AddWords(command, "--text", &options->text,
                                 "The name, the translation, the RE2 pattern, the term");
  AddWords(command, "--alternate", &options->alternates,
           "Of a name: another true name; may be repeated");
  options->note_given =
      AddWords(command, "--note", &options->note, "Why it is as it is, for moderators");
  AddWords(command, "--matches", &options->matches,
           "Of a guard: a text that the pattern must find; may be repeated");
  AddWords(command, "--does-not-match", &options->does_not_match,
           "Of a guard: a text that it must not find; may be repeated");
  command
      ->add_flag("--blocked", options->blocked,
                 "Of a name: never rendered, the emoji stays as it is")
      ->excludes("--text");
  command->add_flag("--remove", options->removed, "Of others: no such row, whatever the book says")
      ->excludes("--text", "--blocked");
  AddWords(command, "--reason", &options->reason, "Why it shall change");
}

struct CreateOptions : RowOptions {
  bool reset = false;
  bool dry_run = false;
};

absl::StatusOr<int> Create(Connection& connection, const CreateOptions& options) {
  if (!options.reset && !SaysRow(options)) {
    return absl::InvalidArgumentError(
        "what shall the row be? One of --text, --blocked, --remove, --reset");
  }
  v1::CreateProposalRequest request;
  request.set_entry(options.name);
  request.set_reset(options.reset);
  request.set_reason(options.reason);
  request.set_validate_only(options.dry_run);
  if (!options.reset) SetRow(options, request.mutable_row());
  const auto proposal = connection.Call(&ModerationStub::CreateProposal, request);
  if (!proposal.ok()) return proposal.status();
  PrintMessage(options, *proposal, ProposalText);
  const bool refused = std::any_of(proposal->findings().begin(), proposal->findings().end(),
                                   [](const v1::CheckFinding& finding) { return finding.error(); });
  return refused ? kExitFindings : kExitClean;
}

absl::StatusOr<int> Edit(Connection& connection, const RowOptions& options) {
  const absl::StatusOr<v1::Proposal> read = GetProposal(connection, options.name);
  if (!read.ok()) return read.status();
  if (read->reset() && !SaysRow(options)) {
    return absl::InvalidArgumentError(
        StrCat(read->name(),
               " drops the moderated row; what shall the row be instead? One of --text, "
               "--blocked, --remove"));
  }
  v1::UpdateProposalRequest request;
  request.set_name(read->name());
  request.set_etag(read->etag());
  request.set_reason(options.reason);
  *request.mutable_row() = read->row();
  SetRow(options, request.mutable_row());
  const auto proposal = connection.Call(&ModerationStub::UpdateProposal, request);
  if (!proposal.ok()) return proposal.status();
  return PrintMessage(options, *proposal, ProposalText);
}

struct CommentOptions : ProposalOptions {
  std::string text;
};

absl::StatusOr<int> Comment(Connection& connection, const CommentOptions& options) {
  v1::CommentOnProposalRequest request;
  request.set_name(ProposalName(options.name));
  request.set_text(options.text);
  const auto proposal = connection.Call(&ModerationStub::CommentOnProposal, request);
  if (!proposal.ok()) return proposal.status();
  return PrintMessage(options, *proposal, ProposalLine);
}

absl::StatusOr<int> Withdraw(Connection& connection, const CommentOptions& options) {
  v1::WithdrawProposalRequest request;
  request.set_name(ProposalName(options.name));
  request.set_reason(options.text);
  const auto proposal = connection.Call(&ModerationStub::WithdrawProposal, request);
  if (!proposal.ok()) return proposal.status();
  return PrintMessage(options, *proposal, ProposalLine);
}

void AddList(CLI::App* proposals, int* exit_code) {
  auto options = std::make_shared<FilterOptions>();
  CLI::App* list =
      AddCommand(proposals, {"list", "Lists proposals, newest first.", "Proposal", kListFooter},
                 options, List, exit_code);
  v1::ListProposalsRequest* request = &options->request;
  Repeated(AddEnum(
      list, "--state", v1::ProposalState_descriptor(), "In this state; may be repeated",
      [request](int state) { request->add_states(static_cast<v1::ProposalState>(state)); }));
  AddWords(list, "--author", request->mutable_author(), "Of this author")->type_name("NAME");
  AddWords(list, "--entry", &options->entry, "For this entry")->type_name("ENTRY");
  list->add_flag_callback(
      "--disputed", [request] { request->set_disputed(true); },
      "With a comment of somebody else, or another open one for the entry");
  list->add_flag_callback(
      "--emergency", [request] { request->set_emergency(true); },
      "Blocks that are in force already");
  AddLimit(list, &options->limit);
}

}  // namespace

absl::StatusOr<v1::Proposal> GetProposal(Connection& connection, const std::string& name) {
  v1::GetProposalRequest request;
  request.set_name(ProposalName(name));
  return connection.Call(&ModerationStub::GetProposal, request);
}

void AddProposalName(CLI::App* command, ProposalOptions* options) {
  AddWords(command, "NAME", &options->name, "The proposal: 17 or proposals/17")
      ->type_name("")
      ->required();
}

void AddProposals(CLI::App* app, int* exit_code) {
  CLI::App* proposals =
      app->add_subcommand("proposals", "Proposes changes to rows, and decides about them.");
  proposals->require_subcommand(1);
  AddList(proposals, exit_code);

  auto show = std::make_shared<ProposalOptions>();
  CLI::App* command = AddCommand(proposals, {"show", "Shows a proposal.", "Proposal", kShowFooter},
                                 show, Show, exit_code);
  AddProposalName(command, show.get());

  auto create = std::make_shared<CreateOptions>();
  command =
      AddCommand(proposals, {"create", "Proposes a change to a row.", "Proposal", kCreateFooter},
                 create, Create, exit_code);
  AddWords(command, "ENTRY", &create->name, "The entry: names:es:1F1E8-1F1E6")
      ->type_name("")
      ->required();
  AddRow(command, create.get());
  command->add_flag("--reset", create->reset, "Drop the moderated row: the book counts again")
      ->excludes("--text", "--blocked", "--remove");
  command->add_flag("--dry-run", create->dry_run, "Say what the checks find, change nothing");

  auto edit = std::make_shared<RowOptions>();
  command = AddCommand(proposals, {"edit", "Changes a proposal of yours.", "Proposal", kEditFooter},
                       edit, Edit, exit_code);
  AddProposalName(command, edit.get());
  AddRow(command, edit.get());

  auto comment = std::make_shared<CommentOptions>();
  command =
      AddCommand(proposals, {"comment", "Comments on a proposal.", "Proposal", kCommentFooter},
                 comment, Comment, exit_code);
  AddProposalName(command, comment.get());
  AddWords(command, "TEXT", &comment->text, "What to say")->type_name("")->required();

  auto withdraw = std::make_shared<CommentOptions>();
  command = AddCommand(proposals,
                       {"withdraw", "Withdraws a proposal of yours.", "Proposal", kWithdrawFooter},
                       withdraw, Withdraw, exit_code);
  AddProposalName(command, withdraw.get());
  AddWords(command, "--reason", &withdraw->text, "Why");

  AddDecisions(proposals, exit_code);
}

}  // namespace signalbook
