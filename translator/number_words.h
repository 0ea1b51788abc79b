// How a locale says numbers without digits: "twenty-one", "the third", "twice", "half past", "April",
// "million".
//
// Numbers from 0 to 100 and round ones to 900 milliards, cardinal and ordinal, come from ICU's spell-out
// rules, names of months from its calendars; what those lack is data/numbers.tsv. Spellings are compared
// as units (decoded_text.h): case and punctuation do not count.
//
// Thread rule: safe from many threads. A locale's words are made when it is first asked for, once, in
// some 20 ms.
#ifndef SIGNALBOOK_TRANSLATOR_NUMBER_WORDS_H_
#define SIGNALBOOK_TRANSLATOR_NUMBER_WORDS_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "translator/book.h"
#include "translator/decoded_text.h"
#include "translator/locale.h"

namespace signalbook {

// The value of a row that says half.
inline constexpr std::string_view kHalfValue = "half";

class NumberWords {
 public:
  // `table` must outlive it.
  static NumberWords Create(const LocaleTable& table, const std::vector<NumberWordRow>& rows);
  NumberWords(NumberWords&&) noexcept;
  ~NumberWords();

  // True when `text` says the canonical `value`. A value inside a longer one counts ("twenty-one" says
  // 1 as well): this only ever excuses a digit.
  bool Says(LocaleId locale, const std::string& value, const DecodedText& text) const;
  // The values from 2 on that `text` spells, in order: the longest spelling at each word. Without the
  // words of data/numbers.tsv, which mean other things as well.
  std::vector<std::string> FindSpelled(LocaleId locale, const DecodedText& text) const;
  bool SaysHalf(LocaleId locale, const DecodedText& text) const;
  bool NamesMonth(LocaleId locale, const std::string& value, const DecodedText& text) const;
  // The power of ten of a folded word that multiplies: "million" 6; 0 for every other word.
  int PowerOf(LocaleId locale, std::u32string_view word) const;

 private:
  struct Words;
  struct Slot;
  NumberWords();
  const Words& WordsOf(LocaleId locale) const;
  Words Make(LocaleId locale) const;

  const LocaleTable* table_ = nullptr;
  std::vector<NumberWordRow> rows_;
  std::unique_ptr<Slot[]> slots_;  // by LocaleId
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_NUMBER_WORDS_H_
