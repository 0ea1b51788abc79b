// The grammar of FindEmoji. Each row is a rule of UTS #51 or a decision of ours on top of it; the
// exhaustive checks over all sequences are in tests/conformance/.
#include "translator/emoji.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/test_table.h"
#include "translator/utf8.h"

namespace signalbook {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

std::string Hex(std::string_view utf8) {
  std::string hex;
  for (size_t at = 0; at < utf8.size();) {
    const DecodedCodePoint c = DecodeUtf8(utf8, at);
    char digits[16];
    std::snprintf(digits, sizeof(digits), at == 0 ? "%04X" : " %04X", unsigned{c.value});
    hex += digits;
    at = c.end;
  }
  return hex;
}

// "1F1E8 1F1E6: flag rgi", or "1F1E8: other ill_formed lone_regional_indicator".
std::string Describe(const EmojiCluster& cluster, std::string_view text) {
  constexpr const char* kKinds[] = {"basic",    "keycap", "flag",      "tag_flag",
                                    "modifier", "zwj",    "component", "other"};
  constexpr const char* kStatuses[] = {"rgi", "valid", "unknown", "ill_formed"};
  std::string description = Hex(cluster.range.of(text)) + ": " +
                            kKinds[static_cast<int>(cluster.kind)] + " " +
                            kStatuses[static_cast<int>(cluster.status)];
  if (cluster.diagnosis != Diagnosis::kNone) {
    description += " " + std::string(DiagnosisName(cluster.diagnosis));
  }
  return description;
}

std::vector<EmojiCluster> Find(std::string_view text) {
  std::vector<EmojiCluster> clusters;
  FindEmoji(text, TestTable(), &clusters);
  return clusters;
}

struct Row {
  const char* description;
  const char* text;                   // code points
  std::vector<const char*> clusters;  // in order; what no cluster covers is prose
};

void CheckRows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(row.description) + ": " + row.text);
    const std::string text = FromHex(row.text);
    std::vector<std::string> described;
    for (const EmojiCluster& cluster : Find(text)) {
      described.push_back(Describe(cluster, text));
      // A key is what both the table and the cluster know, or nothing at all.
      const auto found = TestTable().Find(cluster.range.of(text));
      const bool whole = cluster.key != kNoKey;
      EXPECT_EQ(whole,
                cluster.status == EmojiStatus::kRgi || cluster.status == EmojiStatus::kValidNotRgi);
      if (whole) {
        EXPECT_EQ(found->key, cluster.key);
      }
    }
    EXPECT_THAT(described, ElementsAreArray(row.clusters));
  }
}

