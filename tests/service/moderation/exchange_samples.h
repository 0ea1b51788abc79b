// Rows of every table, the texts that file formats trip over, and what the tests ask of all formats.
#ifndef SIGNALBOOK_TESTS_SERVICE_MODERATION_EXCHANGE_SAMPLES_H_
#define SIGNALBOOK_TESTS_SERVICE_MODERATION_EXCHANGE_SAMPLES_H_

#include <string>
#include <utility>
#include <vector>

#include "service/moderation/exchange.h"

namespace signalbook {

struct FormatName {
  v1::ExchangeFormat format;
  const char* name;
};

inline constexpr FormatName kAllFormats[] = {
    {v1::EXCHANGE_FORMAT_CSV, "CSV"},     {v1::EXCHANGE_FORMAT_JSON_LINES, "JSON Lines"},
    {v1::EXCHANGE_FORMAT_TBX, "TBX"},     {v1::EXCHANGE_FORMAT_TMX, "TMX"},
    {v1::EXCHANGE_FORMAT_XLIFF, "XLIFF"},
};

inline ExchangeRow MakeRow(v1::Table table, std::string scope, std::string key, std::string text) {
  ExchangeRow row;
  row.table = table;
  row.scope = std::move(scope);
  row.key = std::move(key);
  row.row.set_text(std::move(text));
  return row;
}

// 🇨🇦 in Spanish, with every field of a name.
inline ExchangeRow Canada() {
  ExchangeRow row = MakeRow(v1::TABLE_NAMES, "es", "1F1E8-1F1E6", "Canadá");
  row.row.add_alternates("el Canadá");
  row.row.add_alternates("CA");
  row.row.set_note("as CLDR has it");
  row.english = "flag: Canada";
  row.sequence = "🇨🇦";
  row.source = "curated";
  return row;
}

// Table, scope, key and the whole row, in a form that compares and prints.
inline std::string Shown(const ExchangeRow& row) {
  return v1::Table_Name(row.table) + "|" + row.scope + "|" + row.key + "|" +
         row.row.ShortDebugString();
}

inline std::vector<std::string> Shown(const std::vector<ExchangeRow>& rows) {
  std::vector<std::string> shown;
  for (const ExchangeRow& row : rows) shown.push_back(Shown(row));
  return shown;
}

// The rows that a file holds; what is wrong with it or a row stands in place of them.
inline std::vector<std::string> ReadShown(v1::ExchangeFormat format, const std::string& content) {
  const absl::StatusOr<ExchangeFile> file = ReadExchange(format, content);
  if (!file.ok()) return {std::string(file.status().message())};
  std::vector<std::string> shown = Shown(file->rows);
  for (const v1::ImportProblem& problem : file->problems) {
    shown.push_back(std::to_string(problem.line()) + ": " + problem.message());
  }
  return shown;
}

inline std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  if (at == text.npos) return "not found: " + from;
  return text.replace(at, from.size(), to);
}

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_SERVICE_MODERATION_EXCHANGE_SAMPLES_H_
