// A server on a free port in this process, and a client of it.
#ifndef SIGNALBOOK_TESTS_SERVICE_SERVER_FIXTURE_H_
#define SIGNALBOOK_TESTS_SERVICE_SERVER_FIXTURE_H_

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"
#include "service/config.h"
#include "service/server.h"
#include "signalbook/v1/translation.grpc.pb.h"
#include "translator/model.h"

namespace signalbook {

// What a client reads out of an error.
struct ErrorDetails {
  std::string reason;
  std::string domain;
  std::map<std::string, std::string> metadata;
  std::string field;        // of the only violation; empty: none
  std::string description;  // of the same
  absl::Duration retry_delay = absl::ZeroDuration();
};
ErrorDetails DetailsOf(const grpc::Status& status);

class ServerTest : public ::testing::Test {
 protected:
  // Fails the test when the server does not start. `config` needs to be no more than what differs
  // from a server on a free port.
  void Start(std::shared_ptr<Model> model, v1::Config config = {}, const ServedModels& models = {});

  grpc::Status Translate(const v1::TranslateTextRequest& request,
                         v1::TranslateTextResponse* response,
                         absl::Duration timeout = absl::Seconds(20));
  grpc::Status Analyze(const v1::AnalyzeTextRequest& request, v1::AnalyzeTextResponse* response);
  // Sends any bytes to a method, past the checks of generated code.
  grpc::Status CallRaw(const std::string& method, const std::string& bytes, std::string* answer);

  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::TranslationService::Stub> stub_;
};

// A translator over the test's book. `model` may be null.
std::shared_ptr<const Translator> MakeTranslator(std::shared_ptr<Model> model);

// A request that a server with a model answers with it: "Hello world" from en to es.
v1::TranslateTextRequest ProseRequest();

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_SERVICE_SERVER_FIXTURE_H_
