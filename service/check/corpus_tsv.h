// The lines of a TSV corpus; corpus.h tells its columns.
//
// Thread rule: immutable.
#ifndef SIGNALBOOK_SERVICE_CHECK_CORPUS_TSV_H_
#define SIGNALBOOK_SERVICE_CHECK_CORPUS_TSV_H_

#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "service/check/corpus_line.h"

namespace signalbook::check {

// "# …", "#", and lines that are empty.
bool IsTsvComment(std::string_view line);

class TsvColumns {
 public:
  // `line` names the columns. InvalidArgument as in corpus_line.h: not UTF-8; a column that is unknown or stands
  // there twice; none for the source.
  static absl::StatusOr<TsvColumns> Create(std::string_view line);

  // InvalidArgument: not UTF-8; more or fewer cells than columns; a bad escape or value; no source.
  absl::StatusOr<CorpusLine> ParseLine(std::string_view line) const;

 private:
  explicit TsvColumns(std::vector<const Field*> columns) : columns_(std::move(columns)) {}

  std::vector<const Field*> columns_;
};

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_CORPUS_TSV_H_
