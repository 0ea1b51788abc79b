// A book with rows of people on top: what is asked of it is what it would be with these rows in data/.
#include "translator/overlay.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_models.h"
#include "tests/support/small_data.h"
#include "tests/support/test_book.h"
#include "translator/book_builder.h"
#include "translator/law.h"
#include "translator/phrases.h"
#include "translator/translator.h"

namespace signalbook {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::shared_ptr<const Book> Build(const SmallData& data) {
  absl::StatusOr<BuiltBook> built = BuildBook(data.dir(), {});
  if (!built.ok()) ADD_FAILURE() << built.status();
  for (const Finding& finding : built->findings) ADD_FAILURE() << ToString(finding);
  return *Book::FromImage(built->image);
}

LocaleId Locale(const Book& book, std::string_view tag) { return *book.locales().Exact(tag); }
KeyId Key(const Book& book, std::string_view sequence) { return book.emoji().Find(sequence)->key; }

// "es 👍 text", "zh@CN 🇹🇼 text", "es 👍 !blocked": rows as a test writes them.
struct NameRow {
  const char* scope;
  const char* sequence;
  const char* text;
  const char* alternates = "";
};

OverlayName NameOf(const Book& book, const NameRow& row) {
  const std::string scope = row.scope;
  const size_t at = scope.find('@');
  OverlayName name{.locale = Locale(book, scope.substr(0, at)),
                   .market = kNoMarket,
                   .key = Key(book, row.sequence),
                   .text = row.text,
                   .alternates = row.alternates,
                   .blocked = std::string_view(row.text) == "!blocked"};
  if (at != std::string::npos) name.market = *book.Market(scope.substr(at + 1));
  if (name.blocked) name.text.clear();
  return name;
}

// Every row must count.
std::shared_ptr<const Book> WithNames(const std::shared_ptr<const Book>& base,
                                      const std::vector<NameRow>& names) {
  OverlayRows rows;
  for (const NameRow& row : names) rows.names.push_back(NameOf(*base, row));
  std::vector<std::string> ignored;
  std::shared_ptr<const Book> book = WithOverlay(base, rows, &ignored);
  EXPECT_THAT(ignored, IsEmpty());
  return book;
}

std::string Told(const Book& book, const std::optional<Rendering>& row) {
  if (!row) return "none";
  const std::string where(book.locales().tag(row->locale));
  if (row->blocked) return "blocked|" + std::string(row->source) + "|" + where;
  return std::string(row->text) + "|" + std::string(row->source) + "|" + where;
}

// "text|source|locale" of what a scope calls a sequence; "blocked|…", "none".
std::string Look(const Book& book, const std::string& scope, std::string_view sequence) {
  const size_t at = scope.find('@');
  const MarketId market = at == std::string::npos ? kNoMarket : *book.Market(scope.substr(at + 1));
  return Told(book, book.Find(Locale(book, scope.substr(0, at)), Key(book, sequence), market));
}

constexpr char kNames[] = "# Source: npm cldr-annotations-full@48.2.0\n";

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
  };
  for (const auto& [what, pattern] : patterns) {
    const SmallData data;
    data.Write("tones.tsv", std::string("en\t1F3FD\tmedium skin\nen\ttoned\t") + pattern + "\n");
    const std::shared_ptr<const Book> base = Build(data);
    ASSERT_THAT(Look(*base, "en", "👍🏽"), HasSubstr("|composed/")) << what;
    EXPECT_EQ(Look(*WithNames(base, {{"en", "👍", "good"}}), "en-CA", "👍🏽"),
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
  EXPECT_EQ(Look(*blocked, "es-419", "❤️"), "blocked|moderated|es-419");
  EXPECT_EQ(Look(*blocked, "es-AR", "❤️"), "blocked|moderated|es-419");
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
  EXPECT_EQ(Look(*fiery, "es-AR", "🔥"), "blocked|moderated|es-419");
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

// ---- rows that do not count ----

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

// ---- phrases ----

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
    EXPECT_TRUE(ApprovesPhrase(*parts->front().entry, parts->front().text, *book)) << row.what;
  }
}

// ---- guards ----

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

// ---- the translator ----

