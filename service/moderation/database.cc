#include "service/moderation/database.h"

#include "service/moderation/postgres_database.h"
#include "service/moderation/sqlite_database.h"

namespace signalbook {

int64_t SqlInt(const SqlValue& value) {
  const auto* const number = std::get_if<int64_t>(&value);
  return number == nullptr ? 0 : *number;
}

std::string SqlText(const SqlValue& value) {
  const auto* const text = std::get_if<std::string>(&value);
  return text == nullptr ? std::string() : *text;
}

absl::StatusOr<std::unique_ptr<Database>> OpenDatabase(const std::string& url) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (url.rfind(kSqlite, 0) == 0) return OpenSqliteDatabase(url.substr(kSqlite.size()));
  return OpenPostgresDatabase(url);
}

}  // namespace signalbook
