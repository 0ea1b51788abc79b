#include "tests/support/held_model.h"

#include <algorithm>

namespace signalbook {

std::vector<absl::StatusOr<Candidate>> HeldModel::Translate(const ModelRequest& request) {
  {
    std::unique_lock lock(mutex_);
    ++came_;
    ++held_;
    most_at_once_ = std::max(most_at_once_, held_);
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_ || passes_ > 0; });
    if (!open_) --passes_;
    --held_;
  }
  return inner_->Translate(request);
}

void HeldModel::Await(int requests) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return came_ >= requests; });
}

void HeldModel::LetGo() {
  const std::lock_guard lock(mutex_);
  ++passes_;
  changed_.notify_all();
}

void HeldModel::Open() {
  const std::lock_guard lock(mutex_);
  open_ = true;
  changed_.notify_all();
}

int HeldModel::came() const {
  const std::lock_guard lock(mutex_);
  return came_;
}

int HeldModel::most_at_once() const {
  const std::lock_guard lock(mutex_);
  return most_at_once_;
}

}  // namespace signalbook
