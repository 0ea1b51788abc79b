// Rows of the moderated tables as files that people edit elsewhere and bring back: CSV, JSON Lines, TBX,
// TMX, XLIFF. A round trip loses nothing: every field of a row that can be written comes back as it was.
//
// Each format is described at the top of its exchange_FORMAT.cc.
//
// What comes back is only read here: whether a row may be proposed is judged as if it had been typed in.
//
// Thread rule: pure functions.
#ifndef SIGNALBOOK_SERVICE_MODERATION_EXCHANGE_H_
#define SIGNALBOOK_SERVICE_MODERATION_EXCHANGE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "signalbook/v1/moderation.pb.h"

namespace signalbook {

struct ExchangeRow {
  v1::Table table = v1::TABLE_UNSPECIFIED;
  std::string scope;  // "es", "es@CN", "en>es"
  std::string key;
  v1::Row row;
  // For whoever reads the file; ignored when it comes back.
  std::string english;
  std::string sequence;  // the emoji itself
  std::string source;    // "curated"
  int line = 0;          // where it stood in a file that was read; from 1
};

// At most; more is INVALID_ARGUMENT (IMPORT_MALFORMED).
inline constexpr size_t kMaxImportBytes = size_t{4} << 20;
inline constexpr size_t kMaxImportRows = 10'000;

// The file. Rows must be of one table and scope; in their order.
std::string WriteExchange(v1::ExchangeFormat format, const std::vector<ExchangeRow>& rows);

struct ExchangeFile {
  std::vector<ExchangeRow> rows;
  std::vector<v1::ImportProblem> problems;  // of rows that cannot be read; the others are in `rows`
};
// INVALID_ARGUMENT when it is no such file at all or too large: what is wrong, at which line. Never
// resolves an external entity, never expands one.
absl::StatusOr<ExchangeFile> ReadExchange(v1::ExchangeFormat format, std::string_view content);

std::string_view ExchangeExtension(v1::ExchangeFormat format);  // "csv"
std::string_view ExchangeMediaType(v1::ExchangeFormat format);  // "text/csv; charset=utf-8"

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_MODERATION_EXCHANGE_H_
