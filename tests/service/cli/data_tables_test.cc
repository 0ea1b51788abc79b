// The rows of data/ as entries, and which of them say something else than a server.
#include "service/cli/moderation/data_tables.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "service/strings.h"
#include "tests/service/cli/data_tables_support.h"

namespace signalbook {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string Told(const DataRow& row) {
  std::string fields;
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  printer.SetUseUtf8StringEscaping(true);
  printer.PrintToString(row.row, &fields);
  return StrCat(row.file, ":", row.line, " ", EntryName(row.id).substr(8), " ", fields);
}

TEST(ReadDataRowsTest, ReadsEveryModeratedTable) {
  const ModeratedData data;
  data.Write("curated/es.tsv",
             "# Names.\n"
             "1F44D\tpulgar arriba\tpulgar | bien\tx\tin chats\n"
             "1F525\tfuego\n"
             "1F600\t!blocked\tno name\t\t\n");
  const auto read = ReadDataRows(data.dir());
  ASSERT_TRUE(read.ok()) << read.status();
  std::vector<std::string> told;
  for (const DataRow& row : read->rows) told.push_back(Told(row));
  EXPECT_THAT(
      told,
      ElementsAre(
          "curated/es.tsv:2 names:es:1F44D text: \"pulgar arriba\" alternates: \"pulgar\" "
          "alternates: \"bien\" note: \"in chats\" ",
          "curated/es.tsv:4 names:es:1F600 blocked: true ",
          "markets/CN.tsv:1 names:es@CN:1F1FA-1F1F8 text: \"EE. UU.\" alternates: \"Usa\" note: "
          "\"usage\" ",
          "phrases/en/es.tsv:1 phrases:en>es:asap text: \"lo antes posible\" ",
          "phrases/en/es.tsv:2 phrases:en>es:lol text: \"jajaja\" note: \"laughter\" ",
          "phrases/marks.tsv:1 phrases:root>es:, text: \",\" ",
          "phrases/marks.tsv:2 phrases:root>zh:? text: \"？\" ",
          "guards/es.tsv:2 terms:es:b.r text: \"b.r\" ",
          StrCat("guards/es.tsv:3 ", kCorpse,
                 " text: \"cad[áa]ver\" matches: \"un cadáver\" matches: \"cadaver\" "
                 "does_not_match: \"cada ver\" "),
          StrCat("guards/es.tsv:4 guards:es:death:", PatternId("muert[oa]s?"),
                 " text: \"muert[oa]s?\" matches: \"muerto\" does_not_match: \"muestra\" ")));
  ASSERT_THAT(read->malformed, SizeIs(1));
  EXPECT_EQ(ToString(read->malformed[0]), "curated/es.tsv:3: columns: 2 columns where 5 belong");
}

TEST(ReadDataRowsTest, OnlyARowThatFindsATermIsOne) {
  const ModeratedData data;
  const struct {
    const char* what;
    const char* row;
    std::string entry;
  } kRows[] = {
      {"a term", "blocked\tfoo\tfoo\t", "terms:es:foo"},
      {"with more examples", "blocked\tfoo\tfoo | a foo\t", "guards:es:blocked:"},
      {"with one that it must not find", "blocked\tfoo\tfoo\tfood", "guards:es:blocked:"},
      {"a pattern", "blocked\tfoo?\tfoo\t", "guards:es:blocked:"},
      {"another concept", "death\tfoo\tfoo\t", "guards:es:death:"},
  };
  for (const auto& row : kRows) {
    data.Write("guards/es.tsv", StrCat(row.row, "\n"));
    const auto read = ReadDataRows(data.dir());
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_THAT(EntryName(read->rows.back().id), StartsWith(StrCat("entries/", row.entry)))
        << row.what;
  }
}

TEST(ReadDataRowsTest, AFolderOfNoTablesIsNoData) {
  const auto read = ReadDataRows("/nonexistent");
  EXPECT_EQ(read.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(read.status().message()), HasSubstr("/nonexistent: "));
}

// What a folder says after an export is what was exported.
TEST(ReadDataRowsTest, ReadsWhatWasMerged) {
  const ModeratedData data;
  const std::vector<v1::RowChange> changes = {
      Change(kCorpse, R"(text: "cuerpo" matches: "el cuerpo" matches: "un cuerpo")"),
      Change("names:es:1F44D", R"(text: "bien" alternates: "vale" alternates: "ok" note: "why")"),
      Change("names:es:1F525", "blocked: true"),
      Change("names:zh@CN:1F525", R"(text: "火" note: "why")"),
      Change("phrases:en>es:asap", R"(text: "ya" note: "short")"),
      Change("terms:es:a+b", R"(text: "a+b")")};
  const auto merge = MergeIntoData(data.dir(), changes);
  ASSERT_TRUE(merge.ok()) << merge.status();
  for (const DataTable& table : merge->tables) data.Write(table.file, table.content);
  const auto read = ReadDataRows(data.dir());
  ASSERT_TRUE(read.ok()) << read.status();
  for (const v1::RowChange& change : changes) {
    std::string entry = change.entry();
    if (entry == "entries/" + kCorpse) entry = "entries/guards:es:death:" + PatternId("cuerpo");
    const auto found = std::find_if(read->rows.begin(), read->rows.end(),
                                    [&](const DataRow& row) { return EntryName(row.id) == entry; });
    ASSERT_NE(found, read->rows.end()) << entry;
    EXPECT_EQ(found->row.SerializeAsString(), change.after().SerializeAsString()) << entry;
  }
}

ExchangeRow Served(const std::string& entry, const std::string& row) {
  const absl::StatusOr<EntryId> id = ParseEntryName(entry);
  ExchangeRow served;
  served.table = id->table;
  served.scope = id->scope;
  served.key = id->key;
  served.row = RowOf(row);
  return served;
}

DataRow Wanted(const std::string& entry, const std::string& row) {
  return {.id = *ParseEntryName(entry), .row = RowOf(row), .file = "table", .line = 3};
}

TEST(CompareWithServedTest, FindsWhatSaysSomethingElse) {
  const std::string pattern = R"(text: "muerto" matches: "muerto")";
  const std::string key = "guards:es:death:" + PatternId("muerto");
  const struct {
    const char* what;
    std::vector<ExchangeRow> served;
    DataRow wanted;
    bool differs;
  } kRows[] = {
      {"the same",
       {Served("names:es:1F44D", R"(text: "bien")")},
       Wanted("names:es:1F44D", R"(text: "bien")"),
       false},
      {"with another note",
       {Served("names:es:1F44D", R"(text: "bien" note: "a")")},
       Wanted("names:es:1F44D", R"(text: "bien" note: "b")"),
       false},
      {"another text",
       {Served("names:es:1F44D", R"(text: "bien")")},
       Wanted("names:es:1F44D", R"(text: "mal")"),
       true},
      {"another alternate",
       {Served("names:es:1F44D", R"(text: "bien" alternates: "a")")},
       Wanted("names:es:1F44D", R"(text: "bien" alternates: "b")"),
       true},
      {"a block",
       {Served("names:es:1F44D", R"(text: "bien")")},
       Wanted("names:es:1F44D", "blocked: true"),
       true},
      {"blocked already",
       {Served("names:es:1F44D", "blocked: true")},
       Wanted("names:es:1F44D", "blocked: true"),
       false},
      {"nothing is served", {}, Wanted("names:es:1F44D", R"(text: "bien")"), true},
      {"another key says it",
       {Served("names:es:1F525", R"(text: "bien")")},
       Wanted("names:es:1F44D", R"(text: "bien")"),
       true},
      {"another market says it",
       {Served("names:es@CN:1F44D", R"(text: "bien")")},
       Wanted("names:es:1F44D", R"(text: "bien")"),
       true},
      {"a phrase that was removed",
       {Served("phrases:en>es:a", "removed: true")},
       Wanted("phrases:en>es:a", R"(text: "b")"),
       true},
      {"a guard with other examples",
       {Served(key, R"(text: "muerto" matches: "el muerto")")},
       Wanted(key, pattern),
       false},
      {"a guard under the key of what it replaced",
       {Served(kCorpse, pattern)},
       Wanted(key, pattern),
       false},
      {"a guard that was replaced",
       {Served(key, R"(text: "muerta" matches: "muerta")")},
       Wanted(key, pattern),
       true},
      {"a guard of another concept",
       {Served("guards:es:~death:" + PatternId("muerto"), pattern)},
       Wanted(key, pattern),
       true},
      {"a term",
       {Served("terms:es:a.b", R"(text: "a.b")")},
       Wanted("terms:es:a.b", R"(text: "a.b")"),
       false},
      {"a term that the book has as a guard",
       {Served("guards:es:blocked:" + PatternId("a\\.b"), R"(text: "a\\.b" matches: "a.b")")},
       Wanted("terms:es:a.b", R"(text: "a.b")"),
       false},
      {"a term that was removed",
       {Served("terms:es:a.b", "removed: true")},
       Wanted("terms:es:a.b", R"(text: "a.b")"),
       true},
  };
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.what);
    const DataDifference difference = CompareWithServed({row.wanted}, row.served, false);
    ASSERT_THAT(difference.rows, SizeIs(row.differs ? 1 : 0));
    EXPECT_EQ(difference.unchanged, row.differs ? 0 : 1);
    for (const DataRow& found : difference.rows) EXPECT_EQ(Told(found), Told(row.wanted));
  }
}

