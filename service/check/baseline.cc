#include "service/check/baseline.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "service/check/escape.h"
#include "service/cli/text_lines.h"
#include "service/strings.h"
#include "translator/normalize.h"
#include "translator/tsv.h"

namespace signalbook::check {
namespace {

// The first line is what IsBaseline knows such a file by: it never changes.
constexpr std::string_view kHead =
    "# What people have accepted of what `signalbook check` finds: findings that are known, and "
    "translations.\n"
    "# Written by `signalbook accept` alone, which asks for a reason. Don't edit: run it again.\n"
    "# Rows are sorted by the first four columns. \\t \\n \\r \\\\ \\u{1F1E8} \\xFF are escapes; a "
    "row whose state is\n"
    "# \"obsolete\" was met by no case and does not count (`signalbook accept --prune` drops it).\n"
    "# rule\tlocale\tsequence\ttext_hash\toutput\tby\ton\treason\tstate\n";

enum Column { kRule, kLocale, kSequence, kTextHash, kOutput, kBy, kOn, kReason, kState, kColumns };
constexpr std::array<std::string_view, kColumns> kColumnNames = {
    "rule", "locale", "sequence", "text_hash", "output", "by", "on", "reason", "state"};

constexpr std::string_view kAccepted = "accepted";
constexpr std::string_view kObsolete = "obsolete";

// What to do about a file that nobody can have meant.
constexpr std::string_view kTakeOneSide =
    "take one side's file as it is, then run `signalbook accept` on it";

bool IsTextHash(std::string_view text) {
  return text.size() == 16 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool IsDay(std::string_view text) {
  absl::CivilDay day;
  return text.size() == 10 && absl::ParseCivilTime(AsAbsl(text), &day) &&
         AsStd(absl::FormatCivilTime(day)) == text;
}

bool IsConflictMarker(std::string_view line) {
  for (const std::string_view marker : {"<<<<<<<", "|||||||", "=======", ">>>>>>>"}) {
    if (line.substr(0, marker.size()) == marker) return true;
  }
  return false;
}

struct KeyAndRow {
  BaselineKey key;
  BaselineRow row;
};

// InvalidArgument without a place: what is wrong and what to do.
absl::StatusOr<KeyAndRow> ParseRow(std::string_view line) {
  if (IsConflictMarker(line)) {
    return absl::InvalidArgumentError(
        StrCat("a conflict marker of a merge that was not finished; ", kTakeOneSide));
  }
  if (FindInvalidUtf8(line)) {
    return absl::InvalidArgumentError(
        "not UTF-8; restore the file as `signalbook accept` wrote it");
  }
  const std::vector<std::string> cells = absl::StrSplit(AsAbsl(line), '\t');
  if (cells.size() != kColumns) {
    return absl::InvalidArgumentError(StrCat(
        cells.size(), " cells where ", static_cast<int>(kColumns),
        " are needed, with one tab between; restore the row as `signalbook accept` wrote it"));
  }
  std::array<std::string, kColumns> texts;
  for (size_t i = 0; i < kColumns; ++i) {
    std::optional<std::string> text = Unescape(cells[i]);
    if (!text) {
      return absl::InvalidArgumentError(
          StrCat(kColumnNames[i],
                 " has a backslash that begins no escape; escapes are "
                 "\\t \\n \\r \\\\ \\u{1F1E8} \\xFF"));
    }
    texts[i] = *std::move(text);
  }
  const auto wrong = [&texts](Column column, std::string_view expected) {
    return absl::InvalidArgumentError(
        StrCat(kColumnNames[column], " is \"", Visible(texts[column]), "\"; expected ", expected));
  };
  if (texts[kRule].empty()) return wrong(kRule, "the rule of a finding, or \"output\"");
  if (!IsTextHash(texts[kTextHash])) return wrong(kTextHash, "16 digits of 0-9a-f");
  if (texts[kRule] != kOutputRule && !texts[kOutput].empty()) {
    return wrong(kOutput, "nothing: only rows of rule \"output\" have one");
  }
  if (texts[kBy].empty()) return wrong(kBy, "who accepted it");
  if (!IsDay(texts[kOn])) return wrong(kOn, "a day like 2026-11-27");
  if (texts[kReason].empty()) return wrong(kReason, "why it was accepted");
  if (texts[kState] != kAccepted && texts[kState] != kObsolete) {
    return wrong(kState, "\"accepted\" or \"obsolete\"");
  }
  return KeyAndRow{.key = {std::move(texts[kRule]), std::move(texts[kLocale]),
                           std::move(texts[kSequence]), std::move(texts[kTextHash])},
                   .row = {.output = std::move(texts[kOutput]),
                           .by = std::move(texts[kBy]),
                           .on = std::move(texts[kOn]),
                           .reason = std::move(texts[kReason]),
                           .obsolete = texts[kState] == kObsolete}};
}

BaselineKey KeyOf(std::string_view rule, const CaseResult& result) {
  return {std::string(rule), result.to, result.sequence, result.text_hash};
}

bool IsUnanswered(const std::vector<Finding>& findings) {
  constexpr std::string_view kAnswer = "answer/";
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
    return finding.rule.compare(0, kAnswer.size(), kAnswer) == 0;
  });
}

}  // namespace

