#include "service/cli/moderation/data_tables.h"

#include <re2/re2.h>

#include <filesystem>
#include <set>
#include <utility>

#include "service/strings.h"
#include "translator/table_reader.h"

namespace signalbook {
namespace {

using Cells = std::vector<std::string>;

std::string Stem(const std::string& file) { return std::filesystem::path(file).stem(); }

template <typename Field>
void AddValues(std::string_view cell, Field* values) {
  for (const std::string_view value : Values(cell)) values->Add(std::string(value));
}

v1::Row NameRow(const std::string& rendering, std::string_view alternates,
                const std::string& note) {
  v1::Row row;
  row.set_note(note);
  if (rendering == kBlockedCell) {
    row.set_blocked(true);
    return row;
  }
  row.set_text(rendering);
  AddValues(alternates, row.mutable_alternates());
  return row;
}

DataRow CuratedRow(const std::string& file, const Cells& cells) {
  return {.id = {v1::TABLE_NAMES, Stem(file), cells[0]},
          .row = NameRow(cells[1], cells[2], cells[4])};
}

DataRow MarketRow(const std::string& file, const Cells& cells) {
  return {.id = {v1::TABLE_NAMES, StrCat(cells[0], "@", Stem(file)), cells[1]},
          .row = NameRow(cells[2], cells[3], cells[4])};
}

DataRow PhraseRowOf(const std::string& file, const Cells& cells) {
  const std::string from = std::filesystem::path(file).parent_path().filename();
  DataRow row{.id = {v1::TABLE_PHRASES, StrCat(from, ">", Stem(file)), cells[0]}};
  row.row.set_text(cells[1]);
  row.row.set_note(cells[2]);
  return row;
}

DataRow MarkRow(const std::string& /*file*/, const Cells& cells) {
  DataRow row{.id = {v1::TABLE_PHRASES, StrCat("root>", cells[0]), cells[1]}};
  row.row.set_text(cells[2]);
  return row;
}

DataRow GuardRow(const std::string& file, const Cells& cells) {
  if (cells[0] == kBlockedConcept && cells[3].empty() && TermPattern(cells[2]) == cells[1]) {
    DataRow term{.id = {v1::TABLE_TERMS, Stem(file), cells[2]}};
    term.row.set_text(cells[2]);
    return term;
  }
  DataRow row{.id = {v1::TABLE_GUARDS, Stem(file), StrCat(cells[0], ":", PatternId(cells[1]))}};
  row.row.set_text(cells[1]);
  AddValues(cells[2], row.row.mutable_matches());
  AddValues(cells[3], row.row.mutable_does_not_match());
  return row;
}

// What makes it the row it is: a guard its pattern, whatever its key says, for that may name a pattern that it
// has replaced.
std::string Identity(const EntryId& id, const v1::Row& row) {
  switch (id.table) {
    case v1::TABLE_GUARDS:
      return StrCat(id.key.substr(0, id.key.find(':')), "\t", row.text());
    case v1::TABLE_TERMS:
      return StrCat(kBlockedConcept, "\t", TermPattern(id.key));
    default:
      return id.key;
  }
}

// Identity and all that a reader of the book sees.
std::string Statement(const EntryId& id, const v1::Row& row) {
  v1::Row said;
  said.set_text(row.text());
  said.set_blocked(row.blocked());
  *said.mutable_alternates() = row.alternates();
  // A term and a guard that find the same are the same row.
  if (id.table == v1::TABLE_GUARDS || id.table == v1::TABLE_TERMS) said.Clear();
  return StrCat(Identity(id, row), "\n", said.SerializeAsString());
}

}  // namespace

std::string TermPattern(std::string_view term) {
  return RE2::QuoteMeta(re2::StringPiece(term.data(), term.size()));
}

absl::StatusOr<DataRows> ReadDataRows(const std::string& data_dir) {
  DataRows data;
  TableReader reader(data_dir, &data.malformed);
  bool any = false;
  const auto read = [&](const std::string& file, size_t columns,
                        DataRow (*row_of)(const std::string&, const Cells&)) -> absl::Status {
    const absl::StatusOr<Tsv> tsv = reader.ReadTable(file, columns, TableReader::Order::kAsWritten);
    if (!tsv.ok()) return tsv.status();
    any = true;
    for (size_t i = 0; i < tsv->rows.size(); ++i) {
      DataRow row = row_of(file, tsv->rows[i]);
      row.file = file;
      row.line = tsv->lines[i];
      data.rows.push_back(std::move(row));
    }
    return absl::OkStatus();
  };
  const auto read_all = [&](const std::string& folder, size_t columns,
                            DataRow (*row_of)(const std::string&, const Cells&)) -> absl::Status {
    for (const std::string& file : reader.TablesIn(folder)) {
      if (absl::Status status = read(file, columns, row_of); !status.ok()) return status;
    }
    return absl::OkStatus();
  };
  absl::Status status = read_all("curated", 5, CuratedRow);
  status.Update(read_all("markets", 6, MarketRow));
  for (const std::string& folder : reader.FoldersIn("phrases")) {
    status.Update(read_all(folder, 3, PhraseRowOf));
  }
  status.Update(read_all("phrases", 3, MarkRow));
  status.Update(read_all("guards", 4, GuardRow));
  if (!status.ok()) return status;
  if (!any) {
    return absl::NotFoundError(StrCat(
        data_dir, ": has no table in curated/, markets/, phrases/ or guards/; is it data/?"));
  }
  return data;
}

DataDifference CompareWithServed(const std::vector<DataRow>& wanted,
                                 const std::vector<ExchangeRow>& served, bool removals) {
  std::set<std::string> said;
  for (const ExchangeRow& row : served) {
    if (row.row.removed()) continue;
    said.insert(StrCat(row.scope, "\n", Statement({row.table, row.scope, row.key}, row.row)));
  }
  DataDifference difference;
  std::set<std::string> kept;
  for (const DataRow& row : wanted) {
    kept.insert(StrCat(row.id.scope, "\n", Identity(row.id, row.row)));
    if (said.contains(StrCat(row.id.scope, "\n", Statement(row.id, row.row)))) {
      ++difference.unchanged;
    } else {
      difference.rows.push_back(row);
    }
  }
  if (!removals || wanted.empty()) return difference;
  for (const ExchangeRow& row : served) {
    const EntryId id{row.table, row.scope, row.key};
    if (row.table == v1::TABLE_NAMES || row.row.removed() ||
        kept.contains(StrCat(row.scope, "\n", Identity(id, row.row)))) {
      continue;
    }
    DataRow removal{.id = id, .file = wanted.front().file};
    removal.row.set_removed(true);
    difference.rows.push_back(std::move(removal));
  }
  return difference;
}

}  // namespace signalbook
