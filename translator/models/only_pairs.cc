#include "translator/models/only_pairs.h"

#include <algorithm>

namespace signalbook {

bool Covers(std::string_view general, std::string_view locale) {
  return locale.starts_with(general) &&
         (locale.size() == general.size() || locale[general.size()] == '-');
}

std::vector<absl::StatusOr<Candidate>> OnlyPairsModel::Translate(const ModelRequest& request) {
  const bool served = std::any_of(pairs_.begin(), pairs_.end(), [&](const auto& pair) {
    return Covers(pair.first, request.source_locale) && Covers(pair.second, request.target_locale);
  });
  if (served) return inner_->Translate(request);
  return std::vector<absl::StatusOr<Candidate>>(
      request.sentences.size(), absl::NotFoundError("this model is not asked for this pair"));
}

}  // namespace signalbook
