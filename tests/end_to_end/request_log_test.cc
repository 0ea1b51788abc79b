// The request log of a running server: what a line tells of a call, and what it never tells.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
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

// A port that lets clients connect and never says a word.
class Silence {
 public:
  Silence() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(socket_, 8), 0);
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~Silence() {
    ::close(peer_);
    ::close(socket_);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  // Until somebody has come.
  void Accept() { peer_ = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC); }

 private:
  const int socket_;
  int port_ = 0;
  int peer_ = -1;
};

TEST(RequestLogOfAStuckServerTest, KnowsTheCallThatNoModelAnswered) {
  Silence silence;
  const TempFolder folder;
  const std::string log = folder.path() + "/requests.json";
  Process server({SIGNALBOOK_PROGRAM, "serve", "--config",
                  folder.Write("config",
                               "listen: \"127.0.0.1:0\"\ndrain_timeout_ms: 200\n"
                               "model_timeout_ms: 600000\napertium { disabled: true }\n"
                               "models { name: \"stuck\" libretranslate { url: \"" +
                                   silence.url() + "\" } }\nrequest_log: \"" + log + "\"\n")});
  const std::string ready = server.ReadLine(absl::Seconds(60));
  ASSERT_THAT(ready, HasSubstr("listening on ")) << server.errors();
  const size_t at = ready.find("127.0.0.1:");
  const auto stub = v1::TranslationService::NewStub(grpc::CreateChannel(
      ready.substr(at, ready.find(';') - at), grpc::InsecureChannelCredentials()));
  std::thread caller([&stub] {
    grpc::ClientContext context;
    v1::TranslateTextResponse response;
    EXPECT_FALSE(stub->TranslateText(&context, Request("es"), &response).ok());
  });
  silence.Accept();
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait(absl::Seconds(60)), 0);
  EXPECT_THAT(server.errors(), HasSubstr("a model did not let go"));
  caller.join();
  std::ifstream in(log);
  std::string line;
  ASSERT_TRUE(std::getline(in, line));
  EXPECT_EQ(Json::parse(line)["code"], "CANCELLED") << line;
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
