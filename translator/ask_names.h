// Law 3: what to call an emoji that the book has no approved name for in the target locale.
//
// A model may be asked to translate the English name — never the emoji — and its answer counts only if
// it stands on the sequence's own allowlist in that locale (Book::Allowlist: keywords, alternates of a
// region's name, curated alternates). The text that leaves is the allowlist's, not the model's. In any
// other case the emoji is copied.
#ifndef SIGNALBOOK_TRANSLATOR_ASK_NAMES_H_
#define SIGNALBOOK_TRANSLATOR_ASK_NAMES_H_

#include <vector>

#include "translator/draft.h"
#include "translator/model.h"

namespace signalbook {

// Fills `names` of the drafts. Asks nothing in EmojiMode::kKeep, under STRICT, or without a model.
void AskNames(std::vector<Draft>& drafts, Model* model, const Book& book,
              const TranslateOptions& options);

// Whether AskNames would ask a model.
bool NeedsNames(const std::vector<Draft>& drafts, const Book& book,
                const TranslateOptions& options);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_ASK_NAMES_H_
