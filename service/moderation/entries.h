// All rows of a table in one scope, as they count now: what lists, exports and queues are made of.
//
// Thread rule: immutable after construction; refers to the books and rows it was made of.
#ifndef SIGNALBOOK_SERVICE_MODERATION_ENTRIES_H_
#define SIGNALBOOK_SERVICE_MODERATION_ENTRIES_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "service/moderation/rows.h"
#include "service/moderation/store.h"
#include "signalbook/v1/moderation.pb.h"
#include "translator/book.h"

namespace signalbook {

class Entries {
 public:
  struct Item {
    EntryId id;
    EntryPlace place;
    EffectiveRow effective;
    const store::ModeratedRow* moderated = nullptr;  // nullptr: none stands here
    // The book says something else than when it was moderated, and something else than the row.
    bool upstream_changed = false;
  };

  // `book` with its overlay, `base` without; `moderated`: the rows of this table and scope. All three must
  // outlive it. Names: every RGI sequence in Unicode's order, and what else has a name. Others by key.
  //   INVALID_ARGUMENT   ENTRY_UNKNOWN: no such scope
  static absl::StatusOr<Entries> Of(const Book& book, const Book& base, v1::Table table,
                                    std::string_view scope,
                                    const std::vector<store::ModeratedRow>& moderated);
  // The moderated rows alone, of any table and scope, in their order; without those that the book has no
  // place for.
  static Entries OfModerated(const Book& book, const Book& base,
                             const std::vector<store::ModeratedRow>& moderated);
  // The one with this id; its scope is that of `id`. ENTRY_UNKNOWN.
  static absl::StatusOr<Item> One(const Book& book, const Book& base, const EntryId& id,
                                  const store::ModeratedRow* moderated);

  const std::vector<Item>& items() const { return items_; }

 private:
  std::vector<Item> items_;
};

// For people: the English name, the emoji as keyboards send it. Empty for what is no name.
std::string EnglishName(const Book& book, const Entries::Item& item);
std::string SequenceOf(const Book& book, const Entries::Item& item);

// What a caller sees of it, without findings, proposals and hits.
void SetEntry(const Book& book, const Book& base, const Entries::Item& item,
              v1::ModeratedEntry* entry);

// Whether everything that is set in `filter` holds, but for what takes a check or the store: failing and
// proposed.
bool Matches(const Book& book, const Entries::Item& item, const v1::EntryFilter& filter);

// "15.1" < "18.0", by numbers. What is no version comes first.
bool VersionBefore(std::string_view a, std::string_view b);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_MODERATION_ENTRIES_H_
