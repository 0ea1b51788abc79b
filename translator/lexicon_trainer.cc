#include "translator/lexicon_trainer.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <random>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "translator/decoded_text.h"
#include "translator/lexical_units.h"
#include "translator/logistic.h"
#include "translator/word_alignment.h"

namespace signalbook {
namespace {

constexpr size_t kFolds = 5;
constexpr int kDetachedPerPair = 3;
constexpr double kRidge = 5;
constexpr uint32_t kSeed = 20191205;

struct Example {
  const TranslationPair* pair;
  LexicalUnits from, to;
};

std::vector<Example> ExamplesOf(const std::vector<TranslationPair>& pairs) {
  std::vector<Example> examples;
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const TranslationPair& pair : pairs) {
    if (!seen.emplace(pair.from, pair.to).second) continue;
    const std::optional<DecodedText> from = DecodedText::Decode(pair.from);
    const std::optional<DecodedText> to = DecodedText::Decode(pair.to);
    if (!from || !to || !from->has_letter() || !to->has_letter()) continue;
    examples.push_back({&pair, FindLexicalUnits(*from), FindLexicalUnits(*to)});
  }
  return examples;
}

// Vocabularies and links of the examples outside `left_out` (kFolds: of all).
LexiconTable Align(const std::vector<Example>& examples, size_t left_out) {
  LexiconTable table;
  for (int size = 0; size < kUnitSizes; ++size) {
    std::vector<AlignedUnits> rows;
    for (size_t i = 0; i < examples.size(); ++i) {
      if (i % kFolds != left_out) rows.push_back({&examples[i].from[size], &examples[i].to[size]});
    }
    table.sizes[size] = AlignUnits(rows);
  }
  return table;
}

LabelledRow RowOf(const LexicalFeatures& features, bool positive) {
  LabelledRow row{.features = {}, .positive = positive};
  for (int i = 0; i < lexical_features::kCount; ++i) {
    if (features[i] != 0) row.features.emplace_back(i, features[i]);
  }
  return row;
}

// Weights go by how often a unit was seen: counts as they would be if no fold had been left out.
LexiconTable AsOfAll(LexiconTable table) {
  for (LexiconTable::Units& units : table.sizes) {
    for (std::vector<LexiconTable::Unit>& side : units.sides) {
      for (LexiconTable::Unit& unit : side) unit.count += unit.count / (kFolds - 1);
    }
  }
  return table;
}

// Good and detached pairs, seen by links that do not know them.
absl::StatusOr<std::vector<LabelledRow>> CrossFit(const std::vector<Example>& examples) {
  std::vector<LabelledRow> rows;
  std::mt19937 random(kSeed);
  for (size_t fold = 0; fold < kFolds; ++fold) {
    const std::string bytes = WriteLexicon(AsOfAll(Align(examples, fold)));
    const absl::StatusOr<Lexicon> lexicon = Lexicon::View(bytes);
    if (!lexicon.ok()) return lexicon.status();
    const size_t in_fold = (examples.size() - fold + kFolds - 1) / kFolds;
    for (size_t i = fold; i < examples.size(); i += kFolds) {
      rows.push_back(RowOf(lexicon->Features(examples[i].from, examples[i].to), true));
      for (int k = 0; k < kDetachedPerPair; ++k) {
        const Example& other = examples[fold + kFolds * (random() % in_fold)];
        if (other.pair->from == examples[i].pair->from || other.pair->to == examples[i].pair->to) {
          continue;
        }
        rows.push_back(RowOf(lexicon->Features(examples[i].from, other.to), false));
      }
    }
  }
  return rows;
}

float ThreeDecimals(double value) { return static_cast<float>(std::round(value * 1000) / 1000); }

double ScoreOf(const LabelledRow& row, const LexicalFeatures& weights) {
  return std::accumulate(row.features.begin(), row.features.end(), 0.0,
                         [&](double sum, const auto& feature) {
                           return sum + feature.second * weights[feature.first];
                         });
}

double ShareBelow(const std::vector<double>& scores, double threshold) {
  const auto below =
      std::count_if(scores.begin(), scores.end(), [&](double score) { return score < threshold; });
  return scores.empty() ? 0 : static_cast<double>(below) / static_cast<double>(scores.size());
}

}  // namespace

absl::StatusOr<TrainedLexicon> TrainLexicon(const std::vector<TranslationPair>& pairs,
                                            const TrainingOptions& options) {
  if (!(options.false_refusals >= 0 && options.false_refusals <= 0.2)) {
    return absl::InvalidArgumentError("the share of false refusals must be between 0 and 0.2");
  }
  const std::vector<Example> examples = ExamplesOf(pairs);
  if (examples.size() < kFewestTrainingPairs) {
    return absl::FailedPreconditionError(
        absl::StrCat("too little data: ", examples.size(), " different pairs with words, ",
                     kFewestTrainingPairs, " are needed for a threshold that holds"));
  }
  const absl::StatusOr<std::vector<LabelledRow>> rows = CrossFit(examples);
  if (!rows.ok()) return rows.status();

  TrainedLexicon trained{.table = Align(examples, kFolds), .pairs = examples.size()};
  const std::vector<double> weights = FitLogistic(*rows, lexical_features::kCount, kRidge);
  std::transform(weights.begin(), weights.end(), trained.table.weights.begin(), ThreeDecimals);

  std::vector<double> good;
  std::vector<double> detached;
  for (const LabelledRow& row : *rows) {
    (row.positive ? good : detached).push_back(ScoreOf(row, trained.table.weights));
  }
  std::sort(good.begin(), good.end());
  const auto refused =
      static_cast<size_t>(options.false_refusals * static_cast<double>(good.size()));
  trained.table.threshold = ThreeDecimals(good[std::min(refused, good.size() - 1)]);
  trained.false_refusals = ShareBelow(good, trained.table.threshold);
  trained.detection = ShareBelow(detached, trained.table.threshold);
  return trained;
}

}  // namespace signalbook
