#include "translator/book_tables.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "translator/book_lint.h"
#include "translator/dialect_tables.h"
#include "translator/emoji_data.h"
#include "translator/lexicon_tables.h"
#include "translator/phrase_tables.h"
#include "translator/rule_tables.h"
#include "translator/table_reader.h"
#include "translator/utf8.h"

namespace signalbook {
namespace {

std::string RegionKey(std::string_view code) {
  std::u32string key;
  for (const char c : code) key.push_back(U'\U0001F1E6' + static_cast<char32_t>(c - 'A'));
  return KeyName(key);
}

std::string SubdivisionKey(std::string_view code) {
  std::u32string key = U"\U0001F3F4";
  for (const char c : code) key.push_back(U'\U000E0000' + static_cast<char32_t>(c));
  return KeyName(key + U'\U000E007F');
}

// \uXXXX → the character; nullopt when another escape or a broken one is found.
std::optional<std::string> Unescape(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    if (text.front() != '\\') {
      plain += text.front();
      text.remove_prefix(1);
      continue;
    }
    uint32_t value = 0;
    if (text.size() < 6 || text[1] != 'u' ||
        !absl::SimpleHexAtoi(std::string(text.substr(2, 4)), &value) || value == 0) {
      return std::nullopt;
    }
    AppendUtf8(value, &plain);
    text.remove_prefix(6);
  }
  return plain;
}

std::optional<Join> JoinNamed(std::string_view name) {
  for (int i = 0; i < kJoinCount; ++i) {
    if (JoinName(static_cast<Join>(i)) == name) return static_cast<Join>(i);
  }
  return std::nullopt;
}

class Reader : public TableReader {
 public:
  using TableReader::TableReader;

  absl::StatusOr<BookTables> Read() {
    if (absl::Status status = ReadEmoji(); !status.ok()) return status;
    if (absl::Status status = ReadLocales(); !status.ok()) return status;
    // Without keys and locales there is nothing to judge the other rows by.
    if (HasErrors()) return std::move(tables_);
    if (absl::Status status = ReadJoins(); !status.ok()) return status;
    using Method = absl::Status (Reader::*)(const std::string&, LocaleId);
    for (const auto& [folder, method] :
         {std::pair<const char*, Method>("cldr/names", &Reader::ReadNames),
          {"cldr/territories", &Reader::ReadTerritories},
          {"cldr/subdivisions", &Reader::ReadSubdivisions},
          {"curated", &Reader::ReadCurated}}) {
      for (const std::string& file : TablesIn(folder)) {
        const std::optional<LocaleId> locale = LocaleOfFile(file);
        if (!locale) continue;
        if (absl::Status status = (this->*method)(file, *locale); !status.ok()) return status;
      }
    }
    for (const char* file : {"cldr/labels.tsv", "tones.tsv"}) {
      absl::Status status = ReadLabels(file);
      if (!status.ok() && !absl::IsNotFound(status)) return status;
    }
    if (absl::Status status = ReadMarkets(); !status.ok()) return status;
    for (const auto& method : {&Reader::ReadForbidden, &Reader::ReadAcknowledgements}) {
      absl::Status status = (this->*method)();
      if (!status.ok() && !absl::IsNotFound(status)) return status;
    }
    if (absl::Status status = ReadDialectTables(*this, &tables_); !status.ok()) return status;
    if (absl::Status status = ReadPhraseTables(*this, &tables_); !status.ok()) return status;
    if (absl::Status status = ReadRuleTables(*this, &tables_); !status.ok()) return status;
    if (absl::Status status = ReadLexiconTables(*this, &tables_); !status.ok()) return status;
    return std::move(tables_);
  }

 private:
  absl::Status ReadEmoji();
  absl::Status ReadLocales();
  absl::Status ReadJoins();
  absl::Status ReadNames(const std::string& file, LocaleId locale);
  absl::Status ReadTerritories(const std::string& file, LocaleId locale);
  absl::Status ReadSubdivisions(const std::string& file, LocaleId locale);
  absl::Status ReadCurated(const std::string& file, LocaleId locale);
  absl::Status ReadLabels(const std::string& file);
  absl::Status ReadMarkets();
  absl::Status ReadForbidden();
  absl::Status ReadAcknowledgements();

  LocaleFacts& FactsOf(LocaleId locale) {
    return tables_.locales[std::string(locales().tag(locale))];
  }

