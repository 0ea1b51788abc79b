#include "service/timed_calls.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <utility>

#include "absl/time/clock.h"
#include "service/limits.h"
#include "service/status.h"

namespace signalbook {

class TimedCalls::Job final : public WorkerPool::Job {
 public:
  Job(TimedCalls* owner, Call call) : owner_(*owner), call_(std::move(call)) {}

  void Run() override {
    call_();
    std::lock_guard lock(owner_.mutex_);
    done_ = true;
    owner_.changed_.notify_all();
  }
  bool Abandoned() const override { return given_up_; }
  void TurnedAway() override {
    std::lock_guard lock(owner_.mutex_);
    turned_away_ = true;
    owner_.changed_.notify_all();
  }

  void GiveUp() { given_up_ = true; }
  // Under the owner's mutex_.
  bool done() const { return done_; }
  bool turned_away() const { return turned_away_; }

 private:
  TimedCalls& owner_;
  const Call call_;
  std::atomic<bool> given_up_ = false;
  bool done_ = false;
  bool turned_away_ = false;
};

absl::Status TimedCalls::Run(Call call, absl::Time deadline, uint64_t caller) {
  const auto job = std::make_shared<Job>(this, std::move(call));
  if (!pool_.TrySubmit(job, caller)) return QueueFull(queue_, kRetryDelay);
  std::unique_lock lock(mutex_);
  while (!job->done()) {
    if (job->turned_away()) return QueueFull(queue_, kRetryDelay);
    const absl::Time until = std::min(deadline, last_);
    if (absl::Now() >= until) {
      job->GiveUp();
      return absl::DeadlineExceededError("the call did not answer in time");
    }
    changed_.wait_until(lock, absl::ToChronoTime(until));
  }
  return absl::OkStatus();
}

void TimedCalls::StopWaiting(absl::Time deadline) {
  std::lock_guard lock(mutex_);
  last_ = deadline;
  changed_.notify_all();
}

}  // namespace signalbook
