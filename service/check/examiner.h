// How one case is examined: asks a subject, judges the answer, heeds what people have accepted.
#ifndef SIGNALBOOK_SERVICE_CHECK_EXAMINER_H_
#define SIGNALBOOK_SERVICE_CHECK_EXAMINER_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "service/check/baseline.h"
#include "service/check/case.h"
#include "service/check/judge.h"
#include "service/check/report.h"
#include "service/check/subject.h"

namespace signalbook::check {

// The result of a case of which nothing is known yet: where it stands and how it is translated.
CaseResult ResultOf(const Case& c, int64_t index);

// Thread rule: Examine is safe from many threads.
class Examiner {
 public:
  // Asks the subject which book it answers by; where it has none at hand, judges by that of `options`. Errors of
  // Subject::Book and MakeSubject.
  static absl::StatusOr<std::unique_ptr<Examiner>> Create(std::unique_ptr<Subject> subject,
                                                          const SubjectOptions& options);

  // Applied to every result; may be null. `outputs`: also the translations are compared. Before the first Examine.
  void set_baseline(Baseline* baseline, bool outputs) {
    baseline_ = baseline;
    outputs_ = outputs;
  }
  // Results hold source and output even if nothing is wrong with them. Before the first Examine.
  void set_keep_texts(bool keep) { keep_texts_ = keep; }

  // What a case comes to. An error where nobody can be asked (subject.h).
  absl::StatusOr<CaseResult> Examine(const Case& c, int64_t index) const;

  const std::shared_ptr<const Book>& book() const { return book_; }
  Subject& subject() const { return *subject_; }
  const Judge& judge() const { return *judge_; }
  // Whether it answers by another book than the one it is judged by.
  bool other_book() const { return other_book_; }
  RunInfo info() const;

 private:
  Examiner() = default;

  std::unique_ptr<Subject> subject_;
  std::shared_ptr<const Book> book_;  // to judge and generate by
  std::unique_ptr<const Judge> judge_;
  v1::BookVersion answers_by_;
  bool other_book_ = false;
  Baseline* baseline_ = nullptr;
  bool outputs_ = false;
  bool keep_texts_ = false;
};

// What is to be had of a case whose candidate is not heeded: what an honest answer does as well.
Case WithoutCandidate(Case c);

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_EXAMINER_H_
