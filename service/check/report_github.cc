// Workflow commands of GitHub Actions, and the summary of the job.
//
//   ::error file=a.jsonl,line=3,title=expect/contains::"Canada" does not stand in the translation%0A…
#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "service/check/report_parts.h"
#include "service/strings.h"
#include "translator/normalize.h"

namespace signalbook::check {
namespace {

// GitHub shows ten annotations of a kind a step.
constexpr int64_t kMostAnnotations = 10;
// GitHub refuses a summary of more than 1 MiB a step, whatever else the step wrote into it. The
// margin is for the lines around the table.
constexpr int64_t kMostSummaryBytes = (1 << 20) - 4096;
// A cell of its table.
constexpr size_t kMostCellBytes = 300;
// What a command carries; the log line has its limits too.
constexpr size_t kMostTextBytes = 1000;

// The escapes of a command's message, and of its properties.
std::string EscapeCommand(std::string_view text, bool property) {
  std::string escaped;
  for (const char c : text) {
    if (c == '%') {
      escaped += "%25";
    } else if (c == '\r') {
      escaped += "%0D";
    } else if (c == '\n') {
      escaped += "%0A";
    } else if (property && c == ':') {
      escaped += "%3A";
    } else if (property && c == ',') {
      escaped += "%2C";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

// What Markdown and HTML would read as theirs. "@" would call people, "://" and "www." would be links.
std::string EscapeMarkdown(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else if (c == '@') {
      escaped += "&#64;";
    } else {
      if (std::string_view("\\`*_{}[]()#+-.!|~$:=\"'").find(c) != std::string_view::npos) {
        escaped += '\\';
      }
      escaped += c;
    }
  }
  return escaped;
}

// As it is, since GitHub looks the file up; shown only where no log could hold it.
std::string FileName(const std::string& file) {
  const bool plain = !FindInvalidUtf8(file) && std::none_of(file.begin(), file.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
  return plain ? file : Visible(file);
}

std::string Cell(std::string_view text) { return EscapeMarkdown(Shown(text, kMostCellBytes)); }

class GithubReport final : public ReportWriter {
 public:
  GithubReport(std::unique_ptr<OutputFile> file, const RunInfo& info)
      : file_(std::move(file)), info_(info) {
    const char* path = std::getenv("GITHUB_STEP_SUMMARY");
    if (path == nullptr || *path == '\0') return;
    summary_path_ = path;
    struct stat there;
    const int64_t size = stat(path, &there) == 0 ? there.st_size : 0;
    room_ = kMostSummaryBytes - size;
  }

  void Add(const CaseResult& result) override {
    for (const Finding& finding : result.findings) {
      std::string message = StrCat(Shown(finding.message, kMostTextBytes), "\n", Visible(result.id),
                                   "  ", Direction(result));
      const auto add = [&](std::string_view label, std::string_view text) {
        message += StrCat("\n", label, ": ", Shown(text, kMostTextBytes));
      };
      if (!finding.expected.empty() || !finding.actual.empty()) {
        add("expected", finding.expected);
        add("actual", finding.actual);
      }
      add("source", result.source);
      add("output", result.output);
      Annotate(result.file, result.line, finding.rule, message);
    }
    if (!result.passed()) AddRow(result);
  }

  void Add(const BadLine& line) override {
    Annotate(line.file, line.line, "corpus/bad-line", Shown(line.what, kMostTextBytes));
    Row(StrCat("| ", EscapeMarkdown(Place(line.file, line.line)), " | | corpus/bad\\-line | ",
               Cell(line.what), " | | |\n"));
  }

  absl::Status Finish(const RunSummary& summary) override {
    if (annotations_ > kMostAnnotations) {
      file_->Write(StrCat("::notice::and ", annotations_ - kMostAnnotations, " more\n"));
    }
    const absl::Status summarized = WriteSummary(summary);
    const absl::Status committed = file_->Commit();
    return committed.ok() ? summarized : committed;
  }

 private:
  void Annotate(const std::string& file, int64_t line, std::string_view title,
                std::string_view message) {
    if (++annotations_ > kMostAnnotations) return;
    std::string properties;
    if (line > 0 && file != "-") {
      properties =
          StrCat("file=", EscapeCommand(FileName(file), /*property=*/true), ",line=", line, ",");
    }
    file_->Write(StrCat("::error ", properties,
                        "title=", EscapeCommand(Visible(title), /*property=*/true),
                        "::", EscapeCommand(message, /*property=*/false), "\n"));
    if (file_->is_stdout()) file_->Flush();
  }

  void AddRow(const CaseResult& result) {
    const Finding& first = result.findings.front();
    const size_t others = result.findings.size() - 1;
    Row(StrCat("| ", EscapeMarkdown(Place(result.file, result.line)), " | ", Cell(result.id), " ",
               EscapeMarkdown(Direction(result)), " | ", EscapeMarkdown(Visible(first.rule)),
               others > 0 ? StrCat(" and ", others, " more") : "", " | ", Cell(first.message),
               " | ", Cell(result.source), " | ", Cell(result.output), " |\n"));
  }

  // Kept until the headline is known; under 1 MiB.
  void Row(const std::string& row) {
    if (summary_path_.empty()) return;
    if (rows_left_out_ > 0 || static_cast<int64_t>(rows_.size() + row.size()) > room_) {
      ++rows_left_out_;
    } else {
      rows_ += row;
    }
  }

  absl::Status WriteSummary(const RunSummary& summary) {
    if (summary_path_.empty() || room_ < 0) return absl::OkStatus();
    std::string text = StrCat("### signalbook check: ", Headline(summary), "\n\n");
    const std::string counts = SideCounts(summary);
    if (!counts.empty()) text += EscapeMarkdown(counts) + "\n\n";
    const std::string who = WhoAnswered(info_);
    if (!who.empty()) text += StrCat("Answered by ", Cell(who), "\n\n");
    if (!rows_.empty()) {
      text +=
          StrCat("| where | case | rule | finding | source | output |\n|---|---|---|---|---|---|\n",
                 rows_, "\n");
    }
    if (rows_left_out_ > 0) text += StrCat("… and ", rows_left_out_, " more\n\n");

    std::FILE* file = std::fopen(summary_path_.c_str(), "abe");
    bool written = file != nullptr;
    if (file != nullptr) {
      written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
      written = std::fclose(file) == 0 && written;
    }
    if (written) return absl::OkStatus();
    return absl::InternalError(StrCat(summary_path_, ": the summary of the job cannot be written"));
  }

  const std::unique_ptr<OutputFile> file_;
  const RunInfo info_;
  std::string summary_path_;  // empty: none is wanted
  int64_t room_ = 0;          // bytes that the table may have
  std::string rows_;
  int64_t rows_left_out_ = 0;
  int64_t annotations_ = 0;
};

}  // namespace

std::unique_ptr<ReportWriter> MakeGithubReport(std::unique_ptr<OutputFile> file,
                                               const RunInfo& info) {
  return std::make_unique<GithubReport>(std::move(file), info);
}

}  // namespace signalbook::check
