#include "service/check/corpus_tsv.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "service/check/escape.h"
#include "service/strings.h"
#include "translator/normalize.h"

namespace signalbook::check {
namespace {

constexpr std::string_view kSource = "source";
constexpr std::string_view kListSeparator = " | ";

std::vector<std::string_view> Split(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + separator.size());
  }
}

// Bytes that are no text may be what a message holds, and nothing else.
absl::StatusOr<std::string> ReadText(std::string_view name, std::string_view cell) {
  std::string_view bad;
  std::optional<std::string> text = Unescape(cell, &bad);
  if (!text) {
    return BadValue(StrCat(Quoted(name), ": bad escape ", Quoted(bad), "; known: ", kEscapes));
  }
  if (name != kSource && FindInvalidUtf8(*text))
    return BadValue(StrCat(Quoted(name), ": not UTF-8"));
  return *std::move(text);
}

absl::StatusOr<FieldValue> ReadCell(const Field& field, std::string_view cell) {
  FieldValue value;
  if (field.type == FieldType::kFlag) {
    const std::string word = absl::AsciiStrToLower(std::string(cell));
    if (word != "true" && word != "false") {
      return BadValue(StrCat(Quoted(field.name), ": ", Quoted(cell), " is not true or false"));
    }
    value.flag = word == "true";
    return value;
  }
  // An escaped "|" separates nothing.
  const std::vector<std::string_view> items =
      field.type == FieldType::kText ? std::vector{cell} : Split(cell, kListSeparator);
  for (const std::string_view item : items) {
    absl::StatusOr<std::string> text = ReadText(field.name, item);
    if (!text.ok()) return text.status();
    value.texts.push_back(*std::move(text));
  }
  return value;
}

const Field* FindField(std::string_view name) {
  for (const Field& field : Fields()) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

}  // namespace

bool IsTsvComment(std::string_view line) {
  return line.empty() || line == "#" || line.starts_with("# ");
}

absl::StatusOr<TsvColumns> TsvColumns::Create(std::string_view line) {
  if (absl::Status utf8 = CheckUtf8(line); !utf8.ok()) return utf8;
  std::vector<const Field*> columns;
  for (const std::string_view name : Split(line, "\t")) {
    const Field* field = FindField(name);
    if (field == nullptr) {
      std::vector<std::string_view> known;
      for (const Field& f : Fields()) known.push_back(f.name);
      return BadValue(StrCat("unknown column ", Quoted(name),
                             "; the first line names the columns, known: ", Listed(known)));
    }
    if (std::find(columns.begin(), columns.end(), field) != columns.end()) {
      return BadValue(StrCat("duplicate column ", Quoted(name)));
    }
    columns.push_back(field);
  }
  if (std::find(columns.begin(), columns.end(), FindField(kSource)) == columns.end()) {
    return BadValue(StrCat("no column ", Quoted(kSource)));
  }
  return TsvColumns(std::move(columns));
}

absl::StatusOr<CorpusLine> TsvColumns::ParseLine(std::string_view text) const {
  if (absl::Status utf8 = CheckUtf8(text); !utf8.ok()) return utf8;
  const std::vector<std::string_view> cells = Split(text, "\t");
  if (cells.size() != columns_.size()) {
    std::vector<std::string_view> names;
    for (const Field* column : columns_) names.push_back(column->name);
    return BadValue(
        StrCat("cells: ", cells.size(), ", columns: ", columns_.size(), " (", Listed(names), ")"));
  }
  CorpusLine line;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].empty()) continue;
    const Field& field = *columns_[i];
    absl::StatusOr<FieldValue> value = ReadCell(field, cells[i]);
    if (!value.ok()) return value.status();
    if (absl::Status set = field.set(field, *std::move(value), &line); !set.ok()) return set;
  }
  if (!line.source) return BadValue(StrCat("has no ", Quoted(kSource), ": the cell is empty"));
  return line;
}

}  // namespace signalbook::check
