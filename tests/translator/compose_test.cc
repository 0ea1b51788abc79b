#include "translator/compose.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/small_data.h"
#include "tests/support/test_book.h"
#include "translator/book_builder.h"

namespace signalbook {
namespace {

TEST(FillPatternTest, PutsThePartsInPlace) {
  EXPECT_EQ(FillPattern("{0}: {1}", "a", "b"), "a: b");
  EXPECT_EQ(FillPattern("{1}{0}", "a", "b"), "ba");
  EXPECT_EQ(FillPattern("{0}", "{1}", "b"), "{1}") << "parts are not patterns";
  EXPECT_EQ(FillPattern("{2} {", "a", "b"), "{2} {");
}

std::shared_ptr<const Book> Build(const SmallData& data) {
  absl::StatusOr<BuiltBook> built = BuildBook(data.dir(), {});
  if (!built.ok()) ADD_FAILURE() << built.status();
  for (const Finding& finding : built->findings) ADD_FAILURE() << ToString(finding);
  return *Book::FromImage(built->image);
}

// "text|source|locale" of what a locale calls a sequence; "blocked", "none".
std::string Look(const Book& book, std::string_view tag, std::string_view sequence) {
  const auto found = book.emoji().Find(sequence);
  if (!found) return "unknown";
  const auto row = book.Find(*book.locales().Resolve(tag), found->key);
  if (!row) return "none";
  if (row->blocked) return "blocked";
  return std::string(row->text) + "|" + std::string(row->source) + "|" +
         std::string(book.locales().tag(row->locale));
}

constexpr char kTones[] = "en\t1F3FD\tmedium skin\nen\ttoned\t{0}, {1}\n";
constexpr char kNames[] = "# Source: npm cldr-annotations-full@48.2.0\n";

TEST(ComposeTest, TonesTakeTheNameOfTheirBase) {
  const SmallData data;
  data.Write("tones.tsv", kTones);
  EXPECT_EQ(Look(*Build(data), "en", "👍🏽"),
            "thumbs up, medium skin|composed/cldr-48.2/annotations|en");
  EXPECT_EQ(Look(*Build(data), "en-CA", "👍🏽"),
            "thumbs up, medium skin|composed/cldr-48.2/annotations|en");
  EXPECT_EQ(Look(*Build(data), "es", "👍🏽"), "none") << "no wording in Spanish";

  data.Write("curated/en.tsv", "1F44D\tthumb up\t\t\t\n");
  EXPECT_EQ(Look(*Build(data), "en", "👍🏽"), "thumb up, medium skin|composed/curated|en");

  data.Write("curated/en-CA.tsv", "1F44D\tall good\t\t\t\n");
  EXPECT_EQ(Look(*Build(data), "en-CA", "👍🏽"),
            "all good, medium skin|composed/curated|en-CA");

  data.Write("curated/en-CA.tsv", "1F44D-1F3FD\tby hand\t\t\t\n");
  EXPECT_EQ(Look(*Build(data), "en-CA", "👍🏽"), "by hand|curated|en-CA");
}

TEST(ComposeTest, WhatCldrCallsItIsAnAlternate) {
  const SmallData data;
  data.Write("tones.tsv", kTones);
  data.Write("cldr/names/en.tsv", std::string(kNames) +
                                      "1F44D\tthumbs up\t+1\n"
                                      "1F44D-1F3FD\tthumbs up: medium skin tone\t\n");
  const std::shared_ptr<const Book> book = Build(data);
  const auto row = book->Find(*book->locales().Resolve("en"), book->emoji().Find("👍🏽")->key);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->text, "thumbs up, medium skin");
  EXPECT_EQ(row->alternates, "thumbs up: medium skin tone");
}

TEST(ComposeTest, ABlockedBaseBlocksItsTones) {
  const SmallData data;
  data.Write("tones.tsv", kTones);
  data.Write("cldr/names/en.tsv", std::string(kNames) +
                                      "1F44D\tthumbs up\t+1\n"
                                      "1F44D-1F3FD\tthumbs up: medium skin tone\t\n");
  data.Write("curated/en.tsv", "1F44D\t!blocked\t\t\t\n");
  EXPECT_EQ(Look(*Build(data), "en", "👍🏽"), "blocked");
  EXPECT_EQ(Look(*Build(data), "en-CA", "👍🏽"), "blocked");
}

TEST(ComposeTest, ABlockHoldsForWhatInherits) {
  const SmallData data;
  data.Write("curated/es.tsv", "2764\t!blocked\t\t\t\n");
  // es-419 has a name of its own in CLDR.
  EXPECT_EQ(Look(*Build(data), "es-419", "❤️"), "blocked");
  EXPECT_EQ(Look(*Build(data), "es-AR", "❤️"), "blocked");
  EXPECT_EQ(Look(*Build(data), "en", "❤️"), "red heart|cldr-48.2/annotations|en");
  data.Write("curated/es-419.tsv", "2764\tcorazón\t\t\t\n");
  EXPECT_EQ(Look(*Build(data), "es-AR", "❤️"), "corazón|curated|es-419");
}

TEST(ComposeTest, FillsHolesFromLabels) {
  const Book& book = *TestBook();
  const struct {
    const char* what;
    const char* locale;
    const char* sequence;
    const char* name;
  } kRows[] = {
      {"Danish keycaps", "da", "#️⃣", "tast: #"},
      {"one tone of two people", "en", "🧑🏽‍🤝‍🧑🏽",
       "people holding hands, medium skin"},
      {"two tones", "en", "🧑🏻‍🤝‍🧑🏿",
       "people holding hands, light skin and dark skin"},
      {"two people who are one character without tones", "en", "👩🏻‍🤝‍👨🏿",
       "woman and man holding hands, light skin and dark skin"},
      {"a handshake of two hands", "en", "🫱🏻‍🫲🏿",
       "handshake, light skin and dark skin"},
      {"tones of what faces right", "en", "🏃🏽‍➡️",
       "person running: facing right, medium skin"},
  };
  for (const auto& row : kRows) {
    EXPECT_THAT(Look(book, row.locale, row.sequence),
                testing::StartsWith(std::string(row.name) + "|"))
        << row.what;
  }
}

// The law of the family, over the whole book: where tones are composed, a name and its variants agree.
TEST(ComposeTest, VariantsBeginWithTheNameOfTheirBase) {
  const Book& book = *TestBook();
  int composed = 0;
  for (const LocaleId locale : book.NamedLocales()) {
    for (KeyId key = 0; key < book.key_count(); ++key) {
      const auto row = book.FindOwn(locale, key);
      if (!row || row->source.substr(0, 9) != "composed/") {
        continue;
      }
      std::string bare;
      const std::string sequence(book.key(key).sequence);
      for (size_t at = 0; at < sequence.size();) {
        if (sequence.compare(at, 3, "\xF0\x9F\x8F") == 0 && sequence[at + 3] >= '\xBB' &&
            sequence[at + 3] <= '\xBF') {
          at += 4;
        } else {
          bare += sequence[at++];
        }
      }
      const auto base = book.emoji().Find(bare);
      if (!base || bare == sequence) continue;
      const auto name = book.Find(locale, base->key);
      ASSERT_TRUE(name) << sequence;
      EXPECT_THAT(std::string(row->text), testing::StartsWith(std::string(name->text)))
          << book.locales().tag(locale);
      ++composed;
    }
  }
  EXPECT_GT(composed, 10000);
}

}  // namespace
}  // namespace signalbook
