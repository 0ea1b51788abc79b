// Moderated rows and the book: how they change it, what a row of it says, and whether one may stand in it.
//
// Thread rule: pure functions over immutable books.
#ifndef SIGNALBOOK_SERVICE_MODERATION_ROWS_H_
#define SIGNALBOOK_SERVICE_MODERATION_ROWS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/moderation/entry_id.h"
#include "service/moderation/store.h"
#include "signalbook/v1/moderation.pb.h"
#include "translator/book.h"
#include "translator/overlay.h"

namespace signalbook {

// What moderated rows lay over `book` (the one without an overlay). Rows that it has no place for are named
// in `*ignored`.
OverlayRows ToOverlay(const Book& book, const std::vector<store::ModeratedRow>& rows,
                      std::vector<std::string>* ignored);

// What counts for an entry in a book, after inheritance.
struct EffectiveRow {
  v1::Row row;
  v1::Origin origin = v1::ORIGIN_MISSING;  // never MODERATED if `book` is without an overlay
  std::string origin_scope;
  std::string source;
};
EffectiveRow Effective(const Book& book, const EntryId& id, const EntryPlace& place);

// Fingerprint of what counts without moderation; when it changes, so has upstream.
std::string BookRowHash(const Book& base, const EntryId& id, const EntryPlace& place);
// What a proposal is based on: the moderated row that is there, or that there is none.
std::string EntryEtag(const EntryId& id, int64_t moderated_revision, const std::string& book_row);
// What an approval is bound to.
std::string ContentHash(const v1::Proposal& proposal);

// Whether two rows come to the same for a reader of the book; notes and examples are for moderators.
bool SaysTheSame(const v1::Row& a, const v1::Row& b);
// Whether two rows are the same in everything.
bool SameRecord(const v1::Row& a, const v1::Row& b);

// Whether `base` says of the entry what a moderated row says: on top of it, the row changes nothing.
bool SaidByBook(const Book& base, const EntryId& id, const EntryPlace& place, const v1::Row& row);

// Changing it takes two: flags, markets, guards, blocked terms, and what is blocked now.
bool IsSensitive(const Book& book, const EntryId& id, const EntryPlace& place);

// The limits of Row in moderation.proto, and that it says something its table knows.
absl::Status CheckRowShape(const EntryId& id, const v1::Row& row);
// What the checks find; the same rules as `signalbook book lint`.
std::vector<v1::CheckFinding> CheckRow(const Book& book, const EntryId& id, const EntryPlace& place,
                                       const v1::Row& row);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_MODERATION_ROWS_H_
