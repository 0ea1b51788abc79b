#include "service/moderation/store.h"

#include <google/protobuf/util/json_util.h>

#include <array>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "service/moderation/audit_log.h"
#include "service/status.h"
#include "service/strings.h"

namespace signalbook::store {
namespace {

// One step a version; never edited once released, only added to.
const std::vector<std::vector<std::string>>& Migrations() {
  static const auto* const kMigrations = new std::vector<std::vector<std::string>>{
      {
          R"sql(CREATE TABLE head (
                  id BIGINT PRIMARY KEY, revision BIGINT NOT NULL, proposal BIGINT NOT NULL,
                  event BIGINT NOT NULL, event_hash TEXT NOT NULL))sql",
          StrCat("INSERT INTO head VALUES (1, 0, 0, 0, '", kAuditStart, "')"),
          R"sql(CREATE TABLE moderated_rows (
                  tbl BIGINT NOT NULL, scope TEXT NOT NULL, row_key TEXT NOT NULL,
                  body TEXT NOT NULL, revision BIGINT NOT NULL, book_row TEXT NOT NULL,
                  emergency BIGINT NOT NULL,
                  PRIMARY KEY (tbl, scope, row_key)))sql",
          R"sql(CREATE TABLE proposals (
                  number BIGINT PRIMARY KEY, entry TEXT NOT NULL, state BIGINT NOT NULL,
                  author TEXT NOT NULL, emergency BIGINT NOT NULL, commented BIGINT NOT NULL,
                  body TEXT NOT NULL))sql",
          "CREATE INDEX proposals_by_entry ON proposals (entry, state)",
          "CREATE INDEX proposals_by_state ON proposals (state, number)",
          "CREATE TABLE revisions (number BIGINT PRIMARY KEY, body TEXT NOT NULL)",
          R"sql(CREATE TABLE row_changes (
                  revision BIGINT NOT NULL, place BIGINT NOT NULL, entry TEXT NOT NULL,
                  body TEXT NOT NULL,
                  PRIMARY KEY (revision, place)))sql",
          "CREATE INDEX row_changes_by_entry ON row_changes (entry, revision)",
          R"sql(CREATE TABLE audit_events (
                  number BIGINT PRIMARY KEY, actor TEXT NOT NULL, action TEXT NOT NULL,
                  resource TEXT NOT NULL, body TEXT NOT NULL))sql",
          R"sql(CREATE TABLE hits (
                  tbl TEXT NOT NULL, scope TEXT NOT NULL, row_key TEXT NOT NULL,
                  revision BIGINT NOT NULL, target TEXT NOT NULL, hour BIGINT NOT NULL,
                  amount BIGINT NOT NULL,
                  PRIMARY KEY (tbl, scope, row_key, revision, target, hour)))sql",
          R"sql(CREATE TABLE refusals (
                  reason BIGINT NOT NULL, rule TEXT NOT NULL, row_key TEXT NOT NULL,
                  source TEXT NOT NULL, target TEXT NOT NULL, model TEXT NOT NULL,
                  hour BIGINT NOT NULL, amount BIGINT NOT NULL,
                  PRIMARY KEY (reason, rule, row_key, source, target, model, hour)))sql",
          R"sql(CREATE TABLE refusal_samples (
                  reason BIGINT NOT NULL, rule TEXT NOT NULL, row_key TEXT NOT NULL,
                  source TEXT NOT NULL, target TEXT NOT NULL, model TEXT NOT NULL,
                  sample TEXT NOT NULL,
                  PRIMARY KEY (reason, rule, row_key, source, target, model, sample)))sql",
      },
  };
  return *kMigrations;
}

std::string ToJson(const google::protobuf::Message& message) {
  std::string json;
  google::protobuf::util::MessageToJsonString(message, &json);  // cannot fail for our messages
  return json;
}

template <typename T>
absl::StatusOr<T> FromJson(const SqlValue& value) {
  T message;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;  // an older server beside a newer one
  if (!google::protobuf::util::JsonStringToMessage(SqlText(value), &message, options).ok()) {
    return absl::InternalError(
        StrCat("the database holds a ", T::descriptor()->name(), " that cannot be read"));
  }
  return message;
}

// One message a row, from the column `body`.
template <typename T>
absl::StatusOr<std::vector<T>> Select(SqlTransaction& sql, std::string_view statement,
                                      const std::vector<SqlValue>& parameters) {
  const absl::StatusOr<std::vector<SqlRow>> rows = sql.Run(statement, parameters);
  if (!rows.ok()) return rows.status();
  std::vector<T> messages;
  for (const SqlRow& row : *rows) {
    absl::StatusOr<T> message = FromJson<T>(row[0]);
    if (!message.ok()) return message.status();
    messages.push_back(*std::move(message));
  }
  return messages;
}

