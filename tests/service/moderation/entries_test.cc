// What moderators see: lists, queues, one entry, files, previews, impact.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "service/status.h"
#include "tests/service/moderation/moderation_fixture.h"
#include "tests/support/test_book.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;

class EntriesTest : public ModerationTest {
 protected:
  void SetUp() override { Start(); }
  Moderation& moderation() { return *server_->moderation; }

  v1::ListEntriesResponse List(const std::string& scope, const v1::EntryFilter& filter = {},
                               int page_size = 1000, v1::Table table = v1::TABLE_NAMES) {
    v1::ListEntriesRequest request;
    request.set_table(table);
    request.set_scope(scope);
    *request.mutable_filter() = filter;
    request.set_page_size(page_size);
    v1::ListEntriesResponse response;
    const absl::Status status = moderation().ListEntries(Vic(), request, &response);
    EXPECT_TRUE(status.ok()) << status;
    return response;
  }
  v1::EntryDetail Get(std::string_view name) {
    v1::GetEntryRequest request;
    request.set_name(std::string(name));
    v1::EntryDetail detail;
    const absl::Status status = moderation().GetEntry(Vic(), request, &detail);
    EXPECT_TRUE(status.ok()) << status;
    return detail;
  }
};

TEST_F(EntriesTest, PagesTileTheListAndTokensBelongToIt) {
  v1::ListEntriesRequest request;
  request.set_table(v1::TABLE_NAMES);
  request.set_scope("es");
  request.set_page_size(700);
  std::set<std::string> names;
  int pages = 0;
  int total = 0;
  std::string token;
  do {
    request.set_page_token(token);
    v1::ListEntriesResponse response;
    ASSERT_TRUE(moderation().ListEntries(Vic(), request, &response).ok());
    for (const v1::ModeratedEntry& entry : response.entries()) {
      EXPECT_TRUE(names.insert(entry.name()).second) << entry.name() << " twice";
    }
    total = response.total_size();
    token = response.next_page_token();
    ++pages;
  } while (!token.empty());
  EXPECT_GE(total, 3'963) << "every RGI sequence";
  EXPECT_EQ(names.size(), static_cast<size_t>(total));
  EXPECT_EQ(pages, (total + 699) / 700);

  v1::ListEntriesResponse response;
  request.clear_page_token();
  ASSERT_TRUE(moderation().ListEntries(Vic(), request, &response).ok());
  request.set_page_token(response.next_page_token());
  request.set_scope("fr");
  EXPECT_EQ(ReasonOf(moderation().ListEntries(Vic(), request, &response)), "PAGE_TOKEN_INVALID");
  request.set_page_token("garbage");
  EXPECT_EQ(ReasonOf(moderation().ListEntries(Vic(), request, &response)), "PAGE_TOKEN_INVALID");
  request.clear_page_token();
  request.set_page_size(-1);
  EXPECT_EQ(ReasonOf(moderation().ListEntries(Vic(), request, &response)), "FILTER_INVALID");
  request.set_page_size(0);
  request.set_scope("xx-YY");
  EXPECT_EQ(ReasonOf(moderation().ListEntries(Vic(), request, &response)), "ENTRY_UNKNOWN");
}

TEST_F(EntriesTest, FiltersFindWhatTheySay) {
  v1::EntryFilter filter;
  filter.set_text("canad");
  v1::ListEntriesResponse found = List("es", filter);
  ASSERT_EQ(found.entries_size(), 1);
  EXPECT_EQ(found.entries(0).name(), kCanadaEs);
  EXPECT_EQ(found.entries(0).sequence(), "🇨🇦");
  EXPECT_EQ(found.entries(0).english(), "Canada");
  EXPECT_TRUE(found.entries(0).sensitive());
  filter.set_text("🇨🇦");
  EXPECT_EQ(List("es", filter).total_size(), 1);
  EXPECT_EQ(List("es-AR", filter).entries(0).origin(), v1::ORIGIN_INHERITED);
  EXPECT_EQ(List("es-AR", filter).entries(0).origin_scope(), "es");

  filter.Clear();
  filter.set_emoji_version_from("18.0");
  found = List("es", filter);
  EXPECT_EQ(found.total_size(), 19) << "new in Emoji 18.0";
  filter.Clear();
  filter.set_group("Flags");
  found = List("es", filter);
  for (const v1::ModeratedEntry& entry : found.entries()) {
    ASSERT_EQ(entry.group(), "Flags");
  }
  filter.Clear();
  filter.add_origins(v1::ORIGIN_MODERATED);
  EXPECT_EQ(List("es", filter).total_size(), 0);
  Approve(Ana(), Propose(Mia(), kThumbsUpEs, "dedo gordo"));
  found = List("es", filter);
  ASSERT_EQ(found.total_size(), 1);
  EXPECT_EQ(found.entries(0).row().text(), "dedo gordo");
  EXPECT_EQ(found.entries(0).revision(), 1);
  filter.Clear();
  filter.set_proposed(true);
  EXPECT_EQ(List("es", filter).total_size(), 0);
  const v1::Proposal open = Propose(Mia(), kCanadaEs, "Kanadá");
  found = List("es", filter);
  ASSERT_EQ(found.total_size(), 1);
  EXPECT_THAT(found.entries(0).proposals(), ::testing::ElementsAre(open.name()));
}

TEST_F(EntriesTest, AnEntryShowsWhereItComesFromAndWhoDecided) {
  const v1::Proposal proposal = Propose(Mia(), kThumbsUpEs, "dedo gordo");
  Approve(Ana(), proposal);
  const v1::EntryDetail detail = Get(kThumbsUpEs);
  EXPECT_EQ(detail.entry().origin(), v1::ORIGIN_MODERATED);
  EXPECT_NE(detail.book_row().text(), "dedo gordo");
  EXPECT_EQ(detail.code_points(), "U+1F44D");
  EXPECT_EQ(detail.family_size(), 5) << "five skin tones";
  ASSERT_EQ(detail.history_size(), 1);
  EXPECT_EQ(detail.history(0).author(), "mia");
  EXPECT_THAT(detail.history(0).approvers(), ::testing::ElementsAre("ana"));
  EXPECT_EQ(detail.history(0).reason(), "because");
  EXPECT_EQ(detail.history(0).proposal(), proposal.name());
  bool english = false;
  for (const v1::ModeratedEntry& other : detail.elsewhere()) english |= other.scope() == "en";
  EXPECT_TRUE(english);
  const v1::EntryDetail flag = Get("entries/names:es:1F1F9-1F1FC");
  bool market = false;
  for (const v1::ModeratedEntry& other : flag.elsewhere()) market |= other.scope() == "en@CN";
  EXPECT_TRUE(market) << "markets, too";
}

TEST_F(EntriesTest, WhatIsExportedComesBackUnchangedAndEditsBecomeProposals) {
  Approve(Ana(), Propose(Mia(), kThumbsUpEs, "dedo gordo"));
  for (const v1::ExchangeFormat format :
       {v1::EXCHANGE_FORMAT_CSV, v1::EXCHANGE_FORMAT_JSON_LINES, v1::EXCHANGE_FORMAT_TBX,
        v1::EXCHANGE_FORMAT_TMX, v1::EXCHANGE_FORMAT_XLIFF}) {
    const std::string& name = v1::ExchangeFormat_Name(format);
    v1::ExportEntriesRequest request;
    request.set_table(v1::TABLE_NAMES);
    request.set_scope("es");
    request.set_format(format);
    request.set_all(true);
    v1::ExportEntriesResponse file;
    ASSERT_TRUE(moderation().ExportEntries(Vic(), request, &file).ok()) << name;
    EXPECT_GE(file.rows(), 3'900) << name;
    EXPECT_THAT(file.file_name(), HasSubstr("names-es")) << name;

    v1::ImportEntriesRequest import;
    import.set_format(format);
    import.set_content(file.content());
    import.set_validate_only(true);
    v1::ImportEntriesResponse preview;
    const absl::Status status = moderation().ImportEntries(Mia(), import, &preview);
    ASSERT_TRUE(status.ok()) << name << ": " << status;
    EXPECT_EQ(preview.unchanged(), file.rows()) << name;
    EXPECT_EQ(preview.proposals_size(), 0) << name << ": " << preview.proposals(0).entry();
    EXPECT_EQ(preview.problems_size(), 0)
        << name << ": " << preview.problems(0).entry() << ": " << preview.problems(0).message();
  }

  v1::ImportEntriesRequest import;
  import.set_format(v1::EXCHANGE_FORMAT_CSV);
  import.set_reason("a new translator");
  import.set_content(
      "table,scope,key,text,alternates,blocked,removed,note,matches,does_not_match\r\n"
      "names,es,1F44D,pulgar al aire,,false,false,,,\r\n"
      "names,es,1F602,,,true,false,,,\r\n"
      "names,es,1F604,mal 👍,,false,false,,,\r\n"
      "names,es,XYZ,nada,,false,false,,,\r\n");
  v1::ImportEntriesResponse done;
  const absl::Status status = moderation().ImportEntries(Mia(), import, &done);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(done.proposals_size(), 2);
  ASSERT_EQ(done.problems_size(), 2);
  EXPECT_EQ(done.problems(0).line(), 4);
  v1::ListProposalsRequest open;
  open.add_states(v1::PROPOSAL_STATE_OPEN);
  v1::ListProposalsResponse listed;
  ASSERT_TRUE(moderation().ListProposals(Vic(), open, &listed).ok());
  EXPECT_EQ(listed.total_size(), 2);
}

TEST_F(EntriesTest, APreviewShowsWhatAProposalWouldDoAndChangesNothing) {
  const std::string before = server_->Says("👍", "es");
  const v1::Proposal proposal = Propose(Mia(), kThumbsUpEs, "dedo gordo");
  v1::PreviewTranslationRequest request;
  request.mutable_request()->add_contents("bien 👍");
  request.mutable_request()->set_source_language_code("es");
  request.mutable_request()->set_target_language_code("es");
  request.mutable_request()->set_emoji_mode(v1::EMOJI_MODE_NAME);
  request.add_proposals(proposal.name());
  v1::PreviewTranslationResponse preview;
  ASSERT_TRUE(moderation().PreviewTranslation(Vic(), request, &preview).ok());
  EXPECT_EQ(preview.now().translations(0).translated_text(), "bien " + before);
  EXPECT_EQ(preview.then().translations(0).translated_text(), "bien dedo gordo");
  request.clear_proposals();
  request.set_entry(std::string(kThumbsUpEs));
  request.mutable_row()->set_blocked(true);
  preview.Clear();
  ASSERT_TRUE(moderation().PreviewTranslation(Vic(), request, &preview).ok());
  EXPECT_EQ(preview.then().translations(0).translated_text(), "bien 👍");
  EXPECT_EQ(server_->Says("👍", "es"), before);
}

TEST_F(EntriesTest, ImpactAndRefusalsSurviveARestart) {
  const auto now = server_->live.Get();
  const Book& book = now->translator->book();
  TranslateOptions options;
  options.source = TestLocale("en");
  options.target = TestLocale("es-AR");
  options.emoji_mode = EmojiMode::kName;
  for (int i = 0; i < 7; ++i) {
    const Message message = *Normalize("🇨🇦 the zebra waits 🇽🇽");
    const Translation translation = now->translator->Translate({message}, options)[0];
    moderation().traffic().Count(absl::Now(), now->revision, "en", "es-AR", translation,
                                 "🇨🇦 the zebra waits 🇽🇽", book);
  }
  server_.reset();
  server_ = std::make_unique<TestServer>(url_);
  v1::GetImpactRequest request;
  request.set_entry(std::string(kCanadaEs));
  v1::Impact impact;
  ASSERT_TRUE(moderation().GetImpact(Vic(), request, &impact).ok());
  EXPECT_EQ(impact.total(), 7);
  ASSERT_EQ(impact.counts_size(), 1);
  EXPECT_EQ(impact.counts(0).target_language_code(), "es-AR");
  EXPECT_EQ(impact.counts(0).revision(), 0);
  v1::ListRefusalsResponse refusals;
  ASSERT_TRUE(moderation().ListRefusals(Vic(), {}, &refusals).ok());
  EXPECT_EQ(refusals.total_size(), refusals.refusals_size());
  bool no_model = false;
  for (const v1::RefusalCount& refusal : refusals.refusals()) {
    if (refusal.reason() == v1::REASON_NO_MODEL) {
      no_model = true;
      EXPECT_EQ(refusal.count(), 7);
    }
    EXPECT_EQ(refusal.samples_size(), 0) << "nobody switched samples on";
  }
  EXPECT_TRUE(no_model);
}

TEST_F(EntriesTest, TheOverviewCountsTheQueues) {
  Propose(Mia(), kCanadaEs, "Kanadá");
  v1::GetOverviewRequest request;
  request.set_scope("es");
  v1::Overview overview;
  ASSERT_TRUE(moderation().GetOverview(Vic(), request, &overview).ok());
  EXPECT_EQ(overview.emoji_version(), "18.0");
  EXPECT_EQ(overview.queues().at("open"), 1);
  EXPECT_EQ(overview.queues().at("proposed"), 1);
  EXPECT_EQ(overview.queues().at("new"), 19);
  EXPECT_GE(overview.queues().at("sensitive"), 258);
  EXPECT_EQ(overview.queues().at("missing"), 0);
  EXPECT_GE(overview.locales_size(), 140);
}

}  // namespace
}  // namespace signalbook
