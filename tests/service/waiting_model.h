// A model that answers when the test lets it.
#ifndef SIGNALBOOK_TESTS_SERVICE_WAITING_MODEL_H_
#define SIGNALBOOK_TESTS_SERVICE_WAITING_MODEL_H_

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "translator/model.h"

namespace signalbook {

// Says `answer` to everything, once it is open; DeadlineExceeded when it is not open in time.
class WaitingModel final : public Model {
 public:
  explicit WaitingModel(std::string answer, bool open = false)
      : answer_(std::move(answer)), open_(open) {}

  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override {
    std::unique_lock lock(mutex_);
    ++calls_;
    last_deadline_ = request.deadline;
    changed_.notify_all();
    const bool open =
        changed_.wait_until(lock, absl::ToChronoTime(request.deadline), [this] { return open_; });
    std::vector<absl::StatusOr<Candidate>> results;
    for (size_t i = 0; i < request.sentences.size(); ++i) {
      if (open) {
        results.emplace_back(Candidate{answer_, {"waiting", "1"}});
      } else {
        results.emplace_back(absl::DeadlineExceededError("not opened in time"));
      }
    }
    return results;
  }

  void Open() {
    std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

  // False when there were fewer calls after ten seconds.
  bool WaitForCalls(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return calls_ >= count; });
  }

  int calls() {
    std::lock_guard lock(mutex_);
    return calls_;
  }

  absl::Time last_deadline() {
    std::lock_guard lock(mutex_);
    return last_deadline_;
  }

 private:
  const std::string answer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_;
  int calls_ = 0;
  absl::Time last_deadline_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_SERVICE_WAITING_MODEL_H_