TEST(FindEmojiTest, RegionalIndicators) {
  CheckRows({
      {"a flag", "1F1E8 1F1E6", {"1F1E8 1F1E6: flag rgi"}},
      {"pairs are taken from the run's start (GB12)",
       "1F1E8 1F1E6 1F1EA 1F1F8",
       {"1F1E8 1F1E6: flag rgi", "1F1EA 1F1F8: flag rgi"}},
      {"CA + lone C",
       "1F1E8 1F1E6 1F1E8",
       {"1F1E8 1F1E6: flag rgi", "1F1E8: other ill_formed lone_regional_indicator"}},
      {"AC + lone A: the hidden CA is not guessed",
       "1F1E6 1F1E8 1F1E6",
       {"1F1E6 1F1E8: flag rgi", "1F1E6: other ill_formed lone_regional_indicator"}},
      {"text ends a run (GB13)",
       "1F1E8 0061 1F1E8 1F1E6",
       {"1F1E8: other ill_formed lone_regional_indicator", "1F1E8 1F1E6: flag rgi"}},
      {"a joiner ends a run: two lone ones",
       "1F1E8 200D 1F1E6",
       {"1F1E8: other ill_formed lone_regional_indicator", "200D: other ill_formed dangling_joiner",
        "1F1E6: other ill_formed lone_regional_indicator"}},
      {"ZWNJ ends a run",
       "1F1E8 200C 1F1E6",
       {"1F1E8: other ill_formed lone_regional_indicator",
        "1F1E6: other ill_formed lone_regional_indicator"}},
      {"U+FE0F ends a run, and selects nothing on a lone one",
       "1F1E8 FE0F 1F1E6",
       {"1F1E8: other ill_formed lone_regional_indicator",
        "FE0F: other ill_formed stray_variation_selector",
        "1F1E6: other ill_formed lone_regional_indicator"}},
      {"U+FE0F behind a flag belongs to it", "1F1E8 1F1E6 FE0F", {"1F1E8 1F1E6 FE0F: flag rgi"}},
      {"a second U+FE0F does not",
       "1F1E8 1F1E6 FE0F FE0F",
       {"1F1E8 1F1E6 FE0F: flag rgi", "FE0F: other ill_formed stray_variation_selector"}},
      {"a flag is never text",
       "1F1E8 1F1E6 FE0E",
       {"1F1E8 1F1E6: flag rgi", "FE0E: other ill_formed stray_variation_selector"}},
      {"nothing joins a flag",
       "1F1E8 1F1E6 200D 1F3F3 FE0F",
       {"1F1E8 1F1E6: flag rgi", "200D: other ill_formed dangling_joiner",
        "1F3F3 FE0F: basic rgi"}},
      {"a flag takes no tone",
       "1F1FA 1F1F8 1F3FB",
       {"1F1FA 1F1F8: flag rgi", "1F3FB: other ill_formed stray_modifier"}},
      {"macroregions EU and UN",
       "1F1EA 1F1FA 1F1FA 1F1F3",
       {"1F1EA 1F1FA: flag rgi", "1F1FA 1F1F3: flag rgi"}},
      {"Sark, new in 16.0", "1F1E8 1F1F6", {"1F1E8 1F1F6: flag rgi"}},
      {"XK is regular", "1F1FD 1F1F0", {"1F1FD 1F1F0: flag rgi"}},
      {"UK is an alias, not a region", "1F1FA 1F1F0", {"1F1FA 1F1F0: flag unknown unknown_region"}},
      {"ZZ is no region", "1F1FF 1F1FF", {"1F1FF 1F1FF: flag unknown unknown_region"}},
      {"XA, XB, EZ, QO are not flags",
       "1F1FD 1F1E6 1F1FD 1F1E7 1F1EA 1F1FF 1F1F6 1F1F4",
       {"1F1FD 1F1E6: flag unknown unknown_region", "1F1FD 1F1E7: flag unknown unknown_region",
        "1F1EA 1F1FF: flag unknown unknown_region", "1F1F6 1F1F4: flag unknown unknown_region"}},
  });
}

TEST(FindEmojiTest, DeprecatedRegionsAreValidAndNotRgi) {
  for (std::string_view code :
       {"AN", "BU", "CS", "DD", "FX", "NT", "QU", "SU", "TP", "YD", "YU", "ZR"}) {
    SCOPED_TRACE(code);
    std::string flag;
    for (char c : code) AppendUtf8(0x1F1E6 + (c - 'A'), &flag);
    const std::vector<EmojiCluster> clusters = Find(flag);
    ASSERT_EQ(clusters.size(), 1u);
    EXPECT_EQ(clusters[0].kind, EmojiKind::kFlag);
    EXPECT_EQ(clusters[0].status, EmojiStatus::kValidNotRgi);
    EXPECT_EQ(clusters[0].diagnosis, Diagnosis::kDeprecatedRegion);
    EXPECT_NE(clusters[0].key, kNoKey);
  }
}

TEST(FindEmojiTest, TextAndEmojiPresentation) {
  CheckRows({
      {"emoji by itself", "1F600", {"1F600: basic rgi"}},
      {"text by default", "00A9 2764 260E", {}},
      {"U+FE0F makes it an emoji", "2764 FE0F", {"2764 FE0F: basic rgi"}},
      {"U+FE0E keeps it text, and belongs to it", "2764 FE0E", {}},
      {"U+FE0E makes an emoji text that has such a variation", "231A FE0E", {}},
      {"the same with a base of tones", "1F44D FE0E", {}},
      {"that emoji with U+FE0F", "231A FE0F", {"231A FE0F: basic rgi"}},
      {"no such variation: U+FE0E",
       "1F600 FE0E",
       {"1F600: basic rgi", "FE0E: other ill_formed stray_variation_selector"}},
      {"no such variation: U+FE0F",
       "1F600 FE0F",
       {"1F600: basic rgi", "FE0F: other ill_formed stray_variation_selector"}},
      {"a second selector",
       "2764 FE0F FE0F",
       {"2764 FE0F: basic rgi", "FE0F: other ill_formed stray_variation_selector"}},
      {"U+FE0E after U+FE0F",
       "2764 FE0F FE0E",
       {"2764 FE0F: basic rgi", "FE0E: other ill_formed stray_variation_selector"}},
      {"a selector on a letter", "0061 FE0F", {"FE0F: other ill_formed stray_variation_selector"}},
      {"a selector at the start", "FE0F 0061", {"FE0F: other ill_formed stray_variation_selector"}},
      {"ideographic variation sequences are prose", "845B E0100 9089 FE00", {}},
      {"reserved: unknown", "1FC00", {"1FC00: other unknown unknown_character"}},
      {"reserved with U+FE0F is one",
       "1FC00 FE0F",
       {"1FC00 FE0F: other unknown unknown_character"}},
      {"a star is a symbol, no emoji", "2605", {}},
      {"emoji of 18.0", "1FAEB", {"1FAEB: basic rgi"}},
  });
}

