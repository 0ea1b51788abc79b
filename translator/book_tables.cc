#include "translator/book_tables.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "translator/book_lint.h"
#include "translator/emoji_data.h"
#include "translator/guards.h"
#include "translator/phrases.h"
#include "translator/segment.h"
#include "translator/tsv.h"
#include "translator/utf8.h"

namespace signalbook {
namespace {

constexpr char kBlocked[] = "!blocked";

// "1F1E8-1F1E6".
std::string KeyName(std::u32string_view key) {
  std::string name;
  for (const char32_t c : key) {
    absl::StrAppendFormat(&name, "%s%04X", name.empty() ? "" : "-", static_cast<uint32_t>(c));
  }
  return name;
}

// "1f1e8-fe0f" → "1F1E8": what the writer of a key probably meant.
std::string NormalForm(std::string_view key) {
  std::string normal = absl::AsciiStrToUpper(std::string(key));
  for (size_t at; (at = normal.find("-FE0F")) != std::string::npos;) normal.erase(at, 5);
  return normal;
}

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

// "48.2" of a header line "Source: npm cldr-core@48.2.0, …"; empty when it names no version.
std::string CldrVersion(const std::vector<std::string>& header) {
  for (const std::string_view line : header) {
    if (line.substr(0, 8) != "Source: ") continue;
    const size_t package = line.find("cldr-");
    const size_t at = package == std::string_view::npos ? package : line.find('@', package);
    if (at == std::string_view::npos) continue;
    std::string_view version = line.substr(at + 1);
    version = version.substr(0, version.find_first_not_of("0123456789."));
    // CLDR releases are called 48 and 48.2; the third number is npm's.
    if (std::count(version.begin(), version.end(), '.') == 2 &&
        version.substr(version.size() - 2) == ".0") {
      version.remove_suffix(2);
    }
    return std::string(version);
  }
  return "";
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

class Reader {
 public:
  Reader(std::string data_dir, std::vector<Finding>* findings)
      : data_dir_(std::move(data_dir)), findings_(*findings) {}

  absl::StatusOr<BookTables> Read() {
    if (absl::Status status = ReadEmoji(); !status.ok()) return status;
    if (absl::Status status = ReadLocales(); !status.ok()) return status;
    // Without keys and locales there is nothing to judge the other rows by.
    if (!findings_.empty()) return std::move(tables_);
    if (absl::Status status = ReadJoins(); !status.ok()) return status;
    using Method = absl::Status (Reader::*)(const std::string&, LocaleId);
    for (const auto& [folder, method] :
         {std::pair<const char*, Method>("cldr/names", &Reader::ReadNames),
          {"cldr/territories", &Reader::ReadTerritories},
          {"cldr/subdivisions", &Reader::ReadSubdivisions},
          {"curated", &Reader::ReadCurated},
          {"guards", &Reader::ReadGuards}}) {
      for (const std::string& file : TablesIn(folder)) {
        const std::string tag = std::filesystem::path(file).stem();
        const std::optional<LocaleId> locale = locales_.Exact(tag);
        if (!locale) {
          Report(file, 0, "unknown-locale", absl::StrCat(tag, " is not in cldr/locales.tsv"));
        } else if (absl::Status status = (this->*method)(file, *locale); !status.ok()) {
          return status;
        }
      }
    }
    CheckGuardExamples();
    if (absl::Status status = ReadProtected(); !status.ok()) return status;
    for (const char* file : {"cldr/labels.tsv", "tones.tsv"}) {
      absl::Status status = ReadLabels(file);
      if (!status.ok() && !absl::IsNotFound(status)) return status;
    }
    if (absl::Status status = ReadMarkets(); !status.ok()) return status;
    if (absl::Status status = ReadPhrases(); !status.ok()) return status;
    return std::move(tables_);
  }

 private:
  enum class Order { kSorted, kAsWritten };

  void Report(const std::string& file, int line, std::string_view rule, std::string message) {
    findings_.push_back({file, line, std::string(rule), std::move(message)});
  }

  // Reports what is wrong with the form of the table; the rows that are left have `columns` cells.
  absl::StatusOr<Tsv> ReadTable(const std::string& file, size_t columns,
                                Order order = Order::kSorted) {
    absl::StatusOr<std::string> text = ReadFile(absl::StrCat(data_dir_, "/", file));
    if (!text.ok()) return text.status();
    Tsv tsv = ParseTsv(*text, columns);
    for (const Tsv::Malformed& row : tsv.malformed) {
      Report(file, row.line, "columns",
             absl::StrCat(row.cells, " columns where ", columns, " belong"));
    }
    for (size_t i = 1; i < tsv.rows.size() && order == Order::kSorted; ++i) {
      // No cell holds a byte below TAB (CheckText), so cells sort as whole lines do.
      if (tsv.rows[i] < tsv.rows[i - 1]) {
        Report(file, tsv.lines[i], "unsorted", "stands behind a row that it sorts before");
      }
    }
    return tsv;
  }

  // "cldr/names/en.tsv", …, in order; none when there is no such folder.
  std::vector<std::string> TablesIn(const std::string& folder) const {
    std::vector<std::string> files;
    std::error_code error;
    std::filesystem::directory_iterator entries(data_dir_ + "/" + folder, error);
    for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
      const std::filesystem::path name = entries->path().filename();
      if (name.extension() == ".tsv") files.push_back(absl::StrCat(folder, "/", name.string()));
    }
    std::sort(files.begin(), files.end());
    return files;
  }

  std::vector<std::string> FoldersIn(const std::string& folder) const {
    std::vector<std::string> folders;
    std::error_code error;
    std::filesystem::directory_iterator entries(data_dir_ + "/" + folder, error);
    for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
      if (entries->is_directory()) {
        folders.push_back(absl::StrCat(folder, "/", entries->path().filename().string()));
      }
    }
    std::sort(folders.begin(), folders.end());
    return folders;
  }

