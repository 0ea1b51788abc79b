// A cache keeps what a model answered, within its budget, and nothing else; and asks for nothing
// that is being asked for.
#include "translator/models/cached.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "tests/support/fake_models.h"
#include "tests/support/held_model.h"

namespace signalbook {
namespace {

ModelRequest Ask(std::vector<std::string> sentences, std::string to = "es") {
  return {"en", std::move(to), std::move(sentences), absl::InfiniteFuture()};
}

std::vector<std::string> Texts(const std::vector<absl::StatusOr<Candidate>>& answers) {
  std::vector<std::string> texts;
  for (const auto& answer : answers) {
    texts.push_back(answer.ok() ? answer->text : std::string(answer.status().message()));
  }
  return texts;
}

using Strings = std::vector<std::string>;

TEST(CachedModelTest, AsksForEachSentenceOnce) {
  const auto inner = std::make_shared<RecordingModel>(std::make_shared<IdentityModel>());
  CachedModel cached(inner, 1 << 20);
  EXPECT_EQ(Texts(cached.Translate(Ask({"a", "b", "a"}))), Strings({"a", "b", "a"}));
  EXPECT_EQ(Texts(cached.Translate(Ask({"b", "c"}))), Strings({"b", "c"}));
  EXPECT_EQ(inner->sentences(), Strings({"a", "b", "c"}));
  EXPECT_EQ(Texts(cached.Translate(Ask({"a", "b", "c"}))), Strings({"a", "b", "c"}));
  EXPECT_EQ(inner->requests().size(), 2) << "nothing was unknown the third time";
}

TEST(CachedModelTest, LanguagesAreKeptApart) {
  const auto inner = std::make_shared<RecordingModel>(std::make_shared<IdentityModel>());
  CachedModel cached(inner, 1 << 20);
  cached.Translate(Ask({"a"}, "es"));
  cached.Translate(Ask({"a"}, "fr"));
  EXPECT_EQ(inner->requests().size(), 2);
}

// The deeper one of a circle of servers is what the other waits for.
TEST(CachedModelTest, RequestsOfOtherHopsAreKeptApart) {
  const auto inner = std::make_shared<RecordingModel>(std::make_shared<IdentityModel>());
  CachedModel cached(inner, 1 << 20);
  for (const int hops : {0, 1, 0, 1}) {
    ModelRequest request = Ask({"a"});
    request.hops = hops;
    cached.Translate(request);
  }
  ASSERT_EQ(inner->requests().size(), 2u);
  EXPECT_EQ(inner->requests()[1].hops, 1);
}

TEST(CachedModelTest, WhoAsksIsWhoseTraceItIs) {
  const auto inner = std::make_shared<RecordingModel>(std::make_shared<IdentityModel>());
  CachedModel cached(inner, 1 << 20);
  for (const char* trace : {"first", "second"}) {
    ModelRequest request = Ask({"a"});
    request.traceparent = trace;
    cached.Translate(request);
  }
  ASSERT_EQ(inner->requests().size(), 1u);
  EXPECT_EQ(inner->requests()[0].traceparent, "first");
}

TEST(CachedModelTest, FailuresAreNotKept) {
  const auto inner = std::make_shared<RecordingModel>(
      std::make_shared<DictionaryModel>(std::map<std::string, std::string>{{"a", "A"}}));
  CachedModel cached(inner, 1 << 20);
  for (int i = 0; i < 2; ++i) {
    const auto answers = cached.Translate(Ask({"a", "b"}));
    EXPECT_EQ(answers[0]->text, "A");
    EXPECT_TRUE(absl::IsNotFound(answers[1].status()));
  }
  EXPECT_EQ(inner->sentences(), Strings({"a", "b", "b"}));
}

TEST(CachedModelTest, AnAnswerThatIsLeftOutIsAFailure) {
  CachedModel cached(std::make_shared<HostileModel>(Hostility::kTooFew), 1 << 20);
  const auto answers = cached.Translate(Ask({"a", "b"}));
  ASSERT_EQ(answers.size(), 2);
  EXPECT_FALSE(answers[1].ok());
}

TEST(CachedModelTest, TheLeastRecentlyUsedGoesFirst) {
  const auto inner = std::make_shared<RecordingModel>(std::make_shared<IdentityModel>());
  // Room for two sentences of this length, with what each costs besides, and not for three.
  const std::string a(1000, 'a'), b(1000, 'b'), c(1000, 'c');
  CachedModel cached(inner, 5000);
  cached.Translate(Ask({a}));
  cached.Translate(Ask({b}));
  cached.Translate(Ask({a}));  // now b is the oldest
  cached.Translate(Ask({c}));
  cached.Translate(Ask({a}));
  EXPECT_EQ(inner->sentences(), Strings({a, b, c}));
  cached.Translate(Ask({b}));
  EXPECT_EQ(inner->sentences(), Strings({a, b, c, b}));
}

TEST(CachedModelTest, WhatIsLargerThanTheBudgetPassesThrough) {
  const auto inner = std::make_shared<RecordingModel>(std::make_shared<IdentityModel>());
  CachedModel cached(inner, 100);
  EXPECT_EQ(Texts(cached.Translate(Ask({"a"}))), Strings({"a"}));
  EXPECT_EQ(Texts(cached.Translate(Ask({"a"}))), Strings({"a"}));
  EXPECT_EQ(inner->requests().size(), 2);
}

TEST(CachedModelTest, WhatIsLargerThanTheBudgetDrivesOutNothing) {
  const auto inner = std::make_shared<RecordingModel>(std::make_shared<IdentityModel>());
  CachedModel cached(inner, 5000);
  const std::string large(5000, 'x');
  cached.Translate(Ask({"a"}));
  cached.Translate(Ask({large}));
  cached.Translate(Ask({"a"}));
  EXPECT_EQ(inner->sentences(), Strings({"a", large}));
}

// Requests that meet while the model thinks.
class SingleFlightTest : public ::testing::Test {
 protected:
  ~SingleFlightTest() override { Finish(); }

