#include "service/moderation/postgres_database.h"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "service/moderation/pooled_database.h"
#include "service/strings.h"

namespace signalbook {
namespace {

// Parsed before the connection string, which may say otherwise. A peer that is gone without a word is
// given up after a minute.
constexpr std::pair<const char*, const char*> kDefaults[] = {
    {"connect_timeout", "5"},
    {"keepalives", "1"},
    {"keepalives_idle", "30"},
    {"keepalives_interval", "10"},
    {"keepalives_count", "3"},
    {"tcp_user_timeout", "60000"},
    {"fallback_application_name", "signalbook"},
};

// The time limits are the server's: the second frees the lock of a writer that hangs or was cut off.
// Where commits are set up not to wait for the disk, ours do.
constexpr char kSetUp[] =
    "SET statement_timeout = '30s';"
    "SET idle_in_transaction_session_timeout = '30s';"
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') = 'off'";
// The server's limit, and some more for the way: for a server that is frozen, or cut off.
constexpr absl::Duration kPatience = absl::Seconds(35);

// READ COMMITTED: a stricter level would see what was committed before it waited for the lock. The number
// is "signalbk".
constexpr char kBeginWrite[] =
    "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(8316291910694888043)";
constexpr char kBeginRead[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
constexpr char kCommit[] = "NOTIFY signalbook; COMMIT";

constexpr absl::Duration kFirstBackoff = absl::Milliseconds(100);
constexpr absl::Duration kLongestBackoff = absl::Seconds(5);
constexpr size_t kShownSql = 80;  // bytes of a statement in an error

// Types by their number in the server's catalogue, where these never change.
constexpr Oid kBool = 16;
constexpr Oid kInt8 = 20;
constexpr Oid kInt2 = 21;
constexpr Oid kInt4 = 23;
constexpr Oid kNumeric = 1700;

struct CloseConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, ClearResult>;

bool Failed(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK;
}

SqlValue ReadValue(const PGresult* result, int row, int column) {
  if (PQgetisnull(result, row, column) != 0) return std::monostate();
  const std::string_view text(PQgetvalue(result, row, column), PQgetlength(result, row, column));
  int64_t number = 0;
  switch (PQftype(result, column)) {
    case kBool:
      return int64_t{text == "t"};
    case kInt2:
    case kInt4:
    case kInt8:
    case kNumeric:  // what the sum of a BIGINT is here
      if (absl::SimpleAtoi(AsAbsl(text), &number)) return number;
      break;
    default:
      break;
  }
  return std::string(text);
}

// Polls until `deadline` for one of `fds`. False when it has passed.
template <size_t kCount>
bool Poll(pollfd (&fds)[kCount], absl::Time deadline) {
  for (;;) {
    // Not longer than a minute: an int of milliseconds holds no infinite future.
    const absl::Duration left =
        std::clamp(deadline - absl::Now(), absl::ZeroDuration(), absl::Minutes(1));
    const auto milliseconds = absl::ToInt64Milliseconds(absl::Ceil(left, absl::Milliseconds(1)));
    const int ready = poll(fds, kCount, static_cast<int>(milliseconds));
    if (ready > 0) return true;
    if (ready == 0 && absl::Now() >= deadline) return false;
  }
}

class PostgresConnection final : public DatabaseConnection {
 public:
  static absl::StatusOr<std::unique_ptr<PostgresConnection>> Open(const std::string& url);

  absl::Status Begin(Mode mode) override {
    mode_ = mode;
    return Execute(mode == Mode::kWrite ? kBeginWrite : kBeginRead);
  }

  absl::StatusOr<std::vector<SqlRow>> Run(std::string_view sql,
                                          const std::vector<SqlValue>& parameters) override;

  absl::Status Commit() override { return Execute(kCommit); }

  void Rollback() override {
    if (!usable() || PQtransactionStatus(connection()) == PQTRANS_IDLE) return;
    if (!Execute("ROLLBACK").ok() || PQtransactionStatus(connection()) != PQTRANS_IDLE) {
      usable_ = false;
    }
  }

  bool usable() const override { return usable_ && PQstatus(connection()) == CONNECTION_OK; }

  absl::Status Execute(const char* sql) {
    auto result = PQsendQuery(connection(), sql) == 1 ? Finish(sql) : Lost();
    return result.status();
  }

  // True when a notification has come in since it was last asked.
  bool Notified();
  int socket() const { return PQsocket(connection()); }

 private:
  explicit PostgresConnection(PGconn* connection) : connection_(connection) {}

  PGconn* connection() const { return connection_.get(); }
  // Waits for the results of what was sent: the last one, or the first error.
  absl::StatusOr<Result> Finish(std::string_view sql);
  absl::Status Error(const PGresult* result, std::string_view sql);
  absl::Status Lost();

  const std::unique_ptr<PGconn, CloseConnection> connection_;
  Mode mode_ = Mode::kRead;
  bool usable_ = true;
};

absl::StatusOr<std::unique_ptr<PostgresConnection>> PostgresConnection::Open(
    const std::string& url) {
  std::vector<const char*> keywords, values;
  const auto add = [&](const char* keyword, const char* value) {
    keywords.push_back(keyword);
    values.push_back(value);
  };
  for (const auto& [keyword, value] : kDefaults) add(keyword, value);
  add("dbname", url.c_str());
  add("client_encoding", "UTF8");
  add(nullptr, nullptr);
  std::unique_ptr<PostgresConnection> connection(new PostgresConnection(
      PQconnectdbParams(keywords.data(), values.data(), /*expand_dbname=*/1)));
  PGconn* const raw = connection->connection();
  if (PQstatus(raw) != CONNECTION_OK) {
    // Says which server and why; one line for each that was tried.
    const std::string why = absl::StrReplaceAll(
        absl::StripTrailingAsciiWhitespace(PQerrorMessage(raw)), {{"\n", "; "}, {"\t", ""}});
    return absl::UnavailableError(StrCat("the database cannot be reached: ", why));
  }
  // The default prints them to stderr.
  PQsetNoticeProcessor(
      raw, [](void*, const char*) {}, nullptr);
  const char* const encoding = PQparameterStatus(raw, "server_encoding");
  if (encoding == nullptr || std::strcmp(encoding, "UTF8") != 0) {
    return absl::UnavailableError(StrCat("the database ", PQdb(raw), " has the encoding ",
                                         encoding == nullptr ? "of nobody knows what" : encoding,
                                         "; create it with ENCODING 'UTF8' TEMPLATE template0"));
  }
  if (auto status = connection->Execute(kSetUp); !status.ok()) return status;
  return connection;
}

absl::Status PostgresConnection::Lost() {
  usable_ = false;
  return absl::UnavailableError(StrCat("the database ", PQdb(connection()), " at ",
                                       PQhost(connection()),
                                       ": the connection was lost; is the server up?"));
}

absl::Status PostgresConnection::Error(const PGresult* result, std::string_view sql) {
  const char* const field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string_view state = field == nullptr ? "" : field;
  if (PQresultStatus(result) == PGRES_EMPTY_QUERY) {
    return absl::InternalError(StrCat("the database ", PQdb(connection()), ": an empty statement"));
  }
  if (state.empty()) return Lost();
  const std::string_view kind = state.substr(0, 2);
  // Of the server's words only the first line: details quote values. So does the first line of errors about
  // data (22).
  const char* const primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  std::string message =
      StrCat("the database ", PQdb(connection()), " at ", PQhost(connection()), ": ",
             kind == "22" || primary == nullptr ? "a value does not fit" : primary, " (SQLSTATE ",
             state, ")");
  // A server that only follows another one; a new connection may find the one that leads.
  const bool read_only = state == "25006" && mode_ == Mode::kWrite;
  if (read_only) usable_ = false;
  // Of 08 are wrong numbers of parameters, too; where the connection is lost, usable() says so.
  constexpr std::string_view kAway[] = {"40", "53", "57", "58"};
  if (read_only || !usable() || state == "55P03" ||
      std::find(std::begin(kAway), std::end(kAway), kind) != std::end(kAway)) {
    return absl::UnavailableError(message);
  }
  if (state == "XX001" || state == "XX002") {
    return absl::InternalError(StrCat(message, "; it is damaged: restore it from a backup"));
  }
  return absl::InternalError(StrCat(message, ", in: ", sql.substr(0, kShownSql)));
}

absl::StatusOr<Result> PostgresConnection::Finish(std::string_view sql) {
  const absl::Time deadline = absl::Now() + kPatience;
  Result kept;
  for (;;) {
    while (PQisBusy(connection()) == 1) {
      pollfd fds[] = {{socket(), POLLIN, 0}};
      if (!Poll(fds, deadline)) return Lost();
      if (PQconsumeInput(connection()) == 0) break;
    }
    Result result(PQgetResult(connection()));
    if (result == nullptr) break;
    if (kept == nullptr || !Failed(kept.get())) kept = std::move(result);
  }
  if (kept == nullptr) return Lost();
  if (Failed(kept.get())) return Error(kept.get(), sql);
  return kept;
}

absl::StatusOr<std::vector<SqlRow>> PostgresConnection::Run(
    std::string_view sql, const std::vector<SqlValue>& parameters) {
  std::vector<Oid> types;  // 0: as the server infers
  std::vector<std::string> numbers(parameters.size());
  std::vector<const char*> values;
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (const auto* const number = std::get_if<int64_t>(&parameters[i])) {
      numbers[i] = std::to_string(*number);
      types.push_back(kInt8);  // it would infer 32 bits beside a small literal
      values.push_back(numbers[i].c_str());
    } else {
      const auto* const text = std::get_if<std::string>(&parameters[i]);
      types.push_back(0);
      values.push_back(text == nullptr ? nullptr : text->c_str());
    }
  }
  const std::string statement(sql);
  if (PQsendQueryParams(connection(), statement.c_str(), static_cast<int>(values.size()),
                        types.data(), values.data(), /*paramLengths=*/nullptr,
                        /*paramFormats=*/nullptr, /*resultFormat=*/0) == 0) {
    return Lost();
  }
  const auto result = Finish(sql);
  if (!result.ok()) return result.status();
  std::vector<SqlRow> rows(PQntuples(result->get()));
  for (int row = 0; row < static_cast<int>(rows.size()); ++row) {
    for (int column = 0; column < PQnfields(result->get()); ++column) {
      rows[row].push_back(ReadValue(result->get(), row, column));
    }
  }
  return rows;
}

bool PostgresConnection::Notified() {
  bool notified = false;
  if (PQconsumeInput(connection()) == 0) usable_ = false;
  while (PGnotify* const notification = PQnotifies(connection())) {
    PQfreemem(notification);
    notified = true;
  }
  return notified;
}

class PostgresDatabase final : public PooledDatabase {
 public:
  // `listener` listens already.
  PostgresDatabase(const std::string& url, std::unique_ptr<PostgresConnection> listener)
      : PooledDatabase([url] { return PostgresConnection::Open(url); }),
        url_(url),
        listener_(std::move(listener)) {}
  ~PostgresDatabase() override { close(interrupt_); }

