#include "service/moderation/sqlite_database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <filesystem>
#include <thread>

#include "absl/time/clock.h"
#include "service/moderation/database.h"
#include "tests/service/cli/temp_folder.h"
#include "tests/service/moderation/test_databases.h"

namespace signalbook {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SqliteDatabaseTest : public testing::Test {
 protected:
  const TempFolder folder_;
  const std::string path_ = folder_.path() + "/moderation.db";
  const std::string url_ = "sqlite:" + path_;
};

TEST_F(SqliteDatabaseTest, OnlyTheOwnerReadsIt) {
  const auto database = MustOpen(url_);
  ASSERT_TRUE(WriteOne(*database, "CREATE TABLE t (s TEXT)").ok());
  EXPECT_THAT(folder_.Names(),
              ElementsAre("moderation.db", "moderation.db-shm", "moderation.db-wal"));
  for (const std::string& name : folder_.Names()) {
    struct stat file;
    ASSERT_EQ(stat((folder_.path() + "/" + name).c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 0777, 0600u) << name;
  }
}

TEST_F(SqliteDatabaseTest, WhatCannotBeOpened) {
  folder_.Write("file",
                "this is a text of a person and no database, and it is long enough to see that");
  const struct {
    const char* description;
    std::string url;
    absl::StatusCode code;
    const char* message;
  } kRows[] = {
      {"no folder", "sqlite:" + folder_.path() + "/none/moderation.db",
       absl::StatusCode::kUnavailable, "its folder must exist"},
      {"a folder that is a file", "sqlite:" + folder_.path() + "/file/moderation.db",
       absl::StatusCode::kUnavailable, "its folder must exist"},
      {"a folder", "sqlite:" + folder_.path(), absl::StatusCode::kUnavailable, "unable to open"},
      {"another file", "sqlite:" + folder_.path() + "/file", absl::StatusCode::kInternal,
       "restore it from a backup"},
  };
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.description);
    const auto database = OpenDatabase(row.url);
    EXPECT_EQ(database.status().code(), row.code) << database.status();
    EXPECT_THAT(std::string(database.status().message()), HasSubstr(row.message));
    EXPECT_THAT(std::string(database.status().message()), HasSubstr(row.url.substr(7)));
  }
  EXPECT_THAT(folder_.Names(), ElementsAre("file"));
}

TEST_F(SqliteDatabaseTest, NamesThatSqliteTakesForSomethingElse) {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder_.path());
  for (const std::string name : {":memory:", "file:a?mode=memory", "b.db"}) {
    SCOPED_TRACE(name);
    const auto database = MustOpen("sqlite:" + name);
    EXPECT_TRUE(WriteOne(*database, "CREATE TABLE t (n BIGINT)").ok());
    EXPECT_THAT(ReadOne(*database, "SELECT n FROM t"), IsEmpty());
    EXPECT_TRUE(std::filesystem::exists(name));
  }
  std::filesystem::current_path(before);
}

TEST_F(SqliteDatabaseTest, ABackupThatIsPutInItsPlaceIsUsed) {
  const auto database = MustOpen(url_);
  ASSERT_TRUE(WriteOne(*database, "CREATE TABLE t (n BIGINT)").ok());
  const std::string backup = folder_.path() + "/backup.db";
  ASSERT_TRUE(WriteOne(*MustOpen("sqlite:" + backup), "CREATE TABLE old (n BIGINT)").ok());
  ReadOne(*database, "SELECT n FROM t");
  ForgetChanges(*database);

  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path_ + end);
  EXPECT_TRUE(absl::IsUnavailable(WriteOne(*database, "INSERT INTO t VALUES (1)")));
  EXPECT_THAT(folder_.Names(), ElementsAre("backup.db")) << "no empty one is made";

  std::filesystem::rename(backup, path_);
  EXPECT_TRUE(database->WaitForChange(absl::Seconds(1)));
  EXPECT_TRUE(WriteOne(*database, "INSERT INTO old VALUES (1)").ok());
  EXPECT_THAT(ReadOne(*database, "SELECT n FROM old"), ElementsAre(SqlRow{int64_t{1}}));
}

