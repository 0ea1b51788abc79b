// The counts of an evaluation, over a book so small that each can be worked out by hand.
//
// Its lexicon knows four nouns in both languages and refuses what names another one.
#include "service/cli/evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/service/cli/temp_folder.h"
#include "tests/support/small_data.h"
#include "translator/book_builder.h"
#include "translator/lexicon_tables.h"
#include "translator/translator.h"

namespace signalbook {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

LexiconTable FourNouns() {
  LexiconTable table;
  table.sizes[0].sides = {{{{"book", 10}, {"cat", 10}, {"house", 10}, {"water", 10}},
                           {{"agua", 10}, {"casa", 10}, {"gato", 10}, {"libro", 10}}}};
  table.sizes[0].links = {{0, 3, 90}, {1, 2, 90}, {2, 1, 90}, {3, 0, 90}};
  for (int i = 0; i < lexical_features::kCount; ++i) {
    const std::string name = lexical_features::Name(i);
    if (name == "from word 6-15 none" || name == "to word 6-15 none") table.weights[i] = -1;
  }
  table.threshold = -1.5F;  // a pair has two nouns that nothing accounts for, or none
  return table;
}

const Translator& SmallTranslator() {
  static const Translator* const translator = [] {
    const SmallData data;
    data.Write("guards/en.tsv", "death\tdead|died\the died\tdiet\n");
    data.Write("guards/es.tsv", "death\tmuri[óo]\tmurió\tmuro\n");
    data.Write("guards/zh.tsv", "death\t死了\t他死了\t你好\n");
    data.Write("lexicons/en/es.tsv", LexiconToTsv(FourNouns(), {}));
    data.Write("protected.tsv", "url\thttps?://\\S+\thttp://a.b\tx\n");
    const BuiltBook built = BuildBook(data.dir(), {}).value();
    for (const Finding& finding : built.findings) ADD_FAILURE() << ToString(finding);
    return Translator::Create(Book::FromImage(built.image).value(), nullptr).value().release();
  }();
  return *translator;
}

absl::StatusOr<Evaluation> EvaluateIn(const TempFolder& folder) {
  return Evaluate(folder.path(), SmallTranslator());
}

constexpr std::string_view kFour =
    "I see the cat.\tVeo el gato.\n"
    "This is my house.\tEsta es mi casa.\n"
    "The water is cold 😀\tEl agua está fría 😀\n"
    "You read a book.\tLees un libro.\n";

// "en→es good 0/4 detached 4/4 lexicon 0+4".
std::string Describe(const Measurement& m) {
  std::string text =
      absl::StrCat(m.from, "→", m.to, m.labelled ? " labelled" : "", " good ", m.good.refused, "/",
                   m.good.of, " detached ", m.detached.refused, "/", m.detached.of);
  for (const auto& [check, counts] : m.by_check) {
    absl::StrAppend(&text, " ", check, " ", counts.false_refusals, "+", counts.detected);
  }
  return text;
}

std::vector<std::string> Described(const absl::StatusOr<Evaluation>& evaluation) {
  if (!evaluation.ok()) return {evaluation.status().ToString()};
  std::vector<std::string> lines;
  for (const Measurement& m : evaluation->measurements) lines.push_back(Describe(m));
  return lines;
}

TEST(EvaluationTest, BothDirectionsOfAFile) {
  const TempFolder folder;
  folder.Write("en-es.tsv", std::string(kFour));
  const absl::StatusOr<Evaluation> evaluation = EvaluateIn(folder);
  EXPECT_THAT(Described(evaluation), ElementsAre("en→es good 0/4 detached 4/4 lexicon 0+4",
                                                 "es→en good 0/4 detached 4/4 lexicon 0+4"));
  EXPECT_THAT(evaluation->skipped, IsEmpty());
  EXPECT_THAT(evaluation->false_refusals, IsEmpty());
  for (const Measurement& m : evaluation->measurements) {
    EXPECT_TRUE(m.has_lexicon);
    EXPECT_THAT(m.file, HasSubstr("/en-es.tsv"));
  }
}

TEST(EvaluationTest, AGoodPairThatIsRefusedIsNamed) {
  const TempFolder folder;
  folder.Write("en-es.tsv", absl::StrCat(std::string(kFour),
                                         "Look here.\tMira http://a.example\n"
                                         "My cat is here.\tMi libro murió.\n"));
  const absl::StatusOr<Evaluation> evaluation = EvaluateIn(folder);
  ASSERT_TRUE(evaluation.ok());
  EXPECT_THAT(Described(evaluation)[0], HasSubstr("good 2/6"));
  const std::map<std::string, Measurement::ByCheck>& checks = evaluation->measurements[0].by_check;
  EXPECT_EQ(checks.at("links").false_refusals, 1u);
  EXPECT_EQ(checks.at("guards").false_refusals, 1u);
  EXPECT_EQ(checks.at("lexicon").false_refusals, 1u) << "every check counts, not only the first";
  std::vector<std::string> refusals;
  for (const FalseRefusal& r : evaluation->false_refusals) {
    if (r.to == "es") refusals.push_back(absl::StrCat(r.check, ": ", r.source, " ", r.translation));
  }
  EXPECT_THAT(refusals, ElementsAre("links: Look here. Mira http://a.example",
                                    "guards: My cat is here. Mi libro murió."));
}

TEST(EvaluationTest, WhatIsLaidOutOtherwiseIsLeftOutAndSaid) {
  const TempFolder folder;
  const std::string rows =
      absl::StrCat("one cell\n\n", std::string(kFour), "\tno source\n😀\tonly an emoji\na\xFF\tb\n");
  folder.Write("en-es.tsv", rows);
  folder.Write("notes.tsv", "a\tb\n");
  folder.Write("en-xx.tsv", "a\tb\n");
  folder.Write("en-es-zh.tsv", "a\tb\n");
  folder.Write("README.md", "no table");
  folder.Write("train/en-es.tsv", std::string(kFour));
  folder.Write("tatoeba-train/en-es.tsv", std::string(kFour));
  folder.Write("deeper/still/en-es.tsv", std::string(kFour));
  const absl::StatusOr<Evaluation> evaluation = EvaluateIn(folder);
  EXPECT_THAT(Described(evaluation), ElementsAre("en→es good 0/4 detached 4/4 lexicon 0+4",
                                                 "es→en good 0/4 detached 4/4 lexicon 0+4"));
  const std::string at = folder.path() + "/";
  EXPECT_THAT(evaluation->skipped, ElementsAre(at + "en-es-zh.tsv: not named FROM-TO.tsv",
                                               at + "en-es.tsv:1: not a row of its layout",
                                               at + "en-es.tsv:7: not a row of its layout",
                                               at + "en-es.tsv:8: not a row of its layout",
                                               at + "en-es.tsv:9: not a row of its layout",
                                               at + "en-xx.tsv: not named FROM-TO.tsv",
                                               at + "notes.tsv: not named FROM-TO.tsv"));
}

// Windows writes a carriage return, which no candidate may have.
TEST(EvaluationTest, EndsOfLinesAndByteOrderMarksAreNoText) {
  const TempFolder folder;
  folder.Write("en-es.tsv",
               "\xEF\xBB\xBFI see the cat.\tVeo el gato.\r\n"
               "You read a book.\tLees un libro.\r\n\r\n");
  const absl::StatusOr<Evaluation> evaluation = EvaluateIn(folder);
  EXPECT_THAT(Described(evaluation), ElementsAre("en→es good 0/2 detached 2/2 lexicon 0+2",
                                                 "es→en good 0/2 detached 2/2 lexicon 0+2"));
  EXPECT_THAT(evaluation->skipped, IsEmpty());
}

TEST(EvaluationTest, FilesLabelledByPeople) {
  const TempFolder folder;
  folder.Write("sub/en-es.dev.tsv",
               "1\tI see the cat.\tVeo el gato.\t[0, 0, 1]\tNOT\n"
               "2\tThis is my house.\tEste es mi libro.\t[1, 1, 1]\tERR\n"
               "3\tYou read a book.\tLees un libro rojo.\t[1, 1, 0]\tERR\r\n"
               "4\tYou read a book.\tLees agua.\t[0, 0, 0]\tNOT\n"
               "5\tYou read a book.\tLees un libro.\t[0, 0, 0]\tMAYBE\n"
               "6\tYou read a book.\tLees un libro.\n");
  const absl::StatusOr<Evaluation> evaluation = EvaluateIn(folder);
  EXPECT_THAT(Described(evaluation),
              ElementsAre("en→es labelled good 1/2 detached 1/2 lexicon 1+1"))
      << "in one direction only";
  EXPECT_THAT(evaluation->skipped, SizeIs(2));
  ASSERT_THAT(evaluation->false_refusals, SizeIs(1));
  EXPECT_EQ(evaluation->false_refusals[0].translation, "Lees agua.");
  for (const Share& fault : evaluation->measurements[0].faults) EXPECT_EQ(fault.of, 0u);
}

TEST(EvaluationTest, TheCurveIsWhatOtherThresholdsWouldDo) {
  const TempFolder folder;
  folder.Write("en-es.tsv", absl::StrCat(std::string(kFour),
                                         "My cat.\tMi perro.\nSo look.\thttp://a.example\n"));
  const absl::StatusOr<Evaluation> evaluation = EvaluateIn(folder);
  ASSERT_TRUE(evaluation.ok());
  const Measurement& m = evaluation->measurements[0];
  ASSERT_FALSE(m.curve.empty());
  double before = -100;
  bool has_zero = false;
  for (const Measurement::CurvePoint& point : m.curve) {
    SCOPED_TRACE(point.margin);
    EXPECT_GT(point.margin, before);
    before = point.margin;
    EXPECT_EQ(point.good.of, m.good.of);
    EXPECT_EQ(point.detached.of, m.detached.of);
    // Scores: 0 for the four; −1 for a cat without "gato"; the link is refused whatever its score.
    const double threshold = -1.5 + point.margin;
    EXPECT_EQ(point.good.refused, 1u + (threshold > -1 ? 1 : 0) + (threshold > 0 ? 4 : 0));
    if (point.margin != 0) continue;
    has_zero = true;
    EXPECT_EQ(point.good.refused, m.good.refused);
    EXPECT_EQ(point.detached.refused, m.detached.refused);
  }
  EXPECT_TRUE(has_zero);
}

TEST(EvaluationTest, FaultsAreInjectedWhereTheyCanBe) {
  const TempFolder folder;
  folder.Write("en-es.tsv", absl::StrCat(std::string(kFour), "I have 3 cats.\tTengo 3 gatos.\n"));
  folder.Write("en-zh.tsv", "Hello my friend.\t你好，我的朋友。\n");
  const absl::StatusOr<Evaluation> evaluation = EvaluateIn(folder);
  ASSERT_TRUE(evaluation.ok());
  ASSERT_THAT(evaluation->measurements, SizeIs(4));
  const auto fault = [](const Measurement& m, Fault f) { return m.faults[static_cast<int>(f)]; };
  const Measurement& to_spanish = evaluation->measurements[0];
  EXPECT_EQ(to_spanish.to, "es");
  EXPECT_EQ(fault(to_spanish, Fault::kNumberChanged).of, 1u);
  EXPECT_EQ(fault(to_spanish, Fault::kNumberChanged).refused, 1u);
  EXPECT_EQ(fault(to_spanish, Fault::kNegationDropped).of, 0u);
  EXPECT_EQ(fault(to_spanish, Fault::kWrongLanguage).of, 5u) << "the Chinese of the other file";
  EXPECT_EQ(fault(to_spanish, Fault::kWrongLanguage).refused, 5u);
  EXPECT_EQ(fault(to_spanish, Fault::kUntranslated).of, 5u);
  EXPECT_EQ(fault(to_spanish, Fault::kEmojiAdded).of, 5u);
  EXPECT_EQ(fault(to_spanish, Fault::kEmojiAdded).refused, 5u);
  const Measurement& to_chinese = evaluation->measurements[2];
  EXPECT_EQ(to_chinese.to, "zh");
  EXPECT_FALSE(to_chinese.has_lexicon);
  EXPECT_THAT(to_chinese.curve, IsEmpty());
  EXPECT_EQ(to_chinese.detached.of, 0u) << "one row has no other";
}

TEST(EvaluationTest, TheSameFolderTheSameNumbers) {
  const TempFolder folder;
  for (const char* file : {"en-es.tsv", "es-en.tsv", "a/en-es.tsv", "b/zh-en.tsv"}) {
    folder.Write(file, std::string(kFour));
  }
  const absl::StatusOr<Evaluation> first = EvaluateIn(folder);
  const absl::StatusOr<Evaluation> second = EvaluateIn(folder);
  EXPECT_THAT(Described(first), SizeIs(8));
  EXPECT_EQ(Described(first), Described(second));
  std::vector<std::string> files;
  for (const Measurement& m : first->measurements) {
    files.push_back(m.file.substr(folder.path().size()));
  }
  EXPECT_THAT(files, ElementsAre("/a/en-es.tsv", "/a/en-es.tsv", "/b/zh-en.tsv", "/b/zh-en.tsv",
                                 "/en-es.tsv", "/en-es.tsv", "/es-en.tsv", "/es-en.tsv"));
  for (size_t i = 0; i < first->measurements.size(); ++i) {
    for (int f = 0; f < kFaultCount; ++f) {
      EXPECT_EQ(first->measurements[i].faults[f].of, second->measurements[i].faults[f].of);
      EXPECT_EQ(first->measurements[i].faults[f].refused,
                second->measurements[i].faults[f].refused);
    }
  }
}

TEST(EvaluationTest, NothingToEvaluate) {
  const TempFolder folder;
  folder.Write("notes.tsv", "a\tb\n");
  folder.Write("en-es.tsv", "no row of two\n");
  const absl::StatusOr<Evaluation> none = EvaluateIn(folder);
  EXPECT_EQ(none.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(none.status().message()), HasSubstr("FROM-TO.tsv"));
  const absl::StatusOr<Evaluation> missing = Evaluate("/nonexistent", SmallTranslator());
  EXPECT_EQ(missing.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(missing.status().message()), HasSubstr("/nonexistent"));
}

}  // namespace
}  // namespace signalbook
