// Reads and writes data/lexicons/FROM/TO.tsv.
//
// A row is a link between units of two languages (its value: the ratio), a unit (how often it was
// seen), a weight of the evidence, or the threshold; lexicon.h says what they mean.
//
// Thread rule: pure functions.
#ifndef SIGNALBOOK_TRANSLATOR_LEXICON_TABLES_H_
#define SIGNALBOOK_TRANSLATOR_LEXICON_TABLES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "translator/book_tables.h"
#include "translator/lexicon.h"
#include "translator/table_reader.h"

namespace signalbook {

// Defects of rows become findings. A folder without lexicons is fine.
absl::Status ReadLexiconTables(TableReader& in, BookTables* out);

// The text of a table. `header`: lines without "# ".
std::string LexiconToTsv(const LexiconTable& table, const std::vector<std::string>& header);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_LEXICON_TABLES_H_
