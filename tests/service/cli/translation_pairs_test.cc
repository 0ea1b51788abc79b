// What is read of a TSV and of a TMX, and what is said of files that are neither.
#include "service/cli/translation_pairs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/service/cli/temp_folder.h"

namespace signalbook {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr size_t kMost = 1000;

absl::StatusOr<TranslationFile> Read(const std::string& name, const std::string& content,
                                     size_t most = kMost) {
  const TempFolder folder;
  return ReadTranslations(folder.Write(name, content), "en", "es", most);
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs PairsOf(const absl::StatusOr<TranslationFile>& file) {
  if (!file.ok()) return {{std::string(file.status().message()), ""}};
  Pairs pairs;
  for (const TranslationPair& pair : file->pairs) pairs.emplace_back(pair.from, pair.to);
  return pairs;
}

std::string Tmx(const std::string& units) {
  return "<?xml version=\"1.0\"?>\n<tmx version=\"1.4\"><header/><body>\n" + units +
         "</body></tmx>\n";
}

// <tu> of segments in these languages.
std::string Unit(const std::vector<std::pair<std::string, std::string>>& segments) {
  std::string unit = "<tu>";
  for (const auto& [language, text] : segments) {
    unit += "<tuv xml:lang=\"" + language + "\"><seg>" + text + "</seg></tuv>";
  }
  return unit + "</tu>\n";
}

TEST(ReadTsvPairsTest, Rows) {
  const struct {
    const char* what;
    std::string text;
    Pairs pairs;
  } kRows[] = {
      {"two columns", "hello\thola\nbye\tadiós\n", {{"hello", "hola"}, {"bye", "adiós"}}},
      {"the last line may lack its end", "hello\thola", {{"hello", "hola"}}},
      {"further columns are not read", "hello\thola\tx\ty\n", {{"hello", "hola"}}},
      {"CRLF", "hello\thola\r\nbye\tadiós\r\n", {{"hello", "hola"}, {"bye", "adiós"}}},
      {"CRLF behind further columns", "hello\thola\tx\r\n", {{"hello", "hola"}}},
      {"a byte order mark is no text", "\xEF\xBB\xBFhello\thola\n", {{"hello", "hola"}}},
      {"spaces are text", " a \t b \n", {{" a ", " b "}}},
      {"# is text", "# hello\thola\n", {{"# hello", "hola"}}},
      {"what is not UTF-8 is left to the trainer", "a\xFF\tb\n", {{"a\xFF", "b"}}},
  };
  for (const auto& row : kRows) EXPECT_EQ(PairsOf(Read("x.tsv", row.text)), row.pairs) << row.what;
}

TEST(ReadTsvPairsTest, RowsWithoutTwoTextsAreCounted) {
  const absl::StatusOr<TranslationFile> file =
      Read("x.tsv", "hello\thola\n\nonly\n\tno source\nno target\t\nbye\tadiós\n");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->pairs.size(), 2u);
  EXPECT_EQ(file->unusable, 4u);
  EXPECT_EQ(file->first_unusable, 2);
  EXPECT_EQ(file->left_out, 0u);
}

TEST(ReadTranslationsTest, AtMostSoManyTheFirstOnes) {
  const std::string tsv = "a\t1\nb\t2\nc\t3\n";
  const std::string tmx = Tmx(Unit({{"en", "a"}, {"es", "1"}}) + Unit({{"en", "b"}, {"es", "2"}}) +
                              Unit({{"en", "c"}, {"es", "3"}}));
  for (const auto& file : {Read("x.tsv", tsv, 2), Read("x.tmx", tmx, 2)}) {
    EXPECT_EQ(PairsOf(file), (Pairs{{"a", "1"}, {"b", "2"}}));
    EXPECT_EQ(file->left_out, 1u);
  }
}

TEST(ReadTranslationsTest, TheHashIsThatOfTheFile) {
  EXPECT_EQ(Read("x.tsv", "a\tb\n")->sha256,
            "5dd1197866f479824d9b483e1b7ae9ad3e518f3b4fd447c6b92d127dda6178c5");
}

TEST(ReadTmxTest, Segments) {
  const struct {
    const char* what;
    std::string units;
    Pairs pairs;
  } kRows[] = {
      {"both languages", Unit({{"en", "hello"}, {"es", "hola"}}), {{"hello", "hola"}}},
      {"in any order", Unit({{"es", "hola"}, {"en", "hello"}}), {{"hello", "hola"}}},
      {"among others",
       Unit({{"de", "hallo"}, {"en", "hello"}, {"fr", "salut"}, {"es", "hola"}}),
       {{"hello", "hola"}}},
      {"with a region", Unit({{"en-GB", "hello"}, {"es-419", "hola"}}), {{"hello", "hola"}}},
      {"in any case", Unit({{"EN-us", "hello"}, {"ES", "hola"}}), {{"hello", "hola"}}},
      {"the first of two regions",
       Unit({{"en-GB", "colour"}, {"en-US", "color"}, {"es", "color"}}),
       {{"colour", "color"}}},
      {"the attribute of TMX 1.1",
       "<tu><tuv lang=\"en\"><seg>a</seg></tuv><tuv lang=\"es\"><seg>b</seg></tuv></tu>",
       {{"a", "b"}}},
      {"entities and references",
       Unit({{"en", "a &lt; b &amp; &quot;c&quot; &#xE9;&#233;"}, {"es", "d"}}),
       {{"a < b & \"c\" éé", "d"}}},
      {"CDATA", Unit({{"en", "<![CDATA[a <b> & c]]>"}, {"es", "d"}}), {{"a <b> & c", "d"}}},
      {"a comment is no text", Unit({{"en", "a<!-- x -->b"}, {"es", "d"}}), {{"ab", "d"}}},
      {"codes of another program are no text",
       Unit({{"en", "a <bpt i=\"1\">{\\b </bpt>bold<ept i=\"1\">}</ept><ph/> c"}, {"es", "d"}}),
       {{"a bold c", "d"}}},
      {"nor what is nested in them",
       Unit({{"en", "a <ph>x<sub>y</sub>z</ph>b"}, {"es", "d"}}),
       {{"a b", "d"}}},
      {"highlighted text is text",
       Unit({{"en", "a <hi>big <hi>red</hi></hi> b"}, {"es", "d"}}),
       {{"a big red b", "d"}}},
      {"notes and properties are no segments",
       "<tu><note>n</note><tuv xml:lang=\"en\"><prop type=\"p\">x</prop><seg>a</seg></tuv>"
       "<tuv xml:lang=\"es\"><note>n</note><seg>b</seg></tuv></tu>",
       {{"a", "b"}}},
      {"nor what has no place in a segment",
       Unit({{"en", "a<tuv/>b<tu><seg>c</seg></tu>d"}, {"es", "e"}}),
       {{"abd", "e"}}},
      {"a unit within a unit ends the other",
       "<tu><tuv xml:lang=\"en\"><seg>a</seg></tuv>" + Unit({{"en", "b"}, {"es", "c"}}) +
           "<tuv xml:lang=\"es\"><seg>d</seg></tuv></tu>",
       {{"b", "c"}}},
      {"a segment where none belongs does not spoil the next",
       Unit({{"en", "a<ph><seg>x</seg></ph>"}, {"es", "d"}}) + Unit({{"en", "b"}, {"es", "c"}}),
       {{"a", "d"}, {"b", "c"}}},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(PairsOf(Read("x.tmx", Tmx(row.units))), row.pairs) << row.what;
  }
}

TEST(ReadTmxTest, UnitsThatLackALanguageAreCounted) {
  const absl::StatusOr<TranslationFile> file = Read(
      "x.TMX", Tmx(Unit({{"en", "a"}, {"es", "b"}}) + Unit({{"en", "a"}, {"de", "b"}}) +
                   Unit({{"eng", "a"}, {"es", "b"}}) + Unit({{"en", ""}, {"es", "b"}}) + "<tu/>"));
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->pairs.size(), 1u);
  EXPECT_EQ(file->unusable, 4u);
  EXPECT_EQ(file->first_unusable, 4);
}

