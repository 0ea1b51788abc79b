// Every kind of subject, asked for what a run asks: answers, results that are errors, errors that end
// the run.
#include "service/check/subject.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "service/status.h"
#include "tests/service/cli/temp_folder.h"
#include "tests/service/server_fixture.h"
#include "tests/service/waiting_model.h"
#include "tests/support/fake_libretranslate.h"
#include "tests/support/fake_models.h"
#include "tests/support/small_data.h"
#include "tests/support/test_book.h"
#include "translator/book_builder.h"

namespace signalbook::check {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kIncident[] = "他在🇨🇦等你。";

Case MakeCase(std::string text, std::string from = "en", std::string to = "es",
              std::optional<std::string> candidate = std::nullopt) {
  Case c;
  c.request.add_contents(std::move(text));
  c.request.set_source_language_code(std::move(from));
  c.request.set_target_language_code(std::move(to));
  c.candidate = std::move(candidate);
  return c;
}

std::unique_ptr<Subject> Make(const std::string& specification, SubjectOptions options = {}) {
  auto subject = MakeSubject(specification, options);
  EXPECT_TRUE(subject.ok()) << specification << ": " << subject.status();
  return *std::move(subject);
}

std::unique_ptr<Subject> HereWith(std::shared_ptr<Model> model) {
  auto subject = MakeHere(TestBook(), std::move(model), "here", 10);
  EXPECT_TRUE(subject.ok()) << subject.status();
  return *std::move(subject);
}

std::string Reason(const absl::StatusOr<v1::Translation>& answer) {
  return ReasonOf(answer.status());
}

TEST(HereTest, ACandidateIsJudgedAndNoEngineAsked) {
  const auto model = std::make_shared<RecordingModel>(std::make_shared<IdentityModel>());
  const auto here = HereWith(model);
  EXPECT_EQ(here->name(), "here");
  EXPECT_TRUE(here->explains());
  EXPECT_TRUE(here->takes_candidates());

  const auto prison = here->Translate(MakeCase(kIncident, "zh", "en", "He's in prison"));
  ASSERT_TRUE(prison.ok()) << prison.status();
  EXPECT_THAT(prison->translated_text(), Not(HasSubstr("prison")));
  EXPECT_THAT(prison->translated_text(), HasSubstr("🇨🇦"));
  EXPECT_NE(prison->verdict(), v1::VERDICT_TRANSLATED);

  const auto good = here->Translate(MakeCase("Hello world", "en", "es", "Hola mundo"));
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(good->translated_text(), "Hola mundo");
  ASSERT_EQ(good->pieces_size(), 1);
  EXPECT_EQ(good->pieces(0).model().name(), "candidate");

  const auto broken = here->Translate(MakeCase("Hello world", "en", "es", "Hola\xFF"));
  ASSERT_TRUE(broken.ok());
  EXPECT_EQ(broken->translated_text(), "Hello world");
  EXPECT_TRUE(model->requests().empty()) << "no engine is asked when there is a candidate";
}

TEST(HereTest, WithoutACandidateTheModelIsAsked) {
  const auto model = std::make_shared<RecordingModel>(std::make_shared<DictionaryModel>(
      std::map<std::string, std::string>{{"Hello world", "Hola mundo"}}));
  const auto here = HereWith(model);
  (void)here->Translate(MakeCase("Hello world", "en", "es", "Hola"));
  EXPECT_EQ(here->Translate(MakeCase("Hello world"))->translated_text(), "Hola mundo")
      << "a candidate is its own case's only";
  EXPECT_EQ(model->requests().size(), 1u);

  const auto nobody = HereWith(nullptr)->Translate(MakeCase("Hello world"));
  ASSERT_TRUE(nobody.ok());
  EXPECT_EQ(nobody->pieces(0).refusal().reason(), v1::REASON_NO_MODEL);
}

TEST(HereTest, ThreadsKeepTheirCandidatesApart) {
  const auto here = HereWith(std::make_shared<IdentityModel>());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&here, t] {
      for (int i = 0; i < 50; ++i) {
        const bool scripted = (t + i) % 2 == 0;
        Case c = MakeCase("Hello world");
        if (scripted) c.candidate = "Hola mundo";
        EXPECT_EQ(here->Translate(c)->translated_text(), scripted ? "Hola mundo" : "Hello world");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(HereTest, WrongRequestsAreResults) {
  const auto here = HereWith(nullptr);
  const struct {
    std::string what;
    Case c;
    std::string reason;
  } kRows[] = {
      {"bytes that are no UTF-8", MakeCase("a\xFF"), "INVALID_UTF8"},
      {"no such language", MakeCase("a", "en", "xx"), "TARGET_LANGUAGE_UNKNOWN"},
      {"no language", MakeCase("a", "en", ""), "TARGET_LANGUAGE_MISSING"},
      {"too long", MakeCase(std::string(9'000, 'a')), "CONTENT_TOO_LONG"},
      {"no message", Case{}, "CONTENTS_EMPTY"},
  };
  for (const auto& row : kRows) {
    const auto answer = here->Translate(row.c);
    EXPECT_EQ(Reason(answer), row.reason) << row.what;
    EXPECT_TRUE(IsResult(answer.status())) << row.what;
  }
}

TEST(HereTest, SaysWithWhatBookAndShowsItsTables) {
  const auto here = HereWith(nullptr);
  EXPECT_EQ(here->Book()->hash(), here->Book()->hash());
  EXPECT_EQ(here->Book()->name(), "test");
  ASSERT_NE(here->translator(), nullptr);
  EXPECT_EQ(&here->translator()->book(), TestBook().get());
}

// here, book:, config: with files.
TEST(ComposedTest, NamesItsBookAndItsConfiguration) {
  const TempFolder folder;
  const SmallData data;
  const auto write = [&](const std::string& file, const std::string& name) {
    return folder.Write(file, BuildBook(data.dir(), {name, "1"})->image);
  };
  const std::string one = write("one.book", "one"), two = write("two.book", "two"),
                    three = write("three.book", "three");
  const std::string config =
      folder.Write("config", "book: \"" + three + "\" apertium { disabled: true }");
  const struct {
    std::string specification;
    SubjectOptions options;
    std::string book;
  } kRows[] = {
      {"here", {.book = one, .config_file = config}, "one"},
      {"here", {.book = "", .config_file = config}, "three"},
      {"book:" + two, {.book = one, .config_file = config}, "two"},
      {"config:" + config, {.book = one, .config_file = "nowhere"}, "one"},
      {"config:" + config, {}, "three"},
  };
  for (const auto& row : kRows) {
    const auto subject = Make(row.specification, row.options);
    EXPECT_EQ(subject->name(), row.specification);
    EXPECT_EQ(subject->Book()->name(), row.book) << row.specification;
    EXPECT_TRUE(subject->Translate(MakeCase("x", "en", "es", "y")).ok());
  }
  EXPECT_EQ(MakeSubject("book:" + folder.path() + "/none", {.config_file = config}).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(MakeSubject("config:" + folder.path() + "/none", {}).status().code(),
            absl::StatusCode::kNotFound);
}

class AtServerTest : public ServerTest {
 protected:
  std::unique_ptr<Subject> SubjectAt(double timeout_seconds = 60) {
    return Make("server:" + server_->address(), {.timeout_seconds = timeout_seconds});
  }
};

TEST_F(AtServerTest, Answers) {
  Start(std::make_shared<WaitingModel>("Hola mundo", /*open=*/true));
  const auto subject = SubjectAt();
  EXPECT_EQ(subject->name(), "server:" + server_->address());
  EXPECT_TRUE(subject->explains());
  EXPECT_FALSE(subject->takes_candidates());
  EXPECT_EQ(subject->translator(), nullptr);
  EXPECT_EQ(subject->Book()->name(), "test");
  EXPECT_EQ(subject->Book()->hash().size(), 64u);
  const auto answer = subject->Translate(MakeCase("Hello world", "en", "es", "He's in prison"));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->translated_text(), "Hola mundo") << "the candidate is not heeded";
  EXPECT_EQ(answer->pieces_size(), 1);
  const auto bytes = subject->Translate(MakeCase("a\xFF"));
  EXPECT_EQ(Reason(bytes), "INVALID_UTF8");
  EXPECT_TRUE(IsResult(bytes.status()));
}

TEST_F(AtServerTest, ComesBackWhenTheQueueIsFull) {
  const auto model = std::make_shared<WaitingModel>("Hola mundo");
  v1::Config config;
  config.set_model_workers(1);
  config.set_model_queue(1);
  config.set_model_timeout_ms(60'000);
  Start(model, config);
  const auto ask = [this] {
    return std::async(std::launch::async,
                      [this] { return SubjectAt()->Translate(MakeCase("Hello world")); });
  };
  std::vector<std::future<absl::StatusOr<v1::Translation>>> busy;
  busy.push_back(ask());
  ASSERT_TRUE(model->WaitForCalls(1));
  for (int i = 0; i < 3; ++i) busy.push_back(ask());
  // The server says to come back in a second; until the queue is full, it does not say so.
  const absl::Time latest = absl::Now() + absl::Seconds(20);
  absl::StatusOr<v1::Translation> impatient;
  do {
    impatient = SubjectAt(0.5)->Translate(MakeCase("Hello world"));
  } while (Reason(impatient) != "QUEUE_FULL" && absl::Now() < latest);
  EXPECT_EQ(Reason(impatient), "QUEUE_FULL");
  EXPECT_TRUE(IsResult(impatient.status())) << impatient.status();
  model->Open();
  for (auto& one : busy) {
    const auto answer = one.get();
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->translated_text(), "Hola mundo");
  }
}

TEST(UnreachableTest, EndsTheRun) {
  for (const std::string specification :
       {"server:127.0.0.1:1", "libretranslate:http://127.0.0.1:1"}) {
    const auto subject = Make(specification, {.timeout_seconds = 5});
    const auto book = subject->Book();
    EXPECT_EQ(book.status().code(), absl::StatusCode::kUnavailable) << specification;
    const auto answer = subject->Translate(MakeCase("Hello"));
    EXPECT_EQ(answer.status().code(), absl::StatusCode::kUnavailable) << specification;
    EXPECT_FALSE(IsResult(answer.status()));
  }
}

// A configuration whose one engine says what it is told, en → es.
std::string EngineConfig(const TempFolder& folder) {
  folder.Write("modes/eng-spa.mode", "'" FAKE_STAGE "'");
  return folder.Write("config", "apertium { modes_directory: \"" + folder.path() + "/modes\" }");
}

TEST(ModelsTest, GetTheRawMessage) {
  const TempFolder folder;
  const std::string config = EngineConfig(folder);
  for (const std::string& specification : {std::string("models"), "models:" + config}) {
    const auto models = Make(specification, {.config_file = config});
    EXPECT_EQ(models->name(), specification);
    EXPECT_FALSE(models->explains());
    EXPECT_FALSE(models->takes_candidates());
    EXPECT_TRUE(models->Book()->name().empty());
    for (const std::string text :
         {"I love 🇨🇦! See https://x.example. 👍🏽", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", ""}) {
      const auto answer = models->Translate(MakeCase(text, "en", "es", "He's in prison"));
      ASSERT_TRUE(answer.ok()) << answer.status();
      EXPECT_EQ(answer->translated_text(), text);
      EXPECT_EQ(answer->pieces_size(), 0);
    }
  }
}

TEST(ModelsTest, WhatGoesWrongIsAResult) {
  const TempFolder folder;
  const auto models = Make("models:" + EngineConfig(folder), {.timeout_seconds = 0.5});
  const struct {
    std::string what;
    Case c;
    absl::StatusCode code;
    std::string reason, message;
  } kRows[] = {
      {"a pair that nobody has", MakeCase("x", "en", "fr"), absl::StatusCode::kNotFound, "",
       "en→fr"},
      {"what is no language", MakeCase("x", "en", "no tag"), absl::StatusCode::kNotFound, "", ""},
      {"a message that kills the engine", MakeCase("CRASH"), absl::StatusCode::kInternal, "", ""},
      {"a message that it never answers", MakeCase("HANG"), absl::StatusCode::kDeadlineExceeded, "",
       ""},
      {"no source", MakeCase("x", ""), absl::StatusCode::kInvalidArgument,
       "SOURCE_LANGUAGE_MISSING", ""},
      {"no target", MakeCase("x", "en", ""), absl::StatusCode::kInvalidArgument,
       "TARGET_LANGUAGE_MISSING", ""},
      {"bytes", MakeCase("a\xFF"), absl::StatusCode::kInvalidArgument, "INVALID_UTF8", "offset 1"},
  };
  for (const auto& row : kRows) {
    const auto answer = models->Translate(row.c);
    EXPECT_EQ(answer.status().code(), row.code) << row.what << ": " << answer.status();
    EXPECT_EQ(Reason(answer), row.reason) << row.what;
    EXPECT_THAT(answer.status().ToString(), HasSubstr(row.message)) << row.what;
    EXPECT_TRUE(IsResult(answer.status())) << row.what;
  }
}

TEST(ModelsTest, SwitchedOff) {
  const TempFolder folder;
  const std::string config = folder.Write("config", "apertium { disabled: true }");
  EXPECT_EQ(MakeSubject("models:" + config, {}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(LibreTranslateSubjectTest, GetsTheRawMessage) {
  FakeLibreTranslate server({{"en", {"es"}}, {"es", {"en"}}, {"zh", {"en"}}}, "the-key");
  server.Say(kIncident, "He's in prison");
  const auto subject = Make("libretranslate:" + server.url() + "#the-key");
  EXPECT_EQ(subject->name(), "libretranslate:" + server.url()) << "without the key";
  EXPECT_FALSE(subject->explains());
  EXPECT_FALSE(subject->takes_candidates());
  ASSERT_TRUE(subject->Book().ok());
  EXPECT_TRUE(subject->Book()->name().empty());
  EXPECT_TRUE(server.questions().empty());

  const auto answer = subject->Translate(MakeCase(kIncident, "zh", "en", "He is there"));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->translated_text(), "He's in prison");
  ASSERT_TRUE(subject->Translate(MakeCase("👍", "", "es")).ok());
  EXPECT_EQ(nlohmann::json::parse(server.questions().back())["source"], "auto");

  const size_t asked = server.questions().size();
  EXPECT_EQ(subject->Translate(MakeCase(""))->translated_text(), "");
  const auto bytes = subject->Translate(MakeCase("a\xFF"));
  EXPECT_EQ(Reason(bytes), "INVALID_UTF8");
  const auto unknown = subject->Translate(MakeCase("x", "en", "fr"));
  EXPECT_EQ(unknown.status().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(IsResult(unknown.status()));
  EXPECT_EQ(server.questions().size(), asked) << "nothing to ask";

  server.AnswerTranslate(FakeLibreTranslate::Answer{500, "oops"});
  EXPECT_TRUE(IsResult(subject->Translate(MakeCase("x")).status())) << "it failed at this message";
  server.AnswerTranslate(FakeLibreTranslate::Answer{429, ""});
  EXPECT_FALSE(IsResult(subject->Translate(MakeCase("x")).status()));
}

TEST(LibreTranslateSubjectTest, AWrongKeyEndsTheRun) {
  FakeLibreTranslate server({{"en", {"es"}}}, "the-key");
  for (const std::string key : {"", "#another"}) {
    const auto answer = Make("libretranslate:" + server.url() + key)->Translate(MakeCase("x"));
    EXPECT_FALSE(IsResult(answer.status())) << answer.status();
    EXPECT_THAT(answer.status().ToString(), Not(HasSubstr("another")));
  }
}

TEST(SpecificationTest, ThatNameNobody) {
  for (const std::string specification :
       {"", "there", "here:", "here:x", "book", "book:", "config", "config:", "server",
        "server:", "models:", "libretranslate", "libretranslate:", "http://127.0.0.1#secret",
        "libretranslate :http://127.0.0.1#secret", "Here"}) {
    const absl::Status status = MakeSubject(specification, {}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << specification;
    EXPECT_THAT(status.ToString(), HasSubstr("libretranslate:URL[#KEY]")) << specification;
    EXPECT_THAT(status.ToString(), Not(HasSubstr("secret"))) << specification;
  }
  for (const std::string specification :
       {"libretranslate:127.0.0.1:5000#secret", "libretranslate:http://me:secret@127.0.0.1",
        "libretranslate:#secret"}) {
    const absl::Status status = MakeSubject(specification, {}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << specification;
    EXPECT_THAT(status.ToString(), Not(HasSubstr("secret"))) << specification;
  }
}

}  // namespace
}  // namespace signalbook::check
