// The report for people: what fails, as it goes.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "service/check/report_parts.h"
#include "service/strings.h"

namespace signalbook::check {
namespace {

// Stale rows that are named; the rest is counted.
constexpr size_t kMostStale = 100;

// https://no-color.org
bool WantsColour(const OutputFile& file) {
  if (!file.is_stdout() || isatty(STDOUT_FILENO) == 0) return false;
  const char* no_color = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return (no_color == nullptr || *no_color == '\0') &&
         (terminal == nullptr || std::strcmp(terminal, "dumb") != 0);
}

class TextReport final : public ReportWriter {
 public:
  TextReport(std::unique_ptr<OutputFile> file, const RunInfo& info)
      : file_(std::move(file)), colour_(WantsColour(*file_)), who_(WhoAnswered(info)) {}

  void Add(const CaseResult& result) override {
    if (result.passed()) return;
    file_->Write(StrCat(Red("FAIL"), " ", Place(result.file, result.line), " ", Visible(result.id),
                        "  ", Direction(result), "\n"));
    for (const Finding& finding : result.findings) {
      file_->Write(StrCat("  ", Bold(Visible(finding.rule)), ": ", Shown(finding.message), "\n"));
      // Both or none: an empty text is best seen beside the other one.
      if (!finding.expected.empty() || !finding.actual.empty()) {
        file_->Write(StrCat("    expected  ", Shown(finding.expected), "\n    actual    ",
                            Shown(finding.actual), "\n"));
      }
    }
    Line("source", result.source);
    Line("output", result.output);
    if (!result.origin.empty()) Line("origin", result.origin);
    file_->Write("\n");
    Stream();
  }

  void Add(const BadLine& line) override {
    file_->Write(StrCat(Place(line.file, line.line), ": ", Shown(line.what), "\n"));
    Stream();
  }

  absl::Status Finish(const RunSummary& summary) override {
    for (size_t i = 0; i < summary.stale.size() && i < kMostStale; ++i) {
      file_->Write(StrCat("stale in the baseline: ", Visible(summary.stale[i]), "\n"));
    }
    if (summary.stale.size() > kMostStale) {
      file_->Write(
          StrCat("stale in the baseline: and ", summary.stale.size() - kMostStale, " more\n"));
    }
    if (!who_.empty()) file_->Write(StrCat("answered by ", who_, "\n"));
    const int64_t cases = summary.passed + summary.failed;
    if (summary.seconds > 0) {
      file_->Write(absl::StrFormat("%d cases in %.1f s, %.0f a second\n", cases, summary.seconds,
                                   static_cast<double>(cases) / summary.seconds));
    }
    const std::string counts = SideCounts(summary);
    if (!counts.empty()) file_->Write(counts + "\n");
    file_->Write(Headline(summary) + "\n");
    return file_->Commit();
  }

 private:
  std::string Red(std::string_view text) const {
    return colour_ ? StrCat("\x1B[1;31m", text, "\x1B[0m") : std::string(text);
  }
  std::string Bold(std::string_view text) const {
    return colour_ ? StrCat("\x1B[1m", text, "\x1B[0m") : std::string(text);
  }
  void Line(std::string_view label, const std::string& text) {
    file_->Write(StrCat("  ", label, "  ", Shown(text), "\n"));
  }
  void Stream() {
    if (file_->is_stdout()) file_->Flush();
  }

  const std::unique_ptr<OutputFile> file_;
  const bool colour_;
  const std::string who_;
};

}  // namespace

std::unique_ptr<ReportWriter> MakeTextReport(std::unique_ptr<OutputFile> file,
                                             const RunInfo& info) {
  return std::make_unique<TextReport>(std::move(file), info);
}

}  // namespace signalbook::check
