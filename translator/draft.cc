#include "translator/draft.h"

#include <algorithm>
#include <utility>

#include "translator/assemble.h"
#include "translator/dialect.h"
#include "translator/language.h"
#include "translator/parts.h"

namespace signalbook {
namespace {

// Same language in the same script: there is nothing to translate between en and en-GB.
bool SameLanguage(const LocaleTable& locales, LocaleId a, LocaleId b) {
  const auto language = [&](LocaleId id) {
    const std::string_view tag = locales.tag(id);
    return tag.substr(0, tag.find('-'));
  };
  return language(a) == language(b) && locales.script(a) == locales.script(b);
}

void DetectSource(const std::vector<Segment>& segments, const Book& book, Draft* draft) {
  std::string prose;
  for (const Segment& segment : segments) {
    if (segment.kind == SegmentKind::kProse) {
      prose.append(segment.range.of(draft->message->text())).push_back(' ');
    }
  }
  const std::optional<std::string> language = DetectLanguage(prose);
  if (!language) return;
  draft->source = book.locales().Resolve(*language);
  if (draft->source) draft->detected_language = *language;
}

// Whether all prose of a sentence is approved phrases; they are then its translation.
bool FindPhrases(const Draft& draft, const Book& book, LocaleId target, Step* step) {
  const std::string_view text = draft.message->text();
  std::vector<std::vector<PhrasePart>> phrases;
  for (const ByteRange run : MakeSentence(draft.SegmentsOf(*step)).runs) {
    auto parts = MatchPhrases(run.of(text), run.begin, draft.source, target, book);
    if (!parts) return false;
    phrases.push_back(*std::move(parts));
  }
  step->state = StepState::kPhrases;
  step->phrases = std::move(phrases);
  return true;
}

using RefusalPtr = std::shared_ptr<const Refusal>;

// Why an emoji cannot be rendered.
RefusalPtr RefusalOf(const EmojiCluster& emoji, const std::optional<Rendering>& row) {
  if (emoji.status == EmojiStatus::kIllFormed) {
    return std::make_shared<const Refusal>(Refusal{Reason::kIllFormed,
                                                   std::string(DiagnosisName(emoji.diagnosis)),
                                                   "not a sequence that UTS #51 allows"});
  }
  if (emoji.key == kNoKey) {
    return std::make_shared<const Refusal>(Refusal{Reason::kUnknownSequence,
                                                   std::string(DiagnosisName(emoji.diagnosis)),
                                                   "no version of Unicode lists this sequence"});
  }
  if (row && row->blocked) {
    return std::make_shared<const Refusal>(
        Refusal{Reason::kBlocked, std::string(row->source), "moderators blocked its rendering"});
  }
  static const Refusal kNoRow = {Reason::kNotAllowlisted, "book",
                                 "the book has no rendering of it in this locale"};
  return ByConstant(kNoRow);
}

// A sequence that no version lists, as the names of its parts if every part has one. Otherwise why not.
RefusalPtr AddParts(const Segment& atom, Placement placement, const Draft& draft, const Book& book,
                    const TranslateOptions& options, Assembler* out) {
  if (atom.emoji.diagnosis != Diagnosis::kUnknownSequence) {
    return RefusalOf(atom.emoji, std::nullopt);
  }
  const std::optional<std::vector<EmojiPart>> parts =
      PartsOf(atom.range.of(draft.message->text()), book.emoji());
  if (!parts) return RefusalOf(atom.emoji, std::nullopt);
  std::vector<Assembler::NamedPart> named;
  for (const EmojiPart& part : *parts) {
    const std::string_view key = book.KeyText(part.key);
    const std::optional<Rendering> row = book.Find(options.target, part.key, options.market);
    if (!row) {
      return std::make_shared<const Refusal>(
          Refusal{Reason::kNotAllowlisted, "part:" + std::string(key),
                  "a part of it has no rendering in this locale"});
    }
    if (row->blocked) {
      return std::make_shared<const Refusal>(
          Refusal{Reason::kBlocked, "part:" + std::string(key), "moderators blocked a part of it"});
    }
    named.push_back(
        {{atom.range.begin + part.range.begin, atom.range.begin + part.range.end}, key, *row});
  }
  out->Parts(atom.range, named, options.emoji_mode == EmojiMode::kKeepAndName, placement);
  return nullptr;
}

// An emoji or protected span: copied, or rendered if the caller wants names.
void AddAtom(const Segment& atom, Placement placement, const Draft& draft, const Book& book,
             const TranslateOptions& options, Assembler* out) {
  if (atom.kind != SegmentKind::kEmoji || options.emoji_mode == EmojiMode::kKeep) {
    out->Copy(atom.kind, atom.range, placement);
    return;
  }
  if (atom.emoji.key == kNoKey) {
    if (auto refusal = AddParts(atom, placement, draft, book, options, out)) {
      out->Copy(atom.kind, atom.range, placement, std::move(refusal));
    }
    return;
  }
  std::optional<Rendering> row = book.Find(options.target, atom.emoji.key, options.market);
  if (const auto name = draft.names.find(atom.emoji.key); !row && name != draft.names.end()) {
    row = name->second;
  }
  if (!row || row->blocked) {
    out->Copy(atom.kind, atom.range, placement, RefusalOf(atom.emoji, row));
    return;
  }
  const std::string_view key = book.KeyText(atom.emoji.key);
  if (options.emoji_mode == EmojiMode::kName) {
    out->Name(atom.range, key, *row, placement);
  } else {
    out->KeepAndName(atom.range, key, *row, placement);
  }
}

void AddPhrases(const std::vector<PhrasePart>& parts, Assembler* out) {
  for (const PhrasePart& part : parts) {
    if (part.key.empty()) {
      out->Copy(SegmentKind::kProse, part.range, Placement::kInOrder);
    } else {
      out->Phrase(part);
    }
  }
}

}  // namespace

Draft MakeDraft(const Message& message, const Book& book, const Protector& protector,
                const TranslateOptions& options) {
  Draft draft;
  draft.message = &message;
  draft.source = options.source;
  draft.segments = FindCodes(message.text(), SegmentText(message.text(), book.emoji(), protector),
                             book, options.dialects);
  if (draft.source && SameLanguage(book.locales(), *draft.source, options.target)) {
    // Whatever its sentences are, they are copied.
    const bool prose =
        std::any_of(draft.segments.begin(), draft.segments.end(), [&](const Segment& segment) {
          return segment.kind == SegmentKind::kProse && HasLetter(segment.range.of(message.text()));
        });
    draft.steps.push_back({.chunk = {prose, 0, draft.segments.size()},
                           .state = prose ? StepState::kCopied : StepState::kFixed,
                           .placement = prose ? Placement::kInOrder : Placement::kEdge});
    return draft;
  }
  const std::vector<Chunk> chunks = SplitIntoChunks(message.text(), &draft.segments);
  draft.steps.reserve(chunks.size());
  bool prose = false;
  for (const Chunk& chunk : chunks) {
    prose |= chunk.is_sentence;
    draft.steps.push_back({.chunk = chunk});
  }
  if (!prose) return draft;

  if (!draft.source) DetectSource(draft.segments, book, &draft);
  static const Refusal kStrict = {Reason::kStrictPolicy, "strict",
                                  "only approved phrases and renderings leave under this policy"};
  static const Refusal kUncertain = {
      Reason::kNoModel, "source_language",
      "the language of the message is not certain; name it in the request"};
  for (Step& step : draft.steps) {
    if (!step.chunk.is_sentence) continue;
    step.state = StepState::kCopied;
    step.placement = Placement::kInOrder;
    if (draft.source && SameLanguage(book.locales(), *draft.source, options.target)) continue;
    if (FindPhrases(draft, book, options.target, &step)) continue;
    if (options.policy == Policy::kStrict) {
      step.refusal = ByConstant(kStrict);
    } else if (!draft.source) {
      step.refusal = ByConstant(kUncertain);
    } else {
      step.state = StepState::kAsk;
      step.placement = Placement::kMarker;
    }
  }
  return draft;
}

Translation AssembleDraft(const Draft& draft, const Book& book, const TranslateOptions& options) {
  Assembler out(*draft.message, book, options.target);
  for (const Step& step : draft.steps) {
    if (step.state != StepState::kLicensed && step.state != StepState::kPhrases) {
      for (const Segment& segment : draft.SegmentsOf(step)) {
        if (segment.kind == SegmentKind::kProse) {
          out.Copy(segment.kind, segment.range, Placement::kInOrder, step.refusal);
        } else {
          AddAtom(segment, step.placement, draft, book, options, &out);
        }
      }
      continue;
    }
    const Sentence sentence = MakeSentence(draft.SegmentsOf(step));
    for (size_t i = 0; i < sentence.runs.size(); ++i) {
      if (i > 0) AddAtom(sentence.atoms[i - 1], step.placement, draft, book, options, &out);
      if (step.state == StepState::kPhrases) {
        AddPhrases(step.phrases[i], &out);
      } else {
        out.Model(sentence.runs[i], step.runs[i], step.model, Placement::kInOrder);
      }
    }
  }
  Translation translation = out.Finish();
  translation.detected_language = draft.detected_language;
  return translation;
}

}  // namespace signalbook
