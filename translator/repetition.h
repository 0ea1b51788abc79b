// Oscillation: the commonest way a translation model fails on input it never saw ("the the the
// the", "哈哈哈哈哈哈…", the same four words over and over).
#ifndef SIGNALBOOK_TRANSLATOR_REPETITION_H_
#define SIGNALBOOK_TRANSLATOR_REPETITION_H_

#include <cstddef>

#include "translator/decoded_text.h"

namespace signalbook {

// How much a text repeats itself; 1 everywhere for text that does not.
struct Repetition {
  size_t run = 1;         // most repeats in a row of up to 8 units: 3 for "no no no"
  size_t characters = 1;  // most repeats in a row of up to 6 characters in a word: 4 for "jajajaja"
  size_t phrase = 1;      // most occurrences, anywhere, of the same 4 units
};

// Linear in the text. Digits do not count: numbers are another check's.
Repetition MeasureRepetition(const DecodedText& text);

// True when `candidate` repeats itself beyond what `source` does. What the source repeats ("haha",
// "no no no"), the candidate may.
bool RepeatsBeyond(const Repetition& source, const Repetition& candidate);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_REPETITION_H_
