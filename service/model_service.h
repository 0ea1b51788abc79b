// signalbook.v1.ModelService: this server as the model of another Signalbook.
//
// Whoever asks has a gate of its own and judges what it gets, but what leaves here has a licence all the same: a sentence
// is translated as TranslateText translates a message, and answered with the translation only if nothing of it was refused.
// Otherwise it gets an error of its own, by which the other may ask another model:
//
//   NO_MODEL             NOT_FOUND
//   MODEL_UNAVAILABLE    UNAVAILABLE
//   DEADLINE             DEADLINE_EXCEEDED
//   any other reason     FAILED_PRECONDITION: the gate's, or the model failed
//
// Calls go through TranslationServiceImpl: the same workers, limits, metrics and log.
#ifndef SIGNALBOOK_SERVICE_MODEL_SERVICE_H_
#define SIGNALBOOK_SERVICE_MODEL_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include "service/translation_service.h"
#include "signalbook/v1/model.grpc.pb.h"

namespace signalbook {

// Raw: requests arrive as bytes. wire.h says why.
using RawModelService = v1::ModelService::WithRawCallbackMethod_TranslateSentences<
    v1::ModelService::WithRawCallbackMethod_ListLanguagePairs<v1::ModelService::Service>>;

class ModelServiceImpl final : public RawModelService {
 public:
  // `service` outlives it.
  explicit ModelServiceImpl(TranslationServiceImpl* service) : service_(*service) {}

  grpc::ServerUnaryReactor* TranslateSentences(grpc::CallbackServerContext* context,
                                               const grpc::ByteBuffer* request,
                                               grpc::ByteBuffer* response) override {
    return service_.TranslateSentences(context, request, response);
  }
  grpc::ServerUnaryReactor* ListLanguagePairs(grpc::CallbackServerContext* context,
                                              const grpc::ByteBuffer* request,
                                              grpc::ByteBuffer* response) override {
    return service_.ListLanguagePairs(context, request, response);
  }

 private:
  TranslationServiceImpl& service_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_MODEL_SERVICE_H_
