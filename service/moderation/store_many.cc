// The part of store.h that asks for many entries in one statement.
#include "service/moderation/store.h"
#include "service/strings.h"

namespace signalbook::store {
namespace {

// "(tbl, scope, row_key) IN (VALUES ($2, $3, $4), …)"; what stands there is added to `parameters`.
std::string Among(const std::vector<EntryId>& ids, SqlValue (*table)(v1::Table),
                  std::vector<SqlValue>* parameters) {
  std::string places;
  for (const EntryId& id : ids) {
    const size_t before = parameters->size();
    absl::StrAppend(&places, places.empty() ? "($" : ", ($", before + 1, ", $", before + 2, ", $",
                    before + 3, ")");
    parameters->insert(parameters->end(), {table(id.table), id.scope, id.key});
  }
  return StrCat("(tbl, scope, row_key) IN (VALUES ", places, ")");
}

}  // namespace

absl::StatusOr<std::map<EntryId, int64_t>> RowRevisions(SqlTransaction& sql,
                                                        const std::vector<EntryId>& ids) {
  std::map<EntryId, int64_t> revisions;
  if (ids.empty()) return revisions;
  std::vector<SqlValue> parameters;
  const std::string among = Among(
      ids, [](v1::Table table) { return SqlValue(int64_t{table}); }, &parameters);
  const absl::StatusOr<std::vector<SqlRow>> rows = sql.Run(
      StrCat("SELECT tbl, scope, row_key, revision FROM moderated_rows WHERE ", among), parameters);
  if (!rows.ok()) return rows.status();
  for (const SqlRow& row : *rows) {
    revisions[{static_cast<v1::Table>(SqlInt(row[0])), SqlText(row[1]), SqlText(row[2])}] =
        SqlInt(row[3]);
  }
  return revisions;
}

absl::StatusOr<std::map<EntryId, int64_t>> Hits(SqlTransaction& sql,
                                                const std::vector<EntryId>& ids,
                                                int64_t from_hour) {
  std::map<EntryId, int64_t> hits;
  if (ids.empty()) return hits;
  std::vector<SqlValue> parameters = {from_hour};
  const std::string among = Among(
      ids, [](v1::Table table) { return SqlValue(std::string(TableName(table))); }, &parameters);
  const absl::StatusOr<std::vector<SqlRow>> rows =
      sql.Run(StrCat("SELECT tbl, scope, row_key, CAST(SUM(amount) AS BIGINT) FROM hits "
                     "WHERE hour >= $1 AND ",
                     among, " GROUP BY tbl, scope, row_key"),
              parameters);
  if (!rows.ok()) return rows.status();
  for (const SqlRow& row : *rows) {
    const absl::StatusOr<EntryId> id =
        ParseEntryName(StrCat(SqlText(row[0]), ":", SqlText(row[1]), ":", SqlText(row[2])));
    if (!id.ok()) return id.status();
    hits[*id] = SqlInt(row[3]);
  }
  return hits;
}

}  // namespace signalbook::store
