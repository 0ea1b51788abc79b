// Rows as XLIFF 2.1. A row is a unit of one segment: its source is what is translated, its target the text. The note
// is a note of category "note"; the emoji is one of category "sequence", because programs show notes to
// translators. Properties are metadata (the module mda).
#include <utility>

#include "service/moderation/exchange_formats.h"

namespace signalbook::exchange {
namespace {

constexpr XmlForm kXliff = {.what = "XLIFF 2",
                            .root = "xliff",
                            .name_space = "urn:oasis:names:tc:xliff:document:2",
                            .row = "unit"};
constexpr std::string_view kMetadata = "urn:oasis:names:tc:xliff:metadata:2.0 metadata";
constexpr std::string_view kGroup = "urn:oasis:names:tc:xliff:metadata:2.0 metaGroup";
constexpr std::string_view kMeta = "urn:oasis:names:tc:xliff:metadata:2.0 meta";
constexpr std::string_view kCategory = "signalbook";
constexpr std::string_view kNote = "note";

void WriteUnit(const ExchangeRow& row, XmlWriter* xml) {
  xml->Open("unit", {{"id", IdOf(row.key)}, {"xml:space", "preserve"}, {"canResegment", "no"}});
  xml->Open("mda:metadata");
  xml->Open("mda:metaGroup", {{"category", kCategory}});
  for (const auto& [name, value] : PropertiesOf(row, {"text", "note", "english", "sequence"})) {
    xml->Text("mda:meta", {{"type", name}}, value);
  }
  xml->Close();
  xml->Close();
  if (!row.row.note().empty() || !row.sequence.empty()) {
    xml->Open("notes");
    if (!row.row.note().empty()) xml->Text("note", {{"category", kNote}}, row.row.note());
    if (!row.sequence.empty()) xml->Text("note", {{"category", "sequence"}}, row.sequence);
    xml->Close();
  }
  xml->Open("segment", {{"state", row.row.text().empty() ? "initial" : "translated"}});
  xml->Text("source", {}, SourceTextOf(row));
  xml->Text("target", {}, row.row.text());
  xml->Close();
  xml->Close();
}

void ReadMetadata(const XmlElement& metadata, RowBuilder* row) {
  for (const XmlElement& group : metadata.children) {
    if (group.name != kGroup || group.Attribute("category") != kCategory) continue;
    for (const XmlElement& meta : group.children) {
      if (meta.name == kMeta) row->Add(meta.Attribute("type"), meta.TextIn());
    }
  }
}

// Ours; else one without a category, which a translator has added.
const XmlElement* FindNote(const XmlElement& notes) {
  const XmlElement* found = nullptr;
  for (const XmlElement& note : notes.children) {
    if (note.name != "note") continue;
    const std::string_view category = note.Attribute("category");
    if (category == kNote) return &note;
    if (category.empty() && found == nullptr) found = &note;
  }
  return found;
}

absl::Status ReadUnit(const XmlElement& unit, ExchangeFile* file) {
  RowBuilder row(unit.line);
  std::string text;
  for (const XmlElement& child : unit.children) {
    if (child.name == kMetadata) {
      ReadMetadata(child, &row);
    } else if (child.name == "notes") {
      if (const XmlElement* note = FindNote(child)) row.Add("note", note->TextIn());
    } else if (child.name == "segment" || child.name == "ignorable") {
      // One as we write it; programs may split it all the same.
      text += child.TextOf("target");
    }
  }
  row.Add("text", std::move(text));
  return std::move(row).FinishInto(file);
}

}  // namespace

std::string WriteXliff(const std::vector<ExchangeRow>& rows) {
  XmlWriter xml;
  const Languages languages = LanguagesOf(rows.empty() ? "" : rows.front().scope);
  xml.Open("xliff", {{"xmlns", "urn:oasis:names:tc:xliff:document:2.0"},
                     {"xmlns:mda", "urn:oasis:names:tc:xliff:metadata:2.0"},
                     {"version", "2.1"},
                     {"srcLang", languages.source},
                     {"trgLang", languages.target}});
  xml.Open("file", {{"id", "signalbook"}});
  for (const ExchangeRow& row : rows) WriteUnit(row, &xml);
  xml.Close();
  xml.Close();
  return std::move(xml).Finish();
}

absl::StatusOr<ExchangeFile> ReadXliff(std::string_view content) {
  ExchangeFile file;
  absl::Status status =
      ReadXml(content, kXliff, [&file](const XmlElement& e) { return ReadUnit(e, &file); });
  if (!status.ok()) return status;
  return file;
}

}  // namespace signalbook::exchange
