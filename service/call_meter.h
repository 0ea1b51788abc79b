// One call on its way to the metrics and the request log.
//
// Thread rule: one thread at a time.
#ifndef SIGNALBOOK_SERVICE_CALL_METER_H_
#define SIGNALBOOK_SERVICE_CALL_METER_H_

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "service/metrics.h"
#include "service/request_log.h"
#include "service/status.h"

namespace signalbook {

// Where calls are counted and written down; null: nowhere. Outlives their meters.
struct CallBooks {
  Metrics* metrics = nullptr;
  RequestLog* log = nullptr;
};

// Begins when it is made.
class CallMeter {
 public:
  CallMeter() = default;
  // `method`: of the metrics. `record`: what is known of the call so far; its time is set here.
  CallMeter(const CallBooks& books, int method, RequestRecord record = {})
      : books_(books), method_(method), start_(absl::Now()) {
    if (books.log == nullptr) return;
    record.time = start_;
    record_ = std::make_shared<RequestRecord>(std::move(record));
  }

  // What else the log is to say of it; null: there is no log.
  RequestRecord* record() const { return record_.get(); }

  // Once.
  void Answered(const absl::Status& status) const {
    const absl::Duration took = absl::Now() - start_;
    if (books_.metrics != nullptr) books_.metrics->CountCall(method_, status.code(), took);
    if (record_ == nullptr) return;
    record_->duration = took;
    record_->code = status.code();
    record_->error_reason = ReasonOf(status);
    books_.log->Write(std::move(*record_));
  }

 private:
  CallBooks books_;
  int method_ = 0;
  absl::Time start_;
  std::shared_ptr<RequestRecord> record_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_CALL_METER_H_