TEST(FindEmojiTest, Keycaps) {
  CheckRows({
      {"keycap", "0031 FE0F 20E3", {"0031 FE0F 20E3: keycap rgi"}},
      {"unqualified keycap", "0031 20E3", {"0031 20E3: keycap rgi"}},
      {"# and *",
       "0023 FE0F 20E3 002A FE0F 20E3",
       {"0023 FE0F 20E3: keycap rgi", "002A FE0F 20E3: keycap rgi"}},
      {"only the last digit is on the key", "0031 0032 FE0F 20E3", {"0032 FE0F 20E3: keycap rgi"}},
      {"digits, # and * alone are text", "0030 0039 0023 002A", {}},
      {"no key cap: the digit stays prose",
       "0031 FE0F",
       {"FE0F: other ill_formed stray_variation_selector"}},
      {"the same with U+FE0E", "0031 FE0E", {"FE0E: other ill_formed stray_variation_selector"}},
      {"a key cap asked for as text", "0031 FE0E 20E3", {}},
      {"a letter in a key cap is text with a mark", "0041 20E3", {}},
      {"a second key cap is a mark",
       "0031 FE0F 20E3 20E3",
       {"0031 FE0F 20E3 20E3: other unknown enclosing_mark"}},
      {"nothing joins a keycap",
       "0031 FE0F 20E3 200D 1F600",
       {"0031 FE0F 20E3: keycap rgi", "200D: other ill_formed dangling_joiner",
        "1F600: basic rgi"}},
  });
}

TEST(FindEmojiTest, Tones) {
  CheckRows({
      {"base and tone", "1F44D 1F3FB", {"1F44D 1F3FB: modifier rgi"}},
      {"text-default base and tone", "261D 1F3FF", {"261D 1F3FF: modifier rgi"}},
      {"a base that is no modifier base",
       "1F600 1F3FB",
       {"1F600: basic rgi", "1F3FB: other ill_formed stray_modifier"}},
      {"a second tone",
       "1F44D 1F3FB 1F3FC",
       {"1F44D 1F3FB: modifier rgi", "1F3FC: other ill_formed stray_modifier"}},
      {"U+FE0F parts base and tone (ED-13)",
       "261D FE0F 1F3FB",
       {"261D FE0F: basic rgi", "1F3FB: other ill_formed stray_modifier"}},
      {"a tone at the start", "1F3FD", {"1F3FD: component rgi"}},
      {"a tone behind text", "0061 1F3FD", {"1F3FD: component rgi"}},
      {"a tone behind a text-default character that takes none",
       "00A9 1F3FD",
       {"1F3FD: component rgi"}},
      {"a tone behind a tone",
       "1F3FD 1F3FD",
       {"1F3FD: component rgi", "1F3FD: other ill_formed stray_modifier"}},
      {"a tone behind what U+FE0E made text", "261D FE0E 1F3FD", {"1F3FD: component rgi"}},
      {"a hair component on its own", "1F9B0", {"1F9B0: component rgi"}},
      {"what is reserved may be a base",
       "1FC00 1F3FB",
       {"1FC00 1F3FB: modifier unknown unknown_sequence"}},
  });
}