template <typename T>
absl::StatusOr<std::optional<T>> SelectOne(SqlTransaction& sql, std::string_view statement,
                                           const std::vector<SqlValue>& parameters) {
  absl::StatusOr<std::vector<T>> found = Select<T>(sql, statement, parameters);
  if (!found.ok()) return found.status();
  if (found->empty()) return std::nullopt;
  return std::move(found->front());
}

absl::StatusOr<int64_t> Number(const absl::StatusOr<std::vector<SqlRow>>& rows) {
  if (!rows.ok()) return rows.status();
  return rows->empty() ? 0 : SqlInt(rows->front()[0]);
}

absl::StatusOr<std::vector<ModeratedRow>> ReadRows(
    const absl::StatusOr<std::vector<SqlRow>>& selected) {
  if (!selected.ok()) return selected.status();
  std::vector<ModeratedRow> rows;
  for (const SqlRow& columns : *selected) {
    absl::StatusOr<v1::Row> row = FromJson<v1::Row>(columns[3]);
    if (!row.ok()) return row.status();
    rows.push_back({.id = {static_cast<v1::Table>(SqlInt(columns[0])), SqlText(columns[1]),
                           SqlText(columns[2])},
                    .row = *std::move(row),
                    .revision = SqlInt(columns[4]),
                    .book_row = SqlText(columns[5]),
                    .emergency = SqlInt(columns[6]) != 0});
  }
  return rows;
}

constexpr std::string_view kRowColumns =
    "SELECT tbl, scope, row_key, body, revision, book_row, emergency FROM moderated_rows";

// Conditions of a WHERE and their parameters, in step.
class Where {
 public:
  template <typename T>
  void Equal(std::string_view column, const T& value) {
    parameters_.emplace_back(value);
    conditions_.push_back(StrCat(column, " = $", parameters_.size()));
  }
  template <typename T>
  void Add(std::string_view before, const T& value) {
    parameters_.emplace_back(value);
    conditions_.push_back(StrCat(before, " $", parameters_.size()));
  }
  void AddPlain(std::string condition) { conditions_.push_back(std::move(condition)); }
  std::string Text() const {
    return conditions_.empty() ? "" : StrCat(" WHERE ", absl::StrJoin(conditions_, " AND "));
  }
  const std::vector<SqlValue>& parameters() const { return parameters_; }

 private:
  std::vector<std::string> conditions_;
  std::vector<SqlValue> parameters_;
};

Where Of(const ProposalFilter& filter) {
  Where where;
  if (!filter.states.empty()) {
    where.AddPlain(StrCat("state IN (", absl::StrJoin(filter.states, ", "), ")"));
  }
  if (!filter.author.empty()) where.Equal("author", filter.author);
  if (!filter.entry.empty()) where.Equal("entry", filter.entry);
  if (filter.emergency) where.AddPlain("emergency = 1");
  if (filter.disputed) {
    where.AddPlain(
        StrCat("state = ", static_cast<int>(v1::PROPOSAL_STATE_OPEN),
               " AND (commented = 1 OR entry IN (SELECT entry FROM proposals WHERE state = ",
               static_cast<int>(v1::PROPOSAL_STATE_OPEN), " GROUP BY entry HAVING COUNT(*) > 1))"));
  }
  return where;
}

Where Of(const EventFilter& filter) {
  Where where;
  if (!filter.actor.empty()) where.Equal("actor", filter.actor);
  if (!filter.resource.empty()) where.Equal("resource", filter.resource);
  if (!filter.action.empty()) where.Equal("action", filter.action);
  return where;
}

bool HasCommentOfOthers(const v1::Proposal& proposal) {
  for (const v1::Comment& comment : proposal.comments()) {
    if (comment.author() != proposal.author()) return true;
  }
  return false;
}

}  // namespace

