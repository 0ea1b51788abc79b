// `signalbook serve` from outside: start, health, calls, signals, exit codes.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "signalbook/v1/translation.grpc.pb.h"
#include "tests/end_to_end/process.h"
#include "tests/service/peer_protocols.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

constexpr absl::Duration kStart = absl::Seconds(60);
constexpr char kReady[] = "listening on ";

// A server on a free port.
class Serving {
 public:
  explicit Serving(std::vector<std::string> flags = {}) : process_(Arguments(flags)) {
    ready_ = process_.ReadLine(kStart);
    EXPECT_THAT(ready_, StartsWith(kReady)) << process_.errors();
    const size_t begin = sizeof(kReady) - 1;
    address_ = ready_.substr(std::min(begin, ready_.size()), ready_.find(';') - begin);
  }

  Process& process() { return process_; }
  const std::string& ready() const { return ready_; }
  const std::string& address() const { return address_; }
  std::shared_ptr<grpc::Channel> Connect() const {
    return grpc::CreateChannel(address_, grpc::InsecureChannelCredentials());
  }

 private:
  static std::vector<std::string> Arguments(const std::vector<std::string>& flags) {
    std::vector<std::string> arguments = {SIGNALBOOK_PROGRAM, "serve", "--listen", "127.0.0.1:0"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return arguments;
  }

  Process process_;
  std::string ready_;
  std::string address_;
};

TEST(ServeTest, StartsAnswersAndStops) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Serving serving;
    EXPECT_THAT(serving.ready(),
                MatchesRegex("listening on 127\\.0\\.0\\.1:[0-9]+; book signalbook [^ ]+ "
                             "[0-9a-f]{12}; languages .+"));
    const auto channel = serving.Connect();
    EXPECT_EQ(HealthOf(channel, ""), Health::kServing);
    EXPECT_EQ(HealthOf(channel, "signalbook.v1.TranslationService"), Health::kServing);

    v1::TranslateTextRequest request;
    request.add_contents("🇨🇦");
    request.set_target_language_code("es");
    request.set_emoji_mode(v1::EMOJI_MODE_NAME);
    v1::TranslateTextResponse response;
    grpc::ClientContext context;
    const auto stub = v1::TranslationService::NewStub(channel);
    const grpc::Status status = stub->TranslateText(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.translations(0).translated_text(), "Canadá");

    const absl::Time stopped = absl::Now();
    serving.process().Signal(signal);
    EXPECT_EQ(serving.process().Wait(absl::Seconds(20)), 0);
    EXPECT_LT(absl::Now() - stopped, absl::Seconds(10)) << "nothing was under way";
    EXPECT_THAT(serving.process().errors(), HasSubstr("stopped"));
  }
}

