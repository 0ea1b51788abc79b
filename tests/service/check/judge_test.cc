#include "service/check/judge.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/status.h"
#include "tests/service/check/judge_support.h"

namespace signalbook::check {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;

// ---- each breach is found by its name, and by no other ----

// "Nos vemos en |M Canadá|B  en |M https://x.org|C  mañana|M", or with 🇨🇦 kept.
constexpr char kMeeting[] = "see you in 🇨🇦 at https://x.org tomorrow";

std::shared_ptr<Model> MeetingModel() {
  return std::make_shared<DictionaryModel>(
      Dictionary{{"see you in ⟦0⟧ at ⟦1⟧ tomorrow", "nos vemos en ⟦0⟧ en ⟦1⟧ mañana"}});
}

// Says something else for a piece, and moves those behind it.
void Say(v1::Translation* t, int piece, const std::string& text) {
  v1::ByteRange* range = t->mutable_pieces(piece)->mutable_target_range();
  t->mutable_translated_text()->replace(static_cast<size_t>(range->begin()),
                                        static_cast<size_t>(range->end() - range->begin()), text);
  const int shift = static_cast<int>(text.size()) - (range->end() - range->begin());
  range->set_end(range->end() + shift);
  for (int i = piece + 1; i < t->pieces_size(); ++i) {
    v1::ByteRange* behind = t->mutable_pieces(i)->mutable_target_range();
    behind->set_begin(behind->begin() + shift);
    behind->set_end(behind->end() + shift);
  }
}

// As if a model had said it.
void SayAsModel(v1::Translation* t, int piece, const std::string& text) {
  Say(t, piece, text);
  t->mutable_pieces(piece)->set_licence(v1::LICENCE_MODEL);
  t->mutable_pieces(piece)->clear_entry();
  t->mutable_pieces(piece)->mutable_model()->set_name("m");
}

TEST(JudgeTest, FindsEachBreachByItsRule) {
  constexpr v1::EmojiMode keep = v1::EMOJI_MODE_KEEP;
  constexpr v1::EmojiMode name = v1::EMOJI_MODE_NAME;
  constexpr v1::EmojiMode both = v1::EMOJI_MODE_KEEP_AND_NAME;
  using T = v1::Translation;
  const struct {
    std::string rule;
    const char* what;
    v1::EmojiMode mode;
    void (*spoil)(T*);
    std::string message;  // a part of it
  } rows[] = {
      {"law/piece", "a piece without a kind", name,
       [](T* t) { t->mutable_pieces(1)->clear_kind(); }, "pieces[1].kind"},
      {"law/tiling", "a source range too short", name,
       [](T* t) { t->mutable_pieces(0)->mutable_source_range()->set_end(3); }, "at byte 3"},
      {"law/tiling", "no pieces", name, [](T* t) { t->clear_pieces(); }, "end early"},
      {"law/copy", "a copy of something else", name, [](T* t) { Say(t, 3, "https://x.org "); },
       "a COPY is not its source"},
      {"law/book", "a row of another provenance", name,
       [](T* t) { t->mutable_pieces(1)->mutable_entry()->set_source("rumour"); }, "rumour"},
      {"law/book", "a row that is not the flag's", both,
       [](T* t) { t->mutable_pieces(3)->mutable_entry()->set_key("1F1EB-1F1F7"); }, "1F1EB-1F1F7"},
      {"law/model", "a model without a name", name,
       [](T* t) { t->mutable_pieces(0)->mutable_model()->clear_name(); }, "without its model"},
      {"law/model", "two of them", name,
       [](T* t) {
         t->mutable_pieces(0)->clear_model();
         t->mutable_pieces(2)->clear_model();
       },
       "and 1 more"},
      {"law/emoji", "an emoji from a model", name, [](T* t) { Say(t, 0, "nos vemos 😀 en "); },
       "an emoji in a MODEL piece"},
      {"law/refusal", "a refusal without a rule", name,
       [](T* t) {
         t->mutable_pieces(3)->mutable_refusal()->set_reason(v1::REASON_LENGTH);
         t->set_verdict(v1::VERDICT_PARTLY_REFUSED);
       },
       "without reason or rule"},
      {"law/refusal", "a verdict that does not fit", name,
       [](T* t) { t->set_verdict(v1::VERDICT_PARTLY_REFUSED); }, "the verdict"},
      {"emoji/kept", "a flag that a model swallowed", keep, [](T* t) { SayAsModel(t, 1, ""); },
       "🇨🇦 lost"},
      {"flag/named", "a flag that stays", name,
       [](T* t) {
         Say(t, 1, "🇨🇦");
         t->mutable_pieces(1)->set_licence(v1::LICENCE_COPY);
       },
       "🇨🇦 is not called \"Canadá\""},
      {"flag/named", "another country", name, [](T* t) { SayAsModel(t, 1, "Francia"); }, "🇨🇦"},
      {"flag/named", "a longer word", name, [](T* t) { SayAsModel(t, 1, "Canadáver"); }, "🇨🇦"},
      {"flag/named", "the end of a longer word", name, [](T* t) { SayAsModel(t, 1, "XCanadá"); },
       "🇨🇦"},
      {"flag/named", "a name that is left out", both, [](T* t) { SayAsModel(t, 3, "x"); }, "🇨🇦"},
      {"protected/kept", "a link that a model changed", name,
       [](T* t) { SayAsModel(t, 3, "https://X.org"); }, "\"https://x.org\" is not in"},
      {"answer/text", "nothing is left", name,
       [](T* t) {
         t->clear_pieces();
         t->set_translated_text(" ");
       },
       "blank"},
      {"answer/text", "no text", name, [](T* t) { t->set_translated_text("nos \xC3"); }, "UTF-8"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.rule + ": " + row.what);
    const Case c = CaseOf({.text = kMeeting, .mode = row.mode});
    absl::StatusOr<v1::Translation> answer = AnswerTo(c, MeetingModel());
    ASSERT_THAT(FindingsOf(c, answer), IsEmpty());
    row.spoil(&*answer);
    const std::vector<Finding> findings = FindingsOf(c, answer);
    ASSERT_THAT(RulesOf(findings), ElementsAre(row.rule)) << Told(findings);
    EXPECT_THAT(findings[0].message, HasSubstr(row.message));
  }
}

TEST(JudgeTest, FindsSeveralAtOnceInTheOrderOfTheList) {
  Case c = CaseOf({.text = kMeeting, .mode = v1::EMOJI_MODE_KEEP_AND_NAME});
  c.expect.text = "Nos vemos";
  c.expect.verdict = v1::VERDICT_UNCHANGED;
  absl::StatusOr<v1::Translation> answer = AnswerTo(c, MeetingModel());
  Say(&*answer, 1, "🇫🇷");
  Say(&*answer, 3, "Francia");
  Say(&*answer, 6, "https://y.org");
  answer->set_verdict(v1::VERDICT_REFUSED);
  const std::vector<Finding> findings = FindingsOf(c, answer);
  EXPECT_THAT(RulesOf(findings),
              ElementsAre("law/copy", "law/book", "law/refusal", "emoji/kept", "flag/named",
                          "protected/kept", "expect/text", "expect/verdict"))
      << Told(findings);
  EXPECT_THAT(findings[0].message, HasSubstr("and 1 more"));
  EXPECT_EQ(findings[3].message, "🇨🇦 lost, 🇫🇷 added");
  EXPECT_EQ(findings[3].expected, "🇨🇦");
  EXPECT_EQ(findings[3].actual, "🇫🇷");
}

TEST(JudgeTest, BelievesTheNamesOfAnotherBook) {
  const Case c = CaseOf({.text = kMeeting, .mode = v1::EMOJI_MODE_NAME});
  absl::StatusOr<v1::Translation> answer = AnswerTo(c, MeetingModel());
  Say(&*answer, 1, "el Canadá");
  EXPECT_THAT(RulesOf(FindingsOf(c, answer)), ElementsAre("law/book"));
  Say(&*answer, 1, "la hoja");
  EXPECT_THAT(RulesOf(FindingsOf(c, answer)), ElementsAre("law/book", "flag/named"));
  EXPECT_THAT(FindingsOf(c, answer, {.other_book = true}), IsEmpty());
  answer->mutable_pieces(1)->mutable_entry()->set_key("1F1EB-1F1F7");
  EXPECT_THAT(RulesOf(FindingsOf(c, answer, {.other_book = true})), ElementsAre("law/book"));
}

// ---- answers without pieces ----

TEST(JudgeTest, JudgesTextAlone) {
  const v1::EmojiMode name = v1::EMOJI_MODE_NAME;
  const struct {
    const char* what;
    Ask ask;
    std::string answer;
    std::vector<std::string> rules;
  } rows[] = {
      {"a good one", {.text = "I love dogs 🐶"}, "Me encantan los perros 🐶", {}},
      {"of a message without words, the same", {.text = "😀 🇨🇦 5!"}, "😀 🇨🇦 5!", {}},
      {"in the language already",
       {.text = "Vi un perro ayer", .from = "es"},
       "Vi un perro ayer",
       {}},
      {"U+FE0F left out of a sequence",
       {.text = "❤️‍🔥 I love dogs ☎️"},
       "❤‍🔥 Me encantan los perros ☎️",
       {}},
      {"line breaks and what nobody sees, as in the message",
       {.text = "I love dogs\r\n\u200E\t🐶\n\u00AD☎\uFE0E"},
       "Me encantan los perros\r\n\u200E\t🐶\n\u00AD☎\uFE0E",
       {}},
      {"a hidden character of its own",
       {.text = "I love dogs 🐶"},
       "Me encantan\u00AD los perros 🐶",
       {"gate/EMOJI_INTRODUCED"}},
      {"December 2019",
       {.text = "他在🇨🇦等你。", .from = "zh", .to = "en"},
       "He's in prison.",
       {"emoji/kept", "gate/GUARDED_CONCEPT"}},
      {"prison, the flag kept",
       {.text = "他在🇨🇦等你。", .from = "zh", .to = "en"},
       "🇨🇦 He's in prison.",
       {"gate/GUARDED_CONCEPT"}},
      {"an emoji added",
       {.text = "I love dogs 🐶"},
       "Me encantan los perros 🐶🐱",
       {"emoji/kept", "gate/EMOJI_INTRODUCED"}},
      {"a mark on an emoji lost", {.text = "🐶⃠ and 🐱"}, "🐶 y 🐱", {"emoji/kept"}},
      {"a mark on an emoji added", {.text = "🐶 🐱"}, "🐶⃠ 🐱", {"emoji/kept"}},
      {"a tone changed", {.text = "👍🏽"}, "👍🏿", {"emoji/kept", "gate/EMOJI_INTRODUCED"}},
      {"a keycap taken apart", {.text = "1️⃣"}, "1", {"emoji/kept", "gate/NUMBERS_CHANGED"}},
      {"an emoji made text", {.text = "❤️"}, "❤", {"emoji/kept", "gate/EMOJI_INTRODUCED"}},
      {"a joiner lost", {.text = "👩‍🚀"}, "👩🚀", {"emoji/kept", "gate/EMOJI_INTRODUCED"}},
      {"another order", {.text = "🐶 🐱"}, "🐱 🐶", {"emoji/kept", "gate/EMOJI_INTRODUCED"}},
      {"emoji in NAME are anybody's",
       {.text = "I love dogs 🐶", .mode = name},
       "Me encantan los perros 🐱",
       {}},
      {"a flag in NAME", {.text = "I love 🇨🇦", .mode = name}, "Me encanta 🇨🇦", {"flag/named"}},
      {"a flag named", {.text = "I love 🇨🇦", .mode = name}, "Me encanta Canadá", {}},
      {"a code translated",
       {.text = "I love dogs :dog:", .dialects = {"slack"}},
       "Me encantan los perros :perro:",
       {"emoji/kept"}},
      {"something else",
       {.text = "I love dogs 🐶"},
       "El avión llega tarde mañana 🐶",
       {"gate/DETACHED"}},
      {"another number", {.text = "I have 3 dogs"}, "Tengo 4 perros", {"gate/NUMBERS_CHANGED"}},
      {"a link in another case",
       {.text = "look at https://x.org my friend"},
       "mira Https://X.org mi amigo",
       {"protected/kept", "gate/LINK_INTRODUCED"}},
      {"the message again",
       {.text = "we will see you tomorrow morning"},
       "we will see you tomorrow morning",
       {"gate/UNTRANSLATED", "gate/LANGUAGE"}},
      {"the language is detected",
       {.text = "Tengo 3 perros y dos gatos", .from = "", .to = "en"},
       "I have 4 dogs and two cats",
       {"gate/NUMBERS_CHANGED"}},
      {"nobody knows the language", {.text = "xyzzy 3", .from = ""}, "xyzzy 4", {}},
      {"a language that we have no guards for",
       {.text = "I love dogs", .to = "sv"},
       "Jag älskar hundar",
       {}},
      {"a language that we do not know",
       {.text = "I love dogs 🐶", .to = "tlh"},
       "targh",
       {"emoji/kept"}},
      {"blank", {.text = "I love dogs"}, "\u200B \n", {"answer/text"}},
      {"blank, as the message", {.text = " \n"}, "", {}},
      {"not UTF-8", {.text = "I love dogs"}, "\xFF", {"answer/text"}},
  };
  for (const auto& row : rows) {
    const std::vector<Finding> findings =
        FindingsOf(CaseOf(row.ask), TextAnswer(row.answer), {.explains = false});
    EXPECT_THAT(RulesOf(findings), ElementsAreArray(row.rules)) << row.what << "\n"
                                                                << Told(findings);
  }
}

TEST(JudgeTest, ExpectationsOfEmojiAreJudgedByTheTexts) {
  const struct {
    const char* what;
    bool preserved;
    std::string answer;
    bool met;
  } rows[] = {{"kept", true, "Canadá 🇨🇦", true},
              {"named", true, "Canadá", false},
              {"not kept, as expected", false, "Canadá", true},
              {"kept, not as expected", false, "🇨🇦", false}};
  for (const auto& row : rows) {
    Case c = CaseOf({.text = "🇨🇦", .mode = v1::EMOJI_MODE_NAME});
    c.expect.emoji_preserved = row.preserved;
    const std::vector<std::string> rules =
        RulesOf(FindingsOf(c, TextAnswer(row.answer), {.explains = false}));
    EXPECT_EQ(std::count(rules.begin(), rules.end(), "expect/emoji_preserved"), row.met ? 0 : 1)
        << row.what;
  }
}

// ---- errors ----

TEST(JudgeTest, ErrorsAreExpectedOrNot) {
  const absl::Status invalid = InvalidUtf8("contents[0]", 2);
  const struct {
    const char* what;
    std::optional<std::string> expected;
    absl::StatusOr<v1::Translation> answer;
    std::vector<std::string> rules;
  } rows[] = {
      {"as expected, by its reason", "INVALID_UTF8", invalid, {}},
      {"as expected, by its code", "INVALID_ARGUMENT", invalid, {}},
      {"a timeout, as expected", "DEADLINE_EXCEEDED", absl::DeadlineExceededError("slow"), {}},
      {"not expected", std::nullopt, invalid, {"answer/error"}},
      {"too slow", std::nullopt, absl::DeadlineExceededError("slow\nvery"), {"answer/timeout"}},
      {"too slow for an error",
       "INVALID_UTF8",
       absl::DeadlineExceededError(""),
       {"answer/timeout"}},
      {"another error", "CONTENT_TOO_LONG", invalid, {"expect/error"}},
      {"no error", "INVALID_UTF8", TextAnswer("a \xFF"), {"expect/error"}},
      {"busy", std::nullopt, absl::ResourceExhaustedError("full"), {"answer/error"}},
  };
  for (const auto& row : rows) {
    Case c = CaseOf({.text = "a \xFF"});
    c.expect.error = row.expected;
    c.expect.text = "never compared";
    const std::vector<Finding> findings = FindingsOf(c, row.answer);
    EXPECT_THAT(RulesOf(findings), ElementsAreArray(row.rules)) << row.what;
    for (const Finding& finding : findings) {
      EXPECT_EQ(finding.message.find('\n'), std::string::npos) << finding.message;
      EXPECT_NE(finding.message, "");
    }
  }
}

// Somebody else's translator may answer what ours refuses to read.
TEST(JudgeTest, MessagesThatAreNoTextAreJudgedByExpectationsAlone) {
  Case c = CaseOf({.text = "a \xFF 🇨🇦"});
  EXPECT_THAT(FindingsOf(c, TextAnswer("a"), {.explains = false}), IsEmpty());
  c.expect.contains = {"🇨🇦"};
  EXPECT_THAT(RulesOf(FindingsOf(c, TextAnswer("a"), {.explains = false})),
              ElementsAre("expect/contains"));
}

// ---- the rest ----

TEST(JudgeTest, SequenceOfAMessage) {
  const struct {
    std::string text;
    std::string keys;
  } rows[] = {
      {"no emoji", ""},
      {"I ❤️ 🇨🇦!", "2764 1F1E8-1F1E6"},
      {"🇨🇦🇨", "1F1E8-1F1E6 1F1E8"},
      {"👩‍🚀 1️⃣", "1F469-200D-1F680 0031-20E3"},
      {"😀😀😀😀😀😀😀😀😁", "1F600 1F600 1F600 1F600 1F600 1F600 1F600 1F600"},
      {"😀 \xFF", ""},
  };
  for (const auto& row : rows) EXPECT_EQ(JudgeWith({}).SequenceOf(row.text), row.keys) << row.text;
}

TEST(JudgeTest, RulesHaveOneLineEach) {
  std::set<std::string_view> ids;
  for (const Rule& rule : Rules()) {
    EXPECT_TRUE(ids.insert(rule.id).second) << rule.id << " stands twice";
    EXPECT_NE(rule.description, "");
    EXPECT_EQ(rule.description.find('\n'), std::string_view::npos);
  }
  // Every reason that a check of the gate can have.
  for (int reason = v1::REASON_INVALID_TEXT; reason <= v1::REASON_DETACHED; ++reason) {
    const std::string name = v1::Reason_Name(static_cast<v1::Reason>(reason));
    EXPECT_TRUE(ids.contains("gate/" + name.substr(std::string("REASON_").size()))) << name;
  }
}

}  // namespace
}  // namespace signalbook::check
