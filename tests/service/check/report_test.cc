// What all reports promise, and those for people.
#include "service/check/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "tests/service/check/report_samples.h"
#include "translator/normalize.h"

namespace signalbook::check {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(ReportTest, EveryFormIsCleanAndTheSameEveryTime) {
  const std::vector<Entry> entries = {Passed("one"),
                                      Failed("two"),
                                      Hostile(),
                                      BadLine{"b\n.tsv", 7, "what\x1B\xFF\uFFFE\nis wrong"},
                                      Passed("three", "", 0),
                                      Failed("four", "flags", 0)};
  RunSummary summary = Summary(entries);
  summary.stale = {"law/copy es 1F600 0123456789abcdef", "\x1B\xFF"};
  summary.accepted = 2;
  summary.left_out = 4;
  summary.stopped_early = true;
  for (const std::string& format : ReportFormats()) {
    const std::string report = Report(format, entries, summary);
    EXPECT_EQ(FindInvalidUtf8(report), std::nullopt) << format;
    for (const char c : report) {
      ASSERT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << format << " " << int(c);
    }
    // The record keeps bidi controls: it is no report for people.
    if (format != "jsonl") {
      EXPECT_THAT(report, Not(HasSubstr("\u202E"))) << format;
    }
    EXPECT_THAT(report, EndsWith("\n")) << format;
    RunSummary later = summary;
    if (format != "text") later.seconds = 12.5;
    EXPECT_EQ(Report(format, entries, later), report) << format;
  }
}

TEST(ReportTest, EveryFormTakesARunOfNothing) {
  for (const std::string& format : ReportFormats()) {
    // GitHub has nothing to say then.
    if (format != "github") {
      EXPECT_THAT(Report(format, {}), EndsWith("\n")) << format;
    }
  }
}

TEST(ReportTest, WrongFormsAndPaths) {
  const auto unknown = MakeReport("xml", "-", Info());
  EXPECT_EQ(unknown.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(unknown.status().message()), HasSubstr("text, jsonl, junit"));
  for (const std::string& format : ReportFormats()) {
    EXPECT_EQ(MakeReport(format, "/no/such/folder/report", Info()).status().code(),
              absl::StatusCode::kInternal)
        << format;
  }
}

TEST(ReportTest, TheOldReportStaysUntilTheEnd) {
  for (const std::string& format : ReportFormats()) {
    const TempFolder folder;
    const std::string path = folder.Write("report", "old");
    {
      auto report = MakeReport(format, path, Info());
      ASSERT_TRUE(report.ok()) << format;
      (*report)->Add(Failed("one"));
      EXPECT_EQ(folder.Read("report"), "old") << format;
      if (format == "junit") continue;  // a run that never ends
      ASSERT_TRUE((*report)->Finish({}).ok()) << format;
      EXPECT_NE(folder.Read("report"), "old") << format;
    }
  }
  const TempFolder folder;
  const std::string path = folder.Write("report", "old");
  { ASSERT_TRUE(MakeReport("junit", path, Info()).ok()); }
  EXPECT_EQ(folder.Read("report"), "old");
  EXPECT_EQ(folder.Names().size(), 1u) << "what was not finished is taken away";
}

TEST(ReportTest, NoFileTakesThePlaceOfADevice) {
  for (const std::string& format : ReportFormats()) {
    auto report = MakeReport(format, "/dev/null", Info());
    ASSERT_TRUE(report.ok()) << format;
    EXPECT_TRUE((*report)->Finish({}).ok()) << format;
    struct stat there;
    ASSERT_EQ(stat("/dev/null", &there), 0);
    ASSERT_TRUE(S_ISCHR(there.st_mode)) << format;
  }
}

TEST(ReportTest, AFullDiskIsTold) {
  for (const std::string& format : ReportFormats()) {
    auto report = MakeReport(format, "/dev/full", Info());
    ASSERT_TRUE(report.ok()) << format;
    (*report)->Add(Failed("one"));
    EXPECT_EQ((*report)->Finish({}).code(), absl::StatusCode::kInternal) << format;
  }
}

TEST(TextReportTest, ReadsLikeThis) {
  CaseResult detected = Failed("flags/1F1E8-1F1E6→en", "flags", 0);
  detected.from = "";
  detected.origin = "";
  detected.findings = {{"law/copy", "a copy is not its source", "", ""},
                       {"expect/text", "another translation", "", "x\n"}};
  const std::vector<Entry> entries = {Passed("one"), Failed("two"),
                                      BadLine{"a.jsonl", 7, "no \"source\""}, detected};
  RunSummary summary = Summary(entries);
  summary.stale = {"law/copy es 1F600 0123456789abcdef"};
  summary.accepted = 1;
  summary.seconds = 0.5;
  EXPECT_EQ(Report("text", entries, summary),
            R"(FAIL a.jsonl:2 two  zh→en name
  expect/contains: "Canada" does not stand in the translation
    expected  Canada
    actual    He's in prison.
  source  他在🇨🇦 [U+1F1E8 U+1F1E6]等你。
  output  He's in prison.
  origin  https://example.org/incident

a.jsonl:7: no "source"
FAIL flags flags/1F1E8-1F1E6→en  auto→en name
  law/copy: a copy is not its source
  expect/text: another translation
    expected  
    actual    x\x0A
  source  他在🇨🇦 [U+1F1E8 U+1F1E6]等你。
  output  He's in prison.

stale in the baseline: law/copy es 1F600 0123456789abcdef
answered by here, signalbook 0.1.0 1a2b3c
3 cases in 0.5 s, 6 a second
1 finding accepted, 1 bad line, 1 stale row of the baseline
1 passed, 2 failed
)");
}

TEST(TextReportTest, ALongTextIsCutBetweenCodePoints) {
  CaseResult result = Failed("long");
  result.source.clear();
  for (int i = 0; i < 2000; ++i) result.source += "等";  // 6,000 bytes
  const std::string report = Report("text", {result});
  EXPECT_THAT(report, HasSubstr("等… [and 2001 bytes]\n"));
  EXPECT_THAT(report, Not(HasSubstr("\\x")));
}

TEST(TextReportTest, ManyStaleRowsAreCounted) {
  RunSummary summary;
  for (int i = 0; i < 103; ++i) summary.stale.push_back(StrCat("row ", i));
  const std::string report = Report("text", {}, summary);
  EXPECT_EQ(CountOf(report, "stale in the baseline: row"), 100u);
  EXPECT_THAT(report, HasSubstr("and 3 more\n"));
}

TEST(HtmlReportTest, ShowsWhatFailedAndRunsNothingOfIt) {
  const std::vector<Entry> entries = {Passed("one"), Failed("two"), Hostile(),
                                      BadLine{"a.jsonl", 7, "no <b>source</b>"}};
  RunSummary summary = Summary(entries);
  summary.stale = {"law/copy es <i>"};
  const std::string page = Report("html", entries, summary);
  EXPECT_THAT(page, StartsWith("<!doctype html>"));
  EXPECT_THAT(page, HasSubstr("<title>1 passed, 2 failed"));
  EXPECT_THAT(page, HasSubstr("<span class=\"picture\">🇨🇦</span><code>U+1F1E8 U+1F1E6</code>"));
  EXPECT_THAT(page, HasSubstr("<bdi lang=\"zh\">他在🇨🇦 <span class=\"points\" dir=\"ltr\" "
                              "lang=\"en\">[U+1F1E8 U+1F1E6]</span>等你。</bdi>"));
  EXPECT_THAT(page, HasSubstr("no &lt;b&gt;source&lt;/b&gt;"));
  EXPECT_THAT(page, HasSubstr("law/copy es &lt;i&gt;"));
  EXPECT_EQ(CountOf(page, "<script>"), 1u) << "ours";
  EXPECT_EQ(CountOf(page, "href="), 1u) << "the origin that is a web address";
  EXPECT_EQ(CountOf(page, "src="), 0u) << "no outside parts";
  EXPECT_EQ(CountOf(page, "<li class=\"case\">"), 2u);
  EXPECT_THAT(page, Not(HasSubstr("Passed")));
}

TEST(HtmlReportTest, IsBounded) {
  std::vector<Entry> entries;
  for (int i = 0; i < 5003; ++i) entries.push_back(Failed(StrCat("case ", i)));
  const std::string page = Report("html", entries);
  EXPECT_EQ(CountOf(page, "<li class=\"case\">"), 5000u);
  EXPECT_THAT(page, HasSubstr("<p>and 3 more</p>"));

  CaseResult big = Failed("big");
  big.findings.assign(40, {"rule", "m", std::string(1500, '\x01'), std::string(1500, '\x01')});
  entries.assign(200, big);
  const std::string bytes = Report("html", entries);
  EXPECT_LT(bytes.size(), 51'000'000u);
  EXPECT_THAT(bytes, HasSubstr("0 passed, 200 failed"));
  EXPECT_THAT(bytes, HasSubstr(" more</p>"));
}

}  // namespace
}  // namespace signalbook::check
