// The law of text.h as a check that anyone can run on any translation: tests, fuzzers, corpora.
//
// It trusts neither pipeline nor model: it takes the message, the answer and the book, and recomputes
// what each licence claims.
#ifndef SIGNALBOOK_TRANSLATOR_LAW_H_
#define SIGNALBOOK_TRANSLATOR_LAW_H_

#include <optional>
#include <string>

#include "translator/book.h"
#include "translator/normalize.h"
#include "translator/text.h"

namespace signalbook {

// nullopt when `translation` of `message` keeps the law; else which sentence of it is broken:
//   * source ranges tile the message, target ranges the text, in order; the text is UTF-8
//   * COPY: the target is the NFC of the source range; BOOK: the target is the row that `entry`
//     names, and the row exists and is not blocked; MODEL: `model` is named
//   * no emoji, regional indicator, tag character or variation selector stands in a MODEL piece
//   * only a COPY is refused, every refusal has a reason and a rule, and the verdict counts them right
std::optional<std::string> FindBreach(const Message& message, const Translation& translation,
                                      const Book& book);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_LAW_H_
