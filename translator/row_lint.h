// Judges one row that somebody proposes, with the rules of `signalbook book lint` (lint.h), against a book
// instead of a folder of tables.
//
// Thread rule: immutable after construction; safe from many threads.
#ifndef SIGNALBOOK_TRANSLATOR_ROW_LINT_H_
#define SIGNALBOOK_TRANSLATOR_ROW_LINT_H_

#include <string>
#include <string_view>
#include <vector>

#include "translator/book.h"
#include "translator/lint.h"

namespace signalbook {

struct RowFinding {
  std::string rule;  // one of LintRules()
  Severity severity = Severity::kError;
  std::string message;  // for people; which text it is about, never the text itself
  bool operator==(const RowFinding&) const = default;
};

// A name of `key` in `locale`, before it is in the book: CheckText of the text and of each alternate, the
// terms of forbidden.tsv for both, every other rule of LintNames that can be asked of one row, and whether
// another sequence has this name in the locale already. A blocked row has nothing to judge. Looks at every
// sequence of the locale: about a third of a millisecond.
std::vector<RowFinding> LintName(const Book& book, LocaleId locale, KeyId key,
                                 std::string_view text, const std::vector<std::string>& alternates);
// A phrase and its translation: the key must be what PhraseKey gives, both what CheckText accepts. From root
// a mark, which is no phrase, and whose text may be empty.
std::vector<RowFinding> LintPhrase(const Book& book, LocaleId from, LocaleId to,
                                   std::string_view key, std::string_view text);
// A guard pattern: CheckPattern, a known concept, found in every text of `matches` (of which there must be one)
// and in none of `does_not_match`, as Guards matches it in the locale ("root" too). Other rows of the concept do
// not count.
std::vector<RowFinding> LintGuard(const Book& book, std::string_view locale,
                                  std::string_view concept_name, std::string_view pattern,
                                  const std::vector<std::string>& matches,
                                  const std::vector<std::string>& does_not_match);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_ROW_LINT_H_
