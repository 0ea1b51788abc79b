// Retries: only of what was unavailable, only in time, and only out of a budget.
#include "translator/models/retrying.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "tests/support/fake_models.h"

namespace signalbook {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::Le;

using Code = absl::StatusCode;
using Strings = std::vector<std::string>;

// Each sentence fails with its code so many times, then is answered.
class RecoveringModel final : public Model {
 public:
  struct Illness {
    Code code;
    int failures;
  };
  explicit RecoveringModel(std::map<std::string, Illness> illnesses)
      : illnesses_(std::move(illnesses)) {}

  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override {
    std::vector<absl::StatusOr<Candidate>> answers;
    for (const std::string& sentence : request.sentences) {
      const auto ill = illnesses_.find(sentence);
      if (ill != illnesses_.end() && ill->second.failures-- > 0) {
        answers.emplace_back(absl::Status(ill->second.code, "ill"));
      } else {
        answers.emplace_back(Candidate{sentence, {"recovering", ""}});
      }
    }
    return answers;
  }

 private:
  std::map<std::string, Illness> illnesses_;
};

class RetryingTest : public ::testing::Test {
 protected:
  RetryingModel Retrying(std::map<std::string, RecoveringModel::Illness> illnesses,
                         RetryingOptions options = {}) {
    inner_ = std::make_shared<RecordingModel>(std::make_shared<RecoveringModel>(illnesses));
    return Around(inner_, std::move(options));
  }
  RetryingModel Around(std::shared_ptr<Model> inner, RetryingOptions options = {}) {
    options.clock = [this] { return now_; };
    options.sleep = [this](absl::Duration pause) {
      pauses_.push_back(pause);
      now_ += pause;
    };
    return RetryingModel(std::move(inner), std::move(options));
  }
  ModelRequest Asking(Strings sentences, absl::Duration timeout = absl::Seconds(5)) const {
    return {"en", "es", std::move(sentences), now_ + timeout};
  }
  std::vector<Strings> Asked() const {
    std::vector<Strings> asked;
    for (const ModelRequest& request : inner_->requests()) asked.push_back(request.sentences);
    return asked;
  }

