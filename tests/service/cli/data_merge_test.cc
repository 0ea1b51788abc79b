// Moderated rows take the place of rows of data/, and nothing else changes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "service/cli/moderation/data_tables.h"
#include "service/strings.h"
#include "tests/service/cli/data_tables_support.h"

namespace signalbook {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string Read(const SmallData& data, const std::string& file) {
  std::ifstream in(data.dir() + "/" + file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// What became of a table: "-" and "+" before the lines that went and came.
std::string Diff(const std::string& before, const std::string& after) {
  const auto lines = [](std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
      lines.emplace_back(text.substr(0, text.find('\n')));
      text.remove_prefix(std::min(lines.back().size() + 1, text.size()));
    }
    return lines;
  };
  std::vector<std::string> old_lines = lines(before);
  std::string diff;
  std::string added;
  for (const std::string& line : lines(after)) {
    const auto found = std::find(old_lines.begin(), old_lines.end(), line);
    if (found == old_lines.end()) {
      added += "+" + line + "\n";
    } else {
      old_lines.erase(found);
    }
  }
  for (const std::string& line : old_lines) diff += "-" + line + "\n";
  return diff + added;
}

TEST(MergeIntoDataTest, PutsARowInThePlaceOfItsOwn) {
  const ModeratedData data;
  const struct {
    const char* what;
    std::string entry;
    std::string row;
    std::string file;  // empty: nothing changes
    std::string diff;  // what is counted, then what Diff says
  } kRows[] = {
      {"a name, which keeps its sensitivity", "names:es:1F1E8-1F1E6", R"(text: "El Canadá")",
       "curated/es.tsv",
       "+0 ~1 -0\n"
       "-1F1E8-1F1E6\tCanadá\t\tregion name\tCLDR 48\n"
       "+1F1E8-1F1E6\tEl Canadá\t\tregion name\t\n"},
      {"a new name stands where it sorts", "names:es:1F525",
       R"(text: "fuego" alternates: "llama" alternates: "a|b" note: "hot\r\n\tstuff ")",
       "curated/es.tsv",
       "+1 ~0 -0\n"
       "+1F525\tfuego\tllama | a|b\t\thot stuff\n"},
      {"a name is blocked", "names:es:1F44D", "blocked: true", "curated/es.tsv",
       "+0 ~1 -0\n"
       "-1F44D\tpulgar arriba\tpulgar | bien\t\tin chats\n"
       "+1F44D\t!blocked\t\t\t\n"},
      {"a block is lifted", "names:es:1F600", R"(text: "sonrisa")", "curated/es.tsv",
       "+0 ~1 -0\n"
       "-1F600\t!blocked\t\t\t\n"
       "+1F600\tsonrisa\t\t\t\n"},
      {"what it says already is left alone", "names:es:1F44D",
       R"(text: "pulgar arriba" alternates: "pulgar" alternates: "bien")", "", ""},
      {"but for a new note", "names:es:1F44D",
       R"(text: "pulgar arriba" alternates: "pulgar" alternates: "bien" note: "reviewed")",
       "curated/es.tsv",
       "+0 ~1 -0\n"
       "-1F44D\tpulgar arriba\tpulgar | bien\t\tin chats\n"
       "+1F44D\tpulgar arriba\tpulgar | bien\t\treviewed\n"},
      {"alternates in another order are another row", "names:es:1F44D",
       R"(text: "pulgar arriba" alternates: "bien" alternates: "pulgar")", "curated/es.tsv",
       "+0 ~1 -0\n"
       "-1F44D\tpulgar arriba\tpulgar | bien\t\tin chats\n"
       "+1F44D\tpulgar arriba\tbien | pulgar\t\t\n"},
      {"a market, with the reason of the change", "names:es@CN:1F1FA-1F1F8", R"(text: "EE.UU.")",
       "markets/CN.tsv",
       "+0 ~1 -0\n"
       "-es\t1F1FA-1F1F8\tEE. UU.\tUsa\tusage\tISO 3166\n"
       "+es\t1F1FA-1F1F8\tEE.UU.\t\tbecause of that\tmoderation, revision 7, mia\n"},
      {"a market, with a note", "names:en@CN:1F1FA-1F1F8", R"(text: "USA" note: "shorter")",
       "markets/CN.tsv",
       "+1 ~0 -0\n"
       "+en\t1F1FA-1F1F8\tUSA\t\tshorter\tmoderation, revision 7, mia\n"},
      {"a market that says it already keeps reason and source", "names:es@CN:1F1FA-1F1F8",
       R"(text: "EE. UU." alternates: "Usa")", "", ""},
      {"a phrase", "phrases:en>es:asap", R"(text: "cuanto antes")", "phrases/en/es.tsv",
       "+0 ~1 -0\n"
       "-asap\tlo antes posible\t\n"
       "+asap\tcuanto antes\t\n"},
      {"a new phrase with colons in its name", "phrases:en>es:a:b", R"(text: "x" note: "n")",
       "phrases/en/es.tsv",
       "+1 ~0 -0\n"
       "+a:b\tx\tn\n"},
      {"a phrase is removed", "phrases:en>es:lol", "removed: true", "phrases/en/es.tsv",
       "+0 ~0 -1\n"
       "-lol\tjajaja\tlaughter\n"},
      {"one that is not there is removed", "phrases:en>es:rofl", "removed: true", "", ""},
      {"of a pair without a table", "phrases:es>en:lol", "removed: true", "", ""},
      {"a phrase that says it already keeps its note", "phrases:en>es:lol", R"(text: "jajaja")", "",
       ""},
      {"a mark", "phrases:root>zh:?", R"(text: "?")", "phrases/marks.tsv",
       "+0 ~1 -0\n"
       "-zh\t?\t？\n"
       "+zh\t?\t?\n"},
      {"a mark of a language that has none", "phrases:root>en:;", R"(text: ",")",
       "phrases/marks.tsv",
       "+1 ~0 -0\n"
       "+en\t;\t,\n"},
      {"a guard in the place of the one that its key names", kCorpse,
       R"(text: "cad[áa]ver(?:es)?" matches: "cadáver" matches: "dos cadáveres"
          does_not_match: "cada ver")",
       "guards/es.tsv",
       "+1 ~0 -1\n"
       "-death\tcad[áa]ver\tun cadáver | cadaver\tcada ver\n"
       "+death\tcad[áa]ver(?:es)?\tcadáver | dos cadáveres\tcada ver\n"},
      {"a guard with other examples", kCorpse, R"(text: "cad[áa]ver" matches: "el cadáver")",
       "guards/es.tsv",
       "+0 ~1 -0\n"
       "-death\tcad[áa]ver\tun cadáver | cadaver\tcada ver\n"
       "+death\tcad[áa]ver\tel cadáver\t\n"},
      {"a new guard", "guards:es:~death:00000000", R"(text: "fin" matches: "el fin")",
       "guards/es.tsv",
       "+1 ~0 -0\n"
       "+~death\tfin\tel fin\t\n"},
      {"a guard is removed", kCorpse, "removed: true", "guards/es.tsv",
       "+0 ~0 -1\n"
       "-death\tcad[áa]ver\tun cadáver | cadaver\tcada ver\n"},
      {"a guard of another concept has the pattern", "guards:es:~death:" + PatternId("cad[áa]ver"),
       "removed: true", "", ""},
      {"a term", "terms:es:foo+bar", R"(text: "foo+bar")", "guards/es.tsv",
       "+1 ~0 -0\n"
       "+blocked\tfoo\\+bar\tfoo+bar\t\n"},
      {"a term that is there", "terms:es:b.r", R"(text: "b.r")", "", ""},
      {"a term is removed", "terms:es:b.r", "removed: true", "guards/es.tsv",
       "+0 ~0 -1\n"
       "-blocked\tb\\.r\tb.r\t\n"},
  };
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.what);
    const auto merge = MergeIntoData(data.dir(), {Change(row.entry, row.row)});
    ASSERT_TRUE(merge.ok()) << merge.status();
    EXPECT_THAT(merge->refused, IsEmpty());
    ASSERT_THAT(merge->tables, SizeIs(row.file.empty() ? 0 : 1));
    if (row.file.empty()) continue;
    const DataTable& table = merge->tables[0];
    EXPECT_EQ(table.file, row.file);
    EXPECT_EQ(StrCat("+", table.added, " ~", table.changed, " -", table.removed, "\n",
                     Diff(Read(data, row.file), table.content)),
              row.diff);
  }
}

