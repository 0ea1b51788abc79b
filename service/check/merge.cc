#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "service/check/commands.h"
#include "service/check/record.h"
#include "service/check/reports.h"
#include "service/cli/cli.h"
#include "service/strings.h"

namespace signalbook::check {
namespace {

constexpr char kFooter[] =
    "Puts together what the shards of a run recorded, in the order of the cases, and reports it as "
    "one run.\n"
    "\n"
    "Example:\n"
    "  for i in 1 2 3 4; do signalbook check corpora --shard $i/4 --report jsonl=$i.jsonl & done; "
    "wait\n"
    "  signalbook check merge 1.jsonl 2.jsonl 3.jsonl 4.jsonl --report junit=check.xml\n"
    "\n"
    "Exit codes: as of `signalbook check`; 2 when records are of different runs, or one is missing "
    "or\n"
    "did not end.";

struct Options {
  std::vector<std::string> records, reports;
};

// A record and the entry that comes next.
struct Shard {
  std::string path;
  std::unique_ptr<RecordReader> reader;
  RunInfo info;
  std::string name;  // "2/4", empty if it is all of a run
  std::optional<RecordEntry> next;
  RunSummary summary;
};

absl::Status Error(const Shard& shard, std::string_view what) {
  return absl::InvalidArgumentError(StrCat(shard.path, ": ", what));
}

// Moves to the next case or bad line; the summary, which ends a record, is kept.
absl::Status Advance(Shard* shard) {
  while (true) {
    absl::StatusOr<std::optional<RecordEntry>> entry = shard->reader->Next();
    if (!entry.ok()) return entry.status();
    shard->next = *std::move(entry);
    if (!shard->next) {
      return shard->reader->complete()
                 ? absl::OkStatus()
                 : Error(*shard, "this run did not end; finish it with --resume first");
    }
    if (const RunSummary* summary = std::get_if<RunSummary>(&*shard->next)) {
      shard->summary = *summary;
    } else if (std::holds_alternative<CaseResult>(*shard->next) ||
               std::holds_alternative<BadLine>(*shard->next)) {
      return absl::OkStatus();
    }
  }
}

absl::StatusOr<Shard> OpenShard(const std::string& path) {
  Shard shard;
  shard.path = path;
  absl::StatusOr<std::unique_ptr<RecordReader>> reader = RecordReader::Open(path);
  if (!reader.ok()) return reader.status();
  shard.reader = *std::move(reader);
  absl::StatusOr<std::optional<RecordEntry>> head = shard.reader->Next();
  if (!head.ok()) return head.status();
  if (!*head) return Error(shard, "is empty");
  shard.info = std::get<RunInfo>(**head);
  const size_t word = shard.info.selection.rfind(kShardWord);
  if (word != std::string::npos) {
    shard.name = shard.info.selection.substr(word + std::string_view(kShardWord).size());
    shard.info.selection.resize(word);
  }
  if (absl::Status status = Advance(&shard); !status.ok()) return status;
  return shard;
}

// All shards of one run, each once.
absl::Status CheckComplete(const std::vector<Shard>& shards) {
  const Shard& first = shards.front();
  std::set<std::string> names;
  for (const Shard& shard : shards) {
    if (shard.info.selection != first.info.selection || shard.info.subject != first.info.subject ||
        shard.info.book != first.info.book) {
      return Error(shard, StrCat("is of another run than ", first.path));
    }
    if (!names.insert(shard.name).second) {
      return Error(shard, StrCat("is shard ", shard.name, ", which another record is, too"));
    }
  }
  const size_t slash = first.name.find('/');
  const std::string count = slash == std::string::npos ? "1" : first.name.substr(slash + 1);
  for (int i = 1; i <= std::stoi(count); ++i) {
    const std::string name = count == "1" ? first.name : StrCat(i, "/", count);
    if (names.erase(name) == 0) {
      return absl::InvalidArgumentError(StrCat("shard ", name, " is missing"));
    }
  }
  if (names.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      StrCat("there are shards of ", count, ", and ", *names.begin()));
}

// Where the next entry belongs. A bad line stands before the case behind it, whose place its record does not say: at
// once.
int64_t Place(const Shard& shard) {
  const CaseResult* result = std::get_if<CaseResult>(&*shard.next);
  return result == nullptr ? -1 : result->index;
}

absl::Status HandOn(std::vector<Shard>* shards, const std::vector<ReportWriter*>& reports) {
  while (true) {
    Shard* earliest = nullptr;
    for (Shard& shard : *shards) {
      if (shard.next && (earliest == nullptr || Place(shard) < Place(*earliest))) earliest = &shard;
    }
    if (earliest == nullptr) return absl::OkStatus();
    for (ReportWriter* report : reports) {
      if (const CaseResult* result = std::get_if<CaseResult>(&*earliest->next))
        report->Add(*result);
      if (const BadLine* line = std::get_if<BadLine>(&*earliest->next)) report->Add(*line);
    }
    if (absl::Status status = Advance(earliest); !status.ok()) return status;
  }
}

RunSummary Sum(const std::vector<Shard>& shards) {
  RunSummary sum;
  sum.subject = shards.front().info.subject;
  sum.book = shards.front().info.book;
  for (const Shard& shard : shards) {
    sum.passed += shard.summary.passed;
    sum.failed += shard.summary.failed;
    sum.accepted += shard.summary.accepted;
    sum.bad_lines += shard.summary.bad_lines;
    sum.left_out += shard.summary.left_out;
    sum.stopped_early |= shard.summary.stopped_early;
  }
  // Every shard counts the cases of all others as left out.
  const int64_t ran = sum.passed + sum.failed;
  sum.left_out = (sum.left_out + ran) / static_cast<int64_t>(shards.size()) - ran;
  return sum;
}

absl::StatusOr<RunSummary> Merge(const Options& options) {
  std::vector<Shard> shards;
  for (const std::string& path : options.records) {
    absl::StatusOr<Shard> shard = OpenShard(path);
    if (!shard.ok()) return shard.status();
    shards.push_back(*std::move(shard));
  }
  if (absl::Status status = CheckComplete(shards); !status.ok()) return status;
  absl::StatusOr<Reports> reports = Reports::Make(options.reports, shards.front().info);
  if (!reports.ok()) return reports.status();
  if (absl::Status status = HandOn(&shards, reports->all()); !status.ok()) return status;
  RunSummary summary = Sum(shards);
  if (absl::Status status = reports->Finish(summary); !status.ok()) return status;
  return summary;
}

}  // namespace

void AddCheckMerge(CLI::App* check, int* exit_code) {
  CLI::App* command =
      check->add_subcommand("merge", "Puts the records of a run's shards together.");
  command->footer(kFooter);
  auto options = std::make_shared<Options>();
  command->add_option("records", options->records, "What --report jsonl=FILE or --resume wrote")
      ->type_name("RECORD...")
      ->required();
  AddReportOptions(command, &options->reports);
  command->callback([options, exit_code] {
    const absl::StatusOr<RunSummary> summary = Merge(*options);
    if (!summary.ok()) {
      *exit_code = ReportError("check merge", summary.status());
    } else if (summary->bad_lines > 0) {
      *exit_code = kExitUsage;
    } else {
      *exit_code = summary->failed > 0 ? kExitFindings : kExitClean;
    }
  });
}

}  // namespace signalbook::check
