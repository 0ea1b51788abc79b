// A server that asks who calls: what each caller gets over gRPC, and what others get meanwhile.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <future>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "service/limits.h"
#include "service/strings.h"
#include "tests/service/server_fixture.h"
#include "tests/service/waiting_model.h"
#include "tests/support/certificates.h"
#include "tests/support/held_model.h"

namespace signalbook {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kAnonymous[] = "";

std::string Client(const std::string& name, const std::string& limits = "") {
  return StrCat("clients { name: \"", name, "\" token_sha256: \"", TokenHash("sb_" + name),
                "\" limits {", limits, "} } ");
}
std::string Access(const std::string& text) { return StrCat("access {", text, "} "); }

v1::Config Parse(const std::string& text) {
  v1::Config config;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &config)) << text;
  return config;
}

// Of the first so many calls none is limited, and of the others all, however slow the machine is.
std::string Requests(int count) {
  return StrCat("requests_per_second: 0.001 request_burst: ", count, " ");
}
std::string Characters(int count) {
  return StrCat("characters_per_minute: 60 character_burst: ", count, " ");
}

class AccessTest : public ServerTest {
 protected:
  static std::unique_ptr<grpc::ClientContext> As(const std::string& client) {
    auto context = std::make_unique<grpc::ClientContext>();
    context->set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(60)));
    if (client != kAnonymous) context->AddMetadata("authorization", "Bearer sb_" + client);
    return context;
  }
  grpc::Status TranslateAs(const std::string& client,
                           const v1::TranslateTextRequest& request = Emoji()) {
    v1::TranslateTextResponse response;
    return stub_->TranslateText(As(client).get(), request, &response);
  }
  // Needs no model.
  static v1::TranslateTextRequest Emoji() {
    v1::TranslateTextRequest request = ProseRequest();
    request.set_contents(0, "🇨🇦");
    request.set_emoji_mode(v1::EMOJI_MODE_NAME);
    return request;
  }
  // One code point is a flag's half.
  static v1::TranslateTextRequest Emoji(int code_points) {
    v1::TranslateTextRequest request = Emoji();
    request.set_contents(0, "");
    for (int i = 0; i < code_points; ++i) request.mutable_contents(0)->append("😀");
    return request;
  }
};

// Every method with a request that is good.
std::vector<std::pair<std::string, grpc::Status>> CallAll(v1::TranslationService::Stub* stub,
                                                          grpc::ClientContext* (*context)()) {
  std::vector<std::pair<std::string, grpc::Status>> results;
  const auto call = [&](const char* name, const auto& request, auto response, auto method) {
    const std::unique_ptr<grpc::ClientContext> owned(context());
    results.emplace_back(name, (stub->*method)(owned.get(), request, &response));
  };
  using Stub = v1::TranslationService::Stub;
  v1::AnalyzeTextRequest analyze;
  analyze.add_contents("x");
  v1::DetectLanguageRequest detect;
  detect.add_contents("x");
  detect.set_target_language_code("es");
  v1::JudgeCandidateRequest judge;
  judge.set_content("Hello");
  judge.set_candidate("Hola");
  judge.set_source_language_code("en");
  judge.set_target_language_code("es");
  call("TranslateText", ProseRequest(), v1::TranslateTextResponse(), &Stub::TranslateText);
  call("AnalyzeText", analyze, v1::AnalyzeTextResponse(), &Stub::AnalyzeText);
  call("DetectLanguage", detect, v1::DetectLanguageResponse(), &Stub::DetectLanguage);
  call("ListLanguages", v1::ListLanguagesRequest(), v1::ListLanguagesResponse(),
       &Stub::ListLanguages);
  call("JudgeCandidate", judge, v1::JudgeCandidateResponse(), &Stub::JudgeCandidate);
  const std::unique_ptr<grpc::ClientContext> owned(context());
  const auto stream = stub->StreamTranslateText(owned.get());
  stream->WritesDone();
  results.emplace_back("StreamTranslateText", stream->Finish());
  return results;
}

