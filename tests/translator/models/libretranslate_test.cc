// The adapter against servers that keep to the API and against servers that keep to nothing: the
// right status, in time, and no word of anybody's in a message.
#include "translator/models/libretranslate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "tests/support/fake_libretranslate.h"
#include "tests/support/raw_server.h"

namespace signalbook {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

using Strings = std::vector<std::string>;
using Answer = FakeLibreTranslate::Answer;

// Stands in what is asked and in what servers say: must not stand in an error.
constexpr char kSecret[] = "confidential";
constexpr char kKey[] = "key-5f3a";
// What goes wrong here waits for many seconds; a busy machine is some tenths late by itself.
constexpr absl::Duration kGrace = absl::Seconds(1);

const std::vector<FakeLibreTranslate::Language>& SomeLanguages() {
  static const auto* const languages = new std::vector<FakeLibreTranslate::Language>{
      {"en", {"es", "pt-BR", "zh-Hans", "zt", "nb"}}, {"es", {"en"}}, {"zh-Hans", {"en"}}};
  return *languages;
}

std::unique_ptr<LibreTranslateModel> Connected(const std::string& url, std::string key = "",
                                               size_t max_bytes = size_t{8} << 20) {
  auto model = LibreTranslateModel::Create({.url = url,
                                            .api_key = std::move(key),
                                            .connect_timeout = absl::Seconds(5),
                                            .max_response_bytes = max_bytes});
  EXPECT_TRUE(model.ok()) << model.status();
  return *std::move(model);
}

ModelRequest Asking(Strings sentences, std::string from = "en", std::string to = "es",
                    absl::Duration timeout = absl::Seconds(10)) {
  return {std::move(from), std::move(to), std::move(sentences), absl::Now() + timeout};
}

Strings Texts(const std::vector<absl::StatusOr<Candidate>>& answers) {
  Strings texts;
  for (const auto& answer : answers) {
    texts.push_back(answer.ok() ? answer->text : answer.status().ToString());
  }
  return texts;
}

TEST(LibreTranslateTest, TranslatesABatchInOrder) {
  FakeLibreTranslate server(SomeLanguages());
  server.Say("I love it", "Me encanta 🇨🇦");
  const auto model = Connected(server.url() + "/");
  EXPECT_THAT(Texts(model->Translate(Asking({"Hello", "I love it", "Hello"}))),
              ElementsAre("es:Hello", "Me encanta 🇨🇦", "es:Hello"));
  const auto single = model->Translate(Asking({"A \"quoted\"\n⟦0⟧ \u2028 line"}));
  EXPECT_THAT(Texts(single), ElementsAre("es:A \"quoted\"\n⟦0⟧ \u2028 line"));
  EXPECT_EQ(single[0]->model, (ModelRef{"libretranslate", ""}));
  EXPECT_TRUE(model->Translate(Asking({})).empty());
  EXPECT_EQ(server.questions().size(), 2u) << "one request a batch, none for nothing";
  EXPECT_EQ(server.language_requests(), 1);
  const auto question = nlohmann::json::parse(server.questions()[0]);
  EXPECT_EQ(question["format"], "text");
  EXPECT_FALSE(question.contains("api_key"));
}

TEST(LibreTranslateTest, PassesOnTheTraceOfTheCall) {
  FakeLibreTranslate server(SomeLanguages());
  const auto model = Connected(server.url());
  ModelRequest request = Asking({"a"});
  model->Translate(request);
  request.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  model->Translate(request);
  EXPECT_THAT(server.traceparents(), ElementsAre("", request.traceparent));
}

TEST(LibreTranslateTest, ASentenceThatIsNotUtf8SpoilsNoOther) {
  FakeLibreTranslate server(SomeLanguages());
  const auto answers = Connected(server.url())->Translate(Asking({"a", "\xFF", "b"}));
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(answers[0]->text, "es:a");
  EXPECT_EQ(answers[1].status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(answers[2]->text, "es:b");
}

TEST(LibreTranslateTest, CodesOfLanguages) {
  const struct {
    std::string locale;
    Strings codes;
  } kRows[] = {
      {"en", {"en"}},
      {"en-GB", {"en-GB", "en"}},
      {"es-419", {"es-419", "es"}},
      {"pt-BR", {"pt-BR", "pb", "pt"}},
      {"pt-PT", {"pt-PT", "pt"}},
      {"zh", {"zh", "zh-Hans"}},
      {"zh-CN", {"zh-CN", "zh-Hans", "zh"}},
      {"ZH-hans", {"zh-Hans", "zh"}},
      {"zh-Hant", {"zh-Hant", "zt"}},
      {"zh-HK", {"zh-HK", "zh-Hant", "zt"}},
      {"zh-Hant-HK", {"zh-Hant-HK", "zh-Hant", "zt"}},
      {"zh-Latn", {"zh-Latn"}},
      {"sr-Latn", {"sr-Latn"}},
      {"sr-Latn-ME", {"sr-Latn-ME", "sr-Latn"}},
      {"no", {"no", "nb"}},
      {"nb", {"nb", "no"}},
      {"fil", {"fil", "tl"}},
      {"", {}},
      {"no tag", {}},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(LibreTranslateCodes(row.locale), row.codes) << row.locale;
  }
}

TEST(LibreTranslateTest, AsksInTheServersOwnCodes) {
  const struct {
    std::string what, from, to;
    std::optional<std::string> source, target;  // none: NotFound, and the server is not asked
  } kRows[] = {
      {"as it is", "en", "es", "en", "es"},
      {"regions are dropped", "en-GB", "es-AR", "en", "es"},
      {"a region that it has", "en", "pt-BR", "en", "pt-BR"},
      {"simplified by its new name", "zh", "en", "zh-Hans", "en"},
      {"traditional by its old name", "en", "zh-TW", "en", "zt"},
      {"traditional is not simplified", "zh-Hant", "en", {}, {}},
      {"Norwegian", "en", "no", "en", "nb"},
      {"detection", "", "es", "auto", "es"},
      {"a language that nobody has", "en", "tlh", {}, {}},
      {"detection into what nobody has", "", "tlh", {}, {}},
      {"both languages, but not the pair", "es", "zh-Hans", {}, {}},
      {"no tag", "en", "no tag", {}, {}},
  };
  FakeLibreTranslate server(SomeLanguages());
  const auto model = Connected(server.url());
  for (const auto& row : kRows) {
    const size_t before = server.questions().size();
    const auto answer = model->Translate(Asking({"x"}, row.from, row.to))[0];
    if (!row.source) {
      EXPECT_EQ(answer.status().code(), absl::StatusCode::kNotFound) << row.what;
      EXPECT_EQ(server.questions().size(), before) << row.what;
      continue;
    }
    ASSERT_TRUE(answer.ok()) << row.what << ": " << answer.status();
    const auto question = nlohmann::json::parse(server.questions().back());
    EXPECT_EQ(question["source"], *row.source) << row.what;
    EXPECT_EQ(question["target"], *row.target) << row.what;
  }
}

TEST(LibreTranslateTest, OldServersDoNotSayTheirTargets) {
  FakeLibreTranslate server(SomeLanguages());
  server.AnswerLanguages(Answer{200, R"([{"code": "en", "name": "English"}, {"code": "es"}])"});
  server.AnswerTranslate(Answer{200, R"({"translatedText": "hola"})"});
  const auto model = Connected(server.url());
  EXPECT_EQ(Texts(model->Translate(Asking({"x"}, "es", "en"))), Strings({"hola"}));
  EXPECT_EQ(model->Translate(Asking({"x"}, "es", "fr"))[0].status().code(),
            absl::StatusCode::kNotFound);
}

TEST(LibreTranslateTest, Keys) {
  FakeLibreTranslate server(SomeLanguages(), kKey);
  EXPECT_EQ(Texts(Connected(server.url(), kKey)->Translate(Asking({"x"}))), Strings({"es:x"}));
  for (const std::string wrong : {"", "another"}) {
    const auto answer = Connected(server.url(), wrong)->Translate(Asking({"x"}))[0];
    EXPECT_EQ(answer.status().code(), absl::StatusCode::kFailedPrecondition) << wrong;
  }
}

// Whatever the status, nothing that was said by either side stands in the message.
void ExpectSilent(const absl::Status& status, const std::string& what) {
  for (const char* const word : {kSecret, kKey, "127.0.0.1", "Hello"}) {
    EXPECT_THAT(status.ToString(), Not(HasSubstr(word))) << what;
  }
}

TEST(LibreTranslateTest, AnswersThatAreNoTranslation) {
  const std::string secret = kSecret;
  const struct {
    std::string what;
    Answer answer;
    absl::StatusCode code;
  } kRows[] = {
      {"rate limit",
       {429, R"({"error": "Slowdown: 80 per 1 minute"})"},
       absl::StatusCode::kUnavailable},
      {"overload", {503, "<html>confidential"}, absl::StatusCode::kUnavailable},
      {"a proxy without a server", {502, ""}, absl::StatusCode::kUnavailable},
      {"a proxy that waited", {504, ""}, absl::StatusCode::kUnavailable},
      {"no such language",
       {400, R"({"error": "confidential is not supported"})"},
       absl::StatusCode::kNotFound},
      {"no such pair",
       {400, R"({"error": "Spanish is not available as a target language from English"})"},
       absl::StatusCode::kNotFound},
      {"no such format",
       {400, R"({"error": "text format is not supported"})"},
       absl::StatusCode::kInternal},
      {"too long",
       {400, R"({"error": "Invalid request: request (9) exceeds text limit (2): confidential"})"},
       absl::StatusCode::kInternal},
      {"400 without a word", {400, ""}, absl::StatusCode::kInternal},
      {"400 with a number", {400, R"({"error": 7})"}, absl::StatusCode::kInternal},
      {"wants a key",
       {400, R"({"error": "Visit https://x to get an API key"})"},
       absl::StatusCode::kFailedPrecondition},
      {"banned", {403, R"({"error": "confidential"})"}, absl::StatusCode::kFailedPrecondition},
      {"not here", {404, "confidential"}, absl::StatusCode::kInternal},
      {"moved", {301, ""}, absl::StatusCode::kInternal},
      {"a crash",
       {500, R"({"error": "Cannot translate text: confidential"})"},
       absl::StatusCode::kInternal},
      {"no JSON", {200, "confidential"}, absl::StatusCode::kInternal},
      {"half of it",
       {200, R"({"translatedText": ["confidential", "b)"},
       absl::StatusCode::kInternal},
      {"half a character",
       {200, R"({"translatedText": ["\ud83d", "b"]})"},
       absl::StatusCode::kInternal},
      {"bytes that are no UTF-8",
       {200, "{\"translatedText\": [\"\xFF\", \"b\"]}"},
       absl::StatusCode::kInternal},
      {"a list", {200, R"(["confidential"])"}, absl::StatusCode::kInternal},
      {"an error with 200", {200, R"({"error": "confidential"})"}, absl::StatusCode::kInternal},
      {"one too few",
       {200, R"({"translatedText": ["confidential"]})"},
       absl::StatusCode::kInternal},
      {"one too many",
       {200, R"({"translatedText": ["a", "b", "c"]})"},
       absl::StatusCode::kInternal},
      {"one for both", {200, R"({"translatedText": "confidential"})"}, absl::StatusCode::kInternal},
      {"an object", {200, R"({"translatedText": {"a": "b"}})"}, absl::StatusCode::kInternal},
      {"too large",
       {200, R"({"translatedText": ["a", "b"]})" + std::string(10'000, ' ')},
       absl::StatusCode::kInternal},
      {"deep", {200, std::string(4'000, '[')}, absl::StatusCode::kInternal},
  };
  FakeLibreTranslate server(SomeLanguages());
  const auto model = Connected(server.url(), kKey, 5'000);
  for (const auto& row : kRows) {
    server.AnswerTranslate(row.answer);
    const auto answers = model->Translate(Asking({"Hello " + secret, "b"}));
    ASSERT_EQ(answers.size(), 2u) << row.what;
    for (const auto& answer : answers) {
      EXPECT_EQ(answer.status().code(), row.code) << row.what << ": " << answer.status();
      ExpectSilent(answer.status(), row.what);
    }
  }
  server.AnswerTranslate(Answer{200, R"({"translatedText": ["a", null]})"});
  const auto mixed = model->Translate(Asking({"a", "b"}));
  EXPECT_EQ(mixed[0]->text, "a") << "one that is no text spoils no other";
  EXPECT_EQ(mixed[1].status().code(), absl::StatusCode::kInternal);
  server.AnswerTranslate(std::nullopt);
  EXPECT_EQ(Texts(model->Translate(Asking({"a"}))), Strings({"es:a"})) << "and it goes on";
}

TEST(LibreTranslateTest, WithoutAListOfLanguagesNobodyIsThere) {
  const struct {
    std::string what;
    Answer answer;
    absl::StatusCode code;
  } kRows[] = {
      {"another service", {404, "<html>confidential"}, absl::StatusCode::kUnavailable},
      {"another service that answers everything",
       {200, "confidential"},
       absl::StatusCode::kUnavailable},
      {"no languages yet", {200, "[]"}, absl::StatusCode::kUnavailable},
      {"a list of something",
       {200, R"([{"name": "confidential"}])"},
       absl::StatusCode::kUnavailable},
      {"targets of something",
       {200, R"([{"code": "en", "targets": [1]}])"},
       absl::StatusCode::kUnavailable},
      {"a crash", {500, ""}, absl::StatusCode::kUnavailable},
      {"banned", {403, ""}, absl::StatusCode::kFailedPrecondition},
  };
  FakeLibreTranslate server(SomeLanguages());
  const auto model = Connected(server.url(), kKey);
  for (const auto& row : kRows) {
    server.AnswerLanguages(row.answer);
    EXPECT_EQ(model->Connect(absl::Now() + absl::Seconds(5)).code(), row.code) << row.what;
    const absl::Status status = model->Translate(Asking({"Hello"}))[0].status();
    EXPECT_EQ(status.code(), row.code) << row.what << ": " << status;
    ExpectSilent(status, row.what);
  }
  EXPECT_TRUE(server.questions().empty());
  server.AnswerLanguages(std::nullopt);
  EXPECT_TRUE(model->Connect(absl::Now() + absl::Seconds(5)).ok()) << "a failure is not remembered";
  EXPECT_EQ(Texts(model->Translate(Asking({"x"}))), Strings({"es:x"}));
}

// What goes wrong below the API comes through as it is (http_client_test.cc has it all), in time.
TEST(LibreTranslateTest, ServersThatBreakHttp) {
  const std::string languages = R"([{"code":"en","targets":["es"]}])";
  const std::string body = R"({"translatedText":"confidential"})";
  const struct {
    std::string what;
    std::function<void(const RawServer::Peer&)> does;
    absl::StatusCode code;
  } kRows[] = {
      {"closes", [](const auto&) {}, absl::StatusCode::kUnavailable},
      {"says half a body",
       [&](const auto& peer) { peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + body); },
       absl::StatusCode::kInternal},
      {"drips", [&](const auto& peer) { peer.Drip("HTTP/1.1 200 OK\r\n\r\n" + body, 10); },
       absl::StatusCode::kDeadlineExceeded},
      {"says nothing", [](const auto& peer) { peer.Wait(); }, absl::StatusCode::kDeadlineExceeded},
  };
  for (const auto& row : kRows) {
    const RawServer server([&](const RawServer::Peer& peer, const std::string& request) {
      if (!absl::StartsWith(request, "GET /languages")) return row.does(peer);
      peer.Send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + languages);
    });
    const auto model = Connected(server.url(), kKey);
    ASSERT_TRUE(model->Connect(absl::Now() + absl::Seconds(10)).ok()) << row.what;
    const bool late = row.code == absl::StatusCode::kDeadlineExceeded;
    const ModelRequest request =
        Asking({"Hello"}, "en", "es", late ? absl::Milliseconds(400) : absl::Seconds(20));
    const absl::Status status = model->Translate(request)[0].status();
    EXPECT_LE(absl::Now(), request.deadline + kGrace) << row.what;
    EXPECT_EQ(status.code(), row.code) << row.what << ": " << status;
    ExpectSilent(status, row.what);
  }
}

TEST(LibreTranslateTest, NobodyToTalkTo) {
  std::string closed;
  {
    const FakeLibreTranslate gone(SomeLanguages());
    closed = gone.url();
  }
  const FakeLibreTranslate plain(SomeLanguages());
  for (const std::string& url : {closed, "https://127.0.0.1:" + std::to_string(plain.port())}) {
    const auto answers = Connected(url)->Translate(Asking({"Hello", "b"}));
    ASSERT_EQ(answers.size(), 2u);
    for (const auto& answer : answers) {
      EXPECT_EQ(answer.status().code(), absl::StatusCode::kUnavailable) << url;
      ExpectSilent(answer.status(), url);
    }
  }
}

TEST(LibreTranslateTest, OptionsThatMakeNoSense) {
  const LibreTranslateOptions kRows[] = {
      {.url = "127.0.0.1:5000", .api_key = kKey},
      {.url = "http://127.0.0.1:5000", .api_key = kKey, .connect_timeout = absl::ZeroDuration()},
      {.url = "http://127.0.0.1:5000", .api_key = kKey, .max_response_bytes = 0},
  };
  for (const LibreTranslateOptions& options : kRows) {
    const absl::Status status = LibreTranslateModel::Create(options).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    ExpectSilent(status, options.url);
  }
}

TEST(LibreTranslateTest, NoTimeLeft) {
  FakeLibreTranslate server(SomeLanguages());
  const auto model = Connected(server.url());
  const auto answers = model->Translate(Asking({"x"}, "en", "es", absl::Seconds(-1)));
  EXPECT_EQ(answers[0].status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(server.language_requests(), 0);
  ModelRequest forever = Asking({"x"});
  forever.deadline = absl::InfiniteFuture();
  EXPECT_EQ(Texts(model->Translate(forever)), Strings({"es:x"}));
}

TEST(LibreTranslateTest, ManyThreadsAskForTheLanguagesOnce) {
  FakeLibreTranslate server(SomeLanguages());
  const auto model = Connected(server.url());
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&model, t] {
      for (int i = 0; i < 20; ++i) {
        const std::string text = std::to_string(t) + "." + std::to_string(i);
        EXPECT_EQ(Texts(model->Translate(Asking({text, "b"}))), Strings({"es:" + text, "es:b"}));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(server.language_requests(), 1);
  EXPECT_EQ(server.questions().size(), 160u);
}

// Who waits for another's list of languages waits no longer than its own deadline.
TEST(LibreTranslateTest, WaitsForTheLanguagesUntilItsOwnDeadline) {
  const RawServer server([](const RawServer::Peer& peer, const std::string&) { peer.Wait(); });
  const auto model = Connected(server.url());
  std::thread patient([&model] {
    EXPECT_EQ(model->Connect(absl::Now() + absl::Seconds(1)).code(),
              absl::StatusCode::kDeadlineExceeded);
  });
  absl::SleepFor(absl::Milliseconds(100));
  const ModelRequest request = Asking({"x"}, "en", "es", absl::Milliseconds(200));
  EXPECT_EQ(model->Translate(request)[0].status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_LE(absl::Now(), request.deadline + kGrace);
  patient.join();
}

}  // namespace
}  // namespace signalbook
