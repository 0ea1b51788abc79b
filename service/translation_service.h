// TranslationService over gRPC's callback API.
//
// A call is parsed and checked on gRPC's own thread. What needs no model (analysis, emoji, STRICT)
// is answered there, in microseconds; the rest goes to a bounded pool of threads that may block.
#ifndef SIGNALBOOK_SERVICE_TRANSLATION_SERVICE_H_
#define SIGNALBOOK_SERVICE_TRANSLATION_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "service/admission.h"
#include "service/call.h"
#include "service/languages.h"
#include "service/live_translator.h"
#include "service/moderation/traffic.h"
#include "service/stream_call.h"
#include "service/translate_work.h"
#include "service/worker_pool.h"
#include "signalbook/v1/translation.grpc.pb.h"

namespace signalbook {

// Raw: requests arrive as bytes. wire.h says why.
using RawTranslationService = v1::TranslationService::WithRawCallbackMethod_TranslateText<
    v1::TranslationService::WithRawCallbackMethod_StreamTranslateText<
        v1::TranslationService::WithRawCallbackMethod_AnalyzeText<
            v1::TranslationService::WithRawCallbackMethod_DetectLanguage<
                v1::TranslationService::WithRawCallbackMethod_ListLanguages<
                    v1::TranslationService::WithRawCallbackMethod_JudgeCandidate<
                        v1::TranslationService::Service>>>>>>;

class TranslationServiceImpl final : public RawTranslationService {
 public:
  struct Options {
    // The most a model ever gets, from the moment a worker takes the call.
    absl::Duration model_timeout = absl::Seconds(5);
    int model_workers = 8;
    int model_queue = 256;
    Metrics* metrics = nullptr;      // outlives it; null: nothing is counted
    Admission* admission = nullptr;  // outlives it; null: anybody may call
  };

  // `traffic` (null: nobody counts) outlives it.
  TranslationServiceImpl(std::shared_ptr<const LiveTranslator> live, Traffic* traffic,
                         const Options& options);

  grpc::ServerUnaryReactor* TranslateText(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StreamTranslateText(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* AnalyzeText(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* DetectLanguage(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListLanguages(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* JudgeCandidate(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;

  // From now on every new call is answered UNAVAILABLE, SHUTTING_DOWN. Returns when the calls under
  // way are done, or at the deadline.
  void Drain(absl::Time deadline);
  int calls_under_way() { return calls_.count(); }
  size_t waiting_for_models() { return pool_.waiting(); }
  // Ends the workers. Only after the gRPC server has been shut down. False: at the deadline some still waited
  // for a model.
  bool Stop(absl::Time deadline);

 private:
  // In the order in which the constructor adds them to the metrics.
  enum Method {
    kTranslateText,
    kStreamTranslateText,
    kAnalyzeText,
    kDetectLanguage,
    kListLanguages,
    kJudgeCandidate,
  };
  CallMeter Meter(Method method) const { return {options_.metrics, first_method_ + method}; }
  // Errors are those of Admission::Admit.
  absl::StatusOr<Admission::Grant> Admit(const grpc::CallbackServerContext& context) const;
  // Keeps the grant in `call`.
  absl::Status Admit(const grpc::CallbackServerContext& context, Call* call) const;

  // Answers on gRPC's own thread what needs no model: fill(live book, request, response) says with what.
  template <typename Request, typename Response, typename Fill>
  grpc::ServerUnaryReactor* AnswerNow(Method method, grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer& request, grpc::ByteBuffer* response,
                                      const Fill& fill);

  const Options options_;
  const TranslateContext context_;
  int first_method_ = 0;
  std::atomic<bool> draining_ = false;
  NamedCounts named_counts_;
  CallCounter calls_;
  std::mutex streams_mutex_;
  std::vector<std::weak_ptr<StreamCall>> streams_;  // guarded by streams_mutex_
  WorkerPool pool_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_TRANSLATION_SERVICE_H_
