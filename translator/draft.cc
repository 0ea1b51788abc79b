#include "translator/draft.h"

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
  for (const ByteRange run : MakeSentence(step->chunk).runs) {
    auto parts = MatchPhrases(run.of(text), run.begin, draft.source, target, book);
    if (!parts) return false;
    phrases.push_back(*std::move(parts));
  }
  step->state = StepState::kPhrases;
  step->phrases = std::move(phrases);
  return true;
}

// Why an emoji cannot be rendered.
Refusal RefusalOf(const EmojiCluster& emoji, const std::optional<Rendering>& row) {
  if (emoji.status == EmojiStatus::kIllFormed) {
    return {Reason::kIllFormed, std::string(DiagnosisName(emoji.diagnosis)),
            "not a sequence that UTS #51 allows"};
  }
  if (emoji.key == kNoKey) {
    return {Reason::kUnknownSequence, std::string(DiagnosisName(emoji.diagnosis)),
            "no version of Unicode lists this sequence"};
  }
  if (row && row->blocked) {
    return {Reason::kBlocked, std::string(row->source), "moderators blocked its rendering"};
  }
  return {Reason::kNotAllowlisted, "book", "the book has no rendering of it in this locale"};
}

// A sequence that no version lists, as the names of its parts if every part has one. Otherwise why not.
std::optional<Refusal> AddParts(const Segment& atom, Placement placement, const Draft& draft,
                                const Book& book, const TranslateOptions& options, Assembler* out) {
  if (atom.emoji.diagnosis != Diagnosis::kUnknownSequence) {
    return RefusalOf(atom.emoji, std::nullopt);
  }
  const std::optional<std::vector<EmojiPart>> parts =
      PartsOf(atom.range.of(draft.message->text()), book.emoji());
  if (!parts) return RefusalOf(atom.emoji, std::nullopt);
  std::vector<Assembler::NamedPart> named;
  for (const EmojiPart& part : *parts) {
    const std::string key = KeyOf(book.key(part.key).sequence);
    const std::optional<Rendering> row = book.Find(options.target, part.key, options.market);
    if (!row) {
      return Refusal{Reason::kNotAllowlisted, "part:" + key,
                     "a part of it has no rendering in this locale"};
    }
    if (row->blocked) {
      return Refusal{Reason::kBlocked, "part:" + key, "moderators blocked a part of it"};
    }
    named.push_back(
        {{atom.range.begin + part.range.begin, atom.range.begin + part.range.end}, key, *row});
  }
  out->Parts(atom.range, named, options.emoji_mode == EmojiMode::kKeepAndName, placement);
  return std::nullopt;
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
  const std::string key = KeyOf(book.key(atom.emoji.key).sequence);
  if (options.emoji_mode == EmojiMode::kName) {
    out->Name(atom.range, key, *row, placement);
  } else {
    out->KeepAndName(atom.range, key, *row, placement);
  }
}

void AddPhrases(const std::vector<PhrasePart>& parts, Assembler* out) {
  for (const PhrasePart& part : parts) {
    if (part.entry) {
      out->Phrase(part.range, part.text, *part.entry);
    } else {
      out->Copy(SegmentKind::kProse, part.range, Placement::kInOrder);
    }
  }
}

}  // namespace

Draft MakeDraft(const Message& message, const Book& book, const Protector& protector,
                const TranslateOptions& options) {
  Draft draft;
  draft.message = &message;
  draft.source = options.source;
  const std::vector<Segment> segments = FindCodes(
      message.text(), SegmentText(message.text(), book.emoji(), protector), book, options.dialects);
  std::vector<Chunk> chunks = SplitIntoChunks(message.text(), segments);
  draft.steps.reserve(chunks.size());
  bool prose = false;
  for (Chunk& chunk : chunks) {
    prose |= chunk.is_sentence;
    draft.steps.push_back({.chunk = std::move(chunk)});
  }
  if (!prose) return draft;

  if (!draft.source) DetectSource(segments, book, &draft);
  for (Step& step : draft.steps) {
    if (!step.chunk.is_sentence) {
      if (step.chunk.segments.front().kind == SegmentKind::kProse) {
        step.placement = Placement::kInOrder;
      }
      continue;
    }
    step.state = StepState::kCopied;
    step.placement = Placement::kInOrder;
    if (draft.source && SameLanguage(book.locales(), *draft.source, options.target)) continue;
    if (FindPhrases(draft, book, options.target, &step)) continue;
    if (options.policy == Policy::kStrict) {
      step.refusal = Refusal{Reason::kStrictPolicy, "strict",
                             "only approved phrases and renderings leave under this policy"};
    } else if (!draft.source) {
      step.refusal = Refusal{Reason::kNoModel, "source_language",
                             "the language of the message is not certain; name it in the request"};
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
      for (const Segment& segment : step.chunk.segments) {
        if (segment.kind == SegmentKind::kProse) {
          out.Copy(segment.kind, segment.range, Placement::kInOrder, step.refusal);
        } else {
          AddAtom(segment, step.placement, draft, book, options, &out);
        }
      }
      continue;
    }
    const Sentence sentence = MakeSentence(step.chunk);
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
