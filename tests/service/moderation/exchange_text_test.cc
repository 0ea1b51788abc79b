// CSV as spreadsheets write it, and JSON Lines as programs do: what is taken, what is said of the rest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "service/moderation/exchange.h"
#include "service/status.h"
#include "tests/service/moderation/exchange_samples.h"

namespace signalbook {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr auto kCsv = v1::EXCHANGE_FORMAT_CSV;
constexpr auto kJson = v1::EXCHANGE_FORMAT_JSON_LINES;

using Shows = std::vector<std::string>;

std::string Heart(const std::string& fields = "text: \"a\"") {
  return "TABLE_NAMES|es|2764|" + fields;
}

TEST(WriteCsvTest, TheWholeFile) {
  ExchangeRow row = MakeRow(v1::TABLE_NAMES, "es@CN", "2764", "=a;\"b\"");
  row.row.add_alternates("x|y");
  row.row.add_alternates("");
  row.row.add_alternates("\\");
  row.row.set_blocked(true);
  row.row.set_note("two\nlines");
  row.row.add_matches("-1");
  row.english = " heart";
  EXPECT_EQ(
      WriteExchange(kCsv, {row}),
      "\xEF\xBB\xBFtable,scope,key,text,alternates,blocked,removed,note,matches,does_not_match,"
      "english,sequence,source\r\n"
      "names,es@CN,2764,\"'=a;\"\"b\"\"\",x\\|y | \\e | \\\\,true,,\"two\nlines\",'-1,,\" "
      "heart\",,\r\n");
}

TEST(WriteCsvTest, NoCellIsAFormula) {
  for (const char* text :
       {"=1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1", "'=1", "'"}) {
    ExchangeRow row = MakeRow(v1::TABLE_PHRASES, text, text, text);
    row.row.set_note(text);
    row.row.add_alternates(text);
    row.row.add_matches(text);
    row.row.add_does_not_match(text);
    row.english = row.sequence = row.source = text;
    const std::string csv = WriteExchange(kCsv, {row});
    size_t guards = 0;
    for (size_t at = 0; (at = csv.find("'"s + text, at)) != csv.npos; ++at) ++guards;
    EXPECT_EQ(guards, 10u) << csv;
  }
}

TEST(ReadCsvTest, WhatSpreadsheetsSave) {
  const struct {
    const char* what;
    std::string csv;
    Shows rows;
  } kRows[] = {
      {"the least", "table,scope,key,text\r\nnames,es,2764,a\r\n", {Heart()}},
      {"no end of the last line", "table,scope,key,text\r\nnames,es,2764,a", {Heart()}},
      {"a byte order mark", "\xEF\xBB\xBFtable,scope,key,text\r\nnames,es,2764,a\r\n", {Heart()}},
      {"LF", "table,scope,key,text\nnames,es,2764,a\n", {Heart()}},
      {"CR, as a Macintosh writes it", "table,scope,key,text\rnames,es,2764,a\r", {Heart()}},
      {"a header alone", "table,scope,key,text\r\n", {}},
      {"semicolons", "table;scope;key;text\r\nnames;es;2764;a,b\r\n", {Heart("text: \"a,b\"")}},
      {"tabs", "table\tscope\tkey\ttext\r\nnames\tes\t2764\ta;b\r\n", {Heart("text: \"a;b\"")}},
      {"every cell quoted",
       "\"table\";\"scope\";\"key\";\"text\"\n\"names\";\"es\";\"2764\";\"a\"\n",
       {Heart()}},
      {"other columns, in another order",
       "text,my remarks,key,scope,,table\na,x,2764,es,y,names\n",
       {Heart()}},
      {"headers that somebody made nice", " Table ,SCOPE,Key,Text\nnames,es,2764,a\n", {Heart()}},
      {"a table with a capital", "table,scope,key,text\nNames,es,2764,a\n", {Heart()}},
      {"no text", "table,scope,key\nnames,es,2764\n", {Heart("")}},
      {"cells that are missing at the end, as Excel leaves them out",
       "table,scope,key,text,note\nnames,es,2764\n",
       {Heart("")}},
      {"empty cells behind the last column",
       "table,scope,key,text\nnames,es,2764,a,,,\n",
       {Heart()}},
      {"rows without anything",
       "table,scope,key,text\n\n,,,\n\"\",,\nnames,es,2764,a\n\n",
       {Heart()}},
      {"flags as Excel writes them",
       "table,scope,key,blocked,removed\nnames,es,2764,TRUE,FALSE\n",
       {Heart("blocked: true")}},
      {"a quotation mark inside",
       "table,scope,key,text\nnames,es,2764,a\"b\n",
       {Heart("text: \"a\\\"b\"")}},
      {"line ends and separators in quotes",
       "table,scope,key,text\nnames,es,2764,\"a\r\nb,c\rd\ne\"\n",
       {Heart("text: \"a\\r\\nb,c\\rd\\ne\"")}},
      {"a guard is removed, once",
       "table,scope,key,text,note\nnames,es,2764,'=a,''=b\n",
       {Heart("text: \"=a\" note: \"\\'=b\"")}},
      {"an apostrophe that guards nothing is text",
       "table,scope,key,text\nnames,es,2764,'s-Hertogenbosch\n",
       {Heart("text: \"\\'s-Hertogenbosch\"")}},
      {"a formula that nobody guarded is text",
       "table,scope,key,text\nnames,es,2764,=a\n",
       {Heart("text: \"=a\"")}},
      {"a list",
       "table,scope,key,alternates\nnames,es,2764,a | b|c\n",
       {Heart("alternates: \"a\" alternates: \"b\" alternates: \"c\"")}},
      {"a list with gaps",
       "table,scope,key,alternates\nnames,es,2764, | a | | b |\n",
       {Heart("alternates: \"a\" alternates: \"b\"")}},
      {"escapes in a list",
       "table,scope,key,alternates\nnames,es,2764,a\\|b | c\\\\ | \\d | \\e\n",
       {Heart("alternates: \"a|b\" alternates: \"c\\\\\" alternates: \"\\\\d\" alternates: \"\"")}},
      {"no escapes in a text",
       "table,scope,key,text\nnames,es,2764,\\b a | b\\\\\n",
       {Heart("text: \"\\\\b a | b\\\\\\\\\"")}},
  };
  for (const auto& row : kRows) EXPECT_EQ(ReadShown(kCsv, row.csv), row.rows) << row.what;
}

TEST(ReadCsvTest, BadRowsHoldNoOtherBack) {
  const std::string good = "names,es,2764,a\r\n";
  const struct {
    const char* what;
    std::string row;
    const char* problem;
  } kRows[] = {
      {"an unknown table", "flags,es,1,a\r\n", "3: table is none of names, phrases, guards, terms"},
      {"the table of nothing", "unspecified,es,1,a\r\n",
       "3: table is none of names, phrases, guards, terms"},
      {"no table", ",es,1,a\r\n", "3: no table"},
      {"no scope", "names,,1,a\r\n", "3: no scope"},
      {"no key", "names,es,,a\r\n", "3: no key"},
      {"not UTF-8", "names,es,1,a\xFF\r\n", "3: text is not UTF-8"},
      {"a surrogate", "names,es,\xED\xA0\x80,a\r\n", "3: key is not UTF-8"},
      {"a flag that is none", "names,es,1,a,,perhaps\r\n", "3: blocked is not true or false"},
      {"a flag of another language", "names,es,1,a,,WAHR\r\n", "3: blocked is not true or false"},
      {"text that nobody quoted", "names,es,1,a,,,b,c\r\n", "3: more cells than the 6 columns"},
      {"text behind quotes", "names,es,1,\"a\"b\r\n",
       "3: text between a closing quotation mark and the next cell"},
  };
  for (const auto& row : kRows) {
    const std::string csv = "table,scope,key,text,note,blocked\r\n" + good + row.row + good;
    EXPECT_THAT(ReadShown(kCsv, csv), ElementsAre(Heart(), Heart(), row.problem)) << row.what;
  }
}

TEST(ReadCsvTest, LinesAreThoseOfAnEditor) {
  const absl::StatusOr<ExchangeFile> file =
      ReadExchange(kCsv,
                   "table,scope,key,text\r\nnames,es,1,\"a\r\nb\nc\rd\"\r\n\r\nnames,es,2,"
                   "b\r\nnames,es,,c\r\nflags,es,3,\r\n");
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_THAT(file->rows, SizeIs(2));
  EXPECT_EQ(file->rows[0].line, 2);
  EXPECT_EQ(file->rows[1].line, 7);
  ASSERT_THAT(file->problems, SizeIs(2));
  EXPECT_EQ(file->problems[0].line(), 8);
  EXPECT_EQ(file->problems[0].entry(), "");
  EXPECT_EQ(file->problems[1].line(), 9);
}

TEST(ReadCsvTest, AProblemNamesItsEntry) {
  const absl::StatusOr<ExchangeFile> file =
      ReadExchange(kCsv, "table,scope,key,blocked\nnames,es@CN,1F1E8-1F1E6,x\n");
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_THAT(file->problems, SizeIs(1));
  EXPECT_EQ(file->problems[0].entry(), "entries/names:es@CN:1F1E8-1F1E6");
}

TEST(ReadCsvTest, WhatIsNoSuchFile) {
  const struct {
    const char* what;
    std::string csv;
    const char* message;
  } kRows[] = {
      {"nothing", "", "line 1: no column table; the first line names the columns"},
      {"no header", "names,es,2764,a\n", "line 1: no column table"},
      {"no key", "table,scope,text\nnames,es,a\n", "line 1: no column key"},
      {"two columns of one name", "table,scope,key,text,Text\n",
       "line 1: more than one column text"},
      {"a quotation mark without end",
       "table,scope,key,text\nnames,es,1,a\nnames,es,2,\"b\nnames,es,3,c\n",
       "line 3: nothing closes the quotation mark"},
      {"UTF-16", "\xFF\xFEt\0a\0"s, "line 1: UTF-16; save it as CSV in UTF-8"},
      {"more cells than any table has", "table,scope,key\n" + std::string(300, ',') + "\n",
       "line 2: more than 256 cells"},
      {"JSON", "{\"table\":\"names\"}\n", "line 1: no column table"},
      {"XML", "<?xml version=\"1.0\"?>\n<tmx/>\n", "line 1: no column table"},
  };
  for (const auto& row : kRows) {
    const absl::Status status = ReadExchange(kCsv, row.csv).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << row.what;
    EXPECT_EQ(ReasonOf(status), reason::kImportMalformed) << row.what;
    EXPECT_THAT(std::string(status.message()), StartsWith("content: "s + row.message)) << row.what;
  }
}

// Moderators mistype; what they typed is theirs.
TEST(ExchangeTextTest, ErrorsDoNotRepeatTheFile) {
  for (const auto format : {kCsv, kJson}) {
    for (const char* content :
         {"table,scope,key\nSECRET,es,1\n", "table,scope,key,blocked\nnames,es,1,SECRET\n",
          "SECRET\n", "{\"SECRET\":1}\n", "{\"table\":\"SECRET\"}\n", "{\"key\":SECRET}\n"}) {
      for (const std::string& shown : ReadShown(format, content))
        EXPECT_THAT(shown, Not(HasSubstr("SECRET")));
    }
  }
}

TEST(WriteJsonLinesTest, TheWholeFile) {
  ExchangeRow guard = MakeRow(v1::TABLE_GUARDS, "es", "arrest:1f2e3d4c", "\\barresto\\b");
  guard.row.set_removed(true);
  guard.row.add_matches("arresto");
  guard.row.add_does_not_match("resto\n");
  EXPECT_EQ(WriteExchange(kJson, {Canada(), guard}),
            "{\"table\":\"names\",\"scope\":\"es\",\"key\":\"1F1E8-1F1E6\",\"text\":\"Canadá\","
            "\"alternates\":"
            "[\"el Canadá\",\"CA\"],\"note\":\"as CLDR has it\",\"english\":\"flag: "
            "Canada\",\"sequence\":\"🇨🇦\","
            "\"source\":\"curated\"}\n"
            "{\"table\":\"guards\",\"scope\":\"es\",\"key\":\"arrest:1f2e3d4c\",\"text\":"
            "\"\\\\barresto\\\\b\","
            "\"removed\":true,\"matches\":[\"arresto\"],\"doesNotMatch\":[\"resto\\n\"]}\n");
}

TEST(ReadJsonLinesTest, Rows) {
  const std::string start = R"({"table":"names","scope":"es","key":"2764")";
  const struct {
    const char* what;
    std::string line;
    std::string shown;
  } kRows[] = {
      {"the least", start + "}", Heart("")},
      {"in any order", R"({"text":"a","key":"2764","table":"names","scope":"es"})", Heart()},
      {"white space", " { \"text\" : \"a\" ,\t" + start.substr(1) + "} ", Heart()},
      {"null is the default", start + R"(,"text":null,"alternates":null,"blocked":null})",
       Heart("")},
      {"so are these", start + R"(,"text":"","alternates":[],"blocked":false})", Heart("")},
      {"a name of a field as in the proto", start + R"(,"does_not_match":["a"]})",
       Heart("does_not_match: \"a\"")},
      {"escapes", start + R"(,"text":"\ud83d\ude00\u0000\n"})",
       Heart("text: \"\\360\\237\\230\\200\\000\\n\"")},
      {"an unknown member", start + R"(,"colour":"red"})", "2: a member that no row has"},
      {"one twice", start + R"(,"text":"a","text":"b"})", "2: more than one text"},
      {"a list twice", start + R"(,"matches":["a"],"matches":["b"]})", "2: more than one matches"},
      {"both names of one", start + R"(,"doesNotMatch":[],"does_not_match":[]})",
       "2: more than one does_not_match"},
      {"a number", R"({"key":2764})", "2: key is no string"},
      {"a list for a text", start + R"(,"text":["a"]})", "2: text is no string"},
      {"a text for a list", start + R"(,"matches":"a"})", "2: matches is no list of strings"},
      {"a number in a list", start + R"(,"matches":[1]})", "2: matches is no list of strings"},
      {"null in a list", start + R"(,"matches":[null]})", "2: matches is no list of strings"},
      {"true in a list", start + R"(,"matches":[true]})", "2: matches is no list of strings"},
      {"a list in a list", start + R"(,"matches":[["a"]]})", "2: matches is no list of strings"},
      {"a text for a flag", start + R"(,"blocked":"true"})", "2: blocked is not true or false"},
      {"a number for a flag", start + R"(,"blocked":1})", "2: blocked is not true or false"},
      {"an object for a text", start + R"(,"text":{"a":1}})", "2: an object inside a row"},
      {"a list", "[" + start + "}]", "2: not a JSON object"},
      {"a string", "\"a\"", "2: not a JSON object"},
      {"null", "null", "2: not a JSON object"},
      {"cut off", start, "2: not JSON: an error at byte 43 of the line"},
      {"more behind it", start + "} {}", "2: not JSON: an error at byte 45 of the line"},
      {"a NUL", start + "}\0{}"s, "2: a NUL byte"},
      {"not UTF-8", start + ",\"text\":\"\xFF\"}", "2: not UTF-8"},
      {"half a surrogate pair", start + R"(,"text":"\ud83d"})",
       "2: not JSON: an error at byte 58 of the line"},
      {"an unknown table", R"({"table":"flags","scope":"es","key":"a"})",
       "2: table is none of names, phrases, guards, terms"},
      {"no key", R"({"table":"names","scope":"es","key":""})", "2: no key"},
      {"nested without end", start + ",\"matches\":" + std::string(2'000'000, '['),
       "2: matches is no list of strings"},
  };
  const std::string good = R"({"table":"names","scope":"es","key":"2764","text":"a"})";
  for (const auto& row : kRows) {
    const Shows shown = ReadShown(kJson, good + "\n" + row.line + "\n" + good + "\n");
    const Shows wanted = row.shown.starts_with("2: ") ? Shows{Heart(), Heart(), row.shown}
                                                      : Shows{Heart(), row.shown, Heart()};
    EXPECT_EQ(shown, wanted) << row.what;
  }
}

TEST(ReadJsonLinesTest, Lines) {
  const absl::StatusOr<ExchangeFile> file = ReadExchange(
      kJson,
      "\xEF\xBB\xBF{\"table\":\"names\",\"scope\":\"es\",\"key\":\"1\"}\r\n\r\n  \n{}\n"
      "{\"table\":\"names\",\"scope\":\"es\",\"key\":\"2\"}");
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_THAT(file->rows, SizeIs(2));
  EXPECT_EQ(file->rows[0].line, 1);
  EXPECT_EQ(file->rows[1].line, 5);
  ASSERT_THAT(file->problems, SizeIs(1));
  EXPECT_EQ(file->problems[0].line(), 4);
}

TEST(ReadJsonLinesTest, WhatIsNoSuchFile) {
  for (const char* content : {"table,scope,key\nnames,es,1\n", "<tmx/>", "\n\n[\n{\n]\n", "\xFF"}) {
    const absl::Status status = ReadExchange(kJson, content).status();
    EXPECT_EQ(ReasonOf(status), reason::kImportMalformed) << content;
    EXPECT_THAT(std::string(status.message()), HasSubstr("each line is a JSON object")) << content;
  }
  EXPECT_THAT(ReadShown(kJson, ""), SizeIs(0));
}

// A second parser reads what was written.
TEST(WriteJsonLinesTest, OtherParsersReadIt) {
  ExchangeRow row = Canada();
  row.row.set_text("a\u2028\"\\\n\x01");
  const nlohmann::json object = nlohmann::json::parse(WriteExchange(kJson, {row}));
  EXPECT_EQ(object["text"], row.row.text());
  EXPECT_EQ(object["alternates"], (std::vector<std::string>{"el Canadá", "CA"}));
}

}  // namespace
}  // namespace signalbook
