#include "translator/table_reader.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "translator/book_lint.h"

namespace signalbook {
namespace {

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

}  // namespace

std::string KeyName(std::u32string_view key) {
  std::string name;
  for (const char32_t c : key) {
    absl::StrAppendFormat(&name, "%s%04X", name.empty() ? "" : "-", static_cast<uint32_t>(c));
  }
  return name;
}

std::string NormalForm(std::string_view key) {
  std::string normal = absl::AsciiStrToUpper(std::string(key));
  for (size_t at; (at = normal.find("-FE0F")) != std::string::npos;) normal.erase(at, 5);
  return normal;
}

TableReader::TableReader(std::string data_dir, std::vector<Finding>* findings)
    : data_dir_(std::move(data_dir)), findings_(*findings) {}

void TableReader::Report(const std::string& file, int line, std::string_view rule,
                         std::string message) {
  findings_.push_back({file, line, std::string(rule), std::move(message)});
}

// Reports what is wrong with the form of the table; the rows that are left have `columns` cells.
absl::StatusOr<Tsv> TableReader::ReadTable(const std::string& file, size_t columns, Order order) {
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
std::vector<std::string> TableReader::TablesIn(const std::string& folder) const {
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

std::vector<std::string> TableReader::FoldersIn(const std::string& folder) const {
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

std::vector<TableReader::PairTable> TableReader::PairTablesIn(const std::string& folder) {
  std::vector<PairTable> tables;
  for (const std::string& source : FoldersIn(folder)) {
    const std::optional<LocaleId> from =
        LocaleOfRow(source, 0, std::filesystem::path(source).filename());
    if (!from) continue;
    for (const std::string& file : TablesIn(source)) {
      if (const std::optional<LocaleId> to = LocaleOfFile(file))
        tables.push_back({file, *from, *to});
    }
  }
  return tables;
}

std::optional<LocaleId> TableReader::LocaleOfFile(const std::string& file) {
  return LocaleOfRow(file, 0, std::filesystem::path(file).stem());
}

std::optional<LocaleId> TableReader::LocaleOfRow(const std::string& file, int line,
                                                 const std::string& tag) {
  const std::optional<LocaleId> locale = locales_.Exact(tag);
  if (!locale) {
    Report(file, line, "unknown-locale", absl::StrCat(tag, " is not in cldr/locales.tsv"));
  }
  return locale;
}

std::optional<KeyId> TableReader::KeyOfRow(const std::string& file, int line,
                                           const std::string& name) {
  if (const auto id = key_ids_.find(name); id != key_ids_.end()) return id->second;
  const std::string normal = NormalForm(name);
  if (key_ids_.contains(normal)) {
    Report(file, line, "key-form", absl::StrCat(name, " is written ", normal));
  } else {
    Report(file, line, "unknown-key", absl::StrCat(name, " is not a known sequence"));
  }
  return std::nullopt;
}

std::optional<KeyId> TableReader::KeyOfCode(const std::string& file, int line,
                                            const std::string& code, const std::string& key_name) {
  if (const auto id = key_ids_.find(key_name); id != key_ids_.end()) return id->second;
  Report(file, line, "unknown-key", absl::StrCat(code, " is not a code that a flag may stand for"));
  return std::nullopt;
}

void TableReader::CheckCell(const std::string& file, int line, std::string_view text) {
  if (std::optional<Objection> objection = CheckText(text, emoji_)) {
    Report(file, line, objection->rule,
           absl::StrCat("'", std::string(text), "' ", objection->message));
  }
}

void TableReader::SetSource(const std::string& file, const Tsv& tsv, std::string_view kind,
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

}  // namespace signalbook
