#include "translator/models/timeout.h"

#include <algorithm>
#include <utility>

namespace signalbook {

TimeoutModel::TimeoutModel(std::shared_ptr<Model> inner, absl::Duration share,
                           std::function<absl::Time()> clock)
    : inner_(std::move(inner)), share_(share), clock_(std::move(clock)) {}

std::vector<absl::StatusOr<Candidate>> TimeoutModel::Translate(const ModelRequest& request) {
  ModelRequest shorter = request;
  shorter.deadline = std::min(request.deadline, clock_() + share_);
  return inner_->Translate(shorter);
}

}  // namespace signalbook
