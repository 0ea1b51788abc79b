#include "service/moderation/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <limits>
#include <thread>

#include "absl/time/clock.h"
#include "tests/service/moderation/test_databases.h"

namespace signalbook {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const SqlValue kNull;
// A number, where a literal would be an int.
SqlValue N(int64_t number) { return number; }
SqlValue T(std::string text) { return text; }

INSTANTIATE_TEST_SUITE_P(Both, DatabaseTest, testing::Values(Kind::kSqlite, Kind::kPostgres),
                         KindName);

TEST_P(DatabaseTest, GivesBackWhatItWasGiven) {
  const struct {
    const char* description;
    SqlValue number;
    SqlValue text;
  } kRows[] = {
      {"nothing at all", kNull, kNull},
      {"the empty text is not NULL", N(0), T("")},
      {"the smallest number", N(std::numeric_limits<int64_t>::min()), T("a")},
      {"the largest number", N(std::numeric_limits<int64_t>::max()), T("b")},
      {"a negative one", N(-1), T("c")},
      {"text that would end a statement", N(1), T("Robert'); DROP TABLE t; --")},
      {"quotes, backslashes, percent", N(2), T("\"' \\ \\' \\n %s $1 ?1 :a @b")},
      {"text that looks like a number", N(3), T("007")},
      {"text that looks like NULL", N(4), T("NULL")},
      {"white space at both ends", N(5), T(" \t\r\n a \n")},
      {"emoji of several code points", N(6),
       T("🏳️‍🌈 🇨🇦 👨‍👩‍👧 e\u0301 \u202E \uFEFF")},
      {"the last code point", N(7), T("\U0010FFFF")},
      {"control characters", N(8), T("\x01\x1F\x7F")},
      {"a megabyte", N(9), T(std::string(1 << 20, 'x'))},
  };
  ASSERT_TRUE(WriteOne(*database_, "CREATE TABLE t (place BIGINT, number BIGINT, text TEXT)").ok());
  int64_t place = 0;
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.description);
    ++place;
    const absl::Status status =
        WriteOne(*database_, "INSERT INTO t VALUES ($1, $2, $3)", {N(place), row.number, row.text});
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_EQ(ReadOne(*database_, "SELECT number, text FROM t WHERE place = $1", {N(place)}),
              (std::vector<SqlRow>{{row.number, row.text}}));
    if (row.text != kNull) {
      EXPECT_THAT(ReadOne(*database_, "SELECT place FROM t WHERE text = $1", {row.text}),
                  ElementsAre(SqlRow{N(place)}));
    }
  }
}

