#include "service/translation_service.h"

#include <google/protobuf/arena.h>

#include <algorithm>
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

// A TranslateText call.
class TranslateCall final : public Call, public WorkerPool::Job {
 public:
  TranslateCall(CallCounter* counter, CallMeter meter, grpc::ByteBuffer* response,
                const TranslateContext& context, absl::Time caller_deadline)
      : Call(counter, meter, response), work_(context, caller_deadline) {}

  absl::Status Parse(const grpc::ByteBuffer& bytes) {
    if (absl::Status status = ParseRequest(bytes, work_.request()); !status.ok()) return status;
    return work_.Check();
  }

  bool NeedsModel() const { return work_.NeedsModel(); }

  void Run() override {
    Reply(work_.Translate());
    work_.Count();
  }

  bool Abandoned() const override { return answered() || absl::Now() >= work_.caller_deadline(); }

 private:
  TranslateWork work_;
};

// Checks a request against the book and answers it.
template <typename Request, typename Response>
absl::Status AnswerChecked(const LiveBook& live, const Request& request, Response* answer) {
  const auto input = CheckRequest(request, live.translator->book());
  if (!input.ok()) return input.status();
  Answer(*live.translator, *input, answer);
  return absl::OkStatus();
}

}  // namespace

TranslationServiceImpl::TranslationServiceImpl(std::shared_ptr<const LiveTranslator> live,
                                               Traffic* traffic, const Options& options)
    : options_(options),
      context_({.live = std::move(live),
                .traffic = traffic,
                .metrics = options.metrics,
                .model_timeout = options.model_timeout}),
      blocking_calls_(&pool_, options.model_queue),
      pool_(options.model_workers, options.model_queue) {
  if (options.metrics == nullptr) return;
  first_method_ = options.metrics->AddMethod("TranslateText");
  options.metrics->AddMethod("StreamTranslateText");
  options.metrics->AddMethod("AnalyzeText");
  options.metrics->AddMethod("DetectLanguage");
  options.metrics->AddMethod("ListLanguages");
  options.metrics->AddMethod("JudgeCandidate");
}

grpc::ServerUnaryReactor* TranslationServiceImpl::TranslateText(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  auto call = std::make_shared<TranslateCall>(&calls_, Meter(kTranslateText), response, context_,
                                              CallerDeadline(*context));
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

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>*
TranslationServiceImpl::StreamTranslateText(grpc::CallbackServerContext* context) {
  auto call = std::make_shared<StreamCall>(
      StreamCall::Options{.calls = &calls_,
                          .context = &context_,
                          .pool = &pool_,
                          .pool_queue = options_.model_queue,
                          .metrics = options_.metrics,
                          .method = first_method_ + kStreamTranslateText,
                          .deadline = CallerDeadline(*context)});
  call->Start();
  {
    std::lock_guard lock(streams_mutex_);
    std::erase_if(streams_, [](const auto& stream) { return stream.expired(); });
    streams_.push_back(call);
  }
  if (draining_) call->EndWith(ShuttingDown());
  return call.get();
}

template <typename Request, typename Response>
grpc::ServerUnaryReactor* TranslationServiceImpl::AnswerNow(Method method,
                                                            const grpc::ByteBuffer& request,
                                                            grpc::ByteBuffer* response) {
  auto call = std::make_shared<Call>(&calls_, Meter(method), response);
  call->HoldForGrpc();
  if (draining_) {
    call->Fail(ShuttingDown());
    return call.get();
  }
  google::protobuf::Arena arena;
  auto* parsed = google::protobuf::Arena::CreateMessage<Request>(&arena);
  auto* answer = google::protobuf::Arena::CreateMessage<Response>(&arena);
  absl::Status status = ParseRequest(request, parsed);
  if (status.ok()) status = Fill(context_.live->Get(), *parsed, answer);
  if (status.ok()) {
    call->Reply(*answer);
  } else {
    call->Fail(status);
  }
  return call.get();
}

grpc::ServerUnaryReactor* TranslationServiceImpl::AnalyzeText(grpc::CallbackServerContext* /*ctx*/,
                                                              const grpc::ByteBuffer* request,
                                                              grpc::ByteBuffer* response) {
  return AnswerNow<v1::AnalyzeTextRequest, v1::AnalyzeTextResponse>(kAnalyzeText, *request,
                                                                    response);
}

grpc::ServerUnaryReactor* TranslationServiceImpl::JudgeCandidate(
    grpc::CallbackServerContext* /*ctx*/, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return AnswerNow<v1::JudgeCandidateRequest, v1::JudgeCandidateResponse>(kJudgeCandidate, *request,
                                                                          response);
}

grpc::ServerUnaryReactor* TranslationServiceImpl::DetectLanguage(
    grpc::CallbackServerContext* /*ctx*/, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return AnswerNow<v1::DetectLanguageRequest, v1::DetectLanguageResponse>(kDetectLanguage, *request,
                                                                          response);
}

grpc::ServerUnaryReactor* TranslationServiceImpl::ListLanguages(
    grpc::CallbackServerContext* /*ctx*/, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return AnswerNow<v1::ListLanguagesRequest, v1::ListLanguagesResponse>(kListLanguages, *request,
                                                                        response);
}

absl::Status TranslationServiceImpl::Fill(const std::shared_ptr<const LiveBook>& live,
                                          const v1::AnalyzeTextRequest& request,
                                          v1::AnalyzeTextResponse* answer) {
  return AnswerChecked(*live, request, answer);
}

absl::Status TranslationServiceImpl::Fill(const std::shared_ptr<const LiveBook>& live,
                                          const v1::JudgeCandidateRequest& request,
                                          v1::JudgeCandidateResponse* answer) {
  return AnswerChecked(*live, request, answer);
}

absl::Status TranslationServiceImpl::Fill(const std::shared_ptr<const LiveBook>& live,
                                          const v1::DetectLanguageRequest& request,
                                          v1::DetectLanguageResponse* answer) {
  return Answer(*live->translator, options_.language_pairs, request, answer);
}

absl::Status TranslationServiceImpl::Fill(const std::shared_ptr<const LiveBook>& live,
                                          const v1::ListLanguagesRequest& request,
                                          v1::ListLanguagesResponse* answer) {
  answer->set_revision(RevisionText(live->revision));
  return Answer(*live->translator, *named_counts_.Of(live), options_.language_pairs, request,
                answer);
}

void TranslationServiceImpl::Drain(absl::Time deadline) {
  draining_ = true;
  blocking_calls_.StopWaiting(deadline);
  std::vector<std::weak_ptr<StreamCall>> streams;
  {
    std::lock_guard lock(streams_mutex_);
    streams.swap(streams_);
  }
  for (const std::weak_ptr<StreamCall>& stream : streams) {
    if (const std::shared_ptr<StreamCall> call = stream.lock()) call->EndWith(ShuttingDown());
  }
  calls_.WaitUntilZero(deadline);
}

void TranslationServiceImpl::Stop() { pool_.Stop(); }

}  // namespace signalbook
