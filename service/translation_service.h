// TranslationService over gRPC's callback API.
//
// A call is parsed and checked on gRPC's own thread. What needs no model (analysis, emoji, STRICT)
// is answered there, in microseconds; the rest goes to a bounded pool of threads that may block.
#ifndef SIGNALBOOK_SERVICE_TRANSLATION_SERVICE_H_
#define SIGNALBOOK_SERVICE_TRANSLATION_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <memory>

#include "absl/time/time.h"
#include "service/call.h"
#include "service/live_translator.h"
#include "service/moderation/traffic.h"
#include "service/worker_pool.h"
#include "signalbook/v1/translation.grpc.pb.h"

namespace signalbook {

// Raw: requests arrive as bytes. wire.h says why.
using RawTranslationService = v1::TranslationService::WithRawCallbackMethod_TranslateText<
    v1::TranslationService::WithRawCallbackMethod_AnalyzeText<
        v1::TranslationService::WithRawCallbackMethod_JudgeCandidate<
            v1::TranslationService::Service>>>;

class TranslationServiceImpl final : public RawTranslationService {
 public:
  struct Options {
    // The most a model ever gets, from the moment a worker takes the call.
    absl::Duration model_timeout = absl::Seconds(5);
    int model_workers = 8;
    int model_queue = 256;
  };

  // `traffic` (null: nobody counts) outlives it.
  TranslationServiceImpl(std::shared_ptr<const LiveTranslator> live, Traffic* traffic,
                         const Options& options);

  grpc::ServerUnaryReactor* TranslateText(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* AnalyzeText(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* JudgeCandidate(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;

  // From now on every new call is answered UNAVAILABLE, SHUTTING_DOWN. Returns when the calls under
  // way are done, or at the deadline.
  void Drain(absl::Time deadline);
  // Ends the workers. Only after the gRPC server has been shut down.
  void Stop();

 private:
  // Answers on gRPC's own thread what needs no model.
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* AnswerNow(const grpc::ByteBuffer& request, grpc::ByteBuffer* response);

  const std::shared_ptr<const LiveTranslator> live_;
  Traffic* const traffic_;
  const Options options_;
  std::atomic<bool> draining_ = false;
  CallCounter calls_;
  WorkerPool pool_;
};

// What is left for a model of a call that must be answered by `caller_deadline` (limits.h).
absl::Time ModelDeadline(absl::Time now, absl::Time caller_deadline, absl::Duration model_timeout);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_TRANSLATION_SERVICE_H_
