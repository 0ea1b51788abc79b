#include "translator/word_alignment.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace signalbook {
namespace {

constexpr size_t kMaxUnits = 60;
constexpr uint32_t kFewest = 2;
constexpr int kIterations = 5;
constexpr double kNullShare = 0.1;  // of units that nothing on the other side accounts for
constexpr double kPrior = 0.01;
constexpr double kDiscount = 0.3;  // of a link's count: once is often chance
constexpr double kFaintestCount = 0.05;
constexpr double kSmallestRatio = 0.35;  // below, a link is as good as none

// ψ(x), by recurrence and the asymptotic series.
double Digamma(double x) {
  double result = 0;
  while (x < 6) {
    result -= 1 / x;
    x += 1;
  }
  const double f = 1 / (x * x);
  return result + std::log(x) - 0.5 / x - f * (1.0 / 12 - f * (1.0 / 120 - f / 252));
}

float ThreeDigits(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.3g", value);
  return std::strtof(text, nullptr);
}

// Units of one side, numbered in order of appearance.
struct Side {
  absl::flat_hash_map<std::string_view, uint32_t> ids;
  std::vector<std::string_view> texts;
  std::vector<uint32_t> counts;

  uint32_t Add(std::string_view unit) {
    const auto [at, added] = ids.try_emplace(unit, static_cast<uint32_t>(texts.size()));
    if (added) {
      texts.push_back(unit);
      counts.push_back(0);
    }
    ++counts[at->second];
    return at->second;
  }
};

// What a unit is expected to become: p(other | unit) of its links, p(other | null).
struct Direction {
  std::vector<double> link;  // by link
  std::vector<double> null;  // by unit of the other side
};

class Aligner {
 public:
  explicit Aligner(const std::vector<AlignedUnits>& rows) {
    for (const AlignedUnits& row : rows) AddRow(*row.from, *row.to);
    forward_ = {std::vector<double>(links_.size(), 1), std::vector<double>(to_.texts.size(), 1)};
    backward_ = {std::vector<double>(links_.size(), 1), std::vector<double>(from_.texts.size(), 1)};
    counts_.resize(links_.size());
    for (int i = 0; i < kIterations; ++i) Iterate(/*first=*/i == 0);
  }

  LexiconTable::Units Units() const;

 private:
  struct Row {
    std::vector<uint32_t> from, to;
    std::vector<uint32_t> links;  // from.size() × to.size()
  };

  void AddRow(const std::vector<std::string>& from, const std::vector<std::string>& to) {
    Row row;
    for (size_t i = 0; i < std::min(from.size(), kMaxUnits); ++i) {
      row.from.push_back(from_.Add(from[i]));
    }
    for (size_t i = 0; i < std::min(to.size(), kMaxUnits); ++i) row.to.push_back(to_.Add(to[i]));
    row.links.reserve(row.from.size() * row.to.size());
    for (const uint32_t f : row.from) {
      for (const uint32_t t : row.to) {
        const auto [at, added] =
            link_ids_.try_emplace(uint64_t{f} << 32 | t, static_cast<uint32_t>(links_.size()));
        if (added) links_.emplace_back(f, t);
        row.links.push_back(at->second);
      }
    }
    rows_.push_back(std::move(row));
  }

  void Iterate(bool first) {
    std::fill(counts_.begin(), counts_.end(), 0);
    std::vector<double> null_to(to_.texts.size());
    std::vector<double> null_from(from_.texts.size());
    std::vector<double> forward;
    std::vector<double> backward;
    for (const Row& row : rows_) {
      const size_t n = row.from.size();
      const size_t m = row.to.size();
      forward.assign(n * m, 0);
      backward.assign(n * m, 0);
      // In the first round the null word is one word like all others.
      const double null_of_from =
          first ? 1 : kNullShare / (1 - kNullShare) * static_cast<double>(n);
      const double null_of_to = first ? 1 : kNullShare / (1 - kNullShare) * static_cast<double>(m);
      for (size_t j = 0; j < m; ++j) {
        const double null = null_of_from * forward_.null[row.to[j]];
        double sum = null;
        for (size_t i = 0; i < n; ++i) sum += forward_.link[row.links[i * m + j]];
        if (sum <= 0) continue;
        for (size_t i = 0; i < n; ++i) {
          forward[i * m + j] = forward_.link[row.links[i * m + j]] / sum;
        }
        null_to[row.to[j]] += null / sum;
      }
      for (size_t i = 0; i < n; ++i) {
        const double null = null_of_to * backward_.null[row.from[i]];
        double sum = null;
        for (size_t j = 0; j < m; ++j) sum += backward_.link[row.links[i * m + j]];
        if (sum <= 0) continue;
        for (size_t j = 0; j < m; ++j) {
          backward[i * m + j] = backward_.link[row.links[i * m + j]] / sum;
        }
        null_from[row.from[i]] += null / sum;
      }
      for (size_t x = 0; x < n * m; ++x) {
        counts_[row.links[x]] += std::sqrt(forward[x] * backward[x]);
      }
    }
    Maximize(std::move(null_from), std::move(null_to));
  }

