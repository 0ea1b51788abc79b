#include "translator/row_lint.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "translator/book_lint.h"
#include "translator/guards.h"
#include "translator/name_rules.h"
#include "translator/normalize.h"

namespace signalbook {
namespace {

constexpr std::string_view kCldr = "cldr-";  // begins the source of a row of CLDR's

// What is found, each with the severity of its rule. Messages say which text of the row by its place, and do
// not repeat it.
class Findings {
 public:
  void Add(std::string_view rule, std::string message) {
    const LintRule* known = FindLintRule(rule);
    findings_.push_back({std::string(rule), known == nullptr ? Severity::kError : known->severity,
                         std::move(message)});
  }
  // "the name: a bracket without its partner".
  void AddRule(const std::string& where, std::string_view rule, std::string_view detail) {
    const LintRule* known = FindLintRule(rule);
    Add(rule, absl::StrCat(where, ": ", std::string(known == nullptr ? rule : known->what),
                           detail.empty() ? "" : ": ", std::string(detail)));
  }
  // "the name holds U+202E". False when there is nothing that other rules could be asked about.
  bool AddObjection(const std::string& where, const std::optional<Objection>& objection) {
    if (!objection) return true;
    Add(objection->rule, absl::StrCat(where, " ", objection->message));
    return objection->rule != "empty" && objection->rule != "not-utf-8";
  }
  std::vector<RowFinding> Take() { return std::move(findings_); }
  bool empty() const { return findings_.empty(); }

 private:
  std::vector<RowFinding> findings_;
};

std::string Nth(const char* what, size_t index) { return absl::StrCat(what, " ", index + 1); }

// A name beside those that the book has for the other sequences of the locale.
class NameJudge {
 public:
  NameJudge(const Book& book, LocaleId locale, KeyId key, std::string_view text, Findings* out)
      : book_(book), locale_(locale), key_(key), info_(book.key(key)), text_(text), out_(*out) {}

  void Judge() const {
    JudgeDuplicates();
    JudgeFamily();
    const std::optional<std::string_view> kingdom = NameOf(kUnitedKingdom);
    if (kingdom && IsPartCalledWhole(info_, text_, *kingdom)) {
      out_.AddRule("the name", "part-is-whole", "");
    }
    JudgeEnglish();
  }

 private:
  // Parts of regions share names, of which CLDR says: Georgia in the United States. Those that people see
  // on keyboards do not.
  bool MayShare(KeyId key) const {
    const KeyInfo info = book_.key(key);
    if (info.kind != EmojiKind::kTagFlag || info.status == EmojiStatus::kRgi) return false;
    const std::optional<Rendering> row = book_.Find(locale_, key);
    return row && row->text == text_ && row->source.substr(0, kCldr.size()) == kCldr;
  }

  void JudgeDuplicates() const {
    if (MayShare(key_)) return;
    for (KeyId other = 0; other < book_.key_count(); ++other) {
      if (other == key_ || NameOf(other) != text_ || MayShare(other)) continue;
      out_.Add("duplicate-name",
               absl::StrCat("the name is also ", KeyOf(book_.key(other).sequence)));
    }
  }

  void JudgeFamily() const {
    std::string tones;
    const std::optional<std::string_view> base = NameOf(WithoutTones(info_.sequence, &tones));
    if (tones.empty() || !base) return;
    const std::optional<std::string_view> wording = ToneWording(text_, *base);
    if (!wording) {
      out_.AddRule("the name", "base-not-prefix", *base);
      return;
    }
    int all = 1;
    int same = 1;
    for (KeyId other = 0; other < book_.key_count(); ++other) {
      if (other == key_) continue;
      std::string other_tones;
      const std::string bare = WithoutTones(book_.key(other).sequence, &other_tones);
      if (other_tones != tones) continue;
      const std::optional<std::string_view> other_base = NameOf(bare);
      const std::optional<std::string_view> name = NameOf(other);
      if (!other_base || !name) continue;
      const std::optional<std::string_view> other_wording = ToneWording(*name, *other_base);
      if (!other_wording) continue;
      ++all;
      if (*other_wording == *wording) ++same;
    }
    if (!IsUsualWording(same, all)) {
      out_.AddRule("the name", "tone-wording", absl::StrCat(same, " of ", all));
    }
  }

  // What a region is called is often English; the lint of tables compares the labels of flags, which say
  // "flag".
  void JudgeEnglish() const {
    if (IsEnglish(book_.locales().tag(locale_)) || IsFlag(info_.kind)) return;
    const std::optional<LocaleId> english = book_.locales().Exact("en");
    const std::optional<Rendering> row =
        english ? book_.Find(*english, key_) : std::optional<Rendering>();
    if (row && !row->blocked && row->text == text_) {
      out_.AddRule("the name", "same-as-english", "");
    }
  }

  std::optional<std::string_view> NameOf(KeyId key) const {
    const std::optional<Rendering> row = book_.Find(locale_, key);
    if (!row || row->blocked) return std::nullopt;
    return row->text;
  }
  std::optional<std::string_view> NameOf(std::string_view sequence) const {
    const std::optional<EmojiTable::Found> found = book_.emoji().Find(sequence);
    return found ? NameOf(found->key) : std::nullopt;
  }

