// What a server counts, as Prometheus reads it.
#include "service/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "tests/service/server_fixture.h"
#include "tests/service/waiting_model.h"

namespace signalbook {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

// Samples by name and labels: {"signalbook_revision": 0}. Fails on a line that is neither sample nor comment.
std::map<std::string, double> ParseSamples(const std::string& text) {
  std::map<std::string, double> samples;
  for (const auto line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    if (line[0] == '#') continue;
    const size_t space = line.rfind(' ');
    double value = 0;
    EXPECT_TRUE(space != line.npos && absl::SimpleAtod(line.substr(space + 1), &value)) << line;
    EXPECT_TRUE(samples.emplace(line.substr(0, space), value).second) << "twice: " << line;
  }
  return samples;
}

class MetricsTest : public ServerTest {
 protected:
  void Start(std::shared_ptr<Model> model) {
    v1::Config config;
    config.set_metrics("127.0.0.1:0");
    ServerTest::Start(std::move(model), config);
  }

  std::string Scrape() {
    const std::string url = server_->metrics_url();
    const size_t path = url.rfind('/');
    const auto answer = httplib::Client(url.substr(0, path)).Get(url.substr(path));
    EXPECT_TRUE(answer && answer->status == 200) << url;
    return answer ? answer->body : "";
  }
};

TEST_F(MetricsTest, CountsCallsMessagesPiecesAndRefusals) {
  Start(std::make_shared<WaitingModel>("Hola mundo", /*open=*/true));
  v1::TranslateTextRequest request = ProseRequest();
  request.add_contents("🇨🇦");
  request.set_emoji_mode(v1::EMOJI_MODE_NAME);
  v1::TranslateTextResponse response;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Translate(request, &response).ok());
  request.set_policy(v1::POLICY_STRICT);  // no model may be asked: prose is refused
  ASSERT_TRUE(Translate(request, &response).ok());
  request.clear_target_language_code();
  ASSERT_FALSE(Translate(request, &response).ok());

  const std::string text = Scrape();
  EXPECT_THAT(text, AllOf(HasSubstr("# TYPE signalbook_calls_total counter"),
                          HasSubstr("# TYPE signalbook_call_duration_seconds histogram"),
                          HasSubstr("# TYPE signalbook_revision gauge")));
  EXPECT_THAT(text, Not(HasSubstr("Hola")));
  EXPECT_THAT(text, Not(HasSubstr("Hello")));
  const std::map<std::string, double> samples = ParseSamples(text);
  const struct {
    const char* sample;
    double value;
  } kRows[] = {
      {R"(signalbook_calls_total{method="TranslateText",code="OK"})", 4},
      {R"(signalbook_calls_total{method="TranslateText",code="INVALID_ARGUMENT"})", 1},
      {R"(signalbook_calls_total{method="JudgeCandidate",code="OK"})", 0},
      {R"(signalbook_call_duration_seconds_count{method="TranslateText"})", 5},
      {R"(signalbook_call_duration_seconds_bucket{method="TranslateText",le="+Inf"})", 5},
      {R"(signalbook_messages_total{verdict="translated"})", 3 * 2 + 1},
      {R"(signalbook_messages_total{verdict="refused"})", 1},
      {R"(signalbook_pieces_total{kind="prose",licence="model"})", 3},
      {R"(signalbook_pieces_total{kind="emoji",licence="book"})", 4},
      {R"(signalbook_refusals_total{reason="strict_policy"})", 1},
      {R"(signalbook_refusals_total{reason="no_model"})", 0},
      {R"(signalbook_revision)", 0},
      {R"(signalbook_model_queue_length)", 0},
  };
  for (const auto& row : kRows) EXPECT_THAT(samples, Contains(Pair(row.sample, row.value)));
  EXPECT_THAT(samples, Contains(Key(HasSubstr("signalbook_book_info{"))));
}

TEST_F(MetricsTest, ShowsCallsThatWaitForAModel) {
  const auto model = std::make_shared<WaitingModel>("Hola mundo");
  Start(model);
  v1::TranslateTextResponse response;
  std::thread caller([&] { Translate(ProseRequest(), &response); });
  ASSERT_TRUE(model->WaitForCalls(1));
  EXPECT_THAT(ParseSamples(Scrape()),
              Contains(Pair(R"(signalbook_calls_under_way{service="TranslationService"})", 1)));
  model->Open();
  caller.join();
}

// No count is lost, and buckets hold what their bounds say.
TEST(MetricsCountTest, AddsUpOverThreads) {
  Metrics metrics;
  const int method = metrics.AddMethod("Fast");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10'000; ++i) {
        metrics.CountCall(method, absl::StatusCode::kOk, absl::Milliseconds(2));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  metrics.CountCall(method, absl::StatusCode::kInternal, absl::Hours(1));
  metrics.CountCall(method, absl::StatusCode::kOk, -absl::Hours(1));
  for (const prometheus::MetricFamily& family : metrics.Collect()) {
    if (family.name != "signalbook_call_duration_seconds") continue;
    const auto& histogram = family.metric.at(0).histogram;
    EXPECT_EQ(histogram.sample_count, 40'002u);
    EXPECT_NEAR(histogram.sample_sum, 80 + 3600, 1e-3);
    for (const auto& bucket : histogram.bucket) {
      EXPECT_EQ(bucket.cumulative_count, bucket.upper_bound < 0.002  ? 1u
                                         : bucket.upper_bound < 3600 ? 40'001u
                                                                     : 40'002u)
          << bucket.upper_bound;
    }
  }
}

TEST(MetricsServerTest, SaysWhyItDoesNotStart) {
  const auto metrics = std::make_shared<Metrics>();
  const struct {
    const char* what;
    const char* address;
    absl::StatusCode code;
  } kRows[] = {
      {"no port", "127.0.0.1", absl::StatusCode::kInvalidArgument},
      {"a socket", "unix:/tmp/metrics", absl::StatusCode::kInvalidArgument},
      {"an address of another machine", "192.0.2.1:0", absl::StatusCode::kUnavailable},
  };
  for (const auto& row : kRows) {
    const auto server = MetricsServer::Start(row.address, metrics);
    EXPECT_EQ(server.status().code(), row.code) << row.what;
    EXPECT_THAT(std::string(server.status().message()), HasSubstr(row.address)) << row.what;
  }
  EXPECT_TRUE(MetricsServer::Start("localhost:0", metrics).ok());
}

TEST_F(ServerTest, ServesMetricsToOtherMachinesOnlyIfAsked) {
  v1::Config config;
  config.set_listen("127.0.0.1:0");
  config.set_metrics("0.0.0.0:0");
  ASSERT_TRUE(CompleteConfig(&config).ok());
  const auto server =
      Server::Start(config, std::make_shared<LiveTranslator>(MakeTranslator(nullptr)));
  EXPECT_EQ(server.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(server.status().message()), HasSubstr("metrics: other machines"));
}

}  // namespace
}  // namespace signalbook
