// One line of JSON for each answered call: who asked for what, how it ended, how long it took. Never any message
// text, token or name of a person; a client by what the configuration calls it.
//
//   {"time":"2026-11-28T00:30:00.123456Z","method":"TranslateText","code":"OK","duration_us":412,
//    "request_id":"…","trace_id":"…","span_id":"…","messages":2,"translated":1,"refused":1,
//    "refusals":{"NO_MODEL":1},"revision":"3"}
//
// What is zero or empty is left out. Lines are written by a thread of the log's own: a disk that is slow or full holds
// up no call.
//
// Thread rule: all methods are safe from many threads.
#ifndef SIGNALBOOK_SERVICE_REQUEST_LOG_H_
#define SIGNALBOOK_SERVICE_REQUEST_LOG_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "service/trace_context.h"
#include "signalbook/v1/translation.pb.h"

namespace signalbook {

struct RequestRecord {
  absl::Time time;  // when the call came
  std::string_view method;
  absl::StatusCode code = absl::StatusCode::kOk;
  std::string error_reason;  // ErrorInfo's: "QUEUE_FULL"
  absl::Duration duration;
  std::string request_id;
  TraceContext trace;
  std::string client;  // of `access`; empty: nobody was asked
  // Of TranslateText: messages by verdict, refused pieces by reason.
  int32_t verdicts[v1::Verdict_ARRAYSIZE] = {};
  std::vector<std::pair<v1::Reason, int32_t>> refusals;
  std::string revision;

  // Takes over what an answer holds that may be told.
  void Describe(const v1::TranslateTextResponse& response);
};

// One line, without its end.
std::string ToJson(const RequestRecord& record);

class RequestLog {
 public:
  // Lines that may wait for the disk; more are dropped, and the next that is written says how many.
  static constexpr size_t kMaxWaiting = 8'192;

  // Writes to the end of a file, or to stderr if that is the word.
  //   NotFound   it cannot be opened for writing
  static absl::StatusOr<std::unique_ptr<RequestLog>> Open(const std::string& path);
  // Writes what waits.
  ~RequestLog();
  RequestLog(const RequestLog&) = delete;
  RequestLog& operator=(const RequestLog&) = delete;

  void Write(RequestRecord record);
  // Waits until what was given to Write before is written, for who ends the process without a destructor. False: at
  // the deadline it was not; a disk that hangs holds up nobody for longer.
  bool Flush(absl::Time deadline);
  // Opens the file anew, for who has moved it away (logrotate). When that fails, the old one is kept.
  absl::Status Reopen();

 private:
  RequestLog(std::string path, int file);
  void Run();

  const std::string path_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable written_;
  std::vector<RequestRecord> waiting_;  // guarded by mutex_
  uint64_t dropped_ = 0;                // guarded by mutex_
  uint64_t given_ = 0;                  // records ever; guarded by mutex_
  uint64_t done_ = 0;                   // of them written; guarded by mutex_
  bool stopping_ = false;               // guarded by mutex_
  const int file_;
  std::thread writer_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_REQUEST_LOG_H_
