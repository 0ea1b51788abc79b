#include "service/moderation/exchange.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "service/moderation/exchange_formats.h"
#include "service/status.h"
#include "service/strings.h"
#include "translator/normalize.h"
#include "translator/utf8.h"

namespace signalbook {
namespace exchange {
namespace {

constexpr std::string_view kTablePrefix = "TABLE_";

// "names" for TABLE_NAMES.
std::string TableName(v1::Table table) {
  if (table == v1::TABLE_UNSPECIFIED || !v1::Table_IsValid(table)) return "";
  return absl::AsciiStrToLower(v1::Table_Name(table).substr(kTablePrefix.size()));
}

v1::Table FindTable(std::string_view name) {
  v1::Table table = v1::TABLE_UNSPECIFIED;
  v1::Table_Parse(StrCat(kTablePrefix, absl::AsciiStrToUpper(AsAbsl(name))), &table);
  return table;
}

std::string KnownTables() {
  std::string names;
  for (int table = v1::Table_MIN; table <= v1::Table_MAX; ++table) {
    const std::string name = TableName(static_cast<v1::Table>(table));
    if (!name.empty()) names += StrCat(names.empty() ? "" : ", ", name);
  }
  return names;
}

std::vector<std::string> One(std::string value) {
  if (value.empty()) return {};
  return {std::move(value)};
}

std::string EntryName(const ExchangeRow& row) {
  if (row.table == v1::TABLE_UNSPECIFIED || row.scope.empty() || row.key.empty()) return "";
  return StrCat("entries/", TableName(row.table), ":", row.scope, ":", row.key);
}

std::string TagOf(std::string_view scope_part) {
  const std::string_view tag = scope_part.substr(0, scope_part.find('@'));
  const bool is_tag = !tag.empty() && std::all_of(tag.begin(), tag.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-';
  });
  return !is_tag || tag == "root" ? "und" : std::string(tag);
}

}  // namespace

const Field* FindField(std::string_view name) {
  const auto* const field = std::find_if(std::begin(kFields), std::end(kFields),
                                         [name](const Field& f) { return f.name == name; });
  return field == std::end(kFields) ? nullptr : field;
}

std::vector<std::string> ValuesOf(const Field& field, const ExchangeRow& row) {
  const v1::Row& of = row.row;
  const auto list = [](const auto& values) {
    return std::vector<std::string>(values.begin(), values.end());
  };
  if (field.name == "table") return One(TableName(row.table));
  if (field.name == "scope") return One(row.scope);
  if (field.name == "key") return One(row.key);
  if (field.name == "text") return One(of.text());
  if (field.name == "alternates") return list(of.alternates());
  if (field.name == "blocked") return One(of.blocked() ? "true" : "");
  if (field.name == "removed") return One(of.removed() ? "true" : "");
  if (field.name == "note") return One(of.note());
  if (field.name == "matches") return list(of.matches());
  if (field.name == "does_not_match") return list(of.does_not_match());
  if (field.name == "english") return One(row.english);
  if (field.name == "sequence") return One(row.sequence);
  return One(row.source);
}

Properties PropertiesOf(const ExchangeRow& row, std::initializer_list<std::string_view> but) {
  Properties properties;
  for (const Field& field : kFields) {
    if (std::find(but.begin(), but.end(), field.name) != but.end()) continue;
    for (std::string& value : ValuesOf(field, row)) {
      properties.emplace_back(field.name, std::move(value));
    }
  }
  return properties;
}

void RowBuilder::Refuse(std::string_view what) {
  if (problem_.empty()) problem_ = std::string(what);
}

void RowBuilder::Add(std::string_view field, std::string value) {
  if (const Field* known = FindField(field)) Add(*known, std::move(value));
}

void RowBuilder::Add(const Field& field, std::string value) {
  const std::string_view name = field.name;
  if (name == "english" || name == "sequence" || name == "source") return;
  if (FindInvalidUtf8(value)) return Refuse(StrCat(name, " is not UTF-8"));
  v1::Row& row = row_.row;
  if (field.kind == FieldKind::kFlag) {
    const std::string flag = absl::AsciiStrToLower(value);
    if (!flag.empty() && flag != "true" && flag != "false") {
      return Refuse(StrCat(name, " is not true or false"));
    }
    if (name == "blocked") row.set_blocked(flag == "true");
    if (name == "removed") row.set_removed(flag == "true");
  } else if (name == "alternates") {
    row.add_alternates(std::move(value));
  } else if (name == "matches") {
    row.add_matches(std::move(value));
  } else if (name == "does_not_match") {
    row.add_does_not_match(std::move(value));
  } else if (name == "table") {
    const v1::Table table = FindTable(value);
    if (table == v1::TABLE_UNSPECIFIED) {
      return Refuse(StrCat("table is none of ", KnownTables()));
    }
    if (row_.table != v1::TABLE_UNSPECIFIED) return Refuse("more than one table");
    row_.table = table;
  } else {
    std::string* const text = name == "scope"  ? &row_.scope
                              : name == "key"  ? &row_.key
                              : name == "text" ? row.mutable_text()
                                               : row.mutable_note();
    if (!text->empty()) return Refuse(StrCat("more than one ", name));
    *text = std::move(value);
  }
}

absl::Status RowBuilder::FinishInto(ExchangeFile* file) && {
  if (file->rows.size() + file->problems.size() >= kMaxImportRows) {
    return Malformed(row_.line, StrCat("more than ", kMaxImportRows, " rows; split the file"));
  }
  if (row_.table == v1::TABLE_UNSPECIFIED) Refuse("no table");
  if (row_.scope.empty()) Refuse("no scope");
  if (row_.key.empty()) Refuse("no key");
  if (problem_.empty()) {
    file->rows.push_back(std::move(row_));
    return absl::OkStatus();
  }
  v1::ImportProblem& problem = file->problems.emplace_back();
  problem.set_line(row_.line);
  problem.set_entry(EntryName(row_));
  problem.set_message(std::move(problem_));
  return absl::OkStatus();
}

absl::Status Malformed(int line, std::string_view what) {
  RequestError error = {
      .reason = reason::kImportMalformed, .field = "content", .description = std::string(what)};
  if (line > 0) {
    error.description = StrCat("line ", line, ": ", what);
    error.metadata["line"] = StrCat(line);
  }
  return InvalidRequest(error);
}

Languages LanguagesOf(std::string_view scope) {
  const size_t arrow = scope.find('>');
  if (arrow == scope.npos) return {"en", TagOf(scope)};
  return {TagOf(scope.substr(0, arrow)), TagOf(scope.substr(arrow + 1))};
}

std::string_view SourceTextOf(const ExchangeRow& row) {
  return row.table == v1::TABLE_PHRASES || row.english.empty() ? row.key : row.english;
}

std::string IdOf(std::string_view key) {
  std::string id = "k-";
  for (size_t at = 0; at < key.size();) {
    const DecodedCodePoint decoded = DecodeUtf8(key, at);
    const bool plain =
        decoded.value < 0x80 && (absl::ascii_isalnum(static_cast<unsigned char>(decoded.value)) ||
                                 decoded.value == '-' || decoded.value == '.');
    id += plain ? std::string(key.substr(at, 1))
                : StrCat("_", absl::Hex(static_cast<uint32_t>(decoded.value)), "_");
    at = decoded.end;
  }
  return id;
}

const XmlElement* FindLanguage(const XmlElement& parent, std::string_view name,
                               std::string_view language) {
  const XmlElement* regional = nullptr;
  const XmlElement* exact = nullptr;
  for (const XmlElement& child : parent.children) {
    if (child.name != name) continue;
    std::string_view tag = child.Attribute("xml:lang");
    if (tag.empty()) tag = child.Attribute("lang");  // before TMX 1.3
    if (absl::EqualsIgnoreCase(AsAbsl(tag), AsAbsl(language))) exact = &child;
    if (absl::StartsWithIgnoreCase(AsAbsl(tag), StrCat(language, "-"))) regional = &child;
  }
  return exact != nullptr ? exact : regional;
}

}  // namespace exchange