TEST_F(AccessTest, EveryMethodAsksWhoCalls) {
  Start(nullptr, Parse(Access(Client("app"))));
  const struct {
    const char* what;
    grpc::ClientContext* (*context)();
    const char* reason;  // empty: let in
  } kRows[] = {
      {"nothing", [] { return As(kAnonymous).release(); }, "CREDENTIALS_MISSING"},
      {"a token of nobody", [] { return As("eve").release(); }, "CREDENTIALS_UNKNOWN"},
      {"a key of nobody",
       [] {
         auto context = As(kAnonymous);
         context->AddMetadata("x-api-key", "sb_eve");
         return context.release();
       },
       "CREDENTIALS_UNKNOWN"},
      {"a token", [] { return As("app").release(); }, ""},
      {"a key",
       [] {
         auto context = As(kAnonymous);
         context->AddMetadata("x-api-key", "sb_app");
         return context.release();
       },
       ""},
  };
  for (const auto& row : kRows) {
    for (const auto& [method, status] : CallAll(stub_.get(), row.context)) {
      if (*row.reason == '\0') {
        EXPECT_TRUE(status.ok()) << row.what << " " << method << ": " << status.error_message();
        continue;
      }
      EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED) << row.what << method;
      EXPECT_EQ(DetailsOf(status).reason, row.reason) << row.what << " " << method;
    }
  }
}

TEST_F(AccessTest, StrangersCannotMakeTheServerParse) {
  Start(nullptr, Parse(Access(Client("app"))));
  for (const char* method : {"TranslateText", "AnalyzeText", "JudgeCandidate"}) {
    std::string answer;
    EXPECT_EQ(CallRaw(StrCat("/signalbook.v1.TranslationService/", method), "no message", &answer)
                  .error_code(),
              grpc::StatusCode::UNAUTHENTICATED)
        << method;
  }
}

TEST_F(AccessTest, HealthIsOpenToEverybody) {
  Start(nullptr, Parse(Access(Client("app"))));
  std::string answer;
  ASSERT_TRUE(CallRaw("/grpc.health.v1.Health/Check", "", &answer).ok());
  EXPECT_EQ(answer, "\x08\x01") << "status: SERVING";
}

TEST_F(AccessTest, EachHasItsOwnLimits) {
  Start(nullptr, Parse(Access(Client("app", Requests(3)) + Client("bot", Requests(1)) +
                              "allow_anonymous: true anonymous_limits {" + Requests(2) + "}")));
  for (const auto& [client, count] : {std::pair("app", 3), std::pair("bot", 1), std::pair("", 2)}) {
    for (int i = 0; i < count; ++i) EXPECT_TRUE(TranslateAs(client).ok()) << client << i;
  }
  for (const char* client : {"app", "bot", ""}) {
    const grpc::Status status = TranslateAs(client);
    ASSERT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << client;
    const ErrorDetails details = DetailsOf(status);
    EXPECT_EQ(details.reason, "RATE_LIMITED") << client;
    EXPECT_EQ(details.metadata.at("limit"), "0.001") << client;
    EXPECT_GT(details.retry_delay, absl::Seconds(1)) << client;
    EXPECT_LE(details.retry_delay, absl::Seconds(1000)) << client;
  }
  EXPECT_EQ(DetailsOf(TranslateAs("eve")).reason, "CREDENTIALS_UNKNOWN");
}

TEST_F(AccessTest, AnonymousCallersAreToldApartByAddress) {
  Start(nullptr, Parse("listen: \"[::]:0\" allow_remote: true " +
                       Access("allow_anonymous: true anonymous_limits {" + Requests(2) + "}")));
  const std::string port = server_->address().substr(server_->address().rfind(':'));
  const auto connect = [&](const std::string& host) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    channel_ =
        grpc::CreateCustomChannel(host + port, grpc::InsecureChannelCredentials(), arguments);
    stub_ = v1::TranslationService::NewStub(channel_);
    return channel_->WaitForConnected(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
  };
  if (!connect("[::1]")) GTEST_SKIP() << "this machine has no IPv6";
  EXPECT_TRUE(TranslateAs(kAnonymous).ok());
  ASSERT_TRUE(connect("127.0.0.1"));
  EXPECT_TRUE(TranslateAs(kAnonymous).ok());
  EXPECT_TRUE(TranslateAs(kAnonymous).ok());
  EXPECT_EQ(DetailsOf(TranslateAs(kAnonymous)).reason, "RATE_LIMITED");
  ASSERT_TRUE(connect("127.0.0.1"));
  EXPECT_EQ(DetailsOf(TranslateAs(kAnonymous)).reason, "RATE_LIMITED") << "from another port";
  ASSERT_TRUE(connect("[::1]"));
  EXPECT_TRUE(TranslateAs(kAnonymous).ok());
  EXPECT_EQ(DetailsOf(TranslateAs(kAnonymous)).reason, "RATE_LIMITED");
}

