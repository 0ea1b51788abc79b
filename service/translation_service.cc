#include "service/translation_service.h"

#include <google/protobuf/arena.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "service/limits.h"
#include "service/request.h"
#include "service/response.h"
#include "service/status.h"
#include "service/wire.h"

namespace signalbook {
namespace {

// One call, from the first byte to OnDone. gRPC, a worker and a cancellation may hold it at the
// same time, so it is shared; gRPC's share is self_. Whoever wins Claim() answers and nobody else
// does. That also keeps Server::Shutdown from waiting for ever for a call that was cancelled while
// queued (grpc #39114).
class Call : public grpc::ServerUnaryReactor, public std::enable_shared_from_this<Call> {
 public:
  Call(CallCounter* counter, grpc::ByteBuffer* response) : counter_(counter), response_(response) {
    counter_->Add();
  }

  // Hands gRPC its share. Call it once, right after construction.
  void HoldForGrpc() { self_ = shared_from_this(); }

  void Reply(const google::protobuf::Message& message) {
    grpc::ByteBuffer bytes = Serialize(message);
    if (!Claim()) return;
    response_->Swap(&bytes);
    Finish(grpc::Status::OK);
  }

  void Fail(const absl::Status& status) {
    if (Claim()) Finish(ToGrpcStatus(status));
  }

  bool answered() const { return answered_.load(std::memory_order_acquire); }

 private:
  void OnCancel() override {
    Fail(absl::CancelledError("cancelled by the caller or its deadline"));
  }

  void OnDone() override {
    counter_->Remove();
    self_.reset();  // may delete this
  }

  bool Claim() { return !answered_.exchange(true, std::memory_order_acq_rel); }

  CallCounter* const counter_;
  grpc::ByteBuffer* const response_;  // gRPC's, until answered
  std::atomic<bool> answered_ = false;
  std::shared_ptr<Call> self_;
};

// A TranslateText call with its request, which the messages of the input refer to.
class TranslateCall final : public Call, public WorkerPool::Job {
 public:
  TranslateCall(CallCounter* counter, grpc::ByteBuffer* response, const Translator& translator,
                absl::Time caller_deadline, absl::Duration model_timeout)
      : Call(counter, response),
        translator_(translator),
        caller_deadline_(caller_deadline),
        model_timeout_(model_timeout) {}

  absl::Status Parse(const grpc::ByteBuffer& bytes) {
    if (absl::Status status = ParseRequest(bytes, request_); !status.ok()) return status;
    absl::StatusOr<TranslateInput> input = CheckRequest(*request_, translator_.book());
    if (!input.ok()) return input.status();
    input_ = *std::move(input);
    return absl::OkStatus();
  }

  bool NeedsModel() const { return translator_.NeedsModel(input_.messages, input_.options); }

  void Run() override {
    input_.options.deadline = ModelDeadline(absl::Now(), caller_deadline_, model_timeout_);
    auto* response = google::protobuf::Arena::CreateMessage<v1::TranslateTextResponse>(&arena_);
    Answer(translator_, input_, response);
    Reply(*response);
  }

  bool Abandoned() const override { return answered() || absl::Now() >= caller_deadline_; }

 private:
  const Translator& translator_;
  const absl::Time caller_deadline_;
  const absl::Duration model_timeout_;
  google::protobuf::Arena arena_;
  v1::TranslateTextRequest* const request_ =
      google::protobuf::Arena::CreateMessage<v1::TranslateTextRequest>(&arena_);
  TranslateInput input_;
};

absl::Time CallerDeadline(const grpc::CallbackServerContext& context) {
  const auto deadline = context.deadline();
  return deadline == std::chrono::system_clock::time_point::max() ? absl::InfiniteFuture()
                                                                  : absl::FromChrono(deadline);
}

}  // namespace

void CallCounter::Add() {
  std::lock_guard lock(mutex_);
  ++count_;
}

void CallCounter::Remove() {
  std::lock_guard lock(mutex_);
  // Notified under the lock: once it is released at zero, this object may be gone.
  if (--count_ == 0) zero_.notify_all();
}

bool CallCounter::WaitUntilZero(absl::Time deadline) {
  std::unique_lock lock(mutex_);
  return zero_.wait_until(lock, absl::ToChronoTime(deadline), [this] { return count_ == 0; });
}

TranslationServiceImpl::TranslationServiceImpl(std::shared_ptr<const Translator> translator,
                                               const Options& options)
    : translator_(std::move(translator)),
      options_(options),
      pool_(options.model_workers, options.model_queue) {}

grpc::ServerUnaryReactor* TranslationServiceImpl::TranslateText(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  auto call = std::make_shared<TranslateCall>(&calls_, response, *translator_,
                                              CallerDeadline(*context), options_.model_timeout);
  call->HoldForGrpc();
  if (draining_) {
    call->Fail(ShuttingDown());
  } else if (absl::Status status = call->Parse(*request); !status.ok()) {
    call->Fail(status);
  } else if (!call->NeedsModel()) {
    call->Run();
  } else if (!pool_.TrySubmit(call)) {
    call->Fail(QueueFull(options_.model_queue, kRetryDelay));
  }
  return call.get();
}

template <typename Request, typename Response>
grpc::ServerUnaryReactor* TranslationServiceImpl::AnswerNow(const grpc::ByteBuffer& request,
                                                            grpc::ByteBuffer* response) {
  auto call = std::make_shared<Call>(&calls_, response);
  call->HoldForGrpc();
  if (draining_) {
    call->Fail(ShuttingDown());
    return call.get();
  }
  google::protobuf::Arena arena;
  auto* parsed = google::protobuf::Arena::CreateMessage<Request>(&arena);
  if (absl::Status status = ParseRequest(request, parsed); !status.ok()) {
    call->Fail(status);
    return call.get();
  }
  const auto input = CheckRequest(*parsed, translator_->book());
  if (!input.ok()) {
    call->Fail(input.status());
    return call.get();
  }
  auto* answer = google::protobuf::Arena::CreateMessage<Response>(&arena);
  Answer(*translator_, *input, answer);
  call->Reply(*answer);
  return call.get();
}

grpc::ServerUnaryReactor* TranslationServiceImpl::AnalyzeText(grpc::CallbackServerContext* /*ctx*/,
                                                              const grpc::ByteBuffer* request,
                                                              grpc::ByteBuffer* response) {
  return AnswerNow<v1::AnalyzeTextRequest, v1::AnalyzeTextResponse>(*request, response);
}

grpc::ServerUnaryReactor* TranslationServiceImpl::JudgeCandidate(
    grpc::CallbackServerContext* /*ctx*/, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return AnswerNow<v1::JudgeCandidateRequest, v1::JudgeCandidateResponse>(*request, response);
}

void TranslationServiceImpl::Drain(absl::Time deadline) {
  draining_ = true;
  calls_.WaitUntilZero(deadline);
}

void TranslationServiceImpl::Stop() { pool_.Stop(); }

absl::Time ModelDeadline(absl::Time now, absl::Time caller_deadline, absl::Duration model_timeout) {
  if (caller_deadline == absl::InfiniteFuture()) return now + model_timeout;
  const absl::Duration margin = std::min(kDeadlineMargin, (caller_deadline - now) / 4);
  return std::min(caller_deadline - margin, now + model_timeout);
}

}  // namespace signalbook