absl::Status Migrate(Database& database) {
  return database.Write([](SqlTransaction& sql) -> absl::Status {
    absl::StatusOr<std::vector<SqlRow>> made = sql.Run(
        "CREATE TABLE IF NOT EXISTS schema_version (id BIGINT PRIMARY KEY, version BIGINT)");
    if (!made.ok()) return made.status();
    const absl::StatusOr<int64_t> version =
        Number(sql.Run("SELECT version FROM schema_version WHERE id = 1"));
    if (!version.ok()) return version.status();
    const auto newest = static_cast<int64_t>(Migrations().size());
    if (*version > newest) {
      return absl::FailedPreconditionError(StrCat("the database has schema ", *version,
                                                  ", this program knows up to ", newest,
                                                  "; start a newer signalbook"));
    }
    for (int64_t step = *version; step < newest; ++step) {
      for (const std::string& statement : Migrations()[step]) {
        if (made = sql.Run(statement); !made.ok()) return made.status();
      }
    }
    return sql
        .Run(
            "INSERT INTO schema_version (id, version) VALUES (1, $1) "
            "ON CONFLICT (id) DO UPDATE SET version = excluded.version",
            {newest})
        .status();
  });
}

absl::StatusOr<Head> GetHead(SqlTransaction& sql) {
  const absl::StatusOr<std::vector<SqlRow>> rows =
      sql.Run("SELECT revision, proposal, event, event_hash FROM head WHERE id = 1");
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return absl::InternalError("the database has no head row");
  const SqlRow& row = rows->front();
  return Head{SqlInt(row[0]), SqlInt(row[1]), SqlInt(row[2]), SqlText(row[3])};
}

absl::Status PutHead(SqlTransaction& sql, const Head& head) {
  return sql
      .Run("UPDATE head SET revision = $1, proposal = $2, event = $3, event_hash = $4 WHERE id = 1",
           {head.revision, head.proposal, head.event, head.event_hash})
      .status();
}

absl::StatusOr<std::optional<ModeratedRow>> GetRow(SqlTransaction& sql, const EntryId& id) {
  absl::StatusOr<std::vector<ModeratedRow>> rows =
      ReadRows(sql.Run(StrCat(kRowColumns, " WHERE tbl = $1 AND scope = $2 AND row_key = $3"),
                       {int64_t{id.table}, id.scope, id.key}));
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return std::nullopt;
  return std::move(rows->front());
}

absl::StatusOr<std::vector<ModeratedRow>> ListRows(SqlTransaction& sql) {
  return ReadRows(sql.Run(StrCat(kRowColumns, " ORDER BY tbl, scope, row_key")));
}

absl::StatusOr<std::vector<ModeratedRow>> ListRows(SqlTransaction& sql, v1::Table table,
                                                   std::string_view scope) {
  return ReadRows(sql.Run(StrCat(kRowColumns, " WHERE tbl = $1 AND scope = $2 ORDER BY row_key"),
                          {int64_t{table}, std::string(scope)}));
}

absl::Status PutRow(SqlTransaction& sql, const ModeratedRow& row) {
  return sql
      .Run(
          "INSERT INTO moderated_rows (tbl, scope, row_key, body, revision, book_row, emergency) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tbl, scope, row_key) DO UPDATE SET "
          "body = excluded.body, revision = excluded.revision, book_row = excluded.book_row, "
          "emergency = excluded.emergency",
          {int64_t{row.id.table}, row.id.scope, row.id.key, ToJson(row.row), row.revision,
           row.book_row, int64_t{row.emergency}})
      .status();
}

absl::Status DeleteRow(SqlTransaction& sql, const EntryId& id) {
  return sql
      .Run("DELETE FROM moderated_rows WHERE tbl = $1 AND scope = $2 AND row_key = $3",
           {int64_t{id.table}, id.scope, id.key})
      .status();
}

std::optional<int64_t> ProposalNumber(std::string_view name) {
  constexpr std::string_view kCollection = "proposals/";
  if (name.starts_with(kCollection)) name.remove_prefix(kCollection.size());
  int64_t number = 0;
  if (!absl::SimpleAtoi(AsAbsl(name), &number) || number <= 0) return std::nullopt;
  return number;
}

std::string ProposalName(int64_t number) { return StrCat("proposals/", number); }

absl::StatusOr<std::optional<v1::Proposal>> GetProposal(SqlTransaction& sql, int64_t number) {
  return SelectOne<v1::Proposal>(sql, "SELECT body FROM proposals WHERE number = $1", {number});
}

absl::Status PutProposal(SqlTransaction& sql, const v1::Proposal& proposal) {
  return sql
      .Run(
          "INSERT INTO proposals (number, entry, state, author, emergency, commented, body) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (number) DO UPDATE SET "
          "state = excluded.state, commented = excluded.commented, body = excluded.body",
          {ProposalNumber(proposal.name()).value_or(0), proposal.entry(), int64_t{proposal.state()},
           proposal.author(), int64_t{proposal.emergency()}, int64_t{HasCommentOfOthers(proposal)},
           ToJson(proposal)})
      .status();
}