TEST_F(AccessTest, CharactersAreCodePointsOfWhatIsAskedFor) {
  Start(nullptr, Parse(Access(Client("app", Characters(1000)) + Client("bot", Characters(1000)))));
  EXPECT_EQ(DetailsOf(TranslateAs("app", Emoji(1001))).reason, "LARGER_THAN_QUOTA");
  EXPECT_TRUE(TranslateAs("app", Emoji(999)).ok());
  const grpc::Status status = TranslateAs("app", Emoji(999));
  ASSERT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(DetailsOf(status).reason, "QUOTA_EXHAUSTED");
  EXPECT_EQ(DetailsOf(status).metadata.at("actual"), "999");
  EXPECT_GT(DetailsOf(status).retry_delay, absl::Seconds(1));

  v1::JudgeCandidateRequest judge;
  judge.set_content(std::string(600, 'a'));
  judge.set_candidate(std::string(600, 'b'));
  judge.set_source_language_code("en");
  judge.set_target_language_code("es");
  v1::JudgeCandidateResponse judged;
  const grpc::Status both = stub_->JudgeCandidate(As("bot").get(), judge, &judged);
  EXPECT_EQ(DetailsOf(both).reason, "LARGER_THAN_QUOTA") << "message and candidate";
  EXPECT_EQ(both.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

// Calls of a client, each on a thread of its own.
class Calls {
 public:
  Calls(v1::TranslationService::Stub* stub, const std::string& client, int count) {
    for (int i = 0; i < count; ++i) {
      calls_.push_back(std::async(std::launch::async, [this, stub, client] {
        grpc::ClientContext context;
        context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(120)));
        context.AddMetadata("authorization", "Bearer sb_" + client);
        v1::TranslateTextResponse response;
        const grpc::Status status = stub->TranslateText(&context, ProseRequest(), &response);
        ++answered_;
        return status;
      }));
    }
  }
  // False when fewer than `count` were answered within a minute.
  bool WaitForAnswers(int count) const {
    const absl::Time deadline = absl::Now() + absl::Minutes(1);
    while (answered_ < count && absl::Now() < deadline) absl::SleepFor(absl::Milliseconds(5));
    return answered_ >= count;
  }
  // How many were answered so: OK, or the reason.
  std::map<std::string, int> Answers() {
    std::map<std::string, int> answers;
    for (auto& call : calls_) {
      const grpc::Status status = call.get();
      ++answers[status.ok() ? "OK" : DetailsOf(status).reason];
    }
    return answers;
  }

 private:
  std::atomic<int> answered_ = 0;
  std::vector<std::future<grpc::Status>> calls_;
};

using Answers = std::map<std::string, int>;

TEST_F(AccessTest, CallsUnderWay) {
  const auto model = std::make_shared<WaitingModel>("Hola mundo");
  Start(model,
        Parse(Access(Client("app", "max_concurrent: 2") + Client("bot", "max_concurrent: 2")) +
              "model_timeout_ms: 60000"));
  Calls at_model(stub_.get(), "app", 2);
  ASSERT_TRUE(model->WaitForCalls(2));
  const grpc::Status status = TranslateAs("app");
  ASSERT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(DetailsOf(status).reason, "TOO_MANY_CALLS");
  EXPECT_EQ(DetailsOf(status).metadata.at("limit"), "2");
  EXPECT_EQ(DetailsOf(status).retry_delay, kRetryDelay);
  EXPECT_TRUE(TranslateAs("bot").ok());
  model->Open();
  EXPECT_EQ(at_model.Answers(), (Answers{{"OK", 2}}));
  EXPECT_TRUE(TranslateAs("app").ok());
}