TEST(FindEmojiTest, Joiners) {
  CheckRows({
      {"a known sequence", "1F469 200D 1F680", {"1F469 200D 1F680: zwj rgi"}},
      {"with tones",
       "1F468 1F3FB 200D 2764 FE0F 200D 1F468 1F3FF",
       {"1F468 1F3FB 200D 2764 FE0F 200D 1F468 1F3FF: zwj rgi"}},
      {"minimally qualified",
       "1F468 200D 2764 200D 1F468",
       {"1F468 200D 2764 200D 1F468: zwj rgi"}},
      {"unqualified, two text-default characters",
       "1F441 200D 1F5E8",
       {"1F441 200D 1F5E8: zwj rgi"}},
      {"the longest chain: three daughters are no family and a girl",
       "1F469 200D 1F469 200D 1F467 200D 1F467 200D 1F467",
       {"1F469 200D 1F469 200D 1F467 200D 1F467 200D 1F467: zwj unknown unknown_sequence"}},
      {"a joiner that joins nothing",
       "1F469 200D",
       {"1F469: basic rgi", "200D: other ill_formed dangling_joiner"}},
      {"a joiner before text",
       "1F469 200D 0061",
       {"1F469: basic rgi", "200D: other ill_formed dangling_joiner"}},
      {"two joiners",
       "1F469 200D 200D 1F680",
       {"1F469: basic rgi", "200D: other ill_formed dangling_joiner",
        "200D: other ill_formed dangling_joiner", "1F680: basic rgi"}},
      {"a tone is no element",
       "1F469 200D 1F3FB",
       {"1F469: basic rgi", "200D: other ill_formed dangling_joiner",
        "1F3FB: other ill_formed stray_modifier"}},
      {"what U+FE0E makes text is no element",
       "1F3F4 200D 2620 FE0E",
       {"1F3F4: basic rgi", "200D: other ill_formed dangling_joiner"}},
      {"nor does it begin a sequence", "2764 FE0E 200D 1F525", {"1F525: basic rgi"}},
      {"a superfluous U+FE0F inside a sequence",
       "1F469 FE0F 200D 1F680",
       {"1F469 FE0F 200D 1F680: zwj rgi"}},
      {"a superfluous U+FE0F at its end",
       "1F469 200D 1F680 FE0F",
       {"1F469 200D 1F680: zwj rgi", "FE0F: other ill_formed stray_variation_selector"}},
      {"text-default alone before a joiner is prose", "2764 200D 0061", {}},
      {"a joiner before an emoji joins nothing", "0061 200D 1F600", {"1F600: basic rgi"}},
      {"Persian ZWNJ, Devanagari ZWJ", "0645 06CC 200C 062E 0915 094D 200D 0937", {}},
      {"no element but not unknown: reserved",
       "1F469 200D 1FC00",
       {"1F469 200D 1FC00: zwj unknown unknown_sequence"}},
  });
}

// 🏴 + tags + terminator, in short.
constexpr char kEngland[] = "1F3F4 E0067 E0062 E0065 E006E E0067 E007F";
constexpr char kCalifornia[] = "1F3F4 E0075 E0073 E0063 E0061 E007F";

TEST(FindEmojiTest, Tags) {
  CheckRows({
      {"England", kEngland, {"1F3F4 E0067 E0062 E0065 E006E E0067 E007F: tag_flag rgi"}},
      {"California is valid and not RGI",
       kCalifornia,
       {"1F3F4 E0075 E0073 E0063 E0061 E007F: tag_flag valid"}},
      {"a black flag alone", "1F3F4", {"1F3F4: basic rgi"}},
      {"no such subdivision",
       "1F3F4 E007A E007A E0031 E007F",
       {"1F3F4 E007A E007A E0031 E007F: tag_flag unknown unknown_subdivision"}},
      {"no terminator is no black flag",
       "1F3F4 E0067 E0062 E0065 E006E E0067 0061",
       {"1F3F4 E0067 E0062 E0065 E006E E0067: other ill_formed unterminated_tag"}},
      {"another base",
       "1F600 E0067 E0062 E007F",
       {"1F600 E0067 E0062 E007F: other ill_formed tag_base"}},
      {"a flag is no base",
       "1F1E8 1F1E6 E0067 E007F",
       {"1F1E8 1F1E6 E0067 E007F: other ill_formed tag_base"}},
      {"text-default bases too",
       "2764 E0067 E007F",
       {"2764 E0067 E007F: other ill_formed tag_base"}},
      {"capital letters are no tags of a subdivision",
       "1F3F4 E0047 E0042 E007F",
       {"1F3F4 E0047 E0042 E007F: other ill_formed malformed_tag"}},
      {"nothing between base and terminator",
       "1F3F4 E007F",
       {"1F3F4 E007F: other ill_formed malformed_tag"}},
      {"a second terminator is stray",
       "1F3F4 E0067 E0062 E0065 E006E E0067 E007F E007F",
       {"1F3F4 E0067 E0062 E0065 E006E E0067 E007F: tag_flag rgi",
        "E007F: other ill_formed stray_tag"}},
      {"hidden text behind text is one cluster a run",
       "0061 E0068 E0069 E007F E0068 0062 E0069",
       {"E0068 E0069 E007F E0068: other ill_formed stray_tag",
        "E0069: other ill_formed stray_tag"}},
      {"a keycap base alone is text, so its tags are stray",
       "0031 E0068",
       {"E0068: other ill_formed stray_tag"}},
      {"nothing joins a tag flag",
       "1F3F4 E0067 E0062 E0065 E006E E0067 E007F 200D 2620 FE0F",
       {"1F3F4 E0067 E0062 E0065 E006E E0067 E007F: tag_flag rgi",
        "200D: other ill_formed dangling_joiner", "2620 FE0F: basic rgi"}},
      {"a mark on a tag flag",
       "1F3F4 E0067 E0062 E0065 E006E E0067 E007F 20E0",
       {"1F3F4 E0067 E0062 E0065 E006E E0067 E007F 20E0: other unknown enclosing_mark"}},
  });
}

