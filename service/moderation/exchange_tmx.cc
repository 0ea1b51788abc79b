// Rows as TMX 1.4b (Translation Memory eXchange). A row is a unit: its note, a segment with what is translated, one
// with the text, and properties "x-signalbook-…".
#include <utility>

#include "service/moderation/exchange_formats.h"
#include "service/strings.h"

namespace signalbook::exchange {
namespace {

constexpr XmlForm kTmx = {.what = "TMX", .root = "tmx", .row = "tu"};
constexpr std::string_view kProperty = "x-signalbook-";

void WriteSegment(std::string_view language, std::string_view text, XmlWriter* xml) {
  xml->Open("tuv", {{"xml:lang", language}});
  xml->Text("seg", {}, text);
  xml->Close();
}

void WriteUnit(const ExchangeRow& row, XmlWriter* xml) {
  xml->Open("tu", {{"tuid", row.key}});
  for (const auto& [name, value] : PropertiesOf(row, {"text", "note", "english"})) {
    xml->Text("prop", {{"type", StrCat(kProperty, name)}}, value);
  }
  if (!row.row.note().empty()) xml->Text("note", {}, row.row.note());
  const Languages languages = LanguagesOf(row.scope);
  WriteSegment(languages.source, SourceTextOf(row), xml);
  WriteSegment(languages.target, row.row.text(), xml);
  xml->Close();
}

absl::Status ReadUnit(const XmlElement& unit, ExchangeFile* file) {
  RowBuilder row(unit.line);
  for (const XmlElement& child : unit.children) {
    const std::string_view type = child.Attribute("type");
    if (child.name == "prop" && type.starts_with(kProperty)) {
      row.Add(type.substr(kProperty.size()), child.TextIn());
    }
  }
  // Where both languages are one, the text is the second.
  const XmlElement* variant = FindLanguage(unit, "tuv", LanguagesOf(row.row().scope).target);
  if (variant == nullptr) {
    row.Refuse("no <tuv> in the language of the scope");
  } else {
    row.Add("text", variant->TextOf("seg"));
    row.Add("note", unit.TextOf("note"));
  }
  return std::move(row).FinishInto(file);
}

}  // namespace

std::string WriteTmx(const std::vector<ExchangeRow>& rows) {
  XmlWriter xml;
  xml.Open("tmx", {{"version", "1.4"}});
  const std::string source = LanguagesOf(rows.empty() ? "" : rows.front().scope).source;
  xml.Text("header",
           {{"creationtool", "signalbook"},
            {"creationtoolversion", "1"},
            {"segtype", "phrase"},
            {"o-tmf", "signalbook"},
            {"adminlang", "en"},
            {"srclang", source},
            {"datatype", "plaintext"}},
           "");
  xml.Open("body");
  for (const ExchangeRow& row : rows) WriteUnit(row, &xml);
  xml.Close();
  xml.Close();
  return std::move(xml).Finish();
}

absl::StatusOr<ExchangeFile> ReadTmx(std::string_view content) {
  ExchangeFile file;
  absl::Status status =
      ReadXml(content, kTmx, [&file](const XmlElement& e) { return ReadUnit(e, &file); });
  if (!status.ok()) return status;
  return file;
}

}  // namespace signalbook::exchange
