// A cluster that is well-formed begins and ends at boundaries of grapheme clusters (UAX #29). Judges:
// GraphemeBreakTest.txt of Unicode 15.0 (Debian's unicode-data), and ICU's BreakIterator on seeded
// random text. The exceptions are ours and stated in MayEndBefore and MayBeginBehind.
#include <gtest/gtest.h>
#include <unicode/brkiter.h>
#include <unicode/utext.h>

#include <fstream>
#include <memory>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/test_table.h"
#include "translator/emoji.h"
#include "translator/utf8.h"

namespace signalbook {
namespace {

using Boundaries = std::set<size_t>;

char32_t CodePointBefore(std::string_view text, size_t at) {
  size_t begin = at - 1;
  while (begin > 0 && (text[begin] & 0xC0) == 0x80) --begin;
  return DecodeUtf8(text, begin).value;
}

// Where a cluster may end inside a grapheme cluster: before a stray (a cluster of its own, by our
// grammar), and before ZWNJ and the half-width sound marks, which extend a grapheme (GB9) but are no
// combining marks: they stay prose.
bool MayEndBefore(std::string_view text, size_t at, bool before_ill_formed) {
  if (at == text.size()) return true;
  const char32_t next = DecodeUtf8(text, at).value;
  return before_ill_formed || next == 0x200C || next == 0xFF9E || next == 0xFF9F;
}

// Where it may begin inside one: a tone behind text is a component, and emoji are not the end of
// what prepends (GB9b) or of what a joiner behind U+FE0E or behind prose ties together (GB11).
bool MayBeginBehind(std::string_view text, const EmojiCluster& cluster) {
  const char32_t first = DecodeUtf8(text, cluster.range.begin).value;
  if (TestTable().ClassOf(first) == EmojiClass::kModifier) return true;
  const char32_t before = CodePointBefore(text, cluster.range.begin);
  return before == 0x200D || before == 0x0600 || before == 0x110BD;
}

// Returns how many clusters were judged.
int Judge(std::string_view text, const Boundaries& boundaries, const std::string& what) {
  std::vector<EmojiCluster> clusters;
  FindEmoji(text, TestTable(), &clusters);
  int judged = 0;
  for (size_t i = 0; i < clusters.size(); ++i) {
    const EmojiCluster& cluster = clusters[i];
    if (cluster.status == EmojiStatus::kIllFormed) continue;
    const auto [begin, end] = cluster.range;
    const bool before_ill_formed = i + 1 < clusters.size() && clusters[i + 1].range.begin == end &&
                                   clusters[i + 1].status == EmojiStatus::kIllFormed;
    const bool behind_ill_formed = i > 0 && clusters[i - 1].range.end == begin &&
                                   clusters[i - 1].status == EmojiStatus::kIllFormed;
    EXPECT_TRUE(boundaries.contains(end) || MayEndBefore(text, end, before_ill_formed))
        << what << ": ends at " << end;
    EXPECT_TRUE(boundaries.contains(begin) || behind_ill_formed || MayBeginBehind(text, cluster))
        << what << ": begins at " << begin;
    ++judged;
  }
  return judged;
}

TEST(GraphemeBreakTest, EveryRow) {
  std::ifstream file("/usr/share/unicode/auxiliary/GraphemeBreakTest.txt");
  if (!file) GTEST_SKIP() << "Debian's unicode-data is not installed";
  int rows = 0;
  int judged = 0;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string text;
    Boundaries boundaries;
    for (std::string word; words >> word;) {
      if (word == "÷") {
        boundaries.insert(text.size());
      } else if (word != "×") {
        text += FromHex(word);
      }
    }
    if (text.empty()) continue;
    judged += Judge(text, boundaries, line);
    ++rows;
  }
  EXPECT_EQ(rows, 602);
  EXPECT_GT(judged, 0);
  RecordProperty("rows", rows);
  RecordProperty("clusters", judged);
}

Boundaries BoundariesOfIcu(icu::BreakIterator* iterator, const std::string& text) {
  UErrorCode error = U_ZERO_ERROR;
  UText* utext = utext_openUTF8(nullptr, text.data(), static_cast<int64_t>(text.size()), &error);
  iterator->setText(utext, error);
  Boundaries boundaries;
  for (int32_t at = iterator->first(); at != icu::BreakIterator::DONE; at = iterator->next()) {
    boundaries.insert(static_cast<size_t>(at));
  }
  utext_close(utext);
  return boundaries;
}

TEST(GraphemeBreakTest, IcuOnRandomText) {
  UErrorCode error = U_ZERO_ERROR;
  std::unique_ptr<icu::BreakIterator> iterator(
      icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), error));
  ASSERT_TRUE(U_SUCCESS(error));
  std::vector<std::string> parts;
  for (const char* hex :
       {"0061",  "0020",  "0031",  "0023",  "00A9",  "2764",  "261D",  "1F600", "1F44D", "1F469",
        "1F468", "1F680", "1F3F3", "1F3F4", "1F1E8", "1F1E6", "1F1FF", "1F3FB", "1F3FF", "1F9B0",
        "200D",  "FE0F",  "FE0E",  "20E3",  "20E0",  "0301",  "200C",  "E0067", "E0062", "E007F",
        "4E00",  "0915",  "093E",  "1FC00", "231A",  "2705",  "1FAEB"}) {
    parts.push_back(FromHex(hex));
  }
  for (size_t i = 0; i < TestEntries().size(); i += 97) {
    parts.push_back(ToUtf8(TestEntries()[i].key));
  }
  std::mt19937 random(18);
  int judged = 0;
  for (int round = 0; round < 200000; ++round) {
    std::string text;
    for (int n = 1 + random() % 8; n > 0; --n) text += parts[random() % parts.size()];
    judged += Judge(text, BoundariesOfIcu(iterator.get(), text), KeyOf(text));
    if (HasFailure()) break;  // one example is enough
  }
  EXPECT_GT(judged, 200000);
  RecordProperty("clusters", judged);
}

}  // namespace
}  // namespace signalbook
