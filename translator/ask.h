// Stages 4 and 5 together: what a model proposes for the sentences of some drafts, judged by the gate.
//
// All sentences of one language go to the model in one batch, first with markers for the emoji and
// protected spans in them. Where the model lost a marker, they are asked for once more: without
// markers if only emoji are concerned (placed by proportion), else in parts. What the gate refuses is
// copied; nothing is asked a third time. On routes with a round trip, what the gate licensed is translated
// back before it leaves (round_trip.h).
#ifndef SIGNALBOOK_TRANSLATOR_ASK_H_
#define SIGNALBOOK_TRANSLATOR_ASK_H_

#include <vector>

#include "translator/draft.h"
#include "translator/gate.h"
#include "translator/model.h"
#include "translator/round_trip.h"

namespace signalbook {

// Leaves no step in state kAsk. `model` may be null: all is refused with NO_MODEL.
void AskModel(std::vector<Draft>& drafts, Model* model, const Gate& gate,
              const RoundTrip& round_trip, const Book& book, const TranslateOptions& options);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_ASK_H_
