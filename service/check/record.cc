#include "service/check/record.h"

#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "service/check/report_parts.h"
#include "service/strings.h"
#include "translator/normalize.h"

namespace signalbook::check {
namespace {

using Json = nlohmann::ordered_json;

// Of the form; to be raised when a reader of today would misread it.
constexpr int64_t kVersion = 1;
constexpr std::string_view kBase64 = "_base64";

std::string PartPath(const std::string& path) { return path + ".part"; }

bool IsUtf8(const std::string& text) { return !FindInvalidUtf8(text).has_value(); }

// Members of an object, as the file comment of record.h says.
void Put(Json* object, const std::string& name, const std::string& text) {
  if (text.empty()) return;
  if (IsUtf8(text)) {
    (*object)[name] = text;
  } else {
    (*object)[StrCat(name, kBase64)] = absl::Base64Escape(text);
  }
}

void PutNumber(Json* object, const std::string& name, int64_t number) {
  if (number != 0) (*object)[name] = number;
}

// The way back. A member that is left out leaves the target as it is; one of another type makes the
// whole line bad.
class Members {
 public:
  explicit Members(const Json& object) : object_(object) {}

  void Get(const std::string& name, std::string* text) {
    if (const Json* member = Find(name); member != nullptr) {
      if (Check(member->is_string(), name)) *text = member->get_ref<const std::string&>();
    } else if (const std::string base64 = StrCat(name, kBase64);
               (member = Find(base64)) != nullptr) {
      Check(
          member->is_string() && absl::Base64Unescape(member->get_ref<const std::string&>(), text),
          base64);
    }
  }
  template <typename Number>
  void Get(const std::string& name, Number* number) {
    const Json* member = Find(name);
    if (member != nullptr && Check(member->is_number_integer(), name)) {
      *number = member->get<Number>();
    }
  }
  void Get(const std::string& name, bool* truth) {
    const Json* member = Find(name);
    if (member != nullptr && Check(member->is_boolean(), name)) *truth = member->get<bool>();
  }
  // The objects of a list.
  std::vector<Json> List(const std::string& name) {
    const Json* member = Find(name);
    std::vector<Json> objects;
    if (member == nullptr || !Check(member->is_array(), name)) return objects;
    for (const Json& object : *member) {
      if (Check(object.is_object(), name)) objects.push_back(object);
    }
    return objects;
  }

  // The first member that is not what it should be.
  const std::optional<std::string>& bad() const { return bad_; }
  bool Check(bool good, const std::string& name) {
    if (!good && !bad_) bad_ = name;
    return good;
  }

 private:
  const Json* Find(const std::string& name) const {
    const auto found = object_.find(name);
    return found == object_.end() ? nullptr : &*found;
  }

