#include "translator/lint.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "translator/emoji.h"
#include "translator/name_rules.h"

namespace signalbook {
namespace {

constexpr size_t kShownRows = 3;

// One row under judgement.
struct Name {
  KeyId key;
  int line;
  const std::string* text;
};

// Findings about one file. A table of people gets one a row; a table of CLDR one a rule.
class FileFindings {
 public:
  FileFindings(std::string file, bool by_hand, std::vector<Finding>* findings)
      : file_(std::move(file)), by_hand_(by_hand), findings_(*findings) {}
  ~FileFindings() {
    for (const auto& [rule, rows] : rows_) {
      std::string message = absl::StrCat(rows.count, rows.count == 1 ? " row: " : " rows: ");
      absl::StrAppend(&message, rows.shown, rows.count > kShownRows ? ", …" : "");
      findings_.push_back({file_, rows.line, std::string(rule), std::move(message)});
    }
  }
  FileFindings(const FileFindings&) = delete;
  FileFindings& operator=(const FileFindings&) = delete;

  void Add(int line, std::string_view rule, const std::string& message) {
    const LintRule* known = FindLintRule(rule);
    // What is wrong is said row by row everywhere: it stops a build.
    if (by_hand_ || known == nullptr || known->severity == Severity::kError) {
      findings_.push_back({file_, line, std::string(rule), message});
      return;
    }
    Rows& rows = rows_[rule];
    if (rows.count == 0) rows.line = line;
    if (rows.count < kShownRows) {
      absl::StrAppend(&rows.shown, rows.count == 0 ? "" : ", ", message);
    }
    ++rows.count;
  }

 private:
  struct Rows {
    size_t count = 0;
    int line = 0;
    std::string shown;
  };
  const std::string file_;
  const bool by_hand_;
  std::vector<Finding>& findings_;
  std::map<std::string_view, Rows> rows_;
};

std::string Quoted(std::string_view text) { return absl::StrCat("'", std::string(text), "'"); }

std::vector<ForbiddenTermRow> ForbiddenOf(const BookTables& tables) {
  std::vector<ForbiddenTermRow> rows;
  for (const BookContent::ForbiddenTerm& term : tables.forbidden) {
    rows.push_back({term.locale, term.scope, term.pattern, term.reason});
  }
  return rows;
}

class Linter {
 public:
  Linter(const BookTables& tables, const LocaleTable& locales, std::vector<Finding>* findings)
      : tables_(tables),
        locales_(locales),
        findings_(findings),
        rules_(locales, ForbiddenOf(tables),
               [this](std::string_view sequence) { return ids_.contains(sequence); }) {
    for (size_t id = 0; id < tables.keys.size(); ++id) {
      ids_.emplace(tables.keys[id].sequence, static_cast<KeyId>(id));
    }
  }

  void Lint() {
    for (const auto& [tag, facts] : tables_.locales) {
      const std::optional<LocaleId> locale = locales_.Exact(tag);
      if (!locale) continue;
      LintLocale(tag, *locale, facts);
    }
  }

 private:
  void LintLocale(const std::string& tag, LocaleId locale, const LocaleFacts& facts) {
    std::vector<Name> curated;
    for (const auto& [key, row] : facts.curated) {
      if (!row.blocked) curated.push_back({key, row.line, &row.text});
    }
    std::vector<Name> names;
    for (const auto& [key, row] : facts.names) {
      if (!row.text.empty()) names.push_back({key, row.line, &row.text});
    }
    std::vector<Name> places;
    for (const auto& [key, row] : facts.territories) {
      if (!row.name.empty()) places.push_back({key, row.line, &row.name});
    }
    std::vector<Name> subdivisions;
    for (const auto& [key, row] : facts.subdivisions) {
      if (!row.name.empty()) subdivisions.push_back({key, row.line, &row.name});
    }
    LintFile("curated/" + tag + ".tsv", true, locale, &curated);
    LintFile("cldr/names/" + tag + ".tsv", false, locale, &names);
    LintFile("cldr/territories/" + tag + ".tsv", false, locale, &places);
    LintFile("cldr/subdivisions/" + tag + ".tsv", false, locale, &subdivisions);
    LintUnitedKingdom(tag, facts);
    LintAgainstLabels(tag, facts);
  }

  // What people approved for one sequence must not be what CLDR calls another one, which is served too.
  void LintAgainstLabels(const std::string& tag, const LocaleFacts& facts) {
    std::map<std::string_view, KeyId> labels;
    for (const auto& [key, row] : facts.names) {
      if (!row.text.empty() && !facts.curated.contains(key)) labels.emplace(row.text, key);
    }
    for (const auto& [key, row] : facts.curated) {
      const auto other = row.blocked ? labels.end() : labels.find(row.text);
      if (other == labels.end()) continue;
      findings_->push_back(
          {"curated/" + tag + ".tsv", row.line, "duplicate-name",
           absl::StrCat(Quoted(row.text), " is what CLDR calls ", KeyText(other->second))});
    }
  }

