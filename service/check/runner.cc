#include "service/check/runner.h"

#include <re2/re2.h>

#include <condition_variable>
#include <cstdio>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <variant>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "service/strings.h"

namespace signalbook::check {
namespace {

// Cases handed to a thread at a time: enough to make the hand-over cheap.
constexpr size_t kBatch = 64;
// Batches in work or waiting for their turn, a thread: enough that a slow one does not idle the others.
constexpr size_t kBatchesPerThread = 8;
// Cases between two checkpoints of the record.
constexpr int64_t kCheckpointEvery = 10000;
constexpr absl::Duration kProgressEvery = absl::Milliseconds(250);

struct Item {
  int64_t index = 0;
  CaseOrBadLine work;
  CaseResult result;  // of a case
};

struct Batch {
  std::vector<Item> items;
  absl::Status error;  // ends the run behind the items that stand before it
  bool done = false;   // guarded by the pool's mutex
};

// Threads that take batches in order. A batch belongs to the thread that works on it until it is done.
class Pool {
 public:
  Pool(const CheckCase& check, int threads) : check_(check) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
  }

  ~Pool() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    work_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void Submit(Batch* batch) {
    {
      const std::lock_guard lock(mutex_);
      queue_.push_back(batch);
    }
    work_.notify_one();
  }

  void WaitFor(const Batch& batch) {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [&] { return batch.done; });
  }

 private:
  void Work() {
    std::unique_lock lock(mutex_);
    while (true) {
      work_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
      if (stopping_) return;
      Batch* batch = queue_.front();
      queue_.pop_front();
      lock.unlock();
      Check(batch);
      lock.lock();
      batch->done = true;
      done_.notify_one();
    }
  }

  void Check(Batch* batch) const {
    for (size_t i = 0; i < batch->items.size(); ++i) {
      Item& item = batch->items[i];
      const Case* c = std::get_if<Case>(&item.work);
      if (c == nullptr) continue;
      absl::StatusOr<CaseResult> result = check_(*c, item.index);
      if (!result.ok()) {
        batch->error = result.status();
        batch->items.resize(i);
        return;
      }
      item.result = *std::move(result);
    }
  }

  const CheckCase& check_;
  std::mutex mutex_;
  std::condition_variable work_, done_;
  std::deque<Batch*> queue_;  // guarded by mutex_
  bool stopping_ = false;     // guarded by mutex_
  std::vector<std::thread> threads_;
};

// One line, rewritten in place.
class ProgressLine {
 public:
  explicit ProgressLine(bool shown) : shown_(shown), begin_(absl::Now()), last_(begin_) {}
  ~ProgressLine() {
    if (printed_) std::fputs("\r\x1B[K", stderr);
  }

  void Show(const RunSummary& summary, double share) {
    if (!shown_) return;
    const absl::Time now = absl::Now();
    if (now - last_ < kProgressEvery) return;
    last_ = now;
    printed_ = true;
    const double seconds = absl::ToDoubleSeconds(now - begin_);
    const auto cases = static_cast<double>(summary.passed + summary.failed);
    std::string left;
    if (share > 0.001) {
      const auto remaining = static_cast<int>(seconds / share * (1 - share));
      left = absl::StrFormat(", %d:%02d left", remaining / 60, remaining % 60);
    }
    std::fprintf(stderr, "\r\x1B[K%.0f cases, %lld failed, %.0f/s%s", cases,
                 static_cast<long long>(summary.failed), cases / seconds, left.c_str());
    std::fflush(stderr);
  }

 private:
  const bool shown_;
  const absl::Time begin_;
  absl::Time last_;
  bool printed_ = false;
};

class Runner {
 public:
  Runner(const RunOptions& options, const RunOutput& output, RunSummary* summary)
      : options_(options), output_(output), summary_(*summary), progress_(options.show_progress) {}

