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
auto AnswerChecked() {
  return [](const std::shared_ptr<const LiveBook>& live, const auto& request,
            auto* answer) -> absl::Status {
    const auto input = CheckRequest(request, live->translator->book());
    if (!input.ok()) return input.status();
    Answer(*live->translator, *input, answer);
    return absl::OkStatus();
  };
}

}  // namespace

TranslationServiceImpl::TranslationServiceImpl(std::shared_ptr<const LiveTranslator> live,
                                               Traffic* traffic, const Options& options)
    : options_(options),
      context_({.live = std::move(live),
                .traffic = traffic,
                .metrics = options.metrics,
                .model_timeout = options.model_timeout}),
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
  if (draining_) {
    call->Fail(ShuttingDown());
  } else if (absl::Status status = call->Parse(*request); !status.ok()) {
    call->Fail(status);
  } else if (!call->NeedsModel()) {
    call->Run();
  } else {
    call->HoldForGrpc();
    if (!pool_.TrySubmit(call)) call->Fail(QueueFull(options_.model_queue, kRetryDelay));
  }
  return call->ForGrpc(context);
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

template <typename Request, typename Response, typename Fill>
grpc::ServerUnaryReactor* TranslationServiceImpl::AnswerNow(Method method,
                                                            grpc::CallbackServerContext* context,
                                                            const grpc::ByteBuffer& request,
                                                            grpc::ByteBuffer* response,
                                                            const Fill& fill) {
  Call call(&calls_, Meter(method), response);
  if (draining_) {
    call.Fail(ShuttingDown());
    return call.ForGrpc(context);
  }
  google::protobuf::Arena arena;
  auto* parsed = google::protobuf::Arena::CreateMessage<Request>(&arena);
  auto* answer = google::protobuf::Arena::CreateMessage<Response>(&arena);
  absl::Status status = ParseRequest(request, parsed);
  if (status.ok()) status = fill(context_.live->Get(), *parsed, answer);
  if (status.ok()) {
    call.Reply(*answer);
  } else {
    call.Fail(status);
  }
  return call.ForGrpc(context);
}

grpc::ServerUnaryReactor* TranslationServiceImpl::AnalyzeText(grpc::CallbackServerContext* context,
                                                              const grpc::ByteBuffer* request,
                                                              grpc::ByteBuffer* response) {
  return AnswerNow<v1::AnalyzeTextRequest, v1::AnalyzeTextResponse>(kAnalyzeText, context, *request,
                                                                    response, AnswerChecked());
}

grpc::ServerUnaryReactor* TranslationServiceImpl::JudgeCandidate(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return AnswerNow<v1::JudgeCandidateRequest, v1::JudgeCandidateResponse>(
      kJudgeCandidate, context, *request, response, AnswerChecked());
}

grpc::ServerUnaryReactor* TranslationServiceImpl::DetectLanguage(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return AnswerNow<v1::DetectLanguageRequest, v1::DetectLanguageResponse>(
      kDetectLanguage, context, *request, response,
      [this](const std::shared_ptr<const LiveBook>& live, const auto& parsed, auto* answer) {
        return Answer(*live->translator, options_.language_pairs, parsed, answer);
      });
}

grpc::ServerUnaryReactor* TranslationServiceImpl::ListLanguages(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return AnswerNow<v1::ListLanguagesRequest, v1::ListLanguagesResponse>(
      kListLanguages, context, *request, response,
      [this](const std::shared_ptr<const LiveBook>& live, const auto& parsed, auto* answer) {
        answer->set_revision(RevisionText(live->revision));
        return Answer(*live->translator, *named_counts_.Of(live), options_.language_pairs, parsed,
                      answer);
      });
}

void TranslationServiceImpl::Drain(absl::Time deadline) {
  draining_ = true;
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

bool TranslationServiceImpl::Stop(absl::Time deadline) { return pool_.Stop(deadline); }

}  // namespace signalbook
