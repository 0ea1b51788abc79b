// A server of ModelService in this process that does what a test wants, and what tests of its client share.
#ifndef SIGNALBOOK_TESTS_SERVICE_FAKE_MODEL_SERVER_H_
#define SIGNALBOOK_TESTS_SERVICE_FAKE_MODEL_SERVER_H_

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
#include "service/remote_model.h"
#include "signalbook/v1/model.grpc.pb.h"
#include "translator/model.h"

namespace signalbook {

// Stands in what is asked and in what servers say: must not stand in an error.
inline constexpr char kSecret[] = "confidential";

class FakeModelService final : public v1::ModelService::Service {
 public:
  using Handler = std::function<grpc::Status(
      grpc::ServerContext*, const v1::TranslateSentencesRequest&, v1::TranslateSentencesResponse*)>;
  // `call` counts from 0.
  using Lister = std::function<void(const v1::ListLanguagePairsRequest&, int call,
                                    v1::ListLanguagePairsResponse*)>;

  grpc::Status TranslateSentences(grpc::ServerContext* context,
                                  const v1::TranslateSentencesRequest* request,
                                  v1::TranslateSentencesResponse* response) override;
  grpc::Status ListLanguagePairs(grpc::ServerContext* context,
                                 const v1::ListLanguagePairsRequest* request,
                                 v1::ListLanguagePairsResponse* response) override;

  std::vector<v1::TranslateSentencesRequest> requests();
  // The values of "authorization" in the last call.
  std::vector<std::string> shown();

  // Set before anybody asks. Without them, RightAnswer and UNIMPLEMENTED.
  Handler handler;
  Lister lister;

 private:
  std::atomic<int> list_calls_ = 0;
  std::mutex mutex_;
  std::vector<v1::TranslateSentencesRequest> requests_;
  std::vector<std::string> shown_;
};

// What a well-behaved server answers: "es:" and the sentence, by the model "fake", version "7".
void RightAnswer(const v1::TranslateSentencesRequest& request,
                 v1::TranslateSentencesResponse* response);

class FakeModelServer {
 public:
  explicit FakeModelServer(FakeModelService::Handler handler = nullptr,
                           const std::string& address = "127.0.0.1:0",
                           const std::shared_ptr<grpc::ServerCredentials>& credentials =
                               grpc::InsecureServerCredentials());
  ~FakeModelServer();

  std::string address() const;

  FakeModelService service;

 private:
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

// Fails the test when the options make no sense.
std::unique_ptr<RemoteModel> CreateRemote(const RemoteModelOptions& options);

// From en to es.
ModelRequest Asking(std::vector<std::string> sentences, absl::Duration timeout = absl::Seconds(20));

// Also checks what holds for every message: it says who, and not what.
using Codes = std::vector<absl::StatusCode>;
Codes CodesOf(const std::vector<absl::StatusOr<Candidate>>& answers, const std::string& what);

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_SERVICE_FAKE_MODEL_SERVER_H_
