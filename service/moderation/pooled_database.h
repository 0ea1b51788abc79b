// What databases share: connections that are opened when needed and kept, and what a transaction goes
// through on one of them.
//
// One connection writes and others read, so that writers queue up here and never keep a reader waiting.
#ifndef SIGNALBOOK_SERVICE_MODERATION_POOLED_DATABASE_H_
#define SIGNALBOOK_SERVICE_MODERATION_POOLED_DATABASE_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/moderation/database.h"

namespace signalbook {

// One connection. Used by one thread at a time; errors as in database.h.
class DatabaseConnection {
 public:
  enum class Mode { kRead, kWrite };
  virtual ~DatabaseConnection() = default;
  // When it returns OK in kWrite, nobody else writes until the end of the transaction.
  virtual absl::Status Begin(Mode mode) = 0;
  virtual absl::StatusOr<std::vector<SqlRow>> Run(std::string_view sql,
                                                  const std::vector<SqlValue>& parameters) = 0;
  virtual absl::Status Commit() = 0;
  // Ends the transaction, if there is one.
  virtual void Rollback() = 0;
  // False when it is broken, or what it is connected to is no longer the right place.
  virtual bool usable() const = 0;
};

class PooledDatabase : public Database {
 public:
  absl::Status Write(const Body& body) override;
  absl::Status Read(const Body& body) override;

 protected:
  using Open = std::function<absl::StatusOr<std::unique_ptr<DatabaseConnection>>()>;
  // `open` is called from any thread.
  explicit PooledDatabase(Open open);

 private:
  // Up to `size` connections, each used by one thread at a time. Who waits longest is next.
  class Pool {
   public:
    explicit Pool(int size) : free_(size) {}
    // Waits for a turn. False when it took too long.
    bool Enter();
    // After Enter: a connection that was used before, or null.
    std::unique_ptr<DatabaseConnection> TakeIdle();
    // Ends the turn. `connection`: to be kept; may be null.
    void Leave(std::unique_ptr<DatabaseConnection> connection);

   private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int free_;                                               // guarded by mutex_
    uint64_t last_ticket_ = 0;                               // guarded by mutex_
    std::deque<uint64_t> waiting_;                           // guarded by mutex_
    std::vector<std::unique_ptr<DatabaseConnection>> idle_;  // guarded by mutex_
  };

  absl::Status Transact(Pool* pool, DatabaseConnection::Mode mode, const Body& body);
  // Begins a transaction on `connection`; on a new one when there is none, or it turns out broken.
  absl::Status Begin(DatabaseConnection::Mode mode,
                     std::unique_ptr<DatabaseConnection>* connection);

  const Open open_;
  Pool writers_;
  Pool readers_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_MODERATION_POOLED_DATABASE_H_
