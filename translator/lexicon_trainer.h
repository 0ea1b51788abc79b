// Makes a lexicon (lexicon.h) of translations that people made.
//
// Links are counted on all of them. Weights and threshold come from cross-fitting: each fifth is judged
// by links that were counted on the other four, as good pairs and, mixed at random, as detached ones;
// logistic regression weighs the evidence; the threshold is where the share of good pairs below it is
// the one asked for. In use links are counted on more than they were judged by, so fewer are refused.
//
// Thread rule: a pure function. The same pairs give the same table.
#ifndef SIGNALBOOK_TRANSLATOR_LEXICON_TRAINER_H_
#define SIGNALBOOK_TRANSLATOR_LEXICON_TRAINER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "translator/lexicon.h"

namespace signalbook {

struct TranslationPair {
  std::string from;
  std::string to;
};

struct TrainingOptions {
  // Share of good pairs that the threshold refuses, of those it was set on.
  double false_refusals = 0.004;
};

// Fewer say too little for a threshold that is held in use.
inline constexpr size_t kFewestTrainingPairs = 500;

struct TrainedLexicon {
  LexiconTable table;
  size_t pairs = 0;           // that were counted: valid text, each once
  double detection = 0;       // share of detached pairs below the threshold, cross-fitted
  double false_refusals = 0;  // the same of good ones
};

// Pairs that are not valid UTF-8 or have no word on a side are left out. FailedPrecondition when fewer
// than kFewestTrainingPairs are left; InvalidArgument when the share is not between 0 and 0.2.
absl::StatusOr<TrainedLexicon> TrainLexicon(const std::vector<TranslationPair>& pairs,
                                            const TrainingOptions& options);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_LEXICON_TRAINER_H_
