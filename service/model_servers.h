// The models of config.proto's ModelServer, each with what keeps it from harming the others:
//
//   timeout ─ bulkhead ─ breaker ─ retries ─ the adapter
//
// for the pairs of languages that its routes name.
#ifndef SIGNALBOOK_SERVICE_MODEL_SERVERS_H_
#define SIGNALBOOK_SERVICE_MODEL_SERVERS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "service/languages.h"
#include "signalbook/v1/config.pb.h"
#include "translator/model.h"
#include "translator/models/breaker.h"
#include "translator/models/bulkhead.h"

namespace signalbook {

struct ServedModel {
  std::string name;
  std::shared_ptr<Model> model;
  std::vector<LanguagePair> pairs;
  // Parts of `model`, to be looked at.
  std::shared_ptr<const BreakerModel> breaker;
  std::shared_ptr<const BulkheadModel> bulkhead;
};

// In the order of the configuration; asks nobody. Precondition: `config` is complete (config.h).
//   InvalidArgument, NotFound   an option makes no sense, or a file of a key cannot be read; names it
absl::StatusOr<std::vector<ServedModel>> MakeModelServers(const v1::Config& config);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_MODEL_SERVERS_H_
