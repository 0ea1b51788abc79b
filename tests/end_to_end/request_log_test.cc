// The request log of a running server: what a line tells of a call, and what it never tells.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "signalbook/v1/translation.grpc.pb.h"
#include "tests/end_to_end/moderated_server.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

using Json = nlohmann::json;

constexpr char kTrace[] = "4bf92f3577b34da6a3ce929d0e0e4736";

class RequestLogTest : public ::testing::Test {
 protected:
  RequestLogTest() : server_("apertium { disabled: true }\nrequest_log: \"" + Log() + "\"\n") {}

  std::string Log() const { return folder_.path() + "/requests.json"; }

  // The lines of a file, once there are as many.
  static std::vector<Json> Lines(const std::string& file, size_t count) {
    const absl::Time deadline = absl::Now() + absl::Seconds(30);
    std::vector<Json> lines;
    while (lines.size() < count && absl::Now() < deadline) {
      lines.clear();
      std::ifstream in(file);
      for (std::string line; std::getline(in, line);) {
        if (!in.eof()) lines.push_back(Json::parse(line));
      }
      absl::SleepFor(absl::Milliseconds(5));
    }
    return lines;
  }

  std::unique_ptr<v1::TranslationService::Stub> Stub() const {
    return v1::TranslationService::NewStub(
        grpc::CreateChannel(server_.address(), grpc::InsecureChannelCredentials()));
  }

  TempFolder folder_;
  ModeratedServer server_;
};

v1::TranslateTextRequest Request(const std::string& target) {
  v1::TranslateTextRequest request;
  request.add_contents("sesquipedalian 🇨🇦");
  request.add_contents("🇨🇦");
  request.set_source_language_code("en");
  request.set_target_language_code(target);
  request.set_emoji_mode(v1::EMOJI_MODE_NAME);
  return request;
}

TEST_F(RequestLogTest, TellsOfEveryCallAndOfNoMessage) {
  const auto stub = Stub();
  {
    grpc::ClientContext context;
    context.AddMetadata("x-request-id", "room-7/42");
    context.AddMetadata("traceparent", std::string("00-") + kTrace + "-00f067aa0ba902b7-01");
    v1::TranslateTextResponse response;
    ASSERT_TRUE(stub->TranslateText(&context, Request("es"), &response).ok());
    const auto header = context.GetServerInitialMetadata().find("x-request-id");
    ASSERT_NE(header, context.GetServerInitialMetadata().end());
    EXPECT_EQ(std::string(header->second.data(), header->second.size()), "room-7/42");
  }
  {
    grpc::ClientContext context;
    v1::TranslateTextResponse response;
    EXPECT_FALSE(stub->TranslateText(&context, Request("xx"), &response).ok());
  }
  {
    grpc::ClientContext context;
    const auto stream = stub->StreamTranslateText(&context);
    v1::StreamTranslateTextRequest message;
    message.set_id("secret-id");
    *message.mutable_translate() = Request("es");
    ASSERT_TRUE(stream->Write(message));
    stream->WritesDone();
    v1::StreamTranslateTextResponse answer;
    while (stream->Read(&answer)) {
    }
    EXPECT_TRUE(stream->Finish().ok());
  }
  EXPECT_EQ(server_.As("vic", {"entries", "show", "names:es:1F44D"}).exit_code, 0);

  const std::vector<Json> lines = Lines(Log(), 4);
  ASSERT_THAT(lines, SizeIs(4));
  EXPECT_EQ(lines[0]["method"], "TranslateText");
  EXPECT_EQ(lines[0]["code"], "OK");
  EXPECT_EQ(lines[0]["request_id"], "room-7/42");
  EXPECT_EQ(lines[0]["trace_id"], kTrace);
  EXPECT_EQ(lines[0]["parent_span_id"], "00f067aa0ba902b7");
  EXPECT_EQ(lines[0]["messages"], 2);
  EXPECT_EQ(lines[0]["translated"], 1);
  EXPECT_EQ(lines[0]["refusals"], Json({{"NO_MODEL", 1}}));
  EXPECT_GE(lines[0]["duration_us"], 0);

  EXPECT_EQ(lines[1]["code"], "INVALID_ARGUMENT");
  EXPECT_EQ(lines[1]["reason"], "TARGET_LANGUAGE_UNKNOWN");
  EXPECT_NE(lines[1]["trace_id"], kTrace);
  EXPECT_FALSE(lines[1].contains("messages"));

  EXPECT_EQ(lines[2]["method"], "StreamTranslateText");
  EXPECT_EQ(lines[2]["messages"], 2);
  EXPECT_EQ(lines[3]["method"], "GetEntry");
  for (const Json& line : lines) {
    for (const char* secret : {"sesqui", "secret", "vic"}) {
      EXPECT_THAT(line.dump(), Not(HasSubstr(secret)));
    }
  }
}

TEST_F(RequestLogTest, GoesOnInANewFileAfterSighup) {
  server_.Says("🇨🇦");
  ASSERT_THAT(Lines(Log(), 1), SizeIs(1));
  std::filesystem::rename(Log(), folder_.path() + "/moved");
  server_.process().Signal(SIGHUP);
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  while (!std::filesystem::exists(Log())) {
    ASSERT_LT(absl::Now(), deadline);
    absl::SleepFor(absl::Milliseconds(5));
  }
  server_.Says("🇨🇦");
  EXPECT_THAT(Lines(Log(), 1), SizeIs(1));
  EXPECT_THAT(Lines(folder_.path() + "/moved", 1), SizeIs(1));
}

}  // namespace
}  // namespace signalbook
