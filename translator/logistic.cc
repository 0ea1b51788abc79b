#include "translator/logistic.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace signalbook {
namespace {

constexpr int kMaxSteps = 20;
constexpr double kConverged = 1e-4;

// A symmetric matrix, of which the lower half counts.
class Matrix {
 public:
  explicit Matrix(int size) : size_(size), cells_(static_cast<size_t>(size) * size) {}
  double& at(int row, int column) { return cells_[static_cast<size_t>(row) * size_ + column]; }

  // Solves this · x = right by Cholesky's decomposition, in place. Precondition: positive definite.
  std::vector<double> Solve(std::vector<double> right) {
    for (int i = 0; i < size_; ++i) {
      for (int j = 0; j <= i; ++j) {
        double sum = at(i, j);
        for (int k = 0; k < j; ++k) sum -= at(i, k) * at(j, k);
        at(i, j) = i == j ? std::sqrt(std::max(sum, 1e-12)) : sum / at(j, j);
      }
    }
    for (int i = 0; i < size_; ++i) {
      for (int k = 0; k < i; ++k) right[i] -= at(i, k) * right[k];
      right[i] /= at(i, i);
    }
    for (int i = size_ - 1; i >= 0; --i) {
      for (int k = i + 1; k < size_; ++k) right[i] -= at(k, i) * right[k];
      right[i] /= at(i, i);
    }
    return right;
  }

 private:
  int size_;
  std::vector<double> cells_;
};

}  // namespace

std::vector<double> FitLogistic(const std::vector<LabelledRow>& rows, int features, double ridge) {
  std::vector<double> weights(features);
  for (int step = 0; step < kMaxSteps; ++step) {
    std::vector<double> gradient(features);
    Matrix curvature(features);
    for (const LabelledRow& row : rows) {
      double score = 0;
      for (const auto& [i, x] : row.features) score += weights[i] * x;
      const double p = 1 / (1 + std::exp(-score));
      for (size_t a = 0; a < row.features.size(); ++a) {
        const auto [i, x] = row.features[a];
        gradient[i] += ((row.positive ? 1 : 0) - p) * x;
        for (size_t b = 0; b <= a; ++b) {
          curvature.at(i, row.features[b].first) += p * (1 - p) * x * row.features[b].second;
        }
      }
    }
    for (int i = 0; i < features; ++i) {
      gradient[i] -= ridge * weights[i];
      curvature.at(i, i) += ridge;
    }
    double largest = 0;
    const std::vector<double> change = curvature.Solve(std::move(gradient));
    for (int i = 0; i < features; ++i) {
      weights[i] += change[i];
      largest = std::max(largest, std::abs(change[i]));
    }
    if (largest < kConverged) break;
  }
  return weights;
}

}  // namespace signalbook
