#include "translator/models/apertium_format.h"

#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace signalbook {
namespace {

using std::string_view_literals::operator""sv;

TEST(EscapeForApertiumTest, Escapes) {
  struct {
    const char* description;
    std::string_view text;
    std::string_view escaped;
  } const kRows[] = {
      {"plain text is left alone", "I love it!", "I love it!"},
      {"what the format uses", R"(\[]^$/<>{}@)", R"(\\\[\]\^\$\/\<\>\{\}\@)"},
      {"marks are text in the source", "*a #b", "*a #b"},
      {"the post-generator's mark", "a~b", "a[~]b"},
      {"a marker is a superblank", "I love ⟦0⟧!", "I love [⟦0⟧]!"},
      {"two markers side by side", "⟦0⟧⟦12⟧", "[⟦0⟧][⟦12⟧]"},
      {"not markers", "⟦⟧ ⟦x⟧ ⟦1 ⟧ ⟦1", "⟦⟧ ⟦x⟧ ⟦1 ⟧ ⟦1"},
      {"NUL would flush", "a\0b"sv, "ab"},
      {"NFD is composed", "sen\u0303or", "señor"},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(*EscapeForApertium(row.text), row.escaped) << row.description;
  }
}

TEST(EscapeForApertiumTest, RejectsWhatTheEngineCannotRead) {
  for (std::string_view text : {"a\xFFz"sv, "\xC3"sv, "\xED\xA0\x80"sv, "a\uFFFFz"sv}) {
    const auto escaped = EscapeForApertium(text);
    EXPECT_EQ(escaped.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(escaped.status().message(), testing::Not(testing::HasSubstr("z")));
  }
}

TEST(FrameForApertiumTest, RoundTripsThroughAnEngineThatChangesNothing) {
  for (std::string_view text : {"hi", " a  b ", R"([7]x.[7])", "⟦0⟧ ~ ⟦1⟧", "...", "", R"(\)"}) {
    std::string framed = FrameForApertium(*EscapeForApertium(text), 7);
    ASSERT_EQ(framed.back(), '\0');
    framed.pop_back();
    EXPECT_EQ(*DecodeFromApertium(framed, 7, text), text);
  }
}

TEST(DecodeFromApertiumTest, TakesSpacesAway) {
  EXPECT_EQ(*DecodeFromApertium("[1] Te quieres.  Te odias.[1]", 1, "I love you. I hate you"),
            "Te quieres. Te odias");
  EXPECT_EQ(*DecodeFromApertium("[1]Hola.[1]", 1, " hi\n"), " Hola\n");
  EXPECT_EQ(*DecodeFromApertium("[1]a  b.[1]", 1, "a  b"), "a  b");
}

TEST(DecodeFromApertiumTest, KeepsMarksOfUnknownWords) {
  EXPECT_EQ(*DecodeFromApertium("[1]*Ana @b #c.[1]", 1, "Ana b c"), "*Ana @b #c");
}

TEST(DecodeFromApertiumTest, RefusesWhatIsNotTheAnswer) {
  struct {
    const char* description;
    std::string_view answer;
  } const kRows[] = {
      {"another question's", "[8]hola.[8]"},
      {"no number", "hola"},
      {"cut short", "[7]hol"},
      {"cut before the period", "[7]hola[7]"},
      {"nothing", ""},
      {"only half a frame", "[7].[7"},
      {"overlapping brackets", ".[7]"},
      {"an open bracket", "[7]a [b.[7]"},
      {"a closing bracket", "[7]a ]b.[7]"},
      {"numbers differ", "[7]hola.[8]"},
  };
  for (const auto& row : kRows) {
    const auto text = DecodeFromApertium(row.answer, 7, "hi");
    EXPECT_EQ(text.status().code(), absl::StatusCode::kInternal) << row.description;
  }
}

}  // namespace
}  // namespace signalbook