  const Book& book_;
  const LocaleId locale_;
  const KeyId key_;
  const KeyInfo info_;
  const std::string_view text_;
  Findings& out_;
};

bool IsLocale(const Book& book, LocaleId locale, Findings* out) {
  if (locale < book.locales().size()) return true;
  out->AddRule("the row", "unknown-locale", "");
  return false;
}

// What the cell of a table cannot hold, and a pattern or a text that it is tried on may.
bool FitsACell(const std::string& where, std::string_view text, Findings* out) {
  if (FindInvalidUtf8(text)) {
    out->AddRule(where, "not-utf-8", "");
  } else if (std::any_of(text.begin(), text.end(), [](char c) { return c >= 0 && c < ' '; })) {
    out->AddRule(where, "control", "");
  } else {
    return true;
  }
  return false;
}

bool IsConcept(const Book& book, std::string_view name) {
  if (name.substr(0, kOnlyLicenses.size()) == kOnlyLicenses) {
    name.remove_prefix(kOnlyLicenses.size());
  }
  const std::vector<GuardConcept> concepts = book.concepts();
  return std::any_of(concepts.begin(), concepts.end(),
                     [&](const GuardConcept& row) { return row.name == name; });
}

}  // namespace

std::vector<RowFinding> LintName(const Book& book, LocaleId locale, KeyId key,
                                 std::string_view text,
                                 const std::vector<std::string>& alternates) {
  Findings out;
  if (!IsLocale(book, locale, &out)) return out.Take();
  if (key >= book.key_count()) {
    out.AddRule("the row", "unknown-key", "");
    return out.Take();
  }
  const KeyInfo info = book.key(key);
  const NameRules rules(book.locales(), book.forbidden(), [&](std::string_view sequence) {
    return book.emoji().Find(sequence).has_value();
  });
  if (out.AddObjection("the name", CheckText(text, book.emoji()))) {
    rules.Judge(text, locale, info, [&](std::string_view rule, std::string_view detail) {
      out.AddRule("the name", rule, detail);
    });
    NameJudge(book, locale, key, text, &out).Judge();
  }
  for (size_t i = 0; i < alternates.size(); ++i) {
    const std::string where = Nth("alternate", i);
    if (!out.AddObjection(where, CheckText(alternates[i], book.emoji()))) continue;
    rules.JudgeAlternate(
        alternates[i], locale, info,
        [&](std::string_view rule, std::string_view detail) { out.AddRule(where, rule, detail); });
  }
  return out.Take();
}

std::vector<RowFinding> LintPhrase(const Book& book, LocaleId from, LocaleId to,
                                   std::string_view key, std::string_view text) {
  Findings out;
  if (!IsLocale(book, from, &out) || !IsLocale(book, to, &out)) return out.Take();
  const bool is_mark = from == kRootLocale;
  if (out.AddObjection("the phrase", CheckText(key, book.emoji())) && !is_mark) {
    out.AddObjection("the phrase", CheckPhrase(key));
  }
  // A language may write nothing for a mark.
  if (!is_mark || !text.empty()) {
    out.AddObjection("the translation", CheckText(text, book.emoji()));
  }
  return out.Take();
}

std::vector<RowFinding> LintGuard(const Book& book, std::string_view locale,
                                  std::string_view concept_name, std::string_view pattern,
                                  const std::vector<std::string>& matches,
                                  const std::vector<std::string>& does_not_match) {
  Findings out;
  const std::optional<LocaleId> id = book.locales().Exact(locale);
  if (!id) out.AddRule("the row", "unknown-locale", "");
  if (!IsConcept(book, concept_name)) out.AddRule("the row", "unknown-concept", "");
  if (FitsACell("the pattern", pattern, &out)) {
    out.AddObjection("the pattern", CheckPattern(pattern));
  }
  if (matches.empty()) out.Add("example", "the pattern has no text that it must match");
  for (size_t i = 0; i < matches.size(); ++i) {
    FitsACell(Nth("text to match", i), matches[i], &out);
  }
  for (size_t i = 0; i < does_not_match.size(); ++i) {
    FitsACell(Nth("text not to match", i), does_not_match[i], &out);
  }
  if (!out.empty()) return out.Take();

  const absl::StatusOr<Guards> guards = Guards::Create(
      book.concepts(), {{.locale = locale, .concept_name = concept_name, .pattern = pattern}},
      book.locales());
  const absl::Status status = guards.ok() ? guards->Prepare() : guards.status();
  if (!status.ok()) {
    out.Add("guards", std::string(status.message()));
    return out.Take();
  }
  for (size_t i = 0; i < matches.size(); ++i) {
    if (guards->Finds(*id, concept_name, matches[i])) continue;
    out.Add("example", absl::StrCat("does not match ", Nth("text to match", i)));
  }
  for (size_t i = 0; i < does_not_match.size(); ++i) {
    if (!guards->Finds(*id, concept_name, does_not_match[i])) continue;
    out.Add("example", absl::StrCat("matches ", Nth("text not to match", i)));
  }
  return out.Take();
}

}  // namespace signalbook
