// The moderated tables as they stand in data/ (data/README.md), and their rows as ModerationService calls them:
//
//   entries/names:es:1F44D            curated/es.tsv      key, rendering, alternates, sensitivity, note
//   entries/names:zh@CN:1F1F9-1F1FC   markets/CN.tsv      locale, key, rendering, alternates, reason, source
//   entries/phrases:en>es:asap        phrases/en/es.tsv   phrase, translation, note
//   entries/phrases:root>es:?         phrases/marks.tsv   locale, mark, text
//   entries/guards:es:arrest:1f2e3d4c guards/es.tsv       concept, pattern, matches, does_not_match
//   entries/terms:es:foo              guards/es.tsv       a row of the concept "blocked" that finds "foo"
//
// Thread rule: pure functions of a folder that nobody else writes to meanwhile.
#ifndef SIGNALBOOK_SERVICE_CLI_MODERATION_DATA_TABLES_H_
#define SIGNALBOOK_SERVICE_CLI_MODERATION_DATA_TABLES_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "service/moderation/entry_id.h"
#include "service/moderation/exchange.h"
#include "signalbook/v1/moderation.pb.h"
#include "translator/book_builder.h"

namespace signalbook {

// The concept of blocked terms, and the pattern that finds one.
inline constexpr std::string_view kBlockedConcept = "blocked";
std::string TermPattern(std::string_view term);

struct DataRow {
  EntryId id;
  v1::Row row;       // its note is the note or the reason; a blocked name has no alternates
  std::string file;  // "curated/es.tsv"
  int line = 0;      // from 1; 0: the row should not be there
};

struct DataRows {
  std::vector<DataRow> rows;
  std::vector<Finding> malformed;  // rows that are left out
};
// Every row of curated/, markets/, phrases/ and guards/, table by table. NotFound when there is no such table at
// all.
absl::StatusOr<DataRows> ReadDataRows(const std::string& data_dir);

struct DataDifference {
  std::vector<DataRow> rows;  // to be proposed
  int unchanged = 0;
};
// Those of `wanted` that say something else than what is `served`; notes and examples say nothing. `served` is
// all that counts in their scopes; of guards and terms, which share a table, both.
// With `removals` also the removal of each phrase, guard and term that is served and not wanted; `file` is then
// the table that it was looked for in.
DataDifference CompareWithServed(const std::vector<DataRow>& wanted,
                                 const std::vector<ExchangeRow>& served, bool removals);

struct DataTable {
  std::string file;     // "curated/es.tsv"
  std::string content;  // all of it
  int added = 0;
  int changed = 0;
  int removed = 0;
};
struct DataMerge {
  std::vector<DataTable> tables;  // those that change, by name
  // "\"entries/names:es:1F44D\": …": moderated rows that a table cannot hold. There are no tables then.
  std::vector<std::string> refused;
};
// The tables of `data_dir` with moderated rows in the place of their own: what `after` of each change says, which
// must be net, from the book alone (DiffRevisions). A change without it leaves its row alone, and so does one that
// says what the row says already and has no note. Header lines and all other rows stay as they are, byte for
// byte. A pattern that is replaced counts as one row removed and one added.
//   NotFound          there is no such folder
//   InvalidArgument   a table that must be changed has a row that is none: FILE:LINE
absl::StatusOr<DataMerge> MergeIntoData(const std::string& data_dir,
                                        const std::vector<v1::RowChange>& changes);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_CLI_MODERATION_DATA_TABLES_H_
