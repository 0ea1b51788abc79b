// `signalbook lexicon train` and `signalbook evaluate` from outside: files, output, exit codes.
#include <expat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/end_to_end/process.h"
#include "tests/service/cli/temp_folder.h"
#include "tests/support/toy_language.h"

namespace signalbook {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string ToyTsv(size_t count) {
  std::string tsv;
  for (const TranslationPair& pair : ToyPairs(count)) {
    absl::StrAppend(&tsv, pair.from, "\t", pair.to, "\n");
  }
  return tsv;
}

std::string ToyTmx(size_t count) {
  std::string tmx = "<?xml version=\"1.0\"?>\n<tmx version=\"1.4\"><header/><body>\n";
  for (const TranslationPair& pair : ToyPairs(count)) {
    absl::StrAppend(&tmx, "<tu><tuv xml:lang=\"en-GB\"><seg>", pair.from,
                    "</seg></tuv><tuv xml:lang=\"es\"><seg>", pair.to, "</seg></tuv></tu>\n");
  }
  return tmx + "</body></tmx>\n";
}

// Rows of a table without its header, which names the file.
std::string Rows(const std::string& table) {
  std::string rows;
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(table, '\n'))) {
    if (line.substr(0, 2) != "# ") absl::StrAppend(&rows, line, "\n");
  }
  return rows;
}

class LexiconTrainTest : public ::testing::Test {
 protected:
  Result Train(const std::string& file, const std::string& output,
               const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"lexicon", "train",    file,
                                          "--from",  "en",       "--to",
                                          "es",      "--output", folder_.path() + "/" + output};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Signalbook(arguments);
  }

  const TempFolder folder_;
};

TEST_F(LexiconTrainTest, WritesATableThatSaysWhereItIsFrom) {
  const Result result = Train(folder_.Write("toy.tsv", ToyTsv(600)), "out.tsv",
                              {"--source", "a toy", "--licence", "CC0", "--false-refusals", "1"});
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(result.output, IsEmpty());
  EXPECT_THAT(result.errors,
              ContainsRegex("out\\.tsv: 600 pairs, [0-9]+ links; cross-fitted: 1\\.00 % of good "
                            "pairs refused, [0-9.]+ % of detached ones"));
  const std::string table = folder_.Read("out.tsv");
  EXPECT_THAT(table,
              AllOf(StartsWith("# Which words of en and es account for each other"),
                    ContainsRegex("# File: toy.tsv, SHA-256 [0-9a-f]{64}\n"),
                    HasSubstr("# Source: a toy\n"), HasSubstr("# Licence: CC0\n"),
                    HasSubstr("# Pairs: 600\n"),
                    HasSubstr("# Command: signalbook lexicon train toy.tsv --from en --to es "
                              "--false-refusals 1\n")));
  const TranslationPair word = ToyWord(0);
  EXPECT_THAT(table, HasSubstr(absl::StrCat("link\tword\t", word.from, "\t", word.to, "\t")));
  EXPECT_THAT(folder_.Names(), ElementsAre("out.tsv", "toy.tsv"));
}

TEST_F(LexiconTrainTest, TheSameFileTheSameTableAndATmxIsOneToo) {
  const std::string tsv = folder_.Write("toy.tsv", ToyTsv(600));
  ASSERT_EQ(Train(tsv, "first.tsv").exit_code, 0);
  ASSERT_EQ(Train(tsv, "second.tsv").exit_code, 0);
  ASSERT_EQ(Train(folder_.Write("toy.tmx", ToyTmx(600)), "third.tsv").exit_code, 0);
  EXPECT_EQ(folder_.Read("first.tsv"), folder_.Read("second.tsv"));
  EXPECT_EQ(Rows(folder_.Read("first.tsv")), Rows(folder_.Read("third.tsv")));
}

