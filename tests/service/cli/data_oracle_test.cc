// The book of the tables after an export says what the book with moderated rows on top says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "service/cli/moderation/data_tables.h"
#include "service/moderation/rows.h"
#include "service/strings.h"
#include "tests/service/cli/data_tables_support.h"
#include "translator/book_builder.h"

namespace signalbook {
namespace {

using ::testing::IsEmpty;

std::shared_ptr<const Book> Build(const SmallData& data) {
  const absl::StatusOr<BuiltBook> built = BuildBook(data.dir(), {});
  EXPECT_TRUE(built.ok()) << built.status();
  if (!built.ok()) return nullptr;
  for (const Finding& finding : built->findings) ADD_FAILURE() << ToString(finding);
  const auto book = Book::FromImage(built->image);
  return book.ok() ? *book : nullptr;
}

// Moderated rows as they may come together, one of each entry, in the order of a server's answer.
class Draw {
 public:
  explicit Draw(uint64_t seed) : random_(seed) {}

  std::vector<v1::RowChange> Changes() {
    for (const char* scope :
         {"en", "en-CA", "es", "es-419", "es-AR", "zh", "es@CN", "es-AR@CN", "en@CN"}) {
      for (const char* key : {"1F1E8-1F1E6", "1F1FA-1F1F8", "1F44D", "1F44D-1F3FD", "1F525",
                              "1F600", "2764", "2764-200D-1F525"}) {
        if (Below(4) != 0) continue;
        // No two sequences may be called the same.
        const std::string name = StrCat(Pick({"uno", "dos", "tres"}), " ", key);
        Add(StrCat("names:", scope, ":", key),
            Below(4) == 0 ? "blocked: true"
                          : StrCat("text: \"", name, "\" ",
                                   Below(2) == 0 ? "alternates: \"otro\" alternates: \"más\"" : "",
                                   Below(2) == 0 ? " note: \"why\"" : ""));
      }
    }
    for (const char* phrase : {"en>es:asap", "en>es:lol", "en>es:thx", "es>en:jajaja",
                               "en>es-AR:lol", "root>es:,", "root>zh:;"}) {
      if (Below(2) != 0) continue;
      Add(StrCat("phrases:", phrase),
          Below(3) == 0 ? "removed: true" : StrCat("text: \"", Pick({"ya", "eso", ","}), "\""));
    }
    const std::string corpse = PatternId("cad[áa]ver");
    const std::string grave = PatternId("tumbas?");
    for (const std::string& guard : {corpse, grave, std::string("00000000")}) {
      if (Below(2) != 0) continue;
      const std::string pattern = Pick({"tumbas?", "cad[áa]ver", "finado"});
      const std::string example = pattern == "finado"    ? "finado"
                                  : pattern == "tumbas?" ? "tumba"
                                                         : "cadaver";
      Add(StrCat("guards:es:death:", guard),
          Below(3) == 0 ? "removed: true"
                        : StrCat("text: \"", pattern, "\" matches: \"", example, "\""));
    }
    for (const char* term : {"es:a.b", "es:b.r", "es-AR:foo", "root:bar"}) {
      if (Below(2) != 0) continue;
      Add(StrCat("terms:", term),
          StrCat("text: \"", std::string(term).substr(std::string(term).find(':') + 1), "\""));
    }
    std::sort(changes_.begin(), changes_.end(),
              [](const auto& a, const auto& b) { return a.entry() < b.entry(); });
    return changes_;
  }

 private:
  size_t Below(size_t end) { return static_cast<size_t>(random_() % end); }
  std::string Pick(const std::vector<const char*>& texts) { return texts[Below(texts.size())]; }
  void Add(const std::string& entry, const std::string& row) {
    changes_.push_back(Change(entry, row));
  }

