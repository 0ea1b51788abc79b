// Names that a locale lacks and that follow from names it has. Part of the book builder.
//
//   keycap        "keycap: 1"                    → "keycap: #"     where CLDR left the name out
//   facing right  "person running"               → "person running facing right"      the same
//   skin tones    "thumbs up" and "medium skin"  → "thumbs up, medium skin"
//
// The first two only fill holes, the second with the pattern of cldr/labels.tsv. Skin tones are
// composed, in locales with rows in tones.tsv, for every sequence that no curated row names: so the
// wording is short and the same in a family, and a base that moderators name anew takes its variants
// along; what CLDR calls the sequence stays as an alternate. Nothing is composed of a part without an
// approved name, and a sequence with tones is blocked with its base. The source of a row says what
// its base came from: "composed/curated".
//
// Thread rule: immutable after construction.
#ifndef SIGNALBOOK_TRANSLATOR_COMPOSE_H_
#define SIGNALBOOK_TRANSLATOR_COMPOSE_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "translator/book_writer.h"
#include "translator/locale.h"

namespace signalbook {

// The labels and patterns of a locale, inheritance done; see cldr/labels.tsv and tones.tsv.
using Labels = std::map<std::string, std::string>;

class Composer {
 public:
  // A sequence that CLDR may have left out: a keycap, or one that faces right.
  struct Hole {
    KeyId key = kNoKey;
    KeyId base = kNoKey;  // facing right: the same without direction; kNoKey: not in the table
    std::string cap;      // keycap: "#", in place of the "1" of its base, the keycap 1
  };
  struct Toned {
    KeyId key = kNoKey;
    KeyId base = kNoKey;
    std::vector<std::string> tones;  // "1F3FB", as tones.tsv calls them; neighbours differ
  };

  // Only their sequences count.
  explicit Composer(const std::vector<BookContent::Key>& keys);

  // Ascending by key. A sequence may be in both.
  const std::vector<Hole>& holes() const { return holes_; }
  const std::vector<Toned>& toned() const { return toned_; }

  // Adds what follows to `rows`, the own rows of `locale`, ascending by key; the rows of its ancestors
  // in `content` must be complete.
  void Compose(const BookContent& content, const LocaleTable& locales, LocaleId locale,
               const Labels& labels, std::vector<BookContent::Row>* rows) const;

 private:
  std::vector<Hole> holes_;
  std::vector<Toned> toned_;
};

// "{0}: {1}" with the parts in place.
std::string FillPattern(std::string_view pattern, std::string_view first, std::string_view second);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_COMPOSE_H_
