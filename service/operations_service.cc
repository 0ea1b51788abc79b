#include "service/operations_service.h"

#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "service/limits.h"
#include "service/status.h"
#include "service/strings.h"
#include "service/tls.h"
#include "service/wire.h"

namespace signalbook {
namespace {

// What is wrong with a configuration is not the caller's request: it is what the server has found.
absl::Status AsRefusedReload(const absl::Status& status) {
  if (status.ok() || !ReasonOf(status).empty()) return status;
  return WithReason(absl::StatusCode::kFailedPrecondition, reason::kReloadRefused,
                    AsStd(status.message()));
}

}  // namespace

class OperationsServiceImpl::ReloadCall final : public Call, public WorkerPool::Job {
 public:
  ReloadCall(CallCounter* counter, grpc::ByteBuffer* response, const Backend& backend)
      : Call(counter, {}, response), backend_(backend) {}

  void Run() override {
    if (absl::Status status = AsRefusedReload(backend_.reload()); !status.ok()) {
      return Fail(status);
    }
    v1::ServerStatus now;
    backend_.describe(&now);
    Reply(now);
  }

  bool Abandoned() const override { return answered(); }

 private:
  const Backend& backend_;
};

absl::Status OperationsServiceImpl::Admit(const grpc::CallbackServerContext& context,
                                          v1::Role role) const {
  if (draining_) return ShuttingDown();
  const absl::StatusOr<v1::Caller> caller =
      backend_.authenticator.Authenticate(CredentialsOf(context));
  return caller.ok() ? RequireRole(*caller, role) : caller.status();
}

grpc::ServerUnaryReactor* OperationsServiceImpl::GetServerStatus(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  auto call = std::make_shared<Call>(&calls_, CallMeter(), response);
  call->HoldForGrpc();
  v1::GetServerStatusRequest parsed;
  absl::Status status = Admit(*context, v1::ROLE_VIEWER);
  if (status.ok()) status = ParseRequest(*request, &parsed);
  if (!status.ok()) {
    call->Fail(status);
    return call.get();
  }
  v1::ServerStatus now;
  backend_.describe(&now);
  call->Reply(now);
  return call.get();
}

grpc::ServerUnaryReactor* OperationsServiceImpl::ReloadConfiguration(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  auto call = std::make_shared<ReloadCall>(&calls_, response, backend_);
  call->HoldForGrpc();
  v1::ReloadConfigurationRequest parsed;
  absl::Status status = Admit(*context, v1::ROLE_ADMINISTRATOR);
  if (status.ok()) status = ParseRequest(*request, &parsed);
  if (status.ok() && !backend_.reload) {
    status = WithReason(absl::StatusCode::kFailedPrecondition, reason::kReloadRefused,
                        "this server was started without a configuration to read again");
  }
  if (!status.ok()) {
    call->Fail(status);
  } else if (!pool_.TrySubmit(call)) {
    call->Fail(QueueFull(4, kRetryDelay));
  }
  return call.get();
}

void OperationsServiceImpl::Drain(absl::Time deadline) {
  draining_ = true;
  calls_.WaitUntilZero(deadline);
}

}  // namespace signalbook
