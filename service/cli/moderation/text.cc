#include "service/cli/moderation/text.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "service/cli/table.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr std::string_view kEntries = "entries/";
constexpr std::string_view kProposals = "proposals/";
constexpr std::string_view kUnspecified = "UNSPECIFIED";
constexpr std::string_view kTheBook = "what the book says";

template <typename Texts>
std::string QuotedList(const Texts& texts) {
  std::vector<std::string> quoted;
  for (const std::string& text : texts) quoted.push_back(Quoted(text));
  return absl::StrJoin(quoted, ", ");
}

std::string After(const v1::Proposal& proposal) {
  return proposal.reset() ? std::string(kTheBook) : RowText(proposal.row());
}

// "open, 1 of 2 approvals".
std::string StateText(const v1::Proposal& proposal) {
  std::string text = Word(proposal.state());
  if (proposal.state() == v1::PROPOSAL_STATE_OPEN) {
    absl::StrAppend(&text, ", ", proposal.approvals_size(), " of ", proposal.approvals_required(),
                    proposal.approvals_required() == 1 ? " approval" : " approvals");
  }
  if (proposal.emergency()) absl::StrAppend(&text, ", emergency");
  if (proposal.revision() != 0) absl::StrAppend(&text, ", revision ", proposal.revision());
  return text;
}

// Who, when, and what they say of it.
std::string Said(const std::string& who, const google::protobuf::Timestamp& time,
                 const std::string& text) {
  std::string said = Shown(who);
  if (const std::string when = TimeText(time); !when.empty()) absl::StrAppend(&said, " ", when);
  if (!text.empty()) absl::StrAppend(&said, ": ", Quoted(text));
  return said;
}

}  // namespace

std::string Shown(std::string_view text) {
  std::string quoted = Quoted(text);
  const auto harmless =
      std::count_if(text.begin(), text.end(), [](char c) { return c == '"' || c == '\\'; });
  return quoted.size() == text.size() + 2 + harmless ? std::string(text) : quoted;
}

std::string TimeText(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0) return "";
  return google::protobuf::util::TimeUtil::ToString(
      google::protobuf::util::TimeUtil::SecondsToTimestamp(time.seconds()));
}

std::string EnumWord(const google::protobuf::EnumDescriptor& values, int value) {
  const google::protobuf::EnumValueDescriptor* found = values.FindValueByNumber(value);
  const size_t prefix = values.value(0)->name().size() - kUnspecified.size();
  if (found == nullptr || value == 0) return "";
  return absl::StrReplaceAll(absl::AsciiStrToLower(found->name().substr(prefix)), {{"_", "-"}});
}

std::string ShortName(std::string_view entry) {
  return Shown(entry.starts_with(kEntries) ? entry.substr(kEntries.size()) : entry);
}

std::string ProposalName(std::string_view argument) {
  const bool number = std::all_of(argument.begin(), argument.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
  return StrCat(number ? kProposals : "", argument);
}

std::string RowText(const v1::Row& row) {
  std::string text;
  const auto add = [&text](std::string_view before, std::string_view what) {
    if (!what.empty()) text += StrCat(text.empty() ? "" : ", ", before, what);
  };
  add("", row.blocked() ? "blocked" : row.removed() ? "removed" : "");
  add("", row.text().empty() ? "" : Quoted(row.text()));
  add("also ", QuotedList(row.alternates()));
  add("finds ", QuotedList(row.matches()));
  add("does not find ", QuotedList(row.does_not_match()));
  add("note ", row.note().empty() ? "" : Quoted(row.note()));
  return text.empty() ? "nothing" : text;
}

std::string ChangeText(const v1::RowChange& change) {
  return StrCat(change.has_before() ? RowText(change.before()) : std::string(kTheBook), " → ",
                change.has_after() ? RowText(change.after()) : std::string(kTheBook));
}

std::string FindingText(const v1::CheckFinding& finding) {
  return StrCat(finding.error() ? "error " : "warning ", finding.rule(), ": ",
                Shown(finding.message()));
}

std::string ChangeLine(const v1::Proposal& proposal) {
  return StrCat(ShortName(proposal.entry()), ": ", RowText(proposal.before()), " → ",
                After(proposal));
}

std::string ProposalLine(const v1::Proposal& proposal) {
  if (proposal.name().empty()) return ChangeLine(proposal);
  return StrCat(proposal.name(), " ", StateText(proposal), ": ", ChangeLine(proposal));
}

std::string ProposalText(const v1::Proposal& proposal) {
  Table table({"entry", ShortName(proposal.entry())});
  table.Add({"before", RowText(proposal.before())});
  table.Add({"after", After(proposal)});
  for (const v1::CheckFinding& finding : proposal.findings()) {
    table.Add({"check", FindingText(finding)});
  }
  if (proposal.outdated()) {
    table.Add(
        {"outdated", "the entry has changed since; its author can edit it, which makes it new"});
  }
  table.Add({"author", Said(proposal.author(), proposal.create_time(), proposal.reason())});
  for (const std::string& editor : proposal.editors()) {
    if (editor != proposal.author()) table.Add({"editor", Shown(editor)});
  }
  for (const v1::Approval& approval : proposal.approvals()) {
    table.Add({"approval", Said(approval.approver(), approval.time(), approval.reason())});
  }
  for (const v1::Comment& comment : proposal.comments()) {
    table.Add({"comment", Said(comment.author(), comment.time(), comment.text())});
  }
  if (!proposal.decision_reason().empty()) {
    table.Add({Word(proposal.state()), Quoted(proposal.decision_reason())});
  }
  if (proposal.name().empty()) return table.Render();
  table.Add({"hash", proposal.content_hash()});
  return StrCat(proposal.name(), "  ", StateText(proposal), "\n", table.Render());
}

}  // namespace signalbook
