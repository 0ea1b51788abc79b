#include "translator/book_builder.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "translator/book_lint.h"
#include "translator/book_tables.h"
#include "translator/book_writer.h"
#include "translator/lint.h"
#include "translator/tsv.h"

namespace signalbook {
namespace {

// A list of names, each once, " | " between them.
class AlternateList {
 public:
  // `text` is the approved name itself, which need not be said again.
  explicit AlternateList(std::string_view text) : text_(text) {}

  void Add(std::string_view name) {
    if (name.empty() || name == text_) return;
    if (std::find(names_.begin(), names_.end(), name) == names_.end()) names_.push_back(name);
  }
  std::string Join() const {
    std::string joined;
    for (const std::string_view name : names_) {
      if (!joined.empty()) joined += " | ";
      joined += name;
    }
    return joined;
  }

 private:
  std::string_view text_;
  std::vector<std::string_view> names_;
};

// The rows of one locale, out of what the tables say in it and in the locales that it inherits
// from.
class LocaleMerger {
 public:
  // `chain` is the locale, then its ancestors; those of which no table speaks are left out.
  LocaleMerger(const BookTables& tables, std::vector<const LocaleFacts*> chain)
      : tables_(tables), chain_(std::move(chain)) {}

  std::vector<BookContent::Row> Rows() const {
    const LocaleFacts& own = *chain_.front();
    std::vector<KeyId> keys;
    for (const auto& [key, fact] : own.names) keys.push_back(key);
    for (const auto& [key, fact] : own.territories) keys.push_back(key);
    for (const auto& [key, fact] : own.subdivisions) keys.push_back(key);
    for (const auto& [key, fact] : own.curated) keys.push_back(key);
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());

