// Reads data/phrases/ for the book builder.
//
// Thread rule: a pure function of the folder.
#ifndef SIGNALBOOK_TRANSLATOR_PHRASE_TABLES_H_
#define SIGNALBOOK_TRANSLATOR_PHRASE_TABLES_H_

#include "absl/status/status.h"
#include "translator/book_tables.h"
#include "translator/table_reader.h"

namespace signalbook {

// FROM/TO.tsv and marks.tsv; defects of rows become findings. A folder without phrases is fine.
absl::Status ReadPhraseTables(TableReader& in, BookTables* out);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_PHRASE_TABLES_H_
