// A message under translation: its chunks in order, and what became of each.
//
// Made by MakeDraft (segmented, nothing asked yet), filled in by AskModel (ask.h) and AskNames
// (ask_names.h), put together by AssembleDraft. Thread rule: a Draft is used by one thread.
#ifndef SIGNALBOOK_TRANSLATOR_DRAFT_H_
#define SIGNALBOOK_TRANSLATOR_DRAFT_H_

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "translator/book.h"
#include "translator/normalize.h"
#include "translator/phrases.h"
#include "translator/segment.h"
#include "translator/sentences.h"
#include "translator/text.h"
#include "translator/translator.h"

namespace signalbook {

// What became of a chunk.
enum class StepState : uint8_t {
  kFixed,   // no sentence: copied, or rendered from the book
  kCopied,  // a sentence that is copied; `refusal` says why unless nothing asked for its translation
  kAsk,     // a sentence that a model is to be asked for
  kLicensed,  // a sentence whose `runs` the gate let out
  kPhrases,   // a sentence all of whose prose is approved phrases: `phrases`
};

struct Step {
  Chunk chunk;
  StepState state = StepState::kFixed;
  Placement placement = Placement::kEdge;        // of the emoji and protected spans in it
  AtomStyle style = AtomStyle::kMarkers;         // kAsk: how
  std::vector<std::string> runs;                 // kLicensed: a text for each run of prose
  std::shared_ptr<const ModelRef> model;         // kLicensed: whose
  std::vector<std::vector<PhrasePart>> phrases;  // kPhrases: for each run of prose
  std::shared_ptr<const Refusal> refusal;        // kCopied
};

struct Draft {
  const Message* message = nullptr;  // must outlive the draft
  std::optional<LocaleId> source;
  std::string detected_language;  // when the caller named none
  std::vector<Segment> segments;  // of which the chunks of steps are stretches
  std::vector<Step> steps;        // tile the message
  // Names of sequences that have none in the target locale, as a model proposed and the allowlist
  // approved them.
  std::map<KeyId, Rendering> names;

  std::span<const Segment> SegmentsOf(const Step& step) const { return step.chunk.of(segments); }
};

// Takes a message apart, finds approved phrases, and decides which of the other sentences a model is to
// be asked for: none under STRICT or when the language is the target's already; when it is not known,
// they are refused.
Draft MakeDraft(const Message& message, const Book& book, const Protector& protector,
                const TranslateOptions& options);

// Renders, copies and joins. Every step must be past kAsk.
Translation AssembleDraft(const Draft& draft, const Book& book, const TranslateOptions& options);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_DRAFT_H_
