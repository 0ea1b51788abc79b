#include "service/request_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/ascii.h"
#include "service/strings.h"

namespace signalbook {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kStderr = "stderr";

int OpenFile(const std::string& path) {
  if (path == kStderr) return STDERR_FILENO;
  return ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
}

// What cannot be written is lost: there is nowhere to say so.
void WriteAll(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

std::string WithoutPrefix(const std::string& name, std::string_view prefix) {
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

void Add(const char* name, const std::string& value, Json* line) {
  if (!value.empty()) (*line)[name] = value;
}

}  // namespace

void RequestRecord::Describe(const v1::TranslateTextResponse& response) {
  revision = response.revision();
  for (const v1::Translation& translation : response.translations()) {
    ++verdicts[translation.verdict()];
    for (const v1::Piece& piece : translation.pieces()) {
      if (!piece.has_refusal()) continue;
      const v1::Reason reason = piece.refusal().reason();
      const auto found = std::find_if(refusals.begin(), refusals.end(),
                                      [reason](const auto& row) { return row.first == reason; });
      if (found == refusals.end()) {
        refusals.emplace_back(reason, 1);
      } else {
        ++found->second;
      }
    }
  }
}

std::string ToJson(const RequestRecord& record) {
  Json line;
  line["time"] = absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", record.time, absl::UTCTimeZone());
  line["method"] = record.method;
  line["code"] =
      record.code == absl::StatusCode::kOk ? "OK" : absl::StatusCodeToString(record.code);
  Add("reason", record.error_reason, &line);
  line["duration_us"] = absl::ToInt64Microseconds(record.duration);
  Add("request_id", record.request_id, &line);
  Add("trace_id", record.trace.trace_id, &line);
  Add("span_id", record.trace.span_id, &line);
  Add("parent_span_id", record.trace.parent_span_id, &line);
  Add("client", record.client, &line);
  int32_t messages = 0;
  for (const int32_t count : record.verdicts) messages += count;
  if (messages > 0) line["messages"] = messages;
  for (int verdict = 1; verdict < v1::Verdict_ARRAYSIZE; ++verdict) {
    if (record.verdicts[verdict] == 0) continue;
    line[absl::AsciiStrToLower(WithoutPrefix(v1::Verdict_Name(verdict), "VERDICT_"))] =
        record.verdicts[verdict];
  }
  for (const auto& [reason, count] : record.refusals) {
    line["refusals"][WithoutPrefix(v1::Reason_Name(reason), "REASON_")] = count;
  }
  Add("revision", record.revision, &line);
  // Replaces what is not UTF-8: a client may have sent anything.
  return line.dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
}

absl::StatusOr<std::unique_ptr<RequestLog>> RequestLog::Open(const std::string& path) {
  const int file = OpenFile(path);
  if (file < 0) {
    return absl::NotFoundError(
        StrCat("request_log: cannot write to ", path, ": ", std::strerror(errno)));
  }
  return std::unique_ptr<RequestLog>(new RequestLog(path, file));
}

RequestLog::RequestLog(std::string path, int file) : path_(std::move(path)), file_(file) {
  writer_ = std::thread([this] { Run(); });
}

RequestLog::~RequestLog() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  writer_.join();
  if (path_ != kStderr) ::close(file_);
}

void RequestLog::Write(RequestRecord record) {
  std::lock_guard lock(mutex_);
  if (waiting_.size() >= kMaxWaiting) {
    ++dropped_;
    return;
  }
  waiting_.push_back(std::move(record));
  ++given_;
  if (waiting_.size() == 1) wake_.notify_one();
}

bool RequestLog::Flush(absl::Time deadline) {
  std::unique_lock lock(mutex_);
  const uint64_t wanted = given_;
  return written_.wait_until(lock, absl::ToChronoTime(deadline),
                             [this, wanted] { return done_ >= wanted; });
}

absl::Status RequestLog::Reopen() {
  if (path_ == kStderr) return absl::OkStatus();
  const int file = OpenFile(path_);
  if (file < 0) {
    return absl::NotFoundError(
        StrCat("request_log: cannot write to ", path_, ": ", std::strerror(errno)));
  }
  // The writer uses the number: what it stands for changes in one step.
  const bool replaced = ::dup3(file, file_, O_CLOEXEC) >= 0;
  ::close(file);
  if (!replaced) return absl::InternalError(StrCat("request_log: ", std::strerror(errno)));
  return absl::OkStatus();
}

void RequestLog::Run() {
  std::vector<RequestRecord> records;
  std::string text;
  bool stopping = false;
  while (!stopping) {
    uint64_t dropped = 0;
    uint64_t taken = 0;
    records.clear();
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      records.swap(waiting_);
      taken = given_;
      dropped = std::exchange(dropped_, 0);
      stopping = stopping_;
    }
    text.clear();
    for (const RequestRecord& record : records) absl::StrAppend(&text, ToJson(record), "\n");
    if (dropped > 0) {
      absl::StrAppend(&text, Json{{"lines_dropped", dropped}}.dump(), "\n");
    }
    WriteAll(file_, text);
    {
      std::lock_guard lock(mutex_);
      done_ = taken;
    }
    written_.notify_all();
  }
}

}  // namespace signalbook
