#include "service/check/report.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "service/check/record.h"
#include "service/check/report_parts.h"
#include "service/strings.h"

namespace signalbook::check {
namespace {

absl::Status CantBeWritten(const std::string& path, int error) {
  return absl::InternalError(StrCat(path, ": cannot be written: ", std::strerror(error)));
}

// "1 bad line", "2 bad lines".
std::string Counted(int64_t count, std::string_view noun) {
  return StrCat(count, " ", noun, count == 1 ? "" : "s");
}

}  // namespace

bool IsWrittenInPlace(const std::string& path) {
  struct stat there;
  return path == "-" || (lstat(path.c_str(), &there) == 0 && !S_ISREG(there.st_mode));
}

absl::StatusOr<std::unique_ptr<OutputFile>> OutputFile::Create(const std::string& path) {
  if (path == "-") return std::unique_ptr<OutputFile>(new OutputFile("stdout", "", stdout, true));
  const bool in_place = IsWrittenInPlace(path);
  const std::string beside = in_place ? "" : StrCat(path, ".new.", getpid());
  std::FILE* file = std::fopen(in_place ? path.c_str() : beside.c_str(), "wbe");
  if (file == nullptr) return CantBeWritten(path, errno);
  return std::unique_ptr<OutputFile>(new OutputFile(path, beside, file, /*keep=*/false));
}

absl::StatusOr<std::unique_ptr<OutputFile>> OutputFile::GoOn(const std::string& path,
                                                             const std::string& beside,
                                                             int64_t size) {
  std::FILE* file = std::fopen(beside.c_str(), "abe");
  if (file == nullptr) return CantBeWritten(beside, errno);
  auto output = std::unique_ptr<OutputFile>(new OutputFile(path, beside, file, /*keep=*/true));
  if (flock(fileno(file), LOCK_EX | LOCK_NB) != 0) {
    return absl::InternalError(StrCat(beside, ": another run writes it"));
  }
  if (ftruncate(fileno(file), size) != 0) return CantBeWritten(beside, errno);
  return output;
}

OutputFile::~OutputFile() {
  if (file_ == nullptr || file_ == stdout) return;
  std::fclose(file_);
  if (!keep_ && !beside_.empty()) std::remove(beside_.c_str());
}

void OutputFile::Write(std::string_view text) {
  if (error_ != 0 || file_ == nullptr) return;
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) error_ = errno;
}

void OutputFile::Flush(bool to_disk) {
  if (error_ != 0 || file_ == nullptr) return;
  if (std::fflush(file_) != 0) error_ = errno;
  // What is no file (a pipe, a terminal) has no disk to go to.
  if (to_disk && error_ == 0 && !beside_.empty() && fdatasync(fileno(file_)) != 0) error_ = errno;
}

absl::Status OutputFile::Commit() {
  Flush(/*to_disk=*/true);
  if (file_ != stdout && file_ != nullptr) {
    if (std::fclose(file_) != 0 && error_ == 0) error_ = errno;
    file_ = nullptr;
    if (error_ == 0 && !beside_.empty() && std::rename(beside_.c_str(), path_.c_str()) != 0) {
      error_ = errno;
    }
    if (error_ != 0 && !keep_ && !beside_.empty()) std::remove(beside_.c_str());
  }
  return error_ == 0 ? absl::OkStatus() : CantBeWritten(path_, error_);
}

absl::StatusOr<std::unique_ptr<Spool>> Spool::Create() {
  std::FILE* file = std::tmpfile();
  if (file == nullptr) return CantBeWritten("a temporary file", errno);
  return std::unique_ptr<Spool>(new Spool(file));
}

Spool::~Spool() { std::fclose(file_); }

void Spool::Append(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) failed_ = true;
  size_ += static_cast<int64_t>(text.size());
}

