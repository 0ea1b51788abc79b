// A TranslateSentences call: signalbook.v1.ModelService, as model_service.h says.
#ifndef SIGNALBOOK_SERVICE_SENTENCE_CALLS_H_
#define SIGNALBOOK_SERVICE_SENTENCE_CALLS_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "service/call.h"
#include "service/live_translator.h"
#include "service/translate_work.h"
#include "service/worker_pool.h"
#include "signalbook/v1/model.pb.h"
#include "translator/normalize.h"
#include "translator/translator.h"

namespace signalbook {

class SentencesCall final : public Call, public WorkerPool::Job {
 public:
  // `queue`: of the pool, for the error that it is full.
  SentencesCall(CallCounter* counter, CallMeter meter, grpc::ByteBuffer* response,
                const TranslateContext& context, absl::Time caller_deadline, int queue)
      : Call(counter, meter, response),
        context_(context),
        live_(context.live->Get()),
        caller_deadline_(caller_deadline),
        queue_(queue) {}

  // Reads and charges what is asked for. NotFound when this server has not both languages, or the request comes from
  // too many servers away (limits.h).
  absl::Status Parse(const grpc::CallbackServerContext& context, const grpc::ByteBuffer& bytes);
  bool NeedsModel() const;
  // What models are told of the call (model.h); before Run.
  void PassOn(std::string traceparent) { options_.traceparent = std::move(traceparent); }

  void Run() override;
  bool Abandoned() const override;
  void TurnedAway() override;

 private:
  const TranslateContext& context_;
  const std::shared_ptr<const LiveBook> live_;
  const absl::Time caller_deadline_;
  const int queue_;
  v1::TranslateSentencesRequest request_;  // what messages_ refer to
  std::vector<Message> messages_;
  TranslateOptions options_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_SENTENCE_CALLS_H_
