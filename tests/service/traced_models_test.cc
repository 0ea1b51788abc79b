// Which trace models are told of: that of the call, with the server's own span as their parent.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "tests/service/server_fixture.h"
#include "tests/service/waiting_model.h"
#include "tests/support/fake_models.h"

namespace signalbook {
namespace {

using ::testing::MatchesRegex;
using ::testing::SizeIs;

constexpr char kCallers[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
constexpr char kChild[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]*-01";
constexpr char kAny[] = "00-[0-9a-f]*-[0-9a-f]*-00";
constexpr char kNone[] = "";

class TracedModelsTest : public ServerTest {
 protected:
  ~TracedModelsTest() override { std::filesystem::remove(log_); }

  void StartWith(const std::string& log) {
    model_ = std::make_shared<RecordingModel>(
        std::make_shared<WaitingModel>("Hola mundo", /*open=*/true));
    v1::Config config;
    config.set_request_log(log);
    Start(model_, config);
  }

  static std::unique_ptr<grpc::ClientContext> Context(const char* traceparent) {
    auto context = std::make_unique<grpc::ClientContext>();
    context->set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(60)));
    if (*traceparent != '\0') context->AddMetadata("traceparent", traceparent);
    return context;
  }

  const std::string log_ =
      (std::filesystem::temp_directory_path() / ("signalbook-traced-" + std::to_string(getpid())))
          .string();
  std::shared_ptr<RecordingModel> model_;
};

TEST_F(TracedModelsTest, TheCallersIfItHasOneAndANewOneIfThereIsALog) {
  const struct {
    const char* what;
    bool log;
    const char* callers;
    const char* models;
  } kRows[] = {
      {"a traced call", false, kCallers, kChild},          {"another", false, kNone, kNone},
      {"a traced call, logged", true, kCallers, kChild},   {"another, logged", true, kNone, kAny},
      {"what is no trace begins one", false, "xyz", kAny},
  };
  for (const auto& row : kRows) {
    StartWith(row.log ? log_ : "");
    v1::TranslateTextResponse response;
    ASSERT_TRUE(stub_->TranslateText(Context(row.callers).get(), ProseRequest(), &response).ok());
    ASSERT_THAT(model_->requests(), SizeIs(1)) << row.what;
    EXPECT_THAT(model_->requests()[0].traceparent, MatchesRegex(row.models)) << row.what;
    EXPECT_NE(model_->requests()[0].traceparent, kCallers) << row.what;

    const auto context = Context(row.callers);
    const auto stream = stub_->StreamTranslateText(context.get());
    v1::StreamTranslateTextRequest message;
    *message.mutable_translate() = ProseRequest();
    ASSERT_TRUE(stream->Write(message));
    stream->WritesDone();
    v1::StreamTranslateTextResponse answer;
    EXPECT_TRUE(stream->Read(&answer)) << row.what;
    EXPECT_TRUE(stream->Finish().ok()) << row.what;
    ASSERT_THAT(model_->requests(), SizeIs(2)) << row.what;
    EXPECT_THAT(model_->requests()[1].traceparent, MatchesRegex(row.models)) << row.what;
  }
}

TEST_F(TracedModelsTest, TheLogNamesTheSpanThatModelsSeeAsTheirParent) {
  StartWith(log_);
  v1::TranslateTextResponse response;
  ASSERT_TRUE(stub_->TranslateText(Context(kCallers).get(), ProseRequest(), &response).ok());
  server_.reset();  // writes the log
  std::ifstream in(log_);
  std::string line;
  ASSERT_TRUE(std::getline(in, line));
  const nlohmann::json json = nlohmann::json::parse(line);
  EXPECT_EQ(model_->requests().at(0).traceparent,
            "00-" + json.value("trace_id", "") + "-" + json.value("span_id", "") + "-01");
}

}  // namespace
}  // namespace signalbook