TEST(CompareWithServedTest, RemovesOnlyWhenAsked) {
  const std::vector<ExchangeRow> served = {
      Served("phrases:en>es:a", R"(text: "served")"),
      Served("phrases:en>es:b", R"(text: "served")"),
      Served("phrases:en>es:c", "removed: true"),
  };
  const std::vector<DataRow> wanted = {Wanted("phrases:en>es:a", R"(text: "wanted")")};
  EXPECT_THAT(CompareWithServed(wanted, served, false).rows, SizeIs(1));
  const DataDifference difference = CompareWithServed(wanted, served, true);
  ASSERT_THAT(difference.rows, SizeIs(2));
  EXPECT_EQ(Told(difference.rows[0]), Told(wanted[0])) << "changed, not removed";
  EXPECT_EQ(Told(difference.rows[1]), "table:0 phrases:en>es:b removed: true ");

  const std::string pattern = R"(text: "muerto" matches: "muerto")";
  const std::vector<ExchangeRow> guards = {
      Served(kCorpse, pattern), Served("guards:es:death:0", R"(text: "x" matches: "x")"),
      Served("terms:es:foo", R"(text: "foo")"), Served("terms:es:bar", R"(text: "bar")")};
  const DataDifference less =
      CompareWithServed({Wanted("guards:es:death:" + PatternId("muerto"), pattern),
                         Wanted("terms:es:foo", R"(text: "foo")")},
                        guards, true);
  ASSERT_THAT(less.rows, SizeIs(2));
  EXPECT_EQ(Told(less.rows[0]), "table:0 guards:es:death:0 removed: true ");
  EXPECT_EQ(Told(less.rows[1]), "table:0 terms:es:bar removed: true ");
  // A name cannot be removed.
  EXPECT_THAT(CompareWithServed({Wanted("names:es:1F44D", R"(text: "bien")")},
                                {Served("names:es:1F44D", R"(text: "bien")"),
                                 Served("names:es:1F525", R"(text: "fuego")")},
                                true)
                  .rows,
              IsEmpty());
}

}  // namespace
}  // namespace signalbook
