#include "translator/segment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_split.h"
#include "tests/support/test_table.h"
#include "translator/tsv.h"

namespace signalbook {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// "mention:@ana" for each span.
std::vector<std::string> Spans(const Protector& protector, std::string_view text) {
  std::vector<std::string> spans;
  for (const Protector::Span& span : protector.Find(text)) {
    spans.push_back(std::string(protector.RuleName(span.rule)) + ":" +
                    std::string(span.range.of(text)));
  }
  return spans;
}

TEST(ProtectedTableTest, EveryExampleDoesWhatItsRowSays) {
  const auto table = ReadTsv(std::string(SIGNALBOOK_SOURCE_DIR) + "/data/protected.tsv", 4);
  ASSERT_TRUE(table.ok()) << table.status();
  const Protector& protector = TestProtector();
  int matches = 0;
  int others = 0;
  for (const auto& row : table->rows) {
    const std::vector<std::string> examples = absl::StrSplit(row[2], " | ");
    for (const std::string& example : examples) {
      const std::string span = row[0] + ":" + example;
      EXPECT_THAT(Spans(protector, example), ElementsAre(span));
      EXPECT_THAT(Spans(protector, "so " + example + " and"), ElementsAre(span));
      EXPECT_THAT(Spans(protector, "(" + example + ")"), ElementsAre(span));
      EXPECT_THAT(Spans(protector, "see " + example + "."), ElementsAre(span));
      EXPECT_THAT(Spans(protector, example + ", ok?\n" + example), ElementsAre(span, span));
      EXPECT_THAT(Spans(protector, "看 " + example + "。"), ElementsAre(span));
      ++matches;
    }
    const std::vector<std::string> counterexamples = absl::StrSplit(row[3], " | ");
    for (const std::string& example : counterexamples) {
      for (const std::string& text : {example, "so " + example + " and"}) {
        for (const std::string& span : Spans(protector, text)) {
          EXPECT_THAT(span, ::testing::Not(::testing::StartsWith(row[0] + ":"))) << text;
        }
      }
      ++others;
    }
  }
  RecordProperty("matches", matches);
  RecordProperty("does_not_match", others);
}

TEST(ProtectorTest, PlainChatHasNothingProtected) {
  for (const char* text : {
           "at 10:30, a@b costs $5. C# and 5# are no tags; 100% sure :) <3",
           "¡Qué día! ¿Vienes? 3.14 no es 22/7...",
           "你好，世界！今天10:30见。",
           "I'll be there @ 5pm, etc. etc.; he said: \"no\" (twice) #1",
           "Persian می‌خواهم and 1,000.50 * 2 = [x]",
           "e.g. i.e. U.S.A. J.R.R. end.Start",
       }) {
    EXPECT_THAT(Spans(TestProtector(), text), IsEmpty()) << text;
  }
}

TEST(ProtectorTest, SpansInContext) {
  const struct {
    const char* description;
    const char* text;
    std::vector<const char*> spans;
  } rows[] = {
      {"trailing punctuation is not the link's",
       "(see https://example.com/a.b!), \"www.example.com/x\"; 'http://a.io'? «http://b.io»",
       {"url:https://example.com/a.b", "url:www.example.com/x", "url:http://a.io",
        "url:http://b.io"}},
      {"a link in Markdown",
       "[here](https://example.com/a_(b))",
       {"url:https://example.com/a_(b)"}},
      {"Slack's links", "<https://example.com|the label>", {"url:https://example.com"}},
      {"full-width punctuation ends a link",
       "看https://example.com/a，好吗？",
       {"url:https://example.com/a"}},
      {"an emoji behind a link is not the link's",
       "https://example.com/party🎉🎉 yes",
       {"url:https://example.com/party"}},
      {"an address is one span, not a name and a domain",
       "mail ana@example.com",
       {"email:ana@example.com"}},
      {"neighbours share their context",
       "@ana @bob #x #y",
       {"mention:@ana", "mention:@bob", "hashtag:#x", "hashtag:#y"}},
      {"neighbours without any",
       "%s%d{a}{b}",
       {"printf:%s", "printf:%d", "template_brace:{a}", "template_brace:{b}"}},
      {"code holds whatever it likes", "`@ana {x} https://a.io`", {"code:`@ana {x} https://a.io`"}},
      {"a name at the end of a sentence", "thanks, @ana.", {"mention:@ana"}},
      {"a name behind Chinese text", "你好@ana", {"mention:@ana"}},
      {"Weibo's tags", "我爱#上海#", {"hashtag:#上海"}},
  };
  for (const auto& row : rows) {
    EXPECT_THAT(Spans(TestProtector(), row.text), ElementsAreArray(row.spans)) << row.description;
  }
}

TEST(ProtectorTest, CreateNamesTheRuleItRejects) {
  const struct {
    const char* description;
    const char* pattern;
    const char* message;
  } rows[] = {
      {"does not compile", "(", "protected rule 'bad': missing )"},
      {"two groups", "(a)(b)", "more than one capturing group"},
      {"matches nothing at all", "a*", "matches the empty string"},
  };
  for (const auto& row : rows) {
    const auto protector = Protector::Create({{"good", "x"}, {"bad", row.pattern}});
    EXPECT_EQ(protector.status().code(), absl::StatusCode::kInvalidArgument) << row.description;
    EXPECT_THAT(std::string(protector.status().message()), HasSubstr(row.message));
  }
}

TEST(ProtectorTest, TheEarlierRowWinsAndGroupsAreTheSpan) {
  const auto protector = Protector::Create(
      {{"first", "ab"}, {"second", "abc"}, {"context", "x(y)z"}, {"any", R"(\bq?)"}});
  ASSERT_TRUE(protector.ok()) << protector.status();
  EXPECT_THAT(Spans(*protector, "abc xyz q"), ElementsAre("first:ab", "context:y", "any:q"));
}

TEST(ProtectorTest, NoRulesProtectNothing) {
  const auto protector = Protector::Create({});
  ASSERT_TRUE(protector.ok()) << protector.status();
  EXPECT_THAT(protector->Find("https://example.com"), IsEmpty());
}

// Rules that RE2 can give no atoms for must not be filtered away.
TEST(ProtectorTest, RulesWithoutFixedTextStillMatch) {
  const auto protector = Protector::Create({{"letters", R"(\p{Lu}{3,})"}, {"at", "@Ab"}});
  ASSERT_TRUE(protector.ok()) << protector.status();
  EXPECT_THAT(Spans(*protector, "see NATO"), ElementsAre("letters:NATO"));
}

// p: prose, e: emoji, rule name: protected.
std::vector<std::string> Segments(std::string_view text) {
  std::vector<std::string> described;
  for (const Segment& segment : SegmentText(text, TestTable(), TestProtector())) {
    std::string what = "p";
    if (segment.kind == SegmentKind::kEmoji) what = "e";
    if (segment.kind == SegmentKind::kProtected) {
      what = TestProtector().RuleName(segment.rule);
    }
    described.push_back(what + ":" + std::string(segment.range.of(text)));
  }
  return described;
}

TEST(SegmentTextTest, Rows) {
  const struct {
    const char* description;
    const char* text;
    std::vector<const char*> segments;
  } rows[] = {
      {"nothing", "", {}},
      {"prose only", "hello", {"p:hello"}},
      {"the example of text.h", "I love 🇨🇦!", {"p:I love ", "e:🇨🇦", "p:!"}},
      {"emoji only", "😀🇨🇦", {"e:😀", "e:🇨🇦"}},
      {"an emoji inside a link belongs to it",
       "https://example.com/🍕/menu",
       {"url:https://example.com/🍕/menu"}},
      {"an emoji behind a link does not",
       "https://example.com/🍕",
       {"url:https://example.com/", "e:🍕"}},
      {"an emoji inside code belongs to it", "`😀`!", {"code:`😀`", "p:!"}},
      {"a span never ends inside an emoji: the keycap keeps its digit",
       "https://example.com/1️⃣",
       {"url:https://example.com/", "e:1️⃣"}},
      {"nor inside a tag", "#win2️⃣ yes", {"hashtag:#win", "e:2️⃣", "p: yes"}},
      {"nor between a character and its U+FE0E (found by fuzzing)",
       "https://example.com/9\uFE0E\u20E3",
       {"url:https://example.com/", "text_style:9\uFE0E\u20E3"}},
      {"what U+FE0E makes text is kept from models, which would lose the selector",
       "\u231A\uFE0E first, 1\uFE0E\u20E3\U0001F44D\uFE0E ©\uFE0E",
       {"text_style:\u231A\uFE0E", "p: first, ", "text_style:1\uFE0E\u20E3",
        "text_style:\U0001F44D\uFE0E", "p: ", "text_style:©\uFE0E"}},
      {"a keycap is no tag", "#️⃣love", {"e:#️⃣", "p:love"}},
      {"a name, an emoji, a link",
       "@ana 🎉 https://a.io",
       {"mention:@ana", "p: ", "e:🎉", "p: ", "url:https://a.io"}},
      {"a name right behind an emoji", "🎉@ana", {"e:🎉", "mention:@ana"}},
  };
  for (const auto& row : rows) {
    EXPECT_THAT(Segments(row.text), ElementsAreArray(row.segments)) << row.description;
  }
}

TEST(SegmentTextTest, SpansAreCutBackOnBothSides) {
  const auto protector = Protector::Create({{"broken", "[\uFE0F\u20E3]+x|ab?[\U0001F468]"}});
  ASSERT_TRUE(protector.ok()) << protector.status();
  const std::string text = "1\uFE0F\u20E3x a\U0001F468\u200D\U0001F469";
  std::string kinds;
  for (const Segment& segment : SegmentText(text, TestTable(), *protector)) {
    kinds += "pek"[static_cast<int>(segment.kind)];
  }
  // [1️⃣][x][ ][a][👨‍👩]
  EXPECT_EQ(kinds, "ekpke");
}

TEST(SegmentTextTest, ASpanDoesNotBeginWithTheSelectorOfTheCharacterBefore) {
  const auto protector = Protector::Create({{"broken", "\uFE0E+x|\uFE0E"}});
  ASSERT_TRUE(protector.ok()) << protector.status();
  const std::string text = "\u231A\uFE0Ex \u231A\uFE0E";  // nothing is left of the second span
  const std::vector<Segment> segments = SegmentText(text, TestTable(), *protector);
  ASSERT_EQ(segments.size(), 4u);
  EXPECT_EQ(segments[0].range.of(text), "\u231A\uFE0E");
  EXPECT_EQ(segments[1].kind, SegmentKind::kProtected);
  EXPECT_EQ(segments[2].range.of(text), " ");
  EXPECT_EQ(segments[3].range.of(text), "\u231A\uFE0E");
}

TEST(SegmentTextTest, CarriesTheCluster) {
  const std::vector<Segment> segments =
      SegmentText("x \U0001F1FE\U0001F1FA", TestTable(), TestProtector());
  ASSERT_EQ(segments.size(), 2u);
  EXPECT_EQ(segments[1].emoji.range, segments[1].range);
  EXPECT_EQ(segments[1].emoji.diagnosis, Diagnosis::kDeprecatedRegion);
  EXPECT_EQ(segments[1].rule, -1);
}

}  // namespace
}  // namespace signalbook
