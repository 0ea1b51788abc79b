// One request for translation from its check to its counted answer, whoever asked: a unary call, a stream.
//
// Thread rule: one thread at a time.
#ifndef SIGNALBOOK_SERVICE_TRANSLATE_WORK_H_
#define SIGNALBOOK_SERVICE_TRANSLATE_WORK_H_

#include <google/protobuf/arena.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "service/live_translator.h"
#include "service/metrics.h"
#include "service/moderation/traffic.h"
#include "service/request.h"
#include "signalbook/v1/translation.pb.h"

namespace signalbook {

// What is left for a model of a call that must be answered by `caller_deadline` (limits.h).
absl::Time ModelDeadline(absl::Time now, absl::Time caller_deadline, absl::Duration model_timeout);

// What all translations of a server share; outlives their work.
struct TranslateContext {
  std::shared_ptr<const LiveTranslator> live;
  Traffic* traffic = nullptr;  // null: nobody counts
  Metrics* metrics = nullptr;  // likewise
  // The most a model ever gets, from the moment a worker takes the call.
  absl::Duration model_timeout = absl::Seconds(5);
};

class TranslateWork {
 public:
  // Takes the translator that answers now, and keeps to it.
  TranslateWork(const TranslateContext& context, absl::Time caller_deadline)
      : context_(context),
        stale_(context.live->stale()),
        live_(context.live->Get()),
        caller_deadline_(caller_deadline) {}
  // What models are told of the call (model.h); before Translate.
  void PassOn(std::string traceparent) { traceparent_ = std::move(traceparent); }

  // What is to be translated; fill it before Check, and leave it alone from then on.
  v1::TranslateTextRequest* request() { return request_; }
  absl::Time caller_deadline() const { return caller_deadline_; }

  // Whether it may be answered; errors are those of request.h, and StoreUnseen. Before everything below.
  absl::Status Check();
  // Whether Translate would block.
  bool NeedsModel() const;
  // Belongs to the work.
  const v1::TranslateTextResponse& Translate();
  // Counts what was served and refused; after the answer is on its way, so that no caller waits for it.
  void Count() const;

 private:
  const Translator& translator() const { return *live_->translator; }

  const TranslateContext& context_;
  const bool stale_;
  const std::shared_ptr<const LiveBook> live_;
  const absl::Time caller_deadline_;
  std::string traceparent_;
  // Starts where a chat message with its answer fits, instead of at protobuf's 256 bytes.
  google::protobuf::Arena arena_ = google::protobuf::Arena([] {
    google::protobuf::ArenaOptions options;
    options.start_block_size = 8192;
    return options;
  }());
  v1::TranslateTextRequest* const request_ =
      google::protobuf::Arena::CreateMessage<v1::TranslateTextRequest>(&arena_);
  TranslateInput input_;
  std::vector<Translation> translations_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_TRANSLATE_WORK_H_
