#include "translator/utf8.h"

namespace signalbook {

void AppendUtf8(char32_t code_point, std::string* text) {
  const auto trail = [&](int shift) {
    text->push_back(static_cast<char>(0x80 | ((code_point >> shift) & 0x3F)));
  };
  if (code_point < 0x80) {
    text->push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    text->push_back(static_cast<char>(0xC0 | code_point >> 6));
    trail(0);
  } else if (code_point < 0x10000) {
    text->push_back(static_cast<char>(0xE0 | code_point >> 12));
    trail(6);
    trail(0);
  } else {
    text->push_back(static_cast<char>(0xF0 | code_point >> 18));
    trail(12);
    trail(6);
    trail(0);
  }
}

std::string ToUtf8(std::u32string_view code_points) {
  std::string text;
  for (char32_t c : code_points) AppendUtf8(c, &text);
  return text;
}

}  // namespace signalbook
