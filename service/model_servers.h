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
#include "signalbook/v1/config.pb.h"
#include "translator/model.h"
#include "translator/models/breaker.h"
#include "translator/models/bulkhead.h"

namespace signalbook {

// A pair of languages that a model serves, BCP 47.
struct LanguagePair {
  std::string from;
  std::string to;
  std::string via;  // the language in between; empty: none
};
std::string ToString(const LanguagePair& pair);  // "en→es→pt"

struct ServedModel {
  std::string name;
  std::shared_ptr<Model> model;
  std::vector<LanguagePair> pairs;
  // Parts of `model`, to be looked at.
  std::shared_ptr<const BreakerModel> breaker;
  std::shared_ptr<const BulkheadModel> bulkhead;
};

// The models behind a translator.
struct ServedModels {
  std::vector<LanguagePair> pairs;  // of all of them
  std::vector<ServedModel> servers;
};

// In the order of the configuration; asks nobody. Precondition: `config` is complete (config.h).
//   InvalidArgument, NotFound   an option makes no sense, or a file of a key cannot be read; names it
absl::StatusOr<std::vector<ServedModel>> MakeModelServers(const v1::Config& config);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_MODEL_SERVERS_H_
