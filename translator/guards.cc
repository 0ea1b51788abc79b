#include "translator/guards.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "re2/re2.h"
#include "translator/scripts.h"
#include "translator/utf8.h"

namespace signalbook {
namespace {

// In normalized text nothing outside ASCII separates words (RE2's \b takes all of it for separators,
// and classes of Unicode properties would make up nearly all of a compiled program).
constexpr std::string_view kWordBegin = R"((?:^|[\x00-/:-@\[-`{-\x7F]))";
constexpr std::string_view kWordEnd = R"((?:$|[\x00-/:-@\[-`{-\x7F]))";

constexpr std::string_view kOnlyLicenses = "~";

RE2::Options GuardOptions() {
  RE2::Options options;
  options.set_case_sensitive(false);
  options.set_log_errors(false);
  options.set_max_mem(kGuardMemory);
  return options;
}

// Whether words of the ISO 15924 script are separated by spaces.
bool SeparatesWords(std::string_view script) {
  for (const UScriptCode letters :
       {USCRIPT_HAN, USCRIPT_THAI, USCRIPT_LAO, USCRIPT_KHMER, USCRIPT_MYANMAR}) {
    if (script != "Kore" && IsWrittenWith(script, letters)) return false;
  }
  return true;
}

Guards::Kind KindOf(std::string_view name) {
  if (name == "blocked") return Guards::Kind::kBlocked;
  return name == "chatter" ? Guards::Kind::kChatter : Guards::Kind::kConcept;
}

// Marks that Arabic and Hebrew write or leave out, joiners, soft hyphens.
bool IsSkipped(UChar32 c) {
  return c == 0xAD || c == 0x640 || (c >= 0x64B && c <= 0x652) || (c >= 0x591 && c <= 0x5C7) ||
         (c >= 0x200B && c <= 0x200F) || c == 0x2060;
}

// What outside ASCII is part of a word stays, apostrophes become ', all else a space.
void AppendNormalized(UChar32 c, std::string* text) {
  if (IsSkipped(c)) return;
  if (c == 0x2019 || c == 0x2018 || c == 0x2BC) {
    text->push_back('\'');
    return;
  }
  const bool is_word =
      c < 0x80 || (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK)) != 0;
  if (is_word) {
    AppendUtf8(static_cast<char32_t>(c), text);
  } else {
    text->push_back(' ');
  }
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
    const auto& [locale, row_name] = row;
    std::string_view concept_name = row_name;
    const bool only_licenses = concept_name.substr(0, 1) == kOnlyLicenses;
    if (only_licenses) concept_name.remove_prefix(1);
    const auto known = std::find(guards.names_.begin(), guards.names_.end(), concept_name);
    const size_t index = known - guards.names_.begin();
    if (known == guards.names_.end()) {
      guards.names_.emplace_back(concept_name);
      guards.kinds_.push_back(KindOf(concept_name));
    }

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
    table.only_licenses.push_back(only_licenses);
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
  return false;
}

std::vector<LocaleId> Guards::Tables() const {
  std::vector<LocaleId> tables;
  for (const auto& [locale, table] : tables_) tables.push_back(locale);
  std::sort(tables.begin(), tables.end());
  return tables;
}

absl::StatusOr<Guards::Concepts> Guards::Find(LocaleId locale, std::string_view text) const {
  return Match(locale, text, /*licences=*/false);
}

absl::StatusOr<Guards::Concepts> Guards::FindLicences(LocaleId locale,
                                                      std::string_view text) const {
  absl::StatusOr<Concepts> found = Match(locale, text, /*licences=*/true);
  for (size_t i = 0; found.ok() && i < kinds_.size(); ++i) {
    if (kinds_[i] == Kind::kBlocked) found->reset(i);
  }
  return found;
}

std::string Guards::Names(const Concepts& concepts) const {
  std::string names;
  for (size_t i = 0; i < names_.size(); ++i) {
    if (concepts.test(i)) absl::StrAppend(&names, names.empty() ? "" : " ", names_[i]);
  }
  return names.empty() ? "none" : names;
}

absl::StatusOr<Guards::Concepts> Guards::Match(LocaleId locale, std::string_view text,
                                               bool licences) const {
  Concepts found;
  std::vector<int> hits;
  while (true) {
    const auto table = tables_.find(locale);
    if (table != tables_.end()) {
      RE2::Set::ErrorInfo error;
      hits.clear();
      if (table->second.patterns->Match(text, &hits, &error)) {
        for (const int hit : hits) {
          if (licences || !table->second.only_licenses[hit]) found.set(table->second.concepts[hit]);
        }
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
  std::string composed;
  icu::StringByteSink<std::string> sink(&composed);
  if (U_SUCCESS(status)) {
    nfkc->normalizeUTF8(0, icu::StringPiece(text.data(), text.size()), sink, nullptr, status);
  }
  buffer->clear();
  for (size_t at = 0; at < composed.size();) {
    const DecodedCodePoint c = DecodeUtf8(composed, at);
    AppendNormalized(static_cast<UChar32>(c.value), buffer);
    at = c.end;
  }
  return *buffer;
}

}  // namespace signalbook
