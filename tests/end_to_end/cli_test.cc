// `signalbook translate`, `explain` and `book` from outside: output, exit codes, stdin.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "signalbook/v1/translation.pb.h"
#include "tests/end_to_end/process.h"

namespace signalbook {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  if (lines.back().empty()) lines.pop_back();
  return lines;
}

// Strict: a field that the message does not have is an error.
template <typename Message>
Message FromJson(const std::string& line) {
  Message message;
  const auto status = google::protobuf::util::JsonStringToMessage(line, &message);
  EXPECT_TRUE(status.ok()) << status.ToString() << "\n" << line;
  return message;
}

TEST(HelpTest, EveryCommandHasSome) {
  const std::vector<std::vector<std::string>> commands = {{},
                                                          {"serve"},
                                                          {"translate"},
                                                          {"explain"},
                                                          {"book"},
                                                          {"book", "build"},
                                                          {"book", "verify"},
                                                          {"book", "info"},
                                                          {"lexicon"},
                                                          {"lexicon", "train"},
                                                          {"evaluate"},
                                                          {"check"},
                                                          {"check", "merge"},
                                                          {"accept"},
                                                          {"token"},
                                                          {"entries"},
                                                          {"entries", "list"},
                                                          {"entries", "show"},
                                                          {"entries", "impact"},
                                                          {"entries", "block"},
                                                          {"entries", "export"},
                                                          {"entries", "import"},
                                                          {"entries", "preview"},
                                                          {"proposals"},
                                                          {"proposals", "list"},
                                                          {"proposals", "show"},
                                                          {"proposals", "create"},
                                                          {"proposals", "edit"},
                                                          {"proposals", "comment"},
                                                          {"proposals", "withdraw"},
                                                          {"proposals", "approve"},
                                                          {"proposals", "reject"},
                                                          {"revisions"},
                                                          {"revisions", "list"},
                                                          {"revisions", "diff"},
                                                          {"revisions", "roll-back"},
                                                          {"refusals"},
                                                          {"refusals", "list"},
                                                          {"server"},
                                                          {"server", "status"},
                                                          {"server", "reload"},
                                                          {"audit"},
                                                          {"audit", "list"},
                                                          {"audit", "export"},
                                                          {"audit", "verify"}};
  for (std::vector<std::string> command : commands) {
    command.push_back("--help");
    const Result result = Signalbook(command);
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_THAT(result.output, HasSubstr("Usage: "));
    EXPECT_THAT(result.errors, IsEmpty());
    for (const std::string& line : Lines(result.output)) EXPECT_LE(line.size(), 110u) << line;
  }
  for (const std::vector<std::string>& command : {std::vector<std::string>{"serve"},
                                                  {"translate"},
                                                  {"explain"},
                                                  {"evaluate"},
                                                  {"check"},
                                                  {"check", "merge"},
                                                  {"accept"},
                                                  {"lexicon", "train"},
                                                  {"token"},
                                                  {"entries", "list"},
                                                  {"entries", "show"},
                                                  {"entries", "impact"},
                                                  {"entries", "block"},
                                                  {"entries", "export"},
                                                  {"entries", "import"},
                                                  {"entries", "preview"},
                                                  {"proposals", "list"},
                                                  {"proposals", "show"},
                                                  {"proposals", "create"},
                                                  {"proposals", "edit"},
                                                  {"proposals", "comment"},
                                                  {"proposals", "withdraw"},
                                                  {"proposals", "approve"},
                                                  {"proposals", "reject"},
                                                  {"revisions", "list"},
                                                  {"revisions", "diff"},
                                                  {"revisions", "roll-back"},
                                                  {"refusals", "list"},
                                                  {"server", "status"},
                                                  {"server", "reload"},
                                                  {"audit", "list"},
                                                  {"audit", "export"},
                                                  {"audit", "verify"}}) {
    std::vector<std::string> help = command;
    help.push_back("--help");
    EXPECT_THAT(Signalbook(help).output,
                AllOf(ContainsRegex("Examples?:"), HasSubstr("Exit codes:")));
  }
}

