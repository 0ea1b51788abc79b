#include "translator/lexical_units.h"

#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/unistr.h>

#include <memory>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "translator/scripts.h"
#include "translator/utf8.h"

namespace signalbook {
namespace {

constexpr size_t kHead = 4;
constexpr size_t kTail = 3;
constexpr size_t kShortestWithTail = 6;

constexpr char32_t kFirstHan = 0x3400, kLastHan = 0x9FFF;

// Traditional forms that ICU maps to one simplified letter each.
const absl::flat_hash_map<char32_t, char32_t>& SimplifiedForms() {
  static const auto* const forms = [] {
    auto* map = new absl::flat_hash_map<char32_t, char32_t>;
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::Transliterator> simplify(
        icu::Transliterator::createInstance("Hant-Hans", UTRANS_FORWARD, status));
    for (char32_t c = kFirstHan; U_SUCCESS(status) && c <= kLastHan; ++c) {
      icu::UnicodeString letter(static_cast<UChar32>(c));
      simplify->transliterate(letter);
      const auto simple = static_cast<char32_t>(letter.char32At(0));
      if (letter.countChar32() == 1 && simple != c) map->emplace(c, simple);
    }
    return map;
  }();
  return *forms;
}

// Points, vowel signs and the tatweel, which writers of these scripts set or leave out at will.
bool IsOptionalMark(char32_t c) {
  return c == 0xAD || (c >= 0x300 && c < 0x370) || (c >= 0x591 && c <= 0x5C7) || c == 0x640 ||
         (c >= 0x64B && c <= 0x652);
}

char32_t FoldLetter(char32_t c) {
  if (c < 0x80) return c;
  if (c >= kFirstHan && c <= kLastHan) {
    const auto simplified = SimplifiedForms().find(c);
    return simplified == SimplifiedForms().end() ? c : simplified->second;
  }
  switch (c) {
    case 0x622:  // alef with madda, hamza above, hamza below
    case 0x623:
    case 0x625:
      return 0x627;
    case 0x649:  // alef maksura, yeh
      return 0x64A;
    case 0x130:  // the dots of Turkish, which case folding leaves alone
    case 0x131:
      return 'i';
    default:
      break;
  }
  if (c >= 0xFF01 && c <= 0xFF5E) return c - 0xFEE0;  // full width
  UErrorCode status = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(static_cast<UChar32>(c), &status);
  if (script != USCRIPT_LATIN && script != USCRIPT_GREEK && script != USCRIPT_CYRILLIC) return c;
  static const icu::Normalizer2* const nfd = icu::Normalizer2::getNFDInstance(status);
  icu::UnicodeString letters;
  if (nfd == nullptr || !nfd->getDecomposition(static_cast<UChar32>(c), letters)) return c;
  return static_cast<char32_t>(letters.char32At(0));
}

std::u32string Fold(std::u32string_view word) {
  std::u32string folded;
  for (const char32_t c : word) {
    if (!IsOptionalMark(c)) folded.push_back(FoldLetter(c));
  }
  return folded;
}

}  // namespace

LexicalUnits FindLexicalUnits(const DecodedText& text) {
  LexicalUnits units;
  auto& [words, parts] = units;
  words.reserve(text.units().size());
  parts.reserve(text.units().size() * 2);
  const DecodedText::Unit* before = nullptr;
  for (const DecodedText::Unit& unit : text.units()) {
    const std::u32string word = Fold(text.folded(unit));
    words.push_back(ToUtf8(word));
    if (IsUnspaced(unit.script)) {
      const bool adjacent =
          before != nullptr && IsUnspaced(before->script) && before->end == unit.begin;
      if (adjacent) {
        parts.push_back(words[words.size() - 2] + words.back());
      }
    } else {
      parts.push_back(ToUtf8(std::u32string_view(word).substr(0, kHead)));
      if (word.size() >= kShortestWithTail) {
        parts.push_back("-" + ToUtf8(std::u32string_view(word).substr(word.size() - kTail)));
      }
    }
    before = &unit;
  }
  return units;
}

}  // namespace signalbook
