#include "service/cli/faults.h"

#include <re2/re2.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <map>
#include <memory>

#include "service/strings.h"
#include "translator/decoded_text.h"
#include "translator/utf8.h"

namespace signalbook {
namespace {

constexpr int kRepeats = 6;
constexpr size_t kShortestToCut = 4;

struct LanguageFaults {
  std::string_view language;
  // What says "not", with the space that goes with it; replaced by a space or nothing.
  const char* negation;
  // A sentence that only a model would add.
  std::string_view guarded;
};

constexpr LanguageFaults kLanguages[] = {
    {"ar", "(?:^| )(?:لا|لم|لن|ليس|ليست|ما) ", "إنه في السجن."},
    {"ca", "(?i)(?:^| )no ", "És a la presó."},
    {"de", " (?:nicht|nie)\\b", "Er ist im Gefängnis."},
    {"en", "(?i)(?:n't|n’t| not| never)\\b", "He's in prison."},
    {"es", "(?i)(?:^| )(?:no|nunca) ", "Está en la cárcel."},
    {"fr", " (?:pas|jamais)\\b", "Il est en prison."},
    {"hi", "नहीं ?|(?:^| )मत ", "वह जेल में है।"},
    {"id", "(?i)(?:^| )(?:tidak|bukan|jangan) ", "Dia di penjara."},
    {"it", "(?i)(?:^| )(?:non|mai) ", "È in prigione."},
    {"ja", "ない|ません", "彼は刑務所にいる。"},
    {"ko", "(?:^| )(?:안|못) |지 (?:않|못)", "그는 감옥에 있다."},
    {"nl", "(?i) (?:niet|nooit)\\b", "Hij zit in de gevangenis."},
    {"pl", "(?i)(?:^| )nie ", "On jest w więzieniu."},
    {"pt", "(?i)(?:^| )(?:não|nunca) ", "Ele está na prisão."},
    {"ru", "(?i)(?:^| )(?:не|никогда) ", "Он в тюрьме."},
    {"tr", "(?i) (?:değil|asla|hiç)", "O hapiste."},
    {"uk", "(?i)(?:^| )(?:не|ніколи) ", "Він у в'язниці."},
    {"vi", "(?i)(?:^| )(?:không|chưa|đừng) ", "Anh ấy đang ở tù."},
    {"zh", "不|没有?|沒有?|別|别", "他在监狱里。"},
};

const LanguageFaults* FaultsOf(std::string_view language) {
  for (const LanguageFaults& faults : kLanguages) {
    if (faults.language == language) return &faults;
  }
  return nullptr;
}

std::string Utf8Of(const DecodedText& text, size_t begin, size_t end) {
  return ToUtf8(std::u32string_view(text.code_points()).substr(begin, end - begin));
}

std::optional<std::string> ChangeNumber(const DecodedText& text) {
  std::u32string changed = text.code_points();
  const auto digit = std::find_if(changed.begin(), changed.end(),
                                  [](char32_t c) { return u_isdigit(static_cast<UChar32>(c)); });
  if (digit == changed.end()) return std::nullopt;
  const int value = u_charDigitValue(static_cast<UChar32>(*digit));
  *digit = *digit - static_cast<char32_t>(value) + static_cast<char32_t>(value % 9 + 1);
  return ToUtf8(changed);
}

std::optional<std::string> DropNegation(const FaultInput& input) {
  static const auto* const patterns = [] {
    auto* compiled = new std::map<std::string_view, std::unique_ptr<RE2>>;
    for (const LanguageFaults& faults : kLanguages) {
      compiled->emplace(faults.language, std::make_unique<RE2>(faults.negation));
    }
    return compiled;
  }();
  const auto pattern = patterns->find(input.language);
  if (pattern == patterns->end()) return std::nullopt;
  std::string text(input.translation);
  if (!RE2::Replace(&text, *pattern->second, " ")) return std::nullopt;
  return text;
}

// A name is a capitalised word inside a sentence that both sides have.
std::optional<std::string> SwapName(const DecodedText& source, const DecodedText& text) {
  constexpr std::u32string_view kNames[] = {U"Jennifer", U"Roberto"};
  for (size_t i = 1; i < text.units().size(); ++i) {
    const DecodedText::Unit& unit = text.units()[i];
    if (unit.end - unit.begin < 3 || text.categories()[unit.begin] != U_UPPERCASE_LETTER) continue;
    const auto same = [&](const DecodedText::Unit& other) {
      return source.exact(other) == text.exact(unit);
    };
    if (std::none_of(source.units().begin(), source.units().end(), same)) continue;
    const std::u32string_view name = text.exact(unit) == kNames[0] ? kNames[1] : kNames[0];
    return Utf8Of(text, 0, unit.begin) + ToUtf8(name) +
           Utf8Of(text, unit.end, text.code_points().size());
  }
  return std::nullopt;
}

std::optional<std::string> RepeatWord(const DecodedText& text) {
  if (text.units().empty()) return std::nullopt;
  const DecodedText::Unit& last = text.units().back();
  std::string repeated = Utf8Of(text, 0, last.end);
  for (int i = 0; i < kRepeats; ++i) repeated += " " + Utf8Of(text, last.begin, last.end);
  return repeated + Utf8Of(text, last.end, text.code_points().size());
}

std::optional<std::string> Truncate(const DecodedText& text) {
  const size_t units = text.units().size();
  if (units < kShortestToCut) return std::nullopt;
  return Utf8Of(text, 0, text.units()[units / 3].end);
}

}  // namespace

std::string_view FaultName(Fault fault) {
  constexpr std::string_view kNames[kFaultCount] = {
      "number_changed",       "negation_dropped", "name_swapped", "word_repeated", "truncated",
      "guarded_phrase_added", "wrong_language",   "untranslated", "emoji_added",   "emoji_dropped"};
  return kNames[static_cast<int>(fault)];
}

std::optional<std::string> Inject(Fault fault, const FaultInput& input) {
  const std::optional<DecodedText> source = DecodedText::Decode(input.source);
  const std::optional<DecodedText> text = DecodedText::Decode(input.translation);
  if (!source || !text) return std::nullopt;
  switch (fault) {
    case Fault::kNumberChanged:
      return ChangeNumber(*text);
    case Fault::kNegationDropped:
      return DropNegation(input);
    case Fault::kNameSwapped:
      return SwapName(*source, *text);
    case Fault::kWordRepeated:
      return RepeatWord(*text);
    case Fault::kTruncated:
      return Truncate(*text);
    case Fault::kGuardedPhraseAdded: {
      const LanguageFaults* faults = FaultsOf(input.language);
      if (faults == nullptr) return std::nullopt;
      return StrCat(input.translation, " ", faults->guarded);
    }
    case Fault::kWrongLanguage:
      if (input.foreign.empty()) return std::nullopt;
      return std::string(input.foreign);
    case Fault::kUntranslated:
      return std::string(input.source);
    case Fault::kEmojiAdded:
      return StrCat(input.translation, " 🇨🇦");
    case Fault::kEmojiDropped:
      return std::string(input.translation);
  }
  return std::nullopt;
}

}  // namespace signalbook
