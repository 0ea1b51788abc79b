#include "translator/models/cached.h"

#include <condition_variable>
#include <numeric>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace signalbook {
namespace {

// List and map nodes beside the texts.
constexpr size_t kEntryOverhead = 160;

// No locale holds a NUL, or another control character: hops are few. Requests of different hops never wait for each
// other, as in a circle of servers the deeper one is what the other waits for.
std::string KeyOf(const ModelRequest& request, const std::string& sentence) {
  std::string key = request.source_locale;
  key.push_back('\0');
  key += request.target_locale;
  key.push_back(static_cast<char>(request.hops));
  return key + sentence;
}

// A copy that shares no memory: absl counts the references of a status where ThreadSanitizer, whose code is not
// in Debian's libraries, cannot see it.
absl::StatusOr<Candidate> Unshared(const absl::StatusOr<Candidate>& answer) {
  if (answer.ok()) return answer;
  return absl::Status(answer.status().code(), answer.status().message());
}

absl::Status LeftOut() { return absl::InternalError("cache: the model left out an answer"); }

}  // namespace

// A sentence that a request is asking for. Guarded by mutex_.
struct CachedModel::Flight {
  explicit Flight(absl::Time until) : deadline(until) {}

  const absl::Time deadline;  // of the request that asks
  std::condition_variable landing;
  bool landed = false;
  absl::StatusOr<Candidate> answer = LeftOut();
};

CachedModel::CachedModel(std::shared_ptr<Model> inner, size_t byte_budget)
    : inner_(std::move(inner)), byte_budget_(byte_budget) {}
CachedModel::~CachedModel() = default;

size_t CachedModel::Entry::bytes() const {
  return key.size() + candidate.text.size() + candidate.model.name.size() +
         candidate.model.version.size() + kEntryOverhead;
}

std::vector<absl::StatusOr<Candidate>> CachedModel::Translate(const ModelRequest& request) {
  Results results(request.sentences.size(), LeftOut());
  std::vector<size_t> open(results.size());
  std::iota(open.begin(), open.end(), size_t{0});
  while (!open.empty()) {
    const std::vector<Wanted> wanted = Look(request, open, &results);
    // Asked for before anything is waited for: no two requests wait for each other.
    Ask(request, wanted, &results);
    open = Await(request, wanted, &results);
  }
  return results;
}

std::vector<CachedModel::Wanted> CachedModel::Look(const ModelRequest& request,
                                                   const std::vector<size_t>& open,
                                                   Results* results) {
  std::vector<Wanted> wanted;
  absl::flat_hash_map<std::string_view, size_t> seen;  // index in `wanted`
  const std::lock_guard lock(mutex_);
  for (const size_t i : open) {
    const std::string& sentence = request.sentences[i];
    if (const auto again = seen.find(sentence); again != seen.end()) {
      wanted[again->second].places.push_back(i);
      continue;
    }
    std::string key = KeyOf(request, sentence);
    if (const auto known = by_key_.find(key); known != by_key_.end()) {
      entries_.splice(entries_.begin(), entries_, known->second);
      (*results)[i] = known->second->candidate;
      continue;
    }
    const auto [flight, ours] = flights_.try_emplace(key);
    if (ours) flight->second = std::make_shared<Flight>(request.deadline);
    seen.emplace(sentence, wanted.size());
    wanted.push_back({std::move(key), flight->second, ours, {i}});
  }
  return wanted;
}

void CachedModel::Ask(const ModelRequest& request, const std::vector<Wanted>& wanted,
                      Results* results) {
  ModelRequest unknown = request.About({});
  std::vector<const Wanted*> asked;
  for (const Wanted& one : wanted) {
    if (!one.ours) continue;
    unknown.sentences.push_back(request.sentences[one.places.front()]);
    asked.push_back(&one);
  }
  if (asked.empty()) return;

  const Results answers = inner_->Translate(unknown);
  const std::lock_guard lock(mutex_);
  for (size_t k = 0; k < asked.size(); ++k) {
    Flight& flight = *asked[k]->flight;
    if (k < answers.size()) flight.answer = Unshared(answers[k]);
    for (const size_t i : asked[k]->places) (*results)[i] = Unshared(flight.answer);
    flight.landed = true;
    flight.landing.notify_all();
    flights_.erase(asked[k]->key);
    if (flight.answer.ok()) Keep(asked[k]->key, *flight.answer);
  }
}

std::vector<size_t> CachedModel::Await(const ModelRequest& request,
                                       const std::vector<Wanted>& wanted, Results* results) {
  std::vector<size_t> open;
  std::unique_lock lock(mutex_);
  for (const Wanted& one : wanted) {
    if (one.ours) continue;
    Flight& flight = *one.flight;
    const bool landed = flight.landing.wait_until(lock, absl::ToChronoTime(request.deadline),
                                                  [&] { return flight.landed; });
    if (landed && absl::IsDeadlineExceeded(flight.answer.status()) &&
        flight.deadline < request.deadline) {
      open.insert(open.end(), one.places.begin(), one.places.end());
      continue;
    }
    for (const size_t i : one.places) {
      if (landed) {
        (*results)[i] = Unshared(flight.answer);
      } else {
        (*results)[i] = absl::DeadlineExceededError("cache: who asks for it has no answer yet");
      }
    }
  }
  return open;
}

void CachedModel::Keep(std::string key, const Candidate& candidate) {
  Entry entry{std::move(key), candidate};
  if (entry.bytes() > byte_budget_) return;  // nor may it drive out all others
  bytes_ += entry.bytes();
  entries_.push_front(std::move(entry));
  by_key_.emplace(entries_.front().key, entries_.begin());
  while (bytes_ > byte_budget_) {
    bytes_ -= entries_.back().bytes();
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
  }
}

}  // namespace signalbook
