#include "translator/sentences.h"

#include <unicode/brkiter.h>

#include <algorithm>
#include <memory>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/test_book.h"
#include "translator/utf8.h"

namespace signalbook {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Optional;

std::vector<Segment> Segments(std::string_view text) {
  return TestTranslator(nullptr).Segments(*Normalize(text));
}

// "{…}" is a sentence, as a model gets it; everything else stands for itself between bars.
std::string Draw(std::string_view text) {
  std::string drawing;
  size_t at = 0;
  std::vector<Segment> segments = Segments(text);
  const std::vector<Chunk> chunks = SplitIntoChunks(text, &segments);
  for (const Chunk& chunk : chunks) {
    for (const Segment& segment : chunk.of(segments)) {
      EXPECT_EQ(segment.range.begin, at) << "chunks must tile";
      at = segment.range.end;
      if (!chunk.is_sentence) drawing += "[" + std::string(segment.range.of(text)) + "]";
    }
    if (chunk.is_sentence) {
      drawing += "{" + ModelText(text, MakeSentence(chunk.of(segments)), AtomStyle::kMarkers) + "}";
    }
  }
  EXPECT_EQ(at, text.size()) << "chunks must tile";
  return drawing;
}

struct Row {
  const char* what;
  const char* text;
  const char* chunks;
};

class ChunksTest : public ::testing::TestWithParam<Row> {};

TEST_P(ChunksTest, Splits) { EXPECT_EQ(Draw(GetParam().text), GetParam().chunks); }

INSTANTIATE_TEST_SUITE_P(
    , ChunksTest,
    ::testing::Values(
        Row{"nothing", "", ""}, Row{"one sentence", "I love dogs.", "{I love dogs.}"},
        Row{"white space stays outside", "  hi there \n", "[  ]{hi there}[ \n]"},
        Row{"two sentences", "I am here. You are not.", "{I am here.}[ ]{You are not.}"},
        Row{"LibreTranslate #439: text behind an emoji", "In my freezer. 😆 I guess.",
            "{In my freezer.}[ ][😆][ ]{I guess.}"},
        Row{"emoji at both edges", "😀 hello 😀", "[😀][ ]{hello}[ ][😀]"},
        Row{"before the full stop is an edge", "I love 🇨🇦!", "{I love}[ ][🇨🇦][!]"},
        Row{"at a comma is a clause edge", "hi 😀, how are you", "{hi}[ ][😀]{, how are you}"},
        Row{"inside a clause is a marker", "I like dogs🐶and cats", "{I like dogs⟦0⟧and cats}"},
        Row{"several inside", "a 🐶 b 🐱 c", "{a ⟦0⟧ b ⟦1⟧ c}"},
        Row{"emoji that follow each other share their place", "a 🐶🐱 🐭 b", "{a ⟦0⟧⟦1⟧ ⟦2⟧ b}"},
        Row{"an apostrophe is no edge", "the 🐶's bone", "{the ⟦0⟧'s bone}"},
        Row{"protected spans stay in the sentence, at its edge too",
            "see https://a.example/b?c=D now", "{see ⟦0⟧ now}"},
        Row{"a sentence end inside a URL is none", "see https://a.example/?Q now. Bye",
            "{see ⟦0⟧ now.}[ ]{Bye}"},
        Row{"no letter, nothing to translate", "5 + 7 = 12!", "[5 + 7 = 12!]"},
        Row{"only protected", "@ana #viaje", "[@ana][ ][#viaje]"},
        Row{"lines are sentences", "one\ntwo", "{one}[\n]{two}"},
        Row{"Chinese", "他在🇨🇦等你。我也是。", "{他在⟦0⟧等你。}{我也是。}"},
        Row{"invisible characters do not reach a model", "a\u200Bb \u00ADc", "{ab c}"},
        Row{"ZWNJ is spelling", "می\u200Cخواهم", "{می\u200Cخواهم}"}),
    [](const auto& row) { return "Row" + std::to_string(row.index); });

// ICU is asked only where a sentence may end: for every character that there is, in the same places as if it were
// asked always.
TEST(SentencesTest, SentencesEndWhereIcuSaysSo) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::BreakIterator> icu(
      icu::BreakIterator::createSentenceInstance(icu::Locale::getRoot(), status));
  ASSERT_TRUE(U_SUCCESS(status));
  int ends = 0;
  for (char32_t c = 1; c < 0x20000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    std::string text = "One";
    AppendUtf8(c, &text);
    text += " Two";
    const icu::UnicodeString unicode = icu::UnicodeString::fromUTF8(text);
    icu->setText(unicode);
    icu->first();
    const bool ends_inside = icu->next() < unicode.length();
    std::vector<Segment> segments = {{.range = {0, text.size()}, .kind = SegmentKind::kProse}};
    const std::vector<Chunk> chunks = SplitIntoChunks(text, &segments);
    const auto sentences = std::count_if(chunks.begin(), chunks.end(),
                                         [](const Chunk& chunk) { return chunk.is_sentence; });
    ASSERT_EQ(sentences, ends_inside ? 2 : 1) << "U+" << std::hex << static_cast<uint32_t>(c);
    ends += ends_inside;
  }
  EXPECT_GT(ends, 100);
}

