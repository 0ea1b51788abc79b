// Remembers what a model answered. Keeps candidates, never verdicts: the gate judges anew each time.
//
// Least recently used answers go first when the byte budget is full. Failures are not kept.
//
// A sentence that is being asked for is not asked for by anybody else meanwhile: who wants it too
// waits, no longer than its own deadline, and shares the answer or the failure. Not shared is a
// DeadlineExceeded of somebody who had less time: then the sentence is asked for again. Requests that came through
// another number of Signalbooks share nothing: in a circle of servers, one would wait for itself.
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
  ~CachedModel() override;

  // As model.h says. What is not known and nobody asks for is asked for in one batch, each sentence
  // once.
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override;

 private:
  struct Entry {
    std::string key;
    Candidate candidate;
    size_t bytes() const;
  };

  struct Flight;
  // A sentence of a request that is not known, and which of the results it answers: the same one may
  // stand in it twice.
  struct Wanted {
    std::string key;
    std::shared_ptr<Flight> flight;
    bool ours;  // to be asked for now; else another request asks already
    std::vector<size_t> places;
  };
  using Results = std::vector<absl::StatusOr<Candidate>>;

  // Answers those of `open` that are known, and returns the others.
  std::vector<Wanted> Look(const ModelRequest& request, const std::vector<size_t>& open,
                           Results* results);
  // Answers what is ours.
  void Ask(const ModelRequest& request, const std::vector<Wanted>& wanted, Results* results);
  // Answers what others ask for; returns what is to be looked for again.
  std::vector<size_t> Await(const ModelRequest& request, const std::vector<Wanted>& wanted,
                            Results* results);
  void Keep(std::string key, const Candidate& candidate);

  const std::shared_ptr<Model> inner_;
  const size_t byte_budget_;
  std::mutex mutex_;
  std::list<Entry> entries_;  // most recently used first
  absl::flat_hash_map<std::string_view, std::list<Entry>::iterator> by_key_;
  size_t bytes_ = 0;
  absl::flat_hash_map<std::string, std::shared_ptr<Flight>> flights_;  // not landed yet
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_MODELS_CACHED_H_
