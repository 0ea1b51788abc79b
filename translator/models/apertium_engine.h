// One Apertium mode at work: its pipelines, who has which, and what becomes of a batch.
#ifndef SIGNALBOOK_TRANSLATOR_MODELS_APERTIUM_ENGINE_H_
#define SIGNALBOOK_TRANSLATOR_MODELS_APERTIUM_ENGINE_H_

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "translator/models/apertium_mode.h"
#include "translator/models/process_pipeline.h"

namespace signalbook {

// Processes that answer numbered questions. One thread at a time.
class ApertiumPipeline {
 public:
  // Starts the programs. Does not wait until they have loaded their data.
  static absl::StatusOr<std::unique_ptr<ApertiumPipeline>> Start(const ApertiumMode& mode,
                                                                 absl::Duration start_timeout);

  // Asks a first question and waits for its answer; OK at once when that was done before.
  // DeadlineExceeded when `deadline` passes first: the pipeline is still good, call again.
  // Unavailable when the answer is wrong or did not come within the start timeout.
  absl::Status Ready(absl::Time deadline);

  struct Question {
    std::string_view text;
    std::string_view escaped;  // EscapeForApertium(text)
  };
  // Appends an answer per question to `answers`, in order, as far as it gets. After any error the
  // pipeline must not be asked again. Precondition: Ready().
  absl::Status Ask(const std::vector<Question>& questions, absl::Time deadline,
                   std::vector<std::string>* answers);

  // Worth asking again: nothing died, nothing was said that nobody asked for.
  bool Healthy() const { return received_.empty() && (!ready_ || processes_->Quiet()); }

  const ProcessPipeline& processes() const { return *processes_; }

 private:
  ApertiumPipeline(std::unique_ptr<ProcessPipeline> processes, absl::Time start_deadline);
  // Moves bytes until `received_` holds a whole answer, and takes it out.
  absl::StatusOr<std::string> NextAnswer(std::string_view* unsent, absl::Time deadline);

  std::unique_ptr<ProcessPipeline> processes_;
  const absl::Time start_deadline_;
  bool ready_ = false;
  uint64_t asked_ = 0;    // the number of the latest question; the first has 1
  std::string received_;  // bytes that are no whole answer yet
};

// The pipelines of one mode. Safe from many threads.
class ApertiumEngine {
 public:
  struct Limits {
    int pipelines;
    int waiting;
    absl::Duration start_timeout;
  };
  ApertiumEngine(ApertiumMode mode, Limits limits) : mode_(std::move(mode)), limits_(limits) {}

  // One result per sentence. See apertium.h for what happens when things go wrong.
  std::vector<absl::StatusOr<std::string>> Translate(const std::vector<std::string>& sentences,
                                                     absl::Time deadline);

  const ApertiumMode& mode() const { return mode_; }

  // Process ids of the pipelines nobody uses.
  std::vector<pid_t> idle_pids() const;

 private:
  // A pipeline that is ready, for this thread alone. DeadlineExceeded, or Unavailable when too many
  // wait or a new one cannot be started.
  absl::StatusOr<std::unique_ptr<ApertiumPipeline>> Acquire(absl::Time deadline);
  absl::StatusOr<std::unique_ptr<ApertiumPipeline>> TakeIdleOrStart(absl::Time deadline);
  // Gives the pipeline, or (nullptr) the place it had, to whoever is next.
  void Release(std::unique_ptr<ApertiumPipeline> pipeline);

  const ApertiumMode mode_;
  const Limits limits_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<ApertiumPipeline>> idle_;  // the latest used last, and taken first
  int places_taken_ = 0;                                 // by pipelines in use or idle
  int waiting_ = 0;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_MODELS_APERTIUM_ENGINE_H_
