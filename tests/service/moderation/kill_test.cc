// kill -9 at random points of a load of decisions: none that was acknowledged is lost, none is half made.
// SIGNALBOOK_KILLS says how often; a thousand takes minutes.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <sstream>
#include <string>

#include "absl/time/clock.h"
#include "tests/service/moderation/moderation_fixture.h"

namespace signalbook {
namespace {

constexpr int kKills = 20;

class KillTest : public ModerationTest, public ::testing::WithParamInterface<bool> {};

INSTANTIATE_TEST_SUITE_P(Databases, KillTest, ::testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Postgres" : "Sqlite"; });

// Runs the writer until a random moment after its first decision; what it has acknowledged, by revision.
void WriteUntilKilled(const std::string& url, int round, std::mt19937* random,
                      std::map<int64_t, std::string>* acknowledged) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t writer = fork();
  ASSERT_GE(writer, 0);
  if (writer == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    execl(SIGNALBOOK_MODERATION_WRITER, SIGNALBOOK_MODERATION_WRITER, url.c_str(),
          std::to_string(round).c_str(), nullptr);
    _exit(127);
  }
  close(ends[1]);
  std::string said;
  char buffer[4096];
  ssize_t size = read(ends[0], buffer, sizeof(buffer));  // it has begun
  if (size > 0) said.append(buffer, size);
  absl::SleepFor(absl::Microseconds((*random)() % 30'000));
  kill(writer, SIGKILL);
  while ((size = read(ends[0], buffer, sizeof(buffer))) > 0) said.append(buffer, size);
  close(ends[0]);
  int status = 0;
  waitpid(writer, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status)) << "it ended by itself: " << WEXITSTATUS(status);

  std::istringstream lines(said);
  std::string line;
  while (std::getline(lines, line)) {
    if (lines.eof()) break;  // cut off: perhaps not acknowledged
    const size_t space = line.find(' ');
    (*acknowledged)[std::stoll(line)] = line.substr(space + 1);
  }
}

TEST_P(KillTest, NoDecisionIsLostAndNoneIsHalf) {
  const char* wanted = std::getenv("SIGNALBOOK_KILLS");
  const int kills = wanted == nullptr ? kKills : std::atoi(wanted);
  url_ = NewDatabase(GetParam());
  std::mt19937 random(7);
  std::map<int64_t, std::string> acknowledged;
  for (int round = 0; round < kills; ++round) {
    ASSERT_NO_FATAL_FAILURE(WriteUntilKilled(url_, round, &random, &acknowledged)) << round;
  }
  server_ = std::make_unique<TestServer>(url_);
  const v1::VerifyAuditLogResponse verified = Verify();
  EXPECT_TRUE(verified.intact()) << verified.defect();

  v1::DiffRevisionsResponse all;
  v1::DiffRevisionsRequest request;
  ASSERT_TRUE(server_->moderation->DiffRevisions(Vic(), request, &all).ok());
  ASSERT_EQ(all.changes_size(), 1);
  std::map<int64_t, std::string> made;
  std::string token;
  do {
    v1::ListRevisionsRequest list;
    list.set_page_size(1000);
    list.set_page_token(token);
    v1::ListRevisionsResponse page;
    ASSERT_TRUE(server_->moderation->ListRevisions(Vic(), list, &page).ok());
    for (const v1::Revision& revision : page.revisions()) {
      ASSERT_EQ(revision.changes_size(), 1);
      made[revision.number()] = revision.changes(0).after().text();
    }
    token = page.next_page_token();
  } while (!token.empty());
  int64_t lost = 0;
  for (const auto& [number, text] : acknowledged) lost += made[number] == text ? 0 : 1;
  EXPECT_EQ(lost, 0);
  ASSERT_FALSE(made.empty());
  EXPECT_EQ(static_cast<int64_t>(made.size()), made.rbegin()->first) << "numbers without gaps";
  EXPECT_EQ(server_->Says("👍", "es"), made.rbegin()->second);
  EXPECT_EQ(server_->live.Get()->revision, made.rbegin()->first);
  std::printf("%d kills: %zu decisions acknowledged, %zu made, %ld lost\n", kills,
              acknowledged.size(), made.size(), static_cast<long>(lost));
}

}  // namespace
}  // namespace signalbook
