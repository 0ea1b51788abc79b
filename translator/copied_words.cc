#include "translator/copied_words.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "translator/decoded_text.h"

namespace signalbook {
namespace {

bool IsUpper(char32_t c) {
  const int8_t category = u_charType(static_cast<UChar32>(c));
  return category == U_UPPERCASE_LETTER || category == U_TITLECASE_LETTER;
}

// Upper case says "name" only behind a word or a comma: behind anything else (start, full stop,
// line break, opening quotation mark) it may be the start of a sentence.
bool IsInsideSentence(const DecodedText& text, size_t begin) {
  for (size_t i = begin; i > 0; --i) {
    const char32_t c = text.code_points()[i - 1];
    if (text.IsWordPart(i - 1) || c == U',' || c == U';') return true;
    if (c == U'\n' || !u_isUWhiteSpace(static_cast<UChar32>(c))) return false;
  }
  return false;
}

using Words = absl::flat_hash_set<std::u32string_view>;

// The words of the source, and those of them that are names.
struct SourceWords {
  Words all;
  Words names;
};

SourceWords WordsOf(const DecodedText& source) {
  SourceWords words;
  for (const DecodedText::Unit& unit : source.units()) {
    words.all.insert(source.exact(unit));
    if (IsUpper(source.code_points()[unit.begin]) && IsInsideSentence(source, unit.begin)) {
      words.names.insert(source.exact(unit));
    }
  }
  return words;
}

}  // namespace

std::string StripCopyMarks(std::string_view source, std::string_view candidate) {
  // An asterisk of the source is no mark of the engine, and nobody can tell which is which.
  if (candidate.find('*') == std::string_view::npos || source.find('*') != std::string_view::npos) {
    return std::string(candidate);
  }
  const std::optional<DecodedText> from = DecodedText::Decode(source);
  const std::optional<DecodedText> to = DecodedText::Decode(candidate);
  if (!from || !to) return std::string(candidate);

  const SourceWords words = WordsOf(*from);
  const size_t most_unknown = to->units().size() / 4;
  size_t unknown = 0;
  std::string stripped;
  stripped.reserve(candidate.size());
  size_t copied = 0;  // bytes of the candidate dealt with
  size_t byte = 0;    // where code point `i` begins
  size_t i = 0;
  const DecodedText::Unit* before = nullptr;
  for (const DecodedText::Unit& unit : to->units()) {
    const DecodedText::Unit* previous = std::exchange(before, &unit);
    for (; i < unit.begin; ++i) byte += U8_LENGTH(to->code_points()[i]);
    if (unit.begin == 0 || to->code_points()[unit.begin - 1] != U'*') continue;
    std::u32string word(to->exact(unit));
    // "5*pm": the engine split the word.
    if (previous != nullptr && previous->end + 1 == unit.begin) {
      word.insert(0, to->exact(*previous));
    }
    if (!words.names.contains(word) && (!words.all.contains(word) || ++unknown > most_unknown)) {
      continue;
    }
    stripped.append(candidate.substr(copied, byte - 1 - copied));
    copied = byte;
  }
  stripped.append(candidate.substr(copied));
  return stripped;
}

}  // namespace signalbook
