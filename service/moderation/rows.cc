#include "service/moderation/rows.h"

#include <google/protobuf/util/json_util.h>
#include <re2/re2.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "service/status.h"
#include "service/strings.h"
#include "translator/book_lint.h"
#include "translator/phrases.h"
#include "translator/row_lint.h"

namespace signalbook {
namespace {

constexpr std::string_view kSeparator = " | ";  // between alternates
constexpr std::string_view kBlockedConcept = "blocked";
constexpr size_t kMaxText = 500;  // code points; the limits of Row in moderation.proto
constexpr size_t kMaxAlternate = 200;
constexpr int kMaxAlternates = 50;
constexpr int kMaxExamples = 50;
constexpr size_t kMaxNote = 2'000;

size_t CodePointCount(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !U8_IS_TRAIL(c); }));
}

std::string_view AfterColon(std::string_view key) {
  const size_t colon = key.find(':');
  return colon == std::string_view::npos ? std::string_view() : key.substr(colon + 1);
}

// The pattern of the book with the key's id; nullopt: there is none.
std::optional<GuardRule> FindGuard(const Book& book, const EntryId& id, const EntryPlace& place) {
  for (const GuardRule& rule : book.guards()) {
    if (rule.locale == id.scope && rule.concept_name == place.concept_name &&
        PatternId(rule.pattern) == AfterColon(id.key)) {
      return rule;
    }
  }
  return std::nullopt;
}

std::string TermPattern(std::string_view term) {
  return RE2::QuoteMeta(re2::StringPiece(term.data(), term.size()));
}

// Whether the gate has guards for text in this locale. Without them it lets no model's text out, and a single
// moderated pattern must not change that.
bool IsGuarded(const Book& book, LocaleId locale) {
  const std::vector<GuardRule> guards = book.guards();
  for (; locale != kRootLocale; locale = book.locales().parent(locale)) {
    const std::string_view tag = book.locales().tag(locale);
    if (std::any_of(guards.begin(), guards.end(),
                    [tag](const GuardRule& rule) { return rule.locale == tag; })) {
      return true;
    }
  }
  return false;
}

// Whether a guard or blocked term may stand in a scope.
bool MayGuard(const Book& book, const EntryPlace& place) {
  return place.locale == kRootLocale || IsGuarded(book, place.locale);
}

std::string MarketSuffix(std::string_view source) {
  const size_t slash = source.find('/');
  const std::string_view table = source.substr(0, slash);
  if (slash == std::string_view::npos || (table != "markets" && table != "moderated")) return "";
  return StrCat("@", source.substr(slash + 1));
}

v1::Row NameRow(const Rendering& rendering) {
  v1::Row row;
  row.set_text(std::string(rendering.text));
  row.set_blocked(rendering.blocked);
  for (const absl::string_view alternate :
       absl::StrSplit(AsAbsl(rendering.alternates), AsAbsl(kSeparator), absl::SkipEmpty())) {
    row.add_alternates(std::string(alternate));
  }
  return row;
}

EffectiveRow EffectiveName(const Book& book, const EntryId& id, const EntryPlace& place) {
  EffectiveRow effective;
  const std::optional<Rendering> found = book.Find(place.locale, place.key, place.market);
  if (!found) return effective;
  effective.row = NameRow(*found);
  effective.source = found->source;
  effective.origin_scope = StrCat(book.locales().tag(found->locale), MarketSuffix(found->source));
  effective.origin = effective.origin_scope == id.scope ? v1::ORIGIN_BOOK : v1::ORIGIN_INHERITED;
  return effective;
}

absl::Status TooLong(const std::string& field, size_t limit, std::string_view unit) {
  return InvalidRequest({.reason = reason::kFieldTooLong,
                         .field = StrCat("row.", field),
                         .description = StrCat("at most ", limit, " ", unit),
                         .metadata = {{"limit", StrCat(limit)}}});
}

absl::Status Misplaced(std::string_view field, std::string_view why) {
  return InvalidRequest({.reason = reason::kRowRefused,
                         .field = StrCat("row.", field),
                         .description = std::string(why)});
}

}  // namespace

