#include "service/moderation/moderation_service.h"

#include <google/protobuf/arena.h>

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "service/limits.h"
#include "service/status.h"
#include "service/strings.h"
#include "service/wire.h"

namespace signalbook {
namespace {

using google::protobuf::Message;

class ModerationCall final : public Call, public WorkerPool::Job {
 public:
  ModerationCall(CallCounter* counter, CallMeter meter, grpc::ByteBuffer* response,
                 absl::Time deadline)
      : Call(counter, meter, response), deadline_(deadline) {}

  // Before Run. `method` outlives the call.
  absl::Status Prepare(const ModerationBackend& backend, const ModerationMethod& method,
                       const Credentials& credentials, const grpc::ByteBuffer& bytes) {
    // First, so that strangers cannot make the server parse.
    absl::StatusOr<v1::Caller> caller = backend.authenticator.Authenticate(credentials);
    if (!caller.ok()) return caller.status();
    backend_ = &backend;
    method_ = &method;
    caller_ = *std::move(caller);
    request_ = method.request->New(&arena_);
    return ParseRequest(bytes, request_);
  }

  void Run() override {
    Message* const response = method_->response->New(&arena_);
    const absl::Status status = CallMethod(*backend_, *method_, caller_, *request_, response);
    if (answered()) return;  // cancelled meanwhile; gRPC's server may be gone
    if (status.ok()) {
      Reply(*response);
    } else {
      Fail(status);
    }
  }

  bool Abandoned() const override { return answered() || absl::Now() >= deadline_; }

 private:
  const absl::Time deadline_;
  const ModerationBackend* backend_ = nullptr;
  const ModerationMethod* method_ = nullptr;
  v1::Caller caller_;
  google::protobuf::Arena arena_;
  Message* request_ = nullptr;  // of the arena
};

}  // namespace

ModerationServiceImpl::ModerationServiceImpl(std::optional<ModerationBackend> backend,
                                             const Options& options)
    : backend_(backend), options_(options), pool_(options.workers, options.queue) {
  if (!backend_ || options.metrics == nullptr) return;
  for (const ModerationMethod& method : backend_->methods) {
    const int added = options.metrics->AddMethod(std::string(method.name));
    if (&method == &backend_->methods.front()) first_method_ = added;
  }
}

grpc::ServerUnaryReactor* ModerationServiceImpl::Serve(std::string_view method, Context* context,
                                                       const Bytes& request, Bytes* response) {
  const ModerationMethod* row = backend_ ? backend_->Find(method) : nullptr;
  CallMeter meter;
  if (row != nullptr) {
    const auto place = static_cast<int>(row - backend_->methods.data());
    RequestRecord record;
    if (options_.log != nullptr) record = RecordOf(row->name, context);
    meter = CallMeter({options_.metrics, options_.log}, first_method_ + place, std::move(record));
  }
  auto call = std::make_shared<ModerationCall>(&calls_, meter, response, CallerDeadline(*context));
  call->HoldForGrpc();
  if (!backend_) {
    call->Fail(ModerationDisabled());
    return call.get();
  }
  if (draining_) {
    call->Fail(ShuttingDown());
  } else if (row == nullptr) {
    call->Fail(absl::UnimplementedError(StrCat("this server has no method ", method)));
  } else if (absl::Status status = call->Prepare(*backend_, *row, CredentialsOf(*context), request);
             !status.ok()) {
    call->Fail(status);
  } else if (!pool_.TrySubmit(call)) {
    call->Fail(QueueFull(options_.queue, kRetryDelay));
  }
  return call.get();
}

void ModerationServiceImpl::Drain(absl::Time deadline) {
  draining_ = true;
  calls_.WaitUntilZero(deadline);
}

}  // namespace signalbook
