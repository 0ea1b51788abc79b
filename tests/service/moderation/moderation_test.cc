// The rules of moderation, as people meet them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "service/moderation/database.h"
#include "service/status.h"
#include "tests/service/moderation/moderation_fixture.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;

// Both databases keep the same rules.
class ModerationRules : public ModerationTest, public ::testing::WithParamInterface<bool> {
 protected:
  void SetUp() override { Start(GetParam()); }
  Moderation& moderation() { return *server_->moderation; }
  std::string Thumb() { return server_->Says("👍", "es"); }

  v1::Proposal Block(const v1::Caller& caller, std::string_view entry) {
    v1::BlockEntryRequest request;
    request.set_entry(std::string(entry));
    request.set_reason("users report it");
    v1::Proposal proposal;
    const absl::Status status = moderation().BlockEntry(caller, request, &proposal);
    EXPECT_TRUE(status.ok()) << status;
    return proposal;
  }
  std::string Reject(const v1::Caller& caller, const v1::Proposal& proposal) {
    v1::RejectProposalRequest request;
    request.set_name(proposal.name());
    request.set_reason("no");
    v1::Proposal rejected;
    return ReasonOf(moderation().RejectProposal(caller, request, &rejected));
  }
  std::string RollBack(const v1::Caller& caller, int64_t revision, bool undo_blocks = false) {
    v1::RollBackRequest request;
    request.set_revision(revision);
    request.set_reason("it was better");
    request.set_undo_emergency_blocks(undo_blocks);
    v1::RollBackResponse response;
    const absl::Status status = moderation().RollBack(caller, request, &response);
    return status.ok() ? "" : ReasonOf(status);
  }
};

