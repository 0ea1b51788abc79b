// Logistic regression with a ridge, by Newton's method: small, exact, the same on every run.
//
// Thread rule: a pure function.
#ifndef SIGNALBOOK_TRANSLATOR_LOGISTIC_H_
#define SIGNALBOOK_TRANSLATOR_LOGISTIC_H_

#include <utility>
#include <vector>

namespace signalbook {

struct LabelledRow {
  // Features that are not zero: index and value, ascending.
  std::vector<std::pair<int, float>> features;
  bool positive = false;
};

// Weights w that maximize Σ log p(label) − ridge/2·|w|², where p(positive) = 1/(1 + e^(−w·x)).
// Cost: rows × (features of a row)² + features³, a dozen times.
std::vector<double> FitLogistic(const std::vector<LabelledRow>& rows, int features, double ridge);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_LOGISTIC_H_
