// ApertiumModel on engines that misbehave in every way we know of, and on the real one when it is
// installed (apertium-eng-spa).
#include "translator/models/apertium.h"

#include <dirent.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace signalbook {
namespace {

using absl::StatusCode;
using testing::HasSubstr;
using testing::Not;

constexpr absl::Duration kPatience = absl::Seconds(30);     // sanitizers are slow; never waited out
constexpr absl::Duration kGrace = absl::Milliseconds(100);  // model.h's

int OpenDescriptors() {
  int count = 0;
  DIR* directory = opendir("/proc/self/fd");
  while (readdir(directory) != nullptr) ++count;
  closedir(directory);
  return count;
}

bool HasChildren() { return waitpid(-1, nullptr, WNOHANG) >= 0 || errno != ECHILD; }

std::vector<absl::StatusOr<Candidate>> Ask(Model& model, std::vector<std::string> sentences,
                                           absl::Duration patience = kPatience) {
  return model.Translate({.source_locale = "en",
                          .target_locale = "es",
                          .sentences = std::move(sentences),
                          .deadline = absl::Now() + patience});
}

std::string TextOf(const absl::StatusOr<Candidate>& result) {
  return result.ok() ? result->text : std::string(absl::StatusCodeToString(result.status().code()));
}

std::vector<std::string> TextsOf(const std::vector<absl::StatusOr<Candidate>>& results) {
  std::vector<std::string> texts;
  for (const auto& result : results) texts.push_back(TextOf(result));
  return texts;
}

// --- With an engine that does as it is told ---

class FakeEngineTest : public testing::Test {
 protected:
  // A model whose one pair, eng-spa, is this pipeline; FAKE stands for the fake stage.
  std::unique_ptr<ApertiumModel> Make(std::string pipeline, ApertiumOptions options = {}) {
    for (size_t at; (at = pipeline.find("FAKE")) != std::string::npos;) {
      pipeline.replace(at, 4, "'" FAKE_STAGE "'");
    }
    const std::filesystem::path directory =
        std::filesystem::path(testing::TempDir()) /
        absl::StrCat("modes-", getpid(), "-",
                     testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(directory);
    std::ofstream(directory / "eng-spa.mode") << pipeline;
    options.modes_directory = directory.string();
    auto model = ApertiumModel::Create(options);
    std::filesystem::remove_all(directory);
    return *std::move(model);
  }

  void TearDown() override {
    EXPECT_FALSE(HasChildren()) << "a process was left behind";
    EXPECT_EQ(OpenDescriptors(), descriptors_) << "a descriptor was left open";
  }

 private:
  const int descriptors_ = OpenDescriptors();
};

TEST_F(FakeEngineTest, AnswersEachSentenceInOrder) {
  auto model = Make("FAKE | FAKE | FAKE");
  const auto results = Ask(*model, {"one", " two ", "⟦0⟧ three *x", "^$/<>{}[]@\\~"});
  EXPECT_THAT(TextsOf(results),
              testing::ElementsAre("one", " two ", "⟦0⟧ three *x", "^$/<>{}[]@\\~"));
  EXPECT_EQ(results[0]->model.name, "apertium-eng-spa");
  EXPECT_EQ(model->idle_pids().size(), 3u);
  EXPECT_TRUE(Ask(*model, {}).empty());
}

TEST_F(FakeEngineTest, PairsThatAreNotInstalledAreNotFound) {
  auto model = Make("FAKE");
  EXPECT_EQ(model->pairs(), (std::vector<ApertiumModel::Pair>{{"en", "es"}}));
  const auto results =
      model->Translate({.source_locale = "es", .target_locale = "en", .sentences = {"a", "b"}});
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[1].status().code(), StatusCode::kNotFound);