absl::StatusOr<std::vector<v1::Proposal>> ListProposals(SqlTransaction& sql,
                                                        const ProposalFilter& filter, Page page) {
  Where where = Of(filter);
  if (page.before > 0) where.Add("number <", page.before);
  return Select<v1::Proposal>(sql,
                              StrCat("SELECT body FROM proposals", where.Text(),
                                     " ORDER BY number DESC LIMIT ", page.limit),
                              where.parameters());
}

absl::StatusOr<int64_t> CountProposals(SqlTransaction& sql, const ProposalFilter& filter) {
  const Where where = Of(filter);
  return Number(
      sql.Run(StrCat("SELECT COUNT(*) FROM proposals", where.Text()), where.parameters()));
}

absl::StatusOr<std::map<std::string, std::vector<std::string>>> OpenProposals(SqlTransaction& sql) {
  const absl::StatusOr<std::vector<SqlRow>> rows =
      sql.Run("SELECT entry, number FROM proposals WHERE state = $1 ORDER BY number",
              {int64_t{v1::PROPOSAL_STATE_OPEN}});
  if (!rows.ok()) return rows.status();
  std::map<std::string, std::vector<std::string>> open;
  for (const SqlRow& row : *rows) open[SqlText(row[0])].push_back(ProposalName(SqlInt(row[1])));
  return open;
}

absl::Status PutRevision(SqlTransaction& sql, const v1::Revision& revision) {
  const absl::StatusOr<std::vector<SqlRow>> put =
      sql.Run("INSERT INTO revisions (number, body) VALUES ($1, $2)",
              {revision.number(), ToJson(revision)});
  if (!put.ok()) return put.status();
  for (int i = 0; i < revision.changes_size(); ++i) {
    const v1::RowChange& change = revision.changes(i);
    const absl::StatusOr<std::vector<SqlRow>> added =
        sql.Run("INSERT INTO row_changes (revision, place, entry, body) VALUES ($1, $2, $3, $4)",
                {revision.number(), int64_t{i}, change.entry(), ToJson(change)});
    if (!added.ok()) return added.status();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<v1::Revision>> GetRevision(SqlTransaction& sql, int64_t number) {
  return SelectOne<v1::Revision>(sql, "SELECT body FROM revisions WHERE number = $1", {number});
}

absl::StatusOr<std::vector<v1::Revision>> ListRevisions(SqlTransaction& sql, Page page) {
  Where where;
  if (page.before > 0) where.Add("number <", page.before);
  return Select<v1::Revision>(sql,
                              StrCat("SELECT body FROM revisions", where.Text(),
                                     " ORDER BY number DESC LIMIT ", page.limit),
                              where.parameters());
}

absl::StatusOr<std::vector<v1::RowChange>> History(SqlTransaction& sql, const std::string& entry,
                                                   int limit) {
  return Select<v1::RowChange>(
      sql,
      StrCat("SELECT body FROM row_changes WHERE entry = $1 ORDER BY revision DESC LIMIT ", limit),
      {entry});
}

absl::StatusOr<std::vector<v1::RowChange>> Changes(SqlTransaction& sql, int64_t after, int64_t to) {
  return Select<v1::RowChange>(
      sql,
      "SELECT body FROM row_changes WHERE revision > $1 AND revision <= $2 "
      "ORDER BY revision, place",
      {after, to});
}

absl::Status AppendEvent(SqlTransaction& sql, v1::AuditEvent event, Head* head) {
  ChainAuditEvent(head->event, head->event_hash, &event);
  head->event = event.number();
  head->event_hash = event.hash();
  return sql
      .Run(
          "INSERT INTO audit_events (number, actor, action, resource, body) "
          "VALUES ($1, $2, $3, $4, $5)",
          {event.number(), event.actor(), event.action(), event.resource(), ToJson(event)})
      .status();
}

absl::StatusOr<std::vector<v1::AuditEvent>> ListEvents(SqlTransaction& sql,
                                                       const EventFilter& filter, Page page) {
  Where where = Of(filter);
  if (page.before > 0) where.Add(filter.ascending ? "number >" : "number <", page.before);
  return Select<v1::AuditEvent>(
      sql,
      StrCat("SELECT body FROM audit_events", where.Text(), " ORDER BY number ",
             filter.ascending ? "ASC" : "DESC", " LIMIT ", page.limit),
      where.parameters());
}

absl::StatusOr<int64_t> CountEvents(SqlTransaction& sql, const EventFilter& filter) {
  const Where where = Of(filter);
  return Number(
      sql.Run(StrCat("SELECT COUNT(*) FROM audit_events", where.Text()), where.parameters()));
}

}  // namespace signalbook::store
