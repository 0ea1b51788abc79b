// JUnit XML, in the form that Jenkins' schema describes (junit-10.xsd of its xUnit plugin) and that
// GitLab reads.
//
//   <testsuites name="signalbook check" tests="3" failures="1" errors="0">
//     <testsuite name="a.jsonl" tests="3" failures="1" errors="0" skipped="0">
//       <testcase classname="a.jsonl" name="canada">
//         <failure type="expect/contains" message="…">…</failure>
//
// The counts in the attributes are those of the run, what is not listed included. A bad line is an
// error, a case with findings a failure.
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "service/check/report_parts.h"
#include "service/strings.h"

namespace signalbook::check {
namespace {

// GitLab refuses 30 MB. The margin is for the head and the end of the report.
constexpr int64_t kMostBytes = 30'000'000 - 10'000;
// What a suite costs beside its test cases and its name, which stands in it five times at most.
constexpr int64_t kSuiteBytes = 1000;
// Takes what is of suites that no longer fit.
constexpr std::string_view kOtherSuite = "more corpora";

struct Suite {
  std::string name;
  int64_t tests = 0, failures = 0, errors = 0;
  int64_t unlisted_passes = 0, unlisted_failures = 0, unlisted_errors = 0;
  // Where its test cases stand in the spool; more than one range where the cases did not come file by file.
  std::vector<std::pair<int64_t, int64_t>> ranges;
};

std::string Attribute(std::string_view name, std::string_view text) {
  return StrCat(" ", name, "=\"", Markup(text), "\"");
}

std::string BodyOf(const CaseResult& result) {
  std::string body = StrCat(Place(result.file, result.line), " ", Visible(result.id), "  ",
                            Direction(result), "\n");
  for (const Finding& finding : result.findings) {
    body += StrCat(Visible(finding.rule), ": ", Shown(finding.message), "\n");
    if (finding.expected.empty() && finding.actual.empty()) continue;
    body += StrCat("  expected  ", Shown(finding.expected), "\n  actual    ", Shown(finding.actual),
                   "\n");
  }
  body += StrCat("source  ", Shown(result.source), "\noutput  ", Shown(result.output), "\n");
  if (!result.origin.empty()) body += StrCat("origin  ", Shown(result.origin), "\n");
  return body;
}

class JunitReport final : public ReportWriter {
 public:
  JunitReport(std::unique_ptr<OutputFile> file, std::unique_ptr<Spool> spool, const RunInfo& info)
      : file_(std::move(file)), spool_(std::move(spool)), info_(info) {}

  void Add(const CaseResult& result) override {
    Suite& suite = SuiteOf(result.file);
    ++suite.tests;
    if (result.passed()) {
      const bool listed = ++passes_ <= kMostListedPasses && List(&suite, result.id, "");
      if (!listed) ++suite.unlisted_passes;
      return;
    }
    ++suite.failures;
    const Finding& first = result.findings.front();
    const std::string failure = StrCat("<failure", Attribute("type", Visible(first.rule)),
                                       Attribute("message", Shown(first.message)), ">",
                                       Markup(BodyOf(result)), "</failure>");
    if (!List(&suite, result.id, failure)) ++suite.unlisted_failures;
  }

  void Add(const BadLine& line) override {
    Suite& suite = SuiteOf(line.file);
    ++suite.tests;
    ++suite.errors;
    const std::string error = StrCat("<error", Attribute("type", "corpus/bad-line"),
                                     Attribute("message", Shown(line.what)), "/>");
    if (!List(&suite, StrCat("line ", line.line), error)) ++suite.unlisted_errors;
  }

  absl::Status Finish(const RunSummary& summary) override {
    // Passes that were not even told: a record, which `check merge` and --resume make reports of, does
    // not list them all. Nobody knows of which corpus they are, unless there is one alone.
    if (const int64_t untold = summary.passed - passes_; untold > 0) {
      Suite& suite = suites_.size() == 1 ? suites_.front() : Others();
      suite.tests += untold;
      suite.unlisted_passes += untold;
    }
    Suite all;
    for (const Suite& suite : suites_) {
      all.tests += suite.tests;
      all.failures += suite.failures;
      all.errors += suite.errors;
    }
    file_->Write(
        StrCat("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"signalbook check\"",
               Counts(all), ">\n"));
    for (const Suite& suite : suites_) {
      absl::Status written = WriteSuite(suite);
      if (!written.ok()) return written;
    }
    // A run without cases: some readers take a report without suites for a broken one.
    if (suites_.empty()) {
      absl::Status written = WriteSuite(Suite{.name = "no cases"});
      if (!written.ok()) return written;
    }
    file_->Write(StrCat("</testsuites>\n<!-- ", Comment(Headline(summary)), " ",
                        Comment(WhoAnswered(info_)), " -->\n"));
    return file_->Commit();
  }

