#include "service/check/escape.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace signalbook::check {
namespace {

using std::string_literals::operator""s;

TEST(Escape, CellForText) {
  struct Row {
    const char* description;
    std::string text;
    std::string cell;
  };
  const Row kRows[] = {
      {"nothing", "", ""},
      {"letters of any script, and emoji", "¡Olé! 中文 हिन्दी 🇨🇦👍🏽",
       "¡Olé! 中文 हिन्दी 🇨🇦👍🏽"},
      {"what would break the table", "a\tb\nc\rd\\e", "a\\tb\\nc\\rd\\\\e"},
      {"a comment it is not", "#viaje", "\\u{23}viaje"},
      {"# further on", "a #viaje", "a #viaje"},
      {"control characters", "\0\x1B\x7F\xC2\x85"s, "\\u{0}\\u{1B}\\u{7F}\\u{85}"},
      {"joiner", "👩\u200D🚀", "👩\\u{200D}🚀"},
      {"variation selectors", "❤\uFE0F\uFE0E\U000E0100", "❤\\u{FE0F}\\u{FE0E}\\u{E0100}"},
      {"tags", "🏴\U000E0067\U000E007F", "🏴\\u{E0067}\\u{E007F}"},
      {"bidi", "\u202Eabc\u2066\u061C", "\\u{202E}abc\\u{2066}\\u{61C}"},
      {"line and paragraph separators", "\u2028\u2029", "\\u{2028}\\u{2029}"},
      {"spaces that look like another", "a b\u00A0c\u3000", "a b\\u{A0}c\\u{3000}"},
      {"fillers, byte order mark", "\u3164\uFEFF", "\\u{3164}\\u{FEFF}"},
      {"private use", "\uE000\U0010FFFD", "\\u{E000}\\u{10FFFD}"},
      {"unassigned, no character", "\u0378\uFFFF\U0010FFFF", "\\u{378}\\u{FFFF}\\u{10FFFF}"},
      {"a byte that is not UTF-8", "a\xFFz", "a\\xFFz"},
      {"cut off", "a\xF0\x9F\x87", "a\\xF0\\x9F\\x87"},
      {"too long a form, a surrogate", "\xC0\xAF\xED\xA0\x80", "\\xC0\\xAF\\xED\\xA0\\x80"},
      {"what looks like an escape", "\\u{23}", "\\\\u{23}"},
  };
  for (const Row& row : kRows) {
    EXPECT_EQ(EscapeCell(row.text), row.cell) << row.description;
    EXPECT_EQ(Unescape(row.cell), row.text) << row.description;
  }
}

TEST(Escape, UnescapeTakesWhatPeopleWrite) {
  struct Row {
    const char* description;
    std::string cell;
    std::optional<std::string> text;
  };
  const Row kRows[] = {
      {"small digits", "\\u{1f1e8}\\u{1f1E6}\\xff", "🇨🇦\xFF"},
      {"leading zeros", "\\u{00FE0F}", "\uFE0F"},
      {"bytes that are UTF-8 together", "\\xC3\\xA9", "é"},
      {"an ASCII byte", "\\x41", "A"},
      {"bytes that are not UTF-8, as they are", "\xFF", "\xFF"},
      {"the last code point", "\\u{10FFFF}", "\U0010FFFF"},
      {"beyond it", "\\u{110000}", std::nullopt},
      {"seven digits", "\\u{0000041}", std::nullopt},
      {"surrogates", "\\u{D83D}\\u{DE00}", std::nullopt},
      {"no digits", "\\u{}", std::nullopt},
      {"no digit", "\\u{4G}", std::nullopt},
      {"a sign", "\\u{+41}", std::nullopt},
      {"not closed", "\\u{41", std::nullopt},
      {"no braces", "\\u0041", std::nullopt},
      {"half a byte", "\\xF", std::nullopt},
      {"half a byte, then another letter", "\\xFg", std::nullopt},
      {"a letter that is none", "\\q", std::nullopt},
      {"capitals", "\\T", std::nullopt},
      {"a backslash at the end", "abc\\", std::nullopt},
      {"a zero byte", "\\"s + '\0', std::nullopt},
  };
  for (const Row& row : kRows) EXPECT_EQ(Unescape(row.cell), row.text) << row.description;
}

TEST(Escape, AnyBytesComeBack) {
  std::mt19937 random(20191218);
  // Bytes that make up sequences, and cut them off, far more often than even odds would.
  constexpr std::string_view kLikely =
      "\\ux{}#\t\n\xF0\x9F\x87\xA8\xE2\x80\x8D\xEF\xB8\x8F\xED\xA0";
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (size_t left = random() % 24; left > 0; --left) {
      text += random() % 4 == 0 ? static_cast<char>(random()) : kLikely[random() % kLikely.size()];
    }
    const std::string cell = EscapeCell(text);
    ASSERT_EQ(Unescape(cell), text) << cell;
    ASSERT_EQ(cell.find_first_of("\t\n\r"), std::string::npos) << cell;
    ASSERT_EQ(EscapeCell(*Unescape(cell)), cell);
  }
}

}  // namespace
}  // namespace signalbook::check
