// The adapter against a server that keeps to the API of apertium-apy 0.11, and against servers that keep to nothing.
#include "translator/models/apertium_apy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <functional>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "tests/support/raw_server.h"

namespace signalbook {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

using Json = nlohmann::json;
using Pairs = std::vector<std::pair<std::string, std::string>>;
using Strings = std::vector<std::string>;

// What goes wrong here waits for many seconds; a busy machine is some tenths late by itself.
constexpr absl::Duration kGrace = absl::Seconds(1);

// The handlers /listPairs and /translate of apertium-apy; says the pair and the text.
class FakeApy {
 public:
  struct Answer {
    int status = 200;
    std::string body;
  };
  struct Question {
    std::string langpair, format, mark_unknown, text, traceparent;
  };

  explicit FakeApy(Pairs pairs) : pairs_(std::move(pairs)) {
    server_.Get("/listPairs", [this](const httplib::Request&, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      ++lists_;
      Json data = Json::array();
      for (const auto& [from, to] : pairs_) {
        data.push_back({{"sourceLanguage", from}, {"targetLanguage", to}});
      }
      Set(list_answer ? list_answer() : Answer{200, Response(data)}, &response);
    });
    server_.Post("/translate", [this](const httplib::Request& request,
                                      httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      const auto field = [&](const char* name) { return request.get_param_value(name); };
      questions_.push_back({field("langpair"), field("format"), field("markUnknown"), field("q"),
                            request.get_header_value("Traceparent")});
      const Question& question = questions_.back();
      const size_t bar = question.langpair.find('|');
      bool installed = false;
      for (const auto& [from, to] : pairs_) {
        installed |= bar != std::string::npos && question.langpair == from + "|" + to;
      }
      if (!installed) {
        return Set({400, R"({"status": "error", "code": 400, "message": "Bad Request",
                             "explanation": "That pair is not installed"})"},
                   &response);
      }
      // A deformatter ends the text with a line, and a reformatter leaves it there.
      const Json data = {{"translatedText", question.langpair + ":" + question.text + "\n"}};
      Set(answer ? answer(question.text, Response(data)) : Answer{200, Response(data)}, &response);
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~FakeApy() {
    server_.stop();
    thread_.join();
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::vector<Question> questions() {
    const std::lock_guard lock(mutex_);
    return questions_;
  }
  int lists() {
    const std::lock_guard lock(mutex_);
    return lists_;
  }

  // Set before anybody asks.
  std::function<Answer()> list_answer;
  std::function<Answer(const std::string& text, std::string as_it_should)> answer;

 private:
  static std::string Response(const Json& data) {
    return Json{{"responseData", data}, {"responseDetails", nullptr}, {"responseStatus", 200}}
        .dump();
  }
  static void Set(const Answer& answer, httplib::Response* response) {
    response->status = answer.status;
    response->set_content(answer.body, "application/json; charset=UTF-8");
  }

  const Pairs pairs_;
  std::mutex mutex_;
  std::vector<Question> questions_;
  int lists_ = 0;
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

std::unique_ptr<ApertiumApyModel> Created(const ApertiumApyOptions& options) {
  auto model = ApertiumApyModel::Create(options);
  EXPECT_TRUE(model.ok()) << model.status();
  return *std::move(model);
}

ModelRequest Asking(Strings sentences, std::string from = "en", std::string to = "es",
                    absl::Duration timeout = absl::Seconds(20)) {
  return {std::move(from), std::move(to), std::move(sentences), absl::Now() + timeout};
}

Strings Texts(const std::vector<absl::StatusOr<Candidate>>& answers) {
  Strings texts;
  for (const auto& answer : answers) {
    texts.push_back(answer.ok() ? answer->text : absl::StatusCodeToString(answer.status().code()));
  }
  return texts;
}

TEST(ApertiumApyTest, AsksExactlyThis) {
  FakeApy server(Pairs{{"eng", "spa"}, {"spa", "eng"}});
  const auto model = Created({.url = server.url() + "/"});
  const std::string text = "⟦0⟧ & =+%20?\n日本 \"'<b>";
  ModelRequest request = Asking({text});
  request.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const auto answers = model->Translate(request);
  EXPECT_THAT(Texts(answers), ElementsAre("eng|spa:" + text));
  EXPECT_EQ(answers[0]->model, (ModelRef{"apertium-eng-spa", ""}));
  ASSERT_THAT(server.questions(), SizeIs(1));
  const FakeApy::Question question = server.questions()[0];
  EXPECT_EQ(question.text, text);
  EXPECT_EQ(question.format, "txt") << "otherwise it is HTML";
  EXPECT_EQ(question.mark_unknown, "yes") << "the gate must see them";
  EXPECT_EQ(question.traceparent, request.traceparent);
}

TEST(ApertiumApyTest, EachSentenceGetsItsOwnAnswer) {
  FakeApy server(Pairs{{"eng", "spa"}});
  const auto model = Created({.url = server.url(), .max_parallel = 3});
  Strings sentences, expected;
  for (int i = 0; i < 40; ++i) {
    sentences.push_back("sentence " + std::to_string(i));
    expected.push_back("eng|spa:" + sentences.back());
  }
  EXPECT_EQ(Texts(model->Translate(Asking(sentences))), expected);
  EXPECT_EQ(Texts(model->Translate(Asking({}))), Strings());
  EXPECT_EQ(server.lists(), 1) << "pairs are asked for once";
}

TEST(ApertiumApyTest, WhichPairServes) {
  FakeApy server(Pairs{{"eng", "spa"},
                       {"spa", "eng"},
                       {"spa", "eng_US"},
                       {"cat", "por_BR"},
                       {"srp_Latn", "eng"},
                       {"zho", "eng"},
                       {"?", "eng"}});
  const auto model = Created({.url = server.url()});
  const struct {
    const char *from, *to, *answer;
  } kRows[] = {
      {"en", "es", "eng|spa:a"},       {"en-GB", "es-AR", "eng|spa:a"},
      {"es", "en", "spa|eng:a"},       {"es", "en-US", "spa|eng_US:a"},
      {"ca", "pt-BR", "cat|por_BR:a"}, {"sr-Latn", "en", "srp_Latn|eng:a"},
      {"zh-Hant", "en", "NOT_FOUND"},  {"zh", "en", "zho|eng:a"},
      {"en", "fr", "NOT_FOUND"},       {"es", "es", "NOT_FOUND"},
      {"x", "en", "NOT_FOUND"},
  };
  for (const auto& row : kRows) {
    EXPECT_THAT(Texts(model->Translate(Asking({"a"}, row.from, row.to))), ElementsAre(row.answer))
        << row.from << " " << row.to;
  }
}

TEST(ApertiumApyTest, OneThatFailsSpoilsNoOther) {
  const struct {
    const char* what;
    FakeApy::Answer answer;
    const char* code;
  } kRows[] = {
      {"a stuck pipe", {503, R"({"explanation": "confidential"})"}, "UNAVAILABLE"},
      {"an error of the server", {500, "confidential"}, "INTERNAL"},
      {"a pair that is gone", {400, R"({"explanation": "confidential"})"}, "INTERNAL"},
      {"no JSON", {200, "confidential"}, "INTERNAL"},
      {"no data", {200, R"({"confidential": 1})"}, "INTERNAL"},
      {"data of another shape", {200, R"({"responseData": "confidential"})"}, "INTERNAL"},
      {"no text", {200, R"({"responseData": {"translatedText": 7}})"}, "INTERNAL"},
      {"no answer", {200, ""}, "INTERNAL"},
      {"too large", {200, std::string(200'000, ' ')}, "INTERNAL"},
  };
  for (const auto& row : kRows) {
    FakeApy server(Pairs{{"eng", "spa"}});
    server.answer = [&row](const std::string& text, std::string as_it_should) {
      return text == "confidential" ? row.answer : FakeApy::Answer{200, std::move(as_it_should)};
    };
    const auto model = Created({.url = server.url(), .max_response_bytes = 100'000});
    const auto answers = model->Translate(Asking({"a", "confidential", "b"}));
    EXPECT_THAT(Texts(answers), ElementsAre("eng|spa:a", row.code, "eng|spa:b")) << row.what;
    EXPECT_THAT(answers[1].status().ToString(), Not(HasSubstr("confidential"))) << row.what;
    EXPECT_THAT(answers[1].status().ToString(), HasSubstr("apertium-apy: ")) << row.what;
  }
}

TEST(ApertiumApyTest, WithoutItsListNobodyIsThere) {
  const struct {
    const char* what;
    FakeApy::Answer list;
    const char* code;
  } kRows[] = {
      {"an error of the server", {500, "confidential"}, "UNAVAILABLE"},
      {"no JSON", {200, "<html>confidential"}, "UNAVAILABLE"},
      {"LibreTranslate's", {200, R"([{"code": "en"}])"}, "UNAVAILABLE"},
      {"rows of another shape", {200, R"({"responseData": [1]})"}, "UNAVAILABLE"},
      {"a proxy that wants more", {403, "confidential"}, "FAILED_PRECONDITION"},
      {"none", {200, R"({"responseData": []})"}, "NOT_FOUND"},
  };
  for (const auto& row : kRows) {
    FakeApy server(Pairs{{"eng", "spa"}});
    server.list_answer = [&row] { return row.list; };
    const auto answers = Created({.url = server.url()})->Translate(Asking({"a", "b"}));
    EXPECT_THAT(Texts(answers), ElementsAre(row.code, row.code)) << row.what;
    EXPECT_THAT(answers[0].status().ToString(), Not(HasSubstr("confidential"))) << row.what;
  }
  EXPECT_THAT(Texts(Created({.url = "http://127.0.0.1:1"})->Translate(Asking({"a"}))),
              ElementsAre("UNAVAILABLE"));
}

TEST(ApertiumApyTest, ComesBackByTheDeadline) {
  RawServer silent([](const RawServer::Peer& peer, const std::string&) { peer.Wait(); });
  RawServer stuck([](const RawServer::Peer& peer, const std::string& request) {
    if (request.find("listPairs") == std::string::npos) return peer.Wait();
    const std::string list =
        R"({"responseData": [{"sourceLanguage": "eng", "targetLanguage": "spa"}]})";
    peer.Send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " +
              std::to_string(list.size()) + "\r\n\r\n" + list);
  });
  for (const std::string& url : {silent.url(), stuck.url()}) {
    const auto model = Created({.url = url});
    const absl::Time begin = absl::Now();
    EXPECT_THAT(
        Texts(model->Translate(Asking({"a", "b", "c"}, "en", "es", absl::Milliseconds(200)))),
        ElementsAre("DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED"));
    EXPECT_LT(absl::Now() - begin, absl::Milliseconds(300) + kGrace);
  }
}

TEST(ApertiumApyTest, SaysWhatIsWrong) {
  EXPECT_TRUE(absl::IsInvalidArgument(ApertiumApyModel::Create({.url = "localhost"}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      ApertiumApyModel::Create({.url = "http://a", .max_parallel = 0}).status()));
  FakeApy server(Pairs{{"eng", "spa"}});
  EXPECT_THAT(Texts(Created({.url = server.url()})->Translate(Asking({"\xFF", "a"}))),
              ElementsAre("INVALID_ARGUMENT", "eng|spa:a"));
}

}  // namespace
}  // namespace signalbook
