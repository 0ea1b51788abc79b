// What is learned from a toy language whose dictionary is known, and what is refused as data.
#include "translator/lexicon_trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/toy_language.h"
#include "translator/decoded_text.h"
#include "translator/lexical_units.h"
#include "translator/lexicon_tables.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;

LexicalUnits UnitsOf(const std::string& text) {
  return FindLexicalUnits(DecodedText::Decode(text).value());
}

const TrainedLexicon& Toy() {
  static const auto* const trained =
      new TrainedLexicon(TrainLexicon(ToyPairs(1500), {.false_refusals = 0.01}).value());
  return *trained;
}

TEST(LexiconTrainerTest, LearnsTheDictionary) {
  const LexiconTable::Units& words = Toy().table.sizes[0];
  std::map<std::string, std::pair<float, std::string>> best;
  for (const LexiconTable::Link& link : words.links) {
    best[words.sides[0][link.from].text] = std::max(
        best[words.sides[0][link.from].text], std::pair(link.ratio, words.sides[1][link.to].text));
  }
  for (uint32_t i = 0; i < kToyWords; ++i) {
    const TranslationPair word = ToyWord(i);
    if (!best.contains(word.from)) continue;
    EXPECT_EQ(best[word.from].second, word.to) << word.from;
  }
  EXPECT_GT(best.size(), 100u);
}

TEST(LexiconTrainerTest, SaysWhatItIsWorth) {
  EXPECT_EQ(Toy().pairs, 1500u);
  EXPECT_GT(Toy().detection, 0.99);
  EXPECT_NEAR(Toy().false_refusals, 0.01, 0.002);
}

// The promise of the threshold, on sentences that training has not seen.
TEST(LexiconTrainerTest, KeepsItOnOtherSentences) {
  const std::string bytes = WriteLexicon(Toy().table);
  const Lexicon lexicon = Lexicon::View(bytes).value();
  const std::vector<TranslationPair> fresh = ToyPairs(500, /*seed=*/2);
  int refused = 0;
  int detected = 0;
  for (size_t i = 0; i < fresh.size(); ++i) {
    const LexicalUnits from = UnitsOf(fresh[i].from);
    const TranslationPair& other = fresh[(i + 250) % fresh.size()];
    refused += lexicon.Score(from, UnitsOf(fresh[i].to)) < lexicon.threshold() ? 1 : 0;
    detected += lexicon.Score(from, UnitsOf(other.to)) < lexicon.threshold() ? 1 : 0;
  }
  EXPECT_LE(refused, 10);  // 2 %, where 1 % was asked for
  EXPECT_GE(detected, 490);
}

TEST(LexiconTrainerTest, ALargerShareMovesTheThresholdUp) {
  const std::vector<TranslationPair> pairs = ToyPairs(600);
  float before = -1e9F;
  for (const double share : {0.0, 0.05, 0.2}) {
    const TrainedLexicon trained = TrainLexicon(pairs, {.false_refusals = share}).value();
    EXPECT_NEAR(trained.false_refusals, share, 0.005) << share;
    EXPECT_GT(trained.table.threshold, before) << share;
    before = trained.table.threshold;
  }
}

TEST(LexiconTrainerTest, TheSamePairsGiveTheSameBytes) {
  const std::vector<TranslationPair> pairs = ToyPairs(600);
  const LexiconTable first = TrainLexicon(pairs, {}).value().table;
  const LexiconTable second = TrainLexicon(pairs, {}).value().table;
  EXPECT_EQ(WriteLexicon(first), WriteLexicon(second));
  EXPECT_EQ(LexiconToTsv(first, {}), LexiconToTsv(second, {}));
}

TEST(LexiconTrainerTest, LeavesOutWhatIsNoPairOfTexts) {
  const std::vector<TranslationPair> clean = ToyPairs(600);
  std::vector<TranslationPair> pairs = clean;
  const std::vector<TranslationPair> bad = {{"ba\xFF", "ja"}, {"ba", "ja\xC3"}, {"", "ja"},
                                            {"ba", ""},       {"...", "ja"},    {"ba", "🇨🇦!"},
                                            {"12", "12"},     clean[7]};
  pairs.insert(pairs.end(), bad.begin(), bad.end());
  const TrainedLexicon trained = TrainLexicon(pairs, {}).value();
  EXPECT_EQ(trained.pairs, 600u);
  EXPECT_EQ(WriteLexicon(trained.table), WriteLexicon(TrainLexicon(clean, {}).value().table));
}

TEST(LexiconTrainerTest, TooFewPairsAreRefused) {
  std::vector<TranslationPair> pairs = ToyPairs(kFewestTrainingPairs - 1);
  // The same once more does not make it more.
  pairs.insert(pairs.end(), pairs.begin(), pairs.begin() + 100);
  for (const auto& few : {pairs, std::vector<TranslationPair>()}) {
    const absl::StatusOr<TrainedLexicon> trained = TrainLexicon(few, {});
    EXPECT_EQ(trained.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(trained.status().message()), HasSubstr("500 are needed"));
  }
  EXPECT_TRUE(TrainLexicon(ToyPairs(kFewestTrainingPairs), {}).ok());
}

TEST(LexiconTrainerTest, AShareIsBetweenZeroAndAFifth) {
  for (const double share : {-0.001, 0.201, 1.0, std::nan(""), HUGE_VAL}) {
    EXPECT_EQ(TrainLexicon(ToyPairs(500), {.false_refusals = share}).status().code(),
              absl::StatusCode::kInvalidArgument)
        << share;
  }
}

// Nothing to learn: sentences and translations were dealt at random.
TEST(LexiconTrainerTest, NoiseIsWorthNothing) {
  std::vector<TranslationPair> pairs = ToyPairs(600);
  for (size_t i = 0; i < pairs.size() / 2; ++i) std::swap(pairs[i].to, pairs[i + 300].to);
  const TrainedLexicon trained = TrainLexicon(pairs, {.false_refusals = 0.01}).value();
  EXPECT_LT(trained.detection, 0.2);
}

}  // namespace
}  // namespace signalbook