  const Json& object_;
  std::optional<std::string> bad_;
};

Json ToJson(const RunInfo& info) {
  Json object = {{"type", "run"}, {"version", kVersion}};
  Put(&object, "subject", info.subject);
  Put(&object, "book", info.book);
  Put(&object, "tool_version", info.tool_version);
  Put(&object, "selection", info.selection);
  return object;
}

RunInfo ToRunInfo(Members* members) {
  RunInfo info;
  int64_t version = 0;
  members->Get("version", &version);
  members->Check(version == kVersion, "version");
  members->Get("subject", &info.subject);
  members->Get("book", &info.book);
  members->Get("tool_version", &info.tool_version);
  members->Get("selection", &info.selection);
  return info;
}

Json ToJson(const CaseResult& result) {
  Json object = {{"type", "case"}, {"index", result.index}};
  Put(&object, "id", result.id);
  Put(&object, "file", result.file);
  PutNumber(&object, "line", result.line);
  object["passed"] = result.passed();
  Put(&object, "from", result.from);
  Put(&object, "to", result.to);
  Put(&object, "mode", result.mode);
  Put(&object, "sequence", result.sequence);
  Put(&object, "text_hash", result.text_hash);
  Put(&object, "source", result.source);
  Put(&object, "output", result.output);
  Put(&object, "origin", result.origin);
  for (const Finding& finding : result.findings) {
    Json one = Json::object();
    Put(&one, "rule", finding.rule);
    Put(&one, "message", finding.message);
    Put(&one, "expected", finding.expected);
    Put(&one, "actual", finding.actual);
    object["findings"].push_back(std::move(one));
  }
  PutNumber(&object, "accepted", result.accepted);
  return object;
}

CaseResult ToCaseResult(Members* members) {
  CaseResult result;
  members->Get("index", &result.index);
  members->Get("id", &result.id);
  members->Get("file", &result.file);
  members->Get("line", &result.line);
  members->Get("from", &result.from);
  members->Get("to", &result.to);
  members->Get("mode", &result.mode);
  members->Get("sequence", &result.sequence);
  members->Get("text_hash", &result.text_hash);
  members->Get("source", &result.source);
  members->Get("output", &result.output);
  members->Get("origin", &result.origin);
  for (const Json& one : members->List("findings")) {
    Members parts(one);
    Finding& finding = result.findings.emplace_back();
    parts.Get("rule", &finding.rule);
    parts.Get("message", &finding.message);
    parts.Get("expected", &finding.expected);
    parts.Get("actual", &finding.actual);
    members->Check(!parts.bad(), "findings");
  }
  members->Get("accepted", &result.accepted);
  bool passed = result.passed();
  members->Get("passed", &passed);
  members->Check(passed == result.passed(), "passed");
  return result;
}

Json ToJson(const BadLine& line) {
  Json object = {{"type", "bad_line"}};
  Put(&object, "file", line.file);
  PutNumber(&object, "line", line.line);
  Put(&object, "what", line.what);
  return object;
}

BadLine ToBadLine(Members* members) {
  BadLine line;
  members->Get("file", &line.file);
  members->Get("line", &line.line);
  members->Get("what", &line.what);
  return line;
}

void PutCounts(const RunSummary& summary, Json* object) {
  (*object)["passed"] = summary.passed;
  (*object)["failed"] = summary.failed;
  (*object)["accepted"] = summary.accepted;
  (*object)["bad_lines"] = summary.bad_lines;
  (*object)["left_out"] = summary.left_out;
  if (summary.stopped_early) (*object)["stopped_early"] = true;
  for (const std::string& row : summary.stale) {
    Json one = Json::object();
    Put(&one, "row", row);
    (*object)["stale"].push_back(std::move(one));
  }
}

Json ToJson(const RunSummary& summary) {
  Json object = {{"type", "summary"}};
  Put(&object, "subject", summary.subject);
  Put(&object, "book", summary.book);
  PutCounts(summary, &object);
  return object;
}

Json ToJson(const Progress& progress) {
  Json object = {{"type", "progress"},
                 {"cases", progress.so_far.passed + progress.so_far.failed},
                 {"next_index", progress.next_index}};
  Put(&object, "subject", progress.so_far.subject);
  Put(&object, "book", progress.so_far.book);
  PutCounts(progress.so_far, &object);
  return object;
}

RunSummary ToSummary(Members* members) {
  RunSummary summary;
  members->Get("subject", &summary.subject);
  members->Get("book", &summary.book);
  members->Get("passed", &summary.passed);
  members->Get("failed", &summary.failed);
  members->Get("accepted", &summary.accepted);
  members->Get("bad_lines", &summary.bad_lines);
  members->Get("left_out", &summary.left_out);
  members->Get("stopped_early", &summary.stopped_early);
  for (const Json& one : members->List("stale")) {
    Members parts(one);
    parts.Get("row", &summary.stale.emplace_back());
    members->Check(!parts.bad(), "stale");
  }
  return summary;
}

Progress ToProgress(Members* members) {
  Progress progress;
  members->Get("next_index", &progress.next_index);
  progress.so_far = ToSummary(members);
  return progress;
}

class Writer final : public RecordWriter {
 public:
  // `passes`: those that are listed already.
  Writer(std::unique_ptr<OutputFile> file, int64_t passes)
      : file_(std::move(file)), passes_(passes) {}

  void Start(const RunInfo& info) {
    WriteLine(ToJson(info));
    file_->Flush();
  }
  void Add(const CaseResult& result) override {
    if (result.passed() && ++passes_ > kMostListedPasses) return;
    WriteLine(ToJson(result));
  }
  void Add(const BadLine& line) override { WriteLine(ToJson(line)); }
  void Checkpoint(const RunSummary& so_far, int64_t next_index) override {
    WriteLine(ToJson(Progress{so_far, next_index}));
    file_->Flush(/*to_disk=*/true);
  }
  absl::Status Finish(const RunSummary& summary) override {
    WriteLine(ToJson(summary));
    return file_->Commit();
  }

 private:
  // Put has seen to it that all texts are UTF-8.
  void WriteLine(const Json& object) { file_->Write(object.dump() + "\n"); }

