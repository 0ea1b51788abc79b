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

template <typename Request>
absl::Status ChargeFor(const Request& request, const Admission::Grant& grant) {
  return grant.counts() ? grant.ChargeCharacters(CodePoints(request)) : absl::OkStatus();
}

// A TranslateText call.
class TranslateCall final : public Call, public WorkerPool::Job {
 public:
  TranslateCall(CallCounter* counter, CallMeter meter, grpc::ByteBuffer* response,
                const TranslateContext& context, absl::Time caller_deadline, int queue)
      : Call(counter, meter, response), work_(context, caller_deadline), queue_(queue) {}

  absl::Status Parse(const grpc::ByteBuffer& bytes) {
    if (absl::Status status = ParseRequest(bytes, work_.request()); !status.ok()) return status;
    if (absl::Status status = ChargeFor(*work_.request(), grant()); !status.ok()) return status;
    return work_.Check();
  }

  bool NeedsModel() const { return work_.NeedsModel(); }

  void Run() override {
    Reply(work_.Translate());
    work_.Count();
  }

  bool Abandoned() const override { return answered() || absl::Now() >= work_.caller_deadline(); }
  void TurnedAway() override { Fail(QueueFull(queue_, kRetryDelay)); }

 private:
  TranslateWork work_;
  const int queue_;
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

absl::StatusOr<Admission::Grant> TranslationServiceImpl::Admit(
    const grpc::CallbackServerContext& context) const {
  if (options_.admission == nullptr) return Admission::Grant();
  return options_.admission->Admit(CredentialsOf(context), PeerAddress(context));
}

absl::Status TranslationServiceImpl::Admit(const grpc::CallbackServerContext& context,
                                           Call* call) const {
  absl::StatusOr<Admission::Grant> grant = Admit(context);
  if (!grant.ok()) return grant.status();
  call->Keep(*std::move(grant));
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* TranslationServiceImpl::TranslateText(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  auto call = std::make_shared<TranslateCall>(&calls_, Meter(kTranslateText), response, context_,
                                              CallerDeadline(*context), options_.model_queue);
  call->HoldForGrpc();
  if (draining_) {
    call->Fail(ShuttingDown());
  } else if (absl::Status admitted = Admit(*context, call.get()); !admitted.ok()) {
    call->Fail(admitted);
  } else if (absl::Status status = call->Parse(*request); !status.ok()) {
    call->Fail(status);
  } else if (!call->NeedsModel()) {
    call->Run();
  } else if (!pool_.TrySubmit(call, call->grant().caller())) {
    call->Fail(QueueFull(options_.model_queue, kRetryDelay));
  }
  return call.get();
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>*
TranslationServiceImpl::StreamTranslateText(grpc::CallbackServerContext* context) {
  absl::StatusOr<Admission::Grant> grant = Admit(*context);
  const absl::Status admitted = grant.status();
  auto call = std::make_shared<StreamCall>(
      StreamCall::Options{.calls = &calls_,
                          .context = &context_,
                          .pool = &pool_,
                          .pool_queue = options_.model_queue,
                          .metrics = options_.metrics,
                          .method = first_method_ + kStreamTranslateText,
                          .deadline = CallerDeadline(*context)},
      grant.ok() ? *std::move(grant) : Admission::Grant());
  call->Start();
  {
    std::lock_guard lock(streams_mutex_);
    std::erase_if(streams_, [](const auto& stream) { return stream.expired(); });
    streams_.push_back(call);
  }
  if (draining_) {
    call->EndWith(ShuttingDown());
  } else if (!admitted.ok()) {
    call->EndWith(admitted);
  }
  return call.get();
}

template <typename Request, typename Response, typename Fill>
grpc::ServerUnaryReactor* TranslationServiceImpl::AnswerNow(
    Method method, const grpc::CallbackServerContext& context, const grpc::ByteBuffer& request,
    grpc::ByteBuffer* response, const Fill& fill) {
  auto call = std::make_shared<Call>(&calls_, Meter(method), response);
  call->HoldForGrpc();
  if (draining_) {
    call->Fail(ShuttingDown());
    return call.get();
  }
  absl::Status status = Admit(context, call.get());
  if (!status.ok()) {
    call->Fail(status);
    return call.get();
  }
  google::protobuf::Arena arena;
  auto* parsed = google::protobuf::Arena::CreateMessage<Request>(&arena);
  auto* answer = google::protobuf::Arena::CreateMessage<Response>(&arena);
  status = ParseRequest(request, parsed);
  if (status.ok()) status = ChargeFor(*parsed, call->grant());
  if (status.ok()) status = fill(context_.live->Get(), *parsed, answer);
  if (status.ok()) {
    call->Reply(*answer);
  } else {
    call->Fail(status);
  }
  return call.get();
}

grpc::ServerUnaryReactor* TranslationServiceImpl::AnalyzeText(grpc::CallbackServerContext* context,
                                                              const grpc::ByteBuffer* request,
                                                              grpc::ByteBuffer* response) {
  return AnswerNow<v1::AnalyzeTextRequest, v1::AnalyzeTextResponse>(
      kAnalyzeText, *context, *request, response, AnswerChecked());
}

grpc::ServerUnaryReactor* TranslationServiceImpl::JudgeCandidate(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return AnswerNow<v1::JudgeCandidateRequest, v1::JudgeCandidateResponse>(
      kJudgeCandidate, *context, *request, response, AnswerChecked());
}

grpc::ServerUnaryReactor* TranslationServiceImpl::DetectLanguage(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return AnswerNow<v1::DetectLanguageRequest, v1::DetectLanguageResponse>(
      kDetectLanguage, *context, *request, response,
      [this](const std::shared_ptr<const LiveBook>& live, const auto& parsed, auto* answer) {
        return Answer(*live->translator, options_.language_pairs, parsed, answer);
      });
}

grpc::ServerUnaryReactor* TranslationServiceImpl::ListLanguages(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return AnswerNow<v1::ListLanguagesRequest, v1::ListLanguagesResponse>(
      kListLanguages, *context, *request, response,
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

void TranslationServiceImpl::Stop() { pool_.Stop(); }

}  // namespace signalbook
