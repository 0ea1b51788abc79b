#include "translator/rule_tables.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "translator/book_lint.h"
#include "translator/guards.h"
#include "translator/segment.h"

namespace signalbook {
namespace {

class RuleReader {
 public:
  RuleReader(TableReader& in, BookTables& out) : in_(in), out_(out) {}

  absl::Status Read() {
    for (const std::string& file : in_.TablesIn("guards")) {
      const std::optional<LocaleId> locale = in_.LocaleOfFile(file);
      if (!locale) continue;
      if (absl::Status status = ReadGuards(file, *locale); !status.ok()) return status;
    }
    CheckGuardExamples();
    return ReadProtected();
  }

 private:
  absl::Status ReadGuards(const std::string& file, LocaleId locale);
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

absl::Status RuleReader::ReadGuards(const std::string& file, LocaleId locale) {
  absl::StatusOr<Tsv> tsv = in_.ReadTable(file, 4);
  if (!tsv.ok()) return tsv.status();
  for (size_t i = 0; i < tsv->rows.size(); ++i) {
    const std::vector<std::string>& row = tsv->rows[i];
    const int line = tsv->lines[i];
    if (row[0].empty()) in_.Report(file, line, "empty", "the concept is empty");
    if (const std::optional<Objection> objection = CheckPattern(row[1])) {
      in_.Report(file, line, objection->rule, absl::StrCat(row[0], ": ", objection->message));
    }
    if (i > 0 && row == tsv->rows[i - 1]) {
      in_.Report(file, line, "duplicate-key", absl::StrCat(row[0], " stands twice"));
    }
    out_.guards.push_back({std::string(in_.locales().tag(locale)), row[0], row[1]});
    guard_examples_.push_back({file, line, locale, row[0], row[2], row[3]});
  }
  return absl::OkStatus();
}

// The examples are judged by the gate's own guards: what passes here is what the service will do.
void RuleReader::CheckGuardExamples() {
  std::vector<GuardRule> rules;
  for (const BookContent::Guard& guard : out_.guards) {
    rules.push_back({guard.locale, guard.concept_name, guard.pattern});
  }
  const absl::StatusOr<Guards> guards = Guards::Create(rules, in_.locales());
  if (!guards.ok()) {
    // A pattern that does not compile has been reported where it stands.
    if (!in_.HasErrors()) in_.Report("guards", 0, "guards", std::string(guards.status().message()));
    return;
  }
  const auto speaks_of = [&](const GuardExamples& row, std::string_view example) {
    std::string buffer;
    const std::string_view text = Guards::Normalize(example, &buffer);
    std::string_view name = row.concept_name;
    const bool only_licenses = !name.empty() && name.front() == '~';
    if (only_licenses) name.remove_prefix(1);
    const absl::StatusOr<Guards::Concepts> found =
        only_licenses ? guards->FindLicences(row.locale, text) : guards->Find(row.locale, text);
    for (size_t i = 0; found.ok() && i < found->size(); ++i) {
      if (found->test(i) && guards->name(i) == name) return true;
    }
    return false;
  };
  for (const GuardExamples& row : guard_examples_) {
    CheckExamples(row.file, row.line, row.concept_name, row.matches, row.does_not_match,
                  [&](std::string_view example) { return speaks_of(row, example); });
  }
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
