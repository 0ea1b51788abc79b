// How much of Emoji 18.0 the book names, and in how many locales: the promise of data/README.md.
#include <algorithm>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/test_book.h"

namespace signalbook {
namespace {

constexpr int kSequences = 3963;  // fully-qualified sequences of Emoji 18.0, without components
constexpr int kWithoutNew = 3941;

std::vector<KeyId> Sequences(const Book& book) {
  std::vector<KeyId> keys;
  for (KeyId key = 0; key < book.key_count(); ++key) {
    const KeyInfo info = book.key(key);
    if (info.status == EmojiStatus::kRgi && info.kind != EmojiKind::kComponent) keys.push_back(key);
  }
  return keys;
}

// Sequences with an approved name, through inheritance.
int NamedIn(const Book& book, LocaleId locale, const std::vector<KeyId>& keys) {
  return static_cast<int>(std::count_if(keys.begin(), keys.end(), [&](KeyId key) {
    const auto row = book.Find(locale, key);
    return row && !row->blocked;
  }));
}

TEST(CoverageTest, NamesEverySequenceInTheMainLocales) {
  const Book& book = *TestBook();
  const std::vector<KeyId> keys = Sequences(book);
  ASSERT_EQ(keys.size(), kSequences);
  for (const char* tag : {"ar", "bn", "de", "en", "es", "fa", "fr", "gu",  "hi", "id",     "it",
                          "ja", "kn", "ko", "ml", "mr", "nl", "pa", "pl",  "pt", "ru",     "sw",
                          "ta", "te", "th", "tr", "uk", "ur", "vi", "yue", "zh", "zh-Hant"}) {
    std::string missing;
    for (const KeyId key : keys) {
      const auto row = book.Find(TestLocale(tag), key);
      if (!row || row->blocked) missing += " " + KeyOf(book.key(key).sequence);
    }
    EXPECT_EQ(missing, "") << tag;
  }
}

TEST(CoverageTest, NamesNearlyAllInMoreThanAHundredLocales) {
  const Book& book = *TestBook();
  const std::vector<KeyId> keys = Sequences(book);
  std::map<std::string, int> named;
  for (const LocaleId locale : book.NamedLocales()) {
    named[std::string(book.locales().tag(locale))] = NamedIn(book, locale, keys);
  }
  int nearly_all = 0;
  for (const auto& [tag, count] : named) {
    if (count >= kWithoutNew) ++nearly_all;
    if (count < kWithoutNew && count > 3700) std::cout << tag << " " << count << "\n";
  }
  std::cout << nearly_all << " of " << named.size() << " locales name " << kWithoutNew
            << " or more\n";
  EXPECT_GE(nearly_all, 117);
}

TEST(CoverageTest, NamesEveryFlagWhereCldrHasNoLabels) {
  // CLDR has no flag at all in these: they come from the names of regions.
  const Book& book = *TestBook();
  for (const char* tag : {"da", "ig"}) {
    int flags = 0;
    for (const KeyId key : Sequences(book)) {
      if (book.key(key).kind != EmojiKind::kFlag) continue;
      flags += book.Find(TestLocale(tag), key).has_value();
    }
    EXPECT_EQ(flags, 259) << tag;
  }
}

TEST(CoverageTest, FlagsDifferInALocale) {
  const Book& book = *TestBook();
  for (const char* tag : {"ar", "de", "en", "es", "fr", "hi", "ja", "pt", "ru", "zh", "zh-Hant"}) {
    std::map<std::string, std::string> names;
    for (const KeyId key : Sequences(book)) {
      const KeyInfo info = book.key(key);
      if (info.kind != EmojiKind::kFlag && info.kind != EmojiKind::kTagFlag) continue;
      const auto row = book.Find(TestLocale(tag), key);
      ASSERT_TRUE(row);
      const auto [other, added] = names.emplace(row->text, info.sequence);
      EXPECT_TRUE(added) << tag << ": " << row->text << " is " << other->second << " and "
                         << info.sequence;
    }
  }
}

}  // namespace
}  // namespace signalbook
