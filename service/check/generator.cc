#include "service/check/generator.h"

#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "service/strings.h"
#include "translator/emoji.h"
#include "translator/utf8.h"

namespace signalbook::check {
namespace {

// --- Selectors.

struct Selector {
  std::string_view name;
  bool (*chooses)(const KeyInfo& key);
};

template <EmojiKind kKind>
bool IsOfKind(const KeyInfo& key) {
  return key.kind == kKind;
}

bool IsRgi(const KeyInfo& key) { return key.status == EmojiStatus::kRgi; }

constexpr Selector kSelectors[] = {
    {"all", [](const KeyInfo&) { return true; }},
    {"rgi", IsRgi},
    {"flags", [](const KeyInfo& key) { return key.kind == EmojiKind::kFlag && IsRgi(key); }},
    {"tag-flags", IsOfKind<EmojiKind::kTagFlag>},
    {"keycaps", IsOfKind<EmojiKind::kKeycap>},
    {"modifiers", IsOfKind<EmojiKind::kModifier>},
    {"zwj", IsOfKind<EmojiKind::kZwj>},
    {"basic", IsOfKind<EmojiKind::kBasic>},
    {"components", IsOfKind<EmojiKind::kComponent>},
    {"valid", [](const KeyInfo& key) { return key.status == EmojiStatus::kValidNotRgi; }},
};

std::vector<KeyId> KeysThat(const Book& book,
                            const std::function<bool(const KeyInfo& key)>& chooses) {
  std::vector<KeyId> keys;
  for (KeyId id = 0; id < book.key_count(); ++id) {
    if (chooses(book.key(id))) keys.push_back(id);
  }
  return keys;
}

// "group:Flags": keys whose `field` is that value, whatever the case of its letters.
absl::StatusOr<std::vector<KeyId>> KeysWith(const Book& book, std::string_view what,
                                            std::string_view KeyInfo::*field,
                                            std::string_view value) {
  std::set<std::string> known;
  std::vector<KeyId> keys = KeysThat(book, [&](const KeyInfo& key) {
    known.emplace(key.*field);
    return !value.empty() && absl::EqualsIgnoreCase(AsAbsl(key.*field), AsAbsl(value));
  });
  if (!keys.empty()) return keys;
  known.erase("");
  return absl::InvalidArgumentError(StrCat("the book has no emoji ", what, " \"", value,
                                           "\"; it has: ", absl::StrJoin(known, ", ")));
}

// "1F1E8-1F1E6" → 🇨🇦; nullopt when it is not in that form.
std::optional<std::string> SequenceOf(std::string_view key) {
  std::u32string code_points;
  for (const absl::string_view digits : absl::StrSplit(AsAbsl(key), '-')) {
    uint32_t value = 0;
    if (digits.size() > 6 || !absl::SimpleHexAtoi(digits, &value)) return std::nullopt;
    if (value > kLastCodePoint || (value >= 0xD800 && value < 0xE000)) return std::nullopt;
    code_points.push_back(value);
  }
  return ToUtf8(code_points);
}

absl::StatusOr<std::vector<KeyId>> OneKey(const Book& book, std::string_view key) {
  std::optional<EmojiTable::Found> found = book.emoji().Find(key);
  if (!found) {
    if (const std::optional<std::string> sequence = SequenceOf(key)) {
      found = book.emoji().Find(*sequence);
    }
  }
  if (found) return std::vector<KeyId>{found->key};
  return absl::InvalidArgumentError(
      StrCat("the book has no sequence \"", key, "\"; a key is written like 1F1E8-1F1E6"));
}

// --- Generated cases.

// For comparing as judges do, in whatever case of letters. An answer may end a sentence with another
// mark than the message: "。" becomes ".".
icu::UnicodeString Folded(std::string_view text) {
  icu::UnicodeString folded =
      icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
  folded.foldCase();
  for (int32_t i = 0; i < folded.length(); i = folded.moveIndex32(i, 1)) {
    const UChar32 c = folded.char32At(i);
    if (c != '.' && U_IS_BMP(c) && u_hasBinaryProperty(c, UCHAR_S_TERM)) folded.setCharAt(i, '.');
  }
  return folded;
}

std::string Filled(std::string_view carrier, std::string_view sequence) {
  constexpr std::string_view kPlace = "{}";
  std::string text;
  for (size_t at = 0; (at = carrier.find(kPlace)) != std::string_view::npos;) {
    text.append(carrier.substr(0, at)).append(sequence);
    carrier.remove_prefix(at + kPlace.size());
  }
  return text.append(carrier);
}

// A language as it is written, and where it is in the book.
struct Language {
  std::string tag;
  std::optional<LocaleId> locale;
};

bool SameLanguage(const LocaleTable& locales, const Language& a, const Language& b) {
  if (!a.locale || !b.locale) return a.tag == b.tag;
  const auto language = [&](LocaleId id) {
    const std::string_view tag = locales.tag(id);
    return tag.substr(0, tag.find('-'));
  };
  return language(*a.locale) == language(*b.locale) &&
         locales.script(*a.locale) == locales.script(*b.locale);
}

// Counts through all combinations and keeps none.
class GeneratedCases final : public CaseSource {
 public:
  GeneratedCases(std::shared_ptr<const Book> book, std::string_view name, std::vector<KeyId> keys,
                 std::vector<Carrier> carriers, CaseDefaults defaults,
                 std::vector<std::string> says)
      : book_(std::move(book)),
        name_(name),
        keys_(std::move(keys)),
        carriers_(std::move(carriers)),
        defaults_(std::move(defaults)),
        says_(std::move(says)) {
    for (const Carrier& carrier : carriers_) from_.push_back(Resolved(carrier.language));
    for (const std::string& to : defaults_.to) to_.push_back(Resolved(to));
    for (const std::string& said : says_) folded_says_.push_back(Folded(said));
    if (!defaults_.market.empty()) {
      const std::optional<MarketId> market = book_->Market(defaults_.market);
      knows_market_ = market.has_value();
      market_ = market.value_or(kNoMarket);
    }
    count_ = carriers_.size() * keys_.size() * to_.size() * defaults_.modes.size() * Turns();
  }

