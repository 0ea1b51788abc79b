#include "service/call.h"

#include <chrono>

#include "absl/strings/str_replace.h"
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

void Call::Reply(const google::protobuf::Message& message,
                 const v1::TranslateTextResponse* translations) {
  grpc::ByteBuffer bytes = Serialize(message);
  if (!Claim()) return;
  if (translations != nullptr && meter_.record() != nullptr) {
    meter_.record()->Describe(*translations);
  }
  meter_.Answered(absl::OkStatus());
  grant_.Release();  // or a caller who has this answer might be told that it is still under way
  response_->Swap(&bytes);
  End(grpc::Status::OK);
}

void Call::Fail(const absl::Status& status) {
  if (!Claim()) return;
  meter_.Answered(status);
  grant_.Release();
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

void Call::OnCancel() {
  if (!Claim()) return;
  const absl::Status status = absl::CancelledError("cancelled by the caller or its deadline");
  meter_.Answered(status);
  Finish(ToGrpcStatus(status));
}

void Call::OnDone() {
  counter_->Remove();
  self_.reset();  // may delete this
}

absl::Time CallerDeadline(const grpc::CallbackServerContext& context) {
  const auto deadline = context.deadline();
  return deadline == std::chrono::system_clock::time_point::max() ? absl::InfiniteFuture()
                                                                  : absl::FromChrono(deadline);
}

Credentials CredentialsOf(const grpc::CallbackServerContext& context) {
  Credentials credentials;
  credentials.authorization = MetadataOf(context, "authorization");
  credentials.api_key = MetadataOf(context, "x-api-key");
  if (const auto connection = context.auth_context()) {
    credentials.certificate_names = CertificateNames(*connection);
  }
  return credentials;
}

std::string_view MetadataOf(const grpc::CallbackServerContext& context, const char* name) {
  const auto field = context.client_metadata().find(name);
  if (field == context.client_metadata().end()) return {};
  return {field->second.data(), field->second.size()};
}

std::string TraceparentOf(const RequestRecord* record, std::string_view callers_traceparent) {
  if (record != nullptr) return Traceparent(record->trace);
  if (callers_traceparent.empty()) return {};
  return Traceparent(TraceOf(callers_traceparent));
}

RequestRecord RecordOf(std::string_view method, grpc::CallbackServerContext* context) {
  RequestRecord record;
  record.method = method;
  record.request_id = RequestIdOf(MetadataOf(*context, "x-request-id"));
  record.trace = TraceOf(MetadataOf(*context, "traceparent"));
  context->AddInitialMetadata("x-request-id", record.request_id);
  return record;
}

// gRPC says "ipv4:192.0.2.1:80", "ipv6:%5B2001:db8::1%5D:80", "unix:/run/name.sock".
std::string PeerAddress(const grpc::CallbackServerContext& context) {
  std::string peer = context.peer();
  if (!peer.starts_with("ipv4:") && !peer.starts_with("ipv6:")) return peer;
  peer.erase(0, 5);
  return absl::StrReplaceAll(peer, {{"%5B", "["}, {"%5D", "]"}, {"%25", "%"}});
}

}  // namespace signalbook
