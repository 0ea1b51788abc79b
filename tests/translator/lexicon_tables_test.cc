// data/lexicons/: a table comes back as it was written, and what is wrong with a row is said.
#include "translator/lexicon_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/small_data.h"
#include "translator/book.h"
#include "translator/book_builder.h"

namespace signalbook {
namespace {

using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

LexiconTable SmallTable() {
  LexiconTable table;
  table.sizes[0].sides = {
      {{{"house", 10}, {"it's", 3}, {"red", 5}}, {{"casa", 9}, {"la", 2'000'000}, {"лес", 2}}}};
  table.sizes[0].links = {{0, 0, 95}, {0, 1, 0.351F}, {2, 2, 1230}};
  table.sizes[1].sides = {{{{"-ing", 4}, {"hous", 12}}, {{"-ndo", 4}, {"casa", 11}}}};
  table.sizes[1].links = {{0, 0, 41.6F}, {1, 1, 7}};
  for (int i = 0; i < lexical_features::kCount; ++i) {
    table.weights[i] = static_cast<float>(i % 7) / 8 - 0.25F;
  }
  table.threshold = -2.375F;
  return table;
}

TEST(LexiconTablesTest, ATableComesBackAsItWasWritten) {
  const SmallData data;
  data.Write("lexicons/en/es.tsv", LexiconToTsv(SmallTable(), {"Source: nobody", "", "Pairs: 7"}));
  data.Write("lexicons/es/zh.tsv", LexiconToTsv(LexiconTable{}, {}));
  const absl::StatusOr<BuiltBook> built = BuildBook(data.dir(), {});
  ASSERT_TRUE(built.ok()) << built.status();
  for (const Finding& finding : built->findings) ADD_FAILURE() << ToString(finding);
  const std::shared_ptr<const Book> book = Book::FromImage(built->image).value();
  const std::vector<LexiconRow> lexicons = book->lexicons();
  ASSERT_THAT(lexicons, SizeIs(2));
  EXPECT_EQ(book->locales().tag(lexicons[0].from), "en");
  EXPECT_EQ(book->locales().tag(lexicons[0].to), "es");
  EXPECT_EQ(lexicons[0].image, WriteLexicon(SmallTable()));
  EXPECT_EQ(book->locales().tag(lexicons[1].to), "zh");
  EXPECT_EQ(lexicons[1].image, WriteLexicon(LexiconTable{}));
}

TEST(LexiconTablesTest, TheHeaderStandsFirst) {
  EXPECT_THAT(LexiconToTsv(LexiconTable{}, {"a", "b: c"}),
              StartsWith("# a\n# b: c\nthreshold\t\t\t\t0\n"));
}

TEST(LexiconTablesTest, NoFolderNoLexicon) {
  const SmallData data;
  const absl::StatusOr<BuiltBook> built = BuildBook(data.dir(), {});
  ASSERT_TRUE(built.ok()) << built.status();
  EXPECT_THAT(Book::FromImage(built->image).value()->lexicons(), IsEmpty());
}

TEST(LexiconTablesTest, EveryDefectIsSaidWithItsPlace) {
  const std::string file = "lexicons/en/es.tsv";
  const std::string units = "unit\tword\t\tcasa\t9\nunit\tword\thouse\t\t10\n";
  const std::string link = ": lexicon: a link needs two units of the table and a ratio above 0";
  const std::string unit = ": lexicon: a unit has one side and a count";
  const struct {
    std::string what, rows;
    std::vector<std::string> findings;  // without the file
  } kRows[] = {
      {"no defect", "# Source: x\nlink\tword\thouse\tcasa\t95\nthreshold\t\t\t\t0\n" + units, {}},
      {"a column too few", "threshold\t\t\t0\n", {":1: columns: 4 columns where 5 belong"}},
      {"a kind that is none", "unti\tword\ta\t\t2\n", {":1: lexicon: 'unti' is no kind of row"}},
      {"unsorted, behind a header",
       "# x\nunit\tword\ta\t\t2\nthreshold\t\t\t\t0\n",
       {":3: unsorted: stands behind a row that it sorts before"}},
      {"a value that is no number",
       "threshold\t\t\t\tfour\n",
       {":1: lexicon: 'four' is not a number"}},
      {"a value that is none", "threshold\t\t\t\t\n", {":1: lexicon: '' is not a number"}},
      {"a value with a tail", "threshold\t\t\t\t1x\n", {":1: lexicon: '1x' is not a number"}},
      {"not a number", "threshold\t\t\t\tnan\n", {":1: lexicon: 'nan' is not a number"}},
      {"infinite", "threshold\t\t\t\t-inf\n", {":1: lexicon: '-inf' is not a number"}},
      {"beyond all counts", "threshold\t\t\t\t1e10\n", {":1: lexicon: '1e10' is not a number"}},
      {"a weight of nothing",
       "weight\t\tto word\t\t1\n",
       {":1: lexicon: there is no weight 'to word'"}},
      {"a size that is none",
       "link\tphrase\thouse\tcasa\t9\nunit\tletter\ta\t\t2\n",
       {":1: lexicon: 'phrase' is no size of unit", ":2: lexicon: 'letter' is no size of unit"}},
      {"a unit of both sides", "unit\tword\ta\tb\t2\n", {":1" + unit}},
      {"a unit of neither", "unit\tword\t\t\t2\n", {":1" + unit}},
      {"a unit never seen", "unit\tword\ta\t\t0\n", {":1" + unit}},
      {"a unit twice",
       "unit\tword\ta\t\t2\nunit\tword\ta\t\t3\n",
       {":2: duplicate-key: 'unit word a' stands twice"}},
      {"the same text on both sides and in both sizes is four units",
       "unit\tpart\t\ta\t2\nunit\tpart\ta\t\t2\nunit\tword\t\ta\t2\nunit\tword\ta\t\t2\n",
       {}},
      {"a link twice",
       "link\tword\thouse\tcasa\t9\nlink\tword\thouse\tcasa\t95\n" + units,
       {":2: duplicate-key: 'link word house casa' stands twice"}},
      {"a weight twice",
       "weight\t\twords 1-2\t\t1\nweight\t\twords 1-2\t\t2\n",
       {":2: duplicate-key: 'weight words 1-2' stands twice"}},
      {"a threshold twice",
       "threshold\t\t\t\t1\nthreshold\t\t\t\t2\n",
       {":2: duplicate-key: 'threshold' stands twice"}},
      {"a link of an unknown source", "link\tword\thut\tcasa\t9\n" + units, {":1" + link}},
      {"a link of an unknown target", "link\tword\thouse\tchoza\t9\n" + units, {":1" + link}},
      {"a link of another size", "link\tpart\thouse\tcasa\t9\n" + units, {":1" + link}},
      {"a link without a ratio", "link\tword\thouse\tcasa\t0\n" + units, {":1" + link}},
      {"every row of a table",
       "link\tword\thouse\tcasa\tx\nlink\tword\thut\tcasa\t1\nthreshold\t\t\t\ty\n" + units,
       {":1: lexicon: 'x' is not a number", ":2" + link, ":3: lexicon: 'y' is not a number"}},
  };
  for (const auto& row : kRows) {
    const SmallData data;
    data.Write(file, row.rows);
    const absl::StatusOr<BuiltBook> built = BuildBook(data.dir(), {});
    ASSERT_TRUE(built.ok()) << built.status();
    std::vector<std::string> findings;
    for (const Finding& finding : built->findings) findings.push_back(ToString(finding));
    std::vector<std::string> expected;
    for (const std::string& finding : row.findings) expected.push_back(file + finding);
    EXPECT_THAT(findings, ElementsAreArray(expected)) << row.what;
  }
}

TEST(LexiconTablesTest, FoldersAndFilesAreLocales) {
  const SmallData data;
  data.Write("lexicons/en/xx.tsv", "threshold\t\t\t\t0\n");
  data.Write("lexicons/yy/es.tsv", "threshold\t\t\t\t0\n");
  const absl::StatusOr<BuiltBook> built = BuildBook(data.dir(), {});
  ASSERT_TRUE(built.ok()) << built.status();
  std::vector<std::string> findings;
  for (const Finding& finding : built->findings) findings.push_back(ToString(finding));
  EXPECT_THAT(findings, ::testing::ElementsAre(
                            "lexicons/en/xx.tsv: unknown-locale: xx is not in cldr/locales.tsv",
                            "lexicons/yy: unknown-locale: yy is not in cldr/locales.tsv"));
}

}  // namespace
}  // namespace signalbook
