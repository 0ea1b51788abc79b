// Guarded concepts: what a translation may speak of only if the source does — prison, arrest,
// death. The patterns are rows of data/guards/, one table per locale.
//
// A pattern is RE2 syntax, ignores case, and matches whole words where the locale's script
// separates words by spaces ("die" is not in "diet"), anywhere in the text where it does not (Han,
// Thai …). It is matched against Guards::Normalize: 𝐩𝐫𝐢𝐬𝐨𝐧 and ｐｒｉｓｏｎ are "prison", ’ is ', and all
// other punctuation outside ASCII is a space. A locale's rows add to those of the locales it inherits
// from: es-AR has its own and es's; und.tsv holds for all.
//
// A row of "~death" only licenses: in a source it speaks of death, in a candidate it is not looked for.
// So a source may be read generously ("she is gone") and a candidate strictly. Two names are no
// concepts: what "blocked" matches is never licensed, and "chatter" is a language model that speaks
// for itself.
//
// Thread rule: immutable after Create, safe from many threads. Cost: one DFA pass per table of the
// chain; memory bounded by RE2's budget (kGuardMemory per table).
#ifndef SIGNALBOOK_TRANSLATOR_GUARDS_H_
#define SIGNALBOOK_TRANSLATOR_GUARDS_H_

#include <bitset>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "re2/set.h"
#include "translator/book.h"
#include "translator/locale.h"

namespace signalbook {

inline constexpr size_t kMaxGuardConcepts = 64;
inline constexpr int64_t kGuardMemory = int64_t{16} << 20;

class Guards {
 public:
  using Concepts = std::bitset<kMaxGuardConcepts>;
  enum class Kind : uint8_t { kConcept, kBlocked, kChatter };

  // InvalidArgument names the locale and concept of a row whose pattern does not compile or matches
  // the empty text, and a table over the limits. `locales` must outlive the result.
  static absl::StatusOr<Guards> Create(const std::vector<GuardRule>& rules,
                                       const LocaleTable& locales);

  // False when no table stands on the locale's chain; the root's does not count.
  bool Covers(LocaleId locale) const;
  // Locales that have a table of their own, ascending.
  std::vector<LocaleId> Tables() const;
  // The concepts that `text` (as Normalize gives it) speaks of, by the tables of `locale`'s chain.
  // ResourceExhausted when RE2 ran out of memory, which leaves the question open: deny.
  absl::StatusOr<Concepts> Find(LocaleId locale, std::string_view text) const;
  // Those that a source of this text licenses: Find, the rows that only license, nothing blocked.
  absl::StatusOr<Concepts> FindLicences(LocaleId locale, std::string_view text) const;

  const std::string& name(size_t concept_index) const { return names_[concept_index]; }
  Kind kind(size_t concept_index) const { return kinds_[concept_index]; }
  std::string Names(const Concepts& concepts) const;  // "arrest death"; "none"

  // The form that patterns are matched against. Needs valid UTF-8. The result refers to `text` if that
  // is ASCII, else to `buffer`.
  static std::string_view Normalize(std::string_view text, std::string* buffer);

 private:
  struct Table {
    std::unique_ptr<RE2::Set> patterns;
    std::vector<size_t> concepts;     // of each pattern
    std::vector<bool> only_licenses;  // whether it does
  };
  Guards() = default;

  absl::StatusOr<Concepts> Match(LocaleId locale, std::string_view text, bool licences) const;

  const LocaleTable* locales_ = nullptr;
  std::vector<std::string> names_;
  std::vector<Kind> kinds_;
  absl::flat_hash_map<LocaleId, Table> tables_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_GUARDS_H_
