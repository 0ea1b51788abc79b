// TranslationService over gRPC's callback API.
//
// A call is parsed and checked on gRPC's own thread. What needs no model (analysis, emoji, STRICT)
// is answered there, in microseconds; the rest goes to a bounded pool of threads that may block.
// A front with threads of its own asks through CallAndWait.
#ifndef SIGNALBOOK_SERVICE_TRANSLATION_SERVICE_H_
#define SIGNALBOOK_SERVICE_TRANSLATION_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "service/admission.h"
#include "service/auth.h"
#include "service/call.h"
#include "service/languages.h"
#include "service/live_translator.h"
#include "service/moderation/traffic.h"
#include "service/status.h"
#include "service/stream_call.h"
#include "service/timed_calls.h"
#include "service/translate_work.h"
#include "service/worker_pool.h"
#include "signalbook/v1/model.pb.h"
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
  // In the order in which the constructor adds them to the metrics.
  enum Method {
    kTranslateText,
    kStreamTranslateText,
    kAnalyzeText,
    kDetectLanguage,
    kListLanguages,
    kJudgeCandidate,
    kTranslateSentences,
    kListLanguagePairs,
  };

  struct Options {
    // The most a model ever gets, from the moment a worker takes the call.
    absl::Duration model_timeout = absl::Seconds(5);
    int model_workers = 8;
    int model_queue = 256;
    // They outlive it. Null: nothing is counted, nothing is logged, anybody may call.
    Metrics* metrics = nullptr;
    RequestLog* log = nullptr;
    Admission* admission = nullptr;
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

  // What ModelServiceImpl serves (model_service.h).
  grpc::ServerUnaryReactor* TranslateSentences(grpc::CallbackServerContext* context,
                                               const grpc::ByteBuffer* request,
                                               grpc::ByteBuffer* response);
  grpc::ServerUnaryReactor* ListLanguagePairs(grpc::CallbackServerContext* context,
                                              const grpc::ByteBuffer* request,
                                              grpc::ByteBuffer* response);

  // A unary call that comes another way than over gRPC.
  struct BlockingCall {
    // Who asks: what they show, and the address they ask from, without a port.
    Credentials credentials;
    std::string peer;
    // What everybody may ask, whoever they are, and what counts against nobody's limits.
    bool open = false;
    // Theirs, if they have any: "x-request-id" and "traceparent".
    std::string request_id;
    std::string traceparent;
    // When they stop waiting.
    absl::Time deadline = absl::InfiniteFuture();
    // Fills the request, an empty message of the method's type; an error of it is the call's.
    std::function<absl::Status(google::protobuf::Message* request)> read;
  };
  // The response of the method, as over gRPC: the same checks, the same workers, the same counts. Blocks while a
  // model works. Errors are those of the method; UNIMPLEMENTED for one that is not unary. Safe from many threads.
  absl::StatusOr<std::shared_ptr<const google::protobuf::Message>> CallAndWait(
      Method method, const BlockingCall& call);

  // OK while balancers should send calls here. Afterwards they are still answered, but not for long.
  absl::Status Ready() const;
  // Ready is ShuttingDown from now on.
  void Leave() { leaving_ = true; }
  // From now on every new call is answered UNAVAILABLE, SHUTTING_DOWN. Returns when the calls under
  // way are done, or at the deadline; nobody waits in CallAndWait beyond it.
  void Drain(absl::Time deadline);
  int calls_under_way() { return calls_.count(); }
  size_t waiting_for_models() { return pool_.waiting(); }
  // Ends the workers. Only after the gRPC server has been shut down. False: at the deadline some still waited
  // for a model.
  bool Stop(absl::Time deadline);

 private:
  static std::string_view NameOf(Method method);
  CallBooks books() const { return {options_.metrics, options_.log}; }
  CallMeter Meter(Method method, grpc::CallbackServerContext* context) const;
  // Errors are those of Admission::Admit. `record` (null: there is no log) gets the client's name.
  absl::StatusOr<Admission::Grant> Admit(const grpc::CallbackServerContext& context,
                                         RequestRecord* record) const;
  // Keeps the grant in `call`.
  absl::Status Admit(const grpc::CallbackServerContext& context, Call* call) const;

  // What needs no model, by what answers now; StoreUnseen if nothing may.
  template <typename Request, typename Response>
  absl::Status FillNow(const Request& request, Response* answer) {
    if (context_.live->stale()) return StoreUnseen();
    return Fill(context_.live->Get(), request, answer);
  }
  absl::Status Fill(const std::shared_ptr<const LiveBook>& live,
                    const v1::AnalyzeTextRequest& request, v1::AnalyzeTextResponse* answer);
  absl::Status Fill(const std::shared_ptr<const LiveBook>& live,
                    const v1::DetectLanguageRequest& request, v1::DetectLanguageResponse* answer);
  absl::Status Fill(const std::shared_ptr<const LiveBook>& live,
                    const v1::ListLanguagesRequest& request, v1::ListLanguagesResponse* answer);
  absl::Status Fill(const std::shared_ptr<const LiveBook>& live,
                    const v1::JudgeCandidateRequest& request, v1::JudgeCandidateResponse* answer);
  absl::Status Fill(const std::shared_ptr<const LiveBook>& live,
                    const v1::ListLanguagePairsRequest& request,
                    v1::ListLanguagePairsResponse* answer);
  // Begins with a call that may need a model: on gRPC's own thread what needs none, the rest on a worker.
  template <typename AnyCall>
  grpc::ServerUnaryReactor* AnswerOrQueue(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer& request,
                                          const std::shared_ptr<AnyCall>& call);
  // Answers with it on gRPC's own thread.
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* AnswerNow(Method method, grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer& request, grpc::ByteBuffer* response);

  // CallAndWait, without what goes for every method.
  using SharedAnswer = absl::StatusOr<std::shared_ptr<const google::protobuf::Message>>;
  template <typename Request, typename Response>
  SharedAnswer Blocking(const BlockingCall& call, const Admission::Grant& grant);
  SharedAnswer BlockingTranslate(const BlockingCall& call, Admission::Grant grant,
                                 RequestRecord* record);
  SharedAnswer BlockingAnswer(Method method, const BlockingCall& call, RequestRecord* record);

  const Options options_;
  const TranslateContext context_;
  int first_method_ = 0;
  std::atomic<bool> leaving_ = false;
  std::atomic<bool> draining_ = false;
  NamedCounts named_counts_;
  CallCounter calls_;
  std::mutex streams_mutex_;
  std::vector<std::weak_ptr<StreamCall>> streams_;  // guarded by streams_mutex_
  TimedCalls blocking_calls_;
  WorkerPool pool_;  // its jobs use what stands above
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_TRANSLATION_SERVICE_H_
