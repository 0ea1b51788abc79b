// What moderation remembers, as rows of a database (database.h): who proposed and decided what, the rows
// in force, every revision, the audit log, and the counts of traffic. Who may do what is not decided here.
//
// Every function works inside a transaction that its caller runs; several together are one step that
// happens or does not. Records are protobuf messages, kept in protobuf's JSON mapping.
//
// Thread rule: pure functions of the transaction.
#ifndef SIGNALBOOK_SERVICE_MODERATION_STORE_H_
#define SIGNALBOOK_SERVICE_MODERATION_STORE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/moderation/database.h"
#include "service/moderation/entry_id.h"
#include "service/moderation/traffic.h"
#include "signalbook/v1/moderation.pb.h"

namespace signalbook::store {

// Brings the tables of an empty or older database to this version. FailedPrecondition: a newer program has
// been here.
absl::Status Migrate(Database& database);

// The newest of everything; one row, which every writer changes.
struct Head {
  int64_t revision = 0;
  int64_t proposal = 0;
  int64_t event = 0;
  std::string event_hash;
};
absl::StatusOr<Head> GetHead(SqlTransaction& sql);
absl::Status PutHead(SqlTransaction& sql, const Head& head);

// A moderated row in force.
struct ModeratedRow {
  EntryId id;
  v1::Row row;
  int64_t revision = 0;    // that put it there
  std::string book_row;    // hash of what the book said then: "changed upstream" compares it
  bool emergency = false;  // a block that nobody has confirmed yet
};
absl::StatusOr<std::optional<ModeratedRow>> GetRow(SqlTransaction& sql, const EntryId& id);
absl::StatusOr<std::vector<ModeratedRow>> ListRows(SqlTransaction& sql);
// The same of one table and scope, ascending by key.
absl::StatusOr<std::vector<ModeratedRow>> ListRows(SqlTransaction& sql, v1::Table table,
                                                   std::string_view scope);
// The revision that put the row of each there; without those that have none. At most 5,000 `ids`.
absl::StatusOr<std::map<EntryId, int64_t>> RowRevisions(SqlTransaction& sql,
                                                        const std::vector<EntryId>& ids);
absl::Status PutRow(SqlTransaction& sql, const ModeratedRow& row);
absl::Status DeleteRow(SqlTransaction& sql, const EntryId& id);

// `number` of "proposals/17"; nullopt for anything else.
std::optional<int64_t> ProposalNumber(std::string_view name);
std::string ProposalName(int64_t number);
absl::StatusOr<std::optional<v1::Proposal>> GetProposal(SqlTransaction& sql, int64_t number);
absl::Status PutProposal(SqlTransaction& sql, const v1::Proposal& proposal);
struct ProposalFilter {
  std::vector<int> states;  // empty: all
  std::string author;
  std::string entry;
  bool disputed = false;
  bool emergency = false;
};
struct Page {
  int64_t before = 0;  // numbers below this; 0: from the newest. Ascending lists: above this
  int limit = 50;
};
// Newest first.
absl::StatusOr<std::vector<v1::Proposal>> ListProposals(SqlTransaction& sql,
                                                        const ProposalFilter& filter, Page page);
absl::StatusOr<int64_t> CountProposals(SqlTransaction& sql, const ProposalFilter& filter);
// Open proposals by entry.
absl::StatusOr<std::map<std::string, std::vector<std::string>>> OpenProposals(SqlTransaction& sql);

absl::Status PutRevision(SqlTransaction& sql, const v1::Revision& revision);
absl::StatusOr<std::optional<v1::Revision>> GetRevision(SqlTransaction& sql, int64_t number);
absl::StatusOr<std::vector<v1::Revision>> ListRevisions(SqlTransaction& sql, Page page);
// Changes of an entry, newest first, at most `limit`.
absl::StatusOr<std::vector<v1::RowChange>> History(SqlTransaction& sql, const std::string& entry,
                                                   int limit);
// Changes of revisions after `after` and up to `to`, oldest first.
absl::StatusOr<std::vector<v1::RowChange>> Changes(SqlTransaction& sql, int64_t after, int64_t to);

// Chains the event behind head->event, stores it, and moves the head (PutHead is the caller's).
absl::Status AppendEvent(SqlTransaction& sql, v1::AuditEvent event, Head* head);
struct EventFilter {
  std::string actor;
  std::string resource;
  std::string action;
  bool ascending = false;
};
absl::StatusOr<std::vector<v1::AuditEvent>> ListEvents(SqlTransaction& sql,
                                                       const EventFilter& filter, Page page);
absl::StatusOr<int64_t> CountEvents(SqlTransaction& sql, const EventFilter& filter);

// Adds counts of traffic to those that are there.
absl::Status AddTraffic(SqlTransaction& sql, const TrafficCounts& counts);
absl::StatusOr<std::vector<v1::ImpactCount>> Impact(SqlTransaction& sql, const EntryId& id);
// Times served since `from_hour`; without those that never were. At most 5,000 `ids`.
absl::StatusOr<std::map<EntryId, int64_t>> Hits(SqlTransaction& sql,
                                                const std::vector<EntryId>& ids, int64_t from_hour);
struct RefusalFilter {
  int reason = 0;  // 0: all
  std::string target;
};
// Most frequent first.
absl::StatusOr<std::vector<v1::RefusalCount>> ListRefusals(SqlTransaction& sql,
                                                           const RefusalFilter& filter, int offset,
                                                           int limit);
absl::StatusOr<int64_t> CountRefusals(SqlTransaction& sql, const RefusalFilter& filter);

}  // namespace signalbook::store

#endif  // SIGNALBOOK_SERVICE_MODERATION_STORE_H_
