// One line of a JSON Lines corpus; corpus.h tells its members.
//
// Thread rule: a pure function.
#ifndef SIGNALBOOK_SERVICE_CHECK_CORPUS_JSON_H_
#define SIGNALBOOK_SERVICE_CHECK_CORPUS_JSON_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "service/check/corpus_line.h"

namespace signalbook::check {

// InvalidArgument as in corpus_line.h: not UTF-8; not JSON ("not JSON: column 17: …"), which a member that stands
// there twice is too; not an object; a member that is unknown or of another type; no source.
absl::StatusOr<CorpusLine> ParseJsonLine(std::string_view line);

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_CORPUS_JSON_H_