// Where the two would answer differently if nothing were done about it.
TEST_P(DatabaseTest, SpeaksOneLanguage) {
  const struct {
    const char* description;
    const char* sql;
    std::vector<SqlValue> parameters;
    std::vector<SqlRow> rows;
  } kRows[] = {
      {"no rows", "SELECT a FROM t WHERE a = 99", {}, {}},
      {"a parameter twice, and out of order",
       "SELECT a FROM t WHERE b = $2 AND a = $1 AND b = $2",
       {N(1), T("a")},
       {{N(1)}}},
      {"ten parameters",
       "SELECT a FROM t WHERE a IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
       {N(9), N(9), N(9), N(9), N(9), N(9), N(9), N(9), N(9), N(4)},
       {{N(4)}}},
      {"a count", "SELECT COUNT(*) FROM t", {}, {{N(4)}}},
      {"a sum", "SELECT SUM(a) FROM t", {}, {{N(10)}}},
      {"a sum of none", "SELECT SUM(a) FROM t WHERE a > 9", {}, {{kNull}}},
      {"a comparison", "SELECT a = 1, a = 2 FROM t WHERE a = 1", {}, {{N(1), N(0)}}},
      {"a large number beside a small literal",
       "SELECT a FROM t WHERE $1 > 0 AND a = 1 AND a + $1 > 1",
       {N(int64_t{1} << 40)},
       {{N(1)}}},
      {"a number that is only given back", "SELECT $1", {N(5)}, {{N(5)}}},
      {"a limit that is a parameter", "SELECT a FROM t ORDER BY a LIMIT $1", {N(1)}, {{N(1)}}},
      {"by bytes, whatever the locale of the server is",
       "SELECT b FROM t ORDER BY b COLLATE \"C\"",
       {},
       {{T("B")}, {T("a")}, {T("a_b")}, {T("é")}}},
      {"LIKE tells capitals from others", "SELECT a FROM t WHERE b LIKE $1", {T("b%")}, {}},
      {"LIKE with an escape",
       "SELECT a FROM t WHERE b LIKE $1 ESCAPE '\\'",
       {T("%\\_%")},
       {{N(4)}}},
      {"a semicolon and a comment at the end", "SELECT a FROM t WHERE a = 1; -- one", {}, {{N(1)}}},
  };
  ASSERT_TRUE(WriteOne(*database_, "CREATE TABLE t (a BIGINT PRIMARY KEY, b TEXT)").ok());
  const std::vector<SqlValue> kContent = {N(1), T("a"), N(2), T("B"), N(3), T("é"), N(4), T("a_b")};
  ASSERT_TRUE(
      WriteOne(*database_, "INSERT INTO t VALUES ($1, $2), ($3, $4), ($5, $6), ($7, $8)", kContent)
          .ok());
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.description);
    EXPECT_EQ(ReadOne(*database_, row.sql, row.parameters), row.rows);
  }

  const absl::Status status = database_->Write([](SqlTransaction& sql) {
    constexpr char kUpsert[] =
        "INSERT INTO t VALUES ($1, $2) ON CONFLICT (a) DO UPDATE SET b = t.b || $2 RETURNING a, b";
    const auto kept = sql.Run(kUpsert, {N(1), T("!")});
    EXPECT_EQ(kept.value(), (std::vector<SqlRow>{{N(1), T("a!")}}));
    const auto added = sql.Run(kUpsert, {N(5), kNull});
    EXPECT_EQ(added.value(), (std::vector<SqlRow>{{N(5), kNull}}));
    const auto deleted = sql.Run("DELETE FROM t WHERE a = $1", {N(5)});
    EXPECT_THAT(deleted.value(), IsEmpty());
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

TEST_P(DatabaseTest, AWrongStatementIsInternalAndQuotesNoValue) {
  constexpr char kSecret[] = "what-somebody-wrote";
  const struct {
    const char* description;
    const char* sql;
    std::vector<SqlValue> parameters;
  } kRows[] = {
      {"no SQL", "SELEKT 1", {}},
      {"nothing", "", {}},
      {"only a comment", "-- nothing", {}},
      {"no such table", "SELECT * FROM nowhere", {}},
      {"two statements", "SELECT 1; SELECT 2", {}},
      {"a parameter too many", "SELECT n FROM t WHERE s = $1", {T(kSecret), T(kSecret)}},
      {"a parameter too few", "SELECT n FROM t WHERE s = $1 AND n = $2", {T(kSecret)}},
      {"a key twice", "INSERT INTO t VALUES ($1, 1)", {T(kSecret)}},
      {"no NULL allowed", "INSERT INTO t VALUES ($1, NULL)", {T(std::string(kSecret) + "2")}},
      {"a NUL", "INSERT INTO t VALUES ($1, 1)", {T(std::string(kSecret) + '\0')}},
      {"no such parent", "INSERT INTO child VALUES ($1)", {T(std::string(kSecret) + "3")}},
  };
  ASSERT_TRUE(WriteOne(*database_, "CREATE TABLE t (s TEXT PRIMARY KEY, n BIGINT NOT NULL)").ok());
  ASSERT_TRUE(WriteOne(*database_, "CREATE TABLE child (s TEXT REFERENCES t (s))").ok());
  ASSERT_TRUE(WriteOne(*database_, "INSERT INTO t VALUES ($1, 1)", {T(kSecret)}).ok());
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.description);
    const absl::Status status = WriteOne(*database_, row.sql, row.parameters);
    EXPECT_EQ(status.code(), absl::StatusCode::kInternal) << status;
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr(kSecret)));
    EXPECT_THAT(ReadOne(*database_, "SELECT COUNT(*) FROM t"), ElementsAre(SqlRow{N(1)}));
  }
}

TEST_P(DatabaseTest, ReadersDoNotWrite) {
  ASSERT_TRUE(WriteOne(*database_, "CREATE TABLE t (n BIGINT)").ok());
  const absl::Status status = database_->Read(
      [](SqlTransaction& sql) { return sql.Run("INSERT INTO t VALUES (1)").status(); });
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal) << status;
  EXPECT_THAT(ReadOne(*database_, "SELECT n FROM t"), IsEmpty());
}

