// The reports of a command: those that --report names, and text on stdout unless one of them goes there.
#ifndef SIGNALBOOK_SERVICE_CHECK_REPORTS_H_
#define SIGNALBOOK_SERVICE_CHECK_REPORTS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "service/check/record.h"
#include "service/check/report.h"

namespace CLI {
class App;
}  // namespace CLI

namespace signalbook::check {

// Each "FORMAT" (stdout) or "FORMAT=FILE".
void AddReportOptions(CLI::App* command, std::vector<std::string>* specifications);

class Reports {
 public:
  // InvalidArgument: no such format, two to one place.
  static absl::StatusOr<Reports> Make(const std::vector<std::string>& specifications,
                                      const RunInfo& info);

  // A record of the run at `path` as well, which goes on with what stands there of the same run that was
  // interrupted: all other reports get that, too. What ResumeRecord says; AlreadyExists when that run has ended.
  absl::StatusOr<Progress> Resume(const std::string& path, const RunInfo& info);

  std::vector<ReportWriter*> all() const;
  // The first record among them, for checkpoints; null if there is none.
  RecordWriter* record() const { return record_; }

  // Finishes all of them; the first error.
  absl::Status Finish(const RunSummary& summary);

 private:
  std::vector<std::unique_ptr<ReportWriter>> reports_;
  RecordWriter* record_ = nullptr;
};

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_REPORTS_H_