  const std::unique_ptr<OutputFile> file_;
  int64_t passes_;
};

// What differs between two runs; empty if nothing.
std::string Difference(const RunInfo& recorded, const RunInfo& now) {
  struct Row {
    std::string_view name;
    const std::string& before;
    const std::string& after;
  };
  for (const Row& row :
       {Row{"the subject", recorded.subject, now.subject}, Row{"the book", recorded.book, now.book},
        Row{"signalbook", recorded.tool_version, now.tool_version},
        Row{"what is checked", recorded.selection, now.selection}}) {
    if (row.before != row.after) {
      return StrCat(row.name, " was \"", Visible(row.before), "\" and is \"", Visible(row.after),
                    "\"");
    }
  }
  return "";
}

bool Exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

}  // namespace

absl::StatusOr<std::unique_ptr<RecordWriter>> MakeRecord(const std::string& path,
                                                         const RunInfo& info) {
  absl::StatusOr<std::unique_ptr<OutputFile>> file =
      IsWrittenInPlace(path) ? OutputFile::Create(path)
                             : OutputFile::GoOn(path, PartPath(path), /*size=*/0);
  if (!file.ok()) return file.status();
  auto writer = std::make_unique<Writer>(*std::move(file), /*passes=*/0);
  writer->Start(info);
  return writer;
}

absl::StatusOr<ResumedRecord> ResumeRecord(const std::string& path, const RunInfo& info) {
  const std::string part = PartPath(path);
  const std::string& there = Exists(part) ? part : path;
  absl::StatusOr<std::unique_ptr<RecordReader>> reader = RecordReader::Open(there);
  if (!reader.ok()) return reader.status();

  ResumedRecord resumed;
  resumed.recorded = part;
  int64_t kept = 0;  // bytes up to the end of the checkpoint, the head of the record at least
  int64_t passes = 0, passes_kept = 0;
  while (true) {
    const int64_t before = (*reader)->offset();
    const absl::StatusOr<std::optional<RecordEntry>> entry = (*reader)->Next();
    // Behind a line that a crash has spoilt nothing counts.
    if (!entry.ok() && kept > 0) break;
    if (!entry.ok()) return entry.status();
    if (!entry->has_value() || (*reader)->offset() == before) break;  // the end, or half a line
    if (const auto* run = std::get_if<RunInfo>(&**entry)) {
      const std::string difference = Difference(*run, info);
      if (!difference.empty()) {
        return absl::InvalidArgumentError(
            StrCat(there, ": the record of another run: ", difference));
      }
      kept = (*reader)->offset();
    } else if (const auto* result = std::get_if<CaseResult>(&**entry)) {
      passes += result->passed() ? 1 : 0;
    } else if (const auto* progress = std::get_if<Progress>(&**entry)) {
      resumed.from = *progress;
      kept = (*reader)->offset();
      passes_kept = passes;
    }
  }
  if ((*reader)->complete()) {
    return absl::AlreadyExistsError(StrCat(there, ": this run has ended, nothing is left to do"));
  }
  if (there != part && std::rename(there.c_str(), part.c_str()) != 0) {
    return absl::InternalError(StrCat(part, ": cannot be written: ", std::strerror(errno)));
  }
  absl::StatusOr<std::unique_ptr<OutputFile>> file = OutputFile::GoOn(path, part, kept);
  if (!file.ok()) return file.status();
  auto writer = std::make_unique<Writer>(*std::move(file), passes_kept);
  // Killed before the head of its record was written: as if it had never run.
  if (kept == 0) writer->Start(info);
  resumed.writer = std::move(writer);
  return resumed;
}

absl::StatusOr<std::unique_ptr<RecordReader>> RecordReader::Open(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rbe");
  if (file == nullptr && Exists(PartPath(path))) {
    return absl::NotFoundError(StrCat(path, ": the run has not ended; what it has recorded is ",
                                      PartPath(path), ", --resume goes on with it"));
  }
  if (file == nullptr) return absl::NotFoundError(StrCat(path, ": ", std::strerror(errno)));
  return std::unique_ptr<RecordReader>(new RecordReader(path, file));
}

RecordReader::~RecordReader() {
  std::free(buffer_);
  std::fclose(file_);
}

absl::Status RecordReader::Error(std::string_view what) const {
  return absl::InvalidArgumentError(StrCat(path_, ":", line_, ": ", what));
}

absl::StatusOr<std::optional<RecordEntry>> RecordReader::Next() {
  const ssize_t length = getline(&buffer_, &capacity_, file_);
  if (length < 0 && std::ferror(file_) != 0) {
    return absl::InternalError(StrCat(path_, ": cannot be read: ", std::strerror(errno)));
  }
  if (length < 0) return std::nullopt;
  ++line_;
  const std::string_view text(buffer_, static_cast<size_t>(length));
  const Json object = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) {
    truncated_ = !text.ends_with('\n');
    if (truncated_) return std::nullopt;
    return Error("this is no line of a record (`check --report jsonl:FILE` writes records)");
  }

  Members members(object);
  std::string type;
  members.Get("type", &type);
  if ((type == "run") != (line_ == 1)) {
    return Error(line_ == 1 ? "this is no record: it does not begin with {\"type\":\"run\""
                            : "a second run in one record; `check merge` takes several files");
  }
  RecordEntry entry;
  if (type == "run") {
    entry = ToRunInfo(&members);
  } else if (type == "case") {
    entry = ToCaseResult(&members);
  } else if (type == "bad_line") {
    entry = ToBadLine(&members);
  } else if (type == "progress") {
    entry = ToProgress(&members);
  } else if (type == "summary") {
    entry = ToSummary(&members);
  } else {
    return Error(StrCat("entries of type \"", Visible(type), "\" are unknown"));
  }
  if (members.bad()) return Error(StrCat("\"", *members.bad(), "\" is wrong"));
  if (text.ends_with('\n')) offset_ += length;
  complete_ = complete_ || type == "summary";
  return entry;
}

}  // namespace signalbook::check