  absl::Status ReadEmoji();
  absl::Status ReadLocales();
  absl::Status ReadJoins();
  absl::Status ReadNames(const std::string& file, LocaleId locale);
  absl::Status ReadTerritories(const std::string& file, LocaleId locale);
  absl::Status ReadSubdivisions(const std::string& file, LocaleId locale);
  absl::Status ReadCurated(const std::string& file, LocaleId locale);
  absl::Status ReadGuards(const std::string& file, LocaleId locale);
  absl::Status ReadProtected();
  absl::Status ReadLabels(const std::string& file);
  absl::Status ReadMarkets();
  absl::Status ReadPhrases();
  absl::Status ReadMarks();
  absl::Status ReadPair(LocaleId from, const std::string& folder);

  LocaleFacts& FactsOf(LocaleId locale) {
    return tables_.locales[std::string(locales_.tag(locale))];
  }

  void CheckGuardExamples();
  void CheckExamples(const std::string& file, int line, std::string_view name,
                     std::string_view matches, std::string_view does_not_match,
                     absl::FunctionRef<bool(std::string_view)> is_found);

  std::optional<LocaleId> LocaleOfRow(const std::string& file, int line, const std::string& tag);
  // The key that a row names; reports and gives nullopt when it names none.
  std::optional<KeyId> KeyOfRow(const std::string& file, int line, const std::string& name);
  std::optional<KeyId> KeyOfCode(const std::string& file, int line, const std::string& code,
                                 const std::string& key_name);
  void CheckCell(const std::string& file, int line, std::string_view text);
  // The provenance of a table of CLDR; all tables of a kind must come from one release.
  void SetSource(const std::string& file, const Tsv& tsv, std::string_view kind,
                 std::string* source);

  struct GuardExamples {
    std::string file;
    int line;
    LocaleId locale;
    std::string concept_name, matches, does_not_match;
  };

  const std::string data_dir_;
  std::vector<Finding>& findings_;
  BookTables tables_;
  EmojiTable emoji_;
  LocaleTable locales_;
  absl::flat_hash_map<std::string, KeyId> key_ids_;
  std::vector<GuardExamples> guard_examples_;
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
  emoji_ = *view;