TEST(MergeIntoDataTest, RowsThatAreWithdrawnLeaveTheBookAlone) {
  const ModeratedData data;
  v1::RowChange change = Change("names:es:1F44D", R"(text: "bien")");
  change.clear_after();
  EXPECT_THAT(MergeIntoData(data.dir(), {change})->tables, IsEmpty());
  EXPECT_THAT(MergeIntoData(data.dir(), {})->tables, IsEmpty());
}

TEST(MergeIntoDataTest, WhatIsNotTouchedStaysByteForByte) {
  const ModeratedData data;
  data.Write("curated/es.tsv",
             "# Header\n"
             "#\n"
             "1F1E8-1F1E6\t Canadá \t|  | x\t\t \n"
             "# between\n"
             "1F44D\told\t\t\t\n"
             "1F600\tno line end\t\t\t");
  const auto merge = MergeIntoData(data.dir(), {Change("names:es:1F44D", R"(text: "new")"),
                                                Change("names:es:1F525", R"(text: "fire")")});
  ASSERT_TRUE(merge.ok()) << merge.status();
  ASSERT_THAT(merge->tables, SizeIs(1));
  EXPECT_EQ(merge->tables[0].content,
            "# Header\n"
            "#\n"
            "1F1E8-1F1E6\t Canadá \t|  | x\t\t \n"
            "# between\n"
            "1F44D\tnew\t\t\t\n"
            "1F525\tfire\t\t\t\n"
            "1F600\tno line end\t\t\t\n");
}

