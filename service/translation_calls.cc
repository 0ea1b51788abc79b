// TranslationServiceImpl::CallAndWait: unary calls of fronts that have threads to wait with.
#include <memory>

#include "service/status.h"
#include "service/translation_service.h"

namespace signalbook {

TranslationServiceImpl::SharedAnswer TranslationServiceImpl::CallAndWait(Method method,
                                                                         const BlockingCall& call) {
  const CallMeter meter = Meter(method);
  calls_.Add();
  SharedAnswer answer = draining_ ? SharedAnswer(ShuttingDown()) : BlockingAnswer(method, call);
  meter.Answered(answer.status().code());
  calls_.Remove();
  return answer;
}

TranslationServiceImpl::SharedAnswer TranslationServiceImpl::BlockingAnswer(
    Method method, const BlockingCall& call) {
  switch (method) {
    case kTranslateText:
      return BlockingTranslate(call);
    case kAnalyzeText:
      return Blocking<v1::AnalyzeTextRequest, v1::AnalyzeTextResponse>(call);
    case kDetectLanguage:
      return Blocking<v1::DetectLanguageRequest, v1::DetectLanguageResponse>(call);
    case kListLanguages:
      return Blocking<v1::ListLanguagesRequest, v1::ListLanguagesResponse>(call);
    case kJudgeCandidate:
      return Blocking<v1::JudgeCandidateRequest, v1::JudgeCandidateResponse>(call);
    case kStreamTranslateText:
      break;
  }
  return absl::UnimplementedError("streams are served over gRPC only");
}

template <typename Request, typename Response>
TranslationServiceImpl::SharedAnswer TranslationServiceImpl::Blocking(const BlockingCall& call) {
  Request request;
  const auto answer = std::make_shared<Response>();
  absl::Status status = call.read(&request);
  if (status.ok()) status = Fill(context_.live->Get(), request, answer.get());
  if (!status.ok()) return status;
  return answer;
}

TranslationServiceImpl::SharedAnswer TranslationServiceImpl::BlockingTranslate(
    const BlockingCall& call) {
  const auto work = std::make_shared<TranslateWork>(context_, call.deadline);
  absl::Status status = call.read(work->request());
  if (status.ok()) status = work->Check();
  if (!status.ok()) return status;
  // Belongs to the work; set by the worker, read once it is done.
  const auto answer = std::make_shared<const v1::TranslateTextResponse*>(nullptr);
  const auto translate = [work, answer] { *answer = &work->Translate(); };
  if (work->NeedsModel()) {
    status = blocking_calls_.Run(translate, call.deadline);
    if (!status.ok()) return status;
  } else {
    translate();
  }
  work->Count();
  return std::shared_ptr<const google::protobuf::Message>(work, *answer);
}

}  // namespace signalbook
