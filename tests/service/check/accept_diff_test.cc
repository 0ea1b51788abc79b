#include "service/check/accept_diff.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace signalbook::check {
namespace {

using Kind = BaselineChange::Kind;

BaselineChange Change(Kind kind, std::string rule) {
  return {.kind = kind, .key = {std::move(rule), "es", "1F600", "0123456789abcdef"}};
}

TEST(AcceptDiff, ShowsEachChange) {
  BaselineChange finding = Change(Kind::kAdded, "law/copy");
  finding.message = "a COPY is\nits source";
  finding.after = "Quiero \x1B🇨🇦";
  finding.file = "a.tsv";
  finding.line = 3;
  BaselineChange changed = Change(Kind::kChanged, "output");
  changed.before = "antes ";
  changed.file = "a.tsv";
  changed.line = 4;
  BaselineChange gone = Change(Kind::kObsolete, "output");
  gone.before = "nunca";
  struct Row {
    const char* description;
    std::vector<BaselineChange> changes;
    size_t most;
    const char* text;
  };
  const Row kRows[] = {
      {"nothing", {}, 10, "nothing to accept\n"},
      {"a finding, its message and texts on one line each, escaped",
       {finding},
       10,
       "a.tsv:3: added law/copy es 1F600 0123456789abcdef\n"
       "  a COPY is\\x0Aits source\n"
       "  + \"Quiero \\x1B🇨🇦 [U+1F1E8 U+1F1E6]\"\n\n"
       "1 added\n"},
      {"a translation where none was",
       {Change(Kind::kAdded, "output")},
       10,
       "added output es 1F600 0123456789abcdef\n  + \"\"\n\n1 added\n"},
      {"a translation that is empty now",
       {changed},
       10,
       "a.tsv:4: changed output es 1F600 0123456789abcdef\n"
       "  - \"antes \"\n  + \"\"\n\n"
       "1 changed\n"},
      {"a row without a case",
       {gone, Change(Kind::kObsolete, "law/copy")},
       10,
       "obsolete output es 1F600 0123456789abcdef\n  - \"nunca\"\n\n"
       "obsolete law/copy es 1F600 0123456789abcdef\n\n"
       "2 obsolete\n"},
      {"a finding that came back has no text from before",
       {Change(Kind::kRevived, "law/copy")},
       10,
       "revived law/copy es 1F600 0123456789abcdef\n  + \"\"\n\n1 revived\n"},
      {"more than is shown, all of it counted",
       {finding, changed, Change(Kind::kRevived, "x"), gone, gone},
       1,
       "a.tsv:3: added law/copy es 1F600 0123456789abcdef\n"
       "  a COPY is\\x0Aits source\n"
       "  + \"Quiero \\x1B🇨🇦 [U+1F1E8 U+1F1E6]\"\n\n"
       "and 4 more\n\n"
       "1 added, 1 changed, 1 revived, 2 obsolete\n"},
      {"none shown", {gone}, 0, "and 1 more\n\n1 obsolete\n"},
  };
  for (const Row& row : kRows) {
    EXPECT_EQ(DiffText(row.changes, row.most), row.text) << row.description;
  }
}

}  // namespace
}  // namespace signalbook::check
