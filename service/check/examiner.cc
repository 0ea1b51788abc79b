#include "service/check/examiner.h"

#include <utility>

#include "service/strings.h"

namespace signalbook::check {
namespace {

// Tables to judge by when the subject has none at hand: this process's, whose models are not asked.
absl::StatusOr<std::shared_ptr<const Translator>> OwnTables(const SubjectOptions& options) {
  absl::StatusOr<std::unique_ptr<Subject>> here = MakeSubject("here", options);
  if (!here.ok()) return here.status();
  return (*here)->translator();
}

}  // namespace

CaseResult ResultOf(const Case& c, int64_t index) {
  CaseResult result;
  result.index = index;
  result.id = c.id;
  result.file = c.file;
  result.line = c.line;
  result.from = c.request.source_language_code();
  result.to = c.request.target_language_code();
  result.mode = ModeName(c.request.emoji_mode());
  return result;
}

Case WithoutCandidate(Case c) {
  if (!c.candidate) return c;
  // What is expected because the candidate says it, or because it takes the place of the message.
  std::erase_if(c.expect.contains, [&](const std::string& text) {
    return c.candidate->find(text) != std::string::npos;
  });
  std::erase_if(c.expect.not_contains, [&](const std::string& text) {
    return c.request.contents(0).find(text) != std::string::npos;
  });
  c.candidate.reset();
  c.expect.text.reset();
  c.expect.pieces.clear();
  c.expect.verdict.reset();
  c.expect.reasons.clear();
  c.expect.rules.clear();
  return c;
}

absl::StatusOr<std::unique_ptr<Examiner>> Examiner::Create(std::unique_ptr<Subject> subject,
                                                           const SubjectOptions& options) {
  std::unique_ptr<Examiner> examiner(new Examiner());
  absl::StatusOr<v1::BookVersion> answers_by = subject->Book();
  if (!answers_by.ok()) return answers_by.status();
  examiner->answers_by_ = *std::move(answers_by);
  std::shared_ptr<const Translator> translator = subject->translator();
  if (translator == nullptr) {
    absl::StatusOr<std::shared_ptr<const Translator>> own = OwnTables(options);
    if (!own.ok()) return own.status();
    translator = *std::move(own);
  }
  examiner->book_ = std::shared_ptr<const Book>(translator, &translator->book());
  examiner->other_book_ = examiner->answers_by_.hash() != translator->book().hash();
  examiner->judge_ = std::make_unique<Judge>(
      std::move(translator),
      JudgeOptions{.explains = subject->explains(),
                   .other_book = subject->explains() && examiner->other_book_});
  examiner->subject_ = std::move(subject);
  return examiner;
}

absl::StatusOr<CaseResult> Examiner::Examine(const Case& c, int64_t index) const {
  if (c.candidate && !subject_->takes_candidates()) return Examine(WithoutCandidate(c), index);
  const absl::StatusOr<v1::Translation> answer = subject_->Translate(c);
  if (!answer.ok() && !IsResult(answer.status())) return answer.status();
  CaseResult result = ResultOf(c, index);
  result.findings = judge_->FindingsOf(c, answer);
  if (result.passed() && baseline_ == nullptr && !keep_texts_) return result;
  const std::string& source = c.request.contents(0);
  result.sequence = judge_->SequenceOf(source);
  result.text_hash = TextHash(c.request);
  const std::string output = answer.ok() ? answer->translated_text() : std::string();
  // An error that is expected has no output that anybody could accept.
  if (baseline_ != nullptr) baseline_->Apply(output, outputs_ && answer.ok(), &result);
  if (result.passed() && !keep_texts_) return result;
  result.source = source;
  result.output = output;
  result.origin = c.origin;
  return result;
}

RunInfo Examiner::info() const {
  const std::string book =
      answers_by_.hash().empty()
          ? std::string()
          : StrCat(answers_by_.name(), answers_by_.version().empty() ? "" : " ",
                   answers_by_.version(), " ", answers_by_.hash().substr(0, 12));
  return {.subject = subject_->name(),
          .book = book,
          .tool_version = SIGNALBOOK_VERSION,
          .selection = ""};
}

}  // namespace signalbook::check