  std::mt19937_64 random_;
  std::vector<v1::RowChange> changes_;
};

std::string Told(const std::optional<Rendering>& row) {
  if (!row) return "nothing";
  return row->blocked ? "blocked" : StrCat(row->text, " (", row->alternates, ")");
}

std::set<std::tuple<std::string, std::string, std::string>> GuardsOf(const Book& book) {
  std::set<std::tuple<std::string, std::string, std::string>> guards;
  for (const GuardRule& rule : book.guards()) {
    guards.emplace(rule.locale, rule.concept_name, rule.pattern);
  }
  return guards;
}

std::set<std::tuple<LocaleId, LocaleId, std::string, std::string>> PhrasesOf(const Book& book) {
  std::set<std::tuple<LocaleId, LocaleId, std::string, std::string>> phrases;
  for (const auto& [key, row] : book.Phrases()) phrases.emplace(row.from, row.to, key, row.text);
  return phrases;
}

TEST(DataOracleTest, TheBuiltBookSaysWhatTheLiveBookSays) {
  const auto write = [](const SmallData& data) {
    data.Write("guards/es.tsv",
               "# Guards.\n"
               "blocked\tb\\.r\tb.r\t\n"
               "death\tcad[áa]ver\tun cadáver | cadaver\t\n"
               "death\tmuert[oa]s?\tmuerto\tmuestra\n"
               "death\ttumbas?\ttumba\t\n");
  };
  const ModeratedData plain;
  write(plain);
  const std::shared_ptr<const Book> base = Build(plain);
  ASSERT_NE(base, nullptr);
  const KeyId toned = base->emoji().Find("👍🏽")->key;
  size_t changed = 0;
  for (uint64_t seed = 1; seed <= 80; ++seed) {
    SCOPED_TRACE(seed);
    const std::vector<v1::RowChange> changes = Draw(seed).Changes();
    std::vector<store::ModeratedRow> rows;
    for (const v1::RowChange& change : changes) {
      rows.push_back({.id = *ParseEntryName(change.entry()), .row = change.after()});
    }
    std::vector<std::string> ignored;
    const std::shared_ptr<const Book> live =
        WithOverlay(base, ToOverlay(*base, rows, &ignored), &ignored);
    ASSERT_THAT(ignored, IsEmpty());

    ModeratedData exported;
    write(exported);
    const absl::StatusOr<DataMerge> merge = MergeIntoData(exported.dir(), changes);
    ASSERT_TRUE(merge.ok()) << merge.status();
    ASSERT_THAT(merge->refused, IsEmpty());
    for (const DataTable& table : merge->tables) exported.Write(table.file, table.content);
    const std::shared_ptr<const Book> built = Build(exported);
    ASSERT_NE(built, nullptr);

    for (size_t id = 0; id < base->locales().size(); ++id) {
      const auto locale = static_cast<LocaleId>(id);
      for (KeyId key = 0; key < base->key_count(); ++key) {
        for (const MarketId market : {kNoMarket, *base->Market("CN")}) {
          const std::optional<Rendering> want = live->Find(locale, key, market);
          const std::optional<Rendering> got = built->Find(locale, key, market);
          changed += Told(want) != Told(base->Find(locale, key, market));
          // Below a block, a variant that nobody named is blocked as well; without, it has no name.
          if (key == toned && want && want->blocked && !got) continue;
          ASSERT_EQ(Told(got), Told(want))
              << base->locales().tag(locale) << " " << base->key(key).sequence << " " << market;
        }
      }
    }
    ASSERT_EQ(PhrasesOf(*built), PhrasesOf(*live));
    ASSERT_EQ(GuardsOf(*built), GuardsOf(*live));
    ASSERT_EQ(built->guards().size(), live->guards().size()) << "none stands twice";

    // And again: what is there already stays as it is, but for guards that take the place of each other, which
    // means something else where they have done so.
    const absl::StatusOr<DataMerge> again = MergeIntoData(exported.dir(), changes);
    ASSERT_TRUE(again.ok()) << again.status();
    for (const DataTable& table : again->tables) ASSERT_EQ(table.file, "guards/es.tsv");
  }
  EXPECT_GT(changed, 1'000u);
}

}  // namespace
}  // namespace signalbook
