// Moderated rows into the tables of data/: see data_tables.h.
#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/substitute.h"
#include "service/cli/moderation/data_tables.h"
#include "service/cli/table.h"
#include "service/strings.h"
#include "translator/table_reader.h"
#include "translator/tsv.h"

namespace signalbook {
namespace {

namespace fs = std::filesystem;

using Cells = std::vector<std::string>;

// What all tables of a folder have in common.
struct Form {
  size_t columns;
  size_t key_columns;       // the first ones, which tell which row it is
  std::string_view header;  // of a new table; $0 is its scope
};

constexpr Form kCurated = {5, 1,
                           "# What people approved a sequence to be called in $0, as it stands in "
                           "a chat message; wins over CLDR.\n"
                           "# Columns: key, rendering, alternates, sensitivity, note\n"};
constexpr Form kMarkets = {6, 2,
                           "# What regions are called in a market; only for requests that name it. "
                           "Every row says for what reason and\n"
                           "# after whom it stands here.\n"
                           "# Columns: locale, key, rendering, alternates, reason, source\n"};
constexpr Form kPhrases = {
    3, 1,
    "# Approved translations of whole phrases, $0. A phrase is written as it is matched\n"
    "# (translator/phrases.h).\n"
    "# Columns: phrase, translation, note\n"};
constexpr Form kMarks = {3, 2,
                         "# Punctuation around an approved phrase that the target language writes "
                         "in its own way; an empty text\n"
                         "# leaves the mark out.\n"
                         "# Columns: locale, mark, text\n"};
constexpr Form kGuards = {
    4, 2,
    "# How $0 speaks of guarded concepts, besides what it inherits; see en.tsv for what a row is.\n"
    "# Columns: concept, pattern, matches, does_not_match\n"};
constexpr char kProvenance[] =
    "# Source: moderation\n"
    "# Licence: that of this project\n"
    "# Command: signalbook book export\n";

struct Place {
  const Form* form = nullptr;
  std::string file;
};

// Empty: no file may be called so.
std::string FileName(std::string_view part) {
  const bool fits = std::all_of(part.begin(), part.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-';
  });
  return fits ? std::string(part) : "";
}

// nullopt: it has none.
std::optional<Place> PlaceOf(const EntryId& id) {
  const size_t mark = id.scope.find_first_of("@>");
  const std::string first = FileName(std::string_view(id.scope).substr(0, mark));
  const bool is_pair = mark != std::string::npos;
  const std::string second = is_pair ? FileName(std::string_view(id.scope).substr(mark + 1)) : "";
  if (first.empty() || (is_pair && second.empty())) return std::nullopt;
  const char sign = is_pair ? id.scope[mark] : ' ';
  if (id.table == v1::TABLE_NAMES && sign == ' ') {
    return Place{&kCurated, StrCat("curated/", first, ".tsv")};
  }
  if (id.table == v1::TABLE_NAMES && sign == '@') {
    return Place{&kMarkets, StrCat("markets/", second, ".tsv")};
  }
  if (id.table == v1::TABLE_PHRASES && sign == '>') {
    if (first == "root") return Place{&kMarks, "phrases/marks.tsv"};
    return Place{&kPhrases, StrCat("phrases/", first, "/", second, ".tsv")};
  }
  if ((id.table == v1::TABLE_GUARDS || id.table == v1::TABLE_TERMS) && sign == ' ') {
    return Place{&kGuards, StrCat("guards/", first, ".tsv")};
  }
  return std::nullopt;
}

// A table, line by line, and what shall become of its rows.
class EditedTable {
 public:
  static absl::StatusOr<EditedTable> Read(const std::string& data_dir, const Place& place,
                                          std::string_view scope) {
    EditedTable table(place);
    const std::string path = StrCat(data_dir, "/", place.file);
    // What is there and cannot be read must not be taken for nothing.
    std::error_code error;
    table.is_new_ = !fs::exists(path, error);
    std::string text =
        StrCat(absl::Substitute(AsAbsl(place.form->header), AsAbsl(scope)), kProvenance);
    if (!table.is_new_) {
      absl::StatusOr<std::string> content = ReadFile(path);
      if (!content.ok()) return content.status();
      text = *std::move(content);
    }
    if (text.empty()) return table;
    if (text.back() == '\n') text.pop_back();
    for (const absl::string_view line : absl::StrSplit(text, '\n')) {
      const Tsv parsed = ParseTsv(AsStd(line), place.form->columns);
      if (parsed.rows.empty() && parsed.header.empty()) {
        return absl::InvalidArgumentError(StrCat(path, ":", table.lines_.size() + 1, ": has not ",
                                                 place.form->columns,
                                                 " columns; see signalbook book lint"));
      }
      table.lines_.push_back(
          {std::string(line), parsed.rows.empty() ? Cells() : parsed.rows.front()});
    }
    return table;
  }

