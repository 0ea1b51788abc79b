#include "translator/models/bulkhead.h"

#include <condition_variable>
#include <utility>

namespace signalbook {

// Lives on the stack of who waits.
struct BulkheadModel::Waiter {
  std::condition_variable turn;
  bool admitted = false;
};

BulkheadModel::BulkheadModel(std::shared_ptr<Model> inner, size_t max_concurrent,
                             size_t max_waiting)
    : inner_(std::move(inner)), max_concurrent_(max_concurrent), max_waiting_(max_waiting) {}
BulkheadModel::~BulkheadModel() = default;

std::vector<absl::StatusOr<Candidate>> BulkheadModel::Translate(const ModelRequest& request) {
  if (const absl::Status status = Enter(request.deadline); !status.ok()) {
    return std::vector<absl::StatusOr<Candidate>>(request.sentences.size(), status);
  }
  std::vector<absl::StatusOr<Candidate>> answers = inner_->Translate(request);
  Leave();
  return answers;
}

absl::Status BulkheadModel::Enter(absl::Time deadline) {
  std::unique_lock lock(mutex_);
  if (active_ < max_concurrent_) {
    ++active_;
    return absl::OkStatus();
  }
  if (waiters_.size() >= max_waiting_) {
    return absl::UnavailableError("bulkhead: the model is busy and its queue is full");
  }
  Waiter self;
  const auto place = waiters_.insert(waiters_.end(), &self);
  if (self.turn.wait_until(lock, absl::ToChronoTime(deadline), [&] { return self.admitted; })) {
    return absl::OkStatus();
  }
  waiters_.erase(place);
  return absl::DeadlineExceededError("bulkhead: the model was busy until the deadline");
}

void BulkheadModel::Leave() {
  const std::lock_guard lock(mutex_);
  if (waiters_.empty()) {
    --active_;
    return;
  }
  // The place goes to the next at once, so that nobody who comes now is faster.
  Waiter* const next = waiters_.front();
  waiters_.pop_front();
  next->admitted = true;
  next->turn.notify_one();  // with the lock held: afterwards it may be gone
}

size_t BulkheadModel::active() const {
  const std::lock_guard lock(mutex_);
  return active_;
}

size_t BulkheadModel::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiters_.size();
}

}  // namespace signalbook
