#include "service/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"

namespace signalbook {
namespace {

class TestJob final : public WorkerPool::Job {
 public:
  explicit TestJob(std::function<void()> run) : run_(std::move(run)) {}
  void Run() override { run_(); }
  bool Abandoned() const override { return abandoned; }
  void TurnedAway() override { turned_away = true; }
  std::atomic<bool> abandoned = false;
  std::atomic<bool> turned_away = false;

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

// What a pool with one thread makes of jobs of callers 'a', 'b' …, in the order in which they come.
struct Outcome {
  std::string ran;
  std::string not_taken;
  std::string turned_away;
};
Outcome RunAll(int queue_size, const std::string& callers) {
  Outcome outcome;
  WorkerPool pool(1, queue_size);
  Blocker blocker(&pool);
  std::vector<std::pair<char, std::shared_ptr<TestJob>>> taken;
  for (const char caller : callers) {
    const auto job = std::make_shared<TestJob>([&outcome, caller] { outcome.ran += caller; });
    if (pool.TrySubmit(job, static_cast<uint64_t>(caller))) {
      taken.emplace_back(caller, job);
    } else {
      outcome.not_taken += caller;
    }
  }
  EXPECT_LE(pool.waiting(), static_cast<size_t>(queue_size));
  blocker.Release();
  pool.Stop();
  for (const auto& [caller, job] : taken) {
    if (job->turned_away) outcome.turned_away += caller;
  }
  return outcome;
}

TEST(WorkerPoolTest, CallersTakeTurns) {
  const struct {
    const char* what;
    int queue_size;
    const char* come;
    const char* run;
    const char* not_taken;
    const char* turned_away;
  } kRows[] = {
      {"one alone", 3, "aaa", "aaa", "", ""},
      {"in the order of their first", 9, "abc", "abc", "", ""},
      {"a flood waits for its turns", 9, "aaaaabc", "abcaaaa", "", ""},
      {"who has as many takes as many", 9, "aaaabbbb", "abababab", "", ""},
      {"who is alone has all of the queue", 3, "aaaaa", "aaa", "aa", ""},
      {"a full queue makes room for another", 3, "aaab", "aba", "", "a"},
      {"until they share it", 4, "aaaabbbb", "abab", "bb", "aa"},
      {"an odd place stays where it is", 3, "aaabbb", "aba", "bb", "a"},
      {"among three", 6, "aaaaaabbbbcccc", "abcabc", "bcc", "aaaab"},
      {"nobody's only job makes room", 3, "abcd", "abc", "d", ""},
      {"who was turned away may not turn away in turn", 4, "aaaabbaaa", "abab", "aaa", "aa"},
  };
  for (const auto& row : kRows) {
    const Outcome outcome = RunAll(row.queue_size, row.come);
    EXPECT_EQ(outcome.ran, row.run) << row.what;
    EXPECT_EQ(outcome.not_taken, row.not_taken) << row.what;
    EXPECT_EQ(outcome.turned_away, row.turned_away) << row.what;
  }
}

TEST(WorkerPoolTest, WhoComesAgainWaitsForItsNextTurn) {
  std::string ran;
  WorkerPool pool(1, 8);
  Blocker blocker(&pool);
  const auto job = [&ran](char caller) {
    return std::make_shared<TestJob>([&ran, caller] { ran += caller; });
  };
  // 'a' asks for more as soon as it has had its turn.
  ASSERT_TRUE(pool.TrySubmit(std::make_shared<TestJob>([&] {
                               ran += 'a';
                               EXPECT_TRUE(pool.TrySubmit(job('a'), 'a'));
                             }),
                             'a'));
  ASSERT_TRUE(pool.TrySubmit(job('b'), 'b'));
  ASSERT_TRUE(pool.TrySubmit(job('b'), 'b'));
  blocker.Release();
  while (pool.waiting() > 0) std::this_thread::yield();
  pool.Stop();
  EXPECT_EQ(ran, "abab");
}

TEST(WorkerPoolTest, AbandonedJobsMakeRoomBeforeAnybodyIsTurnedAway) {
  WorkerPool pool(1, 3);
  Blocker blocker(&pool);
  std::vector<std::shared_ptr<TestJob>> jobs;
  for (int i = 0; i < 3; ++i) {
    jobs.push_back(std::make_shared<TestJob>([] {}));
    ASSERT_TRUE(pool.TrySubmit(jobs.back(), 1));
  }
  jobs.front()->abandoned = true;
  EXPECT_TRUE(pool.TrySubmit(std::make_shared<TestJob>([] {}), 2));
  EXPECT_FALSE(jobs.back()->turned_away);
  for (const auto& job : jobs) job->abandoned = true;
  EXPECT_TRUE(pool.TrySubmit(std::make_shared<TestJob>([] {}), 3)) << "and their line is gone";
  EXPECT_EQ(pool.waiting(), 2u);
  blocker.Release();
}

}  // namespace
}  // namespace signalbook
