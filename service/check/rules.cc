#include <vector>

#include "service/check/judge.h"

namespace signalbook::check {

// What is written into baselines and reports: ids never change their meaning.
const std::vector<Rule>& Rules() {
  static const auto* const rules = new std::vector<Rule>{
      {"law/piece", "Every piece says where it stands, what it is and why it may exist."},
      {"law/tiling", "Source ranges tile the message, target ranges the translation, in order."},
      {"law/copy", "A COPY is its source, byte for byte in NFC."},
      {"law/book", "A BOOK or PHRASE piece is the approved row that its entry names."},
      {"law/model", "A MODEL piece names its model."},
      {"law/emoji", "No emoji leaves in a MODEL piece."},
      {"law/refusal", "What is refused is a copy, with reason and rule; the verdict counts right."},
      {"emoji/kept", "Emoji that are to be kept stand in the translation, in order, and no other."},
      {"flag/named", "A flag that is to be named is called by its name in the target language."},
      {"protected/kept", "URLs, @names, codes and templates stand in the translation unchanged."},
      {"gate/INVALID_TEXT", "The translation holds control or private-use characters."},
      {"gate/EMOJI_INTRODUCED", "The translation brings in an emoji or an invisible character."},
      {"gate/PROTECTED_CHANGED", "The translation holds a marker that stands for nothing."},
      {"gate/NUMBERS_CHANGED", "The translation has other numbers than the message."},
      {"gate/LINK_INTRODUCED", "The translation brings in a link, an address, a handle or markup."},
      {"gate/SCRIPT", "The translation has letters of a script that is not the target's."},
      {"gate/LENGTH", "The translation is far too long or too short."},
      {"gate/REPETITION", "The translation repeats itself."},
      {"gate/UNKNOWN_WORD", "The translation holds an engine's mark of a word it does not know."},
      {"gate/UNTRANSLATED", "The translation is the message again."},
      {"gate/GUARDED_CONCEPT",
       "The translation speaks of a guarded concept of which the message does not."},
      {"gate/LANGUAGE", "The translation is certainly in another language."},
      {"gate/BLOCKED_TERM", "The translation holds a term that never leaves."},
      {"gate/CHATTER", "A language model speaks for itself."},
      {"gate/DETACHED", "The words of the translation do not follow from the message's."},
      {"expect/text", "The translation is exactly the text that was expected."},
      {"expect/contains", "The translation contains what was expected."},
      {"expect/not_contains", "The translation does not contain what must not stand in it."},
      {"expect/pieces", "The pieces are those that were expected."},
      {"expect/verdict", "The verdict is the one that was expected."},
      {"expect/reasons", "Something is refused for each reason that was expected."},
      {"expect/rules", "Something is refused by each rule that was expected."},
      {"expect/emoji_preserved", "The emoji are the message's, if that was expected; else not."},
      {"expect/error", "The error that was expected came."},
      {"answer/error", "An answer came, no error."},
      {"answer/timeout", "The answer came in time."},
      {"answer/text", "The answer is text, and not blank for a message that is not."},
  };
  return *rules;
}

}  // namespace signalbook::check
