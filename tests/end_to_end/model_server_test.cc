// The servers that models are started from (deploy/examples), as Signalbook asks them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "service/remote_model.h"
#include "tests/end_to_end/process.h"

namespace signalbook {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr char kExamples[] = SIGNALBOOK_SOURCE_DIR "/deploy/examples/";
constexpr char kDictionary[] = SIGNALBOOK_SOURCE_DIR "/deploy/examples/dictionary.tsv";
constexpr char kPython[] = "/usr/bin/python3";  // Debian's, which has its packages
constexpr char kReady[] = "listening on ";

bool PythonHasGrpc() {
  return Process({kPython, "-c", "import grpc, grpc_tools.protoc"}).Wait(absl::Seconds(30)) == 0;
}

std::vector<std::string> Server(const std::string& language) {
  if (language == "cc") return {SIGNALBOOK_EXAMPLE_MODEL_SERVER};
  return {kPython, std::string(kExamples) + "model_server.py"};
}

class ModelServerTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (std::string(GetParam()) == "py" && !PythonHasGrpc()) {
      GTEST_SKIP() << "needs python3-grpcio and python3-grpc-tools";
    }
  }
  std::vector<std::string> Command(const std::vector<std::string>& arguments) {
    std::vector<std::string> command = Server(GetParam());
    command.insert(command.end(), arguments.begin(), arguments.end());
    return command;
  }
};

TEST_P(ModelServerTest, TranslatesListsAndDies) {
  Process server(Command({kDictionary, "127.0.0.1:0"}));
  const std::string ready = server.ReadLine(absl::Seconds(60));
  ASSERT_THAT(ready, StartsWith(kReady)) << server.errors();
  const auto model = RemoteModel::Create({.address = ready.substr(sizeof(kReady) - 1)});
  ASSERT_TRUE(model.ok()) << model.status();

  const auto ask = [&model](const std::string& to, std::vector<std::string> sentences) {
    return (*model)->Translate({.source_locale = "en",
                                .target_locale = to,
                                .sentences = std::move(sentences),
                                .deadline = absl::Now() + absl::Seconds(30)});
  };
  const auto answers = ask("es", {"Good morning, ⟦0⟧ world!", "Xylophone?", "thanks"});
  ASSERT_THAT(answers, SizeIs(3));
  ASSERT_TRUE(answers[0].ok()) << answers[0].status();
  EXPECT_EQ(answers[0]->text, "buenos días, ⟦0⟧ mundo!");
  EXPECT_EQ(answers[0]->model, (ModelRef{"dictionary", "1"}));
  EXPECT_EQ(answers[1].status().code(), absl::StatusCode::kNotFound) << "no word is known";
  ASSERT_TRUE(answers[2].ok()) << answers[2].status();
  EXPECT_EQ(answers[2]->text, "gracias");
  EXPECT_EQ(ask("tlh", {"thanks"})[0].status().code(), absl::StatusCode::kNotFound);

  const auto pairs = (*model)->ListLanguagePairs(absl::Now() + absl::Seconds(30));
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  EXPECT_THAT(*pairs, SizeIs(2));
  EXPECT_THAT(*pairs, Contains(Field(&RemoteModel::Pair::source_locale, "en")));

  server.Signal(SIGKILL);
  EXPECT_EQ(server.Wait(absl::Seconds(20)), 128 + SIGKILL);
  EXPECT_EQ(ask("es", {"thanks"})[0].status().code(), absl::StatusCode::kUnavailable);
}

TEST_P(ModelServerTest, SaysWhatIsWrong) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{}, {"/no/such.tsv"}, {kDictionary, "no address"}}) {
    Process server(Command(arguments));
    EXPECT_GT(server.Wait(absl::Seconds(60)), 0);
    EXPECT_THAT(server.errors(), Not(IsEmpty()));
  }
}

INSTANTIATE_TEST_SUITE_P(Examples, ModelServerTest, ::testing::Values("cc", "py"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace signalbook
