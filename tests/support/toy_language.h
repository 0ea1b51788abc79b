// Translations between two languages that nobody speaks, as many as asked for: every word of the one
// has one word of the other, so that a test knows what there is to be learned.
#ifndef SIGNALBOOK_TESTS_SUPPORT_TOY_LANGUAGE_H_
#define SIGNALBOOK_TESTS_SUPPORT_TOY_LANGUAGE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "translator/lexicon_trainer.h"

namespace signalbook {

inline constexpr uint32_t kToyWords = 150;

// A word and the word that translates it; the lower the number, the more often it is used.
TranslationPair ToyWord(uint32_t number);

// Sentences of four to nine words and their translations: the words backwards, with one more that
// translates nothing. The same on every machine.
std::vector<TranslationPair> ToyPairs(size_t count, uint32_t seed = 1);

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_SUPPORT_TOY_LANGUAGE_H_
