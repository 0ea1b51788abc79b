#include "service/call.h"

#include <chrono>

#include "service/status.h"
#include "service/wire.h"

namespace signalbook {

void CallCounter::Add() {
  std::lock_guard lock(mutex_);
  ++count_;
}

void CallCounter::Remove() {
  std::lock_guard lock(mutex_);
  // Notified under the lock: once it is released at zero, this object may be gone.
  if (--count_ == 0) zero_.notify_all();
}

bool CallCounter::WaitUntilZero(absl::Time deadline) {
  std::unique_lock lock(mutex_);
  return zero_.wait_until(lock, absl::ToChronoTime(deadline), [this] { return count_ == 0; });
}

int CallCounter::count() {
  std::lock_guard lock(mutex_);
  return count_;
}

void Call::Reply(const google::protobuf::Message& message) {
  grpc::ByteBuffer bytes = Serialize(message);
  if (!Claim()) return;
  meter_.Answered(absl::StatusCode::kOk);
  response_->Swap(&bytes);
  End(grpc::Status::OK);
}

void Call::Fail(const absl::Status& status) {
  if (!Claim()) return;
  meter_.Answered(status.code());
  End(ToGrpcStatus(status));
}

void Call::End(const grpc::Status& status) {
  if (self_ != nullptr) {
    Finish(status);
  } else {
    status_ = status;
  }
}

grpc::ServerUnaryReactor* Call::ForGrpc(grpc::CallbackServerContext* context) {
  if (self_ != nullptr) return this;
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(status_);
  counter_->Remove();
  return reactor;
}

void Call::OnCancel() { Fail(absl::CancelledError("cancelled by the caller or its deadline")); }

void Call::OnDone() {
  counter_->Remove();
  self_.reset();  // may delete this
}

absl::Time CallerDeadline(const grpc::CallbackServerContext& context) {
  const auto deadline = context.deadline();
  return deadline == std::chrono::system_clock::time_point::max() ? absl::InfiniteFuture()
                                                                  : absl::FromChrono(deadline);
}

}  // namespace signalbook
