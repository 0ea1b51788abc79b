#include "translator/emoji_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/support/test_table.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;

TEST(MakeEmojiRowsTest, OrderAndIds) {
  EmojiSource source;
  source.sequences = {{"1F1E8-1F1E6", "1F1E8-1F1E6", "flag", "2.0", "", ""},
                      {"2764", "2764-FE0F", "presentation", "0.6", "", ""}};
  source.regions = {{"CA", "regular"}, {"YU", "deprecated"}};
  source.subdivisions = {{"usca", "regular"}, {"fra", "deprecated"}};
  const auto rows = MakeEmojiRows(source);
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->entries.size(), 5u);
  for (KeyId id = 0; id < 5; ++id) EXPECT_EQ(rows->entries[id].id, id);
  EXPECT_EQ(rows->entries[1].key, U"\u2764");
  EXPECT_EQ(rows->entries[1].kind, EmojiKind::kBasic);
  EXPECT_EQ(rows->entries[2].key, U"\U0001F1FE\U0001F1FA");
  EXPECT_EQ(rows->entries[2].kind, EmojiKind::kFlag);
  EXPECT_EQ(rows->entries[2].status, EmojiStatus::kValidNotRgi);
  EXPECT_EQ(rows->entries[3].key, U"\U0001F3F4\U000E0075\U000E0073\U000E0063\U000E0061\U000E007F");
  EXPECT_EQ(rows->entries[4].kind, EmojiKind::kTagFlag);
}

TEST(MakeEmojiRowsTest, QuotesTheCellItCannotRead) {
  const struct {
    const char* description;
    EmojiSource source;
    const char* message;
  } rows[] = {
      {"key", {.sequences = {{"1F60Z", "", "basic", "", "", ""}}}, "'1F60Z' is not a code point"},
      {"empty key", {.sequences = {{"", "", "basic", "", "", ""}}}, "'' is not a code point"},
      {"kind", {.sequences = {{"1F600", "", "smiley", "", "", ""}}}, "'smiley' is not a kind"},
      {"range", {.code_points = {{"110000", "110000", "Emoji"}}}, "'110000' is not a code point"},
      {"property", {.code_points = {{"1F600", "1F600", "Emo"}}}, "'Emo' is not an emoji property"},
      {"region", {.regions = {{"001", "macroregion"}}}, "'001' is not a region"},
      {"long region", {.regions = {{"USA", "regular"}}}, "'USA' is not a region"},
      {"subdivision", {.subdivisions = {{"US-CA", "regular"}}}, "'US-CA' is not a subdivision"},
  };
  for (const auto& row : rows) {
    const auto made = MakeEmojiRows(row.source);
    EXPECT_EQ(made.status().code(), absl::StatusCode::kInvalidArgument) << row.description;
    EXPECT_THAT(std::string(made.status().message()), HasSubstr(row.message));
  }
}

TEST(MakeEmojiRowsTest, TheRealTables) {
  const auto count = [](auto matches) {
    return std::count_if(TestEntries().begin(), TestEntries().end(), matches);
  };
  const auto is = [](EmojiKind kind, EmojiStatus status) {
    return [=](const EmojiTable::Entry& e) { return e.kind == kind && e.status == status; };
  };
  EXPECT_EQ(count([](const auto& e) { return e.status == EmojiStatus::kRgi; }), 3972);
  EXPECT_EQ(count(is(EmojiKind::kFlag, EmojiStatus::kRgi)), 259);
  EXPECT_EQ(count(is(EmojiKind::kFlag, EmojiStatus::kValidNotRgi)), 12);
  EXPECT_EQ(count(is(EmojiKind::kTagFlag, EmojiStatus::kRgi)), 3);
  EXPECT_GE(count(is(EmojiKind::kTagFlag, EmojiStatus::kValidNotRgi)), 5029 + 577 - 3);
  EXPECT_EQ(TestTable().ClassOf(U'©'), EmojiClass::kTextDefault);
  EXPECT_EQ(TestTable().ClassOf(U'☝'), EmojiClass::kTextDefaultBase);
  EXPECT_EQ(TestTable().ClassOf(U'⌚'), EmojiClass::kVariable);
  EXPECT_EQ(TestTable().ClassOf(U'👍'), EmojiClass::kVariableBase);
  EXPECT_EQ(TestTable().ClassOf(U'7'), EmojiClass::kKeycapBase);
  EXPECT_EQ(TestTable().ClassOf(U'🏻'), EmojiClass::kModifier);
  EXPECT_EQ(TestTable().ClassOf(0x1F1E6), EmojiClass::kRegionalIndicator);
}

}  // namespace
}  // namespace signalbook
