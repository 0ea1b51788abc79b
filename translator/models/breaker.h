// Leaves a model alone that has failed several times in a row: callers learn at once what they would
// otherwise learn at their deadline, and the model has time to come back.
//
//   closed     every request is passed on; `failures` failed ones in a row open it
//   open       every request is Unavailable at once, for `cool_down`
//   half-open  one request at a time is passed on, the others are Unavailable at once; an answer
//              closes, a failure opens
//
// A request is answered when one of its sentences is. Else it failed if a sentence was Unavailable,
// DeadlineExceeded or Internal, but for DeadlineExceeded in less than `patience`: a caller in a hurry
// says nothing about the model, and must not take it from the others. All else (NotFound,
// FailedPrecondition …) neither opens nor closes. A request that comes back after the state has
// changed no longer counts.
//
// Where decorators stand, outermost first: cached, first_of, timeout, bulkhead, breaker, retrying,
// the engine. Within the bulkhead, as a model whose queue is full is not broken; around the retries,
// as what succeeds at last did not fail.
//
// Thread rule: safe from many threads; the model is asked without a lock held.
#ifndef SIGNALBOOK_TRANSLATOR_MODELS_BREAKER_H_
#define SIGNALBOOK_TRANSLATOR_MODELS_BREAKER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "translator/model.h"

namespace signalbook {

struct BreakerOptions {
  int failures = 5;
  absl::Duration cool_down = absl::Seconds(5);
  // At most what a request usually has, or a model that hangs is never left alone.
  absl::Duration patience = absl::Seconds(1);
  std::function<absl::Time()> clock = absl::Now;
};

enum class BreakerState : uint8_t { kClosed, kOpen, kHalfOpen };

class BreakerModel final : public Model {
 public:
  // Precondition: `failures` and `cool_down` are positive.
  explicit BreakerModel(std::shared_ptr<Model> inner, BreakerOptions options = {});

  // As model.h says.
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override;

  // Half-open from the end of the cool-down, though nobody has asked since.
  BreakerState state() const;

 private:
  enum class Outcome : uint8_t { kAnswered, kFailed, kSaysNothing };

  static Outcome OutcomeOf(const std::vector<absl::StatusOr<Candidate>>& answers, size_t expected,
                           bool hurried);
  bool Admit(absl::Time now);
  void Count(Outcome outcome, absl::Time now);
  void Enter(BreakerState state);

  const std::shared_ptr<Model> inner_;
  const BreakerOptions options_;
  mutable std::mutex mutex_;
  BreakerState state_ = BreakerState::kClosed;
  uint64_t era_ = 0;  // one more with every change of state_
  int failures_ = 0;  // closed: in a row
  absl::Time open_until_ = absl::InfinitePast();
  bool probing_ = false;  // half-open: somebody is asking
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_MODELS_BREAKER_H_
