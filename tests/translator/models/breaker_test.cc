// A breaker opens after failures in a row, lets one probe through after the cool-down, and takes no
// caller's hurry and no missing language for a failure.
#include "translator/models/breaker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/held_model.h"

namespace signalbook {
namespace {

using Code = absl::StatusCode;
using Codes = std::vector<Code>;

// Answers every request with the codes it was last told, after as much time as it was told.
class ObedientModel final : public Model {
 public:
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest&) override {
    const std::lock_guard lock(mutex_);
    ++calls;
    now += takes;
    std::vector<absl::StatusOr<Candidate>> answers;
    for (const Code code : codes) {
      if (code == Code::kOk) {
        answers.emplace_back(Candidate{"text", {"obedient", ""}});
      } else {
        answers.emplace_back(absl::Status(code, "as told"));
      }
    }
    return answers;
  }

  Codes codes = {Code::kOk};
  absl::Duration takes = absl::Seconds(2);
  absl::Time now = absl::UnixEpoch();
  int calls = 0;

 private:
  std::mutex mutex_;  // for two who come at once; the test changes its mind when nobody does
};

ModelRequest Asking(size_t sentences = 1) {
  return {"en", "es", std::vector<std::string>(sentences, "a"), absl::InfiniteFuture()};
}

class BreakerTest : public ::testing::Test {
 protected:
  // Whether the model was asked.
  bool Ask(Codes codes) {
    inner_->codes = std::move(codes);
    const int before = inner_->calls;
    const size_t sentences = std::max<size_t>(inner_->codes.size(), 1);
    const auto answers = breaker_.Translate(Asking(sentences));
    if (inner_->calls != before) return true;
    EXPECT_EQ(answers.size(), sentences);
    for (const auto& answer : answers) EXPECT_EQ(answer.status().code(), Code::kUnavailable);
    return false;
  }
  void Fail(int times) {
    for (int i = 0; i < times; ++i) EXPECT_TRUE(Ask({Code::kUnavailable})) << i;
  }

  const std::shared_ptr<ObedientModel> inner_ = std::make_shared<ObedientModel>();
  BreakerModel breaker_{
      inner_,
      {.failures = 3, .cool_down = absl::Seconds(5), .patience = absl::Seconds(1), .clock = [this] {
         return inner_->now;
       }}};
};

TEST_F(BreakerTest, WhatIsAFailure) {
  const struct {
    std::string what;
    Codes codes;
    absl::Duration takes;
    bool opens;
  } kRows[] = {
      {"unavailable", {Code::kUnavailable}, absl::ZeroDuration(), true},
      {"internal", {Code::kInternal}, absl::ZeroDuration(), true},
      {"late", {Code::kDeadlineExceeded}, absl::Seconds(1), true},
      {"late for one in a hurry", {Code::kDeadlineExceeded}, absl::Milliseconds(999), false},
      {"all of several", {Code::kInternal, Code::kUnavailable}, absl::Seconds(1), true},
      {"all but one", {Code::kUnavailable, Code::kOk}, absl::Seconds(1), false},
      {"some, and no such pair", {Code::kNotFound, Code::kUnavailable}, absl::Seconds(1), true},
      {"left out", {}, absl::Seconds(1), true},
      {"no such pair", {Code::kNotFound}, absl::Seconds(1), false},
      {"a refused key", {Code::kFailedPrecondition}, absl::Seconds(1), false},
      {"a sentence that is no text", {Code::kInvalidArgument}, absl::Seconds(1), false},
      {"answered", {Code::kOk}, absl::Seconds(1), false},
  };
  for (const auto& row : kRows) {
    BreakerModel breaker(inner_, {.failures = 3, .clock = [this] { return inner_->now; }});
    inner_->codes = row.codes;
    inner_->takes = row.takes;
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(breaker.state(), BreakerState::kClosed) << row.what << i;
      breaker.Translate(Asking(std::max<size_t>(row.codes.size(), 1)));
    }
    EXPECT_EQ(breaker.state(), row.opens ? BreakerState::kOpen : BreakerState::kClosed) << row.what;
  }
}

TEST_F(BreakerTest, OnlyFailuresInARowOpen) {
  Fail(2);
  EXPECT_TRUE(Ask({Code::kOk}));
  Fail(2);
  EXPECT_TRUE(Ask({Code::kNotFound})) << "which breaks no row";
  EXPECT_EQ(breaker_.state(), BreakerState::kClosed);
  Fail(1);
  EXPECT_EQ(breaker_.state(), BreakerState::kOpen);
  EXPECT_FALSE(Ask({Code::kOk}));
}

