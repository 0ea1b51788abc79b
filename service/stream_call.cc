#include "service/stream_call.h"

#include <algorithm>
#include <atomic>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "google/rpc/status.pb.h"
#include "service/limits.h"
#include "service/request.h"
#include "service/status.h"
#include "service/strings.h"
#include "service/wire.h"
#include "translator/normalize.h"

namespace signalbook {
namespace {

absl::Status CheckLabels(const v1::StreamTranslateTextRequest& request) {
  for (const auto& [field, value] :
       {std::pair("id", &request.id()), std::pair("conversation", &request.conversation())}) {
    if (value->size() > kMaxStreamLabelBytes) {
      return InvalidRequest({.reason = reason::kFieldTooLong,
                             .field = field,
                             .description = StrCat("at most ", kMaxStreamLabelBytes, " bytes"),
                             .metadata = {{"limit", StrCat(kMaxStreamLabelBytes)}}});
    }
  }
  if (request.timeout_ms() < 0) {
    return InvalidRequest({.reason = reason::kMalformedRequest,
                           .field = "timeout_ms",
                           .description = "0 (none of its own) or more",
                           .metadata = {}});
  }
  return absl::OkStatus();
}

}  // namespace

// A message that is under way. Shared by the stream and, while it waits for a model, by a worker.
class StreamCall::Item final : public WorkerPool::Job {
 public:
  Item(std::shared_ptr<StreamCall> stream, v1::StreamTranslateTextRequest request,
       absl::Time deadline)
      : id_(request.id()),
        conversation_(request.conversation()),
        meter_(stream->options_.books, stream->options_.method, stream->options_.record),
        stream_(std::move(stream)),
        work_(*stream_->options_.context, deadline) {
    *work_.request() = std::move(*request.mutable_translate());
    work_.PassOn(stream_->options_.traceparent);
  }

  void Run() override {
    v1::StreamTranslateTextResponse answer;
    *answer.mutable_response() = work_.Translate();
    if (stream_->Complete(*this, std::move(answer), absl::OkStatus())) work_.Count();
  }

  // A deadline that has passed is a refusal, and needs no model to be told: the caller still waits for it.
  bool Abandoned() const override { return answered_; }
  void TurnedAway() override {
    stream_->Refuse(*this, QueueFull(stream_->options_.pool_queue, kRetryDelay));
  }

  const std::string& id() const { return id_; }
  const std::string& conversation() const { return conversation_; }
  TranslateWork& work() { return work_; }
  const CallMeter& meter() const { return meter_; }

  // Guarded by the stream's mutex, but for Abandoned.
  std::atomic<bool> answered_ = false;
  grpc::ByteBuffer answer_;

