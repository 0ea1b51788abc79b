#include "translator/tsv.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace signalbook {
namespace {

// The part of `text` before the first `separator`; removes both.
std::string_view Take(char separator, std::string_view* text) {
  const std::string_view part = text->substr(0, text->find(separator));
  text->remove_prefix(std::min(text->size(), part.size() + 1));
  return part;
}

std::vector<std::string> Cells(std::string_view line) {
  std::vector<std::string> cells;
  cells.reserve(1 + std::count(line.begin(), line.end(), '\t'));
  const bool last_is_empty = line.empty() || line.back() == '\t';
  while (!line.empty()) cells.emplace_back(Take('\t', &line));
  if (last_is_empty) cells.emplace_back();
  return cells;
}

}  // namespace

Tsv ParseTsv(std::string_view text, size_t columns) {
  Tsv tsv;
  for (int number = 1; !text.empty(); ++number) {
    const std::string_view line = Take('\n', &text);
    // "#" alone is an empty header line whose trailing space an editor has stripped.
    if (line.substr(0, 2) == "# " || line == "#") {
      tsv.header.emplace_back(line.substr(std::min<size_t>(line.size(), 2)));
      continue;
    }
    std::vector<std::string> cells = Cells(line);
    if (cells.size() != columns) {
      tsv.malformed.push_back({number, cells.size()});
      continue;
    }
    tsv.rows.push_back(std::move(cells));
    tsv.lines.push_back(number);
  }
  return tsv;
}

std::vector<std::string_view> Values(std::string_view cell) {
  constexpr std::string_view kSeparator = " | ";
  std::vector<std::string_view> values;
  if (cell.empty()) return values;
  for (size_t at = 0; (at = cell.find(kSeparator)) != std::string_view::npos;) {
    values.push_back(cell.substr(0, at));
    cell.remove_prefix(at + kSeparator.size());
  }
  values.push_back(cell);
  return values;
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat(path, ": cannot be opened"));
  std::ostringstream text;
  // An empty file has nothing to insert, which a stream calls a failure.
  if (file.peek() != std::ifstream::traits_type::eof()) text << file.rdbuf();
  if (file.bad() || text.bad()) return absl::DataLossError(absl::StrCat(path, ": cannot be read"));
  return std::move(text).str();
}

absl::StatusOr<Tsv> ReadTsv(const std::string& path, size_t columns) {
  absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  Tsv tsv = ParseTsv(*text, columns);
  if (!tsv.malformed.empty()) {
    const Tsv::Malformed& first = tsv.malformed.front();
    return absl::InvalidArgumentError(absl::StrCat(path, ":", first.line, ": ", first.cells,
                                                   " columns where ", columns, " belong"));
  }
  return tsv;
}

}  // namespace signalbook
