// Proposals before they are decided: what may be proposed, and what a reader is told of them.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "service/moderation/database.h"
#include "service/moderation/rows.h"
#include "service/status.h"
#include "tests/service/moderation/moderation_fixture.h"

namespace signalbook {
namespace {

class ProposalsTest : public ModerationTest, public ::testing::WithParamInterface<bool> {
 protected:
  void SetUp() override { Start(GetParam()); }
  Moderation& moderation() { return *server_->moderation; }
};

INSTANTIATE_TEST_SUITE_P(Databases, ProposalsTest, ::testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Postgres" : "Sqlite"; });

TEST_P(ProposalsTest, TextsOfPeopleAreLimited) {
  const auto accented = [](int count) {
    std::string text;
    while (count-- > 0) text += "é";
    return text;
  };
  const struct {
    const char* what;
    std::string_view entry;
    std::function<void(v1::CreateProposalRequest*)> change;
    const char* reason;
  } kRows[] = {
      {"the longest text, in code points", kThumbsUpEs,
       [&](auto* r) { r->mutable_row()->set_text(accented(500)); }, ""},
      {"one more", kThumbsUpEs, [&](auto* r) { r->mutable_row()->set_text(accented(501)); },
       "FIELD_TOO_LONG"},
      {"the longest note", kThumbsUpEs,
       [&](auto* r) { r->mutable_row()->set_note(accented(2'000)); }, ""},
      {"a longer one", kThumbsUpEs, [&](auto* r) { r->mutable_row()->set_note(accented(2'001)); },
       "FIELD_TOO_LONG"},
      {"a long alternate", kThumbsUpEs,
       [&](auto* r) { r->mutable_row()->add_alternates(accented(201)); }, "FIELD_TOO_LONG"},
      {"many alternates", kThumbsUpEs,
       [](auto* r) {
         for (int i = 0; i < 51; ++i) r->mutable_row()->add_alternates("a");
       },
       "FIELD_TOO_LONG"},
      {"two alternates in one", kThumbsUpEs,
       [](auto* r) { r->mutable_row()->add_alternates("a | b"); }, "ROW_REFUSED"},
      {"many examples", "entries/guards:es:arrest",
       [](auto* r) {
         for (int i = 0; i < 51; ++i) r->mutable_row()->add_matches("a");
       },
       "FIELD_TOO_LONG"},
      {"a long example", "entries/guards:es:arrest",
       [&](auto* r) { r->mutable_row()->add_does_not_match(accented(501)); }, "FIELD_TOO_LONG"},
      {"the longest reason", kThumbsUpEs, [&](auto* r) { r->set_reason(accented(2'000)); }, ""},
      {"a longer one", kThumbsUpEs, [&](auto* r) { r->set_reason(accented(2'001)); },
       "FIELD_TOO_LONG"},
      {"a reason of spaces", kThumbsUpEs, [](auto* r) { r->set_reason(" \t"); }, "REASON_MISSING"},
  };
  for (const auto& row : kRows) {
    v1::CreateProposalRequest request;
    request.set_entry(std::string(row.entry));
    request.mutable_row()->set_text("dedo gordo");
    request.set_reason("because");
    row.change(&request);
    v1::Proposal proposal;
    EXPECT_EQ(ReasonOf(moderation().CreateProposal(Mia(), request, &proposal)), row.reason)
        << row.what;
  }
  v1::CommentOnProposalRequest comment;
  comment.set_name("proposals/1");
  v1::Proposal proposal;
  for (const auto& [text, reason] : {std::pair<std::string, const char*>(accented(2'000), ""),
                                     {accented(2'001), "FIELD_TOO_LONG"},
                                     {"", "REASON_MISSING"}}) {
    comment.set_text(text);
    EXPECT_EQ(ReasonOf(moderation().CommentOnProposal(Vic(), comment, &proposal)), reason);
  }
}

TEST_P(ProposalsTest, AProposalIsOutdatedOnceItsRowHasChanged) {
  const v1::Proposal first = Propose(Mia(), kThumbsUpEs, "dedo gordo");
  const v1::Proposal second = Propose(Ben(), kThumbsUpEs, "pulgar alzado");
  const v1::Proposal other = Propose(Mia(), kCanadaEs, "Kanadá");
  v1::BlockEntryRequest emergency;
  emergency.set_entry("entries/names:es:1F602");
  emergency.set_reason("users report it");
  v1::Proposal block;
  ASSERT_TRUE(moderation().BlockEntry(Ana(), emergency, &block).ok());
  const v1::Proposal of_another_book = Propose(Mia(), "entries/names:es:1F604", "cara alegre");
  auto database = OpenDatabase(url_);
  ASSERT_TRUE(database.ok()) << database.status();
  ASSERT_TRUE((*database)
                  ->Write([](SqlTransaction& sql) {
                    return sql
                        .Run(
                            "UPDATE proposals SET body = REPLACE(body, 'names:es:1F604', "
                            "'names:xx-YY:1F604')")
                        .status();
                  })
                  .ok());
  Approve(Ana(), first);
  const struct {
    const char* what;
    const v1::Proposal& proposal;
    bool outdated;
  } kRows[] = {
      {"decided", first, false},
      {"another was approved for its row", second, true},
      {"of another row", other, false},
      {"a block that is in force", block, false},
      {"of a locale that the book has no more", of_another_book, true},
  };
  v1::ListProposalsResponse list;
  ASSERT_TRUE(moderation().ListProposals(Vic(), {}, &list).ok());
  ASSERT_EQ(list.proposals_size(), 5);
  for (const auto& row : kRows) {
    v1::GetProposalRequest get;
    get.set_name(row.proposal.name());
    v1::Proposal found;
    ASSERT_TRUE(moderation().GetProposal(Vic(), get, &found).ok()) << row.what;
    EXPECT_EQ(found.outdated(), row.outdated) << row.what;
    for (const v1::Proposal& listed : list.proposals()) {
      if (listed.name() != row.proposal.name()) continue;
      EXPECT_EQ(listed.outdated(), row.outdated) << row.what << ", in the list";
    }
  }
  v1::GetEntryRequest get;
  get.set_name(std::string(kThumbsUpEs));
  v1::EntryDetail detail;
  ASSERT_TRUE(moderation().GetEntry(Vic(), get, &detail).ok());
  ASSERT_EQ(detail.proposals_size(), 2);
  EXPECT_TRUE(detail.proposals(0).outdated()) << "the open one comes first";
  EXPECT_FALSE(detail.proposals(1).outdated());
  v1::CommentOnProposalRequest comment;
  comment.set_name(second.name());
  comment.set_text("too late");
  v1::Proposal commented;
  ASSERT_TRUE(moderation().CommentOnProposal(Vic(), comment, &commented).ok());
  EXPECT_TRUE(commented.outdated());
}

TEST_P(ProposalsTest, OnlyValidatedItFailsAsTheRealCallWouldAndStoresNothing) {
  const v1::Proposal approved = Propose(Mia(), kThumbsUpEs, "dedo gordo");
  Approve(Ana(), approved);
  Propose(Mia(), kThumbsUpEs, "pulgar alzado");
  const struct {
    const char* what;
    std::string_view entry;
    const char* text;
    std::string base_etag;
    bool reset;
    const char* reason;  // of both
  } kRows[] = {
      {"a change", kThumbsUpEs, "pulgar hacia arriba", "", false, ""},
      {"based on a row that has changed", kThumbsUpEs, "otra cosa", approved.base_etag(), false,
       "ROW_CHANGED"},
      {"what the moderated row says", kThumbsUpEs, "dedo gordo", "", false, "NOTHING_TO_CHANGE"},
      {"what the book says", kCanadaEs, "Canadá", "", false, "NOTHING_TO_CHANGE"},
      {"what somebody proposes", kThumbsUpEs, "pulgar alzado", "", false, "NOTHING_TO_CHANGE"},
      {"back to the book, which counts", kCanadaEs, "", "", true, "NOTHING_TO_CHANGE"},
      {"no such row", "entries/names:xx-YY:1F44D", "a", "", false, "ENTRY_UNKNOWN"},
  };
  for (const auto& row : kRows) {
    v1::CreateProposalRequest request;
    request.set_entry(std::string(row.entry));
    if (!row.reset) request.mutable_row()->set_text(row.text);
    request.set_reset(row.reset);
    request.set_base_etag(row.base_etag);
    request.set_validate_only(true);
    v1::Proposal proposal;
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(ReasonOf(moderation().CreateProposal(Mia(), request, &proposal)), row.reason)
          << row.what;
    }
    request.set_validate_only(false);
    request.set_reason("because");
    EXPECT_EQ(ReasonOf(moderation().CreateProposal(Mia(), request, &proposal)), row.reason)
        << row.what;
  }
  v1::CreateProposalRequest refused;
  refused.set_entry(std::string(kCanadaEn));
  refused.mutable_row()->set_text("He's in prison");
  refused.set_validate_only(true);
  v1::Proposal proposal;
  ASSERT_TRUE(moderation().CreateProposal(Mia(), refused, &proposal).ok())
      << "what the checks find is the answer";
  ASSERT_GE(proposal.findings_size(), 1);
  EXPECT_TRUE(proposal.findings(0).error());
  EXPECT_EQ(proposal.name(), "");
  v1::ListProposalsResponse list;
  ASSERT_TRUE(moderation().ListProposals(Vic(), {}, &list).ok());
  EXPECT_EQ(list.total_size(), 3);
  EXPECT_EQ(Verify().events(), 5) << "three proposals, an approval, its revision";
}

// A locale without guards lets no model's text out; one pattern must not open it.
TEST_P(ProposalsTest, AGuardDoesNotOpenALocaleThatHasNone) {
  for (const char* entry : {"entries/guards:da:arrest", "entries/terms:da:snyd"}) {
    v1::CreateProposalRequest request;
    request.set_entry(entry);
    request.mutable_row()->set_text("snyd");
    request.mutable_row()->add_matches("det er snyd");
    if (std::string_view(entry).starts_with("entries/terms")) {
      request.mutable_row()->clear_matches();
    }
    request.set_reason("why");
    v1::Proposal proposal;
    EXPECT_EQ(ReasonOf(moderation().CreateProposal(Mia(), request, &proposal)), "ROW_REFUSED")
        << entry;
  }
  EXPECT_EQ(WhyNotPropose(Mia(), "entries/terms:es-MX:chueco", "chueco"), "");
  EXPECT_EQ(WhyNotPropose(Mia(), "entries/terms:root:xyzzy", "xyzzy"), "");

  // Nor does a row that was approved before.
  const Book& book = server_->live.Get()->translator->book();
  std::vector<std::string> ignored;
  v1::Row row;
  row.set_text("snyd");
  const OverlayRows overlay =
      ToOverlay(book, {{.id = {v1::TABLE_TERMS, "da", "snyd"}, .row = row}}, &ignored);
  EXPECT_TRUE(overlay.guards.empty());
  EXPECT_EQ(ignored, std::vector<std::string>{"entries/terms:da:snyd"});
}

TEST_P(ProposalsTest, ATermThatIsRemovedIsRemovedFromTheBook) {
  const Book& book = server_->live.Get()->translator->book();
  std::vector<std::string> ignored;
  v1::Row row;
  row.set_removed(true);
  const OverlayRows overlay =
      ToOverlay(book, {{.id = {v1::TABLE_TERMS, "es", "a.b"}, .row = row}}, &ignored);
  ASSERT_EQ(overlay.guards.size(), 1u);
  EXPECT_TRUE(overlay.guards[0].removed);
  EXPECT_EQ(overlay.guards[0].pattern, "a\\.b");
}

}  // namespace
}  // namespace signalbook