TEST(FindEmojiTest, TagSequencesOfMoreThan32CodePointsAreMalformed) {
  std::string text = FromHex("1F3F4");
  for (int i = 0; i < 30; ++i) AppendUtf8(0xE0061, &text);
  std::string longer = text + FromHex("E0061 E007F");
  text += FromHex("E007F");
  ASSERT_EQ(Find(text).size(), 1u);
  EXPECT_EQ(Find(text)[0].diagnosis, Diagnosis::kUnknownSubdivision);
  ASSERT_EQ(Find(longer).size(), 1u);
  EXPECT_EQ(Find(longer)[0].diagnosis, Diagnosis::kMalformedTag);
  EXPECT_EQ(Find(longer)[0].range.size(), longer.size());
}

TEST(FindEmojiTest, CombiningMarksMakeAnotherThingOfAnEmoji) {
  CheckRows({
      {"no dogs", "1F436 20E0", {"1F436 20E0: other unknown enclosing_mark"}},
      {"no warnings", "26A0 FE0F 20E0", {"26A0 FE0F 20E0: other unknown enclosing_mark"}},
      {"a flag", "1F1E8 1F1E6 20E0", {"1F1E8 1F1E6 20E0: other unknown enclosing_mark"}},
      {"several marks", "1F600 0301 20DD 0061", {"1F600 0301 20DD: other unknown enclosing_mark"}},
      {"a spacing mark", "1F600 093E", {"1F600 093E: other unknown enclosing_mark"}},
      {"a variation selector of another kind",
       "1F600 FE00",
       {"1F600 FE00: other unknown enclosing_mark"}},
      {"a mark on text", "2764 20E0 0061 20E0", {}},
  });
}

TEST(FindEmojiTest, AppendsAndLooksOnlyAtItsOwnClusters) {
  std::vector<EmojiCluster> clusters = {{.range = {0, 0}}};
  FindEmoji(FromHex("1F3FB"), TestTable(), &clusters);
  ASSERT_EQ(clusters.size(), 2u);
  EXPECT_EQ(clusters[1].kind, EmojiKind::kComponent);
}

TEST(FindEmojiTest, RangesAreBytes) {
  const std::string text = "I love \U0001F1E8\U0001F1E6!";
  const std::vector<EmojiCluster> clusters = Find(text);
  ASSERT_EQ(clusters.size(), 1u);
  EXPECT_EQ(clusters[0].range, (ByteRange{7, 15}));
  EXPECT_THAT(Find(""), IsEmpty());
}

TEST(KeyOfTest, DropsTheSelectorAndPadsToFourDigits) {
  EXPECT_EQ(KeyOf("\U0001F1E8\U0001F1E6"), "1F1E8-1F1E6");
  EXPECT_EQ(KeyOf("\u2764\uFE0F"), "2764");
  EXPECT_EQ(KeyOf("1\uFE0F\u20E3"), "0031-20E3");
  EXPECT_EQ(KeyOf(""), "");
}

TEST(DiagnosisNameTest, EveryDiagnosisHasItsOwn) {
  std::vector<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Diagnosis::kEnclosingMark); ++i) {
    names.push_back(DiagnosisName(static_cast<Diagnosis>(i)));
  }
  EXPECT_THAT(names, ElementsAre("none", "deprecated_region", "unknown_region",
                                 "lone_regional_indicator", "unknown_sequence", "unknown_character",
                                 "dangling_joiner", "stray_modifier", "stray_variation_selector",
                                 "unterminated_tag", "tag_base", "unknown_subdivision",
                                 "malformed_tag", "stray_tag", "enclosing_mark"));
}

}  // namespace
}  // namespace signalbook
