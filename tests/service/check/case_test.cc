#include "service/check/case.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace signalbook::check {
namespace {

using namespace std::string_literals;

TEST(VisibleTest, ShowsWhatCantBeToldByLooking) {
  struct Row {
    std::string description;
    std::string text;
    std::string shown;
  };
  const std::vector<Row> rows = {
      {"nothing", "", ""},
      {"ASCII stays", "He said \"hi\" \\ [x] #1 *", "He said \"hi\" \\ [x] #1 *"},
      {"letters of all scripts stay", "他在等你。ñ Ж", "他在等你。ñ Ж"},
      {"a flag", "他在🇨🇦等你。", "他在🇨🇦 [U+1F1E8 U+1F1E6]等你。"},
      {"an emoji at the very start and end", "😀", "😀 [U+1F600]"},
      {"one bracket a run, so that sequences stay whole", "👩‍🚀❤️",
       "👩‍🚀❤️ [U+1F469 U+200D U+1F680 U+2764 U+FE0F]"},
      {"a keycap: the digit can be read", "1️⃣", "1️⃣ [U+FE0F U+20E3]"},
      {"emoji below U+2000", "©", "© [U+00A9]"},
      {"invisible: joiner, byte order mark", "a\u200Db\uFEFF", "a\u200D [U+200D]b\uFEFF [U+FEFF]"},
      {"spaces that are not the space", "a\u00A0b\u3000", "a\u00A0 [U+00A0]b\u3000 [U+3000]"},
      {"combining, of no script", "e\u0301", "e\u0301 [U+0301]"},
      {"vowel signs of Thai are letters", "สวัสดี", "สวัสดี"},
      {"… of Hindi as well", "हिन्दी", "हिन्दी"},
      {"bidi controls would turn the line around", "a\u202Eb\u2066c\u2069",
       "a [U+202E]b [U+2066]c [U+2069]"},
      {"… and may come first", "\u200Fa", "[U+200F]a"},
      {"private use, unassigned, noncharacters", "\uE000\U000E0FFF\uFFFE",
       "\uE000\U000E0FFF\uFFFE [U+E000 U+E0FFF U+FFFE]"},
      {"tags", "🏴\U000E0067\U000E007F", "🏴\U000E0067\U000E007F [U+1F3F4 U+E0067 U+E007F]"},
      {"a terminal is not driven", "\x1B[31mred\x07", "\\x1B[31mred\\x07"},
      {"C1 controls too", "\u0085\u009B", "\\xC2\\x85\\xC2\\x9B"},
      {"no line break of any kind", "a\r\nb\tc\u2028\u2029\v\f",
       "a\\x0D\\x0Ab\\x09c\\xE2\\x80\\xA8\\xE2\\x80\\xA9\\x0B\\x0C"},
      {"NUL", "a\0b"s, "a\\x00b"},
      {"bytes that are not UTF-8", "\xFF ok \xE2\x82", "\\xFF ok \\xE2\\x82"},
      {"a surrogate, an overlong form", "\xED\xA0\x80\xC0\x80", "\\xED\\xA0\\x80\\xC0\\x80"},
      {"a bracket closes before an escape", "😀\n", "😀 [U+1F600]\\x0A"},
  };
  for (const Row& row : rows) EXPECT_EQ(Visible(row.text), row.shown) << row.description;
}

v1::TranslateTextRequest Request() {
  v1::TranslateTextRequest request;
  request.add_contents("他在🇨🇦等你。");
  request.set_source_language_code("zh");
  request.set_target_language_code("en");
  request.set_market("CN");
  request.add_dialects("slack");
  request.add_dialects("discord");
  return request;
}

TEST(TextHashTest, StandsForTheContentAndTheOptions) {
  struct Row {
    std::string description;
    std::function<void(v1::TranslateTextRequest*)> change;
    bool same;
  };
  using R = v1::TranslateTextRequest;
  const std::vector<Row> rows = {
      {"nothing changed", [](R*) {}, true},
      {"the target language is a column of its own",
       [](R* r) { r->set_target_language_code("es"); }, true},
      {"KEEP is what unspecified means", [](R* r) { r->set_emoji_mode(v1::EMOJI_MODE_KEEP); },
       true},
      {"GUARDED is what unspecified means", [](R* r) { r->set_policy(v1::POLICY_GUARDED); }, true},
      {"another content", [](R* r) { r->set_contents(0, "他在🇨🇦等你"); }, false},
      {"another content, only an invisible character",
       [](R* r) { r->set_contents(0, "他在🇨🇦\uFE0F等你。"); }, false},
      {"bytes that are not UTF-8 count", [](R* r) { r->set_contents(0, "\xFF"); }, false},
      {"another source language", [](R* r) { r->set_source_language_code("ja"); }, false},
      {"another mode", [](R* r) { r->set_emoji_mode(v1::EMOJI_MODE_NAME); }, false},
      {"another policy", [](R* r) { r->set_policy(v1::POLICY_STRICT); }, false},
      {"another market", [](R* r) { r->set_market("US"); }, false},
      {"no market", [](R* r) { r->clear_market(); }, false},
      {"a dialect less", [](R* r) { r->mutable_dialects()->RemoveLast(); }, false},
      {"dialects are tried in order", [](R* r) { r->mutable_dialects()->SwapElements(0, 1); },
       false},
      {"a market is no dialect",
       [](R* r) {
         r->clear_market();
         r->clear_dialects();
         r->add_dialects("CN");
         r->add_dialects("slack");
         r->add_dialects("discord");
       },
       false},
  };
  const std::string hash = TextHash(Request());
  EXPECT_EQ(hash.size(), 16u);
  EXPECT_EQ(hash.find_first_not_of("0123456789abcdef"), std::string::npos);
  for (const Row& row : rows) {
    v1::TranslateTextRequest changed = Request();
    row.change(&changed);
    EXPECT_EQ(TextHash(changed) == hash, row.same) << row.description;
  }
}

TEST(TextHashTest, NeverChanges) {
  // Baselines that stand in people's repositories are keyed by it.
  EXPECT_EQ(TextHash(Request()), "914475d030fdc54b");
}

TEST(ModeTest, NamesAndModes) {
  struct Row {
    std::string name;
    v1::EmojiMode mode;
  };
  const std::vector<Row> rows = {{"keep", v1::EMOJI_MODE_KEEP},
                                 {"name", v1::EMOJI_MODE_NAME},
                                 {"both", v1::EMOJI_MODE_KEEP_AND_NAME}};
  for (const Row& row : rows) {
    EXPECT_EQ(ModeName(row.mode), row.name);
    EXPECT_EQ(ParseMode(row.name), row.mode) << row.name;
  }
  EXPECT_EQ(ModeName(v1::EMOJI_MODE_UNSPECIFIED), "keep");
  for (const std::string none : {"", "Keep", "KEEP_AND_NAME", "keep "}) {
    EXPECT_EQ(ParseMode(none), std::nullopt) << none;
  }
}

TEST(ExpectationsTest, EmptyMeansTheLawAlone) {
  using E = Expectations;
  const std::vector<std::function<void(E*)>> expectations = {
      [](E* e) { e->text = ""; },
      [](E* e) { e->contains = {"a"}; },
      [](E* e) { e->not_contains = {"a"}; },
      [](E* e) { e->pieces = {{}}; },
      [](E* e) { e->verdict = v1::VERDICT_TRANSLATED; },
      [](E* e) { e->reasons = {v1::REASON_UNSPECIFIED}; },
      [](E* e) { e->rules = {"imprisonment"}; },
      [](E* e) { e->emoji_preserved = false; },
      [](E* e) { e->error = "INVALID_UTF8"; }};
  EXPECT_TRUE(Expectations{}.empty());
  for (size_t i = 0; i < expectations.size(); ++i) {
    Expectations expected;
    expectations[i](&expected);
    EXPECT_FALSE(expected.empty()) << i;
  }
}

}  // namespace
}  // namespace signalbook::check
