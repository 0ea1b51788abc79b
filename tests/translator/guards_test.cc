// The guard tables of data/ and what searches with them.
#include "translator/guards.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_split.h"
#include "tests/support/test_book.h"
#include "translator/tsv.h"

namespace signalbook {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
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

absl::StatusOr<Guards> Create(const std::vector<GuardRule>& rules) {
  return Guards::Create(rules, TestBook()->locales());
}

const Guards& BookGuards() {
  static const Guards& guards = *new Guards(*Create(TestBook()->guards()));
  return guards;
}

std::vector<std::filesystem::path> Tables() {
  std::vector<std::filesystem::path> tables;
  for (const auto& entry :
       std::filesystem::directory_iterator(SIGNALBOOK_SOURCE_DIR "/data/guards")) {
    tables.push_back(entry.path());
  }
  return tables;
}

std::vector<std::string> Examples(const std::string& cell) {
  return absl::StrSplit(cell, " | ", absl::SkipEmpty());
}

TEST(GuardTablesTest, EveryRowProvesItself) {
  for (const std::filesystem::path& path : Tables()) {
    const absl::StatusOr<Tsv> table = ReadTsv(path, 4);
    ASSERT_TRUE(table.ok()) << table.status();
    const std::string locale = path.stem();
    for (size_t i = 0; i < table->rows.size(); ++i) {
      const std::vector<std::string>& row = table->rows[i];
      SCOPED_TRACE(path.filename().string() + ":" + std::to_string(table->lines[i]));
      const absl::StatusOr<Guards> guards = Create({{locale, row[0], row[1]}});
      ASSERT_TRUE(guards.ok()) << guards.status();
      EXPECT_FALSE(row[2].empty()) << "no example";
      for (const std::string& text : Examples(row[2])) {
        EXPECT_EQ(Concepts(*guards, locale, text).size(), 1) << text;
      }
      for (const std::string& text : Examples(row[3])) {
        EXPECT_EQ(Concepts(*guards, locale, text).size(), 0) << text;
      }
    }
  }
}

// A locale that lacks a concept would let it through.
TEST(GuardTablesTest, EveryLocaleHasEveryConcept) {
  std::map<std::string, std::set<std::string>> concepts;
  for (const GuardRule& rule : TestBook()->guards()) {
    concepts[std::string(rule.locale)].insert(std::string(rule.concept_name));
  }
  EXPECT_GE(concepts.size(), 9);
  for (const auto& [locale, names] : concepts) {
    EXPECT_THAT(names, UnorderedElementsAre("arrest", "coma", "death", "imprisonment", "killing"))
        << locale;
  }
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
      {"en", "HE WAS KILLED!", {"death", "killing"}},
      {"en", "skilled at deadlines and diets", {}},
      {"en-AU", "in prison and dead", {"death", "imprisonment"}},
      {"en", "𝐩𝐫𝐢𝐬𝐨𝐧", {"imprisonment"}},
      {"es-AR", "está en coma", {"coma"}},
      {"fr", "Il s'est arrêté", {}},
      {"zh", "他死了，我在坐牢", {"death", "imprisonment"}},
      {"zh-TW", "他被殺了", {"death", "killing"}},
      {"ja", "刑務所", {}},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(Concepts(BookGuards(), row.locale, row.text), row.expected) << row.text;
  }
}

TEST(GuardsTest, CoversWhatInheritsATable) {
  for (const std::string_view tag : {"en", "en-IN", "es-MX", "zh-Hans", "zh-HK", "pt-PT"}) {
    EXPECT_TRUE(BookGuards().Covers(TestLocale(tag))) << tag;
  }
  EXPECT_FALSE(BookGuards().Covers(TestLocale("ja")));
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
  EXPECT_THAT(std::string(Create({{"es", "death", "muert("}}).status().message()),
              AllOf(HasSubstr("guards/es.tsv"), HasSubstr("death")));
  EXPECT_FALSE(Create({{"es", "death", "x*"}}).ok()) << "matches the empty text";
  EXPECT_FALSE(Create({{"xx", "death", "x"}}).ok()) << "unknown locale";
}

TEST(GuardsTest, RefusesMoreConceptsThanItCanHold) {
  std::vector<std::string> names;
  for (size_t i = 0; i <= kMaxGuardConcepts; ++i) names.push_back("c" + std::to_string(i));
  std::vector<GuardRule> rules;
  for (const std::string& name : names) rules.push_back({"zh", name, "死"});
  EXPECT_FALSE(Create(rules).ok());
  rules.pop_back();
  EXPECT_TRUE(Create(rules).ok());
}

}  // namespace
}  // namespace signalbook
