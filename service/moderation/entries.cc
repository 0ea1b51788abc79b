#include "service/moderation/entries.h"

#include <unicode/unistr.h>

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "service/strings.h"

namespace signalbook {
namespace {

using ModeratedByKey = std::map<std::string_view, const store::ModeratedRow*>;

std::string Folded(std::string_view text) {
  std::string folded;
  icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())})
      .foldCase()
      .toUTF8String(folded);
  return folded;
}

bool Holds(std::string_view text, const std::string& folded_part) {
  return Folded(text).find(folded_part) != std::string::npos;
}

std::pair<int, int> VersionOf(std::string_view version) {
  const std::vector<absl::string_view> parts = absl::StrSplit(AsAbsl(version), '.');
  int major = -1;
  int minor = 0;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &major) ||
      !absl::SimpleAtoi(parts[1], &minor)) {
    return {-1, 0};
  }
  return {major, minor};
}

Entries::Item MakeItem(const Book& book, const Book& base, EntryId id, const EntryPlace& place,
                       const store::ModeratedRow* moderated) {
  Entries::Item item{.id = std::move(id), .place = place, .moderated = moderated};
  item.effective = Effective(book, item.id, place);
  if (moderated == nullptr) return item;
  item.effective.row = moderated->row;
  item.effective.origin = v1::ORIGIN_MODERATED;
  item.effective.origin_scope = item.id.scope;
  item.effective.source = "moderated";
  item.upstream_changed = moderated->book_row != BookRowHash(base, item.id, place) &&
                          !SaidByBook(base, item.id, place, moderated->row);
  return item;
}

}  // namespace

absl::StatusOr<Entries::Item> Entries::One(const Book& book, const Book& base, const EntryId& id,
                                           const store::ModeratedRow* moderated) {
  const absl::StatusOr<EntryPlace> place = Locate(base, id);
  if (!place.ok()) return place.status();
  return MakeItem(book, base, id, *place, moderated);
}

absl::StatusOr<Entries> Entries::Of(const Book& book, const Book& base, v1::Table table,
                                    std::string_view scope,
                                    const std::vector<store::ModeratedRow>& moderated) {
  const absl::StatusOr<EntryPlace> where = LocateScope(base, table, scope);
  if (!where.ok()) return where.status();
  ModeratedByKey by_key;
  for (const store::ModeratedRow& row : moderated) by_key.emplace(row.id.key, &row);

  Entries entries;
  if (table == v1::TABLE_NAMES) {
    EntryPlace place = *where;
    for (size_t key = 0; key < book.key_count(); ++key) {
      place.key = static_cast<KeyId>(key);
      const EntryId id{table, std::string(scope), KeyText(book, place.key)};
      const auto found = by_key.find(id.key);
      Item item = MakeItem(book, base, id, place, found == by_key.end() ? nullptr : found->second);
      if (item.effective.origin == v1::ORIGIN_MISSING &&
          book.key(place.key).status != EmojiStatus::kRgi) {
        continue;
      }
      entries.items_.push_back(std::move(item));
    }
    return entries;
  }

  // What the book has in this scope, and what was moderated besides.
  std::map<std::string, const store::ModeratedRow*> keys(by_key.begin(), by_key.end());
  if (table == v1::TABLE_PHRASES) {
    for (const auto& [key, row] : book.Phrases()) {
      if (row.from == where->from && row.to == where->locale && row.from != kRootLocale) {
        keys.emplace(key, nullptr);
      }
    }
  } else if (table == v1::TABLE_GUARDS) {
    for (const GuardRule& rule : base.guards()) {
      if (rule.locale == scope) {
        keys.emplace(StrCat(rule.concept_name, ":", PatternId(rule.pattern)), nullptr);
      }
    }
  }
  for (const auto& [key, row] : keys) {
    const EntryId id{table, std::string(scope), key};
    const absl::StatusOr<EntryPlace> place = Locate(base, id);
    if (place.ok()) entries.items_.push_back(MakeItem(book, base, id, *place, row));
  }
  return entries;
}

Entries Entries::OfModerated(const Book& book, const Book& base,
                             const std::vector<store::ModeratedRow>& moderated) {
  Entries entries;
  for (const store::ModeratedRow& row : moderated) {
    absl::StatusOr<Item> item = One(book, base, row.id, &row);
    if (item.ok()) entries.items_.push_back(*std::move(item));
  }
  return entries;
}

std::string EnglishName(const Book& book, const Entries::Item& item) {
  if (item.id.table != v1::TABLE_NAMES) return "";
  const std::optional<LocaleId> english = book.locales().Exact("en");
  if (!english) return "";
  const std::optional<Rendering> name = book.Find(*english, item.place.key);
  return name ? std::string(name->text) : "";
}

std::string SequenceOf(const Book& book, const Entries::Item& item) {
  if (item.id.table != v1::TABLE_NAMES) return "";
  const KeyInfo key = book.key(item.place.key);
  return std::string(key.fully_qualified.empty() ? key.sequence : key.fully_qualified);
}

void SetEntry(const Book& book, const Book& base, const Entries::Item& item,
              v1::ModeratedEntry* entry) {
  entry->set_name(EntryName(item.id));
  entry->set_table(item.id.table);
  entry->set_scope(item.id.scope);
  entry->set_key(item.id.key);
  *entry->mutable_row() = item.effective.row;
  entry->set_origin(item.effective.origin);
  entry->set_origin_scope(item.effective.origin_scope);
  entry->set_source(item.effective.source);
  entry->set_revision(item.moderated != nullptr ? item.moderated->revision : 0);
  entry->set_etag(EntryEtag(item.id, entry->revision(), BookRowHash(base, item.id, item.place)));
  entry->set_sensitive(IsSensitive(book, item.id, item.place));
  entry->set_english(EnglishName(book, item));
  entry->set_sequence(SequenceOf(book, item));
  if (item.id.table != v1::TABLE_NAMES) return;
  const KeyInfo key = book.key(item.place.key);
  entry->set_emoji_version(std::string(key.version));
  entry->set_group(std::string(key.group));
}

bool Matches(const Book& book, const Entries::Item& item, const v1::EntryFilter& filter) {
  if (filter.origins_size() > 0 && std::find(filter.origins().begin(), filter.origins().end(),
                                             item.effective.origin) == filter.origins().end()) {
    return false;
  }
  if (filter.sensitive() && !IsSensitive(book, item.id, item.place)) return false;
  if (filter.upstream_changed() && !item.upstream_changed) return false;
  const bool is_name = item.id.table == v1::TABLE_NAMES;
  if (is_name && !(filter.group().empty() && filter.emoji_version_from().empty())) {
    const KeyInfo key = book.key(item.place.key);
    if (!filter.group().empty() && key.group != filter.group()) return false;
    if (!filter.emoji_version_from().empty() &&
        (key.version.empty() || VersionBefore(key.version, filter.emoji_version_from()))) {
      return false;
    }
  }
  if (filter.text().empty()) return true;
  const std::string wanted = Folded(filter.text());
  if (Holds(item.id.key, wanted) || Holds(item.effective.row.text(), wanted)) return true;
  if (!is_name) return false;
  const std::optional<EmojiTable::Found> emoji = book.emoji().Find(filter.text());
  return (emoji && emoji->key == item.place.key) || Holds(EnglishName(book, item), wanted);
}

bool VersionBefore(std::string_view a, std::string_view b) { return VersionOf(a) < VersionOf(b); }

}  // namespace signalbook
