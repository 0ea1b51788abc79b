// The gate on candidates good and bad. The book is the one data/ compiles to.
#include "translator/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/support/test_book.h"
#include "translator/copied_words.h"

namespace signalbook {
namespace {

using ::testing::Each;
using ::testing::Eq;
using ::testing::Field;
using ::testing::SizeIs;

GateInput Input(std::string_view from, std::string_view to, std::string_view source,
                std::string_view candidate) {
  return {source, candidate, TestLocale(from), TestLocale(to)};
}

struct Pair {
  std::string_view description;
  std::string_view from, to;
  std::string_view source, candidate;
};

constexpr Pair kGood[] = {
    {"plain", "en", "es", "I love you", "Te quiero"},
    {"locale below one with guards", "en", "es-AR", "I love you", "Te quiero"},
    {"shorter script", "en", "zh", "How many years did Tom work here?", "汤姆在这里工作了几年？"},
    {"longer script", "zh", "en", "你在这里。", "You're here."},
    {"short text may grow", "en", "es", "Thanks", "Muchísimas gracias"},
    {"numbers, other separators", "en", "es", "It costs 1,000.50 dollars",
     "Cuesta 1.000,5 dólares"},
    {"numbers, narrow space", "en", "fr", "20,000 people", "20\u202F000 personnes"},
    {"numbers, other order", "en", "es", "On May 3, 2024", "En 2024, el 3 de mayo"},
    {"numbers, other digits", "en", "es", "Room ４２", "La habitación 42"},
    {"number spelled by the source", "en", "es", "two dogs", "2 perros"},
    {"number spelled by the candidate", "en", "fr", "The 99 percent",
     "Les quatre-vingt-dix-neuf pour cent"},
    {"ordinal spelled", "de", "en", "Im 20. Jahrhundert", "In the twentieth century"},
    {"Roman numeral", "pt", "es", "no século 19", "en el siglo XIX"},
    {"time, afternoon", "en", "es", "See you at 5pm", "Nos vemos a las 17"},
    {"time, no minutes", "en", "fr", "It is 8:00", "Il est 8 heures"},
    {"time, full stop", "en", "de", "at 6:30", "um 6.30 Uhr"},
    {"ten thousands", "en", "zh", "It costs 30,000 yen", "这要3万日元"},
    {"Latin name in Chinese", "en", "zh", "I love the NBA", "我爱NBA"},
    {"word foreign to both", "en", "es", "The word 猫 means cat", "La palabra 猫 significa gato"},
    {"source laughs", "en", "es", "haha, no no no no, I can't", "jajaja, no no no no, no puedo"},
    {"pictograph from the source", "en", "es", "© all rights", "© todos los derechos"},
    {"handle from the source", "en", "es", "write to bob@example.com now",
     "escribe a bob@example.com ya"},
    {"name shared", "en", "es", "Tom saw Mary in Boston yesterday",
     "Tom vio ayer a Mary en Boston"},
    {"same language", "en", "en-GB", "I like tea", "I like tea"},
    {"concept of the source", "en", "es", "He's in prison", "Está en la cárcel"},
    {"concept, idiom", "en", "es", "I'm dead tired", "Estoy muerto de cansancio"},
    {"killed is dead", "en", "es", "He was killed in the war", "Murió en la guerra"},
    {"coma the verb", "en", "es", "Eat something", "Coma algo"},
    {"die the article", "en", "de", "The sun is shining", "Die Sonne scheint"},
    {"nothing to translate", "en", "es", "10:30", "10:30"},
    {"one word may stay", "en", "es", "OK", "OK"},
    {"until, not ill: the source's table", "tr", "es", "Yarına kadar",
     "Hasta mañana por la mañana"},
};

struct Bad {
  std::string_view description;
  std::string_view from, to;
  std::string_view source, candidate;
  Reason reason;
  std::string_view rule;
};

constexpr Bad kBad[] = {
    {"not UTF-8", "en", "es", "I love you", "Te quiero \xF0\x9F", Reason::kInvalidText, "utf8"},
    {"surrogate", "en", "es", "I love you", "\xED\xA0\xBD", Reason::kInvalidText, "utf8"},
    {"control", "en", "es", "I love you", "Te\x07 quiero", Reason::kInvalidText, "control"},
    {"line introduced", "en", "es", "I love you", "Te quiero\nmucho", Reason::kInvalidText,
     "control"},
    {"line separator", "en", "es", "I love you", "Te\u2028quiero", Reason::kInvalidText, "control"},
    {"private use", "en", "es", "I love you", "Te quiero \uE000", Reason::kInvalidText,
     "private_use"},
    {"noncharacter", "en", "es", "I love you", "Te quiero \uFFFE", Reason::kInvalidText,
     "unassigned"},
    {"nothing", "en", "es", "I love you", "", Reason::kLength, "empty"},
    {"only marks", "en", "es", "I love you", " ... !", Reason::kLength, "empty"},
    {"emoji", "en", "es", "I love you", "Te quiero 😀", Reason::kEmojiIntroduced, "emoji"},
    {"flag", "en", "es", "I love Canada", "Quiero a 🇨🇦", Reason::kEmojiIntroduced, "emoji"},
    {"lone regional indicator", "en", "es", "I love C", "Quiero 🇨", Reason::kEmojiIntroduced,
     "emoji"},
    {"keycap", "en", "es", "Press 1", "Pulsa 1️⃣", Reason::kEmojiIntroduced, "emoji"},
    {"text-default pictograph", "en", "es", "I love you", "Te ❤", Reason::kEmojiIntroduced,
     "emoji"},
    {"tag characters", "en", "es", "I love you", "Te quiero\U000E0061", Reason::kEmojiIntroduced,
     "emoji"},
    {"variation selector", "en", "es", "Type ©", "Escribe ©\uFE0F", Reason::kEmojiIntroduced,
     "emoji"},
    {"ideographic variation", "en", "zh", "dog", "狗\U000E0100", Reason::kEmojiIntroduced,
     "invisible"},
    {"zero width space", "en", "es", "I love you", "Te qui\u200Bero", Reason::kEmojiIntroduced,
     "invisible"},
    {"soft hyphen", "en", "es", "I love you", "Te qui\u00ADero", Reason::kEmojiIntroduced,
     "invisible"},
    {"bidi override", "en", "es", "I love you", "Te \u202Equiero", Reason::kEmojiIntroduced,
     "invisible"},
    {"joiner in Latin", "en", "es", "I love you", "Te qui\u200Dero", Reason::kEmojiIntroduced,
     "invisible"},
    {"forged marker", "en", "es", "I love you", "Te quiero ⟦0⟧", Reason::kProtectedChanged,
     "markers"},
    {"unknown word", "en", "es", "a gizmo", "un *gizmo", Reason::kUnknownWord, "mark"},
    {"untranslated lemma", "en", "es", "He sings songs", "Él @sing canciones", Reason::kUnknownWord,
     "mark"},
    {"form not generated", "en", "es", "He sings songs", "Él #cantar canciones",
     Reason::kUnknownWord, "mark"},
    {"SentencePiece unknown", "en", "es", "I love you", "Te ⁇ quiero", Reason::kUnknownWord,
     "token"},
    {"unk", "en", "es", "I love you", "Te <unk> quiero", Reason::kUnknownWord, "token"},
    {"replacement character", "en", "es", "I love you", "Te \uFFFD quiero", Reason::kUnknownWord,
     "token"},
    {"link", "en", "es", "Look at this", "Mira https://evil.example/x", Reason::kLinkIntroduced,
     "links"},
    {"address", "en", "es", "Write to me", "Escribe a bob@example.com", Reason::kLinkIntroduced,
     "links"},
    {"HTML", "en", "es", "I love you", "Te <b>quiero", Reason::kLinkIntroduced, "markup"},
    {"HTML entity", "en", "es", "I love you", "Te &quot;quiero", Reason::kLinkIntroduced, "markup"},
    {"Markdown link", "en", "es", "Look at this", "Mira [esto](x)", Reason::kLinkIntroduced,
     "markup"},
    {"other number", "en", "es", "It costs 15 dollars", "Cuesta 50 dólares",
     Reason::kNumbersChanged, "numbers"},
    {"number lost", "en", "es", "It costs 15 dollars", "Cuesta dólares", Reason::kNumbersChanged,
     "numbers"},
    {"number introduced", "en", "es", "I love you", "Te quiero 3 veces", Reason::kNumbersChanged,
     "numbers"},
    {"number twice", "en", "es", "Take 15 now", "Toma 15 y 15", Reason::kNumbersChanged, "numbers"},
    {"decimal moved", "en", "es", "It weighs 1.5 kilos", "Pesa 15 kilos", Reason::kNumbersChanged,
     "numbers"},
    {"afternoon without p.m.", "en", "es", "at 5", "a las 17", Reason::kNumbersChanged, "numbers"},
    {"other script", "en", "es", "I love you", "Я тебя люблю", Reason::kScript, "script"},
    {"homoglyph", "en", "es", "the prison", "el pаpel", Reason::kScript, "script"},
    {"styled letters", "en", "es", "I love you", "Te 𝐪𝐮𝐢𝐞𝐫𝐨", Reason::kScript, "script"},
    {"untranslated rest", "zh", "en", "我住在北京", "I live in 北京", Reason::kScript, "script"},
    {"Latin not from the source", "en", "zh", "I love you", "我 adore 你们", Reason::kScript,
     "script"},
    {"too long", "en", "es", "Yes", "Sí, por supuesto que sí, faltaría más, con mucho gusto",
     Reason::kLength, "length"},
    {"too short", "en", "es", "She knows that I will call you as soon as I get home", "Sabe",
     Reason::kLength, "length"},
    {"word repeated", "en", "es", "I love you so much", "Te te te te te quiero",
     Reason::kRepetition, "repetition"},
    {"phrase repeated", "en", "es", "We went to the beach and then we went home again",
     "fuimos a casa, fuimos a casa, fuimos a casa, fuimos a casa", Reason::kRepetition,
     "repetition"},
    {"characters repeated", "en", "zh", "I love you very much", "我我我我我我爱你",
     Reason::kRepetition, "repetition"},
    {"syllables repeated", "en", "es", "That is a really funny joke", "Es jajajajajajajajajaja",
     Reason::kRepetition, "repetition"},
    {"copy", "en", "es", "See you tomorrow", "see you tomorrow!", Reason::kUntranslated, "same"},
    {"nearly a copy", "en", "es", "we are going to the beach", "nosotros are going to the beach",
     Reason::kUntranslated, "copied"},
    {"no guards in the target", "en", "ta", "I love you", "நான் உன்னை காதலிக்கிறேன்",
     Reason::kGuardedConcept, "no_guards"},
    {"concept", "en", "es", "I love Canada", "Estoy en la cárcel", Reason::kGuardedConcept,
     "imprisonment"},
    {"concept in a child locale", "en", "es-MX", "I love Canada", "Estoy en la cárcel",
     Reason::kGuardedConcept, "imprisonment"},
    {"another concept", "en", "es", "He is in prison", "Está muerto", Reason::kGuardedConcept,
     "death"},
    {"in English for Spanish", "de", "es", "Ich mag Kanada", "I'm in prison",
     Reason::kGuardedConcept, "imprisonment"},
    {"in the source's language", "de", "es", "Ich mag Kanada", "Ich bin im Knast",
     Reason::kGuardedConcept, "imprisonment"},
    {"full-width letters", "en", "es", "I love Canada", "Estoy en ｐｒｉｓｉóｎ",
     Reason::kGuardedConcept, "imprisonment"},
    {"source locale without guards", "ta", "en", "அவர் சிறையில் இருக்கிறார்", "He is in prison",
     Reason::kGuardedConcept, "imprisonment"},
    {"traditional Chinese", "en", "zh-Hant", "I love Canada", "我在監獄裡", Reason::kGuardedConcept,
     "imprisonment"},
};

TEST(GateTest, LicensesHonestTranslations) {
  for (const Pair& row : kGood) {
    SCOPED_TRACE(row.description);
    const auto refusal = TestGate().Judge(Input(row.from, row.to, row.source, row.candidate));
    EXPECT_FALSE(refusal.has_value()) << refusal->rule << ": " << refusal->detail;
  }
}

TEST(GateTest, RefusesWithTheReason) {
  for (const Bad& row : kBad) {
    SCOPED_TRACE(row.description);
    const auto refusal = TestGate().Judge(Input(row.from, row.to, row.source, row.candidate));
    ASSERT_TRUE(refusal.has_value());
    EXPECT_EQ(refusal->reason, row.reason) << refusal->rule;
    EXPECT_EQ(refusal->rule, row.rule);
  }
}

// December 2019: what flags inside one Chinese carrier sentence came out as.
TEST(GateTest, RefusesTheIncident) {
  constexpr struct {
    std::string_view candidate, rule;
  } kIncident[] = {
      {"He's in prison", "imprisonment"},
      {"I'm in prison", "imprisonment"},
      {"He was killed", "killing"},
      {"You're under arrest", "arrest"},
      {"He's dead", "death"},
      {"He's in a coma", "coma"},
      {"I'm in prison.", "imprisonment"},
      {"He was killed.", "killing"},
  };
  for (const auto& [candidate, rule] : kIncident) {
    for (const std::string_view from : {"zh", "zh-Hant"}) {
      SCOPED_TRACE(candidate);
      const auto refusal = TestGate().Judge(Input(from, "en", "我爱我的国家", candidate));
      ASSERT_TRUE(refusal.has_value());
      EXPECT_EQ(refusal->reason, Reason::kGuardedConcept);
      EXPECT_EQ(refusal->rule, rule);
    }
  }
}

// Detached, but of no guarded concept: nothing structural is wrong with these. The words have to be
// accounted for by those of the source.
TEST(GateTest, RefusesWhatTheWordsOfTheSourceDoNotAccountFor) {
  const auto refusal =
      TestGate().Judge(Input("zh", "en", "我爱我的国家", "The train leaves at nine"));
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->reason, Reason::kDetached);
}

TEST(GateTest, RefusesAbsurdLengthBeforeLookingAtIt) {
  const std::string flood(100'000, '\xFF');
  const auto refusal = TestGate().Judge(Input("en", "es", "I love you", flood));
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->rule, "size");
  EXPECT_THAT(TestGate().Explain(Input("en", "es", "I love you", flood)), SizeIs(1));
}

TEST(GateTest, ExplainRunsEveryCheckOnText) {
  const auto good = TestGate().Explain(Input("en", "es", "I love you", "Te quiero"));
  EXPECT_THAT(good, SizeIs(17));
  EXPECT_THAT(good, Each(Field(&CheckResult::refusal, Eq(std::nullopt))));

  const auto bad = TestGate().Explain(Input("en", "es", "I love you", "*Estoy en la cárcel 7"));
  std::string objectors;
  for (const CheckResult& result : bad) {
    if (result.refusal) objectors += std::string(result.check) + " ";
  }
  EXPECT_EQ(objectors, "unknown_words numbers guards lexicon ");

  EXPECT_THAT(TestGate().Explain(Input("en", "es", "I love you", "\xFF")), SizeIs(2));
}

TEST(GateTest, NeverQuotesTheMessage) {
  for (const Bad& row : kBad) {
    const auto refusal = TestGate().Judge(Input(row.from, row.to, row.source, row.candidate));
    if (!refusal || row.candidate.empty()) continue;
    EXPECT_EQ(refusal->detail.find(row.source), std::string::npos) << row.description;
    EXPECT_EQ(refusal->detail.find(row.candidate), std::string::npos) << row.description;
  }
}

TEST(GateTest, JoinersSpellPersianAndHindi) {
  // No guards there yet, so the last check refuses; those before it must not.
  for (const auto& [to, candidate] :
       {std::pair{"fa", "می‌خواهم"}, std::pair{"hi", "क्‍ष"}}) {
    for (const CheckResult& result : TestGate().Explain(Input("en", to, "I want", candidate))) {
      if (result.check == "guards") continue;
      EXPECT_FALSE(result.refusal.has_value()) << to << " " << result.check;
    }
  }
}

TEST(CopiedWordsTest, StripsOnlyWhatTheSourceHas) {
  constexpr struct {
    std::string_view description, source, candidate, expected;
  } kRows[] = {
      {"name", "I saw Ana.", "Vi a *Ana.", "Vi a Ana."},
      {"two names", "I saw Ana and Bob", "Vi a *Ana y *Bob", "Vi a Ana y Bob"},
      {"behind a comma", "Well, Ana knows", "Bien, *Ana sabe", "Bien, Ana sabe"},
      {"starts the message: any word", "Ana is here.", "*Ana está aquí", "*Ana está aquí"},
      {"starts a sentence: any word", "Hi. Ana is here.", "Hola. *Ana está", "Hola. *Ana está"},
      {"starts a quotation", "He said \"Gizmo\"", "Dijo \"*Gizmo\"", "Dijo \"*Gizmo\""},
      {"half of it unknown", "a gizmo", "un *gizmo", "un *gizmo"},
      {"one in four", "I saw a gizmo", "Ayer vi un *gizmo", "Ayer vi un gizmo"},
      {"two in seven: the first", "I saw a gizmo and a foo", "Ayer vi un *gizmo y un *foo",
       "Ayer vi un gizmo y un *foo"},
      {"an interjection", "Haha, I love dogs", "*Haha, quiero los perros",
       "Haha, quiero los perros"},
      {"a word the engine split", "home at 5pm today", "casa en 5*pm hoy", "casa en 5pm hoy"},
      {"split, but not the source's", "home at 5am today", "casa en 5*pm hoy", "casa en 5*pm hoy"},
      {"other case", "I saw a gizmo", "Vi un *Gizmo", "Vi un *Gizmo"},
      {"not in the source", "I saw Ana", "Vi a *Eva", "Vi a *Eva"},
      {"part of a word", "I saw Anabel", "Vi a *Ana", "Vi a *Ana"},
      {"other mark", "I saw Ana", "Vi a @Ana", "Vi a @Ana"},
      {"no mark", "I saw Ana", "Vi a Ana", "Vi a Ana"},
      {"an asterisk of the source", "I saw*Ana and Ana", "I saw*Ana and *Ana",
       "I saw*Ana and *Ana"},
      {"not UTF-8", "I saw Ana", "Vi a *Ana\xFF", "Vi a *Ana\xFF"},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(StripCopyMarks(row.source, row.candidate), row.expected) << row.description;
  }
  EXPECT_FALSE(TestGate().Judge(
      Input("en", "es", "I saw Ana.", StripCopyMarks("I saw Ana.", "Vi a *Ana."))));
}

}  // namespace
}  // namespace signalbook
