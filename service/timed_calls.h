// Calls that may block for longer than anybody waits for them: on a database that hangs, on a model. They run on
// a pool of threads; who waits for one gives up in time, and the call goes on without him.
//
// Thread rule: all methods are safe from many threads.
#ifndef SIGNALBOOK_SERVICE_TIMED_CALLS_H_
#define SIGNALBOOK_SERVICE_TIMED_CALLS_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "service/worker_pool.h"

namespace signalbook {

class TimedCalls {
 public:
  // Owns all that it works on, its answer included: it may outlive the Run that it was given to.
  using Call = std::function<void()>;

  // `pool` has a queue of `queue`, for the error that it is full. It is stopped before this ends; others may use
  // it too.
  TimedCalls(WorkerPool* pool, int queue) : pool_(*pool), queue_(queue) {}

  // OK once `call` has returned, or
  //   DEADLINE_EXCEEDED             it did not by `deadline`, or by the time of StopWaiting; it may not have begun
  //   RESOURCE_EXHAUSTED (QUEUE_FULL)   too many wait already, or it gave way to another caller's; it has not begun
  // `caller`: whose turn it takes (worker_pool.h).
  absl::Status Run(Call call, absl::Time deadline, uint64_t caller = 0);

  // Nobody waits beyond `deadline`: for calls under way, and for later ones.
  void StopWaiting(absl::Time deadline);

 private:
  class Job;

  WorkerPool& pool_;
  const int queue_;
  std::mutex mutex_;
  std::condition_variable changed_;
  absl::Time last_ = absl::InfiniteFuture();  // guarded by mutex_
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_TIMED_CALLS_H_
