// The database that moderation keeps its tables in: transactions over plain SQL, the same for SQLite
// (one file, no set-up) and PostgreSQL (many servers).
//
// Statements are written once, in what both understand: $1, $2 … for parameters, BIGINT and TEXT
// columns, INSERT … ON CONFLICT, RETURNING. Text has no NUL. How text is sorted is the database's affair, unless
// a statement says COLLATE "C": by bytes, in both. LIKE tells A from a; give it its ESCAPE.
// What a decision is and who may make it is not known here.
//
// Errors carry no parameter, so no text of people:
//   Unavailable         the database is away, full, read-only or busy for too long. After a failed Write
//                       it is not known whether it took effect only if the connection broke while it
//                       was committed; the message says so.
//   Internal            a statement is wrong, or the database is damaged
//   whatever a body returned
//
// Thread rule: safe from many threads.
#ifndef SIGNALBOOK_SERVICE_MODERATION_DATABASE_H_
#define SIGNALBOOK_SERVICE_MODERATION_DATABASE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace signalbook {

// NULL, BIGINT, TEXT.
using SqlValue = std::variant<std::monostate, int64_t, std::string>;
using SqlRow = std::vector<SqlValue>;

// Of a value that is known to be of the type; 0 and "" for NULL.
int64_t SqlInt(const SqlValue& value);
std::string SqlText(const SqlValue& value);

// A transaction under way; only the body it was given to may use it, from one thread.
class SqlTransaction {
 public:
  virtual ~SqlTransaction() = default;
  // One statement. Its rows, in the order of the database; empty for one that gives none. After one that
  // failed all others fail too, and nothing is committed.
  virtual absl::StatusOr<std::vector<SqlRow>> Run(std::string_view sql,
                                                  const std::vector<SqlValue>& parameters = {}) = 0;
};

class Database {
 public:
  using Body = std::function<absl::Status(SqlTransaction&)>;
  virtual ~Database() = default;

  // Runs `body`, once at most, and commits; when it fails, nothing has happened. Writers of all servers run one after
  // the other, and a body sees all that was committed before it began. When this returns OK, what was
  // written survives a crash of the process, of the machine and of the database.
  virtual absl::Status Write(const Body& body) = 0;
  // Runs `body` on one snapshot of what is committed; it must not write. Does not wait for writers.
  virtual absl::Status Read(const Body& body) = 0;

  // Returns true as soon as somebody, here or on another server, has committed a Write since this
  // returned last, or may have (the connection was lost in between); false after `timeout` or Interrupt.
  // One thread only.
  virtual bool WaitForChange(absl::Duration timeout) = 0;
  // Ends a WaitForChange that is under way, and all later ones at once; one that is just connecting anew to
  // a server that does not answer, after its connect_timeout.
  virtual void Interrupt() = 0;
};

// "sqlite:/var/lib/signalbook/moderation.db", or a PostgreSQL connection string as libpq takes it:
// "postgresql://signalbook@db/signalbook?sslmode=verify-full".
//   InvalidArgument   neither
//   Unavailable       cannot be opened; says why, without the password of the connection string
//   Internal          the file is damaged, or no database
absl::StatusOr<std::unique_ptr<Database>> OpenDatabase(const std::string& url);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_MODERATION_DATABASE_H_
