#include "translator/emoji_data.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace signalbook {
namespace {

constexpr char32_t kRegionalIndicatorA = 0x1F1E6;
constexpr char32_t kBlackFlag = 0x1F3F4;
constexpr char32_t kTags = 0xE0000;  // the tag of an ASCII character c is kTags + c
constexpr char32_t kCancelTag = 0xE007F;

absl::StatusOr<char32_t> ParseCodePoint(absl::string_view hex) {
  uint32_t value = 0;
  if (hex.size() < 4 || !absl::SimpleHexAtoi(hex, &value) || value > 0x10FFFF) {
    return absl::InvalidArgumentError(absl::StrCat("'", hex, "' is not a code point"));
  }
  return value;
}

absl::StatusOr<std::u32string> ParseKey(absl::string_view key) {
  std::u32string code_points;
  for (absl::string_view hex : absl::StrSplit(key, '-')) {
    absl::StatusOr<char32_t> code_point = ParseCodePoint(hex);
    if (!code_point.ok()) return code_point.status();
    code_points.push_back(*code_point);
  }
  return code_points;
}

absl::StatusOr<EmojiKind> ParseKind(absl::string_view kind) {
  static constexpr std::pair<absl::string_view, EmojiKind> kKinds[] = {
      {"basic", EmojiKind::kBasic},      {"presentation", EmojiKind::kBasic},
      {"keycap", EmojiKind::kKeycap},    {"flag", EmojiKind::kFlag},
      {"tag_flag", EmojiKind::kTagFlag}, {"modifier", EmojiKind::kModifier},
      {"zwj", EmojiKind::kZwj},          {"component", EmojiKind::kComponent},
  };
  for (const auto& [name, value] : kKinds) {
    if (name == kind) return value;
  }
  return absl::InvalidArgumentError(absl::StrCat("'", kind, "' is not a kind of emoji"));
}

std::optional<std::u32string> FlagOf(absl::string_view region) {
  std::u32string flag;
  for (char c : region) {
    if (c < 'A' || c > 'Z') return std::nullopt;
    flag.push_back(kRegionalIndicatorA + (c - 'A'));
  }
  if (flag.size() != 2) return std::nullopt;
  return flag;
}

std::optional<std::u32string> TagFlagOf(absl::string_view subdivision) {
  std::u32string flag = {kBlackFlag};
  for (char c : subdivision) {
    if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) return std::nullopt;
    flag.push_back(kTags + c);
  }
  flag.push_back(kCancelTag);
  if (flag.size() < 3) return std::nullopt;
  return flag;
}

// The 135 characters that are emoji by themselves and that U+FE0E makes text. They are the ones of
// emoji-variation-sequences.txt with Emoji_Presentation. A table in code because it is closed: a
// new emoji gets variation sequences only when it is text by default.
struct CodePointRange {
  char32_t first;
  char32_t last;
};
constexpr CodePointRange kVariable[] = {
    {0x231A, 0x231B},   {0x23E9, 0x23EA},   {0x23F3, 0x23F3},   {0x25FD, 0x25FE},
    {0x2614, 0x2615},   {0x2648, 0x2653},   {0x267F, 0x267F},   {0x2693, 0x2693},
    {0x26A1, 0x26A1},   {0x26AA, 0x26AB},   {0x26BD, 0x26BE},   {0x26C4, 0x26C5},
    {0x26D4, 0x26D4},   {0x26EA, 0x26EA},   {0x26F2, 0x26F3},   {0x26F5, 0x26F5},
    {0x26FA, 0x26FA},   {0x26FD, 0x26FD},   {0x2753, 0x2753},   {0x2757, 0x2757},
    {0x2B1B, 0x2B1C},   {0x2B50, 0x2B50},   {0x2B55, 0x2B55},   {0x1F004, 0x1F004},
    {0x1F21A, 0x1F21A}, {0x1F22F, 0x1F22F}, {0x1F30D, 0x1F30F}, {0x1F315, 0x1F315},
    {0x1F31C, 0x1F31C}, {0x1F378, 0x1F378}, {0x1F393, 0x1F393}, {0x1F3A7, 0x1F3A7},
    {0x1F3AC, 0x1F3AE}, {0x1F3C2, 0x1F3C2}, {0x1F3C4, 0x1F3C4}, {0x1F3C6, 0x1F3C6},
    {0x1F3CA, 0x1F3CA}, {0x1F3E0, 0x1F3E0}, {0x1F3ED, 0x1F3ED}, {0x1F408, 0x1F408},
    {0x1F415, 0x1F415}, {0x1F41F, 0x1F41F}, {0x1F426, 0x1F426}, {0x1F442, 0x1F442},
    {0x1F446, 0x1F449}, {0x1F44D, 0x1F44E}, {0x1F453, 0x1F453}, {0x1F46A, 0x1F46A},
    {0x1F47D, 0x1F47D}, {0x1F4A3, 0x1F4A3}, {0x1F4B0, 0x1F4B0}, {0x1F4B3, 0x1F4B3},
    {0x1F4BB, 0x1F4BB}, {0x1F4BF, 0x1F4BF}, {0x1F4CB, 0x1F4CB}, {0x1F4DA, 0x1F4DA},
    {0x1F4DF, 0x1F4DF}, {0x1F4E4, 0x1F4E6}, {0x1F4EA, 0x1F4ED}, {0x1F4F7, 0x1F4F7},
    {0x1F4F9, 0x1F4FB}, {0x1F508, 0x1F508}, {0x1F50D, 0x1F50D}, {0x1F512, 0x1F513},
    {0x1F550, 0x1F567}, {0x1F610, 0x1F610}, {0x1F687, 0x1F687}, {0x1F68D, 0x1F68D},
    {0x1F691, 0x1F691}, {0x1F694, 0x1F694}, {0x1F698, 0x1F698}, {0x1F6AD, 0x1F6AD},
    {0x1F6B2, 0x1F6B2}, {0x1F6B9, 0x1F6BA}, {0x1F6BC, 0x1F6BC}};

