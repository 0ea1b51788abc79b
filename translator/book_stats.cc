#include "translator/book_stats.h"

#include <algorithm>

namespace signalbook {

LocaleStats StatsOf(const Book& book, LocaleId locale) {
  LocaleStats stats{.locale = std::string(book.locales().tag(locale))};
  for (KeyId key = 0; key < book.key_count(); ++key) {
    const KeyInfo info = book.key(key);
    if (info.status != EmojiStatus::kRgi || info.kind == EmojiKind::kComponent) continue;
    const auto row = book.Find(locale, key);
    for (Count* count : {&stats.total, &stats.by_group[std::string(info.group)],
                         &stats.by_version[std::string(info.version)]}) {
      ++count->sequences;
      count->named += row && !row->blocked;
      count->blocked += row && row->blocked;
    }
    if (!row) {
      stats.missing.push_back(KeyOf(info.sequence));
    } else if (!row->blocked) {
      ++stats.by_provenance[std::string(row->source)];
    }
  }
  std::sort(stats.missing.begin(), stats.missing.end());
  return stats;
}

std::vector<LocaleStats> StatsOf(const Book& book) {
  std::vector<LocaleStats> all;
  for (const LocaleId locale : book.NamedLocales()) all.push_back(StatsOf(book, locale));
  std::sort(all.begin(), all.end(),
            [](const LocaleStats& a, const LocaleStats& b) { return a.locale < b.locale; });
  return all;
}

}  // namespace signalbook
