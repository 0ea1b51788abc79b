#include "service/moderation/traffic.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "service/strings.h"
#include "translator/dialect.h"
#include "translator/emoji.h"

namespace signalbook {
namespace {

// The longest key of a sequence that Unicode lists has 57 bytes.
constexpr size_t kMaxKeyBytes = 80;

std::optional<std::string_view> Behind(std::string_view prefix, std::string_view text) {
  if (!text.starts_with(prefix)) return std::nullopt;
  return text.substr(prefix.size());
}

// "names:es@CN:1F1E8-1F1E6". The row's source tells the market: "markets/CN" or "moderated/CN".
std::string NameEntry(const EntryRef& row) {
  std::optional<std::string_view> market = Behind("markets/", row.source);
  if (!market) market = Behind("moderated/", row.source);
  return market ? StrCat("names:", row.locale, "@", *market, ":", row.key)
                : StrCat("names:", row.locale, ":", row.key);
}

// "phrases:en>es:good morning", of the key "phrase/good morning" and the source "phrases/en/es", moderated
// or not (phrases.cc). Punctuation ("mark/!", source "phrases/marks") is no row of a pair: empty.
std::string PhraseEntry(const EntryRef& row) {
  const std::optional<std::string_view> key = Behind("phrase/", row.key);
  const std::optional<std::string_view> pair = Behind("phrases/", row.source);
  if (!key || !pair) return "";
  const size_t slash = pair->find('/');
  if (slash == std::string_view::npos) return "";
  return StrCat("phrases:", pair->substr(0, slash), ">", pair->substr(slash + 1), ":", *key);
}

// The row that a piece was served from; empty: none that moderators have.
std::string EntryOf(const Piece& piece) {
  if (!piece.entry || piece.placement == Placement::kJoin) return "";
  switch (piece.licence) {
    case Licence::kBook:
      return NameEntry(*piece.entry);
    case Licence::kPhrase:
      return PhraseEntry(*piece.entry);
    case Licence::kCopy:
    case Licence::kModel:
      return "";
  }
  return "";
}

// What ":wave:" stands for. The piece does not say whose code it is: empty where dialects disagree.
std::string CodeKey(std::string_view code, const Book& book) {
  KeyId key = kNoKey;
  for (int i = 0; i < kDialectCount; ++i) {
    const std::vector<Segment> found =
        FindCodes(code, {{.range = {0, code.size()}, .kind = SegmentKind::kProse}}, book,
                  {static_cast<Dialect>(i)});
    if (found.size() != 1 || found[0].kind != SegmentKind::kEmoji) continue;
    if (key != kNoKey && key != found[0].emoji.key) return "";
    key = found[0].emoji.key;
  }
  return key == kNoKey ? "" : KeyOf(book.key(key).sequence);
}

// The key of the emoji that was copied instead of rendered.
std::string EmojiKey(const Refusal& refusal, std::string_view text, const Book& book) {
  if (const auto part = Behind("part:", refusal.rule)) return std::string(*part);
  if (const auto found = book.emoji().Find(text)) return KeyOf(book.key(found->key).sequence);
  switch (refusal.reason) {
    case Reason::kIllFormed:
      return "";
    case Reason::kUnknownSequence: {
      // A run of tag characters is invisible text.
      std::string key = KeyOf(text);
      const bool tags = key.find("-E00") != std::string::npos || key.starts_with("E00");
      return tags || key.size() > kMaxKeyBytes ? "" : key;
    }
    default:
      return CodeKey(text, book);
  }
}

std::string_view CutAtCharacter(std::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  size_t end = max_bytes;
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

void AddSample(const RefusalKey& key, std::string_view sample, size_t max_keys,
               TrafficCounts* counts) {
  const auto found = counts->samples.find(key);
  if (found == counts->samples.end()) {
    if (counts->samples.size() < max_keys) counts->samples[key].emplace_back(sample);
    return;
  }
  std::vector<std::string>& samples = found->second;
  if (samples.size() < Traffic::kMaxSamples &&
      std::find(samples.begin(), samples.end(), sample) == samples.end()) {
    samples.emplace_back(sample);
  }
}

}  // namespace

void Traffic::Count(absl::Time now, int64_t revision, std::string_view source,
                    std::string_view target, const Translation& translation,
                    std::string_view message, const Book& book) {
  const int64_t hour = absl::ToInt64Hours(now - absl::UnixEpoch());
  std::vector<HitKey> hits;
  std::vector<RefusalKey> refusals;
  for (const Piece& piece : translation.pieces) {
    if (std::string entry = EntryOf(piece); !entry.empty()) {
      hits.push_back({hour, revision, std::move(entry), std::string(target)});
    }
    if (!piece.refusal) continue;
    refusals.push_back(
        {.hour = hour,
         .reason = piece.refusal->reason,
         .rule = piece.refusal->rule,
         .key = piece.kind == SegmentKind::kEmoji
                    ? EmojiKey(*piece.refusal, piece.target.of(translation.text), book)
                    : std::string(),
         .source = std::string(source),
         .target = std::string(target),
         .model = piece.model ? piece.model->name : std::string()});
  }
  if (hits.empty() && refusals.empty()) return;

  Part& part = OwnPart();
  const std::lock_guard<std::mutex> lock(part.mutex);
  for (HitKey& key : hits) Add(&part.counts.hits, std::move(key), 1, &part);
  for (RefusalKey& key : refusals) {
    if (!keep_samples_) {
      Add(&part.counts.refusals, std::move(key), 1, &part);
    } else if (Add(&part.counts.refusals, key, 1, &part)) {
      AddSample(key, CutAtCharacter(message, kMaxSampleBytes), kMaxSampledKeys, &part.counts);
    }
  }
}

TrafficCounts Traffic::Take() {
  TrafficCounts all;
  for (Part& part : parts_) {
    TrafficCounts taken;
    {
      const std::lock_guard<std::mutex> lock(part.mutex);
      std::swap(taken, part.counts);
      keys_ -= taken.hits.size() + taken.refusals.size();
    }
    // In the order of one hash map another that grows is filled slowly.
    all.hits.reserve(all.hits.size() + taken.hits.size());
    all.refusals.reserve(all.refusals.size() + taken.refusals.size());
    for (const auto& [key, count] : taken.hits) all.hits[key] += count;
    for (const auto& [key, count] : taken.refusals) all.refusals[key] += count;
    for (const auto& [key, samples] : taken.samples) {
      for (const std::string& sample : samples) {
        AddSample(key, sample, kParts * kMaxSampledKeys, &all);
      }
    }
    all.dropped += taken.dropped;
  }
  return all;
}

void Traffic::Return(TrafficCounts counts) {
  Part& part = OwnPart();
  const std::lock_guard<std::mutex> lock(part.mutex);
  part.counts.hits.reserve(part.counts.hits.size() + counts.hits.size());
  part.counts.refusals.reserve(part.counts.refusals.size() + counts.refusals.size());
  for (const auto& [key, count] : counts.hits) Add(&part.counts.hits, key, count, &part);
  for (const auto& [key, count] : counts.refusals) {
    if (!Add(&part.counts.refusals, key, count, &part)) continue;
    const auto samples = counts.samples.find(key);
    if (samples == counts.samples.end()) continue;
    for (const std::string& sample : samples->second) {
      AddSample(key, sample, kMaxSampledKeys, &part.counts);
    }
  }
  part.counts.dropped += counts.dropped;
}

Traffic::Part& Traffic::OwnPart() {
  static std::atomic<size_t> threads = 0;
  thread_local const size_t own = threads.fetch_add(1, std::memory_order_relaxed) % kParts;
  return parts_[own];
}

template <typename Key>
bool Traffic::Add(absl::flat_hash_map<Key, int64_t>* counts, Key key, int64_t count, Part* part) {
  if (const auto found = counts->find(key); found != counts->end()) {
    found->second += count;
    return true;
  }
  if (keys_.fetch_add(1, std::memory_order_relaxed) >= kMaxKeys) {
    keys_.fetch_sub(1, std::memory_order_relaxed);
    part->counts.dropped += count;
    return false;
  }
  counts->emplace(std::move(key), count);
  return true;
}

}  // namespace signalbook
