// kill -9 at random points of a load of decisions: none that was acknowledged is lost, none is half made.
// SIGNALBOOK_KILLS says how often; a thousand takes minutes.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <sstream>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/service/moderation/moderation_fixture.h"

namespace signalbook {
namespace {

constexpr int kKills = 20;
constexpr absl::Duration kLongestLife = absl::Milliseconds(500);  // where a machine hangs

class KillTest : public ModerationTest, public ::testing::WithParamInterface<bool> {};

INSTANTIATE_TEST_SUITE_P(Databases, KillTest, ::testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Postgres" : "Sqlite"; });

// Reads what the writer says, up to the end of a line or of it all.
bool ReadLines(int from, std::string* said) {
  char buffer[4096];
  ssize_t size = 0;
  do {
    size = read(from, buffer, sizeof(buffer));
    if (size > 0) said->append(buffer, size);
  } while (size > 0 && said->back() != '\n');
  return size > 0;
}

// Runs the writer and kills it at a random moment of the life of a decision, which is as long as its second one
// took; what it has acknowledged, by revision.
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
  bool writes = ReadLines(ends[0], &said);
  const absl::Time start = absl::Now();
  writes = writes && ReadLines(ends[0], &said);
  const absl::Duration life = std::min(absl::Now() - start, kLongestLife);
  // It also dies after the end of one, and at the start of the next.
  absl::SleepFor(life * std::uniform_real_distribution<>(0, 1.25)(*random));
  kill(writer, SIGKILL);
  while (ReadLines(ends[0], &said)) {
  }
  close(ends[0]);
  int status = 0;
  waitpid(writer, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status)) << "it ended by itself: " << WEXITSTATUS(status);
  ASSERT_TRUE(writes);

  std::istringstream lines(said);
  std::string line;
  while (std::getline(lines, line)) {
    if (lines.eof()) break;  // cut off: perhaps not acknowledged
    const size_t space = line.find(' ');
    (*acknowledged)[std::stoll(line)] = line.substr(space + 1);
  }
}

// Every page of a list of moderation.
template <typename Request, typename Response, typename Read>
void ForEachPage(Moderation& moderation,
                 absl::Status (Moderation::*list)(const v1::Caller&, const Request&, Response*),
                 const Read& read) {
  Request request;
  request.set_page_size(1000);
  Response page;
  do {
    request.set_page_token(page.next_page_token());
    page.Clear();
    ASSERT_TRUE((moderation.*list)(Vic(), request, &page).ok());
    read(page);
  } while (!page.next_page_token().empty());
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
  ForEachPage(*server_->moderation, &Moderation::ListRevisions, [&](const auto& page) {
    for (const v1::Revision& revision : page.revisions()) {
      ASSERT_EQ(revision.changes_size(), 1);
      made[revision.number()] = revision.changes(0).after().text();
    }
  });
  // A decision is an approval, a state and a revision with its row: all of it or nothing.
  int64_t approved = 0;
  int64_t half = 0;
  ForEachPage(*server_->moderation, &Moderation::ListProposals, [&](const auto& page) {
    for (const v1::Proposal& proposal : page.proposals()) {
      const bool is_approved = proposal.state() == v1::PROPOSAL_STATE_APPROVED;
      const auto revision = made.find(proposal.revision());
      const bool whole = is_approved ? proposal.approvals_size() == 1 && revision != made.end() &&
                                           revision->second == proposal.row().text()
                                     : proposal.approvals_size() == 0 && proposal.revision() == 0;
      approved += is_approved ? 1 : 0;
      half += whole ? 0 : 1;
    }
  });
  int64_t lost = 0;
  for (const auto& [number, text] : acknowledged) {
    const auto revision = made.find(number);
    lost += revision != made.end() && revision->second == text ? 0 : 1;
  }
  EXPECT_EQ(lost, 0);
  EXPECT_EQ(half, 0);
  EXPECT_EQ(approved, static_cast<int64_t>(made.size())) << "no revision without its proposal";
  ASSERT_FALSE(made.empty());
  EXPECT_EQ(static_cast<int64_t>(made.size()), made.rbegin()->first) << "numbers without gaps";
  EXPECT_EQ(server_->Says("👍", "es"), made.rbegin()->second);
  EXPECT_EQ(server_->live.Get()->revision, made.rbegin()->first);
  std::printf("%d kills, %zu acknowledged, %ld lost, %ld half\n", kills, acknowledged.size(),
              static_cast<long>(lost), static_cast<long>(half));
}

}  // namespace
}  // namespace signalbook
