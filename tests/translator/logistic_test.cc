// Logistic regression: weights that are known in closed form, and what makes any weights the best.
#include "translator/logistic.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <utility>
#include <vector>

namespace signalbook {
namespace {

constexpr double kNoRidge = 1e-9;

void Add(std::vector<std::pair<int, float>> features, int positive, int negative,
         std::vector<LabelledRow>* rows) {
  for (int i = 0; i < positive + negative; ++i) rows->push_back({features, i < positive});
}

TEST(LogisticTest, WeightsKnownInClosedForm) {
  // A feature of its own for each group: its weight is the log-odds of the group.
  std::vector<LabelledRow> rows;
  Add({{0, 1.0F}}, 3, 1, &rows);
  Add({{1, 1.0F}}, 5, 5, &rows);
  Add({{2, 2.0F}}, 1, 9, &rows);
  const std::vector<double> weights = FitLogistic(rows, 4, kNoRidge);
  ASSERT_EQ(weights.size(), 4u);
  EXPECT_NEAR(weights[0], std::log(3), 1e-6);
  EXPECT_NEAR(weights[1], 0, 1e-6);
  EXPECT_NEAR(weights[2], std::log(1.0 / 9) / 2, 1e-6) << "a feature of 2 needs half the weight";
  EXPECT_NEAR(weights[3], 0, 1e-6) << "a feature that no row has";
}

TEST(LogisticTest, FeaturesTogether) {
  // p(positive) is 1/(1 + e^−(w0 + w1·x)) exactly: 1/2 without and 3/4 with the second feature.
  std::vector<LabelledRow> rows;
  Add({{0, 1.0F}}, 10, 10, &rows);
  Add({{0, 1.0F}, {1, 1.0F}}, 15, 5, &rows);
  const std::vector<double> weights = FitLogistic(rows, 2, kNoRidge);
  EXPECT_NEAR(weights[0], 0, 1e-6);
  EXPECT_NEAR(weights[1], std::log(3), 1e-6);
}

TEST(LogisticTest, ARidgeKeepsSeparableDataFinite) {
  std::vector<LabelledRow> rows;
  Add({{0, 1.0F}}, 20, 0, &rows);
  Add({{1, 1.0F}}, 0, 20, &rows);
  double before = 1e9;
  for (const double ridge : {0.1, 1.0, 10.0, 100.0}) {
    const std::vector<double> weights = FitLogistic(rows, 2, ridge);
    EXPECT_GT(weights[0], 0) << ridge;
    EXPECT_NEAR(weights[0], -weights[1], 1e-6) << ridge;
    EXPECT_LT(weights[0], before) << "a stronger ridge pulls harder: " << ridge;
    before = weights[0];
  }
}

TEST(LogisticTest, NothingToLearnFrom) {
  EXPECT_EQ(FitLogistic({}, 3, 1), std::vector<double>(3));
  EXPECT_TRUE(FitLogistic({}, 0, 1).empty());
}

std::vector<LabelledRow> RandomRows(int features) {
  std::mt19937 random(7);
  std::vector<LabelledRow> rows(500);
  for (LabelledRow& row : rows) {
    double score = 0;
    for (int i = 0; i < features; ++i) {
      if (random() % 3 != 0) continue;
      const auto value = static_cast<float>(random() % 5) - 1.5F;
      row.features.emplace_back(i, value);
      score += value * (i - features / 2);
    }
    row.positive = score + random() % 5 > 2;
  }
  return rows;
}

// The likelihood is concave: where its slope is zero is its only maximum.
TEST(LogisticTest, TheSlopeIsZeroAtTheWeights) {
  constexpr int kFeatures = 8;
  constexpr double kRidge = 2;
  const std::vector<LabelledRow> rows = RandomRows(kFeatures);
  const std::vector<double> weights = FitLogistic(rows, kFeatures, kRidge);
  std::vector<double> slope(kFeatures);
  for (const LabelledRow& row : rows) {
    double score = 0;
    for (const auto& [i, x] : row.features) score += weights[i] * x;
    for (const auto& [i, x] : row.features) {
      slope[i] += ((row.positive ? 1 : 0) - 1 / (1 + std::exp(-score))) * x;
    }
  }
  for (int i = 0; i < kFeatures; ++i) EXPECT_NEAR(slope[i], kRidge * weights[i], 1e-3) << i;
  EXPECT_EQ(weights, FitLogistic(rows, kFeatures, kRidge)) << "the same on every run";
}

}  // namespace
}  // namespace signalbook
