#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/test_table.h"
#include "translator/emoji.h"
#include "translator/utf8.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;

// An image where View wants it: aligned to 8.
class Aligned {
 public:
  explicit Aligned(std::string_view image) : words_(image.size() / 8 + 1), size_(image.size()) {
    std::memcpy(words_.data(), image.data(), size_);
  }
  char* data() { return reinterpret_cast<char*>(words_.data()); }
  std::string_view view() { return {data(), size_}; }

 private:
  std::vector<uint64_t> words_;
  size_t size_;
};

const std::vector<EmojiTable::ClassRange> kClasses = {
    {0x30, 0x39, EmojiClass::kKeycapBase},
    {0x1F600, 0x1F64F, EmojiClass::kPresentation},
    {0x10FFFF, 0x10FFFF, EmojiClass::kReserved},
};

TEST(EmojiTableTest, RejectsWhatIsNoTable) {
  const struct {
    const char* description;
    std::vector<EmojiTable::Entry> entries;
    std::vector<EmojiTable::ClassRange> classes;
    const char* message;
  } rows[] = {
      {"empty key", {{U"", 0}}, {}, "is empty"},
      {"U+FE0F in a key", {{U"\u2764\uFE0F", 0}}, {}, "2764 holds U+FE0F"},
      {"a key twice", {{U"ab", 0}, {U"ab", 1}}, {}, "0061-0062 stands twice"},
      {"no id", {{U"ab"}}, {}, "has no id"},
      {"ranges overlap",
       {},
       {{0x30, 0x39, EmojiClass::kZwj}, {0x39, 0x40, EmojiClass::kVs15}},
       "U+0039 is in two ranges"},
      {"a reversed range", {}, {{0x39, 0x30, EmojiClass::kZwj}}, "reversed"},
      {"beyond Unicode", {}, {{0x30, 0x110000, EmojiClass::kZwj}}, "beyond"},
  };
  for (const auto& row : rows) {
    const auto image = EmojiTable::Build(row.entries, row.classes);
    EXPECT_EQ(image.status().code(), absl::StatusCode::kInvalidArgument) << row.description;
    EXPECT_THAT(std::string(image.status().message()), HasSubstr(row.message));
  }
}

TEST(EmojiTableTest, HoldsWhatItWasBuiltFrom) {
  const auto built = EmojiTable::Build(
      {{U"ab", 7, EmojiKind::kZwj, EmojiStatus::kValidNotRgi}, {U"a", 2}}, kClasses);
  ASSERT_TRUE(built.ok());
  Aligned image(*built);
  const auto table = EmojiTable::View(image.view());
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->ClassOf('0'), EmojiClass::kKeycapBase);
  EXPECT_EQ(table->ClassOf('/'), EmojiClass::kNone);
  EXPECT_EQ(table->ClassOf(0x1F64F), EmojiClass::kPresentation);
  EXPECT_EQ(table->ClassOf(0x1F650), EmojiClass::kNone);
  EXPECT_EQ(table->ClassOf(0x10FFFF), EmojiClass::kReserved);
  EXPECT_EQ(table->ClassOf(0x110000), EmojiClass::kNone);
  ASSERT_TRUE(table->Find("ab"));
  EXPECT_EQ(table->Find("ab")->key, 7u);
  EXPECT_EQ(table->Find("ab")->kind, EmojiKind::kZwj);
  EXPECT_EQ(table->Find("ab")->status, EmojiStatus::kValidNotRgi);
  EXPECT_EQ(table->Find("a\uFE0F")->key, 2u);
  for (std::string_view missing : {"", "b", "ba", "abc", "\uFE0F"}) {
    EXPECT_FALSE(table->Find(missing)) << missing;
  }
  EXPECT_EQ(table->key_limit(), 8u);
  EXPECT_EQ(table->Step(EmojiTable::kDead, 'a'), EmojiTable::kDead);
}

