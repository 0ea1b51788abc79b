// Threads that may block on a model, so that gRPC's never do.
//
// The queue is bounded: when it is full the caller is told at once, instead of every caller waiting
// ever longer. A job that nobody waits for any more is dropped, not run.
//
// It is fair: callers that have jobs waiting take turns, one job a turn, so that nobody waits for more than one job of
// each of the others before the next of their own. A full queue makes room for a job of somebody who has two fewer
// waiting than whoever has most, by turning away the last of theirs: with N callers, each can have one Nth of the queue
// (rounded down), and who is alone has all of it.
//
// Thread rule: all methods are safe from many threads, except that Stop and the destructor must not
// be called from a job.
#ifndef SIGNALBOOK_SERVICE_WORKER_POOL_H_
#define SIGNALBOOK_SERVICE_WORKER_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_map.h"
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
    // It was taken and will not run: its place in the full queue went to another caller. Must not block. Never called
    // where all jobs have the same caller.
    virtual void TurnedAway() {}
  };

  // Precondition: both positive.
  WorkerPool(int threads, int queue_size);
  // Stops.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False, and the job is not taken, when `queue_size` live jobs wait already and none is turned away for it, or
  // after Stop. Abandoned jobs make room. `caller`: whose job it is.
  bool TrySubmit(std::shared_ptr<Job> job, uint64_t caller = 0);

  // Jobs that wait for a thread, abandoned ones included.
  size_t waiting();

  // Takes no more jobs, runs those that wait and are not abandoned, and returns when all threads
  // have ended, or false at the deadline. Idempotent.
  bool Stop(absl::Time deadline = absl::InfiniteFuture());

 private:
  // The jobs of a caller that wait, oldest first; at least one.
  struct Line {
    uint64_t caller;
    std::deque<std::shared_ptr<Job>> jobs;
  };

  void Work();
  // With mutex_ held.
  std::shared_ptr<Job> Next();
  void DropAbandoned();
  // The job to be turned away for one of `caller`; null: none.
  std::shared_ptr<Job> MakeRoom(uint64_t caller);

  const size_t queue_size_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable ended_;
  // All guarded by mutex_.
  std::list<Line> lines_;  // whose turn is next stands first
  absl::flat_hash_map<uint64_t, std::list<Line>::iterator> by_caller_;
  size_t waiting_ = 0;
  bool stopping_ = false;
  int running_;  // threads
  std::vector<std::thread> threads_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_WORKER_POOL_H_
