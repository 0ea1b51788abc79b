// When a rate lets something in, and how long until it does.
#include "service/rate_limit.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>
#include <vector>

namespace signalbook {
namespace {

constexpr absl::Duration kNow = absl::ZeroDuration();
constexpr absl::Duration kNever = absl::InfiniteDuration();

struct Step {
  absl::Duration at;
  int64_t units;
  absl::Duration wait = absl::ZeroDuration();  // zero: let in
};

TEST(RateLimitTest, LetsInOrSaysWhen) {
  const absl::Duration ms = absl::Milliseconds(1);
  const absl::Duration s = absl::Seconds(1);
  const struct {
    const char* what;
    RateLimit limit;
    std::vector<Step> steps;
  } kRows[] = {
      {"one at a time", {10, s, 1}, {{kNow, 1}, {kNow, 1, 100 * ms}, {100 * ms, 1}}},
      {"just too early", {10, s, 1}, {{kNow, 1}, {99 * ms, 1, ms}, {100 * ms, 1}}},
      {"what was refused is not charged",
       {10, s, 1},
       {{kNow, 1}, {10 * ms, 1, 90 * ms}, {20 * ms, 1, 80 * ms}, {100 * ms, 1}}},
      {"a burst, then the rate",
       {10, s, 3},
       {{kNow, 1},
        {kNow, 1},
        {kNow, 1},
        {kNow, 1, 100 * ms},
        {100 * ms, 1},
        {110 * ms, 1, 90 * ms}}},
      {"a pause fills the bucket, and no more",
       {10, s, 2},
       {{kNow, 2}, {3600 * s, 1}, {3600 * s, 1}, {3600 * s, 1, 100 * ms}}},
      {"half a pause fills half of it",
       {10, s, 4},
       {{kNow, 4}, {200 * ms, 2}, {200 * ms, 1, 100 * ms}}},
      {"several at once",
       {10, s, 5},
       {{kNow, 3}, {kNow, 3, 100 * ms}, {kNow, 2}, {kNow, 5, 500 * ms}}},
      {"more than ever fit", {10, s, 5}, {{kNow, 6, kNever}, {3600 * s, 6, kNever}, {3600 * s, 5}}},
      {"nothing is let in always", {10, s, 1}, {{kNow, 1}, {kNow, 0}, {kNow, 1, 100 * ms}}},
      {"slower than one a second", {0.001, s, 1}, {{kNow, 1}, {s, 1, 999 * s}, {1000 * s, 1}}},
      {"per minute", {600, absl::Minutes(1), 600}, {{kNow, 600}, {s, 30, 2 * s}, {3 * s, 30}}},
      {"a burst that the rate does not divide",
       {3, s, 10},
       {{kNow, 1},
        {kNow, 1},
        {kNow, 1},
        {kNow, 1},
        {kNow, 1},
        {kNow, 1},
        {kNow, 1},
        {kNow, 1},
        {kNow, 1},
        {kNow, 1}}},
      {"the slowest filling of the largest bucket",
       {60, absl::Minutes(1), 10'000'000},
       {{kNow, 10'000'000}, {kNow, 10'000'000, 10'000'000 * s}, {10'000'000 * s, 10'000'000}}},
  };
  for (const auto& row : kRows) {
    RateLimit::State state = 0;
    for (size_t i = 0; i < row.steps.size(); ++i) {
      const Step& step = row.steps[i];
      EXPECT_EQ(row.limit.Charge(&state, step.at, step.units), step.wait)
          << row.what << ", step " << i;
    }
  }
}

TEST(RateLimitTest, AnotherLimitTakesOverAsLargeAShareOfTheBucket) {
  const absl::Duration s = absl::Seconds(1);
  const RateLimit ten(10, s, 10), hundred(100, s, 1'000), slow(0.001, s, 10);
  const struct {
    const char* what;
    const RateLimit* before;
    RateLimit after;
    int64_t charged;  // before, at once
    absl::Duration then;
    Step now;  // after
  } kRows[] = {
      {"a full bucket is full", &ten, hundred, 0, kNow, {kNow, 1'000}},
      {"an empty one is empty", &ten, hundred, 10, kNow, {kNow, 1, 10 * absl::Milliseconds(1)}},
      {"half of it is half", &ten, hundred, 5, kNow, {kNow, 500}},
      {"and no more than half", &ten, hundred, 5, kNow, {kNow, 501, 10 * absl::Milliseconds(1)}},
      {"what has come back meanwhile counts", &ten, hundred, 10, s / 2, {s / 2, 500}},
      {"a faster rate forgives the wait of the slower", &slow, ten, 10, kNow, {kNow, 1, s / 10}},
      {"the other way round", &ten, slow, 5, kNow, {kNow, 6, 1'000 * s}},
      {"nothing changes", &ten, ten, 7, kNow, {kNow, 4, s / 10}},
      {"without a limit before it is full", nullptr, ten, 0, kNow, {kNow, 10}},
  };
  for (const auto& row : kRows) {
    RateLimit::State state = 0;
    if (row.before != nullptr) {
      ASSERT_EQ(row.before->Charge(&state, kNow, row.charged), kNow) << row.what;
    }
    row.after.TakeOver(&state, row.before, row.then);
    EXPECT_EQ(row.after.Charge(&state, row.now.at, row.now.units), row.now.wait) << row.what;
  }
}

// Against a bucket that is written as one: tokens that drip.
TEST(RateLimitTest, IsATokenBucket) {
  std::mt19937 random(20191213);
  for (int round = 0; round < 200; ++round) {
    const int64_t burst = 1 + random() % 20;
    const int64_t period_ms = 1 + random() % 50;  // of one unit
    const RateLimit limit(1, absl::Milliseconds(period_ms), burst);
    RateLimit::State state = 0;
    int64_t now = 0;
    int64_t dripped_at = 0;  // up to when units have dripped
    int64_t units = burst;
    for (int i = 0; i < 200; ++i) {
      now += random() % 40;
      while (dripped_at + period_ms <= now || units == burst) {
        if (units == burst) {
          dripped_at = now;
          break;
        }
        ++units;
        dripped_at += period_ms;
      }
      const int64_t asked = 1 + random() % burst;
      const absl::Duration wait = limit.Charge(&state, absl::Milliseconds(now), asked);
      if (asked <= units) {
        ASSERT_EQ(wait, absl::ZeroDuration()) << "round " << round << ", step " << i;
        units -= asked;
      } else {
        ASSERT_EQ(wait, absl::Milliseconds((asked - units) * period_ms - (now - dripped_at)))
            << "round " << round << ", step " << i;
      }
    }
  }
}

TEST(RateLimitTest, ManyThreadsGetNoMoreThanOne) {
  constexpr int64_t kBurst = 20'000;
  const RateLimit limit(1, absl::Hours(1), kBurst);
  RateLimit::State state = 0;
  std::atomic<int64_t> let_in = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 10'000; ++k) {
        const int64_t units = 1 + k % 3;
        if (limit.Charge(&state, absl::ZeroDuration(), units) == absl::ZeroDuration()) {
          let_in += units;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(let_in, kBurst);
}

}  // namespace
}  // namespace signalbook