  // Asks with a thread of its own; returns once the model is asked.
  void AskAndHang(ModelRequest request, Strings expected) {
    const int came = held_->came();
    Start(std::move(request), std::move(expected));
    held_->Await(came + 1);
  }
  void Start(ModelRequest request, Strings expected) {
    threads_.emplace_back([this, request = std::move(request), expected = std::move(expected)] {
      EXPECT_EQ(Texts(cached_->Translate(request)), expected);
    });
  }
  void Finish() {
    held_->Open();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  void Use(std::shared_ptr<Model> model) {
    seen_ = std::make_shared<RecordingModel>(std::move(model));
    held_ = std::make_shared<HeldModel>(seen_);
    cached_ = std::make_unique<CachedModel>(held_, 1 << 20);
  }
  void SetUp() override { Use(std::make_shared<IdentityModel>()); }

  std::shared_ptr<RecordingModel> seen_;
  std::shared_ptr<HeldModel> held_;
  std::unique_ptr<CachedModel> cached_;
  std::vector<std::thread> threads_;
};

TEST_F(SingleFlightTest, TheSameSentenceIsAskedForOnce) {
  AskAndHang(Ask({"a", "b"}), {"a", "b"});
  for (int i = 0; i < 4; ++i) Start(Ask({"b", "a", "b"}), {"b", "a", "b"});
  AskAndHang(Ask({"c", "a", "c"}), {"c", "a", "c"});
  AskAndHang(Ask({"a"}, "fr"), {"a"});
  Finish();
  EXPECT_EQ(held_->came(), 3) << "the first, the one for c, the one in another language";
  EXPECT_EQ(seen_->sentences().size(), 4u);
}

TEST_F(SingleFlightTest, NobodyWaitsForEachOther) {
  AskAndHang(Ask({"a"}), {"a"});
  AskAndHang(Ask({"b", "a"}), {"b", "a"});
  AskAndHang(Ask({"c", "b", "a"}), {"c", "b", "a"});
  Finish();
  EXPECT_EQ(seen_->sentences().size(), 3u);
}

TEST_F(SingleFlightTest, WhoWaitsHonoursItsOwnDeadline) {
  AskAndHang(Ask({"a"}), {"a"});
  for (const absl::Duration patience : {absl::Milliseconds(5), absl::Seconds(-1)}) {
    ModelRequest hurried = Ask({"a", "a"});
    hurried.deadline = absl::Now() + patience;
    const auto answers = cached_->Translate(hurried);
    ASSERT_EQ(answers.size(), 2u);
    for (const auto& answer : answers) {
      EXPECT_EQ(answer.status().code(), absl::StatusCode::kDeadlineExceeded) << patience;
    }
  }
  Finish();
  EXPECT_EQ(held_->came(), 1);
  EXPECT_EQ(Texts(cached_->Translate(Ask({"a"}))), Strings({"a"}));
  EXPECT_EQ(held_->came(), 1) << "the answer is kept, though one gave up";
}

TEST_F(SingleFlightTest, AFailureIsSharedAndNotKept) {
  Use(std::make_shared<DeadModel>());
  AskAndHang(Ask({"a"}), {"dead"});
  AskAndHang(Ask({"a", "b"}), {"dead", "dead"});  // asks for b, and will wait for a
  Finish();
  EXPECT_EQ(seen_->sentences().size(), 2u) << "shared";
  EXPECT_EQ(Texts(cached_->Translate(Ask({"a"}))), Strings({"dead"}));
  EXPECT_EQ(seen_->sentences().size(), 3u) << "not kept";
}

TEST_F(SingleFlightTest, AnAnswerLeftOutIsSharedAsAFailure) {
  Use(std::make_shared<HostileModel>(Hostility::kTooFew));
  AskAndHang(Ask({"a"}), {"cache: the model left out an answer"});
  Start(Ask({"a"}), {"cache: the model left out an answer"});
  Finish();
}

// One who had hardly any time finds none; that is no answer for one who has.
TEST_F(SingleFlightTest, AnothersHurryIsNotShared) {
  Use(std::make_shared<SlowModel>(absl::Milliseconds(1)));
  ModelRequest hurried = Ask({"a"});
  hurried.deadline = absl::Now() - absl::Seconds(1);
  AskAndHang(hurried, {"slow"});
  for (int i = 0; i < 4; ++i) Start(Ask({"a", "b", "a"}), {"a", "b", "a"});
  held_->Await(2);  // for b; the others wait
  Finish();
  EXPECT_EQ(held_->came(), 3) << "a once more, for all";
}

TEST(CachedModelTest, ManyThreadsAndAModelThatFails) {
  CachedModel cached(std::make_shared<FlakyModel>(7, 0.5), 5'000);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&cached, t] {
      for (int i = 0; i < 300; ++i) {
        const Strings sentences = {std::to_string(i % 7), std::to_string(i % 3),
                                   std::to_string((i + t) % 5)};
        const auto answers = cached.Translate(Ask(sentences));
        for (size_t k = 0; k < sentences.size(); ++k) {
          if (answers[k].ok()) {
            EXPECT_EQ(answers[k]->text, sentences[k]);
          } else {
            EXPECT_EQ(answers[k].status().code(), absl::StatusCode::kUnavailable);
          }
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(CachedModelTest, ManyThreads) {
  CachedModel cached(std::make_shared<IdentityModel>(), 20'000);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&cached, t] {
      for (int i = 0; i < 500; ++i) {
        const std::string sentence = "sentence " + std::to_string((i * (t + 1)) % 97);
        EXPECT_EQ(cached.Translate(Ask({sentence}))[0]->text, sentence);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace signalbook