TEST_F(AccessTest, WhoHasItsAnswerHasNoCallUnderWay) {
  Start(std::make_shared<WaitingModel>("Hola mundo", /*open=*/true),
        Parse(Access(Client("app", "max_concurrent: 1"))));
  for (int i = 0; i < 300; ++i) {
    const grpc::Status status = TranslateAs("app", i % 2 == 0 ? Emoji() : ProseRequest());
    ASSERT_TRUE(status.ok()) << i << ": " << status.error_message();
    v1::TranslateTextRequest wrong;
    ASSERT_EQ(TranslateAs("app", wrong).error_code(), grpc::StatusCode::INVALID_ARGUMENT) << i;
  }
}

TEST_F(AccessTest, AStreamCountsItsMessagesAndLivesOn) {
  Start(nullptr,
        Parse(Access(Client("app", Requests(4) + Characters(1000) + "max_concurrent: 1"))));
  const auto context = As("app");
  const auto stream = stub_->StreamTranslateText(context.get());  // the first request
  const auto send = [&](const std::string& id, int code_points) {
    v1::StreamTranslateTextRequest request;
    request.set_id(id);
    request.set_conversation("room");
    *request.mutable_translate() = Emoji(code_points);
    ASSERT_TRUE(stream->Write(request));
  };
  const struct {
    const char* what;
    int code_points;
    int code;
    const char* reason;  // as the error says it
  } kRows[] = {
      {"fits", 999, 0, ""},
      {"never fits", 1001, grpc::StatusCode::INVALID_ARGUMENT, "LARGER_THAN_QUOTA"},
      {"fits no more", 999, grpc::StatusCode::RESOURCE_EXHAUSTED, "QUOTA_EXHAUSTED"},
      {"the fifth request", 1, grpc::StatusCode::RESOURCE_EXHAUSTED, "RATE_LIMITED"},
      {"the sixth", 1, grpc::StatusCode::RESOURCE_EXHAUSTED, "RATE_LIMITED"},
  };
  for (const auto& row : kRows) send(row.what, row.code_points);
  for (const auto& row : kRows) {
    v1::StreamTranslateTextResponse answer;
    ASSERT_TRUE(stream->Read(&answer)) << row.what;
    EXPECT_EQ(answer.id(), row.what) << "in their order";
    EXPECT_EQ(answer.error().code(), row.code) << row.what;
    EXPECT_EQ(answer.has_response(), row.code == 0) << row.what;
    EXPECT_THAT(answer.error().DebugString(), HasSubstr(row.reason)) << row.what;
  }
  EXPECT_EQ(DetailsOf(TranslateAs("app")).reason, "TOO_MANY_CALLS") << "the stream is one";
  stream->WritesDone();
  v1::StreamTranslateTextResponse none;
  EXPECT_FALSE(stream->Read(&none));
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(DetailsOf(TranslateAs("app")).reason, "RATE_LIMITED") << "the stream is over";
}

TEST_F(AccessTest, WhoFloodsTheModelTakesNobodysTurn) {
  const auto model =
      std::make_shared<HeldModel>(std::make_shared<WaitingModel>("Hola mundo", /*open=*/true));
  Start(model, Parse(Access(Client("flood") + Client("bot")) +
                     "model_workers: 1 model_queue: 4 model_timeout_ms: 120000"));
  Calls flood(stub_.get(), "flood", 1);
  model->Await(1);
  Calls more(stub_.get(), "flood", 9);
  ASSERT_TRUE(more.WaitForAnswers(5)) << "four wait, who is alone has all of the queue";

  Calls bot(stub_.get(), "bot", 1);
  ASSERT_TRUE(more.WaitForAnswers(6)) << "one of the four makes room";
  // The one at the model, the next of the flood, bot's.
  for (int done = 1; done <= 3; ++done) {
    model->LetGo();
    model->Await(done + 1);
  }
  ASSERT_TRUE(bot.WaitForAnswers(1)) << "while the flood still waits";
  model->Open();
  EXPECT_EQ(bot.Answers(), (Answers{{"OK", 1}}));
  EXPECT_EQ(flood.Answers(), (Answers{{"OK", 1}}));
  EXPECT_EQ(more.Answers(), (Answers{{"OK", 3}, {"QUEUE_FULL", 6}}));
}

