#include "translator/numbers.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "translator/scripts.h"

namespace signalbook {
namespace {

// More unexplained values than this are a refusal without a look for words: keeps the cost linear.
constexpr size_t kMaxExcused = 16;
constexpr int kLargestRoman = 100;

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
    case U'백':
      return 2;
    case U'千':
    case U'천':
      return 3;
    case U'万':
    case U'萬':
    case U'만':
      return 4;
    case U'亿':
    case U'億':
    case U'억':
      return 8;
    case U'兆':
    case U'조':
      return 12;
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

// What stands behind or before a number and says what it counts, in one form for all ways of writing it.
char32_t SignOf(char32_t c) {
  switch (c) {
    case U'%':
    case U'\u066A':  // Arabic
    case U'\uFE6A':
    case U'\uFF05':
      return U'%';
    case U'\uFE69':
    case U'\uFF04':
      return U'$';
    case U'\uFFE5':
      return U'¥';
    case U'\uFFE1':
      return U'£';
    case U'\uFFE6':
      return U'₩';
    case U'℃':
      return U'C';
    case U'℉':
      return U'F';
    case U'月':
    case U'월':
      return U'月';
    default:
      return c == U'‰' || u_charType(static_cast<UChar32>(c)) == U_CURRENCY_SYMBOL ? c : 0;
  }
}

constexpr struct {
  std::u32string_view code;
  char32_t sign;
} kCurrencies[] = {
    {U"USD", U'$'}, {U"EUR", U'€'}, {U"GBP", U'£'},   {U"JPY", U'¥'}, {U"CNY", U'¥'},
    {U"RMB", U'¥'}, {U"INR", U'₹'}, {U"RUB", U'₽'}, {U"KRW", U'₩'}, {U"TRY", U'₺'},
    {U"UAH", U'₴'}, {U"VND", U'₫'}, {U"THB", U'฿'},   {U"ILS", U'₪'}, {U"NGN", U'₦'},
};

char32_t CurrencyAt(std::u32string_view text, size_t i) {
  for (const auto& [code, sign] : kCurrencies) {
    if (text.substr(std::min(i, text.size()), code.size()) == code) return sign;
  }
  return 0;
}

bool IsBlank(char32_t c) { return c == U' ' || c == U'\u00A0' || c == U'\u202F'; }

char32_t SignAt(std::u32string_view text, size_t begin, size_t end) {
  if (end < text.size() && IsBlank(text[end])) ++end;
  if (begin > 0 && IsBlank(text[begin - 1])) --begin;
  if (end < text.size()) {
    if (const char32_t sign = SignOf(text[end]); sign != 0) return sign;
    if (text[end] == U'°' && end + 1 < text.size() &&
        (text[end + 1] == U'C' || text[end + 1] == U'F')) {
      return text[end + 1];
    }
    if (const char32_t sign = CurrencyAt(text, end); sign != 0) return sign;
  }
  if (begin == 0) return 0;
  if (const char32_t sign = SignOf(text[begin - 1]); sign != 0 && sign != U'%' && sign != U'月')
    return sign;
  return begin >= 3 ? CurrencyAt(text, begin - 3) : 0;
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
  if (!absl::SimpleAtoi(value, &number) || number < 2 || number > kLargestRoman) return false;
  const std::u32string numeral = RomanNumeral(number);
  return std::any_of(text.units().begin(), text.units().end(),
                     [&](const auto& unit) { return text.exact(unit) == numeral; });
}

// 〇 to 九, and 零: "二〇〇九" is 2009. -1 for everything else.
int HanDigit(char32_t c) {
  constexpr std::u32string_view kDigits = U"〇一二三四五六七八九";
  if (c == U'零') return 0;
  const size_t at = kDigits.find(c);
  return at == std::u32string_view::npos ? -1 : static_cast<int>(at);
}

// Fewer in a row are words: 一二, 三三两两.
constexpr size_t kFewestHanDigits = 4;

// The digits of a year that begins at `i`; "" when none does.
std::string ReadHanDigits(const std::u32string& text, size_t i) {
  std::string digits;
  for (; i < text.size() && HanDigit(text[i]) >= 0; ++i) {
    digits.push_back(static_cast<char>('0' + HanDigit(text[i])));
  }
  return digits.size() >= kFewestHanDigits ? digits : "";
}

// A letter of a script without articles stands right behind: １年, 1명.
bool CountsWithoutArticle(const DecodedText& text, size_t end) {
  if (end >= text.code_points().size() || !text.IsLetter(end)) return false;
  UErrorCode status = U_ZERO_ERROR;
  const UScriptCode script =
      uscript_getScript(static_cast<UChar32>(text.code_points()[end]), &status);
  return script == USCRIPT_HANGUL || IsUnspaced(script);
}

// The power of a word behind a number ("120 million"), and where that word ends.
int ReadPower(const NumberText& side, size_t* end, const NumberWords& words) {
  const std::u32string& chars = side.text.code_points();
  size_t begin = *end;
  if (begin < chars.size() && IsBlank(chars[begin])) ++begin;
  size_t at = begin;
  while (at < chars.size() && side.text.IsWordPart(at)) ++at;
  if (at == begin) return 0;
  const int power =
      words.PowerOf(side.locale, std::u32string_view(side.text.folded()).substr(begin, at - begin));
  if (power > 0) *end = at;
  return power;
}

// "1억 2000만": the parts of one number, each of a smaller power.
bool AddTo(std::string* value, const std::string& part, int power) {
  int64_t whole = 0, more = 0;
  if (power == 0 || !absl::SimpleAtoi(*value, &whole) || !absl::SimpleAtoi(part, &more) ||
      more <= 0 || more >= whole || whole > int64_t{1'000'000'000'000'000}) {
    return false;
  }
  *value = std::to_string(whole + more);
  return true;
}

}  // namespace

std::vector<Number> FindNumbers(const NumberText& side, const NumberWords& words) {
  std::vector<Number> numbers;
  const DecodedText& text = side.text;
  const std::u32string& chars = text.code_points();
  size_t chain_end = 0;  // behind a number with an East Asian multiplier
  int chain_power = 0;
  for (size_t i = 0; i < chars.size();) {
    if (text.categories()[i] != U_DECIMAL_DIGIT_NUMBER) {
      const std::string digits = ReadHanDigits(chars, i);
      if (!digits.empty()) numbers.push_back({Canonical(digits, "", 0)});
      i += std::max<size_t>(digits.size(), 1);
      continue;
    }
    const size_t begin = i;
    const DigitRun run = ReadRun(chars, i);
    i = run.end;
    int power = 0;
    for (; i < chars.size() && MultiplierPower(chars[i]) > 0 && power <= 12; ++i) {
      power += MultiplierPower(chars[i]);
    }
    const bool is_chained = chain_power > power && begin <= chain_end + 1 && begin >= chain_end &&
                            (begin == chain_end || IsBlank(chars[chain_end]));
    const int chained_power = power;
    if (power == 0) power = ReadPower(side, &i, words);
    const size_t first = numbers.size();
    AppendNumbers(run, power, &numbers);
    if (is_chained && numbers.size() == first + 1 && first > 0 &&
        AddTo(&numbers[first - 1].value, numbers.back().value, chain_power)) {
      numbers.pop_back();
    }
    chain_end = i;
    chain_power = chained_power;
    Number& last = numbers.back();
    last.sign = SignAt(chars, begin, i);
    last.is_article = last.value == "1" && CountsWithoutArticle(text, i);
    if (first < numbers.size()) {
      numbers[first].optional = numbers[first].value == "0" && IsAfterHour(chars, begin);
    }
  }
  return numbers;
}

namespace {

// What the source states oftener than the candidate is excused by what the candidate says, and so on.
bool IsExcused(const std::string& value, const std::vector<Number>& stated, const NumberText& other,
               const NumberWords& words) {
  if (words.Says(other.locale, value, other.text) || HasRomanNumeral(other.text, value)) {
    return true;
  }
  return std::any_of(stated.begin(), stated.end(), [&](const Number& number) {
    if (number.value != value) return false;
    return number.is_article ||
           (number.sign == U'月' && words.NamesMonth(other.locale, value, other.text));
  });
}

// "2:30" here and "half past two" or "halb drei" there.
void CancelHalfHours(const NumberText& other, const NumberWords& words, int sign,
                     Balance* balance) {
  const auto minutes = balance->find("30");
  if (minutes == balance->end() || minutes->second * sign <= 0 ||
      !words.SaysHalf(other.locale, other.text)) {
    return;
  }
  minutes->second -= sign;
  for (auto& [value, count] : *balance) {
    int hour = 0;
    if (count * sign <= 0 || !absl::SimpleAtoi(value, &hour) || hour < 1 || hour > 24) continue;
    for (const int next : {hour % 12 + 1, hour > 12 ? hour - 12 : hour + 1}) {
      if (!words.Says(other.locale, std::to_string(next), other.text)) continue;
      count -= sign;
      return;
    }
  }
}

bool SameValues(const std::vector<Number>& ours, const std::vector<Number>& theirs,
                const NumberText& source, const NumberText& candidate, const NumberWords& words) {
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
  if (SaysAfternoon(source.text) || SaysAfternoon(candidate.text)) CancelAfternoonHours(&balance);
  CancelHalfHours(candidate, words, 1, &balance);
  CancelHalfHours(source, words, -1, &balance);
  DropSettled(&balance);
  std::erase_if(balance, [&](const auto& entry) {
    const auto& [value, count] = entry;
    return count > 0 ? IsExcused(value, ours, candidate, words)
                     : IsExcused(value, theirs, source, words);
  });
  return balance.empty();
}

bool HasValue(const std::vector<Number>& numbers, const std::vector<std::string>& spelled,
              const std::string& value) {
  return std::find(spelled.begin(), spelled.end(), value) != spelled.end() ||
         std::any_of(numbers.begin(), numbers.end(),
                     [&](const Number& number) { return number.value == value; });
}

// The clock says one less in one language than in another: half past seven, halb acht.
bool IsHourBeside(const std::string& a, const std::string& b) {
  int hour = 0, other = 0;
  return absl::SimpleAtoi(a, &hour) && absl::SimpleAtoi(b, &other) && hour <= 12 && other <= 12 &&
         (hour - other == 1 || other - hour == 1);
}

// A value that one side spells and the other does not state, on both sides.
bool SameSpelled(const std::vector<Number>& ours, const std::vector<Number>& theirs,
                 const NumberText& source, const NumberText& candidate, const NumberWords& words) {
  const std::vector<std::string> spelled = words.FindSpelled(source.locale, source.text);
  if (spelled.empty()) return true;
  const std::vector<std::string> answered = words.FindSpelled(candidate.locale, candidate.text);
  for (const std::string& value : spelled) {
    if (HasValue(theirs, answered, value) || words.Says(candidate.locale, value, candidate.text)) {
      continue;
    }
    for (const std::string& other : answered) {
      if (HasValue(ours, spelled, other) || words.Says(source.locale, other, source.text)) continue;
      if (IsHourBeside(value, other) && (words.SaysHalf(source.locale, source.text) ||
                                         words.SaysHalf(candidate.locale, candidate.text))) {
        continue;
      }
      return false;
    }
  }
  return true;
}

// Whether what stands at a value on one side stands at it on the other, if anything does.
bool SameSigns(const std::vector<Number>& ours, const std::vector<Number>& theirs) {
  for (const Number& number : ours) {
    if (number.sign == 0) continue;
    bool same = false, other = false;
    for (const Number& answered : theirs) {
      if (answered.value != number.value || answered.sign == 0) continue;
      (answered.sign == number.sign ? same : other) = true;
    }
    if (other && !same) return false;
  }
  return true;
}

}  // namespace

NumberChange FindNumberChange(const NumberText& source, const NumberText& candidate,
                              const NumberWords& words) {
  const std::vector<Number> ours = FindNumbers(source, words);
  const std::vector<Number> theirs = FindNumbers(candidate, words);
  if (!(ours.empty() && theirs.empty()) && !SameValues(ours, theirs, source, candidate, words)) {
    return NumberChange::kValues;
  }
  if (!SameSigns(ours, theirs)) return NumberChange::kSigns;
  return SameSpelled(ours, theirs, source, candidate, words) ? NumberChange::kNone
                                                             : NumberChange::kSpelled;
}

}  // namespace signalbook
