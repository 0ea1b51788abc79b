#include "service/check/corpus.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <unordered_map>
#include <utility>

#include "absl/strings/match.h"
#include "service/check/baseline.h"
#include "service/check/corpus_json.h"
#include "service/check/corpus_line.h"
#include "service/check/corpus_tsv.h"
#include "service/strings.h"

namespace signalbook::check {
namespace {

namespace fs = std::filesystem;

constexpr size_t kLongestLine = 1 << 20;  // bytes, without its LF
constexpr size_t kBufferSize = 1 << 16;
constexpr size_t kMostIds = 1'000'000;
constexpr std::string_view kStdin = "-";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct FormatName {
  std::string_view extension;
  CorpusFormat format;
};
// What is read from a folder.
constexpr FormatName kFormats[] = {{".jsonl", CorpusFormat::kJsonLines},
                                   {".ndjson", CorpusFormat::kJsonLines},
                                   {".tsv", CorpusFormat::kTsv},
                                   {".txt", CorpusFormat::kRaw}};

const FormatName* FindFormat(const std::string& path) {
  for (const FormatName& format : kFormats) {
    if (absl::EndsWithIgnoreCase(path, AsAbsl(format.extension))) return &format;
  }
  return nullptr;
}

struct CorpusFile {
  std::string name;
  CorpusFormat format;  // not kByName
  int64_t size = -1;    // bytes; negative: not a regular file
};

// The lines of a file descriptor, which it owns but for stdin. Plain reads, so that a line from a pipe is there
// as soon as it was written.
class LineReader {
 public:
  enum class Result { kLine, kTooLong, kEnd, kError };

  explicit LineReader(int fd) : fd_(fd) {}
  ~LineReader() {
    if (fd_ != STDIN_FILENO) close(fd_);
  }
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  // kLine: the next line, without its LF; the last one needs none. kTooLong: it was skipped. kError: errno.
  Result Next(std::string* line) {
    line->clear();
    bool too_long = false;
    bool any = false;
    while (true) {
      if (rest_.empty()) {
        const ssize_t count = Fill();
        if (count < 0) return Result::kError;
        if (count == 0 && !any) return Result::kEnd;
        if (count == 0) return too_long ? Result::kTooLong : Result::kLine;
      }
      any = true;
      const size_t end = rest_.find('\n');
      const std::string_view part = rest_.substr(0, end);
      too_long = too_long || line->size() + part.size() > kLongestLine;
      if (!too_long) line->append(part);
      const size_t taken = std::min(part.size() + 1, rest_.size());
      rest_.remove_prefix(taken);
      bytes_ += static_cast<int64_t>(taken);
      if (end != rest_.npos) return too_long ? Result::kTooLong : Result::kLine;
    }
  }

  int64_t bytes() const { return bytes_; }  // of the lines so far

 private:
  ssize_t Fill() {
    ssize_t count;
    do {
      count = read(fd_, buffer_.data(), buffer_.size());
    } while (count < 0 && errno == EINTR);
    if (count > 0) rest_ = {buffer_.data(), static_cast<size_t>(count)};
    return count;
  }

  const int fd_;
  std::string buffer_ = std::string(kBufferSize, '\0');
  std::string_view rest_;  // of the buffer, not yet taken
  int64_t bytes_ = 0;
};

template <typename T>
void RemoveRepeats(std::vector<T>* values) {
  std::vector<T> unique;
  for (T& value : *values) {
    if (std::find(unique.begin(), unique.end(), value) == unique.end()) unique.push_back(value);
  }
  *values = std::move(unique);
}

class Corpora : public CaseSource {
 public:
  Corpora(std::vector<CorpusFile> files, CaseDefaults defaults)
      : files_(std::move(files)), defaults_(std::move(defaults)) {
    RemoveRepeats(&defaults_.to);
    RemoveRepeats(&defaults_.modes);
    if (defaults_.modes.empty()) defaults_.modes.push_back(v1::EMOJI_MODE_KEEP);
    for (const CorpusFile& file : files_) {
      total_bytes_ = file.size < 0 || total_bytes_ < 0 ? -1 : total_bytes_ + file.size;
    }
  }

  std::optional<CaseOrBadLine> Next() override {
    while (true) {
      if (variants_taken_ < variants()) return NextVariant();
      std::optional<BadLine> bad;
      if (reader_ == nullptr) {
        if (next_file_ == files_.size()) return std::nullopt;
        bad = Open();
      } else {
        bad = TakeLine();
      }
      if (bad) return *std::move(bad);
    }
  }

  double progress() const override {
    if (total_bytes_ < 0) return -1;
    if (next_file_ == files_.size() && reader_ == nullptr) return 1;
    if (total_bytes_ == 0) return 0;
    const int64_t bytes = bytes_before_ + (reader_ == nullptr ? 0 : reader_->bytes());
    return std::min(1.0, static_cast<double>(bytes) / static_cast<double>(total_bytes_));
  }

