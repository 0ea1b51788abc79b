#include "service/worker_pool.h"

#include <utility>

namespace signalbook {

WorkerPool::WorkerPool(int threads, int queue_size) : queue_size_(queue_size), running_(threads) {
  threads_.reserve(threads);
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

WorkerPool::~WorkerPool() { Stop(); }

bool WorkerPool::TrySubmit(std::shared_ptr<Job> job) {
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return false;
    if (queue_.size() >= queue_size_) {
      std::erase_if(queue_, [](const auto& waiting) { return waiting->Abandoned(); });
    }
    if (queue_.size() >= queue_size_) return false;
    queue_.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

size_t WorkerPool::waiting() {
  std::lock_guard lock(mutex_);
  return queue_.size();
}

bool WorkerPool::Stop(absl::Time deadline) {
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
    const auto ended = [this] { return running_ == 0; };
    if (deadline == absl::InfiniteFuture()) {
      ended_.wait(lock, ended);
    } else if (!ended_.wait_until(lock, absl::ToChronoTime(deadline), ended)) {
      return false;
    }
  }
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
  return true;
}

void WorkerPool::Work() {
  for (;;) {
    std::shared_ptr<Job> job;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) {
        if (--running_ == 0) ended_.notify_all();
        return;
      }
      job = std::move(queue_.front());
      queue_.pop_front();
    }
    if (!job->Abandoned()) job->Run();
  }
}

}  // namespace signalbook
