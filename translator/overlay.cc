#include "translator/overlay.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "translator/book_lint.h"
#include "translator/book_overlay.h"
#include "translator/compose.h"
#include "translator/guards.h"
#include "translator/phrases.h"
#include "translator/tsv.h"

namespace signalbook {
namespace {

constexpr std::string_view kModerated = "moderated";
constexpr std::string_view kComposedOfModerated = "composed/moderated";
constexpr std::string_view kComposed = "composed/";
constexpr std::string_view kCurated = "curated";

using Name = BookOverlay::Name;

bool SaysTheSame(const std::optional<Rendering>& a, const std::optional<Rendering>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->blocked == b->blocked && a->text == b->text;
}

// nullopt unless `text` holds `what` exactly once.
std::optional<std::string> ReplaceOnce(std::string_view text, std::string_view what,
                                       std::string_view with) {
  const size_t at = what.empty() ? std::string_view::npos : text.find(what);
  if (at == std::string_view::npos || text.find(what, at + 1) != std::string_view::npos) {
    return std::nullopt;
  }
  std::string replaced(text.substr(0, at));
  return replaced.append(with).append(text.substr(at + what.size()));
}

// A sequence that the builder may have composed of another.
struct Variant {
  struct Base {
    KeyId key = kNoKey;
    std::string cap;  // of a keycap, see compose.h
  };
  KeyId key = kNoKey;
  std::vector<Base> bases;  // the one that the builder prefers first
};

// What `composed`, which was made of the name `before`, is with the name `after`; nullopt when it was not
// made of that or cannot be made of this.
std::optional<std::string> Recompose(const Variant::Base& base, std::string_view composed,
                                     std::string_view before, std::string_view after) {
  if (base.cap.empty()) return ReplaceOnce(composed, before, after);
  const std::optional<std::string> made = ReplaceOnce(before, "1", base.cap);
  if (!made || *made != composed) return std::nullopt;
  return ReplaceOnce(after, "1", base.cap);
}

// Every variant behind its bases.
std::vector<Variant> VariantsOf(const Book& book) {
  std::vector<BookContent::Key> keys(book.key_count());
  for (size_t id = 0; id < keys.size(); ++id) {
    keys[id].sequence = book.key(static_cast<KeyId>(id)).sequence;
  }
  const Composer composer(keys);
  std::map<KeyId, Variant> variants;
  const auto add = [&](KeyId key, KeyId base, const std::string& cap) {
    if (base == kNoKey || base == key) return;
    Variant& variant = variants[key];
    variant.key = key;
    variant.bases.push_back({base, cap});
  };
  for (const Composer::Toned& toned : composer.toned()) add(toned.key, toned.base, "");
  for (const Composer::Hole& hole : composer.holes()) add(hole.key, hole.base, hole.cap);
  std::vector<Variant> ordered;
  ordered.reserve(variants.size());
  for (auto& [key, variant] : variants) ordered.push_back(std::move(variant));
  // A base that is a variant itself is shorter: it lacks the tones, or the direction.
  std::stable_sort(ordered.begin(), ordered.end(), [&](const Variant& a, const Variant& b) {
    return keys[a.key].sequence.size() < keys[b.key].sequence.size();
  });
  return ordered;
}

// Fills the tables of `book`, which is `base` but for them.
class Merger {
 public:
  Merger(const Book& base, const Book& book, BookOverlay* tables, std::vector<std::string>* ignored)
      : base_(base), book_(book), locales_(base.locales()), tables_(*tables), ignored_(ignored) {
    for (const std::string_view market : base.MarketNames()) {
      tables_.market_sources.push_back(
          absl::StrCat(std::string(kModerated), "/", std::string(market)));
    }
  }