TEST(EmojiTableTest, SameRowsSameBytes) {
  const std::vector<EmojiTable::Entry> entries = {{U"ab", 0}, {U"ac", 1}};
  EXPECT_EQ(*EmojiTable::Build(entries, kClasses), *EmojiTable::Build(entries, kClasses));
}

TEST(EmojiTableTest, ATableOfNothingFindsNothing) {
  const EmojiTable empty;
  EXPECT_EQ(empty.ClassOf('0'), EmojiClass::kNone);
  EXPECT_FALSE(empty.Find("a"));
  std::vector<EmojiCluster> clusters;
  FindEmoji("1\uFE0F\u20E3 \U0001F600", empty, &clusters);
  EXPECT_TRUE(clusters.empty());

  const auto built = EmojiTable::Build({}, {});
  ASSERT_TRUE(built.ok());
  Aligned image(*built);
  const auto table = EmojiTable::View(image.view());
  ASSERT_TRUE(table.ok());
  EXPECT_FALSE(table->Find("a"));
}

TEST(EmojiTableTest, AnImageThatIsNotOneIsDataLoss) {
  const std::string built = *EmojiTable::Build({{U"ab", 0}}, kClasses);
  Aligned image(built);
  for (size_t size : {size_t{0}, size_t{8}, size_t{31}, built.size() / 2, built.size() - 1}) {
    EXPECT_EQ(EmojiTable::View(image.view().substr(0, size)).status().code(),
              absl::StatusCode::kDataLoss)
        << size;
  }
  EXPECT_EQ(EmojiTable::View(image.view().substr(1)).status().code(), absl::StatusCode::kDataLoss);
  image.data()[0] ^= 1;
  EXPECT_EQ(EmojiTable::View(image.view()).status().code(), absl::StatusCode::kDataLoss);
}

// Under ASan this reads every part of the image through every access there is.
TEST(EmojiTableTest, ADamagedImageDoesNotCrash) {
  const std::string built = *EmojiTable::Build(
      {{U"ab", 0}, {U"\U0001F600", 1}, {U"\U0001F468\u200D\U0001F469", 2}}, kClasses);
  std::string text;
  for (const char* hex : {"0061 0062", "1F600", "1F468 200D 1F469", "0031 FE0F 20E3", "1F64F"}) {
    text += FromHex(hex);
  }
  std::mt19937 random(1);
  int viewed = 0;
  for (int round = 0; round < 20000; ++round) {
    Aligned image(built);
    // Few changes to the header leave an image that View takes, so most rounds spare it.
    const size_t first = round % 4 == 0 ? 8 : 32;
    for (int change = 0; change < 4; ++change) {
      const size_t at = first + random() % (round % 4 == 0 ? 24 : built.size() - first);
      image.data()[at] = static_cast<char>(random() % 4 == 0 ? random() : random() % 4);
    }
    const auto table = EmojiTable::View(image.view());
    if (!table.ok()) continue;
    ++viewed;
    std::vector<EmojiCluster> clusters;
    FindEmoji(text, *table, &clusters);
    for (char32_t c = 0; c <= kLastCodePoint; c += 0x101) table->ClassOf(c);
    for (size_t at = 0; at < text.size(); at = DecodeUtf8(text, at).end) {
      table->Find(std::string_view(text).substr(at));
    }
  }
  EXPECT_GT(viewed, 100);
}

TEST(EmojiTableTest, TheRealTableKnowsEveryEntryByItsId) {
  for (const EmojiTable::Entry& entry : TestEntries()) {
    const auto found = TestTable().Find(ToUtf8(entry.key));
    ASSERT_TRUE(found) << KeyOf(ToUtf8(entry.key));
    EXPECT_EQ(found->key, entry.id);
    EXPECT_EQ(found->kind, entry.kind);
    EXPECT_EQ(found->status, entry.status);
  }
  EXPECT_EQ(TestTable().key_limit(), TestEntries().size());
}

}  // namespace
}  // namespace signalbook
