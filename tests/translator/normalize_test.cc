#include "translator/normalize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace signalbook {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(FindInvalidUtf8Test, Rows) {
  const struct {
    const char* description;
    std::string_view text;
    std::optional<size_t> offset;
  } rows[] = {
      {"empty", "", std::nullopt},
      {"ASCII longer than a word", "twelve bytes", std::nullopt},
      {"U+0000 is a character", std::string_view("a\0b", 3), std::nullopt},
      {"one of each length", "\x7F\xC2\x80\xE0\xA0\x80\xF0\x90\x80\x80", std::nullopt},
      {"the last of each length", "\xDF\xBF\xEF\xBF\xBF\xF4\x8F\xBF\xBF", std::nullopt},
      {"either side of the surrogates", "\xED\x9F\xBF\xEE\x80\x80", std::nullopt},
      {"noncharacters are characters", "\xEF\xBF\xBE\xEF\xB7\x90", std::nullopt},
      {"a lone trail byte", "ab\x80", 2},
      {"overlong: C0 and C1 never begin anything", "a\xC0\x80", 1},
      {"overlong: C1", "\xC1\xBF", 0},
      {"overlong: three bytes", "\xE0\x9F\xBF", 0},
      {"overlong: four bytes", "\xF0\x8F\xBF\xBF", 0},
      {"a surrogate", "abc\xED\xA0\x80", 3},
      {"beyond U+10FFFF", "\xF4\x90\x80\x80", 0},
      {"F5 never begins anything", "\xF5\x80\x80\x80", 0},
      {"FF", "\xFF", 0},
      {"cut off after two of three", "ab\xE2\x82", 2},
      {"cut off after three of four", "\xF0\x9F\x98", 0},
      {"a letter where a trail byte belongs", "\xE2\x82z", 0},
      {"a bad third byte", "\xF0\x9F\x28\x80", 0},
      {"a bad fourth byte", "\xF0\x9F\x98\xC0", 0},
      {"the first of two", "12345678\xFF\xFF", 8},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(FindInvalidUtf8(row.text), row.offset) << row.description;
  }
}

// Whether all second bytes are as table 3-7 says, against a decoder that does it the slow way.
TEST(FindInvalidUtf8Test, AllSequencesOfTwoBytesAndAZeroTrail) {
  for (int lead = 0; lead < 256; ++lead) {
    for (int second = 0; second < 256; ++second) {
      std::string text = {static_cast<char>(lead), static_cast<char>(second)};
      const int length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
      while (static_cast<int>(text.size()) < length) text += '\x80';
      long value = length == 1 ? lead : lead & (0x7F >> length);
      bool valid = length == 1 ? second < 0x80 : lead >= 0xC0 && lead < 0xF8;
      for (int i = 1; i < length; ++i) {
        valid = valid && (text[i] & 0xC0) == 0x80;
        value = value << 6 | (text[i] & 0x3F);
      }
      constexpr long kFirst[] = {0, 0, 0x80, 0x800, 0x10000};
      valid = valid && value >= kFirst[length] && value <= 0x10FFFF &&
              !(value >= 0xD800 && value <= 0xDFFF);
      EXPECT_EQ(!FindInvalidUtf8(text).has_value(), valid) << lead << " " << second;
    }
  }
}

TEST(NormalizeTest, SaysWhereAndNothingOfTheText) {
  const auto message = Normalize("secret\xFF");
  EXPECT_EQ(message.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(message.status().message()), HasSubstr("byte 6"));
  EXPECT_THAT(std::string(message.status().message()), Not(HasSubstr("secret")));
}

TEST(NormalizeTest, DoesNotCopyWhatIsNfc) {
  for (std::string_view text :
       {"", "plain", "caf\u00E9 \u4F60\u597D", "\u2122 \u2139 \u203C",
        "\U0001F468\u200D\U0001F469\u200D\U0001F467 \u2764\uFE0F", "\u0E01\u0E33 a\u0323"}) {
    const auto message = Normalize(text);
    ASSERT_TRUE(message.ok());
    EXPECT_EQ(message->changed(), text == "\u0E01\u0E33 a\u0323") << text;
    if (!message->changed()) {
      EXPECT_EQ(message->text().data(), text.data());
    }
  }
}

TEST(NormalizeTest, MapsRangesBack) {
  // e◌́ x 가 (jamo) 😀 A◌̊
  const std::string text = "e\u0301x\u1100\u1161\U0001F600A\u030A";
  const auto message = Normalize(text);
  ASSERT_TRUE(message.ok());
  EXPECT_EQ(message->text(), "\u00E9x\uAC00\U0001F600\u00C5");
  EXPECT_EQ(message->original(), text);
  const struct {
    const char* description;
    ByteRange nfc;
    ByteRange original;
  } rows[] = {
      {"everything", {0, 12}, {0, 17}},
      {"a stretch", {0, 2}, {0, 3}},
      {"what follows it", {2, 3}, {3, 4}},
      {"stretch and text", {0, 3}, {0, 4}},
      {"a jamo syllable", {3, 6}, {4, 10}},
      {"an emoji", {6, 10}, {10, 14}},
      {"the end", {10, 12}, {14, 17}},
      {"the first half has the whole stretch", {0, 1}, {0, 3}},
      {"the second half nothing", {1, 2}, {3, 3}},
      {"empty, at the start", {0, 0}, {0, 0}},
      {"empty, at the end", {12, 12}, {17, 17}},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(message->ToOriginal(row.nfc), row.original) << row.description;
  }
}

TEST(NormalizeTest, NeighboursStayNeighbours) {
  const std::string text = "\u0041\u030A\u1112\u1161\u11AB q\u0307\u0323 \uFB1D \u2126";
  const auto message = Normalize(text);
  ASSERT_TRUE(message.ok());
  for (size_t cut = 0; cut <= message->text().size(); ++cut) {
    const ByteRange left = message->ToOriginal({0, cut});
    const ByteRange right = message->ToOriginal({cut, message->text().size()});
    EXPECT_EQ(left.begin, 0u);
    EXPECT_EQ(left.end, right.begin);
    EXPECT_EQ(right.end, text.size());
  }
}

TEST(NormalizeTest, IsIdempotentAndOutlivesAMove) {
  auto first = Normalize("e\u0301");  // short enough to live inside the string object
  ASSERT_TRUE(first.ok());
  const Message moved = *std::move(first);
  EXPECT_EQ(moved.text(), "\u00E9");
  const auto second = Normalize(moved.text());
  ASSERT_TRUE(second.ok());
  EXPECT_FALSE(second->changed());
}

// NFKC would rewrite these (normalize.h).
TEST(NormalizeTest, LeavesCompatibilityEmojiAlone) {
  for (std::string_view emoji : {"\u2122\uFE0F", "\u2139\uFE0F", "\u203C\uFE0F", "\u24C2\uFE0F",
                                 "\u3297\uFE0F", "\U0001F170\uFE0F", "\U0001F201"}) {
    const auto message = Normalize(emoji);
    ASSERT_TRUE(message.ok());
    EXPECT_FALSE(message->changed()) << emoji;
  }
}

}  // namespace
}  // namespace signalbook
