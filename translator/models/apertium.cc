#include "translator/models/apertium.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "translator/models/apertium_engine.h"
#include "translator/models/apertium_mode.h"

namespace signalbook {
namespace {

// Stands for "no deadline": clocks of the standard library overflow on an infinite one.
constexpr absl::Duration kLongestWait = absl::Hours(24);

}  // namespace

ApertiumModel::ApertiumModel() = default;
ApertiumModel::~ApertiumModel() = default;

absl::StatusOr<std::unique_ptr<ApertiumModel>> ApertiumModel::Create(
    const ApertiumOptions& options) {
  if (options.pipelines_per_pair <= 0 || options.max_waiting <= 0 ||
      options.start_timeout <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError("apertium: limits must be positive");
  }
  std::unique_ptr<ApertiumModel> model(new ApertiumModel());
  model->modes_ = LoadApertiumModes(options.modes_directory, options.dpkg_status);
  for (const ApertiumMode& mode : model->modes_) {
    model->engines_.push_back(std::make_unique<ApertiumEngine>(
        mode, ApertiumEngine::Limits{.pipelines = options.pipelines_per_pair,
                                     .waiting = options.max_waiting,
                                     .start_timeout = options.start_timeout}));
  }
  return model;
}

std::vector<absl::StatusOr<Candidate>> ApertiumModel::Translate(const ModelRequest& request) {
  std::vector<absl::StatusOr<Candidate>> results;
  results.reserve(request.sentences.size());
  const ApertiumMode* mode = FindApertiumMode(modes_, request.source_locale, request.target_locale);
  if (mode == nullptr) {
    results.assign(request.sentences.size(),
                   absl::NotFoundError("apertium: language pair not installed"));
    return results;
  }
  const ModelRef model{.name = absl::StrCat("apertium-", mode->name), .version = mode->version};
  const absl::Time deadline = std::min(request.deadline, absl::Now() + kLongestWait);
  for (auto& text : engines_[mode - modes_.data()]->Translate(request.sentences, deadline)) {
    if (text.ok()) {
      results.push_back(Candidate{.text = *std::move(text), .model = model});
    } else {
      results.push_back(absl::Status(text.status().code(),
                                     absl::StrCat(model.name, ": ", text.status().message())));
    }
  }
  return results;
}

std::vector<ApertiumModel::Pair> ApertiumModel::pairs() const {
  std::vector<Pair> pairs;
  for (const ApertiumMode& mode : modes_) pairs.push_back({mode.source_locale, mode.target_locale});
  return pairs;
}

std::vector<pid_t> ApertiumModel::idle_pids() const {
  std::vector<pid_t> pids;
  for (const auto& engine : engines_) {
    const std::vector<pid_t> more = engine->idle_pids();
    pids.insert(pids.end(), more.begin(), more.end());
  }
  return pids;
}

}  // namespace signalbook
