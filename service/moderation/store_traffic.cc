// The half of store.h that counts.
#include <google/protobuf/timestamp.pb.h>

#include <utility>

#include "absl/strings/str_join.h"
#include "service/moderation/store.h"
#include "service/strings.h"

namespace signalbook::store {
namespace {

constexpr int64_t kSecondsPerHour = 3600;
constexpr std::string_view kSameRefusal =
    "reason = $1 AND rule = $2 AND row_key = $3 AND source = $4 AND target = $5 AND model = $6";

std::vector<SqlValue> Columns(const RefusalKey& key) {
  return {
      int64_t{static_cast<int>(key.reason)}, key.rule, key.key, key.source, key.target, key.model};
}

// Adds to the amounts of a table's rows, many with one statement: each is a way to the database and back, while the
// writers of all servers wait.
class AmountAdder {
 public:
  // `key` names the columns that tell rows apart, separated by ", ".
  AmountAdder(SqlTransaction& sql, std::string_view table, std::string_view key)
      : sql_(sql),
        head_(StrCat("INSERT INTO ", table, " (", key, ", amount) VALUES ")),
        tail_(StrCat(" ON CONFLICT (", key, ") DO UPDATE SET amount = ", table,
                     ".amount + excluded.amount")) {}

  // A row's key, and what is added to its amount. Each row once.
  absl::Status Add(const std::vector<SqlValue>& row) {
    std::vector<std::string> numbers;
    for (const SqlValue& value : row) {
      values_.push_back(value);
      numbers.push_back(StrCat("$", values_.size()));
    }
    rows_.push_back(StrCat("(", absl::StrJoin(numbers, ", "), ")"));
    return rows_.size() < kRowsAtOnce ? absl::OkStatus() : Finish();
  }

  // Adds what is still to be added.
  absl::Status Finish() {
    if (rows_.empty()) return absl::OkStatus();
    absl::Status status =
        sql_.Run(StrCat(head_, absl::StrJoin(rows_, ", "), tail_), values_).status();
    rows_.clear();
    values_.clear();
    return status;
  }

 private:
  // Of at most 8 columns, where a database takes 32,766 parameters. More make statements that take longer to plan.
  static constexpr size_t kRowsAtOnce = 100;