 private:
  // "--" would end the comment.
  static std::string Comment(std::string_view text) {
    std::string comment;
    for (const char c : Markup(text)) {
      if (c == '-' && comment.ends_with('-')) comment += ' ';
      comment += c;
    }
    return comment;
  }

  static std::string Counts(const Suite& suite) {
    return StrCat(" tests=\"", suite.tests, "\" failures=\"", suite.failures, "\" errors=\"",
                  suite.errors, "\"");
  }

  Suite& SuiteOf(const std::string& file) {
    if (last_ != nullptr && last_file_ == file) return *last_;
    last_file_ = file;
    last_ = &FindSuite(file);
    return *last_;
  }

  Suite& FindSuite(const std::string& file) {
    const auto known = by_file_.find(file);
    if (known != by_file_.end()) return *known->second;
    const std::string name = file.empty() ? "(no file)" : Visible(file);
    const int64_t cost = kSuiteBytes + 5 * static_cast<int64_t>(Markup(name).size());
    if (bytes_ + cost <= kMostBytes) {
      bytes_ += cost;
      return *(by_file_[file] = &suites_.emplace_back(Suite{.name = name}));
    }
    return Others();
  }

  Suite& Others() {
    if (others_ == nullptr) {
      others_ = &suites_.emplace_back(Suite{.name = std::string(kOtherSuite)});
    }
    return *others_;
  }

  // A name that no other test case of the suite has: GitLab leaves out the second one.
  std::string UniqueName(const std::string& suite, std::string_view id) {
    const std::string name = Visible(id);
    std::string unique = name;
    int* taken = &names_[Hash(suite, unique)];
    for (int* wanted = taken; *taken > 0; taken = &names_[Hash(suite, unique)]) {
      unique = StrCat(name, " (", ++*wanted, ")");
    }
    *taken = 1;
    return unique;
  }

  static size_t Hash(std::string_view suite, std::string_view name) {
    return std::hash<std::string>()(StrCat(suite, "\n", name));
  }

  static std::string TestCase(const std::string& suite, std::string_view name,
                              std::string_view content) {
    const std::string head =
        StrCat("<testcase", Attribute("classname", suite), Attribute("name", name));
    return content.empty() ? StrCat(head, "/>\n") : StrCat(head, ">", content, "</testcase>\n");
  }

  // False when there is no room for it.
  bool List(Suite* suite, std::string_view id, std::string_view content) {
    if (suite == others_) return false;
    const std::string test = TestCase(suite->name, UniqueName(suite->name, id), content);
    const auto size = static_cast<int64_t>(test.size());
    if (bytes_ + size > kMostBytes) {
      // What is counted from here on is counted to the end: the report shows the first ones.
      bytes_ = kMostBytes;
      return false;
    }
    bytes_ += size;
    const int64_t begin = spool_->size();
    spool_->Append(test);
    if (!suite->ranges.empty() && suite->ranges.back().second == begin) {
      suite->ranges.back().second = spool_->size();
    } else {
      suite->ranges.emplace_back(begin, spool_->size());
    }
    return true;
  }

  absl::Status WriteSuite(const Suite& suite) {
    file_->Write(
        StrCat("<testsuite", Attribute("name", suite.name), Counts(suite), " skipped=\"0\">\n"));
    for (const auto& [begin, end] : suite.ranges) {
      absl::Status copied = spool_->CopyTo(begin, end, file_.get());
      if (!copied.ok()) return copied;
    }
    Rest(suite, suite.unlisted_passes, "passed", "");
    Rest(suite, suite.unlisted_failures, "failures",
         "<failure type=\"signalbook/more\" message=\"more than this report has room for\"/>");
    Rest(suite, suite.unlisted_errors, "bad lines",
         "<error type=\"corpus/bad-line\" message=\"more than this report has room for\"/>");
    file_->Write("</testsuite>\n");
    return absl::OkStatus();
  }

  void Rest(const Suite& suite, int64_t count, std::string_view what, std::string_view content) {
    if (count == 0) return;
    file_->Write(TestCase(suite.name, UniqueName(suite.name, StrCat("and ", count, " more ", what)),
                          content));
  }

  const std::unique_ptr<OutputFile> file_;
  const std::unique_ptr<Spool> spool_;
  const RunInfo info_;
  std::deque<Suite> suites_;  // in the order of their first cases; they stay where they are
  std::unordered_map<std::string, Suite*> by_file_;
  Suite* others_ = nullptr;
  Suite* last_ = nullptr;
  std::string last_file_;
  // By hash of suite and name, a few bytes for each that is listed: how often it was wanted.
  std::unordered_map<size_t, int> names_;
  int64_t bytes_ = 0;
  int64_t passes_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ReportWriter>> MakeJunitReport(std::unique_ptr<OutputFile> file,
                                                              const RunInfo& info) {
  absl::StatusOr<std::unique_ptr<Spool>> spool = Spool::Create();
  if (!spool.ok()) return spool.status();
  return std::make_unique<JunitReport>(std::move(file), *std::move(spool), info);
}

}  // namespace signalbook::check
