#include "service/moderation/decision.h"

#include <google/protobuf/util/json_util.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <map>
#include <utility>

#include "absl/time/clock.h"
#include "service/status.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr int64_t kMaxWords = 2'000;  // code points; moderation.proto

}  // namespace

void SetTime(absl::Time time, google::protobuf::Timestamp* timestamp) {
  const int64_t micros = absl::ToUnixMicros(time);
  timestamp->set_seconds(micros / 1'000'000);
  timestamp->set_nanos(static_cast<int32_t>(micros % 1'000'000 * 1'000));
}

absl::Time GetTime(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

absl::Status CheckWords(std::string_view text, std::string_view field, bool required) {
  const int64_t count =
      std::count_if(text.begin(), text.end(), [](char c) { return !U8_IS_TRAIL(c); });
  if (required && text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return InvalidRequest({.reason = reason::kReasonMissing,
                           .field = std::string(field),
                           .description = "say why: whoever reads the log later wants to know"});
  }
  if (count > kMaxWords) {
    return InvalidRequest({.reason = reason::kFieldTooLong,
                           .field = std::string(field),
                           .description = StrCat(count, " code points; at most ", kMaxWords),
                           .metadata = {{"limit", StrCat(kMaxWords)}}});
  }
  return absl::OkStatus();
}

absl::Status RefuseErrors(absl::StatusCode code, const std::vector<v1::CheckFinding>& findings) {
  std::string description;
  std::string rules;
  for (const v1::CheckFinding& finding : findings) {
    if (!finding.error()) continue;
    absl::StrAppend(&description, description.empty() ? "" : "; ", finding.rule(), ": ",
                    finding.message());
    absl::StrAppend(&rules, rules.empty() ? "" : " ", finding.rule());
  }
  if (rules.empty()) return absl::OkStatus();
  if (code != absl::StatusCode::kInvalidArgument) {
    return WithReason(code, reason::kRowRefused, description, {{"rules", rules}});
  }
  return InvalidRequest({.reason = reason::kRowRefused,
                         .field = "row",
                         .description = description,
                         .metadata = {{"rules", rules}}});
}

absl::StatusOr<v1::Proposal> FindProposal(SqlTransaction& sql, std::string_view name) {
  const std::optional<int64_t> number = store::ProposalNumber(name);
  absl::StatusOr<std::optional<v1::Proposal>> found = std::optional<v1::Proposal>();
  if (number) found = store::GetProposal(sql, *number);
  if (!found.ok()) return found.status();
  if (!*found) {
    return WithReason(absl::StatusCode::kNotFound, reason::kProposalNotFound,
                      "there is no such proposal; they are called proposals/17");
  }
  return std::move(**found);
}

absl::Status FindOpenProposal(SqlTransaction& sql, std::string_view name, v1::Proposal* proposal) {
  absl::StatusOr<v1::Proposal> found = FindProposal(sql, name);
  if (!found.ok()) return found.status();
  *proposal = *std::move(found);
  if (proposal->state() == v1::PROPOSAL_STATE_OPEN) return absl::OkStatus();
  const std::string& state = v1::ProposalState_Name(proposal->state());
  return WithReason(absl::StatusCode::kFailedPrecondition, reason::kProposalClosed,
                    StrCat(proposal->name(), " is decided: ", state), {{"state", state}});
}

bool IsEditor(const v1::Proposal& proposal, std::string_view name) {
  return std::find(proposal.editors().begin(), proposal.editors().end(), name) !=
         proposal.editors().end();
}

v1::Proposal Gist(const v1::Proposal& proposal) {
  v1::Proposal gist;
  gist.set_entry(proposal.entry());
  if (proposal.has_row()) *gist.mutable_row() = proposal.row();
  gist.set_reset(proposal.reset());
  gist.set_reason(proposal.reason());
  gist.set_content_hash(proposal.content_hash());
  gist.set_decision_reason(proposal.decision_reason());
  gist.set_emergency(proposal.emergency());
  return gist;
}

absl::Status ProposalChanged(std::string_view what) {
  return WithReason(absl::StatusCode::kAborted, reason::kProposalChanged,
                    StrCat("the proposal has changed since it was read (", what,
                           "); read it again, then decide"));
}

absl::Status RowChanged() {
  return WithReason(
      absl::StatusCode::kAborted, reason::kRowChanged,
      "the entry has changed since the proposal was made; its author can bring it up to "
      "date with UpdateProposal");
}

absl::Status NothingToChange(std::string_view why) {
  return WithReason(absl::StatusCode::kFailedPrecondition, reason::kNothingToChange, why);
}

absl::Status SaveProposal(SqlTransaction& sql, v1::Proposal* proposal) {
  SetTime(absl::Now(), proposal->mutable_update_time());
  proposal->set_content_hash(ContentHash(*proposal));
  proposal->clear_etag();
  proposal->clear_outdated();
  proposal->set_etag(Sha256Hex(proposal->SerializeAsString()).substr(0, 16));
  return store::PutProposal(sql, *proposal);
}

absl::StatusOr<std::string> CurrentEtag(SqlTransaction& sql, const EntryId& id,
                                        const std::string& book_row) {
  const absl::StatusOr<std::optional<store::ModeratedRow>> row = store::GetRow(sql, id);
  if (!row.ok()) return row.status();
  return EntryEtag(id, *row ? (*row)->revision : 0, book_row);
}

absl::Status MarkOutdated(SqlTransaction& sql, const Book& base,
                          const std::vector<v1::Proposal*>& proposals) {
  std::vector<EntryId> ids;
  std::vector<std::pair<v1::Proposal*, std::string>> open;  // and what the book says; as `ids`
  for (v1::Proposal* proposal : proposals) {
    if (proposal->state() != v1::PROPOSAL_STATE_OPEN || proposal->emergency()) continue;
    absl::StatusOr<EntryId> id = ParseEntryName(proposal->entry());
    const absl::StatusOr<EntryPlace> place = id.ok() ? Locate(base, *id) : id.status();
    if (!place.ok()) {
      proposal->set_outdated(true);  // it was made for another book
      continue;
    }
    open.emplace_back(proposal, BookRowHash(base, *id, *place));
    ids.push_back(*std::move(id));
  }
  const absl::StatusOr<std::map<EntryId, int64_t>> revisions = store::RowRevisions(sql, ids);
  if (!revisions.ok()) return revisions.status();
  for (size_t i = 0; i < ids.size(); ++i) {
    const auto& [proposal, book_row] = open[i];
    const auto row = revisions->find(ids[i]);
    const int64_t revision = row == revisions->end() ? 0 : row->second;
    proposal->set_outdated(EntryEtag(ids[i], revision, book_row) != proposal->base_etag());
  }
  return absl::OkStatus();
}

absl::Status Log(SqlTransaction& sql, store::Head& head, std::string_view actor,
                 std::string_view action, std::string_view resource,
                 const google::protobuf::Message& detail) {
  v1::AuditEvent event;
  SetTime(absl::Now(), event.mutable_time());
  event.set_actor(std::string(actor));
  event.set_action(std::string(action));
  event.set_resource(std::string(resource));
  google::protobuf::util::MessageToJsonString(detail, event.mutable_detail());
  return store::AppendEvent(sql, std::move(event), &head);
}

absl::Status Apply(SqlTransaction& sql, store::Head& head, const Book& base,
                   const std::vector<Change>& changes, const std::string& proposer,
                   const std::vector<std::string>& approvers, v1::Revision* revision) {
  revision->set_number(++head.revision);
  SetTime(absl::Now(), revision->mutable_time());
  for (const Change& change : changes) {
    const absl::StatusOr<EntryPlace> place = Locate(base, change.id);
    absl::StatusOr<std::optional<store::ModeratedRow>> before = store::GetRow(sql, change.id);
    if (!before.ok()) return before.status();

    v1::RowChange* record = revision->add_changes();
    record->set_entry(EntryName(change.id));
    if (*before) *record->mutable_before() = (*before)->row;
    if (change.after) *record->mutable_after() = *change.after;
    record->set_revision(revision->number());
    *record->mutable_time() = revision->time();
    record->set_author(proposer);
    *record->mutable_approvers() = {approvers.begin(), approvers.end()};
    record->set_reason(revision->reason());
    record->set_proposal(revision->proposal());

    // A row of another book, which is rolled back, may have no place in this one.
    const std::string book_row = place.ok() ? BookRowHash(base, change.id, *place) : std::string();
    absl::Status put = change.after ? store::PutRow(sql, {.id = change.id,
                                                          .row = *change.after,
                                                          .revision = revision->number(),
                                                          .book_row = book_row,
                                                          .emergency = change.emergency})
                                    : store::DeleteRow(sql, change.id);
    if (!put.ok()) return put;
  }
  if (absl::Status status = store::PutRevision(sql, *revision); !status.ok()) return status;
  return Log(sql, head, revision->author(), "revision.apply",
             StrCat("revisions/", revision->number()), *revision);
}

}  // namespace signalbook