  auto nothing = *ApertiumModel::Create({.modes_directory = "/nonexistent"});
  EXPECT_TRUE(nothing->pairs().empty());
  EXPECT_EQ(Ask(*nothing, {"a"})[0].status().code(), StatusCode::kNotFound);
}

TEST_F(FakeEngineTest, OptionsMustBePositive) {
  for (const ApertiumOptions& options :
       {ApertiumOptions{.pipelines_per_pair = 0}, ApertiumOptions{.max_waiting = 0},
        ApertiumOptions{.start_timeout = absl::ZeroDuration()}}) {
    EXPECT_EQ(ApertiumModel::Create(options).status().code(), StatusCode::kInvalidArgument);
  }
}

TEST_F(FakeEngineTest, EnginesThatCannotStartAreUnavailable) {
  for (const char* pipeline : {"FAKE | /nonexistent/program | FAKE", "FAKE --exit",
                               "FAKE | FAKE --exit | FAKE", "true", "FAKE --no-flush"}) {
    auto model = Make(pipeline, {.start_timeout = absl::Milliseconds(200)});
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(TextsOf(Ask(*model, {"a", "b"})),
                (std::vector<std::string>{"UNAVAILABLE", "UNAVAILABLE"}))
          << pipeline;
    }
  }
}

TEST_F(FakeEngineTest, AShortDeadlineDoesNotSpoilTheStart) {
  auto model = Make("FAKE --slow-start");
  EXPECT_EQ(TextOf(Ask(*model, {"a"}, absl::Milliseconds(20))[0]), "DEADLINE_EXCEEDED");
  const auto pids = model->idle_pids();
  EXPECT_EQ(TextOf(Ask(*model, {"a"})[0]), "a");
  EXPECT_EQ(model->idle_pids(), pids);
}

TEST_F(FakeEngineTest, AHangIsOverAtTheDeadline) {
  // The one that hangs is not the first, whose death would not end it.
  auto model = Make("FAKE --pass | FAKE | FAKE");
  Ask(*model, {"warm"});
  for (int i = 0; i < 3; ++i) {
    const absl::Time start = absl::Now();
    const auto results = Ask(*model, {"a", "HANG", "b"}, absl::Milliseconds(200));
    EXPECT_LT(absl::Now() - start, absl::Milliseconds(200) + kGrace);
    EXPECT_EQ(TextsOf(results),
              (std::vector<std::string>{"a", "DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED"}));
    EXPECT_EQ(TextOf(Ask(*model, {"next"})[0]), "next");
  }
}

TEST_F(FakeEngineTest, AFloodIsOverAtTheDeadlineOrBefore) {
  auto model = Make("FAKE");
  Ask(*model, {"warm"});
  const absl::Time start = absl::Now();
  EXPECT_FALSE(Ask(*model, {"FLOOD"}, absl::Seconds(5))[0].ok());
  EXPECT_LT(absl::Now() - start, absl::Seconds(5) + kGrace);
  EXPECT_EQ(TextOf(Ask(*model, {"next"})[0]), "next");
}

TEST_F(FakeEngineTest, ALateAnswerIsNobodysElse) {
  auto model = Make("FAKE", {.pipelines_per_pair = 1});
  Ask(*model, {"warm"});
  EXPECT_EQ(TextOf(Ask(*model, {"SLOW"}, absl::Milliseconds(100))[0]), "DEADLINE_EXCEEDED");
  absl::SleepFor(absl::Milliseconds(300));
  EXPECT_EQ(TextOf(Ask(*model, {"next"})[0]), "next");
}

TEST_F(FakeEngineTest, OnlyTheSentenceThatKillsIsUnavailable) {
  auto model = Make("FAKE | FAKE | FAKE");
  const auto results = Ask(*model, {"a", "b", "CRASH", "c", "CRASH too", "d"});
  EXPECT_EQ(TextsOf(results),
            (std::vector<std::string>{"a", "b", "UNAVAILABLE", "c", "UNAVAILABLE", "d"}));
  EXPECT_THAT(std::string(results[2].status().message()), Not(HasSubstr("CRASH")));
  EXPECT_EQ(TextOf(Ask(*model, {"next"})[0]), "next");
}

