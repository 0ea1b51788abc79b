// Sentences in and out of Apertium's stream format.
//
// The format gives `^ $ / < > { } [ ] @ \` a meaning, and a stage that meets one unescaped takes
// the whole pipeline down or waits for its partner for ever. What Apertium must carry but not read
// goes into a superblank, `[like this]`, which comes back as it is, once, and in order.
//
//   I love ⟦0⟧ / you, asked as number 17   →   [17]I love [⟦0⟧] \/ you.[17] NUL
//
// The number makes an answer its question's: no text can hold it, since brackets are escaped, so an
// answer that begins and ends with the number asked is whole and nobody else's. The period before
// the last bracket is what Apertium's own deformatter adds: taggers want to see a sentence end, and
// some stages wait for one. Decode() takes it away.
//
// Markers are superblanks. On 2,000 Tatoeba sentences with a marker at a random place, both ways
// of eng-spa, superblanks all came back whole; bare markers lost their brackets in 8 (`Tom's` swaps
// `0` with its owner: `La casa⟧ del ⟦0`). They also cost least: words reorder around a superblank
// (`the red [⟦0⟧]car` → `el coche [⟦0⟧]rojo`), a bare marker splits the phrase. chrF 54.4 against
// 52.9 (en→es), 55.9 against 55.4 (es→en). The price: the word after one may be capitalised.
//
// Pure functions, any thread.
#ifndef SIGNALBOOK_TRANSLATOR_MODELS_APERTIUM_FORMAT_H_
#define SIGNALBOOK_TRANSLATOR_MODELS_APERTIUM_FORMAT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace signalbook {

// One sentence in NFC with everything escaped, without number and NUL. NUL characters are dropped:
// they would end the sentence early. InvalidArgument for what the engine cannot read: invalid
// UTF-8, and U+FFFF, which its input layer takes for the end of the file.
absl::StatusOr<std::string> EscapeForApertium(std::string_view sentence);

// The escaped sentence as question `number`, with its NUL.
std::string FrameForApertium(std::string_view escaped, uint64_t number);

// The text of `answer` (without its NUL) to question `number`. Internal when it is not that:
// another number, no number, cut short, or brackets that do not close. Spaces the engine leaves
// where it drops a word are taken away when `source` has none there: edges are the source's edges,
// and runs of spaces become one unless the source has runs. The engine's marks of words it does not
// know
// (`*Ana`, `@Ana`, `#Ana`) stay: whether a name may stay as it is is the gate's decision. A `*` of
// the source is carried through, so a mark cannot be told from it by looking at the answer alone.
absl::StatusOr<std::string> DecodeFromApertium(std::string_view answer, uint64_t number,
                                               std::string_view source);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_MODELS_APERTIUM_FORMAT_H_
