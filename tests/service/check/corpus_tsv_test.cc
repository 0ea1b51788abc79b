// What the lines of a TSV corpus say, and what is said about lines that are wrong.
#include "service/check/corpus_tsv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "service/strings.h"

namespace signalbook::check {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

absl::StatusOr<CorpusLine> Parse(std::string_view columns, std::string_view line) {
  const absl::StatusOr<TsvColumns> parsed = TsvColumns::Create(columns);
  if (!parsed.ok()) return parsed.status();
  return parsed->ParseLine(line);
}

CorpusLine Parsed(std::string_view columns, std::string_view text) {
  absl::StatusOr<CorpusLine> line = Parse(columns, text);
  EXPECT_TRUE(line.ok()) << text << ": " << line.status();
  return line.ok() ? *std::move(line) : CorpusLine();
}

std::string ErrorOf(std::string_view columns, std::string_view text) {
  const absl::StatusOr<CorpusLine> line = Parse(columns, text);
  if (line.ok()) return "no error";
  EXPECT_TRUE(absl::IsInvalidArgument(line.status())) << line.status();
  return std::string(line.status().message());
}

TEST(CorpusTsvTest, ReadsAllColumns) {
  const CorpusLine line = Parsed(
      "id\tsource\tfrom\tto\temoji\tpolicy\tdialects\tmarket\tcandidate\ttext\tcontains\t"
      "not_contains\tverdict\treasons\trules\temoji_preserved\terror\torigin",
      "canada\t他在🇨🇦等你。\tzh\ten | es\tboth\tstrict\tslack | github\tCN\tprison\tHe\tCanada | "
      "a\tprison\trefused\tSCRIPT | length\timprisonment\tTrue\tINVALID_UTF8\thttps://a.example");
  EXPECT_EQ(line.id, "canada");
  EXPECT_EQ(line.source, "他在🇨🇦等你。");
  EXPECT_EQ(line.from, "zh");
  EXPECT_THAT(line.to, ElementsAre("en", "es"));
  EXPECT_EQ(line.mode, v1::EMOJI_MODE_KEEP_AND_NAME);
  EXPECT_EQ(line.policy, v1::POLICY_STRICT);
  EXPECT_THAT(line.dialects.value(), ElementsAre("slack", "github"));
  EXPECT_EQ(line.market, "CN");
  EXPECT_EQ(line.candidate, "prison");
  EXPECT_EQ(line.expect.text, "He");
  EXPECT_THAT(line.expect.contains, ElementsAre("Canada", "a"));
  EXPECT_THAT(line.expect.not_contains, ElementsAre("prison"));
  EXPECT_EQ(line.expect.verdict, v1::VERDICT_REFUSED);
  EXPECT_THAT(line.expect.reasons, ElementsAre(v1::REASON_SCRIPT, v1::REASON_LENGTH));
  EXPECT_THAT(line.expect.rules, ElementsAre("imprisonment"));
  EXPECT_EQ(line.expect.emoji_preserved, true);
  EXPECT_EQ(line.expect.error, "INVALID_UTF8");
  EXPECT_EQ(line.origin, "https://a.example");
}

TEST(CorpusTsvTest, AnEmptyCellSaysNothing) {
  const CorpusLine line =
      Parsed("market\tdialects\tsource\ttext\tid\temoji_preserved", "\t\ta\t\t\t");
  EXPECT_EQ(line.source, "a");
  EXPECT_EQ(line.id, "");
  EXPECT_FALSE(line.market || line.dialects);
  EXPECT_TRUE(line.expect.empty());
}

TEST(CorpusTsvTest, Comments) {
  const struct {
    std::string_view line;
    bool comment;
  } kRows[] = {{"", true},           {"#", true},         {"# a\tb", true}, {"#a", false},
               {"##", false},        {"#\ta", false},     {" # a", false},  {"\t", false},
               {"#️⃣ a", false}, {"\\u{23} a", false}};
  for (const auto& row : kRows) EXPECT_EQ(IsTsvComment(row.line), row.comment) << row.line;
}

TEST(CorpusTsvTest, Cells) {
  const struct {
    std::string_view description;
    std::string cell, source;
  } kRows[] = {
      {"escapes", R"(a\tb\nc\rd\\n)", "a\tb\nc\rd\\n"},
      {"code points", R"(\u{1F1E8}\u{1f1e6}\u{0}\u{10FFFF}\u{41})",
       "\U0001F1E8\U0001F1E6\0\U0010FFFF\x41"s},
      {"as it is", " \"a\" | b ", " \"a\" | b "},
      {"a NUL", "a\0b"s, "a\0b"s},
      {"decomposed letters stay", "e\u0301", "e\u0301"},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(Parsed("source", row.cell).source, row.source) << row.description;
  }
}

TEST(CorpusTsvTest, Lists) {
  const struct {
    std::string_view cell;
    std::vector<std::string> contains;
  } kRows[] = {
      {"a", {"a"}},       {"a | b | c", {"a", "b", "c"}},
      {"a|b", {"a|b"}},   {R"(a \u{7C} b | c)", {"a | b", "c"}},
      {"e\u0301", {"é"}},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(Parsed("source\tcontains", StrCat("x\t", row.cell)).expect.contains, row.contains)
        << row.cell;
  }
}

TEST(CorpusTsvTest, SaysWhatIsWrong) {
  const struct {
    std::string_view description, columns, line;
    std::string_view error;
  } kRows[] = {
      {"unknown column", "source\tsorce", "",
       R"(unknown column "sorce"; the first line names the columns, known: id, source, from, to, )"
       R"(emoji, policy, dialects, market, candidate, text, contains, not_contains, verdict, )"
       R"(reasons, rules, emoji_preserved, error, origin)"},
      {"columns are told by their exact names", "Source", "", R"(unknown column "Source")"},
      {"JSON only", "source\tpieces", "", R"(unknown column "pieces")"},
      {"an empty column", "source\t", "", R"(unknown column "")"},
      {"duplicate column", "source\tto\tsource", "", R"(duplicate column "source")"},
      {"no source", "id\tto", "", R"(no column "source")"},
      {"columns not UTF-8", "sourc\xFF", "", "not UTF-8 at byte 6"},
      {"fewer cells", "id\tsource\tto", "a\tb", "cells: 2, columns: 3 (id, source, to)"},
      {"more cells", "id\tsource", "a\tb\t", "cells: 3, columns: 2 (id, source)"},
      {"no source in the line", "id\tsource", "a\t", R"(has no "source": the cell is empty)"},
      {"not UTF-8", "id\tsource", "a\tb\xC0\xAF", "not UTF-8 at byte 4"},
      {"unknown escape", "source", R"(a\q)",
       R"("source": bad escape "\q"; known: \t \n \r \\ \u{1F1E8} \xFF)"},
      {"bytes outside messages", "source\ttext", "a\tb\\xFF", R"("text": not UTF-8)"},
      {"a backslash at the end", "source", "a\\", R"("source": bad escape "\")"},
      {"not in a list either", "source\tcontains", "a\tb | \\c", R"("contains": bad escape "\c")"},
      {"a code point without braces", "source", R"(\u0041)", R"("source": bad escape "\u0041")"},
      {"… without end", "source", R"(\u{41)", R"("source": bad escape "\u{41")"},
      {"… without digits", "source", R"(\u{})", R"("source": bad escape "\u{}")"},
      {"… with others", "source", R"(\u{4G})", R"("source": bad escape "\u{4G}")"},
      {"… beyond Unicode", "source", R"(\u{110000})", R"("source": bad escape "\u{110000}")"},
      {"… of seven digits", "source", R"(\u{0000041})", R"("source": bad escape "\u{0000041}")"},
      {"… a surrogate", "source", R"(\u{D83C})", R"("source": bad escape "\u{D83C}")"},
      {"a bad word", "source\tverdict", "a\trefuzed",
       R"("verdict": "refuzed" is not one of translated, partly_refused, refused, unchanged)"},
      {"a bad flag", "source\temoji_preserved", "a\tyes",
       R"("emoji_preserved": "yes" is not true or false)"},
      {"an empty item", "source\tcontains", "a\tb |  | c", R"("contains" holds an empty text)"},
      {"an id of two lines", "source\tid", "a\tb\\nc", R"("id": "b\x0Ac" has a control character)"},
  };
  for (const auto& row : kRows) {
    EXPECT_THAT(ErrorOf(row.columns, row.line), StartsWith(std::string(row.error)))
        << row.description;
  }
}

}  // namespace
}  // namespace signalbook::check