// What containers and balancers ask with.
TEST(ServeTest, HealthFromTheCommandLine) {
  Serving serving;
  const auto health = [&serving](std::vector<std::string> more) {
    std::vector<std::string> arguments = {"server", "health", "--server", serving.address()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Signalbook(arguments);
  };
  struct Row {
    const char* what;
    std::vector<std::string> arguments;
    int exit_code;
    const char* output;
  };
  const Row rows[] = {
      {"the service that clients call", {}, 0, "serving\n"},
      {"the server as a whole", {"--service", ""}, 0, "serving\n"},
      {"a service that is not there", {"--service", "chess"}, 1, "no such service\n"},
      {"a file that is not there", {"--authorities", "/nowhere.pem"}, 2, ""},
      {"no patience", {"--timeout", "never"}, 2, ""},
  };
  for (const Row& row : rows) {
    const Result result = health(row.arguments);
    EXPECT_EQ(result.exit_code, row.exit_code) << row.what << ": " << result.errors;
    EXPECT_EQ(result.output, row.output) << row.what;
  }
  serving.process().Signal(SIGTERM);
  EXPECT_EQ(serving.process().Wait(absl::Seconds(20)), 0);
  const Result gone = health({});
  EXPECT_EQ(gone.exit_code, 3);
  EXPECT_THAT(gone.errors, HasSubstr(serving.address()));
}

TEST(ServeTest, NothingOfAMessageIsLogged) {
  Serving serving;
  const Result result = Signalbook({"translate", "--server", serving.address(), "--from", "en",
                                    "--to", "es", "sesquipedalian \xFF", "sesquipedalian"});
  EXPECT_EQ(result.exit_code, 2);
  serving.process().Signal(SIGTERM);
  EXPECT_EQ(serving.process().Wait(absl::Seconds(20)), 0);
  EXPECT_THAT(serving.process().output() + serving.process().errors(),
              Not(HasSubstr("sesquipedalian")));
}

// What curl prints.
std::string Curl(std::vector<std::string> arguments, const std::string& input = "") {
  arguments.insert(arguments.begin(), {"/usr/bin/env", "curl", "-sS", "--max-time", "60"});
  Process curl(arguments);
  curl.Write(input);
  EXPECT_EQ(curl.Wait(absl::Seconds(90)), 0) << curl.errors();
  return curl.output();
}

TEST(ServeTest, TranslatesOverHttp) {
  const std::string config = testing::TempDir() + "/serve_http.textproto";
  std::ofstream(config) << "http { allowed_origins: \"https://chat.example\" }\n";
  Serving serving({"--config", config, "--http", "127.0.0.1:0"});
  const std::string line = serving.process().ReadLine(kStart);
  ASSERT_THAT(line, StartsWith("http on http://127.0.0.1:"));
  const std::string url = line.substr(8);

  const std::string message = "🇨🇦 sesquipedalian? 🇨";
  const auto json = nlohmann::json::parse(
      Curl({url + "/signalbook.v1.TranslationService/TranslateText", "--json", "@-"},
           R"({"contents": [")" + message +
               R"("], "targetLanguageCode": "es", "emojiMode": "EMOJI_MODE_NAME"})"));
  const Result local =
      Signalbook({"translate", "--to", "es", "--emoji", "name", "--json", message});
  EXPECT_EQ(json["translations"][0], nlohmann::json::parse(local.output));

  const auto libre =
      nlohmann::json::parse(Curl({url + "/translate", "--data-urlencode", "q=" + message, "-d",
                                  "source=auto", "-d", "target=es"}));
  EXPECT_EQ(libre["translatedText"], message);
  EXPECT_EQ(libre["signalbook"]["verdict"], "REFUSED");
  EXPECT_THAT(Curl({url + "/languages", "-H", "Origin: https://chat.example", "-D", "-"}),
              HasSubstr("Access-Control-Allow-Origin: https://chat.example\r\n"));
  EXPECT_EQ(Curl({url + "/readyz", "-o", "/dev/null", "-w", "%{http_code}"}), "200");

  serving.process().Signal(SIGTERM);
  EXPECT_EQ(serving.process().Wait(absl::Seconds(20)), 0);
  EXPECT_THAT(serving.process().output() + serving.process().errors(),
              Not(HasSubstr("sesquipedalian")));
}

TEST(ServeTest, TheCommandLineAsksAServer) {
  Serving serving;
  const Result remote = Signalbook({"translate", "--server", serving.address(), "--to", "fr",
                                    "--emoji", "name", "--json", "🇩🇪", "🇨🇦🇨"});
  EXPECT_EQ(remote.exit_code, 0) << remote.errors;
  const Result local =
      Signalbook({"translate", "--to", "fr", "--emoji", "name", "--json", "🇩🇪", "🇨🇦🇨"});
  EXPECT_EQ(remote.output, local.output);
  const Result explained = Signalbook({"explain", "--server", serving.address(), "🇩🇪"});
  EXPECT_EQ(explained.output, Signalbook({"explain", "🇩🇪"}).output);
}

TEST(ServeTest, ErrorsOfAServerReadLikeThoseOfTheProcess) {
  Serving serving;
  const std::vector<std::string> bad = {"translate", "--to", "xx", "hello"};
  std::vector<std::string> remote = bad;
  remote.insert(remote.end(), {"--server", serving.address()});
  const Result here = Signalbook(bad);
  const Result there = Signalbook(remote);
  EXPECT_EQ(here.exit_code, 2);
  EXPECT_EQ(there.exit_code, 2);
  EXPECT_THAT(here.errors, HasSubstr("--to: \"xx\" is unknown"));
  EXPECT_EQ(here.errors, there.errors);
}

TEST(ServeTest, ASecondServerOnThePortSaysSo) {
  Serving serving;
  const Result second = Signalbook({"serve", "--listen", serving.address()});
  EXPECT_EQ(second.exit_code, 3);
  EXPECT_THAT(second.errors, HasSubstr("cannot listen on " + serving.address()));
}

