#include "translator/book_lint.h"

#include <re2/re2.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "translator/phrases.h"

namespace signalbook {
namespace {

constexpr UChar32 kZwnj = 0x200C;
constexpr UChar32 kZwj = 0x200D;
constexpr UChar32 kMongolianVowelSeparator = 0x180E;
constexpr UChar32 kTextSelector = 0xFE0E;
constexpr UChar32 kEmojiSelector = 0xFE0F;

std::string Hex(UChar32 c) { return absl::StrFormat("U+%04X", static_cast<uint32_t>(c)); }

bool IsNfc(std::string_view utf8) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
  const icu::StringPiece piece(utf8.data(), static_cast<int32_t>(utf8.size()));
  return U_SUCCESS(status) && nfc->isNormalizedUTF8(piece, status) && U_SUCCESS(status);
}

std::optional<Objection> CheckCharacter(UChar32 c) {
  const int8_t type = u_charType(c);
  if (type == U_CONTROL_CHAR || type == U_PRIVATE_USE_CHAR || type == U_LINE_SEPARATOR ||
      type == U_PARAGRAPH_SEPARATOR || U_IS_UNICODE_NONCHAR(c)) {
    return Objection{"control", absl::StrCat("holds ", Hex(c))};
  }
  if (c == kTextSelector || c == kEmojiSelector ||
      (type == U_FORMAT_CHAR && c != kZwnj && c != kZwj && c != kMongolianVowelSeparator)) {
    return Objection{"invisible", absl::StrCat("holds ", Hex(c))};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Objection> CheckText(std::string_view text, const EmojiTable& emoji) {
  if (text.empty()) return Objection{"empty", "is empty"};
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const auto size = static_cast<int32_t>(text.size());
  UChar32 first = U_SENTINEL;
  UChar32 last = U_SENTINEL;
  std::optional<Objection> objection;
  for (int32_t at = 0; at < size;) {
    U8_NEXT(bytes, at, size, last);
    if (last < 0) return Objection{"not-utf-8", absl::StrCat("is not UTF-8 at byte ", at - 1)};
    if (first < 0) first = last;
    if (!objection && (last < 0x20 || last > 0x7E)) objection = CheckCharacter(last);
  }
  if (u_isUWhiteSpace(first) || u_isUWhiteSpace(last)) {
    return Objection{"untrimmed", "has white space at an end"};
  }
  if (!IsNfc(text)) return Objection{"not-nfc", "is not in Unicode normalization form C"};
  if (objection) return objection;
  std::vector<EmojiCluster> clusters;
  FindEmoji(text, emoji, &clusters);
  if (clusters.empty()) return std::nullopt;
  return Objection{"emoji-in-text", absl::StrCat("holds ", KeyOf(clusters.front().range.of(text)))};
}

std::optional<Objection> CheckPhrase(std::string_view phrase) {
  const std::string key = PhraseKey(phrase);
  if (key == phrase) return std::nullopt;
  return Objection{"phrase-form", key.empty() ? std::string("can never be matched")
                                              : absl::StrCat("is written '", key, "'")};
}

std::optional<Objection> CheckPattern(std::string_view pattern) {
  const RE2 compiled(re2::StringPiece(pattern.data(), pattern.size()), RE2::Quiet);
  if (!compiled.ok()) {
    return Objection{"pattern", absl::StrCat("does not compile: ", compiled.error())};
  }
  if (RE2::PartialMatch("", compiled)) {
    return Objection{"matches-nothing", "matches the empty text"};
  }
  return std::nullopt;
}

}  // namespace signalbook
