// The numbers a text states, whatever its digits and separators, and whether two texts state the
// same ones.
//
//   "1,000.5" = "1.000,5" = "1 000,5" = "١٬٠٠٠٫٥"      "2:30" = 2 and 30      "3万" = 30000
//
// A single separator before exactly three digits could be either convention's; it is read as
// grouping on both sides ("1.000" is 1000), so that the same number cannot come out as two.
//
// What one side writes in digits the other may spell, in words (0 to 100 and round numbers to a
// million, cardinal or ordinal, from ICU's spell-out rules) or as a Roman numeral. Numbers spelled on
// both sides are not compared, and halves ("half past two") are not known.
#ifndef SIGNALBOOK_TRANSLATOR_NUMBERS_H_
#define SIGNALBOOK_TRANSLATOR_NUMBERS_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "translator/decoded_text.h"
#include "translator/locale.h"

namespace signalbook {

struct Number {
  std::string value;  // canonical: "1000.5", no leading or trailing zeros
  // The ":00" of a time: other languages leave it out.
  bool optional = false;
  // "6.30" is a decimal or a time, "7,10" a decimal or a list: the two numbers it would be as those.
  std::vector<std::string> parts;
};

// In order of appearance. Linear.
std::vector<Number> FindNumbers(const DecodedText& text);

// How locales spell small numbers. Immutable, safe from many threads.
class NumberWords {
 public:
  // Takes spellings for each of `locales`; locales below them inherit. About 10 ms a locale.
  static NumberWords Create(const LocaleTable& table, const std::vector<LocaleId>& locales);

  // True when `text` spells the canonical `value` in `locale`. A value inside a longer one counts
  // ("twenty-one" spells 1 as well): this only ever excuses a digit.
  bool Spells(LocaleId locale, const std::string& value, const DecodedText& text) const;

 private:
  using Spellings = absl::flat_hash_map<std::string, std::vector<std::u32string>>;
  const LocaleTable* table_ = nullptr;
  absl::flat_hash_map<LocaleId, Spellings> spellings_;
};

// True when both texts state the same values, in any order. A value only one side has is excused when
// the other side spells it, when it is the same time or list with another separator (6.30 = 6:30), or
// when the values differ by 12 and one side says "p.m." ("5 p.m." = "17"). Linear: more than a few
// unexplained values are not looked into.
bool SameNumbers(const DecodedText& source, LocaleId source_locale, const DecodedText& candidate,
                 LocaleId target_locale, const NumberWords& words);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_NUMBERS_H_
