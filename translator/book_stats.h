// How much a book names: for each locale, of all fully-qualified RGI sequences.
//
// Thread rule: pure functions over an immutable book.
#ifndef SIGNALBOOK_TRANSLATOR_BOOK_STATS_H_
#define SIGNALBOOK_TRANSLATOR_BOOK_STATS_H_

#include <map>
#include <string>
#include <vector>

#include "translator/book.h"

namespace signalbook {

struct Count {
  int sequences = 0;  // that Unicode lists; components (tones, hair) are not counted
  int named = 0;      // have an approved name, through inheritance
  int blocked = 0;
};

struct LocaleStats {
  std::string locale;
  Count total;
  std::map<std::string, Count> by_group;     // "Smileys & Emotion"
  std::map<std::string, Count> by_version;   // Emoji version, "15.1"
  std::map<std::string, int> by_provenance;  // "curated", "cldr-48.2/annotations" → named
  std::vector<std::string> missing;          // keys without a name, ascending
};

LocaleStats StatsOf(const Book& book, LocaleId locale);
// Of every locale with rows of its own, in order of tag.
std::vector<LocaleStats> StatsOf(const Book& book);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_BOOK_STATS_H_
