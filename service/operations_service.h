// OperationsService over gRPC's callback API: what a server runs with, and reloading it.
#ifndef SIGNALBOOK_SERVICE_OPERATIONS_SERVICE_H_
#define SIGNALBOOK_SERVICE_OPERATIONS_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "service/auth.h"
#include "service/call.h"
#include "service/worker_pool.h"
#include "signalbook/v1/operations.grpc.pb.h"

namespace signalbook {

// Raw: requests arrive as bytes. wire.h says why.
using RawOperationsService = v1::OperationsService::WithRawCallbackMethod_GetServerStatus<
    v1::OperationsService::WithRawCallbackMethod_ReloadConfiguration<
        v1::OperationsService::Service>>;

class OperationsServiceImpl final : public RawOperationsService {
 public:
  // What it asks; all of it outlives the service and is safe from many threads.
  struct Backend {
    const Authenticator& authenticator;
    // Fills an empty status. Quick.
    std::function<void(v1::ServerStatus*)> describe;
    // Takes seconds. Empty: this server cannot reload.
    std::function<absl::Status()> reload;
  };
  explicit OperationsServiceImpl(Backend backend) : backend_(std::move(backend)) {}

  grpc::ServerUnaryReactor* GetServerStatus(grpc::CallbackServerContext* context,
                                            const grpc::ByteBuffer* request,
                                            grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ReloadConfiguration(grpc::CallbackServerContext* context,
                                                const grpc::ByteBuffer* request,
                                                grpc::ByteBuffer* response) override;

  // From now on every new call is answered UNAVAILABLE, SHUTTING_DOWN. Returns when the calls under way are done,
  // or at the deadline.
  void Drain(absl::Time deadline);

 private:
  class ReloadCall;
  // Whether the caller may.
  absl::Status Admit(const grpc::CallbackServerContext& context, v1::Role role) const;

  const Backend backend_;
  std::atomic<bool> draining_ = false;
  CallCounter calls_;
  WorkerPool pool_{1, 4};  // one reload at a time, and few that wait
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_OPERATIONS_SERVICE_H_
