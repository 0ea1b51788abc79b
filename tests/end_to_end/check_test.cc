// `signalbook check` and `accept` from outside, as CI and a developer run them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "tests/end_to_end/process.h"
#include "tests/service/cli/temp_folder.h"

namespace signalbook {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kCorpora[] = SIGNALBOOK_SOURCE_DIR "/tests/corpora";

// Two cases that hold and one that does not.
constexpr char kThree[] =
    R"({"id":"name","source":"🇨🇦","from":"en","to":"es","emoji":"name","expect":{"text":"Canadá"}}
{"id":"prison","source":"他在🇨🇦等你。","from":"zh","to":"en","candidate":"He's in prison","expect":{"not_contains":["prison"],"reasons":["GUARDED_CONCEPT"]}}
{"id":"wrong","source":"🇲🇽","from":"en","to":"es","emoji":"name","expect":{"text":"Mexiko"}}
)";

std::string Read(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

std::string LastLine(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

class CheckTest : public ::testing::Test {
 protected:
  void SetUp() override { unsetenv("CI"); }

  Result Check(const std::vector<std::string>& arguments) {
    std::vector<std::string> all = {"check"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return Signalbook(all);
  }
  Result Accept(const std::vector<std::string>& arguments) {
    std::vector<std::string> all = {"accept"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return Signalbook(all);
  }
  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }

  const TempFolder folder_;
};

TEST_F(CheckTest, SaysWhatIsWrongAndEndsWithTheCounts) {
  const Result result = Check({folder_.Write("three.jsonl", kThree)});
  EXPECT_EQ(result.exit_code, 1) << result.errors;
  EXPECT_EQ(LastLine(result.output), "2 passed, 1 failed");
  EXPECT_THAT(result.output, AllOf(HasSubstr("three.jsonl:3"), HasSubstr("expect/text"),
                                   HasSubstr("Mexiko"), HasSubstr("México"),
                                   HasSubstr("U+1F1F2 U+1F1FD"), Not(HasSubstr("three.jsonl:1"))));
}

TEST_F(CheckTest, TheIncidentIsOneLine) {
  const Result result = Check({"--incident", "--sample", "10"});
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_THAT(LastLine(result.output), ContainsRegex("^[1-9][0-9]+ passed, 0 failed$"));
}

TEST_F(CheckTest, ShippedCorporaAreGreen) {
  for (const char* corpus : {"incident.jsonl", "nonsense.jsonl", "peers.tsv", "flags.tsv",
                             "markets.tsv", "dialects.tsv", "phrases.tsv", "every_sequence"}) {
    const Result result = Check({absl::StrCat(kCorpora, "/", corpus)});
    EXPECT_EQ(result.exit_code, 0) << corpus << "\n" << result.output << result.errors;
    EXPECT_THAT(LastLine(result.output), ContainsRegex("^[1-9][0-9]+ passed, 0 failed$")) << corpus;
  }
}

TEST_F(CheckTest, TheLawHoldsOnMessagesAndWhatBecomesOfThem) {
  for (const char* corpus : {"messages.txt", "protected.txt"}) {
    const Result result =
        Check({absl::StrCat(kCorpora, "/", corpus), "--to", "en,ar,ja", "--emoji", "keep,name,both",
               "--dialect", "slack", "--mutate", "all", "--sample", "20"});
    EXPECT_EQ(result.exit_code, 0) << corpus << "\n" << result.output << result.errors;
    EXPECT_THAT(LastLine(result.output), ContainsRegex("^[1-9][0-9]+ passed, 0 failed$")) << corpus;
  }
}

TEST_F(CheckTest, BadLinesAreNamedAndTheRestStillRuns) {
  const std::string corpus =
      folder_.Write("dirty.jsonl", absl::StrCat("{\"source\": \n", kThree, "{\"sauce\":\"x\"}\n"));
  const Result result = Check({corpus});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.output + result.errors,
              AllOf(HasSubstr("dirty.jsonl:1:"), HasSubstr("dirty.jsonl:5:"), HasSubstr("sauce")));
  EXPECT_EQ(LastLine(result.output), "2 passed, 1 failed");
}

TEST_F(CheckTest, WrongUsageIsTwo) {
  struct Row {
    const char* what;
    std::vector<std::string> arguments;
    const char* message;
  };
  for (const Row& row : std::vector<Row>{
           {"nothing to check", {}, "--incident"},
           {"no such corpus", {"/nonexistent.jsonl"}, "/nonexistent.jsonl"},
           {"no such subject", {"--incident", "--against", "oracle"}, "oracle"},
           {"no such report", {"--incident", "--report", "pdf"}, "pdf"},
           {"two reports to stdout",
            {"--incident", "--report", "tap", "--report", "jsonl"},
            "stdout"},
           {"no such shard", {"--incident", "--shard", "5/4"}, "5/4"},
           {"no pattern", {"--incident", "--only", "("}, "--only"},
           {"no such selector", {"--sequences", "banners", "--to", "en"}, "banners"},
           {"no such mutation", {"--incident", "--mutate", "shuffle"}, "shuffle"},
           {"no language", {"--sequences", "flags"}, "--to"},
           {"no baseline", {"--incident", "--baseline", "/nonexistent.tsv"}, "/nonexistent.tsv"},
       }) {
    const Result result = Check(row.arguments);
    EXPECT_EQ(result.exit_code, 2) << row.what << "\n" << result.errors;
    EXPECT_THAT(result.errors, HasSubstr(row.message)) << row.what;
  }
  EXPECT_EQ(Check({"--incident", "--server", "127.0.0.1:1", "--timeout", "1"}).exit_code, 3)
      << "nobody answers";
}

TEST_F(CheckTest, ShardsMergeIntoTheReportOfTheWhole) {
  const std::string corpus = folder_.Write("three.jsonl", kThree);
  const Result whole = Check({corpus, "--report", "junit=" + Path("whole.xml"), "--report",
                              "sarif=" + Path("whole.sarif")});
  EXPECT_EQ(whole.exit_code, 1);
  std::vector<std::string> merge = {"check", "merge"};
  for (const char* shard : {"2", "1"}) {
    const std::string record = Path(absl::StrCat(shard, ".jsonl"));
    Check({corpus, "--shard", absl::StrCat(shard, "/2"), "--report", "jsonl=" + record});
    merge.push_back(record);
  }
  const std::vector<std::string> records(merge.begin() + 2, merge.end());
  for (const char* report : {"junit=merged.xml", "sarif=merged.sarif"}) {
    const std::string name(report);
    const size_t equals = name.find('=');
    merge.insert(merge.end(),
                 {"--report", name.substr(0, equals + 1) + Path(name.substr(equals + 1))});
  }
  const Result merged = Signalbook(merge);
  EXPECT_EQ(merged.exit_code, 1) << merged.errors;
  EXPECT_EQ(LastLine(merged.output), LastLine(whole.output));
  EXPECT_EQ(Read(Path("merged.xml")), Read(Path("whole.xml")));
  EXPECT_EQ(Read(Path("merged.sarif")), Read(Path("whole.sarif")));

  const Result lonely = Signalbook({"check", "merge", records[0]});
  EXPECT_EQ(lonely.exit_code, 2);
  EXPECT_THAT(lonely.errors, HasSubstr("1/2 is missing"));
  const Result twice = Signalbook({"check", "merge", records[0], records[0]});
  EXPECT_EQ(twice.exit_code, 2);
}

TEST_F(CheckTest, ReportsAreTheSameEveryTime) {
  const std::string corpus = folder_.Write("three.jsonl", kThree);
  for (const char* format : {"jsonl", "junit", "sarif", "tap", "html", "github"}) {
    const Result first = Check({corpus, "--report", format, "--threads", "1"});
    const Result second = Check({corpus, "--report", format, "--threads", "7"});
    EXPECT_EQ(first.output, second.output) << format;
    EXPECT_THAT(first.output, HasSubstr("Mexiko")) << format;
  }
}

TEST_F(CheckTest, ARunThatWasInterruptedGoesOn) {
  std::string corpus;
  for (int i = 0; i < 25000; ++i)
    absl::StrAppend(&corpus, i == 24000 ? "\xFF" : "", "🇨🇦 ", i, "\n");
  const std::string path = folder_.Write("many.txt", corpus);
  const std::vector<std::string> arguments = {path, "--to", "es", "--policy", "strict"};
  std::vector<std::string> recorded = arguments;
  recorded.insert(recorded.end(), {"--report", "jsonl=" + Path("whole.jsonl")});
  EXPECT_EQ(Check(recorded).exit_code, 2) << "a line is no UTF-8";
  const std::string whole = Read(Path("whole.jsonl"));
  // As if killed in the middle of a line behind the second checkpoint.
  size_t cut = whole.find("\"progress\"");
  cut = whole.find("\"progress\"", cut + 1);
  ASSERT_NE(cut, std::string::npos);
  folder_.Write("half.jsonl.part", whole.substr(0, whole.find('\n', cut) + 20));

  std::vector<std::string> resumed = arguments;
  resumed.insert(resumed.end(), {"--resume", Path("half.jsonl")});
  const Result result = Check(resumed);
  EXPECT_EQ(result.exit_code, 2) << result.errors;
  EXPECT_EQ(LastLine(result.output), "24999 passed, 0 failed");
  EXPECT_EQ(Read(Path("half.jsonl")), whole);
  EXPECT_EQ(Check(resumed).exit_code, 2) << "that run has ended";
}

TEST_F(CheckTest, OnlyNewFindingsFailOnceOldOnesAreAccepted) {
  const std::string corpus = folder_.Write("three.jsonl", kThree);
  const std::string baseline = Path("accepted.tsv");
  const std::vector<std::string> accept = {corpus,      "--baseline", baseline,
                                           "--outputs", "--by",       "Ada"};

  const Result shown = Accept(accept);
  EXPECT_EQ(shown.exit_code, 1);
  EXPECT_THAT(shown.errors, HasSubstr("--reason"));
  EXPECT_THAT(shown.output, AllOf(HasSubstr("three.jsonl:3"), HasSubstr("expect/text")));
  EXPECT_THAT(Read(baseline), IsEmpty()) << "nothing is written";

  std::vector<std::string> with_reason = accept;
  with_reason.insert(with_reason.end(), {"--reason", "old spelling"});
  setenv("CI", "true", 1);
  EXPECT_EQ(Accept(with_reason).exit_code, 1) << "never in CI";
  unsetenv("CI");
  std::vector<std::string> capped = with_reason;
  capped.insert(capped.end(), {"--max-changes", "2"});
  EXPECT_EQ(Accept(capped).exit_code, 1) << "more than two";
  EXPECT_THAT(Read(baseline), IsEmpty());
  EXPECT_EQ(Accept(with_reason).exit_code, 0);
  EXPECT_THAT(Read(baseline),
              AllOf(HasSubstr("Ada"), HasSubstr("old spelling"), HasSubstr("México")));

  const Result clean = Check({corpus, "--baseline", baseline, "--outputs"});
  EXPECT_EQ(clean.exit_code, 0) << clean.output;
  EXPECT_EQ(LastLine(clean.output), "3 passed, 0 failed");

  // Another case, and one less.
  const std::string changed = absl::StrCat(
      "{\"id\":\"new\",\"source\":\"🇵🇪\",\"from\":\"en\",\"to\":\"es\",\"emoji\":\"name\"}\n",
      std::string(kThree).substr(0, std::string(kThree).find("{\"id\":\"wrong\"")));
  const Result fresh =
      Check({folder_.Write("three.jsonl", changed), "--baseline", baseline, "--outputs"});
  EXPECT_EQ(fresh.exit_code, 1);
  EXPECT_EQ(LastLine(fresh.output), "2 passed, 1 failed") << "its output is not accepted yet";
  EXPECT_THAT(fresh.output, HasSubstr("expect/text es 1F1F2-1F1FD")) << "stale rows are reported";
}

// A server's models answer for themselves: candidates, and what is expected of them alone, are left out.
TEST_F(CheckTest, ShippedCorporaAreGreenOnAServer) {
  Process server({SIGNALBOOK_PROGRAM, "serve", "--listen", "127.0.0.1:0"});
  const std::string line = server.ReadLine(absl::Seconds(20));
  const size_t begin = line.find("127.0.0.1:");
  ASSERT_NE(begin, std::string::npos) << line;
  const std::string address = line.substr(begin, line.find(';') - begin);
  const std::string corpora(kCorpora);
  const Result result = Check({corpora + "/incident.jsonl", corpora + "/nonsense.jsonl",
                               corpora + "/flags.tsv", "--server", address});
  EXPECT_EQ(result.exit_code, 0) << result.output << result.errors;
  EXPECT_THAT(LastLine(result.output), ContainsRegex("^[1-9][0-9]+ passed, 0 failed$"));
}

TEST_F(CheckTest, ComparesTwoSubjects) {
  const std::string corpus = folder_.Write("three.jsonl", kThree);
  const Result same = Check({corpus, "--compare", "here", SIGNALBOOK_BOOK_FILE});
  EXPECT_EQ(same.exit_code, 0) << same.output << same.errors;
  EXPECT_EQ(LastLine(same.output), "3 passed, 0 failed");

  const std::string config = folder_.Write(
      "no_guards.textproto", "gate { disabled_checks: \"guards\" disabled_checks: \"lexicon\" }");
  const Result result = Check({corpus, "--compare", "here", "config:" + config});
  EXPECT_EQ(result.exit_code, 1) << result.errors;
  EXPECT_EQ(LastLine(result.output), "2 passed, 1 failed");
  EXPECT_THAT(result.output,
              AllOf(HasSubstr("three.jsonl:2"), HasSubstr("compare/text"), HasSubstr("in prison")));
}

TEST_F(CheckTest, ProvesThatItWouldNotice) {
  const Result result =
      Check({absl::StrCat(kCorpora, "/incident.jsonl"), absl::StrCat(kCorpora, "/nonsense.jsonl"),
             absl::StrCat(kCorpora, "/markets.tsv"), absl::StrCat(kCorpora, "/phrases.tsv"),
             "--prove", "--mutants", "30"});
  EXPECT_EQ(result.exit_code, 0) << result.output << result.errors;
  EXPECT_THAT(LastLine(result.output), ContainsRegex("^mutation score (99|100)"));

  const std::string weak =
      folder_.Write("weak.jsonl", R"({"source":"🇨🇦","from":"en","to":"es","emoji":"name"})"
                                  "\n");
  const Result blind = Check({weak, "--prove"});
  EXPECT_EQ(blind.exit_code, 1);
  EXPECT_THAT(blind.output, AllOf(HasSubstr("not noticed"), HasSubstr("1F1E8-1F1E6"),
                                  HasSubstr("mutation score 0.0 %")));
}

}  // namespace
}  // namespace signalbook
