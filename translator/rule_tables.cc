#include "translator/rule_tables.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "translator/book_lint.h"
#include "translator/guards.h"
#include "translator/numbers.h"
#include "translator/segment.h"

namespace signalbook {
namespace {

class RuleReader {
 public:
  RuleReader(TableReader& in, BookTables& out) : in_(in), out_(out) {}

  absl::Status Read() {
    if (absl::Status status = ReadConcepts(); !status.ok()) return status;
    for (const std::string& file : in_.TablesIn("guards")) {
      const std::optional<LocaleId> locale = in_.LocaleOfFile(file);
      if (!locale) continue;
      if (absl::Status status = ReadGuards(file, *locale); !status.ok()) return status;
    }
    CheckGuardExamples();
    if (absl::Status status = ReadNumbers(); !status.ok()) return status;
    return ReadProtected();
  }

 private:
  absl::Status ReadConcepts();
  absl::Status ReadGuards(const std::string& file, LocaleId locale);
  bool IsConcept(std::string_view name) const;
  void CheckConcepts(const std::string& file, const Tsv& tsv);
  absl::Status ReadNumbers();
  absl::Status ReadProtected();
  void CheckGuardExamples();
  void CheckExamples(const std::string& file, int line, std::string_view name,
                     std::string_view matches, std::string_view does_not_match,
                     absl::FunctionRef<bool(std::string_view)> is_found);

  struct GuardExamples {
    std::string file;
    int line;
    LocaleId locale;
    std::string concept_name, matches, does_not_match;
  };

