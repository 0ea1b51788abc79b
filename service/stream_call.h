// One StreamTranslateText call: messages come and go on one stream for as long as the caller likes.
//
//   read ─ parse ─┬─ needs no model: translated at once ──┐
//                 └─ needs one: a worker translates it ───┴─ its turn in its conversation ─ write
//
// Messages of one conversation are answered in their order; nothing else waits for anything. At most
// kMaxStreamMessages are under way: while there are as many, nothing more is read, and HTTP/2's flow control
// holds the caller back.
//
// Thread rule: gRPC and the workers call from many threads; all methods are safe.
#ifndef SIGNALBOOK_SERVICE_STREAM_CALL_H_
#define SIGNALBOOK_SERVICE_STREAM_CALL_H_

#include <grpcpp/grpcpp.h>

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "service/admission.h"
#include "service/call.h"
#include "service/translate_work.h"
#include "service/worker_pool.h"
#include "signalbook/v1/translation.pb.h"

namespace signalbook {

class StreamCall final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                         public std::enable_shared_from_this<StreamCall> {
 public:
  struct Options {
    // Outlive the call.
    CallCounter* calls = nullptr;
    const TranslateContext* context = nullptr;
    WorkerPool* pool = nullptr;
    int pool_queue = 0;  // of the pool, for the error that it is full
    CallBooks books;
    int method = 0;           // of the metrics: each message counts as a call
    RequestRecord record;     // of the stream: what the log says of each of its messages
    std::string traceparent;  // what models are told of the stream (model.h)
    absl::Time deadline = absl::InfiniteFuture();  // of the stream
  };

  // `grant`: what the stream was let in with. It is given back when the stream ends; if it is cancelled, once nobody
  // works on its messages any more.
  StreamCall(const Options& options, Admission::Grant grant);

  // Hands gRPC its share and reads the first message. Once, right after construction.
  void Start();
  // Reads no more; answers what has come, then ends the stream with `status`.
  void EndWith(const absl::Status& status);

 private:
  class Item;

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  // Counts a message against its caller's limits; errors are those of Admission::Grant.
  absl::Status Charge(const v1::StreamTranslateTextRequest& request) const;
  // What a message asks for: done at once, or handed to a worker.
  void Take(std::shared_ptr<Item> item);
  void Cancel(const std::string& id);
  // The answer to `item`. False: it has one already, or nobody waits for it any more.
  bool Complete(Item& item, v1::StreamTranslateTextResponse answer, const absl::Status& status);
  void Refuse(Item& item, const absl::Status& status);

  // With mutex_ held: starts what can be started.
  void Read();
  void Write();
  void FinishIfDone();

  const Options options_;
  Admission::Grant grant_;
  std::mutex mutex_;
  // All below: guarded by mutex_.
  std::map<std::string, std::deque<std::shared_ptr<Item>>>
      conversations_;                     // not answered, in order
  std::deque<grpc::ByteBuffer> answers_;  // to be written; the first is being written if writing_
  int under_way_ = 0;                     // read and not written yet
  bool reading_ = false;
  bool writing_ = false;
  bool at_end_ = false;    // the caller sends no more, or nothing more is read
  bool finished_ = false;  // Finish was called
  absl::Status end_;       // what the stream ends with
  // Of gRPC only, which writes here while reading_.
  grpc::ByteBuffer incoming_;
  std::shared_ptr<StreamCall> self_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_STREAM_CALL_H_
