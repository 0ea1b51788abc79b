#include "service/moderation/entry_id.h"

#include <openssl/sha.h>

#include <array>
#include <cstdint>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "service/status.h"
#include "service/strings.h"
#include "translator/table_reader.h"
#include "translator/utf8.h"

namespace signalbook {
namespace {

constexpr std::string_view kCollection = "entries/";

absl::Status Unknown(const std::string& what) {
  return InvalidRequest({.reason = reason::kEntryUnknown, .field = "entry", .description = what});
}

absl::StatusOr<LocaleId> ExactLocale(const Book& book, std::string_view tag) {
  if (const std::optional<LocaleId> exact = book.locales().Exact(tag)) return *exact;
  const std::optional<LocaleId> near = book.locales().Resolve(tag);
  return Unknown(StrCat(
      "the book has no locale \"", tag, "\"",
      near ? StrCat("; its rows stand in \"", book.locales().tag(*near), "\"") : std::string()));
}

}  // namespace

std::string_view TableName(v1::Table table) {
  switch (table) {
    case v1::TABLE_NAMES:
      return "names";
    case v1::TABLE_PHRASES:
      return "phrases";
    case v1::TABLE_GUARDS:
      return "guards";
    case v1::TABLE_TERMS:
      return "terms";
    default:
      return "";
  }
}

std::string EntryName(const EntryId& id) {
  return StrCat(kCollection, TableName(id.table), ":", id.scope, ":", id.key);
}

absl::StatusOr<EntryId> ParseEntryName(std::string_view name) {
  std::string_view rest = name;
  if (rest.starts_with(kCollection)) rest.remove_prefix(kCollection.size());
  EntryId id;
  const size_t first = rest.find(':');
  const size_t second = first == std::string_view::npos ? first : rest.find(':', first + 1);
  if (second != std::string_view::npos) {
    for (const v1::Table table :
         {v1::TABLE_NAMES, v1::TABLE_PHRASES, v1::TABLE_GUARDS, v1::TABLE_TERMS}) {
      if (rest.substr(0, first) == TableName(table)) id.table = table;
    }
    id.scope = rest.substr(first + 1, second - first - 1);
    id.key = rest.substr(second + 1);
  }
  if (id.table == v1::TABLE_UNSPECIFIED || id.scope.empty() || id.key.empty()) {
    return InvalidRequest(
        {.reason = reason::kNameMalformed,
         .field = "entry",
         .description = "an entry is called entries/TABLE:SCOPE:KEY, such as "
                        "entries/names:es:1F1E8-1F1E6; tables are names, phrases, guards, terms"});
  }
  return id;
}

absl::StatusOr<EntryPlace> LocateScope(const Book& book, v1::Table table, std::string_view scope) {
  EntryPlace place;
  std::string_view locale = scope;
  if (table == v1::TABLE_NAMES) {
    if (const size_t at = scope.find('@'); at != std::string_view::npos) {
      const std::string_view market = scope.substr(at + 1);
      const std::optional<MarketId> found = book.Market(market);
      if (!found) return Unknown(StrCat("the book has no market \"", market, "\""));
      place.market = *found;
      locale = scope.substr(0, at);
    }
  } else if (table == v1::TABLE_PHRASES) {
    const size_t arrow = scope.find('>');
    if (arrow == std::string_view::npos) {
      return Unknown("the scope of a phrase is FROM>TO, such as \"en>es\"");
    }
    const absl::StatusOr<LocaleId> from = ExactLocale(book, scope.substr(0, arrow));
    if (!from.ok()) return from.status();
    place.from = *from;
    locale = scope.substr(arrow + 1);
  } else if (table == v1::TABLE_UNSPECIFIED) {
    return Unknown("table is not set");
  }
  const absl::StatusOr<LocaleId> exact = ExactLocale(book, locale);
  if (!exact.ok()) return exact.status();
  place.locale = *exact;
  return place;
}

absl::StatusOr<EntryPlace> Locate(const Book& book, const EntryId& id) {
  absl::StatusOr<EntryPlace> place = LocateScope(book, id.table, id.scope);
  if (!place.ok()) return place.status();
  if (id.table == v1::TABLE_NAMES) {
    const std::optional<KeyId> key = FindKey(book, id.key);
    if (!key) {
      return Unknown(
          "the key of a name is a known sequence, its code points in upper-case hexadecimal "
          "without "
          "U+FE0F: \"1F1E8-1F1E6\"");
    }
    place->key = *key;
  } else if (id.table == v1::TABLE_GUARDS) {
    place->concept_name = id.key.substr(0, id.key.find(':'));
    std::string_view bare = place->concept_name;
    if (bare.starts_with('~')) bare.remove_prefix(1);
    bool known = false;
    for (const GuardConcept& row : book.concepts()) known = known || row.name == bare;
    if (!known) return Unknown(StrCat("there is no guarded concept \"", bare, "\""));
  }
  return place;
}

std::optional<KeyId> FindKey(const Book& book, std::string_view key) {
  std::u32string sequence;
  for (const absl::string_view part : absl::StrSplit(AsAbsl(key), '-')) {
    uint32_t value = 0;
    if (!absl::SimpleHexAtoi(part, &value) || value > 0x10FFFF || value == 0xFE0F) {
      return std::nullopt;
    }
    sequence += static_cast<char32_t>(value);
  }
  if (KeyName(sequence) != key) return std::nullopt;
  EmojiTable::State state = EmojiTable::kRoot;
  for (const char32_t c : sequence) state = book.emoji().Step(state, c);
  const std::optional<EmojiTable::Found> found = book.emoji().KeyAt(state);
  if (!found || found->key == kNoKey) return std::nullopt;
  return found->key;
}

std::string KeyText(const Book& book, KeyId key) { return KeyOf(book.key(key).sequence); }

std::string CodePoints(std::string_view utf8) {
  std::string text;
  for (size_t at = 0; at < utf8.size();) {
    const DecodedCodePoint decoded = DecodeUtf8(utf8, at);
    absl::StrAppendFormat(&text, "%sU+%04X", text.empty() ? "" : " ",
                          static_cast<uint32_t>(decoded.value));
    at = decoded.end;
  }
  return text;
}

std::string Sha256Hex(std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

std::string PatternId(std::string_view pattern) { return Sha256Hex(pattern).substr(0, 8); }

}  // namespace signalbook
