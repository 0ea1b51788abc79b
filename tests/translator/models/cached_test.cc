// A cache keeps what a model answered, within its budget, and nothing else.
#include "translator/models/cached.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/fake_models.h"

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
