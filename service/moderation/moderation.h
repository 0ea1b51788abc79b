// The rules of moderation: who may change what, what it takes, and what happens then. Every method of
// ModerationService is one function here; methods.h is their list.
//
//   propose ─ checks ─ approve (others than the author, as many as it takes) ─ revision ─ live
//                    └ reject, withdraw, edit (voids approvals)
//   block in an emergency ─ revision ─ live ─ a proposal to confirm it waits for somebody else
//
// A decision and its audit event are one transaction. What is live is a copy: when the database is away,
// translation goes on with it, for max_staleness at the most, and every method here answers UNAVAILABLE
// (STORE_UNAVAILABLE).
//
// Thread rule: all methods are safe from many threads; they block while the database works.
#ifndef SIGNALBOOK_SERVICE_MODERATION_MODERATION_H_
#define SIGNALBOOK_SERVICE_MODERATION_MODERATION_H_

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "service/live_translator.h"
#include "service/moderation/database.h"
#include "service/moderation/entries.h"
#include "service/moderation/rows.h"
#include "service/moderation/store.h"
#include "service/moderation/traffic.h"
#include "signalbook/v1/moderation.pb.h"

namespace signalbook {

// What VerifyAuditLog says of the database as `sql` sees it: the chain of the log, its end, and whether the
// rows in force are those that it says were decided.
absl::Status VerifyAuditLogIn(SqlTransaction& sql, v1::VerifyAuditLogResponse* response);

class Moderation {
 public:
  struct Options {
    bool keep_samples = false;
    absl::Duration flush_interval = absl::Seconds(10);
    // How long what was read from the database is good: `live` is aging after half of it. It is read every second.
    absl::Duration max_staleness = absl::InfiniteDuration();
  };
  // Brings the database up to date, makes what is approved there live, and keeps it so: within moments of a
  // decision on any server, and within seconds of a database that comes back. `live` (with a translator
  // whose book has no overlay) must outlive it.
  //   Unavailable          the database cannot be reached: nothing is served rather than rows that were withdrawn
  //   FailedPrecondition   it belongs to a newer program
  static absl::StatusOr<std::unique_ptr<Moderation>> Start(std::unique_ptr<Database> database,
                                                           LiveTranslator* live,
                                                           const Options& options);
  // Stores the counts that have gathered.
  ~Moderation();
  Moderation(const Moderation&) = delete;
  Moderation& operator=(const Moderation&) = delete;

  // Puts `other` in the place of what answers now, with what is approved on top. Rows that were approved for
  // another book are ignored() from then on. Errors are those of Start; nothing has changed then.
  absl::Status Replace(const LiveBook& other) { return Refresh(&other); }

  // How long ago the database was last read; what is live was true then.
  absl::Duration age() const;

  // Where answers are counted.
  Traffic& traffic() { return traffic_; }
  // Stores the counts that have gathered; otherwise that happens now and then, and at the end.
  void FlushTraffic();
  // Rows that were approved for another book and do not count in this one.
  std::vector<std::string> ignored() const;

