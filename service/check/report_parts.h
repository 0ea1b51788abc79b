// What the reports are made of: files, and texts as reports show them. For report_*.cc and record.cc
// alone.
//
// Thread rule: one thread.
#ifndef SIGNALBOOK_SERVICE_CHECK_REPORT_PARTS_H_
#define SIGNALBOOK_SERVICE_CHECK_REPORT_PARTS_H_

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "service/check/case.h"
#include "service/check/report.h"

namespace signalbook::check {

// "-", stdout, and what is no regular file (/dev/stdout, a pipe, a symbolic link): nothing may take
// its place.
bool IsWrittenInPlace(const std::string& path);

// A file that is written beside the old one and put in its place by Commit.
class OutputFile {
 public:
  // Internal when it can't be created. What was not committed is taken away.
  static absl::StatusOr<std::unique_ptr<OutputFile>> Create(const std::string& path);
  // Goes on with `beside`, of which the first `size` bytes stay, and leaves it there if it is not
  // committed. For one writer at a time: Internal while another one has it.
  static absl::StatusOr<std::unique_ptr<OutputFile>> GoOn(const std::string& path,
                                                          const std::string& beside, int64_t size);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // What goes wrong is remembered and told by Commit.
  void Write(std::string_view text);
  // Hands on what was written to whoever reads along; `to_disk`: so that it outlives a crash.
  void Flush(bool to_disk = false);
  // Internal when something could not be written: the old file is still there.
  absl::Status Commit();

  bool is_stdout() const { return file_ == stdout; }

 private:
  OutputFile(std::string path, std::string beside, std::FILE* file, bool keep)
      : path_(std::move(path)), beside_(std::move(beside)), file_(file), keep_(keep) {}

  const std::string path_;
  const std::string beside_;  // empty: written in place
  std::FILE* file_;           // null once it is closed
  const bool keep_;
  int error_ = 0;  // errno of the first thing that went wrong
};

// Text that waits on disk until what stands before it in the report is known.
class Spool {
 public:
  // Internal when there is no room for temporary files.
  static absl::StatusOr<std::unique_ptr<Spool>> Create();
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  void Append(std::string_view text);
  int64_t size() const { return size_; }
  // Writes the bytes [begin, end) to `file`. Internal when they could not be kept or read.
  absl::Status CopyTo(int64_t begin, int64_t end, OutputFile* file);

 private:
  explicit Spool(std::FILE* file) : file_(file) {}

  std::FILE* const file_;
  int64_t size_ = 0;
  bool failed_ = false;
};

// Visible(text), of a long text its beginning: "… [and 12345 bytes]". A report is read by people; the
// record holds every byte.
inline constexpr size_t kMostShownBytes = 4000;
std::string Shown(std::string_view text, size_t most_bytes = kMostShownBytes);

// With the characters that XML and HTML read as their own written as entities, and what XML 1.0 does
// not allow at all, U+FFFE and U+FFFF, as U+FFFD. For texts that Shown gives.
std::string Markup(std::string_view text);

// "corpus.jsonl:3"; "flags" for what a generator of that name made. Through Visible.
std::string Place(std::string_view file, int64_t line);

// "zh→en name"; "auto→en keep" where the language was left to detection.
std::string Direction(const CaseResult& result);

// Subject and book, as far as they are known: "here, signalbook 0.1.0 1a2b3c".
std::string WhoAnswered(const RunInfo& info);

// "3 passed, 1 failed".
std::string Headline(const RunSummary& summary);

// What the headline leaves out, "1 finding accepted, 2 bad lines"; empty if nothing.
std::string SideCounts(const RunSummary& summary);

std::unique_ptr<ReportWriter> MakeTextReport(std::unique_ptr<OutputFile> file, const RunInfo& info);
absl::StatusOr<std::unique_ptr<ReportWriter>> MakeJunitReport(std::unique_ptr<OutputFile> file,
                                                              const RunInfo& info);
std::unique_ptr<ReportWriter> MakeSarifReport(std::unique_ptr<OutputFile> file,
                                              const RunInfo& info);
std::unique_ptr<ReportWriter> MakeTapReport(std::unique_ptr<OutputFile> file);
std::unique_ptr<ReportWriter> MakeGithubReport(std::unique_ptr<OutputFile> file,
                                               const RunInfo& info);
absl::StatusOr<std::unique_ptr<ReportWriter>> MakeHtmlReport(std::unique_ptr<OutputFile> file,
                                                             const RunInfo& info);

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_REPORT_PARTS_H_
