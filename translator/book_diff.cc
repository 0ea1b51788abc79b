#include "translator/book_diff.h"

#include <map>
#include <utility>

namespace signalbook {
namespace {

struct Entry {
  std::string text;
  std::string source;
  std::string alternates;
  bool operator==(const Entry&) const = default;
};
using Entries = std::map<std::pair<std::string, std::string>, Entry>;

Entry EntryOf(const Rendering& row) {
  return {row.blocked        ? "!blocked"
          : row.text.empty() ? "="
                             : std::string(row.text),
          std::string(row.source), std::string(row.alternates)};
}

Entries EntriesOf(const Book& book) {
  Entries entries;
  const auto tag = [&](LocaleId locale) { return std::string(book.locales().tag(locale)); };
  std::vector<std::string> keys(book.key_count());
  for (KeyId key = 0; key < book.key_count(); ++key) keys[key] = KeyOf(book.key(key).sequence);
  for (const LocaleId locale : book.NamedLocales()) {
    for (KeyId key = 0; key < book.key_count(); ++key) {
      const auto row = book.OwnRow(locale, key);
      if (row) entries.emplace(std::pair(tag(locale), keys[key]), EntryOf(*row));
    }
  }
  const std::vector<std::string_view> markets = book.MarketNames();
  for (const Book::MarketRow& row : book.MarketRows()) {
    entries.emplace(
        std::pair(std::string(markets[row.market]) + "/" + tag(row.row.locale), keys[row.key]),
        EntryOf(row.row));
  }
  for (const auto& [key, row] : book.Phrases()) {
    entries.emplace(std::pair(tag(row.from) + "→" + tag(row.to), std::string(key)),
                    Entry{std::string(row.text), "phrases", ""});
  }
  return entries;
}

}  // namespace

std::vector<BookChange> DiffBooks(const Book& before, const Book& after) {
  const Entries old_entries = EntriesOf(before);
  const Entries new_entries = EntriesOf(after);
  std::vector<BookChange> changes;
  const auto add = [&](const std::pair<std::string, std::string>& place, const Entry& a,
                       const Entry& b) {
    changes.push_back({place.first, place.second, a.text, b.text, a.source, b.source,
                       a.alternates != b.alternates});
  };
  auto a = old_entries.begin();
  auto b = new_entries.begin();
  while (a != old_entries.end() || b != new_entries.end()) {
    if (b == new_entries.end() || (a != old_entries.end() && a->first < b->first)) {
      add(a->first, a->second, {});
      ++a;
    } else if (a == old_entries.end() || b->first < a->first) {
      add(b->first, {}, b->second);
      ++b;
    } else {
      if (a->second != b->second) add(a->first, a->second, b->second);
      ++a;
      ++b;
    }
  }
  return changes;
}

}  // namespace signalbook
