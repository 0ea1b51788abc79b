#include "translator/decoded_text.h"

#include <unicode/utf8.h>

#include <array>

#include "translator/scripts.h"

namespace signalbook {
namespace {

// Nearly all chat text is ASCII or close to it; ICU's property look-ups are the gate's largest
// cost.
struct AsciiProperties {
  AsciiProperties() {
    for (UChar32 c = 0; c < 128; ++c) {
      category[c] = static_cast<uint8_t>(u_charType(c));
      folded[c] = u_foldCase(c, U_FOLD_CASE_DEFAULT);
    }
  }
  std::array<uint8_t, 128> category;
  std::array<char32_t, 128> folded;
};

UScriptCode ScriptOf(char32_t c) {
  if (c < 0x80) return USCRIPT_LATIN;  // asked for letters only
  UErrorCode status = U_ZERO_ERROR;
  return uscript_getScript(static_cast<UChar32>(c), &status);
}

}  // namespace

std::optional<DecodedText> DecodedText::Decode(std::string_view utf8) {
  static const AsciiProperties ascii;
  DecodedText text;
  text.utf8_ = utf8;
  text.code_points_.reserve(utf8.size());
  text.folded_.reserve(utf8.size());
  text.categories_.reserve(utf8.size());
  const auto* bytes = reinterpret_cast<const uint8_t*>(utf8.data());
  const size_t size = utf8.size();
  for (size_t i = 0; i < size;) {
    UChar32 c;
    U8_NEXT(bytes, i, size, c);
    if (c < 0) return std::nullopt;
    text.code_points_.push_back(c);
    if (c < 0x80) {
      text.ascii_.set(c);
      text.categories_.push_back(ascii.category[c]);
      text.folded_.push_back(ascii.folded[c]);
    } else {
      text.others_.insert(c);
      text.categories_.push_back(static_cast<uint8_t>(u_charType(c)));
      text.folded_.push_back(u_foldCase(c, U_FOLD_CASE_DEFAULT));
    }
  }
  text.FindUnits();
  return text;
}

void DecodedText::FindUnits() {
  // A joiner inside a word (Persian, Indic scripts) does not end it.
  const auto joins = [](char32_t c) { return c == 0x200C || c == 0x200D; };
  const size_t size = code_points_.size();
  for (size_t i = 0; i < size;) {
    if (!IsWordPart(i)) {
      ++i;
      continue;
    }
    Unit unit{.begin = static_cast<uint32_t>(i)};
    bool unspaced = false;
    for (; i < size && (IsWordPart(i) || joins(code_points_[i])); ++i) {
      if (!IsLetter(i)) {
        if (unspaced && !IsMark(i)) break;
        continue;
      }
      const UScriptCode script = ScriptOf(code_points_[i]);
      const bool letter_unspaced = IsUnspaced(script);
      if (unspaced || (letter_unspaced && i > unit.begin)) break;
      unspaced = letter_unspaced;
      ++letters_;
      unit.has_letter = true;
      if (script == USCRIPT_COMMON || script == USCRIPT_INHERITED) continue;
      if (unit.script == USCRIPT_COMMON) unit.script = script;
      if (unit.script != script) unit.mixed = true;
    }
    unit.end = static_cast<uint32_t>(i);
    units_.push_back(unit);
  }
}

}  // namespace signalbook
