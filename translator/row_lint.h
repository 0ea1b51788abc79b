// Judges one row that somebody proposes, with the rules of `signalbook book lint` (lint.h), against a book
// instead of a folder of tables.
//
// Thread rule: immutable after construction; safe from many threads.
#ifndef SIGNALBOOK_TRANSLATOR_ROW_LINT_H_
#define SIGNALBOOK_TRANSLATOR_ROW_LINT_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "translator/book.h"
#include "translator/lint.h"

namespace signalbook {

struct RowFinding {
  std::string rule;  // one of LintRules()
  Severity severity = Severity::kError;
  std::string message;  // for people
  bool operator==(const RowFinding&) const = default;
};

// A name of `key` in `locale`, before it is in the book: every rule of LintNames that can be asked of one row,
// CheckText of the text and of each alternate, the terms of forbidden.tsv, and whether another sequence has
// this name in the locale already. A blocked row has nothing to judge.
std::vector<RowFinding> LintName(const Book& book, LocaleId locale, KeyId key, std::string_view text,
                                 const std::vector<std::string>& alternates);
// A phrase and its translation: the key must be what PhraseKey gives, the text what CheckText accepts.
std::vector<RowFinding> LintPhrase(const Book& book, LocaleId from, LocaleId to,
                                   std::string_view key, std::string_view text);
// A guard pattern: CheckPattern, a known concept, found in every text of `matches` (of which there must be one)
// and in none of `does_not_match`, as Guards matches it in the locale.
std::vector<RowFinding> LintGuard(const Book& book, std::string_view locale,
                                  std::string_view concept_name, std::string_view pattern,
                                  const std::vector<std::string>& matches,
                                  const std::vector<std::string>& does_not_match);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_ROW_LINT_H_