TEST_F(FakeEngineTest, AnswersOutOfStepAreNeverUsed) {
  for (const char* word : {"TWICE", "STALE", "TRUNCATE", "GARBAGE"}) {
    auto model = Make("FAKE", {.pipelines_per_pair = 1});
    const std::string bad = absl::StrCat("bad ", word);
    for (int i = 0; i < 20; ++i) {
      const auto results = Ask(*model, {"a", bad, "b", "c"});
      EXPECT_EQ(TextOf(results[0]), "a");
      EXPECT_THAT(TextOf(results[1]), testing::AnyOf(bad, "INTERNAL")) << word;
      EXPECT_EQ(TextOf(results[2]), "b") << word;
      EXPECT_EQ(TextOf(results[3]), "c") << word;
    }
    // The second answer may come when the batch is over.
    for (int i = 0; i < 20; ++i) {
      Ask(*model, {bad});
      EXPECT_EQ(TextOf(Ask(*model, {absl::StrCat("next ", i)})[0]), absl::StrCat("next ", i));
    }
  }
}

TEST_F(FakeEngineTest, ProgramsKilledWhileIdleAreReplaced) {
  auto model = Make("FAKE | FAKE | FAKE");
  for (size_t victim = 0; victim < 3; ++victim) {
    EXPECT_EQ(TextOf(Ask(*model, {"a"})[0]), "a");
    ASSERT_EQ(model->idle_pids().size(), 3u);
    kill(model->idle_pids()[victim], SIGKILL);
    absl::SleepFor(absl::Milliseconds(20));
    EXPECT_EQ(TextOf(Ask(*model, {"b"})[0]), "b") << victim;
  }
}

TEST_F(FakeEngineTest, WaitingIsBounded) {
  auto model = Make("FAKE", {.pipelines_per_pair = 1, .max_waiting = 1});
  Ask(*model, {"warm"});
  std::thread busy([&] { Ask(*model, {"SLOW", "SLOW"}); });
  absl::SleepFor(absl::Milliseconds(50));
  std::thread waiting([&] {
    EXPECT_EQ(TextOf(Ask(*model, {"a"}, absl::Milliseconds(200))[0]), "DEADLINE_EXCEEDED");
  });
  absl::SleepFor(absl::Milliseconds(50));
  const absl::Time start = absl::Now();
  EXPECT_EQ(TextOf(Ask(*model, {"b"})[0]), "UNAVAILABLE");
  EXPECT_LT(absl::Now() - start, kGrace);
  busy.join();
  waiting.join();
  EXPECT_EQ(TextOf(Ask(*model, {"c"})[0]), "c");
}

TEST_F(FakeEngineTest, ProgramsSeeNothingOfOurs) {
  setenv("SIGNALBOOK_SECRET", "x", 1);
  const int leaky = dup(0);  // not close-on-exec
  auto model = Make("FAKE | FAKE");
  const std::string seen = TextOf(Ask(*model, {"LOOK"})[0]);
  EXPECT_EQ(seen, "PATH LC_ALL 3");
  close(leaky);
  unsetenv("SIGNALBOOK_SECRET");
}

