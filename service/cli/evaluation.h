// Measures the gate on translations that people made: how many it refuses, and how many bad ones it
// catches. One number without the other says nothing.
//
// A folder of evaluation data is laid out so:
//   FROM-TO.tsv        source, translation: good pairs, of languages by their ISO 639-3 or BCP 47 codes;
//                      measured in both directions
//   en-XX.NAME.tsv     id, source, machine translation, votes, ERR or NOT: labelled by people
// in the folder itself or one below it. Folders whose name ends in "train" are left out.
//
// Thread rule: Evaluate starts threads of its own and joins them.
#ifndef SIGNALBOOK_SERVICE_CLI_EVALUATION_H_
#define SIGNALBOOK_SERVICE_CLI_EVALUATION_H_

#include <array>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "service/cli/faults.h"
#include "translator/translator.h"

namespace signalbook {

struct Share {
  size_t refused = 0;
  size_t of = 0;
  void Add(bool is_refused) {
    refused += is_refused ? 1 : 0;
    ++of;
  }
  double percent() const {
    return of == 0 ? 0 : 100 * static_cast<double>(refused) / static_cast<double>(of);
  }
};

// What the gate does to one pair of languages in one direction.
struct Measurement {
  struct ByCheck {
    size_t false_refusals = 0, detected = 0;
  };
  // The same with another threshold of the lexicon, `margin` above or below its own.
  struct CurvePoint {
    double margin = 0;
    Share good, detached;
  };

  // What a round trip does with another least likeness, the route's own in between.
  struct RoundTripPoint {
    double least_likeness = 0;
    Share good, detached;
  };

  std::string from, to;  // BCP 47
  std::string file;
  bool labelled = false;  // good and detached are then NOT and ERR of people
  bool has_lexicon = false;
  Share good, detached;
  std::map<std::string, ByCheck> by_check;  // every check that objected, not only the first
  std::array<Share, kFaultCount> faults;
  std::vector<CurvePoint> curve;  // empty without a lexicon
  // Of what the reverse model answered; empty where no route is configured.
  std::vector<RoundTripPoint> round_trip;
  size_t not_translated_back = 0;
};

// A good translation that was refused, for people who tune.
struct FalseRefusal {
  std::string from, to, source, translation, check, rule;
};

struct Evaluation {
  std::vector<Measurement> measurements;     // by file, then direction
  std::vector<FalseRefusal> false_refusals;  // in the same order
  std::vector<std::string> skipped;  // files and rows that could not be read, with the reason
};

// NotFound when there is no such folder or nothing in it is laid out so.
// Asks the gate of `translator`, and on the routes of its round trips the reverse model.
absl::StatusOr<Evaluation> Evaluate(const std::string& folder, const Translator& translator);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_CLI_EVALUATION_H_
