// SARIF, TAP and GitHub's workflow commands as their readers see them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "service/check/judge.h"
#include "service/cli/sarif.h"
#include "tests/service/check/report_samples.h"

namespace signalbook::check {
namespace {

using Json = nlohmann::json;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Json SarifRun(const std::vector<Entry>& entries) {
  const Json document = Json::parse(Report("sarif", entries), nullptr, false);
  EXPECT_EQ(document.value("version", ""), "2.1.0");
  EXPECT_THAT(document.value("$schema", ""), EndsWith("sarif-2.1.0.json"));
  return document["runs"].at(0);
}

TEST(SarifReportTest, AResultAFinding) {
  const Json run = SarifRun({Passed("one"), Failed("two", "my corpora/ä:1.jsonl"),
                             BadLine{"a.jsonl", 7, "no \"source\""}, Failed("made", "flags", 0)});
  const Json& driver = run["tool"]["driver"];
  EXPECT_EQ(driver["name"], "signalbook check");
  EXPECT_EQ(driver["version"], "0.1.0");
  ASSERT_EQ(run["results"].size(), 3u);
  for (const Json& result : run["results"]) {
    EXPECT_EQ(driver["rules"].at(result["ruleIndex"].get<size_t>())["id"], result["ruleId"]);
    EXPECT_EQ(result["level"], "error");
  }

  const Json& first = run["results"][0];
  EXPECT_EQ(first["ruleId"], "expect/contains");
  const std::string message = first["message"]["text"];
  for (const std::string part : {"\"Canada\" does not stand in the translation", "expected: Canada",
                                 "actual: He's in prison.", "他在🇨🇦 [U+1F1E8 U+1F1E6]等你。"}) {
    EXPECT_THAT(message, HasSubstr(part));
  }
  const Json& place = first["locations"][0]["physicalLocation"];
  EXPECT_EQ(place["artifactLocation"]["uri"], "my%20corpora/%C3%A4%3A1.jsonl");
  EXPECT_EQ(place["region"]["startLine"], 2);

  EXPECT_EQ(run["results"][1]["ruleId"], "corpus/bad-line");
  EXPECT_EQ(run["results"][1]["locations"][0]["physicalLocation"]["region"]["startLine"], 7);

  // A code host wants a file; what has none says so.
  const Json& made = run["results"][2]["locations"][0];
  EXPECT_EQ(made["logicalLocations"][0]["fullyQualifiedName"], "flags::made");
  EXPECT_EQ(made["physicalLocation"]["artifactLocation"]["uri"], "flags");
  EXPECT_EQ(made["physicalLocation"]["region"]["startLine"], 1);

  EXPECT_EQ(run["invocations"][0]["executionSuccessful"], true);
  EXPECT_EQ(run["properties"]["failed"], 2);
}

TEST(SarifReportTest, RulesOfTheListAndOthers) {
  CaseResult other = Failed("two");
  other.findings[0].rule = "gate/SOMETHING_NEW";
  const Json run = SarifRun({other, Hostile(), other});
  const Json& rules = run["tool"]["driver"]["rules"];
  ASSERT_EQ(rules.size(), Rules().size() + 3) << "bad lines, and the two new ones";
  EXPECT_EQ(rules.at(run["results"][0]["ruleIndex"].get<size_t>())["id"], "gate/SOMETHING_NEW");
  EXPECT_EQ(run["results"][0]["ruleIndex"], run["results"][2]["ruleIndex"]);
}

TEST(SarifReportTest, AFingerprintIsTheKeyOfTheBaseline) {
  struct Row {
    std::string description;
    void (*change)(CaseResult*);
    bool same;
  };
  const std::vector<Row> rows = {
      {"the line moves", [](CaseResult* r) { r->line = 99; }, true},
      {"another output", [](CaseResult* r) { r->output = "x"; }, true},
      {"another id", [](CaseResult* r) { r->id = "x"; }, true},
      {"another rule", [](CaseResult* r) { r->findings[0].rule = "law/copy"; }, false},
      {"another language", [](CaseResult* r) { r->to = "es"; }, false},
      {"another sequence", [](CaseResult* r) { r->sequence = "1F600"; }, false},
      {"another message", [](CaseResult* r) { r->text_hash = "f123456789abcdef"; }, false},
  };
  for (const Row& row : rows) {
    CaseResult changed = Failed("two");
    row.change(&changed);
    const Json results = SarifRun({Failed("two"), changed})["results"];
    EXPECT_EQ(results[0]["partialFingerprints"] == results[1]["partialFingerprints"], row.same)
        << row.description;
  }
}

TEST(SarifReportTest, PlaceholdersAndLinksAreNone) {
  const std::string message = SarifRun({Hostile()})["results"][0]["message"]["text"];
  EXPECT_THAT(message, HasSubstr("[a\\](1) {{0}}"));
}

TEST(SarifReportTest, FiveThousandResultsAndHowManyMore) {
  std::vector<Entry> entries;
  for (int i = 0; i < 5003; ++i) entries.push_back(Failed(StrCat("case ", i)));
  const Json run = SarifRun(entries);
  EXPECT_EQ(run["results"].size(), 5000u);
  EXPECT_THAT(run["invocations"][0]["toolExecutionNotifications"].dump(),
              HasSubstr("and 3 more results"));
}

TEST(SarifUriTest, IsAReference) {
  struct Row {
    std::string path, uri;
  };
  for (const Row& row : std::vector<Row>{{"a.jsonl", "a.jsonl"},
                                         {"./tests//corpora/a b.tsv", "tests/corpora/a%20b.tsv"},
                                         {"../a.tsv", "../a.tsv"},
                                         {"c:x", "c%3Ax"},
                                         {"100%#?.txt", "100%25%23%3F.txt"},
                                         {"\xFF", "%FF"},
                                         {"/no/such/a.txt", "file:///no/such/a.txt"}}) {
    EXPECT_EQ(SarifUri(row.path), row.uri) << row.path;
  }
}

TEST(TapReportTest, ReadsLikeThis) {
  EXPECT_EQ(Report("tap", {Passed("one #1"), Failed("two # TODO later"),
                           BadLine{"a.jsonl", 7, "no \"source\""}}),
            R"(TAP version 13
ok 1 - one \#1
not ok 2 - two \# TODO later
  ---
  at: "a.jsonl:2"
  direction: "zh→en name"
  findings:
    - rule: "expect/contains"
      message: "\"Canada\" does not stand in the translation"
      expected: "Canada"
      actual: "He's in prison."
  source: "他在🇨🇦 [U+1F1E8 U+1F1E6]等你。"
  output: "He's in prison."
  origin: "https://example.org/incident"
  ...
not ok 3 - a.jsonl:7 (no case)
  ---
  message: "no \"source\""
  ...
1..3
# 1 passed, 1 failed
)");
  EXPECT_THAT(Report("tap", {}), HasSubstr("1..0 # SKIP no cases\n"));
}

TEST(TapReportTest, PassesAreCountedBeyondTheFirst) {
  std::vector<Entry> entries;
  for (int i = 0; i < kMostListedPasses + 5; ++i) entries.push_back(Passed(StrCat("case ", i)));
  const std::string tap = Report("tap", entries);
  EXPECT_THAT(tap, HasSubstr("\nok 10001 - and 5 more passed\n1..10001\n"));

  RunSummary summary;
  summary.passed = 1002;
  EXPECT_THAT(Report("tap", {Passed("one"), Passed("two")}, summary),
              HasSubstr("\nok 3 - and 1000 more passed\n1..3\n"))
      << "a record does not list them all";
}

class GithubReportTest : public testing::Test {
 protected:
  void SetUp() override { setenv("GITHUB_STEP_SUMMARY", summary_.c_str(), /*overwrite=*/1); }
  void TearDown() override { unsetenv("GITHUB_STEP_SUMMARY"); }

