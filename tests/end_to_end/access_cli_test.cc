// A server that asks who calls, and the commands that ask it for translations.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <vector>

#include "tests/end_to_end/process.h"
#include "tests/service/cli/temp_folder.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class AccessCliTest : public ::testing::Test {
 protected:
  AccessCliTest()
      : token_(folder_.Write("token", "sb_of-the-app\n")),
        wrong_(folder_.Write("wrong", "sb_of-nobody\n")),
        process_({SIGNALBOOK_PROGRAM, "serve", "--listen", "127.0.0.1:0", "--config",
                  folder_.Write("config",
                                "access { clients { name: \"app\" " +
                                    Signalbook({"token", "--hash"}, "sb_of-the-app\n").output +
                                    " limits { characters_per_minute: 60 character_burst: 500 } } "
                                    "}\n")}) {
    const std::string ready = process_.ReadLine(absl::Seconds(60));
    const size_t begin = ready.find("127.");
    EXPECT_NE(begin, ready.npos) << ready << process_.errors();
    if (begin != ready.npos) address_ = ready.substr(begin, ready.find(';') - begin);
  }

  const TempFolder folder_;
  const std::string token_;
  const std::string wrong_;
  std::string address_;
  Process process_;
};

TEST_F(AccessCliTest, CommandsShowATokenWhenTheyAreGivenOne) {
  const std::string& here = address_;
  const struct {
    const char* what;
    std::vector<std::string> arguments;
    int exit_code;
    const char* says;
  } kRows[] = {
      {"translate with a token",
       {"translate", "--to", "es", "--emoji", "name", "--server", here, "--token-file", token_,
        "🇨🇦"},
       0,
       "Canadá"},
      {"translate without one",
       {"translate", "--to", "es", "--server", here, "🇨🇦"},
       2,
       "say who you are"},
      {"translate with a token of nobody",
       {"translate", "--to", "es", "--server", here, "--token-file", wrong_, "🇨🇦"},
       2,
       "the token belongs to no account"},
      {"explain with a token",
       {"explain", "--server", here, "--token-file", token_, "🇨🇦"},
       0,
       "RGI"},
      {"explain without one", {"explain", "--server", here, "🇨🇦"}, 2, "say who you are"},
      {"more than the quota ever lets in",
       {"translate", "--to", "es", "--server", here, "--token-file", token_, std::string(501, 'x')},
       2,
       "501 code points, and you may send 500 at once"},
      {"a token in the clear to another machine",
       {"translate", "--to", "es", "--server", "192.0.2.1:50051", "--token-file", token_, "x"},
       2,
       "use --tls or --authorities"},
      {"a token for nobody",
       {"translate", "--to", "es", "--token-file", token_, "x"},
       2,
       "--server"},
      {"no such file",
       {"translate", "--to", "es", "--server", here, "--token-file", "/no/such", "x"},
       2,
       "/no/such"},
  };
  for (const auto& row : kRows) {
    const Result result = Signalbook(row.arguments);
    EXPECT_EQ(result.exit_code, row.exit_code) << row.what << ": " << result.errors;
    EXPECT_THAT(result.output + result.errors, HasSubstr(row.says)) << row.what;
    EXPECT_THAT(result.output + result.errors, Not(HasSubstr("sb_of"))) << row.what;
  }
}

TEST_F(AccessCliTest, ChecksOfAServerShowATokenToo) {
  const std::string corpus = folder_.Write(
      "corpus.jsonl",
      R"({"id":"flag","source":"🇨🇦","from":"en","to":"es","emoji":"name","expect":{"text":"Canadá"}})"
      "\n");
  const std::vector<std::string> check = {"check", corpus, "--server", address_};
  std::vector<std::string> with_token = check;
  with_token.insert(with_token.end(), {"--token-file", token_});
  const Result shown = Signalbook(with_token);
  EXPECT_THAT(shown.output, HasSubstr("1 passed, 0 failed")) << shown.errors;
  EXPECT_NE(Signalbook(check).exit_code, 0);
}

TEST_F(AccessCliTest, StopsAsEver) {
  process_.Signal(SIGTERM);
  EXPECT_EQ(process_.Wait(absl::Seconds(60)), 0) << process_.errors();
}

}  // namespace
}  // namespace signalbook
