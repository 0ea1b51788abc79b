// The guard tables of data/ and what searches with them.
#include "translator/guards.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/test_book.h"

namespace signalbook {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

std::set<std::string> Concepts(const Guards& guards, std::string_view locale,
                               std::string_view text) {
  std::string buffer;
  const absl::StatusOr<Guards::Concepts> found =
      guards.Find(TestLocale(locale), Guards::Normalize(text, &buffer));
  std::set<std::string> names;
  for (size_t i = 0; found.ok() && i < found->size(); ++i) {
    if (found->test(i)) names.insert(guards.name(i));
  }
  return names;
}

std::set<std::string> Licences(const Guards& guards, std::string_view locale,
                               std::string_view text) {
  std::string buffer;
  const absl::StatusOr<Guards::Concepts> found =
      guards.FindLicences(TestLocale(locale), Guards::Normalize(text, &buffer));
  std::set<std::string> names;
  for (size_t i = 0; found.ok() && i < found->size(); ++i) {
    if (found->test(i)) names.insert(guards.name(i));
  }
  return names;
}

// With concepts a, b (which also licenses a), blocked and chatter.
absl::StatusOr<Guards> Create(const std::vector<GuardRule>& rules) {
  return Guards::Create({{"a", ConceptKind::kConcept, ""},
                         {"b", ConceptKind::kConcept, "a"},
                         {"blocked", ConceptKind::kBlocked, ""},
                         {"chatter", ConceptKind::kChatter, ""}},
                        rules, TestBook()->locales());
}

const Guards& BookGuards() {
  static const Guards& guards = *new Guards(
      *Guards::Create(TestBook()->concepts(), TestBook()->guards(), TestBook()->locales()));
  return guards;
}

// Rows are judged on their examples, and tables on having every concept, whenever the book is compiled
// (rule_tables.cc): what is left is what no single table shows.
TEST(GuardTablesTest, AreThoseOfTheMission) {
  std::map<std::string, std::set<std::string>> concepts;
  for (const GuardRule& rule : TestBook()->guards()) {
    if (rule.concept_name[0] == '~' || rule.locale == "root") continue;
    concepts[std::string(rule.locale)].insert(std::string(rule.concept_name));
  }
  std::set<std::string> locales;
  for (const auto& [locale, names] : concepts) {
    locales.insert(locale);
    EXPECT_EQ(names, concepts["en"]) << locale;
  }
  EXPECT_EQ(locales, (std::set<std::string>{"ar", "bn", "ca", "de", "en", "es", "fa", "fr",
                                            "hi", "id", "it", "ja", "ko", "nl", "pl", "pt",
                                            "ru", "th", "tr", "uk", "ur", "vi", "zh", "zh-Hant"}));
  EXPECT_EQ(concepts["en"].size(), 29) << "28 concepts, and chatter";
}

// Whoever was killed is dead; whoever died was not killed.
TEST(GuardTablesTest, ConceptsLicenseOthersOneWay) {
  EXPECT_THAT(Licences(BookGuards(), "en", "He was murdered"), IsSupersetOf({"killing", "death"}));
  EXPECT_THAT(Licences(BookGuards(), "en", "He committed suicide"),
              IsSupersetOf({"self_harm", "killing", "death"}));
  EXPECT_THAT(Licences(BookGuards(), "en", "His grandfather passed away"),
              Not(Contains("killing")));
}

// English rows search candidates of every language.
TEST(GuardTablesTest, EnglishMeansNoWordOfAnotherLanguage) {
  for (const std::string_view text :
       {"Die Katze schläft", "Ich will die Wahrheit", "Menschen, die in Berlin leben",
        "Was bedeutet dies?", "Ist dies gut?", "als die Sonne", "Coma algo", "Una coma y un punto",
        "Espero que coma", "tots els dies", "Ho preso un caffè", "la presa del río", "Tu es gentil",
        "mate de coca", "das Komma", "Ich nehme die."}) {
    EXPECT_THAT(Concepts(BookGuards(), "en", text), UnorderedElementsAre()) << text;
  }
}

TEST(GuardsTest, ConceptsOfATextByLocale) {
  const struct {
    std::string_view locale, text;
    std::set<std::string> expected;
  } kRows[] = {
      {"en", "HE WAS KILLED!", {"killing"}},
      {"en", "skilled at deadlines and diets", {}},
      {"en-AU", "in prison and dead", {"death", "imprisonment"}},
      {"en", "𝐩𝐫𝐢𝐬𝐨𝐧", {"imprisonment"}},
      {"es-AR", "está en coma", {"coma"}},
      {"fr", "Il s'est arrêté", {}},
      {"zh", "他死了，我在坐牢", {"death", "imprisonment"}},
      {"zh-TW", "他被殺了", {"killing"}},
      {"ja", "刑務所", {"imprisonment"}},
      {"ta", "சிறை", {}},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(Concepts(BookGuards(), row.locale, row.text), row.expected) << row.text;
  }
}

TEST(GuardsTest, CoversWhatInheritsATable) {
  for (const std::string_view tag : {"en", "en-IN", "es-MX", "zh-Hans", "zh-HK", "pt-PT"}) {
    EXPECT_TRUE(BookGuards().Covers(TestLocale(tag))) << tag;
  }
  EXPECT_FALSE(BookGuards().Covers(TestLocale("ta")));
}

TEST(GuardsTest, WordsEndAtUnicodeLetters) {
  const absl::StatusOr<Guards> guards = Create({{"es", "a", "año"}, {"zh", "b", "死"}});
  ASSERT_TRUE(guards.ok());
  for (const std::string_view text : {"año", "¡Año!", "un AÑO más", "«año»", "l'año"}) {
    EXPECT_EQ(Concepts(*guards, "es", text).size(), 1) << text;
  }
  for (const std::string_view text : {"daño", "años", "ñaño", "año2", "an\u0303os"}) {
    EXPECT_EQ(Concepts(*guards, "es", text).size(), 0) << text;
  }
  EXPECT_EQ(Concepts(*guards, "zh", "他死了").size(), 1);
}

TEST(GuardsTest, CreateNamesTheRow) {
  EXPECT_FALSE(Create({{"xx", "a", "x"}}).ok()) << "unknown locale";
  EXPECT_FALSE(Create({{"es", "c", "x"}}).ok()) << "unknown concept";
}

// NFKC takes ำ apart: text and pattern alike.
TEST(GuardsTest, PatternsAreNormalizedLikeText) {
  const absl::StatusOr<Guards> guards = Create({{"th", "a", "ทำร้าย"}, {"en", "a", "ﬁre[a-zﬁ]*"}});
  ASSERT_TRUE(guards.ok());
  EXPECT_EQ(Concepts(*guards, "th", "เขาถูกทำร้าย").size(), 1);
  EXPECT_EQ(Concepts(*guards, "en", "Firearms").size(), 1);
}

TEST(GuardsTest, LettersAreWhateverIsPartOfAWord) {
  const absl::StatusOr<Guards> guards =
      Create({{"hi", "a", R"(मार\pL*)"}, {"es", "a", R"(mat[\pL]+)"}, {"fr", "a", R"(\[\pL])"}});
  ASSERT_TRUE(guards.ok());
  EXPECT_EQ(Concepts(*guards, "hi", "मारना है").size(), 1) << "vowel signs are marks";
  EXPECT_EQ(Concepts(*guards, "es", "matará").size(), 1);
  EXPECT_EQ(Concepts(*guards, "es", "mat").size(), 0);
  EXPECT_EQ(Concepts(*guards, "fr", "[é]").size(), 1);
  EXPECT_EQ(Concepts(*guards, "fr", "é").size(), 0);
}

TEST(GuardsTest, RowsOfTheRootHoldInEveryLocale) {
  const absl::StatusOr<Guards> guards =
      Create({{"root", "a", "xvideos"}, {"es", "b", "muerto"}, {"zh", "b", "死"}});
  ASSERT_TRUE(guards.ok());
  EXPECT_THAT(Concepts(*guards, "es", "Mira XVideos"), ElementsAre("a"));
  EXPECT_THAT(Concepts(*guards, "zh", "看xvideos死"), ElementsAre("a", "b")) << "within words";
  EXPECT_THAT(Concepts(*guards, "sw", "xvideos"), ElementsAre("a")) << "no table of its own";
  EXPECT_FALSE(guards->Covers(TestLocale("sw"))) << "which is no table of guards for it";
}

TEST(GuardsTest, PrepareNamesTheRowAndFindDenies) {
  const absl::StatusOr<Guards> guards = Create({{"es", "a", "muert("}, {"en", "a", "dead"}});
  ASSERT_TRUE(guards.ok());
  EXPECT_THAT(std::string(guards->Prepare().message()),
              AllOf(HasSubstr("guards/es.tsv"), HasSubstr("a:")));
  EXPECT_FALSE(guards->Find(TestLocale("es"), "hola").ok());
  EXPECT_FALSE(guards->FindLicences(TestLocale("es-AR"), "hola").ok());
  EXPECT_TRUE(guards->Find(TestLocale("en"), "hello").ok());
}

TEST(GuardsTest, RowsThatOnlyLicense) {
  const absl::StatusOr<Guards> guards = Create({{"en", "b", "dead"}, {"en", "~b", "gone"}});
  ASSERT_TRUE(guards.ok());
  EXPECT_THAT(Concepts(*guards, "en", "dead and gone"), UnorderedElementsAre("b"));
  EXPECT_THAT(Concepts(*guards, "en", "gone"), UnorderedElementsAre());
  EXPECT_THAT(Licences(*guards, "en", "gone"), UnorderedElementsAre("a", "b"));
}

TEST(GuardsTest, BlockedTermsAreFoundAndNeverLicensed) {
  const absl::StatusOr<Guards> guards = Create({{"en", "blocked", "gizmo"}});
  ASSERT_TRUE(guards.ok());
  EXPECT_THAT(Concepts(*guards, "en", "a gizmo"), UnorderedElementsAre("blocked"));
  EXPECT_THAT(Licences(*guards, "en", "a gizmo"), UnorderedElementsAre());
}

TEST(GuardsTest, RefusesMoreConceptsThanItCanHold) {
  std::vector<std::string> names;
  for (size_t i = 0; i <= kMaxGuardConcepts; ++i) names.push_back("c" + std::to_string(i));
  std::vector<GuardConcept> concepts;
  for (const std::string& name : names) concepts.push_back({name, ConceptKind::kConcept, ""});
  EXPECT_FALSE(Guards::Create(concepts, {}, TestBook()->locales()).ok());
  concepts.pop_back();
  EXPECT_TRUE(Guards::Create(concepts, {}, TestBook()->locales()).ok());
}

TEST(GuardsTest, AConceptLicensesOnlyWhatThereIs) {
  EXPECT_FALSE(Guards::Create({{"a", ConceptKind::kConcept, "b"}}, {}, TestBook()->locales()).ok());
}

}  // namespace
}  // namespace signalbook
