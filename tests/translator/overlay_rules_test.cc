// A book with rows of people on top: phrases and guards.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/small_data.h"
#include "tests/translator/overlay_support.h"
#include "translator/overlay.h"
#include "translator/phrases.h"

namespace signalbook {
namespace {

using ::testing::ElementsAre;

TEST(OverlayTest, PhrasesAreReplacedRemovedAndAdded) {
  const SmallData data;
  data.Write("phrases/en/es.tsv", "agreed\tde acuerdo\t\nthx\tgracias\t\n");
  const std::shared_ptr<const Book> base = Build(data);
  const LocaleId en = Locale(*base, "en");
  const LocaleId es = Locale(*base, "es");
  const LocaleId ar = Locale(*base, "es-AR");
  const LocaleId zh = Locale(*base, "zh");
  OverlayRows rows;
  rows.phrases = {
      {en, es, "thx", "mil gracias"},
      {en, ar, "thx", "grosso"},
      {en, es, "agreed", "", true},
      {en, es, "nothing like it", "", true},
      {zh, es, "你好", "nope"},
      {zh, es, "你好", "hola"},
      {en, es, "Thx!", "mal"},       // no key
      {en, es, "lol", "jaja 🔥"},     // unfit
      {en, es, "", "mal"},           // no key
      {en, 999, "thx", "mal"},       // no locale
      {kRootLocale, zh, "!", "！"},  // a mark
  };
  std::vector<std::string> ignored;
  const auto book = WithOverlay(base, rows, &ignored);
  EXPECT_THAT(ignored, ElementsAre("phrases[6]: its key is not as phrases are matched",
                                   "phrases[7]: its text is unfit (emoji-in-text)",
                                   "phrases[8]: it has no key",
                                   "phrases[9]: one of its locales is not in the book"));

  std::vector<std::string> all;
  for (const auto& [key, row] : book->Phrases()) {
    all.push_back(std::string(base->locales().tag(row.from)) + ">" +
                  std::string(base->locales().tag(row.to)) + " " + std::string(key) + " " +
                  std::string(row.text));
    EXPECT_EQ(book->FindPhrase(row.from, row.to, key)->text, row.text) << all.back();
  }
  EXPECT_THAT(all, testing::UnorderedElementsAre("root>zh ! ！", "en>es thx mil gracias",
                                                 "en>es-AR thx grosso", "zh>es 你好 hola"));
  EXPECT_THAT(book->PhrasePairs(),
              testing::UnorderedElementsAre(testing::Pair(en, es), testing::Pair(en, ar),
                                            testing::Pair(zh, es), testing::Pair(kRootLocale, zh)));
  const auto pairs = book->PhrasePairs();
  EXPECT_TRUE(std::is_sorted(pairs.begin(), pairs.end()));

  const struct {
    const char* what;
    const char* prose;
    std::optional<LocaleId> from;
    const char* to;
    const char* told;
  } cases[] = {
      {"replaced", "Thx", en, "es", "Mil gracias"},
      {"inherited", "thx", en, "es-419", "mil gracias"},
      {"nearer", "thx", en, "es-AR", "grosso"},
      {"removed", "agreed", en, "es", "none"},
      {"removed for those who inherit", "agreed", en, "es-AR", "none"},
      {"added", "你好", zh, "es-AR", "hola"},
      {"added, whatever the language", "你好", std::nullopt, "es", "hola"},
  };
  for (const auto& row : cases) {
    const auto parts = MatchPhrases(row.prose, 0, row.from, Locale(*base, row.to), *book);
    EXPECT_EQ(parts ? parts->front().text : "none", row.told) << row.what;
    if (!parts) continue;
    const PhrasePart& part = parts->front();
    const EntryRef entry = {part.key, part.locale, part.source};
    EXPECT_TRUE(ApprovesPhrase(entry, part.text, *book)) << row.what;
  }
}

TEST(OverlayTest, GuardsAreAddedAndTakenAway) {
  const SmallData data;
  data.Write("guards/es.tsv", "death\tmuert[oa]\testá muerto\t\n");
  const std::shared_ptr<const Book> base = Build(data);
  OverlayRows rows;
  rows.guards = {
      {"es", "death", "muert[oa]", true},  // taken away
      {"es", "death", "difunt[oa]"},       // added
      {"es", "death", "finad[oa]"},        // added, and taken away again
      {"es", "death", "finad[oa]", true},  //
      {"en", "death", "muert[oa]", true},  // not there
      {"root", "~death", "requiem"},       // licenses only
      {"xx", "death", "x"},                // no locale
      {"es-MX", "death", "x"},             // only what it inherits from is in the book
      {"es", "life", "x"},                 // no concept
      {"es", "death", "("},                // no pattern
      {"es", "death", "x*"},               // finds nothing, everywhere
  };
  std::vector<std::string> ignored;
  const auto book = WithOverlay(base, rows, &ignored);
  EXPECT_THAT(book->guards(), ElementsAre(GuardRule{"es", "death", "difunt[oa]"},
                                          GuardRule{"root", "~death", "requiem"}));
  EXPECT_THAT(ignored, ElementsAre("guards[6]: its locale is not in the book",
                                   "guards[7]: its locale is not in the book",
                                   "guards[8]: its concept is not in the book",
                                   "guards[9]: its pattern is unfit (pattern)",
                                   "guards[10]: its pattern is unfit (matches-nothing)"));

  OverlayRows same;
  same.guards = {{"es", "death", "muert[oa]"}};
  EXPECT_EQ(WithOverlay(base, same)->guards(), base->guards()) << "it stands there already";
}

}  // namespace
}  // namespace signalbook
