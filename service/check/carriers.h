// Carriers: the sentences around the sequences that are tested, and what is known to have been said
// of them.
//
// In December 2019 a flag alone would have shown nothing: what failed was the flag inside a
// sentence.
//
// Thread rule: pure functions.
#ifndef SIGNALBOOK_SERVICE_CHECK_CARRIERS_H_
#define SIGNALBOOK_SERVICE_CHECK_CARRIERS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace signalbook::check {

// A sentence around a sequence, in a language; each "{}" is where the sequence goes.
struct Carrier {
  std::string name;      // for ids: "incident", "zh-2", "en-start"
  std::string language;  // BCP 47
  std::string text;      // "他在{}等你。"
};

// The carriers of a name, or else those of a file:
//   incident  the Chinese one of December 2019 and others like it
//   chat      short chat messages in 24 languages, the sequence at the start, inside and at the end,
//             in some of them twice
//   a file    TSV with the columns name, language, text; in texts the escapes of corpora
//             (escape.h). Lines that are empty or begin with "# " are no rows. Names are unique.
//
//   NotFound         neither a name nor a file
//   InvalidArgument  "path:line: …", or a file without carriers
absl::StatusOr<std::vector<Carrier>> LoadCarriers(const std::string& name_or_path);

// What the applications of December 2019 answered, documented: "He's in prison", "He was killed", …
const std::vector<std::string>& IncidentSayings();

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_CARRIERS_H_
