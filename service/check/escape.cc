#include "service/check/escape.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

#include "translator/utf8.h"

namespace signalbook::check {
namespace {

struct Letter {
  char letter;  // behind the backslash
  char text;
};
constexpr std::array<Letter, 4> kLetters = {{{'t', '\t'}, {'n', '\n'}, {'r', '\r'}, {'\\', '\\'}}};

// The number that `digits` are; nullopt when they are not 1 to 6 hexadecimal ones.
std::optional<char32_t> Hexadecimal(std::string_view digits) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  if (digits.empty() || digits.size() > 6) return std::nullopt;
  char32_t value = 0;
  for (const char c : digits) {
    const size_t digit = kDigits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
    if (digit == std::string_view::npos) return std::nullopt;
    value = value << 4 | static_cast<char32_t>(digit);
  }
  return value;
}

// Reads what is behind a backslash, takes it off `rest`; false when it is no escape.
bool ReadEscape(std::string_view* rest, std::string* text) {
  if (rest->empty()) return false;
  const char letter = rest->front();
  rest->remove_prefix(1);
  for (const Letter& known : kLetters) {
    if (known.letter != letter) continue;
    *text += known.text;
    return true;
  }
  if (letter == 'x') {
    const std::optional<char32_t> byte = Hexadecimal(rest->substr(0, 2));
    if (rest->size() < 2 || !byte) return false;
    *text += static_cast<char>(*byte);
    rest->remove_prefix(2);
    return true;
  }
  const size_t end = rest->find('}');
  if (letter != 'u' || rest->empty() || rest->front() != '{' || end == std::string_view::npos) {
    return false;
  }
  const std::optional<char32_t> c = Hexadecimal(rest->substr(1, end - 1));
  if (!c || *c > kLastCodePoint || U_IS_SURROGATE(*c)) return false;
  AppendUtf8(*c, text);
  rest->remove_prefix(end + 1);
  return true;
}

bool IsSeen(UChar32 c) {
  constexpr uint32_t kUnseen =
      U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CO_MASK | U_GC_CN_MASK | U_GC_CS_MASK | U_GC_Z_MASK;
  if (c == ' ') return true;
  return (U_GET_GC_MASK(c) & kUnseen) == 0 &&
         !u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

void AppendFormatted(const char* format, unsigned value, std::string* cell) {
  std::array<char, 16> buffer;
  std::snprintf(buffer.data(), buffer.size(), format, value);
  *cell += buffer.data();
}

}  // namespace

std::optional<std::string> Unescape(std::string_view cell, std::string_view* bad) {
  std::string text;
  text.reserve(cell.size());
  for (;;) {
    const size_t backslash = std::min(cell.find('\\'), cell.size());
    text += cell.substr(0, backslash);
    if (backslash == cell.size()) return text;
    const std::string_view escape = cell.substr(backslash);
    cell.remove_prefix(backslash + 1);
    if (ReadEscape(&cell, &text)) continue;
    if (bad != nullptr) *bad = escape;
    return std::nullopt;
  }
}

std::string EscapeCell(std::string_view text) {
  std::string cell;
  cell.reserve(text.size());
  for (size_t begin = 0; begin < text.size();) {
    // A code point has four bytes at most: ICU's lengths are of 32 bits, a text's may be greater.
    const std::string_view next = text.substr(begin, 4);
    int32_t length = 0;
    UChar32 c;
    U8_NEXT(next.data(), length, static_cast<int32_t>(next.size()), c);
    const auto known = std::find_if(kLetters.begin(), kLetters.end(),
                                    [c](const Letter& letter) { return letter.text == c; });
    if (known != kLetters.end()) {
      (cell += '\\') += known->letter;
    } else if (c < 0) {
      for (const char byte : next.substr(0, static_cast<size_t>(length))) {
        AppendFormatted("\\x%02X", static_cast<unsigned char>(byte), &cell);
      }
    } else if (!IsSeen(c) || (c == '#' && begin == 0)) {
      AppendFormatted("\\u{%X}", static_cast<unsigned>(c), &cell);
    } else {
      cell += next.substr(0, static_cast<size_t>(length));
    }
    begin += static_cast<size_t>(length);
  }
  return cell;
}

}  // namespace signalbook::check
