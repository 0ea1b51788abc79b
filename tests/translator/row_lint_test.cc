// Every rule that can be asked of one row: a row that breaks it, and near misses.
#include "translator/row_lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/test_book.h"
#include "translator/tsv.h"

namespace signalbook {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Texts = std::vector<std::string>;

KeyId Key(std::string_view emoji) {
  const auto found = TestBook()->emoji().Find(emoji);
  EXPECT_TRUE(found) << emoji;
  return found ? found->key : kNoKey;
}

// The rules that are broken; each must be one of the documented, with its severity.
Texts RulesOf(const std::vector<RowFinding>& findings) {
  Texts rules;
  for (const RowFinding& finding : findings) {
    const LintRule* rule = FindLintRule(finding.rule);
    EXPECT_TRUE(rule != nullptr && finding.severity == rule->severity) << finding.rule;
    EXPECT_FALSE(finding.message.empty()) << finding.rule;
    rules.push_back(finding.rule);
  }
  return rules;
}

Texts NameRulesOf(std::string_view locale, std::string_view emoji, std::string_view text,
                  const Texts& alternates = {}) {
  return RulesOf(LintName(*TestBook(), TestLocale(locale), Key(emoji), text, alternates));
}

TEST(LintNameTest, JudgesANameByEveryRule) {
  const struct {
    const char* why;
    const char* locale;
    const char* emoji;
    std::string text;
    Texts rules;
  } kRows[] = {
      {"sound", "en", "🔥", "big fire", {}},
      {"its present name", "en", "🇨🇦", "Canada", {}},
      {"no name", "en", "🔥", "", {"empty"}},
      {"half of a character", "en", "🔥", "fire \xC3", {"not-utf-8"}},
      {"white space behind", "en", "🔥", "big fire ", {"untrimmed"}},
      {"a no-break space in front", "en", "🔥", "\u00A0big fire", {"untrimmed"}},
      {"white space inside", "en", "🔥", "big\u00A0fire", {}},
      {"decomposed", "es", "🔥", "fuego e\u0301l", {"not-nfc"}},
      {"composed", "es", "🔥", "fuego él", {}},
      {"a control character", "en", "🔥", "big\tfire", {"control"}},
      {"private use", "en", "🔥", "big \uE000", {"control"}},
      {"right-to-left override", "en", "🔥", "big \u202Efire", {"invisible"}},
      {"a zero-width space", "en", "🔥", "big\u200Bfire", {"invisible"}},
      {"a joiner that spells", "fa", "🔥", "می\u200Cسوزد", {}},
      {"an emoji", "en", "🔥", "fire 🔥", {"emoji-in-text"}},
      {"a flag", "en", "🔥", "fire 🇨🇦", {"emoji-in-text"}},
      {"half a flag", "en", "🔥", "fire \U0001F1E8", {"emoji-in-text"}},
      {"a character that is text by itself", "en", "🔥", "fire ©", {}},
      {"the character itself", "en", "©️", "©", {"names-itself"}},
      {"what a formula begins with", "en", "🔥", "=fire", {"formula"}},
      {"the same inside", "en", "🔥", "a=fire", {}},
      {"a minus", "en", "🔥", "-5", {"formula"}},
      {"only a minus", "en", "➖", "-", {}},
      {"a label without its value", "es", "🇨🇦", "bandera:", {"trailing-colon"}},
      {"a label, then nothing, then more", "es", "🇨🇦", "bandera: , azul", {"missing-part"}},
      {"a label that is whole", "es", "🇨🇦", "bandera: el Canadá", {}},
      {"a placeholder", "en", "🔥", "{0} fire", {"placeholder"}},
      {"a brace", "en", "🔥", "{a} fire", {}},
      {"two names", "en", "🔥", "big fire | blaze", {"several-names"}},
      {"a bar", "en", "🔥", "big fire|blaze", {}},
      {"a bracket without its partner", "en", "🔥", "fire (big", {"unbalanced"}},
      {"with it", "en", "🔥", "fire (big)", {}},
      {"one Cyrillic letter", "es", "🔥", "fu\u0435go gr\u0430nde", {"script"}},
      {"all Latin", "es", "🔥", "fuego grande", {}},
      {"a whole name in Latin letters", "ru", "🔥", "big fire", {"script"}},
      {"an abbreviation in Latin letters", "ru", "🏧", "ATM", {}},
      {"Cyrillic where it belongs", "ru", "🔥", "большой огонь", {}},
      {"English", "es", "🔥", "fire", {"same-as-english"}},
      {"a variety of English", "en-GB", "🔥", "fire", {}},
      {"a region may be called as in English", "fr", "🇨🇦", "Canada", {}},
      {"an accident that a translator made of a flag", "en", "🇨🇦", "He's in prison", {"forbidden"}},
      {"in any case", "en", "🇨🇦", "HE IS IN PRISON", {"forbidden"}},
      {"inherited", "en-GB", "🇨🇦", "Under arrest", {"forbidden"}},
      {"of no flag", "en", "🔥", "in prison", {"forbidden"}},
      {"in Chinese", "zh", "🇨🇦", "他坐牢了", {"forbidden"}},
      {"in traditional characters", "zh-TW", "🇨🇦", "他在監獄", {"forbidden"}},
      {"part of a word", "en", "🇨🇦", "Prisonland", {}},
      {"a regime", "en", "🇨🇦", "the Canadian regime", {"forbidden"}},
      {"in every locale", "es", "🇨🇦", "regime", {"forbidden"}},
      {"of a flag of a part",
       "en",
       "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
       "Scottish regime",
       {"forbidden"}},
      {"of what is no flag", "en", "🔥", "regime of fire", {}},
      {"a man, where the sequence says a person", "pt", "🧑", "um homem", {"forbidden"}},
      {"with a tone", "pt", "🧑🏽", "homem: pele morena", {"forbidden", "base-not-prefix"}},
      {"with a sister that is a woman", "pt", "🦸", "super-homem", {"forbidden"}},
      {"a man", "pt", "👨", "um homem", {}},
      {"a person", "pt", "🧑", "um ser humano", {}},
      {"another's name", "en", "🔥", "red heart", {"duplicate-name"}},
      {"another region's", "en", "🇺🇸", "Canada", {"duplicate-name"}},
      {"another's that is inherited", "es-AR", "🇺🇸", "Canadá", {"duplicate-name"}},
      {"another's in another language", "fr", "🔥", "corazón rojo", {}},
      {"another's keyword", "en", "🔥", "burn", {}},
      {"parts of regions share names", "en", "🏴󠁵󠁳󠁣󠁡󠁿", "Punjab", {}},
      {"and are called as CLDR says", "en", "🏴󠁢󠁥󠁷󠁬󠁸󠁿", "Luxembourg", {}},
      {"but not as other regions",
       "en",
       "🏴󠁵󠁳󠁣󠁡󠁿",
       "Luxembourg",
       {"duplicate-name"}},
      {"nor as parts that are on keyboards",
       "en",
       "🏴󠁵󠁳󠁣󠁡󠁿",
       "Scotland",
       {"duplicate-name"}},
      {"the United Kingdom is not England",
       "en",
       "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
       "United Kingdom",
       {"duplicate-name", "part-is-whole"}},
      {"nor is this", "en", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "England (United Kingdom)", {}},
      {"a tone whose name is another than its base's",
       "en",
       "👍🏽",
       "brown thumb",
       {"base-not-prefix"}},
      {"a tone said as all others say it", "en", "👍🏽", "thumbs up, medium skin", {}},
      {"a tone said in another way than all others",
       "en",
       "👍🏽",
       "thumbs up, brownish",
       {"tone-wording"}},
  };
  for (const auto& row : kRows) {
    EXPECT_THAT(NameRulesOf(row.locale, row.emoji, row.text), ElementsAreArray(row.rules))
        << row.why << ": " << row.text;
  }
}

TEST(LintNameTest, JudgesAlternates) {
  const struct {
    const char* why;
    const char* emoji;
    Texts alternates;
    Texts rules;
  } kRows[] = {
      {"none", "🇨🇦", {}, {}},
      {"sound ones, and keywords may stand with others", "🔥", {"blaze", "red heart", "+1"}, {}},
      {"an empty one", "🔥", {"blaze", ""}, {"empty"}},
      {"an emoji", "🔥", {"🔥 blaze"}, {"emoji-in-text"}},
      {"not trimmed", "🔥", {"blaze", "flame "}, {"untrimmed"}},
      {"two in one", "🔥", {"blaze | flame"}, {"several-names"}},
      {"a forbidden term", "🇨🇦", {"Dominion of Canada", "He's in prison"}, {"forbidden"}},
      {"a regime", "🇨🇦", {"Canadian junta"}, {"forbidden"}},
      {"several that are wrong", "🔥", {"a\tb", "blaze", "murdered"}, {"control", "forbidden"}},
  };
  for (const auto& row : kRows) {
    EXPECT_THAT(NameRulesOf("en", row.emoji, row.emoji == std::string("🔥") ? "big fire" : "Canada",
                            row.alternates),
                ElementsAreArray(row.rules))
        << row.why;
  }
}

// For people: which text, what of it, and why; the text itself need not come back.
TEST(LintNameTest, SaysWhichTextAndWhy) {
  const auto messages = [](std::string_view text, const Texts& alternates) {
    Texts all;
    for (const RowFinding& finding :
         LintName(*TestBook(), TestLocale("en"), Key("🇨🇦"), text, alternates)) {
      EXPECT_THAT(finding.message, Not(HasSubstr("Canadian")));
      all.push_back(finding.message);
    }
    return all;
  };
  EXPECT_THAT(messages("Mexico", {}), ElementsAre("the name is also 1F1F2-1F1FD"));
  EXPECT_THAT(messages("Canadian (", {"Canada", "Canadian regime", "Canadian\u202E"}),
              ElementsAre("the name: a bracket without its partner",
                          "alternate 2: a name holds a term that data/forbidden.tsv rules out: "
                          "a flag names a region, never a regime",
                          "alternate 3 holds U+202E"));
}

TEST(LintNameTest, WhatTheBookDoesNotHaveIsAnError) {
  const Book& book = *TestBook();
  const auto key_count = static_cast<KeyId>(book.key_count());
  EXPECT_THAT(RulesOf(LintName(book, 0xFFFF, Key("🔥"), "fire", {})), ElementsAre("unknown-locale"));
  EXPECT_THAT(RulesOf(LintName(book, TestLocale("en"), key_count, "fire", {})),
              ElementsAre("unknown-key"));
}

// What `book lint` let into the book, this lets in as well. A name that equals English is only a warning.
TEST(LintNameTest, AcceptsWhatIsApproved) {
  const Book& book = *TestBook();
  for (const char* tag : {"en", "pt", "zh-Hant"}) {
    int judged = 0;
    for (KeyId key = 0; key < book.key_count(); ++key) {
      const auto row = book.FindOwn(TestLocale(tag), key);
      if (!row || row->blocked || row->source != "curated") continue;
      Texts alternates;
      for (const std::string_view name : Values(row->alternates)) alternates.emplace_back(name);
      for (const RowFinding& finding : LintName(book, row->locale, key, row->text, alternates)) {
        EXPECT_EQ(finding.rule, "same-as-english")
            << tag << " " << KeyOf(book.key(key).sequence) << " " << finding.message;
      }
      ++judged;
    }
    EXPECT_GT(judged, 200) << tag;
  }
}

TEST(LintPhraseTest, JudgesBothSides) {
  const struct {
    const char* why;
    std::string key;
    std::string text;
    Texts rules;
  } kRows[] = {
      {"sound", "see you", "nos vemos", {}},
      {"a translation may have marks and capitals", "what", "¿Qué?", {}},
      {"no phrase", "", "nos vemos", {"empty"}},
      {"no translation", "see you", "", {"empty"}},
      {"a capital", "See you", "nos vemos", {"phrase-form"}},
      {"a mark at the end", "see you!", "nos vemos", {"phrase-form"}},
      {"a comma inside", "well, see you", "nos vemos", {"phrase-form"}},
      {"what no phrase can hold", "a: b", "nos vemos", {"phrase-form"}},
      {"laughter longer than it is matched", "hahahaha", "jajaja", {"phrase-form"}},
      {"laughter as it is matched", "hahaha", "jajaja", {}},
      {"an emoji in the translation", "see you", "nos vemos 👋", {"emoji-in-text"}},
      {"an emoji in the phrase", "see you 👋", "nos vemos", {"emoji-in-text"}},
      {"not trimmed", "see you", "nos vemos ", {"untrimmed"}},
      {"decomposed", "see you", "adio\u0301s", {"not-nfc"}},
      {"not UTF-8", "see \xFF", "nos vemos", {"not-utf-8"}},
      {"both sides", "", "nos\u202Evemos", {"empty", "invisible"}},
  };
  for (const auto& row : kRows) {
    EXPECT_THAT(
        RulesOf(LintPhrase(*TestBook(), TestLocale("en"), TestLocale("es"), row.key, row.text)),
        ElementsAreArray(row.rules))
        << row.why;
  }
  EXPECT_THAT(RulesOf(LintPhrase(*TestBook(), TestLocale("en"), 0xFFFF, "see you", "nos vemos")),
              ElementsAre("unknown-locale"));
}

TEST(LintPhraseTest, AMarkIsNoPhrase) {
  const auto rules = [](std::string_view mark, std::string_view text) {
    return RulesOf(LintPhrase(*TestBook(), kRootLocale, TestLocale("zh"), mark, text));
  };
  EXPECT_THAT(rules("!", "！"), IsEmpty());
  EXPECT_THAT(rules("¿", ""), IsEmpty()) << "a language may write nothing for it";
  EXPECT_THAT(rules("", "！"), ElementsAre("empty"));
  EXPECT_THAT(rules("!", "❗"), ElementsAre("emoji-in-text"));
}

TEST(LintGuardTest, JudgesAPatternOnItsExamples) {
  const struct {
    const char* why;
    const char* locale;
    const char* concept_name;
    std::string pattern;
    Texts matches;
    Texts does_not_match;
    Texts rules;
  } kRows[] = {
      {"sound", "en", "death", "dies?", {"he dies", "DIE"}, {"a diet"}, {}},
      {"a dash is no part of a word", "en", "death", "dies?", {"die–hard"}, {}, {}},
      {"letters that only look different", "en", "death", "dies?", {"𝐝𝐢𝐞"}, {}, {}},
      {"no spaces between words", "zh", "arrest", "被捕", {"他被捕了"}, {"他在等"}, {}},
      {"for all languages", "root", "blocked", "badword", {"abadwordb"}, {"word"}, {}},
      {"a blocked term", "en", "blocked", "dunce", {"a dunce"}, {"duncery"}, {}},
      {"chatter", "en", "chatter", "as a model", {"As a model, I"}, {}, {}},
      {"only licenses", "en", "~death", "gone", {"he is gone"}, {"goner"}, {}},
      {"what it licenses besides does not count", "en", "killing", "slay", {"slay"}, {"death"}, {}},
      {"an example that is part of a word", "en", "death", "dies?", {"a diet"}, {}, {"example"}},
      {"one of two does not match", "en", "death", "dies?", {"die", "dead"}, {}, {"example"}},
      {"matches what it must not", "en", "death", "dies?", {"die"}, {"Die!"}, {"example"}},
      {"only licenses, and matches it",
       "en",
       "~death",
       "gone",
       {"gone"},
       {"all gone"},
       {"example"}},
      {"only licenses, and does not", "en", "~death", "gone", {"goner"}, {}, {"example"}},
      {"what never licenses cannot only license", "en", "~blocked", "x", {"x"}, {}, {"example"}},
      {"no example", "en", "death", "dies?", {}, {"diet"}, {"example"}},
      {"no RE2", "en", "death", "di(e", {"die"}, {}, {"pattern"}},
      {"a look-ahead, which RE2 has not", "en", "death", "die(?=s)", {"dies"}, {}, {"pattern"}},
      {"the empty text", "en", "death", "(?:die)?", {"die"}, {}, {"matches-nothing"}},
      {"no pattern", "en", "death", "", {"die"}, {}, {"matches-nothing"}},
      {"no concept", "en", "weather", "rain", {"rain"}, {}, {"unknown-concept"}},
      {"no concept, only licenses", "en", "~weather", "rain", {"rain"}, {}, {"unknown-concept"}},
      {"no locale", "xx", "death", "die", {"die"}, {}, {"unknown-locale"}},
      {"not as the book writes it", "EN", "death", "die", {"die"}, {}, {"unknown-locale"}},
      {"not UTF-8", "en", "death", "die\xFF", {"die"}, {}, {"not-utf-8"}},
      {"an example that is not UTF-8", "en", "death", "die", {"die"}, {"\xFF"}, {"not-utf-8"}},
      {"what would break a table", "en", "death", "die", {"die\n"}, {}, {"control"}},
      {"all that is wrong",
       "xx",
       "weather",
       "(",
       {},
       {},
       {"unknown-locale", "unknown-concept", "pattern", "example"}},
  };
  for (const auto& row : kRows) {
    EXPECT_THAT(RulesOf(LintGuard(*TestBook(), row.locale, row.concept_name, row.pattern,
                                  row.matches, row.does_not_match)),
                ElementsAreArray(row.rules))
        << row.why;
  }
}

TEST(LintGuardTest, SaysWhichExample) {
  const std::vector<RowFinding> findings =
      LintGuard(*TestBook(), "en", "death", "dies?", {"die", "dead"}, {"diet", "Die!"});
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].message, "does not match text to match 2");
  EXPECT_EQ(findings[1].message, "matches text not to match 2");
}

}  // namespace
}  // namespace signalbook
