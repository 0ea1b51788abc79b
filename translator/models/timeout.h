// Gives a model a share of the time there is, so that some is left for whoever is asked next when it
// hangs (FirstOfModel).
//
// Thread rule: safe from many threads.
#ifndef SIGNALBOOK_TRANSLATOR_MODELS_TIMEOUT_H_
#define SIGNALBOOK_TRANSLATOR_MODELS_TIMEOUT_H_

#include <functional>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "translator/model.h"

namespace signalbook {

class TimeoutModel final : public Model {
 public:
  TimeoutModel(std::shared_ptr<Model> inner, absl::Duration share,
               std::function<absl::Time()> clock = absl::Now);

  // As model.h says; the model is asked to answer within `share`, or by the request's deadline if
  // that is sooner.
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override;

 private:
  const std::shared_ptr<Model> inner_;
  const absl::Duration share_;
  const std::function<absl::Time()> clock_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_MODELS_TIMEOUT_H_
