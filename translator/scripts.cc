#include "translator/scripts.h"

#include <string>

namespace signalbook {
namespace {

struct Mixture {
  std::string_view written;
  UScriptCode letter;
};

// Codes that name more than one script, or a variant of one.
constexpr Mixture kMixtures[] = {
    {"Hans", USCRIPT_BOPOMOFO}, {"Hans", USCRIPT_HAN}, {"Hant", USCRIPT_BOPOMOFO},
    {"Hant", USCRIPT_HAN},      {"Jpan", USCRIPT_HAN}, {"Jpan", USCRIPT_HIRAGANA},
    {"Jpan", USCRIPT_KATAKANA}, {"Kore", USCRIPT_HAN}, {"Kore", USCRIPT_HANGUL},
};

}  // namespace

bool IsWrittenWith(std::string_view written, UScriptCode letter) {
  bool mixture = false;
  for (const Mixture& row : kMixtures) {
    if (row.written != written) continue;
    mixture = true;
    if (row.letter == letter) return true;
  }
  return !mixture && written == uscript_getShortName(letter);
}

bool IsUnspaced(UScriptCode script) {
  switch (script) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_BOPOMOFO:
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR:
      return true;
    default:
      return false;
  }
}

bool SpellsWithJoiners(UScriptCode script) {
  switch (script) {
    case USCRIPT_ARABIC:
    case USCRIPT_BENGALI:
    case USCRIPT_DEVANAGARI:
    case USCRIPT_GUJARATI:
    case USCRIPT_GURMUKHI:
    case USCRIPT_KANNADA:
    case USCRIPT_KHMER:
    case USCRIPT_MALAYALAM:
    case USCRIPT_MONGOLIAN:
    case USCRIPT_MYANMAR:
    case USCRIPT_ORIYA:
    case USCRIPT_SINHALA:
    case USCRIPT_SYRIAC:
    case USCRIPT_TAMIL:
    case USCRIPT_TELUGU:
    case USCRIPT_TIBETAN:
      return true;
    default:
      return false;
  }
}

double LetterWeight(UScriptCode script) {
  switch (script) {
    case USCRIPT_HAN:
      return 3.0;
    case USCRIPT_HANGUL:
      return 2.2;
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
      return 1.6;
    case USCRIPT_ARABIC:
    case USCRIPT_HEBREW:
      return 1.25;  // short vowels are not written
    default:
      return 1.0;
  }
}

}  // namespace signalbook