  std::optional<CaseOrBadLine> Next() override {
    while (next_ < count_) {
      const Place place = PlaceOf(next_++);
      if (SameLanguage(book_->locales(), from_[place.carrier], to_[place.to])) continue;
      return CaseAt(place);
    }
    return std::nullopt;
  }

  double progress() const override {
    return count_ == 0 ? 1 : static_cast<double>(next_) / static_cast<double>(count_);
  }

 private:
  // Indices into the vectors.
  struct Place {
    size_t carrier, key, to, mode, turn;
  };

  size_t Turns() const { return std::max<size_t>(says_.size(), 1); }

  Language Resolved(const std::string& tag) const { return {tag, book_->locales().Resolve(tag)}; }

  Place PlaceOf(size_t number) const {
    const auto digit = [&](size_t base) {
      const size_t value = number % base;
      number /= base;
      return value;
    };
    Place place;
    place.turn = digit(Turns());
    place.mode = digit(defaults_.modes.size());
    place.to = digit(to_.size());
    place.key = digit(keys_.size());
    place.carrier = number;
    return place;
  }

  Case CaseAt(const Place& place) const {
    const Carrier& carrier = carriers_[place.carrier];
    const KeyInfo key = book_->key(keys_[place.key]);
    const Language& to = to_[place.to];
    const v1::EmojiMode mode = defaults_.modes[place.mode];

    Case made;
    made.id = StrCat(name_, "/", carrier.name, "/", KeyOf(key.sequence), "→", to.tag, "/",
                     ModeName(mode));
    made.file = name_;
    made.request.add_contents(Filled(carrier.text, key.fully_qualified));
    made.request.set_source_language_code(carrier.language);
    made.request.set_target_language_code(to.tag);
    made.request.set_emoji_mode(mode);
    made.request.set_policy(defaults_.policy);
    made.request.mutable_dialects()->Add(defaults_.dialects.begin(), defaults_.dialects.end());
    made.request.set_market(defaults_.market);

    const std::string name = ApprovedName(to, keys_[place.key]);
    const bool named = mode == v1::EMOJI_MODE_NAME || mode == v1::EMOJI_MODE_KEEP_AND_NAME;
    if (named && !name.empty()) made.expect.contains.push_back(name);
    if (says_.empty()) {
      made.candidate = defaults_.candidate;
      return made;
    }
    made.id += StrCat("/", place.turn + 1);
    made.candidate = says_[place.turn];
    const icu::UnicodeString& said = folded_says_[place.turn];
    const auto holds = [&](std::string_view text) { return Folded(text).indexOf(said) >= 0; };
    if (!holds(made.request.contents(0)) && !(named && holds(Filled(carrier.text, name)))) {
      made.expect.not_contains.push_back(says_[place.turn]);
    }
    return made;
  }

  // Empty: none that an answer must hold.
  std::string ApprovedName(const Language& to, KeyId key) const {
    if (!to.locale || !knows_market_) return "";
    const std::optional<Rendering> rendering = book_->Find(*to.locale, key, market_);
    if (!rendering || rendering->blocked) return "";
    return std::string(rendering->text);
  }

