#include "translator/repetition.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"

namespace signalbook {
namespace {

constexpr size_t kLongestPeriod = 8;
constexpr size_t kLongestCharacterPeriod = 6;
constexpr size_t kPhraseUnits = 4;

// How much more than the source is too much. Spelling varies freely in laughter and shouting
// ("haha" → "jajajaja"), hence the wider limit for characters.
constexpr size_t kMoreRuns = 2;
constexpr size_t kMoreCharacters = 8;
constexpr size_t kMorePhrases = 3;

// The most repeats in a row of any block of up to `longest` items: "abcabcab" → 2.
template <typename Items>
size_t LongestRun(const Items& items, size_t longest) {
  size_t best = 1;
  for (size_t period = 1; period <= longest && 2 * period <= items.size(); ++period) {
    size_t equal = 0;  // items in a row that equal the one a period before
    for (size_t i = period; i < items.size(); ++i) {
      equal = items[i] == items[i - period] ? equal + 1 : 0;
      best = std::max(best, equal / period + 1);
    }
  }
  return best;
}

}  // namespace

Repetition MeasureRepetition(const DecodedText& text) {
  Repetition result;
  std::vector<size_t> words;
  words.reserve(text.units().size());
  for (const DecodedText::Unit& unit : text.units()) {
    if (!unit.has_letter) continue;
    const std::u32string_view word = text.folded(unit);
    words.push_back(absl::HashOf(word));
    result.characters = std::max(result.characters, LongestRun(word, kLongestCharacterPeriod));
  }
  result.run = LongestRun(words, kLongestPeriod);
  if (words.size() >= 2 * kPhraseUnits) {
    absl::flat_hash_map<size_t, size_t> phrases;
    for (size_t i = 0; i + kPhraseUnits <= words.size(); ++i) {
      const size_t phrase = absl::HashOf(words[i], words[i + 1], words[i + 2], words[i + 3]);
      result.phrase = std::max(result.phrase, ++phrases[phrase]);
    }
  }
  return result;
}

bool RepeatsBeyond(const Repetition& source, const Repetition& candidate) {
  return candidate.run >= source.run + kMoreRuns ||
         candidate.characters >= source.characters + kMoreCharacters ||
         candidate.phrase >= source.phrase + kMorePhrases;
}

}  // namespace signalbook