namespace {

struct Format {
  v1::ExchangeFormat format;
  std::string_view extension;
  std::string_view media_type;
  std::string (*write)(const std::vector<ExchangeRow>& rows);
  absl::StatusOr<ExchangeFile> (*read)(std::string_view content);
};

constexpr Format kFormats[] = {
    {v1::EXCHANGE_FORMAT_CSV, "csv", "text/csv; charset=utf-8", exchange::WriteCsv,
     exchange::ReadCsv},
    {v1::EXCHANGE_FORMAT_JSON_LINES, "jsonl", "application/x-ndjson", exchange::WriteJsonLines,
     exchange::ReadJsonLines},
    {v1::EXCHANGE_FORMAT_TBX, "tbx", "application/x-tbx+xml", exchange::WriteTbx,
     exchange::ReadTbx},
    {v1::EXCHANGE_FORMAT_TMX, "tmx", "application/x-tmx+xml", exchange::WriteTmx,
     exchange::ReadTmx},
    {v1::EXCHANGE_FORMAT_XLIFF, "xlf", "application/xliff+xml", exchange::WriteXliff,
     exchange::ReadXliff},
};

const Format* FindFormat(v1::ExchangeFormat format) {
  const auto* const found = std::find_if(std::begin(kFormats), std::end(kFormats),
                                         [format](const Format& f) { return f.format == format; });
  return found == std::end(kFormats) ? nullptr : found;
}

}  // namespace

std::string WriteExchange(v1::ExchangeFormat format, const std::vector<ExchangeRow>& rows) {
  const Format* found = FindFormat(format);
  return found == nullptr ? "" : found->write(rows);
}

absl::StatusOr<ExchangeFile> ReadExchange(v1::ExchangeFormat format, std::string_view content) {
  const Format* found = FindFormat(format);
  if (found == nullptr) {
    return InvalidRequest({.reason = reason::kEnumValueUnknown,
                           .field = "format",
                           .description = "no format of this version; see ExchangeFormat"});
  }
  if (content.size() > kMaxImportBytes) {
    return exchange::Malformed(0,
                               StrCat("larger than ", kMaxImportBytes, " bytes; split the file"));
  }
  return found->read(content);
}

std::string_view ExchangeExtension(v1::ExchangeFormat format) {
  const Format* found = FindFormat(format);
  return found == nullptr ? std::string_view() : found->extension;
}

std::string_view ExchangeMediaType(v1::ExchangeFormat format) {
  const Format* found = FindFormat(format);
  return found == nullptr ? std::string_view() : found->media_type;
}

}  // namespace signalbook
