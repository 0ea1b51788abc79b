// The composition root: from a configuration to everything a process needs to translate. The one
// place that knows which models there are.
#ifndef SIGNALBOOK_SERVICE_COMPOSITION_H_
#define SIGNALBOOK_SERVICE_COMPOSITION_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "service/model_servers.h"
#include "signalbook/v1/config.pb.h"
#include "translator/model.h"
#include "translator/translator.h"

namespace signalbook {

struct Composition {
  std::shared_ptr<const Translator> translator;
  std::shared_ptr<const ServedModels> models;  // to be looked at; the translator has them already
};

// What stands between the translator and its models: gets the models that a configuration names, as
// one (null: none), and returns whom the translator asks instead. Who translates back is asked past it.
using WrapModel = std::function<std::shared_ptr<Model>(std::shared_ptr<Model>)>;

// Opens the book and starts the models. A model that is not installed is no error: what would need
// it is refused with its reason. Precondition: `config` is complete (config.h).
//   NotFound, DataLoss   no book there, or none that this version reads; says how to get one
//   InvalidArgument      a pattern of the book or a pivot makes no sense
absl::StatusOr<Composition> Compose(const v1::Config& config, const WrapModel& wrap = nullptr);

// The models alone, as one, without a book; null when the configuration switches them off. Same
// precondition; InvalidArgument as above.
absl::StatusOr<std::shared_ptr<Model>> ComposeModel(const v1::Config& config);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_COMPOSITION_H_
