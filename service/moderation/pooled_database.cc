#include "service/moderation/pooled_database.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <variant>

#include "service/strings.h"

namespace signalbook {
namespace {

using Mode = DatabaseConnection::Mode;

constexpr int kReaders = 6;
constexpr std::chrono::seconds kPatience(10);  // of a transaction that waits for its turn

// What a body sees. A statement that failed may have ended the transaction (SQLite) or made it useless
// (PostgreSQL), so nothing runs after it, whatever the body makes of the error.
class Transaction final : public SqlTransaction {
 public:
  explicit Transaction(DatabaseConnection* connection) : connection_(*connection) {}

  absl::StatusOr<std::vector<SqlRow>> Run(std::string_view sql,
                                          const std::vector<SqlValue>& parameters) override {
    if (!status_.ok()) return status_;
    auto rows = HasNul(parameters) ? absl::InternalError(
                                         "a parameter of a statement holds a NUL, "
                                         "which PostgreSQL cannot store")
                                   : connection_.Run(sql, parameters);
    status_ = rows.status();
    return rows;
  }

  const absl::Status& status() const { return status_; }

 private:
  static bool HasNul(const std::vector<SqlValue>& parameters) {
    return std::any_of(parameters.begin(), parameters.end(), [](const SqlValue& value) {
      const auto* const text = std::get_if<std::string>(&value);
      return text != nullptr && text->find('\0') != std::string::npos;
    });
  }

  DatabaseConnection& connection_;
  absl::Status status_;
};

}  // namespace

bool PooledDatabase::Pool::Enter() {
  std::unique_lock lock(mutex_);
  const uint64_t ticket = ++last_ticket_;
  waiting_.push_back(ticket);
  const bool entered =
      changed_.wait_for(lock, kPatience, [&] { return free_ > 0 && waiting_.front() == ticket; });
  waiting_.erase(std::find(waiting_.begin(), waiting_.end(), ticket));
  if (entered) --free_;
  changed_.notify_all();  // somebody else is first in line now
  return entered;
}

std::unique_ptr<DatabaseConnection> PooledDatabase::Pool::TakeIdle() {
  std::lock_guard lock(mutex_);
  if (idle_.empty()) return nullptr;
  auto connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

void PooledDatabase::Pool::Leave(std::unique_ptr<DatabaseConnection> connection) {
  {
    std::lock_guard lock(mutex_);
    if (connection != nullptr) idle_.push_back(std::move(connection));
    ++free_;
  }
  changed_.notify_all();
}

PooledDatabase::PooledDatabase(Open open)
    : open_(std::move(open)), writers_(1), readers_(kReaders) {}

absl::Status PooledDatabase::Write(const Body& body) {
  return Transact(&writers_, Mode::kWrite, body);
}

absl::Status PooledDatabase::Read(const Body& body) {
  return Transact(&readers_, Mode::kRead, body);
}

absl::Status PooledDatabase::Begin(Mode mode, std::unique_ptr<DatabaseConnection>* connection) {
  if (*connection != nullptr) {
    absl::Status begun = (*connection)->Begin(mode);
    if (begun.ok() || (*connection)->usable()) return begun;
    connection->reset();
  }
  auto opened = open_();
  if (!opened.ok()) return opened.status();
  *connection = *std::move(opened);
  return (*connection)->Begin(mode);
}

absl::Status PooledDatabase::Transact(Pool* pool, Mode mode, const Body& body) {
  if (!pool->Enter()) {
    return absl::UnavailableError(
        "the database is busy: other transactions did not end in time; try again");
  }
  std::unique_ptr<DatabaseConnection> connection = pool->TakeIdle();
  absl::Status status = Begin(mode, &connection);
  if (status.ok()) {
    Transaction transaction(connection.get());
    status = body(transaction);
    if (status.ok()) status = transaction.status();
    if (status.ok() && mode == Mode::kWrite) {
      status = connection->Commit();
      if (absl::IsUnavailable(status)) {
        status = absl::UnavailableError(StrCat(
            status.message(), "; this was while committing: it is not known whether it was done"));
      }
    }
  }
  if (connection != nullptr) connection->Rollback();
  if (connection != nullptr && !connection->usable()) connection.reset();
  pool->Leave(std::move(connection));
  return status;
}

}  // namespace signalbook