TEST(ReadTmxTest, Encodings) {
  const std::string body =
      "<tmx><tu><tuv xml:lang=\"en\"><seg>caf\xE9</seg></tuv>"
      "<tuv xml:lang=\"es\"><seg>b</seg></tuv></tu></tmx>";
  const Pairs pairs = {{"café", "b"}};
  EXPECT_EQ(PairsOf(Read("x.tmx", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" + body)),
            pairs);
  const std::string utf8 = Tmx(Unit({{"en", "café"}, {"es", "b"}}));
  EXPECT_EQ(PairsOf(Read("x.tmx", "\xEF\xBB\xBF" + utf8)), pairs);
  std::string utf16 = "\xFF\xFE";
  for (const char c : Tmx(Unit({{"en", "caf~"}, {"es", "b"}}))) utf16 += {c == '~' ? '\xE9' : c, 0};
  EXPECT_EQ(PairsOf(Read("x.tmx", utf16)), pairs);
}

TEST(ReadTranslationsTest, WhatCannotBeReadIsSaidWithItsLine) {
  const std::string unit = Unit({{"en", "a"}, {"es", "b"}});
  const std::string lol =
      "<?xml version=\"1.0\"?><!DOCTYPE t [<!ENTITY a \"" + std::string(1000, 'x') +
      "\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;\">"
      "<!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\"><!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;&d;\">"
      "<!ENTITY f \"&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;\">]><t>\n&f;</t>";
  const struct {
    const char* what;
    const char* name;
    std::string content;
    const char* message;
  } kRows[] = {
      {"an empty TSV", "x.tsv", "", "x.tsv: holds no pair of en and es texts"},
      {"no second column", "x.tsv", "a\nb\n", "holds no pair of en and es"},
      {"an empty TMX", "x.tmx", "", "x.tmx:1: no element found"},
      {"no XML", "x.tmx", "hello\thola\n", "x.tmx:1: "},
      {"cut off", "x.tmx", Tmx(unit).substr(0, 120), "x.tmx:3: "},
      {"a wrong end", "x.tmx", Tmx(unit + "<tu>\n</tuv>\n"), "x.tmx:5: mismatched tag"},
      {"an entity that nobody declared", "x.tmx", Tmx(Unit({{"en", "&eacute;"}})),
       "x.tmx:3: undefined entity"},
      {"not UTF-8", "x.tmx", Tmx(unit + Unit({{"en", "a\xFF"}})), "x.tmx:4: not well-formed"},
      {"another encoding", "x.tmx", "<?xml version=\"1.0\" encoding=\"klingon\"?>\n<tmx/>",
       "x.tmx:1: unknown encoding"},
      {"entities of entities without end", "x.tmx", lol, "amplification"},
      {"other languages", "x.tmx", Tmx(Unit({{"de", "a"}, {"fr", "b"}})),
       "x.tmx: holds no pair of en and es texts"},
      {"some other XML", "x.tmx", "<html><p>a</p></html>", "holds no pair"},
  };
  for (const auto& row : kRows) {
    const absl::Status status = Read(row.name, row.content).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << row.what;
    EXPECT_THAT(std::string(status.message()), HasSubstr(row.message)) << row.what;
  }
}

TEST(ReadTranslationsTest, NoFile) {
  for (const char* path : {"/nonexistent/x.tsv", "/nonexistent/x.tmx"}) {
    const absl::Status status = ReadTranslations(path, "en", "es", kMost).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
    EXPECT_THAT(std::string(status.message()), HasSubstr(path));
  }
}

// Text comes from the parser in parts, elements may be nested without end: neither is a limit.
TEST(ReadTmxTest, HugeAndDeepFiles) {
  const std::string longest(3'000'000, 'x');
  EXPECT_EQ(PairsOf(Read("x.tmx", Tmx(Unit({{"en", longest}, {"es", "é" + longest}})))),
            (Pairs{{longest, "é" + longest}}));
  std::string deep;
  for (int i = 0; i < 50'000; ++i) deep += "<ph>";
  deep += "x";
  for (int i = 0; i < 50'000; ++i) deep += "</ph>";
  EXPECT_EQ(PairsOf(Read("x.tmx", Tmx(Unit({{"en", "a" + deep + "b"}, {"es", "c"}})))),
            (Pairs{{"ab", "c"}}));
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += Unit({{"en", "a"}, {"es", "b"}});
  EXPECT_EQ(Read("x.tmx", Tmx(many), 50'000)->pairs.size(), 20'000u);
}

}  // namespace
}  // namespace signalbook
