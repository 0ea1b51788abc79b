// How findings speak of texts: short, and on one line.
//
// Thread rule: pure functions.
#ifndef SIGNALBOOK_SERVICE_CHECK_WORDING_H_
#define SIGNALBOOK_SERVICE_CHECK_WORDING_H_

#include <string>
#include <string_view>
#include <vector>

#include "service/strings.h"
#include "translator/utf8.h"

namespace signalbook::check {

// `text` with a space for each control character and line break.
inline std::string OneLine(std::string_view text) {
  std::string line;
  for (size_t at = 0; at < text.size();) {
    const DecodedCodePoint c = DecodeUtf8(text, at);
    const bool breaks = c.value < 0x20 || (c.value >= 0x7F && c.value < 0xA0) ||
                        c.value == 0x2028 || c.value == 0x2029;
    line += breaks ? std::string_view(" ") : text.substr(at, c.end - at);
    at = c.end;
  }
  return line;
}

// `text` in quotes, with "…" for what stands behind the first 60 code points.
inline std::string Quoted(std::string_view text) {
  constexpr int kLongest = 60;
  size_t end = 0;
  for (int length = 0; end < text.size() && length < kLongest; ++length) {
    end = DecodeUtf8(text, end).end;
  }
  return StrCat("\"", text.substr(0, end), end < text.size() ? "…\"" : "\"");
}

// "a", "a and 2 more". Precondition: not empty.
inline std::string FirstAndMore(const std::vector<std::string>& items) {
  if (items.size() == 1) return items[0];
  return StrCat(items[0], " and ", items.size() - 1, " more");
}

// The name of an enum's value without its prefix: "LICENCE_BOOK" → "BOOK". Values without a name are
// "unknown".
inline std::string WithoutPrefix(const std::string& name, std::string_view prefix) {
  if (name.empty()) return "unknown";
  return name.compare(0, prefix.size(), prefix) == 0 ? name.substr(prefix.size()) : name;
}

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_WORDING_H_
