#include "service/moderation/sqlite_database.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/time/clock.h"
#include "service/moderation/pooled_database.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr int kBusyMilliseconds = 5000;
constexpr absl::Duration kPollInterval = absl::Milliseconds(50);
constexpr size_t kMaxStatements = 100;  // prepared ones, a connection
constexpr size_t kShownSql = 80;        // bytes of a statement in an error

struct Failure {
  int code;
  absl::StatusCode status;
  const char* advice;
};
// All others are wrong statements.
constexpr Failure kFailures[] = {
    {SQLITE_BUSY, absl::StatusCode::kUnavailable, "another program keeps it locked; try again"},
    {SQLITE_LOCKED, absl::StatusCode::kUnavailable, "another program keeps it locked; try again"},
    {SQLITE_PROTOCOL, absl::StatusCode::kUnavailable, "another program keeps it locked; try again"},
    {SQLITE_FULL, absl::StatusCode::kUnavailable, "make room on its disk"},
    {SQLITE_IOERR, absl::StatusCode::kUnavailable, "is its disk full or broken?"},
    {SQLITE_NOMEM, absl::StatusCode::kUnavailable, "the machine is out of memory"},
    {SQLITE_READONLY, absl::StatusCode::kUnavailable,
     "the user of this process must be able to write it and its folder"},
    {SQLITE_PERM, absl::StatusCode::kUnavailable,
     "the user of this process must be able to write it and its folder"},
    {SQLITE_CANTOPEN, absl::StatusCode::kUnavailable,
     "the file and its folder must be there, and the user of this process able to write them"},
    {SQLITE_CORRUPT, absl::StatusCode::kInternal, "it is damaged; restore it from a backup"},
    {SQLITE_NOTADB, absl::StatusCode::kInternal,
     "it is damaged or no SQLite database; restore it from a backup, or name another file"},
};

struct CloseSqlite {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

// PostgreSQL's name for the order of bytes, so that COLLATE "C" means the same in both.
int CompareBytes(void*, int a_size, const void* a, int b_size, const void* b) {
  const int order = std::memcmp(a, b, static_cast<size_t>(std::min(a_size, b_size)));
  return order != 0 ? order : a_size - b_size;
}

SqlRow ReadRow(sqlite3_stmt* statement) {
  SqlRow row(sqlite3_column_count(statement));
  for (int i = 0; i < static_cast<int>(row.size()); ++i) {
    switch (sqlite3_column_type(statement, i)) {
      case SQLITE_NULL:
        break;
      case SQLITE_INTEGER:
        row[i] = int64_t{sqlite3_column_int64(statement, i)};
        break;
      default: {
        const auto* const text = sqlite3_column_text(statement, i);
        row[i] =
            std::string(reinterpret_cast<const char*>(text), sqlite3_column_bytes(statement, i));
      }
    }
  }
  return row;
}

class SqliteConnection final : public DatabaseConnection {
 public:
  // Does not create the file.
  static absl::StatusOr<std::unique_ptr<SqliteConnection>> Open(const std::string& path) {
    std::unique_ptr<SqliteConnection> connection(new SqliteConnection(path));
    if (auto status = connection->SetUp(); !status.ok()) return status;
    return connection;
  }

  absl::Status Begin(Mode mode) override {
    // What is written to a file that was removed, or replaced by a backup, would be lost without an error.
    if (Moved()) {
      usable_ = false;
      return Error(SQLITE_CANTOPEN, "the file was moved or removed", "");
    }
    mode_ = mode;
    return Execute(mode == Mode::kWrite ? "BEGIN IMMEDIATE" : "BEGIN");
  }

  absl::StatusOr<std::vector<SqlRow>> Run(std::string_view sql,
                                          const std::vector<SqlValue>& parameters) override {
    auto prepared = Prepare(sql);
    if (!prepared.ok()) return prepared.status();
    sqlite3_stmt* const statement = *prepared;
    if (mode_ == Mode::kRead && sqlite3_stmt_readonly(statement) == 0) {
      return Error(SQLITE_MISUSE, "a statement that writes, where only reading is allowed", sql);
    }
    const absl::Cleanup reset = [statement] {
      sqlite3_reset(statement);
      sqlite3_clear_bindings(statement);
    };
    if (auto status = Bind(statement, parameters, sql); !status.ok()) return status;
    std::vector<SqlRow> rows;
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) rows.push_back(ReadRow(statement));
    if (code != SQLITE_DONE) return Error(code, sqlite3_errmsg(db_.get()), sql);
    return rows;
  }

  absl::Status Commit() override { return Execute("COMMIT"); }

  void Rollback() override {
    // Some errors have rolled back already.
    if (sqlite3_get_autocommit(db_.get()) == 0 && !Execute("ROLLBACK").ok()) usable_ = false;
    mode_.reset();
  }

