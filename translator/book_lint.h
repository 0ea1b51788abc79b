// What makes a row of data/ unfit for a book. Shared by everything that accepts rows from people.
//
// Thread rule: pure functions over immutable tables.
#ifndef SIGNALBOOK_TRANSLATOR_BOOK_LINT_H_
#define SIGNALBOOK_TRANSLATOR_BOOK_LINT_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "translator/emoji.h"

namespace signalbook {

struct Objection {
  std::string rule;     // "emoji-in-text"
  std::string message;  // for people
};

// nullopt when `text` may leave the service as the name of something; otherwise the first that
// holds:
//   empty            nothing
//   not-utf-8        and nothing else can be said of it
//   untrimmed        white space, no-break space included, at either end
//   not-nfc          the output of the service is NFC
//   control          a control, private-use or non-character
//   invisible        a variation selector, or a format character such as a bidi control, that could
//                    hide or reorder text; U+200C, U+200D and U+180E are fine: Persian, Indic scripts
//                    and Mongolian spell with them
//   emoji-in-text    what FindEmoji would take for an emoji, known or not (DESIGN, law 2)
std::optional<Objection> CheckText(std::string_view text, const EmojiTable& emoji);

// nullopt when `phrase` is written as it is matched (PhraseKey); else the rule is "phrase-form".
std::optional<Objection> CheckPhrase(std::string_view phrase);

// nullopt when `pattern` compiles (rule "pattern") and is not found in the empty text
// ("matches-nothing").
std::optional<Objection> CheckPattern(std::string_view pattern);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_BOOK_LINT_H_
