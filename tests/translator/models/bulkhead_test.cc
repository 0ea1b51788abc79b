// A bulkhead lets in so many, in the order they came, and has so many wait, each for as long as it
// wants.
#include "translator/models/bulkhead.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "tests/support/fake_models.h"
#include "tests/support/held_model.h"

namespace signalbook {
namespace {

using ::testing::ElementsAre;

ModelRequest Asking(const std::string& sentence, absl::Time deadline = absl::InfiniteFuture()) {
  return {"en", "es", {sentence}, deadline};
}

class BulkheadTest : public ::testing::Test {
 protected:
  ~BulkheadTest() override {
    held_->Open();
    for (std::thread& thread : threads_) thread.join();
  }
  // Asks with a thread of its own.
  void Ask(BulkheadModel& bulkhead, const std::string& sentence) {
    threads_.emplace_back([&bulkhead, sentence] {
      const auto answers = bulkhead.Translate(Asking(sentence));
      EXPECT_TRUE(answers[0].ok()) << sentence << ": " << answers[0].status();
    });
  }
  static void AwaitWaiting(const BulkheadModel& bulkhead, size_t waiting) {
    while (bulkhead.waiting() != waiting) std::this_thread::yield();
  }

  const std::shared_ptr<RecordingModel> seen_ =
      std::make_shared<RecordingModel>(std::make_shared<IdentityModel>());
  const std::shared_ptr<HeldModel> held_ = std::make_shared<HeldModel>(seen_);
  BulkheadModel bulkhead_{held_, 2, 3};
  std::vector<std::thread> threads_;
};

TEST_F(BulkheadTest, SoManyInsideAndTheOthersInTheOrderTheyCame) {
  Ask(bulkhead_, "1");
  Ask(bulkhead_, "2");
  held_->Await(2);
  EXPECT_EQ(bulkhead_.active(), 2u);
  for (const size_t i : {1, 2, 3}) {
    Ask(bulkhead_, "waits " + std::to_string(i));
    AwaitWaiting(bulkhead_, i);
  }
  EXPECT_EQ(held_->came(), 2) << "nobody goes in before another comes out";

  const auto refused = bulkhead_.Translate(Asking("one too many"));
  EXPECT_EQ(refused[0].status().code(), absl::StatusCode::kUnavailable);

  for (const int i : {1, 2, 3}) {
    held_->LetGo();
    held_->Await(2 + i);
  }
  EXPECT_EQ(bulkhead_.active(), 2u);
  EXPECT_EQ(bulkhead_.waiting(), 0u);
  held_->Open();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  EXPECT_EQ(bulkhead_.active(), 0u);
  EXPECT_EQ(held_->most_at_once(), 2);
}

// With one place, what the model sees is the order in which it was given away.
TEST_F(BulkheadTest, FirstComeFirstServed) {
  BulkheadModel narrow(held_, 1, 9);
  Ask(narrow, "a");
  held_->Await(1);
  size_t waiting = 0;
  for (const char* const sentence : {"b", "c", "d"}) {
    Ask(narrow, sentence);
    AwaitWaiting(narrow, ++waiting);
  }
  held_->Open();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  EXPECT_THAT(seen_->sentences(), ElementsAre("a", "b", "c", "d"));
}

TEST_F(BulkheadTest, WhoWaitsTooLongLeavesTheQueue) {
  BulkheadModel narrow(held_, 1, 1);
  Ask(narrow, "a");
  held_->Await(1);
  for (const absl::Duration patience : {absl::Milliseconds(5), absl::Seconds(-1)}) {
    const auto late = narrow.Translate(Asking("b", absl::Now() + patience));
    EXPECT_EQ(late[0].status().code(), absl::StatusCode::kDeadlineExceeded) << patience;
    EXPECT_EQ(narrow.waiting(), 0u);
  }
  Ask(narrow, "c");
  AwaitWaiting(narrow, 1);
  held_->Open();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  EXPECT_THAT(seen_->sentences(), ElementsAre("a", "c"));
  EXPECT_EQ(narrow.active(), 0u);
}

TEST_F(BulkheadTest, WithoutAQueueNobodyWaits) {
  BulkheadModel narrow(held_, 1, 0);
  Ask(narrow, "a");
  held_->Await(1);
  const auto answers = narrow.Translate({"en", "es", {"b", "c"}, absl::InfiniteFuture()});
  ASSERT_EQ(answers.size(), 2u);
  for (const auto& answer : answers) {
    EXPECT_EQ(answer.status().code(), absl::StatusCode::kUnavailable);
  }
  held_->Open();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  EXPECT_TRUE(narrow.Translate(Asking("d"))[0].ok()) << "the place is free again";
}

TEST_F(BulkheadTest, NoPlaceIsLostAmongManyWhoGiveUp) {
  BulkheadModel busy(std::make_shared<SlowModel>(absl::Microseconds(200)), 2, 100);
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&busy] {
      for (int i = 0; i < 60; ++i) {
        busy.Translate(Asking("a", absl::Now() + absl::Microseconds(i * 20)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(busy.active(), 0u);
  EXPECT_EQ(busy.waiting(), 0u);
}

}  // namespace
}  // namespace signalbook
