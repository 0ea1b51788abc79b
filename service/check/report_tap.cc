// The Test Anything Protocol, version 13: https://testanything.org.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "service/check/report_parts.h"
#include "service/strings.h"

namespace signalbook::check {
namespace {

// "#" would begin a directive: "# TODO" makes a failure count as none.
std::string Description(std::string_view text) {
  std::string escaped;
  for (const char c : Visible(text)) {
    if (c == '#' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

// A double-quoted scalar of YAML. Visible has left no control characters.
std::string Scalar(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : Shown(text)) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

class TapReport final : public ReportWriter {
 public:
  explicit TapReport(std::unique_ptr<OutputFile> file) : file_(std::move(file)) {
    file_->Write("TAP version 13\n");
  }

  void Add(const CaseResult& result) override {
    if (result.passed()) {
      if (++passes_ <= kMostListedPasses) Test("ok", Description(result.id));
      return;
    }
    Test("not ok", Description(result.id));
    file_->Write("  ---\n");
    Member("at", Place(result.file, result.line));
    Member("direction", Direction(result));
    file_->Write("  findings:\n");
    for (const Finding& finding : result.findings) {
      file_->Write(StrCat("    - rule: ", Scalar(finding.rule),
                          "\n      message: ", Scalar(finding.message), "\n"));
      if (finding.expected.empty() && finding.actual.empty()) continue;
      file_->Write(StrCat("      expected: ", Scalar(finding.expected),
                          "\n      actual: ", Scalar(finding.actual), "\n"));
    }
    Member("source", result.source);
    Member("output", result.output);
    if (!result.origin.empty()) Member("origin", result.origin);
    file_->Write("  ...\n");
  }

  void Add(const BadLine& line) override {
    Test("not ok", Description(StrCat(Place(line.file, line.line), " (no case)")));
    file_->Write("  ---\n");
    Member("message", line.what);
    file_->Write("  ...\n");
  }

  absl::Status Finish(const RunSummary& summary) override {
    // A record, which `check merge` and --resume make reports of, does not list them all either.
    const int64_t passed = std::max(passes_, summary.passed);
    const int64_t listed = std::min(passes_, kMostListedPasses);
    if (passed > listed) Test("ok", StrCat("and ", passed - listed, " more passed"));
    file_->Write(StrCat("1..", tests_, tests_ == 0 ? " # SKIP no cases" : "", "\n"));
    file_->Write(StrCat("# ", Headline(summary), "\n"));
    return file_->Commit();
  }

 private:
  void Test(std::string_view outcome, std::string_view description) {
    file_->Write(StrCat(outcome, " ", ++tests_, " - ", description, "\n"));
  }
  void Member(std::string_view name, std::string_view text) {
    file_->Write(StrCat("  ", name, ": ", Scalar(text), "\n"));
  }

  const std::unique_ptr<OutputFile> file_;
  int64_t tests_ = 0;
  int64_t passes_ = 0;
};

}  // namespace

std::unique_ptr<ReportWriter> MakeTapReport(std::unique_ptr<OutputFile> file) {
  return std::make_unique<TapReport>(std::move(file));
}

}  // namespace signalbook::check
