// Lays a finished dictionary out as a book file (book_format.h). What the rows should be is
// book_builder.h's concern; here they only become bytes.
//
// Thread rule: a pure function.
#ifndef SIGNALBOOK_TRANSLATOR_BOOK_WRITER_H_
#define SIGNALBOOK_TRANSLATOR_BOOK_WRITER_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "translator/book.h"
#include "translator/emoji.h"
#include "translator/locale.h"

namespace signalbook {

struct BookContent {
  struct Key {  // by KeyId
    std::string sequence;
    std::string fully_qualified;
    std::string version;
    std::string group;
    EmojiKind kind = EmojiKind::kBasic;
    EmojiStatus status = EmojiStatus::kRgi;
  };
  // No text and not blocked: the row adds alternates to an inherited name.
  struct Row {
    KeyId key = kNoKey;
    std::string text;
    std::string alternates;
    std::string source;
    bool blocked = false;
    bool sensitive = false;
  };
  struct Locale {  // by LocaleId
    LocaleId parent = kRootLocale;
    std::vector<Row> rows;  // ascending by key, each key once
    std::array<std::string, kJoinCount> joins;
    std::array<LocaleId, kJoinCount> join_locales{};
  };
  struct Concept {
    std::string name;
    ConceptKind kind = ConceptKind::kConcept;
    std::string also_licenses;
  };
  struct Guard {
    std::string locale, concept_name, pattern;
  };
  struct ProtectedRule {
    std::string name, pattern;
  };
  struct NumberWord {
    LocaleId locale = kRootLocale;
    std::string value, word;
  };
  struct ForbiddenTerm {
    LocaleId locale = kRootLocale;
    std::string scope, pattern, reason;
  };

  struct Market {
    struct MarketRow {
      LocaleId locale = kRootLocale;
      Row row;  // its source is the market's own
    };
    std::string name;
    std::vector<MarketRow> rows;  // ascending by locale and key, each once
  };
  struct Phrase {
    LocaleId from = kRootLocale;  // root: a punctuation mark
    LocaleId to = kRootLocale;
    std::string key, text;
  };

  struct Code {
    Dialect dialect = Dialect::kGithub;
    std::string text;
    KeyId key = kNoKey;
  };

  struct Lexicon {
    LocaleId from = kRootLocale;
    LocaleId to = kRootLocale;
    std::string image;
  };

  std::string name;
  std::string version;
  std::string emoji_table;   // image
  std::string locale_table;  // image
  std::vector<Key> keys;
  std::vector<Locale> locales;
  std::vector<Concept> concepts;  // ascending by name
  std::vector<Guard> guards;
  std::vector<ProtectedRule> protected_rules;
  std::vector<NumberWord> number_words;
  std::vector<ForbiddenTerm> forbidden;
  std::vector<Market> markets;  // ascending by name
  std::vector<Phrase> phrases;  // ascending by from, to, key, each once
  std::vector<Code> codes;      // ascending by dialect and text, each once
  std::vector<Lexicon> lexicons;
};

// Same content → same bytes. InvalidArgument when the name or version is longer than 63 bytes, a
// string is longer than 65535, or there are more than 256 sources.
absl::StatusOr<std::string> WriteBook(const BookContent& content);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_BOOK_WRITER_H_
