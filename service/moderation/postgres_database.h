// A database of a PostgreSQL server, shared by many servers of ours.
//
// Writers are serial by an advisory lock, and tell the others by NOTIFY; a pooler in between must keep
// sessions (PgBouncer: pool_mode = session).
#ifndef SIGNALBOOK_SERVICE_MODERATION_POSTGRES_DATABASE_H_
#define SIGNALBOOK_SERVICE_MODERATION_POSTGRES_DATABASE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "service/moderation/database.h"

namespace signalbook {

// `url`: as libpq takes it. The database must be there, with the encoding UTF8. Up to 8 connections.
absl::StatusOr<std::unique_ptr<Database>> OpenPostgresDatabase(const std::string& url);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_MODERATION_POSTGRES_DATABASE_H_
