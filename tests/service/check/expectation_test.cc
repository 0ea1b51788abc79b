#include "service/check/expectation.h"

#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace signalbook::check {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct PieceOf {
  std::string text;
  v1::Licence licence = v1::LICENCE_COPY;
  v1::Kind kind = v1::KIND_PROSE;
  std::string key;
  v1::Reason reason = v1::REASON_UNSPECIFIED;
  std::string rule;
  v1::Placement placement = v1::PLACEMENT_IN_ORDER;
};

v1::Translation AnswerOf(const std::vector<PieceOf>& pieces, v1::Verdict verdict) {
  v1::Translation answer;
  for (const PieceOf& piece : pieces) {
    v1::Piece* out = answer.add_pieces();
    out->mutable_target_range()->set_begin(static_cast<int>(answer.translated_text().size()));
    *answer.mutable_translated_text() += piece.text;
    out->mutable_target_range()->set_end(static_cast<int>(answer.translated_text().size()));
    out->set_licence(piece.licence);
    out->set_kind(piece.kind);
    out->set_placement(piece.placement);
    if (!piece.key.empty()) out->mutable_entry()->set_key(piece.key);
    if (piece.reason == v1::REASON_UNSPECIFIED) continue;
    out->mutable_refusal()->set_reason(piece.reason);
    out->mutable_refusal()->set_rule(piece.rule);
  }
  answer.set_verdict(verdict);
  return answer;
}

// "Él está en prisión Canadá": the prose refused, the flag named, a join between.
const v1::Translation& TheAnswer() {
  static const auto* const answer = new v1::Translation(
      AnswerOf({{.text = "Él está", .reason = v1::REASON_GUARDED_CONCEPT, .rule = "imprisonment"},
                {.text = " ",
                 .licence = v1::LICENCE_BOOK,
                 .key = "join/space",
                 .placement = v1::PLACEMENT_JOIN},
                {.text = "Canadá",
                 .licence = v1::LICENCE_BOOK,
                 .kind = v1::KIND_EMOJI,
                 .key = "1F1E8-1F1E6"}},
               v1::VERDICT_PARTLY_REFUSED));
  return *answer;
}

std::vector<Finding> FindingsOf(const Expectations& expect, bool explains = true) {
  std::vector<Finding> findings;
  JudgeExpectations(expect,
                    {.answer = TheAnswer(),
                     .text = TheAnswer().translated_text(),
                     .explains = explains,
                     .emoji_same = false,
                     .emoji_saw = "🇨🇦 lost"},
                    &findings);
  return findings;
}

struct Row {
  const char* what;
  Expectations expect;
  std::string rule;     // empty: met
  std::string message;  // a part of it
};

