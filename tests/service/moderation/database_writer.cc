// database_writer URL: counts in a database until it is killed, and prints each number when it is written.
//
// A number stands in two tables: half a write would show.
#include <unistd.h>

#include <cstdio>
#include <string>

#include "service/moderation/database.h"

int main(int argc, char** argv) {
  using signalbook::SqlTransaction;
  if (argc != 2) return 2;
  const auto database = signalbook::OpenDatabase(argv[1]);
  if (!database.ok()) {
    std::fprintf(stderr, "%s\n", std::string(database.status().message()).c_str());
    return 1;
  }
  for (;;) {
    int64_t number = 0;
    const absl::Status status = (*database)->Write([&](SqlTransaction& sql) {
      auto rows =
          sql.Run("INSERT INTO ones (n) SELECT COALESCE(MAX(n), 0) + 1 FROM ones RETURNING n");
      if (!rows.ok()) return rows.status();
      number = signalbook::SqlInt((*rows)[0][0]);
      return sql.Run("INSERT INTO others (n) VALUES ($1)", {number}).status();
    });
    if (!status.ok()) {
      std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
      return 1;
    }
    const std::string line = std::to_string(number) + "\n";
    if (write(STDOUT_FILENO, line.data(), line.size()) < 0) return 1;
  }
}
