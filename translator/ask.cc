#include "translator/ask.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "translator/copied_words.h"

namespace signalbook {
namespace {

constexpr size_t kMaxSentenceBytes = 10'000;  // model.h

// What came of asking for a sentence.
enum class Outcome { kSettled, kMarkersLost };

Refusal RefusalOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kNotFound:
      return {Reason::kNoModel, "language_pair", "no model serves this pair of languages"};
    case absl::StatusCode::kUnavailable:
      return {Reason::kModelUnavailable, "model", "the model's engine is missing, crashed or busy"};
    case absl::StatusCode::kDeadlineExceeded:
      return {Reason::kDeadline, "model", "the model did not answer in time"};
    default:
      return {Reason::kModelFailed, "model",
              absl::StrCat("the model failed: ", absl::StatusCodeToString(status.code()))};
  }
}

void Refuse(Step& step, Refusal refusal) {
  step.state = StepState::kCopied;
  step.placement = Placement::kInOrder;
  step.refusal = std::make_shared<const Refusal>(std::move(refusal));
}

// A run that begins with a combining mark would put it on the emoji before it.
bool BeginsWithMark(std::string_view run) {
  if (run.empty()) return false;
  UChar32 c;
  int32_t i = 0;
  U8_NEXT(run.data(), i, static_cast<int32_t>(run.size()), c);
  return c >= 0 && (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
}

// An emoji inside a word, where the source has it between words: never, and a way to spell a guarded
// word past its pattern.
bool SplitsWord(std::string_view before, std::string_view after) {
  if (before.empty() || after.empty()) return false;
  auto end = static_cast<int32_t>(before.size());
  UChar32 left;
  U8_PREV(before.data(), 0, end, left);
  int32_t begin = 0;
  UChar32 right;
  U8_NEXT(after.data(), begin, static_cast<int32_t>(after.size()), right);
  UErrorCode status = U_ZERO_ERROR;
  return left >= 0 && right >= 0 && u_isalnum(left) && u_isalnum(right) &&
         !uscript_breaksBetweenLetters(uscript_getScript(left, &status));
}

// Whether the runs of a candidate can stand around the atoms of the sentence.
bool Fits(const std::vector<std::string>& runs, std::string_view text, const Sentence& sentence) {
  for (size_t i = 1; i < runs.size(); ++i) {
    if (BeginsWithMark(runs[i])) return false;
    if (SplitsWord(runs[i - 1], runs[i]) &&
        !SplitsWord(sentence.runs[i - 1].of(text), sentence.runs[i].of(text))) {
      return false;
    }
  }
  return true;
}

// What the gate licensed: where it stands, and what it saw.
struct Licensed {
  size_t draft, step;
  RoundTrip::Pair texts;
};

// Whether `shown`, what a model is shown of a sentence, lacks something of it: invisible characters.
bool HidesFrom(std::string_view shown, std::string_view text, const Sentence& sentence) {
  std::string all;
  for (size_t i = 0; i < sentence.runs.size(); ++i) {
    if (i > 0) all += ' ';
    all += sentence.runs[i].of(text);
  }
  return all != shown;
}

// Judges one candidate and settles its step, unless markers were lost. `texts` is set when the gate
// licenses it.
Outcome Settle(Step& step, const Draft& draft, absl::StatusOr<Candidate> answer, const Gate& gate,
               const TranslateOptions& options, std::optional<RoundTrip::Pair>* texts) {
  if (!answer.ok()) {
    Refuse(step, RefusalOf(answer.status()));
    return Outcome::kSettled;
  }
  const std::string_view text = draft.message->text();
  const Sentence sentence = MakeSentence(draft.SegmentsOf(step));
  // Both sides of the comparison have a space where an atom was: an identity is seen as one.
  const std::string source = ModelText(
      text, sentence, step.style == AtomStyle::kMarkers ? AtomStyle::kSpaces : AtomStyle::kPlain);

  // What is not UTF-8 goes to the gate as it is, which refuses it.
  std::string candidate = std::move(answer->text);
  if (absl::StatusOr<Message> nfc = Normalize(candidate); nfc.ok()) {
    candidate = nfc->text();
    absl::StripAsciiWhitespace(&candidate);
    candidate = StripCopyMarks(source, candidate);
  }

  std::vector<std::string> runs = {candidate};
  std::string prose = candidate;
  if (step.style == AtomStyle::kMarkers && !sentence.atoms.empty()) {
    auto cut = SplitAtMarkers(candidate, sentence.atoms.size());
    if (!cut || !Fits(*cut, text, sentence)) return Outcome::kMarkersLost;
    runs = *std::move(cut);
    prose = absl::StrJoin(runs, " ");
  }
  if (BeginsWithMark(prose)) {
    Refuse(step, {Reason::kInvalidText, "text", "begins with a combining mark"});
    return Outcome::kSettled;
  }
  std::optional<Refusal> refusal = gate.Judge({.source = source,
                                               .candidate = prose,
                                               .source_locale = *draft.source,
                                               .target_locale = options.target});
  // One word may be the same in both languages ("Taxi"); with what a model was not shown of it, it is copied.
  if (!refusal && absl::StripAsciiWhitespace(prose) == absl::StripAsciiWhitespace(source) &&
      HidesFrom(source, text, sentence)) {
    refusal = Refusal{Reason::kUntranslated, "same", "the source's own words"};
  }
  if (refusal) {
    Refuse(step, *std::move(refusal));
    return Outcome::kSettled;
  }
  if (step.style == AtomStyle::kPlain) {
    runs = SplitByProportion(sentence, candidate);
    step.placement = Placement::kProportion;
  }
  step.state = StepState::kLicensed;
  step.runs = std::move(runs);
  step.model = std::make_shared<const ModelRef>(std::move(answer->model));
  *texts = {source, std::move(prose)};
  return Outcome::kSettled;
}

// How a sentence whose markers a model lost is asked for the second time.
void AskDifferently(size_t index, Draft* draft) {
  std::vector<Step>& steps = draft->steps;
  Step& step = steps[index];
  const std::span<const Segment> segments = draft->SegmentsOf(step);
  const bool emoji_only = std::none_of(segments.begin(), segments.end(), [](const Segment& s) {
    return s.kind == SegmentKind::kProtected;
  });
  if (emoji_only) {
    step.style = AtomStyle::kPlain;
    return;
  }
  std::vector<Step> parts;
  for (const Chunk& chunk : SplitIntoParts(draft->message->text(), step.chunk, &draft->segments)) {
    parts.push_back({.chunk = chunk,
                     .state = chunk.is_sentence ? StepState::kAsk : StepState::kFixed,
                     .placement = Placement::kParts});
  }
  steps.erase(steps.begin() + static_cast<ptrdiff_t>(index));
  steps.insert(steps.begin() + static_cast<ptrdiff_t>(index),
               std::make_move_iterator(parts.begin()), std::make_move_iterator(parts.end()));
}

// The sentences to ask for in one language.
struct Batch {
  ModelRequest request;
  std::vector<std::pair<size_t, size_t>> places;  // draft, step
};

std::map<LocaleId, Batch> MakeBatches(std::vector<Draft>& drafts, const Book& book,
                                      const TranslateOptions& options) {
  std::map<LocaleId, Batch> batches;
  for (size_t d = 0; d < drafts.size(); ++d) {
    for (size_t s = 0; s < drafts[d].steps.size(); ++s) {
      Step& step = drafts[d].steps[s];
      if (step.state != StepState::kAsk) continue;
      std::string sentence = ModelText(drafts[d].message->text(),
                                       MakeSentence(drafts[d].SegmentsOf(step)), step.style);
      if (sentence.size() > kMaxSentenceBytes) {
        Refuse(step, {Reason::kLength, "sentence", "longer than a model takes in one sentence"});
        continue;
      }
      Batch& batch = batches[*drafts[d].source];
      batch.request.sentences.push_back(std::move(sentence));
      batch.places.push_back({d, s});
    }
  }
  for (auto& [source, batch] : batches) {
    batch.request.source_locale = std::string(book.locales().tag(source));
    batch.request.target_locale = std::string(book.locales().tag(options.target));
    batch.request.deadline = options.deadline;
    batch.request.traceparent = options.traceparent;
    batch.request.hops = options.hops;
  }
  return batches;
}

// Refuses what does not come back as it went.
void TranslateBack(const std::vector<Licensed>& licensed, const ModelRequest& request,
                   const RoundTrip& round_trip, std::vector<Draft>* drafts) {
  const RoundTripRoute* route = round_trip.Find(request.source_locale, request.target_locale);
  if (route == nullptr || licensed.empty()) return;
  std::vector<RoundTrip::Pair> pairs;
  pairs.reserve(licensed.size());
  for (const Licensed& one : licensed) pairs.push_back(one.texts);
  std::vector<std::optional<Refusal>> refusals = round_trip.Check(*route, pairs, request);
  for (size_t i = 0; i < licensed.size(); ++i) {
    if (refusals[i]) {
      Refuse((*drafts)[licensed[i].draft].steps[licensed[i].step], *std::move(refusals[i]));
    }
  }
}

}  // namespace

