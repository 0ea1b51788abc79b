// What a benchmark found: figures with their targets, for people and for programs.
#ifndef SIGNALBOOK_TESTS_BENCHMARK_SERVICE_REPORT_H_
#define SIGNALBOOK_TESTS_BENCHMARK_SERVICE_REPORT_H_

#include <optional>
#include <string>
#include <vector>

namespace signalbook {

enum class Bound { kAtLeast, kAtMost };

struct Target {
  Bound bound = Bound::kAtLeast;
  double value = 0;
};

class Report {
 public:
  // Without a target, a figure is there to explain others. `detail` says what it was worked out from.
  void Add(std::string name, double value, std::string unit, std::optional<Target> target,
           std::string detail);

  // Nothing that has a target missed it.
  bool Met() const;
  void PrintTable() const;
  // {"figures":[{"name","value","unit","detail","target":{"bound","value","met"}}]}, one line.
  void PrintJson() const;

 private:
  struct Figure {
    std::string name;
    double value;
    std::string unit;
    std::optional<Target> target;
    std::string detail;
    bool Met() const;
  };
  std::vector<Figure> figures_;
};

// Of a list that is not empty.
double Median(std::vector<double> values);
double Percentile(std::vector<double> values, double share);

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_BENCHMARK_SERVICE_REPORT_H_