  absl::Time now_ = absl::UnixEpoch();
  std::vector<absl::Duration> pauses_;
  std::shared_ptr<RecordingModel> inner_;
};

TEST_F(RetryingTest, AgainIsStillTheSameCall) {
  RetryingModel model = Retrying({{"once", {Code::kUnavailable, 1}}});
  ModelRequest request = Asking({"once"});
  request.traceparent = "trace";
  request.hops = 2;
  model.Translate(request);
  ASSERT_EQ(inner_->requests().size(), 2u);
  EXPECT_EQ(inner_->requests()[1].traceparent, "trace");
  EXPECT_EQ(inner_->requests()[1].hops, 2);
}

TEST_F(RetryingTest, OnlyWhatWasUnavailableIsAskedForAgain) {
  RetryingModel model = Retrying({{"once", {Code::kUnavailable, 1}},
                                  {"twice", {Code::kUnavailable, 2}},
                                  {"often", {Code::kUnavailable, 3}},
                                  {"then worse", {Code::kInternal, 1}},
                                  {"late", {Code::kDeadlineExceeded, 1}},
                                  {"unknown", {Code::kNotFound, 1}}});
  const ModelRequest request =
      Asking({"fine", "once", "then worse", "twice", "late", "often", "unknown", "once"});
  const auto answers = model.Translate(request);
  const Code expected[] = {
      Code::kOk,          Code::kOk,       Code::kInternal, Code::kOk, Code::kDeadlineExceeded,
      Code::kUnavailable, Code::kNotFound, Code::kOk};
  ASSERT_EQ(answers.size(), std::size(expected));
  for (size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(answers[i].status().code(), expected[i]) << request.sentences[i];
    if (!answers[i].ok()) continue;
    EXPECT_EQ(answers[i]->text, request.sentences[i]);
  }
  EXPECT_THAT(Asked(), ElementsAre(request.sentences, ElementsAre("once", "twice", "often"),
                                   ElementsAre("twice", "often")));
  for (const ModelRequest& asked : inner_->requests()) {
    EXPECT_EQ(asked.source_locale, "en");
    EXPECT_EQ(asked.target_locale, "es");
    EXPECT_EQ(asked.deadline, request.deadline);
  }
}

TEST_F(RetryingTest, WaitsTwiceAsLongEachTime) {
  RetryingModel model = Retrying({{"a", {Code::kUnavailable, 9}}}, {.attempts = 4});
  model.Translate(Asking({"a"}));
  EXPECT_THAT(pauses_,
              ElementsAre(AllOf(Ge(absl::Milliseconds(25)), Le(absl::Milliseconds(50))),
                          AllOf(Ge(absl::Milliseconds(50)), Le(absl::Milliseconds(100))),
                          AllOf(Ge(absl::Milliseconds(100)), Le(absl::Milliseconds(200)))));
}

TEST_F(RetryingTest, CallersWhoFailTogetherDoNotComeBackTogether) {
  RetryingModel model = Around(std::make_shared<DeadModel>(), {.attempts = 2, .burst = 100});
  for (int i = 0; i < 20; ++i) model.Translate(Asking({"a"}));
  const auto [least, most] = std::minmax_element(pauses_.begin(), pauses_.end());
  EXPECT_GT(*most - *least, absl::Milliseconds(1));
}

TEST_F(RetryingTest, NotWhenThePauseDoesNotFitTheDeadline) {
  const struct {
    std::string what;
    absl::Duration timeout;
    size_t requests;
  } kRows[] = {
      {"time for none", absl::Milliseconds(25), 1},
      {"time for one", absl::Milliseconds(75), 2},
      {"time for both", absl::Milliseconds(151), 3},
      {"too late from the start", absl::Seconds(-1), 1},
      {"all the time", absl::InfiniteDuration(), 3},
  };
  for (const auto& row : kRows) {
    RetryingModel model = Retrying({{"a", {Code::kUnavailable, 9}}});
    const ModelRequest request = Asking({"a"}, row.timeout);
    EXPECT_EQ(model.Translate(request)[0].status().code(), Code::kUnavailable) << row.what;
    EXPECT_EQ(inner_->requests().size(), row.requests) << row.what;
    if (row.requests == 1) continue;
    EXPECT_LT(now_, request.deadline) << row.what;
  }
}

TEST_F(RetryingTest, AnOutageIsNotMultiplied) {
  inner_ = std::make_shared<RecordingModel>(std::make_shared<DeadModel>());
  RetryingModel model = Around(inner_, {.retries_per_request = 0.125, .burst = 10});
  for (int i = 0; i < 800; ++i) model.Translate(Asking({"a", "b"}));
  // 10 to begin with, and an eighth of each request but the first, which finds the budget full.
  EXPECT_EQ(inner_->requests().size(), 800u + 109u);
}

TEST_F(RetryingTest, TheBudgetFillsAgainButNoFurther) {
  RetryingModel model = Retrying({{"a", {Code::kUnavailable, 99}}},
                                 {.attempts = 9, .retries_per_request = 0.5, .burst = 2});
  model.Translate(Asking({"a"}));
  EXPECT_EQ(inner_->requests().size(), 3u) << "two retries, as the burst says";
  model.Translate(Asking({"a"}));
  EXPECT_EQ(inner_->requests().size(), 4u) << "half a retry is none";
  for (int i = 0; i < 100; ++i) model.Translate(Asking({"fine"}));
  model.Translate(Asking({"a"}));
  EXPECT_EQ(inner_->requests().size(), 4u + 100u + 3u) << "two again, and not fifty";
}

TEST_F(RetryingTest, OneAttemptIsNoRetry) {
  RetryingModel model = Retrying({{"a", {Code::kUnavailable, 1}}}, {.attempts = 1});
  EXPECT_FALSE(model.Translate(Asking({"a"}))[0].ok());
  EXPECT_TRUE(pauses_.empty());
}

TEST_F(RetryingTest, AModelThatLeavesOutAnswersIsPassedOn) {
  RetryingModel model = Around(std::make_shared<HostileModel>(Hostility::kTooFew));
  EXPECT_EQ(model.Translate(Asking({"a", "b"})).size(), 1u);
}

TEST(RetryingThreadsTest, ManyThreads) {
  RetryingModel model(std::make_shared<FlakyModel>(7, 0.5),
                      {.first_backoff = absl::Microseconds(1), .burst = 1000});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&model] {
      for (int i = 0; i < 100; ++i) {
        const auto answers = model.Translate({"en", "es", {"a", "b"}, absl::InfiniteFuture()});
        EXPECT_EQ(answers.size(), 2u);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace signalbook
