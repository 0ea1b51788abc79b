#include "translator/number_words.h"

#include <unicode/dtfmtsym.h>
#include <unicode/locid.h>
#include <unicode/rbnf.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace signalbook {
namespace {

constexpr int kLargestSpelled = 100;
// Hundreds to milliards: what round numbers are counted in, with its power of ten.
constexpr std::pair<int64_t, int> kUnits[] = {
    {100, 2}, {1'000, 3}, {1'000'000, 6}, {1'000'000'000, 9}};
constexpr int64_t kCounts[] = {1,  2,  3,  4,  5,  6,  7,  8,   9,   10,  20,
                               30, 40, 50, 60, 70, 80, 90, 100, 200, 300, 500};

// " two dogs " for "Two dogs!": what spellings are looked up in.
std::u32string JoinUnits(const DecodedText& text) {
  std::u32string joined = U" ";
  for (const DecodedText::Unit& unit : text.units()) {
    joined.append(text.folded(unit));
    joined.push_back(U' ');
  }
  return joined;
}

// The same of a word that ICU or a table gives; "" when it has no letter.
std::u32string FormOf(icu::UnicodeString word) {
  word.findAndReplace(icu::UnicodeString(char16_t{0xAD}), icu::UnicodeString());
  std::string utf8;
  word.toUTF8String(utf8);
  const auto decoded = DecodedText::Decode(utf8);
  return decoded && decoded->has_letter() ? JoinUnits(*decoded) : U"";
}

// Every way in which ICU spells `value`.
std::vector<std::u32string> Spell(const icu::RuleBasedNumberFormat& format, int64_t value) {
  std::vector<std::u32string> forms;
  for (int32_t i = 0; i < format.getNumberOfRuleSetNames(); ++i) {
    icu::UnicodeString spelled;
    icu::FieldPosition position;
    UErrorCode status = U_ZERO_ERROR;
    format.format(value, format.getRuleSetName(i), spelled, position, status);
    // ICU falls back to digits where a locale has no rules.
    if (std::u32string form = FormOf(spelled); U_SUCCESS(status) && !form.empty()) {
      forms.push_back(std::move(form));
    }
  }
  std::sort(forms.begin(), forms.end());
  forms.erase(std::unique(forms.begin(), forms.end()), forms.end());
  return forms;
}

bool HasAny(const std::vector<std::u32string>& forms, const DecodedText& text) {
  if (forms.empty()) return false;
  const std::u32string joined = JoinUnits(text);
  return std::any_of(forms.begin(), forms.end(), [&](const std::u32string& form) {
    return joined.find(form) != std::u32string::npos;
  });
}

}  // namespace

struct NumberWords::Words {
  using Forms = absl::flat_hash_map<std::string, std::vector<std::u32string>>;
  Forms forms;   // " twenty one ", by canonical value
  Forms months;  // " april ", by "4"
  std::vector<std::u32string> halves;
  // The way back; "" where one spelling has several values.
  absl::flat_hash_map<std::u32string, std::string> values;
  // How many words the longest spelling has that begins with this one.
  absl::flat_hash_map<std::u32string, size_t> longest;
  absl::flat_hash_map<std::u32string, int> powers;

  void Add(const std::string& value, const std::u32string& form) {
    const auto [known, is_new] = values.try_emplace(form, value);
    if (!is_new && known->second != value) known->second.clear();
    size_t& words = longest[form.substr(0, form.find(U' ', 1) + 1)];
    words = std::max<size_t>(words, std::count(form.begin(), form.end(), U' ') - 1);
    forms[value].push_back(form);
  }
};

struct NumberWords::Slot {
  std::once_flag once;
  Words words;
};

NumberWords::NumberWords() = default;
NumberWords::NumberWords(NumberWords&&) noexcept = default;
NumberWords::~NumberWords() = default;

NumberWords NumberWords::Create(const LocaleTable& table, const std::vector<NumberWordRow>& rows) {
  NumberWords words;
  words.table_ = &table;
  words.rows_ = rows;
  words.slots_ = std::make_unique<Slot[]>(table.size());
  return words;
}

