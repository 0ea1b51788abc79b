#include "translator/translator.h"

#include <utility>

#include "translator/ask.h"
#include "translator/ask_names.h"
#include "translator/copied_words.h"
#include "translator/draft.h"
#include "translator/sentences.h"

namespace signalbook {
namespace {

// Stages 1 (in the Messages already) and 2: each message becomes chunks in order: emoji, protected
// spans and white space that stay where they are, and sentences.
std::vector<Draft> Segmented(const std::vector<Message>& messages, const Book& book,
                             const Protector& protector, const TranslateOptions& options) {
  std::vector<Draft> drafts;
  drafts.reserve(messages.size());
  for (const Message& message : messages) {
    drafts.push_back(MakeDraft(message, book, protector, options));
  }
  return drafts;
}

}  // namespace

absl::StatusOr<std::unique_ptr<const Translator>> Translator::Create(
    std::shared_ptr<const Book> book, std::shared_ptr<Model> model, TranslatorOptions options) {
  std::vector<ProtectedRule> rules;
  for (const Book::ProtectedRow& row : book->protected_rows()) {
    rules.push_back({std::string(row.name), std::string(row.pattern)});
  }
  absl::StatusOr<Protector> protector = Protector::Create(std::move(rules));
  if (!protector.ok()) return protector.status();
  auto shared_protector = std::make_shared<const Protector>(*std::move(protector));
  absl::StatusOr<std::unique_ptr<const Gate>> gate =
      Gate::Create(book, shared_protector, options.gate);
  if (!gate.ok()) return gate.status();

  std::unique_ptr<Translator> translator(new Translator);
  translator->book_ = std::move(book);
  translator->protector_ = std::move(shared_protector);
  translator->gate_options_ = std::move(options.gate);
  translator->gate_ = *std::move(gate);
  if (options.reverse_model == nullptr) options.reverse_model = model;
  // Without a model there is no candidate to translate back.
  if (options.reverse_model == nullptr) options.round_trips.clear();
  translator->round_trip_ =
      std::make_shared<RoundTrip>(std::move(options.round_trips), std::move(options.reverse_model));
  translator->model_ = std::move(model);
  return translator;
}

absl::StatusOr<std::unique_ptr<const Translator>> Translator::WithBook(
    std::shared_ptr<const Book> book) const {
  if (book->image().data() != book_->image().data()) {
    return absl::InvalidArgumentError(
        "the book is of another file than the translator's; create a translator for it");
  }
  std::unique_ptr<Translator> translator(new Translator(*this));
  if (book->guards() != book_->guards()) {
    absl::StatusOr<std::unique_ptr<const Gate>> gate =
        Gate::Create(book, protector_, gate_options_);
    if (!gate.ok()) return gate.status();
    translator->gate_ = *std::move(gate);
  }
  translator->book_ = std::move(book);
  return translator;
}

// The flow of DESIGN section 2.
std::vector<Translation> Translator::Translate(const std::vector<Message>& messages,
                                               const TranslateOptions& options) const {
  // normalize (in the Messages) ─ segment ─ phrases
  std::vector<Draft> drafts = Segmented(messages, *book_, *protector_, options);

  // prose ─ model ─ candidate ─ gate: every sentence ends licensed, or copied with its refusal
  AskModel(drafts, model_.get(), *gate_, *round_trip_, *book_, options);
  // emoji without a name in this locale ─ model ─ candidate ─ the sequence's own allowlist
  AskNames(drafts, model_.get(), *book_, options);

  // emoji ─ book, protected ─ copy, sentences ─ assemble
  std::vector<Translation> translations;
  translations.reserve(drafts.size());
  for (const Draft& draft : drafts) translations.push_back(AssembleDraft(draft, *book_, options));
  return translations;
}

bool Translator::NeedsModel(const std::vector<Message>& messages,
                            const TranslateOptions& options) const {
  if (model_ == nullptr || options.policy == Policy::kStrict) return false;
  const std::vector<Draft> drafts = Segmented(messages, *book_, *protector_, options);
  for (const Draft& draft : drafts) {
    for (const Step& step : draft.steps) {
      if (step.state == StepState::kAsk) return true;
    }
  }
  return NeedsNames(drafts, *book_, options);
}

Detection Translator::Detect(const Message& message, const TranslateOptions& options) const {
  const Draft draft = MakeDraft(message, *book_, *protector_, options);
  Detection detection;
  detection.language = draft.source ? std::string(book_->locales().tag(*draft.source)) : "";
  for (const Step& step : draft.steps) {
    if (!step.chunk.is_sentence) continue;
    switch (step.state) {
      case StepState::kAsk:
        return {detection.language, Advice::kTranslate, /*needs_model=*/true};
      case StepState::kPhrases:
        detection.advice = Advice::kTranslate;
        break;
      default:
        if (detection.advice != Advice::kNothingToTranslate) break;
        detection.advice = step.refusal ? Advice::kLanguageUncertain : Advice::kAlreadyInTarget;
    }
  }
  return detection;
}

std::vector<Segment> Translator::Segments(const Message& message) const {
  return SegmentText(message.text(), book_->emoji(), *protector_);
}

std::vector<CheckResult> Translator::JudgeCandidate(const Message& message,
                                                    std::string_view candidate, LocaleId source,
                                                    LocaleId target) const {
  const Sentence sentence = MakeSentence(Segments(message));
  const std::string prose = ModelText(message.text(), sentence, AtomStyle::kSpaces);

  std::string proposed(candidate);
  if (const absl::StatusOr<Message> nfc = Normalize(candidate); nfc.ok()) proposed = nfc->text();
  size_t at = 0;
  for (const Segment& atom : sentence.atoms) {
    const std::string_view text = atom.range.of(message.text());
    const size_t found = proposed.find(text, at);
    if (found == std::string::npos) continue;
    proposed.replace(found, text.size(), " ");
    at = found + 1;
  }
  proposed = StripCopyMarks(prose, proposed);
  return gate_->Explain(
      {.source = prose, .candidate = proposed, .source_locale = source, .target_locale = target});
}

}  // namespace signalbook
