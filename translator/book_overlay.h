// What lies on top of a book, laid out for look-ups. For book.cc, and for overlay.cc, which fills it.
//
// Everything a Book gives out refers to strings in here that stay where they are: maps of nodes.
#ifndef SIGNALBOOK_TRANSLATOR_BOOK_OVERLAY_H_
#define SIGNALBOOK_TRANSLATOR_BOOK_OVERLAY_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "translator/book.h"
#include "translator/emoji.h"
#include "translator/locale.h"

namespace signalbook {

struct BookOverlay {
  struct Name {
    std::string text;  // empty when blocked
    std::string alternates;
    std::string_view source;
    bool blocked = false;
    bool sensitive = false;

    Rendering AsRendering(LocaleId locale) const {
      return {.text = text,
              .source = source,
              .locale = locale,
              .blocked = blocked,
              .alternates = alternates,
              .sensitive = sensitive};
    }
  };
  // The rows of one sequence that take the place of the file's; nullopt: there is none.
  using Names = std::map<LocaleId, std::optional<Name>>;

  // Null when the file has all there is of the sequence.
  const Names* NamesOf(KeyId key) const {
    const auto found = names.find(key);
    return found == names.end() ? nullptr : &found->second;
  }

  absl::flat_hash_map<KeyId, Names> names;
  std::map<std::tuple<MarketId, LocaleId, KeyId>, Name> market_names;
  std::vector<std::string> market_sources;  // by MarketId: "moderated/CN"
  // From, to and key.
  struct PhraseOrder {
    using is_transparent = void;
    using Place = std::tuple<LocaleId, LocaleId, std::string_view>;
    bool operator()(const Place& a, const Place& b) const { return a < b; }
  };
  // nullopt: removed.
  std::map<std::tuple<LocaleId, LocaleId, std::string>, std::optional<std::string>, PhraseOrder>
      phrases;
  size_t longest_phrase = 0;  // of those, in words
  std::set<std::tuple<std::string, std::string, std::string>> added_guards;

  // With those of the file.
  std::vector<LocaleId> named_locales;
  std::vector<std::pair<LocaleId, LocaleId>> phrase_pairs;
  std::vector<GuardRule> guards;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_BOOK_OVERLAY_H_
