#include "tests/benchmark/service/report.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

namespace signalbook {

void Report::Add(std::string name, double value, std::string unit, std::optional<Target> target,
                 std::string detail) {
  figures_.push_back({std::move(name), value, std::move(unit), target, std::move(detail)});
  std::fprintf(stderr, "  %s: %.3g %s\n", figures_.back().name.c_str(), value,
               figures_.back().unit.c_str());
}

bool Report::Figure::Met() const {
  if (!target) return true;
  return target->bound == Bound::kAtLeast ? value >= target->value : value <= target->value;
}

bool Report::Met() const {
  return std::all_of(figures_.begin(), figures_.end(),
                     [](const Figure& figure) { return figure.Met(); });
}

void Report::PrintTable() const {
  for (const Figure& figure : figures_) {
    char target[64] = "";
    if (figure.target) {
      std::snprintf(target, sizeof(target), "%s %g %s",
                    figure.target->bound == Bound::kAtLeast ? "at least" : "at most",
                    figure.target->value, figure.Met() ? "met" : "MISSED");
    }
    std::printf("%-34s %9.3f %-5s %-22s %s\n", figure.name.c_str(), figure.value,
                figure.unit.c_str(), target, figure.detail.c_str());
  }
}

void Report::PrintJson() const {
  nlohmann::json figures = nlohmann::json::array();
  for (const Figure& figure : figures_) {
    nlohmann::json json = {{"name", figure.name},
                           {"value", figure.value},
                           {"unit", figure.unit},
                           {"detail", figure.detail}};
    if (figure.target) {
      json["target"] = {{"bound", figure.target->bound == Bound::kAtLeast ? "at_least" : "at_most"},
                        {"value", figure.target->value},
                        {"met", figure.Met()}};
    }
    figures.push_back(std::move(json));
  }
  std::printf("%s\n", nlohmann::json{{"figures", std::move(figures)}}.dump().c_str());
}

double Percentile(std::vector<double> values, double share) {
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

double Median(std::vector<double> values) { return Percentile(std::move(values), 0.5); }

}  // namespace signalbook
