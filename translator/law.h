// The law of text.h as a check that anyone can run on any translation: tests, fuzzers, corpora.
//
// It trusts neither pipeline nor model: it takes the message, the answer and the book, and recomputes
// what each licence claims.
#ifndef SIGNALBOOK_TRANSLATOR_LAW_H_
#define SIGNALBOOK_TRANSLATOR_LAW_H_

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "translator/book.h"
#include "translator/normalize.h"
#include "translator/text.h"

namespace signalbook {

// A sentence of the law that an answer breaks.
//
//   tiling   source ranges tile the message, target ranges the text, in order; the text is UTF-8
//   copy     COPY: the target is the NFC of the source range
//   book     BOOK, PHRASE: the target is the row that `entry` names, and the row exists and is not
//            blocked; the name of a known sequence is a row of that sequence
//   model    MODEL: `model` is named
//   emoji    no emoji, regional indicator, tag character or variation selector stands in a MODEL
//            piece
//   refusal  only a COPY is refused, every refusal has a reason and a rule, and the verdict counts
//            them right
struct Breach {
  std::string_view rule;  // "copy": a word of the list above
  std::string what;       // for people: "a COPY is not its source (target bytes 3–5)"
  bool operator==(const Breach&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Breach& breach);  // "copy: a COPY is not …"

// What is known of the rows that entries name.
enum class BookRows : uint8_t {
  kLookUp,   // they stand in `book`, or the law is broken
  kBelieve,  // the answer comes by another book: an entry must say which row, and is believed
};

// nullopt when `translation` of `message` keeps the law; else the first breach from the left.
std::optional<Breach> FindBreach(const Message& message, const Translation& translation,
                                 const Book& book, BookRows rows = BookRows::kLookUp);

// All breaches from the left; nothing is said of what stands behind ranges that do not tile. At most
// one for a piece.
std::vector<Breach> FindBreaches(const Message& message, const Translation& translation,
                                 const Book& book, BookRows rows = BookRows::kLookUp);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_LAW_H_
