// `signalbook token` from outside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/end_to_end/process.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;

// hashlib.sha256(b"sb_test").hexdigest()
constexpr char kTestHash[] = "40ac2e4f485212b6bf369c9d24c98c84453ab279fbc2fb5b3fca92fb03d5731b";

TEST(TokenTest, PrintsATokenAndItsHash) {
  const Result made = Signalbook({"token"});
  EXPECT_EQ(made.exit_code, 0);
  EXPECT_THAT(made.output,
              MatchesRegex("token: sb_[-_A-Za-z0-9]{43}\ntoken_sha256: \"[0-9a-f]{64}\"\n"));
  EXPECT_THAT(made.errors, HasSubstr("shown this once"));
  EXPECT_NE(Signalbook({"token"}).output, made.output);

  const std::string token = made.output.substr(7, 46);
  const Result hashed = Signalbook({"token", "--hash"}, token + "\n");
  EXPECT_EQ(hashed.exit_code, 0) << hashed.errors;
  EXPECT_EQ(hashed.output, made.output.substr(made.output.find('\n') + 1));
}

TEST(TokenTest, PrintsJson) {
  const nlohmann::json made = nlohmann::json::parse(Signalbook({"token", "--json"}).output);
  EXPECT_EQ(made.size(), 2u);
  EXPECT_EQ(made["token"].get<std::string>().size(), 46u);
  const Result hashed = Signalbook({"token", "--hash", "--json"}, made["token"].get<std::string>());
  EXPECT_EQ(nlohmann::json::parse(hashed.output),
            nlohmann::json({{"tokenSha256", made["tokenSha256"]}}));
}

TEST(TokenTest, HashesWhatStdinSays) {
  const struct {
    const char* what;
    std::string input;
    int exit_code;
  } kRows[] = {
      {"a line", "sb_test\n", 0},
      {"without its end", "sb_test", 0},
      {"of Windows", "sb_test\r\n", 0},
      {"nothing", "", 2},
      {"an empty line", "\n", 2},
      {"two lines", "sb_test\nsb_test\n", 2},
      {"a space behind it", "sb_test \n", 2},
      {"with its scheme", "Bearer sb_test\n", 2},
      {"no ASCII", "sb_tést\n", 2},
      {"too long", std::string(513, 'x') + "\n", 2},
  };
  for (const auto& row : kRows) {
    const Result result = Signalbook({"token", "--hash"}, row.input);
    EXPECT_EQ(result.exit_code, row.exit_code) << row.what;
    if (row.exit_code == 0) {
      EXPECT_EQ(result.output, std::string("token_sha256: \"") + kTestHash + "\"\n") << row.what;
      EXPECT_THAT(result.errors, IsEmpty()) << row.what;
    } else {
      EXPECT_THAT(result.output, IsEmpty()) << row.what;
      EXPECT_THAT(result.errors, HasSubstr("expected one line")) << row.what;
      EXPECT_THAT(result.errors, Not(HasSubstr("sb_t"))) << row.what;
    }
  }
}

TEST(TokenTest, TakesNoTokenFromTheCommandLine) {
  EXPECT_EQ(Signalbook({"token", "--hash", "sb_test"}, "sb_test\n").exit_code, 2);
}

TEST(TokenTest, HasHelp) {
  const Result help = Signalbook({"token", "--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.output, HasSubstr("Examples:"));
  EXPECT_THAT(help.output, HasSubstr("Exit codes:"));
}

}  // namespace
}  // namespace signalbook
