// The rules about one name of one sequence in one locale, for tables (lint.h) and for rows that somebody
// proposes (row_lint.h). The ids are those of LintRules(); what no text may hold is book_lint.h's.
//
// Thread rule: pure functions; NameRules is immutable after construction.
#ifndef SIGNALBOOK_TRANSLATOR_NAME_RULES_H_
#define SIGNALBOOK_TRANSLATOR_NAME_RULES_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "translator/book.h"
#include "translator/emoji.h"
#include "translator/locale.h"

namespace re2 {
class RE2;
}  // namespace re2

namespace signalbook {

// Told of each rule that is broken. `detail` is what the rule itself does not say: why a term is
// forbidden; mostly empty.
using RuleBroken = absl::FunctionRef<void(std::string_view rule, std::string_view detail)>;

class NameRules {
 public:
  // `is_known` says whether there is a sequence (U+FE0F removed). Terms whose pattern does not compile are
  // left out: a damaged book has such. What is passed must outlive the rules.
  NameRules(const LocaleTable& locales, const std::vector<ForbiddenTermRow>& forbidden,
            std::function<bool(std::string_view sequence)> is_known);
  ~NameRules();
  NameRules(const NameRules&) = delete;
  NameRules& operator=(const NameRules&) = delete;

  // formula, missing-part, trailing-colon, placeholder, several-names, names-itself, unbalanced, script,
  // forbidden. Precondition: `name` is not empty.
  void Judge(std::string_view name, LocaleId locale, const KeyInfo& key, RuleBroken broken) const;
  // Those that hold for alternates as well: several-names, forbidden.
  void JudgeAlternate(std::string_view name, LocaleId locale, const KeyInfo& key,
                      RuleBroken broken) const;

 private:
  void JudgeTerms(std::string_view name, LocaleId locale, const KeyInfo& key,
                  RuleBroken broken) const;
  bool IsBelow(LocaleId locale, LocaleId ancestor) const;
  bool IsInScope(const KeyInfo& key, std::string_view scope) const;
  bool IsNeutralPerson(std::string_view sequence) const;

  const LocaleTable& locales_;
  const std::function<bool(std::string_view)> is_known_;
  std::vector<std::pair<ForbiddenTermRow, std::unique_ptr<re2::RE2>>> forbidden_;
};

// The flag of a region or of a part of one.
bool IsFlag(EmojiKind kind);

// England, Scotland and Wales are not the United Kingdom. part-is-whole; `kingdom` is what that is called.
inline constexpr std::string_view kUnitedKingdom = "\U0001F1EC\U0001F1E7";
bool IsPartCalledWhole(const KeyInfo& key, std::string_view name, std::string_view kingdom);

// Whether a name may be the English one: "en", "en-GB". For all others same-as-english.
bool IsEnglish(std::string_view tag);

// A family is a sequence and what its skin tones make of it. The sequence without them, which go to `tones`
// if it is not null.
std::string WithoutTones(std::string_view sequence, std::string* tones = nullptr);
// How the tones of a variant are said: what its name has behind that of its base. nullopt when it does not
// begin with that: base-not-prefix.
std::optional<std::string_view> ToneWording(std::string_view name, std::string_view base);
// tone-wording, when not: `count` variants of the `all` with these tones in the locale say it like this.
bool IsUsualWording(int count, int all);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_NAME_RULES_H_
