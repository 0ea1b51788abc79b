// The server over a real connection: both methods, health, reflection, errors of the wire.
#include "service/server.h"

#include <gmock/gmock.h>
#include <grpcpp/health_check_service_interface.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "service/limits.h"
#include "tests/service/peer_protocols.h"
#include "tests/service/server_fixture.h"
#include "tests/service/waiting_model.h"
#include "tests/support/test_book.h"

namespace signalbook {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::SizeIs;

constexpr char kServiceName[] = "signalbook.v1.TranslationService";
constexpr char kTranslate[] = "/signalbook.v1.TranslationService/TranslateText";
constexpr char kAnalyze[] = "/signalbook.v1.TranslationService/AnalyzeText";
constexpr char kJudge[] = "/signalbook.v1.TranslationService/JudgeCandidate";

TEST_F(ServerTest, TranslatesABatchInOrder) {
  Start(std::make_shared<WaitingModel>("Hola mundo", /*open=*/true));
  v1::TranslateTextRequest request = ProseRequest();
  request.add_contents("🇨🇦");
  request.add_contents("");
  request.set_emoji_mode(v1::EMOJI_MODE_NAME);
  v1::TranslateTextResponse response;
  const grpc::Status status = Translate(request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_THAT(response.translations(), SizeIs(3));

  const v1::Translation& prose = response.translations(0);
  EXPECT_EQ(prose.translated_text(), "Hola mundo");
  EXPECT_EQ(prose.verdict(), v1::VERDICT_TRANSLATED);
  ASSERT_GE(prose.pieces_size(), 1);
  EXPECT_EQ(prose.pieces(0).licence(), v1::LICENCE_MODEL);
  EXPECT_EQ(prose.pieces(0).model().name(), "waiting");

  const v1::Translation& flag = response.translations(1);
  EXPECT_EQ(flag.translated_text(), "Canadá");
  ASSERT_EQ(flag.pieces_size(), 1);
  EXPECT_EQ(flag.pieces(0).licence(), v1::LICENCE_BOOK);
  EXPECT_EQ(flag.pieces(0).kind(), v1::KIND_EMOJI);
  EXPECT_EQ(flag.pieces(0).entry().key(), "1F1E8-1F1E6");
  EXPECT_EQ(flag.pieces(0).entry().locale(), "es");
  EXPECT_EQ(flag.pieces(0).source_range().end(), 8);

  EXPECT_EQ(response.translations(2).translated_text(), "");
  EXPECT_EQ(response.translations(2).verdict(), v1::VERDICT_UNCHANGED);
  EXPECT_EQ(response.book().name(), "test");
  EXPECT_EQ(response.book().hash(), std::string(TestBook()->hash()));
  EXPECT_EQ(response.revision(), "");
}

TEST_F(ServerTest, WithoutAModelProseIsRefusedAndEmojiAreNot) {
  Start(nullptr);
  v1::TranslateTextRequest request = ProseRequest();
  request.set_contents(0, "The freezer 🇨🇦");
  request.set_emoji_mode(v1::EMOJI_MODE_NAME);
  v1::TranslateTextResponse response;
  ASSERT_TRUE(Translate(request, &response).ok());
  const v1::Translation& translation = response.translations(0);
  EXPECT_EQ(translation.translated_text(), "The freezer Canadá");
  EXPECT_EQ(translation.verdict(), v1::VERDICT_PARTLY_REFUSED);
  EXPECT_EQ(translation.pieces(0).refusal().reason(), v1::REASON_NO_MODEL);
}

TEST_F(ServerTest, TellsTheLanguageItDetected) {
  Start(nullptr);
  v1::TranslateTextRequest request = ProseRequest();
  request.clear_source_language_code();
  request.set_contents(0, "Where is the nearest station, please? 🇨🇦");
  v1::TranslateTextResponse response;
  ASSERT_TRUE(Translate(request, &response).ok());
  EXPECT_EQ(response.translations(0).detected_language_code(), "en");
}

TEST_F(ServerTest, StrictAsksNoModel) {
  const auto model = std::make_shared<WaitingModel>("Hola mundo");  // never opens
  Start(model);
  v1::TranslateTextRequest request = ProseRequest();
  request.set_policy(v1::POLICY_STRICT);
  v1::TranslateTextResponse response;
  ASSERT_TRUE(Translate(request, &response).ok());
  EXPECT_EQ(response.translations(0).translated_text(), "Hello world");
  EXPECT_EQ(response.translations(0).pieces(0).refusal().reason(), v1::REASON_STRICT_POLICY);
  EXPECT_EQ(model->calls(), 0);
}

TEST_F(ServerTest, JudgesCandidates) {
  Start(nullptr);
  v1::JudgeCandidateRequest request;
  request.set_content("他在🇨🇦等你。");
  request.set_source_language_code("zh");
  request.set_target_language_code("en");
  const struct {
    std::string candidate, refused_by;
  } kRows[] = {
      {"He's in prison", "guards GUARDED_CONCEPT imprisonment"},
      {"He is in 🇨🇦 and waits for you.", ""},  // the message's own flag stands for its marker
      {"He is in 🇵🇦 and waits for you.", "emoji EMOJI_INTRODUCED emoji"},
      {"", "empty LENGTH empty"},
  };
  for (const auto& row : kRows) {
    request.set_candidate(row.candidate);
    grpc::ClientContext context;
    v1::JudgeCandidateResponse response;
    const grpc::Status status = stub_->JudgeCandidate(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.licensed(), row.refused_by.empty()) << row.candidate;
    EXPECT_FALSE(response.book().hash().empty());
    EXPECT_GE(response.checks_size(), 15);
    for (const v1::CheckResult& check : response.checks()) {
      if (!check.has_refusal()) continue;
      EXPECT_EQ(check.check() + " " + v1::Reason_Name(check.refusal().reason()).substr(7) + " " +
                    check.refusal().rule(),
                row.refused_by);
      break;  // the first is the one that decides
    }
  }
}

TEST_F(ServerTest, ACandidateThatIsNotUtf8IsNamed) {
  Start(nullptr);
  std::string answer;
  const grpc::Status status = CallRaw(kJudge,
                                      "\x0A\x02hi\x12\x03"
                                      "ab\xFF",
                                      &answer);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(DetailsOf(status).field, "candidate");
  EXPECT_EQ(DetailsOf(status).metadata.at("byte_offset"), "2");
}

TEST_F(ServerTest, AnalyzesClusters) {
  Start(nullptr);
  v1::AnalyzeTextRequest request;
  request.add_contents("cafe\u0301 🇨🇦🇨 https://x.org ❤");
  request.add_display_locales("fr");
  request.add_display_locales("es-AR");
  v1::AnalyzeTextResponse response;
  const grpc::Status status = Analyze(request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  const v1::Analysis& analysis = response.analyses(0);
  EXPECT_TRUE(analysis.normalized());
  ASSERT_GE(analysis.clusters_size(), 5);

  const v1::Cluster& prose = analysis.clusters(0);
  EXPECT_EQ(prose.kind(), v1::CLUSTER_PROSE);
  EXPECT_EQ(prose.text(), "café ");
  EXPECT_EQ(prose.range().end(), 7) << "bytes of the content as sent, before NFC";
  EXPECT_EQ(prose.code_points(), "");

  const v1::Cluster& flag = analysis.clusters(1);
  EXPECT_EQ(flag.kind(), v1::CLUSTER_FLAG);
  EXPECT_EQ(flag.status(), v1::STATUS_RGI);
  EXPECT_EQ(flag.code_points(), "U+1F1E8 U+1F1E6");
  EXPECT_EQ(flag.fully_qualified(), "U+1F1E8 U+1F1E6");
  EXPECT_EQ(flag.key(), "1F1E8-1F1E6");
  EXPECT_EQ(flag.group(), "Flags");
  EXPECT_EQ(flag.diagnosis(), "");
  EXPECT_EQ(flag.range().begin(), 7);
  EXPECT_EQ(flag.range().end(), 15);
  ASSERT_EQ(flag.entries_size(), 2);
  EXPECT_EQ(flag.entries(0).text(), "Canada");
  EXPECT_EQ(flag.entries(0).locale(), "fr");
  EXPECT_EQ(flag.entries(1).text(), "Canadá");
  EXPECT_EQ(flag.entries(1).locale(), "es") << "where the row stands, not what was asked for";

  const v1::Cluster& lone = analysis.clusters(2);
  EXPECT_EQ(lone.kind(), v1::CLUSTER_ILL_FORMED);
  EXPECT_EQ(lone.status(), v1::STATUS_ILL_FORMED);
  EXPECT_EQ(lone.diagnosis(), "lone_regional_indicator");
  EXPECT_EQ(lone.key(), "");

  int64_t end = 0;
  for (const v1::Cluster& cluster : analysis.clusters()) {
    EXPECT_EQ(cluster.range().begin(), end);
    end = cluster.range().end();
    if (cluster.kind() == v1::CLUSTER_PROTECTED) {
      EXPECT_EQ(cluster.text(), "https://x.org");
      EXPECT_EQ(cluster.diagnosis(), "url");
    }
  }
  EXPECT_EQ(end, static_cast<int64_t>(request.contents(0).size()));
}

// The typed API of gRPC 1.51 answers UNIMPLEMENTED with an empty message here.
TEST_F(ServerTest, InvalidUtf8IsNamedByFieldAndOffset) {
  Start(nullptr);
  const std::string bytes(
      "\x0A\x02ok\x0A\x02hi\x0A\x04"
      "abc\xFF"
      "\x1A\x02"
      "es",
      18);
  for (const char* method : {kTranslate, kAnalyze}) {
    std::string answer;
    const grpc::Status status = CallRaw(method, bytes, &answer);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << method;
    const ErrorDetails details = DetailsOf(status);
    EXPECT_EQ(details.reason, "INVALID_UTF8");
    EXPECT_EQ(details.domain, "signalbook");
    EXPECT_EQ(details.field, "contents[2]");
    EXPECT_EQ(details.metadata.at("byte_offset"), "3");
  }
}

TEST_F(ServerTest, GarbageIsMalformed) {
  Start(nullptr);
  for (const char* method : {kTranslate, kAnalyze, kJudge}) {
    std::string answer;
    const grpc::Status status = CallRaw(method, "\x0A\x7F", &answer);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << method;
    EXPECT_EQ(DetailsOf(status).reason, "MALFORMED_REQUEST");
  }
}

TEST_F(ServerTest, ErrorsOfTheRequestArriveWithDetails) {
  Start(nullptr);
  v1::TranslateTextRequest request = ProseRequest();
  request.set_emoji_mode(static_cast<v1::EmojiMode>(77));
  v1::TranslateTextResponse response;
  const grpc::Status status = Translate(request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const ErrorDetails details = DetailsOf(status);
  EXPECT_EQ(details.reason, "ENUM_VALUE_UNKNOWN");
  EXPECT_EQ(details.field, "emoji_mode");
  EXPECT_THAT(details.metadata.at("allowed"), HasSubstr("EMOJI_MODE_KEEP_AND_NAME"));
}

TEST_F(ServerTest, ARequestOverTheLargestIsRefusedByGrpc) {
  Start(nullptr);
  v1::TranslateTextRequest request = ProseRequest();
  request.set_contents(0, std::string(kMaxRequestBytes, 'x'));
  v1::TranslateTextResponse response;
  EXPECT_EQ(Translate(request, &response).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  request.set_contents(0, std::string(kMaxRequestBytes - 100, 'x'));
  EXPECT_EQ(DetailsOf(Translate(request, &response)).reason, "CONTENT_TOO_LONG");
}

TEST_F(ServerTest, HealthIsServingUntilTheDrain) {
  Start(nullptr);
  EXPECT_EQ(HealthOf(channel_, ""), Health::kServing);
  EXPECT_EQ(HealthOf(channel_, kServiceName), Health::kServing);
  EXPECT_EQ(HealthOf(channel_, "signalbook.v1.NoSuchService"), Health::kUnknownService);
}

TEST_F(ServerTest, ADrainTellsWatchersAndLetsCallsEnd) {
  const auto model = std::make_shared<WaitingModel>("Hola mundo");
  Start(model);
  HealthWatch watch(channel_, kServiceName);
  EXPECT_EQ(watch.Next(), Health::kServing);
  auto under_way = std::async(std::launch::async, [&] {
    v1::TranslateTextResponse response;
    const grpc::Status status = Translate(ProseRequest(), &response);
    return status.ok() ? response.translations(0).translated_text() : status.error_message();
  });
  ASSERT_TRUE(model->WaitForCalls(1));

  auto drain = std::async(std::launch::async, [&] { server_->Drain(absl::Seconds(20)); });
  EXPECT_EQ(watch.Next(), Health::kNotServing);
  EXPECT_EQ(HealthOf(channel_, ""), Health::kNotServing);
  // Health changes first; a moment later new calls are turned away.
  grpc::Status late;
  for (int i = 0; i < 1000 && (i == 0 || late.ok()); ++i) {
    v1::AnalyzeTextRequest request;
    request.add_contents("hello");
    v1::AnalyzeTextResponse response;
    late = Analyze(request, &response);
  }
  EXPECT_EQ(late.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(DetailsOf(late).reason, "SHUTTING_DOWN");

  const absl::Time opened = absl::Now();
  model->Open();
  EXPECT_EQ(under_way.get(), "Hola mundo");
  drain.wait();
  // An open health watch must not cost the whole grace.
  EXPECT_LT(absl::Now() - opened, absl::Seconds(10));
}

TEST_F(ServerTest, ReflectionListsTheServices) {
  Start(nullptr);
  EXPECT_THAT(ListServices(channel_),
              IsSupersetOf({std::string(kServiceName), std::string("grpc.health.v1.Health")}));
}

std::shared_ptr<const LiveTranslator> Live() {
  return std::make_shared<const LiveTranslator>(MakeTranslator(nullptr));
}

TEST_F(ServerTest, TwoServersCannotShareAPort) {
  Start(nullptr);
  v1::Config config;
  config.set_listen(server_->address());
  ASSERT_TRUE(CompleteConfig(&config).ok());
  const auto second = Server::Start(config, Live());
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(ServerTest, RemoteAddressesNeedPermission) {
  v1::Config config;
  config.set_listen("0.0.0.0:0");
  ASSERT_TRUE(CompleteConfig(&config).ok());
  const auto refused = Server::Start(config, Live());
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("allow_remote"));
  config.set_allow_remote(true);
  EXPECT_TRUE(Server::Start(config, Live()).ok());
}

TEST_F(ServerTest, UnixSockets) {
  v1::Config config;
  config.set_listen("unix:" + testing::TempDir() + "/signalbook_test.sock");
  Start(nullptr, config);
  v1::AnalyzeTextRequest request;
  request.add_contents("hello");
  v1::AnalyzeTextResponse response;
  EXPECT_TRUE(Analyze(request, &response).ok());
}

}  // namespace
}  // namespace signalbook
