// What `signalbook accept` shows before anything is accepted.
//
// Thread rule: a pure function.
#ifndef SIGNALBOOK_SERVICE_CHECK_ACCEPT_DIFF_H_
#define SIGNALBOOK_SERVICE_CHECK_ACCEPT_DIFF_H_

#include <cstddef>
#include <string>
#include <vector>

#include "service/check/baseline.h"

namespace signalbook::check {

// A block a change, in their order, of the first `most`; then what they come to:
//
//     corpora/flags.tsv:12: changed output es 1F1E8-1F1E6 0123456789abcdef
//       - "Quiero 🇨🇦 [U+1F1E8 U+1F1E6]!"
//       + "Quiero Canadá!"
//
//     and 11 more
//
//     1 changed, 11 obsolete
//
// A row that no case met has no place. "-" is the translation that was accepted, "+" the one that would be; of a
// finding, the one it was found in. "nothing to accept" where there are no changes. Ends with a line break.
std::string DiffText(const std::vector<BaselineChange>& changes, size_t most);

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_ACCEPT_DIFF_H_