  SqlTransaction& sql_;
  const std::string head_;
  const std::string tail_;
  std::vector<std::string> rows_;
  std::vector<SqlValue> values_;
};

absl::Status AddSamples(SqlTransaction& sql, const RefusalKey& key,
                        const std::vector<std::string>& samples) {
  std::vector<SqlValue> columns = Columns(key);
  const absl::StatusOr<std::vector<SqlRow>> kept =
      sql.Run(StrCat("SELECT COUNT(*) FROM refusal_samples WHERE ", kSameRefusal), columns);
  if (!kept.ok()) return kept.status();
  auto room = static_cast<int64_t>(Traffic::kMaxSamples) - SqlInt(kept->front()[0]);
  for (const std::string& sample : samples) {
    if (room-- <= 0) break;
    std::vector<SqlValue> row = columns;
    row.emplace_back(sample);
    const absl::StatusOr<std::vector<SqlRow>> added = sql.Run(
        "INSERT INTO refusal_samples (reason, rule, row_key, source, target, model, sample) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        row);
    if (!added.ok()) return added.status();
  }
  return absl::OkStatus();
}

void SetHour(const SqlValue& hour, google::protobuf::Timestamp* time) {
  time->set_seconds(SqlInt(hour) * kSecondsPerHour);
}

void Restrict(const RefusalFilter& filter, std::string* statement,
              std::vector<SqlValue>* parameters) {
  // 0 and "" stand for all, so that the statement is always the same.
  *statement += " WHERE ($1 = 0 OR reason = $1) AND ($2 = '' OR target = $2)";
  *parameters = {int64_t{filter.reason}, filter.target};
}

}  // namespace

absl::Status AddTraffic(SqlTransaction& sql, const TrafficCounts& counts) {
  AmountAdder hits(sql, "hits", "tbl, scope, row_key, revision, target, hour");
  for (const auto& [key, amount] : counts.hits) {
    const absl::StatusOr<EntryId> id = ParseEntryName(key.entry);
    if (!id.ok()) return id.status();
    if (absl::Status status = hits.Add({std::string(TableName(id->table)), id->scope, id->key,
                                        key.revision, key.target, key.hour, amount});
        !status.ok()) {
      return status;
    }
  }
  if (absl::Status status = hits.Finish(); !status.ok()) return status;
  AmountAdder refusals(sql, "refusals", "reason, rule, row_key, source, target, model, hour");
  for (const auto& [key, amount] : counts.refusals) {
    std::vector<SqlValue> row = Columns(key);
    row.emplace_back(key.hour);
    row.emplace_back(amount);
    if (absl::Status status = refusals.Add(row); !status.ok()) return status;
  }
  if (absl::Status status = refusals.Finish(); !status.ok()) return status;
  for (const auto& [key, samples] : counts.samples) {
    if (absl::Status status = AddSamples(sql, key, samples); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::ImpactCount>> Impact(SqlTransaction& sql, const EntryId& id) {
  const absl::StatusOr<std::vector<SqlRow>> rows = sql.Run(
      "SELECT revision, target, CAST(SUM(amount) AS BIGINT), MIN(hour), MAX(hour) FROM hits "
      "WHERE tbl = $1 AND scope = $2 AND row_key = $3 GROUP BY revision, target "
      "ORDER BY revision, target",
      {std::string(TableName(id.table)), id.scope, id.key});
  if (!rows.ok()) return rows.status();
  std::vector<v1::ImpactCount> counts;
  for (const SqlRow& row : *rows) {
    v1::ImpactCount& count = counts.emplace_back();
    count.set_revision(SqlInt(row[0]));
    count.set_target_language_code(SqlText(row[1]));
    count.set_count(SqlInt(row[2]));
    SetHour(row[3], count.mutable_first_time());
    SetHour(row[4], count.mutable_last_time());
  }
  return counts;
}

absl::StatusOr<std::vector<v1::RefusalCount>> ListRefusals(SqlTransaction& sql,
                                                           const RefusalFilter& filter, int offset,
                                                           int limit) {
  std::string statement =
      "SELECT reason, rule, row_key, source, target, model, CAST(SUM(amount) AS BIGINT) AS total, "
      "MIN(hour), MAX(hour) FROM refusals";
  std::vector<SqlValue> parameters;
  Restrict(filter, &statement, &parameters);
  statement += StrCat(
      " GROUP BY reason, rule, row_key, source, target, model "
      "ORDER BY total DESC, reason, rule, row_key, source, target, model LIMIT ",
      limit, " OFFSET ", offset);
  const absl::StatusOr<std::vector<SqlRow>> rows = sql.Run(statement, parameters);
  if (!rows.ok()) return rows.status();
  std::vector<v1::RefusalCount> refusals;
  for (const SqlRow& row : *rows) {
    v1::RefusalCount& refusal = refusals.emplace_back();
    refusal.set_reason(static_cast<v1::Reason>(SqlInt(row[0])));
    refusal.set_rule(SqlText(row[1]));
    refusal.set_key(SqlText(row[2]));
    refusal.set_source_language_code(SqlText(row[3]));
    refusal.set_target_language_code(SqlText(row[4]));
    refusal.set_model(SqlText(row[5]));
    refusal.set_count(SqlInt(row[6]));
    SetHour(row[7], refusal.mutable_first_time());
    SetHour(row[8], refusal.mutable_last_time());
    const absl::StatusOr<std::vector<SqlRow>> samples = sql.Run(
        StrCat("SELECT sample FROM refusal_samples WHERE ", kSameRefusal, " ORDER BY sample"),
        {row.begin(), row.begin() + 6});
    if (!samples.ok()) return samples.status();
    for (const SqlRow& sample : *samples) refusal.add_samples(SqlText(sample[0]));
  }
  return refusals;
}

absl::StatusOr<int64_t> CountRefusals(SqlTransaction& sql, const RefusalFilter& filter) {
  std::string statement =
      "SELECT COUNT(*) FROM (SELECT DISTINCT reason, rule, row_key, source, target, model "
      "FROM refusals";
  std::vector<SqlValue> parameters;
  Restrict(filter, &statement, &parameters);
  const absl::StatusOr<std::vector<SqlRow>> rows = sql.Run(statement + ") AS kinds", parameters);
  if (!rows.ok()) return rows.status();
  return SqlInt(rows->front()[0]);
}

}  // namespace signalbook::store
