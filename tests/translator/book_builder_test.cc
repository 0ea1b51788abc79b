#include "translator/book_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/small_data.h"
#include "translator/book.h"
#include "translator/phrases.h"

namespace signalbook {
namespace {

using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

std::vector<std::string> FindingsOf(const SmallData& data) {
  const absl::StatusOr<BuiltBook> built = BuildBook(data.dir(), {});
  if (!built.ok()) return {built.status().ToString()};
  EXPECT_EQ(built->image.empty(), !built->findings.empty());
  std::vector<std::string> findings;
  for (const Finding& finding : built->findings) findings.push_back(ToString(finding));
  return findings;
}

std::shared_ptr<const Book> MakeBook(const SmallData& data) {
  EXPECT_THAT(FindingsOf(data), IsEmpty());
  return Book::FromImage(BuildBook(data.dir(), {})->image).value();
}

// "text [source locale] alternates", or "-", or "blocked".
std::string Describe(const Book& book, const std::string& locale, const std::string& emoji) {
  const auto found = book.emoji().Find(emoji);
  if (!found) return "unknown";
  const auto row = book.Find(book.locales().Resolve(locale).value(), found->key);
  if (!row) return "-";
  return (row->blocked ? "blocked" : std::string(row->text)) + " [" + std::string(row->source) +
         " " + std::string(book.locales().tag(row->locale)) + "] " + std::string(row->alternates);
}

TEST(BookBuilderTest, MergesTheTablesByProvenanceAndInheritance) {
  const SmallData data;
  data.Write("curated/en.tsv", "1F600\tgrin\tsmile\t\t\n");
  data.Write("curated/es.tsv",
             "1F44D\t!blocked\t\tinsult\tsee the minutes\n"
             "1F600\tsonrisa\t\t\t\n");
  const auto book = MakeBook(data);
  const struct {
    const char* why;
    const char* locale;
    const char* emoji;
    const char* row;
  } kCases[] = {
      {"a flag is its territory, the label an alternate", "en", "🇨🇦",
       "Canada [cldr-48.2/territories en] flag: Canada"},
      {"inherited over two locales", "es-AR", "🇨🇦",
       "Canadá [cldr-48.2/territories es] bandera: Canadá"},
      {"short names are alternates", "en", "🇺🇸", "United States [cldr-48.2/territories en] US"},
      {"a nearer alternate of an inherited name", "es-AR", "🇺🇸",
       "Estados Unidos [cldr-48.2/territories es] EE.UU."},
      {"a subdivision before its label", "en", "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
       "England [cldr-48.2/subdivisions en] flag: England"},
      {"valid, not RGI, but named", "en", "🏴󠁵󠁳󠁣󠁡󠁿",
       "California [cldr-48.2/subdivisions en] "},
      {"valid, not RGI, and not named", "en", "🇾🇺", "-"},
      {"no name in this language, and never another's", "es", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "-"},
      {"all else by its annotation", "en", "❤️",
       "red heart [cldr-48.2/annotations en] heart | love"},
      {"a regional variety that says nothing", "en-CA", "❤",
       "red heart [cldr-48.2/annotations en] heart | love"},
      {"a nearer name, keywords inherited", "es-AR", "❤️",
       "corazón [cldr-48.2/annotations es-419] "},
      {"curated where CLDR has none", "en", "😀", "grin [curated en] smile"},
      {"blocked", "es", "👍", "blocked [curated es] "},
      {"blocked is inherited, and CLDR's keywords do not come back", "es-AR", "👍",
       "blocked [curated es-419] "},
      {"keywords alone are not a name", "es-AR", "🔥", "-"},
      {"no tables at all", "zh-TW", "🇨🇦", "-"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(Describe(*book, c.locale, c.emoji), c.row) << c.why;
  }
}

TEST(BookBuilderTest, ALabelNamesAFlagOnlyWhereNoTerritoryDoes) {
  const SmallData data;
  data.Remove("cldr/territories/es.tsv");
  EXPECT_EQ(Describe(*MakeBook(data), "es", "🇨🇦"),
            "bandera: Canadá [cldr-48.2/annotations es] bandera");
  // A label in a nearer locale does not hide the territory's name in a farther one.
  const SmallData nearer;
  nearer.Write("cldr/names/es-419.tsv",
               "# Source: npm cldr-annotations-full@48.2.0\n1F1E8-1F1E6\tlábaro: Canadá\t\n");
  EXPECT_EQ(Describe(*MakeBook(nearer), "es-AR", "🇨🇦"),
            "Canadá [cldr-48.2/territories es] lábaro: Canadá");
}

TEST(BookBuilderTest, CuratedRowsReplaceAllThatCldrSaysInTheLocale) {
  const SmallData data;
  data.Write("curated/en.tsv", "1F1E8-1F1E6\tCanada (country)\t\t\t\n");
  EXPECT_EQ(Describe(*MakeBook(data), "en", "🇨🇦"), "Canada (country) [curated en] ");
}

TEST(BookBuilderTest, MarksWhatIsSensitive) {
  const SmallData data;
  data.Write("curated/es.tsv",
             "1F44D\t!blocked\t\tinsult\t\n"
             "1F525\tfuego\t\t\t\n"
             "1F600\tsonrisa\t\tdisputed\t\n");
  data.Write("tones.tsv", "es\t1F3FD\ttono medio\nes\ttoned\t{0}: {1}\n");
  const auto book = MakeBook(data);
  const struct {
    const char* why;
    const char* locale;
    const char* emoji;
    bool sensitive;
  } kCases[] = {
      {"named, and marked", "es", "😀", true},
      {"inherited", "es-AR", "😀", true},
      {"blocked", "es", "👍", true},
      {"blocked above a row of CLDR", "es-419", "👍", true},
      {"what is composed of it", "es", "👍🏽", true},
      {"curated, and not marked", "es", "🔥", false},
      {"of CLDR", "es", "❤️", false},
      {"in another language", "en", "👍", false},
  };
  for (const auto& c : kCases) {
    const KeyId key = book->emoji().Find(c.emoji).value().key;
    const auto row = book->Find(book->locales().Resolve(c.locale).value(), key);
    ASSERT_TRUE(row) << c.why;
    EXPECT_EQ(row->sensitive, c.sensitive) << c.why;
  }
}

TEST(BookBuilderTest, TakesTheVersionOfCldrFromTheHeaders) {
  const SmallData data;
  for (const char* locale : {"en", "es"}) {
    data.Write(std::string("cldr/territories/") + locale + ".tsv",
               "# Source: npm cldr-localenames-full@49.0.0\nCA\t\tCanada\n");
  }
  data.Remove("cldr/territories/es-AR.tsv");
  EXPECT_EQ(Describe(*MakeBook(data), "en", "🇨🇦"),
            "Canada [cldr-49.0/territories en] flag: Canada");
}

TEST(BookBuilderTest, SaysWhatIsWrongAndWhere) {
  const std::string source = "# Source: npm cldr-annotations-full@48.2.0\n";
  const struct {
    const char* why;
    std::string file;
    std::string rows;
    std::vector<std::string> findings;
  } kCases[] = {
      {"a column too few and one too many, both found",
       "cldr/names/en.tsv",
       source + "1F44D\tthumbs up\n2764\tred heart\t\tx\n",
       {"cldr/names/en.tsv:2: columns: 2 columns where 3 belong",
        "cldr/names/en.tsv:3: columns: 4 columns where 3 belong"}},
      {"an empty line is a row without columns",
       "cldr/names/en.tsv",
       source + "\n",
       {"cldr/names/en.tsv:2: columns: 1 columns where 3 belong"}},
      {"unknown key",
       "cldr/names/en.tsv",
       source + "1F999\tllama\t\n",
       {"cldr/names/en.tsv:2: unknown-key: 1F999 is not a known sequence"}},
      {"key with U+FE0F",
       "cldr/names/en.tsv",
       source + "2764-FE0F\tred heart\t\n",
       {"cldr/names/en.tsv:2: key-form: 2764-FE0F is written 2764"}},
      {"key in lower case",
       "cldr/names/en.tsv",
       source + "1f44d\tthumbs up\t\n",
       {"cldr/names/en.tsv:2: key-form: 1f44d is written 1F44D"}},
      {"key twice",
       "cldr/names/en.tsv",
       source + "2764\theart\t\n2764\tred heart\t\n",
       {"cldr/names/en.tsv:3: duplicate-key: 2764 stands twice"}},
      {"unsorted",
       "cldr/names/en.tsv",
       source + "2764\theart\t\n1F44D\tthumbs up\t\n",
       {"cldr/names/en.tsv:3: unsorted: stands behind a row that it sorts before"}},
      {"neither name nor keywords",
       "cldr/names/en.tsv",
       source + "2764\t\t\n",
       {"cldr/names/en.tsv:2: empty: '' is empty"}},
      {"untrimmed",
       "cldr/names/en.tsv",
       source + "2764\t red heart\t\n",
       {"cldr/names/en.tsv:2: untrimmed: ' red heart' has white space at an end"}},
      {"a no-break space at the end",
       "cldr/names/en.tsv",
       source + "2764\theart\u00A0\t\n",
       {"cldr/names/en.tsv:2: untrimmed: 'heart\u00A0' has white space at an end"}},
      {"not UTF-8",
       "cldr/names/en.tsv",
       source + "2764\theart \xC3(\t\n",
       {"cldr/names/en.tsv:2: not-utf-8: 'heart \xC3(' is not UTF-8 at byte 6"}},
      {"not NFC",
       "cldr/names/es.tsv",
       source + "2764\tcorazo\u0301n\t\n",
       {"cldr/names/es.tsv:2: not-nfc: 'corazo\u0301n' is not in Unicode normalization form C"}},
      {"an emoji",
       "cldr/names/en.tsv",
       source + "2764\theart 🔥\t\n",
       {"cldr/names/en.tsv:2: emoji-in-text: 'heart 🔥' holds 1F525"}},
      {"a flag",
       "cldr/names/en.tsv",
       source + "2764\t🇨🇦\t\n",
       {"cldr/names/en.tsv:2: emoji-in-text: '🇨🇦' holds 1F1E8-1F1E6"}},
      {"a tag character",
       "cldr/names/en.tsv",
       source + "2764\tred\U000E0067\t\n",
       {"cldr/names/en.tsv:2: invisible: 'red\U000E0067' holds U+E0067"}},
      {"a variation selector",
       "cldr/names/en.tsv",
       source + "2764\t\u2764\uFE0F\t\n",
       {"cldr/names/en.tsv:2: invisible: '\u2764\uFE0F' holds U+FE0F"}},
      {"a control character",
       "cldr/names/en.tsv",
       source + "2764\tred\x01heart\t\n",
       {"cldr/names/en.tsv:2: control: 'red\x01heart' holds U+0001"}},
      {"a carriage return",
       "cldr/names/en.tsv",
       source + "2764\tred heart\t\r\n",
       {"cldr/names/en.tsv:2: untrimmed: '\r' has white space at an end"}},
      {"a bidi control",
       "cldr/names/en.tsv",
       source + "2764\tred \u202Eheart\t\n",
       {"cldr/names/en.tsv:2: invisible: 'red \u202Eheart' holds U+202E"}},
      {"in a keyword",
       "cldr/names/en.tsv",
       source + "2764\theart\tlove | 🔥\n",
       {"cldr/names/en.tsv:2: emoji-in-text: '🔥' holds 1F525"}},
      {"no version",
       "cldr/names/en.tsv",
       "2764\theart\t\n",
       {"cldr/names/en.tsv: source: the header names no version of CLDR"}},
      {"two versions",
       "cldr/names/es.tsv",
       "# Source: npm cldr-annotations-full@47.0.0\n2764\tcorazón\t\n",
       {"cldr/names/es.tsv: source: is from cldr-47.0/annotations, other tables from "
        "cldr-48.2/annotations"}},
      {"a locale of which nobody knows where it inherits from",
       "cldr/names/xx.tsv",
       source,
       {"cldr/names/xx.tsv: unknown-locale: xx is not in cldr/locales.tsv"}},
      {"a region that is none",
       "cldr/territories/en.tsv",
       source + "UK\t\tUnited Kingdom\n",
       {"cldr/territories/en.tsv:2: unknown-key: UK is not a code that a flag may stand for"}},
      {"a region twice",
       "cldr/territories/en.tsv",
       source + "CA\t\tCanada\nCA\t\tKanada\n",
       {"cldr/territories/en.tsv:3: duplicate-key: CA  stands twice"}},
      {"a subdivision that is none",
       "cldr/subdivisions/en.tsv",
       source + "gbzzz\tNowhere\n",
       {"cldr/subdivisions/en.tsv:2: unknown-key: gbzzz is not a code that a flag may stand for"}},
      {"a curated rendering that is empty",
       "curated/en.tsv",
       "2764\t\t\t\t\n",
       {"curated/en.tsv:1: empty: '' is empty"}},
      {"unknown join",
       "joins.tsv",
       "root\tglue\t-\n",
       {"joins.tsv: missing-join: root has no space",
        "joins.tsv: missing-join: root has no name_open",
        "joins.tsv: missing-join: root has no name_close",
        "joins.tsv: missing-join: root has no isolate_open",
        "joins.tsv: missing-join: root has no isolate_close",
        "joins.tsv: missing-join: root has no part",
        "joins.tsv:1: unknown-join: no join is called glue"}},
      {"a pattern that does not compile",
       "guards/en.tsv",
       "death\t(die\tdie\t\n",
       {"guards/en.tsv:1: pattern: death: does not compile: missing ): (die"}},
      {"a pattern that closes a group it has not opened",
       "guards/en.tsv",
       "death\ta)|(b\ta\t\n",
       {"guards/en.tsv:1: pattern: death: does not compile: unexpected ): a)|(b"}},
      {"a pattern of nothing",
       "guards/en.tsv",
       "death\t(die)?\tdie\t\n",
       {"guards/en.tsv:1: matches-nothing: death: matches the empty text"}},
      {"an example that does not match, and one that does",
       "guards/en.tsv",
       "death\tdie|dead\tDie | he died\tdiet | the DEAD end\n",
       {"guards/en.tsv:1: example: death: should match: he died",
        "guards/en.tsv:1: example: death: should not match: the DEAD end"}},
      {"a row that only licenses has examples too",
       "guards/en.tsv",
       "death\tdead\tdead\t\n~death\tgone\tHe is gone | lost\tdead end\n",
       {"guards/en.tsv:2: example: ~death: should match: lost",
        "guards/en.tsv:2: example: ~death: should not match: dead end"}},
      {"a concept that has no row in concepts.tsv",
       "guards/en.tsv",
       "deth\tdead\tdead\t\n",
       {"guards/en.tsv: missing-concept: no pattern for death",
        "guards/en.tsv:1: unknown-concept: deth is not in data/concepts.tsv"}},
      {"a table without a concept",
       "guards/en.tsv",
       "~death\tdead\tdead\t\n",
       {"guards/en.tsv: missing-concept: no pattern for death"}},
      {"concepts: a kind, a meaning, what is licensed",
       "concepts.tsv",
       "a\tidea\t\tA\nb\tconcept\t\t\nc\tconcept\td | a\tC\nc\tconcept\t\tC\n",
       {"concepts.tsv:1: unknown-concept: idea is no kind of concept",
        "concepts.tsv:2: unreasoned: b needs a meaning",
        "concepts.tsv:3: unknown-concept: d has no row",
        "concepts.tsv:4: unsorted: stands behind a row that it sorts before",
        "concepts.tsv:4: duplicate-key: c stands twice"}},
      {"number words: a locale, a value, a word",
       "numbers.tsv",
       "en\t-1\tx\nen\t2\t\nen\thalf\thalf\nen\ttwo\ttwo\nxx\t2\ty\n",
       {"numbers.tsv:1: number: -1 is neither a whole number nor \"half\"",
        "numbers.tsv:2: empty: '' is empty",
        "numbers.tsv:4: number: two is neither a whole number nor \"half\"",
        "numbers.tsv:5: unknown-locale: xx is not in cldr/locales.tsv"}},
      {"protected rows have examples too",
       "protected.tsv",
       "url\thttps?://\\S+\thttp://a.b | ftp://a\t\n",
       {"protected.tsv:1: example: url: should match: ftp://a"}},
      {"a protected rule twice",
       "protected.tsv",
       "url\ta\ta\t\nurl\tb\tb\t\n",
       {"protected.tsv:2: duplicate-key: url stands twice"}},
      {"a locale without a parent",
       "cldr/locales.tsv",
       "en\tfr\tltr\tLatn\nroot\t\tltr\t\n",
       {"cldr/locales.tsv: locale-table: the parents of en do not lead to root"}},
      {"a key that is none",
       "emoji/sequences.tsv",
       "1F6\t1F6\tbasic\t1.0\tg\ts\n",
       {"emoji: emoji-table: '1F6' is not a code point"}},
      {"another sequence's fully-qualified form",
       "emoji/sequences.tsv",
       "2764\t2665-FE0F\tpresentation\t1.0\tg\ts\n",
       {"emoji/sequences.tsv:1: fully-qualified: 2665-FE0F is not a form of 2764"}},
  };
  for (const auto& c : kCases) {
    const SmallData data;
    data.Write(c.file, c.rows);
    EXPECT_THAT(FindingsOf(data), ElementsAreArray(c.findings)) << c.why;
  }
}

TEST(BookBuilderTest, AcceptsTheInvisibleCharactersThatScriptsSpellWith) {
  const SmallData data;
  data.Write("cldr/names/en.tsv",
             "# Source: npm cldr-annotations-full@48.2.0\n"
             "1F44D\tمی\u200Cخواهم\t\n"
             "2764\tක්\u200Dර\u00A0x\t1 | © | ☃\n");
  EXPECT_THAT(FindingsOf(data), IsEmpty());
}

TEST(BookBuilderTest, GuardsOfUnspacedScriptsMatchInsideText) {
  const SmallData data;
  data.Write("guards/zh.tsv", "death\t死了|去世\t他死了吗\t你好\n");
  data.Write("guards/en.tsv", "death\tdead\tdead!\tdeadline\n");
  const auto book = MakeBook(data);
  ASSERT_EQ(book->guards().size(), 2u);
  EXPECT_EQ(book->guards()[1].locale, "zh");
  EXPECT_EQ(book->guards()[1].concept_name, "death");
  EXPECT_EQ(book->guards()[1].pattern, "死了|去世");
}

TEST(BookBuilderTest, FindsADefectInEveryTableAtOnce) {
  const SmallData data;
  data.Write("cldr/names/en.tsv", "# Source: npm cldr-annotations-full@48.2.0\n2764\t\t\n");
  data.Write("cldr/subdivisions/en.tsv", "# Source: npm cldr-x@48.2.0\ngbeng\t\n");
  data.Write("protected.tsv", "url\t[\t\t\n");
  EXPECT_EQ(FindingsOf(data).size(), 3u);
}

TEST(BookBuilderTest, MissingTables) {
  for (const char* file :
       {"emoji/sequences.tsv", "emoji/code_points.tsv", "emoji/regions.tsv",
        "emoji/subdivisions.tsv", "cldr/locales.tsv", "cldr/aliases.tsv", "joins.tsv"}) {
    const SmallData data;
    data.Remove(file);
    EXPECT_EQ(BuildBook(data.dir(), {}).status().code(), absl::StatusCode::kNotFound) << file;
  }
}

TEST(BookBuilderTest, NameAndVersionHaveALimit) {
  const SmallData data;
  EXPECT_TRUE(BuildBook(data.dir(), {std::string(63, 'n'), std::string(63, 'v')}).ok());
  EXPECT_EQ(BuildBook(data.dir(), {std::string(64, 'n'), ""}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(BuildBook(data.dir(), {"n", std::string(64, 'v')}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(BookBuilderTest, SameTablesSameBytes) {
  const SmallData one;
  const SmallData two;
  const std::string image = BuildBook(one.dir(), {"b", "1"})->image;
  EXPECT_EQ(BuildBook(two.dir(), {"b", "1"})->image, image);
  // The label is not part of what the hash names; a row is.
  const auto hash = [](const std::string& bytes) {
    return std::string(Book::FromImage(bytes).value()->hash());
  };
  EXPECT_EQ(hash(BuildBook(two.dir(), {"b", "2"})->image), hash(image));
  two.Write("curated/en.tsv", "1F600\tgrin\t\t\t\n");
  EXPECT_NE(hash(BuildBook(two.dir(), {"b", "1"})->image), hash(image));
}

TEST(BookBuilderTest, TheTreesOwnTablesHaveNoDefectAndBuildTheSameBytesTwice) {
  const std::string data = SIGNALBOOK_SOURCE_DIR "/data";
  const absl::StatusOr<BuiltBook> built = BuildBook(data, {});
  ASSERT_TRUE(built.ok()) << built.status();
  for (const Finding& finding : built->findings) ADD_FAILURE() << ToString(finding);
  EXPECT_EQ(BuildBook(data, {})->image, built->image);

  const auto book = Book::FromImage(built->image);
  ASSERT_TRUE(book.ok()) << book.status();
  for (KeyId key = 0; key < (*book)->key_count(); ++key) {
    ASSERT_EQ((*book)->KeyText(key), KeyOf((*book)->key(key).sequence));
  }
  size_t longest = 0;
  for (const auto& [key, row] : (*book)->Phrases()) longest = std::max(longest, PhraseWords(key));
  EXPECT_EQ((*book)->longest_phrase(), longest);
  EXPECT_GT(longest, 1u);
}

}  // namespace
}  // namespace signalbook
