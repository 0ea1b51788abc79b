#include "service/translation_service.h"

#include <google/protobuf/arena.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "service/limits.h"
#include "service/request.h"
#include "service/response.h"
#include "service/sentence_calls.h"
#include "service/status.h"
#include "service/wire.h"

namespace signalbook {
namespace {

// By Method.
constexpr std::array<std::string_view, 8> kMethodNames = {
    "TranslateText", "StreamTranslateText", "AnalyzeText",        "DetectLanguage",
    "ListLanguages", "JudgeCandidate",      "TranslateSentences", "ListLanguagePairs"};

// A TranslateText call.
class TranslateCall final : public Call, public WorkerPool::Job {
 public:
  TranslateCall(CallCounter* counter, CallMeter meter, grpc::ByteBuffer* response,
                const TranslateContext& context, absl::Time caller_deadline, int queue)
      : Call(counter, meter, response), work_(context, caller_deadline), queue_(queue) {}

  absl::Status Parse(const grpc::CallbackServerContext& /*context*/,
                     const grpc::ByteBuffer& bytes) {
    if (absl::Status status = ParseRequest(bytes, work_.request()); !status.ok()) return status;
    if (absl::Status status = ChargeFor(*work_.request(), grant()); !status.ok()) return status;
    return work_.Check();
  }

  bool NeedsModel() const { return work_.NeedsModel(); }
  void PassOn(std::string traceparent) { work_.PassOn(std::move(traceparent)); }

  void Run() override {
    const v1::TranslateTextResponse& answer = work_.Translate();
    Reply(answer, &answer);
    work_.Count();
  }

  bool Abandoned() const override { return answered() || absl::Now() >= work_.caller_deadline(); }
  void TurnedAway() override { Fail(QueueFull(queue_, kRetryDelay)); }

