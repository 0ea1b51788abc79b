#include "service/moderation/postgres_database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <thread>

#include "absl/time/clock.h"
#include "service/moderation/database.h"
#include "tests/service/moderation/test_databases.h"

namespace signalbook {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kEndOthers[] =
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE pid <> pg_backend_pid() AND application_name = 'signalbook'";

class PostgresDatabaseTest : public testing::Test {
 protected:
  PostgresDatabaseTest() {
    EXPECT_TRUE(WriteOne(*database_, "CREATE TABLE t (n BIGINT)").ok());
    ReadOne(*database_, "SELECT n FROM t");
    ForgetChanges(*database_);
  }

  const std::string url_ = TestCluster().NewDatabase();
  const std::unique_ptr<Database> database_ = MustOpen(url_);
};

TEST_F(PostgresDatabaseTest, AConnectionThatBrokeIsReplaced) {
  TestCluster().Execute(kEndOthers);
  const absl::Status write = WriteOne(*database_, "INSERT INTO t VALUES (1)");
  EXPECT_TRUE(write.ok()) << write;
  EXPECT_THAT(ReadOne(*database_, "SELECT n FROM t"), ElementsAre(SqlRow{int64_t{1}}));
  EXPECT_TRUE(database_->WaitForChange(absl::Seconds(2))) << "there may have been a change";
  ForgetChanges(*database_);
  EXPECT_TRUE(WriteOne(*database_, "INSERT INTO t VALUES (2)").ok());
  EXPECT_TRUE(database_->WaitForChange(absl::Seconds(1))) << "it listens again";
}

TEST_F(PostgresDatabaseTest, ABreakInTheMiddleWritesNothing) {
  int runs = 0;
  const absl::Status broken = database_->Write([&](SqlTransaction& sql) {
    ++runs;
    EXPECT_TRUE(sql.Run("INSERT INTO t VALUES (1)").ok());
    TestCluster().Execute(kEndOthers);
    return sql.Run("INSERT INTO t VALUES (2)").status();
  });
  EXPECT_EQ(broken.code(), absl::StatusCode::kUnavailable) << broken;
  EXPECT_THAT(std::string(broken.message()), Not(HasSubstr("not known")));
  EXPECT_EQ(runs, 1);
  EXPECT_THAT(ReadOne(*database_, "SELECT n FROM t"), IsEmpty());
}

TEST_F(PostgresDatabaseTest, ABreakAtTheEndSaysThatItIsNotKnown) {
  int runs = 0;
  const absl::Status broken = database_->Write([&](SqlTransaction& sql) {
    ++runs;
    EXPECT_TRUE(sql.Run("INSERT INTO t VALUES (1)").ok());
    TestCluster().Execute(kEndOthers);
    return absl::OkStatus();
  });
  EXPECT_EQ(broken.code(), absl::StatusCode::kUnavailable) << broken;
  EXPECT_THAT(std::string(broken.message()), HasSubstr("not known"));
  EXPECT_EQ(runs, 1);
  EXPECT_THAT(ReadOne(*database_, "SELECT n FROM t"), IsEmpty());
}

TEST_F(PostgresDatabaseTest, AReadOnlyServerIsUnavailableUntilItIsNot) {
  // As one that follows another: with connections kept from before it was so.
  TestCluster().Execute("ALTER ROLE postgres SET default_transaction_read_only = on");
  TestCluster().Execute(kEndOthers);
  const absl::Status status = WriteOne(*database_, "INSERT INTO t VALUES (1)");
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_THAT(ReadOne(*database_, "SELECT n FROM t"), IsEmpty());
  TestCluster().Execute("BEGIN READ WRITE; ALTER ROLE postgres RESET ALL; COMMIT");
  EXPECT_TRUE(WriteOne(*database_, "INSERT INTO t VALUES (1)").ok());
}

TEST_F(PostgresDatabaseTest, CommitsReachTheDiskWhateverTheServersDefaultIs) {
  TestCluster().Execute("ALTER ROLE postgres SET synchronous_commit = off");
  EXPECT_EQ(ReadOne(*MustOpen(url_), "SHOW synchronous_commit"),
            (std::vector<SqlRow>{{std::string("on")}}));
  TestCluster().Execute("ALTER ROLE postgres SET synchronous_commit = remote_apply");
  EXPECT_EQ(ReadOne(*MustOpen(url_), "SHOW synchronous_commit"),
            (std::vector<SqlRow>{{std::string("remote_apply")}}))
      << "more than enough is left alone";
  TestCluster().Execute("ALTER ROLE postgres RESET ALL");
}

TEST_F(PostgresDatabaseTest, AWriterSeesWhatWasWrittenWhileItWaited) {
  // At a stricter level it would see what was there before it waited.
  TestCluster().Execute("ALTER ROLE postgres SET default_transaction_isolation = serializable");
  const auto other = MustOpen(url_);
  std::thread waiting;
  const absl::Status status = database_->Write([&](SqlTransaction& sql) {
    waiting = std::thread([&] {
      const absl::Status later = other->Write([](SqlTransaction& sql) {
        EXPECT_EQ(SqlInt(sql.Run("SELECT COUNT(*) FROM t").value()[0][0]), 1);
        return sql.Run("INSERT INTO t VALUES (2)").status();
      });
      EXPECT_TRUE(later.ok()) << later;
    });
    absl::SleepFor(absl::Milliseconds(200));
    return sql.Run("INSERT INTO t VALUES (1)").status();
  });
  EXPECT_TRUE(status.ok()) << status;
  waiting.join();
  TestCluster().Execute("ALTER ROLE postgres RESET ALL");
}

TEST_F(PostgresDatabaseTest, AValueThatDoesNotFitIsNotQuoted) {
  const absl::Status status =
      WriteOne(*database_, "INSERT INTO t VALUES ($1)", {std::string("what-somebody-wrote")});
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal) << status;
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("what-somebody-wrote")));
  EXPECT_THAT(std::string(status.message()), HasSubstr("22P02"));
}