  bool is_new() const { return is_new_; }
  const Form& form() const { return *form_; }

  // As they stand in the file. The first one that the key names; nullptr: none.
  const Cells* Find(const Cells& key) const {
    for (const Line& line : lines_) {
      if (KeyOf(line.cells) == key) return &line.cells;
    }
    return nullptr;
  }
  // The one that the key of an entry of guards names, "arrest:1f2e3d4c".
  const Cells* FindPattern(std::string_view concept_name, std::string_view pattern_id) const {
    for (const Line& line : lines_) {
      if (!line.cells.empty() && line.cells[0] == concept_name &&
          PatternId(line.cells[1]) == pattern_id) {
        return &line.cells;
      }
    }
    return nullptr;
  }

  // Of two edits of the same row the last counts, as in WithOverlay.
  void Put(Cells cells) {
    Cells key = KeyOf(cells);
    edits_.insert_or_assign(std::move(key), std::move(cells));
  }
  void Remove(const Cells& cells) { edits_.insert_or_assign(KeyOf(cells), std::nullopt); }

  DataTable Merged() && {
    DataTable merged;
    merged.file = file_;
    std::vector<Line> lines;
    lines.reserve(lines_.size() + edits_.size());
    for (Line& line : lines_) {
      const auto edit = line.cells.empty() ? edits_.end() : edits_.find(KeyOf(line.cells));
      if (edit == edits_.end()) {
        lines.push_back(std::move(line));
        continue;
      }
      if (!edit->second || edit->second->empty()) {
        ++merged.removed;  // or it stands there twice
        continue;
      }
      if (*edit->second != line.cells) {
        ++merged.changed;
        line = LineOf(*edit->second);
      }
      lines.push_back(std::move(line));
      edit->second->clear();
    }
    for (const auto& edit : edits_) {
      if (!edit.second || edit.second->empty()) continue;
      const Cells& cells = *edit.second;
      ++merged.added;
      const auto behind = std::find_if(lines.begin(), lines.end(), [&](const Line& line) {
        return !line.cells.empty() && line.cells > cells;
      });
      lines.insert(behind, LineOf(cells));
    }
    for (const Line& line : lines) absl::StrAppend(&merged.content, line.text, "\n");
    return merged;
  }

 private:
  struct Line {
    std::string text;
    Cells cells;  // none: a line of the header
  };

  explicit EditedTable(const Place& place) : form_(place.form), file_(place.file) {}

  Cells KeyOf(const Cells& cells) const {
    if (cells.empty()) return {};
    return {cells.begin(), cells.begin() + static_cast<std::ptrdiff_t>(form_->key_columns)};
  }
  static Line LineOf(const Cells& cells) { return {absl::StrJoin(cells, "\t"), cells}; }

