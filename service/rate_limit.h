// A rate with bursts, as the generic cell rate algorithm (ITU-T I.371) counts it: a token bucket whose whole state is
// one number, the time at which the bucket is full again.
//
// Thread rule: immutable; charging one state from many threads is safe and takes no lock.
#ifndef SIGNALBOOK_SERVICE_RATE_LIMIT_H_
#define SIGNALBOOK_SERVICE_RATE_LIMIT_H_

#include <atomic>
#include <cstdint>

#include "absl/time/time.h"

namespace signalbook {

class RateLimit {
 public:
  // Of one of those who share the limit; starts as a full bucket.
  using State = std::atomic<int64_t>;

  // `units` per `period`, of which `burst` may come at once. All positive; a bucket fills within 200 years.
  RateLimit(double units, absl::Duration period, int64_t burst);

  // Zero: `units` are charged. Otherwise nothing is charged, and this is the time after which they would be, if
  // nobody else comes first. More than burst() never are: InfiniteDuration. `now` counts from any moment before the
  // state was made, and never goes back.
  absl::Duration Charge(State* state, absl::Duration now, int64_t units) const;

  // Takes over a bucket that `before` (null: none, it was full) was the limit of: what is missing stays the same share
  // of it.
  void TakeOver(State* state, const RateLimit* before, absl::Duration now) const;

  int64_t burst() const { return burst_; }

 private:
  const double nanoseconds_per_unit_;
  const int64_t burst_;
  const int64_t fill_time_;  // of an empty bucket, in nanoseconds
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_RATE_LIMIT_H_
