// Results to be reported, and the reports made of them.
#ifndef SIGNALBOOK_TESTS_SERVICE_CHECK_REPORT_SAMPLES_H_
#define SIGNALBOOK_TESTS_SERVICE_CHECK_REPORT_SAMPLES_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "service/check/report.h"
#include "service/strings.h"
#include "tests/service/cli/temp_folder.h"

namespace signalbook::check {

// A result or a bad line. (No variant: GCC 12 warns of its moves.)
struct Entry {
  Entry(const CaseResult& result) : result(result) {}       // NOLINT: implicit, for lists
  Entry(const BadLine& line) : is_bad(true), line(line) {}  // NOLINT
  bool is_bad = false;
  CaseResult result;
  BadLine line;
};

inline CaseResult Passed(std::string id, std::string file = "a.jsonl", int64_t line = 1) {
  CaseResult result;
  result.id = std::move(id);
  result.file = std::move(file);
  result.line = line;
  result.from = "zh";
  result.to = "en";
  result.mode = "name";
  result.text_hash = "0123456789abcdef";
  return result;
}

// The incident of December 2019.
inline CaseResult Failed(std::string id, std::string file = "a.jsonl", int64_t line = 2) {
  CaseResult result = Passed(std::move(id), std::move(file), line);
  result.sequence = "1F1E8-1F1E6";
  result.source = "他在🇨🇦等你。";
  result.output = "He's in prison.";
  result.origin = "https://example.org/incident";
  result.findings = {{"expect/contains", "\"Canada\" does not stand in the translation", "Canada",
                      "He's in prison."}};
  return result;
}

// Everything that a reader could take for its own, in every text.
inline CaseResult Hostile() {
  const std::string text =
      "]]>&<script>alert('1')</script>\"\r\n\t\x1B[31m\xFF\uFFFE\uFFFF\u202E | `x` # TODO [a](1) "
      "{0} "
      "::error::%0A, a:b -- ...\n---\n\\";
  CaseResult result = Failed(text, text, 3);
  result.from = result.to = result.mode = result.sequence = result.text_hash = text;
  result.source = result.output = result.origin = text;
  result.findings = {{text, text, text, text}};
  return result;
}

inline RunInfo Info() { return {"here", "signalbook 0.1.0 1a2b3c", "0.1.0"}; }

inline RunSummary Summary(const std::vector<Entry>& entries) {
  RunSummary summary{.subject = "here", .book = "signalbook 0.1.0 1a2b3c"};
  for (const Entry& entry : entries) {
    if (entry.is_bad) {
      ++summary.bad_lines;
    } else {
      ++(entry.result.passed() ? summary.passed : summary.failed);
      summary.accepted += entry.result.accepted;
    }
  }
  return summary;
}

inline std::string Report(std::string_view format, const std::vector<Entry>& entries,
                          const RunSummary& summary) {
  const TempFolder folder;
  const std::string path = folder.path() + "/report";
  auto report = MakeReport(format, path, Info());
  if (!report.ok()) return std::string(report.status().message());
  for (const Entry& entry : entries) {
    entry.is_bad ? (*report)->Add(entry.line) : (*report)->Add(entry.result);
  }
  const absl::Status finished = (*report)->Finish(summary);
  EXPECT_TRUE(finished.ok()) << finished;
  EXPECT_EQ(folder.Names(), std::vector<std::string>{"report"}) << "something was left behind";
  return folder.Read("report");
}

inline std::string Report(std::string_view format, const std::vector<Entry>& entries) {
  return Report(format, entries, Summary(entries));
}

inline size_t CountOf(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string_view::npos; at += part.size()) {
    ++count;
  }
  return count;
}

}  // namespace signalbook::check

#endif  // SIGNALBOOK_TESTS_SERVICE_CHECK_REPORT_SAMPLES_H_
