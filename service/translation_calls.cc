// TranslationServiceImpl::CallAndWait: unary calls of fronts that have threads to wait with.
#include <cstdint>
#include <memory>
#include <utility>

#include "service/request.h"
#include "service/status.h"
#include "service/translation_service.h"

namespace signalbook {

TranslationServiceImpl::SharedAnswer TranslationServiceImpl::CallAndWait(Method method,
                                                                         const BlockingCall& call) {
  RequestRecord record;
  if (options_.log != nullptr) {
    record.method = NameOf(method);
    record.request_id = RequestIdOf(call.request_id);
    record.trace = TraceOf(call.traceparent);
  }
  const CallMeter meter(books(), first_method_ + method, std::move(record));
  calls_.Add();
  SharedAnswer answer =
      draining_ ? SharedAnswer(ShuttingDown()) : BlockingAnswer(method, call, meter.record());
  meter.Answered(answer.status());
  calls_.Remove();
  return answer;
}

TranslationServiceImpl::SharedAnswer TranslationServiceImpl::BlockingAnswer(
    Method method, const BlockingCall& call, RequestRecord* record) {
  Admission::Grant grant;
  if (options_.admission != nullptr && !call.open) {
    absl::StatusOr<Admission::Grant> admitted = options_.admission->Admit(
        call.credentials, call.peer, record == nullptr ? nullptr : &record->client);
    if (!admitted.ok()) return admitted.status();
    grant = *std::move(admitted);
  }
  switch (method) {
    case kTranslateText:
      return BlockingTranslate(call, std::move(grant), record);
    case kAnalyzeText:
      return Blocking<v1::AnalyzeTextRequest, v1::AnalyzeTextResponse>(call, grant);
    case kDetectLanguage:
      return Blocking<v1::DetectLanguageRequest, v1::DetectLanguageResponse>(call, grant);
    case kListLanguages:
      return Blocking<v1::ListLanguagesRequest, v1::ListLanguagesResponse>(call, grant);
    case kJudgeCandidate:
      return Blocking<v1::JudgeCandidateRequest, v1::JudgeCandidateResponse>(call, grant);
    case kStreamTranslateText:
    case kTranslateSentences:
    case kListLanguagePairs:
      break;
  }
  return absl::UnimplementedError("this method is served over gRPC only");
}

template <typename Request, typename Response>
TranslationServiceImpl::SharedAnswer TranslationServiceImpl::Blocking(
    const BlockingCall& call, const Admission::Grant& grant) {
  Request request;
  const auto answer = std::make_shared<Response>();
  absl::Status status = call.read(&request);
  if (status.ok()) status = ChargeFor(request, grant);
  if (status.ok()) status = FillNow(request, answer.get());
  if (!status.ok()) return status;
  return answer;
}

TranslationServiceImpl::SharedAnswer TranslationServiceImpl::BlockingTranslate(
    const BlockingCall& call, Admission::Grant grant, RequestRecord* record) {
  const auto work = std::make_shared<TranslateWork>(context_, call.deadline);
  absl::Status status = call.read(work->request());
  if (status.ok()) status = ChargeFor(*work->request(), grant);
  if (status.ok()) status = work->Check();
  if (!status.ok()) return status;
  work->PassOn(TraceparentOf(record, call.traceparent));
  const uint64_t caller = grant.caller();
  // Belongs to the work; set by the worker, read once it is done.
  const auto answer = std::make_shared<const v1::TranslateTextResponse*>(nullptr);
  // A call that nobody waits for any more counts as under way for as long as a model works on it.
  const auto kept = std::make_shared<Admission::Grant>(std::move(grant));
  const auto translate = [work, answer, kept] { *answer = &work->Translate(); };
  if (work->NeedsModel()) {
    status = blocking_calls_.Run(translate, call.deadline, caller);
    if (!status.ok()) return status;
  } else {
    translate();
  }
  kept->Release();  // or who has this answer might be told that it is still under way
  if (record != nullptr) record->Describe(**answer);
  work->Count();
  return std::shared_ptr<const google::protobuf::Message>(work, *answer);
}

}  // namespace signalbook
