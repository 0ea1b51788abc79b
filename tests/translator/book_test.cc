#include "translator/book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/support/small_data.h"
#include "translator/book_builder.h"
#include "translator/book_format.h"
#include "translator/book_lint.h"
#include "translator/tsv.h"

namespace signalbook {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const char kData[] = SIGNALBOOK_SOURCE_DIR "/data";

const std::string& RealImage() {
  static const std::string* image = [] {
    absl::StatusOr<BuiltBook> built = BuildBook(kData, {"signalbook", "test"});
    return new std::string(built.ok() ? std::move(built->image) : "");
  }();
  return *image;
}

const Book& RealBook() {
  static const std::shared_ptr<const Book>* book =
      new std::shared_ptr<const Book>(Book::FromImage(RealImage()).value());
  return **book;
}

LocaleId Locale(const Book& book, std::string_view tag) {
  return book.locales().Resolve(tag).value();
}

KeyId Key(const Book& book, std::string_view emoji) { return book.emoji().Find(emoji).value().key; }

std::string TextOf(const Book& book, std::string_view locale, std::string_view emoji) {
  const auto row = book.Find(Locale(book, locale), Key(book, emoji));
  return row ? std::string(row->text) : "-";
}

class TempFile {
 public:
  explicit TempFile(std::string_view bytes)
      : path_(std::filesystem::temp_directory_path() /
              ("signalbook-book-" + std::to_string(getpid()))) {
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  ~TempFile() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Touches all that a book can be asked.
size_t Use(const Book& book) {
  size_t bytes = book.name().size() + book.version().size() + book.hash().size();
  const size_t keys = std::min<size_t>(book.key_count(), 200);
  for (size_t locale = 0; locale < std::min<size_t>(book.locales().size(), 200); ++locale) {
    const auto id = static_cast<LocaleId>(locale);
    for (KeyId key = 0; key <= keys; ++key) {
      if (const auto row = book.Find(id, key)) bytes += row->text.size() + row->source.size();
      if (const auto row = book.FindOwn(id, key)) bytes += row->alternates.size();
      bytes += book.Allowlist(id, key).value_or(Rendering{}).alternates.size();
    }
    for (int join = 0; join < kJoinCount; ++join) {
      bytes += book.join(id, static_cast<Join>(join)).text.size();
    }
  }
  for (KeyId key = 0; key < keys; ++key) {
    const KeyInfo info = book.key(key);
    bytes += info.sequence.size() + info.fully_qualified.size() + info.group.size();
  }
  for (const GuardRule& guard : book.guards()) bytes += guard.pattern.size();
  for (const auto& row : book.protected_rows()) bytes += row.pattern.size();
  for (const ForbiddenTermRow& row : book.forbidden())
    bytes += row.scope.size() + row.reason.size();
  for (const char* tag : {"es-AR", "zh-TW", "sr-Latn-RS"})
    bytes += book.locales().Resolve(tag) ? 1 : 0;
  return bytes + book.NamedLocales().size();
}

TEST(BookTest, NamesAsCldrInherits) {
  const struct {
    const char* locale;
    const char* emoji;
    const char* text;
  } kCases[] = {
      {"en", "🇨🇦", "Canada"},
      {"es", "🇨🇦", "Canadá"},
      {"es-AR", "🇨🇦", "Canadá"},
      {"fr", "🇨🇦", "Canada"},
      {"de", "🇨🇦", "Kanada"},
      {"zh", "🇨🇦", "加拿大"},
      {"zh-CN", "🇭🇰", "香港"},
      {"zh-TW", "🇭🇰", "香港"},
      {"ja", "🇯🇵", "日本"},
      {"ar", "🇨🇦", "كندا"},
      {"pt-PT", "🇨🇿", "Chéquia"},
      {"pt-BR", "🇨🇿", "Tchéquia"},
      {"pt-AO", "🇨🇿", "Chéquia"},
      {"en", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "England"},
      {"es", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "Escocia"},
      {"en", "🏴󠁵󠁳󠁣󠁡󠁿", "California"},
      {"en", "❤️", "red heart"},
      {"en", "❤", "red heart"},
      {"es-AR", "❤️", "corazón rojo"},
      {"en-GB", "👍🏽", "thumbs up, medium skin"},
      {"en", "1️⃣", "keycap: 1"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(TextOf(RealBook(), c.locale, c.emoji), c.text) << c.locale << " " << c.emoji;
  }
}

TEST(BookTest, SaysWhereARowStands) {
  const Book& book = RealBook();
  const auto row = book.Find(Locale(book, "es-AR"), Key(book, "🇨🇦")).value();
  EXPECT_EQ(book.locales().tag(row.locale), "es");
  EXPECT_EQ(row.source, "curated");
  EXPECT_FALSE(row.blocked);
  EXPECT_FALSE(book.FindOwn(Locale(book, "es-AR"), Key(book, "🇨🇦")));
  EXPECT_TRUE(book.FindOwn(Locale(book, "es"), Key(book, "🇨🇦")));
  // Traditional Chinese never falls back to simplified.
  for (LocaleId id = Locale(book, "zh-TW"); id != kRootLocale; id = book.locales().parent(id)) {
    EXPECT_NE(book.locales().tag(id), "zh");
  }
}

TEST(BookTest, NeverNamesTheLabelOfAFlag) {
  const Book& book = RealBook();
  // Small locales have labels and not all names of regions: there a label is better than nothing.
  for (const char* tag : {"ar", "bn", "ca", "de", "en", "es", "fa", "fr", "gu",  "hi", "id",
                          "it", "ja", "kn", "ko", "ml", "mr", "nl", "pa", "pl",  "pt", "ru",
                          "sw", "ta", "te", "th", "tr", "uk", "ur", "vi", "yue", "zh", "zh-Hant"}) {
    const LocaleId locale = Locale(book, tag);
    for (KeyId key = 0; key < book.key_count(); ++key) {
      const EmojiKind kind = book.key(key).kind;
      if (kind != EmojiKind::kFlag && kind != EmojiKind::kTagFlag) continue;
      const auto row = book.Find(locale, key);
      if (!row) continue;
      EXPECT_THAT(std::string(row->source), testing::Not(HasSubstr("annotations")))
          << book.locales().tag(locale) << " " << row->text;
    }
  }
}

TEST(BookTest, NamesNothingThatIsNewerThanItsSource) {
  const Book& book = RealBook();
  int newer = 0;
  for (KeyId key = 0; key < book.key_count(); ++key) {
    if (book.key(key).version != "18.0") continue;
    ++newer;
    for (const LocaleId locale : book.NamedLocales()) {
      const auto row = book.Find(locale, key);
      EXPECT_TRUE(!row || row->source == "curated" || row->source == "composed/curated")
          << book.key(key).sequence;
    }
  }
  EXPECT_EQ(newer, 19);
}

// Of the 3963 sequences of Emoji 18.0 (without components) CLDR 48.2 names the 3944 of Emoji 17.0,
// less what it leaves out and less the names with a known defect.
TEST(BookTest, CoversTheMainLocales) {
  const Book& book = RealBook();
  const Tsv quarantine = ReadTsv(std::string(kData) + "/cldr/quarantine.tsv", 4).value();
  const struct {
    const char* locale;
    int left_out;
  } kCases[] = {{"ar", 0}, {"ca", 0}, {"de", 0}, {"en", 0}, {"es", 0}, {"fr", 0}, {"hi", 1},
                {"it", 0}, {"ja", 0}, {"ko", 0}, {"pt", 0}, {"ru", 0}, {"zh", 0}, {"zh-Hant", 0}};
  for (const auto& c : kCases) {
    const auto defects = std::count_if(quarantine.rows.begin(), quarantine.rows.end(),
                                       [&](const auto& row) { return row[0] == c.locale; });
    int names = 0;
    for (KeyId key = 0; key < book.key_count(); ++key) {
      const KeyInfo info = book.key(key);
      if (info.status != EmojiStatus::kRgi || info.kind == EmojiKind::kComponent) continue;
      names += book.Find(Locale(book, c.locale), key).has_value();
    }
    EXPECT_GE(names, 3944 - c.left_out - defects) << c.locale;
    std::cout << c.locale << ": " << names << " names of 3963\n";
  }
}

// Every row of every table comes out where it went in.
class RoundTripTest : public testing::Test {
 protected:
  // The tables of data/cldr/`kind`, one a locale.
  template <typename Check>
  void ForEachRow(const std::string& kind, size_t columns, Check check) {
    size_t rows = 0;
    for (const auto& entry : std::filesystem::directory_iterator(kData + ("/cldr/" + kind))) {
      const std::string tag = entry.path().stem();
      const absl::StatusOr<Tsv> tsv = ReadTsv(entry.path(), columns);
      ASSERT_TRUE(tsv.ok()) << tsv.status();
      const LocaleId locale = book_.locales().Exact(tag).value();
      for (const auto& row : tsv->rows) {
        check(locale, row);
        ++rows;
      }
    }
    std::cout << kind << ": " << rows << " rows\n";
    EXPECT_GT(rows, 1000u);
  }

  void ExpectAlternate(LocaleId locale, KeyId key, const std::string& alternate) {
    const auto row = book_.Find(locale, key);
    if (row && (row->source == "curated" || row->text == alternate)) return;
    EXPECT_THAT(Values(book_.Allowlist(locale, key).value_or(Rendering{}).alternates),
                Contains(alternate))
        << book_.locales().tag(locale) << " " << book_.key(key).sequence;
  }

  void ExpectText(LocaleId locale, KeyId key, const std::string& text, std::string_view source) {
    const auto row = book_.FindOwn(locale, key);
    ASSERT_TRUE(row) << book_.locales().tag(locale) << " " << text;
    if (row->source == "curated") return;
    if (row->source.substr(0, 9) == "composed/") return ExpectAlternate(locale, key, text);
    EXPECT_EQ(row->text, text);
    EXPECT_EQ(row->source, source);
    EXPECT_EQ(row->locale, locale);
  }

  const Book& book_ = RealBook();
};

std::string SequenceOf(std::string_view hex_key, const Book& book) {
  static const auto* sequences = [](const Book& b) {
    auto* map = new std::map<std::string, std::string, std::less<>>();
    for (KeyId key = 0; key < b.key_count(); ++key) {
      map->emplace(KeyOf(b.key(key).sequence), b.key(key).sequence);
    }
    return map;
  }(book);
  const auto found = sequences->find(hex_key);
  return found == sequences->end() ? "" : found->second;
}

TEST_F(RoundTripTest, Names) {
  ForEachRow("names", 3, [this](LocaleId locale, const std::vector<std::string>& row) {
    const KeyId key = Key(book_, SequenceOf(row[0], book_));
    const EmojiKind kind = book_.key(key).kind;
    if (row[1].empty() || kind == EmojiKind::kFlag || kind == EmojiKind::kTagFlag) {
      if (!row[1].empty()) ExpectAlternate(locale, key, row[1]);
    } else {
      ExpectText(locale, key, row[1], "cldr-48.2/annotations");
    }
    // Keywords of a flag are no names of its region.
    if (kind == EmojiKind::kFlag || kind == EmojiKind::kTagFlag) return;
    for (const std::string_view keyword : Values(row[2])) {
      ExpectAlternate(locale, key, std::string(keyword));
    }
  });
}

TEST_F(RoundTripTest, Territories) {
  ForEachRow("territories", 3, [this](LocaleId locale, const std::vector<std::string>& row) {
    std::string flag;
    for (const char c : row[0]) flag += std::string("\xF0\x9F\x87") + char(0xA6 + c - 'A');
    if (row[1].empty()) {
      ExpectText(locale, Key(book_, flag), row[2], "cldr-48.2/territories");
    } else {
      ExpectAlternate(locale, Key(book_, flag), row[2]);
    }
  });
}

TEST_F(RoundTripTest, Subdivisions) {
  ForEachRow("subdivisions", 2, [this](LocaleId locale, const std::vector<std::string>& row) {
    std::string key = "1F3F4";
    for (const char c : row[0]) {
      key += "-E00";
      key += "0123456789ABCDEF"[c >> 4];
      key += "0123456789ABCDEF"[c & 15];
    }
    ExpectText(locale, Key(book_, SequenceOf(key + "-E007F", book_)), row[1],
               "cldr-48.2/subdivisions");
  });
}

TEST(BookTest, KeysSayWhatIsKnownOfASequence) {
  const Book& book = RealBook();
  EXPECT_GT(book.key_count(), 9000u);
  const KeyInfo heart = book.key(Key(book, "❤"));
  EXPECT_EQ(heart.sequence, "\u2764");
  EXPECT_EQ(heart.fully_qualified, "\u2764\uFE0F");
  EXPECT_EQ(heart.kind, EmojiKind::kBasic);
  EXPECT_EQ(heart.status, EmojiStatus::kRgi);
  EXPECT_EQ(heart.version, "0.6");
  EXPECT_EQ(heart.group, "Smileys & Emotion");
  const KeyInfo yugoslavia = book.key(Key(book, "🇾🇺"));
  EXPECT_EQ(yugoslavia.status, EmojiStatus::kValidNotRgi);
  EXPECT_EQ(yugoslavia.kind, EmojiKind::kFlag);
  EXPECT_EQ(yugoslavia.version, "");
  EXPECT_EQ(yugoslavia.fully_qualified, yugoslavia.sequence);
  for (KeyId key = 0; key < book.key_count(); ++key) {
    ASSERT_EQ(book.emoji().Find(book.key(key).fully_qualified)->key, key);
  }
}

TEST(BookTest, JoinsInheritWithTheirLocale) {
  const Book& book = RealBook();
  const struct {
    const char* locale;
    Join join;
    const char* text;
    const char* stands;
  } kCases[] = {{"en", Join::kSpace, " ", "root"},
                {"es-AR", Join::kNameOpen, " (", "root"},
                {"zh", Join::kSpace, "", "zh"},
                {"zh-TW", Join::kSpace, "", "zh-Hant"},
                {"ja", Join::kNameOpen, "（", "ja"},
                {"th", Join::kNameClose, ")", "root"},
                {"ar", Join::kIsolateOpen, "\u2068", "root"},
                {"ar", Join::kIsolateClose, "\u2069", "root"}};
  for (const auto& c : kCases) {
    const Book::JoinText join = book.join(Locale(book, c.locale), c.join);
    EXPECT_EQ(join.text, c.text) << c.locale << " " << JoinName(c.join);
    EXPECT_EQ(book.locales().tag(join.locale), c.stands) << c.locale << " " << JoinName(c.join);
  }
}

TEST(BookTest, KeepsRulesInOrder) {
  const SmallData data;
  data.Write("protected.tsv", "url\thttps?://\\S+\thttp://a.b\t\nat\t@\\w+\t@a\t\n");
  data.Write("forbidden.tsv", "en\t*\tprison\tDecember 2019\nroot\tflag\tregime\tno side taken\n");
  const auto book = Book::FromImage(BuildBook(data.dir(), {"small", "7"})->image).value();
  EXPECT_EQ(book->name(), "small");
  EXPECT_EQ(book->version(), "7");
  EXPECT_THAT(book->guards(), IsEmpty());
  ASSERT_EQ(book->protected_rows().size(), 2u);
  EXPECT_EQ(book->protected_rows()[0].name, "url");
  EXPECT_EQ(book->protected_rows()[1].pattern, "@\\w+");
  ASSERT_EQ(book->forbidden().size(), 2u);
  EXPECT_EQ(book->forbidden()[0].locale, Locale(*book, "en"));
  EXPECT_EQ(book->forbidden()[0].scope, "*");
  EXPECT_EQ(book->forbidden()[0].pattern, "prison");
  EXPECT_EQ(book->forbidden()[1].locale, kRootLocale);
  EXPECT_EQ(book->forbidden()[1].scope, "flag");
  EXPECT_EQ(book->forbidden()[1].reason, "no side taken");
}

TEST(BookTest, KeywordsWithoutANameAreOnlyAnAllowlist) {
  const SmallData data;
  const auto book = Book::FromImage(BuildBook(data.dir(), {})->image).value();
  const KeyId fire = Key(*book, "🔥");
  EXPECT_FALSE(book->Find(Locale(*book, "es-AR"), fire));
  EXPECT_FALSE(book->FindOwn(Locale(*book, "es-419"), fire));
  EXPECT_EQ(book->Allowlist(Locale(*book, "es-AR"), fire)->alternates, "llama");
  EXPECT_EQ(book->Allowlist(Locale(*book, "es"), fire), std::nullopt);
  // The name from es, the keywords from es-419.
  const auto thumb = book->Find(Locale(*book, "es-AR"), Key(*book, "👍")).value();
  EXPECT_EQ(thumb.text, "pulgar hacia arriba");
  EXPECT_EQ(book->locales().tag(thumb.locale), "es");
  EXPECT_EQ(thumb.alternates, "de acuerdo");
}

TEST(BookTest, WhatIsNotInTheBookIsEmpty) {
  const Book& book = RealBook();
  EXPECT_FALSE(book.Find(kRootLocale, Key(book, "🇨🇦")));
  EXPECT_FALSE(book.Find(Locale(book, "en"), kNoKey));
  EXPECT_FALSE(book.Find(Locale(book, "en"), static_cast<KeyId>(book.key_count())));
  EXPECT_FALSE(book.Find(0xFFFF, Key(book, "🇨🇦")));
  EXPECT_EQ(book.join(0xFFFF, Join::kSpace).text, "");
  EXPECT_THAT(book.NamedLocales(), testing::Not(Contains(kRootLocale)));
}

TEST(BookTest, OpensAFile) {
  const TempFile file(RealImage());
  const auto start = std::chrono::steady_clock::now();
  const auto book = Book::Open(file.path());
  const std::chrono::duration<double, std::micro> elapsed =
      std::chrono::steady_clock::now() - start;
  ASSERT_TRUE(book.ok()) << book.status();
  std::cout << RealImage().size() << " bytes, opened in " << elapsed.count() << " us\n";
  EXPECT_EQ((*book)->hash(), RealBook().hash());
  EXPECT_EQ((*book)->hash().size(), 64u);
  EXPECT_EQ(TextOf(**book, "es", "🇨🇦"), "Canadá");
  EXPECT_TRUE((*book)->Verify().ok());
}

TEST(BookTest, RefusesWhatIsNotABook) {
  EXPECT_EQ(Book::Open("/nonexistent/book").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Book::Open(kData).status().code(), absl::StatusCode::kDataLoss) << "a folder";
  const SmallData data;
  const std::string image = BuildBook(data.dir(), {})->image;
  std::string newer = image;
  newer[offsetof(book_format::Header, format)] = book_format::kFormat + 1;
  const std::string other_format = "its format is " + std::to_string(book_format::kFormat + 1) +
                                   ", this program reads " + std::to_string(book_format::kFormat);
  const struct {
    const char* why;
    std::string bytes;
    const char* message;
  } kCases[] = {
      {"empty", "", "empty"},
      {"shorter than a header", image.substr(0, 255), "shorter than a header"},
      {"another kind of file", std::string(4096, 'x'), "does not start with SIGNBOOK"},
      {"another format", newer, other_format.c_str()},
      {"only the header", image.substr(0, 256), "it has 256 bytes of"},
      {"cut short", image.substr(0, image.size() - 1), "bytes of"},
      {"too long", image + "x", "bytes of"},
  };
  for (const auto& c : kCases) {
    const TempFile file(c.bytes);
    const absl::Status status = Book::Open(file.path()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << c.why;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.message)) << c.why;
  }
}

TEST(BookTest, EveryDamagedByteOfTheHeaderIsFoundAtOpen) {
  const SmallData data;
  const std::string image = BuildBook(data.dir(), {"name", "1"})->image;
  std::mt19937 random(1);
  for (size_t at = 0; at < sizeof(book_format::Header); ++at) {
    std::string damaged = image;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 + random() % 255));
    EXPECT_EQ(Book::FromImage(damaged).status().code(), absl::StatusCode::kDataLoss) << at;
  }
}

TEST(BookTest, DamageFurtherOnIsFoundByVerifyAndNeverCrashes) {
  const SmallData data;
  data.Write("guards/en.tsv", "death\tdie\tdie\tdiet\n");
  data.Write("protected.tsv", "url\thttps?://\\S+\thttp://a.b\t\n");
  data.Write("forbidden.tsv", "en\t*\tprison\tDecember 2019\n");
  const std::string image = BuildBook(data.dir(), {})->image;
  std::mt19937 random(2);
  size_t used = 0;
  for (size_t at = sizeof(book_format::Header); at < image.size(); ++at) {
    std::string damaged = image;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 + random() % 255));
    const auto book = Book::FromImage(std::move(damaged));
    if (!book.ok()) {
      EXPECT_EQ(book.status().code(), absl::StatusCode::kDataLoss);
      continue;
    }
    EXPECT_EQ((*book)->Verify().code(), absl::StatusCode::kDataLoss) << at;
    used += Use(**book) > 0;
  }
  // Many bytes at once, extreme ones among them.
  for (int round = 0; round < 500; ++round) {
    std::string damaged = image;
    for (int i = 0; i < 40; ++i) {
      const size_t at =
          sizeof(book_format::Header) + random() % (damaged.size() - sizeof(book_format::Header));
      damaged[at] = static_cast<char>(random() % 3 == 0 ? 0xFF : random());
    }
    const auto book = Book::FromImage(std::move(damaged));
    if (book.ok()) used += Use(**book) > 0;
  }
  EXPECT_GT(used, 1000u);
}

TEST(BookTest, ADamagedChainOfLocalesComesToAnEnd) {
  const SmallData data;
  const std::string image = BuildBook(data.dir(), {})->image;
  const auto locales = book_format::At<book_format::Section>(
      std::string_view(image).substr(sizeof(book_format::Header)), book_format::kLocales);
  for (size_t at = 0; at < locales.size; ++at) {
    for (char value = 0; value < 9; ++value) {
      std::string damaged = image;
      damaged[locales.offset + at] = value;
      const auto book = Book::FromImage(std::move(damaged));
      if (book.ok()) Use(**book);
    }
  }
}

TEST(BookTest, ARealBookSurvivesRandomDamage) {
  std::mt19937 random(3);
  std::string damaged = RealImage();
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 200; ++i) {
      const size_t at = sizeof(book_format::Header) +
                        sizeof(book_format::Section) * book_format::kCount +
                        random() % (damaged.size() - 1024);
      damaged[at] = static_cast<char>(random());
    }
    const auto book = Book::FromImage(damaged);
    if (!book.ok()) continue;
    EXPECT_FALSE((*book)->Verify().ok());
    Use(**book);
  }
}

}  // namespace
}  // namespace signalbook
