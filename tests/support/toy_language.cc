#include "tests/support/toy_language.h"

#include <random>
#include <string_view>

namespace signalbook {
namespace {

constexpr std::string_view kFromSyllables[] = {"ba", "do", "fe", "gu", "ki", "la",
                                               "mo", "ne", "pu", "ri", "so", "te"};
constexpr std::string_view kToSyllables[] = {"ja", "cho", "we", "yu",  "zi",  "xa",
                                             "vo", "he",  "qu", "thi", "sho", "ru"};

// Different numbers below 1728 have different syllables, and all words the same length.
std::string Spell(const std::string_view (&syllables)[12], uint32_t number) {
  std::string word;
  for (int i = 0; i < 3; ++i) {
    word += syllables[number % 12];
    number /= 12;
  }
  return word;
}

}  // namespace

TranslationPair ToyWord(uint32_t number) {
  // Neither spelling says anything about the other.
  return {Spell(kFromSyllables, number * 7), Spell(kToSyllables, (number * 5 + 3) % 1728)};
}

std::vector<TranslationPair> ToyPairs(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<TranslationPair> pairs(count);
  for (TranslationPair& pair : pairs) {
    const uint32_t words = 4 + random() % 6;
    for (uint32_t i = 0; i < words; ++i) {
      const uint32_t any = random() % kToyWords;
      const TranslationPair word = ToyWord(any * any / kToyWords);
      pair.from += (i == 0 ? "" : " ") + word.from;
      pair.to = word.to + (i == 0 ? "" : " ") + pair.to;
    }
    pair.to = "el " + pair.to;
  }
  return pairs;
}

}  // namespace signalbook
