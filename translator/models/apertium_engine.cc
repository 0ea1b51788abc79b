#include "translator/models/apertium_engine.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

#include "absl/time/clock.h"
#include "translator/models/apertium_format.h"

namespace signalbook {
namespace {

// An answer this much longer than its question is not one; a program that never stops talking must
// not fill the memory before the deadline ends it.
constexpr size_t kMaxAnswerBytes = 4 << 20;

}  // namespace

// --- ApertiumPipeline ---

ApertiumPipeline::ApertiumPipeline(std::unique_ptr<ProcessPipeline> processes,
                                   absl::Time start_deadline)
    : processes_(std::move(processes)), start_deadline_(start_deadline) {}

absl::StatusOr<std::unique_ptr<ApertiumPipeline>> ApertiumPipeline::Start(
    const ApertiumMode& mode, absl::Duration start_timeout) {
  auto processes = ProcessPipeline::Start(mode.commands);
  if (!processes.ok()) return processes.status();
  std::unique_ptr<ApertiumPipeline> pipeline(
      new ApertiumPipeline(*std::move(processes), absl::Now() + start_timeout));
  return pipeline;
}

absl::StatusOr<std::string> ApertiumPipeline::NextAnswer(std::string_view* unsent,
                                                         absl::Time deadline) {
  size_t searched = 0;
  for (;;) {
    const size_t end = received_.find('\0', searched);
    if (end != std::string::npos) {
      std::string answer = received_.substr(0, end);
      received_.erase(0, end + 1);
      return answer;
    }
    if (received_.size() > kMaxAnswerBytes) {
      return absl::InternalError("the pipeline's answer does not end");
    }
    searched = received_.size();
    if (auto status = processes_->Pump(unsent, &received_, deadline); !status.ok()) return status;
  }
}

absl::Status ApertiumPipeline::Ready(absl::Time deadline) {
  if (ready_) return absl::OkStatus();
  // The first question is a few bytes: it is written with the first Pump(), whose wait may then be
  // given up and taken up again.
  static constexpr std::string_view kText = "ok";
  const std::string question = FrameForApertium(kText, 1);
  std::string_view unsent = asked_ == 0 ? std::string_view(question) : std::string_view();
  asked_ = 1;
  const auto answer = NextAnswer(&unsent, std::min(deadline, start_deadline_));
  if (absl::IsDeadlineExceeded(answer.status()) && absl::Now() < start_deadline_ &&
      unsent.empty()) {
    return answer.status();
  }
  if (!answer.ok() || !DecodeFromApertium(*answer, 1, kText).ok()) {
    return absl::UnavailableError("the engine did not answer a first question");
  }
  ready_ = true;
  return absl::OkStatus();
}

absl::Status ApertiumPipeline::Ask(const std::vector<Question>& questions, absl::Time deadline,
                                   std::vector<std::string>* answers) {
  std::string stream;
  uint64_t number = asked_;
  for (const Question& question : questions) {
    stream += FrameForApertium(question.escaped, ++number);
  }
  std::string_view unsent = stream;
  for (const Question& question : questions) {
    const auto answer = NextAnswer(&unsent, deadline);
    if (!answer.ok()) return answer.status();
    auto text = DecodeFromApertium(*answer, ++asked_, question.text);
    if (!text.ok()) return text.status();
    answers->push_back(*std::move(text));
  }
  return absl::OkStatus();
}

// --- ApertiumEngine ---

std::vector<absl::StatusOr<std::string>> ApertiumEngine::Translate(
    const std::vector<std::string>& sentences, absl::Time deadline) {
  std::vector<absl::StatusOr<std::string>> results(sentences.size());
  std::vector<std::string> escaped(sentences.size());
  std::vector<size_t> pending;  // indexes of the sentences without a result, ascending
  for (size_t i = 0; i < sentences.size(); ++i) {
    if (auto text = EscapeForApertium(sentences[i]); text.ok()) {
      escaped[i] = *std::move(text);
      pending.push_back(i);
    } else {
      results[i] = text.status();
    }
  }

  bool one_by_one = false;
  while (!pending.empty()) {
    auto pipeline = Acquire(deadline);
    if (!pipeline.ok()) {
      for (size_t i : pending) results[i] = pipeline.status();
      break;
    }
    std::vector<ApertiumPipeline::Question> questions;
    for (size_t i : pending) {
      questions.push_back({sentences[i], escaped[i]});
      if (one_by_one) break;
    }
    std::vector<std::string> answers;
    const absl::Status status = (*pipeline)->Ask(questions, deadline, &answers);
    for (size_t i = 0; i < answers.size(); ++i) results[pending[i]] = std::move(answers[i]);
    pending.erase(pending.begin(), pending.begin() + answers.size());

    if (status.ok()) {
      Release(*std::move(pipeline));
    } else if (absl::IsDeadlineExceeded(status)) {
      for (size_t i : pending) results[i] = status;
      pending.clear();
      pipeline->reset();
      Release(nullptr);
    } else {
      // In a batch the culprit is unknown: stages read ahead. Alone, it is this sentence.
      if (one_by_one) {
        results[pending.front()] = status;
        pending.erase(pending.begin());
      }
      one_by_one = true;
      pipeline->reset();
      Release(nullptr);
    }
  }
  return results;
}

absl::StatusOr<std::unique_ptr<ApertiumPipeline>> ApertiumEngine::Acquire(absl::Time deadline) {
  auto pipeline = TakeIdleOrStart(deadline);
  if (!pipeline.ok()) return pipeline;
  const absl::Status ready = (*pipeline)->Ready(deadline);
  if (ready.ok()) return pipeline;
  if (absl::IsDeadlineExceeded(ready)) {
    Release(*std::move(pipeline));  // still loading: it will be of use to the next
  } else {
    pipeline->reset();
    Release(nullptr);
  }
  return ready;
}

absl::StatusOr<std::unique_ptr<ApertiumPipeline>> ApertiumEngine::TakeIdleOrStart(
    absl::Time deadline) {
  {
    std::unique_lock lock(mutex_);
    const auto available = [this] { return !idle_.empty() || places_taken_ < limits_.pipelines; };
    if (!available() && waiting_ >= limits_.waiting) {
      return absl::UnavailableError("too many requests wait for the engine");
    }
    ++waiting_;
    const bool in_time = changed_.wait_until(lock, absl::ToChronoTime(deadline), available);
    --waiting_;
    if (!in_time) return absl::DeadlineExceededError("the engine was busy");
    if (!idle_.empty()) {
      std::unique_ptr<ApertiumPipeline> pipeline = std::move(idle_.back());
      idle_.pop_back();
      if (pipeline->Healthy()) return pipeline;
      lock.unlock();
      pipeline.reset();  // died while nobody looked; its place goes to the one started below
    } else {
      ++places_taken_;
    }
  }
  auto started = ApertiumPipeline::Start(mode_, limits_.start_timeout);
  if (!started.ok()) Release(nullptr);
  return started;
}

void ApertiumEngine::Release(std::unique_ptr<ApertiumPipeline> pipeline) {
  {
    std::lock_guard lock(mutex_);
    if (pipeline != nullptr) {
      idle_.push_back(std::move(pipeline));
    } else {
      --places_taken_;
    }
  }
  changed_.notify_one();
}

std::vector<pid_t> ApertiumEngine::idle_pids() const {
  std::lock_guard lock(mutex_);
  std::vector<pid_t> pids;
  for (const auto& pipeline : idle_) {
    const std::vector<pid_t>& more = pipeline->processes().pids();
    pids.insert(pids.end(), more.begin(), more.end());
  }
  return pids;
}

}  // namespace signalbook
