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

// A TranslateText call with its request, which the messages of the input refer to.
class TranslateCall final : public Call, public WorkerPool::Job {
 public:
  TranslateCall(CallCounter* counter, grpc::ByteBuffer* response,
                std::shared_ptr<const LiveBook> live, Traffic* traffic, absl::Time caller_deadline,
                absl::Duration model_timeout)
      : Call(counter, response),
        live_(std::move(live)),
        traffic_(traffic),
        caller_deadline_(caller_deadline),
        model_timeout_(model_timeout) {}

  absl::Status Parse(const grpc::ByteBuffer& bytes) {
    if (absl::Status status = ParseRequest(bytes, request_); !status.ok()) return status;
    absl::StatusOr<TranslateInput> input = CheckRequest(*request_, translator().book());
    if (!input.ok()) return input.status();
    input_ = *std::move(input);
    return absl::OkStatus();
  }

  bool NeedsModel() const { return translator().NeedsModel(input_.messages, input_.options); }

  void Run() override {
    input_.options.deadline = ModelDeadline(absl::Now(), caller_deadline_, model_timeout_);
    auto* response = google::protobuf::Arena::CreateMessage<v1::TranslateTextResponse>(&arena_);
    const std::vector<Translation> translations =
        translator().Translate(input_.messages, input_.options);
    SetTranslations(translations, translator().book(), response);
    response->set_revision(RevisionText(live_->revision));
    Reply(*response);
    if (traffic_ != nullptr) Count(translations);
  }

  bool Abandoned() const override { return answered() || absl::Now() >= caller_deadline_; }

 private:
  const Translator& translator() const { return *live_->translator; }

  void Count(const std::vector<Translation>& translations) {
    const LocaleTable& locales = translator().book().locales();
    const std::optional<LocaleId>& source = input_.options.source;
    const absl::Time now = absl::Now();
    for (size_t i = 0; i < translations.size(); ++i) {
      traffic_->Count(now, live_->revision,
                      source ? locales.tag(*source) : translations[i].detected_language,
                      locales.tag(input_.options.target), translations[i],
                      request_->contents(static_cast<int>(i)), translator().book());
    }
  }

  const std::shared_ptr<const LiveBook> live_;
  Traffic* const traffic_;  // null: nobody counts
  const absl::Time caller_deadline_;
  const absl::Duration model_timeout_;
  google::protobuf::Arena arena_;
  v1::TranslateTextRequest* const request_ =
      google::protobuf::Arena::CreateMessage<v1::TranslateTextRequest>(&arena_);
  TranslateInput input_;
};

}  // namespace

TranslationServiceImpl::TranslationServiceImpl(std::shared_ptr<const LiveTranslator> live,
                                               Traffic* traffic, const Options& options)
    : live_(std::move(live)),
      traffic_(traffic),
      options_(options),
      pool_(options.model_workers, options.model_queue) {}

grpc::ServerUnaryReactor* TranslationServiceImpl::TranslateText(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  auto call = std::make_shared<TranslateCall>(&calls_, response, live_->Get(), traffic_,
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
  const std::shared_ptr<const LiveBook> live = live_->Get();
  const auto input = CheckRequest(*parsed, live->translator->book());
  if (!input.ok()) {
    call->Fail(input.status());
    return call.get();
  }
  auto* answer = google::protobuf::Arena::CreateMessage<Response>(&arena);
  Answer(*live->translator, *input, answer);
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
