// The whole flow: messages in, licensed translations out. translator.cc shows it on one screen.
//
// Everything an entry point does (gRPC, command line, later HTTP and corpus checks) goes through
// here, so the law of text.h holds for all of them.
//
// Thread rule: immutable after construction, safe from many threads. Translate blocks for as long as
// the model does; a caller that must not block asks NeedsModel first.
#ifndef SIGNALBOOK_TRANSLATOR_TRANSLATOR_H_
#define SIGNALBOOK_TRANSLATOR_TRANSLATOR_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "translator/book.h"
#include "translator/gate.h"
#include "translator/model.h"
#include "translator/normalize.h"
#include "translator/round_trip.h"
#include "translator/segment.h"
#include "translator/text.h"

namespace signalbook {

enum class EmojiMode : uint8_t { kKeep, kName, kKeepAndName };
enum class Policy : uint8_t { kGuarded, kStrict };

// How to translate: resolved and checked by the entry point (service/request.h).
struct TranslateOptions {
  // nullopt: detect it from each message's prose.
  std::optional<LocaleId> source;
  LocaleId target = kRootLocale;
  EmojiMode emoji_mode = EmojiMode::kKeep;
  Policy policy = Policy::kGuarded;
  MarketId market = kNoMarket;
  std::vector<Dialect> dialects;                 // none: codes are text; the first named counts
  absl::Time deadline = absl::InfiniteFuture();  // for the model
  // As the model is told (model.h).
  std::string traceparent = {};
  int hops = 0;
};

// Whether a message is worth asking for its translation.
enum class Advice : uint8_t {
  kTranslate,           // there is prose to translate; `Detection.needs_model` says by whom
  kNothingToTranslate,  // emoji, links, names, white space: no prose
  kAlreadyInTarget,     // the prose is in the language wanted
  kLanguageUncertain,   // nobody can tell what language the prose is in
};

struct Detection {
  std::string language;  // as language.h gives it; empty: uncertain, or no prose
  Advice advice = Advice::kNothingToTranslate;
  bool needs_model = false;  // to translate it; false: approved phrases do
};

// What an operator may want to change.
struct TranslatorOptions {
  GateOptions gate;
  std::vector<RoundTripRoute> round_trips;
  // Who translates back; null: the model itself.
  std::shared_ptr<Model> reverse_model;
};

class Translator {
 public:
  // InvalidArgument when a pattern of the book does not compile or an option of the gate makes no
  // sense. `model` is shared, may be null: then all prose is refused with NO_MODEL.
  static absl::StatusOr<std::unique_ptr<const Translator>> Create(std::shared_ptr<const Book> book,
                                                                  std::shared_ptr<Model> model,
                                                                  TranslatorOptions options = {});

  // This translator with another state of the same book: what WithOverlay (overlay.h) made of it, or the
  // book without. Model, round trips and protected spans are shared; so is the gate if the guards are the
  // same, which otherwise compiles its tables anew when they are first needed (Gate::Prepare does it at
  // once). InvalidArgument when `book` is of another file, because locales would not mean the same.
  absl::StatusOr<std::unique_ptr<const Translator>> WithBook(
      std::shared_ptr<const Book> book) const;

  // One translation per message, in order. Cannot fail: whatever a model does ends as a refusal.
  std::vector<Translation> Translate(const std::vector<Message>& messages,
                                     const TranslateOptions& options) const;

  // Whether Translate would ask a model for any of these.
  bool NeedsModel(const std::vector<Message>& messages, const TranslateOptions& options) const;

  // The language of a message (options.source: what it is said to be) and whether Translate would do anything
  // for its prose. Asks no model.
  Detection Detect(const Message& message, const TranslateOptions& options) const;

  // What a message is made of, for AnalyzeText and `explain`. Ranges refer to message.text().
  std::vector<Segment> Segments(const Message& message) const;

  // What the gate says of `candidate` as a translation of the message: every check. The emoji and
  // protected spans of the message that stand in it, in order, are taken for their markers; the message is
  // judged as one sentence.
  std::vector<CheckResult> JudgeCandidate(const Message& message, std::string_view candidate,
                                          LocaleId source, LocaleId target) const;

  const Book& book() const { return *book_; }
  const Gate& gate() const { return *gate_; }
  const Protector& protector() const { return *protector_; }
  const RoundTrip& round_trip() const { return *round_trip_; }

 private:
  Translator() = default;
  Translator(const Translator&) = default;

  std::shared_ptr<const Book> book_;
  std::shared_ptr<const Protector> protector_;
  GateOptions gate_options_;
  // Of names it knows nothing; it keeps the book that it was made with, for its locales and emoji, which
  // are those of book_.
  std::shared_ptr<const Gate> gate_;
  std::shared_ptr<Model> model_;
  std::shared_ptr<const RoundTrip> round_trip_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_TRANSLATOR_H_
