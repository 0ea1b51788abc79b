// UTF-8 that is known to be well-formed ↔ code points. Checking it is normalize.h's.
//
// Thread rule: pure functions.
#ifndef SIGNALBOOK_TRANSLATOR_UTF8_H_
#define SIGNALBOOK_TRANSLATOR_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace signalbook {

inline constexpr char32_t kLastCodePoint = 0x10FFFF;

struct DecodedCodePoint {
  char32_t value = 0;
  size_t end = 0;  // where the next one begins
};

// The code point that begins at `at`. Precondition: at < text.size(). Text that is not UTF-8 gives
// some value or other, but nothing outside `text` is read and `end` always advances.
inline DecodedCodePoint DecodeUtf8(std::string_view text, size_t at) {
  const auto byte = [text](size_t i) -> char32_t { return static_cast<uint8_t>(text[i]); };
  const char32_t lead = byte(at);
  const size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (length == 1) return {lead, at + 1};
  if (text.size() - at < length) return {0xFFFD, text.size()};
  const auto trail = [&](size_t i) { return byte(at + i) & 0x3F; };
  if (length == 2) return {(lead & 0x1F) << 6 | trail(1), at + 2};
  if (length == 3) return {(lead & 0x0F) << 12 | trail(1) << 6 | trail(2), at + 3};
  return {(lead & 0x07) << 18 | trail(1) << 12 | trail(2) << 6 | trail(3), at + 4};
}

// From `at` to the first byte that is not ASCII, or the end; eight bytes a step.
inline size_t SkipAscii(std::string_view text, size_t at) {
  constexpr uint64_t kHighBits = 0x8080808080808080;
  for (uint64_t word; text.size() - at >= sizeof(word); at += sizeof(word)) {
    std::memcpy(&word, text.data() + at, sizeof(word));
    if (word & kHighBits) break;
  }
  while (at < text.size() && static_cast<uint8_t>(text[at]) < 0x80) ++at;
  return at;
}

void AppendUtf8(char32_t code_point, std::string* text);
std::string ToUtf8(std::u32string_view code_points);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_UTF8_H_
