// Counts of traffic as they are added to the store, in both kinds of database.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "service/moderation/store.h"
#include "service/strings.h"
#include "tests/service/moderation/test_databases.h"

namespace signalbook {
namespace {

class StoreTrafficTest : public DatabaseTest {
 protected:
  StoreTrafficTest() { EXPECT_TRUE(store::Migrate(*database_).ok()); }

  absl::Status Add(const TrafficCounts& counts) {
    return database_->Write(
        [&counts](SqlTransaction& sql) { return store::AddTraffic(sql, counts); });
  }
  int64_t Number(std::string_view sql) {
    const std::vector<SqlRow> rows = ReadOne(*database_, sql);
    return rows.empty() ? -1 : SqlInt(rows[0][0]);
  }
};

INSTANTIATE_TEST_SUITE_P(Both, StoreTrafficTest, testing::Values(Kind::kSqlite, Kind::kPostgres),
                         KindName);

// Row i was served i + 1 times, and refused twice as often.
TrafficCounts Counts(int rows) {
  TrafficCounts counts;
  for (int i = 0; i < rows; ++i) {
    counts.hits[{.hour = 490'000, .entry = StrCat("names:es:KEY-", i), .target = "es"}] = i + 1;
    counts.refusals[{.hour = 490'000,
                     .reason = Reason::kGuardedConcept,
                     .rule = StrCat("rule'", i),
                     .source = "zh",
                     .target = "en"}] = 2 * (i + 1);
  }
  return counts;
}

TEST_P(StoreTrafficTest, AnyNumberOfRowsAddsUp) {
  // Around what goes into one statement, and a multiple of it.
  int64_t most = 0;
  int64_t sum = 0;
  for (const int64_t rows : {0, 1, 99, 100, 101, 200, 250}) {
    for (int time = 0; time < 2; ++time) {
      const absl::Status status = Add(Counts(static_cast<int>(rows)));
      ASSERT_TRUE(status.ok()) << rows << ": " << status;
      sum += rows * (rows + 1) / 2;
    }
    most = std::max(most, rows);
    EXPECT_EQ(Number("SELECT COUNT(*) FROM hits"), most) << rows;
    EXPECT_EQ(Number("SELECT COUNT(*) FROM refusals"), most) << rows;
    EXPECT_EQ(Number("SELECT CAST(SUM(amount) AS BIGINT) FROM hits"), rows == 0 ? 0 : sum) << rows;
    EXPECT_EQ(Number("SELECT CAST(SUM(amount) AS BIGINT) FROM refusals"), rows == 0 ? 0 : 2 * sum)
        << rows;
  }
  // Each to its own row: the last one was there in the last round alone.
  EXPECT_EQ(Number("SELECT amount FROM hits WHERE row_key = 'KEY-249' AND scope = 'es'"), 500);
  EXPECT_EQ(Number("SELECT amount FROM refusals WHERE rule = 'rule''249' AND source = 'zh'"), 1000);
}

// All or nothing, also across statements: what was not stored is counted again.
TEST_P(StoreTrafficTest, AWrongRowAddsNothing) {
  TrafficCounts counts = Counts(150);
  counts.hits[{.hour = 490'000, .entry = "no name", .target = "es"}] = 1;
  EXPECT_FALSE(Add(counts).ok());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM hits"), 0);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM refusals"), 0);
}

}  // namespace
}  // namespace signalbook
