// What a reviewer needs to know of two books: which rows came, changed or went, in which locale.
//
// Thread rule: pure functions over immutable books.
#ifndef SIGNALBOOK_TRANSLATOR_BOOK_DIFF_H_
#define SIGNALBOOK_TRANSLATOR_BOOK_DIFF_H_

#include <string>
#include <vector>

#include "translator/book.h"

namespace signalbook {

struct BookChange {
  std::string locale;  // where the row stands; markets: "CN/zh"; phrases: "en→es"
  std::string key;     // "1F1E8-1F1E6"; phrases: the phrase
  // What leaves, before and after; empty: no row. "!blocked" for a block. A row without a name of its
  // own is "=": it only adds alternates to what it inherits.
  std::string before, after;
  std::string source_before, source_after;
  bool alternates_changed = false;
};

// The rows of locales, markets and phrases that differ, in order of locale and key. Equal rows of
// different provenance differ.
std::vector<BookChange> DiffBooks(const Book& before, const Book& after);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_BOOK_DIFF_H_