    std::vector<BookContent::Row> rows;
    rows.reserve(keys.size());
    for (const KeyId key : keys) {
      BookContent::Row row = RowOf(key);
      if (row.blocked || !row.text.empty() || !row.alternates.empty())
        rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  using Places = absl::flat_hash_map<KeyId, LocaleFacts::Place> LocaleFacts::*;

  template <typename Fact>
  static const Fact* Get(const absl::flat_hash_map<KeyId, Fact>& facts, KeyId key) {
    const auto found = facts.find(key);
    return found == facts.end() ? nullptr : &found->second;
  }

  BookContent::Row RowOf(KeyId key) const {
    const LocaleFacts& own = *chain_.front();
    // Default-deny: a block holds for all who inherit, whatever CLDR calls it there, until a moderator
    // names it nearer.
    const auto* nearest = NearestCurated(key);
    if (nearest != nullptr && nearest->blocked) {
      return {key, "", "", "curated", /*blocked=*/true, nearest->sensitive};
    }
    if (const auto* curated = Get(own.curated, key)) {
      // A moderator's row replaces all that CLDR says in this locale: a name that was rejected must
      // not come back as an alternate.
      return {key,       curated->text,    curated->alternates,
              "curated", curated->blocked, curated->sensitive};
    }
    BookContent::Row row{.key = key};
    const Places places = IsNamed(&LocaleFacts::territories, key)    ? &LocaleFacts::territories
                          : IsNamed(&LocaleFacts::subdivisions, key) ? &LocaleFacts::subdivisions
                                                                     : nullptr;
    if (places != nullptr) {
      // A flag is called as its region is ("Canada"); the label for a search box ("flag: Canada")
      // is only an alternate, even where it stands in a nearer locale.
      if (const auto* place = Get(own.*places, key)) row.text = place->name;
      row.source = places == &LocaleFacts::territories ? tables_.territories_source
                                                       : tables_.subdivisions_source;
    } else {
      if (const auto* name = Get(own.names, key)) row.text = name->text;
      row.source = tables_.names_source;
    }
    if (row.text.empty() && InheritsCurated(key)) return {.key = key};

    AlternateList alternates(row.text);
    if (places != nullptr) {
      for (const std::string_view alternate : PlaceAlternates(places, key))
        alternates.Add(alternate);
      alternates.Add(Nearest(key, &LocaleFacts::Name::text));
      // Keywords of a flag are no names of its region: "flag".
    } else {
      for (const std::string_view word : Values(Nearest(key, &LocaleFacts::Name::keywords))) {
        alternates.Add(word);
      }
    }
    row.alternates = alternates.Join();
    return row;
  }

  const LocaleFacts::Curated* NearestCurated(KeyId key) const {
    for (const LocaleFacts* facts : chain_) {
      if (const auto* curated = Get(facts->curated, key)) return curated;
    }
    return nullptr;
  }

  bool IsNamed(Places places, KeyId key) const {
    return std::any_of(chain_.begin(), chain_.end(), [&](const LocaleFacts* facts) {
      const auto* place = Get(facts->*places, key);
      return place != nullptr && !place->name.empty();
    });
  }

  // Whether the name that this locale inherits is a moderator's. CLDR's alternates of this locale
  // then have nothing to stand beside.
  bool InheritsCurated(KeyId key) const {
    for (size_t i = 1; i < chain_.size(); ++i) {
      if (chain_[i]->curated.contains(key)) return true;
      const auto* name = Get(chain_[i]->names, key);
      const auto* territory = Get(chain_[i]->territories, key);
      const auto* subdivision = Get(chain_[i]->subdivisions, key);
      if ((name != nullptr && !name->text.empty()) ||
          (territory != nullptr && !territory->name.empty()) ||
          (subdivision != nullptr && !subdivision->name.empty())) {
        return false;
      }
    }
    return false;
  }

  std::string_view Nearest(KeyId key, std::string LocaleFacts::Name::*field) const {
    for (const LocaleFacts* facts : chain_) {
      const auto* name = Get(facts->names, key);
      if (name != nullptr && !(name->*field).empty()) return name->*field;
    }
    return {};
  }

  std::vector<std::string_view> PlaceAlternates(Places places, KeyId key) const {
    std::map<std::string_view, std::string_view> nearest;
    for (const LocaleFacts* facts : chain_) {
      const auto* place = Get(facts->*places, key);
      if (place == nullptr) continue;
      for (const auto& [kind, name] : place->alternates) nearest.emplace(kind, name);
    }
    std::vector<std::string_view> names;
    names.reserve(nearest.size());
    for (const auto& [kind, name] : nearest) names.push_back(name);
    return names;
  }

  const BookTables& tables_;
  const std::vector<const LocaleFacts*> chain_;
};

// A label that is English in another language is none: CLDR puts it where it has nothing.
Labels LabelsOf(const std::vector<const LocaleFacts*>& chain, const BookTables& tables,
                std::string_view tag) {
  Labels labels;
  for (const LocaleFacts* facts : chain) labels.insert(facts->labels.begin(), facts->labels.end());
  const auto english = tables.locales.find("en");
  if (english == tables.locales.end() || tag.substr(0, tag.find('-')) == "en") return labels;
  for (const auto& [label, text] : english->second.labels) {
    const auto found = labels.find(label);
    const bool is_word = text.find("{1}") == std::string::npos;
    if (is_word && found != labels.end() && found->second == text) labels.erase(found);
  }
  return labels;
}

void MergeLocales(const BookTables& tables, const LocaleTable& locales, BookContent* content) {
  const Composer composer(content->keys);
  content->locales.resize(locales.size());
  for (size_t i = 0; i < locales.size(); ++i) {
    const auto id = static_cast<LocaleId>(i);
    BookContent::Locale& locale = content->locales[i];
    locale.parent = locales.parent(id);
    // Parents come first, so that theirs are complete.
    locale.joins = content->locales[locale.parent].joins;
    locale.join_locales = content->locales[locale.parent].join_locales;
    const auto own = tables.locales.find(std::string(locales.tag(id)));
    if (own == tables.locales.end()) continue;
    for (int join = 0; join < kJoinCount; ++join) {
      if (!own->second.joins[join]) continue;
      locale.joins[join] = *own->second.joins[join];
      locale.join_locales[join] = id;
    }

    std::vector<const LocaleFacts*> chain = {&own->second};
    for (LocaleId at = id; at != kRootLocale;) {
      at = locales.parent(at);
      const auto facts = tables.locales.find(std::string(locales.tag(at)));
      if (facts != tables.locales.end()) chain.push_back(&facts->second);
    }
    const Labels labels = LabelsOf(chain, tables, own->first);
    locale.rows = LocaleMerger(tables, std::move(chain)).Rows();
    composer.Compose(*content, locales, id, labels, &locale.rows);
  }
}

}  // namespace

std::string ToString(const Finding& finding) {
  const std::string line = finding.line > 0 ? absl::StrCat(":", finding.line) : "";
  return absl::StrCat(finding.file, line, ": ", finding.rule, ": ", finding.message);
}

absl::StatusOr<BuiltBook> BuildBook(const std::string& data_dir, const BookOptions& options) {
  BuiltBook built;
  absl::StatusOr<BookTables> tables = ReadBookTables(data_dir, &built.findings);
  if (!tables.ok()) return tables.status();
  absl::StatusOr<LocaleTable> locales = LocaleTable::View(tables->locale_table);
  if (locales.ok()) LintNames(*tables, *locales, &built.findings);
  Judgement judgement = Judge(std::move(built.findings), tables->acknowledgements);
  built.findings = std::move(judgement.errors);
  built.warnings = std::move(judgement.warnings);
  built.acknowledged = judgement.acknowledged;
  if (!built.findings.empty()) return built;
  if (!locales.ok()) return locales.status();
  BookContent content{.name = options.name,
                      .version = options.version,
                      .emoji_table = tables->emoji_table,
                      .locale_table = tables->locale_table,
                      .keys = std::move(tables->keys),
                      .concepts = std::move(tables->concepts),
                      .guards = std::move(tables->guards),
                      .protected_rules = std::move(tables->protected_rules),
                      .number_words = std::move(tables->number_words),
                      .forbidden = std::move(tables->forbidden),
                      .markets = std::move(tables->markets),
                      .phrases = std::move(tables->phrases),
                      .codes = std::move(tables->codes),
                      .lexicons = std::move(tables->lexicons)};
  MergeLocales(*tables, *locales, &content);
  absl::StatusOr<std::string> image = WriteBook(content);
  if (!image.ok()) return image.status();
  built.image = *std::move(image);
  return built;
}

}  // namespace signalbook
