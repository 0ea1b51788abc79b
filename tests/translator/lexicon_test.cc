// A lexicon of a few words, whose scores are worked out by hand, and what damage does to its bytes.
#include "translator/lexicon.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbook {
namespace {

using ::testing::IsEmpty;

constexpr auto kFrom = LexiconSide::kFrom;
constexpr auto kTo = LexiconSide::kTo;

int Feature(std::string_view name) {
  for (int i = 0; i < lexical_features::kCount; ++i) {
    if (lexical_features::Name(i) == name) return i;
  }
  ADD_FAILURE() << "no feature " << name;
  return 0;
}

LexiconTable SmallTable() {
  LexiconTable table;
  table.sizes[0].sides = {{{{"house", 10}, {"not", 2}, {"red", 5}, {"the", 100}},
                           {{"casa", 10}, {"la", 2000}, {"no", 16}, {"roja", 3}}}};
  table.sizes[0].links = {{0, 0, 95}, {0, 1, 0.5F}, {2, 3, 60}, {3, 1, 4}};
  table.sizes[1].sides = {{{{"hous", 10}}, {{"casa", 12}}}};
  table.sizes[1].links = {{0, 0, 80}};
  table.threshold = -1.25F;
  return table;
}

// View refers to the bytes: they live as long as the lexicon.
struct Loaded {
  explicit Loaded(const LexiconTable& table)
      : bytes(WriteLexicon(table)), lexicon(Lexicon::View(bytes).value()) {}
  std::string bytes;
  Lexicon lexicon;
};

LexicalUnits Words(std::vector<std::string> words) {
  LexicalUnits units;
  units[0] = std::move(words);
  return units;
}

LexicalUnits Parts(std::vector<std::string> parts) {
  LexicalUnits units;
  units[1] = std::move(parts);
  return units;
}

std::map<std::string, float> Named(const LexicalFeatures& features) {
  std::map<std::string, float> named;
  for (int i = 0; i < lexical_features::kCount; ++i) {
    if (features[i] != 0) named[lexical_features::Name(i)] = features[i];
  }
  return named;
}

TEST(LexicalFeaturesTest, NamesAreUnique) {
  std::set<std::string> names;
  for (int i = 0; i < lexical_features::kCount; ++i) names.insert(lexical_features::Name(i));
  EXPECT_EQ(names.size(), static_cast<size_t>(lexical_features::kCount));
  EXPECT_EQ(names.count("to word 3-5 none"), 1u);
}

TEST(LexiconTest, FeaturesByHand) {
  const Loaded small(SmallTable());
  const auto ln = [](double x) { return static_cast<float>(std::log(x)); };
  const struct {
    const char* what;
    LexicalUnits from, to;
    std::map<std::string, float> features;
  } kRows[] = {
      {"nothing", {}, {}, {{"words 1-2", 1}}},
      {"a mean of ratios: house (95 + 0.5)/2, the (4 + 0)/2, la (0.5 + 4)/2, casa 95/2",
       Words({"the", "house"}),
       Words({"la", "casa"}),
       {{"from word 61-300 <=1", 1},
        {"from word 6-15 <=4.5", 1},
        {"to word 1501+ <=1", 1},
        {"to word 6-15 <=4.5", 1},
        {"words 1-2", 1}}},
      {"a word alone with its translation: ln 95 > 4.5",
       Words({"house"}),
       Words({"casa"}),
       {{"from word 6-15 >4.5", 1}, {"to word 6-15 >4.5", 1}, {"words 1-2", 1}}},
      {"a word twice: house 95/2, casa (95 + 95)/2",
       Words({"house", "house"}),
       Words({"casa", "x"}),
       {{"from word 6-15 <=4.5", 2}, {"to word 6-15 >4.5", 1}, {"words 1-2", 1}}},
      {"and on the other side",
       Words({"house"}),
       Words({"casa", "casa"}),
       {{"from word 6-15 >4.5", 1},
        {"to word 6-15 >4.5", 2},
        {"length log-ratio", ln(1.5)},
        {"length square", ln(1.5) * ln(1.5)},
        {"length by-root-of-words", ln(1.5)},
        {"words 1-2", 1}}},
      {"a link among many words: the 4/5, la 4/1",
       Words({"the"}),
       Words({"no", "la", "roja", "casa", "x"}),
       {{"from word 61-300 <=0", 1},
        {"to word 1501+ <=2", 1},
        {"to word 16-60 none", 1},
        {"to word 3-5 none", 1},
        {"to word 6-15 none", 1},
        {"length log-ratio", ln(3)},
        {"length square", ln(3) * ln(3)},
        {"length by-root-of-words", ln(3)},
        {"words 1-2", 1}}},
      {"a link that is hardly better than chance",
       Words({"house"}),
       Words({"la"}),
       {{"from word 6-15 <=0", 1}, {"to word 1501+ <=0", 1}, {"words 1-2", 1}}},
      {"a word that unknown ones water down: 60/4",
       Words({"red"}),
       Words({"x", "y", "roja", "z"}),
       {{"from word 3-5 <=3", 1},
        {"to word 3-5 <=4.5", 1},
        {"length log-ratio", ln(5.0 / 2)},
        {"length square", ln(5.0 / 2) * ln(5.0 / 2)},
        {"length by-root-of-words", ln(5.0 / 2)},
        {"words 1-2", 1}}},
      {"known words without a link",
       Words({"not", "red"}),
       Words({"no", "casa"}),
       {{"from word 2 none", 1},
        {"from word 3-5 none", 1},
        {"to word 16-60 none", 1},
        {"to word 6-15 none", 1},
        {"words 1-2", 1}}},
      {"unknown words say nothing", Words({"x", "y"}), Words({"u", "v"}), {{"words 1-2", 1}}},
      {"unless they were copied",
       Words({"anna", "not"}),
       Words({"not", "anna"}),
       {{"from word copied", 1},
        {"from word copied-unknown", 1},
        {"to word copied-unknown", 2},
        {"words 1-2", 1}}},
      {"parts have a table of their own",
       Parts({"hous", "the"}),
       Parts({"casa"}),
       {{"from part 6-15 <=4.5", 1}, {"to part 6-15 <=4.5", 1}, {"words 1-2", 1}}},
      {"words of the source",
       Words({"a", "b", "c", "d", "e", "f", "g", "h"}),
       Words({"s", "t", "u"}),
       {{"length log-ratio", ln(4.0 / 9)},
        {"length square", ln(4.0 / 9) * ln(4.0 / 9)},
        {"length by-root-of-words", -ln(4.0 / 9) * std::sqrt(8.0F)},
        {"words 8-12", 1}}},
  };
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.what);
    const auto features = Named(small.lexicon.Features(row.from, row.to));
    for (const auto& [name, value] : row.features) {
      ASSERT_TRUE(features.contains(name)) << name;
      EXPECT_NEAR(features.at(name), value, 1e-5) << name;
    }
    EXPECT_EQ(features.size(), row.features.size()) << ::testing::PrintToString(features);
  }
}