  void AddNames(const std::vector<OverlayName>& rows) {
    for (size_t i = 0; i < rows.size(); ++i) {
      const OverlayName& row = rows[i];
      if (const std::string why = ObjectionTo(row); !why.empty()) {
        Ignore(absl::StrCat("names[", i, "]"), why);
        continue;
      }
      Name name{.text = row.blocked ? "" : row.text,
                .alternates = row.blocked ? "" : row.alternates,
                .source = kModerated,
                .blocked = row.blocked};
      // What takes two people to change still does.
      const std::optional<Rendering> replaced = base_.Find(row.locale, row.key, row.market);
      name.sensitive = replaced && replaced->sensitive;
      if (row.market == kNoMarket) {
        tables_.names[row.key][row.locale] = std::move(name);
      } else {
        name.source = tables_.market_sources[row.market];
        tables_.market_names[{row.market, row.locale, row.key}] = std::move(name);
      }
    }
    for (auto& [key, names] : tables_.names) HandDown(key, &names);
    if (tables_.names.empty()) return;
    for (const Variant& variant : VariantsOf(base_)) Follow(variant);
  }

  void AddPhrases(const std::vector<OverlayPhrase>& rows) {
    for (size_t i = 0; i < rows.size(); ++i) {
      const OverlayPhrase& row = rows[i];
      if (const std::string why = ObjectionTo(row); !why.empty()) {
        Ignore(absl::StrCat("phrases[", i, "]"), why);
        continue;
      }
      std::optional<std::string>& text = tables_.phrases[{row.from, row.to, row.key}];
      text.reset();
      if (row.removed) continue;
      text = row.text;
      tables_.longest_phrase = std::max(tables_.longest_phrase, PhraseWords(row.key));
    }
  }

  void AddGuards(const std::vector<OverlayGuard>& rows) {
    using Place = std::tuple<std::string, std::string, std::string>;
    std::map<Place, bool> removed;
    for (size_t i = 0; i < rows.size(); ++i) {
      const OverlayGuard& row = rows[i];
      if (const std::string why = ObjectionTo(row); !why.empty()) {
        Ignore(absl::StrCat("guards[", i, "]"), why);
        continue;
      }
      removed[{row.locale, row.concept_name, row.pattern}] = row.removed;
    }
    tables_.guards.clear();
    for (const GuardRule& rule : base_.guards()) {
      const auto found = removed.find(Place(rule.locale, rule.concept_name, rule.pattern));
      if (found == removed.end()) {
        tables_.guards.push_back(rule);
        continue;
      }
      if (!found->second) tables_.guards.push_back(rule);
      found->second = true;  // needs no row of its own
    }
    for (const auto& [place, is_removed] : removed) {
      if (is_removed) continue;
      const auto& [locale, concept_name, pattern] = *tables_.added_guards.insert(place).first;
      tables_.guards.push_back({locale, concept_name, pattern});
    }
  }

  // What is asked for whole.
  void Finish() {
    for (const auto& [key, row] : book_.Phrases()) {
      const std::pair pair(row.from, row.to);
      if (tables_.phrase_pairs.empty() || tables_.phrase_pairs.back() != pair) {
        tables_.phrase_pairs.push_back(pair);
      }
    }
    std::set<LocaleId> named;
    for (const LocaleId locale : base_.NamedLocales()) named.insert(locale);
    for (const auto& [key, names] : tables_.names) {
      for (const auto& [locale, name] : names) {
        if (name) named.insert(locale);
      }
    }
    tables_.named_locales.assign(named.begin(), named.end());
  }

 private:
  // Objections name the rule that is broken and never the text that breaks it; empty: none.
  std::string ObjectionTo(const OverlayName& row) const {
    if (row.locale >= locales_.size()) return "its locale is not in the book";
    if (row.market != kNoMarket && row.market >= tables_.market_sources.size()) {
      return "its market is not in the book";
    }
    if (row.key >= base_.key_count()) return "its sequence is not in the book";
    if (row.blocked) return "";
    const auto objection_to = [&](std::string_view text, const char* what) -> std::string {
      const std::optional<Objection> objection = CheckText(text, base_.emoji());
      if (!objection) return "";
      return absl::StrCat("its ", what, " is unfit (", objection->rule, "), ",
                          KeyOf(base_.key(row.key).sequence), " in ",
                          std::string(locales_.tag(row.locale)));
    };
    if (std::string why = objection_to(row.text, "text"); !why.empty()) return why;
    for (const std::string_view alternate : Values(row.alternates)) {
      if (std::string why = objection_to(alternate, "list of alternates"); !why.empty()) return why;
    }
    return "";
  }

