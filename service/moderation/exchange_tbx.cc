// Rows as TBX (TermBase eXchange, ISO 30042:2019), dialect TBX-Basic in DCA style. A row is a concept; the language of
// its scope has the text as its first term, with the note, and each alternate as an admitted term. A blocked
// name is a deprecated term, and a deprecated name comes back blocked. A term that never leaves is deprecated
// too. What is left are properties: notes of the concept, because TBX-Basic has no data category for them.
#include <utility>

#include "absl/strings/ascii.h"
#include "service/moderation/exchange_formats.h"
#include "service/strings.h"

namespace signalbook::exchange {
namespace {

constexpr XmlForm kTbx = {.what = "TBX of 2019", .root = "tbx", .row = "conceptEntry"};
constexpr std::string_view kProperty = "signalbook:";  // "signalbook:scope=es"
constexpr std::string_view kStatusType = "administrativeStatus";
constexpr std::string_view kDctStatus = "http://www.tbxinfo.net/ns/min administrativeStatus";
constexpr std::string_view kPreferred = "preferredTerm-admn-sts";
constexpr std::string_view kAdmitted = "admittedTerm-admn-sts";
constexpr std::string_view kDeprecated = "deprecatedTerm-admn-sts";
constexpr std::string_view kSuperseded = "supersededTerm-admn-sts";

void WriteTerm(std::string_view term, std::string_view status, std::string_view note,
               XmlWriter* xml) {
  xml->Open("termSec");
  xml->Text("term", {}, term);
  if (!status.empty()) xml->Text("termNote", {{"type", kStatusType}}, status);
  if (!note.empty()) xml->Text("note", {}, note);
  xml->Close();
}

void WriteConcept(const ExchangeRow& row, XmlWriter* xml) {
  const bool is_name = row.table == v1::TABLE_NAMES;
  const Languages languages = LanguagesOf(row.scope);
  xml->Open("conceptEntry", {{"id", IdOf(row.key)}});
  for (const auto& [name, value] :
       PropertiesOf(row, {"text", "alternates", "note", "english", is_name ? "blocked" : ""})) {
    xml->Text("note", {}, StrCat(kProperty, name, "=", value));
  }
  if (languages.source != languages.target) {
    xml->Open("langSec", {{"xml:lang", languages.source}});
    WriteTerm(SourceTextOf(row), "", "", xml);
    xml->Close();
  }
  const bool deprecated = row.table == v1::TABLE_TERMS || (is_name && row.row.blocked());
  xml->Open("langSec", {{"xml:lang", languages.target}});
  WriteTerm(row.row.text(), deprecated ? kDeprecated : kPreferred, row.row.note(), xml);
  for (const std::string& alternate : row.row.alternates())
    WriteTerm(alternate, kAdmitted, "", xml);
  xml->Close();
  xml->Close();
}

// Of a term, without the white space that a program may have put around it. Also in DCT style.
std::string StatusOf(const XmlElement& term) {
  for (const XmlElement& child : term.children) {
    if (child.name == kDctStatus ||
        (child.name == "termNote" && child.Attribute("type") == kStatusType)) {
      return std::string(absl::StripAsciiWhitespace(child.TextIn()));
    }
  }
  return "";
}

void ReadTerms(const XmlElement& section, RowBuilder* row) {
  const bool is_name = row->row().table == v1::TABLE_NAMES;
  bool has_text = false;
  for (const XmlElement& term : section.children) {
    if (term.name != "termSec") continue;
    const std::string status = StatusOf(term);
    if (has_text || status == kAdmitted) {
      row->Add("alternates", term.TextOf("term"));
      continue;
    }
    has_text = true;
    row->Add("text", term.TextOf("term"));
    row->Add("note", term.TextOf("note"));
    if (is_name && (status == kDeprecated || status == kSuperseded)) row->Add("blocked", "true");
  }
}

absl::Status ReadConcept(const XmlElement& entry, ExchangeFile* file) {
  RowBuilder row(entry.line);
  for (const XmlElement& child : entry.children) {
    if (child.name != "note") continue;
    const std::string note = child.TextIn();
    const size_t equals = note.find('=');
    if (!note.starts_with(kProperty) || equals == note.npos) continue;
    row.Add(std::string_view(note).substr(kProperty.size(), equals - kProperty.size()),
            note.substr(equals + 1));
  }
  const XmlElement* section = FindLanguage(entry, "langSec", LanguagesOf(row.row().scope).target);
  if (section == nullptr) {
    row.Refuse("no <langSec> in the language of the scope");
  } else {
    ReadTerms(*section, &row);
  }
  return std::move(row).FinishInto(file);
}

}  // namespace

std::string WriteTbx(const std::vector<ExchangeRow>& rows) {
  XmlWriter xml;
  xml.Open("tbx", {{"type", "TBX-Basic"},
                   {"style", "dca"},
                   {"xml:lang", "en"},
                   {"xmlns", "urn:iso:std:iso:30042:ed-2"}});
  xml.Open("tbxHeader");
  xml.Open("fileDesc");
  xml.Open("sourceDesc");
  xml.Text("p", {}, "Signalbook");
  xml.Close();
  xml.Close();
  xml.Close();
  xml.Open("text");
  xml.Open("body");
  for (const ExchangeRow& row : rows) WriteConcept(row, &xml);
  xml.Close();
  xml.Close();
  xml.Close();
  return std::move(xml).Finish();
}

absl::StatusOr<ExchangeFile> ReadTbx(std::string_view content) {
  ExchangeFile file;
  absl::Status status =
      ReadXml(content, kTbx, [&file](const XmlElement& e) { return ReadConcept(e, &file); });
  if (!status.ok()) return status;
  return file;
}

}  // namespace signalbook::exchange
