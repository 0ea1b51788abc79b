#include "translator/models/first_of.h"

#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/clock.h"

namespace signalbook {
namespace {

// Failures of the model, not of the question.
bool MayPass(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsInternal(status);
}

}  // namespace

FirstOfModel::FirstOfModel(std::vector<std::shared_ptr<Model>> models, OnFailure on_failure)
    : models_(std::move(models)), on_failure_(on_failure) {}

std::vector<absl::StatusOr<Candidate>> FirstOfModel::Translate(const ModelRequest& request) {
  std::vector<absl::StatusOr<Candidate>> results(request.sentences.size(),
                                                 absl::NotFoundError("no model for this pair"));
  std::vector<size_t> open(request.sentences.size());  // those nobody has answered yet
  for (size_t i = 0; i < open.size(); ++i) open[i] = i;

  for (const std::shared_ptr<Model>& model : models_) {
    if (open.empty()) break;
    ModelRequest rest = request.About({});
    for (const size_t i : open) rest.sentences.push_back(request.sentences[i]);
    std::vector<absl::StatusOr<Candidate>> answers = model->Translate(rest);
    const bool stand_in = on_failure_ == OnFailure::kAskNext && absl::Now() < request.deadline;
    std::vector<size_t> still_open;
    for (size_t k = 0; k < open.size(); ++k) {
      // A model that answers fewer than it was asked breaks its contract: what is missing failed.
      absl::StatusOr<Candidate> answer = k < answers.size()
                                             ? std::move(answers[k])
                                             : absl::InternalError("the model left out an answer");
      const bool unknown = absl::IsNotFound(answer.status());
      if (unknown || (stand_in && MayPass(answer.status()))) still_open.push_back(open[k]);
      absl::StatusOr<Candidate>& result = results[open[k]];
      if (answer.ok() || absl::IsNotFound(result.status())) result = std::move(answer);
    }
    open = std::move(still_open);
  }
  return results;
}

}  // namespace signalbook