TEST(SentencesTest, PartsStandAlone) {
  const std::string text = "meet {{name}} at 5pm";
  std::vector<Segment> segments = Segments(text);
  const std::vector<Chunk> chunks = SplitIntoChunks(text, &segments);
  ASSERT_EQ(chunks.size(), 1u);
  const std::vector<Chunk> parts = SplitIntoParts(text, chunks[0], &segments);
  std::string drawing;
  for (const Chunk& part : parts) {
    for (const Segment& segment : part.of(segments)) {
      drawing += (part.is_sentence ? "{" : "[") + std::string(segment.range.of(text)) + "|";
    }
  }
  EXPECT_EQ(drawing, "{meet|[ |[{{name}}|[ |{at 5pm|");
}

TEST(SentencesTest, CutsAtMarkersOnlyIfEachStandsOnceAndInOrder) {
  EXPECT_THAT(SplitAtMarkers("a ⟦0⟧ b ⟦1⟧", 2), Optional(ElementsAre("a ", " b ", "")));
  EXPECT_THAT(SplitAtMarkers("plain", 0), Optional(ElementsAre("plain")));
  for (const char* bad : {"a b", "⟦0⟧", "⟦1⟧ ⟦0⟧", "⟦0⟧ ⟦0⟧ ⟦1⟧", "⟦0⟧ ⟦1⟧ ⟦2⟧", "⟦0 ⟧ ⟦1⟧",
                          "⟦0⟧ ⟦1⟧ ⟦", "⟦00⟧ ⟦1⟧"}) {
    EXPECT_THAT(SplitAtMarkers(bad, 2), Eq(std::nullopt)) << bad;
  }
  EXPECT_THAT(SplitAtMarkers("a ⟦0⟧", 0), Eq(std::nullopt)) << "nobody asked for a marker";
}

TEST(SentencesTest, ProportionNeverCutsAWord) {
  const std::string text = "I like dogs🐶and cats";
  std::vector<Segment> segments = Segments(text);
  const Sentence sentence = MakeSentence(SplitIntoChunks(text, &segments).front().of(segments));
  EXPECT_THAT(SplitByProportion(sentence, "Me gustan los perros y los gatos"),
              ElementsAre("Me gustan los perros", " y los gatos"));
  EXPECT_THAT(SplitByProportion(sentence, "palabra"), ElementsAre("palabra", ""));
  EXPECT_THAT(SplitByProportion(sentence, ""), ElementsAre("", ""));
}

}  // namespace
}  // namespace signalbook