TEST_F(BreakerTest, OpensForTheCoolDown) {
  Fail(3);
  inner_->now += absl::Seconds(5) - absl::Nanoseconds(1);
  EXPECT_EQ(breaker_.state(), BreakerState::kOpen);
  EXPECT_FALSE(Ask({Code::kOk}));
  inner_->now += absl::Nanoseconds(1);
  EXPECT_EQ(breaker_.state(), BreakerState::kHalfOpen);
  EXPECT_TRUE(Ask({Code::kOk}));
  EXPECT_EQ(breaker_.state(), BreakerState::kClosed);
  Fail(2);
  EXPECT_EQ(breaker_.state(), BreakerState::kClosed) << "earlier failures are forgotten";
}

TEST_F(BreakerTest, AProbeThatFailsOpensAgain) {
  Fail(3);
  inner_->now += absl::Seconds(5);
  Fail(1);
  EXPECT_EQ(breaker_.state(), BreakerState::kOpen);
  inner_->now += absl::Seconds(4);
  EXPECT_FALSE(Ask({Code::kOk})) << "for the whole cool-down, from the end of the probe";
  inner_->now += absl::Seconds(1);
  EXPECT_TRUE(Ask({Code::kOk}));
  EXPECT_EQ(breaker_.state(), BreakerState::kClosed);
}

TEST_F(BreakerTest, AProbeThatSaysNothingLeavesItHalfOpen) {
  Fail(3);
  inner_->now += absl::Seconds(5);
  for (const Code code : {Code::kNotFound, Code::kFailedPrecondition}) {
    EXPECT_TRUE(Ask({code}));
    EXPECT_EQ(breaker_.state(), BreakerState::kHalfOpen);
  }
  EXPECT_TRUE(Ask({Code::kOk}));
  EXPECT_EQ(breaker_.state(), BreakerState::kClosed);
}

// Threads hang in the model while its state changes.
class HeldBreakerTest : public ::testing::Test {
 protected:
  ~HeldBreakerTest() override {
    held_->Open();
    for (std::thread& thread : threads_) thread.join();
  }
  // Asks with a thread of its own, and returns when the model has it.
  void AskAndHang() {
    const int came = held_->came();
    threads_.emplace_back([this] {
      breaker_.Translate(Asking());
      ++back_;
    });
    held_->Await(came + 1);
  }
  // The one that hangs, or the next, comes back with this. One at a time.
  void ComeBack(Code code) {
    inner_->codes = {code};
    const int back = back_;
    held_->LetGo();
    while (back_ == back) std::this_thread::yield();
  }

  std::atomic<int> now_ = 0;  // seconds
  const std::shared_ptr<ObedientModel> inner_ = std::make_shared<ObedientModel>();
  const std::shared_ptr<HeldModel> held_ = std::make_shared<HeldModel>(inner_);
  BreakerModel breaker_{held_,
                        {.failures = 1, .clock = [this] { return absl::FromUnixSeconds(now_); }}};
  std::atomic<int> back_ = 0;
  std::vector<std::thread> threads_;
};

TEST_F(HeldBreakerTest, OneProbeAtATime) {
  AskAndHang();
  ComeBack(Code::kInternal);
  now_ = 5;
  AskAndHang();
  EXPECT_EQ(breaker_.Translate(Asking())[0].status().code(), Code::kUnavailable);
  EXPECT_EQ(breaker_.state(), BreakerState::kHalfOpen);
  ComeBack(Code::kNotFound);
  AskAndHang();
  EXPECT_EQ(breaker_.Translate(Asking())[0].status().code(), Code::kUnavailable);
  ComeBack(Code::kOk);
  EXPECT_EQ(breaker_.state(), BreakerState::kClosed);
  AskAndHang();
  AskAndHang();
  EXPECT_EQ(held_->most_at_once(), 2) << "closed, it holds nobody back";
}

TEST_F(HeldBreakerTest, WhoComesBackLateNoLongerCounts) {
  AskAndHang();
  AskAndHang();
  AskAndHang();
  ComeBack(Code::kInternal);
  ComeBack(Code::kOk);
  EXPECT_EQ(breaker_.state(), BreakerState::kOpen) << "an answer from before does not close";
  now_ = 5;
  ComeBack(Code::kInternal);
  EXPECT_EQ(breaker_.state(), BreakerState::kHalfOpen)
      << "a failure from before opens for no longer";
}

}  // namespace
}  // namespace signalbook
