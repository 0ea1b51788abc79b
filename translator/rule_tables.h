// Reads data/concepts.tsv, data/guards/, data/numbers.tsv and data/protected.tsv for the book builder: patterns that prove themselves on
// their examples.
//
// Thread rule: a pure function of the folder.
#ifndef SIGNALBOOK_TRANSLATOR_RULE_TABLES_H_
#define SIGNALBOOK_TRANSLATOR_RULE_TABLES_H_

#include "absl/status/status.h"
#include "translator/book_tables.h"
#include "translator/table_reader.h"

namespace signalbook {

// Defects of rows and examples that a pattern gets wrong become findings.
absl::Status ReadRuleTables(TableReader& in, BookTables* out);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_RULE_TABLES_H_
