// What a run came to, for people and for the programs of CI. All reports are made from the same stream of
// results, in the order of the cases, so that the same run gives the same bytes.
//
// A report lists every case with findings, as far as its reader allows (below); jsonl, junit and tap
// also list the first kMostListedPasses cases that passed. The rest is counted.
//
//   text     for people; the last line is "N passed, N failed"
//   jsonl    JSON Lines, the run's record: a "run" object, "case" and "bad_line" objects, a "summary". `check merge`
//            and --resume read it (record.h)
//   junit    JUnit XML: a testsuite a corpus; at most 30 MB (GitLab refuses more), names unique
//   sarif    SARIF 2.1.0: at most 5,000 results (GitHub shows no more); fingerprints from the baseline's key
//   tap      TAP 13, with a YAML block for each failure
//   github   workflow commands: ten annotations, "and N more", as GitHub shows ten a step; appends the summary
//            (Markdown, under 1 MiB) to the file that $GITHUB_STEP_SUMMARY names
//   html     one static page without outside parts
//
// No report holds a line break, a control character or a byte that is not UTF-8 where its form does not allow it:
// texts are shown by Visible (case.h).
#ifndef SIGNALBOOK_SERVICE_CHECK_REPORT_H_
#define SIGNALBOOK_SERVICE_CHECK_REPORT_H_

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "service/check/case.h"

namespace signalbook::check {

inline constexpr int64_t kMostListedPasses = 10000;

// Thread rule: one thread.
class ReportWriter {
 public:
  virtual ~ReportWriter() = default;
  // In the order of the run. Memory does not grow with what passes.
  virtual void Add(const CaseResult& result) = 0;
  virtual void Add(const BadLine& line) = 0;
  // Once, at the end. Internal when something could not be written.
  virtual absl::Status Finish(const RunSummary& summary) = 0;
};

// "text", "jsonl", "junit", "sarif", "tap", "github", "html".
const std::vector<std::string>& ReportFormats();

// What every case has in common, for the head of a report.
struct RunInfo {
  std::string subject;  // as RunSummary
  std::string book;
  std::string tool_version;  // "0.1.0"
  // What was asked, as the runner writes it: corpora, generators, options, shard. A record is resumed
  // only with the same. In the record alone.
  std::string selection;
};

// A report of that format, written to `path`; "-" is stdout. A file is written beside the old one and put in its
// place by Finish.
//   InvalidArgument  no such format
//   Internal         the file can't be created
absl::StatusOr<std::unique_ptr<ReportWriter>> MakeReport(std::string_view format,
                                                         const std::string& path,
                                                         const RunInfo& info);

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_REPORT_H_