 private:
  const CorpusFile& file() const { return files_[next_file_ - 1]; }

  BadLine Bad(std::string what) const { return {file().name, line_number_, std::move(what)}; }

  // A file that changed since it was looked for is a bad line 0 of it.
  std::optional<BadLine> Open() {
    const CorpusFile& opened = files_[next_file_++];
    line_number_ = 0;
    columns_.reset();
    lines_of_ids_.clear();
    const int fd =
        opened.name == kStdin ? STDIN_FILENO : open(opened.name.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
      const BadLine bad = Bad(StrCat("cannot be opened: ", std::strerror(errno)));
      Close();
      return bad;
    }
    reader_ = std::make_unique<LineReader>(fd);
    return std::nullopt;
  }

  void Close() {
    bytes_before_ += std::max<int64_t>(0, file().size);
    reader_.reset();
  }

  // The file has nothing more to say that could be understood.
  BadLine GiveUp(std::string_view what) {
    BadLine bad = Bad(StrCat(what, "; the rest of the file is not read"));
    Close();
    return bad;
  }

  std::optional<BadLine> TakeLine() {
    const LineReader::Result result = reader_->Next(&text_);
    if (result == LineReader::Result::kEnd) {
      Close();
      return std::nullopt;
    }
    ++line_number_;
    if (result == LineReader::Result::kError) {
      return GiveUp(StrCat("cannot be read: ", std::strerror(errno)));
    }
    const CorpusFormat format = file().format;
    if (result == LineReader::Result::kTooLong) {
      constexpr std::string_view kTooLong = "longer than 1 MiB";
      if (format == CorpusFormat::kTsv && !columns_) return GiveUp(kTooLong);
      return Bad(std::string(kTooLong));
    }
    std::string_view text = text_;
    if (line_number_ == 1) {
      // Each of its lines would be a bad one.
      if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
        return GiveUp("UTF-16; save it as UTF-8");
      }
      if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    }
    if (format == CorpusFormat::kRaw) return TakeRaw(text);
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (format == CorpusFormat::kTsv) return TakeTsv(text);
    if (text.find_first_not_of(" \t") == text.npos) return std::nullopt;
    return TakeParsed(ParseJsonLine(text));
  }

  std::optional<BadLine> TakeRaw(std::string_view text) {
    if (text.empty()) return std::nullopt;
    if (absl::Status utf8 = CheckUtf8(text); !utf8.ok()) {
      return Bad(std::string(utf8.message()));
    }
    CorpusLine line;
    line.source = text;
    return TakeParsed(std::move(line));
  }

  std::optional<BadLine> TakeTsv(std::string_view text) {
    if (IsTsvComment(text)) return std::nullopt;
    if (columns_) return TakeParsed(columns_->ParseLine(text));
    absl::StatusOr<TsvColumns> columns = TsvColumns::Create(text);
    if (!columns.ok()) return GiveUp(AsStd(columns.status().message()));
    columns_ = *std::move(columns);
    return std::nullopt;
  }

  std::optional<BadLine> TakeParsed(absl::StatusOr<CorpusLine> line) {
    if (!line.ok()) return Bad(std::string(line.status().message()));
    if (line->to.empty()) line->to = defaults_.to;
    if (line->to.empty()) return Bad("needs a target language: \"to\" or --to");
    if (!line->id.empty()) {
      // Ids can be long, so their hashes are kept: of a million, two are taken for one by a chance of 3e-8.
      const size_t hash = std::hash<std::string>()(line->id);
      if (lines_of_ids_.size() < kMostIds || lines_of_ids_.contains(hash)) {
        const auto [known, is_new] = lines_of_ids_.emplace(hash, line_number_);
        if (!is_new) {
          return Bad(StrCat("duplicate id ", Quoted(line->id), ": line ", known->second,
                            " has it already"));
        }
      }
    }
    line_ = *std::move(line);
    variants_taken_ = 0;
    return std::nullopt;
  }

  size_t variants() const { return line_.to.size() * (line_.mode ? 1 : defaults_.modes.size()); }