  void Maximize(std::vector<double> null_from, std::vector<double> null_to) {
    std::vector<double> from_sum(from_.texts.size());
    std::vector<double> to_sum(to_.texts.size());
    for (size_t i = 0; i < links_.size(); ++i) {
      from_sum[links_[i].first] += counts_[i] + kPrior;
      to_sum[links_[i].second] += counts_[i] + kPrior;
    }
    for (double& sum : from_sum) sum = Digamma(sum);
    for (double& sum : to_sum) sum = Digamma(sum);
    for (size_t i = 0; i < links_.size(); ++i) {
      const double own = Digamma(counts_[i] + kPrior);
      forward_.link[i] = std::exp(own - from_sum[links_[i].first]);
      backward_.link[i] = std::exp(own - to_sum[links_[i].second]);
    }
    const auto normalize = [](std::vector<double> null) {
      const double sum = std::accumulate(null.begin(), null.end(), 0.0);
      for (double& share : null) share = sum > 0 ? share / sum : 0;
      return null;
    };
    forward_.null = normalize(std::move(null_to));
    backward_.null = normalize(std::move(null_from));
  }

  Side from_, to_;
  std::vector<Row> rows_;
  absl::flat_hash_map<uint64_t, uint32_t> link_ids_;
  std::vector<std::pair<uint32_t, uint32_t>> links_;
  std::vector<double> counts_;  // expected, by link
  Direction forward_, backward_;
};

LexiconTable::Units Aligner::Units() const {
  LexiconTable::Units units;
  // Where the units that were seen often enough stand in the finished table.
  std::array<std::vector<uint32_t>, 2> places;
  const std::array<const Side*, 2> sides = {&from_, &to_};
  for (int s = 0; s < 2; ++s) {
    std::vector<uint32_t> kept;
    for (uint32_t id = 0; id < sides[s]->texts.size(); ++id) {
      if (sides[s]->counts[id] >= kFewest && !sides[s]->texts[id].empty()) kept.push_back(id);
    }
    std::sort(kept.begin(), kept.end(),
              [&](uint32_t a, uint32_t b) { return sides[s]->texts[a] < sides[s]->texts[b]; });
    places[s].assign(sides[s]->texts.size(), 0);
    for (const uint32_t id : kept) {
      units.sides[s].push_back({std::string(sides[s]->texts[id]), sides[s]->counts[id]});
      places[s][id] = static_cast<uint32_t>(units.sides[s].size());  // from 1: 0 is left out
    }
  }
  for (size_t i = 0; i < links_.size(); ++i) {
    const auto [f, t] = links_[i];
    const double count = counts_[i] - kDiscount;
    if (places[0][f] == 0 || places[1][t] == 0 || count <= kFaintestCount) continue;
    const double ratio = 2 * count * static_cast<double>(rows_.size()) /
                         (static_cast<double>(from_.counts[f]) * to_.counts[t]);
    if (ratio < kSmallestRatio) continue;
    units.links.push_back({places[0][f] - 1, places[1][t] - 1, ThreeDigits(ratio)});
  }
  std::sort(units.links.begin(), units.links.end(), [](const auto& a, const auto& b) {
    return std::pair(a.from, a.to) < std::pair(b.from, b.to);
  });
  return units;
}

}  // namespace

LexiconTable::Units AlignUnits(const std::vector<AlignedUnits>& rows) {
  return Aligner(rows).Units();
}

}  // namespace signalbook
