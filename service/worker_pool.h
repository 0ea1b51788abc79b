// Threads that may block on a model, so that gRPC's never do.
//
// The queue is bounded: when it is full the caller is told at once, instead of every caller waiting
// ever longer. A job that nobody waits for any more is dropped, not run.
//
// Thread rule: all methods are safe from many threads, except that Stop and the destructor must not
// be called from a job.
#ifndef SIGNALBOOK_SERVICE_WORKER_POOL_H_
#define SIGNALBOOK_SERVICE_WORKER_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/time/time.h"

namespace signalbook {

class WorkerPool {
 public:
  class Job {
   public:
    virtual ~Job() = default;
    // Blocks for as long as it needs.
    virtual void Run() = 0;
    // True once nobody waits for the result: cancelled, or past its deadline. Must not block.
    virtual bool Abandoned() const = 0;
  };

  // Precondition: both positive.
  WorkerPool(int threads, int queue_size);
  // Stops.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False, and the job is not taken, when `queue_size` live jobs wait already or after Stop.
  // Abandoned jobs make room.
  bool TrySubmit(std::shared_ptr<Job> job);

  // Jobs that wait for a thread, abandoned ones included.
  size_t waiting();

  // Takes no more jobs, runs those that wait and are not abandoned, and returns when all threads
  // have ended, or false at the deadline. Idempotent.
  bool Stop(absl::Time deadline = absl::InfiniteFuture());

 private:
  void Work();

  const size_t queue_size_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<Job>> queue_;  // guarded by mutex_
  bool stopping_ = false;                   // guarded by mutex_
  std::condition_variable ended_;
  int running_;  // threads; guarded by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_WORKER_POOL_H_
