// What a case expects of its answer beside the law, held against the answer.
//
// Thread rule: a pure function.
#ifndef SIGNALBOOK_SERVICE_CHECK_EXPECTATION_H_
#define SIGNALBOOK_SERVICE_CHECK_EXPECTATION_H_

#include <string_view>
#include <vector>

#include "service/check/case.h"

namespace signalbook::check {

// An answer, with what the judge knows of it already.
struct JudgedAnswer {
  const v1::Translation& answer;
  std::string_view text;       // its text in NFC
  bool explains = true;        // has pieces: else nothing that is expected of them is judged
  bool emoji_same = false;     // the emoji of the message, in order, and no other
  std::string_view emoji_saw;  // what became of them, for people
};

// Appends a finding for each of text, contains, not_contains, pieces, verdict, reasons, rules and
// emoji_preserved that is not met, in this order. `error` is not looked at.
void JudgeExpectations(const Expectations& expect, const JudgedAnswer& judged,
                       std::vector<Finding>* findings);

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_EXPECTATION_H_
