// What is wrong with an answer. Judges anybody's answers by our tables; trusts nobody's pieces.
//
// Rules, by which findings are named, baselined and counted (`signalbook check --rules` lists them):
//
//   law/piece        every piece says where it stands, what it is, and why it may exist, in words that there are
//   law/tiling       source ranges tile the message, target ranges the translation
//   law/copy         a COPY is its source
//   law/book         a BOOK or PHRASE piece is the row that its entry names, and the row is of the sequence it
//                    stands for
//   law/model        a MODEL piece names its model
//   law/emoji        no emoji matter leaves in a MODEL piece
//   law/refusal      what is refused is a copy, with reason and rule; the verdict counts them right
//   emoji/kept       KEEP, KEEP_AND_NAME: the emoji of the message stand in the translation, in order, and no other;
//                    so do the codes of a dialect. U+FE0F may come and go where the emoji stays one. Answers
//                    without pieces: KEEP only
//   flag/named       NAME, KEEP_AND_NAME: an RGI flag that has a name in the target is called by it
//   protected/kept   URLs, @names, codes … of the message stand in the translation byte for byte, in order
//   gate/REASON      without pieces to go by (another translator's answer), what the gate objects to:
//                    gate/GUARDED_CONCEPT, gate/NUMBERS_CHANGED … Not without a source language, named or
//                    detected, and never that our own tables have no guards for a language. Of emoji and
//                    markers it speaks in KEEP only
//   expect/…         an expectation of the case: text, contains, not_contains, pieces, verdict, reasons, rules,
//                    emoji_preserved, error (a reason, "INVALID_UTF8", or a status code, "INVALID_ARGUMENT"). Those
//                    of pieces, verdict, reasons and rules hold for answers with pieces only
//   answer/error     an error where an answer was expected
//   answer/timeout   no answer in time
//   answer/text      the answer is not UTF-8, or is blank for a message that is not: nothing but expectations is
//                    judged then
//
// Thread rule: immutable, safe from many threads.
#ifndef SIGNALBOOK_SERVICE_CHECK_JUDGE_H_
#define SIGNALBOOK_SERVICE_CHECK_JUDGE_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "service/check/case.h"
#include "translator/segment.h"
#include "translator/translator.h"

namespace signalbook::check {

struct Asked;  // second_opinion.h
struct EmojiChange;

struct JudgeOptions {
  // The subject's answers have pieces.
  bool explains = true;
  // The subject answers by another book than the translator's: rows are not looked up, the rest of the law holds.
  // Nor are names (flag/named): which one is right is not for our book to say.
  bool other_book = false;
};

struct Rule {
  std::string_view id;
  std::string_view description;  // one line
};
// All of them, each reason of the gate and each expectation too, in the order of the list above.
const std::vector<Rule>& Rules();

class Judge {
 public:
  // `translator`: the tables to judge by; no model of it is asked.
  Judge(std::shared_ptr<const Translator> translator, JudgeOptions options);

  // Everything that is wrong, at most one finding a rule, in the order of the list above.
  std::vector<Finding> FindingsOf(const Case& c,
                                  const absl::StatusOr<v1::Translation>& answer) const;

  // The keys of the emoji in a message, in order, " " between; at most eight. For CaseResult::sequence.
  std::string SequenceOf(std::string_view text) const;

 private:
  void JudgeAnswer(const Case& c, const v1::Translation& answer,
                   std::vector<Finding>* findings) const;
  void JudgeTranslation(const Asked& asked, const std::vector<Segment>& segments,
                        const v1::Translation& answer, std::string_view output,
                        const EmojiChange& emoji, std::vector<Finding>* findings) const;

  const std::shared_ptr<const Translator> translator_;
  const JudgeOptions options_;
};

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_JUDGE_H_
