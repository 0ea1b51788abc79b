// The record of a run: JSON Lines, for `check merge`, --resume and whoever likes jq.
//
//   {"type":"run","version":1,"subject":"here","book":"signalbook 0.1.0 1a2b3c",
//    "tool_version":"0.1.0"}
//   {"type":"case","index":0,"id":"canada","file":"a.jsonl","line":3,"passed":false,"from":"zh",
//    "to":"en","mode":"name","sequence":"1F1E8-1F1E6","text_hash":"0123456789abcdef",
//    "source":"…","output":"…","origin":"…","findings":[{"rule":"expect/contains",
//    "message":"…","expected":"Canada","actual":"He's in prison"}],"accepted":1}
//   {"type":"bad_line","file":"a.jsonl","line":7,"what":"…"}
//   {"type":"progress","cases":20000,"next_index":20000,"passed":19999,"failed":1,…}
//   {"type":"summary","subject":"here",…,"passed":29999,"failed":1,…,
//    "stale":[{"row":"law/copy es …"}]}
//
// Each object stands on one line. Members that are empty or 0 are left out, "index" and the counts
// of a run excepted. A text that is not UTF-8 stands in base64 (RFC 4648) under its name with
// "_base64" behind. The first kMostListedPasses cases that passed are listed. No member holds a
// time: the same run gives the same bytes.
//
// While a run goes on its record grows in PATH.part, which outlives the process; the end of the run
// puts it in the place of PATH.
//
// Thread rule: one thread.
#ifndef SIGNALBOOK_SERVICE_CHECK_RECORD_H_
#define SIGNALBOOK_SERVICE_CHECK_RECORD_H_

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/statusor.h"
#include "service/check/case.h"
#include "service/check/report.h"

namespace signalbook::check {

// How far a run was.
struct Progress {
  RunSummary so_far;
  int64_t next_index = 0;  // of the case that comes next
};

class RecordWriter : public ReportWriter {
 public:
  // Says how far the run is and hands all before it to the disk: a run that is killed later goes on
  // from here. To be asked for by count, not by the clock, if the same run is to give the same bytes.
  virtual void Checkpoint(const RunSummary& so_far, int64_t next_index) = 0;
};

// A new record; what a run before left in PATH.part is gone. "-" is stdout, which nothing can go on
// with.
//   Internal  it can't be created; another run writes it
absl::StatusOr<std::unique_ptr<RecordWriter>> MakeRecord(const std::string& path,
                                                         const RunInfo& info);

struct ResumedRecord {
  // Goes on behind the last checkpoint; what was written after it is cut off, its cases run again.
  std::unique_ptr<RecordWriter> writer;
  // That checkpoint; all 0 if there is none: the run starts at the beginning.
  Progress from;
  // The path of what is recorded up to it, for a RecordReader: the other reports want it as well. To
  // be read before more is written.
  std::string recorded;
};

// Goes on with the record of a run that did not end: PATH.part, else PATH.
//   NotFound         there is no record
//   AlreadyExists    the run has ended
//   InvalidArgument  no record, or one of another run: subject, book, version, selection differ
//   Internal         as MakeRecord
absl::StatusOr<ResumedRecord> ResumeRecord(const std::string& path, const RunInfo& info);

using RecordEntry = std::variant<RunInfo, CaseResult, BadLine, Progress, RunSummary>;

// Reads a record entry by entry, whatever its length. Gives back what was written, byte for byte.
class RecordReader {
 public:
  // NotFound.
  static absl::StatusOr<std::unique_ptr<RecordReader>> Open(const std::string& path);
  ~RecordReader();
  RecordReader(const RecordReader&) = delete;
  RecordReader& operator=(const RecordReader&) = delete;

  // nullopt at the end. The first entry is a RunInfo, and no other one is.
  //   InvalidArgument  "path:line: …"; Internal when it can't be read. There is no going on.
  absl::StatusOr<std::optional<RecordEntry>> Next();

  // At the end: whether the last line is cut off, since the process that wrote it was killed. It is
  // no entry.
  bool truncated() const { return truncated_; }
  // Whether a RunSummary came: without, the run did not end.
  bool complete() const { return complete_; }
  // Bytes up to the end of the last entry, its line end included; one without it does not count.
  int64_t offset() const { return offset_; }

 private:
  RecordReader(std::string path, std::FILE* file) : path_(std::move(path)), file_(file) {}
  absl::Status Error(std::string_view what) const;

  const std::string path_;
  std::FILE* const file_;
  char* buffer_ = nullptr;  // getline's
  size_t capacity_ = 0;
  int64_t line_ = 0;
  int64_t offset_ = 0;
  bool truncated_ = false;
  bool complete_ = false;
};

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_RECORD_H_