std::string KeyText(const BaselineKey& key) {
  std::string text;
  for (const std::string* part : {&key.rule, &key.locale, &key.sequence, &key.text_hash}) {
    if (!text.empty()) text += ' ';
    text += part->empty() ? "-" : Visible(*part);
  }
  return text;
}

bool IsBaseline(std::string_view text) {
  constexpr std::string_view kFirstLine = kHead.substr(0, kHead.find('\n'));
  return text.substr(0, kFirstLine.size()) == kFirstLine;
}

absl::StatusOr<Baseline> Baseline::Load(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  return Parse(*text, path);
}

absl::StatusOr<Baseline> Baseline::Parse(std::string_view text, std::string_view path) {
  Baseline baseline;
  int64_t line = 0;
  int64_t last_line = 0;  // of the row before
  for (const std::string_view row : TextLines(text)) {
    ++line;
    if (row.empty() || row.front() == '#') continue;
    const auto error = [&](std::string_view what) {
      return absl::InvalidArgumentError(StrCat(path, ":", line, ": ", what));
    };
    absl::StatusOr<KeyAndRow> parsed = ParseRow(row);
    if (!parsed.ok()) return error(AsStd(parsed.status().message()));
    auto& rows = baseline.rows_;
    if (!rows.empty() && !(rows.rbegin()->first < parsed->key)) {
      // Only a merge that took lines of both sides makes such a file: which row is meant can't be told.
      const bool same = parsed->key == rows.rbegin()->first;
      return error(StrCat(same ? "the same finding as line " : "belongs before line ", last_line,
                          same ? "" : ": rows are not sorted", "; a merge that went wrong? ",
                          kTakeOneSide));
    }
    rows.emplace_hint(rows.end(), std::move(parsed->key), Entry{.row = std::move(parsed->row)});
    last_line = line;
  }
  return baseline;
}

std::string Baseline::ToText() const {
  std::string text(kHead);
  for (const auto& [key, entry] : rows_) {
    const BaselineRow& row = entry.row;
    for (const std::string* cell : {&key.rule, &key.locale, &key.sequence, &key.text_hash,
                                    &row.output, &row.by, &row.on, &row.reason}) {
      (text += EscapeCell(*cell)) += '\t';
    }
    (text += row.obsolete ? kObsolete : kAccepted) += '\n';
  }
  return text;
}

void Baseline::Apply(std::string_view output, bool outputs, CaseResult* result) {
  std::vector<Entry*> met;
  // The row of that rule, if it counts.
  const auto find = [&](std::string_view rule) -> const BaselineRow* {
    const auto found = rows_.find(KeyOf(rule, *result));
    if (found == rows_.end() || found->second.row.obsolete) return nullptr;
    met.push_back(&found->second);
    return &found->second.row;
  };
  const bool unanswered = IsUnanswered(result->findings);
  result->accepted += static_cast<int>(
      std::erase_if(result->findings, [&](const Finding& f) { return find(f.rule) != nullptr; }));
  if (outputs) {
    const BaselineRow* row = find(kOutputRule);
    if (!unanswered && (row == nullptr || row->output != output)) {
      result->findings.push_back({.rule = std::string(kOutputRule),
                                  .message = row == nullptr
                                                 ? "no translation of this case is accepted"
                                                 : "the translation is not the accepted one",
                                  .expected = row == nullptr ? "" : row->output,
                                  .actual = std::string(output)});
    }
  }
  if (met.empty() && !outputs) return;
  const std::lock_guard<std::mutex> lock(*mutex_);
  outputs_applied_ |= outputs;
  for (Entry* entry : met) entry->met = true;
}