NumberWords::Words NumberWords::Make(LocaleId id) const {
  Words words;
  UErrorCode status = U_ZERO_ERROR;
  const icu::Locale locale = icu::Locale::forLanguageTag(std::string(table_->tag(id)), status);
  const icu::RuleBasedNumberFormat format(icu::URBNF_SPELLOUT, locale, status);
  if (U_SUCCESS(status)) {
    for (int64_t value = 0; value <= kLargestSpelled; ++value) {
      for (const std::u32string& form : Spell(format, value)) {
        words.Add(std::to_string(value), form);
      }
    }
    for (const auto& [unit, power] : kUnits) {
      for (const int64_t count : kCounts) {
        if (unit == 100 && count >= 10) break;  // they are thousands
        for (const std::u32string& form : Spell(format, count * unit)) {
          words.Add(std::to_string(count * unit), form);
          // The last word of "two million" multiplies; "two" has been seen alone.
          const size_t last = form.rfind(U' ', form.size() - 2);
          const std::u32string word = form.substr(last + 1, form.size() - last - 2);
          if (power >= 3 && last > 0) words.powers.try_emplace(word, power);
        }
      }
    }
  }
  status = U_ZERO_ERROR;
  const icu::DateFormatSymbols symbols(locale, status);
  if (U_SUCCESS(status)) {
    for (const auto context :
         {icu::DateFormatSymbols::FORMAT, icu::DateFormatSymbols::STANDALONE}) {
      for (const auto width : {icu::DateFormatSymbols::WIDE, icu::DateFormatSymbols::ABBREVIATED}) {
        int32_t count = 0;
        const icu::UnicodeString* months = symbols.getMonths(count, context, width);
        for (int32_t i = 0; i < count; ++i) {
          if (std::u32string form = FormOf(months[i]); !form.empty()) {
            words.months[std::to_string(i + 1)].push_back(std::move(form));
          }
        }
      }
    }
  }
  for (const NumberWordRow& row : rows_) {
    LocaleId at = id;
    while (at != row.locale && at != kRootLocale) at = table_->parent(at);
    if (at != row.locale) continue;
    const std::string_view word = row.word;
    const std::u32string form = FormOf(icu::UnicodeString::fromUTF8(
        icu::StringPiece(word.data(), static_cast<int32_t>(word.size()))));
    if (form.empty()) continue;
    (row.value == kHalfValue ? words.halves : words.forms[std::string(row.value)]).push_back(form);
  }
  return words;
}

const NumberWords::Words& NumberWords::WordsOf(LocaleId locale) const {
  Slot& slot = slots_[locale];
  std::call_once(slot.once, [&] { slot.words = Make(locale); });
  return slot.words;
}

bool NumberWords::Says(LocaleId locale, const std::string& value, const DecodedText& text) const {
  const Words& words = WordsOf(locale);
  const auto forms = words.forms.find(value);
  return forms != words.forms.end() && HasAny(forms->second, text);
}

bool NumberWords::SaysHalf(LocaleId locale, const DecodedText& text) const {
  return HasAny(WordsOf(locale).halves, text);
}

bool NumberWords::NamesMonth(LocaleId locale, const std::string& value,
                             const DecodedText& text) const {
  const Words& words = WordsOf(locale);
  const auto forms = words.months.find(value);
  return forms != words.months.end() && HasAny(forms->second, text);
}

int NumberWords::PowerOf(LocaleId locale, std::u32string_view word) const {
  const Words& words = WordsOf(locale);
  const auto power = words.powers.find(std::u32string(word));
  return power == words.powers.end() ? 0 : power->second;
}

std::vector<std::string> NumberWords::FindSpelled(LocaleId locale, const DecodedText& text) const {
  const Words& words = WordsOf(locale);
  std::vector<std::string> found;
  const std::vector<DecodedText::Unit>& units = text.units();
  std::u32string form;
  for (size_t i = 0; i < units.size();) {
    form.assign(1, U' ').append(text.folded(units[i])).push_back(U' ');
    const auto longest = words.longest.find(form);
    if (longest == words.longest.end()) {
      ++i;
      continue;
    }
    size_t taken = 1;
    const std::string* value = nullptr;
    for (size_t count = 1;; ++count) {
      if (const auto known = words.values.find(form); known != words.values.end()) {
        taken = count;
        value = &known->second;
      }
      if (count >= longest->second || i + count >= units.size()) break;
      form.append(text.folded(units[i + count])).push_back(U' ');
    }
    if (value != nullptr && !value->empty() && *value != "0" && *value != "1") {
      found.push_back(*value);
    }
    i += taken;
  }
  return found;
}

}  // namespace signalbook
