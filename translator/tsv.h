// Reads the tables of data/ (form: data/README.md).
//
// Thread rule: pure functions of their input.
#ifndef SIGNALBOOK_TRANSLATOR_TSV_H_
#define SIGNALBOOK_TRANSLATOR_TSV_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace signalbook {

struct Tsv {
  // A row that has not as many cells as its table has columns.
  struct Malformed {
    int line = 0;  // from 1
    size_t cells = 0;
  };

  std::vector<std::string> header;             // header lines without "# "
  std::vector<std::vector<std::string>> rows;  // cells of each row, header lines left out
  std::vector<int> lines;                      // where each row stands in the file, from 1
  std::vector<Malformed> malformed;            // left out of `rows`
};

// Every row of a table's text, in order. Never fails: malformed rows are set aside.
Tsv ParseTsv(std::string_view text, size_t columns);

// The values of a cell that holds several, separated by " | ". None for an empty cell.
std::vector<std::string_view> Values(std::string_view cell);

// The bytes of the file at `path`. NotFound when it cannot be opened, DataLoss when reading fails.
absl::StatusOr<std::string> ReadFile(const std::string& path);

// Every row of the file at `path`, in file order. NotFound when it cannot be opened;
// InvalidArgument "path:line: …" at the first row that has not exactly `columns` cells.
absl::StatusOr<Tsv> ReadTsv(const std::string& path, size_t columns);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_TSV_H_
