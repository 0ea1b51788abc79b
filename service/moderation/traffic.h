// What was served and what was refused, counted for moderators without a word of any message.
//
// A translation is counted where it is answered: each BOOK and PHRASE piece by the row that licenses it (but
// not joins and punctuation marks, which no table of moderators holds), each refusal by what moderators can
// act on. Counts gather in memory, in as many parts as threads need not
// to wait for each other, and are taken out every few seconds to be added to the store, so that they survive
// a restart and add up over servers.
//
// Thread rule: safe from many threads.
#ifndef SIGNALBOOK_SERVICE_MODERATION_TRAFFIC_H_
#define SIGNALBOOK_SERVICE_MODERATION_TRAFFIC_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "translator/book.h"
#include "translator/text.h"

namespace signalbook {

// A row that was served, in an hour.
struct HitKey {
  int64_t hour = 0;      // hours since 1970
  int64_t revision = 0;  // of moderated changes; 0: the book alone
  // A resource name without "entries/": "names:es@CN:1F1E8-1F1E6", "phrases:en>es:good morning".
  std::string entry;
  std::string target;  // the locale that was asked for: "es-AR"
  bool operator==(const HitKey&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, const HitKey& k) {
    return H::combine(std::move(h), k.hour, k.revision, k.entry, k.target);
  }
};

// What was refused, in an hour.
struct RefusalKey {
  int64_t hour = 0;
  Reason reason = Reason::kUnspecified;
  std::string rule;  // "imprisonment"
  // Of an emoji: "1F1E8-1F1E6", and of a sequence that is named by its parts the part that is to blame; else
  // empty. Empty too where a key could carry words (tag characters of no known sequence) and where dialects
  // disagree on what a code stands for.
  std::string key;
  std::string source;  // as named or detected; may be empty
  std::string target;
  std::string model;  // empty where the piece does not say
  bool operator==(const RefusalKey&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, const RefusalKey& k) {
    return H::combine(std::move(h), k.hour, static_cast<int>(k.reason), k.rule, k.key, k.source,
                      k.target, k.model);
  }
};

struct TrafficCounts {
  absl::flat_hash_map<HitKey, int64_t> hits;
  absl::flat_hash_map<RefusalKey, int64_t> refusals;
  // Different messages that something was refused in, at most kMaxSamples a key, each cut to
  // kMaxSampleBytes; only with samples switched on.
  absl::flat_hash_map<RefusalKey, std::vector<std::string>> samples;
  int64_t dropped = 0;  // counts that found no room
};

class Traffic {
 public:
  static constexpr size_t kMaxSamples = 3;
  static constexpr size_t kMaxSampleBytes = 2'000;  // and whole characters
  // Different keys kept until the next Take, over all parts; what comes beyond is counted in `dropped`.
  static constexpr size_t kMaxKeys = 200'000;

  explicit Traffic(bool keep_samples) : keep_samples_(keep_samples) {}

  // One answered message. `target` is the locale that was asked for, `revision` that of the book.
  // `message` is the text as sent; looked at only when samples are kept. `source`: may be empty.
  void Count(absl::Time now, int64_t revision, std::string_view source, std::string_view target,
             const Translation& translation, std::string_view message, const Book& book);

  // What has gathered; afterwards there is nothing.
  TrafficCounts Take();
  // Puts back what could not be stored.
  void Return(TrafficCounts counts);

 private:
  static constexpr size_t kParts = 16;
  // Keys with samples, a part. Samples take far more room than counts.
  static constexpr size_t kMaxSampledKeys = 256;
  struct alignas(64) Part {
    std::mutex mutex;
    TrafficCounts counts;  // guarded by mutex
  };
  // The calling thread's.
  Part& OwnPart();
  // Adds to `counts`, a map of `part`, whose mutex the caller holds. False: it found no room.
  template <typename Key>
  bool Add(absl::flat_hash_map<Key, int64_t>* counts, Key key, int64_t count, Part* part);

  const bool keep_samples_;
  std::atomic<size_t> keys_ = 0;  // in all parts
  std::array<Part, kParts> parts_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_MODERATION_TRAFFIC_H_
