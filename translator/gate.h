// Stage 5: the gate. Default-deny: a model's candidate leaves only if every check licenses it.
//
// The gate sees one sentence's prose as the model was given it and the candidate, both without
// markers (a space stands where one was). Each check is one file-local function and one row of the
// list in gate.cc, in the order cheapest and surest first; the first that objects decides. What a
// moderator may want to change (guards, blocked terms, lexicons) comes from the book, what an operator
// may want to change stands in GateOptions.
//
//   check          refuses                                                    reason
//   size, text     absurd size, broken UTF-8                                  LENGTH, INVALID_TEXT
//   characters     control, private-use and unassigned characters             INVALID_TEXT
//   empty          no word for words                                          LENGTH
//   emoji          an emoji the source has not                                EMOJI_INTRODUCED
//   invisible      hidden text, direction controls                            EMOJI_INTRODUCED
//   markers        forged markers                                             PROTECTED_CHANGED
//   unknown_words  the engine's mark of a word it does not know, <unk>        UNKNOWN_WORD
//   links          links, handles, markup the source has not                  LINK_INTRODUCED
//   numbers        other numbers (numbers.h)                                  NUMBERS_CHANGED
//   script         letters that are not the target's, nor copied              SCRIPT
//   length         far too long or too short                                  LENGTH
//   repetition     repeats itself more than the source                        REPETITION
//   untranslated   the source again                                           UNTRANSLATED
//   guards         a guarded concept the source does not speak of (guards.h)  GUARDED_CONCEPT
//                  a term that is never licensed                              BLOCKED_TERM
//                  a language model speaking for itself                       CHATTER
//   lexicon        words the source does not account for (lexicon.h)          DETACHED
//   language       CLD2 is sure that it is another language                   LANGUAGE
//
// Thread rule: immutable after Create, safe from many threads. Cost: linear in both texts, but for the
// lexicon's (words of the source) × (words of the candidate).
#ifndef SIGNALBOOK_TRANSLATOR_GATE_H_
#define SIGNALBOOK_TRANSLATOR_GATE_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "translator/book.h"
#include "translator/segment.h"
#include "translator/text.h"

namespace signalbook {

struct GateInput {
  std::string_view source;     // NFC
  std::string_view candidate;  // anything at all, invalid UTF-8 included
  LocaleId source_locale = kRootLocale;
  LocaleId target_locale = kRootLocale;
};

struct GateOptions {
  // Names of checks that do not run. Those that the law rests on cannot be switched off: characters,
  // emoji, invisible, markers, links.
  std::vector<std::string> disabled;
  // Added to the threshold of every lexicon, in log-odds: above 0 refuses more, below 0 less.
  double lexicon_margin = 0;
};

// What one check saw. For `explain`.
struct CheckResult {
  std::string_view check;          // "numbers"
  std::optional<Refusal> refusal;  // nullopt: no objection
  std::string saw;                 // for people; may hold text of both sides; often empty
};

class Gate {
 public:
  // Keeps `book`. InvalidArgument names an option that makes no sense and a row of a guard of no known
  // locale or concept. Guard patterns are compiled when a locale is first judged.
  static absl::StatusOr<std::unique_ptr<const Gate>> Create(
      std::shared_ptr<const Book> book, std::shared_ptr<const Protector> protector,
      const GateOptions& options = {});
  ~Gate();

  // Compiles the guards of all locales now (some 2 s): for servers. InvalidArgument names a row that does
  // not compile; all that needs its table is then refused.
  absl::Status Prepare() const;

  // nullopt: licensed. Otherwise why not; `detail` never holds text of either side.
  std::optional<Refusal> Judge(const GateInput& input) const;
  // Every check, whether or not an earlier one refused (except that the checks behind "text" do not
  // run on what is not valid text).
  std::vector<CheckResult> Explain(const GateInput& input) const;

  // What the lexicon says of a candidate, for those who tune its threshold.
  struct LexicalScore {
    double score = 0;      // log-odds
    double threshold = 0;  // below: refused
  };
  // nullopt when the pair has no lexicon or a text is not UTF-8.
  std::optional<LexicalScore> ScoreWords(const GateInput& input) const;

 private:
  Gate();
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_GATE_H_
