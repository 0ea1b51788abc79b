// Databases that go away, and processes that do.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <random>
#include <thread>

#include "absl/time/clock.h"
#include "service/moderation/database.h"
#include "tests/service/moderation/test_databases.h"

extern char** environ;

namespace signalbook {
namespace {

using testing::ElementsAre;

using DatabaseGoneTest = DatabaseTest;
INSTANTIATE_TEST_SUITE_P(Both, DatabaseGoneTest, testing::Values(Kind::kSqlite, Kind::kPostgres),
                         KindName);

TEST_P(DatabaseGoneTest, IsUnavailableUntilItIsBack) {
  ASSERT_TRUE(WriteOne(*database_, "CREATE TABLE t (n BIGINT)").ok());
  ASSERT_TRUE(WriteOne(*database_, "INSERT INTO t VALUES (1)").ok());
  ReadOne(*database_, "SELECT n FROM t");
  ForgetChanges(*database_);

  here_->Leave();
  for (int i = 0; i < 3; ++i) {
    bool ran = false;
    const auto body = [&ran](SqlTransaction&) {
      ran = true;
      return absl::OkStatus();
    };
    const absl::Status write = database_->Write(body);
    EXPECT_EQ(write.code(), absl::StatusCode::kUnavailable) << write;
    const absl::Status read = database_->Read(body);
    EXPECT_EQ(read.code(), absl::StatusCode::kUnavailable) << read;
    EXPECT_FALSE(ran);
  }
  EXPECT_FALSE(database_->WaitForChange(absl::Milliseconds(300)));
  EXPECT_EQ(OpenDatabase(here_->Url()).status().code(), absl::StatusCode::kUnavailable);

  here_->Return();
  EXPECT_TRUE(database_->WaitForChange(absl::Seconds(5))) << "there may have been a change";
  EXPECT_FALSE(database_->WaitForChange(absl::Milliseconds(200))) << "that is told once";
  const absl::Status write = WriteOne(*database_, "INSERT INTO t VALUES (2)");
  EXPECT_TRUE(write.ok()) << write;
  EXPECT_EQ(ReadOne(*database_, "SELECT n FROM t ORDER BY n"),
            (std::vector<SqlRow>{{int64_t{1}}, {int64_t{2}}}));
  EXPECT_TRUE(database_->WaitForChange(absl::Seconds(1)));
}

// database_writer, and what it has said.
class Writer {
 public:
  explicit Writer(const std::string& url) {
    int ends[2];
    EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
    output_ = ends[0];
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO);
    std::string program = SIGNALBOOK_DATABASE_WRITER, argument = url;
    char* argv[] = {program.data(), argument.data(), nullptr};
    EXPECT_EQ(posix_spawn(&pid_, argv[0], &files, nullptr, argv, environ), 0);
    posix_spawn_file_actions_destroy(&files);
    close(ends[1]);
  }
  ~Writer() { close(output_); }

  // The last number that it said was written, 0: none. Waits for a first one, then `more`, then kills.
  int64_t KillAfter(absl::Duration more) {
    std::string said;
    char buffer[4096];
    ssize_t count = read(output_, buffer, sizeof(buffer));
    if (count > 0) said.append(buffer, count);
    absl::SleepFor(more);
    kill(pid_, SIGKILL);
    int status = 0;
    waitpid(pid_, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "it ended by itself";
    while ((count = read(output_, buffer, sizeof(buffer))) > 0) said.append(buffer, count);
    const size_t end = said.rfind('\n');
    if (end == std::string::npos) return 0;
    const size_t previous = said.rfind('\n', end - 1);
    const size_t start = previous == std::string::npos ? 0 : previous + 1;
    return std::atoll(said.substr(start, end - start).c_str());
  }

 private:
  pid_t pid_ = -1;
  int output_ = -1;
};

TEST_P(DatabaseGoneTest, AKilledProcessLosesNothingThatItWasToldIsWritten) {
  constexpr int kKills = 20;
  ASSERT_TRUE(WriteOne(*database_, "CREATE TABLE ones (n BIGINT PRIMARY KEY)").ok());
  ASSERT_TRUE(WriteOne(*database_, "CREATE TABLE others (n BIGINT PRIMARY KEY)").ok());
  std::mt19937 random(1);
  int64_t before = 0;
  for (int i = 0; i < kKills; ++i) {
    SCOPED_TRACE(i);
    const int64_t told =
        Writer(here_->Url())
            .KillAfter(absl::Microseconds(std::uniform_int_distribution(0, 30'000)(random)));
    ASSERT_GT(told, before) << "what an earlier one wrote was written again";
    // In one statement: what was not acknowledged may still be on its way.
    const auto rows = ReadOne(*database_,
                              "SELECT MAX(ones.n) >= $1, MAX(ones.n) - COUNT(ones.n),"
                              " COUNT(ones.n) - COUNT(others.n), COUNT(*) - COUNT(others.n)"
                              " FROM ones FULL JOIN others ON ones.n = others.n",
                              {told});
    ASSERT_EQ(rows, (std::vector<SqlRow>{{int64_t{1}, int64_t{0}, int64_t{0}, int64_t{0}}}))
        << "all that it was told, none missing, none in one table only";
    before = told;
  }
}

}  // namespace
}  // namespace signalbook