 private:
  TranslateWork work_;
  const int queue_;
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
  for (const std::string_view name : kMethodNames) {
    const int added = options.metrics->AddMethod(std::string(name));
    if (name == kMethodNames[0]) first_method_ = added;
  }
}

std::string_view TranslationServiceImpl::NameOf(Method method) { return kMethodNames[method]; }

CallMeter TranslationServiceImpl::Meter(Method method, grpc::CallbackServerContext* context) const {
  if (options_.log == nullptr) return {books(), first_method_ + method};
  return {books(), first_method_ + method, RecordOf(kMethodNames[method], context)};
}

absl::StatusOr<Admission::Grant> TranslationServiceImpl::Admit(
    const grpc::CallbackServerContext& context, RequestRecord* record) const {
  if (options_.admission == nullptr || !options_.admission->asks()) return Admission::Grant();
  return options_.admission->Admit(CredentialsOf(context), PeerAddress(context),
                                   record == nullptr ? nullptr : &record->client);
}

absl::Status TranslationServiceImpl::Admit(const grpc::CallbackServerContext& context,
                                           Call* call) const {
  absl::StatusOr<Admission::Grant> grant = Admit(context, call->record());
  if (!grant.ok()) return grant.status();
  call->Keep(*std::move(grant));
  return absl::OkStatus();
}

template <typename AnyCall>
grpc::ServerUnaryReactor* TranslationServiceImpl::AnswerOrQueue(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer& request,
    const std::shared_ptr<AnyCall>& call) {
  if (draining_) {
    call->Fail(ShuttingDown());
  } else if (absl::Status admitted = Admit(*context, call.get()); !admitted.ok()) {
    call->Fail(admitted);
  } else if (absl::Status status = call->Parse(*context, request); !status.ok()) {
    call->Fail(status);
  } else if (!call->NeedsModel()) {
    call->Run();
  } else {
    call->PassOn(TraceparentOf(call->record(), MetadataOf(*context, "traceparent")));
    call->HoldForGrpc();
    if (!pool_.TrySubmit(call, call->grant().caller())) {
      call->Fail(QueueFull(options_.model_queue, kRetryDelay));
    }
  }
  return call->ForGrpc(context);
}

grpc::ServerUnaryReactor* TranslationServiceImpl::TranslateText(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return AnswerOrQueue(
      context, *request,
      std::make_shared<TranslateCall>(&calls_, Meter(kTranslateText, context), response, context_,
                                      CallerDeadline(*context), options_.model_queue));
}

grpc::ServerUnaryReactor* TranslationServiceImpl::TranslateSentences(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return AnswerOrQueue(
      context, *request,
      std::make_shared<SentencesCall>(&calls_, Meter(kTranslateSentences, context), response,
                                      context_, CallerDeadline(*context), options_.model_queue));
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>*
TranslationServiceImpl::StreamTranslateText(grpc::CallbackServerContext* context) {
  RequestRecord record;
  RequestRecord* const logged = options_.log == nullptr ? nullptr : &record;
  if (logged != nullptr) record = RecordOf(kMethodNames[kStreamTranslateText], context);
  absl::StatusOr<Admission::Grant> grant = Admit(*context, logged);
  const absl::Status admitted = grant.status();
  if (!admitted.ok()) {
    // There will be no message to count.
    CallMeter(books(), first_method_ + kStreamTranslateText, record).Answered(admitted);
  }
  std::string traceparent = TraceparentOf(logged, MetadataOf(*context, "traceparent"));
  auto call = std::make_shared<StreamCall>(
      StreamCall::Options{.calls = &calls_,
                          .context = &context_,
                          .pool = &pool_,
                          .pool_queue = options_.model_queue,
                          .books = books(),
                          .method = first_method_ + kStreamTranslateText,
                          .record = std::move(record),
                          .traceparent = std::move(traceparent),
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

template <typename Request, typename Response>
grpc::ServerUnaryReactor* TranslationServiceImpl::AnswerNow(Method method,
                                                            grpc::CallbackServerContext* context,
                                                            const grpc::ByteBuffer& request,
                                                            grpc::ByteBuffer* response) {
  Call call(&calls_, Meter(method, context), response);
  if (draining_) {
    call.Fail(ShuttingDown());
    return call.ForGrpc(context);
  }
  absl::Status status = Admit(*context, &call);
  if (!status.ok()) {
    call.Fail(status);
    return call.ForGrpc(context);
  }
  google::protobuf::Arena arena;
  auto* parsed = google::protobuf::Arena::CreateMessage<Request>(&arena);
  auto* answer = google::protobuf::Arena::CreateMessage<Response>(&arena);
  status = ParseRequest(request, parsed);
  if (status.ok()) status = ChargeFor(*parsed, call.grant());
  if (status.ok()) status = FillNow(*parsed, answer);
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
                                                                    response);
}

grpc::ServerUnaryReactor* TranslationServiceImpl::JudgeCandidate(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return AnswerNow<v1::JudgeCandidateRequest, v1::JudgeCandidateResponse>(kJudgeCandidate, context,
                                                                          *request, response);
}

grpc::ServerUnaryReactor* TranslationServiceImpl::DetectLanguage(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return AnswerNow<v1::DetectLanguageRequest, v1::DetectLanguageResponse>(kDetectLanguage, context,
                                                                          *request, response);
}

grpc::ServerUnaryReactor* TranslationServiceImpl::ListLanguages(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return AnswerNow<v1::ListLanguagesRequest, v1::ListLanguagesResponse>(kListLanguages, context,
                                                                        *request, response);
}

grpc::ServerUnaryReactor* TranslationServiceImpl::ListLanguagePairs(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return AnswerNow<v1::ListLanguagePairsRequest, v1::ListLanguagePairsResponse>(
      kListLanguagePairs, context, *request, response);
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
  return Answer(*live->translator, live->models->pairs, request, answer);
}

absl::Status TranslationServiceImpl::Fill(const std::shared_ptr<const LiveBook>& live,
                                          const v1::ListLanguagesRequest& request,
                                          v1::ListLanguagesResponse* answer) {
  answer->set_revision(RevisionText(live->revision));
  return Answer(*live->translator, *named_counts_.Of(live), live->models->pairs, request, answer);
}

// On one page, as model.proto allows: there are few.
absl::Status TranslationServiceImpl::Fill(const std::shared_ptr<const LiveBook>& live,
                                          const v1::ListLanguagePairsRequest& /*request*/,
                                          v1::ListLanguagePairsResponse* answer) {
  for (const LanguagePair& pair : live->models->pairs) {
    v1::LanguagePair* const listed = answer->add_language_pairs();
    listed->set_source_language_code(pair.from);
    listed->set_target_language_code(pair.to);
  }
  return absl::OkStatus();
}

absl::Status TranslationServiceImpl::Ready() const {
  if (leaving_ || draining_) return ShuttingDown();
  return context_.live->aging() ? StoreUnseen() : absl::OkStatus();
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

bool TranslationServiceImpl::Stop(absl::Time deadline) { return pool_.Stop(deadline); }

}  // namespace signalbook
