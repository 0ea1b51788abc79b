// README's examples say what happens: each `$ command` of a console block is run, with the server of
// its examples on a free port, and must print what stands below it.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "signalbook/v1/translation.grpc.pb.h"
#include "tests/end_to_end/process.h"

namespace signalbook {
namespace {

// As README has them.
constexpr char kServer[] = "127.0.0.1:50051";
constexpr char kHttp[] = "127.0.0.1:8088";

struct Example {
  std::string command;
  std::string output;
};

std::vector<Example> Examples() {
  std::ifstream file(SIGNALBOOK_SOURCE_DIR "/README.md");
  std::vector<Example> examples;
  bool in_block = false;
  bool continued = false;
  for (std::string line; std::getline(file, line);) {
    if (absl::StartsWith(line, "```")) {
      in_block = line == "```console";
    } else if (in_block && (continued || absl::StartsWith(line, "$ "))) {
      if (!continued) examples.emplace_back();
      examples.back().command += continued ? line : line.substr(2);
      continued = absl::EndsWith(line, "\\");
      if (continued) examples.back().command.back() = ' ';
    } else if (in_block && !examples.empty()) {
      examples.back().output += line + "\n";
    }
  }
  return examples;
}

// What `grpcurl -plaintext -d 'JSON' SERVER METHOD | jq -r '.translations[].translatedText'` prints.
// grpcurl is not in Debian; the call is the same.
std::string Grpcurl(const std::string& command, const std::string& address) {
  const size_t begin = command.find("-d '") + 4;
  const std::string json = command.substr(begin, command.find('\'', begin) - begin);
  v1::TranslateTextRequest request;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json, &request).ok()) << json;
  EXPECT_THAT(command, ::testing::HasSubstr("signalbook.v1.TranslationService/TranslateText"));
  const auto stub = v1::TranslationService::NewStub(
      grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  v1::TranslateTextResponse response;
  const grpc::Status status = stub->TranslateText(&context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  std::string output;
  for (const v1::Translation& translation : response.translations()) {
    output += translation.translated_text() + "\n";
  }
  return output;
}

TEST(ReadmeTest, ExamplesPrintWhatTheySay) {
  Process server({SIGNALBOOK_PROGRAM, "serve", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"});
  const std::string ready = server.ReadLine(absl::Seconds(60));
  ASSERT_THAT(ready, ::testing::StartsWith("listening on "));
  const std::string address = ready.substr(13, ready.find(';') - 13);
  const std::string http = server.ReadLine(absl::Seconds(20));
  ASSERT_THAT(http, ::testing::StartsWith("http on http://"));

  const std::string program = SIGNALBOOK_PROGRAM;
  const std::string path = program.substr(0, program.rfind('/'));
  const std::vector<Example> examples = Examples();
  EXPECT_GE(examples.size(), 5u);
  for (const Example& example : examples) {
    const std::string command =
        absl::StrReplaceAll(example.command, {{kServer, address}, {kHttp, http.substr(15)}});
    std::string output;
    if (absl::StartsWith(command, "grpcurl ")) {
      output = Grpcurl(command, address);
    } else {
      Process shell({"/bin/bash", "-c", "PATH=" + path + ":$PATH; " + command});
      EXPECT_EQ(shell.Wait(absl::Seconds(60)), 0) << command << "\n" << shell.errors();
      output = shell.output();
    }
    EXPECT_EQ(output, example.output) << command;
  }
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait(absl::Seconds(20)), 0);
}

}  // namespace
}  // namespace signalbook
