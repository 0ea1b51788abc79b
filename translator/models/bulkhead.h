// Keeps one model from taking all threads and memory: at most so many requests are inside it, and so
// many wait. Who waits blocks a thread; a slow model holds as many as both limits together.
//
// Thread rule: safe from many threads; the model is asked without a lock held.
#ifndef SIGNALBOOK_TRANSLATOR_MODELS_BULKHEAD_H_
#define SIGNALBOOK_TRANSLATOR_MODELS_BULKHEAD_H_

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "translator/model.h"

namespace signalbook {

class BulkheadModel final : public Model {
 public:
  // Precondition: `max_concurrent` is positive. `max_waiting` 0: nobody waits.
  BulkheadModel(std::shared_ptr<Model> inner, size_t max_concurrent, size_t max_waiting);
  ~BulkheadModel() override;

  // As model.h says. First come, first served. Unavailable at once when `max_waiting` wait already;
  // DeadlineExceeded when its turn does not come in time.
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override;

  // Requests inside the model, and those that wait for their turn.
  size_t active() const;
  size_t waiting() const;

 private:
  struct Waiter;

  absl::Status Enter(absl::Time deadline);
  void Leave();

  const std::shared_ptr<Model> inner_;
  const size_t max_concurrent_;
  const size_t max_waiting_;
  mutable std::mutex mutex_;
  size_t active_ = 0;
  std::list<Waiter*> waiters_;  // the next first; empty unless active_ is max_concurrent_
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_MODELS_BULKHEAD_H_
