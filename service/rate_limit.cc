#include "service/rate_limit.h"

#include <algorithm>
#include <cmath>

namespace signalbook {

// Costs are rounded down and the bucket's size up, so that a whole burst always fits.
RateLimit::RateLimit(double units, absl::Duration period, int64_t burst)
    : nanoseconds_per_unit_(absl::ToDoubleNanoseconds(period) / units),
      burst_(burst),
      fill_time_(
          static_cast<int64_t>(std::ceil(nanoseconds_per_unit_ * static_cast<double>(burst)))) {}

absl::Duration RateLimit::Charge(State* state, absl::Duration now, int64_t units) const {
  if (units <= 0) return absl::ZeroDuration();
  if (units > burst_) return absl::InfiniteDuration();
  const int64_t at = absl::ToInt64Nanoseconds(now);
  const auto cost = static_cast<int64_t>(nanoseconds_per_unit_ * static_cast<double>(units));
  int64_t full = state->load(std::memory_order_relaxed);
  for (;;) {
    const int64_t then = std::max(full, at) + cost;
    const int64_t wait = then - at - fill_time_;
    if (wait > 0) return absl::Nanoseconds(wait);
    if (state->compare_exchange_weak(full, then, std::memory_order_relaxed)) {
      return absl::ZeroDuration();
    }
  }
}

void RateLimit::TakeOver(State* state, const RateLimit* before, absl::Duration now) const {
  const int64_t at = absl::ToInt64Nanoseconds(now);
  int64_t full = state->load(std::memory_order_relaxed);
  int64_t then = 0;
  do {
    if (before == nullptr || full <= at) {
      then = 0;
      continue;
    }
    const double missing = static_cast<double>(full - at) / static_cast<double>(before->fill_time_);
    then = at + static_cast<int64_t>(std::min(missing, 1.0) * static_cast<double>(fill_time_));
  } while (!state->compare_exchange_weak(full, then, std::memory_order_relaxed));
}

}  // namespace signalbook