  absl::Status Run(CaseSource* cases, const CheckCase& check) {
    std::optional<RE2> only;
    if (!options_.only.empty()) {
      only.emplace(options_.only, RE2::Quiet);
      if (!only->ok()) {
        return absl::InvalidArgumentError(
            StrCat("--only \"", options_.only, "\" is no RE2 pattern: ", only->error()));
      }
    }
    const int threads = options_.threads > 0
                            ? options_.threads
                            : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    // Declared before the pool, which stops before they go.
    std::deque<std::unique_ptr<Batch>> in_work;
    Pool pool(check, threads);
    const size_t most = kBatchesPerThread * static_cast<size_t>(threads);
    bool more = true;
    while (more || !in_work.empty()) {
      while (more && in_work.size() < most) {
        auto batch = std::make_unique<Batch>();
        more = Fill(cases, only ? &*only : nullptr, batch.get());
        pool.Submit(batch.get());
        in_work.push_back(std::move(batch));
      }
      pool.WaitFor(*in_work.front());
      if (!HandOn(*in_work.front())) {
        summary_.stopped_early = true;
        return absl::OkStatus();
      }
      if (!in_work.front()->error.ok()) {
        summary_.stopped_early = true;
        return in_work.front()->error;
      }
      in_work.pop_front();
      progress_.Show(summary_, cases->progress());
    }
    summary_.left_out = LeftOut(index_);
    return absl::OkStatus();
  }

 private:
  // False at the end of the cases.
  bool Fill(CaseSource* cases, const RE2* only, Batch* batch) {
    while (batch->items.size() < kBatch) {
      std::optional<CaseOrBadLine> next = cases->Next();
      if (!next) return false;
      // Bad lines have a place among the cases, too, and belong to the shard of the case behind them; but only one
      // shard shall report them.
      if (std::holds_alternative<BadLine>(*next)) {
        if (Mine(index_) && index_ >= options_.from.next_index) {
          batch->items.push_back({index_, *std::move(next), {}});
        }
        continue;
      }
      const int64_t index = index_++;
      if (index < options_.from.next_index) continue;
      const Case& c = std::get<Case>(*next);
      if (!Mine(index) || (only != nullptr && !RE2::PartialMatch(c.id, *only))) continue;
      batch->items.push_back({index, *std::move(next), {}});
    }
    return true;
  }

  // Of the cases before `end`, those that nobody was asked about.
  int64_t LeftOut(int64_t end) const { return end - summary_.passed - summary_.failed; }

  bool Mine(int64_t index) const { return index % options_.shards == options_.shard; }

  // False when that was enough.
  bool HandOn(const Batch& batch) {
    for (const Item& item : batch.items) {
      if (const BadLine* line = std::get_if<BadLine>(&item.work)) {
        ++summary_.bad_lines;
        for (ReportWriter* report : output_.reports) report->Add(*line);
        continue;
      }
      CountAndReport(item.result);
      summary_.left_out = LeftOut(item.index + 1);
      if (options_.max_failures > 0 && summary_.failed >= options_.max_failures) return false;
      if (++since_checkpoint_ == kCheckpointEvery) {
        since_checkpoint_ = 0;
        if (output_.record != nullptr) output_.record->Checkpoint(summary_, item.index + 1);
      }
    }
    return true;
  }

  void CountAndReport(const CaseResult& result) {
    ++(result.passed() ? summary_.passed : summary_.failed);
    summary_.accepted += result.accepted;
    for (ReportWriter* report : output_.reports) report->Add(result);
  }

  const RunOptions& options_;
  const RunOutput& output_;
  RunSummary& summary_;
  ProgressLine progress_;
  int64_t index_ = 0;
  int64_t since_checkpoint_ = 0;
};

}  // namespace

absl::Status RunCases(CaseSource* cases, const CheckCase& check, const RunOptions& options,
                      const RunOutput& output, RunSummary* summary) {
  return Runner(options, output, summary).Run(cases, check);
}

}  // namespace signalbook::check