 private:
  const std::string id_;
  const std::string conversation_;
  const CallMeter meter_;
  const std::shared_ptr<StreamCall> stream_;
  TranslateWork work_;
};

StreamCall::StreamCall(const Options& options, Admission::Grant grant)
    : options_(options), grant_(std::move(grant)) {
  options_.calls->Add();
}

void StreamCall::Start() {
  std::lock_guard lock(mutex_);
  self_ = shared_from_this();
  Read();
}

void StreamCall::Read() {
  if (reading_ || at_end_ || finished_ || under_way_ >= kMaxStreamMessages) return;
  reading_ = true;
  StartRead(&incoming_);
}

void StreamCall::Write() {
  if (writing_ || finished_ || answers_.empty()) return;
  writing_ = true;
  StartWrite(&answers_.front());
}

void StreamCall::FinishIfDone() {
  if (finished_ || !at_end_ || under_way_ > 0) return;
  finished_ = true;
  grant_.Release();  // before the caller knows
  Finish(ToGrpcStatus(end_));
}

void StreamCall::EndWith(const absl::Status& status) {
  std::lock_guard lock(mutex_);
  if (at_end_) return;
  at_end_ = true;
  end_ = status;
  FinishIfDone();
}

void StreamCall::OnReadDone(bool ok) {
  std::shared_ptr<Item> item;
  v1::StreamTranslateTextRequest request;
  absl::Status status;
  if (ok) {
    status = ParseRequest(incoming_, &request);
    if (status.ok()) status = CheckLabels(request);
    incoming_.Clear();
    if (status.ok() && request.cancel()) {
      Cancel(request.id());
      std::lock_guard lock(mutex_);
      reading_ = false;
      return Read();
    }
    // What was read before the error may be anything; its name is used if it can be one.
    if (!status.ok()) {
      request.clear_conversation();
      if (request.id().size() > kMaxStreamLabelBytes || FindInvalidUtf8(request.id())) {
        request.clear_id();
      }
    }
    // Malformed ones count too. Unlike them, a good one that is over the limit keeps its place in its conversation.
    status.Update(Charge(request));
    absl::Time deadline = options_.deadline;
    if (request.timeout_ms() > 0) {
      deadline = std::min(deadline, absl::Now() + absl::Milliseconds(request.timeout_ms()));
    }
    item = std::make_shared<Item>(shared_from_this(), std::move(request), deadline);
  }
  {
    std::lock_guard lock(mutex_);
    reading_ = false;
    if (!ok) {
      at_end_ = true;
      return FinishIfDone();
    }
    if (finished_) return;
    ++under_way_;
    conversations_[item->conversation()].push_back(item);
  }
  if (status.ok()) {
    Take(item);
  } else {
    Refuse(*item, status);
  }
  std::lock_guard lock(mutex_);
  Read();
}

absl::Status StreamCall::Charge(const v1::StreamTranslateTextRequest& request) const {
  if (!grant_.counts()) return absl::OkStatus();
  if (absl::Status status = grant_.ChargeRequest(); !status.ok()) return status;
  return grant_.ChargeCharacters(CodePoints(request.translate()));
}

void StreamCall::Take(std::shared_ptr<Item> item) {
  if (absl::Status status = item->work().Check(); !status.ok()) {
    Refuse(*item, status);
    // Nor could the next one be answered; another server may have seen the database.
    if (absl::IsUnavailable(status)) EndWith(status);
    return;
  }
  if (!item->work().NeedsModel()) return item->Run();
  if (!options_.pool->TrySubmit(item, grant_.caller()))
    Refuse(*item, QueueFull(options_.pool_queue, kRetryDelay));
}

void StreamCall::Refuse(Item& item, const absl::Status& status) {
  const grpc::Status error = ToGrpcStatus(status);
  v1::StreamTranslateTextResponse answer;
  // A google.rpc.Status, if there is more to say than code and message.
  if (error.error_details().empty() ||
      !answer.mutable_error()->ParseFromString(error.error_details())) {
    answer.mutable_error()->set_code(error.error_code());
    answer.mutable_error()->set_message(error.error_message());
  }
  Complete(item, std::move(answer), status);
}

void StreamCall::Cancel(const std::string& id) {
  std::shared_ptr<Item> found;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [name, items] : conversations_) {
      for (const std::shared_ptr<Item>& item : items) {
        if (item->id() == id && !item->answered_) found = item;
      }
    }
  }
  if (found != nullptr) Refuse(*found, absl::CancelledError("cancelled by the caller"));
}

bool StreamCall::Complete(Item& item, v1::StreamTranslateTextResponse answer,
                          const absl::Status& status) {
  answer.set_id(item.id());
  grpc::ByteBuffer bytes = Serialize(answer);
  std::lock_guard lock(mutex_);
  if (finished_ || item.answered_) return false;
  item.answered_ = true;
  item.answer_.Swap(&bytes);
  if (status.ok() && item.meter().record() != nullptr) {
    item.meter().record()->Describe(answer.response());
  }
  item.meter().Answered(status);

  const auto conversation = conversations_.find(item.conversation());
  std::deque<std::shared_ptr<Item>>& items = conversation->second;
  const bool ordered = !item.conversation().empty();
  for (auto next = items.begin(); next != items.end();) {
    if (!(*next)->answered_) {
      if (ordered) break;
      ++next;
      continue;
    }
    answers_.emplace_back();
    answers_.back().Swap(&(*next)->answer_);
    next = items.erase(next);
  }
  if (items.empty()) conversations_.erase(conversation);
  Write();
  return true;
}

void StreamCall::OnWriteDone(bool ok) {
  std::lock_guard lock(mutex_);
  writing_ = false;
  answers_.pop_front();
  --under_way_;
  if (!ok) {  // the caller is gone: OnCancel ends it
    at_end_ = true;
    return;
  }
  Write();
  Read();
  FinishIfDone();
}

void StreamCall::OnCancel() {
  std::lock_guard lock(mutex_);
  // What waits for a worker is not run.
  for (const auto& [name, items] : conversations_) {
    for (const std::shared_ptr<Item>& item : items) item->answered_ = true;
  }
  conversations_.clear();
  if (finished_) return;
  finished_ = true;
  Finish(grpc::Status(grpc::StatusCode::CANCELLED, "cancelled by the caller or its deadline"));
}

void StreamCall::OnDone() {
  options_.calls->Remove();
  self_.reset();  // may delete this
}

}  // namespace signalbook