TEST(LexiconTest, TheScoreIsTheSumOfWeights) {
  LexiconTable table = SmallTable();
  table.weights[Feature("from word 6-15 >4.5")] = 2;
  table.weights[Feature("to word 6-15 >4.5")] = 3.5F;
  table.weights[Feature("to word copied-unknown")] = 0.25F;
  table.weights[Feature("length log-ratio")] = -4;
  table.weights[Feature("words 1-2")] = 1;
  const Loaded loaded(table);
  EXPECT_EQ(loaded.lexicon.threshold(), -1.25);
  EXPECT_DOUBLE_EQ(loaded.lexicon.Score(Words({"house"}), Words({"casa"})), 6.5);
  EXPECT_DOUBLE_EQ(loaded.lexicon.Score(Words({"x"}), Words({"x"})), 1.25);
  EXPECT_NEAR(loaded.lexicon.Score(Words({"x"}), Words({"u", "v", "w"})), 1 - 4 * std::log(2),
              1e-5);
}

TEST(LexiconTest, UnaccountedWords) {
  const Loaded small(SmallTable());
  const struct {
    const char* what;
    LexicalUnits from, to;
    std::vector<size_t> from_side, to_side;
  } kRows[] = {
      {"all accounted for", Words({"the", "house"}), Words({"la", "casa"}), {}, {}},
      {"another word on both sides",
       Words({"the", "red", "house"}),
       Words({"la", "casa", "no"}),
       {1},
       {2}},
      {"a link below chance does not account", Words({"house"}), Words({"la"}), {0}, {0}},
      {"every time it stands there", Words({"red", "red"}), Words({"casa"}), {0, 1}, {0}},
      {"a copy accounts", Words({"not"}), Words({"not"}), {}, {}},
      {"unknown words are no matter", Words({"anna"}), Words({"pedro"}), {}, {}},
      {"of nothing", Words({"red"}), Words({}), {0}, {}},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(small.lexicon.Unaccounted(row.from, row.to, kFrom), row.from_side) << row.what;
    EXPECT_EQ(small.lexicon.Unaccounted(row.from, row.to, kTo), row.to_side) << row.what;
  }
}

