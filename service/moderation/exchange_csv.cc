// Rows as CSV (RFC 4180) that a spreadsheet opens and saves again.
//
// What is written: UTF-8 with a byte order mark, without which a spreadsheet takes it for something else; a header
// with the names of the fields, then a record a row, each with CRLF.
//   - A cell that a spreadsheet would take for a formula, or that looks as if it had been guarded, gets an
//     apostrophe in front: =1+1 is '=1+1, '=x is ''=x.
//   - A flag is "true" or empty.
//   - Values of a list are separated by " | ". In a value "|" is \|, a backslash is \\, and an empty value
//     is \e:  a | b\|c | \e
//
// What is read: columns in any order, found by their names; others are ignored. Separated by what the header is
// separated by: ",", ";" or a tab. Records may end in CRLF, LF or CR and lack cells at their end; empty ones are
// no rows. In a list, "|" separates without spaces too.
#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "service/moderation/exchange_formats.h"
#include "service/strings.h"

namespace signalbook::exchange {
namespace {

constexpr char kSeparators[] = {',', ';', '\t'};
constexpr size_t kMaxCells = 256;
// The last four are the first four in full width, which Japanese spreadsheets take for the same.
constexpr std::string_view kFormulaStarts[] = {"=",  "+",  "-",  "@",  "\t", "\r",
                                               "\n", "＝", "＋", "－", "＠"};

bool StartsFormula(std::string_view cell) {
  return std::any_of(std::begin(kFormulaStarts), std::end(kFormulaStarts),
                     [cell](std::string_view start) { return cell.starts_with(start); });
}

std::string Guarded(std::string cell) {
  if (cell.starts_with('\'') || StartsFormula(cell)) cell.insert(0, 1, '\'');
  return cell;
}

// What a person wrote with an apostrophe, 's-Hertogenbosch, keeps it.
void RemoveGuard(std::string* cell) {
  if (!cell->starts_with('\'')) return;
  const std::string_view rest = std::string_view(*cell).substr(1);
  if (rest.starts_with('\'') || StartsFormula(rest)) cell->erase(0, 1);
}

std::string EscapeValue(std::string_view value) {
  if (value.empty()) return "\\e";
  std::string escaped;
  for (const char c : value) {
    if (c == '|' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string UnescapeValue(std::string_view escaped) {
  if (escaped == "\\e") return "";
  std::string value;
  for (size_t i = 0; i < escaped.size(); ++i) {
    const bool escape = escaped[i] == '\\' && i + 1 < escaped.size() &&
                        (escaped[i + 1] == '|' || escaped[i + 1] == '\\');
    if (escape) ++i;
    value += escaped[i];
  }
  return value;
}

std::string CellOf(const Field& field, const ExchangeRow& row) {
  const std::vector<std::string> values = ValuesOf(field, row);
  if (field.kind != FieldKind::kList) return values.empty() ? "" : values.front();
  std::vector<std::string> escaped;
  escaped.reserve(values.size());
  for (const std::string& value : values) escaped.push_back(EscapeValue(value));
  return absl::StrJoin(escaped, " | ");
}

void AddList(const Field& field, std::string_view cell, RowBuilder* row) {
  bool first = true;
  while (true) {
    size_t end = 0;
    while (end < cell.size() && cell[end] != '|') end += cell[end] == '\\' ? 2 : 1;
    end = std::min(end, cell.size());
    const bool last = end == cell.size();
    std::string_view value = cell.substr(0, end);
    if (!first && value.starts_with(' ')) value.remove_prefix(1);
    if (!last && value.ends_with(' ')) value.remove_suffix(1);
    if (!value.empty()) row->Add(field, UnescapeValue(value));
    if (last) return;
    cell.remove_prefix(end + 1);
    first = false;
  }
}

void AppendCell(const std::string& cell, std::string* csv) {
  const bool quoted =
      cell.find_first_of(",;\t\r\n\"") != cell.npos || cell.starts_with(' ') || cell.ends_with(' ');
  if (!quoted) {
    *csv += cell;
    return;
  }
  *csv += '"';
  for (const char c : cell) {
    if (c == '"') *csv += '"';
    *csv += c;
  }
  *csv += '"';
}

struct Record {
  int line = 0;  // where it starts
  std::vector<std::string> cells;
  bool ill_quoted = false;
};

class Records {
 public:
  Records(std::string_view text, char separator)
      : text_(text), separator_(separator), ends_{separator, '\r', '\n'} {}

  // False behind the last.
  absl::StatusOr<bool> Next(Record* record) {
    *record = {};
    record->line = line_;
    if (text_.empty()) return false;
    while (true) {
      absl::Status read = ReadCell(record);
      if (!read.ok()) return read;
      if (text_.empty()) return true;
      const char end = Take();
      if (end == separator_) continue;
      if (end == '\r' && text_.starts_with('\n')) Take();
      return true;
    }
  }

 private:
  char Take() {
    const char c = text_.front();
    text_.remove_prefix(1);
    if (c == '\n' || (c == '\r' && !text_.starts_with('\n'))) ++line_;
    return c;
  }

  absl::Status ReadCell(Record* record) {
    if (record->cells.size() == kMaxCells) {
      return Malformed(record->line, StrCat("more than ", kMaxCells, " cells"));
    }
    std::string& cell = record->cells.emplace_back();
    const bool quoted = text_.starts_with('"');
    if (quoted) {
      const int opened = line_;
      for (Take();; cell += Take()) {
        if (text_.starts_with("\"\"")) {
          Take();
        } else if (text_.starts_with('"')) {
          Take();
          break;
        } else if (text_.empty()) {
          return Malformed(opened, "nothing closes the quotation mark that opens here");
        }
      }
    }
    const std::string_view rest =
        text_.substr(0, text_.find_first_of(std::string_view(ends_.data(), ends_.size())));
    if (quoted && !rest.empty()) record->ill_quoted = true;
    cell += rest;
    text_.remove_prefix(rest.size());
    RemoveGuard(&cell);
    return absl::OkStatus();
  }

  std::string_view text_;
  const char separator_;
  const std::array<char, 3> ends_;
  int line_ = 1;
};

// What each column holds; nullptr: nothing of ours.
absl::StatusOr<std::vector<const Field*>> ReadHeader(Records* records) {
  Record header;
  const absl::StatusOr<bool> read = records->Next(&header);
  if (!read.ok()) return read.status();
  std::vector<const Field*> columns;
  for (const std::string& cell : header.cells) {
    const Field* field = FindField(absl::AsciiStrToLower(absl::StripAsciiWhitespace(AsAbsl(cell))));
    if (field != nullptr && std::find(columns.begin(), columns.end(), field) != columns.end()) {
      return Malformed(1, StrCat("more than one column ", field->name));
    }
    columns.push_back(field);
  }
  for (const std::string_view name : kKeyFields) {
    if (std::find(columns.begin(), columns.end(), FindField(name)) == columns.end()) {
      return Malformed(1, StrCat("no column ", name, "; the first line names the columns"));
    }
  }
  return columns;
}

absl::Status ReadRecord(const Record& record, const std::vector<const Field*>& columns,
                        ExchangeFile* file) {
  const std::vector<std::string>& cells = record.cells;
  if (std::all_of(cells.begin(), cells.end(), [](const auto& cell) { return cell.empty(); })) {
    return absl::OkStatus();
  }
  RowBuilder row(record.line);
  if (record.ill_quoted) row.Refuse("text between a closing quotation mark and the next cell");
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i >= columns.size()) {
      if (!cells[i].empty()) row.Refuse(StrCat("more cells than the ", columns.size(), " columns"));
    } else if (columns[i] == nullptr) {
      continue;
    } else if (columns[i]->kind == FieldKind::kList) {
      AddList(*columns[i], cells[i], &row);
    } else if (!cells[i].empty()) {
      row.Add(*columns[i], cells[i]);
    }
  }
  return std::move(row).FinishInto(file);
}

}  // namespace

std::string WriteCsv(const std::vector<ExchangeRow>& rows) {
  std::string csv(kByteOrderMark);
  for (const Field& field : kFields) {
    csv += StrCat(&field == kFields ? "" : ",", field.name);
  }
  csv += "\r\n";
  for (const ExchangeRow& row : rows) {
    for (const Field& field : kFields) {
      if (&field != kFields) csv += ',';
      AppendCell(Guarded(CellOf(field, row)), &csv);
    }
    csv += "\r\n";
  }
  return csv;
}

absl::StatusOr<ExchangeFile> ReadCsv(std::string_view content) {
  if (content.starts_with("\xFF\xFE") || content.starts_with("\xFE\xFF")) {
    return Malformed(1, "UTF-16; save it as CSV in UTF-8");
  }
  if (content.starts_with(kByteOrderMark)) content.remove_prefix(kByteOrderMark.size());
  absl::Status no_header;
  for (const char separator : kSeparators) {
    Records records(content, separator);
    const absl::StatusOr<std::vector<const Field*>> columns = ReadHeader(&records);
    if (!columns.ok()) {
      no_header.Update(columns.status());
      continue;
    }
    ExchangeFile file;
    for (Record record;;) {
      const absl::StatusOr<bool> more = records.Next(&record);
      if (!more.ok()) return more.status();
      if (!*more) return file;
      absl::Status status = ReadRecord(record, *columns, &file);
      if (!status.ok()) return status;
    }
  }
  return no_header;
}

}  // namespace signalbook::exchange