TEST(ExpectationTest, EachIsMetOrNot) {
  const Row rows[] = {
      {"nothing is expected", {}, "", ""},
      {"the text", {.text = "Él está Canadá"}, "", ""},
      {"the text, not in NFC", {.text = "E\u0301l esta\u0301 Canada\u0301"}, "", ""},
      {"another text", {.text = "Está"}, "expect/text", "is \"Él está Canadá\", not \"Está\""},
      {"no text", {.text = ""}, "expect/text", ""},
      {"all stand in it", {.contains = {"Canadá", "Él"}}, "", ""},
      {"stands in it in NFC", {.contains = {"Canada\u0301"}}, "", ""},
      {"contains is exact", {.contains = {"canadá"}}, "expect/contains", "\"canadá\" does not"},
      {"two of three are missing",
       {.contains = {"Canadá", "Francia", "España"}},
       "expect/contains",
       "\"Francia\" and 1 more"},
      {"none stands in it", {.not_contains = {"prison", "cárcel"}}, "", ""},
      {"not_contains in whatever case",
       {.not_contains = {"CANADÁ"}},
       "expect/not_contains",
       "\"CANADÁ\" stands in it"},
      {"not_contains, not in NFC", {.not_contains = {"E\u0301L"}}, "expect/not_contains", ""},
      {"the verdict", {.verdict = v1::VERDICT_PARTLY_REFUSED}, "", ""},
      {"another verdict",
       {.verdict = v1::VERDICT_TRANSLATED},
       "expect/verdict",
       "is PARTLY_REFUSED, not TRANSLATED"},
      {"the reason", {.reasons = {v1::REASON_GUARDED_CONCEPT}}, "", ""},
      {"another reason",
       {.reasons = {v1::REASON_GUARDED_CONCEPT, v1::REASON_LENGTH}},
       "expect/reasons",
       "nothing is refused for LENGTH; GUARDED_CONCEPT (imprisonment)"},
      {"the rule", {.rules = {"imprisonment"}}, "", ""},
      {"another rule", {.rules = {"death"}}, "expect/rules", "nothing is refused by death"},
      {"the emoji are not the same", {.emoji_preserved = false}, "", ""},
      {"the emoji should be the same",
       {.emoji_preserved = true},
       "expect/emoji_preserved",
       "🇨🇦 lost"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    const std::vector<Finding> findings = FindingsOf(row.expect);
    if (row.rule.empty()) {
      EXPECT_THAT(findings, IsEmpty()) << findings[0].rule << ": " << findings[0].message;
      continue;
    }
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_EQ(findings[0].rule, row.rule);
    EXPECT_THAT(findings[0].message, HasSubstr(row.message));
  }
}

TEST(ExpectationTest, PiecesAreComparedOneByOne) {
  const ExpectedPiece prose = {.text = "Él está",
                               .licence = v1::LICENCE_COPY,
                               .kind = v1::KIND_PROSE,
                               .reason = v1::REASON_GUARDED_CONCEPT};
  const ExpectedPiece flag = {
      .text = "Canadá", .licence = v1::LICENCE_BOOK, .kind = v1::KIND_EMOJI, .key = "1F1E8-1F1E6"};
  const auto with = [](ExpectedPiece piece, auto change) {
    change(&piece);
    return piece;
  };
  const struct {
    const char* what;
    std::vector<ExpectedPiece> pieces;
    std::string message;  // empty: met
  } rows[] = {
      {"all fields", {prose, flag}, ""},
      {"what is left out is not compared", {{}, {.kind = v1::KIND_EMOJI}}, ""},
      {"text in NFC", {{}, {.text = "Canada\u0301"}}, ""},
      {"no refusal", {{}, {.reason = v1::REASON_UNSPECIFIED}}, ""},
      {"a text",
       {prose, with(flag, [](ExpectedPiece* p) { p->text = "Francia"; })},
       "piece 2: text is \"Canadá\", not \"Francia\""},
      {"a licence",
       {with(prose, [](ExpectedPiece* p) { p->licence = v1::LICENCE_MODEL; }), flag},
       "piece 1: licence is COPY, not MODEL"},
      {"a kind",
       {prose, with(flag, [](ExpectedPiece* p) { p->kind = v1::KIND_PROTECTED; })},
       "piece 2: kind is EMOJI, not PROTECTED"},
      {"a reason",
       {with(prose, [](ExpectedPiece* p) { p->reason = v1::REASON_LENGTH; }), flag},
       "piece 1: reason is GUARDED_CONCEPT, not LENGTH"},
      {"a key",
       {prose, with(flag, [](ExpectedPiece* p) { p->key = "1F1EB-1F1F7"; })},
       "piece 2: key is \"1F1E8-1F1E6\", not \"1F1EB-1F1F7\""},
      {"two fields of one piece",
       {prose, {.licence = v1::LICENCE_COPY, .kind = v1::KIND_PROSE}},
       "piece 2: licence is BOOK, not COPY, kind is EMOJI, not PROSE"},
      {"two pieces", {flag, prose}, " and 1 more"},
      {"one too few", {flag}, "2 pieces, not 1; piece 1: text is"},
      {"one too many", {prose, flag, flag}, "2 pieces, not 3"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    const std::vector<Finding> findings = FindingsOf({.pieces = row.pieces});
    if (row.message.empty()) {
      EXPECT_THAT(findings, IsEmpty()) << findings[0].message;
      continue;
    }
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_EQ(findings[0].rule, "expect/pieces");
    EXPECT_THAT(findings[0].message, HasSubstr(row.message));
  }
  EXPECT_EQ(FindingsOf({.pieces = {flag}})[0].actual,
            "\"Él está\" COPY PROSE refused: GUARDED_CONCEPT · \"Canadá\" BOOK EMOJI 1F1E8-1F1E6");
}

// Ranges of an answer that lies are no reason to read beyond it.
TEST(ExpectationTest, RangesOutsideAreNoText) {
  v1::Translation answer = TheAnswer();
  answer.mutable_pieces(0)->mutable_target_range()->set_end(999);
  answer.mutable_pieces(2)->mutable_target_range()->set_begin(-5);
  std::vector<Finding> findings;
  JudgeExpectations({.pieces = {{.text = "a"}, {.text = "b"}}},
                    {.answer = answer, .text = answer.translated_text()}, &findings);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_THAT(findings[0].message, HasSubstr("piece 1: text is \"\", not \"a\" and 1 more"));
}

TEST(ExpectationTest, OfPiecesNothingIsSaidWhereThereAreNone) {
  const Expectations all = {.text = "x",
                            .contains = {"x"},
                            .not_contains = {"Él"},
                            .pieces = {{}},
                            .verdict = v1::VERDICT_REFUSED,
                            .reasons = {v1::REASON_LENGTH},
                            .rules = {"x"},
                            .emoji_preserved = true};
  const auto rules_of = [&](bool explains) {
    std::vector<std::string> rules;
    for (const Finding& finding : FindingsOf(all, explains)) rules.push_back(finding.rule);
    return rules;
  };
  EXPECT_THAT(rules_of(true), ElementsAre("expect/text", "expect/contains", "expect/not_contains",
                                          "expect/pieces", "expect/verdict", "expect/reasons",
                                          "expect/rules", "expect/emoji_preserved"));
  EXPECT_THAT(rules_of(false), ElementsAre("expect/text", "expect/contains", "expect/not_contains",
                                           "expect/emoji_preserved"));
}

}  // namespace
}  // namespace signalbook::check
