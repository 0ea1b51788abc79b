#include "translator/models/breaker.h"

#include <utility>

#include "absl/status/status.h"

namespace signalbook {

BreakerModel::BreakerModel(std::shared_ptr<Model> inner, BreakerOptions options)
    : inner_(std::move(inner)), options_(std::move(options)) {}

std::vector<absl::StatusOr<Candidate>> BreakerModel::Translate(const ModelRequest& request) {
  const absl::Time begin = options_.clock();
  uint64_t era = 0;
  {
    const std::lock_guard lock(mutex_);
    if (!Admit(begin)) {
      return std::vector<absl::StatusOr<Candidate>>(
          request.sentences.size(),
          absl::UnavailableError("breaker: the model failed several times in a row and is left "
                                 "alone for a while"));
    }
    era = era_;
  }
  std::vector<absl::StatusOr<Candidate>> answers = inner_->Translate(request);
  const absl::Time end = options_.clock();
  const Outcome outcome =
      OutcomeOf(answers, request.sentences.size(), end - begin < options_.patience);
  const std::lock_guard lock(mutex_);
  if (era == era_) Count(outcome, end);
  return answers;
}

BreakerState BreakerModel::state() const {
  const absl::Time now = options_.clock();
  const std::lock_guard lock(mutex_);
  return state_ == BreakerState::kOpen && now >= open_until_ ? BreakerState::kHalfOpen : state_;
}

BreakerModel::Outcome BreakerModel::OutcomeOf(const std::vector<absl::StatusOr<Candidate>>& answers,
                                              size_t expected, bool hurried) {
  bool failed = answers.size() < expected;
  for (const absl::StatusOr<Candidate>& answer : answers) {
    if (answer.ok()) return Outcome::kAnswered;
    const absl::Status& status = answer.status();
    failed = failed || absl::IsUnavailable(status) || absl::IsInternal(status) ||
             (absl::IsDeadlineExceeded(status) && !hurried);
  }
  return failed ? Outcome::kFailed : Outcome::kSaysNothing;
}

bool BreakerModel::Admit(absl::Time now) {
  if (state_ == BreakerState::kClosed) return true;
  if (state_ == BreakerState::kOpen) {
    if (now < open_until_) return false;
    Enter(BreakerState::kHalfOpen);
  }
  if (probing_) return false;
  probing_ = true;
  return true;
}

void BreakerModel::Count(Outcome outcome, absl::Time now) {
  probing_ = false;
  switch (outcome) {
    case Outcome::kSaysNothing:
      return;
    case Outcome::kAnswered:
      failures_ = 0;
      if (state_ == BreakerState::kHalfOpen) Enter(BreakerState::kClosed);
      return;
    case Outcome::kFailed:
      ++failures_;
      if (state_ == BreakerState::kClosed && failures_ < options_.failures) return;
      open_until_ = now + options_.cool_down;
      Enter(BreakerState::kOpen);
      return;
  }
}

void BreakerModel::Enter(BreakerState state) {
  state_ = state;
  ++era_;
  failures_ = 0;
}

}  // namespace signalbook