  std::string ObjectionTo(const OverlayPhrase& row) const {
    if (row.from >= locales_.size() || row.to >= locales_.size()) {
      return "one of its locales is not in the book";
    }
    if (row.key.empty()) return "it has no key";
    if (row.removed) return "";
    // From root: a punctuation mark.
    if (row.from != kRootLocale && PhraseKey(row.key) != row.key) {
      return "its key is not as phrases are matched";
    }
    const std::optional<Objection> objection = CheckText(row.text, base_.emoji());
    return objection ? absl::StrCat("its text is unfit (", objection->rule, ")") : "";
  }

  std::string ObjectionTo(const OverlayGuard& row) const {
    const std::optional<LocaleId> locale = locales_.Exact(row.locale);
    if (!locale) return "its locale is not in the book";
    std::string_view name = row.concept_name;
    if (name.substr(0, kOnlyLicenses.size()) == kOnlyLicenses) {
      name.remove_prefix(kOnlyLicenses.size());
    }
    const std::vector<GuardConcept> concepts = base_.concepts();
    if (std::none_of(concepts.begin(), concepts.end(),
                     [&](const GuardConcept& known) { return known.name == name; })) {
      return "its concept is not in the book";
    }
    if (row.removed) return "";
    const std::optional<Objection> objection = CheckPattern(row.pattern);
    return objection ? absl::StrCat("its pattern is unfit (", objection->rule, ")") : "";
  }

  void Ignore(const std::string& row, const std::string& why) {
    if (ignored_ != nullptr) ignored_->push_back(absl::StrCat(row, ": ", why));
  }

  // Where a row of people is inherited, some rows of the file no longer count; those that would not if it
  // stood in curated/ (book_builder.cc).
  void HandDown(KeyId key, BookOverlay::Names* names) {
    for (size_t id = names->begin()->first; id < locales_.size(); ++id) {
      const auto locale = static_cast<LocaleId>(id);
      const std::optional<Rendering> own = base_.OwnRow(locale, key);
      if (!own || names->contains(locale) || own->source == kCurated) continue;
      const LocaleId parent = locales_.parent(locale);
      // Default-deny: a block holds whatever CLDR calls it here.
      const std::optional<Rendering> people = NamedByPeople(parent, key);
      bool counts = !people || people->source != kModerated || !people->blocked;
      if (own->text.empty() && !own->blocked) {
        // Keywords have nothing to stand beside: a name that was rejected must not come back as one.
        const std::optional<Rendering> inherited = book_.Find(parent, key);
        counts &= !inherited || inherited->source != kModerated;
      }
      if (!counts) (*names)[locale] = std::nullopt;
    }
  }

  // The nearest row that people wrote, in the file or on top of it.
  std::optional<Rendering> NamedByPeople(LocaleId locale, KeyId key) const {
    for (;; locale = locales_.parent(locale)) {
      std::optional<Rendering> row = book_.OwnRow(locale, key);
      if (row && (row->source == kModerated || row->source == kCurated)) return row;
      if (locale == kRootLocale) return std::nullopt;
    }
  }

  // A variant, in every locale in which one of its bases is not what it was.
  void Follow(const Variant& variant) {
    std::vector<bool> is_reached(locales_.size());
    for (size_t id = 0; id < locales_.size(); ++id) {
      const auto locale = static_cast<LocaleId>(id);
      // A parent has a smaller id.
      bool is_here = id != kRootLocale && is_reached[locales_.parent(locale)];
      for (const Variant::Base& base : variant.bases) {
        const BookOverlay::Names* names = tables_.NamesOf(base.key);
        is_here |= names != nullptr && names->contains(locale);
      }
      is_reached[id] = is_here;
      if (!is_here) continue;
      std::optional<Name> name = Followed(locale, variant);
      if (!name || SaysTheSame(name->AsRendering(locale), book_.Find(locale, variant.key))) {
        continue;
      }
      tables_.names[variant.key][locale] = std::move(name);
    }
  }

