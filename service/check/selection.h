// Which cases a command works on: corpora, generators, mutations, samples; the options that say so.
#ifndef SIGNALBOOK_SERVICE_CHECK_SELECTION_H_
#define SIGNALBOOK_SERVICE_CHECK_SELECTION_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "service/check/case.h"
#include "service/check/corpus.h"
#include "translator/book.h"

namespace CLI {
class App;
}  // namespace CLI

namespace signalbook::check {

struct Selection {
  std::vector<std::string> corpora;
  CorpusFormat format = CorpusFormat::kByName;
  std::string from, policy, market;
  std::vector<std::string> to, modes, dialects;  // words of the command line
  bool incident = false;
  std::vector<std::string> sequences;  // selectors
  std::vector<std::string> carriers;
  std::vector<std::string> says;
  std::string mutate;
  uint64_t sample = 1;  // one in so many
  uint64_t seed = 1;
};

void AddSelectionOptions(CLI::App* command, Selection* selection);

// The stream of all of it: corpora first, then what is generated. `scripted`: the subject heeds candidates; else the
// incident is asked of its own model. InvalidArgument and NotFound say which option makes no sense.
absl::StatusOr<std::unique_ptr<CaseSource>> OpenCases(const Selection& selection,
                                                      const std::shared_ptr<const Book>& book,
                                                      bool scripted);

// The selection in words, the same for the same options: what a record must agree in to be resumed or merged.
std::string Describe(const Selection& selection);

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_SELECTION_H_
