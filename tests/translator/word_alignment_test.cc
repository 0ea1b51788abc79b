// Which links are learned from corpora so small that a reader knows the right ones.
#include "translator/word_alignment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"

namespace signalbook {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

struct Pair {
  const char* from;
  const char* to;
};

LexiconTable::Units Align(const std::vector<Pair>& corpus) {
  std::vector<std::pair<std::vector<std::string>, std::vector<std::string>>> units;
  for (const Pair& pair : corpus) {
    units.emplace_back(absl::StrSplit(pair.from, ' ', absl::SkipEmpty()),
                       absl::StrSplit(pair.to, ' ', absl::SkipEmpty()));
  }
  std::vector<AlignedUnits> rows;
  for (const auto& [from, to] : units) rows.push_back({&from, &to});
  return AlignUnits(rows);
}

// "das–the" → ratio.
std::map<std::string, float> Links(const LexiconTable::Units& units) {
  std::map<std::string, float> links;
  for (const LexiconTable::Link& link : units.links) {
    links[units.sides[0][link.from].text + "–" + units.sides[1][link.to].text] = link.ratio;
  }
  return links;
}

std::vector<std::string> Names(const std::map<std::string, float>& links) {
  std::vector<std::string> names;
  for (const auto& [name, ratio] : links) names.push_back(name);
  return names;
}

const std::vector<Pair>& Articles() {
  static const auto* const corpus = new std::vector<Pair>{
      {"das haus", "the house"},
      {"das buch", "the book"},
      {"ein buch", "a book"},
      {"ein haus", "a house"},
      {"das kleine haus", "the small house"},
      {"ein kleines buch", "a small book"},
      {"das kleine buch", "the small book"},
      {"ein kleines haus", "a small house"},
  };
  return *corpus;
}

TEST(AlignUnitsTest, WordsThatComeTogetherWhereverTheyCome) {
  EXPECT_THAT(Names(Links(Align(Articles()))),
              UnorderedElementsAre("buch–book", "das–the", "ein–a", "haus–house", "kleine–small",
                                   "kleines–small"));
}

TEST(AlignUnitsTest, ItDoesNotMatterWhichLanguageIsFirst) {
  std::vector<Pair> reversed;
  for (const Pair& pair : Articles()) reversed.push_back({pair.to, pair.from});
  EXPECT_THAT(Names(Links(Align(reversed))),
              UnorderedElementsAre("a–ein", "book–buch", "house–haus", "small–kleine",
                                   "small–kleines", "the–das"));
}

TEST(AlignUnitsTest, TheOrderOfWordsDoesNotCount) {
  EXPECT_THAT(Names(Links(Align({{"red house", "casa roja"},
                                 {"red car", "coche rojo"},
                                 {"old house", "casa vieja"},
                                 {"old car", "coche viejo"},
                                 {"red house", "casa roja"},
                                 {"red car", "coche rojo"},
                                 {"old house", "casa vieja"},
                                 {"old car", "coche viejo"}}))),
              ::testing::IsSupersetOf(
                  {"car–coche", "house–casa", "red–roja", "red–rojo", "old–vieja", "old–viejo"}));
}

// "the" has no counterpart in Russian: nothing may stand for it.
TEST(AlignUnitsTest, AWordThatNothingStandsForHasNoLink) {
  const LexiconTable::Units units = Align({{"the cat sleeps", "кот спит"},
                                           {"the dog sleeps", "собака спит"},
                                           {"the cat eats", "кот ест"},
                                           {"the dog eats", "собака ест"},
                                           {"the horse runs", "лошадь бежит"},
                                           {"the horse sleeps", "лошадь спит"},
                                           {"the dog runs", "собака бежит"},
                                           {"the cat runs", "кот бежит"}});
  const std::map<std::string, float> links = Links(units);
  for (const char* right :
       {"cat–кот", "dog–собака", "horse–лошадь", "sleeps–спит", "eats–ест", "runs–бежит"}) {
    ASSERT_TRUE(links.contains(right)) << right;
    EXPECT_GT(links.at(right), 2) << right;
  }
  for (const auto& [name, ratio] : links) {
    if (name.substr(0, 3) != "the") continue;
    EXPECT_LT(ratio, 1) << name;
  }
}

TEST(AlignUnitsTest, ARareWordDoesNotCollectWhatStandsBesideIt) {
  std::vector<Pair> corpus = {{"the zebra sleeps here", "la cebra duerme aqui"},
                              {"the zebra runs fast", "la cebra corre rapido"}};
  for (int i = 0; i < 10; ++i) {
    corpus.insert(corpus.end(), {{"the girl sleeps here", "la chica duerme aqui"},
                                 {"the girl runs fast", "la chica corre rapido"},
                                 {"the boss runs here", "la jefa corre aqui"},
                                 {"the boss sleeps fast", "la jefa duerme rapido"}});
  }
  const std::map<std::string, float> links = Links(Align(corpus));
  ASSERT_TRUE(links.contains("zebra–cebra"));
  EXPECT_GT(links.at("zebra–cebra"), links.at("girl–chica")) << "certain, and rarer";
  for (const char* wrong : {"zebra–la", "zebra–duerme", "zebra–corre", "zebra–aqui"}) {
    EXPECT_FALSE(links.contains(wrong)) << wrong;
  }
}

TEST(AlignUnitsTest, UnitsSeenOnceAreLeftOut) {
  const LexiconTable::Units units =
      Align({{"hello anna", "hola anna"}, {"hello bob", "hola pedro"}, {"good", "bueno"}});
  EXPECT_THAT(Names(Links(units)), UnorderedElementsAre("hello–hola"));
  ASSERT_EQ(units.sides[0].size(), 1u);
  EXPECT_EQ(units.sides[0][0].text, "hello");
  EXPECT_EQ(units.sides[0][0].count, 2u);
}

TEST(AlignUnitsTest, VocabulariesAndLinksAscend) {
  const LexiconTable::Units units = Align(Articles());
  for (const auto& side : units.sides) {
    for (size_t i = 1; i < side.size(); ++i) EXPECT_LT(side[i - 1].text, side[i].text);
  }
  for (size_t i = 1; i < units.links.size(); ++i) {
    const LexiconTable::Link& a = units.links[i - 1];
    const LexiconTable::Link& b = units.links[i];
    EXPECT_LT(std::pair(a.from, a.to), std::pair(b.from, b.to));
  }
}

TEST(AlignUnitsTest, UnitsBehindTheSixtiethDoNotCount) {
  std::string from = "first";
  std::string to = "primero";
  for (int i = 2; i <= 60; ++i) from += " f", to += " t";
  from += " last";
  to += " ultimo";
  const Pair pair = {from.c_str(), to.c_str()};
  const LexiconTable::Units units = Align({pair, pair, pair});
  ASSERT_EQ(units.sides[0].size(), 2u);
  EXPECT_EQ(units.sides[0][0].text, "f");
  EXPECT_EQ(units.sides[0][0].count, 3u * 59);
  EXPECT_EQ(units.sides[0][1].text, "first");
  EXPECT_EQ(units.sides[1].size(), 2u) << "nor does the last of the other side";
}

TEST(AlignUnitsTest, RowsWithoutUnits) {
  EXPECT_THAT(Align({}).links, IsEmpty());
  const LexiconTable::Units units = Align({{"", "hola"}, {"hello", ""}, {"", ""}});
  EXPECT_THAT(units.links, IsEmpty());
  EXPECT_THAT(Names(Links(Align({{"", "x"}, {"a", "b"}, {"a", "b"}, {"a", ""}}))),
              UnorderedElementsAre("a–b"));
}

TEST(AlignUnitsTest, TheSameRowsTheSameNumbers) {
  EXPECT_EQ(Links(Align(Articles())), Links(Align(Articles())));
}

}  // namespace
}  // namespace signalbook
