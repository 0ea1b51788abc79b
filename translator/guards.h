// Guarded concepts: what a translation may speak of only if the source does — prison, arrest,
// death. The patterns are rows of data/guards/, one table per locale.
//
// A pattern is RE2 syntax, ignores case, and matches whole words where the locale's script
// separates words by spaces ("die" is not in "diet"), anywhere in the text where it does not (Han,
// Thai …). It is matched against Guards::Normalize: 𝐩𝐫𝐢𝐬𝐨𝐧 and ｐｒｉｓｏｎ are "prison", ’ is ', and all
// other punctuation outside ASCII is a space. The pattern is taken in NFKC too. \pL and \pM both mean: a
// letter, mark or digit. A locale's rows add to those of the locales it inherits
// from: es-AR has its own and es's; root.tsv holds for all, and its patterns match within words too.
//
// A row of "~death" only licenses: in a source it speaks of death, in a candidate it is not looked for.
// So a source may be read generously ("she is gone") and a candidate strictly. A concept may license
// others besides (data/concepts.tsv): a source that speaks of killing may become one that speaks of
// death.
//
// Thread rule: safe from many threads after Create; a table is compiled when it is first needed. Cost: one DFA pass per table of the
// chain; memory bounded by RE2's budget (kGuardMemory per table).
#ifndef SIGNALBOOK_TRANSLATOR_GUARDS_H_
#define SIGNALBOOK_TRANSLATOR_GUARDS_H_

#include <bitset>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "re2/set.h"
#include "translator/book.h"
#include "translator/locale.h"

namespace signalbook {

inline constexpr size_t kMaxGuardConcepts = 64;
inline constexpr int64_t kGuardMemory = int64_t{16} << 20;
// Before a concept's name: the row only licenses.
inline constexpr std::string_view kOnlyLicenses = "~";

class Guards {
 public:
  using Concepts = std::bitset<kMaxGuardConcepts>;

  // InvalidArgument names the locale and concept of a row, when the locale is unknown or `concepts` lacks
  // the concept, and more concepts than the limit. Compiles nothing. `locales` must outlive the result.
  static absl::StatusOr<Guards> Create(const std::vector<GuardConcept>& concepts,
                                       const std::vector<GuardRule>& rules,
                                       const LocaleTable& locales);

  // Compiles every table now instead of when it is first needed (some 70 ms each). InvalidArgument names a
  // row whose pattern is not RE2, or a table over kGuardMemory.
  absl::Status Prepare() const;

  // False when no table stands on the locale's chain; the root's does not count.
  bool Covers(LocaleId locale) const;
  // Locales that have a table of their own, ascending.
  std::vector<LocaleId> Tables() const;
  // The concepts that `text` (as Normalize gives it) speaks of, by the tables of `locale`'s chain.
  // ResourceExhausted when RE2 ran out of memory, InvalidArgument as Prepare says; both leave the question
  // open: deny.
  absl::StatusOr<Concepts> Find(LocaleId locale, std::string_view text) const;
  // Those that a source of this text licenses: Find, the rows that only license, and what either
  // licenses besides; nothing blocked.
  absl::StatusOr<Concepts> FindLicences(LocaleId locale, std::string_view text) const;

  // Whether a row of `concept_name` ("arrest", or "~arrest", which only licenses) does in `text` (valid UTF-8,
  // not normalized) what it is there for: how its examples are judged. False when the question stays open.
  bool Finds(LocaleId locale, std::string_view concept_name, std::string_view text) const;

  const std::string& name(size_t concept_index) const { return concepts_[concept_index].name; }
  ConceptKind kind(size_t concept_index) const { return concepts_[concept_index].kind; }
  std::string Names(const Concepts& concepts) const;  // "arrest death"; "none"

  // The form that patterns are matched against. Needs valid UTF-8. The result refers to `text` if that
  // is ASCII, else to `buffer`.
  static std::string_view Normalize(std::string_view text, std::string* buffer);

 private:
  struct Concept {
    std::string name;
    ConceptKind kind;
    Concepts licenses;  // besides itself
  };
  struct Row {
    size_t concept_index;
    bool only_licenses;
    std::string pattern;
  };
  struct Table {
    std::vector<Row> rows;
    // Set by Compiled, once.
    std::once_flag once;
    absl::Status status;
    std::unique_ptr<RE2::Set> patterns;  // one for each row
  };
  Guards() = default;

  void Compile(LocaleId locale, Table* table) const;
  const Table& Compiled(LocaleId locale) const;
  std::optional<size_t> IndexOf(std::string_view name) const;
  absl::StatusOr<Concepts> Match(LocaleId locale, std::string_view text, bool licences) const;

  const LocaleTable* locales_ = nullptr;
  std::vector<Concept> concepts_;
  absl::flat_hash_map<LocaleId, std::unique_ptr<Table>> tables_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_GUARDS_H_