  bool usable() const override { return usable_; }

  // True when the path leads to another file by now, or to none.
  bool Moved() const {
    int moved = 0;
    return sqlite3_file_control(db_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK &&
           moved != 0;
  }

 private:
  explicit SqliteConnection(std::string path) : path_(std::move(path)) {}

  absl::Status SetUp();
  absl::Status SwitchToWal();
  absl::StatusOr<sqlite3_stmt*> Prepare(std::string_view sql);
  absl::Status Bind(sqlite3_stmt* statement, const std::vector<SqlValue>& parameters,
                    std::string_view sql) const;
  absl::Status Execute(const char* sql) {
    const int code = sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr);
    if (code == SQLITE_OK) return absl::OkStatus();
    return Error(code, sqlite3_errmsg(db_.get()), sql);
  }
  absl::Status Error(int code, std::string_view what, std::string_view sql);

  const std::string path_;
  std::unique_ptr<sqlite3, CloseSqlite> db_;
  std::unordered_map<std::string, Statement> statements_;  // goes before db_
  std::optional<Mode> mode_;                               // of the transaction under way
  bool usable_ = true;
};

absl::Status SqliteConnection::Error(int code, std::string_view what, std::string_view sql) {
  const int primary = code & 0xff;
  const auto* const failure =
      std::find_if(std::begin(kFailures), std::end(kFailures),
                   [primary](const Failure& known) { return known.code == primary; });
  const bool known = failure != std::end(kFailures);
  // A connection that was told of a failing disk is best opened anew; one that only waited is fine.
  if (known && primary != SQLITE_BUSY && primary != SQLITE_LOCKED) usable_ = false;
  std::string message = StrCat("the database ", path_, ": ", what);
  if (known) absl::StrAppend(&message, "; ", failure->advice);
  if (!known && !sql.empty()) {
    absl::StrAppend(&message, ", in: ", AsAbsl(sql.substr(0, kShownSql)));
  }
  return {known ? failure->status : absl::StatusCode::kInternal, message};
}

