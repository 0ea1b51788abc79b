// One side of a candidate, decoded once for all checks of the gate: code points and units.
//
// A unit is what a reader of the script would count as one word: a run of letters, marks and digits
// where words are separated by spaces, and a single letter with its marks where they are not (Han,
// Kana, Thai, Lao, Khmer, Burmese). Punctuation and spaces belong to no unit.
//
//   "Das Haus, 2x"  → das · haus · 2x      "我住在NYC。" → 我 · 住 · 在 · nyc
//
// Thread rule: a DecodedText is a value; it refers to the bytes it was made from.
#ifndef SIGNALBOOK_TRANSLATOR_DECODED_TEXT_H_
#define SIGNALBOOK_TRANSLATOR_DECODED_TEXT_H_

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"

namespace signalbook {

class DecodedText {
 public:
  struct Unit {
    uint32_t begin = 0;  // half-open range of code points
    uint32_t end = 0;
    bool has_letter = false;
    bool mixed = false;  // letters of several scripts: "pаypal" with a Cyrillic а
    UScriptCode script = USCRIPT_COMMON;  // of its first letter that has one
  };

  // nullopt when `utf8` is not well-formed UTF-8. Linear.
  static std::optional<DecodedText> Decode(std::string_view utf8);

  std::string_view utf8() const { return utf8_; }
  const std::u32string& code_points() const { return code_points_; }
  // Simple case folding, position by position: as long as code_points().
  const std::u32string& folded() const { return folded_; }
  // UCharCategory of each code point.
  const std::vector<uint8_t>& categories() const { return categories_; }
  const std::vector<Unit>& units() const { return units_; }
  bool has_letter() const { return letters_ > 0; }

  bool IsLetter(size_t i) const { return (U_MASK(categories_[i]) & U_GC_L_MASK) != 0; }
  bool IsMark(size_t i) const { return (U_MASK(categories_[i]) & U_GC_M_MASK) != 0; }
  // Letters, marks and digits: what a unit is made of.
  bool IsWordPart(size_t i) const {
    return (U_MASK(categories_[i]) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK)) != 0;
  }
  bool Has(char32_t code_point) const {
    return code_point < 0x80 ? ascii_.test(code_point) : others_.contains(code_point);
  }

  std::u32string_view folded(const Unit& unit) const {
    return std::u32string_view(folded_).substr(unit.begin, unit.end - unit.begin);
  }
  std::u32string_view exact(const Unit& unit) const {
    return std::u32string_view(code_points_).substr(unit.begin, unit.end - unit.begin);
  }

 private:
  DecodedText() = default;
  void FindUnits();

  std::string_view utf8_;
  std::u32string code_points_;
  std::u32string folded_;
  std::vector<uint8_t> categories_;
  std::vector<Unit> units_;
  std::bitset<0x80> ascii_;
  absl::flat_hash_set<char32_t> others_;
  size_t letters_ = 0;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_DECODED_TEXT_H_
