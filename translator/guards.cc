#include "translator/guards.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "re2/re2.h"
#include "translator/decoded_text.h"

namespace signalbook {
namespace {

// RE2's \b knows ASCII letters only.
constexpr std::string_view kWordBegin = R"((?:^|[^\pL\pM\pN]))";
constexpr std::string_view kWordEnd = R"((?:$|[^\pL\pM\pN]))";

RE2::Options GuardOptions() {
  RE2::Options options;
  options.set_case_sensitive(false);
  options.set_log_errors(false);
  options.set_max_mem(kGuardMemory);
  return options;
}

bool SeparatesWords(std::string_view script) {
  for (const std::string_view unspaced : {"Hans", "Hant", "Jpan", "Thai", "Laoo", "Khmr", "Mymr"}) {
    if (script == unspaced) return false;
  }
  return true;
}

// Names the table and the row, never the pattern's text.
absl::Status RowError(std::string_view locale, std::string_view concept_name,
                      const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat("guards/", std::string(locale),
                                                 ".tsv: ", std::string(concept_name), ": ", what));
}

absl::Status CheckPattern(const GuardRule& rule) {
  const RE2 pattern(std::string(rule.pattern), GuardOptions());
  if (!pattern.ok()) return RowError(rule.locale, rule.concept_name, pattern.error());
  if (RE2::FullMatch("", pattern))
    return RowError(rule.locale, rule.concept_name, "matches the empty text");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Guards> Guards::Create(const std::vector<GuardRule>& rules,
                                      const LocaleTable& locales) {
  Guards guards;
  guards.locales_ = &locales;
  // One pattern per locale and concept: the word boundaries around it are by far the larger part of
  // a compiled program.
  std::map<std::pair<LocaleId, std::string_view>, std::string> patterns;
  for (const GuardRule& rule : rules) {
    const std::optional<LocaleId> locale = locales.Resolve(rule.locale);
    if (!locale || locales.tag(*locale) != rule.locale)
      return RowError(rule.locale, rule.concept_name, "unknown locale");
    if (absl::Status status = CheckPattern(rule); !status.ok()) return status;
    std::string& pattern = patterns[{*locale, rule.concept_name}];
    if (!pattern.empty()) pattern += "|";
    pattern += rule.pattern;
  }
  for (const auto& [row, pattern] : patterns) {
    const auto& [locale, concept_name] = row;
    const auto known = std::find(guards.names_.begin(), guards.names_.end(), concept_name);
    const size_t index = known - guards.names_.begin();
    if (known == guards.names_.end()) guards.names_.emplace_back(concept_name);

    Table& table = guards.tables_[locale];
    if (table.patterns == nullptr) {
      table.patterns = std::make_unique<RE2::Set>(GuardOptions(), RE2::UNANCHORED);
    }
    const bool words = SeparatesWords(locales.script(locale));
    std::string error;
    const std::string bounded =
        words ? absl::StrCat(std::string(kWordBegin), "(?:", pattern, ")", std::string(kWordEnd))
              : pattern;
    if (table.patterns->Add(bounded, &error) < 0) {
      return RowError(locales.tag(locale), concept_name, error);
    }
    table.concepts.push_back(index);
  }
  if (guards.names_.size() > kMaxGuardConcepts) {
    return absl::InvalidArgumentError(
        absl::StrCat("guards: more than ", kMaxGuardConcepts, " concepts"));
  }
  for (auto& [locale, table] : guards.tables_) {
    if (!table.patterns->Compile()) {
      return absl::InvalidArgumentError(
          absl::StrCat("guards/", std::string(locales.tag(locale)), ".tsv: too large"));
    }
  }
  return guards;
}

bool Guards::Covers(LocaleId locale) const {
  for (; locale != kRootLocale; locale = locales_->parent(locale)) {
    if (tables_.contains(locale)) return true;
  }
  return tables_.contains(kRootLocale);
}

std::vector<LocaleId> Guards::Tables() const {
  std::vector<LocaleId> tables;
  for (const auto& [locale, table] : tables_) tables.push_back(locale);
  std::sort(tables.begin(), tables.end());
  return tables;
}

absl::StatusOr<Guards::Concepts> Guards::Find(LocaleId locale, std::string_view text) const {
  Concepts found;
  std::vector<int> hits;
  while (true) {
    const auto table = tables_.find(locale);
    if (table != tables_.end()) {
      RE2::Set::ErrorInfo error;
      hits.clear();
      if (table->second.patterns->Match(text, &hits, &error)) {
        for (const int hit : hits) found.set(table->second.concepts[hit]);
      } else if (error.kind != RE2::Set::kNoError) {
        return absl::ResourceExhaustedError("guard patterns ran out of memory");
      }
    }
    if (locale == kRootLocale) return found;
    locale = locales_->parent(locale);
  }
}

std::string_view Guards::Normalize(std::string_view text, std::string* buffer) {
  if (std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isascii(c); })) {
    return text;
  }
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(status);
  if (U_SUCCESS(status) &&
      nfkc->isNormalizedUTF8(icu::StringPiece(text.data(), text.size()), status)) {
    return text;
  }
  buffer->clear();
  icu::StringByteSink<std::string> sink(buffer);
  nfkc->normalizeUTF8(0, icu::StringPiece(text.data(), text.size()), sink, nullptr, status);
  return *buffer;
}

}  // namespace signalbook
