#include "service/moderation/moderation.h"

#include <chrono>
#include <utility>

#include "service/status.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr absl::Duration kFollowTimeout = absl::Seconds(1);
constexpr absl::Duration kRetryPause = absl::Milliseconds(200);

absl::Status Explained(const absl::Status& status) {
  if (!absl::IsUnavailable(status) || !ReasonOf(status).empty()) return status;
  return WithReason(
      absl::StatusCode::kUnavailable, reason::kStoreUnavailable,
      StrCat("the database of moderation cannot be used now (", AsStd(status.message()),
             "); translation goes on with the last revision; try again"));
}

}  // namespace

Moderation::Moderation(std::unique_ptr<Database> database, LiveTranslator* live,
                       const Options& options)
    : database_(std::move(database)),
      live_(live),
      options_(options),
      traffic_(options.keep_samples) {}

absl::StatusOr<std::unique_ptr<Moderation>> Moderation::Start(std::unique_ptr<Database> database,
                                                              LiveTranslator* live,
                                                              const Options& options) {
  if (absl::Status status = store::Migrate(*database); !status.ok()) return status;
  std::unique_ptr<Moderation> moderation(new Moderation(std::move(database), live, options));
  if (absl::Status status = moderation->Refresh(); !status.ok()) return status;
  moderation->follower_ = std::thread([m = moderation.get()] { m->FollowChanges(); });
  moderation->flusher_ = std::thread([m = moderation.get()] { m->FlushRegularly(); });
  return moderation;
}

Moderation::~Moderation() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  database_->Interrupt();
  if (follower_.joinable()) follower_.join();
  if (flusher_.joinable()) flusher_.join();
  FlushTraffic();
}

std::vector<std::string> Moderation::ignored() const {
  std::lock_guard lock(mutex_);
  return ignored_;
}

absl::Status Moderation::Write(const Database::Body& body) {
  return Explained(database_->Write(body));
}

absl::Status Moderation::Read(const Database::Body& body) {
  return Explained(database_->Read(body));
}

absl::Status Moderation::Decide(
    const std::function<absl::Status(SqlTransaction&, store::Head&)>& body) {
  int64_t revision = 0;
  absl::Status status = Write([&](SqlTransaction& sql) -> absl::Status {
    absl::StatusOr<store::Head> head = store::GetHead(sql);
    if (!head.ok()) return head.status();
    if (absl::Status decided = body(sql, *head); !decided.ok()) return decided;
    revision = head->revision;
    return store::PutHead(sql, *head);
  });
  if (!status.ok()) return status;
  // It is decided whether or not this server can read it back now; the follower tries again.
  if (revision > live()->revision) Refresh().IgnoreError();
  return absl::OkStatus();
}

absl::Status Moderation::Refresh(const LiveBook* other) {
  std::lock_guard one_at_a_time(refresh_mutex_);
  const auto start = LiveTranslator::Clock::now();
  const std::shared_ptr<const LiveBook> now = live();
  store::Head head;
  std::vector<store::ModeratedRow> rows;
  const auto nothing_new = [&] { return other == nullptr && head.revision == now->revision; };
  absl::Status status = Read([&](SqlTransaction& sql) -> absl::Status {
    absl::StatusOr<store::Head> found = store::GetHead(sql);
    if (!found.ok()) return found.status();
    head = *found;
    if (nothing_new()) return absl::OkStatus();
    absl::StatusOr<std::vector<store::ModeratedRow>> all = store::ListRows(sql);
    if (!all.ok()) return all.status();
    rows = *std::move(all);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  if (nothing_new()) {
    Seen(start);
    return absl::OkStatus();
  }

  LiveBook next = other == nullptr ? *now : *other;
  std::vector<std::string> ignored;
  const OverlayRows overlay = ToOverlay(*next.base, rows, &ignored);
  absl::StatusOr<std::unique_ptr<const Translator>> translator =
      next.translator->WithBook(WithOverlay(next.base, overlay, &ignored));
  if (!translator.ok()) return translator.status();
  next.translator = *std::move(translator);
  next.revision = head.revision;
  live_->Set(std::move(next));
  Seen(start);
  std::lock_guard lock(mutex_);
  ignored_ = std::move(ignored);
  return absl::OkStatus();
}

void Moderation::Seen(LiveTranslator::Clock::time_point start) {
  seen_ = start;
  if (options_.max_staleness == absl::InfiniteDuration()) return;
  const auto staleness = absl::ToChronoNanoseconds(options_.max_staleness);
  live_->SetGoodUntil(start + staleness / 2, start + staleness);
}

absl::Duration Moderation::age() const {
  return absl::FromChrono(LiveTranslator::Clock::now() - seen_.load());
}

void Moderation::FollowChanges() {
  while (!stopping_) {
    database_->WaitForChange(kFollowTimeout);
    // Also after a timeout: a change that was missed is found a second later.
    if (!stopping_ && !Refresh().ok()) {
      std::unique_lock lock(mutex_);
      stop_.wait_for(lock, absl::ToChronoMilliseconds(kRetryPause),
                     [this] { return stopping_.load(); });
    }
  }
}

void Moderation::FlushTraffic() {
  TrafficCounts counts = traffic_.Take();
  if (counts.hits.empty() && counts.refusals.empty()) return;
  const absl::Status status =
      Write([&counts](SqlTransaction& sql) { return store::AddTraffic(sql, counts); });
  if (!status.ok()) traffic_.Return(std::move(counts));
}

void Moderation::FlushRegularly() {
  std::unique_lock lock(mutex_);
  while (!stop_.wait_for(lock, absl::ToChronoMilliseconds(options_.flush_interval),
                         [this] { return stopping_.load(); })) {
    lock.unlock();
    FlushTraffic();
    lock.lock();
  }
}

}  // namespace signalbook