  for (const EmojiTable::Entry& entry : rows->entries) {
    const std::string sequence = ToUtf8(entry.key);
    tables_.keys.push_back({.sequence = sequence,
                            .fully_qualified = sequence,
                            .kind = entry.kind,
                            .status = entry.status});
    key_ids_.emplace(KeyName(entry.key), entry.id);
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
  locales_ = *view;
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
    if (!facts.names.try_emplace(*key, LocaleFacts::Name{std::move(row[1]), std::move(row[2])})
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
    if (!facts.subdivisions.try_emplace(*key, LocaleFacts::Place{row[1], {}}).second) {
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
    const bool blocked = row[1] == kBlocked;
    if (!blocked) CheckCell(file, line, row[1]);
    for (const std::string_view alternate : Values(row[2])) CheckCell(file, line, alternate);
    if (!key) continue;
    if (!facts.curated
             .try_emplace(*key, LocaleFacts::Curated{blocked ? "" : row[1], row[2], blocked})
             .second) {
      Report(file, line, "duplicate-key", absl::StrCat(row[0], " stands twice"));
    }
  }
  return absl::OkStatus();
}

absl::Status Reader::ReadGuards(const std::string& file, LocaleId locale) {
  absl::StatusOr<Tsv> tsv = ReadTable(file, 4);
  if (!tsv.ok()) return tsv.status();
  for (size_t i = 0; i < tsv->rows.size(); ++i) {
    const std::vector<std::string>& row = tsv->rows[i];
    const int line = tsv->lines[i];
    if (row[0].empty()) Report(file, line, "empty", "the concept is empty");
    if (const std::optional<Objection> objection = CheckPattern(row[1])) {
      Report(file, line, objection->rule, absl::StrCat(row[0], ": ", objection->message));
    }
    if (i > 0 && row == tsv->rows[i - 1]) {
      Report(file, line, "duplicate-key", absl::StrCat(row[0], " stands twice"));
    }
    tables_.guards.push_back({std::string(locales_.tag(locale)), row[0], row[1]});
    guard_examples_.push_back({file, line, locale, row[0], row[2], row[3]});
  }
  return absl::OkStatus();
}

// The examples are judged by the gate's own guards: what passes here is what the service will do.
void Reader::CheckGuardExamples() {
  std::vector<GuardRule> rules;
  for (const BookContent::Guard& guard : tables_.guards) {
    rules.push_back({guard.locale, guard.concept_name, guard.pattern});
  }
  const absl::StatusOr<Guards> guards = Guards::Create(rules, locales_);
  if (!guards.ok()) {
    // A pattern that does not compile has been reported where it stands.
    if (findings_.empty()) Report("guards", 0, "guards", std::string(guards.status().message()));
    return;
  }
  const auto speaks_of = [&](const GuardExamples& row, std::string_view example) {
    std::string buffer;
    const absl::StatusOr<Guards::Concepts> found =
        guards->Find(row.locale, Guards::Normalize(example, &buffer));
    for (size_t i = 0; found.ok() && i < found->size(); ++i) {
      if (found->test(i) && guards->name(i) == row.concept_name) return true;
    }
    return false;
  };
  for (const GuardExamples& row : guard_examples_) {
    CheckExamples(row.file, row.line, row.concept_name, row.matches, row.does_not_match,
                  [&](std::string_view example) { return speaks_of(row, example); });
  }
}

absl::Status Reader::ReadProtected() {
  const std::string file = "protected.tsv";
  absl::StatusOr<Tsv> tsv = ReadTable(file, 4, Order::kAsWritten);
  if (absl::IsNotFound(tsv.status())) return absl::OkStatus();
  if (!tsv.ok()) return tsv.status();
  std::set<std::string_view> names;
  for (size_t i = 0; i < tsv->rows.size(); ++i) {
    const std::vector<std::string>& row = tsv->rows[i];
    const int line = tsv->lines[i];
    if (row[0].empty()) Report(file, line, "empty", "the rule has no name");
    if (!names.insert(row[0]).second) {
      Report(file, line, "duplicate-key", absl::StrCat(row[0], " stands twice"));
    }
    const absl::StatusOr<Protector> protector = Protector::Create({{row[0], row[1]}});
    if (!protector.ok()) {
      Report(file, line, "pattern", std::string(protector.status().message()));
    } else {
      CheckExamples(file, line, row[0], row[2], row[3],
                    [&](std::string_view example) { return !protector->Find(example).empty(); });
    }
    tables_.protected_rules.push_back({row[0], row[1]});
  }
  return absl::OkStatus();
}

void Reader::CheckExamples(const std::string& file, int line, std::string_view name,
                           std::string_view matches, std::string_view does_not_match,
                           absl::FunctionRef<bool(std::string_view)> is_found) {
  for (const std::string_view example : Values(matches)) {
    if (is_found(example)) continue;
    Report(file, line, "example",
           absl::StrCat(std::string(name), ": should match: ", std::string(example)));
  }
  for (const std::string_view example : Values(does_not_match)) {
    if (!is_found(example)) continue;
    Report(file, line, "example",
           absl::StrCat(std::string(name), ": should not match: ", std::string(example)));
  }
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
      const bool blocked = row[2] == kBlocked;
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
             absl::StrCat(std::string(locales_.tag(market.rows[i].locale)), " ",
                          KeyOf(tables_.keys[market.rows[i].row.key].sequence), " stands twice"));
    }
    tables_.markets.push_back(std::move(market));
  }
  return absl::OkStatus();
}

absl::Status Reader::ReadPhrases() {
  for (const std::string& folder : FoldersIn("phrases")) {
    const std::string tag = std::filesystem::path(folder).filename();
    const std::optional<LocaleId> from = LocaleOfRow(folder, 0, tag);
    if (!from) continue;
    if (absl::Status status = ReadPair(*from, folder); !status.ok()) return status;
  }
  if (absl::Status status = ReadMarks(); !status.ok()) return status;
  std::sort(tables_.phrases.begin(), tables_.phrases.end(), [](const auto& a, const auto& b) {
    return std::tie(a.from, a.to, a.key) < std::tie(b.from, b.to, b.key);
  });
  return absl::OkStatus();
}