  void LintFile(const std::string& file, bool by_hand, LocaleId locale, std::vector<Name>* names) {
    if (names->empty()) return;
    std::sort(names->begin(), names->end(),
              [](const Name& a, const Name& b) { return a.line < b.line; });
    FileFindings out(file, by_hand, findings_);
    std::map<std::string_view, const Name*> seen;
    for (const Name& name : *names) {
      LintText(name, locale, &out);
      const auto [other, added] = seen.emplace(*name.text, &name);
      if (!added) {
        out.Add(name.line, by_hand ? "duplicate-name" : "duplicate-label",
                absl::StrCat(Quoted(*name.text), " is also ", KeyText(other->second->key)));
      }
    }
    if (!by_hand) LintFamilies(*names, &out);
    if (!by_hand) LintEnglish(locale, *names, &out);
  }

  void LintText(const Name& name, LocaleId locale, FileFindings* out) const {
    rules_.Judge(
        *name.text, locale, InfoOf(name.key), [&](std::string_view rule, std::string_view detail) {
          out->Add(
              name.line, rule,
              absl::StrCat(Quoted(*name.text), detail.empty() ? "" : ": ", std::string(detail)));
        });
  }

  void LintUnitedKingdom(const std::string& tag, const LocaleFacts& facts) {
    const auto kingdom = ids_.find(kUnitedKingdom);
    if (kingdom == ids_.end()) return;
    const auto name = facts.territories.find(kingdom->second);
    if (name == facts.territories.end()) return;
    for (const auto& [key, place] : facts.subdivisions) {
      if (IsPartCalledWhole(InfoOf(key), place.name, name->second.name)) {
        findings_->push_back({"cldr/subdivisions/" + tag + ".tsv", place.line, "part-is-whole",
                              absl::StrCat(Quoted(place.name), " is the United Kingdom")});
      }
    }
  }

  void LintFamilies(const std::vector<Name>& names, FileFindings* out) const {
    std::map<std::string_view, const Name*> by_sequence;
    for (const Name& name : names) by_sequence.emplace(tables_.keys[name.key].sequence, &name);
    // How a tone is said, by tone: the rest of a name behind that of its base.
    std::map<std::pair<std::string, std::string>, std::pair<int, const Name*>> wordings;
    std::map<std::string, int> of_tone;
    for (const Name& name : names) {
      const std::string& sequence = tables_.keys[name.key].sequence;
      std::string tone;
      const std::string bare = WithoutTones(sequence, &tone);
      if (bare.empty() || tone.empty()) continue;
      const auto base = by_sequence.find(bare);
      if (base == by_sequence.end()) continue;
      const std::string& plain = *base->second->text;
      const std::optional<std::string_view> wording = ToneWording(*name.text, plain);
      if (!wording) {
        out->Add(name.line, "base-not-prefix",
                 absl::StrCat(Quoted(*name.text), " of ", Quoted(plain)));
        continue;
      }
      auto& [count, first] = wordings[{tone, std::string(*wording)}];
      if (count++ == 0) first = &name;
      ++of_tone[tone];
    }
    for (const auto& [wording, rows] : wordings) {
      if (IsUsualWording(rows.first, of_tone[wording.first])) continue;
      out->Add(
          rows.second->line, "tone-wording",
          absl::StrCat(Quoted(wording.second), " of ", rows.first, " in ", of_tone[wording.first]));
    }
  }

  void LintEnglish(LocaleId locale, const std::vector<Name>& names, FileFindings* out) const {
    const auto english = tables_.locales.find("en");
    if (english == tables_.locales.end() || IsEnglish(locales_.tag(locale))) return;
    for (const Name& name : names) {
      const auto other = english->second.names.find(name.key);
      if (other != english->second.names.end() && other->second.text == *name.text) {
        out->Add(name.line, "same-as-english", Quoted(*name.text));
      }
    }
  }

  KeyInfo InfoOf(KeyId key) const {
    const BookContent::Key& row = tables_.keys[key];
    return {.sequence = row.sequence,
            .fully_qualified = row.fully_qualified,
            .kind = row.kind,
            .status = row.status,
            .version = row.version,
            .group = row.group};
  }

  std::string KeyText(KeyId key) const { return KeyOf(tables_.keys[key].sequence); }