TEST_P(DatabaseTest, ABodyThatFailsHasDoneNothing) {
  ASSERT_TRUE(WriteOne(*database_, "CREATE TABLE t (n BIGINT PRIMARY KEY)").ok());
  const absl::Status refused = database_->Write([](SqlTransaction& sql) {
    EXPECT_TRUE(sql.Run("INSERT INTO t VALUES (1)").ok());
    return absl::AbortedError("somebody was faster");
  });
  EXPECT_EQ(refused, absl::AbortedError("somebody was faster"));
  EXPECT_EQ(database_->Read([](SqlTransaction&) { return absl::NotFoundError("no such entry"); }),
            absl::NotFoundError("no such entry"));

  // SQLite would go on after a statement that failed, PostgreSQL would commit nothing and say OK.
  const absl::Status ignored = database_->Write([](SqlTransaction& sql) {
    EXPECT_TRUE(sql.Run("INSERT INTO t VALUES (1)").ok());
    EXPECT_FALSE(sql.Run("INSERT INTO t VALUES (1)").ok());
    EXPECT_FALSE(sql.Run("INSERT INTO t VALUES (2)").ok());
    return absl::OkStatus();
  });
  EXPECT_EQ(ignored.code(), absl::StatusCode::kInternal) << ignored;
  EXPECT_THAT(ReadOne(*database_, "SELECT n FROM t"), IsEmpty());
}

// Reads a number and writes the next one, as what is decided by what one sees.
absl::Status Increment(Database& database) {
  return database.Write([](SqlTransaction& sql) {
    const auto rows = sql.Run("SELECT n FROM counter");
    if (!rows.ok()) return rows.status();
    return sql.Run("UPDATE counter SET n = $1", {SqlInt((*rows)[0][0]) + 1}).status();
  });
}