  // What gives notifications; others than Writes do not send any.
  static absl::StatusOr<std::unique_ptr<PostgresConnection>> Listen(const std::string& url) {
    auto listener = PostgresConnection::Open(url);
    if (!listener.ok()) return listener.status();
    if (auto status = (*listener)->Execute("LISTEN signalbook"); !status.ok()) return status;
    return listener;
  }

  bool WaitForChange(absl::Duration timeout) override {
    const absl::Time deadline = absl::Now() + timeout;
    for (;;) {
      if (interrupted_) return false;
      if (listener_ == nullptr && absl::Now() >= next_try_) {
        auto listener = Listen(url_);
        if (listener.ok()) {
          listener_ = *std::move(listener);
          backoff_ = kFirstBackoff;
          return true;
        }
        next_try_ = absl::Now() + backoff_;
        backoff_ = std::min(2 * backoff_, kLongestBackoff);
      }
      if (listener_ != nullptr) {
        if (listener_->Notified()) return true;
        if (!listener_->usable()) {
          listener_.reset();
          continue;
        }
      }
      // Without a listener poll() passes over its place.
      pollfd fds[] = {{interrupt_, POLLIN, 0},
                      {listener_ == nullptr ? -1 : listener_->socket(), POLLIN, 0}};
      const bool ready = Poll(fds, listener_ == nullptr ? std::min(deadline, next_try_) : deadline);
      if (!ready && absl::Now() >= deadline) return false;
    }
  }

