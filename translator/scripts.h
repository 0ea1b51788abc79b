// Which letters a locale is written with, and how dense its writing is.
//
// Thread rule: pure functions.
#ifndef SIGNALBOOK_TRANSLATOR_SCRIPTS_H_
#define SIGNALBOOK_TRANSLATOR_SCRIPTS_H_

#include <unicode/uscript.h>

#include <string_view>

namespace signalbook {

// True when a letter of `letter` belongs to text in the ISO 15924 script `written`: Jpan is Han,
// Hiragana and Katakana; Kore Hangul and Han; Hans and Hant are Han and Bopomofo. An empty or
// unknown `written` holds no script.
bool IsWrittenWith(std::string_view written, UScriptCode letter);

// True for scripts that put no space between words: Han, kana, Thai …
bool IsUnspaced(UScriptCode script);

// True where ZWJ and ZWNJ spell words: Arabic and Indic scripts, Khmer, Mongolian …
bool SpellsWithJoiners(UScriptCode script);

// Roughly how many Latin letters one letter of `script` stands for in a translation.
double LetterWeight(UScriptCode script);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_SCRIPTS_H_
