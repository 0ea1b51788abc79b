// The steps that decisions are made of. Part of moderation.h; each works inside the transaction of a
// decision and fails it by returning an error.
#ifndef SIGNALBOOK_SERVICE_MODERATION_DECISION_H_
#define SIGNALBOOK_SERVICE_MODERATION_DECISION_H_

#include <google/protobuf/message.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "service/moderation/rows.h"
#include "service/moderation/store.h"
#include "signalbook/v1/moderation.pb.h"

namespace signalbook {

// REASON_MISSING, FIELD_TOO_LONG: `text` is not 1 (0 if it is not required) to 2,000 code points.
absl::Status CheckWords(std::string_view text, std::string_view field, bool required);
// ROW_REFUSED when a finding is an error; names them all.
absl::Status RefuseErrors(absl::StatusCode code, const std::vector<v1::CheckFinding>& findings);

// PROPOSAL_NOT_FOUND.
absl::StatusOr<v1::Proposal> FindProposal(SqlTransaction& sql, std::string_view name);
// PROPOSAL_NOT_FOUND; PROPOSAL_CLOSED, with the proposal in `*proposal` all the same.
absl::Status FindOpenProposal(SqlTransaction& sql, std::string_view name, v1::Proposal* proposal);
bool IsEditor(const v1::Proposal& proposal, std::string_view name);

// How many people it takes to approve a change.
inline constexpr int kApprovals = 1;
inline constexpr int kSensitiveApprovals = 2;

// What an event says of a proposal: what would be approved and why, without the discussion.
v1::Proposal Gist(const v1::Proposal& proposal);

// PROPOSAL_CHANGED: `what` is not what the caller read.
absl::Status ProposalChanged(std::string_view what);
// ROW_CHANGED.
absl::Status RowChanged();
// NOTHING_TO_CHANGE.
absl::Status NothingToChange(std::string_view why);

// Stamps the time, the hash and the etag, and stores it.
absl::Status SaveProposal(SqlTransaction& sql, v1::Proposal* proposal);

// The etag of an entry as it is now. `book_row`: BookRowHash.
absl::StatusOr<std::string> CurrentEtag(SqlTransaction& sql, const EntryId& id,
                                        const std::string& book_row);

// Sets `outdated` of those that cannot be approved as they are: the entry has changed since, or the book has
// no place for it. Never of what is decided, nor of a block that is in force.
absl::Status MarkOutdated(SqlTransaction& sql, const Book& base,
                          const std::vector<v1::Proposal*>& proposals);

// Puts an event into the log. `detail` is kept as JSON.
absl::Status Log(SqlTransaction& sql, store::Head& head, std::string_view actor,
                 std::string_view action, std::string_view resource,
                 const google::protobuf::Message& detail);

// One row that changes.
struct Change {
  EntryId id;
  std::optional<v1::Row> after;  // nullopt: the book counts again
  bool emergency = false;
};
// Makes a revision of `changes` and puts it in force. Of `revision`, author, kind, reason, proposal and
// lead time are taken; the rest is filled. `proposer` and `approvers` are for blame.
absl::Status Apply(SqlTransaction& sql, store::Head& head, const Book& base,
                   const std::vector<Change>& changes, const std::string& proposer,
                   const std::vector<std::string>& approvers, v1::Revision* revision);

void SetTime(absl::Time time, google::protobuf::Timestamp* timestamp);
absl::Time GetTime(const google::protobuf::Timestamp& timestamp);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_MODERATION_DECISION_H_
