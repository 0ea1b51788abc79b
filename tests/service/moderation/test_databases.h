// Both kinds of database, for tests that must hold for both.
#ifndef SIGNALBOOK_TESTS_SERVICE_MODERATION_TEST_DATABASES_H_
#define SIGNALBOOK_TESTS_SERVICE_MODERATION_TEST_DATABASES_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "service/moderation/database.h"
#include "tests/support/postgres_cluster.h"

namespace signalbook {

// A new, empty database.
class TestDatabase {
 public:
  virtual ~TestDatabase() = default;
  virtual std::string Url() const = 0;
  // What happens to databases: it goes away, and comes back as it was.
  virtual void Leave() = 0;
  virtual void Return() = 0;
};

enum class Kind { kSqlite, kPostgres };
std::unique_ptr<TestDatabase> NewTestDatabase(Kind kind);

// One for the whole program, started when first asked for.
PostgresCluster& TestCluster();

// OpenDatabase; ends the program when it fails.
std::unique_ptr<Database> MustOpen(const std::string& url);

// One statement in a transaction of its own. Rows: a failure of the test, and none, when it fails.
absl::Status WriteOne(Database& database, std::string_view sql,
                      const std::vector<SqlValue>& parameters = {});
std::vector<SqlRow> ReadOne(Database& database, std::string_view sql,
                            const std::vector<SqlValue>& parameters = {});
// Takes what WaitForChange has to say of the past.
void ForgetChanges(Database& database);

// A test of a database that is new for each.
class DatabaseTest : public testing::TestWithParam<Kind> {
 protected:
  DatabaseTest() : here_(NewTestDatabase(GetParam())), database_(MustOpen(here_->Url())) {}

  const std::unique_ptr<TestDatabase> here_;
  std::unique_ptr<Database> database_;
};

// For INSTANTIATE_TEST_SUITE_P.
std::string KindName(const testing::TestParamInfo<Kind>& info);

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_SERVICE_MODERATION_TEST_DATABASES_H_
