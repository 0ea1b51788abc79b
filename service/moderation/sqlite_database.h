// One file of SQLite, with the two that it keeps beside it (-wal, -shm).
#ifndef SIGNALBOOK_SERVICE_MODERATION_SQLITE_DATABASE_H_
#define SIGNALBOOK_SERVICE_MODERATION_SQLITE_DATABASE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "service/moderation/database.h"

namespace signalbook {

// Creates the file, for its owner's eyes only, when there is none yet; its folder must exist, on a disk
// of this machine. Once open, a file that goes away is missed, not made anew: until it is back all
// transactions fail.
absl::StatusOr<std::unique_ptr<Database>> OpenSqliteDatabase(const std::string& path);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_MODERATION_SQLITE_DATABASE_H_