bool IsVariable(char32_t c) {
  return std::any_of(std::begin(kVariable), std::end(kVariable), [c](const CodePointRange& range) {
    return range.first <= c && c <= range.last;
  });
}

struct Properties {
  bool emoji = false;
  bool presentation = false;
  bool modifier = false;
  bool base = false;
  bool pictographic = false;
};

bool Properties::*PropertyNamed(absl::string_view name) {
  if (name == "Emoji") return &Properties::emoji;
  if (name == "Emoji_Presentation") return &Properties::presentation;
  if (name == "Emoji_Modifier") return &Properties::modifier;
  if (name == "Emoji_Modifier_Base") return &Properties::base;
  if (name == "Extended_Pictographic") return &Properties::pictographic;
  return nullptr;
}

EmojiClass ClassFrom(char32_t c, const Properties& p) {
  if (p.modifier) return EmojiClass::kModifier;
  if (!p.emoji) return p.pictographic ? EmojiClass::kReserved : EmojiClass::kNone;
  if (!p.presentation) return p.base ? EmojiClass::kTextDefaultBase : EmojiClass::kTextDefault;
  if (IsVariable(c)) return p.base ? EmojiClass::kVariableBase : EmojiClass::kVariable;
  return p.base ? EmojiClass::kPresentationBase : EmojiClass::kPresentation;
}

// What the grammar of UTS #51 names by code point, not by property. Some of them have properties
// too (the digits are Emoji); the grammar goes first.
constexpr EmojiTable::ClassRange kGrammar[] = {
    {'#', '#', EmojiClass::kKeycapBase},       {'*', '*', EmojiClass::kKeycapBase},
    {'0', '9', EmojiClass::kKeycapBase},       {0x200D, 0x200D, EmojiClass::kZwj},
    {0x20E3, 0x20E3, EmojiClass::kKeycapMark}, {0xFE0E, 0xFE0E, EmojiClass::kVs15},
    {0xFE0F, 0xFE0F, EmojiClass::kVs16},       {0x1F1E6, 0x1F1FF, EmojiClass::kRegionalIndicator},
    {0xE0020, 0xE007E, EmojiClass::kTagSpec},  {0xE007F, 0xE007F, EmojiClass::kTagEnd},
};

absl::StatusOr<std::vector<EmojiTable::ClassRange>> MakeClasses(
    const std::vector<std::vector<std::string>>& code_points) {
  std::map<char32_t, Properties> properties;
  for (const auto& row : code_points) {
    absl::StatusOr<char32_t> first = ParseCodePoint(row[0]);
    if (!first.ok()) return first.status();
    absl::StatusOr<char32_t> last = ParseCodePoint(row[1]);
    if (!last.ok()) return last.status();
    const auto property = PropertyNamed(row[2]);
    if (property == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("'", row[2], "' is not an emoji property"));
    }
    for (char32_t c = *first; c <= *last; ++c) properties[c].*property = true;
  }

  std::map<char32_t, EmojiClass> classes;
  for (const auto& [c, p] : properties) classes[c] = ClassFrom(c, p);
  for (const auto& range : kGrammar) {
    for (char32_t c = range.first; c <= range.last; ++c) classes[c] = range.value;
  }

  std::vector<EmojiTable::ClassRange> ranges;
  for (const auto& [c, value] : classes) {
    if (value == EmojiClass::kNone) continue;
    if (!ranges.empty() && ranges.back().last + 1 == c && ranges.back().value == value) {
      ranges.back().last = c;
    } else {
      ranges.push_back({c, c, value});
    }
  }
  return ranges;
}

}  // namespace

absl::StatusOr<EmojiRows> MakeEmojiRows(const EmojiSource& source) {
  EmojiRows rows;
  std::set<std::u32string> recommended;
  const auto add = [&rows](std::u32string key, EmojiKind kind, EmojiStatus status) {
    rows.entries.push_back({std::move(key), static_cast<KeyId>(rows.entries.size()), kind, status});
  };

  for (const auto& row : source.sequences) {
    absl::StatusOr<std::u32string> key = ParseKey(row[0]);
    if (!key.ok()) return key.status();
    absl::StatusOr<EmojiKind> kind = ParseKind(row[2]);
    if (!kind.ok()) return kind.status();
    recommended.insert(*key);
    add(*std::move(key), *kind, EmojiStatus::kRgi);
  }
  for (const auto& row : source.regions) {
    std::optional<std::u32string> key = FlagOf(row[0]);
    if (!key) return absl::InvalidArgumentError(absl::StrCat("'", row[0], "' is not a region"));
    if (recommended.contains(*key)) continue;
    add(*std::move(key), EmojiKind::kFlag, EmojiStatus::kValidNotRgi);
  }
  for (const auto& row : source.subdivisions) {
    std::optional<std::u32string> key = TagFlagOf(row[0]);
    if (!key) {
      return absl::InvalidArgumentError(absl::StrCat("'", row[0], "' is not a subdivision"));
    }
    if (recommended.contains(*key)) continue;
    add(*std::move(key), EmojiKind::kTagFlag, EmojiStatus::kValidNotRgi);
  }

  absl::StatusOr<std::vector<EmojiTable::ClassRange>> classes = MakeClasses(source.code_points);
  if (!classes.ok()) return classes.status();
  rows.classes = *std::move(classes);
  return rows;
}

}  // namespace signalbook
