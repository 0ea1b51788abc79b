// The numbers a text states, whatever its digits and separators, and whether two texts state the
// same ones.
//
//   "1,000.5" = "1.000,5" = "1 000,5" = "١٬٠٠٠٫٥"      "2:30" = 2 and 30      "3万" = 30000
//   "1억 2000만" = "120 million"                          "二〇〇九" = 2009
//
// A single separator before exactly three digits could be either convention's; it is read as
// grouping on both sides ("1.000" is 1000), so that the same number cannot come out as two.
//
// What one side writes in digits the other may say in words (number_words.h) or as a Roman numeral. What
// both sides spell is compared too, more carefully, because words that spell a number mean other things
// as well: it counts only when the source spells a value from 2 on that the candidate does not state, and
// the candidate one that the source does not ("two dogs", "tres perros"). What stands at a number counts
// when both sides have it: % € $ ° and codes of currencies.
#ifndef SIGNALBOOK_TRANSLATOR_NUMBERS_H_
#define SIGNALBOOK_TRANSLATOR_NUMBERS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "translator/decoded_text.h"
#include "translator/locale.h"
#include "translator/number_words.h"

namespace signalbook {

// One side of a comparison.
struct NumberText {
  const DecodedText& text;
  LocaleId locale;
};

struct Number {
  std::string value;  // canonical: "1000.5", no leading or trailing zeros
  // The ":00" of a time: other languages leave it out.
  bool optional = false;
  // One of a counted thing, where a language has no article: １年, 1명.
  bool is_article = false;
  // What stands at it: '%', U'€', 'C' for °C, U'月' for a month; 0: nothing.
  char32_t sign = 0;
  // "6.30" is a decimal or a time, "7,10" a decimal or a list: the two numbers it would be as those.
  std::vector<std::string> parts;
};

// In order of appearance. Linear.
std::vector<Number> FindNumbers(const NumberText& text, const NumberWords& words);

// How numbers were changed.
enum class NumberChange : uint8_t {
  kNone,
  kValues,   // other values than the source's
  kSpelled,  // another number word than the source's
  kSigns,    // €5 for $5
};

// kNone when both texts state the same values, in any order. A value only one side has is excused when
// the other side says it, when it is the same time or list with another separator (6.30 = 6:30), or
// when the values differ by 12 and one side says "p.m." ("5 p.m." = "17"). Linear: more than a few
// unexplained values are not looked into.
NumberChange FindNumberChange(const NumberText& source, const NumberText& candidate,
                              const NumberWords& words);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_NUMBERS_H_
