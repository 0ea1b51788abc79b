#include "translator/lexicon_tables.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace signalbook {
namespace {

constexpr std::string_view kSizeNames[kUnitSizes] = {"word", "part"};

enum Column { kKind, kSize, kFrom, kTo, kValue, kColumns };

class LexiconReader {
 public:
  LexiconReader(TableReader& in, const std::string& file) : in_(in), file_(file) {}

  LexiconTable Read(const Tsv& tsv) {
    // Links stand before the units that they name.
    for (size_t i = 0; i < tsv.rows.size(); ++i) {
      if (i > 0) ReportTwin(tsv.rows[i - 1], tsv.rows[i], tsv.lines[i]);
      ReadRow(tsv.rows[i], tsv.lines[i]);
    }
    for (size_t i = 0; i < tsv.rows.size(); ++i) {
      if (tsv.rows[i][kKind] == "link") ReadLink(tsv.rows[i], tsv.lines[i]);
    }
    for (LexiconTable::Units& units : table_.sizes) {
      std::sort(units.links.begin(), units.links.end(), [](const auto& a, const auto& b) {
        return std::pair(a.from, a.to) < std::pair(b.from, b.to);
      });
    }
    return std::move(table_);
  }

 private:
  using Row = std::vector<std::string>;

  // Rows are sorted, so those that say two things about one stand together.
  void ReportTwin(const Row& before, const Row& row, int line) {
    if (!std::equal(row.begin(), row.begin() + kValue, before.begin())) return;
    std::string name;
    for (int cell = kKind; cell < kValue; ++cell) {
      if (!row[cell].empty()) absl::StrAppend(&name, name.empty() ? "" : " ", row[cell]);
    }
    in_.Report(file_, line, "duplicate-key", absl::StrCat("'", name, "' stands twice"));
  }

  void ReadRow(const Row& row, int line) {
    if (row[kKind] == "link") return;
    const std::optional<double> value = Value(row, line);
    if (!value) return;
    if (row[kKind] == "threshold") {
      table_.threshold = static_cast<float>(*value);
    } else if (row[kKind] == "weight") {
      ReadWeight(row, line, *value);
    } else if (row[kKind] == "unit") {
      ReadUnit(row, line, *value);
    } else {
      in_.Report(file_, line, "lexicon", absl::StrCat("'", row[kKind], "' is no kind of row"));
    }
  }

  std::optional<double> Value(const Row& row, int line) {
    double value = 0;
    if (absl::SimpleAtod(row[kValue], &value) && value > -1e9 && value < 1e9) return value;
    in_.Report(file_, line, "lexicon", absl::StrCat("'", row[kValue], "' is not a number"));
    return std::nullopt;
  }

  std::optional<size_t> Size(const Row& row, int line) {
    for (size_t size = 0; size < kUnitSizes; ++size) {
      if (row[kSize] == kSizeNames[size]) return size;
    }
    in_.Report(file_, line, "lexicon", absl::StrCat("'", row[kSize], "' is no size of unit"));
    return std::nullopt;
  }

  void ReadWeight(const Row& row, int line, double value) {
    static const auto* const features = [] {
      auto* names = new absl::flat_hash_map<std::string, int>;
      for (int i = 0; i < lexical_features::kCount; ++i) {
        names->emplace(lexical_features::Name(i), i);
      }
      return names;
    }();
    const auto feature = features->find(row[kFrom]);
    if (feature == features->end()) {
      in_.Report(file_, line, "lexicon", absl::StrCat("there is no weight '", row[kFrom], "'"));
      return;
    }
    table_.weights[feature->second] = static_cast<float>(value);
  }

  void ReadUnit(const Row& row, int line, double value) {
    const std::optional<size_t> size = Size(row, line);
    if (!size) return;
    const int side = row[kFrom].empty() ? 1 : 0;
    const std::string& text = row[side == 0 ? kFrom : kTo];
    if (text.empty() || !row[side == 0 ? kTo : kFrom].empty() || value < 1) {
      in_.Report(file_, line, "lexicon", "a unit has one side and a count");
      return;
    }
    std::vector<LexiconTable::Unit>& units = table_.sizes[*size].sides[side];
    places_[*size][side].emplace(text, static_cast<uint32_t>(units.size()));
    // Rows are sorted, so units ascend; an unsorted table has been reported.
    units.push_back({text, static_cast<uint32_t>(value)});
  }

  void ReadLink(const Row& row, int line) {
    const std::optional<size_t> size = Size(row, line);
    const std::optional<double> value = Value(row, line);
    if (!size || !value) return;
    const auto from = places_[*size][0].find(row[kFrom]);
    const auto to = places_[*size][1].find(row[kTo]);
    if (from == places_[*size][0].end() || to == places_[*size][1].end() || *value <= 0) {
      in_.Report(file_, line, "lexicon", "a link needs two units of the table and a ratio above 0");
      return;
    }
    table_.sizes[*size].links.push_back({from->second, to->second, static_cast<float>(*value)});
  }

  TableReader& in_;
  const std::string file_;
  LexiconTable table_;
  std::array<std::array<absl::flat_hash_map<std::string, uint32_t>, 2>, kUnitSizes> places_;
};

}  // namespace

absl::Status ReadLexiconTables(TableReader& in, BookTables* out) {
  for (const TableReader::PairTable& pair : in.PairTablesIn("lexicons")) {
    absl::StatusOr<Tsv> tsv = in.ReadTable(pair.file, kColumns);
    if (!tsv.ok()) return tsv.status();
    out->lexicons.push_back(
        {pair.from, pair.to, WriteLexicon(LexiconReader(in, pair.file).Read(*tsv))});
  }
  return absl::OkStatus();
}

std::string LexiconToTsv(const LexiconTable& table, const std::vector<std::string>& header) {
  std::vector<std::string> rows;
  const auto add = [&](std::string_view kind, std::string_view size, std::string_view from,
                       std::string_view to, double value) {
    rows.push_back(absl::StrFormat("%s\t%s\t%s\t%s\t%.6g\n", std::string(kind), std::string(size),
                                   std::string(from), std::string(to), value));
  };
  for (size_t size = 0; size < kUnitSizes; ++size) {
    const auto& [sides, links] = table.sizes[size];
    for (const LexiconTable::Unit& unit : sides[0]) {
      add("unit", kSizeNames[size], unit.text, "", unit.count);
    }
    for (const LexiconTable::Unit& unit : sides[1]) {
      add("unit", kSizeNames[size], "", unit.text, unit.count);
    }
    for (const LexiconTable::Link& link : links) {
      add("link", kSizeNames[size], sides[0][link.from].text, sides[1][link.to].text, link.ratio);
    }
  }
  for (int i = 0; i < lexical_features::kCount; ++i) {
    if (table.weights[i] != 0) {
      add("weight", "", lexical_features::Name(i), "", table.weights[i]);
    }
  }
  add("threshold", "", "", "", table.threshold);
  std::sort(rows.begin(), rows.end());
  std::string text;
  for (const std::string& line : header) absl::StrAppend(&text, "# ", line, "\n");
  for (const std::string& row : rows) text += row;
  return text;
}

}  // namespace signalbook
