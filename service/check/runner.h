// Runs cases on all cores, and hands on their results in the order of the cases.
//
// Thread rule: RunCases is called by one thread and makes its own.
#ifndef SIGNALBOOK_SERVICE_CHECK_RUNNER_H_
#define SIGNALBOOK_SERVICE_CHECK_RUNNER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "service/check/case.h"
#include "service/check/record.h"
#include "service/check/report.h"

namespace signalbook::check {

struct RunOptions {
  int threads = 0;  // 0: one a core
  int shard = 0;    // of `shards`, from 0: takes every case whose index leaves this remainder
  int shards = 1;
  std::string only;          // RE2; a case whose id it is not found in is left out
  int64_t max_failures = 0;  // ends the run at so many cases with findings; 0: never
  // Where a run that was interrupted goes on: cases before it are left out and count as they did then.
  Progress from;
  // A progress line on stderr.
  bool show_progress = false;
};

// What a case came to; called from many threads. `index` is the case's. An error ends the run: nobody can be asked.
using CheckCase = std::function<absl::StatusOr<CaseResult>(const Case& c, int64_t index)>;

// Where results go. `record` is the report among `reports` that is asked for checkpoints; may be null.
struct RunOutput {
  std::vector<ReportWriter*> reports;
  RecordWriter* record = nullptr;
};

// Memory does not grow with the number of cases: as many are in work as keep all threads busy. Reports are not
// finished: the caller may have more to say. `summary` counts what was handed on, after an error too.
//   InvalidArgument  `only` is no RE2
//   else             of `check`
absl::Status RunCases(CaseSource* cases, const CheckCase& check, const RunOptions& options,
                      const RunOutput& output, RunSummary* summary);

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_RUNNER_H_