TEST_F(PostgresDatabaseTest, UsesEightConnectionsAtMost) {
  constexpr int kReaders = 6;  // beside one that writes and one that listens
  std::latch reading(kReaders), counted(1);
  std::vector<std::thread> threads;
  for (int i = 0; i < 20; ++i) {
    threads.emplace_back([&] {
      const absl::Status status = database_->Read([&](SqlTransaction& sql) {
        if (!reading.try_wait()) reading.count_down();
        counted.wait();
        return sql.Run("SELECT n FROM t").status();
      });
      EXPECT_TRUE(status.ok()) << status;
    });
  }
  reading.wait();
  absl::SleepFor(absl::Milliseconds(100));  // for others to come, if they could
  const absl::Status status = database_->Write([](SqlTransaction& sql) {
    const auto rows =
        sql.Run("SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = 'signalbook'");
    EXPECT_EQ(SqlInt(rows.value()[0][0]), kReaders + 2);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  counted.count_down();
  for (std::thread& thread : threads) thread.join();
}

TEST_F(PostgresDatabaseTest, WhatCannotBeOpened) {
  TestCluster().Execute(
      "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0");
  const struct {
    const char* description;
    std::string url;
    const char* message;
  } kRows[] = {
      {"no server", "postgresql://signalbook:hush@127.0.0.1:1/signalbook", "127.0.0.1"},
      {"no such host", "postgresql://signalbook:hush@nowhere.invalid/signalbook",
       "nowhere.invalid"},
      {"no such database", TestCluster().Url("nothing") + "&password=hush",
       "\"nothing\" does not exist"},
      {"as keys and values", "host=127.0.0.1 port=1 password=hush", "127.0.0.1"},
      {"another encoding", TestCluster().Url("latin"), "ENCODING 'UTF8'"},
  };
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.description);
    const auto database = OpenDatabase(row.url);
    EXPECT_EQ(database.status().code(), absl::StatusCode::kUnavailable) << database.status();
    EXPECT_THAT(std::string(database.status().message()), HasSubstr(row.message));
    EXPECT_THAT(std::string(database.status().message()), Not(HasSubstr("hush")));
  }
}

}  // namespace
}  // namespace signalbook