absl::Status Spool::CopyTo(int64_t begin, int64_t end, OutputFile* file) {
  failed_ = failed_ || std::fflush(file_) != 0 || fseeko(file_, begin, SEEK_SET) != 0;
  std::vector<char> buffer(1 << 16);
  while (!failed_ && begin < end) {
    const size_t wanted = std::min(buffer.size(), static_cast<size_t>(end - begin));
    const size_t got = std::fread(buffer.data(), 1, wanted, file_);
    if (got == 0) failed_ = true;
    file->Write({buffer.data(), got});
    begin += static_cast<int64_t>(got);
  }
  if (failed_) return absl::InternalError("a temporary file could not be written or read");
  return absl::OkStatus();
}

std::string Shown(std::string_view text, size_t most_bytes) {
  if (text.size() <= most_bytes) return Visible(text);
  // Not inside a code point.
  size_t end = most_bytes;
  while (end > 0 && most_bytes - end < 3 &&
         (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
    --end;
  }
  return StrCat(Visible(text.substr(0, end)), "… [and ", text.size() - end, " bytes]");
}

std::string Markup(std::string_view text) {
  constexpr std::string_view kForbidden = "\uFFFE";  // and \uFFFF: the same but the last byte
  std::string escaped;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else if (c == '"') {
      escaped += "&quot;";
    } else if (c == '\'') {
      escaped += "&#39;";
    } else if (text.substr(i, 2) == kForbidden.substr(0, 2) && i + 2 < text.size() &&
               static_cast<unsigned char>(text[i + 2]) >= 0xBE) {
      escaped += "\uFFFD";
      i += 2;
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string Place(std::string_view file, int64_t line) {
  return line > 0 ? StrCat(Visible(file), ":", line) : Visible(file);
}

std::string Direction(const CaseResult& result) {
  return StrCat(result.from.empty() ? "auto" : Visible(result.from), "→", Visible(result.to), " ",
                Visible(result.mode));
}

std::string WhoAnswered(const RunInfo& info) {
  std::vector<std::string> known;
  for (const std::string& word : {info.subject, info.book}) {
    if (!word.empty()) known.push_back(Visible(word));
  }
  return absl::StrJoin(known, ", ");
}

std::string Headline(const RunSummary& summary) {
  return StrCat(summary.passed, " passed, ", summary.failed, " failed");
}

std::string SideCounts(const RunSummary& summary) {
  std::vector<std::string> counts;
  if (summary.accepted > 0) counts.push_back(Counted(summary.accepted, "finding") + " accepted");
  if (summary.bad_lines > 0) counts.push_back(Counted(summary.bad_lines, "bad line"));
  if (summary.left_out > 0) counts.push_back(Counted(summary.left_out, "case") + " left out");
  if (!summary.stale.empty()) {
    counts.push_back(Counted(static_cast<int64_t>(summary.stale.size()), "stale row") +
                     " of the baseline");
  }
  if (summary.stopped_early) counts.push_back("stopped early");
  return absl::StrJoin(counts, ", ");
}

const std::vector<std::string>& ReportFormats() {
  static const auto* formats =
      new std::vector<std::string>{"text", "jsonl", "junit", "sarif", "tap", "github", "html"};
  return *formats;
}

absl::StatusOr<std::unique_ptr<ReportWriter>> MakeReport(std::string_view format,
                                                         const std::string& path,
                                                         const RunInfo& info) {
  const std::vector<std::string>& formats = ReportFormats();
  if (std::find(formats.begin(), formats.end(), format) == formats.end()) {
    return absl::InvalidArgumentError(StrCat("\"", Visible(format),
                                             "\" is no form of report; there are ",
                                             absl::StrJoin(formats, ", ")));
  }
  if (format == "jsonl") return MakeRecord(path, info);
  absl::StatusOr<std::unique_ptr<OutputFile>> file = OutputFile::Create(path);
  if (!file.ok()) return file.status();
  if (format == "text") return MakeTextReport(*std::move(file), info);
  if (format == "junit") return MakeJunitReport(*std::move(file), info);
  if (format == "sarif") return MakeSarifReport(*std::move(file), info);
  if (format == "tap") return MakeTapReport(*std::move(file));
  if (format == "github") return MakeGithubReport(*std::move(file), info);
  return MakeHtmlReport(*std::move(file), info);
}

}  // namespace signalbook::check
