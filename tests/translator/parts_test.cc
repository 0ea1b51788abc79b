// What no version of Unicode lists, and what is valid but rare.
#include "translator/parts.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/small_data.h"
#include "tests/support/test_book.h"
#include "translator/book_builder.h"
#include "translator/law.h"

namespace signalbook {
namespace {

std::string Parts(std::string_view cluster) {
  const auto parts = PartsOf(cluster, TestBook()->emoji());
  if (!parts) return "none";
  std::string text;
  for (const EmojiPart& part : *parts) {
    text += (text.empty() ? "" : " ") + KeyOf(part.range.of(cluster));
  }
  return text;
}

TEST(PartsTest, SplitsIntoKnownSequences) {
  EXPECT_EQ(Parts("👩‍👩‍👧‍👧‍👧"), "1F469 1F469 1F467 1F467 1F467");
  EXPECT_EQ(Parts("🚀🏻"), "1F680 1F3FB");
  EXPECT_EQ(Parts("👩🏽‍👽"), "1F469-1F3FD 1F47D");
  EXPECT_EQ(Parts("❤️‍🚀"), "2764 1F680");
  EXPECT_EQ(Parts("😀"), "none") << "one part is no list";
  EXPECT_EQ(Parts("😀‍"), "none") << "a dangling joiner";
  EXPECT_EQ(Parts("🇨🇦‍🚀"), "none") << "a flag joins nothing";
  EXPECT_EQ(Parts("🏴󠁵󠁳󠁣󠁡"), "none") << "a broken tag sequence is no black flag";
  EXPECT_EQ(Parts("😀a"), "none");
  EXPECT_EQ(Parts(""), "none");
}

std::string Name(std::string_view text, std::string_view to, EmojiMode mode = EmojiMode::kName) {
  const Translator& translator = TestTranslator(nullptr);
  const Translation translation =
      TranslateOne(translator, text, {.from = "en", .to = to, .mode = mode});
  EXPECT_EQ(FindBreach(*Normalize(text), translation, translator.book()), std::nullopt) << text;
  return Picture(translation);
}

TEST(PartsTest, AreNamedOneByOne) {
  EXPECT_EQ(Name("👩‍👩‍👧‍👧‍👧", "en"),
            "woman|B  + |B woman|B  + |B girl|B  + |B girl|B  + |B girl|B");
  EXPECT_EQ(Name("👨🏻‍👩‍👦", "en"), "man, light skin|B  + |B woman|B  + |B boy|B");
  EXPECT_EQ(Name("🚀🏻", "en"), "rocket|B 🏻|C(stray_modifier)")
      << "two clusters, one of them stray";
  EXPECT_EQ(Name("👩‍👽", "es", EmojiMode::kKeepAndName),
            "👩‍👽|C  (|B mujer|B  + |B extraterrestre|B )|B");
  EXPECT_EQ(Name("👩‍👽", "es", EmojiMode::kKeep), "👩‍👽|C");
}

TEST(PartsTest, OneWithoutAnApprovedNameRefusesAll) {
  const SmallData data;
  const auto look = [&](const char* curated) {
    data.Write("curated/en.tsv", curated);
    absl::StatusOr<BuiltBook> built = BuildBook(data.dir(), {});
    auto translator = Translator::Create(*Book::FromImage(built->image), nullptr);
    std::vector<Message> messages;
    messages.push_back(*Normalize("👍‍🔥‍👍"));
    const TranslateOptions options{.source = (*translator)->book().locales().Resolve("es"),
                                   .target = *(*translator)->book().locales().Resolve("en"),
                                   .emoji_mode = EmojiMode::kName};
    const Translation translation = (*translator)->Translate(messages, options).front();
    EXPECT_EQ(FindBreach(messages.front(), translation, (*translator)->book()), std::nullopt);
    return Picture(translation);
  };
  EXPECT_EQ(look(""), "👍‍🔥‍👍|C(part:1F525)");
  EXPECT_EQ(look("1F525\tfire\t\t\t\n"), "thumbs up|B  + |B fire|B  + |B thumbs up|B");
  EXPECT_EQ(look("1F44D\t!blocked\t\t\t\n1F525\tfire\t\t\t\n"), "👍‍🔥‍👍|C(part:1F44D)");
}

TEST(RareFlagsTest, AreNamedWhereCldrNamesThem) {
  const struct {
    const char* what;
    const char* text;
    const char* to;
    const char* picture;
  } kRows[] = {
      {"a subdivision", "🏴󠁵󠁳󠁣󠁡󠁿", "en", "California|B"},
      {"a subdivision that only English names", "🏴󠁵󠁳󠁣󠁡󠁿", "es",
       "🏴󠁵󠁳󠁣󠁡󠁿|C(book)"},
      {"Scotland is not the United Kingdom", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "en", "Scotland|B"},
      {"a region that is no more, without a name", "🇸🇺", "en", "🇸🇺|C(book)"},
      {"no region", "🇿🇿", "en", "🇿🇿|C(unknown_region)"},
      {"an unknown subdivision", "🏴󠁵󠁳󠁺󠁺󠁿", "en",
       "🏴󠁵󠁳󠁺󠁺󠁿|C(unknown_subdivision)"},
      {"a tag sequence without its end", "🏴󠁧󠁢󠁳󠁣󠁴", "en",
       "🏴󠁧󠁢󠁳󠁣󠁴|C(unterminated_tag)"},
  };
  for (const auto& row : kRows) EXPECT_EQ(Name(row.text, row.to), row.picture) << row.what;
}

}  // namespace
}  // namespace signalbook
