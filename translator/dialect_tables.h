// Reads data/dialects/ for the book builder.
//
// Thread rule: a pure function of the folder.
#ifndef SIGNALBOOK_TRANSLATOR_DIALECT_TABLES_H_
#define SIGNALBOOK_TRANSLATOR_DIALECT_TABLES_H_

#include "absl/status/status.h"
#include "translator/book_tables.h"
#include "translator/table_reader.h"

namespace signalbook {

// One table a dialect; defects of rows become findings. A folder without dialects is fine.
absl::Status ReadDialectTables(TableReader& in, BookTables* out);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_DIALECT_TABLES_H_
