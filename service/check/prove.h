// Self-proof: would these cases notice a change? Changes rows of the book and expectations of cases at random, one at a
// time, and checks that the cases go red.
//
// Mutants are drawn from what the cases reach: renderings and phrases that stand in their answers, guarded concepts
// that refused in them, expectations that they have. What they do not reach no case can notice: that is counted and
// said.
#ifndef SIGNALBOOK_SERVICE_CHECK_PROVE_H_
#define SIGNALBOOK_SERVICE_CHECK_PROVE_H_

#include <cstdint>

#include "service/check/baseline.h"
#include "service/check/case.h"
#include "service/check/examiner.h"

namespace signalbook::check {

struct ProveOptions {
  int mutants = 200;        // of each kind, or all if there are fewer
  uint64_t seed = 1;        // another draw
  double least_score = 99;  // percent of all mutants
};

// Prints a line a kind of mutant, each that was not noticed, and the score. Runs in this process, with candidates of
// the cases and no engines. Returns an exit code: findings when the score is less than `least_score`, or when cases are
// red before anything was changed. Keeps all cases in memory.
int Prove(CaseSource* cases, const Examiner& examiner, Baseline* baseline, bool outputs,
          const ProveOptions& options);

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_PROVE_H_
