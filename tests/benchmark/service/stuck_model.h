// A model that never answers, the calls that wait for it, and whether the rest of a server notices.
#ifndef SIGNALBOOK_TESTS_BENCHMARK_SERVICE_STUCK_MODEL_H_
#define SIGNALBOOK_TESTS_BENCHMARK_SERVICE_STUCK_MODEL_H_

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "signalbook/v1/model.grpc.pb.h"

namespace signalbook {

// A ModelService in this process. Holds each request until it is given up, or the object goes.
class StuckModel final : public v1::ModelService::Service {
 public:
  StuckModel();
  ~StuckModel() override;

  // Configuration of a Signalbook that asks it.
  std::string ConfigOfIt() const { return Config(address_); }
  // Of one that would ask a model at `address`, for load that needs none: a server without any model takes a
  // shorter way than those that people run.
  static std::string Config(const std::string& address = "127.0.0.1:9");

  // Returns when so many requests are held.
  void WaitForRequests(int count);

  grpc::Status TranslateSentences(grpc::ServerContext* context,
                                  const v1::TranslateSentencesRequest* request,
                                  v1::TranslateSentencesResponse* response) override;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int held_ = 0;           // guarded by mutex_
  bool stopping_ = false;  // guarded by mutex_
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

// So many calls that need the model, until the object goes.
class StuckCalls {
 public:
  StuckCalls(const std::string& address, int count);
  ~StuckCalls();

 private:
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts_;
  std::vector<std::thread> threads_;
};

// How long Check of the health service takes, one after the other, in milliseconds. Ends the program when the
// answer is not SERVING.
std::vector<double> HealthLatencies(const std::string& address, int count);

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_BENCHMARK_SERVICE_STUCK_MODEL_H_
