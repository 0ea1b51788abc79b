// What the commands of moderation say to who has no server, no token, or no right.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "tests/end_to_end/moderated_server.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(ModerationAccessTest, EveryErrorSaysWhatToDo) {
  const ModeratedServer server;
  const TempFolder folder;
  const std::string wrong = folder.Write("wrong", "sb_secret-of-nobody\n");
  const std::string two_lines = folder.Write("two", "sb_secret-of-vic\nsb_secret-of-mia\n");
  const std::string empty = folder.Write("empty", "");
  const std::string& here = server.address();
  const std::string vic = server.TokenFile("vic");
  const std::string mia = server.TokenFile("mia");
  const struct {
    const char* what;
    std::vector<std::string> arguments;
    int exit_code;
    const char* says;
  } kRows[] = {
      {"a token of nobody",
       {"revisions", "list", "--server", here, "--token-file", wrong},
       2,
       "the token belongs to no account; ask for a new one"},
      {"no token",
       {"revisions", "list", "--server", here},
       2,
       "Set $SIGNALBOOK_TOKEN or --token-file"},
      {"an empty token file",
       {"revisions", "list", "--server", here, "--token-file", empty},
       2,
       "holds no token"},
      {"two tokens in a file",
       {"revisions", "list", "--server", here, "--token-file", two_lines},
       2,
       "holds no token; expected one line"},
      {"no such token file",
       {"revisions", "list", "--server", here, "--token-file", "/no/such"},
       2,
       "/no/such"},
      {"a token in the clear to another machine",
       {"revisions", "list", "--server", "192.0.2.1:50051", "--token-file", vic},
       2,
       "use --tls or --authorities"},
      {"a certificate without its key",
       {"revisions", "list", "--server", here, "--token-file", vic, "--certificate", vic},
       2,
       "--certificate and --key go together"},
      {"no server",
       {"revisions", "list", "--server", "127.0.0.1:1", "--token-file", vic},
       3,
       "is `signalbook serve` running there?"},
      {"a role that is too low",
       {"proposals", "create", "names:es:1F44D", "--text", "pulgar", "--reason", "x", "--server",
        here, "--token-file", vic},
       2,
       "moderator"},
      {"no such emoji",
       {"entries", "show", "names:es:XYZ", "--server", here, "--token-file", vic},
       2,
       "known sequence"},
      {"no such locale",
       {"entries", "list", "--scope", "xx", "--server", here, "--token-file", vic},
       2,
       "the book has no locale \"xx\""},
      {"no entry at all",
       {"entries", "show", "1F44D", "--server", here, "--token-file", vic},
       2,
       "an entry is called entries/TABLE:SCOPE:KEY"},
      {"no such table",
       {"entries", "list", "--table", "nouns", "--scope", "es", "--server", here, "--token-file",
        vic},
       2,
       "\"nouns\" is not one of names, phrases, guards, terms"},
      {"no such proposal",
       {"proposals", "show", "99", "--server", here, "--token-file", vic},
       2,
       "there is no such proposal"},
      {"no such revision",
       {"revisions", "diff", "--from", "7", "--server", here, "--token-file", vic},
       2,
       "they go from 0 (the book) to 0"},
      {"no reason",
       {"proposals", "create", "names:es:1F44D", "--text", "pulgar", "--server", here,
        "--token-file", mia},
       2,
       "say why"},
      {"a row that says nothing",
       {"proposals", "create", "names:es:1F44D", "--reason", "x", "--server", here, "--token-file",
        mia},
       2,
       "One of --text, --blocked, --remove, --reset"},
      {"a row that says two things",
       {"proposals", "create", "names:es:1F44D", "--text", "pulgar", "--blocked", "--reason", "x",
        "--server", here, "--token-file", mia},
       2,
       "excludes"},
      {"a time that is none",
       {"entries", "block", "names:es:1F44D", "--reason", "x", "--reported", "yesterday",
        "--server", here, "--token-file", vic},
       2,
       "2026-11-27T17:20:00Z"},
      {"a format that is none",
       {"entries", "export", "--scope", "es", "--format", "xls", "--server", here, "--token-file",
        vic},
       2,
       "is not one of csv, jsonl, tbx, tmx, xliff"},
      {"a file whose name tells no format",
       {"entries", "import", wrong, "--dry-run", "--server", here, "--token-file", mia},
       2,
       "--format: required"},
      {"a head that is no hash",
       {"audit", "verify", "--head", "9c1e", "--server", here},
       2,
       "64 hexadecimal digits"},
      {"a backup that is not there",
       {"audit", "verify", "--database", "sqlite:/no/such.db"},
       2,
       "there is no such file"},
  };
  for (const auto& row : kRows) {
    const Result result = Signalbook(row.arguments);
    EXPECT_EQ(result.exit_code, row.exit_code) << row.what << ": " << result.errors;
    EXPECT_THAT(result.errors, HasSubstr(row.says)) << row.what;
    EXPECT_THAT(result.errors, Not(HasSubstr("secret"))) << row.what << ": a token is no message";
    EXPECT_THAT(result.output, IsEmpty()) << row.what;
  }
}

TEST(ModerationAccessTest, TakesTheTokenFromTheEnvironment) {
  const ModeratedServer server;
  const std::vector<std::string> arguments = {"revisions", "list", "--server", server.address()};
  setenv("SIGNALBOOK_TOKEN", server.Token("vic").c_str(), 1);
  const Result known = Signalbook(arguments);
  setenv("SIGNALBOOK_TOKEN", "sb_secret-of-nobody", 1);
  const Result unknown = Signalbook(arguments);
  const Result by_file = server.As("vic", {"revisions", "list"});
  unsetenv("SIGNALBOOK_TOKEN");
  EXPECT_EQ(known.exit_code, 0) << known.errors;
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.errors, Not(HasSubstr("secret")));
  EXPECT_EQ(by_file.exit_code, 0) << "a file that is named wins: " << by_file.errors;
}

TEST(ModerationAccessTest, AServerWithoutADatabaseSaysSo) {
  Process process({SIGNALBOOK_PROGRAM, "serve", "--listen", "127.0.0.1:0"});
  const std::string ready = process.ReadLine(absl::Seconds(60));
  const std::string address = ready.substr(13, ready.find(';') - 13);
  const TempFolder folder;
  const Result result = Signalbook({"audit", "list", "--server", address, "--token-file",
                                    folder.Write("token", "sb_secret-of-vic")});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.errors, HasSubstr("moderation"));
}

}  // namespace
}  // namespace signalbook
