#include "tests/service/fake_model_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "absl/time/clock.h"
#include "service/strings.h"

namespace signalbook {

using ::testing::HasSubstr;
using ::testing::Not;

grpc::Status FakeModelService::TranslateSentences(grpc::ServerContext* context,
                                                  const v1::TranslateSentencesRequest* request,
                                                  v1::TranslateSentencesResponse* response) {
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(*request);
    shown_.clear();
    const auto shown = context->client_metadata().equal_range("authorization");
    for (auto it = shown.first; it != shown.second; ++it) {
      shown_.emplace_back(it->second.data(), it->second.size());
    }
  }
  if (handler) return handler(context, *request, response);
  RightAnswer(*request, response);
  return grpc::Status::OK;
}

grpc::Status FakeModelService::ListLanguagePairs(grpc::ServerContext* /*context*/,
                                                 const v1::ListLanguagePairsRequest* request,
                                                 v1::ListLanguagePairsResponse* response) {
  if (!lister) return {grpc::StatusCode::UNIMPLEMENTED, kSecret};
  lister(*request, list_calls_++, response);
  return grpc::Status::OK;
}

std::vector<v1::TranslateSentencesRequest> FakeModelService::requests() {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::vector<std::string> FakeModelService::shown() {
  const std::lock_guard lock(mutex_);
  return shown_;
}

void RightAnswer(const v1::TranslateSentencesRequest& request,
                 v1::TranslateSentencesResponse* response) {
  for (const std::string& sentence : request.sentences()) {
    v1::TranslatedSentence* answer = response->add_sentences();
    answer->set_text(StrCat(request.target_language_code(), ":", sentence));
    answer->set_model_name("fake");
    answer->set_model_version("7");
  }
}

FakeModelServer::FakeModelServer(FakeModelService::Handler handler, const std::string& address,
                                 const std::shared_ptr<grpc::ServerCredentials>& credentials) {
  service.handler = std::move(handler);
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, credentials, &port_);
  builder.RegisterService(&service);
  server_ = builder.BuildAndStart();
  EXPECT_NE(server_, nullptr) << address;
}

FakeModelServer::~FakeModelServer() { server_->Shutdown(std::chrono::system_clock::now()); }

std::string FakeModelServer::address() const { return StrCat("127.0.0.1:", port_); }

std::unique_ptr<RemoteModel> CreateRemote(const RemoteModelOptions& options) {
  auto model = RemoteModel::Create(options);
  EXPECT_TRUE(model.ok()) << model.status();
  return *std::move(model);
}

ModelRequest Asking(std::vector<std::string> sentences, absl::Duration timeout) {
  return {"en", "es", std::move(sentences), absl::Now() + timeout};
}

Codes CodesOf(const std::vector<absl::StatusOr<Candidate>>& answers, const std::string& what) {
  Codes codes;
  for (const auto& answer : answers) {
    codes.push_back(answer.status().code());
    if (answer.ok()) continue;
    const std::string message(answer.status().message());
    EXPECT_THAT(message, HasSubstr("remote model ")) << what;
    EXPECT_THAT(message, Not(HasSubstr(kSecret))) << what;
  }
  return codes;
}

}  // namespace signalbook
