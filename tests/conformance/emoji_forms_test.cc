// Every sequence there is: all forms of emoji-test.txt, all variation sequences, all pairs of
// regional indicators, all subdivisions.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/test_table.h"
#include "translator/emoji.h"
#include "translator/tsv.h"
#include "translator/utf8.h"

namespace signalbook {
namespace {

std::vector<EmojiCluster> Find(std::string_view text) {
  std::vector<EmojiCluster> clusters;
  FindEmoji(text, TestTable(), &clusters);
  return clusters;
}

bool IsTextDefault(EmojiClass c) {
  return c == EmojiClass::kTextDefault || c == EmojiClass::kTextDefaultBase;
}

// Whether the only cluster of `text` is [begin, begin + form.size()) with the key of `form`.
bool IsOneCluster(std::string_view text, size_t begin, std::string_view form) {
  const std::vector<EmojiCluster> clusters = Find(text);
  return clusters.size() == 1 && clusters[0].range == ByteRange{begin, begin + form.size()} &&
         clusters[0].key == TestTable().Find(form)->key &&
         clusters[0].diagnosis == Diagnosis::kNone;
}

TEST(EmojiTestForms, EveryFormResolvesAndIsFound) {
  const auto forms =
      ReadTsv(std::string(SIGNALBOOK_SOURCE_DIR) + "/tests/conformance/emoji_test_forms.tsv", 3);
  ASSERT_TRUE(forms.ok()) << forms.status();
  int prose = 0;
  std::set<KeyId> keys;
  for (const auto& row : forms->rows) {
    const std::string form = FromHex(row[0]);
    const auto found = TestTable().Find(form);
    ASSERT_TRUE(found) << row[0];
    EXPECT_EQ(found->status, EmojiStatus::kRgi) << row[0];
    EXPECT_EQ(KeyOf(ToUtf8(TestEntries()[found->key].key)), KeyOf(form)) << row[0];
    keys.insert(found->key);

    const DecodedCodePoint first = DecodeUtf8(form, 0);
    if (first.end == form.size() && IsTextDefault(TestTable().ClassOf(first.value))) {
      // ❤ without U+FE0F: a form of the key, and text all the same.
      EXPECT_EQ(row[1], "unqualified") << row[0];
      EXPECT_TRUE(Find(form).empty()) << row[0];
      ++prose;
      continue;
    }
    EXPECT_TRUE(IsOneCluster(form, 0, form)) << row[0];
    EXPECT_TRUE(IsOneCluster("ab" + form + "cd", 2, form)) << row[0];
    EXPECT_TRUE(IsOneCluster("我" + form + "你", 3, form)) << row[0];
  }
  EXPECT_EQ(forms->rows.size(), 5244u);
  EXPECT_EQ(keys.size(), 3972u);
  EXPECT_EQ(prose, 207);
  RecordProperty("forms", static_cast<int>(forms->rows.size()));
  RecordProperty("text_default_prose", prose);
}

// The committed forms against the original, for the version that Debian has.
TEST(EmojiTestForms, DebiansEmojiTestAgrees) {
  std::ifstream file("/usr/share/unicode/emoji/emoji-test.txt");
  if (!file) GTEST_SKIP() << "Debian's unicode-data is not installed";
  std::map<std::string, std::string> debian;
  for (std::string line; std::getline(file, line);) {
    const size_t semicolon = line.find(';');
    if (line.empty() || line[0] == '#' || semicolon == std::string::npos) continue;
    const std::string form = line.substr(0, line.find_last_not_of(" ;", semicolon) + 1);
    std::istringstream(line.substr(semicolon + 1)) >> debian[form];
  }
  const auto forms =
      ReadTsv(std::string(SIGNALBOOK_SOURCE_DIR) + "/tests/conformance/emoji_test_forms.tsv", 3);
  ASSERT_TRUE(forms.ok()) << forms.status();
  std::map<std::string, std::string> ours;
  for (const auto& row : forms->rows) {
    if (row[2] == "15.0") ours[row[0]] = row[1];
  }
  EXPECT_EQ(ours.size(), 4733u);
  EXPECT_EQ(ours, debian);
}

TEST(VariationSequences, EveryCharacterWithoutWithU15AndU16) {
  std::ifstream file("/usr/share/unicode/emoji/emoji-variation-sequences.txt");
  if (!file) GTEST_SKIP() << "Debian's unicode-data is not installed";
  std::set<char32_t> listed;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line[0] != '#') listed.insert(std::stoul(line, nullptr, 16));
  }
  EXPECT_EQ(listed.size(), 354u);

