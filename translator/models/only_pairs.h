// A model that is asked for some pairs of languages only, whatever else it could do.
//
// Thread rule: as safe as the model.
#ifndef SIGNALBOOK_TRANSLATOR_MODELS_ONLY_PAIRS_H_
#define SIGNALBOOK_TRANSLATOR_MODELS_ONLY_PAIRS_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "translator/model.h"

namespace signalbook {

// Whether the BCP 47 tag `general` says no more than `locale` does: "pt" covers pt and pt-BR, "pt-BR" not pt.
bool Covers(std::string_view general, std::string_view locale);

class OnlyPairsModel final : public Model {
 public:
  // From and to, each as general as Covers has it.
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  OnlyPairsModel(std::shared_ptr<Model> inner, Pairs pairs)
      : inner_(std::move(inner)), pairs_(std::move(pairs)) {}

  // As model.h says; NotFound for other pairs.
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override;

 private:
  const std::shared_ptr<Model> inner_;
  const Pairs pairs_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_MODELS_ONLY_PAIRS_H_
