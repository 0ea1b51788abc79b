// Apertium writes `*` before every word it does not know: "*Ana vive aquí". Where the word is the
// source's own, the mark says that it was copied; anything else with a mark is a rest of the engine.
#ifndef SIGNALBOOK_TRANSLATOR_COPIED_WORDS_H_
#define SIGNALBOOK_TRANSLATOR_COPIED_WORDS_H_

#include <string>
#include <string_view>

namespace signalbook {

// `candidate` without the `*` before words that stand in `source` letter for letter, as whole words:
// names (upper case inside a sentence) always, other words as long as they are at most a quarter of
// the candidate's words — a translation may keep a "haha" or a "pm", but a text of unknown words is
// none. All other marks stay, and the gate refuses them; all stay if the source has a `*`, too. Text
// that is not UTF-8 comes back as it is.
//
//   "I saw Ana."               "Vi a *Ana."                  → "Vi a Ana."
//   "Haha, I love this dog"    "*Haha, quiero a este perro"  → "Haha, quiero a este perro"
//   "at 5pm in the house"      "en 5*pm en la casa"          → "en 5pm en la casa"
//   "a gizmo"                  "un *gizmo"                   → unchanged: half of it is unknown
//   "I saw Ana."               "Vi a *Eva."                  → unchanged: not in the source
//
// Call before Gate::Judge. Linear.
std::string StripCopyMarks(std::string_view source, std::string_view candidate);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_COPIED_WORDS_H_