TEST_P(DatabaseTest, WritersAreSerial) {
  constexpr int kThreads = 8;
  constexpr int kIncrements = 25;
  ASSERT_TRUE(WriteOne(*database_, "CREATE TABLE counter (n BIGINT)").ok());
  ASSERT_TRUE(WriteOne(*database_, "INSERT INTO counter VALUES (0)").ok());
  const auto other = MustOpen(here_->Url());  // as another server
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      for (int j = 0; j < kIncrements; ++j) {
        const absl::Status status = Increment(i % 2 == 0 ? *database_ : *other);
        EXPECT_TRUE(status.ok()) << status;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(ReadOne(*database_, "SELECT n FROM counter"),
              ElementsAre(SqlRow{N(kThreads * kIncrements)}));
}

TEST_P(DatabaseTest, AReaderSeesOneMoment) {
  ASSERT_TRUE(WriteOne(*database_, "CREATE TABLE counter (n BIGINT)").ok());
  ASSERT_TRUE(WriteOne(*database_, "INSERT INTO counter VALUES (0)").ok());
  const absl::Status status = database_->Read([&](SqlTransaction& sql) {
    EXPECT_THAT(sql.Run("SELECT n FROM counter").value(), ElementsAre(SqlRow{N(0)}));
    EXPECT_TRUE(Increment(*database_).ok());
    EXPECT_THAT(sql.Run("SELECT n FROM counter").value(), ElementsAre(SqlRow{N(0)}));
    EXPECT_THAT(ReadOne(*database_, "SELECT n FROM counter"), ElementsAre(SqlRow{N(1)}));
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

TEST_P(DatabaseTest, ReadersDoNotWaitForWriters) {
  ASSERT_TRUE(WriteOne(*database_, "CREATE TABLE counter (n BIGINT)").ok());
  ASSERT_TRUE(WriteOne(*database_, "INSERT INTO counter VALUES (0)").ok());
  // More writers than there are connections; the first one ends when all readers have.
  std::promise<void> writing, read;
  std::atomic<bool> first = true;
  std::vector<std::thread> writers;
  for (int i = 0; i < 10; ++i) {
    writers.emplace_back([&] {
      const absl::Status status = database_->Write([&](SqlTransaction& sql) {
        EXPECT_TRUE(sql.Run("UPDATE counter SET n = n + 1").ok());
        if (first.exchange(false)) {
          writing.set_value();
          read.get_future().wait();
        }
        return absl::OkStatus();
      });
      EXPECT_TRUE(status.ok()) << status;
    });
  }
  writing.get_future().wait();
  // More than there are connections of these, too.
  std::vector<std::thread> readers;
  const absl::Time start = absl::Now();
  for (int i = 0; i < 20; ++i) {
    readers.emplace_back([&] {
      EXPECT_THAT(ReadOne(*database_, "SELECT n FROM counter"), ElementsAre(SqlRow{N(0)}));
    });
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_LT(absl::Now() - start, absl::Seconds(3));
  read.set_value();
  for (std::thread& writer : writers) writer.join();
  EXPECT_THAT(ReadOne(*database_, "SELECT n FROM counter"), ElementsAre(SqlRow{N(10)}));
}

TEST_P(DatabaseTest, WakesForWhatIsCommitted) {
  const auto other = MustOpen(here_->Url());
  ASSERT_TRUE(WriteOne(*database_, "CREATE TABLE counter (n BIGINT)").ok());
  ASSERT_TRUE(WriteOne(*database_, "INSERT INTO counter VALUES (0)").ok());
  const struct {
    const char* description;
    std::function<void()> event;
    bool wakes;
  } kRows[] = {
      {"another server writes", [&] { EXPECT_TRUE(Increment(*other).ok()); }, true},
      {"we write", [&] { EXPECT_TRUE(Increment(*database_).ok()); }, true},
      {"another server reads", [&] { ReadOne(*other, "SELECT n FROM counter"); }, false},
      {"we read", [&] { ReadOne(*database_, "SELECT n FROM counter"); }, false},
      {"another server fails to write",
       [&] {
         EXPECT_FALSE(other
                          ->Write([](SqlTransaction& sql) {
                            EXPECT_TRUE(sql.Run("UPDATE counter SET n = n + 1").ok());
                            return absl::AbortedError("no");
                          })
                          .ok());
       },
       false},
  };
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.description);
    ForgetChanges(*database_);
    row.event();
    EXPECT_EQ(database_->WaitForChange(absl::Milliseconds(200)), row.wakes) << "what was before";
    ForgetChanges(*database_);
    std::thread later([&] {
      absl::SleepFor(absl::Milliseconds(50));
      row.event();
    });
    const absl::Time start = absl::Now();
    EXPECT_EQ(database_->WaitForChange(row.wakes ? absl::Seconds(10) : absl::Milliseconds(300)),
              row.wakes)
        << "what comes";
    EXPECT_LT(absl::Now() - start, absl::Milliseconds(1100));
    later.join();
  }
}

TEST_P(DatabaseTest, WaitingEndsInTimeAndWhenInterrupted) {
  ForgetChanges(*database_);
  absl::Time start = absl::Now();
  EXPECT_FALSE(database_->WaitForChange(absl::Milliseconds(120)));
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(120));
  EXPECT_FALSE(database_->WaitForChange(absl::ZeroDuration()));

  start = absl::Now();
  std::thread later([&] {
    absl::SleepFor(absl::Milliseconds(50));
    database_->Interrupt();
  });
  EXPECT_FALSE(database_->WaitForChange(absl::InfiniteDuration()));
  later.join();
  EXPECT_FALSE(database_->WaitForChange(absl::InfiniteDuration())) << "and all later ones";
  EXPECT_LT(absl::Now() - start, absl::Seconds(1));
}

TEST(OpenDatabaseTest, SaysWhenItIsNoDatabase) {
  for (const char* url :
       {"", "sqlite", "sqlite:", "moderation.db", "mysql://signalbook:hush@db/signalbook",
        "postgresql:/db/signalbook hush", "host=db pasword=hush", "password=very hush",
        "postgresql://signalbook:hu@hush@db/signalbook",
        "postgresql://signalbook:hush/hush@db/signalbook",
        "postgresql://signalbook:a?hush@hush@db/signalbook"}) {
    SCOPED_TRACE(url);
    const auto database = OpenDatabase(url);
    EXPECT_EQ(database.status().code(), absl::StatusCode::kInvalidArgument) << database.status();
    EXPECT_THAT(std::string(database.status().message()), Not(HasSubstr("hush")));
  }
}

TEST(SqlValueTest, NullIsNothing) {
  EXPECT_EQ(SqlInt(kNull), 0);
  EXPECT_EQ(SqlText(kNull), "");
  EXPECT_EQ(SqlInt(N(-7)), -7);
  EXPECT_EQ(SqlText(T("a")), "a");
}

}  // namespace
}  // namespace signalbook