TEST_F(FakeEngineTest, MoreThanAPipeHolds) {
  auto model = Make("FAKE | FAKE");
  const std::string large(100'000, 'x');
  EXPECT_EQ(TextsOf(Ask(*model, std::vector<std::string>(50, large))),
            std::vector<std::string>(50, large));
}

TEST_F(FakeEngineTest, NobodyGetsAnothersAnswer) {
  auto model = Make("FAKE | FAKE", {.pipelines_per_pair = 3});
  std::atomic<bool> done = false;
  std::thread killer([&] {
    for (size_t i = 0; !done; ++i) {
      const auto pids = model->idle_pids();
      if (!pids.empty()) kill(pids[i % pids.size()], SIGKILL);
      absl::SleepFor(absl::Milliseconds(7));
    }
  });
  std::atomic<int> answered = 0, wrong = 0;
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 8; ++caller) {
    callers.emplace_back([&, caller] {
      for (int round = 0; round < 30; ++round) {
        std::vector<std::string> sentences;
        for (int i = 0; i < 10; ++i) sentences.push_back(absl::StrCat(caller, " ", round, " ", i));
        if (round % 10 == caller) sentences[3] += " CRASH";
        const bool hangs = round == 10 + caller;
        if (hangs) sentences[7] += " HANG";
        const auto results = Ask(*model, sentences, hangs ? absl::Milliseconds(150) : kPatience);
        for (size_t i = 0; i < results.size(); ++i) {
          if (!results[i].ok()) continue;
          ++answered;
          wrong += results[i]->text != sentences[i];
        }
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  done = true;
  killer.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(answered, 1800);  // of 2,400; hangs and kills take some with them
}

// --- With Apertium ---

class EngSpaTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists("/usr/share/apertium/modes/eng-spa.mode")) {
      GTEST_SKIP() << "apertium-eng-spa is not installed";
    }
    model_ = *ApertiumModel::Create({});
  }

  void TearDown() override {
    model_.reset();
    EXPECT_FALSE(HasChildren()) << "a process was left behind";
  }

  std::string ToSpanish(std::string text) { return TextOf(Ask(*model_, {std::move(text)})[0]); }
  std::string ToEnglish(std::string text) {
    return TextOf(model_->Translate({.source_locale = "es-AR",
                                     .target_locale = "en-GB",
                                     .sentences = {std::move(text)},
                                     .deadline = absl::Now() + kPatience})[0]);
  }

  std::unique_ptr<ApertiumModel> model_;
};

TEST_F(EngSpaTest, Translates) {
  EXPECT_THAT(model_->pairs(), testing::IsSupersetOf({ApertiumModel::Pair{"en", "es"},
                                                      ApertiumModel::Pair{"es", "en"},
                                                      ApertiumModel::Pair{"es", "en-US"}}));
  EXPECT_EQ(ToSpanish("I love my house."), "Quiero mi casa.");
  EXPECT_EQ(ToSpanish("Good morning"), "Buenos días");
  EXPECT_EQ(ToEnglish("El coche rojo está aquí."), "The red car is here.");
  EXPECT_EQ(ToSpanish("I love Zorblax"), "Quiero *Zorblax");
  EXPECT_FALSE(Ask(*model_, {"hi"})[0]->model.version.empty());
}

TEST_F(EngSpaTest, KeepsEveryMarkerOnce) {
  const char* const kEnglish[] = {
      "I love ⟦0⟧!",
      "The big ⟦0⟧ red car is here.",
      "⟦0⟧ is my favourite country",
      "See you at the ⟦0⟧ party tonight",
      "⟦0⟧ Hello friends ⟦1⟧",
      "happy birthday⟦0⟧",
      "⟦0⟧",
      "I want ⟦0⟧, ⟦1⟧ and ⟦2⟧.",
      "⟦0⟧⟦1⟧ Tom's ⟦2⟧ mailbox",
      "the ⟦0⟧'s house",
      "Ask ⟦0⟧ about the black ⟦1⟧ cat.",
      "Don't ⟦0⟧ do it",
      "⟦0⟧ Ancient people liked stories",
  };
  const char* const kSpanish[] = {
      "¡Me gusta ⟦0⟧!", "El coche ⟦0⟧ rojo está aquí.", "¿Estás en ⟦0⟧?", "Quiero ⟦0⟧, ⟦1⟧ y ⟦2⟧.",
      "Él me dijo ⟦0⟧", "⟦0⟧ ¿puedes ayudarme? ⟦1⟧",
  };
  const auto check = [](std::string_view source, std::string_view target) {
    size_t from = 0;  // they come in order, too
    for (int i = 0;; ++i) {
      const std::string marker = absl::StrCat("⟦", i, "⟧");
      const size_t at = target.find(marker);
      if (source.find(marker) == std::string_view::npos) {
        EXPECT_EQ(at, std::string_view::npos) << source;
        return;
      }
      ASSERT_NE(at, std::string_view::npos) << source << " → " << target;
      EXPECT_GE(at, from) << source << " → " << target;
      from = at + marker.size();
      EXPECT_EQ(target.find(marker, from), std::string_view::npos) << source << " → " << target;
    }
  };
  for (const char* text : kEnglish) check(text, ToSpanish(text));
  for (const char* text : kSpanish) check(text, ToEnglish(text));
  EXPECT_EQ(ToSpanish("I love ⟦0⟧!"), "Quiero ⟦0⟧!");
}

TEST_F(EngSpaTest, SurvivesEveryCharacterThatKillsIt) {
  ASSERT_EQ(ToSpanish("house"), "Casa");
  const auto pids = model_->idle_pids();
  for (const char* text :
       {"^",        "$",       "[",      "]",      "@",          "/",         "<",      "{",
        "}",        ">",       "\\",     "~",      "*",          "#",         "+",      "|",
        "[[x]]",    "[[",      "]]",     "a[b",    "a]b",        "^a/b<c>$",  "\\^",    "[/]",
        "[1].[1]",  "\t",      "a\nb",   "\r\n",   "...",        "wait.",     "Mr.",    "¿?",
        "a\u200Db", "\uFEFFa", "日本語", "مرحبا",  "\x7F",       "\x1B[0m",   "\u00AD", "x~y ~z",
        "don't",    "a\\",     "\uFFFE", "\uFFFD", "\U0010FFFF", "\U0001D400"}) {
    const auto results = Ask(*model_, {text, "house"}, absl::Seconds(5));
    EXPECT_TRUE(results[0].ok()) << text << ": " << results[0].status();
    EXPECT_EQ(TextOf(results[1]), "Casa") << text;
  }
  EXPECT_EQ(model_->idle_pids(), pids) << "an engine died";

  using namespace std::string_literals;
  EXPECT_EQ(ToSpanish("ho\0use"s), "Casa");
  EXPECT_EQ(ToSpanish("\xFF"), "INVALID_ARGUMENT");
  EXPECT_EQ(ToSpanish("a\uFFFF"), "INVALID_ARGUMENT");
  EXPECT_EQ(ToEnglish("el sen\u0303or"), ToEnglish("el señor"));
}

TEST_F(EngSpaTest, LongTextsAndLargeBatches) {
  std::string text;
  while (text.size() < 100'000) text += "The red car is here and I love it. ";
  EXPECT_GT(ToSpanish(text).size(), text.size() / 2);

  std::vector<std::string> sentences;
  for (int i = 0; i < 1000; ++i) sentences.push_back(absl::StrCat("I have ", i, " red cars."));
  const auto results = Ask(*model_, sentences);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_THAT(TextOf(results[i]), HasSubstr(absl::StrCat(" ", i, " "))) << i;
  }
}

TEST_F(EngSpaTest, ProgramsKilledUnderLoadGiveNoWrongAnswer) {
  std::atomic<bool> done = false;
  std::atomic<int> right = 0, wrong = 0;
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&, caller] {
      for (int round = 0; !done; ++round) {
        const int number = caller * 100'000 + round;
        const auto result = Ask(*model_, {absl::StrCat("I have ", number, " red cars.")})[0];
        if (!result.ok()) continue;
        ++(result->text == absl::StrCat("Tengo ", number, " coches rojos.") ? right : wrong);
      }
    });
  }
  for (int i = 0; i < 6; ++i) {
    absl::SleepFor(absl::Milliseconds(300));
    const auto pids = model_->idle_pids();
    if (!pids.empty()) kill(pids[i * 3 % pids.size()], SIGKILL);
  }
  done = true;
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(right, 0);
}

}  // namespace
}  // namespace signalbook
