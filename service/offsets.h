// Positions in a text as callers count them: UTF-8 bytes, or UTF-16 code units for those whose strings are made of
// these (JavaScript, Java, C#).
//
//   "a🇨🇦é"   bytes 0 1 9 11   code units 0 1 5 6
//
// Thread rule: one thread.
#ifndef SIGNALBOOK_SERVICE_OFFSETS_H_
#define SIGNALBOOK_SERVICE_OFFSETS_H_

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "translator/utf8.h"

namespace signalbook {

class Offsets {
 public:
  // `text` is UTF-8 and outlives it.
  Offsets(std::string_view text, bool utf16) : text_(text), utf16_(utf16) {}

  // Where `byte`, the first of a character, stands. Fast if asked for in order.
  size_t At(size_t byte) {
    if (!utf16_) return byte;
    if (byte < byte_) byte_ = units_ = 0;
    while (byte_ < std::min(byte, text_.size())) {
      const DecodedCodePoint next = DecodeUtf8(text_, byte_);
      units_ += next.value > 0xFFFF ? 2 : 1;
      byte_ = next.end;
    }
    return units_;
  }

 private:
  const std::string_view text_;
  const bool utf16_;
  size_t byte_ = 0;
  size_t units_ = 0;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_OFFSETS_H_
