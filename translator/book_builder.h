// Compiles data/ into a book (book.h). What `signalbook book build` runs.
#ifndef SIGNALBOOK_TRANSLATOR_BOOK_BUILDER_H_
#define SIGNALBOOK_TRANSLATOR_BOOK_BUILDER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace signalbook {

// One thing wrong with a table, where a person can find it.
struct Finding {
  std::string file;  // relative to the data folder
  int line = 0;      // from 1; 0: the file as a whole
  std::string rule;  // "unknown-key"
  std::string message;
  bool operator==(const Finding&) const = default;
};
std::string ToString(const Finding& finding);  // "cldr/names/es.tsv:12: unknown-key: …"

struct BookOptions {
  std::string name = "signalbook";
  std::string version;  // free text for people, "2026.11"
};

struct BuiltBook {
  std::string image;              // what Book::FromImage takes; empty when there are findings
  std::vector<Finding> findings;  // every error found, sorted; nothing is built if there is one
  std::vector<Finding> warnings;  // sorted; those that lint.tsv acknowledges are only counted
  int acknowledged = 0;
};

// Reads every table below `data_dir`. Same tables and options → same bytes, on any machine.
// NotFound when a required table is missing; all defects of rows come back as findings, not errors.
absl::StatusOr<BuiltBook> BuildBook(const std::string& data_dir, const BookOptions& options);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_BOOK_BUILDER_H_
