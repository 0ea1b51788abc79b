#include "service/composition.h"

#include <utility>

#include "absl/status/status.h"
#include "service/strings.h"
#include "translator/book.h"
#include "translator/models/apertium.h"
#include "translator/models/cached.h"
#include "translator/models/first_of.h"
#include "translator/models/pivot.h"

namespace signalbook {
namespace {

absl::StatusOr<std::shared_ptr<const Book>> OpenBook(const std::string& path) {
  absl::StatusOr<std::shared_ptr<const Book>> book = Book::Open(path);
  if (book.ok() || !absl::IsNotFound(book.status())) return book;
  return absl::NotFoundError(
      StrCat("there is no book at ", path,
             "; name one with --book or $SIGNALBOOK_BOOK, or compile it: signalbook book build"));
}

// Apertium and what is reached through it; nothing when the configuration switches it off.
absl::Status AddApertium(const v1::Config& config, std::vector<std::shared_ptr<Model>>* models,
                         ServedModels* served) {
  if (config.apertium().disabled()) return absl::OkStatus();
  ApertiumOptions options;
  options.modes_directory = config.apertium().modes_directory();
  options.pipelines_per_pair = config.apertium().pipelines_per_pair();
  absl::StatusOr<std::unique_ptr<ApertiumModel>> created = ApertiumModel::Create(options);
  if (!created.ok()) return created.status();
  std::shared_ptr<ApertiumModel> apertium = *std::move(created);
  for (const ApertiumModel::Pair& pair : apertium->pairs()) {
    served->pairs.push_back({pair.source_locale, pair.target_locale, ""});
  }
  models->push_back(std::move(apertium));
  return absl::OkStatus();
}

// Several models as one; null for none.
std::shared_ptr<Model> Together(const v1::Config& config,
                                std::vector<std::shared_ptr<Model>> models) {
  if (models.empty()) return nullptr;
  if (models.size() == 1) return models.front();
  return std::make_shared<FirstOfModel>(
      std::move(models), config.ask_next_model() ? OnFailure::kAskNext : OnFailure::kReport);
}

// The models in order of preference, and their language pairs. Null when there is none.
absl::StatusOr<std::shared_ptr<Model>> MakeModel(const v1::Config& config, ServedModels* served) {
  std::vector<std::shared_ptr<Model>> models;
  absl::StatusOr<std::vector<ServedModel>> servers = MakeModelServers(config);
  if (!servers.ok()) return servers.status();
  served->servers = *std::move(servers);
  for (const ServedModel& server : served->servers) {
    models.push_back(server.model);
    served->pairs.insert(served->pairs.end(), server.pairs.begin(), server.pairs.end());
  }
  if (absl::Status status = AddApertium(config, &models, served); !status.ok()) return status;
  std::shared_ptr<Model> model = Together(config, models);
  if (model == nullptr) return nullptr;

  std::vector<Pivot> routes;
  for (const v1::Pivot& pivot : config.pivots()) {
    routes.push_back({pivot.from(), pivot.via(), pivot.to()});
    served->pairs.push_back({pivot.from(), pivot.to(), pivot.via()});
  }
  if (!routes.empty()) {
    // The pivot asks the others, so it keeps them alive.
    models.emplace_back(new PivotModel(*model, std::move(routes)),
                        [model](Model* pivot) { delete pivot; });
    model = Together(config, std::move(models));
  }
  if (config.model_cache_mib() > 0) {
    model = std::make_shared<CachedModel>(std::move(model),
                                          static_cast<size_t>(config.model_cache_mib()) << 20);
  }
  return model;
}

// What a reverse model answers is asked for again whenever a message comes again.
constexpr size_t kReverseCacheBytes = size_t{16} << 20;

TranslatorOptions OptionsOf(const v1::Config& config, const std::shared_ptr<Model>& model) {
  const v1::Gate& gate = config.gate();
  TranslatorOptions options;
  options.gate = {.disabled = {gate.disabled_checks().begin(), gate.disabled_checks().end()},
                  .lexicon_margin = gate.lexicon_margin()};
  if (model == nullptr) return options;  // nobody could translate back
  for (const v1::RoundTrip& route : config.round_trips()) {
    options.round_trips.push_back({route.from(), route.to(), route.least_likeness()});
  }
  if (!options.round_trips.empty()) {
    options.reverse_model = std::make_shared<CachedModel>(model, kReverseCacheBytes);
  }
  return options;
}

}  // namespace

absl::StatusOr<Composition> Compose(const v1::Config& config, const WrapModel& wrap) {
  Composition composition;
  absl::StatusOr<std::shared_ptr<const Book>> book = OpenBook(config.book());
  if (!book.ok()) return book.status();
  ServedModels served;
  absl::StatusOr<std::shared_ptr<Model>> model = MakeModel(config, &served);
  if (!model.ok()) return model.status();
  absl::StatusOr<std::unique_ptr<const Translator>> translator =
      Translator::Create(*std::move(book), wrap ? wrap(*model) : *model, OptionsOf(config, *model));
  if (!translator.ok()) return translator.status();
  composition.translator = *std::move(translator);
  composition.models = std::make_shared<const ServedModels>(std::move(served));
  return composition;
}

absl::StatusOr<std::shared_ptr<Model>> ComposeModel(const v1::Config& config) {
  ServedModels served;
  return MakeModel(config, &served);
}

}  // namespace signalbook
