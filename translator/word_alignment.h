// Learns from translations which units of one language stand for which of the other.
//
// IBM Model 1 (Brown et al. 1993) in both directions at once, whose expectations must agree (after
// Liang et al. 2006: the geometric mean of both posteriors counts for both), with a null word that
// has a distribution of its own and a sparse Dirichlet prior (variational Bayes), so that rare words
// do not collect all that stands beside them.
//
// Thread rule: a pure function. Memory: about four bytes for each pair of units in a row.
#ifndef SIGNALBOOK_TRANSLATOR_WORD_ALIGNMENT_H_
#define SIGNALBOOK_TRANSLATOR_WORD_ALIGNMENT_H_

#include <string>
#include <vector>

#include "translator/lexicon.h"

namespace signalbook {

// A row of training: the units of a text and of its translation. Must outlive the call.
struct AlignedUnits {
  const std::vector<std::string>* from;
  const std::vector<std::string>* to;
};

// Vocabulary and links. Units seen once are left out: what stands beside them once says nothing. Units
// behind the 60th of a text do not count.
LexiconTable::Units AlignUnits(const std::vector<AlignedUnits>& rows);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_WORD_ALIGNMENT_H_
