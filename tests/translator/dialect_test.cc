// Codes of chat programs: all rows of all dialects, the documented false hits, and what becomes of them.
#include "translator/dialect.h"

#include <random>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/test_book.h"
#include "translator/law.h"
#include "translator/tsv.h"

namespace signalbook {
namespace {

std::vector<Segment> Find(std::string_view text, const std::vector<Dialect>& dialects) {
  const Translator& translator = TestTranslator(nullptr);
  return FindCodes(text, SegmentText(text, translator.book().emoji(), translator.protector()),
                   translator.book(), dialects);
}

// The codes found, "code=key", in order.
std::string Codes(std::string_view text, const std::vector<Dialect>& dialects) {
  std::string codes;
  size_t end = 0;
  for (const Segment& segment : Find(text, dialects)) {
    EXPECT_EQ(segment.range.begin, end) << text;
    end = segment.range.end;
    if (segment.kind != SegmentKind::kEmoji) continue;
    codes += codes.empty() ? "" : " ";
    codes += segment.range.of(text);
    codes += "=" + KeyOf(TestBook()->key(segment.emoji.key).sequence);
  }
  EXPECT_EQ(end, text.size()) << text;
  return codes;
}

const std::vector<Dialect> kAll = {Dialect::kGithub,    Dialect::kSlack,  Dialect::kDiscord,
                                   Dialect::kEmojibase, Dialect::kWechat, Dialect::kEmoticons};

TEST(DialectTest, FindsCodes) {
  const struct {
    const char* what;
    std::vector<Dialect> dialects;
    const char* text;
    const char* codes;
  } kRows[] = {
      {"GitHub", {Dialect::kGithub}, "hi :+1: there", ":+1:=1F44D"},
      {"behind punctuation", {Dialect::kGithub}, "(:wave:)", ":wave:=1F44B"},
      {"two in a row", {Dialect::kGithub}, ":wave::+1:", ":wave:=1F44B :+1:=1F44D"},
      {"beside an emoji", {Dialect::kGithub}, "🇨🇦:wave:", "🇨🇦=1F1E8-1F1E6 :wave:=1F44B"},
      {"Slack", {Dialect::kSlack}, ":wave:", ":wave:=1F44B"},
      {"Slack with a tone",
       {Dialect::kSlack},
       ":wave::skin-tone-2:!",
       ":wave::skin-tone-2:=1F44B-1F3FB"},
      {"Slack, the darkest tone",
       {Dialect::kSlack},
       ":+1::skin-tone-6:",
       ":+1::skin-tone-6:=1F44D-1F3FF"},
      {"Slack, a tone on a ZWJ sequence",
       {Dialect::kSlack},
       ":female-technologist::skin-tone-4:",
       ":female-technologist::skin-tone-4:=1F469-1F3FD-200D-1F4BB"},
      {"Slack, a tone on what takes none",
       {Dialect::kSlack},
       ":rocket::skin-tone-2:",
       ":rocket:=1F680 :skin-tone-2:=1F3FB"},
      {"a tone of another dialect", {Dialect::kGithub}, ":wave::skin-tone-2:", ":wave:=1F44B"},
      {"WeChat in Chinese", {Dialect::kWechat}, "你好[微笑]", "[微笑]=1F642"},
      {"WeChat in English", {Dialect::kWechat}, "hi [Smile]!", "[Smile]=1F642"},
      {"emoticons", {Dialect::kEmoticons}, ":) hi :-)", ":)=1F642 :-)=1F642"},
      {"a heart", {Dialect::kEmoticons}, "I <3 it", "<3=2764"},
      {"the dialect named first counts",
       {Dialect::kGithub, Dialect::kEmojibase},
       ":umbrella:",
       ":umbrella:=2614"},
      {"and the other way round",
       {Dialect::kEmojibase, Dialect::kGithub},
       ":umbrella:",
       ":umbrella:=2602"},
  };
  for (const auto& row : kRows) EXPECT_EQ(Codes(row.text, row.dialects), row.codes) << row.what;
}

TEST(DialectTest, LeavesEverythingElseAlone) {
  for (const char* text : {"http://example.com",          // the classic: ":/" is no 😕
                           "see http://a.b/:wave:",       // in a link
                           "`:wave:`",                    // in code
                           "```\n:wave:\n```",            // in a block of code
                           "<:wave:123456789012345678>",  // Discord's own emoji
                           "<@80351110224678912>",
                           "10:30:",
                           "at 10:30:15",
                           "10:a:",
                           "D:",
                           "Drive D: is full",
                           "C:\\D:\\x",
                           "C:/ is a drive",
                           "a:b:c",
                           ":not_a_code_at_all:",
                           "std::vector::size",
                           "std::wave::x",
                           "::",
                           ":::",
                           ":::wave:::",
                           ": wave :",
                           ":wave",
                           "wave:",
                           "1) 2) 8)",
                           "8)",
                           "EXDEV",
                           "XDG",
                           "foo:)",
                           "(:)",
                           "x:Dx",
                           "[not a name]",
                           "[",
                           "[]",
                           "[Smile",
                           "http://:)",
                           "key:value:",
                           "foo:wave:",
                           ":wave:foo",
                           "//:wave:",
                           "\\:wave:"}) {
    EXPECT_EQ(Codes(text, kAll), "") << text;
  }
}

TEST(DialectTest, NothingIsFoundUnlessItIsNamed) {
  EXPECT_EQ(Codes(":wave: :) [Smile]", {}), "");
  EXPECT_EQ(Codes(":wave: :) [Smile]", {Dialect::kEmoticons}), ":)=1F642");
  EXPECT_EQ(Codes(":wave: :) [Smile]", {Dialect::kWechat}), "[Smile]=1F642");
}

// The whole finite space: every code, alone and in a sentence, is one emoji with its key.
TEST(DialectTest, EveryRowOfEveryDialect) {
  int rows = 0;
  for (const Dialect dialect : kAll) {
    const std::string file =
        SIGNALBOOK_SOURCE_DIR "/data/dialects/" + std::string(DialectName(dialect)) + ".tsv";
    for (const std::vector<std::string>& row : ParseTsv(*ReadFile(file), 3).rows) {
      const std::string expected = row[0] + "=" + row[1];
      ASSERT_EQ(Codes(row[0], {dialect}), expected);
      ASSERT_EQ(Codes("so " + row[0] + " it is", {dialect}), expected);
      ++rows;
    }
  }
  EXPECT_GT(rows, 15000);
}

TEST(DialectTest, NamesAreThoseOfTheTables) {
  for (const Dialect dialect : kAll) EXPECT_EQ(DialectNamed(DialectName(dialect)), dialect);
  EXPECT_EQ(DialectNamed("GitHub"), std::nullopt);
  EXPECT_EQ(DialectNamed(""), std::nullopt);
}

TEST(DialectTest, ACodeIsRenderedLikeItsSequence) {
  const Translator& translator = TestTranslator(nullptr);
  const auto translate = [&](std::string_view text, EmojiMode mode) {
    std::vector<Message> messages;
    messages.push_back(*Normalize(text));
    const TranslateOptions options{.source = TestLocale("en"),
                                   .target = TestLocale("es"),
                                   .emoji_mode = mode,
                                   .dialects = {Dialect::kSlack, Dialect::kEmoticons}};
    const Translation translation = translator.Translate(messages, options).front();
    EXPECT_EQ(FindBreach(messages.front(), translation, translator.book()), std::nullopt) << text;
    return translation;
  };
  EXPECT_EQ(Picture(translate(":flag-ca:", EmojiMode::kKeep)), ":flag-ca:|C");
  EXPECT_EQ(Picture(translate(":flag-ca:", EmojiMode::kName)), "Canadá|B");
  EXPECT_EQ(translate(":flag-ca:", EmojiMode::kName).pieces[0].entry->key, "1F1E8-1F1E6");
  EXPECT_EQ(translate(":flag-ca:", EmojiMode::kKeepAndName).text, ":flag-ca: (Canadá)");
  EXPECT_EQ(translate(":wave::skin-tone-2:", EmojiMode::kName).text,
            translate("👋🏻", EmojiMode::kName).text);
}

// Whatever stands around codes: nothing is lost, nothing is added, nothing is sent twice.
TEST(DialectTest, RandomTextTiles) {
  const char* const kPieces[] = {":",  "::",      ":wave:", ":+1:",    ":skin-tone-2:",
                                 "[",  "]",       "微笑",   ":)",      "<3",
                                 " ",  "a",       "🇨🇦",     "http://", "`",
                                 "@a", "/",       "\\",     "8",       "é",
                                 "👋",  "[Smile]", "\n",     "\u200D"};
  std::mt19937 random(20191214);
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (int n = static_cast<int>(random() % 12); n >= 0; --n) {
      text += kPieces[random() % std::size(kPieces)];
    }
    size_t end = 0;
    for (const Segment& segment : Find(text, kAll)) {
      ASSERT_EQ(segment.range.begin, end) << text;
      ASSERT_FALSE(segment.range.empty()) << text;
      end = segment.range.end;
    }
    ASSERT_EQ(end, text.size()) << text;
  }
}

}  // namespace
}  // namespace signalbook