TEST(MergeIntoDataTest, ATableMayBeEmpty) {
  const ModeratedData data;
  data.Write("phrases/en/es.tsv", "lol\tjajaja\t\n");
  const auto emptied = MergeIntoData(data.dir(), {Change("phrases:en>es:lol", "removed: true")});
  ASSERT_TRUE(emptied.ok()) << emptied.status();
  EXPECT_EQ(emptied->tables[0].content, "");
  data.Write("phrases/en/es.tsv", "");
  const auto filled = MergeIntoData(data.dir(), {Change("phrases:en>es:lol", R"(text: "ja")")});
  ASSERT_TRUE(filled.ok()) << filled.status();
  EXPECT_EQ(filled->tables[0].content, "lol\tja\t\n");
}

TEST(MergeIntoDataTest, OfTwoGuardsThatMeetTheLastCounts) {
  const ModeratedData data;
  const std::string dead = "guards:es:death:" + PatternId("muert[oa]s?");
  // As in WithOverlay: the first takes the pattern that the second takes away.
  const auto gone = MergeIntoData(
      data.dir(),
      {Change(kCorpse, R"(text: "muert[oa]s?" matches: "muerto")"), Change(dead, "removed: true")});
  ASSERT_TRUE(gone.ok()) << gone.status();
  EXPECT_EQ(Diff(Read(data, "guards/es.tsv"), gone->tables[0].content),
            "-death\tcad[áa]ver\tun cadáver | cadaver\tcada ver\n"
            "-death\tmuert[oa]s?\tmuerto\tmuestra\n");
  const auto kept = MergeIntoData(
      data.dir(),
      {Change(dead, "removed: true"), Change(kCorpse, R"(text: "muert[oa]s?" matches: "muerta")")});
  EXPECT_EQ(Diff(Read(data, "guards/es.tsv"), kept->tables[0].content),
            "-death\tcad[áa]ver\tun cadáver | cadaver\tcada ver\n"
            "-death\tmuert[oa]s?\tmuerto\tmuestra\n"
            "+death\tmuert[oa]s?\tmuerta\t\n");
}

TEST(MergeIntoDataTest, ATableThatIsNewSaysWhatItIs) {
  const ModeratedData data;
  const auto merge = MergeIntoData(
      data.dir(), {Change("guards:root:death:00000000", R"(text: "xyzzy" matches: "xyzzy")"),
                   Change("guards:es-AR:death:00000000", R"(text: "finado" matches: "finado")"),
                   Change("names:en-CA:1F44D", R"(text: "right on")"),
                   Change("names:en@US:1F44D", "blocked: true"),
                   Change("phrases:es>en:jajaja", R"(text: "lol")")});
  ASSERT_TRUE(merge.ok()) << merge.status();
  EXPECT_THAT(merge->refused, IsEmpty());
  std::vector<std::string> files;
  for (const DataTable& table : merge->tables) {
    files.push_back(table.file);
    EXPECT_EQ(table.added, 1) << table.file;
    EXPECT_THAT(table.content, AllOf(StartsWith("# "), HasSubstr("\n# Columns: "),
                                     HasSubstr("\n# Source: moderation\n# Licence: ")));
    data.Write(table.file, table.content);
  }
  EXPECT_THAT(files, ElementsAre("curated/en-CA.tsv", "guards/es-AR.tsv", "guards/root.tsv",
                                 "markets/US.tsv", "phrases/es/en.tsv"));
  EXPECT_THAT(merge->tables[0].content,
              AllOf(HasSubstr(" in en-CA,"), EndsWith("\n1F44D\tright on\t\t\t\n")));
  const auto built = BuildBook(data.dir(), {});
  ASSERT_TRUE(built.ok()) << built.status();
  for (const Finding& finding : built->findings) ADD_FAILURE() << ToString(finding);
}

