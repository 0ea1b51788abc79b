// Several models as one: the first that knows the language pair answers.
#ifndef SIGNALBOOK_TRANSLATOR_MODELS_FIRST_OF_H_
#define SIGNALBOOK_TRANSLATOR_MODELS_FIRST_OF_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "translator/model.h"

namespace signalbook {

class FirstOfModel final : public Model {
 public:
  // In order of preference; none null.
  explicit FirstOfModel(std::vector<std::shared_ptr<Model>> models);

  // As model.h says. Each sentence's result is that of the first model that does not say NotFound,
  // be it an error: a model that fails is not covered up by a worse one. NotFound when all say it.
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override;

 private:
  const std::vector<std::shared_ptr<Model>> models_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_MODELS_FIRST_OF_H_
