// Rows on top of a book as the tests of overlay.h write and read them.
#ifndef SIGNALBOOK_TESTS_TRANSLATOR_OVERLAY_SUPPORT_H_
#define SIGNALBOOK_TESTS_TRANSLATOR_OVERLAY_SUPPORT_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/small_data.h"
#include "translator/book_builder.h"
#include "translator/overlay.h"

namespace signalbook {

inline std::shared_ptr<const Book> Build(const SmallData& data) {
  absl::StatusOr<BuiltBook> built = BuildBook(data.dir(), {});
  if (!built.ok()) ADD_FAILURE() << built.status();
  for (const Finding& finding : built->findings) ADD_FAILURE() << ToString(finding);
  return *Book::FromImage(built->image);
}

inline LocaleId Locale(const Book& book, std::string_view tag) {
  return *book.locales().Exact(tag);
}
inline KeyId Key(const Book& book, std::string_view sequence) {
  return book.emoji().Find(sequence)->key;
}

// "es 👍 text", "zh@CN 🇹🇼 text", "es 👍 !blocked": rows as a test writes them.
struct NameRow {
  const char* scope;
  const char* sequence;
  const char* text;
  const char* alternates = "";
};

inline OverlayName NameOf(const Book& book, const NameRow& row) {
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
inline std::shared_ptr<const Book> WithNames(const std::shared_ptr<const Book>& base,
                                             const std::vector<NameRow>& names) {
  OverlayRows rows;
  for (const NameRow& row : names) rows.names.push_back(NameOf(*base, row));
  std::vector<std::string> ignored;
  std::shared_ptr<const Book> book = WithOverlay(base, rows, &ignored);
  EXPECT_THAT(ignored, testing::IsEmpty());
  return book;
}

inline std::string Told(const Book& book, const std::optional<Rendering>& row) {
  if (!row) return "none";
  const std::string where(book.locales().tag(row->locale));
  if (row->blocked) return "blocked|" + std::string(row->source) + "|" + where;
  return std::string(row->text) + "|" + std::string(row->source) + "|" + where;
}

// "text|source|locale" of what a scope calls a sequence; "blocked|…", "none".
inline std::string Look(const Book& book, const std::string& scope, std::string_view sequence) {
  const size_t at = scope.find('@');
  const MarketId market = at == std::string::npos ? kNoMarket : *book.Market(scope.substr(at + 1));
  return Told(book, book.Find(Locale(book, scope.substr(0, at)), Key(book, sequence), market));
}

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_TRANSLATOR_OVERLAY_SUPPORT_H_
