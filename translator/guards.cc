#include "translator/guards.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "re2/re2.h"
#include "translator/scripts.h"
#include "translator/tsv.h"
#include "translator/utf8.h"

namespace signalbook {
namespace {

// The locale that all others inherit from, in the rows of a book.
constexpr std::string_view kRootTag = "root";

// In normalized text nothing outside ASCII separates words (RE2's \b takes all of it for separators,
// and classes of Unicode properties would make up nearly all of a compiled program).
constexpr std::string_view kWordBegin = R"((?:^|[\x00-/:-@\[-`{-\x7F]))";
constexpr std::string_view kWordEnd = R"((?:$|[\x00-/:-@\[-`{-\x7F]))";

// So is what a word is made of, as the inside of a class.
constexpr std::string_view kWordCharacters = R"(0-9A-Za-z\x{80}-\x{10FFFF})";

// The pattern with that for \pL and \pM, which are a thousand ranges each.
std::string Compact(std::string_view pattern) {
  std::string compact;
  bool in_class = false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const std::string_view rest = pattern.substr(i);
    if (rest.substr(0, 3) == "\\pL" || rest.substr(0, 3) == "\\pM") {
      compact += in_class ? std::string(kWordCharacters) : "[" + std::string(kWordCharacters) + "]";
      i += 2;
      continue;
    }
    if (rest.front() == '[') in_class = true;
    if (rest.front() == ']') in_class = false;
    compact.push_back(rest.front());
    if (rest.front() == '\\' && rest.size() > 1) compact.push_back(pattern[++i]);
  }
  return compact;
}

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

// Marks that Arabic and Hebrew write or leave out, joiners, soft hyphens.
bool IsSkipped(UChar32 c) {
  return c == 0xAD || c == 0x640 || (c >= 0x64B && c <= 0x652) || (c >= 0x591 && c <= 0x5C7) ||
         (c >= 0x200B && c <= 0x200F) || c == 0x2060;
}

// Empty should ICU fail, which it does not.
std::string Nfkc(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(status);
  std::string composed;
  icu::StringByteSink<std::string> sink(&composed);
  if (U_SUCCESS(status)) {
    nfkc->normalizeUTF8(0, icu::StringPiece(text.data(), text.size()), sink, nullptr, status);
  }
  return composed;
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

}  // namespace

absl::StatusOr<Guards> Guards::Create(const std::vector<GuardConcept>& concepts,
                                      const std::vector<GuardRule>& rules,
                                      const LocaleTable& locales) {
  if (concepts.size() > kMaxGuardConcepts) {
    return absl::InvalidArgumentError(
        absl::StrCat("guards: more than ", kMaxGuardConcepts, " concepts"));
  }
  Guards guards;
  guards.locales_ = &locales;
  for (const GuardConcept& row : concepts) {
    guards.concepts_.push_back({std::string(row.name), row.kind, {}});
  }
  for (size_t i = 0; i < concepts.size(); ++i) {
    for (const std::string_view other : Values(concepts[i].also_licenses)) {
      const std::optional<size_t> index = guards.IndexOf(other);
      if (!index) {
        return absl::InvalidArgumentError(
            absl::StrCat("concepts.tsv: ", guards.name(i), " licenses what has no row"));
      }
      guards.concepts_[i].licenses.set(*index);
    }
  }
  for (const GuardRule& rule : rules) {
    const std::optional<LocaleId> locale =
        rule.locale == kRootTag ? kRootLocale : locales.Resolve(rule.locale);
    if (!locale || locales.tag(*locale) != rule.locale) {
      return RowError(rule.locale, rule.concept_name, "unknown locale");
    }
    std::string_view name = rule.concept_name;
    const bool only_licenses = name.substr(0, 1) == kOnlyLicenses;
    if (only_licenses) name.remove_prefix(1);
    const std::optional<size_t> index = guards.IndexOf(name);
    if (!index) return RowError(rule.locale, name, "unknown concept");

    std::unique_ptr<Table>& table = guards.tables_[*locale];
    if (table == nullptr) table = std::make_unique<Table>();
    // One pattern per concept: the word boundaries around it are the larger part of a small one.
    const auto row = std::find_if(table->rows.begin(), table->rows.end(), [&](const Row& r) {
      return r.concept_index == *index && r.only_licenses == only_licenses;
    });
    if (row == table->rows.end()) {
      table->rows.push_back({*index, only_licenses, Compact(Nfkc(rule.pattern))});
    } else {
      row->pattern += "|" + Compact(Nfkc(rule.pattern));
    }
  }
  return guards;
}

void Guards::Compile(LocaleId locale, Table* table) const {
  auto patterns = std::make_unique<RE2::Set>(GuardOptions(), RE2::UNANCHORED);
  const bool words = locale != kRootLocale && SeparatesWords(locales_->script(locale));
  for (const Row& row : table->rows) {
    std::string error;
    const std::string bounded = words ? absl::StrCat(std::string(kWordBegin), "(?:", row.pattern,
                                                     ")", std::string(kWordEnd))
                                      : row.pattern;
    if (patterns->Add(bounded, &error) < 0) {
      table->status = RowError(locales_->tag(locale), name(row.concept_index), error);
      return;
    }
  }
  if (!patterns->Compile()) {
    table->status = absl::InvalidArgumentError(
        absl::StrCat("guards/", std::string(locales_->tag(locale)), ".tsv: too large"));
    return;
  }
  table->patterns = std::move(patterns);
}

const Guards::Table& Guards::Compiled(LocaleId locale) const {
  Table& table = *tables_.find(locale)->second;
  std::call_once(table.once, [&] { Compile(locale, &table); });
  return table;
}

absl::Status Guards::Prepare() const {
  absl::Status status;
  for (const LocaleId locale : Tables()) status.Update(Compiled(locale).status);
  return status;
}

std::optional<size_t> Guards::IndexOf(std::string_view name) const {
  for (size_t i = 0; i < concepts_.size(); ++i) {
    if (concepts_[i].name == name) return i;
  }
  return std::nullopt;
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
  const absl::StatusOr<Concepts> found = Match(locale, text, /*licences=*/true);
  if (!found.ok()) return found.status();
  Concepts licensed;
  for (size_t i = 0; i < concepts_.size(); ++i) {
    if (!found->test(i) || kind(i) == ConceptKind::kBlocked) continue;
    licensed |= concepts_[i].licenses;
    licensed.set(i);
  }
  return licensed;
}

bool Guards::Finds(LocaleId locale, std::string_view concept_name, std::string_view text) const {
  std::string buffer;
  const std::string_view normalized = Normalize(text, &buffer);
  const bool only_licenses = concept_name.substr(0, 1) == kOnlyLicenses;
  if (only_licenses) concept_name.remove_prefix(1);
  const std::optional<size_t> index = IndexOf(concept_name);
  const absl::StatusOr<Concepts> found =
      only_licenses ? FindLicences(locale, normalized) : Find(locale, normalized);
  return index && found.ok() && found->test(*index);
}

std::string Guards::Names(const Concepts& concepts) const {
  std::string names;
  for (size_t i = 0; i < concepts_.size(); ++i) {
    if (concepts.test(i)) absl::StrAppend(&names, names.empty() ? "" : " ", name(i));
  }
  return names.empty() ? "none" : names;
}

absl::StatusOr<Guards::Concepts> Guards::Match(LocaleId locale, std::string_view text,
                                               bool licences) const {
  Concepts found;
  std::vector<int> hits;
  while (true) {
    if (tables_.contains(locale)) {
      const Table& table = Compiled(locale);
      if (!table.status.ok()) return table.status;
      RE2::Set::ErrorInfo error;
      hits.clear();
      if (table.patterns->Match(text, &hits, &error)) {
        for (const int hit : hits) {
          const Row& row = table.rows[hit];
          if (licences || !row.only_licenses) found.set(row.concept_index);
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
  const std::string composed = Nfkc(text);
  buffer->clear();
  for (size_t at = 0; at < composed.size();) {
    const DecodedCodePoint c = DecodeUtf8(composed, at);
    AppendNormalized(static_cast<UChar32>(c.value), buffer);
    at = c.end;
  }
  return *buffer;
}

}  // namespace signalbook
