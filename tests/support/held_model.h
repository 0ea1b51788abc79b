// A model that answers when the test says so: what do others do in the meantime?
#ifndef SIGNALBOOK_TESTS_SUPPORT_HELD_MODEL_H_
#define SIGNALBOOK_TESTS_SUPPORT_HELD_MODEL_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "translator/model.h"

namespace signalbook {

// Holds every request until it is let go, then passes it on. Safe from many threads.
class HeldModel final : public Model {
 public:
  explicit HeldModel(std::shared_ptr<Model> inner) : inner_(std::move(inner)) {}

  // Blocks until somebody lets it go, whatever the deadline.
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override;

  // Returns once so many requests have come, all in all.
  void Await(int requests);
  // Lets go one request that is held, or the next that comes.
  void LetGo();
  // Holds nobody any more.
  void Open();

  // Requests that have come, all in all, and how many were held at once at most.
  int came() const;
  int most_at_once() const;

 private:
  const std::shared_ptr<Model> inner_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int came_ = 0;
  int held_ = 0;
  int most_at_once_ = 0;
  int passes_ = 0;
  bool open_ = false;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_SUPPORT_HELD_MODEL_H_
