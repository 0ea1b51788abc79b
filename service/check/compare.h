// What changes between two subjects: the same cases asked of both.
#ifndef SIGNALBOOK_SERVICE_CHECK_COMPARE_H_
#define SIGNALBOOK_SERVICE_CHECK_COMPARE_H_

#include <string>

#include "absl/status/statusor.h"
#include "service/check/case.h"
#include "service/check/subject.h"

namespace signalbook::check {

// A specification of subject.h, or, for short, a book file or HOST:PORT.
std::string SubjectSpecification(const std::string& word);

// The result of a case asked of both; findings, at most one a rule:
//   compare/text      the translations differ: `expected` is A's, `actual` B's
//   compare/verdict   the same text, but another verdict
//   compare/refusals  the same text and verdict, but refused for other reasons
//   compare/error     one answers and the other does not, or with another error
// Candidates are heeded only if both do. An error where nobody can be asked.
// Thread rule: safe from many threads.
absl::StatusOr<CaseResult> Compare(const Case& c, int64_t index, Subject* a, Subject* b);

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_COMPARE_H_