  // One at a time: a line of 1 MiB can ask for a hundred thousand languages.
  Case NextVariant() {
    const size_t modes = line_.mode ? 1 : defaults_.modes.size();
    const std::string& to = line_.to[variants_taken_ / modes];
    const v1::EmojiMode mode = line_.mode ? *line_.mode : defaults_.modes[variants_taken_ % modes];
    ++variants_taken_;
    Case c;
    c.id = line_.id.empty() ? StrCat(file().name, ":", line_number_) : line_.id;
    if (line_.to.size() > 1 || modes > 1) c.id += "→";
    if (line_.to.size() > 1) c.id += to;
    if (line_.to.size() > 1 && modes > 1) c.id += "/";
    if (modes > 1) c.id += ModeName(mode);
    c.file = file().name;
    c.line = line_number_;
    c.request.add_contents(*line_.source);
    c.request.set_source_language_code(line_.from.value_or(defaults_.from));
    c.request.set_target_language_code(to);
    c.request.set_emoji_mode(mode);
    c.request.set_policy(line_.policy.value_or(defaults_.policy));
    for (const std::string& dialect : line_.dialects ? *line_.dialects : defaults_.dialects) {
      c.request.add_dialects(dialect);
    }
    c.request.set_market(line_.market.value_or(defaults_.market));
    c.candidate = line_.candidate ? line_.candidate : defaults_.candidate;
    c.expect = line_.expect;
    c.origin = line_.origin;
    return c;
  }

  const std::vector<CorpusFile> files_;
  CaseDefaults defaults_;
  int64_t total_bytes_ = 0;   // negative: unknown
  int64_t bytes_before_ = 0;  // of the files that are done
  size_t next_file_ = 0;      // the one before is being read, or was last

  std::unique_ptr<LineReader> reader_;  // null between files
  int64_t line_number_ = 0;
  std::string text_;
  std::optional<TsvColumns> columns_;
  std::unordered_map<size_t, int64_t> lines_of_ids_;

  CorpusLine line_;            // stands for `variants()` cases …
  size_t variants_taken_ = 0;  // … of which so many were given out
};

// --- which files

absl::Status Unreadable(const std::string& path, int error) {
  const std::string message = StrCat(path, ": ", std::strerror(error));
  return error == ENOENT || error == ENOTDIR ? absl::NotFoundError(message)
                                             : absl::PermissionDeniedError(message);
}

// What people have accepted may stand beside the corpora that it is for.
bool IsBaselineFile(const std::string& path) {
  std::string head(256, '\0');  // holds the line that it is known by
  std::ifstream file(path, std::ios::binary);
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  return IsBaseline(head);
}

absl::StatusOr<std::vector<std::string>> FilesIn(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const std::string path = entry->path().string();
    if (FindFormat(path) == nullptr) continue;
    // A link that leads nowhere is kept, to be reported; a pipe would wait for ever.
    std::error_code unknown;
    const fs::file_status status = entry->status(unknown);
    if (fs::is_regular_file(status) && IsBaselineFile(path)) continue;
    if (fs::is_regular_file(status) || !fs::exists(status)) files.push_back(path);
  }
  if (error) return Unreadable(folder, error.value());
  if (files.empty()) {
    std::vector<std::string_view> extensions;
    for (const FormatName& format : kFormats) extensions.push_back(format.extension);
    return absl::NotFoundError(
        StrCat(folder, ": no corpora in this folder (", Listed(extensions), ")"));
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

absl::StatusOr<std::unique_ptr<CaseSource>> OpenCorpora(const std::vector<std::string>& paths,
                                                        CorpusFormat format,
                                                        const CaseDefaults& defaults) {
  std::vector<CorpusFile> files;
  std::set<std::string> seen;
  for (const std::string& path : paths) {
    std::error_code ignored;
    std::vector<std::string> names = {path};
    if (path != kStdin && fs::is_directory(path, ignored)) {
      absl::StatusOr<std::vector<std::string>> in_folder = FilesIn(path);
      if (!in_folder.ok()) return in_folder.status();
      names = *std::move(in_folder);
    }
    for (const std::string& name : names) {
      const bool is_stdin = name == kStdin;
      if (!is_stdin && access(name.c_str(), R_OK) != 0) return Unreadable(name, errno);
      std::error_code no_path;  // a pipe of the shell, <(…), has none
      const std::string canonical = is_stdin ? name : fs::canonical(name, no_path).string();
      if (!seen.insert(no_path ? name : canonical).second) continue;
      CorpusFile file{name, format};
      if (format == CorpusFormat::kByName) {
        const FormatName* by_name = is_stdin ? nullptr : FindFormat(name);
        file.format = by_name == nullptr ? CorpusFormat::kRaw : by_name->format;
      }
      if (file.format == CorpusFormat::kRaw && defaults.to.empty()) {
        return absl::InvalidArgumentError(
            StrCat(name, ": a raw corpus names no target language; give one with --to"));
      }
      if (!is_stdin && fs::is_regular_file(name, ignored)) {
        file.size = static_cast<int64_t>(fs::file_size(name, ignored));
      }
      files.push_back(std::move(file));
    }
  }
  return std::make_unique<Corpora>(std::move(files), defaults);
}

}  // namespace signalbook::check
