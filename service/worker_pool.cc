#include "service/worker_pool.h"

#include <algorithm>
#include <utility>

namespace signalbook {

WorkerPool::WorkerPool(int threads, int queue_size) : queue_size_(queue_size), running_(threads) {
  threads_.reserve(threads);
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

WorkerPool::~WorkerPool() { Stop(); }

bool WorkerPool::TrySubmit(std::shared_ptr<Job> job, uint64_t caller) {
  std::shared_ptr<Job> turned_away;
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return false;
    if (waiting_ >= queue_size_) DropAbandoned();
    if (waiting_ >= queue_size_) {
      turned_away = MakeRoom(caller);
      if (turned_away == nullptr) return false;
    }
    const auto [found, is_new] = by_caller_.try_emplace(caller);
    if (is_new) found->second = lines_.insert(lines_.end(), Line{caller, {}});
    found->second->jobs.push_back(std::move(job));
    ++waiting_;
  }
  wake_.notify_one();
  if (turned_away != nullptr) turned_away->TurnedAway();
  return true;
}

void WorkerPool::DropAbandoned() {
  for (auto line = lines_.begin(); line != lines_.end();) {
    waiting_ -= std::erase_if(line->jobs, [](const auto& job) { return job->Abandoned(); });
    if (!line->jobs.empty()) {
      ++line;
      continue;
    }
    by_caller_.erase(line->caller);
    line = lines_.erase(line);
  }
}

std::shared_ptr<WorkerPool::Job> WorkerPool::MakeRoom(uint64_t caller) {
  const auto own = by_caller_.find(caller);
  const size_t own_jobs = own == by_caller_.end() ? 0 : own->second->jobs.size();
  const auto longest =
      std::max_element(lines_.begin(), lines_.end(),
                       [](const Line& a, const Line& b) { return a.jobs.size() < b.jobs.size(); });
  // So that who makes room still has as many as who gets it; therefore more than one.
  if (longest == lines_.end() || longest->jobs.size() < own_jobs + 2) return nullptr;
  std::shared_ptr<Job> last = std::move(longest->jobs.back());
  longest->jobs.pop_back();
  --waiting_;
  return last;
}

std::shared_ptr<WorkerPool::Job> WorkerPool::Next() {
  const auto line = lines_.begin();
  std::shared_ptr<Job> job = std::move(line->jobs.front());
  line->jobs.pop_front();
  --waiting_;
  if (line->jobs.empty()) {
    by_caller_.erase(line->caller);
    lines_.erase(line);
  } else {
    lines_.splice(lines_.end(), lines_, line);
  }
  return job;
}

size_t WorkerPool::waiting() {
  std::lock_guard lock(mutex_);
  return waiting_;
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
      wake_.wait(lock, [this] { return stopping_ || !lines_.empty(); });
      if (lines_.empty()) {
        if (--running_ == 0) ended_.notify_all();
        return;
      }
      job = Next();
    }
    if (!job->Abandoned()) job->Run();
  }
}

}  // namespace signalbook