  BookTables tables_;
};

absl::Status Reader::ReadEmoji() {
  absl::StatusOr<Tsv> sequences = ReadTable("emoji/sequences.tsv", 6);
  if (!sequences.ok()) return sequences.status();
  absl::StatusOr<Tsv> code_points = ReadTable("emoji/code_points.tsv", 3);
  if (!code_points.ok()) return code_points.status();
  absl::StatusOr<Tsv> regions = ReadTable("emoji/regions.tsv", 2);
  if (!regions.ok()) return regions.status();
  absl::StatusOr<Tsv> subdivisions = ReadTable("emoji/subdivisions.tsv", 2);
  if (!subdivisions.ok()) return subdivisions.status();

  const absl::StatusOr<EmojiRows> rows =
      MakeEmojiRows({sequences->rows, code_points->rows, regions->rows, subdivisions->rows});
  const absl::StatusOr<std::string> image =
      rows.ok() ? EmojiTable::Build(rows->entries, rows->classes) : rows.status();
  if (!image.ok()) {
    Report("emoji", 0, "emoji-table", std::string(image.status().message()));
    return absl::OkStatus();
  }
  tables_.emoji_table = *image;
  absl::StatusOr<EmojiTable> view = EmojiTable::View(tables_.emoji_table);
  if (!view.ok()) return view.status();
  SetEmoji(*view);

  for (const EmojiTable::Entry& entry : rows->entries) {
    const std::string sequence = ToUtf8(entry.key);
    tables_.keys.push_back({.sequence = sequence,
                            .fully_qualified = sequence,
                            .kind = entry.kind,
                            .status = entry.status});
    AddKey(KeyName(entry.key), entry.id);
  }
  for (size_t i = 0; i < sequences->rows.size(); ++i) {
    const std::vector<std::string>& row = sequences->rows[i];
    const std::optional<KeyId> id = KeyOfRow("emoji/sequences.tsv", sequences->lines[i], row[0]);
    if (!id) continue;
    if (NormalForm(row[1]) != row[0]) {
      Report("emoji/sequences.tsv", sequences->lines[i], "fully-qualified",
             absl::StrCat(row[1], " is not a form of ", row[0]));
      continue;
    }
    BookContent::Key& key = tables_.keys[*id];
    key.fully_qualified.clear();
    for (std::string_view rest = row[1]; !rest.empty();) {
      const std::string_view hex = rest.substr(0, rest.find('-'));
      uint32_t c = 0;
      // Cannot fail: without its U+FE0F it is the key, which MakeEmojiRows has read.
      (void)absl::SimpleHexAtoi(std::string(hex), &c);
      AppendUtf8(c, &key.fully_qualified);
      rest.remove_prefix(std::min(rest.size(), hex.size() + 1));
    }
    key.version = row[3];
    key.group = row[4];
  }
  return absl::OkStatus();
}

absl::Status Reader::ReadLocales() {
  absl::StatusOr<Tsv> locales = ReadTable("cldr/locales.tsv", 4);
  if (!locales.ok()) return locales.status();
  absl::StatusOr<Tsv> aliases = ReadTable("cldr/aliases.tsv", 3);
  if (!aliases.ok()) return aliases.status();

  std::vector<LocaleTable::Row> rows;
  for (size_t i = 0; i < locales->rows.size(); ++i) {
    const std::vector<std::string>& row = locales->rows[i];
    if (row[2] != "ltr" && row[2] != "rtl") {
      Report("cldr/locales.tsv", locales->lines[i], "direction", "direction must be ltr or rtl");
    }
    rows.push_back({row[0], row[1], row[2] == "rtl", row[3]});
  }
  std::vector<LocaleTable::Alias> pairs;
  for (size_t i = 0; i < aliases->rows.size(); ++i) {
    const std::vector<std::string>& row = aliases->rows[i];
    if (row[0] != "language" && row[0] != "likely") {
      Report("cldr/aliases.tsv", aliases->lines[i], "kind", "kind must be language or likely");
    }
    pairs.push_back({row[0] == "likely", row[1], row[2]});
  }
  absl::StatusOr<std::string> image = LocaleTable::Build(rows, std::move(pairs));
  if (!image.ok()) {
    Report("cldr/locales.tsv", 0, "locale-table", std::string(image.status().message()));
    return absl::OkStatus();
  }
  tables_.locale_table = *std::move(image);
  absl::StatusOr<LocaleTable> view = LocaleTable::View(tables_.locale_table);
  if (!view.ok()) return view.status();
  SetLocales(*view);
  return absl::OkStatus();
}

absl::Status Reader::ReadJoins() {
  const std::string file = "joins.tsv";
  absl::StatusOr<Tsv> tsv = ReadTable(file, 3);
  if (!tsv.ok()) return tsv.status();
  for (size_t i = 0; i < tsv->rows.size(); ++i) {
    const std::vector<std::string>& row = tsv->rows[i];
    const std::optional<LocaleId> locale = LocaleOfRow(file, tsv->lines[i], row[0]);
    const std::optional<Join> join = JoinNamed(row[1]);
    const std::optional<std::string> text = Unescape(row[2]);
    if (!locale) continue;
    if (!join) {
      Report(file, tsv->lines[i], "unknown-join", absl::StrCat("no join is called ", row[1]));
    } else if (!text) {
      Report(file, tsv->lines[i], "escape", "a backslash must be followed by uXXXX");
    } else if (auto& cell = FactsOf(*locale).joins[static_cast<size_t>(*join)]; cell) {
      Report(file, tsv->lines[i], "duplicate-key",
             absl::StrCat(row[0], " ", row[1], " stands twice"));
    } else {
      cell = *text;
    }
  }
  for (int i = 0; i < kJoinCount; ++i) {
    if (FactsOf(kRootLocale).joins[i]) continue;
    Report(file, 0, "missing-join",
           absl::StrCat("root has no ", std::string(JoinName(static_cast<Join>(i)))));
  }
  return absl::OkStatus();
}

absl::Status Reader::ReadNames(const std::string& file, LocaleId locale) {
  absl::StatusOr<Tsv> tsv = ReadTable(file, 3);
  if (!tsv.ok()) return tsv.status();
  SetSource(file, *tsv, "annotations", &tables_.names_source);
  LocaleFacts& facts = FactsOf(locale);
  facts.names.reserve(tsv->rows.size());
  for (size_t i = 0; i < tsv->rows.size(); ++i) {
    std::vector<std::string>& row = tsv->rows[i];
    const int line = tsv->lines[i];
    const std::optional<KeyId> key = KeyOfRow(file, line, row[0]);
    // A row without a name has keywords of its own and inherits the name.
    if (!row[1].empty() || row[2].empty()) CheckCell(file, line, row[1]);
    for (const std::string_view keyword : Values(row[2])) CheckCell(file, line, keyword);
    if (!key) continue;
    if (!facts.names
             .try_emplace(*key, LocaleFacts::Name{std::move(row[1]), std::move(row[2]), line})
             .second) {
      Report(file, line, "duplicate-key", absl::StrCat(row[0], " stands twice"));
    }
  }
  return absl::OkStatus();
}

absl::Status Reader::ReadTerritories(const std::string& file, LocaleId locale) {
  absl::StatusOr<Tsv> tsv = ReadTable(file, 3);
  if (!tsv.ok()) return tsv.status();
  SetSource(file, *tsv, "territories", &tables_.territories_source);
  LocaleFacts& facts = FactsOf(locale);
  for (size_t i = 0; i < tsv->rows.size(); ++i) {
    const std::vector<std::string>& row = tsv->rows[i];
    const int line = tsv->lines[i];
    const std::optional<KeyId> key = KeyOfCode(file, line, row[0], RegionKey(row[0]));
    CheckCell(file, line, row[2]);
    if (!key || row[2].empty()) continue;
    LocaleFacts::Place& place = facts.territories[*key];
    std::string& name = row[1].empty() ? place.name : place.alternates[row[1]];
    if (!name.empty()) {
      Report(file, line, "duplicate-key", absl::StrCat(row[0], " ", row[1], " stands twice"));
    }
    name = row[2];
    if (row[1].empty()) place.line = line;
  }
  return absl::OkStatus();
}

absl::Status Reader::ReadSubdivisions(const std::string& file, LocaleId locale) {
  absl::StatusOr<Tsv> tsv = ReadTable(file, 2);
  if (!tsv.ok()) return tsv.status();
  SetSource(file, *tsv, "subdivisions", &tables_.subdivisions_source);
  LocaleFacts& facts = FactsOf(locale);
  for (size_t i = 0; i < tsv->rows.size(); ++i) {
    const std::vector<std::string>& row = tsv->rows[i];
    const int line = tsv->lines[i];
    const std::optional<KeyId> key = KeyOfCode(file, line, row[0], SubdivisionKey(row[0]));
    CheckCell(file, line, row[1]);
    if (!key) continue;
    if (!facts.subdivisions.try_emplace(*key, LocaleFacts::Place{row[1], {}, line}).second) {
      Report(file, line, "duplicate-key", absl::StrCat(row[0], " stands twice"));
    }
  }
  return absl::OkStatus();
}

absl::Status Reader::ReadCurated(const std::string& file, LocaleId locale) {
  absl::StatusOr<Tsv> tsv = ReadTable(file, 5);
  if (!tsv.ok()) return tsv.status();
  LocaleFacts& facts = FactsOf(locale);
  for (size_t i = 0; i < tsv->rows.size(); ++i) {
    const std::vector<std::string>& row = tsv->rows[i];
    const int line = tsv->lines[i];
    const std::optional<KeyId> key = KeyOfRow(file, line, row[0]);
    const bool blocked = row[1] == kBlockedCell;
    if (!blocked) CheckCell(file, line, row[1]);
    for (const std::string_view alternate : Values(row[2])) CheckCell(file, line, alternate);
    if (!key) continue;
    if (!facts.curated
             .try_emplace(*key, LocaleFacts::Curated{.text = blocked ? "" : row[1],
                                                     .alternates = row[2],
                                                     .blocked = blocked,
                                                     .sensitive = !row[3].empty(),
                                                     .line = line})
             .second) {
      Report(file, line, "duplicate-key", absl::StrCat(row[0], " stands twice"));
    }
  }
  return absl::OkStatus();
}

// What names are composed with.
absl::Status Reader::ReadLabels(const std::string& file) {
  absl::StatusOr<Tsv> tsv = ReadTable(file, 3);
  if (!tsv.ok()) return tsv.status();
  for (size_t i = 0; i < tsv->rows.size(); ++i) {
    const std::vector<std::string>& row = tsv->rows[i];
    const std::optional<LocaleId> locale = LocaleOfRow(file, tsv->lines[i], row[0]);
    CheckCell(file, tsv->lines[i], row[2]);
    if (locale && !FactsOf(*locale).labels.emplace(row[1], row[2]).second) {
      Report(file, tsv->lines[i], "duplicate-key",
             absl::StrCat(row[0], " ", row[1], " stands twice"));
    }
  }
  return absl::OkStatus();
}

absl::Status Reader::ReadForbidden() {
  const std::string file = "forbidden.tsv";
  absl::StatusOr<Tsv> tsv = ReadTable(file, 4);
  if (!tsv.ok()) return tsv.status();
  for (size_t i = 0; i < tsv->rows.size(); ++i) {
    const std::vector<std::string>& row = tsv->rows[i];
    const int line = tsv->lines[i];
    const std::optional<LocaleId> locale = LocaleOfRow(file, line, row[0]);
    if (const std::optional<Objection> objection = CheckPattern(row[2])) {
      Report(file, line, objection->rule, objection->message);
    } else if (row[3].empty()) {
      Report(file, line, "unreasoned", "a forbidden term needs a reason");
    } else if (locale) {
      tables_.forbidden.push_back({*locale, row[1], row[2], row[3]});
    }
  }
  return absl::OkStatus();
}

absl::Status Reader::ReadAcknowledgements() {
  const std::string file = "lint.tsv";
  absl::StatusOr<Tsv> tsv = ReadTable(file, 3);
  if (!tsv.ok()) return tsv.status();
  for (size_t i = 0; i < tsv->rows.size(); ++i) {
    const std::vector<std::string>& row = tsv->rows[i];
    if (row[2].empty()) {
      Report(file, tsv->lines[i], "unreasoned", "an acknowledgement needs a reason");
    }
    tables_.acknowledgements.push_back({row[0], row[1], row[2], tsv->lines[i]});
  }
  return absl::OkStatus();
}

// An overlay takes a side where others take another, so every row says why and after whom.
absl::Status Reader::ReadMarkets() {
  for (const std::string& file : TablesIn("markets")) {
    absl::StatusOr<Tsv> tsv = ReadTable(file, 6);
    if (!tsv.ok()) return tsv.status();
    BookContent::Market market{.name = std::filesystem::path(file).stem(), .rows = {}};
    for (size_t i = 0; i < tsv->rows.size(); ++i) {
      const std::vector<std::string>& row = tsv->rows[i];
      const int line = tsv->lines[i];
      const std::optional<LocaleId> locale = LocaleOfRow(file, line, row[0]);
      const std::optional<KeyId> key = KeyOfRow(file, line, row[1]);
      const bool blocked = row[2] == kBlockedCell;
      if (!blocked) CheckCell(file, line, row[2]);
      for (const std::string_view alternate : Values(row[3])) CheckCell(file, line, alternate);
      if (row[4].empty() || row[5].empty()) {
        Report(file, line, "unreasoned", "a row of a market needs a reason and a source");
      }
      if (!locale || !key) continue;
      market.rows.push_back({*locale,
                             {.key = *key,
                              .text = blocked ? "" : row[2],
                              .alternates = row[3],
                              .source = "",
                              .blocked = blocked}});
    }
    const auto place = [](const auto& row) { return std::pair(row.locale, row.row.key); };
    std::sort(market.rows.begin(), market.rows.end(),
              [&](const auto& a, const auto& b) { return place(a) < place(b); });
    for (size_t i = 1; i < market.rows.size(); ++i) {
      if (place(market.rows[i]) != place(market.rows[i - 1])) continue;
      Report(file, 0, "duplicate-key",
             absl::StrCat(std::string(locales().tag(market.rows[i].locale)), " ",
                          KeyOf(tables_.keys[market.rows[i].row.key].sequence), " stands twice"));
    }
    tables_.markets.push_back(std::move(market));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<BookTables> ReadBookTables(const std::string& data_dir,
                                          std::vector<Finding>* findings) {
  return Reader(data_dir, findings).Read();
}

}  // namespace signalbook
