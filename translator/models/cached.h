// Remembers what a model answered. Keeps candidates, never verdicts: the gate judges anew each time.
//
// Least recently used answers go first when the byte budget is full. Failures are not kept.
//
// Thread rule: safe from many threads; the model is asked without a lock held.
#ifndef SIGNALBOOK_TRANSLATOR_MODELS_CACHED_H_
#define SIGNALBOOK_TRANSLATOR_MODELS_CACHED_H_

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "translator/model.h"

namespace signalbook {

class CachedModel final : public Model {
 public:
  // `byte_budget`: of texts and names, about; an answer larger than all of it is not kept.
  CachedModel(std::shared_ptr<Model> inner, size_t byte_budget);

  // As model.h says. What is not known is asked for in one batch, each sentence once.
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override;

 private:
  struct Entry {
    std::string key;
    Candidate candidate;
    size_t bytes() const;
  };

  void Keep(std::string key, const Candidate& candidate);

  const std::shared_ptr<Model> inner_;
  const size_t byte_budget_;
  std::mutex mutex_;
  std::list<Entry> entries_;  // most recently used first
  absl::flat_hash_map<std::string_view, std::list<Entry>::iterator> by_key_;
  size_t bytes_ = 0;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_MODELS_CACHED_H_