std::vector<std::string> Baseline::Stale() const {
  std::vector<std::string> stale;
  const std::lock_guard<std::mutex> lock(*mutex_);
  for (const auto& [key, entry] : rows_) {
    if (entry.row.obsolete || entry.met) continue;
    if (key.rule == kOutputRule && !outputs_applied_) continue;
    stale.push_back(KeyText(key));
  }
  return stale;
}

void Baseline::Observe(const CaseResult& result, std::string_view output, bool outputs) {
  const auto observed = [&](std::string message) {
    return Observed{.output = std::string(output),
                    .message = std::move(message),
                    .file = result.file,
                    .line = result.line};
  };
  for (const Finding& finding : result.findings) {
    ObserveRow(KeyOf(finding.rule, result), observed(finding.message));
  }
  if (!outputs) return;
  outputs_observed_ = true;
  BaselineKey key = KeyOf(kOutputRule, result);
  if (!IsUnanswered(result.findings)) {
    ObserveRow(std::move(key), observed(""));
  } else if (const auto found = rows_.find(key); found != rows_.end()) {
    found->second.unanswered = true;
  }
}

void Baseline::ObserveRow(BaselineKey key, Observed observed) {
  const bool is_output = key.rule == kOutputRule;
  const auto found = rows_.find(key);
  if (found != rows_.end()) {
    Entry& entry = found->second;
    const bool first = !std::exchange(entry.observed, true);
    const bool as_before =
        !entry.row.obsolete && (!is_output || entry.row.output == observed.output);
    if (first && as_before) return;
    // Its row says what the first case came to.
    if (!first && observed_.find(key) == observed_.end()) return;
  }
  const auto [place, added] = observed_.try_emplace(std::move(key), observed);
  Observed& before = place->second;
  if (!added && is_output && before.output != observed.output && before.message.empty()) {
    before.message = StrCat("the case at ", observed.file, ":", observed.line,
                            " has the same text and another translation: it will fail");
  }
}

std::vector<BaselineChange> Baseline::Changes() const {
  using Kind = BaselineChange::Kind;
  std::vector<BaselineChange> changes;
  for (const auto& [key, observed] : observed_) {
    BaselineChange change{.key = key,
                          .after = observed.output,
                          .message = observed.message,
                          .file = observed.file,
                          .line = observed.line};
    if (const auto found = rows_.find(key); found != rows_.end()) {
      change.kind = found->second.row.obsolete ? Kind::kRevived : Kind::kChanged;
      change.before = found->second.row.output;
    }
    changes.push_back(std::move(change));
  }
  for (const auto& [key, entry] : rows_) {
    if (entry.row.obsolete || entry.observed || entry.unanswered) continue;
    if (key.rule == kOutputRule && !outputs_observed_) continue;
    changes.push_back({.kind = Kind::kObsolete, .key = key, .before = entry.row.output});
  }
  std::sort(changes.begin(), changes.end(),
            [](const BaselineChange& a, const BaselineChange& b) { return a.key < b.key; });
  return changes;
}

void Baseline::Accept(std::string_view by, std::string_view on, std::string_view reason) {
  for (BaselineChange& change : Changes()) {
    const bool has_output = change.key.rule == kOutputRule;
    Entry& entry = rows_[std::move(change.key)];
    if (change.kind == BaselineChange::Kind::kObsolete) {
      entry.row.obsolete = true;
      continue;
    }
    entry.row = {.output = has_output ? std::move(change.after) : "",
                 .by = std::string(by),
                 .on = std::string(on),
                 .reason = std::string(reason)};
    entry.observed = true;
  }
  observed_.clear();
}

size_t Baseline::Prune() {
  return std::erase_if(rows_, [](const auto& row) { return row.second.row.obsolete; });
}

}  // namespace signalbook::check
