#include "service/call.h"

#include <chrono>

#include "service/status.h"
#include "service/tls.h"
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
  Finish(grpc::Status::OK);
}

void Call::Fail(const absl::Status& status) {
  if (!Claim()) return;
  meter_.Answered(status.code());
  Finish(ToGrpcStatus(status));
}

void Call::OnCancel() { Fail(absl::CancelledError("cancelled by the caller or its deadline")); }

void Call::OnDone() {
  counter_->Remove();
  self_.reset();  // may delete this
}

Credentials CredentialsOf(const grpc::CallbackServerContext& context) {
  Credentials credentials;
  const auto& metadata = context.client_metadata();
  const auto header = metadata.find("authorization");
  if (header != metadata.end()) {
    credentials.authorization.assign(header->second.data(), header->second.size());
  }
  if (const auto connection = context.auth_context()) {
    credentials.certificate_names = CertificateNames(*connection);
  }
  return credentials;
}

absl::Time CallerDeadline(const grpc::CallbackServerContext& context) {
  const auto deadline = context.deadline();
  return deadline == std::chrono::system_clock::time_point::max() ? absl::InfiniteFuture()
                                                                  : absl::FromChrono(deadline);
}

}  // namespace signalbook
