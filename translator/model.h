// Stage 4: the adapter interface of machine translation models.
//
// A model is not trusted. It gets plain sentences and returns candidates; nothing it returns leaves
// Signalbook before the gate licensed it. Adapters live in models/; retry, cache, pivot, breaker are
// decorators of the same interface.
#ifndef SIGNALBOOK_TRANSLATOR_MODEL_H_
#define SIGNALBOOK_TRANSLATOR_MODEL_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "translator/text.h"

namespace signalbook {

struct ModelRequest {
  std::string source_locale;  // BCP 47, canonical: "en", "zh-Hant"
  std::string target_locale;
  // Plain text in NFC, one sentence or clause each, none empty, at most 10,000 bytes each. Holds no
  // emoji, regional indicator, tag character or variation selector and no control character. May
  // hold markers: ⟦0⟧, ⟦1⟧ … (U+27E6 decimal U+27E7), which stand for text the model must not see.
  std::vector<std::string> sentences;
  // The answer is worthless after this moment. Required.
  absl::Time deadline = absl::InfiniteFuture();
  // For a model behind a network, to pass on as it is: the call that asks, as W3C Trace Context has it
  // ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"). Empty: nobody traces it. Where calls share
  // a request, it is that of the first, which asks: the others find their answer in its trace.
  std::string traceparent = {};
  // Signalbooks that the request came through, each the model of the one before; 0 for a caller's own.
  int hops = 0;

  // The same question about other sentences.
  ModelRequest About(std::vector<std::string> others) const {
    return {source_locale, target_locale, std::move(others), deadline, traceparent, hops};
  }
};

// What is answered for one sentence.
struct Candidate {
  std::string text;  // UTF-8 is not guaranteed, nor is anything else
  ModelRef model;    // who said it
};

class Model {
 public:
  virtual ~Model() = default;

  // One result per sentence, in order. A failure of one sentence does not spoil the others.
  // Codes, by what the caller does next:
  //   NotFound           no such language pair here: ask another model, else NO_MODEL
  //   Unavailable        engine missing, crashed or busy: MODEL_UNAVAILABLE
  //   DeadlineExceeded   too late: DEADLINE
  //   anything else      MODEL_FAILED
  // Returns by `deadline` + 100 ms whatever happens. Blocks its thread; safe from many threads.
  // Error messages hold no message text.
  virtual std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) = 0;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_MODEL_H_