TEST(MergeIntoDataTest, WhatATableCannotHoldIsNamedAndNothingIsWritten) {
  const ModeratedData data;
  const v1::RowChange good = Change("names:es:1F44D", R"(text: "bien")");
  const struct {
    const char* what;
    std::string entry;
    std::string row;
    const char* why;
  } kRows[] = {
      {"a TAB", "names:es:1F525", R"(text: "a\tb")", "a TAB"},
      {"a line break", "phrases:en>es:asap", R"(text: "a\nb")", "a line break"},
      {"a line break in a pattern", kCorpse, R"(text: "(?x)\na" matches: "a")", "a line break"},
      {"a name that would read as a block", "names:es:1F525", R"(text: "!blocked")", "block"},
      {"a name in a market that would", "names:es@CN:1F525", R"(text: "!blocked")", "block"},
      {"an alternate that would read as two", "names:es:1F525", R"(text: "a" alternates: "b | c")",
       "separates"},
      {"an alternate that would take a part of the separator", "names:es:1F525",
       R"(text: "a" alternates: "b |" alternates: "c")", "separates"},
      {"an alternate that is empty", "names:es:1F525", R"(text: "a" alternates: "")", "empty"},
      {"an example that would read as two", kCorpse, R"(text: "x" matches: "x | y")", "separates"},
      {"an example not to match that would", kCorpse,
       R"(text: "x" matches: "x" does_not_match: "a | b")", "separates"},
      {"a term that would read as two examples", "terms:es:a | b", R"(text: "a | b")", "separates"},
      {"a phrase that would read as a header", "phrases:en>es:# a", R"(text: "a")", "header"},
      {"a scope that leads elsewhere", "names:../es:1F525", R"(text: "a")", "no table"},
      {"a pair that does", "phrases:en>/tmp/x:a", R"(text: "a")", "no table"},
      {"a market that does", "names:es@../CN:1F525", R"(text: "a")", "no table"},
      {"a market of phrases", "phrases:en@es:a", R"(text: "a")", "no table"},
      {"guards of a pair", "guards:en>es:death:1", R"(text: "a")", "no table"},
      {"a table of a newer server", "idioms:es:a", R"(text: "a")", "no table"},
      {"the first guard of a language", "terms:en:foo", R"(text: "foo")",
       "guards/en.tsv does not exist"},
  };
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.what);
    const auto merge = MergeIntoData(data.dir(), {good, Change(row.entry, row.row), good});
    ASSERT_TRUE(merge.ok()) << merge.status();
    EXPECT_THAT(merge->refused,
                ElementsAre(AllOf(StartsWith(StrCat("\"entries/", row.entry, "\": ")),
                                  HasSubstr(row.why))));
    EXPECT_THAT(merge->tables, IsEmpty());
  }
}

TEST(MergeIntoDataTest, ATableThatCannotBeReadIsNotReplaced) {
  const ModeratedData data;
  data.Write("curated/es.tsv",
             "# Names\n"
             "1F44D\tbien\t\t\t\n"
             "1F525\tfuego\n");
  const std::vector<v1::RowChange> changes = {Change("names:es:1F44D", R"(text: "x")")};
  const auto malformed = MergeIntoData(data.dir(), changes);
  EXPECT_EQ(malformed.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(malformed.status().message()), HasSubstr("curated/es.tsv:3: "));
  // A table that no row belongs to is none of our business.
  EXPECT_TRUE(MergeIntoData(data.dir(), {Change("phrases:en>es:a", R"(text: "x")")}).ok());
  EXPECT_EQ(MergeIntoData("/nonexistent", changes).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace signalbook
