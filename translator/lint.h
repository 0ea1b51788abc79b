// Judges the tables as a whole: what no single cell shows. `signalbook book lint`.
//
// What is wrong with a row is an error and stops a build; what is only doubtful is a warning, and one
// that people have looked at is acknowledged in data/lint.tsv, with the reason. Findings about a table
// of CLDR, which nobody edits here, are one a table and rule, with the count and the first rows.
//
// Thread rule: pure functions.
#ifndef SIGNALBOOK_TRANSLATOR_LINT_H_
#define SIGNALBOOK_TRANSLATOR_LINT_H_

#include <string>
#include <string_view>
#include <vector>

#include "translator/book_builder.h"
#include "translator/book_tables.h"
#include "translator/locale.h"

namespace signalbook {

enum class Severity : uint8_t { kError, kWarning };

struct LintRule {
  std::string_view id;
  Severity severity;
  std::string_view what;  // "holds a control or private-use character"
};

// Every rule that a finding may name, ascending by id.
const std::vector<LintRule>& LintRules();
// nullptr when there is no such rule.
const LintRule* FindLintRule(std::string_view id);

// Adds errors and warnings about names to `findings`.
void LintNames(const BookTables& tables, const LocaleTable& locales,
               std::vector<Finding>* findings);

// Splits findings: errors, warnings, and how many warnings were acknowledged. An acknowledgement of
// nothing is a warning itself.
struct Judgement {
  std::vector<Finding> errors;
  std::vector<Finding> warnings;
  int acknowledged = 0;
};
Judgement Judge(std::vector<Finding> findings, const std::vector<Acknowledgement>& known);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_LINT_H_