  const Form* form_;
  std::string file_;
  bool is_new_ = false;
  std::vector<Line> lines_;
  std::map<Cells, std::optional<Cells>> edits_;  // nullopt: removed
};

// A note has lines, a cell has not.
std::string OneLine(std::string_view text) {
  std::string line;
  for (const char c : text) line += absl::ascii_iscntrl(static_cast<unsigned char>(c)) ? ' ' : c;
  absl::RemoveExtraAsciiWhitespace(&line);
  return line;
}

template <typename Field>
std::string Joined(const Field& values) {
  return absl::StrJoin(values, " | ");
}

template <typename Field>
bool ReadsBack(const Field& values) {
  const std::string cell = Joined(values);
  const std::vector<std::string_view> read = Values(cell);
  return std::equal(read.begin(), read.end(), values.begin(), values.end());
}

bool SameCells(const Cells& a, const Cells& b, size_t from, size_t to) {
  return std::equal(a.begin() + static_cast<std::ptrdiff_t>(from),
                    a.begin() + static_cast<std::ptrdiff_t>(to),
                    b.begin() + static_cast<std::ptrdiff_t>(from));
}

// The row of `table` that says what `change` says, with what only the table knows of it: its sensitivity, and
// why it is so where it says that already.
Cells CellsOf(const EntryId& id, const v1::RowChange& change, const EditedTable& table) {
  const v1::Row& row = change.after();
  std::string note = OneLine(row.note());
  const std::string rendering = row.blocked() ? kBlockedCell : row.text();
  if (&table.form() == &kCurated) {
    Cells cells = {id.key, rendering, Joined(row.alternates()), "", note};
    if (const Cells* old = table.Find({id.key})) {
      cells[3] = (*old)[3];
      if (note.empty() && SameCells(cells, *old, 1, 3)) cells[4] = (*old)[4];
    }
    return cells;
  }
  if (&table.form() == &kMarkets) {
    const std::string locale = id.scope.substr(0, id.scope.find('@'));
    Cells cells = {
        locale,
        id.key,
        rendering,
        Joined(row.alternates()),
        note,
        OneLine(StrCat("moderation, revision ", change.revision(), ", ", change.author()))};
    const Cells* old = table.Find({locale, id.key});
    if (old != nullptr && SameCells(cells, *old, 2, 4)) {
      if (note.empty()) cells[4] = (*old)[4];
      cells[5] = (*old)[5];
    }
    if (cells[4].empty()) cells[4] = OneLine(change.reason());
    return cells;
  }
  if (&table.form() == &kPhrases) {
    Cells cells = {id.key, row.text(), note};
    const Cells* old = table.Find({id.key});
    if (old != nullptr && note.empty() && SameCells(cells, *old, 1, 2)) cells[2] = (*old)[2];
    return cells;
  }
  if (&table.form() == &kMarks) {
    return {id.scope.substr(id.scope.find('>') + 1), id.key, row.text()};
  }
  if (id.table == v1::TABLE_TERMS) {
    return {std::string(kBlockedConcept), TermPattern(id.key), id.key, ""};
  }
  return {id.key.substr(0, id.key.find(':')), row.text(), Joined(row.matches()),
          Joined(row.does_not_match())};
}

// Why a table cannot hold the row; empty: it can.
std::string ObjectionTo(const EntryId& id, const v1::Row& row, const Cells& cells) {
  if (!row.blocked() && id.table == v1::TABLE_NAMES && row.text() == kBlockedCell) {
    return StrCat("a name that is called ", kBlockedCell, " would read as a block");
  }
  const std::vector<std::string> term = {id.key};
  if (!ReadsBack(row.alternates()) || !ReadsBack(row.matches()) ||
      !ReadsBack(row.does_not_match()) || (id.table == v1::TABLE_TERMS && !ReadsBack(term))) {
    return "a value of a list is empty or holds \" | \", which separates values";
  }
  const Tsv read = ParseTsv(StrCat(absl::StrJoin(cells, "\t"), "\n"), cells.size());
  if (read.rows.size() != 1 || read.rows.front() != cells) {
    return "it holds a TAB or a line break, or begins as a line of the header does";
  }
  return "";
}

// Locales that inherit from the root alone.
absl::StatusOr<std::vector<std::string>> TopmostLocales(const std::string& data_dir) {
  const absl::StatusOr<Tsv> tsv = ReadTsv(StrCat(data_dir, "/cldr/locales.tsv"), 4);
  if (!tsv.ok()) return tsv.status();
  std::vector<std::string> topmost;
  for (const Cells& row : tsv->rows) {
    if (row[1] == "root") topmost.push_back(row[0]);
  }
  return topmost;
}

}  // namespace

absl::StatusOr<DataMerge> MergeIntoData(const std::string& data_dir,
                                        const std::vector<v1::RowChange>& changes) {
  const absl::StatusOr<std::vector<std::string>> topmost = TopmostLocales(data_dir);
  if (!topmost.ok()) return topmost.status();
  DataMerge merge;
  std::map<std::string, EditedTable> tables;
  for (const v1::RowChange& change : changes) {
    if (!change.has_after()) continue;
    const auto refuse = [&](std::string_view why) {
      merge.refused.push_back(StrCat(Quoted(change.entry()), ": ", why));
    };
    const absl::StatusOr<EntryId> id = ParseEntryName(change.entry());
    const std::optional<Place> place = id.ok() ? PlaceOf(*id) : std::nullopt;
    if (!place) {
      refuse("data/ has no table for it");
      continue;
    }
    auto found = tables.find(place->file);
    if (found == tables.end()) {
      absl::StatusOr<EditedTable> table = EditedTable::Read(data_dir, *place, id->scope);
      if (!table.ok()) return table.status();
      found = tables.emplace(place->file, *std::move(table)).first;
    }
    EditedTable& table = found->second;
    const Cells cells = CellsOf(*id, change, table);
    if (id->table == v1::TABLE_GUARDS) {
      const size_t colon = std::min(id->key.find(':'), id->key.size() - 1);
      if (const Cells* old = table.FindPattern(cells[0], id->key.substr(colon + 1))) {
        table.Remove(*old);
      }
    }
    if (change.after().removed()) {
      // Of a guard this is what the key names, if the book has it at all.
      if (id->table != v1::TABLE_GUARDS) table.Remove(cells);
      continue;
    }
    if (const std::string why = ObjectionTo(*id, change.after(), cells); !why.empty()) {
      refuse(why);
    } else if (table.is_new() && &table.form() == &kGuards &&
               std::find(topmost->begin(), topmost->end(), id->scope) != topmost->end()) {
      refuse(
          StrCat(place->file, " does not exist, and must speak of every concept; write it first"));
    } else {
      table.Put(cells);
    }
  }
  if (!merge.refused.empty()) return merge;
  for (auto& [file, table] : tables) {
    DataTable merged = std::move(table).Merged();
    if (merged.added + merged.changed + merged.removed > 0) {
      merge.tables.push_back(std::move(merged));
    }
  }
  return merge;
}

}  // namespace signalbook