INSTANTIATE_TEST_SUITE_P(Databases, ModerationRules, ::testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Postgres" : "Sqlite"; });

TEST_P(ModerationRules, AProposalIsLiveOnceSomebodyElseApprovesIt) {
  const std::string before = Thumb();
  const v1::Proposal proposal = Propose(Mia(), kThumbsUpEs, "dedo gordo");
  EXPECT_EQ(proposal.approvals_required(), 1);
  EXPECT_EQ(proposal.before().text(), before);
  EXPECT_EQ(Thumb(), before) << "what is only proposed is not live";
  EXPECT_EQ(server_->live.Get()->revision, 0);

  const v1::Proposal approved = Approve(Ana(), proposal);
  EXPECT_EQ(approved.state(), v1::PROPOSAL_STATE_APPROVED);
  EXPECT_EQ(approved.revision(), 1);
  EXPECT_EQ(server_->live.Get()->revision, 1);
  EXPECT_EQ(Thumb(), "dedo gordo");
  EXPECT_EQ(server_->Says("👍", "es-AR"), "dedo gordo") << "inherited";
  EXPECT_THAT(server_->Says("👍🏽", "es"), HasSubstr("dedo gordo")) << "with its tone";
  EXPECT_EQ(WhyNotApprove(Ben(), proposal), "PROPOSAL_CLOSED");

  EXPECT_EQ(RollBack(Ana(), 0), "");
  EXPECT_EQ(Thumb(), before);
  EXPECT_EQ(server_->live.Get()->revision, 2) << "going back is a revision, too";
  EXPECT_TRUE(Verify().intact()) << Verify().defect();
}

TEST_P(ModerationRules, NobodyApprovesWhatTheyWrote) {
  const v1::Proposal proposal = Propose(Ana(), kThumbsUpEs, "dedo gordo");
  EXPECT_EQ(WhyNotApprove(Ana(), proposal), "OWN_PROPOSAL");
  EXPECT_EQ(Reject(Ana(), proposal), "OWN_PROPOSAL");
  EXPECT_EQ(WhyNotApprove(Ben(), proposal), "");
  EXPECT_EQ(Thumb(), "dedo gordo");
}

TEST_P(ModerationRules, FlagsTakeTwoApprovals) {
  const v1::Proposal proposal = Propose(Mia(), kCanadaEs, "Kanadá");
  EXPECT_EQ(proposal.approvals_required(), 2);
  EXPECT_EQ(Approve(Ana(), proposal).state(), v1::PROPOSAL_STATE_OPEN);
  EXPECT_EQ(server_->Says("🇨🇦", "es"), "Canadá");
  EXPECT_EQ(WhyNotApprove(Ana(), proposal), "ALREADY_APPROVED") << "two people, not one twice";
  EXPECT_EQ(Approve(Ben(), proposal).state(), v1::PROPOSAL_STATE_APPROVED);
  EXPECT_EQ(server_->Says("🇨🇦", "es"), "Kanadá");
}

TEST_P(ModerationRules, AnApprovalIsBoundToTheTextThatWasRead) {
  const v1::Proposal read = Propose(Mia(), kCanadaEs, "Kanadá");
  Approve(Ana(), read);
  v1::UpdateProposalRequest update;
  update.set_name(read.name());
  update.mutable_row()->set_text("Canada");
  update.set_etag(read.etag());
  v1::Proposal edited;
  EXPECT_EQ(ReasonOf(moderation().UpdateProposal(Mia(), update, &edited)), "PROPOSAL_CHANGED")
      << "an approval came in between";
  v1::GetProposalRequest get;
  get.set_name(read.name());
  v1::Proposal now;
  ASSERT_TRUE(moderation().GetProposal(Mia(), get, &now).ok());
  update.set_etag(now.etag());
  EXPECT_EQ(ReasonOf(moderation().UpdateProposal(Ana(), update, &edited)), "NOT_THE_AUTHOR");
  ASSERT_TRUE(moderation().UpdateProposal(Mia(), update, &edited).ok());
  EXPECT_EQ(edited.approvals_size(), 0) << "it was of another text";
  EXPECT_EQ(WhyNotApprove(Ben(), read), "PROPOSAL_CHANGED") << "the old text";
  EXPECT_EQ(Approve(Ben(), edited).state(), v1::PROPOSAL_STATE_OPEN);
  EXPECT_EQ(Approve(Ana(), edited).state(), v1::PROPOSAL_STATE_APPROVED);
}

TEST_P(ModerationRules, OfTwoProposalsForARowTheSecondIsNotLost) {
  const v1::Proposal first = Propose(Mia(), kThumbsUpEs, "dedo gordo");
  const v1::Proposal second = Propose(Ben(), kThumbsUpEs, "pulgar alzado");
  EXPECT_EQ(WhyNotPropose(Ana(), kThumbsUpEs, "dedo gordo"), "NOTHING_TO_CHANGE")
      << "Mia has proposed it";
  Approve(Ana(), first);
  EXPECT_EQ(WhyNotApprove(Ana(), second), "ROW_CHANGED");
  EXPECT_EQ(Thumb(), "dedo gordo");
  v1::UpdateProposalRequest update;
  update.set_name(second.name());
  *update.mutable_row() = second.row();
  update.set_etag(second.etag());
  v1::Proposal rebased;
  ASSERT_TRUE(moderation().UpdateProposal(Ben(), update, &rebased).ok());
  EXPECT_EQ(rebased.before().text(), "dedo gordo");
  Approve(Ana(), rebased);
  EXPECT_EQ(Thumb(), "pulgar alzado");

  v1::CreateProposalRequest stale;
  stale.set_entry(std::string(kThumbsUpEs));
  stale.mutable_row()->set_text("otra cosa");
  stale.set_reason("because");
  stale.set_base_etag(first.base_etag());
  v1::Proposal proposal;
  EXPECT_EQ(ReasonOf(moderation().CreateProposal(Mia(), stale, &proposal)), "ROW_CHANGED");
}

TEST_P(ModerationRules, WhatNoBookWouldTakeIsNotProposed) {
  const struct {
    const char* what;
    std::string_view entry;
    const char* text;
    const char* reason;
  } kRows[] = {
      {"the incident", kCanadaEn, "He's in prison", "ROW_REFUSED"},
      {"an emoji", kThumbsUpEs, "dedo 👍", "ROW_REFUSED"},
      {"nothing", kThumbsUpEs, "", "ROW_REFUSED"},
      {"a name that turns the text around", kThumbsUpEs, "dedo\u202E", "ROW_REFUSED"},
      {"what stands there", kCanadaEs, "Canadá", "NOTHING_TO_CHANGE"},
      {"no sequence", "entries/names:es:41", "a", "ENTRY_UNKNOWN"},
      {"a key in another form", "entries/names:es:1f44d", "a", "ENTRY_UNKNOWN"},
      {"no locale", "entries/names:xx-YY:1F44D", "a", "ENTRY_UNKNOWN"},
      {"no market", "entries/names:es@XX:1F44D", "a", "ENTRY_UNKNOWN"},
      {"no table", "entries/nouns:es:1F44D", "a", "NAME_MALFORMED"},
      {"no name", "1F44D", "a", "NAME_MALFORMED"},
      {"no concept", "entries/guards:es:sunshine", "sol", "ENTRY_UNKNOWN"},
      {"a pattern without a text that proves it", "entries/guards:es:arrest", "sol", "ROW_REFUSED"},
      {"a term with an emoji", "entries/terms:es:👍", "👍", "ROW_REFUSED"},
      {"a phrase that is not in the form that is looked up", "entries/phrases:en>es:Good Morning!",
       "buenos días", "ROW_REFUSED"},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(WhyNotPropose(Mia(), row.entry, row.text), row.reason) << row.what;
  }
}

TEST_P(ModerationRules, AnEmergencyBlockIsLiveAtOnceAndWaitsForSomebodyElse) {
  const std::string before = Thumb();
  const v1::Proposal block = Block(Ana(), kThumbsUpEs);
  EXPECT_TRUE(block.emergency());
  EXPECT_EQ(Thumb(), "👍");
  EXPECT_EQ(server_->Says("👍🏽", "es"), "👍🏽") << "with its tone";
  v1::ListProposalsRequest list;
  list.set_emergency(true);
  list.add_states(v1::PROPOSAL_STATE_OPEN);
  v1::ListProposalsResponse waiting;
  ASSERT_TRUE(moderation().ListProposals(Vic(), list, &waiting).ok());
  ASSERT_EQ(waiting.proposals_size(), 1);
  EXPECT_EQ(WhyNotApprove(Ana(), block), "OWN_PROPOSAL");

  EXPECT_EQ(Reject(Ben(), block), "");
  EXPECT_EQ(Thumb(), before);
  Approve(Ben(), Block(Ana(), kThumbsUpEs));
  EXPECT_EQ(Thumb(), "👍") << "confirmed";
  EXPECT_TRUE(Verify().intact()) << Verify().defect();
}

TEST_P(ModerationRules, RollingBackDoesNotBringBackWhatWasBlockedInAnEmergency) {
  Approve(Ana(), Propose(Mia(), kThumbsUpEs, "dedo gordo"));
  Block(Ana(), "entries/names:es:1F602");
  EXPECT_EQ(RollBack(Ben(), 0), "");
  EXPECT_NE(Thumb(), "dedo gordo");
  EXPECT_EQ(server_->Says("😂", "es"), "😂");
  EXPECT_EQ(RollBack(Ben(), 0), "NOTHING_TO_CHANGE");
  EXPECT_EQ(RollBack(Ben(), 0, /*undo_blocks=*/true), "ROLE_TOO_LOW");
  EXPECT_EQ(RollBack(Adm(), 0, /*undo_blocks=*/true), "");
  EXPECT_NE(server_->Says("😂", "es"), "😂");
  EXPECT_EQ(RollBack(Ben(), 99), "REVISION_NOT_FOUND");
}

TEST_P(ModerationRules, MarketsPhrasesGuardsAndTermsAreModeratedToo) {
  const v1::Proposal market = Propose(Mia(), "entries/names:es@CN:1F1E8-1F1E6", "Kanadá");
  Approve(Ana(), market);
  Approve(Ben(), market);
  EXPECT_EQ(server_->Says("🇨🇦", "es", "CN"), "Kanadá");
  EXPECT_EQ(server_->Says("🇨🇦", "es"), "Canadá");

  Approve(Ana(), Propose(Mia(), "entries/phrases:en>es:see you later alligator", "hasta luego"));
  const auto phrase = server_->live.Get()->translator->book().FindPhrase(
      *server_->live.Get()->translator->book().locales().Exact("en"),
      *server_->live.Get()->translator->book().locales().Exact("es"), "see you later alligator");
  ASSERT_TRUE(phrase.has_value());
  EXPECT_EQ(phrase->text, "hasta luego");

  const v1::Proposal term = Propose(Mia(), "entries/terms:es:palabrota", "palabrota");
  EXPECT_EQ(term.approvals_required(), 2);
  Approve(Ana(), term);
  Approve(Ben(), term);
  const auto now = server_->live.Get();
  std::string refused;
  for (const CheckResult& check : now->translator->JudgeCandidate(
           *Normalize("hello"), "una palabrota", *now->translator->book().locales().Exact("en"),
           *now->translator->book().locales().Exact("es"))) {
    if (check.refusal && check.refusal->reason == Reason::kBlockedTerm) refused = check.check;
  }
  EXPECT_EQ(refused, "guards");
}

TEST_P(ModerationRules, EveryDecisionIsInTheLogAndEditsOfItAreFound) {
  Approve(Ana(), Propose(Mia(), kThumbsUpEs, "dedo gordo"));
  Block(Ana(), "entries/names:es:1F602");
  v1::ListAuditEventsRequest all;
  all.set_ascending(true);
  v1::ListAuditEventsResponse events;
  ASSERT_TRUE(moderation().ListAuditEvents(Vic(), all, &events).ok());
  std::vector<std::string> actions;
  for (const v1::AuditEvent& event : events.events()) {
    actions.push_back(event.actor() + " " + event.action());
  }
  EXPECT_THAT(actions, ::testing::ElementsAre("mia proposal.create", "ana proposal.approve",
                                              "ana revision.apply", "ana entry.block",
                                              "ana revision.apply"));
  const v1::VerifyAuditLogResponse intact = Verify();
  EXPECT_TRUE(intact.intact()) << intact.defect();
  EXPECT_EQ(intact.events(), 5);

  const struct {
    const char* what;
    std::vector<const char*> statements;
    int64_t defect_number;
  } kTampering[] = {
      {"another actor",
       {"UPDATE audit_events SET body = REPLACE(body, 'mia', 'ben') WHERE number = 1"},
       1},
      {"an event less", {"DELETE FROM audit_events WHERE number = 2"}, 3},
      {"the end cut off", {"DELETE FROM audit_events WHERE number >= 4"}, 4},
      {"two in another order",
       {"UPDATE audit_events SET number = 100 WHERE number = 2",
        "UPDATE audit_events SET number = 2 WHERE number = 3",
        "UPDATE audit_events SET number = 3 WHERE number = 100"},
       3},
      {"a row that nobody decided",
       {"UPDATE moderated_rows SET body = REPLACE(body, 'dedo gordo', 'en prisión')"},
       0},
  };
  for (const auto& tampering : kTampering) {
    auto database = OpenDatabase(url_);
    ASSERT_TRUE(database.ok()) << database.status();
    // Seen from within the transaction of the tamperer, who then thinks better of it.
    ASSERT_FALSE((*database)
                     ->Write([&](SqlTransaction& sql) -> absl::Status {
                       for (const char* statement : tampering.statements) {
                         if (auto run = sql.Run(statement); !run.ok()) return run.status();
                       }
                       v1::VerifyAuditLogResponse found;
                       if (absl::Status status = VerifyAuditLogIn(sql, &found); !status.ok()) {
                         return status;
                       }
                       EXPECT_FALSE(found.intact()) << tampering.what;
                       EXPECT_EQ(found.defect_number(), tampering.defect_number)
                           << tampering.what << ": " << found.defect();
                       return absl::CancelledError("roll back");
                     })
                     .ok());
  }
  EXPECT_TRUE(Verify().intact());
}

}  // namespace
}  // namespace signalbook