  const std::shared_ptr<const Book> book_;
  const std::string name_;
  const std::vector<KeyId> keys_;
  const std::vector<Carrier> carriers_;
  const CaseDefaults defaults_;
  const std::vector<std::string> says_;
  std::vector<icu::UnicodeString> folded_says_;
  std::vector<Language> from_;  // of carriers_
  std::vector<Language> to_;
  bool knows_market_ = true;
  MarketId market_ = kNoMarket;
  size_t count_ = 0;
  size_t next_ = 0;
};

// --- Sources of sources.

// FNV-1a, then the last step of SplitMix64: the same on every machine and in every version, as
// samples must be.
uint64_t Hash(uint64_t seed, std::string_view id) {
  uint64_t hash = 0xCBF29CE484222325 ^ (seed * 0x9E3779B97F4A7C15);
  for (const char c : id) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001B3;
  hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
  hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
  return hash ^ (hash >> 31);
}

class SampledCases final : public CaseSource {
 public:
  SampledCases(std::unique_ptr<CaseSource> source, uint64_t one_in, uint64_t seed)
      : source_(std::move(source)), one_in_(std::max<uint64_t>(one_in, 1)), seed_(seed) {}

  std::optional<CaseOrBadLine> Next() override {
    std::optional<CaseOrBadLine> next;
    do {
      next = source_->Next();
    } while (next && !IsChosen(*next));
    return next;
  }

  double progress() const override { return source_->progress(); }

 private:
  bool IsChosen(const CaseOrBadLine& item) const {
    const Case* found = std::get_if<Case>(&item);
    return found == nullptr || Hash(seed_, found->id) % one_in_ == 0;
  }

  const std::unique_ptr<CaseSource> source_;
  const uint64_t one_in_;
  const uint64_t seed_;
};

class ConcatenatedCases final : public CaseSource {
 public:
  explicit ConcatenatedCases(std::vector<std::unique_ptr<CaseSource>> sources)
      : sources_(std::move(sources)) {}

  std::optional<CaseOrBadLine> Next() override {
    for (; at_ < sources_.size(); ++at_) {
      std::optional<CaseOrBadLine> next = sources_[at_]->Next();
      if (next) return next;
    }
    return std::nullopt;
  }

  // As if all were equally long: how long they are is known to none.
  double progress() const override {
    if (at_ == sources_.size()) return 1;
    const double current = sources_[at_]->progress();
    if (current < 0) return current;
    return (static_cast<double>(at_) + current) / static_cast<double>(sources_.size());
  }

 private:
  const std::vector<std::unique_ptr<CaseSource>> sources_;
  size_t at_ = 0;
};

}  // namespace

absl::StatusOr<std::vector<KeyId>> SelectKeys(const Book& book, std::string_view selector) {
  const size_t colon = selector.find(':');
  if (colon != selector.npos) {
    const std::string_view what = selector.substr(0, colon);
    const std::string_view value = selector.substr(colon + 1);
    if (what == "group") return KeysWith(book, "group", &KeyInfo::group, value);
    if (what == "version") return KeysWith(book, "version", &KeyInfo::version, value);
    if (what == "key") return OneKey(book, value);
  }
  for (const Selector& known : kSelectors) {
    if (known.name != selector) continue;
    std::vector<KeyId> keys = KeysThat(book, known.chooses);
    if (!keys.empty()) return keys;
    return absl::InvalidArgumentError(StrCat("the book has none of \"", selector, "\""));
  }
  std::string names;
  for (const Selector& known : kSelectors) names += StrCat(known.name, ", ");
  return absl::InvalidArgumentError(StrCat("no selector \"", selector, "\"; there are: ", names,
                                           "group:NAME, version:NUMBER, key:1F1E8-1F1E6"));
}

std::unique_ptr<CaseSource> GenerateCases(std::shared_ptr<const Book> book, std::string_view name,
                                          std::vector<KeyId> keys, std::vector<Carrier> carriers,
                                          CaseDefaults defaults, std::vector<std::string> says) {
  return std::make_unique<GeneratedCases>(std::move(book), name, std::move(keys),
                                          std::move(carriers), std::move(defaults),
                                          std::move(says));
}

std::unique_ptr<CaseSource> Sampled(std::unique_ptr<CaseSource> source, uint64_t one_in,
                                    uint64_t seed) {
  return std::make_unique<SampledCases>(std::move(source), one_in, seed);
}

std::unique_ptr<CaseSource> Concatenated(std::vector<std::unique_ptr<CaseSource>> sources) {
  return std::make_unique<ConcatenatedCases>(std::move(sources));
}

}  // namespace signalbook::check