TEST(LexiconTest, KnownWords) {
  const Loaded small(SmallTable());
  EXPECT_EQ(small.lexicon.Known(Words({"the", "the", "casa", "anna", ""}), kFrom), 2u);
  EXPECT_EQ(small.lexicon.Known(Words({"the", "casa"}), kTo), 1u);
  EXPECT_EQ(small.lexicon.Known(Words({"hous"}), kFrom), 0u) << "a part is no word";
  EXPECT_EQ(small.lexicon.Known({}, kFrom), 0u);
}

TEST(LexiconTest, EveryUnitAndLinkOfATableIsFound) {
  constexpr uint32_t kUnits = 70;
  LexiconTable table;
  for (uint32_t i = 0; i < kUnits; ++i) {
    const std::string text = {static_cast<char>('a' + i / 26), static_cast<char>('a' + i % 26)};
    table.sizes[0].sides[0].push_back({text, 2 + i});
    table.sizes[0].sides[1].push_back({"é" + text, 2 + i});
  }
  const auto is_linked = [](uint32_t from, uint32_t to) { return (from * 31 + to * 17) % 5 == 0; };
  for (uint32_t from = 0; from < kUnits; ++from) {
    for (uint32_t to = 0; to < kUnits; ++to) {
      // Every third unit has no link: its row is empty.
      if (from % 3 != 0 && is_linked(from, to)) table.sizes[0].links.push_back({from, to, 2});
    }
  }
  const Loaded loaded(table);
  for (uint32_t from = 0; from < kUnits; ++from) {
    for (uint32_t to = 0; to < kUnits; ++to) {
      const LexicalUnits a = Words({table.sizes[0].sides[0][from].text});
      const LexicalUnits b = Words({table.sizes[0].sides[1][to].text});
      ASSERT_EQ(loaded.lexicon.Known(a, kFrom), 1u) << from;
      ASSERT_EQ(loaded.lexicon.Known(b, kTo), 1u) << to;
      const bool linked = from % 3 != 0 && is_linked(from, to);
      ASSERT_EQ(loaded.lexicon.Unaccounted(a, b, kFrom).empty(), linked) << from << " " << to;
      ASSERT_EQ(loaded.lexicon.Unaccounted(a, b, kTo).empty(), linked) << from << " " << to;
    }
  }
}

TEST(LexiconTest, AnEmptyTable) {
  const Loaded empty(LexiconTable{});
  EXPECT_EQ(empty.lexicon.Score(Words({"a"}), Words({"b"})), 0);
  EXPECT_EQ(empty.lexicon.threshold(), 0);
  EXPECT_THAT(empty.lexicon.Unaccounted(Words({"a"}), Words({"b"}), kTo), IsEmpty());
}

// A buffer of exactly these bytes: a sanitizer sees a read behind it.
void UseAsLexicon(std::string_view bytes) {
  const std::unique_ptr<char[]> exact(new char[bytes.size()]);
  if (!bytes.empty()) std::memcpy(exact.get(), bytes.data(), bytes.size());
  const absl::StatusOr<Lexicon> lexicon = Lexicon::View({exact.get(), bytes.size()});
  if (!lexicon.ok()) {
    EXPECT_EQ(lexicon.status().code(), absl::StatusCode::kInvalidArgument);
    return;
  }
  LexicalUnits from = Words({"the", "red", "house", "not", "anna"});
  from[1] = {"the", "red", "hous"};
  LexicalUnits to = Words({"la", "casa", "roja", "anna"});
  to[1] = to[0];
  (void)lexicon->Score(from, to);
  for (const LexiconSide side : {kFrom, kTo}) {
    EXPECT_LE(lexicon->Unaccounted(from, to, side).size(), 5u);
    EXPECT_LE(lexicon->Known(side == kFrom ? from : to, side), 5u);
  }
}

TEST(LexiconTest, TruncatedBytesAreRefused) {
  const std::string bytes = WriteLexicon(SmallTable());
  for (size_t size = 0; size < bytes.size(); ++size) {
    const std::string part = bytes.substr(0, size);
    ASSERT_FALSE(Lexicon::View(part).ok()) << size;
    UseAsLexicon(part);
  }
}

TEST(LexiconTest, DamagedBytesNeverCrash) {
  const std::string bytes = WriteLexicon(SmallTable());
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (const int flip : {0x01, 0x80, 0x7F, 0xFF}) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ flip);
      UseAsLexicon(damaged);
    }
  }
  // Four bytes at once: offsets and counts beyond all bounds.
  for (size_t at = 0; at + 4 <= bytes.size(); at += 4) {
    for (const uint32_t value : {0U, 0x7FFFFFFFU, 0x80000000U, 0xFFFFFFFFU}) {
      std::string damaged = bytes;
      std::memcpy(damaged.data() + at, &value, sizeof(value));
      UseAsLexicon(damaged);
    }
  }
}

}  // namespace
}  // namespace signalbook