TEST_F(SqliteDatabaseTest, ALockThatSomebodyKeepsIsUnavailable) {
  const auto database = MustOpen(url_);
  ASSERT_TRUE(WriteOne(*database, "CREATE TABLE t (n BIGINT)").ok());
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const absl::Time start = absl::Now();
  const absl::Status busy = WriteOne(*database, "INSERT INTO t VALUES (1)");
  EXPECT_EQ(busy.code(), absl::StatusCode::kUnavailable) << busy;
  EXPECT_GT(absl::Now() - start, absl::Seconds(3)) << "it waits a little";
  EXPECT_THAT(ReadOne(*database, "SELECT n FROM t"), IsEmpty());
  sqlite3_close(other);
  EXPECT_TRUE(WriteOne(*database, "INSERT INTO t VALUES (1)").ok());
}

// As of a full disk, the kernel takes no more.
class FullDisk {
 public:
  explicit FullDisk(rlim_t size) {
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit = {size, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_;
};

TEST_F(SqliteDatabaseTest, AFullDiskIsUnavailable) {
  const auto database = MustOpen(url_);
  ASSERT_TRUE(WriteOne(*database, "CREATE TABLE t (s TEXT)").ok());
  const std::string large(100'000, 'x');
  {
    const FullDisk full(std::filesystem::file_size(path_ + "-wal") + 20'000);
    for (int i = 0; i < 2; ++i) {
      const absl::Status status = WriteOne(*database, "INSERT INTO t VALUES ($1)", {large});
      EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
      EXPECT_THAT(std::string(status.message()), HasSubstr("disk"));
    }
    EXPECT_THAT(ReadOne(*database, "SELECT s FROM t"), IsEmpty());
    EXPECT_TRUE(WriteOne(*database, "INSERT INTO t VALUES ('a')").ok()) << "a little fits";
  }
  EXPECT_TRUE(WriteOne(*database, "INSERT INTO t VALUES ($1)", {large}).ok());
  EXPECT_THAT(ReadOne(*database, "SELECT LENGTH(s) FROM t ORDER BY 1"),
              ElementsAre(SqlRow{int64_t{1}}, SqlRow{int64_t{100'000}}));
}

TEST_F(SqliteDatabaseTest, AFullDatabaseIsUnavailable) {
  const auto database = MustOpen(url_);
  ASSERT_TRUE(WriteOne(*database, "CREATE TABLE t (s TEXT)").ok());
  const absl::Status full = database->Write([](SqlTransaction& sql) {
    EXPECT_TRUE(sql.Run("PRAGMA max_page_count = 10").ok());
    EXPECT_TRUE(sql.Run("INSERT INTO t VALUES ('a')").ok());
    // It rolls back here, and what follows would stand for itself.
    EXPECT_FALSE(sql.Run("INSERT INTO t VALUES ($1)", {std::string(100'000, 'x')}).ok());
    EXPECT_FALSE(sql.Run("INSERT INTO t VALUES ('b')").ok());
    return absl::OkStatus();
  });
  EXPECT_EQ(full.code(), absl::StatusCode::kUnavailable) << full;
  EXPECT_THAT(ReadOne(*database, "SELECT s FROM t"), IsEmpty());
  EXPECT_TRUE(WriteOne(*database, "INSERT INTO t VALUES ('c')").ok());
}

TEST_F(SqliteDatabaseTest, ADamagedFileIsInternal) {
  {
    const auto database = MustOpen(url_);
    ASSERT_TRUE(WriteOne(*database, "CREATE TABLE t (s TEXT)").ok());
    ASSERT_TRUE(WriteOne(*database, "INSERT INTO t VALUES ($1)", {std::string(20'000, 'x')}).ok());
  }
  std::string bytes = folder_.Read("moderation.db");
  for (size_t i = 4096; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7);
  folder_.Write("moderation.db", bytes);
  const absl::Status status =
      MustOpen(url_)->Read([](SqlTransaction& sql) { return sql.Run("SELECT s FROM t").status(); });
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("restore it from a backup"));
}

TEST_F(SqliteDatabaseTest, ManyMayOpenANewOneAtOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const auto database = OpenDatabase(url_);
      ASSERT_TRUE(database.ok()) << database.status();
      const absl::Status status = WriteOne(**database, "CREATE TABLE IF NOT EXISTS t (n BIGINT)");
      EXPECT_TRUE(status.ok()) << status;
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace signalbook