  const BookTables& tables_;
  const LocaleTable& locales_;
  std::vector<Finding>* const findings_;
  std::map<std::string_view, KeyId> ids_;
  const NameRules rules_;
};

bool Covers(const Acknowledgement& known, const Finding& finding) {
  if (known.rule != finding.rule) return false;
  if (known.file.empty() || known.file.back() != '*') return known.file == finding.file;
  return finding.file.compare(0, known.file.size() - 1, known.file, 0, known.file.size() - 1) == 0;
}

}  // namespace

const std::vector<LintRule>& LintRules() {
  constexpr Severity kError = Severity::kError;
  constexpr Severity kWarning = Severity::kWarning;
  static const auto* rules = new std::vector<LintRule>{
      {"base-not-prefix", kWarning,
       "a variant with a skin tone does not begin with its base's name"},
      {"columns", kError, "a row has not as many columns as its table"},
      {"control", kError, "a control, private-use or non-character"},
      {"direction", kError, "the direction of a locale is neither ltr nor rtl"},
      {"duplicate-key", kError, "a key stands twice in a table"},
      {"duplicate-label", kWarning, "CLDR calls two sequences the same"},
      {"duplicate-name", kError, "two sequences have the same approved name"},
      {"emoji-in-text", kError, "a text holds an emoji, which only a sequence may become"},
      {"emoji-table", kError, "the tables of sequences contradict each other"},
      {"empty", kError, "a required cell is empty"},
      {"escape", kError, "a backslash is not followed by uXXXX"},
      {"example", kError, "a pattern misses an example, or finds what it must not"},
      {"forbidden", kError, "a name holds a term that data/forbidden.tsv rules out"},
      {"formula", kError, "a name begins as a formula does in a spreadsheet"},
      {"fully-qualified", kError, "the fully-qualified form belongs to another key"},
      {"guards", kError, "the patterns of guarded concepts do not work together"},
      {"invisible", kError, "an invisible character that could hide or reorder text"},
      {"key-form", kError, "a key is not in normal form: upper case, without U+FE0F"},
      {"kind", kError, "an alias of an unknown kind"},
      {"lexicon", kError, "a row of a lexicon cannot be used"},
      {"locale-table", kError, "the tables of locales contradict each other"},
      {"matches-nothing", kError, "a pattern matches the empty text"},
      {"missing-concept", kError, "a table of guards has no pattern for a concept"},
      {"missing-join", kError, "root lacks a join that every locale inherits"},
      {"missing-part", kError, "a part of a composed name is missing"},
      {"names-itself", kError, "a name is the character itself"},
      {"not-nfc", kError, "a text is not in Unicode normalization form C"},
      {"not-utf-8", kError, "a text is not UTF-8"},
      {"number", kError, "a value is no whole number"},
      {"part-is-whole", kError, "England, Scotland or Wales is called the United Kingdom"},
      {"pattern", kError, "a pattern is not valid RE2"},
      {"phrase-form", kError, "a phrase is not written as it is matched"},
      {"placeholder", kError, "a placeholder of a pattern was left in a name"},
      {"same-as-english", kWarning, "a name is the English one: a loan word, or not translated"},
      {"script", kWarning, "letters of a script that the locale is not written with"},
      {"several-names", kError, "several names stand where one belongs"},
      {"source", kError, "the header names no version of CLDR, or another than its sisters"},
      {"stale-acknowledgement", kWarning, "a row of lint.tsv acknowledges what is not found"},
      {"tone-wording", kWarning, "a skin tone is said in another way than in most of its family"},
      {"trailing-colon", kError, "a name ends in a colon: a label without its value"},
      {"unbalanced", kWarning, "a bracket without its partner"},
      {"unknown-concept", kError, "data/concepts.tsv has no such concept or kind"},
      {"unknown-dialect", kError, "a table of a dialect that the program does not know"},
      {"unknown-join", kError, "no join has this name"},
      {"unknown-key", kError, "no known sequence has this key"},
      {"unknown-locale", kError, "a locale that cldr/locales.tsv does not have"},
      {"unreasoned", kError, "a row that needs a reason and a source has none"},
      {"unsorted", kError, "a row stands behind one that it sorts before"},
      {"untrimmed", kError, "white space at an end of a text"},
  };
  return *rules;
}

const LintRule* FindLintRule(std::string_view id) {
  const std::vector<LintRule>& rules = LintRules();
  const auto found = std::lower_bound(
      rules.begin(), rules.end(), id,
      [](const LintRule& rule, std::string_view wanted) { return rule.id < wanted; });
  return found != rules.end() && found->id == id ? &*found : nullptr;
}

void LintNames(const BookTables& tables, const LocaleTable& locales,
               std::vector<Finding>* findings) {
  Linter(tables, locales, findings).Lint();
}

Judgement Judge(std::vector<Finding> findings, const std::vector<Acknowledgement>& known) {
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.file, a.line) < std::tie(b.file, b.line);
  });
  Judgement judgement;
  std::vector<bool> used(known.size());
  for (Finding& finding : findings) {
    const LintRule* rule = FindLintRule(finding.rule);
    if (rule == nullptr || rule->severity == Severity::kError) {
      judgement.errors.push_back(std::move(finding));
      continue;
    }
    bool is_known = false;
    for (size_t i = 0; i < known.size(); ++i) {
      if (!Covers(known[i], finding)) continue;
      used[i] = true;
      is_known = true;
    }
    if (is_known) {
      ++judgement.acknowledged;
    } else {
      judgement.warnings.push_back(std::move(finding));
    }
  }
  for (size_t i = 0; i < known.size(); ++i) {
    if (used[i]) continue;
    judgement.warnings.push_back({"lint.tsv", known[i].line, "stale-acknowledgement",
                                  absl::StrCat(known[i].rule, " is not found in ", known[i].file)});
  }
  return judgement;
}

}  // namespace signalbook
