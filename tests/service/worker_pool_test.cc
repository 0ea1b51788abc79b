#include "service/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <memory>

#include "absl/time/clock.h"

namespace signalbook {
namespace {

class TestJob final : public WorkerPool::Job {
 public:
  explicit TestJob(std::function<void()> run) : run_(std::move(run)) {}
  void Run() override { run_(); }
  bool Abandoned() const override { return abandoned; }
  std::atomic<bool> abandoned = false;

 private:
  const std::function<void()> run_;
};

// Occupies the only worker of a pool until it is released.
class Blocker {
 public:
  explicit Blocker(WorkerPool* pool) {
    EXPECT_TRUE(pool->TrySubmit(std::make_shared<TestJob>([this] {
      started_.set_value();
      released_.get_future().wait();
    })));
    started_.get_future().wait();
  }
  void Release() { released_.set_value(); }

 private:
  std::promise<void> started_;
  std::promise<void> released_;
};

TEST(WorkerPoolTest, RunsEveryJob) {
  std::atomic<int> sum = 0;
  WorkerPool pool(4, 1000);
  for (int i = 1; i <= 1000; ++i) {
    ASSERT_TRUE(pool.TrySubmit(std::make_shared<TestJob>([&sum, i] { sum += i; })));
  }
  pool.Stop();
  EXPECT_EQ(sum, 500500);
}

TEST(WorkerPoolTest, StopsWaitingForAJobAtTheDeadline) {
  WorkerPool pool(2, 1);
  Blocker blocker(&pool);
  EXPECT_FALSE(pool.Stop(absl::Now() + absl::Milliseconds(20)));
  EXPECT_FALSE(pool.TrySubmit(std::make_shared<TestJob>([] {})));
  blocker.Release();
  EXPECT_TRUE(pool.Stop());
  EXPECT_TRUE(pool.Stop(absl::Now())) << "nobody is left";
}

TEST(WorkerPoolTest, SaysNoWhenTheQueueIsFull) {
  std::atomic<int> runs = 0;
  WorkerPool pool(1, 2);
  Blocker blocker(&pool);
  const auto job = [&] { return std::make_shared<TestJob>([&runs] { ++runs; }); };
  EXPECT_TRUE(pool.TrySubmit(job()));
  EXPECT_TRUE(pool.TrySubmit(job()));
  EXPECT_FALSE(pool.TrySubmit(job()));
  blocker.Release();
  pool.Stop();
  EXPECT_EQ(runs, 2);
}

TEST(WorkerPoolTest, AbandonedJobsMakeRoomAndDoNotRun) {
  std::atomic<int> runs = 0;
  WorkerPool pool(1, 1);
  Blocker blocker(&pool);
  const auto abandoned = std::make_shared<TestJob>([&runs] { runs += 100; });
  const auto live = std::make_shared<TestJob>([&runs] { ++runs; });
  ASSERT_TRUE(pool.TrySubmit(abandoned));
  EXPECT_FALSE(pool.TrySubmit(live));
  abandoned->abandoned = true;
  EXPECT_TRUE(pool.TrySubmit(live));
  blocker.Release();
  pool.Stop();
  EXPECT_EQ(runs, 1);
}

TEST(WorkerPoolTest, AJobAbandonedInTheQueueIsDropped) {
  std::atomic<int> runs = 0;
  WorkerPool pool(1, 8);
  Blocker blocker(&pool);
  const auto job = std::make_shared<TestJob>([&runs] { ++runs; });
  ASSERT_TRUE(pool.TrySubmit(job));
  job->abandoned = true;
  blocker.Release();
  pool.Stop();
  EXPECT_EQ(runs, 0);
}

TEST(WorkerPoolTest, TakesNothingAfterStop) {
  WorkerPool pool(2, 2);
  pool.Stop();
  pool.Stop();
  EXPECT_FALSE(pool.TrySubmit(std::make_shared<TestJob>([] {})));
}

}  // namespace
}  // namespace signalbook