  std::map<std::string, int> counts;
  for (char32_t c = 0; c <= kLastCodePoint; ++c) {
    const EmojiClass emoji_class = TestTable().ClassOf(c);
    std::string text;
    AppendUtf8(c, &text);
    const std::string as_text = text + "\uFE0E";
    const std::string as_emoji = text + "\uFE0F";
    switch (emoji_class) {
      case EmojiClass::kKeycapBase:
        EXPECT_TRUE(listed.contains(c));
        EXPECT_TRUE(Find(text).empty());
        ++counts["keycap base"];
        break;
      case EmojiClass::kTextDefault:
      case EmojiClass::kTextDefaultBase:
        EXPECT_TRUE(listed.contains(c));
        EXPECT_TRUE(Find(text).empty());
        EXPECT_TRUE(Find(as_text).empty());
        EXPECT_TRUE(IsOneCluster(as_emoji, 0, as_emoji));
        ++counts["text"];
        break;
      case EmojiClass::kVariable:
      case EmojiClass::kVariableBase:
        EXPECT_TRUE(listed.contains(c));
        EXPECT_TRUE(IsOneCluster(text, 0, text));
        EXPECT_TRUE(Find(as_text).empty());
        EXPECT_TRUE(IsOneCluster(as_emoji, 0, as_emoji));
        ++counts["emoji or text"];
        break;
      case EmojiClass::kPresentation:
      case EmojiClass::kPresentationBase:
        EXPECT_FALSE(listed.contains(c));
        EXPECT_TRUE(IsOneCluster(text, 0, text));
        for (const std::string& stray : {as_text, as_emoji}) {
          const std::vector<EmojiCluster> clusters = Find(stray);
          ASSERT_EQ(clusters.size(), 2u);
          EXPECT_EQ(clusters[1].diagnosis, Diagnosis::kStrayVariationSelector);
        }
        ++counts["emoji"];
        break;
      default:
        EXPECT_FALSE(listed.contains(c)) << std::hex << uint32_t{c};
    }
  }
  EXPECT_EQ(counts["keycap base"], 12);
  EXPECT_EQ(counts["text"], 207);
  EXPECT_EQ(counts["emoji or text"], 135);
  EXPECT_EQ(counts["text"] + counts["emoji or text"] + counts["emoji"], 1400 + 4);
}

TEST(Flags, EveryPairOfRegionalIndicators) {
  std::map<Diagnosis, int> counts;
  for (char32_t first = 0x1F1E6; first <= 0x1F1FF; ++first) {
    for (char32_t second = 0x1F1E6; second <= 0x1F1FF; ++second) {
      const std::string pair = ToUtf8(std::u32string{first, second});
      const std::vector<EmojiCluster> clusters = Find(pair);
      ASSERT_EQ(clusters.size(), 1u);
      EXPECT_EQ(clusters[0].range, (ByteRange{0, 8}));
      EXPECT_EQ(clusters[0].kind, EmojiKind::kFlag);
      ++counts[clusters[0].diagnosis];
    }
  }
  EXPECT_EQ(counts[Diagnosis::kNone], 259);
  EXPECT_EQ(counts[Diagnosis::kDeprecatedRegion], 12);
  EXPECT_EQ(counts[Diagnosis::kUnknownRegion], 26 * 26 - 259 - 12);
}

TEST(Flags, EverySubdivisionAndNoPrefixOfOne) {
  int subdivisions = 0;
  for (const EmojiTable::Entry& entry : TestEntries()) {
    if (entry.kind != EmojiKind::kTagFlag) continue;
    const std::string flag = ToUtf8(entry.key);
    EXPECT_TRUE(IsOneCluster(flag, 0, flag)) << KeyOf(flag);
    for (size_t tags = 1; tags + 1 < entry.key.size(); ++tags) {
      const std::string cut = ToUtf8(entry.key.substr(0, 1 + tags));
      const std::vector<EmojiCluster> clusters = Find(cut);
      ASSERT_EQ(clusters.size(), 1u);
      EXPECT_EQ(clusters[0].range.size(), cut.size());
      EXPECT_EQ(clusters[0].key, kNoKey);
    }
    ++subdivisions;
  }
  EXPECT_GE(subdivisions, 5029 + 577);
  RecordProperty("subdivisions", subdivisions);
}

}  // namespace
}  // namespace signalbook