TEST(HelpTest, WrongUsageIsTwo) {
  const std::vector<std::vector<std::string>> wrong = {{},
                                                       {"frobnicate"},
                                                       {"translate", "hello"},
                                                       {"translate", "--to", "es", "--emoji", "xx"},
                                                       {"translate", "--to", "es", "--frob", "x"},
                                                       {"explain", "--timeout", "-1", "x"},
                                                       {"book"},
                                                       {"book", "verify"}};
  for (const auto& arguments : wrong) {
    const Result result = Signalbook(arguments);
    EXPECT_EQ(result.exit_code, 2) << ::testing::PrintToString(arguments);
    EXPECT_THAT(result.output, IsEmpty());
    EXPECT_FALSE(result.errors.empty());
  }
  EXPECT_EQ(Signalbook({"--version"}).exit_code, 0);
}

TEST(TranslateTest, PrintsOneTranslationAnArgument) {
  const Result result = Signalbook({"translate", "--to", "es", "--emoji", "name", "🇨🇦", "🇩🇪"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_EQ(result.output, "Canadá\nAlemania\n");
  EXPECT_THAT(result.errors, IsEmpty());
}

TEST(TranslateTest, ArgumentsAreMessagesWhateverTheyLookLike) {
  const std::vector<std::string> texts = {"{}", "[1]", "[a,b]", "[[]]", "explain",
                                          "%%", "a,b", "",      "--to"};
  std::vector<std::string> arguments = {"translate", "--from", "es", "--to", "es", "--json", "--"};
  arguments.insert(arguments.end(), texts.begin(), texts.end());
  const Result result = Signalbook(arguments);
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  const std::vector<std::string> lines = Lines(result.output);
  ASSERT_THAT(lines, SizeIs(texts.size()));
  for (size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(FromJson<v1::Translation>(lines[i]).translated_text(), texts[i]);
  }
}

TEST(TranslateTest, JsonIsTheMessageOfTheProto) {
  const Result result = Signalbook(
      {"translate", "--from", "zh", "--to", "en", "--emoji", "both", "--json"}, "我想去🇨🇦\n\n🇨🇦🇨");
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  const std::vector<std::string> lines = Lines(result.output);
  ASSERT_THAT(lines, SizeIs(3));
  const auto first = FromJson<v1::Translation>(lines[0]);
  EXPECT_THAT(first.translated_text(), AllOf(StartsWith("我想去"), EndsWith("🇨🇦 (Canada)")));
  EXPECT_EQ(first.verdict(), v1::VERDICT_PARTLY_REFUSED);
  EXPECT_EQ(first.pieces(0).refusal().reason(), v1::REASON_NO_MODEL);
  EXPECT_EQ(FromJson<v1::Translation>(lines[1]).translated_text(), "");
  const auto last = FromJson<v1::Translation>(lines[2]);
  EXPECT_EQ(last.pieces(last.pieces_size() - 1).refusal().rule(), "lone_regional_indicator");
}

TEST(TranslateTest, RefusalsAreNotedAndCheckedOnRequest) {
  const Result noted = Signalbook({"translate", "--from", "zh", "--to", "en", "我想去🇨🇦"});
  EXPECT_EQ(noted.exit_code, 0);
  EXPECT_THAT(noted.errors, HasSubstr("bytes 0-9 refused: NO_MODEL"));
  EXPECT_EQ(Signalbook({"translate", "--from", "zh", "--to", "en", "--check", "我想去"}).exit_code,
            1);
  EXPECT_EQ(Signalbook({"translate", "--to", "en", "--check", "🇨🇦"}).exit_code, 0);
}

TEST(TranslateTest, PiecesAreShownWithTheirGrounds) {
  const Result result =
      Signalbook({"translate", "--to", "es", "--emoji", "name", "--pieces", "🇨🇦 🇨🇦🇨"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(result.output, AllOf(HasSubstr("licence"), HasSubstr("BOOK"),
                                   HasSubstr("1F1E8-1F1E6 in es, curated"), HasSubstr("COPY"),
                                   HasSubstr("refused: "), HasSubstr("lone_regional_indicator")));
}

TEST(TranslateTest, ABadLineIsNamedAndTheOthersAreAnswered) {
  const Result result = Signalbook({"translate", "--to", "es", "--emoji", "name"},
                                   "🇨🇦\nab\xFFz\n" + std::string(9000, 'x') + "\n🇩🇪\n");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.output, "Canadá\nAlemania\n");
  EXPECT_THAT(result.errors,
              AllOf(HasSubstr("line 2: the byte at offset 2 is not UTF-8"),
                    HasSubstr("line 3: 9000 code points; at most 8192 are allowed")));
}

TEST(TranslateTest, WhatIsWrongWithAllMessagesIsSaidOnce) {
  const Result result = Signalbook({"translate", "--to", "xx"}, "a\nb\nc\n");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(Lines(result.errors), SizeIs(1));
  EXPECT_EQ(Signalbook({"translate", "--to", "es", "--dialect", "klingon", "x"}).exit_code, 2);
  EXPECT_EQ(Signalbook({"translate", "--to", "es", "--market", "XX", "x"}).exit_code, 2);
}

TEST(TranslateTest, ACarriageReturnIsPartOfTheMessage) {
  const Result result = Signalbook({"explain", "--json"}, "a\r\n");
  EXPECT_EQ(FromJson<v1::Analysis>(Lines(result.output).at(0)).clusters(0).text(), "a\r");
}

TEST(TranslateTest, AnswersEachLineAsItComes) {
  Process process({SIGNALBOOK_PROGRAM, "translate", "--to", "es", "--emoji", "name"});
  process.Write("🇨🇦\n");
  EXPECT_EQ(process.ReadLine(absl::Seconds(30)), "Canadá");  // stdin is still open
  process.Write("🇩🇪\n");
  EXPECT_EQ(process.ReadLine(absl::Seconds(30)), "Alemania");
  EXPECT_EQ(process.Wait(absl::Seconds(30)), 0);
}

TEST(TranslateTest, AReaderThatGoesAwayIsNoError) {
  Process process({SIGNALBOOK_PROGRAM, "translate", "--to", "es", "--emoji", "name"});
  process.CloseOutput();
  process.Write("🇨🇦\n🇨🇦\n🇨🇦\n");
  EXPECT_EQ(process.Wait(absl::Seconds(30)), 0);
  EXPECT_THAT(process.errors(), IsEmpty());
}

TEST(TranslateTest, AnUnreachableServerIsThree) {
  const Result result = Signalbook({"translate", "--server", "127.0.0.1:1", "--to", "es", "x"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.errors, HasSubstr("cannot reach 127.0.0.1:1"));
}

TEST(ExplainTest, JsonIsTheMessageOfTheProto) {
  const Result result = Signalbook({"explain", "--locale", "es,fr", "--json", "🇨🇦 x"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  const auto analysis = FromJson<v1::Analysis>(Lines(result.output).at(0));
  ASSERT_EQ(analysis.clusters_size(), 2);
  const v1::Cluster& flag = analysis.clusters(0);
  EXPECT_EQ(flag.code_points(), "U+1F1E8 U+1F1E6");
  ASSERT_EQ(flag.entries_size(), 2);
  EXPECT_EQ(flag.entries(0).text(), "Canadá");
  EXPECT_EQ(flag.entries(1).text(), "Canada");
}

TEST(ExplainTest, ATableForPeople) {
  const Result result = Signalbook({"explain", "--locale", "es", "🇨🇦🇨 \x1b[31m"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(result.output,
              AllOf(HasSubstr("U+1F1E8 U+1F1E6"), HasSubstr("es: \"Canadá\"  curated"),
                    HasSubstr("lone_regional_indicator"), HasSubstr("\\u001b[31m")));
  EXPECT_EQ(result.output.find('\x1b'), std::string::npos) << "a message must not drive terminals";
}

TEST(ExplainTest, CheckFindsDiagnoses) {
  EXPECT_EQ(Signalbook({"explain", "--check", "🇨🇦🇨"}).exit_code, 1);
  EXPECT_EQ(Signalbook({"explain", "--check", "🇨🇦 https://x.org"}).exit_code, 0);
}

TEST(ExplainTest, JudgesACandidate) {
  const Result refused = Signalbook({"explain", "--from", "zh", "--to", "en", "--candidate",
                                     "He's in prison", "--check", "他在🇨🇦等你。"});
  EXPECT_EQ(refused.exit_code, 1) << refused.errors;
  EXPECT_THAT(refused.output, AllOf(HasSubstr("GUARDED_CONCEPT (imprisonment)"),
                                    HasSubstr("candidate: imprisonment; source licenses: none"),
                                    HasSubstr("\nrefused\n")));
  const Result licensed = Signalbook({"explain", "--from", "en", "--to", "es", "--json",
                                      "--candidate", "Quiero 3 perros", "I want three dogs"});
  EXPECT_EQ(licensed.exit_code, 0) << licensed.errors;
  const auto judgement = FromJson<v1::JudgeCandidateResponse>(Lines(licensed.output).at(0));
  EXPECT_TRUE(judgement.licensed());
  EXPECT_THAT(licensed.output, HasSubstr("source: 3 in words; candidate: 3"));

  // What looks like a list to the command line's parser is a text like any other.
  const Result brackets = Signalbook({"explain", "--from", "en", "--to", "es", "--check",
                                      "--candidate", "[tres perros]", "[three dogs]"});
  EXPECT_EQ(brackets.exit_code, 0) << brackets.output << brackets.errors;

  const Result usage = Signalbook({"explain", "--candidate", "x", "y"});
  EXPECT_EQ(usage.exit_code, 2);
  EXPECT_THAT(usage.errors, HasSubstr("--candidate needs --from and --to"));
}

TEST(ExplainTest, GateOptionsOfTheConfiguration) {
  const std::string path = testing::TempDir() + "/cli_test_gate.textproto";
  std::ofstream(path) << "gate { disabled_checks: \"guards\" disabled_checks: \"lexicon\" }";
  const std::vector<std::string> judge = {
      "explain",     "--config",          path,           "--from", "en", "--to", "es", "--check",
      "--candidate", "Está en la cárcel", "It is raining"};
  EXPECT_EQ(Signalbook(judge).exit_code, 0);
  std::ofstream(path) << "gate { disabled_checks: \"emoji\" }";
  const Result result = Signalbook(judge);
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.errors, HasSubstr("'emoji' belongs to the law"));
  std::ofstream(path) << "gate { disabled_checks: \"grammar\" }";
  EXPECT_THAT(Signalbook(judge).errors, HasSubstr("no check 'grammar'"));
  std::filesystem::remove(path);
}

TEST(ExplainTest, WithATargetItShowsThePieces) {
  const Result result = Signalbook({"explain", "--from", "zh", "--to", "es", "我🇨🇦"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(result.output, AllOf(HasSubstr("in es: "), HasSubstr("NO_MODEL")));
}

TEST(BookTest, BuildVerifyInfo) {
  const std::string path = testing::TempDir() + "/cli_test.book";
  const Result built = Signalbook({"book", "build", "--data", SIGNALBOOK_SOURCE_DIR "/data",
                                   "--output", path, "--name", "mine", "--version", "2026.11"});
  ASSERT_EQ(built.exit_code, 0) << built.output << built.errors;
  EXPECT_EQ(Signalbook({"book", "verify", path}).exit_code, 0);
  const Result info = Signalbook({"book", "info", "--book", path});
  EXPECT_THAT(info.output, AllOf(HasSubstr("mine"), HasSubstr("2026.11"), HasSubstr(" es")));
  const Result used =
      Signalbook({"translate", "--book", path, "--to", "es", "--emoji", "name", "🇨🇦"});
  EXPECT_EQ(used.output, "Canadá\n");
  std::filesystem::remove(path);
}

TEST(BookTest, FindingsHaveFileAndLineAndNothingIsWritten) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "cli_test_data";
  std::filesystem::remove_all(folder);
  std::filesystem::copy(SIGNALBOOK_SOURCE_DIR "/data", folder,
                        std::filesystem::copy_options::recursive);
  std::ofstream(folder / "joins.tsv", std::ios::app) << "no-such-locale-here\tspace\t \n";
  const std::filesystem::path output = folder / "out.book";
  const Result result =
      Signalbook({"book", "build", "--data", folder.string(), "--output", output.string()});
  EXPECT_EQ(result.exit_code, 1) << result.errors;
  EXPECT_THAT(result.output, ::testing::ContainsRegex("joins\\.tsv:[0-9]+: "));
  EXPECT_FALSE(std::filesystem::exists(output));
  std::filesystem::remove_all(folder);

  EXPECT_EQ(Signalbook({"book", "build", "--data", "/nonexistent"}).exit_code, 2);
  EXPECT_EQ(Signalbook({"book", "build", "--data", SIGNALBOOK_SOURCE_DIR "/data", "--output",
                        "/nonexistent/x.book"})
                .exit_code,
            3);
}

}  // namespace
}  // namespace signalbook
