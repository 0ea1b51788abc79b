#include "service/check/reports.h"

#include <CLI/CLI.hpp>
#include <set>
#include <utility>
#include <variant>

#include "service/strings.h"

namespace signalbook::check {
namespace {

constexpr char kStdout[] = "-";
constexpr char kRecord[] = "jsonl";

// What an interrupted run recorded goes to `reports`.
absl::Status Replay(const std::string& path, const std::vector<ReportWriter*>& reports) {
  absl::StatusOr<std::unique_ptr<RecordReader>> reader = RecordReader::Open(path);
  if (!reader.ok()) return reader.status();
  while (true) {
    absl::StatusOr<std::optional<RecordEntry>> entry = (*reader)->Next();
    if (!entry.ok()) return entry.status();
    if (!*entry) return absl::OkStatus();
    for (ReportWriter* report : reports) {
      if (const CaseResult* result = std::get_if<CaseResult>(&**entry)) report->Add(*result);
      if (const BadLine* line = std::get_if<BadLine>(&**entry)) report->Add(*line);
    }
  }
}

}  // namespace

void AddReportOptions(CLI::App* command, std::vector<std::string>* specifications) {
  std::string formats;
  for (const std::string& format : ReportFormats())
    formats += (formats.empty() ? "" : ", ") + format;
  command
      ->add_option("--report", *specifications, "Report: " + formats + "; without FILE to stdout")
      ->type_name("FORMAT[=FILE]")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
}

absl::StatusOr<Reports> Reports::Make(const std::vector<std::string>& specifications,
                                      const RunInfo& info) {
  Reports reports;
  std::set<std::string> places;
  const auto add = [&](const std::string& format, const std::string& path) -> absl::Status {
    if (!places.insert(path).second) {
      return absl::InvalidArgumentError(
          StrCat("two reports go to ", path == kStdout ? "stdout" : path,
                 "; name a file for each: --report ", format, "=FILE"));
    }
    if (format == kRecord) {
      absl::StatusOr<std::unique_ptr<RecordWriter>> record = MakeRecord(path, info);
      if (!record.ok()) return record.status();
      if (reports.record_ == nullptr) reports.record_ = record->get();
      reports.reports_.push_back(*std::move(record));
      return absl::OkStatus();
    }
    absl::StatusOr<std::unique_ptr<ReportWriter>> report = MakeReport(format, path, info);
    if (!report.ok()) return report.status();
    reports.reports_.push_back(*std::move(report));
    return absl::OkStatus();
  };
  for (const std::string& specification : specifications) {
    const size_t equals = specification.find('=');
    const std::string path =
        equals == std::string::npos ? kStdout : specification.substr(equals + 1);
    if (absl::Status status = add(specification.substr(0, equals), path); !status.ok())
      return status;
  }
  if (places.count(kStdout) == 0) {
    if (absl::Status status = add("text", kStdout); !status.ok()) return status;
  }
  return reports;
}

absl::StatusOr<Progress> Reports::Resume(const std::string& path, const RunInfo& info) {
  absl::StatusOr<ResumedRecord> resumed = ResumeRecord(path, info);
  Progress from;
  std::unique_ptr<RecordWriter> writer;
  if (resumed.ok()) {
    if (absl::Status status = Replay(resumed->recorded, all()); !status.ok()) return status;
    from = std::move(resumed->from);
    writer = std::move(resumed->writer);
  } else if (absl::IsNotFound(resumed.status())) {
    absl::StatusOr<std::unique_ptr<RecordWriter>> fresh = MakeRecord(path, info);
    if (!fresh.ok()) return fresh.status();
    writer = *std::move(fresh);
  } else {
    return resumed.status();
  }
  record_ = writer.get();
  reports_.push_back(std::move(writer));
  return from;
}

std::vector<ReportWriter*> Reports::all() const {
  std::vector<ReportWriter*> all;
  for (const std::unique_ptr<ReportWriter>& report : reports_) all.push_back(report.get());
  return all;
}

absl::Status Reports::Finish(const RunSummary& summary) {
  absl::Status first;
  for (const std::unique_ptr<ReportWriter>& report : reports_)
    first.Update(report->Finish(summary));
  return first;
}

}  // namespace signalbook::check
