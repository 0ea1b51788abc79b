// Moderated rows under which the book has changed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "service/moderation/entries.h"
#include "service/status.h"
#include "tests/service/moderation/moderation_fixture.h"
#include "tests/support/test_book.h"

namespace signalbook {
namespace {

class UpstreamTest : public ModerationTest, public ::testing::WithParamInterface<bool> {
 protected:
  void SetUp() override { Start(GetParam()); }
  Moderation& moderation() { return *server_->moderation; }
};

INSTANTIATE_TEST_SUITE_P(Databases, UpstreamTest, ::testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Postgres" : "Sqlite"; });

// What a row was moderated over counts as an older book's once its fingerprint is another.
TEST_P(UpstreamTest, WhatChangedUpstreamIsListedOverAllScopes) {
  const v1::Proposal flag = Propose(Mia(), "entries/names:es@CN:1F1E8-1F1E6", "Kanadá");
  Approve(Ana(), flag);
  Approve(Ben(), flag);
  Approve(Ana(), Propose(Mia(), kThumbsUpEs, "dedo gordo"));
  Approve(Ana(), Propose(Mia(), "entries/names:fr:1F44D", "pouce levé haut"));
  Approve(Ana(), Propose(Mia(), "entries/phrases:en>es:see you later alligator", "hasta luego"));
  Approve(Ana(), Propose(Mia(), "entries/names:es:1F602", "cara que no ha cambiado"));
  v1::EntryFilter changed;
  changed.set_upstream_changed(true);
  v1::ListEntriesRequest every;
  *every.mutable_filter() = changed;
  v1::ListEntriesResponse response;
  ASSERT_TRUE(moderation().ListEntries(Vic(), every, &response).ok());
  EXPECT_EQ(response.total_size(), 0);
  auto database = OpenDatabase(url_);
  ASSERT_TRUE(database.ok()) << database.status();
  ASSERT_TRUE(
      (*database)
          ->Write([](SqlTransaction& sql) {
            return sql.Run("UPDATE moderated_rows SET book_row = 'older' WHERE row_key <> '1F602'")
                .status();
          })
          .ok());
  const auto now = server_->live.Get();
  const Translation served = TranslateOne(*now->translator, "👍", {"es", "es", EmojiMode::kName});
  moderation().traffic().Count(absl::Now(), now->revision, "es", "es", served, "👍",
                               now->translator->book());
  server_.reset();  // stores what it has counted
  server_ = std::make_unique<TestServer>(url_);

  const struct {
    const char* what;
    v1::Table table;
    const char* scope;
    std::vector<std::string> entries;
  } kRows[] = {
      {"all tables and scopes",
       v1::TABLE_UNSPECIFIED,
       "",
       {"entries/names:es:1F44D", "entries/names:es@CN:1F1E8-1F1E6", "entries/names:fr:1F44D",
        "entries/phrases:en>es:see you later alligator"}},
      {"a table",
       v1::TABLE_NAMES,
       "",
       {"entries/names:es:1F44D", "entries/names:es@CN:1F1E8-1F1E6", "entries/names:fr:1F44D"}},
      {"a table without any", v1::TABLE_GUARDS, "", {}},
      {"a scope", v1::TABLE_NAMES, "es", {"entries/names:es:1F44D"}},
      {"a market", v1::TABLE_NAMES, "es@CN", {"entries/names:es@CN:1F1E8-1F1E6"}},
  };
  for (const auto& row : kRows) {
    v1::ListEntriesRequest request;
    request.set_table(row.table);
    request.set_scope(row.scope);
    *request.mutable_filter() = changed;
    request.set_page_size(2);
    std::vector<std::string> names;
    v1::ListEntriesResponse page;
    do {
      request.set_page_token(page.next_page_token());
      page.Clear();
      const absl::Status status = moderation().ListEntries(Vic(), request, &page);
      ASSERT_TRUE(status.ok()) << row.what << ": " << status;
      EXPECT_EQ(page.total_size(), row.entries.size()) << row.what;
      for (const v1::ModeratedEntry& entry : page.entries()) {
        names.push_back(entry.name());
        EXPECT_EQ(entry.origin(), v1::ORIGIN_MODERATED) << row.what;
        EXPECT_EQ(entry.hits(), entry.name() == kThumbsUpEs ? 1 : 0) << row.what;
      }
    } while (!page.next_page_token().empty());
    EXPECT_THAT(names, ::testing::UnorderedElementsAreArray(row.entries)) << row.what;
  }
  v1::GetOverviewRequest request;
  request.set_scope("ja");
  v1::Overview overview;
  ASSERT_TRUE(moderation().GetOverview(Vic(), request, &overview).ok());
  EXPECT_EQ(overview.queues().at("upstream"), 4) << "as many as are listed";

  every.clear_filter();
  every.set_table(v1::TABLE_NAMES);
  EXPECT_EQ(ReasonOf(moderation().ListEntries(Vic(), every, &response)), "ENTRY_UNKNOWN")
      << "without the filter a scope is needed";
  every.mutable_filter()->set_sensitive(true);
  EXPECT_EQ(ReasonOf(moderation().ListEntries(Vic(), every, &response)), "ENTRY_UNKNOWN");
}

// A row that was exported into data/ and came back in a new book leaves nothing to decide.
TEST(UpstreamChangedTest, ARowThatTheBookSaysTooHasNotChangedUpstream) {
  const Book& book = *TestBook();
  const auto row = [](const std::string& text, const std::vector<std::string>& alternates = {}) {
    v1::Row made;
    made.set_text(text);
    for (const std::string& alternate : alternates) made.add_alternates(alternate);
    return made;
  };
  v1::Row blocked;
  blocked.set_blocked(true);
  v1::Row removed;
  removed.set_removed(true);
  GuardRule guard;
  GuardRule other_guard;  // of the same concept
  for (const GuardRule& rule : book.guards()) {
    if (rule.locale != "es") continue;
    if (rule.concept_name == guard.concept_name) other_guard = guard;
    guard = rule;
    if (!other_guard.pattern.empty()) break;
  }
  ASSERT_FALSE(other_guard.pattern.empty());
  const auto guard_key = [&guard](const std::string& pattern) {
    return std::string(guard.concept_name) + ":" + PatternId(pattern);
  };
  const std::string pattern(guard.pattern);
  const auto phrase = book.Phrases().back();
  const std::string pair = std::string(book.locales().tag(phrase.second.from)) + ">" +
                           std::string(book.locales().tag(phrase.second.to));
  const struct {
    const char* what;
    EntryId id;
    v1::Row row;
    bool changed;
  } kRows[] = {
      {"the same name", {v1::TABLE_NAMES, "es", "1F1E8-1F1E6"}, row("Canadá"), false},
      {"the same name with a note",
       {v1::TABLE_NAMES, "es", "1F1E8-1F1E6"},
       [&] {
         v1::Row noted = row("Canadá");
         noted.set_note("as people say it");
         return noted;
       }(),
       false},
      {"another name", {v1::TABLE_NAMES, "es", "1F1E8-1F1E6"}, row("Kanadá"), true},
      {"other alternates", {v1::TABLE_NAMES, "es", "1F1E8-1F1E6"}, row("Canadá", {"Kanadá"}), true},
      {"a block, where the book has a name", {v1::TABLE_NAMES, "es", "1F1E8-1F1E6"}, blocked, true},
      {"the same phrase",
       {v1::TABLE_PHRASES, pair, std::string(phrase.first)},
       row(std::string(phrase.second.text)),
       false},
      {"another phrase", {v1::TABLE_PHRASES, pair, std::string(phrase.first)}, row("otra"), true},
      {"a phrase that is removed here and there",
       {v1::TABLE_PHRASES, "en>es", "see you later alligator"},
       removed,
       false},
      {"one that the book still has",
       {v1::TABLE_PHRASES, pair, std::string(phrase.first)},
       removed,
       true},
      {"the same guard", {v1::TABLE_GUARDS, "es", guard_key(pattern)}, row(pattern), false},
      {"a guard in the place of another, which the book has no more",
       {v1::TABLE_GUARDS, "es", guard_key("of an older book")},
       row(pattern),
       false},
      {"in the place of another that the book still has",
       {v1::TABLE_GUARDS, "es", guard_key(pattern)},
       row("of this moderator"),
       true},
      {"in its place what the book says besides",
       {v1::TABLE_GUARDS, "es", guard_key(pattern)},
       row(std::string(other_guard.pattern)),
       true},
      {"a guard that the book never had",
       {v1::TABLE_GUARDS, "es", guard_key("of this moderator")},
       row("of this moderator"),
       true},
      {"a guard that is gone", {v1::TABLE_GUARDS, "es", guard_key("gone")}, removed, false},
      {"a term that the book has not",
       {v1::TABLE_TERMS, "es", "palabrota"},
       row("palabrota"),
       true},
  };
  for (const auto& c : kRows) {
    const store::ModeratedRow moderated{.id = c.id, .row = c.row, .book_row = "of an older book"};
    const auto item = Entries::One(book, book, c.id, &moderated);
    ASSERT_TRUE(item.ok()) << c.what << ": " << item.status();
    EXPECT_EQ(item->upstream_changed, c.changed) << c.what;
  }
}

}  // namespace
}  // namespace signalbook