  TableReader& in_;
  BookTables& out_;
  std::vector<GuardExamples> guard_examples_;
};

absl::Status RuleReader::ReadConcepts() {
  const std::string file = "concepts.tsv";
  absl::StatusOr<Tsv> tsv = in_.ReadTable(file, 4);
  if (absl::IsNotFound(tsv.status())) return absl::OkStatus();
  if (!tsv.ok()) return tsv.status();
  for (const std::vector<std::string>& row : tsv->rows) {
    out_.concepts.push_back(
        {row[0], ParseConceptKind(row[1]).value_or(ConceptKind::kConcept), row[2]});
  }
  for (size_t i = 0; i < tsv->rows.size(); ++i) {
    const std::vector<std::string>& row = tsv->rows[i];
    const int line = tsv->lines[i];
    if (row[0].empty()) in_.Report(file, line, "empty", "the concept is empty");
    if (row[3].empty()) in_.Report(file, line, "unreasoned", row[0] + " needs a meaning");
    if (!ParseConceptKind(row[1])) {
      in_.Report(file, line, "unknown-concept", row[1] + " is no kind of concept");
    }
    if (i > 0 && row[0] == tsv->rows[i - 1][0]) {
      in_.Report(file, line, "duplicate-key", row[0] + " stands twice");
    }
    for (const std::string_view other : Values(row[2])) {
      if (IsConcept(other)) continue;
      in_.Report(file, line, "unknown-concept", absl::StrCat(std::string(other), " has no row"));
    }
  }
  return absl::OkStatus();
}

bool RuleReader::IsConcept(std::string_view name) const {
  return std::any_of(out_.concepts.begin(), out_.concepts.end(),
                     [&](const BookContent::Concept& row) { return row.name == name; });
}

// A table that lacked a concept would let it through. That of the root adds to all others.
void RuleReader::CheckConcepts(const std::string& file, const Tsv& tsv) {
  std::set<std::string_view> names;
  for (const std::vector<std::string>& row : tsv.rows) names.insert(row[0]);
  for (const BookContent::Concept& row : out_.concepts) {
    if (row.kind == ConceptKind::kBlocked || names.contains(row.name)) continue;
    in_.Report(file, 0, "missing-concept", "no pattern for " + row.name);
  }
}

absl::Status RuleReader::ReadGuards(const std::string& file, LocaleId locale) {
  absl::StatusOr<Tsv> tsv = in_.ReadTable(file, 4);
  if (!tsv.ok()) return tsv.status();
  for (size_t i = 0; i < tsv->rows.size(); ++i) {
    const std::vector<std::string>& row = tsv->rows[i];
    const int line = tsv->lines[i];
    std::string_view name = row[0];
    if (name.substr(0, 1) == kOnlyLicenses) name.remove_prefix(1);
    if (!IsConcept(name)) {
      in_.Report(file, line, "unknown-concept", row[0] + " is not in data/concepts.tsv");
      continue;
    }
    if (const std::optional<Objection> objection = CheckPattern(row[1])) {
      in_.Report(file, line, objection->rule, absl::StrCat(row[0], ": ", objection->message));
    }
    if (i > 0 && row == tsv->rows[i - 1]) {
      in_.Report(file, line, "duplicate-key", absl::StrCat(row[0], " stands twice"));
    }
    out_.guards.push_back({std::string(in_.locales().tag(locale)), row[0], row[1]});
    guard_examples_.push_back({file, line, locale, row[0], row[2], row[3]});
  }
  // What inherits a table may add to it alone.
  if (in_.locales().parent(locale) == kRootLocale && locale != kRootLocale) {
    CheckConcepts(file, *tsv);
  }
  return absl::OkStatus();
}

// The examples are judged by the gate's own guards: what passes here is what the service will do.
void RuleReader::CheckGuardExamples() {
  std::vector<GuardConcept> concepts;
  for (const BookContent::Concept& row : out_.concepts) {
    concepts.push_back({row.name, row.kind, row.also_licenses});
  }
  std::vector<GuardRule> rules;
  for (const BookContent::Guard& guard : out_.guards) {
    rules.push_back({guard.locale, guard.concept_name, guard.pattern});
  }
  const absl::StatusOr<Guards> guards = Guards::Create(concepts, rules, in_.locales());
  const absl::Status status = guards.ok() ? guards->Prepare() : guards.status();
  if (!status.ok()) {
    // A pattern that does not compile has been reported where it stands.
    if (!in_.HasErrors()) in_.Report("guards", 0, "guards", std::string(status.message()));
    return;
  }
  for (const GuardExamples& row : guard_examples_) {
    CheckExamples(row.file, row.line, row.concept_name, row.matches, row.does_not_match,
                  [&](std::string_view example) {
                    return guards->Finds(row.locale, row.concept_name, example);
                  });
  }
}

absl::Status RuleReader::ReadNumbers() {
  const std::string file = "numbers.tsv";
  absl::StatusOr<Tsv> tsv = in_.ReadTable(file, 3);
  if (absl::IsNotFound(tsv.status())) return absl::OkStatus();
  if (!tsv.ok()) return tsv.status();
  for (size_t i = 0; i < tsv->rows.size(); ++i) {
    const std::vector<std::string>& row = tsv->rows[i];
    const int line = tsv->lines[i];
    const std::optional<LocaleId> locale = in_.LocaleOfRow(file, line, row[0]);
    int64_t value = 0;
    if (row[1] != kHalfValue && (!absl::SimpleAtoi(row[1], &value) || value < 0)) {
      in_.Report(file, line, "number", row[1] + " is neither a whole number nor \"half\"");
    }
    in_.CheckCell(file, line, row[2]);
    if (i > 0 && row == tsv->rows[i - 1]) {
      in_.Report(file, line, "duplicate-key", row[2] + " stands twice");
    }
    if (locale) out_.number_words.push_back({*locale, row[1], row[2]});
  }
  return absl::OkStatus();
}

absl::Status RuleReader::ReadProtected() {
  const std::string file = "protected.tsv";
  absl::StatusOr<Tsv> tsv = in_.ReadTable(file, 4, TableReader::Order::kAsWritten);
  if (absl::IsNotFound(tsv.status())) return absl::OkStatus();
  if (!tsv.ok()) return tsv.status();
  std::set<std::string_view> names;
  for (size_t i = 0; i < tsv->rows.size(); ++i) {
    const std::vector<std::string>& row = tsv->rows[i];
    const int line = tsv->lines[i];
    if (row[0].empty()) in_.Report(file, line, "empty", "the rule has no name");
    if (!names.insert(row[0]).second) {
      in_.Report(file, line, "duplicate-key", absl::StrCat(row[0], " stands twice"));
    }
    const absl::StatusOr<Protector> protector = Protector::Create({{row[0], row[1]}});
    if (!protector.ok()) {
      in_.Report(file, line, "pattern", std::string(protector.status().message()));
    } else {
      CheckExamples(file, line, row[0], row[2], row[3],
                    [&](std::string_view example) { return !protector->Find(example).empty(); });
    }
    out_.protected_rules.push_back({row[0], row[1]});
  }
  return absl::OkStatus();
}

void RuleReader::CheckExamples(const std::string& file, int line, std::string_view name,
                               std::string_view matches, std::string_view does_not_match,
                               absl::FunctionRef<bool(std::string_view)> is_found) {
  for (const std::string_view example : Values(matches)) {
    if (is_found(example)) continue;
    in_.Report(file, line, "example",
               absl::StrCat(std::string(name), ": should match: ", std::string(example)));
  }
  for (const std::string_view example : Values(does_not_match)) {
    if (!is_found(example)) continue;
    in_.Report(file, line, "example",
               absl::StrCat(std::string(name), ": should not match: ", std::string(example)));
  }
}

}  // namespace

absl::Status ReadRuleTables(TableReader& in, BookTables* out) {
  return RuleReader(in, *out).Read();
}

}  // namespace signalbook
