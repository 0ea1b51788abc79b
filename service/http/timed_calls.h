// Calls that may block for longer than anybody waits for them: on a database that hangs. They run on threads of
// their own; who waits for one gives up in time, and the call goes on without him.
//
// Thread rule: all methods are safe from many threads.
#ifndef SIGNALBOOK_SERVICE_HTTP_TIMED_CALLS_H_
#define SIGNALBOOK_SERVICE_HTTP_TIMED_CALLS_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "service/worker_pool.h"

namespace signalbook {

class TimedCalls {
 public:
  // Owns all that it works on: it may outlive the Run that it was given to.
  using Call = std::function<absl::StatusOr<std::string>()>;

  // Precondition: both positive.
  TimedCalls(int threads, int queue) : queue_(queue), pool_(threads, queue) {}
  // Waits for calls that were given up and still run, for as long as they take.
  ~TimedCalls() = default;

  // What `call` returns, or
  //   DEADLINE_EXCEEDED             it did not return within `timeout`, or by the time of StopWaiting
  //   RESOURCE_EXHAUSTED (QUEUE_FULL)   too many wait already; it has not begun
  absl::StatusOr<std::string> Run(Call call, absl::Duration timeout);

  // Nobody waits beyond `deadline`: for calls under way, and for later ones.
  void StopWaiting(absl::Time deadline);

 private:
  class Job;

  const int queue_;
  std::mutex mutex_;
  std::condition_variable changed_;
  absl::Time last_ = absl::InfiniteFuture();  // guarded by mutex_
  WorkerPool pool_;                           // its jobs use what stands above
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_HTTP_TIMED_CALLS_H_
