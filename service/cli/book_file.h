// A book for the sub-commands that compare and count: a file, or a folder of tables that is compiled
// on the spot.
#ifndef SIGNALBOOK_SERVICE_CLI_BOOK_FILE_H_
#define SIGNALBOOK_SERVICE_CLI_BOOK_FILE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "translator/book.h"

namespace CLI {
class App;
}  // namespace CLI

namespace signalbook {

// `path`: a book or a data folder; empty: the default book. FailedPrecondition with the number of
// findings when a folder does not compile.
absl::StatusOr<std::shared_ptr<const Book>> OpenBook(const std::string& path);

// The sub-commands of `signalbook book` in files of their own.
void AddBookLint(CLI::App* book, int* exit_code);
void AddBookDiff(CLI::App* book, int* exit_code);
void AddBookStats(CLI::App* book, int* exit_code);
void AddBookExport(CLI::App* book, int* exit_code);
void AddBookImport(CLI::App* book, int* exit_code);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_CLI_BOOK_FILE_H_
