// The nouns of Signalbook: what a message becomes on its way to a translation.
//
// Every range is a half-open range of UTF-8 bytes. Stages pass these values by const reference and
// return new ones; nothing here owns a thread, a lock or a file, and all of it may be used from any
// thread as long as nobody changes it.
//
//   "I love 🇨🇦!"   segments   prose [0,7)   emoji [7,15)   prose [15,16)
//   en → es, NAME   pieces     "Quiero " MODEL   "Canadá" BOOK   "!" MODEL
//
// The law (checked by translator/law.h, tested on every sequence and fuzzed):
//   * the source ranges of the pieces tile the message, the target ranges tile the translation, both
//     in order, without gap or overlap (empty ranges are allowed);
//   * each piece has exactly one licence, and COPY means: the NFC of the bytes of its source range.
#ifndef SIGNALBOOK_TRANSLATOR_TEXT_H_
#define SIGNALBOOK_TRANSLATOR_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbook {

struct ByteRange {
  size_t begin = 0;
  size_t end = 0;

  size_t size() const { return end - begin; }
  bool empty() const { return begin == end; }
  bool operator==(const ByteRange&) const = default;
  // The bytes of `text` in this range. The range must lie inside `text`.
  std::string_view of(std::string_view text) const { return text.substr(begin, end - begin); }
};

// What a stretch of a message is.
enum class SegmentKind : uint8_t {
  kProse,      // what a model may see
  kEmoji,      // emoji or flag, known, unknown or ill-formed: only the book may render it
  kProtected,  // URL, e-mail, @name, {template} …: copied byte for byte
};

// Why a piece of output may exist. DESIGN, law 1.
enum class Licence : uint8_t {
  kBook,    // an approved row of the book
  kPhrase,  // an approved translation of the whole phrase
  kCopy,    // verbatim from the message
  kModel,   // a model's candidate that the gate let out
};

// Why something was refused. The wire names (`REASON_…`) are the same words; one list, one order,
// values never change.
enum class Reason : uint8_t {
  kUnspecified = 0,
  // No candidate came.
  kNoModel = 1,           // no model serves this language pair
  kModelUnavailable = 2,  // the engine is not installed, crashed, or its queue is full
  kDeadline = 3,          // the model did not answer in time
  kModelFailed = 4,       // the model answered with an error or broke its contract
  kStrictPolicy = 5,      // STRICT asked for: only approved phrases and renderings leave
  // An emoji or flag was copied instead of rendered.
  kNotAllowlisted = 10,   // the sequence has no approved rendering in this locale
  kBlocked = 11,          // moderators blocked its rendering
  kUnknownSequence = 12,  // shaped like an emoji, but no version of Unicode lists it
  kIllFormed = 13,        // not a sequence UTS #51 allows; the rule says what is wrong
  // A check of the gate objected. One per check; DESIGN section 5.
  kInvalidText = 20,       // not UTF-8, a control or private-use character
  kEmojiIntroduced = 21,   // an emoji or invisible character the source prose has not
  kProtectedChanged = 22,  // a marker of a protected span or emoji lost, doubled or moved
  kNumbersChanged = 23,    // other numbers than the source's
  kLinkIntroduced = 24,    // a URL, address, handle or tag the source has not
  kScript = 25,            // letters of a script that is not the target locale's
  kLength = 26,            // far too long or too short for the source
  kRepetition = 27,        // repeats itself
  kUnknownWord = 28,       // the model's mark of a word it does not know
  kUntranslated = 29,      // the source again
  kGuardedConcept = 30,    // speaks of a guarded concept of which the source does not
  kLanguage = 31,          // certainly in another language than the target's
  kBlockedTerm = 32,       // holds a term that never leaves
  kChatter = 33,           // a language model speaks for itself
  kDetached = 34,          // its words do not follow from the source's: lexical licence
  kRoundTrip = 35,         // translated back, it is not the source
};

struct Refusal {
  Reason reason = Reason::kUnspecified;
  std::string rule;    // the row or check that refused: "imprisonment", "lone_regional_indicator"
  std::string detail;  // for people; never holds message text
  bool operator==(const Refusal&) const = default;
};

// What is refused for one of few reasons is refused by a constant: pieces share it, and nobody owns it.
inline std::shared_ptr<const Refusal> ByConstant(const Refusal& constant) {
  return {std::shared_ptr<const Refusal>(), &constant};
}

// How a piece found its place in the target.
enum class Placement : uint8_t {
  kInOrder,     // text between edges: order is the source's
  kEdge,        // an emoji or protected span at the edge of a sentence or clause stayed there
  kMarker,      // the model carried a marker for it, verified: each once and in order
  kProportion,  // at the word boundary nearest to its relative position in the source
  kParts,       // the text on both sides was translated separately
  kJoin,        // put between pieces by assembly: a space, a bracket, a direction isolate
};

// The row of the book that licenses a BOOK or PHRASE piece. Its words lie in the book, in constants or in
// Translation::kept.
struct EntryRef {
  std::string_view key;     // "1F1E8-1F1E6"; joins: "join/space"
  std::string_view locale;  // where the row stands, after inheritance: es for es-AR
  std::string_view source;  // "cldr-48.2/territories", "curated"
  bool operator==(const EntryRef&) const = default;
};

struct ModelRef {
  std::string name;     // "apertium-eng-spa"
  std::string version;  // "0.8.1"
  bool operator==(const ModelRef&) const = default;
};

struct Piece {
  SegmentKind kind = SegmentKind::kProse;
  ByteRange source;  // in the caller's bytes, before NFC
  ByteRange target;  // in Translation::text
  Licence licence = Licence::kCopy;
  Placement placement = Placement::kInOrder;
  std::optional<EntryRef> entry;           // BOOK and PHRASE
  std::shared_ptr<const ModelRef> model;   // MODEL
  std::shared_ptr<const Refusal> refusal;  // COPY in place of something better
};

enum class Verdict : uint8_t {
  kTranslated,     // everything that asked for translation got it
  kPartlyRefused,  // some pieces were refused, others were not
  kRefused,        // everything that asked for translation was refused
  kUnchanged,      // nothing asked for translation: no prose, same language, emoji kept
};

// Good for as long as the book that it came from.
struct Translation {
  std::string text;  // NFC, UTF-8
  std::vector<Piece> pieces;
  Verdict verdict = Verdict::kUnchanged;
  std::string detected_language;  // BCP 47; empty when the caller named it or none was certain
  std::shared_ptr<const std::forward_list<std::string>> kept;  // what entries refer to; may be null
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_TEXT_H_
