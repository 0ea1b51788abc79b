#include "service/http/timed_calls.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "service/limits.h"
#include "service/status.h"

namespace signalbook {

class TimedCalls::Job final : public WorkerPool::Job {
 public:
  Job(TimedCalls* owner, Call call) : owner_(*owner), call_(std::move(call)) {}

  void Run() override {
    absl::StatusOr<std::string> answer = call_();
    std::lock_guard lock(owner_.mutex_);
    answer_ = std::move(answer);
    owner_.changed_.notify_all();
  }
  bool Abandoned() const override { return given_up_; }

  void GiveUp() { given_up_ = true; }
  // Under the owner's mutex_.
  std::optional<absl::StatusOr<std::string>>& answer() { return answer_; }

 private:
  TimedCalls& owner_;
  const Call call_;
  std::atomic<bool> given_up_ = false;
  std::optional<absl::StatusOr<std::string>> answer_;
};

absl::StatusOr<std::string> TimedCalls::Run(Call call, absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  const auto job = std::make_shared<Job>(this, std::move(call));
  if (!pool_.TrySubmit(job)) return QueueFull(queue_, kRetryDelay);
  std::unique_lock lock(mutex_);
  while (!job->answer()) {
    const absl::Time until = std::min(deadline, last_);
    if (absl::Now() >= until) {
      job->GiveUp();
      return absl::DeadlineExceededError(
          "the call did not answer in time; whether it took effect is not known: read it again");
    }
    changed_.wait_until(lock, absl::ToChronoTime(until));
  }
  return *std::move(job->answer());
}

void TimedCalls::StopWaiting(absl::Time deadline) {
  std::lock_guard lock(mutex_);
  last_ = deadline;
  changed_.notify_all();
}

}  // namespace signalbook
