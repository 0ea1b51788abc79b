// The checks of the gate: what each sees, in gate_form.cc and gate_content.cc. For gate.cc only.
#ifndef SIGNALBOOK_TRANSLATOR_GATE_CHECKS_H_
#define SIGNALBOOK_TRANSLATOR_GATE_CHECKS_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "translator/book.h"
#include "translator/decoded_text.h"
#include "translator/gate.h"
#include "translator/guards.h"
#include "translator/lexical_units.h"
#include "translator/lexicon.h"
#include "translator/numbers.h"
#include "translator/segment.h"
#include "translator/text.h"

namespace signalbook::gate_checks {

struct PairLexicon {
  LocaleId from = kRootLocale;
  LocaleId to = kRootLocale;
  Lexicon lexicon;
};

// What the checks take from the book, compiled once.
struct Tables {
  std::shared_ptr<const Book> book;
  std::shared_ptr<const Protector> protector;
  GateOptions options;
  Guards guards;
  NumberWords number_words;
  std::vector<PairLexicon> lexicons;
  std::optional<LocaleId> english;
};

struct Context {
  const GateInput& input;
  const DecodedText& source;
  const DecodedText& candidate;
  const Tables& tables;
  // What the check saw, for people who ask; null when nobody does. May hold text of both sides.
  std::string* saw = nullptr;

  // `tell` makes the text; it is not called when nobody asks.
  template <typename Tell>
  void Saw(Tell tell) const {
    if (saw != nullptr) *saw = tell();
  }
};

using Objection = std::optional<Refusal>;  // nullopt: none

inline Objection Refuse(Reason reason, std::string_view rule, std::string detail) {
  return Refusal{reason, std::string(rule), std::move(detail)};
}

// "es" of "es-419".
inline std::string_view LanguageOf(std::string_view tag) { return tag.substr(0, tag.find('-')); }

// What a candidate brings in that no translation does: gate_form.cc.
Objection CheckCharacters(const Context& context);
Objection CheckEmpty(const Context& context);
Objection CheckEmoji(const Context& context);
Objection CheckInvisible(const Context& context);
Objection CheckMarkers(const Context& context);
Objection CheckUnknownWords(const Context& context);
Objection CheckLinks(const Context& context);

// What it says, beside what the source says: gate_content.cc.
Objection CheckNumbers(const Context& context);
Objection CheckScript(const Context& context);
Objection CheckLength(const Context& context);
Objection CheckRepetition(const Context& context);
Objection CheckUntranslated(const Context& context);
Objection CheckLanguage(const Context& context);
Objection CheckGuards(const Context& context);
Objection CheckLexicon(const Context& context);

// Both texts as the lexicon of their languages takes them.
struct PairText {
  const Lexicon& lexicon;
  LexicalUnits from, to;
  LexiconSide candidate;
};
// nullopt when there is no lexicon of these languages.
std::optional<PairText> FindPair(const Context& context);
Gate::LexicalScore ScoreOf(const PairText& text, const GateOptions& options);

}  // namespace signalbook::gate_checks

#endif  // SIGNALBOOK_TRANSLATOR_GATE_CHECKS_H_