  using Caller = v1::Caller;
  absl::Status GetCaller(const Caller&, const v1::GetCallerRequest&, v1::Caller*);
  absl::Status ListEntries(const Caller&, const v1::ListEntriesRequest&, v1::ListEntriesResponse*);
  absl::Status GetEntry(const Caller&, const v1::GetEntryRequest&, v1::EntryDetail*);
  absl::Status GetOverview(const Caller&, const v1::GetOverviewRequest&, v1::Overview*);
  absl::Status CreateProposal(const Caller&, const v1::CreateProposalRequest&, v1::Proposal*);
  absl::Status GetProposal(const Caller&, const v1::GetProposalRequest&, v1::Proposal*);
  absl::Status ListProposals(const Caller&, const v1::ListProposalsRequest&,
                             v1::ListProposalsResponse*);
  absl::Status UpdateProposal(const Caller&, const v1::UpdateProposalRequest&, v1::Proposal*);
  absl::Status CommentOnProposal(const Caller&, const v1::CommentOnProposalRequest&, v1::Proposal*);
  absl::Status WithdrawProposal(const Caller&, const v1::WithdrawProposalRequest&, v1::Proposal*);
  absl::Status ApproveProposal(const Caller&, const v1::ApproveProposalRequest&, v1::Proposal*);
  absl::Status RejectProposal(const Caller&, const v1::RejectProposalRequest&, v1::Proposal*);
  absl::Status BatchDecideProposals(const Caller&, const v1::BatchDecideProposalsRequest&,
                                    v1::BatchDecideProposalsResponse*);
  absl::Status BlockEntry(const Caller&, const v1::BlockEntryRequest&, v1::Proposal*);
  absl::Status ListRevisions(const Caller&, const v1::ListRevisionsRequest&,
                             v1::ListRevisionsResponse*);
  absl::Status DiffRevisions(const Caller&, const v1::DiffRevisionsRequest&,
                             v1::DiffRevisionsResponse*);
  absl::Status RollBack(const Caller&, const v1::RollBackRequest&, v1::RollBackResponse*);
  absl::Status ListAuditEvents(const Caller&, const v1::ListAuditEventsRequest&,
                               v1::ListAuditEventsResponse*);
  absl::Status VerifyAuditLog(const Caller&, const v1::VerifyAuditLogRequest&,
                              v1::VerifyAuditLogResponse*);
  absl::Status ListRefusals(const Caller&, const v1::ListRefusalsRequest&,
                            v1::ListRefusalsResponse*);
  absl::Status GetImpact(const Caller&, const v1::GetImpactRequest&, v1::Impact*);
  absl::Status ExportEntries(const Caller&, const v1::ExportEntriesRequest&,
                             v1::ExportEntriesResponse*);
  absl::Status ImportEntries(const Caller&, const v1::ImportEntriesRequest&,
                             v1::ImportEntriesResponse*);
  absl::Status PreviewTranslation(const Caller&, const v1::PreviewTranslationRequest&,
                                  v1::PreviewTranslationResponse*);

 private:
  Moderation(std::unique_ptr<Database> database, LiveTranslator* live, const Options& options);

  // Database calls; an unreachable database becomes STORE_UNAVAILABLE.
  absl::Status Write(const Database::Body& body);
  absl::Status Read(const Database::Body& body);

  // A write that moves the head: `body` gets it and may change it; stored, and made live, if all goes well.
  absl::Status Decide(const std::function<absl::Status(SqlTransaction&, store::Head&)>& body);

  // A proposal that is being made: checked against the book, then against the store, then stored.
  struct Draft {
    EntryId id;
    EffectiveRow effective;
    std::string book_row;
    std::string asked_etag;
    v1::Proposal proposal;
  };
  absl::StatusOr<Draft> MakeDraft(const Caller& caller,
                                  const v1::CreateProposalRequest& request) const;
  absl::Status CheckDraft(SqlTransaction& sql, Draft* draft) const;
  absl::Status StoreDraft(SqlTransaction& sql, store::Head& head, Draft* draft) const;

  // Puts back what an emergency block that is rejected replaced.
  absl::Status UndoBlock(SqlTransaction& sql, store::Head& head, const Caller& caller,
                         const v1::Proposal& proposal);

  // Reads what is approved and makes it live, on `other` or else on what answers now; without `other`, only if
  // that is newer.
  absl::Status Refresh(const LiveBook* other = nullptr);
  // What is live was approved at `start`, and is good for a while from then on.
  void Seen(LiveTranslator::Clock::time_point start);
  void FollowChanges();
  void FlushRegularly();

  // What checks find in the rows of a list; only rows with findings. Takes a second for the names of a
  // locale, so it is kept while the book stays as it is.
  using Findings = std::map<EntryId, std::vector<v1::CheckFinding>>;
  std::shared_ptr<const Findings> FindingsIn(const Entries& entries, const std::string& scope,
                                             const std::shared_ptr<const LiveBook>& live);

  std::shared_ptr<const Book> base() const { return live()->base; }
  std::shared_ptr<const LiveBook> live() const { return live_->Get(); }

  const std::unique_ptr<Database> database_;
  LiveTranslator* const live_;
  const Options options_;
  Traffic traffic_;

  mutable std::mutex mutex_;
  std::vector<std::string> ignored_;                                 // guarded by mutex_
  std::map<std::string, std::shared_ptr<const Findings>> findings_;  // by scope; guarded by mutex_
  std::weak_ptr<const LiveBook> findings_of_;                        // guarded by mutex_
  std::mutex refresh_mutex_;                                         // one Refresh at a time
  std::atomic<LiveTranslator::Clock::time_point>
      seen_{};  // when the last read that went well began
  std::atomic<bool> stopping_ = false;
  std::condition_variable stop_;  // with mutex_
  std::thread follower_;
  std::thread flusher_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_MODERATION_MODERATION_H_