TEST_F(AccessTest, AStreamThatFloodsMakesRoomToo) {
  const auto model = std::make_shared<WaitingModel>("Hola mundo");
  Start(model, Parse(Access(Client("flood") + Client("bot")) +
                     "model_workers: 1 model_queue: 4 model_timeout_ms: 60000"));
  const auto context = As("flood");
  const auto stream = stub_->StreamTranslateText(context.get());
  v1::StreamTranslateTextRequest request;
  *request.mutable_translate() = ProseRequest();
  for (int i = 0; i < 5; ++i) {
    request.set_id(StrCat(i));
    ASSERT_TRUE(stream->Write(request));
    ASSERT_TRUE(model->WaitForCalls(1)) << "the first is not in the queue any more";
  }
  request.set_id("too many");
  ASSERT_TRUE(stream->Write(request));
  v1::StreamTranslateTextResponse answer;
  ASSERT_TRUE(stream->Read(&answer));
  EXPECT_EQ(answer.id(), "too many");

  Calls bot(stub_.get(), "bot", 1);
  ASSERT_TRUE(stream->Read(&answer));
  EXPECT_EQ(answer.id(), "4");
  EXPECT_EQ(answer.error().code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(answer.error().DebugString(), HasSubstr("QUEUE_FULL"));
  model->Open();
  EXPECT_EQ(bot.Answers(), (Answers{{"OK", 1}}));
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(stream->Read(&answer));
    EXPECT_TRUE(answer.has_response()) << answer.id();
  }
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(AccessTest, TheLogNamesWhoWasRefused) {
  const std::string log = testing::TempDir() + "/access_test.log";
  std::remove(log.c_str());
  Start(nullptr, Parse(Access(Client("app", Requests(1)) + Client("bot", Characters(60)) +
                              "allow_anonymous: true anonymous_limits {" + Requests(1) + "}") +
                       StrCat("request_log: \"", log, "\"")));
  EXPECT_TRUE(TranslateAs("app", Emoji(1)).ok());
  EXPECT_EQ(DetailsOf(TranslateAs("app", Emoji(1))).reason, "RATE_LIMITED");
  {
    const auto context = As("app");
    const auto stream = stub_->StreamTranslateText(context.get());
    EXPECT_EQ(DetailsOf(stream->Finish()).reason, "RATE_LIMITED");
  }
  EXPECT_EQ(DetailsOf(TranslateAs("bot", Emoji(61))).reason, "LARGER_THAN_QUOTA");
  EXPECT_TRUE(TranslateAs(kAnonymous, Emoji(1)).ok());
  EXPECT_FALSE(TranslateAs(kAnonymous, Emoji(1)).ok());
  EXPECT_FALSE(TranslateAs("eve", Emoji(1)).ok());
  server_.reset();  // writes the log
  std::ifstream in(log);
  std::vector<std::string> told;
  for (std::string line; std::getline(in, line);) {
    const auto json = nlohmann::json::parse(line);
    told.push_back(StrCat(json.value("method", ""), " ", json.value("client", "-"), " ",
                          json.value("reason", "-")));
  }
  EXPECT_THAT(told, ElementsAre("TranslateText app -", "TranslateText app RATE_LIMITED",
                                "StreamTranslateText app RATE_LIMITED",
                                "TranslateText bot LARGER_THAN_QUOTA", "TranslateText anonymous -",
                                "TranslateText anonymous RATE_LIMITED",
                                "TranslateText - CREDENTIALS_UNKNOWN"));
}

TEST_F(AccessTest, MetricsTellClientsApart) {
  Start(nullptr,
        Parse(Access(Client("app", Requests(2)) + Client("bot")) + "metrics: \"127.0.0.1:0\""));
  ASSERT_TRUE(TranslateAs("app", Emoji(10)).ok());
  ASSERT_TRUE(TranslateAs("app", Emoji(5)).ok());
  for (int i = 0; i < 3; ++i) ASSERT_FALSE(TranslateAs("app").ok());
  ASSERT_FALSE(TranslateAs("eve").ok());
  ASSERT_FALSE(TranslateAs(kAnonymous).ok());
  const std::string url = server_->metrics_url();
  const size_t path = url.rfind('/');
  const auto scraped = httplib::Client(url.substr(0, path)).Get(url.substr(path));
  ASSERT_TRUE(scraped);
  for (const char* line : {
           "# TYPE signalbook_client_calls_total counter",
           R"(signalbook_client_calls_total{client="app"} 2)",
           R"(signalbook_client_calls_total{client="bot"} 0)",
           R"(signalbook_client_characters_total{client="app"} 15)",
           R"(signalbook_client_limited_total{client="app",reason="rate_limited"} 3)",
           R"(signalbook_client_limited_total{client="bot",reason="rate_limited"} 0)",
           R"(signalbook_unauthenticated_total{reason="credentials_missing"} 1)",
           R"(signalbook_unauthenticated_total{reason="credentials_unknown"} 1)",
           R"(signalbook_calls_total{method="TranslateText",code="RESOURCE_EXHAUSTED"} 3)",
           R"(signalbook_calls_total{method="TranslateText",code="UNAUTHENTICATED"} 2)",
       }) {
    EXPECT_THAT(scraped->body, HasSubstr(line));
  }
  EXPECT_THAT(scraped->body, AllOf(Not(HasSubstr("anonymous")), Not(HasSubstr("eve"))));
}

class AccessTlsTest : public AccessTest {
 protected:
  v1::Config Tls(const std::string& text) {
    v1::Config config = Parse(text);
    config.mutable_tls()->set_certificate_file(server_certificate_.certificate_file);
    config.mutable_tls()->set_key_file(server_certificate_.key_file);
    config.mutable_tls()->set_client_authorities_file(authority_.own().certificate_file);
    return config;
  }
  // What somebody with this certificate gets; null: without one.
  grpc::Status CallWith(const TestCertificate* own, const std::string& token = kAnonymous) {
    grpc::SslCredentialsOptions options{authority_.own().certificate, "", ""};
    if (own != nullptr) {
      options.pem_private_key = own->key;
      options.pem_cert_chain = own->certificate;
    }
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    stub_ = v1::TranslationService::NewStub(
        grpc::CreateCustomChannel(server_->address(), grpc::SslCredentials(options), arguments));
    return TranslateAs(token);
  }

  const TestAuthority authority_{"access_test"};
  const TestCertificate server_certificate_ = authority_.Issue("server", "IP:127.0.0.1");
  const TestCertificate app_ = authority_.Issue("app", "DNS:app.example");
  const TestCertificate other_ = authority_.Issue("other");
};

TEST_F(AccessTlsTest, ACertificateWillDo) {
  Start(nullptr, Tls(Access(Client("bot") +
                            "clients { name: \"app\" certificate_names: \"app.example\" }")));
  EXPECT_TRUE(CallWith(&app_).ok());
  EXPECT_TRUE(CallWith(nullptr, "bot").ok());
  EXPECT_EQ(DetailsOf(CallWith(&other_)).reason, "CREDENTIALS_UNKNOWN");
  EXPECT_EQ(DetailsOf(CallWith(nullptr)).reason, "CREDENTIALS_MISSING");
}

TEST_F(AccessTlsTest, OtherMachinesNeedCredentialsThatNobodyCanReadOnTheWay) {
  const std::string remote = "listen: \"0.0.0.0:0\" ";
  const struct {
    const char* what;
    v1::Config config;
    bool starts;
  } kRows[] = {
      {"nobody is asked", Parse(remote), false},
      {"asked in the clear", Parse(remote + Access(Client("app"))), false},
      {"nobody is asked, over TLS", Tls(remote), false},
      {"who shows nothing is let in, over TLS",
       Tls(remote + Access(Client("app") + "allow_anonymous: true")), false},
      {"asked over TLS", Tls(remote + Access(Client("app"))), true},
      {"told so", Parse(remote + "allow_remote: true"), true},
  };
  for (const auto& row : kRows) {
    v1::Config config = row.config;
    ASSERT_TRUE(CompleteConfig(&config).ok()) << row.what;
    const auto server =
        Server::Start(config, std::make_shared<const LiveTranslator>(MakeTranslator(nullptr)));
    EXPECT_EQ(server.ok(), row.starts) << row.what << ": " << server.status();
    if (server.ok()) continue;
    EXPECT_TRUE(absl::IsInvalidArgument(server.status())) << row.what;
    EXPECT_THAT(std::string(server.status().message()),
                AllOf(HasSubstr("access"), HasSubstr("tls"), HasSubstr("allow_remote")));
  }
}

}  // namespace
}  // namespace signalbook