  const TempFolder folder_;
  const std::string summary_ = folder_.Write("summary.md", "# Before\n");
};

TEST_F(GithubReportTest, AnnotationsAndASummary) {
  CaseResult odd = Failed("odd", "my,corpora:100%.tsv", 4);
  odd.findings[0].message = "100% wrong";
  EXPECT_EQ(Report("github", {Passed("one"), odd, BadLine{"a.jsonl", 7, "no \"source\""},
                              Failed("made", "flags", 0)}),
            "::error file=my%2Ccorpora%3A100%25.tsv,line=4,title=expect/contains::100%25 wrong"
            "%0Aodd  zh→en name%0Aexpected: Canada%0Aactual: He's in prison."
            "%0Asource: 他在🇨🇦 [U+1F1E8 U+1F1E6]等你。%0Aoutput: He's in prison.\n"
            "::error file=a.jsonl,line=7,title=corpus/bad-line::no \"source\"\n"
            "::error title=expect/contains::\"Canada\" does not stand in the translation"
            "%0Amade  zh→en name%0Aexpected: Canada%0Aactual: He's in prison."
            "%0Asource: 他在🇨🇦 [U+1F1E8 U+1F1E6]等你。%0Aoutput: He's in prison.\n");
  const std::string summary = folder_.Read("summary.md");
  EXPECT_THAT(summary, StartsWith("# Before\n")) << "it is appended to";
  EXPECT_THAT(summary, HasSubstr("### signalbook check: 1 passed, 2 failed\n"));
  EXPECT_EQ(CountOf(summary, "\n| "), 4u) << "the head of the table and three rows";
}

TEST_F(GithubReportTest, NothingInATextIsACommandOrMarkdown) {
  const std::string commands = Report("github", {Hostile()});
  EXPECT_EQ(CountOf(commands, "\n"), 1u);
  const std::string summary = folder_.Read("summary.md");
  EXPECT_THAT(summary, Not(HasSubstr("<script>")));
  const std::string row = summary.substr(summary.rfind("\n| ") + 1);
  size_t cells = 0;
  for (size_t i = 0; i < row.size(); ++i) {
    if (row[i] == '\\') {
      ++i;  // what is escaped
    } else if (row[i] == '|') {
      ++cells;
    } else {
      EXPECT_NE(row[i], '`');
    }
  }
  EXPECT_EQ(cells, 7u) << row;
}

TEST_F(GithubReportTest, TenAnnotationsAndHowManyMore) {
  const std::vector<Entry> entries(13, Failed("one"));
  const std::string commands = Report("github", entries);
  EXPECT_EQ(CountOf(commands, "::error "), 10u);
  EXPECT_THAT(commands, EndsWith("\n::notice::and 3 more\n"));
}

TEST_F(GithubReportTest, TheSummaryStaysUnderOneMebibyteWithWhatWasThere) {
  folder_.Write("summary.md", std::string(500'000, 'x') + "\n");
  CaseResult big = Failed("big");
  big.findings[0].message = std::string(5000, '<');
  Report("github", std::vector<Entry>(5000, big));
  const std::string summary = folder_.Read("summary.md");
  EXPECT_LT(summary.size(), 1'048'576u);
  EXPECT_GT(summary.size(), 1'000'000u);
  EXPECT_THAT(summary, EndsWith(" more\n\n"));

  folder_.Write("summary.md", std::string(1'048'000, 'x'));
  Report("github", {Failed("one")});
  EXPECT_EQ(folder_.Read("summary.md").size(), 1'048'000u) << "no room even for the headline";
}

TEST(GithubReportWithoutSummaryTest, IsTheAnnotationsAlone) {
  unsetenv("GITHUB_STEP_SUMMARY");
  EXPECT_THAT(Report("github", {Failed("one")}), StartsWith("::error file=a.jsonl,line=2,"));
  EXPECT_EQ(Report("github", {Passed("one")}), "") << "all is well";
}

}  // namespace
}  // namespace signalbook::check