void AskModel(std::vector<Draft>& drafts, Model* model, const Gate& gate,
              const RoundTrip& round_trip, const Book& book, const TranslateOptions& options) {
  for (bool again : {true, false}) {
    std::vector<std::pair<size_t, size_t>> lost;  // places whose markers the model lost
    for (auto& [source, batch] : MakeBatches(drafts, book, options)) {
      std::vector<absl::StatusOr<Candidate>> answers;
      if (model != nullptr) {
        answers = model->Translate(batch.request);
      } else {
        answers.assign(batch.places.size(), absl::NotFoundError("no model"));
      }
      if (answers.size() != batch.places.size()) {
        answers.assign(batch.places.size(),
                       absl::InternalError("the model answered for another number of sentences"));
      }
      std::vector<Licensed> licensed;
      for (size_t i = 0; i < answers.size(); ++i) {
        const auto [d, s] = batch.places[i];
        Step& step = drafts[d].steps[s];
        std::optional<RoundTrip::Pair> texts;
        const Outcome outcome =
            Settle(step, drafts[d], std::move(answers[i]), gate, options, &texts);
        if (texts) licensed.push_back({d, s, *std::move(texts)});
        if (outcome == Outcome::kSettled) continue;
        if (again) {
          lost.emplace_back(d, s);
        } else {
          Refuse(step, {Reason::kProtectedChanged, "markers",
                        "a protected span or emoji was lost, doubled or moved"});
        }
      }
      TranslateBack(licensed, batch.request, round_trip, &drafts);
    }
    if (lost.empty()) return;
    // Back to front: splitting a step moves those behind it.
    std::sort(lost.rbegin(), lost.rend());
    for (const auto& [d, s] : lost) {
      AskDifferently(s, &drafts[d]);
    }
  }
}

}  // namespace signalbook