TEST(WithBookTest, SharesTheGateUnlessGuardsDiffer) {
  const Translator& translator = TestTranslator(nullptr);
  const auto renamed = translator.WithBook(WithNames(TestBook(), {{"es", "👍", "bien"}}));
  ASSERT_TRUE(renamed.ok()) << renamed.status();
  EXPECT_EQ(&(*renamed)->gate(), &translator.gate());
  EXPECT_EQ(&(*renamed)->protector(), &translator.protector());
  EXPECT_EQ(&(*renamed)->round_trip(), &translator.round_trip());
  EXPECT_EQ(TranslateOne(**renamed, "👍", {.mode = EmojiMode::kName}).text, "bien");
  EXPECT_EQ(TranslateOne(translator, "👍", {.mode = EmojiMode::kName}).text, "pulgar arriba");

  OverlayRows rows;
  rows.guards = {{"es", "blocked", "zarandaja"}};
  const auto guarded = (*renamed)->WithBook(WithOverlay(TestBook(), rows));
  ASSERT_TRUE(guarded.ok()) << guarded.status();
  EXPECT_NE(&(*guarded)->gate(), &translator.gate());
  EXPECT_EQ(TranslateOne(**guarded, "👍", {.mode = EmojiMode::kName}).text, "pulgar arriba");
  const auto back = (*guarded)->WithBook(TestBook());
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(&(*back)->book(), TestBook().get());

  const auto other = translator.WithBook(Build(SmallData()));
  EXPECT_EQ(other.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(WithBookTest, ABlockedTermStaysInside) {
  const auto model = std::make_shared<DictionaryModel>(std::map<std::string, std::string>{
      {"I like dogs.", "Me gustan los perros."}, {"I like cats.", "Me gustan los gatos."}});
  const Translator& translator = TestTranslator(model);
  const TestOptions options{.from = "en", .to = "es"};
  ASSERT_EQ(TranslateOne(translator, "I like dogs.", options).text, "Me gustan los perros.");
  for (const char* locale : {"es", "root"}) {
    OverlayRows rows;
    rows.guards = {{locale, "blocked", "perros"}};
    std::vector<std::string> ignored;
    const auto guarded = translator.WithBook(WithOverlay(TestBook(), rows, &ignored));
    ASSERT_TRUE(guarded.ok()) << guarded.status();
    EXPECT_THAT(ignored, IsEmpty());
    const Translation refused = TranslateOne(**guarded, "I like dogs.", options);
    EXPECT_EQ(refused.text, "I like dogs.") << locale;
    EXPECT_EQ(refused.verdict, Verdict::kRefused) << locale;
    ASSERT_FALSE(refused.pieces.empty());
    ASSERT_TRUE(refused.pieces[0].refusal) << locale;
    EXPECT_EQ(refused.pieces[0].refusal->reason, Reason::kBlockedTerm) << locale;
    EXPECT_EQ(TranslateOne(**guarded, "I like cats.", options).text, "Me gustan los gatos.");
  }
  EXPECT_EQ(TranslateOne(translator, "I like dogs.", options).text, "Me gustan los perros.")
      << "the other translator does not know";
}

// ---- the law ----

// Names that are fit, names that are not, blocks and markets, anywhere.
OverlayRows RandomRows(const Book& book, uint64_t seed, size_t count) {
  constexpr const char* kTexts[] = {"uno",  "dos palabras", "名",         "اسم",     "🔥",
                                    "x 🇨🇦", "a\u202Eb",     "\U000E0067", "a\uFE0F", "",
                                    "\xC3", "e\u0301"};
  const char* const kLocales[] = {"es", "es-419", "es-AR", "zh", "ar", "pt", "pt-PT", "en", "root"};
  std::mt19937_64 random(seed);
  const auto draw = [&](size_t below) { return static_cast<size_t>(random() % below); };
  OverlayRows rows;
  for (size_t i = 0; i < count; ++i) {
    OverlayName name;
    name.locale = Locale(book, kLocales[draw(std::size(kLocales))]);
    name.key = static_cast<KeyId>(draw(book.key_count()));
    if (draw(4) == 0) name.market = static_cast<MarketId>(draw(book.MarketNames().size()));
    name.blocked = draw(4) == 0;
    name.text = kTexts[draw(std::size(kTexts))];
    name.alternates = kTexts[draw(std::size(kTexts))];
    rows.names.push_back(std::move(name));
  }
  return rows;
}

TEST(OverlayLawTest, HoldsForEverySequenceWhateverPeopleWrote) {
  const Translator& translator =
      TestTranslator(std::make_shared<HostileModel>(Hostility::kAddEmoji));
  const OverlayRows rows = RandomRows(*TestBook(), 20191219, 500);
  std::vector<std::string> ignored;
  const auto book = WithOverlay(TestBook(), rows, &ignored);
  EXPECT_GT(ignored.size(), 100u);
  EXPECT_LT(ignored.size(), 400u);
  const auto merged = translator.WithBook(book);
  ASSERT_TRUE(merged.ok()) << merged.status();
  std::map<std::string, size_t> sources;
  for (const char* tag : {"es", "es-AR", "zh", "ar", "pt-PT"}) {
    for (const char* market : {"", "CN", "TW"}) {
      TranslateOptions options;
      options.source = TestLocale("en");
      options.target = TestLocale(tag);
      options.emoji_mode = EmojiMode::kName;
      if (*market != '\0') options.market = *book->Market(market);
      for (KeyId first = 0; first < book->key_count(); first += 64) {
        std::vector<Message> messages;
        for (KeyId key = first; key < book->key_count() && key < first + 64; ++key) {
          messages.push_back(
              *Normalize("see " + std::string(book->key(key).fully_qualified) + " now"));
        }
        const std::vector<Translation> answers = (*merged)->Translate(messages, options);
        for (size_t i = 0; i < answers.size(); ++i) {
          ASSERT_THAT(FindBreaches(messages[i], answers[i], *book), IsEmpty())
              << messages[i].text() << " → " << tag << ": " << answers[i].text;
          // Named or kept, and no other emoji beside it.
          const std::string_view sequence = book->key(first + i).fully_qualified;
          std::string rest = answers[i].text;
          if (const size_t at = rest.find(sequence); at != std::string::npos) {
            rest.erase(at, sequence.size());
          }
          std::vector<EmojiCluster> clusters;
          FindEmoji(rest, book->emoji(), &clusters);
          ASSERT_TRUE(clusters.empty()) << messages[i].text() << " → " << answers[i].text;
          for (const Piece& piece : answers[i].pieces) {
            if (piece.entry) ++sources[piece.entry->source];
          }
        }
      }
    }
  }
  EXPECT_GT(sources["moderated"], 0u);
  EXPECT_GT(sources["moderated/CN"], 0u);
  EXPECT_GT(sources["composed/moderated"], 0u);
}

// A check that cannot fail is none.
TEST(OverlayLawTest, KnowsARowThatIsNotThere) {
  const auto book = WithNames(TestBook(), {{"es", "👍", "bien"}, {"zh@CN", "👍", "好"}});
  const auto translator = TestTranslator(nullptr).WithBook(book);
  ASSERT_TRUE(translator.ok());
  const Message message = *Normalize("👍");
  Translation answer = TranslateOne(**translator, "👍", {.mode = EmojiMode::kName});
  ASSERT_EQ(answer.text, "bien");
  EXPECT_EQ(FindBreach(message, answer, *book), std::nullopt);
  EXPECT_NE(FindBreach(message, answer, *TestBook()), std::nullopt) << "the file does not say so";
  answer.pieces[0].entry->source = "moderated/CN";
  EXPECT_NE(FindBreach(message, answer, *book), std::nullopt) << "not that row";

  answer.text = "好";
  answer.pieces[0].target.end = answer.text.size();
  answer.pieces[0].entry->locale = "zh";
  EXPECT_EQ(FindBreach(message, answer, *book), std::nullopt);
  answer.pieces[0].entry->source = "markets/CN";
  EXPECT_NE(FindBreach(message, answer, *book), std::nullopt) << "data/ does not say so";
}

// ---- the oracle ----

// A few sequences more, which are composed in every way but as keycaps.
void WriteOracleData(const SmallData& data) {
  data.Write("emoji/sequences.tsv",
             "1F1E8-1F1E6\t1F1E8-1F1E6\tflag\t2.0\tFlags\tcountry-flag\n"
             "1F1FA-1F1F8\t1F1FA-1F1F8\tflag\t2.0\tFlags\tcountry-flag\n"
             "1F3C3\t1F3C3\tbasic\t0.6\tPeople & Body\tperson-activity\n"
             "1F3C3-1F3FD\t1F3C3-1F3FD\tmodifier\t1.0\tPeople & Body\tperson-activity\n"
             "1F3C3-1F3FD-200D-27A1\t1F3C3-1F3FD-200D-27A1-FE0F\tzwj\t15.1\tPeople & "
             "Body\tperson-activity\n"
             "1F3C3-200D-27A1\t1F3C3-200D-27A1-FE0F\tzwj\t15.1\tPeople & Body\tperson-activity\n"
             "1F44D\t1F44D\tbasic\t0.6\tPeople & Body\thand-fingers-closed\n"
             "1F44D-1F3FD\t1F44D-1F3FD\tmodifier\t1.0\tPeople & Body\thand-fingers-closed\n"
             "1F44D-1F3FF\t1F44D-1F3FF\tmodifier\t1.0\tPeople & Body\thand-fingers-closed\n"
             "1F525\t1F525\tbasic\t0.6\tTravel & Places\tsky & weather\n"
             "2764\t2764-FE0F\tpresentation\t0.6\tSmileys & Emotion\theart\n");
  data.Write("emoji/code_points.tsv",
             "1F1E6\t1F1FF\tEmoji\n"
             "1F1E6\t1F1FF\tEmoji_Presentation\n"
             "1F3C3\t1F3C3\tEmoji\n"
             "1F3C3\t1F3C3\tEmoji_Modifier_Base\n"
             "1F3C3\t1F3C3\tEmoji_Presentation\n"
             "1F3FB\t1F3FF\tEmoji\n"
             "1F3FB\t1F3FF\tEmoji_Modifier\n"
             "1F3FB\t1F3FF\tEmoji_Presentation\n"
             "1F44D\t1F44D\tEmoji\n"
             "1F44D\t1F44D\tEmoji_Modifier_Base\n"
             "1F44D\t1F44D\tEmoji_Presentation\n"
             "1F525\t1F525\tEmoji\n"
             "1F525\t1F525\tEmoji_Presentation\n"
             "2764\t2764\tEmoji\n"
             "27A1\t27A1\tEmoji\n");
  data.Remove("cldr/subdivisions/en.tsv");
  data.Write("cldr/labels.tsv", "root\tfacing-right\t{0} facing right\n");
  data.Write("tones.tsv",
             "en\t1F3FD\tmedium skin\n"
             "en\t1F3FF\tdark skin\n"
             "en\ttoned\t{0}, {1}\n"
             "es\t1F3FD\tpiel media\n"
             "es\t1F3FF\tpiel oscura\n"
             "es\ttoned\t{0}, {1}\n"
             "es-AR\t1F3FF\tpiel muy oscura\n");
  data.Write("cldr/names/en.tsv", std::string(kNames) +
                                      "1F1E8-1F1E6\tflag: Canada\tflag\n"
                                      "1F3C3\tperson running\tfast\n"
                                      "1F44D\tthumbs up\t+1 | good\n"
                                      "1F44D-1F3FD\tthumbs up: medium skin tone\thand\n"
                                      "2764\tred heart\theart | love\n");
  data.Write("cldr/names/es.tsv", std::string(kNames) +
                                      "1F1E8-1F1E6\tbandera: Canadá\tbandera\n"
                                      "1F3C3\tpersona corriendo\tcorrer\n"
                                      "1F44D\tpulgar hacia arriba\tpulgar\n"
                                      "1F44D-1F3FD\tpulgar hacia arriba: tono medio\tpulgar\n"
                                      "2764\tcorazón rojo\tcorazón\n");
  data.Write("cldr/names/es-419.tsv", std::string(kNames) +
                                          "1F3C3\t\tcorredor\n"
                                          "1F44D\tpulgar arriba\tde acuerdo\n"
                                          "1F44D-1F3FD\tpulgar arriba: tono medio\tpulgar\n"
                                          "1F44D-1F3FF\tpulgar arriba: tono oscuro\tpulgar\n"
                                          "1F525\t\tllama\n"
                                          "2764\tcorazón\t\n");
  data.Write("cldr/names/zh.tsv", std::string(kNames) +
                                      "1F44D\t拇指向上\t赞\n"
                                      "1F44D-1F3FD\t拇指向上：中等肤色\t赞\n");
}

constexpr const char* kOracleLocales[] = {"en", "en-CA", "es", "es-419", "es-AR", "zh"};

struct OracleKey {
  const char* key;
  const char* sequence;
  bool is_base;  // others are composed of it
  std::vector<const char*> texts;
};

const std::vector<OracleKey>& OracleKeys() {
  static const auto* keys = new std::vector<OracleKey>{
      {"1F1E8-1F1E6", "🇨🇦", false, {"Kanada", "Canadá"}},
      {"1F1FA-1F1F8", "🇺🇸", false, {"Usa", "Los Estados"}},
      {"1F3C3", "🏃", true, {"runner", "persona corriendo", "trote"}},
      {"1F3C3-1F3FD", "🏃🏽", false, {"runner of hand", "runner, piel media"}},
      {"1F3C3-200D-27A1", "🏃‍➡️", true, {"rightward", "rumbo"}},
      {"1F44D", "👍", true, {"bien", "pulgar arriba", "pulgar hacia arriba", "thumbs up"}},
      {"1F44D-1F3FD", "👍🏽", false, {"mano", "bien, piel media"}},
      {"1F525", "🔥", false, {"fuego", "blaze"}},
      {"2764", "❤️", false, {"corazoncito", "amor"}},
  };
  return *keys;
}

bool Inherits(std::string_view locale, std::string_view from) {
  const std::map<std::string_view, std::string_view> parents = {
      {"en-CA", "en"}, {"es-AR", "es-419"}, {"es-419", "es"}};
  for (auto at = parents.find(locale); at != parents.end(); at = parents.find(at->second)) {
    if (at->second == from) return true;
  }
  return false;
}

// By locale and key: the text, "!blocked" when there is none.
using OracleRows = std::map<std::pair<std::string, std::string>, std::string>;

OracleRows DrawOracleRows(std::mt19937_64* random) {
  const auto draw = [&](size_t below) { return static_cast<size_t>((*random)() % below); };
  OracleRows rows;
  for (const OracleKey& key : OracleKeys()) {
    for (const char* locale : kOracleLocales) {
      if (draw(3) != 0) continue;
      // The builder composes a direction in the topmost locale that names its base, and nowhere below.
      const bool is_top = std::string_view(locale) == "en" || std::string_view(locale) == "es";
      if (std::string_view(key.sequence) == "🏃" && !is_top) continue;
      rows[{locale, key.key}] = draw(4) == 0 ? "!blocked" : key.texts[draw(key.texts.size())];
    }
    if (!key.is_base) continue;
    // Below a block it leaves the variants blocked, though their base has a name again.
    for (const char* above : kOracleLocales) {
      const auto row = rows.find({above, key.key});
      if (row == rows.end() || row->second != "!blocked") continue;
      std::erase_if(rows, [&](const auto& other) {
        return other.first.second == key.key && Inherits(other.first.first, above);
      });
    }
  }
  return rows;
}

// The rows in data/curated and the rows on top give the same book, provenance aside.
TEST(OverlayOracleTest, IsTheBookThatTheBuilderMakesOfTheSameRows) {
  SmallData plain;
  WriteOracleData(plain);
  const std::shared_ptr<const Book> base = Build(plain);
  ASSERT_EQ(Look(*base, "es-AR", "👍🏿"),
            "pulgar arriba, piel muy oscura|composed/cldr-48.2/annotations|es-AR");
  ASSERT_THAT(Look(*base, "es", "🏃🏽‍➡️"),
              HasSubstr("persona corriendo facing right, piel media|"));
  size_t followed = 0;
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    std::mt19937_64 random(seed);
    const OracleRows drawn = DrawOracleRows(&random);
    SmallData curated;
    WriteOracleData(curated);
    OverlayRows rows;
    std::map<std::string, std::string> tables;
    for (const auto& [place, text] : drawn) {
      const auto& [locale, key] = place;
      tables[locale] += key + "\t" + text + "\t\t\t\n";
      for (const OracleKey& known : OracleKeys()) {
        if (known.key != key) continue;
        rows.names.push_back(NameOf(*base, {locale.c_str(), known.sequence, text.c_str()}));
      }
    }
    for (const auto& [locale, table] : tables) {
      curated.Write("curated/" + locale + ".tsv", table);
    }
    std::shuffle(rows.names.begin(), rows.names.end(), random);
    const std::shared_ptr<const Book> built = Build(curated);
    std::vector<std::string> ignored;
    const std::shared_ptr<const Book> merged = WithOverlay(base, rows, &ignored);
    ASSERT_THAT(ignored, IsEmpty());
    for (size_t id = 0; id < base->locales().size(); ++id) {
      const auto locale = static_cast<LocaleId>(id);
      for (KeyId key = 0; key < base->key_count(); ++key) {
        const auto want = built->Find(locale, key);
        const auto got = merged->Find(locale, key);
        const std::string where = "seed " + std::to_string(seed) + ", " +
                                  std::string(base->locales().tag(locale)) + " " +
                                  std::string(base->key(key).sequence) + ": " + Told(*merged, got) +
                                  " for " + Told(*built, want);
        ASSERT_EQ(got ? got->text : "", want ? want->text : "") << where;
        // Where a base is blocked the builder leaves some variants without a name; here they are blocked.
        const bool is_blocked = want && want->blocked;
        const bool got_blocked = got && got->blocked;
        ASSERT_TRUE(got_blocked == is_blocked || (got_blocked && !want)) << where;
        if (got_blocked != is_blocked) ASSERT_EQ(got->source, "composed/moderated") << where;
        followed += got && got->source == "composed/moderated" && !got->blocked;
        if (got && want) ASSERT_EQ(got->alternates, want->alternates) << where;
      }
    }
  }
  EXPECT_GT(followed, 500u);
}

}  // namespace
}  // namespace signalbook
