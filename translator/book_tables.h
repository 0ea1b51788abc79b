// Reads data/ for the book builder: every table into memory, every defect of a row into a finding.
//
// Thread rule: a pure function of the folder.
#ifndef SIGNALBOOK_TRANSLATOR_BOOK_TABLES_H_
#define SIGNALBOOK_TRANSLATOR_BOOK_TABLES_H_

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "translator/book_builder.h"
#include "translator/book_writer.h"
#include "translator/compose.h"
#include "translator/locale.h"

namespace signalbook {

// All that the tables say in one locale, unresolved: a locale holds what differs from its parent.
struct LocaleFacts {
  struct Name {            // cldr/names: a label for search and speech
    std::string text;      // may be empty: inherited
    std::string keywords;  // may be empty: inherited
    int line = 0;
  };
  struct Place {       // cldr/territories, cldr/subdivisions: what a flag stands for
    std::string name;  // may be empty: inherited
    std::map<std::string, std::string> alternates;  // "short" → "US"
    int line = 0;
  };
  struct Curated {
    std::string text;
    std::string alternates;
    bool blocked = false;
    bool sensitive = false;  // its cell of that name is not empty
    int line = 0;
  };

  absl::flat_hash_map<KeyId, Name> names;
  absl::flat_hash_map<KeyId, Place> territories;
  absl::flat_hash_map<KeyId, Place> subdivisions;
  absl::flat_hash_map<KeyId, Curated> curated;
  std::array<std::optional<std::string>, kJoinCount> joins;
  Labels labels;  // own ones: cldr/labels.tsv, tones.tsv
};

// A row of data/lint.tsv: warnings of `rule` about `file` (which may end in *) are known.
struct Acknowledgement {
  std::string rule;
  std::string file;
  std::string reason;
  int line = 0;
};

struct BookTables {
  std::vector<BookContent::Key> keys;
  std::string emoji_table;                     // image
  std::string locale_table;                    // image
  std::map<std::string, LocaleFacts> locales;  // by tag; only those that some table speaks of
  std::vector<BookContent::Concept> concepts;
  std::vector<BookContent::Guard> guards;
  std::vector<BookContent::ForbiddenTerm> forbidden;
  std::vector<Acknowledgement> acknowledgements;
  std::vector<BookContent::ProtectedRule> protected_rules;
  std::vector<BookContent::NumberWord> number_words;
  std::vector<BookContent::Market> markets;
  std::vector<BookContent::Phrase> phrases;
  std::vector<BookContent::Code> codes;
  std::vector<BookContent::Lexicon> lexicons;
  // Provenance, with the version that the headers name: "cldr-48.2/annotations".
  std::string names_source;
  std::string territories_source;
  std::string subdivisions_source;
};

// NotFound when a required table is missing. When `findings` is not empty afterwards, the tables
// are incomplete and must not be built from.
absl::StatusOr<BookTables> ReadBookTables(const std::string& data_dir,
                                          std::vector<Finding>* findings);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_BOOK_TABLES_H_