OverlayRows ToOverlay(const Book& book, const std::vector<store::ModeratedRow>& rows,
                      std::vector<std::string>* ignored) {
  OverlayRows overlay;
  for (const store::ModeratedRow& moderated : rows) {
    const EntryId& id = moderated.id;
    const v1::Row& row = moderated.row;
    const absl::StatusOr<EntryPlace> place = Locate(book, id);
    const bool guards = id.table == v1::TABLE_GUARDS || id.table == v1::TABLE_TERMS;
    if (!place.ok() || (guards && !MayGuard(book, *place))) {
      ignored->push_back(EntryName(id));
      continue;
    }
    switch (id.table) {
      case v1::TABLE_NAMES:
        overlay.names.push_back({.locale = place->locale,
                                 .market = place->market,
                                 .key = place->key,
                                 .text = row.text(),
                                 .alternates = absl::StrJoin(row.alternates(), AsAbsl(kSeparator)),
                                 .blocked = row.blocked()});
        break;
      case v1::TABLE_PHRASES:
        overlay.phrases.push_back({.from = place->from,
                                   .to = place->locale,
                                   .key = id.key,
                                   .text = row.text(),
                                   .removed = row.removed()});
        break;
      case v1::TABLE_GUARDS:
        // Whatever the row says takes the place of the pattern that its key names.
        if (const std::optional<GuardRule> old = FindGuard(book, id, *place)) {
          overlay.guards.push_back({.locale = id.scope,
                                    .concept_name = place->concept_name,
                                    .pattern = std::string(old->pattern),
                                    .removed = true});
        }
        if (!row.removed()) {
          overlay.guards.push_back({.locale = id.scope,
                                    .concept_name = place->concept_name,
                                    .pattern = row.text(),
                                    .removed = false});
        }
        break;
      case v1::TABLE_TERMS:
        overlay.guards.push_back({.locale = id.scope,
                                  .concept_name = std::string(kBlockedConcept),
                                  .pattern = TermPattern(id.key),
                                  .removed = row.removed()});
        break;
      default:
        ignored->push_back(EntryName(id));
    }
  }
  return overlay;
}

EffectiveRow Effective(const Book& book, const EntryId& id, const EntryPlace& place) {
  EffectiveRow effective;
  switch (id.table) {
    case v1::TABLE_NAMES:
      return EffectiveName(book, id, place);
    case v1::TABLE_PHRASES:
      if (const auto row = book.FindPhrase(place.from, place.locale, id.key)) {
        effective.row.set_text(std::string(row->text));
        effective.source = "phrases";
      }
      break;
    case v1::TABLE_GUARDS:
      if (const std::optional<GuardRule> rule = FindGuard(book, id, place)) {
        effective.row.set_text(std::string(rule->pattern));
        effective.source = "guards";
      }
      break;
    case v1::TABLE_TERMS:
      for (const GuardRule& rule : book.guards()) {
        if (rule.locale == id.scope && rule.concept_name == kBlockedConcept &&
            rule.pattern == TermPattern(id.key)) {
          effective.row.set_text(id.key);
          effective.source = "guards";
        }
      }
      break;
    default:
      break;
  }
  if (!effective.source.empty()) {
    effective.origin = v1::ORIGIN_BOOK;
    effective.origin_scope = id.scope;
  }
  return effective;
}

std::string BookRowHash(const Book& base, const EntryId& id, const EntryPlace& place) {
  const EffectiveRow effective = Effective(base, id, place);
  return Sha256Hex(StrCat(effective.origin_scope, "\n", effective.row.blocked() ? "blocked" : "",
                          "\n", effective.row.text(), "\n",
                          absl::StrJoin(effective.row.alternates(), AsAbsl(kSeparator))))
      .substr(0, 16);
}

std::string EntryEtag(const EntryId& id, int64_t moderated_revision, const std::string& book_row) {
  return Sha256Hex(StrCat(EntryName(id), "\n", moderated_revision, "\n", book_row)).substr(0, 16);
}

std::string ContentHash(const v1::Proposal& proposal) {
  // Each field with its length, so that no two contents look alike.
  std::string content;
  const auto add = [&content](std::string_view field) {
    absl::StrAppend(&content, field.size(), ":", AsAbsl(field), ",");
  };
  add(proposal.entry());
  add(proposal.reset() ? "reset" : "");
  add(proposal.row().text());
  add(proposal.row().blocked() ? "blocked" : "");
  add(proposal.row().removed() ? "removed" : "");
  add(proposal.row().note());
  for (const std::string& alternate : proposal.row().alternates()) add(alternate);
  add("matches");
  for (const std::string& text : proposal.row().matches()) add(text);
  add("does_not_match");
  for (const std::string& text : proposal.row().does_not_match()) add(text);
  add(proposal.base_etag());
  return Sha256Hex(content);
}

bool SaysTheSame(const v1::Row& a, const v1::Row& b) {
  return a.text() == b.text() && a.blocked() == b.blocked() && a.removed() == b.removed() &&
         std::equal(a.alternates().begin(), a.alternates().end(), b.alternates().begin(),
                    b.alternates().end());
}

