#include "translator/lexicon.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "translator/book_format.h"

namespace signalbook {
namespace {

using book_format::At;
using book_format::BytesOf;

// Little-endian records, like those of a book (book_format.h), which the table is a part of:
// Header, then for each size UnitRecord[] of both sides, u32[] rows, LinkRecord[], then strings.
struct Header {
  std::array<std::array<uint32_t, 2>, kUnitSizes> unit_counts;
  std::array<uint32_t, kUnitSizes> link_counts;
  uint32_t strings_size;
  float threshold;
  LexicalFeatures weights;
};

struct UnitRecord {
  uint32_t text;  // in strings
  uint32_t size;
  uint32_t count;
};

struct LinkRecord {
  uint32_t to;
  float ratio;
};

constexpr std::array<int, lexical_features::kCounts> kCountLimits = {2,   5,    15,     60,
                                                                     300, 1500, 1 << 30};
constexpr std::array<double, lexical_features::kSupports - 1> kSupportLimits = {-1, 0,   1,  2,
                                                                                3,  4.5, 1e9};
constexpr std::array<size_t, 5> kWordLimits = {2, 4, 7, 12, size_t{1} << 30};

template <typename Limits, typename T>
int Bucket(const Limits& limits, T value) {
  return static_cast<int>(std::lower_bound(limits.begin(), limits.end() - 1, value) -
                          limits.begin());
}

// The first in [begin, end) that is not below what is looked for.
template <typename IsBelow>
size_t LowerBound(size_t begin, size_t end, IsBelow is_below) {
  while (begin < end) {
    const size_t middle = begin + (end - begin) / 2;
    if (is_below(middle)) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

// A unit of the vocabulary in a text: how often, and the ratios of its links to the other side.
struct Occurrence {
  uint32_t index;
  uint32_t times;
  double ratios = 0;
};

// Ascending by index.
std::vector<Occurrence> Count(std::vector<uint32_t> indexes) {
  std::sort(indexes.begin(), indexes.end());
  std::vector<Occurrence> counted;
  for (const uint32_t index : indexes) {
    if (counted.empty() || counted.back().index != index) counted.push_back({index, 0});
    ++counted.back().times;
  }
  return counted;
}

Occurrence* FindOccurrence(uint32_t index, std::vector<Occurrence>* occurrences) {
  const size_t at =
      LowerBound(0, occurrences->size(), [&](size_t i) { return (*occurrences)[i].index < index; });
  const bool found = at < occurrences->size() && (*occurrences)[at].index == index;
  return found ? &(*occurrences)[at] : nullptr;
}

// Which units a text has; sorted when somebody first asks.
class Texts {
 public:
  explicit Texts(const std::vector<std::string>& units) : units_(units) {}
  bool Have(std::string_view unit) {
    if (sorted_.size() != units_.size()) {
      sorted_.assign(units_.begin(), units_.end());
      std::sort(sorted_.begin(), sorted_.end());
    }
    return std::binary_search(sorted_.begin(), sorted_.end(), unit);
  }

 private:
  const std::vector<std::string>& units_;
  std::vector<std::string_view> sorted_;
};

int UnitFeature(UnitSize size, LexiconSide side) {
  return (static_cast<int>(size) * 2 + static_cast<int>(side)) * lexical_features::kPerUnit;
}

}  // namespace

namespace lexical_features {

std::string Name(int feature) {
  if (feature >= kWords) {
    constexpr std::string_view kNames[] = {"1-2", "3-4", "5-7", "8-12", "13+"};
    return absl::StrCat("words ", std::string(kNames[feature - kWords]));
  }
  if (feature >= kLength) {
    constexpr std::string_view kNames[] = {"log-ratio", "square", "by-root-of-words"};
    return absl::StrCat("length ", std::string(kNames[feature - kLength]));
  }
  const int unit = feature / kPerUnit;
  const int rest = feature % kPerUnit;
  const std::string prefix =
      absl::StrCat(unit % 2 == 0 ? "from " : "to ", unit / 2 == 0 ? "word " : "part ");
  if (rest == kCopied) return prefix + "copied";
  if (rest == kCopiedUnknown) return prefix + "copied-unknown";
  constexpr std::string_view kSeen[] = {"2", "3-5", "6-15", "16-60", "61-300", "301-1500", "1501+"};
  constexpr std::string_view kSupported[] = {"none", "<=-1", "<=0",   "<=1",
                                             "<=2",  "<=3",  "<=4.5", ">4.5"};
  return absl::StrCat(prefix, std::string(kSeen[rest / kSupports]), " ",
                      std::string(kSupported[rest % kSupports]));
}

}  // namespace lexical_features

std::string WriteLexicon(const LexiconTable& table) {
  Header header{.threshold = table.threshold, .weights = table.weights};
  std::string body;
  std::string strings;
  for (int size = 0; size < kUnitSizes; ++size) {
    const LexiconTable::Units& units = table.sizes[size];
    for (int side = 0; side < 2; ++side) {
      header.unit_counts[size][side] = static_cast<uint32_t>(units.sides[side].size());
      for (const LexiconTable::Unit& unit : units.sides[side]) {
        body += BytesOf(UnitRecord{static_cast<uint32_t>(strings.size()),
                                   static_cast<uint32_t>(unit.text.size()), unit.count});
        strings += unit.text;
      }
    }
    header.link_counts[size] = static_cast<uint32_t>(units.links.size());
    size_t link = 0;
    for (size_t from = 0; from <= units.sides[0].size(); ++from) {
      while (link < units.links.size() && units.links[link].from < from) ++link;
      body += BytesOf(static_cast<uint32_t>(link));
    }
    for (const LexiconTable::Link& row : units.links)
      body += BytesOf(LinkRecord{row.to, row.ratio});
  }
  header.strings_size = static_cast<uint32_t>(strings.size());
  return absl::StrCat(std::string(BytesOf(header)), body, strings);
}

absl::StatusOr<Lexicon> Lexicon::View(std::string_view bytes) {
  const absl::Status damaged = absl::InvalidArgumentError("a lexicon is damaged");
  Header header;
  if (bytes.size() < sizeof(header)) return damaged;
  std::memcpy(&header, bytes.data(), sizeof(header));
  bytes.remove_prefix(sizeof(header));
  bool whole = true;
  const auto take = [&](uint64_t size) {
    whole = whole && size <= bytes.size();
    const std::string_view taken = bytes.substr(0, whole ? size : 0);
    bytes.remove_prefix(taken.size());
    return taken;
  };
  Lexicon lexicon;
  for (int size = 0; size < kUnitSizes; ++size) {
    for (int side = 0; side < 2; ++side) {
      const uint64_t count = header.unit_counts[size][side];
      lexicon.vocabularies_[size][side] = {take(count * sizeof(UnitRecord)), count};
    }
    lexicon.rows_[size] = take((uint64_t{header.unit_counts[size][0]} + 1) * sizeof(uint32_t));
    lexicon.links_[size] = take(uint64_t{header.link_counts[size]} * sizeof(LinkRecord));
  }
  lexicon.strings_ = take(header.strings_size);
  if (!whole) return damaged;
  lexicon.weights_ = header.weights;
  lexicon.threshold_ = header.threshold;
  return lexicon;
}

Lexicon::Found Lexicon::Find(UnitSize size, LexiconSide side, std::string_view unit) const {
  const Vocabulary& vocabulary =
      vocabularies_[static_cast<size_t>(size)][static_cast<size_t>(side)];
  const auto text = [&](const UnitRecord& record) {
    if (record.text > strings_.size()) return std::string_view();
    return strings_.substr(record.text, record.size);
  };
  size_t begin = 0;
  size_t end = vocabulary.size;
  while (begin < end) {
    const size_t middle = begin + (end - begin) / 2;
    const auto record = At<UnitRecord>(vocabulary.units, middle);
    const int order = text(record).compare(unit);
    if (order == 0) return {static_cast<uint32_t>(middle), record.count};
    if (order < 0) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return {0, 0};
}

std::vector<Lexicon::Found> Lexicon::FindAll(UnitSize size, LexiconSide side,
                                             const LexicalUnits& units) const {
  std::vector<Found> found;
  found.reserve(units[static_cast<size_t>(size)].size());
  for (const std::string& unit : units[static_cast<size_t>(size)]) {
    found.push_back(Find(size, side, unit));
  }
  return found;
}

std::array<std::vector<double>, 2> Lexicon::Supports(UnitSize size, const BothSides& found) const {
  const std::string_view rows = rows_[static_cast<size_t>(size)];
  const std::string_view links = links_[static_cast<size_t>(size)];
  std::array<std::vector<Occurrence>, 2> occurrences;
  for (int side = 0; side < 2; ++side) {
    std::vector<uint32_t> indexes;
    for (const Found& unit : found[side]) {
      if (unit.count > 0) indexes.push_back(unit.index);
    }
    occurrences[side] = Count(std::move(indexes));
  }
  auto& [from, to] = occurrences;
  for (Occurrence& f : from) {
    const auto link_at = [&](size_t at) { return At<LinkRecord>(links, at); };
    const auto add = [&](Occurrence* t, float ratio) {
      f.ratios += static_cast<double>(ratio) * t->times;
      t->ratios += static_cast<double>(ratio) * f.times;
    };
    const size_t begin = At<uint32_t>(rows, f.index);
    const size_t end = std::min<size_t>(At<uint32_t>(rows, size_t{f.index} + 1),
                                        links.size() / sizeof(LinkRecord));
    if (begin >= end) continue;
    // The fewer are looked up among the more.
    if (end - begin < to.size()) {
      for (size_t at = begin; at < end; ++at) {
        const LinkRecord link = link_at(at);
        if (Occurrence* t = FindOccurrence(link.to, &to); t != nullptr) add(t, link.ratio);
      }
      continue;
    }
    for (Occurrence& t : to) {
      const size_t at = LowerBound(begin, end, [&](size_t i) { return link_at(i).to < t.index; });
      if (at < end && link_at(at).to == t.index) add(&t, link_at(at).ratio);
    }
  }
  std::array<std::vector<double>, 2> supports;
  for (int side = 0; side < 2; ++side) {
    const size_t others = found[1 - side].size();
    for (const Found& unit : found[side]) {
      const bool counts = unit.count > 0 && others > 0;
      supports[side].push_back(
          counts ? FindOccurrence(unit.index, &occurrences[side])->ratios / others : 0);
    }
  }
  return supports;
}

LexicalFeatures Lexicon::Features(const LexicalUnits& from, const LexicalUnits& to) const {
  namespace f = lexical_features;
  LexicalFeatures features{};
  for (const UnitSize size : {UnitSize::kWord, UnitSize::kPart}) {
    const auto at = static_cast<size_t>(size);
    const BothSides found = {FindAll(size, LexiconSide::kFrom, from),
                             FindAll(size, LexiconSide::kTo, to)};
    const std::array<std::vector<double>, 2> supports = Supports(size, found);
    const std::array<const std::vector<std::string>*, 2> texts = {&from[at], &to[at]};
    for (const LexiconSide side : {LexiconSide::kFrom, LexiconSide::kTo}) {
      const auto own = static_cast<size_t>(side);
      const int base = UnitFeature(size, side);
      Texts others(*texts[1 - own]);
      for (size_t i = 0; i < found[own].size(); ++i) {
        const Found& unit = found[own][i];
        const int count = base + Bucket(kCountLimits, static_cast<int>(unit.count)) * f::kSupports;
        if (const double support = supports[own][i]; support > 0) {
          ++features[count + 1 + Bucket(kSupportLimits, std::log(support))];
        } else if (others.Have((*texts[own])[i])) {
          ++features[base + (unit.count == 0 ? f::kCopiedUnknown : f::kCopied)];
        } else if (unit.count > 0) {
          ++features[count];
        }
      }
    }
  }
  const size_t from_words = from[0].size();
  const double ratio =
      std::log((static_cast<double>(to[0].size()) + 1) / (static_cast<double>(from_words) + 1));
  features[f::kLength] = static_cast<float>(ratio);
  features[f::kLength + 1] = static_cast<float>(ratio * ratio);
  features[f::kLength + 2] =
      static_cast<float>(std::abs(ratio) * std::sqrt(static_cast<double>(from_words)));
  features[f::kWords + Bucket(kWordLimits, from_words)] = 1;
  return features;
}

double Lexicon::Score(const LexicalUnits& from, const LexicalUnits& to) const {
  const LexicalFeatures features = Features(from, to);
  return std::inner_product(features.begin(), features.end(), weights_.begin(), 0.0);
}

std::vector<size_t> Lexicon::Unaccounted(const LexicalUnits& from, const LexicalUnits& to,
                                         LexiconSide side) const {
  const auto own = static_cast<size_t>(side);
  const BothSides found = {FindAll(UnitSize::kWord, LexiconSide::kFrom, from),
                           FindAll(UnitSize::kWord, LexiconSide::kTo, to)};
  const std::vector<double> supports = Supports(UnitSize::kWord, found)[own];
  const std::vector<std::string>& words = side == LexiconSide::kFrom ? from[0] : to[0];
  Texts others(side == LexiconSide::kFrom ? to[0] : from[0]);
  std::vector<size_t> unaccounted;
  for (size_t i = 0; i < words.size(); ++i) {
    if (found[own][i].count == 0 || supports[i] >= 1 || others.Have(words[i])) continue;
    unaccounted.push_back(i);
  }
  return unaccounted;
}

size_t Lexicon::Known(const LexicalUnits& units, LexiconSide side) const {
  const std::vector<Found> found = FindAll(UnitSize::kWord, side, units);
  return static_cast<size_t>(
      std::count_if(found.begin(), found.end(), [](const Found& unit) { return unit.count > 0; }));
}

}  // namespace signalbook