absl::Status SqliteConnection::SetUp() {
  sqlite3* db = nullptr;
  const int code =
      sqlite3_open_v2(path_.c_str(), &db,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  db_.reset(db);
  if (code != SQLITE_OK) return Error(code, sqlite3_errstr(code), "");
  sqlite3_busy_timeout(db, kBusyMilliseconds);
  if (sqlite3_db_readonly(db, "main") == 1) {
    return Error(SQLITE_READONLY, sqlite3_errstr(SQLITE_READONLY), "");
  }
  sqlite3_create_collation(db, "C", SQLITE_UTF8, nullptr, CompareBytes);
  if (auto status = SwitchToWal(); !status.ok()) return status;
  return Execute(
      "PRAGMA synchronous = FULL;"
      "PRAGMA foreign_keys = ON;"
      "PRAGMA case_sensitive_like = ON");  // as PostgreSQL has it
}

absl::Status SqliteConnection::SwitchToWal() {
  // When two do this to a new file at once, one is told at once that it is busy.
  const absl::Time deadline = absl::Now() + absl::Milliseconds(kBusyMilliseconds);
  for (;;) {
    const auto rows = Run("PRAGMA journal_mode = WAL", {});
    if (rows.ok() && rows->size() == 1 && SqlText((*rows)[0][0]) == "wal") return absl::OkStatus();
    if (rows.ok()) {
      return Error(SQLITE_CANTOPEN,
                   "write-ahead logging is not possible there, as on network disks", "");
    }
    if (!usable_ || absl::Now() > deadline) return rows.status();
    absl::SleepFor(absl::Milliseconds(10));
  }
}

absl::StatusOr<sqlite3_stmt*> SqliteConnection::Prepare(std::string_view sql) {
  std::string key(sql);
  if (const auto found = statements_.find(key); found != statements_.end()) {
    return found->second.get();
  }
  // The statement, and what is behind its semicolon: nothing, or a comment.
  const char* text = key.c_str();
  Statement statements[2];
  for (Statement& statement : statements) {
    sqlite3_stmt* prepared = nullptr;
    const int code = sqlite3_prepare_v2(db_.get(), text, -1, &prepared, &text);
    statement.reset(prepared);
    if (code != SQLITE_OK) return Error(code, sqlite3_errmsg(db_.get()), sql);
  }
  if (statements[0] == nullptr || statements[1] != nullptr) {
    return Error(SQLITE_MISUSE, "not exactly one statement", sql);
  }
  if (statements_.size() >= kMaxStatements) statements_.clear();
  return statements_.emplace(std::move(key), std::move(statements[0])).first->second.get();
}

absl::Status SqliteConnection::Bind(sqlite3_stmt* statement,
                                    const std::vector<SqlValue>& parameters,
                                    std::string_view sql) const {
  bool bound = sqlite3_bind_parameter_count(statement) == static_cast<int>(parameters.size());
  for (size_t i = 0; bound && i < parameters.size(); ++i) {
    const int index = sqlite3_bind_parameter_index(statement, absl::StrCat("$", i + 1).c_str());
    const SqlValue& value = parameters[i];
    int code = SQLITE_OK;
    if (const auto* const number = std::get_if<int64_t>(&value)) {
      code = sqlite3_bind_int64(statement, index, *number);
    } else if (const auto* const text = std::get_if<std::string>(&value)) {
      // Static: the caller's text outlives the run.
      code = sqlite3_bind_text64(statement, index, text->data(), text->size(), SQLITE_STATIC,
                                 SQLITE_UTF8);
    }
    bound = index > 0 && code == SQLITE_OK;
  }
  if (bound) return absl::OkStatus();
  return absl::InternalError(StrCat("the database ", path_, ": the parameters are not $1 to $",
                                    parameters.size(), ", in: ", sql.substr(0, kShownSql)));
}

class SqliteDatabase final : public PooledDatabase {
 public:
  SqliteDatabase(const std::string& path, std::unique_ptr<SqliteConnection> watcher,
                 int64_t version)
      : PooledDatabase([path] { return SqliteConnection::Open(path); }),
        path_(path),
        watcher_(std::move(watcher)),
        version_(version) {}

  absl::Status Write(const Body& body) override {
    absl::Status status = PooledDatabase::Write(body);
    {
      std::lock_guard lock(mutex_);
      written_ = true;
    }
    wake_.notify_all();
    return status;
  }

  bool WaitForChange(absl::Duration timeout) override {
    const absl::Time deadline = absl::Now() + timeout;
    for (;;) {
      if (const std::lock_guard lock(mutex_); interrupted_) return false;
      if (Changed()) return true;
      const absl::Duration left = deadline - absl::Now();
      if (left <= absl::ZeroDuration()) return false;
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, absl::ToChronoNanoseconds(std::min(left, kPollInterval)),
                     [this] { return interrupted_ || written_; });
      written_ = false;
    }
  }

  void Interrupt() override {
    {
      std::lock_guard lock(mutex_);
      interrupted_ = true;
    }
    wake_.notify_all();
  }

  // A number that another one follows when any connection but this one commits.
  static absl::StatusOr<int64_t> Version(SqliteConnection* connection) {
    auto rows = connection->Run("PRAGMA data_version", {});
    if (!rows.ok()) return rows.status();
    return SqlInt((*rows)[0][0]);
  }

 private:
  bool Changed() {
    if (watcher_ != nullptr && (watcher_->Moved() || !watcher_->usable())) watcher_.reset();
    const bool reopen = watcher_ == nullptr;
    if (reopen) {
      auto opened = SqliteConnection::Open(path_);
      if (!opened.ok()) return false;
      watcher_ = *std::move(opened);
    }
    const auto version = Version(watcher_.get());
    if (!version.ok()) {
      if (reopen) watcher_.reset();  // so that the next one says that there may be news
      return false;
    }
    const bool changed = reopen || *version != version_;
    version_ = *version;
    return changed;
  }

  const std::string path_;
  std::unique_ptr<SqliteConnection> watcher_;  // of the thread that waits, as version_
  int64_t version_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool written_ = false;      // guarded by mutex_
  bool interrupted_ = false;  // guarded by mutex_
};

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> OpenSqliteDatabase(const std::string& path) {
  if (path.empty()) {
    return absl::InvalidArgumentError(
        "the database \"sqlite:\" names no file, as in sqlite:/var/lib/signalbook/moderation.db");
  }
  // Absolute, so that SQLite takes no name for a URI or for ":memory:".
  std::error_code error;
  const std::string absolute = std::filesystem::absolute(path, error).string();
  // Not by SQLite, whose new files everybody may read; nor by open(), as closing that descriptor would
  // end the locks that this process has on the file.
  if (error || (mknod(absolute.c_str(), S_IFREG | S_IRUSR | S_IWUSR, 0) != 0 && errno != EEXIST)) {
    const std::string reason = error ? error.message() : std::strerror(errno);
    return absl::UnavailableError(
        StrCat("the database ", path, " cannot be created: ", reason,
               "; its folder must exist, and the user of this process be able to write there"));
  }
  auto watcher = SqliteConnection::Open(absolute);
  if (!watcher.ok()) return watcher.status();
  const auto version = SqliteDatabase::Version(watcher->get());
  if (!version.ok()) return version.status();
  return std::make_unique<SqliteDatabase>(absolute, *std::move(watcher), *version);
}

}  // namespace signalbook