// The phrases of one language, a table for each language that they are translated into.
absl::Status Reader::ReadPair(LocaleId from, const std::string& folder) {
  for (const std::string& file : TablesIn(folder)) {
    absl::StatusOr<Tsv> tsv = ReadTable(file, 3);
    if (!tsv.ok()) return tsv.status();
    const std::optional<LocaleId> to = LocaleOfRow(file, 0, std::filesystem::path(file).stem());
    if (!to) continue;
    for (size_t i = 0; i < tsv->rows.size(); ++i) {
      const std::vector<std::string>& row = tsv->rows[i];
      const int line = tsv->lines[i];
      CheckCell(file, line, row[0]);
      CheckCell(file, line, row[1]);
      if (const std::string key = PhraseKey(row[0]); key != row[0]) {
        Report(file, line, "phrase-form",
               key.empty() ? absl::StrCat("'", row[0], "' can never be matched")
                           : absl::StrCat("'", row[0], "' is written '", key, "'"));
      }
      if (i > 0 && row[0] == tsv->rows[i - 1][0]) {
        Report(file, line, "duplicate-key", absl::StrCat("'", row[0], "' stands twice"));
      }
      tables_.phrases.push_back({from, *to, row[0], row[1]});
    }
  }
  return absl::OkStatus();
}

absl::Status Reader::ReadMarks() {
  const std::string file = "phrases/marks.tsv";
  absl::StatusOr<Tsv> tsv = ReadTable(file, 3);
  if (absl::IsNotFound(tsv.status())) return absl::OkStatus();
  if (!tsv.ok()) return tsv.status();
  for (size_t i = 0; i < tsv->rows.size(); ++i) {
    const std::vector<std::string>& row = tsv->rows[i];
    const int line = tsv->lines[i];
    const std::optional<LocaleId> locale = LocaleOfRow(file, line, row[0]);
    CheckCell(file, line, row[1]);
    if (!row[2].empty()) CheckCell(file, line, row[2]);
    if (i > 0 && row[0] == tsv->rows[i - 1][0] && row[1] == tsv->rows[i - 1][1]) {
      Report(file, line, "duplicate-key", absl::StrCat(row[0], " ", row[1], " stands twice"));
    }
    if (locale) tables_.phrases.push_back({kRootLocale, *locale, row[1], row[2]});
  }
  return absl::OkStatus();
}

std::optional<LocaleId> Reader::LocaleOfRow(const std::string& file, int line,
                                            const std::string& tag) {
  const std::optional<LocaleId> locale = locales_.Exact(tag);
  if (!locale) {
    Report(file, line, "unknown-locale", absl::StrCat(tag, " is not in cldr/locales.tsv"));
  }
  return locale;
}

std::optional<KeyId> Reader::KeyOfRow(const std::string& file, int line, const std::string& name) {
  if (const auto id = key_ids_.find(name); id != key_ids_.end()) return id->second;
  const std::string normal = NormalForm(name);
  if (key_ids_.contains(normal)) {
    Report(file, line, "key-form", absl::StrCat(name, " is written ", normal));
  } else {
    Report(file, line, "unknown-key", absl::StrCat(name, " is not a known sequence"));
  }
  return std::nullopt;
}

std::optional<KeyId> Reader::KeyOfCode(const std::string& file, int line, const std::string& code,
                                       const std::string& key_name) {
  if (const auto id = key_ids_.find(key_name); id != key_ids_.end()) return id->second;
  Report(file, line, "unknown-key", absl::StrCat(code, " is not a code that a flag may stand for"));
  return std::nullopt;
}

void Reader::CheckCell(const std::string& file, int line, std::string_view text) {
  if (std::optional<Objection> objection = CheckText(text, emoji_)) {
    Report(file, line, objection->rule,
           absl::StrCat("'", std::string(text), "' ", objection->message));
  }
}

void Reader::SetSource(const std::string& file, const Tsv& tsv, std::string_view kind,
                       std::string* source) {
  const std::string version = CldrVersion(tsv.header);
  const std::string found = absl::StrCat("cldr-", version, "/", std::string(kind));
  if (version.empty()) {
    Report(file, 0, "source", "the header names no version of CLDR");
  } else if (source->empty()) {
    *source = found;
  } else if (*source != found) {
    Report(file, 0, "source", absl::StrCat("is from ", found, ", other tables from ", *source));
  }
}

}  // namespace

absl::StatusOr<BookTables> ReadBookTables(const std::string& data_dir,
                                          std::vector<Finding>* findings) {
  return Reader(data_dir, findings).Read();
}

}  // namespace signalbook