TEST(ServeTest, RefusesToStartOnWhatIsWrong) {
  EXPECT_EQ(Signalbook({"serve", "--listen", "0.0.0.0:0"}).exit_code, 2);
  EXPECT_EQ(Signalbook({"serve", "--listen", "127.0.0.1"}).exit_code, 2);
  EXPECT_EQ(Signalbook({"serve", "--model-workers", "0"}).exit_code, 2);
  const Result no_book = Signalbook({"serve", "--book", "/nonexistent.book"});
  EXPECT_EQ(no_book.exit_code, 2);
  EXPECT_THAT(no_book.errors, HasSubstr("there is no book at /nonexistent.book"));

  const std::string config = testing::TempDir() + "/serve_test.textproto";
  std::ofstream(config) << "listen: \"127.0.0.1:0\"\nmodel_wrkers: 3\n";
  const Result typo = Signalbook({"serve", "--config", config});
  EXPECT_EQ(typo.exit_code, 2);
  EXPECT_THAT(typo.errors, HasSubstr(config + ":2:"));
  EXPECT_THAT(typo.errors, HasSubstr("model_wrkers"));
}

TEST(ServeTest, CheckSaysWhetherAConfigurationIsGood) {
  const struct {
    const char* what;
    const char* config;
    int exit_code;
    const char* says;
  } kRows[] = {
      {"nothing set", "", 0, "the configuration is good: book signalbook"},
      {"an address that is in use or not does not matter", "listen: \"127.0.0.1:1\"", 0, "good"},
      {"a database that is not there does not matter",
       "moderation { database: \"postgresql://127.0.0.1:1/none\" }", 0, "good"},
      {"an unknown field", "model_wrkers: 3", 2, ":1:"},
      {"a certificate that is not there",
       "tls { certificate_file: \"/none.pem\" key_file: \"/none.pem\" }", 2, "/none.pem"},
      {"an account without a token",
       "moderation { database: \"sqlite:/none\" accounts { name: \"ana\" role: \"viewer\" } }", 2,
       "accounts[0]: neither token_sha256"},
      {"HTTP", "http { address: \"127.0.0.1:1\" allowed_origins: \"https://chat.example\" }", 0,
       "good"},
      {"HTTP at no address", "http { allowed_origins: \"*\" }", 2, "http.address"},
      {"an origin with a path",
       "http { address: \"127.0.0.1:1\" allowed_origins: \"https://chat.example/\" }", 2,
       "http.allowed_origins[0]"},
      {"a client without a token", "access { clients { name: \"app\" } }", 2,
       "access.clients[0]: neither token_sha256"},
      {"an access for nobody", "access { }", 2, "access: nobody could call"},
      {"limits for everybody",
       "access { allow_anonymous: true anonymous_limits { requests_per_second: 5 } }", 0, "good"},
      {"a pivot through nowhere", "pivots { from: \"en\" to: \"pt\" }", 2, "pivots"},
      {"a check of the gate that cannot be switched off", "gate { disabled_checks: \"emoji\" }", 2,
       "emoji"},
  };
  const std::string path = testing::TempDir() + "/serve_check.textproto";
  for (const auto& row : kRows) {
    std::ofstream(path) << row.config << "\n";
    const Result result = Signalbook({"serve", "--check", "--config", path});
    EXPECT_EQ(result.exit_code, row.exit_code) << row.what << ": " << result.errors;
    EXPECT_THAT(result.output + result.errors, HasSubstr(row.says)) << row.what;
  }
}

TEST(ServeTest, ADamagedBookIsFoundAtTheStart) {
  std::ifstream in(SIGNALBOOK_BOOK_FILE, std::ios::binary);
  std::string image((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  ASSERT_GT(image.size(), 100'000u);
  image[image.size() - 100] ^= 1;
  const std::string path = testing::TempDir() + "/damaged.book";
  std::ofstream(path, std::ios::binary) << image;
  EXPECT_EQ(Signalbook({"serve", "--listen", "127.0.0.1:0", "--book", path}).exit_code, 2);
  EXPECT_EQ(Signalbook({"book", "verify", path}).exit_code, 2);
}

}  // namespace
}  // namespace signalbook
