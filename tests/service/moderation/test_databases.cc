#include "tests/service/moderation/test_databases.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "tests/service/cli/temp_folder.h"

namespace signalbook {
namespace {

class SqliteTestDatabase final : public TestDatabase {
 public:
  SqliteTestDatabase() { std::filesystem::create_directory(Folder()); }
  std::string Url() const override { return "sqlite:" + Folder() + "/moderation.db"; }
  void Leave() override { std::filesystem::rename(Folder(), Folder() + "-away"); }
  void Return() override { std::filesystem::rename(Folder() + "-away", Folder()); }

 private:
  std::string Folder() const { return folder_.path() + "/here"; }
  const TempFolder folder_;
};

class PostgresTestDatabase final : public TestDatabase {
 public:
  std::string Url() const override { return url_; }
  void Leave() override { TestCluster().Kill(); }
  void Return() override { TestCluster().Start(); }

 private:
  const std::string url_ = TestCluster().NewDatabase();
};

}  // namespace

std::unique_ptr<TestDatabase> NewTestDatabase(Kind kind) {
  if (kind == Kind::kSqlite) return std::make_unique<SqliteTestDatabase>();
  return std::make_unique<PostgresTestDatabase>();
}

PostgresCluster& TestCluster() {
  static PostgresCluster cluster;
  return cluster;
}

std::unique_ptr<Database> MustOpen(const std::string& url) {
  auto database = OpenDatabase(url);
  if (!database.ok()) {
    std::fprintf(stderr, "%s\n", std::string(database.status().message()).c_str());
    std::abort();
  }
  return *std::move(database);
}

absl::Status WriteOne(Database& database, std::string_view sql,
                      const std::vector<SqlValue>& parameters) {
  return database.Write(
      [&](SqlTransaction& transaction) { return transaction.Run(sql, parameters).status(); });
}

std::vector<SqlRow> ReadOne(Database& database, std::string_view sql,
                            const std::vector<SqlValue>& parameters) {
  std::vector<SqlRow> result;
  const absl::Status status = database.Read([&](SqlTransaction& transaction) {
    auto rows = transaction.Run(sql, parameters);
    if (rows.ok()) result = *std::move(rows);
    return rows.status();
  });
  EXPECT_TRUE(status.ok()) << status << "\n" << sql;
  return result;
}

void ForgetChanges(Database& database) {
  while (database.WaitForChange(absl::Milliseconds(120))) {
  }
}

std::string KindName(const testing::TestParamInfo<Kind>& info) {
  return info.param == Kind::kSqlite ? "Sqlite" : "Postgres";
}

}  // namespace signalbook
