#include "translator/locale.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "translator/tsv.h"

namespace signalbook {
namespace {

TEST(CanonicalizeLocaleTest, WritesEveryTagInOneForm) {
  const struct {
    const char* why;
    const char* tag;
    const char* canonical;
  } kCases[] = {
      {"already canonical", "zh-Hant-TW", "zh-Hant-TW"},
      {"case and underscore", "ZH-hant_tw", "zh-Hant-TW"},
      {"deprecated language", "iw", "he"},
      {"deprecated language with a region", "in_ID", "id-ID"},
      {"legacy language", "tl", "fil"},
      {"a macrolanguage's member", "cmn-TW", "zh-TW"},
      {"an extended language subtag", "zh-cmn-Hans", "zh-Hans"},
      {"the code people write for Great Britain", "en-UK", "en-GB"},
      {"extensions are dropped", "ar-EG-u-nu-latn", "ar-EG"},
      {"private use is dropped", "de-x-phonebk", "de"},
      {"an extension that ICU makes of a variant", "en_US_POSIX", "en-US"},
      {"a variant stays", "ca-valencia", "ca-valencia"},
      {"area codes are digits", "ES-419", "es-419"},
      {"grandfathered", "i-klingon", "tlh"},
      {"only private use names no language", "x-whatever", "und"},
  };
  for (const auto& c : kCases) {
    const absl::StatusOr<std::string> canonical = CanonicalizeLocale(c.tag);
    ASSERT_TRUE(canonical.ok()) << c.why;
    EXPECT_EQ(*canonical, c.canonical) << c.why;
  }
}

TEST(CanonicalizeLocaleTest, RejectsWhatIsNoTag) {
  for (const std::string tag :
       {"", "-", "en-", "-en", "en--US", "e", "en US", "en\tUS", "日本語", "en-US.UTF-8",
        "a-b-c-d-", "toolonglanguage", "en-verylongsubtag"}) {
    EXPECT_EQ(CanonicalizeLocale(tag).status().code(), absl::StatusCode::kInvalidArgument) << tag;
  }
  EXPECT_FALSE(CanonicalizeLocale(std::string("en\0US", 5)).ok());
  EXPECT_FALSE(CanonicalizeLocale(std::string(65, 'a')).ok());
}

// A table and the image that it views.
struct Owned {
  std::string image;
  LocaleTable table;

