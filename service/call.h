// One unary call over gRPC's raw callback API, and how many are under way.
//
// Each call is answered exactly once, by whoever comes first: its worker, its cancellation, or a
// refusal.
#ifndef SIGNALBOOK_SERVICE_CALL_H_
#define SIGNALBOOK_SERVICE_CALL_H_

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "service/admission.h"
#include "service/auth.h"
#include "service/call_meter.h"

namespace signalbook {

// Calls under way. Thread rule: all methods are safe from many threads.
class CallCounter {
 public:
  void Add();
  void Remove();
  // False when some are still under way at the deadline.
  bool WaitUntilZero(absl::Time deadline);
  int count();

 private:
  std::mutex mutex_;
  std::condition_variable zero_;
  int count_ = 0;  // guarded by mutex_
};

// One call, from the first byte to OnDone. gRPC, a worker and a cancellation may hold it at the
// same time, so it is shared; gRPC's share is self_. Whoever wins Claim() answers and nobody else
// does. That also keeps Server::Shutdown from waiting for ever for a call that was cancelled while
// queued (grpc #39114).
class Call : public grpc::ServerUnaryReactor, public std::enable_shared_from_this<Call> {
 public:
  // `counter` outlives the call, and so does what `meter` counts for.
  Call(CallCounter* counter, CallMeter meter, grpc::ByteBuffer* response)
      : counter_(counter), meter_(meter), response_(response) {
    counter_->Add();
  }

  // Hands gRPC its share. Call it once, before anybody else gets one; a call that is answered before its method
  // returns does without.
  void HoldForGrpc() { self_ = shared_from_this(); }
  // What the call was let in with, at most once, before anybody else gets to know the call. It is given back when the
  // call is answered; if it is cancelled, once nobody works on it any more.
  void Keep(Admission::Grant grant) { grant_ = std::move(grant); }
  const Admission::Grant& grant() const { return grant_; }
  // What the log will say of it; null: there is no log. Only before anybody else gets to know the call.
  RequestRecord* record() const { return meter_.record(); }
  // What its method returns to gRPC: this, if gRPC has its share. Otherwise it has been answered, and gRPC's own
  // reactor carries the answer: for the end of any other, gRPC wakes a thread, which costs more than to
  // translate.
  grpc::ServerUnaryReactor* ForGrpc(grpc::CallbackServerContext* context);

  // `translations`: the same message, if the log is to say what it holds.
  void Reply(const google::protobuf::Message& message,
             const v1::TranslateTextResponse* translations = nullptr);
  void Fail(const absl::Status& status);

  bool answered() const { return answered_.load(std::memory_order_acquire); }

 private:
  void OnCancel() override;
  void OnDone() override;
  void End(const grpc::Status& status);
  bool Claim() { return !answered_.exchange(true, std::memory_order_acq_rel); }

  CallCounter* const counter_;
  const CallMeter meter_;
  Admission::Grant grant_;
  grpc::ByteBuffer* const response_;  // gRPC's, until answered
  std::atomic<bool> answered_ = false;
  grpc::Status status_;  // of an answer before gRPC had its share
  std::shared_ptr<Call> self_;
};

// InfiniteFuture when the caller sets none.
absl::Time CallerDeadline(const grpc::CallbackServerContext& context);
// What a caller shows.
Credentials CredentialsOf(const grpc::CallbackServerContext& context);
// What the log says of a call whatever becomes of it: its ids, which are those of the metadata "x-request-id" and
// "traceparent" if there are any. The caller is told the first in the header "x-request-id".
RequestRecord RecordOf(std::string_view method, grpc::CallbackServerContext* context);
// What models are told of the trace that a call belongs to: its own span as their parent. `record`: of the call, if
// there is a log; without one, empty for a call that nobody traces.
std::string TraceparentOf(const RequestRecord* record, std::string_view callers_traceparent);
// The metadata of that name; empty: there is none.
std::string_view MetadataOf(const grpc::CallbackServerContext& context, const char* name);
// The address a call comes from, as Admission reads it.
std::string PeerAddress(const grpc::CallbackServerContext& context);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_CALL_H_
