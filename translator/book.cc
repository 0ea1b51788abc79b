#include "translator/book.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "translator/book_format.h"
#include "translator/book_image.h"
#include "translator/book_overlay.h"

namespace signalbook {
namespace {

using book_format::At;
using book_format::BytesOf;

constexpr size_t kMaxSources = 256;  // a row says which in one byte

// The string at `offset` of a pool; empty where there is none.
std::string_view StringAt(std::string_view pool, uint32_t offset) {
  uint16_t size = 0;
  if (offset > pool.size() || pool.size() - offset < sizeof(size)) return {};
  std::memcpy(&size, pool.data() + offset, sizeof(size));
  return pool.substr(offset + sizeof(size), size);
}

// `size` bytes at `offset` of a pool; empty where it has not as many.
std::string_view BytesAt(std::string_view pool, uint32_t offset, uint16_t size) {
  if (offset > pool.size() || pool.size() - offset < size) return {};
  return pool.substr(offset, size);
}

// The first record of an ascending array for which `is_below` is false.
template <typename T, typename Predicate>
size_t LowerBound(std::string_view section, const Predicate& is_below) {
  size_t begin = 0;
  for (size_t end = section.size() / sizeof(T); begin < end;) {
    const size_t middle = begin + (end - begin) / 2;
    if (is_below(At<T>(section, middle))) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

std::string_view UntilNul(const char* text) {
  return {text, strnlen(text, book_format::kNameBytes)};
}

}  // namespace

std::optional<ConceptKind> ParseConceptKind(std::string_view name) {
  if (name == "concept") return ConceptKind::kConcept;
  if (name == "blocked") return ConceptKind::kBlocked;
  if (name == "chatter") return ConceptKind::kChatter;
  return std::nullopt;
}

std::string_view JoinKey(Join join) {
  switch (join) {
    case Join::kSpace:
      return "join/space";
    case Join::kNameOpen:
      return "join/name_open";
    case Join::kNameClose:
      return "join/name_close";
    case Join::kIsolateOpen:
      return "join/isolate_open";
    case Join::kIsolateClose:
      return "join/isolate_close";
    case Join::kPart:
      return "join/part";
  }
  return "join/";
}

std::string_view JoinName(Join join) {
  return JoinKey(join).substr(std::string_view("join/").size());
}

// What a book and those with an overlay on it share.
struct Book::Mapping : BookImage {
  explicit Mapping(BookImage image)
      : BookImage(std::move(image)),
        hash(absl::BytesToHexString(std::string(BytesOf(header.content)))) {}

  const std::string hash;
  std::vector<std::string_view> sources;
  std::vector<std::string> market_sources;  // by MarketId: "markets/CN"
};

Book::Book(std::shared_ptr<Mapping> mapping) : mapping_(std::move(mapping)) {}
Book::~Book() = default;

absl::StatusOr<std::shared_ptr<const Book>> Book::Open(const std::string& path) {
  absl::StatusOr<BookImage> image = MapBookImage(path);
  absl::StatusOr<std::shared_ptr<const Book>> book =
      image.ok() ? Load(std::make_unique<Mapping>(*std::move(image))) : image.status();
  if (book.ok()) return book;
  return absl::Status(book.status().code(),
                      absl::StrCat(path, ": ", std::string(book.status().message())));
}

absl::StatusOr<std::shared_ptr<const Book>> Book::FromImage(std::string image) {
  absl::StatusOr<BookImage> taken = TakeBookImage(std::move(image));
  if (!taken.ok()) return taken.status();
  return Load(std::make_unique<Mapping>(*std::move(taken)));
}

absl::StatusOr<std::shared_ptr<const Book>> Book::Load(std::unique_ptr<Mapping> mapping) {
  std::shared_ptr<Book> book(new Book(std::move(mapping)));
  absl::StatusOr<EmojiTable> emoji = EmojiTable::View(book->Section(book_format::kEmojiTable));
  if (!emoji.ok()) return emoji.status();
  book->emoji_ = *std::move(emoji);
  if (book->emoji_.key_limit() > book->key_count()) return NotABook("it has fewer keys than names");
  absl::StatusOr<LocaleTable> locales = LocaleTable::View(book->Section(book_format::kLocaleTable));
  if (!locales.ok()) return locales.status();
  book->locales_ = *std::move(locales);
  const std::string_view sources = book->Section(book_format::kSources);
  for (size_t i = 0; i < std::min(sources.size() / sizeof(uint32_t), kMaxSources); ++i) {
    book->mapping_->sources.push_back(book->String(At<uint32_t>(sources, i)));
  }
  for (const std::string_view market : book->MarketNames()) {
    book->mapping_->market_sources.push_back(absl::StrCat("markets/", std::string(market)));
  }
  return book;
}

absl::Status Book::Verify() const { return VerifyContent(*mapping_); }

std::string_view Book::Section(uint32_t id) const { return mapping_->sections[id]; }

std::string_view Book::String(uint32_t reference) const {
  return StringAt(Section(book_format::kStrings), reference);
}

std::string_view Book::image() const { return mapping_->bytes; }
std::string_view Book::name() const { return UntilNul(mapping_->header.name); }
std::string_view Book::version() const { return UntilNul(mapping_->header.version); }
std::string_view Book::hash() const { return mapping_->hash; }

size_t Book::key_count() const {
  return Section(book_format::kKeys).size() / sizeof(book_format::Key);
}

std::string_view Book::KeyText(KeyId id) const {
  return String(At<book_format::Key>(Section(book_format::kKeys), id).text);
}

KeyInfo Book::key(KeyId id) const {
  const auto key = At<book_format::Key>(Section(book_format::kKeys), id);
  return {.sequence = String(key.sequence),
          .fully_qualified = String(key.fully_qualified),
          .kind = static_cast<EmojiKind>(key.kind),
          .status = static_cast<EmojiStatus>(key.status),
          .version = String(key.version),
          .group = String(key.group)};
}

std::optional<Rendering> Book::FileRow(LocaleId locale, KeyId key) const {
  const auto rows = At<book_format::LocaleRows>(Section(book_format::kLocales), locale,
                                                {book_format::kNone, 0, kRootLocale});
  if (rows.first_presence == book_format::kNone || key >= key_count()) return std::nullopt;
  const auto presence =
      At<book_format::Presence>(Section(book_format::kPresence),
                                size_t{rows.first_presence} + key / book_format::kKeysPerPresence);
  const uint64_t bit = uint64_t{1} << key % book_format::kKeysPerPresence;
  if ((presence.keys & bit) == 0) return std::nullopt;
  const auto row =
      At<book_format::Row>(Section(book_format::kRows),
                           size_t{presence.first_row} + std::popcount(presence.keys & (bit - 1)));
  const std::vector<std::string_view>& sources = mapping_->sources;
  return Rendering{
      .text = row.blocked ? std::string_view()
                          : BytesAt(Section(book_format::kStrings), row.text, row.text_size),
      .source = row.source < sources.size() ? sources[row.source] : std::string_view(),
      .locale = locale,
      .blocked = row.blocked != 0,
      .alternates = BytesAt(Section(book_format::kAlternates), row.alternates, row.alternates_size),
      .sensitive = row.sensitive != 0};
}

LocaleId Book::NextNamed(LocaleId locale) const {
  const auto rows = At<book_format::LocaleRows>(Section(book_format::kLocales), locale);
  // A parent has a smaller id than its children: in a damaged book, too, the chain ends.
  return rows.next < locale ? static_cast<LocaleId>(rows.next) : kRootLocale;
}

// Both are instantiated: what is asked of a book without rows on top costs one branch more than of the file.
template <typename Search>
std::optional<Rendering> Book::Along(KeyId key, Search search) const {
  const BookOverlay::Names* const names = overlay_ == nullptr ? nullptr : overlay_->NamesOf(key);
  if (names == nullptr) {
    return search([&](LocaleId locale) { return FileRow(locale, key); },
                  [&](LocaleId locale) { return NextNamed(locale); });
  }
  const auto row_of = [&](LocaleId locale) -> std::optional<Rendering> {
    const auto row = names->find(locale);
    if (row == names->end()) return FileRow(locale, key);
    if (!row->second) return std::nullopt;
    return row->second->AsRendering(locale);
  };
  // People name sequences in locales that have no row in the file: these must not be skipped.
  return search(row_of, [&](LocaleId locale) { return locales_.parent(locale); });
}

std::optional<Rendering> Book::OwnRow(LocaleId locale, KeyId key) const {
  return Along(key, [&](auto row_of, auto) { return row_of(locale); });
}

std::optional<Rendering> Book::Find(LocaleId locale, KeyId key, MarketId market) const {
  for (LocaleId at = locale; market != kNoMarket; at = locales_.parent(at)) {
    if (std::optional<Rendering> row = FindInMarket(market, at, key)) return row;
    if (at == kRootLocale) break;
  }
  return Along(key, [&](auto row_of, auto above) -> std::optional<Rendering> {
    std::string_view alternates;
    for (LocaleId at = locale;; at = above(at)) {
      if (std::optional<Rendering> row = row_of(at)) {
        // The nearest list counts, even where the name itself is inherited.
        if (alternates.empty()) alternates = row->alternates;
        if (row->blocked || !row->text.empty()) {
          row->alternates = alternates;
          return row;
        }
      }
      if (at == kRootLocale) return std::nullopt;
    }
  });
}

std::optional<Rendering> Book::FindOwn(LocaleId locale, KeyId key) const {
  std::optional<Rendering> row = OwnRow(locale, key);
  if (row && !row->blocked && row->text.empty()) return std::nullopt;
  return row;
}

std::optional<Rendering> Book::Allowlist(LocaleId locale, KeyId key) const {
  return Along(key, [&](auto row_of, auto above) -> std::optional<Rendering> {
    for (LocaleId at = locale;; at = above(at)) {
      std::optional<Rendering> row = row_of(at);
      if (row && (row->blocked || !row->text.empty() || !row->alternates.empty())) {
        if (row->blocked || row->alternates.empty()) return std::nullopt;
        return row;
      }
      if (at == kRootLocale) return std::nullopt;
    }
  });
}

std::optional<Rendering> Book::FindInMarket(MarketId market, LocaleId locale, KeyId key) const {
  if (overlay_ != nullptr) {
    const auto row = overlay_->market_names.find({market, locale, key});
    if (row != overlay_->market_names.end()) return row->second.AsRendering(locale);
  }
  return FileRowInMarket(market, locale, key);
}

std::optional<Rendering> Book::FileRowInMarket(MarketId market, LocaleId locale, KeyId key) const {
  const std::string_view section = Section(book_format::kMarketRows);
  const size_t at = LowerBound<book_format::MarketRow>(section, [&](const auto& row) {
    return std::tuple(row.market, row.locale, row.key) <
           std::tuple(uint32_t{market}, uint32_t{locale}, uint32_t{key});
  });
  const auto row = At<book_format::MarketRow>(section, at, {.market = kNoMarket});
  if (row.market != market || row.locale != locale || row.key != key) return std::nullopt;
  if (market >= mapping_->market_sources.size()) return std::nullopt;
  return Rendering{.text = row.blocked != 0 ? std::string_view() : String(row.text),
                   .source = mapping_->market_sources[market],
                   .locale = locale,
                   .blocked = row.blocked != 0,
                   .alternates = String(row.alternates)};
}

std::vector<Book::MarketRow> Book::MarketRows() const {
  std::vector<MarketRow> rows;
  const std::string_view section = Section(book_format::kMarketRows);
  for (size_t i = 0; i < section.size() / sizeof(book_format::MarketRow); ++i) {
    const auto record = At<book_format::MarketRow>(section, i);
    const auto market = static_cast<MarketId>(record.market);
    const auto row = FindInMarket(market, static_cast<LocaleId>(record.locale), record.key);
    if (row && record.key < key_count()) rows.push_back({market, record.key, *row});
  }
  if (overlay_ == nullptr) return rows;
  for (const auto& [place, name] : overlay_->market_names) {
    const auto& [market, locale, key] = place;
    if (FileRowInMarket(market, locale, key)) continue;  // stands in `rows` already
    rows.push_back({market, key, name.AsRendering(locale)});
  }
  std::sort(rows.begin(), rows.end(), [](const MarketRow& a, const MarketRow& b) {
    return std::tie(a.market, a.row.locale, a.key) < std::tie(b.market, b.row.locale, b.key);
  });
  return rows;
}

std::vector<std::string_view> Book::MarketNames() const {
  std::vector<std::string_view> names;
  const std::string_view section = Section(book_format::kMarkets);
  for (size_t i = 0; i < std::min<size_t>(section.size() / sizeof(uint32_t), kNoMarket); ++i) {
    names.push_back(String(At<uint32_t>(section, i)));
  }
  return names;
}

std::optional<MarketId> Book::Market(std::string_view name) const {
  const std::vector<std::string_view> names = MarketNames();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<MarketId>(found - names.begin());
}

std::optional<KeyId> Book::FindCode(Dialect dialect, std::string_view code) const {
  const std::string_view section = Section(book_format::kCodes);
  const std::pair wanted(static_cast<uint32_t>(dialect), code);
  const size_t at = LowerBound<book_format::Code>(
      section, [&](const auto& row) { return std::pair(row.dialect, String(row.text)) < wanted; });
  const auto row = At<book_format::Code>(section, at, {.dialect = kDialectCount});
  if (std::pair(row.dialect, String(row.text)) != wanted || row.key >= key_count()) {
    return std::nullopt;
  }
  return row.key;
}

std::optional<PhraseRow> Book::FindPhrase(LocaleId from, LocaleId to, std::string_view key) const {
  if (overlay_ != nullptr) {
    const auto row = overlay_->phrases.find(std::tuple(from, to, key));
    if (row != overlay_->phrases.end()) {
      if (!row->second) return std::nullopt;
      return PhraseRow{*row->second, from, to};
    }
  }
  const std::string_view section = Section(book_format::kPhrases);
  const auto place = [&](const book_format::Phrase& row) {
    return std::tuple(row.from, row.to, String(row.key));
  };
  const std::tuple wanted(uint32_t{from}, uint32_t{to}, key);
  const size_t at = LowerBound<book_format::Phrase>(
      section, [&](const auto& row) { return place(row) < wanted; });
  if (at >= section.size() / sizeof(book_format::Phrase)) return std::nullopt;
  const auto row = At<book_format::Phrase>(section, at);
  if (place(row) != wanted) return std::nullopt;
  return PhraseRow{String(row.text), from, to};
}

size_t Book::longest_phrase() const {
  const size_t in_file = mapping_->header.longest_phrase;
  return overlay_ == nullptr ? in_file : std::max(in_file, overlay_->longest_phrase);
}

std::vector<std::pair<LocaleId, LocaleId>> Book::PhrasePairs() const {
  if (overlay_ != nullptr) return overlay_->phrase_pairs;
  std::vector<std::pair<LocaleId, LocaleId>> pairs;
  const std::string_view section = Section(book_format::kPhrases);
  // From the first row of a pair straight to the first of the next.
  for (size_t at = 0; at < section.size() / sizeof(book_format::Phrase);) {
    const auto row = At<book_format::Phrase>(section, at);
    const std::tuple pair(row.from, row.to);
    pairs.emplace_back(static_cast<LocaleId>(row.from), static_cast<LocaleId>(row.to));
    const size_t next = LowerBound<book_format::Phrase>(
        section, [&](const auto& other) { return std::tuple(other.from, other.to) <= pair; });
    if (next <= at) break;  // not ascending: a damaged book
    at = next;
  }
  return pairs;
}

std::vector<std::pair<std::string_view, PhraseRow>> Book::Phrases() const {
  std::vector<std::pair<std::string_view, PhraseRow>> rows;
  const std::string_view section = Section(book_format::kPhrases);
  for (size_t i = 0; i < section.size() / sizeof(book_format::Phrase); ++i) {
    const auto row = At<book_format::Phrase>(section, i);
    rows.emplace_back(String(row.key), PhraseRow{String(row.text), static_cast<LocaleId>(row.from),
                                                 static_cast<LocaleId>(row.to)});
  }
  if (overlay_ == nullptr) return rows;
  std::erase_if(rows, [&](const auto& row) {
    return overlay_->phrases.contains(std::tuple(row.second.from, row.second.to, row.first));
  });
  for (const auto& [place, text] : overlay_->phrases) {
    const auto& [from, to, key] = place;
    if (text) rows.emplace_back(key, PhraseRow{*text, from, to});
  }
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return std::tie(a.second.from, a.second.to, a.first) <
           std::tie(b.second.from, b.second.to, b.first);
  });
  return rows;
}

std::vector<LocaleId> Book::NamedLocales() const {
  if (overlay_ != nullptr) return overlay_->named_locales;
  std::vector<LocaleId> named;
  for (size_t id = 0; id < locales_.size(); ++id) {
    const auto rows = At<book_format::LocaleRows>(Section(book_format::kLocales), id);
    if (rows.row_count > 0) named.push_back(static_cast<LocaleId>(id));
  }
  return named;
}

Book::JoinText Book::join(LocaleId locale, Join join) const {
  const auto cell = At<book_format::JoinCell>(
      Section(book_format::kJoins), size_t{locale} * kJoinCount + static_cast<size_t>(join));
  return {String(cell.text), static_cast<LocaleId>(cell.locale)};
}

std::vector<GuardConcept> Book::concepts() const {
  std::vector<GuardConcept> concepts;
  const std::string_view section = Section(book_format::kConcepts);
  for (size_t i = 0; i < section.size() / sizeof(book_format::Concept); ++i) {
    const auto row = At<book_format::Concept>(section, i);
    concepts.push_back(
        {String(row.name), static_cast<ConceptKind>(row.kind), String(row.also_licenses)});
  }
  return concepts;
}

std::vector<GuardRule> Book::guards() const {
  if (overlay_ != nullptr) return overlay_->guards;
  std::vector<GuardRule> guards;
  const std::string_view section = Section(book_format::kGuards);
  for (size_t i = 0; i < section.size() / sizeof(book_format::Guard); ++i) {
    const auto guard = At<book_format::Guard>(section, i);
    guards.push_back({String(guard.locale), String(guard.concept_name), String(guard.pattern)});
  }
  return guards;
}

std::vector<LexiconRow> Book::lexicons() const {
  std::vector<LexiconRow> rows;
  const std::string_view section = Section(book_format::kLexicons);
  const std::string_view images = Section(book_format::kLexiconImages);
  for (size_t i = 0; i < section.size() / sizeof(book_format::Lexicon); ++i) {
    const auto row = At<book_format::Lexicon>(section, i);
    rows.push_back(
        {static_cast<LocaleId>(row.from), static_cast<LocaleId>(row.to),
         row.offset > images.size() ? std::string_view() : images.substr(row.offset, row.size)});
  }
  return rows;
}

std::vector<NumberWordRow> Book::number_words() const {
  std::vector<NumberWordRow> rows;
  const std::string_view section = Section(book_format::kNumberWords);
  for (size_t i = 0; i < section.size() / sizeof(book_format::NumberWord); ++i) {
    const auto row = At<book_format::NumberWord>(section, i);
    rows.push_back({static_cast<LocaleId>(row.locale), String(row.value), String(row.word)});
  }
  return rows;
}

std::vector<Book::ProtectedRow> Book::protected_rows() const {
  std::vector<ProtectedRow> rows;
  const std::string_view section = Section(book_format::kProtected);
  for (size_t i = 0; i < section.size() / sizeof(book_format::ProtectedRule); ++i) {
    const auto rule = At<book_format::ProtectedRule>(section, i);
    rows.push_back({String(rule.name), String(rule.pattern)});
  }
  return rows;
}

std::vector<ForbiddenTermRow> Book::forbidden() const {
  std::vector<ForbiddenTermRow> rows;
  const std::string_view section = Section(book_format::kForbidden);
  for (size_t i = 0; i < section.size() / sizeof(book_format::ForbiddenTerm); ++i) {
    const auto row = At<book_format::ForbiddenTerm>(section, i);
    rows.push_back({static_cast<LocaleId>(row.locale), String(row.scope), String(row.pattern),
                    String(row.reason)});
  }
  return rows;
}

}  // namespace signalbook