  void Interrupt() override {
    interrupted_ = true;
    eventfd_write(interrupt_, 1);
  }

 private:
  const std::string url_;
  // Of the thread that waits.
  std::unique_ptr<PostgresConnection> listener_;
  absl::Time next_try_ = absl::InfinitePast();
  absl::Duration backoff_ = kFirstBackoff;

  std::atomic<bool> interrupted_ = false;
  const int interrupt_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);  // readable once interrupted
};

// libpq takes what is behind the first '@' or '/' of a password for the host or the database, and quotes it.
bool MisplacesPassword(const std::string& url) {
  const size_t slashes = url.find("://");
  if (slashes == std::string::npos) return false;
  std::string rest = url.substr(slashes + 3);
  const size_t end_of_password = rest.find_first_of("@/");
  if (end_of_password != std::string::npos && rest[end_of_password] == '@') {
    rest.erase(0, end_of_password + 1);
  }
  return rest.substr(0, rest.find('?')).find('@') != std::string::npos;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> OpenPostgresDatabase(const std::string& url) {
  char* ignored = nullptr;  // it quotes the string
  PQconninfoOption* const options = PQconninfoParse(url.c_str(), &ignored);
  PQfreemem(ignored);
  PQconninfoFree(options);
  if (url.empty() || options == nullptr || MisplacesPassword(url)) {
    return absl::InvalidArgumentError(
        "the database is neither sqlite:PATH nor a PostgreSQL connection string such as "
        "postgresql://signalbook@db/signalbook; special characters of a password are "
        "percent-encoded there (@ is %40)");
  }
  auto listener = PostgresDatabase::Listen(url);
  if (!listener.ok()) return listener.status();
  return std::make_unique<PostgresDatabase>(url, *std::move(listener));
}

}  // namespace signalbook
