// Stage 2b: emoji that a chat program writes in plain text, ":wave:", "[微笑]", ":-)".
//
// Nothing is recognised unless the request names the dialect, because the sets conflict: ":umbrella:" is
// ☂ in one and ☔ in another. Where two named dialects disagree, the one named first counts. What is
// recognised becomes an emoji segment like the sequence that it stands for: copied as it was written, or
// rendered from the book; no model sees it.
//
//   shortcodes   ":wave:", not behind a letter, a digit or a colon and not before a letter or digit:
//                "10:30:" and "std::vector::size" stay text
//   Slack tones  ":wave::skin-tone-2:" is one 👋🏻 where that is a known sequence
//   WeChat       "[微笑]", "[Smile]"
//   emoticons    only whole words between white space: never in "http://" or "C:/"
//
// Codes inside protected spans (links, code, Discord's own emoji) are never looked at.
//
// Thread rule: pure functions over an immutable book.
#ifndef SIGNALBOOK_TRANSLATOR_DIALECT_H_
#define SIGNALBOOK_TRANSLATOR_DIALECT_H_

#include <optional>
#include <string_view>
#include <vector>

#include "translator/book.h"
#include "translator/segment.h"

namespace signalbook {

// "slack" → kSlack; the names are those of data/dialects/.
std::optional<Dialect> DialectNamed(std::string_view name);
std::string_view DialectName(Dialect dialect);

// `segments` with the codes of `dialects` found in their prose. They tile `text` as before.
std::vector<Segment> FindCodes(std::string_view text, std::vector<Segment> segments,
                               const Book& book, const std::vector<Dialect>& dialects);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_DIALECT_H_
