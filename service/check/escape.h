// How any text stands in one cell of a TSV file that people review: corpora (corpus.h), the baseline.
//
// Thread rule: pure functions.
#ifndef SIGNALBOOK_SERVICE_CHECK_ESCAPE_H_
#define SIGNALBOOK_SERVICE_CHECK_ESCAPE_H_

#include <optional>
#include <string>
#include <string_view>

namespace signalbook::check {

// The text that a cell stands for:
//
//   \t \n \r \\     tab, LF, CR, backslash
//   \u{1F1E8}       a code point: 1 to 6 hexadecimal digits, no surrogate, at most 10FFFF
//   \xFF            a byte, whatever it is: 2 hexadecimal digits
//
// nullopt when a backslash is before anything else; `bad`, if given, is then what begins with it. All other bytes
// stand for themselves.
std::optional<std::string> Unescape(std::string_view cell, std::string_view* bad = nullptr);
// The above, for error messages.
inline constexpr std::string_view kEscapes = R"(\t \n \r \\ \u{1F1E8} \xFF)";

// The cell for a text. Holds no tab, no line break and nothing that a person can't see: code points that are
// control, format (joiners, bidi), variation selectors and others that draw nothing, spaces but U+0020,
// private use or unassigned are written as escapes, and so are bytes that are not UTF-8 and a "#" at the
// beginning, which would make a comment of the line. Unescape gives back every byte:
//
//   "👩‍🚀"      👩\u{200D}🚀
//   "#\xFF\t"  \u{23}\xFF\t
//
// What is unassigned is ICU's to say: a newer one may write fewer escapes. Both read alike.
std::string EscapeCell(std::string_view text);

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_ESCAPE_H_
