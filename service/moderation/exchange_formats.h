// What the exchange formats share, and the functions of each. For exchange*.cc alone; callers use exchange.h.
//
// A row is fields (kFields). CSV has a column and JSON a member for each. TBX, TMX and XLIFF have places of
// their own for the text, the note and the English name; the other fields are properties there, a value each:
//
//   TBX    <note>signalbook:scope=es</note> of the concept
//   TMX    <prop type="x-signalbook-scope">es</prop>
//   XLIFF  <mda:meta type="scope">es</mda:meta> in the group "signalbook"
//
// A property whose name is no field's is another program's, and ignored.
//
// Thread rule: pure functions; a RowBuilder is for one thread.
#ifndef SIGNALBOOK_SERVICE_MODERATION_EXCHANGE_FORMATS_H_
#define SIGNALBOOK_SERVICE_MODERATION_EXCHANGE_FORMATS_H_

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/moderation/exchange.h"
#include "service/moderation/exchange_xml.h"

namespace signalbook::exchange {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

enum class FieldKind { kText, kFlag, kList };

struct Field {
  std::string_view name;
  FieldKind kind;
};

// In the order of the columns.
inline constexpr Field kFields[] = {
    {"table", FieldKind::kText},      {"scope", FieldKind::kText},
    {"key", FieldKind::kText},        {"text", FieldKind::kText},
    {"alternates", FieldKind::kList}, {"blocked", FieldKind::kFlag},
    {"removed", FieldKind::kFlag},    {"note", FieldKind::kText},
    {"matches", FieldKind::kList},    {"does_not_match", FieldKind::kList},
    {"english", FieldKind::kText},    {"sequence", FieldKind::kText},
    {"source", FieldKind::kText},
};
// What tells which row it is.
inline constexpr std::string_view kKeyFields[] = {"table", "scope", "key"};

const Field* FindField(std::string_view name);  // nullptr: none

// None for an empty text or list and a flag that is not set; "true" for one that is.
std::vector<std::string> ValuesOf(const Field& field, const ExchangeRow& row);

// What ValuesOf gives for all fields but these.
using Properties = std::vector<std::pair<std::string_view, std::string>>;
Properties PropertiesOf(const ExchangeRow& row, std::initializer_list<std::string_view> but);

// A row while it is read. The first thing that is wrong with it is its problem.
class RowBuilder {
 public:
  explicit RowBuilder(int line) { row_.line = line; }

  // One value of a list, or the value of any other field; a second one is refused, and so is what is not UTF-8.
  // Fields for people are dropped.
  void Add(const Field& field, std::string value);
  // The same by name; nothing happens if no field is called so.
  void Add(std::string_view field, std::string value);
  // `what` never holds a text of the file.
  void Refuse(std::string_view what);
  // What was added so far.
  const ExchangeRow& row() const { return row_; }

  // Adds the row, or its problem. IMPORT_MALFORMED if the file has as many as it may already.
  absl::Status FinishInto(ExchangeFile* file) &&;

 private:
  ExchangeRow row_;
  std::string problem_;
};

// IMPORT_MALFORMED. `line` is from 1; 0: the file as a whole.
absl::Status Malformed(int line, std::string_view what);

// BCP 47 tags of the texts of a scope: "es@CN" is en and es, "de>fr" de and fr, "root" en and und.
struct Languages {
  std::string source;
  std::string target;
};
Languages LanguagesOf(std::string_view scope);

// What a translator translates: the phrase, or the English name; the key where there is none.
std::string_view SourceTextOf(const ExchangeRow& row);

// The key as an identifier of XML, different for each: "k-1F1E8-1F1E6", "k-good_20_morning". Never read back.
std::string IdOf(std::string_view key);

// The last child called `name` in this language, or, if there is none, in a regional form of it, which some
// programs make of it ("es-ES"). nullptr: neither.
const XmlElement* FindLanguage(const XmlElement& parent, std::string_view name,
                               std::string_view language);

std::string WriteCsv(const std::vector<ExchangeRow>& rows);
std::string WriteJsonLines(const std::vector<ExchangeRow>& rows);
std::string WriteTbx(const std::vector<ExchangeRow>& rows);
std::string WriteTmx(const std::vector<ExchangeRow>& rows);
std::string WriteXliff(const std::vector<ExchangeRow>& rows);

absl::StatusOr<ExchangeFile> ReadCsv(std::string_view content);
absl::StatusOr<ExchangeFile> ReadJsonLines(std::string_view content);
absl::StatusOr<ExchangeFile> ReadTbx(std::string_view content);
absl::StatusOr<ExchangeFile> ReadTmx(std::string_view content);
absl::StatusOr<ExchangeFile> ReadXliff(std::string_view content);

}  // namespace signalbook::exchange

#endif  // SIGNALBOOK_SERVICE_MODERATION_EXCHANGE_FORMATS_H_
