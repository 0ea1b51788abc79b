#include "translator/numbers.h"

#include <unicode/locid.h>
#include <unicode/rbnf.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"

namespace signalbook {
namespace {

// More unexplained values than this are a refusal without a look for spellings: keeps the cost
// linear.
constexpr size_t kMaxExcused = 16;
constexpr int kLargestSpelled = 100;

bool IsDecimalSeparator(char32_t c) {
  return c == U'.' || c == U',' || c == U'\u066B' || c == U'\uFF0E' || c == U'\uFF0C';
}

bool IsGroupingOnly(char32_t c) {
  return c == U' ' || c == U'\'' || c == U'\u2019' || c == U'\u00A0' || c == U'\u202F' ||
         c == U'\u2009' || c == U'\u066C';
}

// East Asian multipliers, written right behind digits: 3万 is 30000. Powers of ten; 0 for none.
int MultiplierPower(char32_t c) {
  switch (c) {
    case U'百':
      return 2;
    case U'千':
      return 3;
    case U'万':
    case U'萬':
      return 4;
    case U'亿':
    case U'億':
      return 8;
    default:
      return 0;
  }
}

// Digit groups with the separators between them: {"1", "000", "5"} and {',', '.'}.
struct DigitRun {
  std::vector<std::string> groups;
  std::u32string separators;
  size_t end = 0;
};

DigitRun ReadRun(const std::u32string& text, size_t i) {
  DigitRun run;
  run.groups.emplace_back();
  for (; i < text.size(); ++i) {
    const int32_t digit = u_charDigitValue(static_cast<UChar32>(text[i]));
    if (digit >= 0) {
      run.groups.back().push_back(static_cast<char>('0' + digit));
      continue;
    }
    const bool separates = IsDecimalSeparator(text[i]) || IsGroupingOnly(text[i]);
    if (!separates || i + 1 >= text.size() ||
        u_charDigitValue(static_cast<UChar32>(text[i + 1])) < 0) {
      break;
    }
    run.separators.push_back(text[i]);
    run.groups.emplace_back();
  }
  run.end = i;
  return run;
}

// Groups of two are Indian (1,00,000); the last one always has three digits.
bool IsGrouped(const DigitRun& run, size_t groups) {
  if (groups < 2) return groups == 1;
  if (run.groups[0].empty() || run.groups[0].size() > 3 || run.groups[groups - 1].size() != 3) {
    return false;
  }
  for (size_t i = 1; i + 1 < groups; ++i) {
    if (run.groups[i].size() != 3 && run.groups[i].size() != 2) return false;
  }
  const auto first = run.separators.begin();
  return std::all_of(first, first + (groups - 1), [&](char32_t c) { return c == *first; });
}

std::string Canonical(std::string_view integer, std::string_view fraction, int power) {
  std::string digits(integer);
  for (int i = 0; i < power; ++i) {
    digits.push_back(fraction.empty() ? '0' : fraction.front());
    if (!fraction.empty()) fraction.remove_prefix(1);
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  while (!fraction.empty() && fraction.back() == '0') fraction.remove_suffix(1);
  return fraction.empty() ? digits : digits + "." + std::string(fraction);
}

void AppendNumbers(const DigitRun& run, int power, std::vector<Number>* numbers) {
  const size_t count = run.groups.size();
  const auto join = [&](size_t groups) {
    std::string all;
    for (size_t i = 0; i < groups; ++i) all += run.groups[i];
    return all;
  };
  if (IsGrouped(run, count)) {
    numbers->push_back({Canonical(join(count), "", power)});
    return;
  }
  if (IsDecimalSeparator(run.separators.back()) && IsGrouped(run, count - 1) &&
      run.separators.find(run.separators.back()) == count - 2) {
    Number decimal{Canonical(join(count - 1), run.groups.back(), power)};
    if (count == 2 && power == 0) {
      decimal.parts = {Canonical(run.groups[0], "", 0), Canonical(run.groups[1], "", 0)};
    }
    numbers->push_back(std::move(decimal));
    return;
  }
  // A date, a version, a list: each group for itself; a multiplier belongs to the last.
  for (size_t i = 0; i < count; ++i) {
    numbers->push_back({Canonical(run.groups[i], "", i + 1 == count ? power : 0)});
  }
}

// " two dogs " for "Two dogs!": what spellings are looked up in.
std::u32string JoinUnits(const DecodedText& text) {
  std::u32string joined = U" ";
  for (const DecodedText::Unit& unit : text.units()) {
    joined.append(text.folded(unit));
    joined.push_back(U' ');
  }
  return joined;
}

// "5pm", "5 PM", "5 p.m."
bool SaysAfternoon(const DecodedText& text) {
  const std::u32string& folded = text.folded();
  return folded.find(U"pm") != std::u32string::npos ||
         folded.find(U"p.m") != std::u32string::npos ||
         folded.find(U"p. m") != std::u32string::npos;
}

// Behind "8:" or "8h".
bool IsAfterHour(const std::u32string& text, size_t i) {
  return i >= 2 && (text[i - 1] == U':' || text[i - 1] == U'：' || text[i - 1] == U'h') &&
         u_charDigitValue(static_cast<UChar32>(text[i - 2])) >= 0;
}

std::u32string RomanNumeral(int value) {
  constexpr std::pair<int, std::u32string_view> kSteps[] = {{100, U"C"}, {90, U"XC"}, {50, U"L"},
                                                            {40, U"XL"}, {10, U"X"},  {9, U"IX"},
                                                            {5, U"V"},   {4, U"IV"},  {1, U"I"}};
  std::u32string numeral;
  for (const auto& [step, letters] : kSteps) {
    for (; value >= step; value -= step) numeral += letters;
  }
  return numeral;
}

// How much oftener the source states a value than the candidate; negative: less often.
using Balance = std::map<std::string, int>;

void DropSettled(Balance* balance) {
  std::erase_if(*balance, [](const auto& entry) { return entry.second == 0; });
}

// "6.30" on one side, 6 and 30 on the other. `sign`: 1 when the source has the decimal.
void CancelParts(const Number& number, int sign, Balance* balance) {
  const auto whole = balance->find(number.value);
  if (number.parts.empty() || whole == balance->end() || whole->second * sign <= 0) return;
  for (const std::string& part : number.parts) {
    const auto other = balance->find(part);
    if (other == balance->end() || other->second * sign >= 0) return;
  }
  whole->second -= sign;
  for (const std::string& part : number.parts) (*balance)[part] += sign;
}

// Hours that differ by 12: 5 here and 17 there.
void CancelAfternoonHours(Balance* balance) {
  for (auto& [value, count] : *balance) {
    int hour = 0;
    if (!absl::SimpleAtoi(value, &hour) || hour < 1 || hour > 11) continue;
    const auto later = balance->find(std::to_string(hour + 12));
    if (later == balance->end() || later->second != -count) continue;
    count = 0;
    later->second = 0;
  }
}

bool HasRomanNumeral(const DecodedText& text, const std::string& value) {
  int number = 0;
  if (!absl::SimpleAtoi(value, &number) || number < 2 || number > kLargestSpelled) return false;
  const std::u32string numeral = RomanNumeral(number);
  return std::any_of(text.units().begin(), text.units().end(),
                     [&](const auto& unit) { return text.exact(unit) == numeral; });
}

}  // namespace

std::vector<Number> FindNumbers(const DecodedText& text) {
  std::vector<Number> numbers;
  const std::u32string& chars = text.code_points();
  for (size_t i = 0; i < chars.size();) {
    if (text.categories()[i] != U_DECIMAL_DIGIT_NUMBER) {
      ++i;
      continue;
    }
    const size_t begin = i;
    const DigitRun run = ReadRun(chars, i);
    i = run.end;
    int power = 0;
    for (; i < chars.size() && MultiplierPower(chars[i]) > 0 && power <= 8; ++i) {
      power += MultiplierPower(chars[i]);
    }
    const size_t first = numbers.size();
    AppendNumbers(run, power, &numbers);
    numbers[first].optional = numbers[first].value == "0" && IsAfterHour(chars, begin);
  }
  return numbers;
}

NumberWords NumberWords::Create(const LocaleTable& table, const std::vector<LocaleId>& locales) {
  NumberWords words;
  words.table_ = &table;
  for (const LocaleId locale : locales) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::RuleBasedNumberFormat format(
        icu::URBNF_SPELLOUT, icu::Locale::forLanguageTag(std::string(table.tag(locale)), status),
        status);
    if (U_FAILURE(status)) continue;  // no rules: digits must stay digits
    Spellings& spellings = words.spellings_[locale];
    const auto add = [&](int value) {
      std::vector<std::u32string>& forms = spellings[std::to_string(value)];
      for (int32_t i = 0; i < format.getNumberOfRuleSetNames(); ++i) {
        icu::UnicodeString spelled;
        icu::FieldPosition position;
        UErrorCode format_status = U_ZERO_ERROR;
        format.format(static_cast<int64_t>(value), format.getRuleSetName(i), spelled, position,
                      format_status);
        spelled.findAndReplace(icu::UnicodeString(char16_t{0xAD}), icu::UnicodeString());
        std::string utf8;
        spelled.toUTF8String(utf8);
        const auto decoded = DecodedText::Decode(utf8);
        // ICU falls back to digits where a locale has no rules.
        if (U_FAILURE(format_status) || !decoded || !decoded->has_letter()) continue;
        forms.push_back(JoinUnits(*decoded));
      }
      std::sort(forms.begin(), forms.end());
      forms.erase(std::unique(forms.begin(), forms.end()), forms.end());
    };
    for (int value = 0; value <= kLargestSpelled; ++value) add(value);
    for (int unit = 100; unit <= 100'000; unit *= 10) {
      for (int count = 1; count <= 10; ++count) add(count * unit);
    }
  }
  return words;
}

bool NumberWords::Spells(LocaleId locale, const std::string& value, const DecodedText& text) const {
  for (; locale != kRootLocale; locale = table_->parent(locale)) {
    const auto spellings = spellings_.find(locale);
    if (spellings == spellings_.end()) continue;
    const auto forms = spellings->second.find(value);
    if (forms == spellings->second.end()) return false;
    const std::u32string joined = JoinUnits(text);
    return std::any_of(forms->second.begin(), forms->second.end(),
                       [&](const auto& form) { return joined.find(form) != std::u32string::npos; });
  }
  return false;
}

bool SameNumbers(const DecodedText& source, LocaleId source_locale, const DecodedText& candidate,
                 LocaleId target_locale, const NumberWords& words) {
  const std::vector<Number> ours = FindNumbers(source);
  const std::vector<Number> theirs = FindNumbers(candidate);
  if (ours.empty() && theirs.empty()) return true;

  // Positive: the source states it more often. Ordered, so that verdicts do not depend on hashing.
  Balance balance;
  for (const Number& number : ours) ++balance[number.value];
  for (const Number& number : theirs) --balance[number.value];
  for (const auto* side : {&ours, &theirs}) {
    for (const Number& number : *side) {
      if (number.optional) balance.erase(number.value);
    }
  }
  DropSettled(&balance);
  if (balance.empty()) return true;
  if (balance.size() > kMaxExcused) return false;

  for (const auto* side : {&ours, &theirs}) {
    for (const Number& number : *side) CancelParts(number, side == &ours ? 1 : -1, &balance);
  }
  if (SaysAfternoon(source) || SaysAfternoon(candidate)) CancelAfternoonHours(&balance);
  DropSettled(&balance);
  std::erase_if(balance, [&](const auto& entry) {
    const auto& [value, count] = entry;
    const DecodedText& other = count > 0 ? candidate : source;
    return words.Spells(count > 0 ? target_locale : source_locale, value, other) ||
           HasRomanNumeral(other, value);
  });
  return balance.empty();
}

}  // namespace signalbook
