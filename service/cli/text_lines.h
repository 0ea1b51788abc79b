// The lines of a text file that any program may have written.
//
// Thread rule: a pure function.
#ifndef SIGNALBOOK_SERVICE_CLI_TEXT_LINES_H_
#define SIGNALBOOK_SERVICE_CLI_TEXT_LINES_H_

#include <algorithm>
#include <string_view>
#include <vector>

namespace signalbook {

// Without their ends (LF or CRLF) and without a byte order mark, which belong to no text.
inline std::vector<std::string_view> TextLines(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    text.remove_prefix(kByteOrderMark.size());
  }
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    lines.push_back(line);
  }
  return lines;
}

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_CLI_TEXT_LINES_H_
