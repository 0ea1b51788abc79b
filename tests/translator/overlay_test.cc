// A book with rows of people on top: what every sequence is called.
#include "translator/overlay.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/small_data.h"
#include "tests/support/test_book.h"
#include "tests/translator/overlay_support.h"

namespace signalbook {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct NameCase {
  const char* what;
  std::vector<NameRow> rows;
  const char* scope;
  const char* sequence;
  const char* told;
};

TEST(OverlayTest, ANameTakesThePlaceOfTheRowOfItsScope) {
  const std::shared_ptr<const Book> base = TestBook();
  const std::vector<NameCase> cases = {
      {"its own locale", {{"es", "👍", "bien"}}, "es", "👍", "bien|moderated|es"},
      {"a locale that inherits", {{"es", "👍", "bien"}}, "es-AR", "👍", "bien|moderated|es"},
      {"a flag", {{"es", "🇨🇦", "El Canadá"}}, "es-AR", "🇨🇦", "El Canadá|moderated|es"},
      {"not the parent", {{"es-AR", "👍", "joya"}}, "es-419", "👍", "pulgar arriba|curated|es"},
      {"nor another language", {{"es", "👍", "bien"}}, "pt", "👍", "joinha|curated|pt"},
      {"the nearer of two",
       {{"es", "👍", "bien"}, {"es-AR", "👍", "joya"}},
       "es-AR",
       "👍",
       "joya|moderated|es-AR"},
      {"a row nearer in the book stays",
       {{"zh", "🇨🇦", "枫叶国"}},
       "zh-Hant",
       "🇨🇦",
       "加拿大|curated|zh-Hant"},
      {"a locale without rows of its own",
       {{"es-BO", "👍", "chévere"}},
       "es-BO",
       "👍",
       "chévere|moderated|es-BO"},
      {"blocked", {{"es", "👍", "!blocked"}}, "es-AR", "👍", "blocked|moderated|es"},
      {"named again below a block",
       {{"es", "👍", "!blocked"}, {"es-AR", "👍", "joya"}},
       "es-AR",
       "👍",
       "joya|moderated|es-AR"},
      {"a market", {{"zh@CN", "👍", "好"}}, "zh@CN", "👍", "好|moderated/CN|zh"},
      {"a market's own row", {{"zh@CN", "🇹🇼", "台湾省"}}, "zh@CN", "🇹🇼", "台湾省|moderated/CN|zh"},
      {"a market's row for another locale",
       {{"zh@CN", "👍", "好"}},
       "es@CN",
       "👍",
       "pulgar arriba|curated|es"},
      {"not outside the market", {{"zh@CN", "👍", "好"}}, "zh", "👍", "点赞|curated|zh"},
      {"blocked in a market",
       {{"zh@CN", "🇹🇼", "!blocked"}},
       "zh@CN",
       "🇹🇼",
       "blocked|moderated/CN|zh"},
      {"the market before a nearer row",
       {{"zh@CN", "👍", "好"}, {"zh", "👍", "赞"}},
       "zh@CN",
       "👍",
       "好|moderated/CN|zh"},
      {"the last of two rows for one place",
       {{"es", "👍", "!blocked"}, {"es", "👍", "mal"}, {"es", "👍", "bien"}},
       "es",
       "👍",
       "bien|moderated|es"},
      {"the last of two in a market",
       {{"zh@CN", "👍", "好"}, {"zh@CN", "👍", "赞"}},
       "zh@CN",
       "👍",
       "赞|moderated/CN|zh"},
  };
  for (const NameCase& row : cases) {
    const std::shared_ptr<const Book> book = WithNames(base, row.rows);
    EXPECT_EQ(Look(*book, row.scope, row.sequence), row.told) << row.what;
  }
}

// The file leads past locales that have no row in it.
TEST(OverlayTest, ALocaleWithoutRowsInTheFileHandsDownWhatPeopleApproved) {
  const SmallData data;
  data.Remove("cldr/names/es-419.tsv");
  const std::shared_ptr<const Book> base = Build(data);
  ASSERT_THAT(base->NamedLocales(), Not(Contains(Locale(*base, "es-419"))));
  const auto book =
      WithNames(base, {{"es-419", "👍", "dale", "va"}, {"es-419", "❤️", "!blocked"}});
  EXPECT_EQ(Look(*book, "es-AR", "👍"), "dale|moderated|es-419");
  EXPECT_EQ(book->Allowlist(Locale(*base, "es-AR"), Key(*base, "👍"))->alternates, "va");
  EXPECT_EQ(Look(*book, "es-AR", "❤️"), "blocked|moderated|es-419");
  EXPECT_EQ(Look(*book, "es", "👍"), "pulgar hacia arriba|cldr-48.2/annotations|es");
  EXPECT_THAT(book->NamedLocales(), Contains(Locale(*base, "es-419")));
}

TEST(OverlayTest, WhatIsComposedFollowsItsBase) {
  const std::shared_ptr<const Book> base = TestBook();
  const std::vector<NameCase> cases = {
      {"a tone", {{"es", "👍", "bien"}}, "es", "👍🏽", "bien, piel media|composed/moderated|es"},
      {"a locale that inherits both",
       {{"es", "👍", "bien"}},
       "es-AR",
       "👍🏽",
       "bien, piel media|composed/moderated|es"},
      {"a locale that composed it in its own words",
       {{"pt", "👍", "fixe"}},
       "pt-PT",
       "👍🏽",
       "fixe, pele morena|composed/moderated|pt-PT"},
      {"a locale that composed nothing itself",
       {{"es-AR", "👍", "joya"}},
       "es-AR",
       "👍🏽",
       "joya, piel media|composed/moderated|es-AR"},
      {"its parent does not",
       {{"es-AR", "👍", "joya"}},
       "es",
       "👍🏽",
       "pulgar arriba, piel media|composed/curated|es"},
      {"a locale with a base of its own",
       {{"zh", "👍", "好"}},
       "zh-Hant",
       "👍🏽",
       "nothing changes"},
      {"two tones of one character",
       {{"es", "👭", "amigas"}},
       "es",
       "👩🏻‍🤝‍👩🏿",
       "amigas, piel clara y piel oscura|composed/moderated|es"},
      {"a tone of what faces right",
       {{"es", "🏃‍➡️", "quien corre"}},
       "es",
       "🏃🏽‍➡️",
       "quien corre, piel media|composed/moderated|es"},
      {"what faces right, named by CLDR, is not composed",
       {{"es", "🏃", "quien corre"}},
       "es",
       "🏃‍➡️",
       "persona corriendo: hacia la derecha|cldr-48.2/annotations|es"},
      {"a keycap", {{"da", "1️⃣", "knap 1"}}, "da", "#️⃣", "knap #|composed/moderated|da"},
      {"a keycap of a name without its digit",
       {{"da", "1️⃣", "knap et"}},
       "da",
       "#️⃣",
       "blocked|composed/moderated|da"},
      {"a block", {{"es", "👍", "!blocked"}}, "es", "👍🏽", "blocked|composed/moderated|es"},
      {"a block below",
       {{"es-AR", "👍", "!blocked"}},
       "es-AR",
       "👍🏽",
       "blocked|composed/moderated|es-AR"},
      {"a block above what composed in its own words",
       {{"pt", "👍", "!blocked"}},
       "pt-PT",
       "👍🏽",
       "blocked|composed/moderated|pt-PT"},
      {"named again below a block",
       {{"es", "👍", "!blocked"}, {"es-AR", "👍", "joya"}},
       "es-AR",
       "👍🏽",
       "joya, piel media|composed/moderated|es-AR"},
      {"a row of its own wins",
       {{"es", "👍", "bien"}, {"es", "👍🏽", "así"}},
       "es-AR",
       "👍🏽",
       "así|moderated|es"},
      {"also over a block",
       {{"es", "👍", "!blocked"}, {"es", "👍🏽", "así"}},
       "es",
       "👍🏽",
       "así|moderated|es"},
      {"a block of its own",
       {{"es", "👍", "bien"}, {"es", "👍🏽", "!blocked"}},
       "es-AR",
       "👍🏽",
       "blocked|moderated|es"},
      {"the base does not follow",
       {{"es", "👍🏽", "así"}},
       "es",
       "👍",
       "pulgar arriba|curated|es"},
      {"a market composes nothing",
       {{"es@US", "👍", "bien"}},
       "es@US",
       "👍🏽",
       "pulgar arriba, piel media|composed/curated|es"},
  };
  for (const NameCase& row : cases) {
    const std::shared_ptr<const Book> book = WithNames(base, row.rows);
    const std::string told = std::string(row.told) == "nothing changes"
                                 ? Look(*base, row.scope, row.sequence)
                                 : row.told;
    EXPECT_EQ(Look(*book, row.scope, row.sequence), told) << row.what;
  }
}

// A text in which the old name stands twice, or not at all, cannot be taken apart.
TEST(OverlayTest, AVariantThatCannotFollowIsBlocked) {
  const std::pair<const char*, const char*> patterns[] = {
      {"twice", "{0} ({0}, {1})"},
      {"once, and once in the wording", "{0}, {1} thumbs up"},
      {"never", "a thumb of {1}"},
      {"once, but what comes of it is not NFC", "{0}\u0301, {1}"},
  };
  for (const auto& [what, pattern] : patterns) {
    const SmallData data;
    data.Write("tones.tsv", std::string("en\t1F3FD\tmedium skin\nen\ttoned\t") + pattern + "\n");
    const std::shared_ptr<const Book> base = Build(data);
    ASSERT_THAT(Look(*base, "en", "👍🏽"), HasSubstr("|composed/")) << what;
    EXPECT_EQ(Look(*WithNames(base, {{"en", "👍", "viva"}}), "en-CA", "👍🏽"),
              "blocked|composed/moderated|en")
        << what;
    EXPECT_EQ(Look(*WithNames(base, {{"en", "👍", "thumbs up"}}), "en", "👍🏽"),
              Look(*base, "en", "👍🏽"))
        << what << ": the same name changes nothing";
  }
}

TEST(OverlayTest, ABlockHoldsForWhatInheritsUntilPeopleNameItNearer) {
  const SmallData data;
  const std::shared_ptr<const Book> base = Build(data);
  ASSERT_EQ(Look(*base, "es-AR", "❤️"), "corazón|cldr-48.2/annotations|es-419");
  const auto blocked = WithNames(base, {{"es", "❤️", "!blocked"}});
  EXPECT_EQ(Look(*blocked, "es-419", "❤️"), "blocked|moderated|es");
  EXPECT_EQ(Look(*blocked, "es-AR", "❤️"), "blocked|moderated|es");
  EXPECT_EQ(blocked->FindOwn(Locale(*base, "es-419"), Key(*base, "❤️")), std::nullopt);
  EXPECT_EQ(Look(*WithNames(base, {{"es", "❤️", "amor"}}), "es-AR", "❤️"),
            "corazón|cldr-48.2/annotations|es-419")
      << "a name does not";

  data.Write("curated/es-419.tsv", "2764\tcorazoncito\t\t\t\n");
  EXPECT_EQ(Look(*WithNames(Build(data), {{"es", "❤️", "!blocked"}}), "es-AR", "❤️"),
            "corazoncito|curated|es-419");

  data.Remove("curated/es-419.tsv");
  data.Write("curated/es.tsv", "2764\t!blocked\t\t\t\n");
  const auto unblocked = WithNames(Build(data), {{"es", "❤️", "amor"}});
  EXPECT_EQ(Look(*unblocked, "es", "❤️"), "amor|moderated|es");
}

// A model's suggestion is accepted by these lists: what people rejected must not stand in one.
TEST(OverlayTest, KeywordsOfTheFileDoNotOutliveTheNameTheyStoodBeside) {
  const std::shared_ptr<const Book> base = Build(SmallData());
  const KeyId thumb = Key(*base, "👍");
  const LocaleId argentina = Locale(*base, "es-AR");
  ASSERT_EQ(base->Find(argentina, thumb)->alternates, "de acuerdo") << "they stand in es-419";

  const auto named = WithNames(base, {{"es", "👍", "bien", "muy bien | bravo"}});
  EXPECT_EQ(named->Find(argentina, thumb)->alternates, "muy bien | bravo");
  EXPECT_EQ(named->Allowlist(argentina, thumb)->alternates, "muy bien | bravo");
  EXPECT_EQ(named->OwnRow(Locale(*base, "es-419"), thumb), std::nullopt);

  const auto blocked = WithNames(base, {{"es", "👍", "!blocked"}});
  EXPECT_EQ(blocked->Allowlist(argentina, thumb), std::nullopt);
  EXPECT_EQ(blocked->Find(argentina, thumb)->alternates, "");

  // A sequence that had keywords and no name.
  const KeyId fire = Key(*base, "🔥");
  ASSERT_EQ(base->Allowlist(argentina, fire)->alternates, "llama");
  const auto fiery = WithNames(base, {{"es", "🔥", "!blocked"}});
  EXPECT_EQ(fiery->Allowlist(argentina, fire), std::nullopt);
  EXPECT_EQ(Look(*fiery, "es-AR", "🔥"), "blocked|moderated|es");
}

bool IsSame(const std::optional<Rendering>& a, const std::optional<Rendering>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->text == b->text && a->source == b->source && a->locale == b->locale &&
         a->blocked == b->blocked && a->alternates == b->alternates && a->sensitive == b->sensitive;
}

TEST(OverlayTest, TheRestOfTheBookIsWhatItWas) {
  const std::shared_ptr<const Book> base = TestBook();
  const auto book = WithNames(base, {{"es", "👍", "bien"}, {"zh@CN", "👍", "好"}});
  EXPECT_EQ(book->name(), base->name());
  EXPECT_EQ(book->version(), base->version());
  EXPECT_EQ(book->hash(), base->hash());
  EXPECT_EQ(book->image().data(), base->image().data());
  EXPECT_EQ(book->guards(), base->guards());
  EXPECT_EQ(book->concepts(), base->concepts());
  EXPECT_EQ(book->PhrasePairs(), base->PhrasePairs());
  EXPECT_EQ(book->Phrases().size(), base->Phrases().size());
  EXPECT_EQ(book->NamedLocales(), base->NamedLocales());

  std::set<KeyId> family;
  for (const char* of : {"👍", "👍🏻", "👍🏼", "👍🏽", "👍🏾", "👍🏿"})
    family.insert(Key(*base, of));
  size_t differ = 0;
  for (size_t locale = 0; locale < base->locales().size(); ++locale) {
    const auto at = static_cast<LocaleId>(locale);
    for (KeyId key = 0; key < base->key_count(); ++key) {
      if (IsSame(base->Find(at, key), book->Find(at, key)) &&
          IsSame(base->FindOwn(at, key), book->FindOwn(at, key)) &&
          IsSame(base->Allowlist(at, key), book->Allowlist(at, key))) {
        continue;
      }
      ++differ;
      EXPECT_TRUE(family.contains(key))
          << base->locales().tag(at) << " " << base->key(key).sequence;
    }
  }
  EXPECT_GT(differ, 6u);
}

TEST(OverlayTest, OutlivesItsBase) {
  std::shared_ptr<const Book> base = Build(SmallData());
  std::shared_ptr<const Book> book = WithNames(base, {{"es", "👍", "bien"}});
  base.reset();
  EXPECT_EQ(Look(*book, "es-AR", "👍"), "bien|moderated|es");
  EXPECT_EQ(Look(*book, "en-CA", "👍"), "thumbs up|cldr-48.2/annotations|en");
  EXPECT_EQ(WithOverlay(book, {}), book) << "nothing on top";
}

TEST(OverlayTest, ListsWhatItHas) {
  const SmallData data;
  data.Write("markets/XX.tsv", "es\t1F1E8-1F1E6\tEl Canadá\t\tr\ts\n");
  const std::shared_ptr<const Book> base = Build(data);
  ASSERT_THAT(base->NamedLocales(), Not(Contains(Locale(*base, "zh"))));
  const auto book = WithNames(base, {{"zh", "👍", "赞"},
                                     {"es@XX", "🇨🇦", "Canadá"},
                                     {"es@XX", "❤️", "amor"},
                                     {"en@XX", "❤️", "!blocked"}});
  EXPECT_THAT(book->NamedLocales(), Contains(Locale(*base, "zh")));
  std::vector<std::string> rows;
  for (const Book::MarketRow& row : book->MarketRows()) {
    EXPECT_EQ(row.market, *base->Market("XX"));
    rows.push_back(std::string(book->key(row.key).sequence) + " " + Told(*book, row.row));
  }
  EXPECT_THAT(rows, ElementsAre("❤ blocked|moderated/XX|en", "🇨🇦 Canadá|moderated/XX|es",
                                "❤ amor|moderated/XX|es"));
}

TEST(OverlayTest, WhatTakesTwoPeopleStillDoes) {
  const SmallData data;
  data.Write("curated/es.tsv", "1F1E8-1F1E6\tCanadá\t\tregion name\t\n");
  const std::shared_ptr<const Book> base = Build(data);
  const KeyId canada = Key(*base, "🇨🇦");
  ASSERT_TRUE(base->Find(Locale(*base, "es"), canada)->sensitive);
  const auto book = WithNames(base, {{"es", "🇨🇦", "El Canadá"}, {"es", "👍", "bien"}});
  EXPECT_TRUE(book->Find(Locale(*base, "es-AR"), canada)->sensitive);
  EXPECT_FALSE(book->Find(Locale(*base, "es"), Key(*base, "👍"))->sensitive);
}

TEST(OverlayTest, RowsThatDoNotFitAreLeftOutAndNamed) {
  const std::shared_ptr<const Book> base = Build(SmallData());
  const OverlayName good = NameOf(*base, {"es", "👍", "bien"});
  const auto changed = [&](auto change) {
    OverlayName name = good;
    change(name);
    return name;
  };
  const struct {
    const char* what;
    OverlayName row;
    const char* why;
  } cases[] = {
      {"an unknown locale", changed([](auto& n) { n.locale = 999; }), "its locale is not"},
      {"an unknown market", changed([](auto& n) { n.market = 0; }), "its market is not"},
      {"an unknown sequence", changed([](auto& n) { n.key = 999; }), "its sequence is not"},
      {"no sequence", changed([](auto& n) { n.key = kNoKey; }), "its sequence is not"},
      {"no text", changed([](auto& n) { n.text = ""; }), "(empty), 1F44D in es"},
      {"an emoji", changed([](auto& n) { n.text = "bien 🔥"; }), "(emoji-in-text)"},
      {"a flag alone", changed([](auto& n) { n.text = "🇺🇸"; }), "(emoji-in-text)"},
      {"an override", changed([](auto& n) { n.text = "bi\u202Een"; }), "(invisible)"},
      {"a selector", changed([](auto& n) { n.text = "bien\uFE0F"; }), "(invisible)"},
      {"a tab", changed([](auto& n) { n.text = "bi\ten"; }), "(control)"},
      {"not NFC", changed([](auto& n) { n.text = "bie\u0301n"; }), "(not-nfc)"},
      {"not UTF-8", changed([](auto& n) { n.text = "bi\xC3"; }), "(not-utf-8)"},
      {"an emoji among the alternates", changed([](auto& n) { n.alternates = "muy bien | 🔥"; }),
       "list of alternates is unfit"},
  };
  for (const auto& row : cases) {
    OverlayRows rows;
    rows.names = {NameOf(*base, {"en", "👍", "good"}), row.row};
    std::vector<std::string> ignored;
    const auto book = WithOverlay(base, rows, &ignored);
    ASSERT_EQ(ignored.size(), 1u) << row.what;
    EXPECT_THAT(ignored[0], testing::StartsWith("names[1]: ")) << row.what;
    EXPECT_THAT(ignored[0], HasSubstr(row.why)) << row.what;
    EXPECT_THAT(ignored[0], Not(HasSubstr("bie"))) << row.what << ": says what people wrote";
    EXPECT_EQ(Look(*book, "es", "👍"), Look(*base, "es", "👍")) << row.what;
    EXPECT_EQ(Look(*book, "en", "👍"), "good|moderated|en") << row.what << ": the others count";
    EXPECT_NE(WithOverlay(base, rows), nullptr) << "nobody need ask";
  }
}

TEST(OverlayTest, ABlockNeedsNoText) {
  const std::shared_ptr<const Book> base = Build(SmallData());
  OverlayRows rows;
  rows.names = {NameOf(*base, {"es", "👍", "!blocked"})};
  rows.names[0].text = "🔥";
  rows.names[0].alternates = "🔥";
  std::vector<std::string> ignored;
  const auto book = WithOverlay(base, rows, &ignored);
  EXPECT_THAT(ignored, IsEmpty());
  const auto row = book->Find(Locale(*base, "es"), Key(*base, "👍"));
  ASSERT_TRUE(row);
  EXPECT_EQ(row->text, "");
  EXPECT_EQ(row->alternates, "");
}

}  // namespace
}  // namespace signalbook
