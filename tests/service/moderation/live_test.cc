// Several servers, and a database that comes and goes.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "service/status.h"
#include "tests/service/moderation/moderation_fixture.h"

namespace signalbook {
namespace {

class LiveTest : public ModerationTest, public ::testing::WithParamInterface<bool> {};

INSTANTIATE_TEST_SUITE_P(Databases, LiveTest, ::testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Postgres" : "Sqlite"; });

TEST_P(LiveTest, WhatIsApprovedOnOneServerIsServedByTheOther) {
  Start(GetParam());
  TestServer other(url_);
  std::vector<absl::Duration> delays;
  for (int i = 0; i < 100; ++i) {
    const std::string text = "pulgar " + std::string(1, static_cast<char>('a' + i % 26)) + "x" +
                             std::string(i / 26, 'y');
    const v1::Proposal proposal = Propose(Mia(), kThumbsUpEs, text);
    const absl::Time start = absl::Now();
    const v1::Proposal approved = Approve(Ana(), proposal);
    while (other.live.Get()->revision < approved.revision() &&
           absl::Now() - start < absl::Seconds(20)) {
      absl::SleepFor(absl::Milliseconds(1));
    }
    delays.push_back(absl::Now() - start);
    ASSERT_EQ(other.Says("👍", "es"), text);
  }
  std::sort(delays.begin(), delays.end());
  RecordProperty("median_ms", static_cast<int>(absl::ToInt64Milliseconds(delays[50])));
  RecordProperty("p99_ms", static_cast<int>(absl::ToInt64Milliseconds(delays[98])));
  std::printf("approved on one, served by the other: median %ld ms, p99 %ld ms\n",
              absl::ToInt64Milliseconds(delays[50]), absl::ToInt64Milliseconds(delays[98]));
}

TEST_P(LiveTest, ManyDecideAtOnceAndNothingIsLost) {
  Start(GetParam());
  TestServer other(url_);
  constexpr int kThreads = 4;
  constexpr int kEach = 10;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      Moderation& moderation = t % 2 == 0 ? *server_->moderation : *other.moderation;
      v1::Caller author = Mia();
      author.set_name("author " + std::to_string(t));
      for (int i = 0; i < kEach; ++i) {
        v1::CreateProposalRequest create;
        create.set_entry(std::string(kThumbsUpEs));
        create.mutable_row()->set_text("pulgar " + std::string(t + 1, 'a') +
                                       std::string(i + 1, 'b'));
        create.set_reason("because");
        v1::Proposal proposal;
        ASSERT_TRUE(moderation.CreateProposal(author, create, &proposal).ok());
        v1::ApproveProposalRequest approve;
        approve.set_name(proposal.name());
        approve.set_content_hash(proposal.content_hash());
        const absl::Status status = moderation.ApproveProposal(Ana(), approve, &proposal);
        // Somebody else was quicker, or it went well; nothing in between.
        ASSERT_TRUE(status.ok() || ReasonOf(status) == "ROW_CHANGED") << status;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  v1::ListProposalsResponse all;
  v1::ListProposalsRequest request;
  request.set_page_size(1000);
  ASSERT_TRUE(server_->moderation->ListProposals(Vic(), request, &all).ok());
  EXPECT_EQ(all.total_size(), kThreads * kEach);
  int approved = 0;
  for (const v1::Proposal& proposal : all.proposals()) {
    approved += proposal.state() == v1::PROPOSAL_STATE_APPROVED ? 1 : 0;
  }
  v1::ListRevisionsResponse revisions;
  ASSERT_TRUE(server_->moderation->ListRevisions(Vic(), {}, &revisions).ok());
  EXPECT_EQ(revisions.total_size(), approved);
  EXPECT_TRUE(Verify().intact()) << Verify().defect();
}

TEST_P(LiveTest, AServerThatStartsLaterHasWhatWasApproved) {
  Start(GetParam());
  Approve(Ana(), Propose(Mia(), kThumbsUpEs, "dedo gordo"));
  server_.reset();
  TestServer later(url_);
  EXPECT_EQ(later.Says("👍", "es"), "dedo gordo");
  EXPECT_EQ(later.live.Get()->revision, 1);
}

TEST_F(ModerationTest, WithoutItsDatabaseTranslationGoesOnAndModerationSaysSo) {
  Start(/*postgres=*/true);
  Approve(Ana(), Propose(Mia(), kThumbsUpEs, "dedo gordo"));
  Cluster().Kill();
  EXPECT_EQ(server_->Says("👍", "es"), "dedo gordo");
  v1::ListProposalsResponse response;
  const absl::Status status = server_->moderation->ListProposals(Vic(), {}, &response);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(ReasonOf(status), "STORE_UNAVAILABLE");
  EXPECT_EQ(WhyNotPropose(Mia(), kCanadaEs, "Kanadá"), "STORE_UNAVAILABLE");
  {
    LiveTranslator live(server_->live.Get()->translator);
    auto database = OpenDatabase(url_);
    if (database.ok()) {
      EXPECT_FALSE(Moderation::Start(*std::move(database), &live, {}).ok())
          << "nothing rather than rows that were withdrawn";
    }
  }
  Cluster().Start();
  const absl::Time give_up = absl::Now() + absl::Seconds(30);
  while (WhyNotPropose(Mia(), kCanadaEs, "Kanadá") == "STORE_UNAVAILABLE" &&
         absl::Now() < give_up) {
    absl::SleepFor(absl::Milliseconds(50));
  }
  TestServer other(url_);
  Approve(Ana(), Propose(Mia(), kThumbsUpEs, "pulgar alzado"));
  while (other.Says("👍", "es") != "pulgar alzado" && absl::Now() < give_up) {
    absl::SleepFor(absl::Milliseconds(50));
  }
  EXPECT_EQ(other.Says("👍", "es"), "pulgar alzado");
  EXPECT_TRUE(Verify().intact()) << Verify().defect();
}

}  // namespace
}  // namespace signalbook
