// What a lexicon counts in a text: its words, and parts of them that inflection leaves alone.
//
//   "Evlerimizden çıktı"  words  evlerimizden cikti     parts  evle -den cikt
//   "他在等你"            words  他 在 等 你            parts  他在 在等 等你
//
// A word is a unit of decoded_text.h, folded further: case, marks of Latin, Greek, Cyrillic, Arabic
// and Hebrew letters, the traditional forms of Han, full width. So that "como estas" is "¿Cómo
// estás?", and 愛 is 爱. Parts are the first four letters and the last three of a longer word, and
// two adjacent letters where words are not separated.
//
// Thread rule: a pure function.
#ifndef SIGNALBOOK_TRANSLATOR_LEXICAL_UNITS_H_
#define SIGNALBOOK_TRANSLATOR_LEXICAL_UNITS_H_

#include <array>
#include <string>
#include <vector>

#include "translator/decoded_text.h"

namespace signalbook {

// The two sizes of unit that a lexicon has a table for.
enum class UnitSize : uint8_t { kWord = 0, kPart = 1 };
inline constexpr int kUnitSizes = 2;

// Units of each size, UTF-8, in order. Words stand for text.units() one to one.
using LexicalUnits = std::array<std::vector<std::string>, kUnitSizes>;

LexicalUnits FindLexicalUnits(const DecodedText& text);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_LEXICAL_UNITS_H_
