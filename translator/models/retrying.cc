#include "translator/models/retrying.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/status/status.h"

namespace signalbook {

RetryingModel::RetryingModel(std::shared_ptr<Model> inner, RetryingOptions options)
    : inner_(std::move(inner)),
      options_(std::move(options)),
      budget_(options_.burst),
      random_(std::random_device{}()) {}

std::vector<absl::StatusOr<Candidate>> RetryingModel::Translate(const ModelRequest& request) {
  Earn();
  std::vector<absl::StatusOr<Candidate>> results = inner_->Translate(request);
  absl::Duration backoff = options_.first_backoff;
  for (int attempt = 1; attempt < options_.attempts; ++attempt, backoff *= 2) {
    ModelRequest again = request.About({});
    std::vector<size_t> places;  // of its sentences among the results
    for (size_t i = 0; i < results.size() && i < request.sentences.size(); ++i) {
      if (!absl::IsUnavailable(results[i].status())) continue;
      again.sentences.push_back(request.sentences[i]);
      places.push_back(i);
    }
    if (places.empty()) break;
    const absl::Duration pause = Jittered(backoff);
    if (options_.clock() + pause >= request.deadline || !Spend()) break;
    options_.sleep(pause);
    std::vector<absl::StatusOr<Candidate>> answers = inner_->Translate(again);
    for (size_t k = 0; k < places.size() && k < answers.size(); ++k) {
      results[places[k]] = std::move(answers[k]);
    }
  }
  return results;
}

void RetryingModel::Earn() {
  const std::lock_guard lock(mutex_);
  budget_ = std::min(options_.burst, budget_ + options_.retries_per_request);
}

bool RetryingModel::Spend() {
  const std::lock_guard lock(mutex_);
  if (budget_ < 1) return false;
  budget_ -= 1;
  return true;
}

absl::Duration RetryingModel::Jittered(absl::Duration backoff) {
  const std::lock_guard lock(mutex_);
  return backoff * std::uniform_real_distribution<double>(0.5, 1)(random_);
}

}  // namespace signalbook
