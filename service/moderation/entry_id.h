// Names of moderated rows, "entries/names:es@CN:1F1E8-1F1E6", and what they stand for in a book.
//
// Thread rule: pure functions.
#ifndef SIGNALBOOK_SERVICE_MODERATION_ENTRY_ID_H_
#define SIGNALBOOK_SERVICE_MODERATION_ENTRY_ID_H_

#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "absl/status/statusor.h"
#include "signalbook/v1/moderation.pb.h"
#include "translator/book.h"

namespace signalbook {

// Where a row stands. Ordered as lists show rows.
struct EntryId {
  v1::Table table = v1::TABLE_UNSPECIFIED;
  std::string scope;  // "es", "es@CN", "en>es", "root"
  std::string key;
  bool operator==(const EntryId&) const = default;
  bool operator<(const EntryId& other) const {
    return std::tie(table, scope, key) < std::tie(other.table, other.scope, other.key);
  }
};

std::string_view TableName(v1::Table table);  // "names"
std::string EntryName(const EntryId& id);     // "entries/names:es:1F1E8-1F1E6"
// INVALID_ARGUMENT (NAME_MALFORMED) says what a name looks like. "entries/" may be left out.
absl::StatusOr<EntryId> ParseEntryName(std::string_view name);

// What an id stands for in a book: the fields of its table are set.
struct EntryPlace {
  LocaleId locale = kRootLocale;  // names, guards, terms; of a phrase: what it is translated into
  MarketId market = kNoMarket;    // names
  KeyId key = kNoKey;             // names
  LocaleId from = kRootLocale;    // phrases
  std::string concept_name;       // guards, with "~" where it only licenses
};

// INVALID_ARGUMENT (ENTRY_UNKNOWN): the book has no such locale, market, sequence or concept. Locales are
// exact: "zh-TW" where the book has "zh-Hant" is told so.
absl::StatusOr<EntryPlace> Locate(const Book& book, const EntryId& id);
// The same for a scope alone, to list it.
absl::StatusOr<EntryPlace> LocateScope(const Book& book, v1::Table table, std::string_view scope);

// The sequence that a key of the names table stands for: "1F1E8-1F1E6" → 🇨🇦.
std::optional<KeyId> FindKey(const Book& book, std::string_view key);
std::string KeyText(const Book& book, KeyId key);  // "1F1E8-1F1E6"
std::string CodePoints(std::string_view utf8);     // "U+1F1E8 U+1F1E6"
// What stands after the concept in the key of a guard: the first 8 digits of the pattern's SHA-256.
std::string PatternId(std::string_view pattern);
std::string Sha256Hex(std::string_view bytes);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_MODERATION_ENTRY_ID_H_
