// Several models as one: the first that knows the language pair answers. On request, a model that
// fails is stood in for by the next one.
#ifndef SIGNALBOOK_TRANSLATOR_MODELS_FIRST_OF_H_
#define SIGNALBOOK_TRANSLATOR_MODELS_FIRST_OF_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "translator/model.h"

namespace signalbook {

// What becomes of a sentence at which a model that knows its pair of languages fails.
enum class OnFailure : uint8_t {
  // It fails: a model is not covered up by a worse one.
  kReport,
  // The next model is asked while there is time, after Unavailable, DeadlineExceeded and Internal:
  // a worse translation is better than none. A model that hangs leaves time for another only
  // within a TimeoutModel. Other failures (a key that is refused, a sentence that is no text) would
  // not pass by themselves, and are reported.
  kAskNext,
};

class FirstOfModel final : public Model {
 public:
  // In order of preference; none null.
  explicit FirstOfModel(std::vector<std::shared_ptr<Model>> models,
                        OnFailure on_failure = OnFailure::kReport);

  // As model.h says. Each sentence's result is that of the first model that does not say NotFound,
  // or, with kAskNext, does not fail. When nobody answers it is the first failure, as that model
  // would have been the one; NotFound when all say it.
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override;

 private:
  const std::vector<std::shared_ptr<Model>> models_;
  const OnFailure on_failure_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_MODELS_FIRST_OF_H_