  // What the variant is called now; nullopt when it follows nobody.
  std::optional<Name> Followed(LocaleId locale, const Variant& variant) const {
    const std::optional<Rendering> now = book_.Find(locale, variant.key);
    if (now && (now->source == kModerated || now->source == kCurated)) return std::nullopt;
    const std::optional<Rendering> old = base_.Find(locale, variant.key);
    if (!old) {
      // Without a name it may still have an allowlist.
      for (const Variant::Base& base : variant.bases) {
        const std::optional<Rendering> blocked = book_.Find(locale, base.key);
        if (blocked && blocked->blocked) return Blocked(kComposedOfModerated, blocked->sensitive);
      }
      return std::nullopt;
    }
    if (old->blocked || old->source.substr(0, kComposed.size()) != kComposed) return std::nullopt;

    std::optional<Rendering> made_of;
    const Variant::Base* base = nullptr;
    for (const Variant::Base& candidate : variant.bases) {
      made_of = base_.Find(old->locale, candidate.key);
      if (!made_of || !Recompose(candidate, old->text, made_of->text, made_of->text)) continue;
      base = &candidate;
      break;
    }
    if (base == nullptr) {
      const bool is_unchanged =
          std::all_of(variant.bases.begin(), variant.bases.end(), [&](const Variant::Base& other) {
            return SaysTheSame(base_.Find(locale, other.key), book_.Find(locale, other.key));
          });
      return is_unchanged ? AsBefore(locale, variant.key, *old)
                          : Blocked(kComposedOfModerated, old->sensitive);
    }
    const std::optional<Rendering> base_now = book_.Find(locale, base->key);
    if (SaysTheSame(base_.Find(locale, base->key), base_now)) {
      return AsBefore(locale, variant.key, *old);
    }
    if (!base_now || base_now->blocked) return Blocked(kComposedOfModerated, old->sensitive);
    std::optional<std::string> text = Recompose(*base, old->text, made_of->text, base_now->text);
    if (!text || CheckText(*text, base_.emoji())) {
      return Blocked(kComposedOfModerated, old->sensitive);
    }
    Name name = AsBefore(locale, variant.key, *old);
    name.text = *std::move(text);
    name.source = kComposedOfModerated;
    return name;
  }

  static Name Blocked(std::string_view source, bool sensitive) {
    return {
        .text = "", .alternates = "", .source = source, .blocked = true, .sensitive = sensitive};
  }

  Name AsBefore(LocaleId locale, KeyId key, const Rendering& old) const {
    const std::optional<Rendering> own = base_.OwnRow(locale, key);
    return {.text = std::string(old.text),
            .alternates = own ? std::string(own->alternates) : std::string(),
            .source = old.source,
            .blocked = old.blocked,
            .sensitive = old.sensitive};
  }

  const Book& base_;
  const Book& book_;
  const LocaleTable& locales_;
  BookOverlay& tables_;
  std::vector<std::string>* const ignored_;
};

}  // namespace

std::shared_ptr<const Book> WithOverlay(std::shared_ptr<const Book> base, const OverlayRows& rows,
                                        std::vector<std::string>* ignored) {
  if (rows.names.empty() && rows.phrases.empty() && rows.guards.empty()) return base;
  const std::shared_ptr<Book> book(new Book(base->mapping_));
  book->emoji_ = base->emoji_;
  book->locales_ = base->locales_;
  auto tables = std::make_unique<BookOverlay>();
  BookOverlay* const filled = tables.get();
  book->overlay_ = std::move(tables);
  // Nobody else has the book yet.
  Merger merger(*base, *book, filled, ignored);
  merger.AddNames(rows.names);
  merger.AddPhrases(rows.phrases);
  merger.AddGuards(rows.guards);
  merger.Finish();
  return book;
}

}  // namespace signalbook