bool SameRecord(const v1::Row& a, const v1::Row& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

bool SaidByBook(const Book& base, const EntryId& id, const EntryPlace& place, const v1::Row& row) {
  const EffectiveRow said = Effective(base, id, place);
  if (row.removed()) return said.origin == v1::ORIGIN_MISSING;
  if (row.blocked()) return said.row.blocked();
  if (SaysTheSame(row, said.row)) return true;
  if (id.table != v1::TABLE_GUARDS || said.origin != v1::ORIGIN_MISSING) return false;
  // A pattern in the place of another has a key of its own in the book that was built with it.
  const std::vector<GuardRule> guards = base.guards();
  return std::any_of(guards.begin(), guards.end(), [&](const GuardRule& rule) {
    return rule.locale == id.scope && rule.concept_name == place.concept_name &&
           rule.pattern == row.text();
  });
}

bool IsSensitive(const Book& book, const EntryId& id, const EntryPlace& place) {
  switch (id.table) {
    case v1::TABLE_NAMES: {
      const EmojiKind kind = book.key(place.key).kind;
      if (place.market != kNoMarket || kind == EmojiKind::kFlag || kind == EmojiKind::kTagFlag) {
        return true;
      }
      const std::optional<Rendering> now = book.Find(place.locale, place.key, place.market);
      return now && now->blocked;
    }
    case v1::TABLE_PHRASES:
      return false;
    default:
      return true;
  }
}

absl::Status CheckRowShape(const EntryId& id, const v1::Row& row) {
  if (CodePointCount(row.text()) > kMaxText) return TooLong("text", kMaxText, "code points");
  if (CodePointCount(row.note()) > kMaxNote) return TooLong("note", kMaxNote, "code points");
  if (row.alternates_size() > kMaxAlternates) {
    return TooLong("alternates", kMaxAlternates, "alternates");
  }
  for (const std::string& alternate : row.alternates()) {
    if (CodePointCount(alternate) > kMaxAlternate) {
      return TooLong("alternates", kMaxAlternate, "code points each");
    }
    if (alternate.find('|') != std::string::npos) {
      return Misplaced("alternates", "an alternate holds no \"|\"");
    }
  }
  if (row.matches_size() > kMaxExamples || row.does_not_match_size() > kMaxExamples) {
    return TooLong("matches", kMaxExamples, "texts");
  }
  for (const auto* examples : {&row.matches(), &row.does_not_match()}) {
    for (const std::string& text : *examples) {
      if (CodePointCount(text) > kMaxText) return TooLong("matches", kMaxText, "code points each");
    }
  }
  const bool is_name = id.table == v1::TABLE_NAMES;
  if (!is_name && row.blocked()) return Misplaced("blocked", "only a name can be blocked");
  if (!is_name && row.alternates_size() > 0) {
    return Misplaced("alternates", "only a name has alternates");
  }
  if (is_name && row.removed()) {
    return Misplaced("removed", "a name cannot be removed; block it, or reset it to the book's");
  }
  if (id.table != v1::TABLE_GUARDS && row.matches_size() + row.does_not_match_size() > 0) {
    return Misplaced("matches", "only a guard has examples");
  }
  const bool says_nothing = row.blocked() || row.removed();
  if (says_nothing && (!row.text().empty() || row.alternates_size() > 0)) {
    return Misplaced("text", "a row that is blocked or removed has no text");
  }
  if (id.table == v1::TABLE_TERMS && !says_nothing && row.text() != id.key) {
    return Misplaced("text", "a blocked term is its own key");
  }
  return absl::OkStatus();
}

std::vector<v1::CheckFinding> CheckRow(const Book& book, const EntryId& id, const EntryPlace& place,
                                       const v1::Row& row) {
  std::vector<RowFinding> found;
  if (row.blocked() || row.removed()) return {};
  if ((id.table == v1::TABLE_GUARDS || id.table == v1::TABLE_TERMS) && !MayGuard(book, place)) {
    v1::CheckFinding finding;
    finding.set_rule("no-guards");
    finding.set_error(true);
    finding.set_message(
        "there are no guards for this locale, so no model's text leaves in it; write data/guards "
        "for all concepts first");
    return {finding};
  }
  switch (id.table) {
    case v1::TABLE_NAMES:
      found = LintName(book, place.locale, place.key, row.text(),
                       {row.alternates().begin(), row.alternates().end()});
      break;
    case v1::TABLE_PHRASES:
      found = LintPhrase(book, place.from, place.locale, id.key, row.text());
      break;
    case v1::TABLE_GUARDS:
      found = LintGuard(book, id.scope, place.concept_name, row.text(),
                        {row.matches().begin(), row.matches().end()},
                        {row.does_not_match().begin(), row.does_not_match().end()});
      break;
    case v1::TABLE_TERMS:
      if (const std::optional<Objection> objection = CheckText(id.key, book.emoji())) {
        found.push_back({objection->rule, Severity::kError, objection->message});
      } else {
        found = LintGuard(book, id.scope, kBlockedConcept, TermPattern(id.key), {id.key}, {});
      }
      break;
    default:
      break;
  }
  std::vector<v1::CheckFinding> findings;
  for (const RowFinding& one : found) {
    v1::CheckFinding& finding = findings.emplace_back();
    finding.set_rule(one.rule);
    finding.set_error(one.severity == Severity::kError);
    finding.set_message(one.message);
  }
  return findings;
}

}  // namespace signalbook
