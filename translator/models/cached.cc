#include "translator/models/cached.h"

#include <utility>

#include "absl/status/status.h"

namespace signalbook {
namespace {

// List and map nodes beside the texts.
constexpr size_t kEntryOverhead = 160;

// No locale holds a NUL.
std::string KeyOf(const ModelRequest& request, const std::string& sentence) {
  std::string key = request.source_locale;
  key.push_back('\0');
  key += request.target_locale;
  key.push_back('\0');
  return key + sentence;
}

}  // namespace

CachedModel::CachedModel(std::shared_ptr<Model> inner, size_t byte_budget)
    : inner_(std::move(inner)), byte_budget_(byte_budget) {}

size_t CachedModel::Entry::bytes() const {
  return key.size() + candidate.text.size() + candidate.model.name.size() +
         candidate.model.version.size() + kEntryOverhead;
}

std::vector<absl::StatusOr<Candidate>> CachedModel::Translate(const ModelRequest& request) {
  std::vector<absl::StatusOr<Candidate>> results(request.sentences.size(),
                                                 absl::InternalError("the model left it out"));
  ModelRequest unknown{request.source_locale, request.target_locale, {}, request.deadline};
  // Which results each sentence of `unknown` answers: the same one may be asked for twice.
  std::vector<std::vector<size_t>> places;
  absl::flat_hash_map<std::string_view, size_t> asked;
  {
    const std::lock_guard lock(mutex_);
    for (size_t i = 0; i < results.size(); ++i) {
      const std::string& sentence = request.sentences[i];
      const auto known = by_key_.find(KeyOf(request, sentence));
      if (known != by_key_.end()) {
        entries_.splice(entries_.begin(), entries_, known->second);
        results[i] = known->second->candidate;
        continue;
      }
      const auto [place, is_new] = asked.try_emplace(sentence, places.size());
      if (is_new) {
        unknown.sentences.push_back(sentence);
        places.emplace_back();
      }
      places[place->second].push_back(i);
    }
  }
  if (places.empty()) return results;

  const std::vector<absl::StatusOr<Candidate>> answers = inner_->Translate(unknown);
  const std::lock_guard lock(mutex_);
  for (size_t k = 0; k < places.size() && k < answers.size(); ++k) {
    for (const size_t i : places[k]) results[i] = answers[k];
    if (answers[k].ok()) Keep(KeyOf(request, unknown.sentences[k]), *answers[k]);
  }
  return results;
}

void CachedModel::Keep(std::string key, const Candidate& candidate) {
  if (by_key_.contains(key)) return;  // another thread was faster
  entries_.push_front({std::move(key), candidate});
  by_key_.emplace(entries_.front().key, entries_.begin());
  bytes_ += entries_.front().bytes();
  while (bytes_ > byte_budget_) {
    bytes_ -= entries_.back().bytes();
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
  }
}

}  // namespace signalbook
