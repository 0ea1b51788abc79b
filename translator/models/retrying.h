// Asks again for sentences that came back Unavailable, after a pause, if the deadline allows it.
//
// Only for those: they were not answered and may well be the next time. Retries come out of a budget
// that requests fill, so that in an outage a model gets a tenth more of requests, not three times as
// many; a few are there to begin with.
//
// Thread rule: safe from many threads; pauses and the model are waited for without a lock held.
#ifndef SIGNALBOOK_TRANSLATOR_MODELS_RETRYING_H_
#define SIGNALBOOK_TRANSLATOR_MODELS_RETRYING_H_

#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "translator/model.h"

namespace signalbook {

struct RetryingOptions {
  // Times a sentence is asked for, the first included.
  int attempts = 3;
  // Before the second attempt, then twice as long each time; of it, a random half to whole is
  // waited, so that callers who failed together do not come back together.
  absl::Duration first_backoff = absl::Milliseconds(50);
  // What a request adds to the budget, and how much it holds at most (and at first). Each retry,
  // of however many sentences, takes 1.
  double retries_per_request = 0.1;
  double burst = 10;
  std::function<absl::Time()> clock = absl::Now;
  std::function<void(absl::Duration)> sleep = absl::SleepFor;
};

class RetryingModel final : public Model {
 public:
  explicit RetryingModel(std::shared_ptr<Model> inner, RetryingOptions options = {});

  // As model.h says. Unavailable when no attempt was left, no budget, or no time for the pause.
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override;

 private:
  void Earn();
  bool Spend();
  absl::Duration Jittered(absl::Duration backoff);

  const std::shared_ptr<Model> inner_;
  const RetryingOptions options_;
  std::mutex mutex_;
  double budget_;           // guarded by mutex_
  std::mt19937_64 random_;  // guarded by mutex_
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_MODELS_RETRYING_H_