TEST_F(LexiconTrainTest, SaysWhatItDidNotRead) {
  const std::string tsv = folder_.Write("toy.tsv", "one cell\n" + ToyTsv(650));
  const Result result = Train(tsv, "out.tsv", {"--max-pairs", "600"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(result.errors, AllOf(HasSubstr("1 rows without two texts, the first at line 1"),
                                   HasSubstr("50 pairs more than --max-pairs were left out"),
                                   HasSubstr("out.tsv: 600 pairs")));
}

TEST_F(LexiconTrainTest, WhatIsWrongIsSaidAndNothingIsWritten) {
  const std::string toy = folder_.Write("toy.tsv", ToyTsv(600));
  const struct {
    std::string file;
    std::vector<std::string> more;
    int exit_code;
    const char* message;
  } kRows[] = {
      {folder_.Write("few.tsv", ToyTsv(50)), {}, 2, "few.tsv: too little data: 50 different pairs"},
      {folder_.Write("cut.tmx", ToyTmx(600).substr(0, 500)), {}, 2, "cut.tmx:"},
      {folder_.Write("empty.tsv", ""), {}, 2, "empty.tsv: holds no pair of en and es texts"},
      {folder_.path() + "/missing.tsv", {}, 2, "missing.tsv: cannot be opened"},
      {folder_.path(), {}, 2, folder_.path().c_str()},
      {toy, {"--false-refusals", "21"}, 2, "--false-refusals"},
      {toy, {"--false-refusals", "-1"}, 2, "--false-refusals"},
      {toy, {"--max-pairs", "many"}, 2, "--max-pairs"},
  };
  for (const auto& row : kRows) {
    const Result result = Train(row.file, "out.tsv", row.more);
    EXPECT_EQ(result.exit_code, row.exit_code) << row.message << "\n" << result.errors;
    EXPECT_THAT(result.errors, HasSubstr(row.message));
    EXPECT_THAT(result.output, IsEmpty());
  }
  const Result unwritable = Train(toy, "no/such/folder/out.tsv");
  EXPECT_EQ(unwritable.exit_code, 3);
  EXPECT_THAT(unwritable.errors, HasSubstr("out.tsv: cannot be written"));
  EXPECT_EQ(Signalbook({"lexicon"}).exit_code, 2);
  EXPECT_EQ(Signalbook({"lexicon", "train", toy}).exit_code, 2);
  for (const std::string& name : folder_.Names()) EXPECT_NE(name, "out.tsv");
}

class EvaluateTest : public ::testing::Test {
 protected:
  EvaluateTest() {
    // Links that only one side has: refused by the law, whatever the rest of the gate makes of it.
    folder_.Write("eval/tatoeba/eng-spa.tsv",
                  "Where is the house?\t¿Dónde está la casa?\n"
                  "I have 3 dogs.\tTengo 3 perros.\n"
                  "We drink water.\tBebemos agua.\n"
                  "Look here.\tMira https://evil.example/\n");
    folder_.Write("eval/people/en-zh.dev.tsv",
                  "1\tI like cats.\t我喜欢猫。\t[0, 0, 0]\tNOT\n"
                  "2\tI like cats.\t我喜欢 https://evil.example/\t[1, 1, 1]\tERR\n");
    folder_.Write("eval/tatoeba-train/eng-spa.tsv", "a\tb\n");
    folder_.Write("eval/notes.tsv", "a\tb\n");
  }

  Result Evaluate(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"evaluate", folder_.path() + "/eval"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Signalbook(arguments);
  }

  const TempFolder folder_;
};

TEST_F(EvaluateTest, TablesForPeople) {
  const Result result = Evaluate();
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(result.output, AllOf(HasSubstr("false refusals %"), ContainsRegex("en→es +4 "),
                                   ContainsRegex("es→en +4 "), ContainsRegex("en→zh *\\* +1 "),
                                   HasSubstr("links 1"), HasSubstr("injected faults, detected %"),
                                   HasSubstr("emoji_added")));
  EXPECT_THAT(result.errors,
              HasSubstr("left out: " + folder_.path() + "/eval/notes.tsv: not named FROM-TO.tsv"));
}

TEST_F(EvaluateTest, AnObjectALine) {
  const Result result = Evaluate({"--json"});
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  const std::vector<std::string> lines = absl::StrSplit(result.output, '\n', absl::SkipEmpty());
  ASSERT_THAT(lines, SizeIs(3));
  std::map<std::string, nlohmann::json> pairs;
  for (const std::string& line : lines) {
    nlohmann::json object = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    ASSERT_TRUE(object.is_object()) << line;
    for (const char* key : {"from", "to", "file", "labelled", "lexicon", "good", "false_refusals",
                            "detached", "detected", "by_check", "faults", "curve"}) {
      EXPECT_TRUE(object.contains(key)) << key;
    }
    pairs[object["from"].get<std::string>() + " " + object["to"].get<std::string>()] = object;
  }
  const nlohmann::json& spanish = pairs["en es"];
  EXPECT_EQ(spanish["good"], 4);
  EXPECT_EQ(spanish["detached"], 4);
  EXPECT_GE(spanish["false_refusals"], 1);
  EXPECT_EQ(spanish["by_check"]["links"]["false_refusals"], 1);
  EXPECT_EQ(spanish["by_check"]["links"]["detected"], 1);
  EXPECT_EQ(spanish["faults"]["emoji_added"]["injected"], 4);
  EXPECT_EQ(spanish["faults"]["emoji_added"]["detected"], 4);
  EXPECT_EQ(spanish["faults"]["number_changed"]["detected"], 1);
  EXPECT_TRUE(spanish["lexicon"]);
  EXPECT_GT(spanish["curve"].size(), 5u);
  EXPECT_EQ(pairs["es en"]["good"], 4);
  const nlohmann::json& labelled = pairs["en zh"];
  EXPECT_TRUE(labelled["labelled"]);
  EXPECT_EQ(labelled["good"], 1);
  EXPECT_EQ(labelled["detached"], 1);
  EXPECT_EQ(labelled["detected"], 1);
}

TEST_F(EvaluateTest, ReportCurveAndRefusalsAreFiles) {
  const std::string at = folder_.path() + "/";
  const Result result = Evaluate({"--report", at + "report.jsonl", "--curve", at + "curve.svg",
                                  "--refusals", at + "refusals.tsv"});
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(result.output, HasSubstr("injected faults")) << "tables are printed all the same";
  EXPECT_EQ(folder_.Read("report.jsonl"), Evaluate({"--json"}).output);
  EXPECT_THAT(
      folder_.Read("refusals.tsv"),
      ContainsRegex("en\tes\tlinks\t[a-z_]+\tLook here\\.\tMira https://evil\\.example/\n"));
  const std::string svg = folder_.Read("curve.svg");
  EXPECT_THAT(svg, AllOf(StartsWith("<svg "), HasSubstr("en → es"), HasSubstr("<polyline")));
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(
      XML_ParserCreate(nullptr), XML_ParserFree);
  EXPECT_EQ(XML_Parse(parser.get(), svg.data(), static_cast<int>(svg.size()), 1), XML_STATUS_OK);
}

TEST_F(EvaluateTest, WhatIsWrong) {
  const Result missing = Signalbook({"evaluate", "/nonexistent"});
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_THAT(missing.errors, HasSubstr("/nonexistent: no such folder"));
  EXPECT_THAT(missing.output, IsEmpty());
  folder_.Write("none/notes.tsv", "a\tb\n");
  EXPECT_EQ(Signalbook({"evaluate", folder_.path() + "/none"}).exit_code, 2);
  EXPECT_EQ(Evaluate({"--book", "/nonexistent.book"}).exit_code, 2);
  EXPECT_EQ(Evaluate({"--config", "/nonexistent.textproto"}).exit_code, 2);
  EXPECT_EQ(Evaluate({"--report", "/nonexistent/report.jsonl"}).exit_code, 3);
  EXPECT_EQ(Signalbook({"evaluate"}).exit_code, 2);
}

}  // namespace
}  // namespace signalbook
