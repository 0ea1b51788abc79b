// The composition root: from a configuration to everything a process needs to translate. The one
// place that knows which models there are.
#ifndef SIGNALBOOK_SERVICE_COMPOSITION_H_
#define SIGNALBOOK_SERVICE_COMPOSITION_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "signalbook/v1/config.pb.h"
#include "translator/translator.h"

namespace signalbook {

struct Composition {
  std::shared_ptr<const Translator> translator;
  std::vector<std::string> language_pairs;  // "en→es", "en→es→pt"; for people
};

// Opens the book and starts the models. A model that is not installed is no error: what would need
// it is refused with its reason. Precondition: `config` is complete (config.h).
//   NotFound, DataLoss   no book there, or none that this version reads; says how to get one
//   InvalidArgument      a pattern of the book or a pivot makes no sense
absl::StatusOr<Composition> Compose(const v1::Config& config);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_COMPOSITION_H_