  // The tags from `tag`'s row up to, and without, root.
  std::vector<std::string> Chain(std::string_view tag) const {
    std::vector<std::string> chain;
    for (auto id = table.Resolve(tag); id && *id != kRootLocale; id = table.parent(*id)) {
      chain.emplace_back(table.tag(*id));
    }
    return chain;
  }
};

std::unique_ptr<Owned> Make(const std::vector<LocaleTable::Row>& rows,
                            const std::vector<LocaleTable::Alias>& aliases) {
  auto owned = std::make_unique<Owned>();
  owned->image = LocaleTable::Build(rows, aliases).value();
  owned->table = LocaleTable::View(owned->image).value();
  return owned;
}

std::unique_ptr<Owned> RealTable() {
  const std::string data = SIGNALBOOK_SOURCE_DIR "/data/cldr/";
  std::vector<LocaleTable::Row> rows;
  const Tsv locale_rows = ReadTsv(data + "locales.tsv", 4).value();
  for (const auto& row : locale_rows.rows) {
    rows.push_back({row[0], row[1], row[2] == "rtl", row[3]});
  }
  std::vector<LocaleTable::Alias> aliases;
  const Tsv alias_rows = ReadTsv(data + "aliases.tsv", 3).value();
  for (const auto& row : alias_rows.rows) {
    aliases.push_back({row[0] == "likely", row[1], row[2]});
  }
  return Make(rows, aliases);
}

// Rows of the smallest tables that still need every rule.
std::unique_ptr<Owned> SmallTable() {
  return Make({{"root", "", false, ""},
               {"zh", "root", false, "Hans"},
               {"zh-Hant", "root", false, "Hant"},
               {"sr", "root", false, "Cyrl"},
               {"no", "root", false, "Latn"},
               {"nb", "no", false, "Latn"},
               {"pt", "root", false, "Latn"},
               {"pt-PT", "pt", false, "Latn"},
               {"fa", "root", true, "Arab"},
               {"en", "root", false, "Latn"},
               {"en-GB", "en", false, "Latn"}},
              {{true, "zh", "zh-Hans-CN"},
               {true, "zh-TW", "zh-Hant-TW"},
               {true, "sr", "sr-Cyrl-RS"},
               {true, "sr-ME", "sr-Latn-ME"},
               {true, "en", "en-Latn-US"},
               {true, "tlh", "tlh-Latn-AQ"},
               {false, "sh", "sr-Latn"},
               {false, "prs", "fa-AF"}});
}

TEST(LocaleTableTest, ResolvesThroughLikelySubtagsThenTruncation) {
  const auto locales = SmallTable();
  const struct {
    const char* why;
    const char* tag;
    std::vector<std::string> chain;
  } kCases[] = {
      {"exact", "zh", {"zh"}},
      {"truncation", "en-US", {"en"}},
      {"truncation of an unknown region", "pt-AO", {"pt"}},
      {"the row's parent, not a truncation", "nb-NO", {"nb", "no"}},
      {"the region implies another script", "zh-TW", {"zh-Hant"}},
      {"the script goes without saying", "zh-Hans", {"zh"}},
      {"the script goes without saying, with a region", "zh-Hans-CN", {"zh"}},
      {"the script goes without saying, and the region has a row", "en-Latn-GB", {"en-GB", "en"}},
      {"a script that does not", "zh-Hant-SG", {"zh-Hant"}},
      {"another script never falls back to the language", "sr-Latn", {}},
      {"nor when the region implies it", "sr-ME", {}},
      {"but the likely script does", "sr-Cyrl-ME", {"sr"}},
      {"no likely subtags: the script of the language's row", "fa-Arab-AF", {"fa"}},
      {"no likely subtags: another script than the row's", "fa-Latn", {}},
      {"a variant", "en-GB-oxendict", {"en-GB", "en"}},
      {"an alias with a script", "sh", {}},
      {"an alias with a script, and the caller's own", "sh-Cyrl", {"sr"}},
      {"an alias with a region", "prs", {"fa"}},
      {"unknown language", "xx", {}},
      {"a language that only has likely subtags", "tlh", {}},
      {"no language", "und", {}},
      {"root is not a language", "root", {}},
      {"not a tag", "!", {}},
      {"empty", "", {}},
  };
  for (const auto& c : kCases) EXPECT_EQ(locales->Chain(c.tag), c.chain) << c.why << ": " << c.tag;
}

TEST(LocaleTableTest, ResolvesRealLocalesAsCldrInherits) {
  const auto locales = RealTable();
  const struct {
    const char* tag;
    std::vector<std::string> chain;
  } kCases[] = {
      {"zh-TW", {"zh-TW", "zh-Hant-TW", "zh-Hant"}},
      {"zh_tw", {"zh-TW", "zh-Hant-TW", "zh-Hant"}},
      {"zh-CN", {"zh-Hans", "zh"}},
      {"es-AR", {"es-AR", "es-419", "es"}},
      {"es-ES", {"es"}},
      {"nb-NO", {"nb", "no"}},
      {"pt-AO", {"pt-AO", "pt-PT", "pt"}},
      {"pt-BR", {"pt"}},
      {"en-IN", {"en-IN", "en-001", "en"}},
      {"tl", {"fil"}},
      {"iw-IL", {"he"}},
      {"in", {"id"}},
      {"cmn-Hant-TW", {"zh-Hant-TW", "zh-Hant"}},
      {"sr-Latn", {"sr-Latn"}},
      {"sh", {"sr-Latn"}},
      {"xx", {}},
  };
  for (const auto& c : kCases) EXPECT_EQ(locales->Chain(c.tag), c.chain) << c.tag;
  for (const char* tag : {"zh-HK", "zh-MO"}) {
    EXPECT_THAT(locales->Chain(tag), testing::Contains("zh-Hant-HK")) << tag;
    EXPECT_THAT(locales->Chain(tag), testing::Contains("zh-Hant")) << tag;
    EXPECT_THAT(locales->Chain(tag), testing::Not(testing::Contains("zh"))) << tag;
  }
}

TEST(LocaleTableTest, EveryRowIsFoundByItsTagAndInheritsFromAnEarlierOne) {
  const auto locales = RealTable();
  EXPECT_GT(locales->table.size(), 700u);
  EXPECT_EQ(locales->table.tag(kRootLocale), "root");
  for (LocaleId id = 1; id < locales->table.size(); ++id) {
    const std::string_view tag = locales->table.tag(id);
    EXPECT_EQ(locales->table.Resolve(tag), id) << tag;
    EXPECT_LT(locales->table.parent(id), id) << tag;
  }
}

TEST(LocaleTableTest, KnowsScriptAndDirection) {
  const auto locales = RealTable();
  const struct {
    const char* tag;
    const char* script;
    bool right_to_left;
  } kCases[] = {{"en", "Latn", false}, {"ar", "Arab", true},     {"he", "Hebr", true},
                {"zh", "Hans", false}, {"zh-TW", "Hant", false}, {"sr", "Cyrl", false}};
  for (const auto& c : kCases) {
    const LocaleId id = locales->table.Resolve(c.tag).value();
    EXPECT_EQ(locales->table.script(id), c.script) << c.tag;
    EXPECT_EQ(locales->table.right_to_left(id), c.right_to_left) << c.tag;
  }
}

TEST(LocaleTableTest, BuildRefusesWhatDoesNotLeadToRoot) {
  const LocaleTable::Row root = {"root", "", false, ""};
  const struct {
    const char* why;
    std::vector<LocaleTable::Row> rows;
    std::vector<LocaleTable::Alias> aliases;
  } kCases[] = {
      {"no root", {}, {}},
      {"two roots", {root, {"en", "", false, "Latn"}}, {}},
      {"unknown parent", {root, {"nb", "no", false, "Latn"}}, {}},
      {"cycle", {root, {"a", "b", false, ""}, {"b", "a", false, ""}}, {}},
      {"its own parent", {root, {"a", "a", false, ""}}, {}},
      {"twice", {root, {"en", "root", false, ""}, {"en", "root", false, ""}}, {}},
      {"alias twice", {root, {"en", "root", false, ""}}, {{true, "en", "en"}, {true, "en", "en"}}},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(LocaleTable::Build(c.rows, c.aliases).status().code(),
              absl::StatusCode::kInvalidArgument)
        << c.why;
  }
}

TEST(LocaleTableTest, SameRowsInAnyOrderMakeTheSameImage) {
  std::vector<LocaleTable::Row> rows = {{"root", "", false, ""},
                                        {"en", "root", false, "Latn"},
                                        {"en-GB", "en", false, "Latn"},
                                        {"ar", "root", true, "Arab"}};
  const std::string image = LocaleTable::Build(rows, {}).value();
  std::reverse(rows.begin(), rows.end());
  EXPECT_EQ(LocaleTable::Build(rows, {}).value(), image);
}

TEST(LocaleTableTest, ADamagedImageIsRefusedOrHarmless) {
  const std::string image = SmallTable()->image;
  for (size_t size = 0; size < image.size(); ++size) {
    EXPECT_EQ(LocaleTable::View(std::string_view(image).substr(0, size)).status().code(),
              absl::StatusCode::kDataLoss)
        << size;
  }
  for (size_t at = 0; at < image.size(); ++at) {
    // 0 to 10 are ids of locales: they make a parent its own child.
    for (const int value : {0, 1, 2, 3, 5, 10, 11, 0x7F, 0xFF}) {
      std::string damaged = image;
      damaged[at] = static_cast<char>(value);
      const auto table = LocaleTable::View(damaged);
      if (!table.ok()) continue;
      for (const char* tag : {"zh-TW", "sr-ME", "en-Latn-GB", "sh", "xx"}) table->Resolve(tag);
      for (LocaleId id = 0; id < table->size(); ++id) {
        (void)table->script(id);
        size_t steps = 0;
        for (LocaleId up = id; up != kRootLocale; up = table->parent(up)) {
          ASSERT_LE(++steps, table->size()) << at;
        }
      }
    }
  }
}

TEST(LocaleTableTest, IdsOutsideTheTableAreEmpty) {
  const auto locales = SmallTable();
  for (const LocaleId id : {LocaleId{11}, LocaleId{0xFFFF}}) {
    EXPECT_EQ(locales->table.parent(id), kRootLocale);
    EXPECT_EQ(locales->table.tag(id), "");
    EXPECT_EQ(locales->table.script(id), "");
    EXPECT_FALSE(locales->table.right_to_left(id));
  }
}

}  // namespace
}  // namespace signalbook
