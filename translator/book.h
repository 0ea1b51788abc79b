// Stage 3: the book — what every emoji and flag is called in every locale, and nothing else.
//
// A book is one immutable file, compiled from data/ by book_builder.h and mapped into memory:
// opening it reads a header of fixed size and parses no row, and all processes on a machine share
// its pages. It also carries what assembly, segmentation and the gate take from data (joins,
// protected and guard patterns), so that one hash names everything a moderator has approved.
//
// What people approve while the service runs lies on top: WithOverlay (overlay.h) gives a book that
// shares the mapping and answers with those rows. name, version, hash and image stay those of the file.
//
// Look-up order in a locale: market overlay → curated → CLDR, along the inheritance chain, the
// nearest locale first. A row that says `blocked` ends the search: nothing is rendered.
//
//   es-AR 🇨🇦   es-AR, es-419: no row   es: "Canadá", cldr-48.2/territories
//              (not "bandera: Canadá", CLDR's label for a search box: that is an alternate)
//
// To replace a book that is open, rename the new file over it; a file that is cut short while it is
// mapped takes the process with it.
//
// Thread rule: a Book is immutable; all const methods are safe from many threads.
#ifndef SIGNALBOOK_TRANSLATOR_BOOK_H_
#define SIGNALBOOK_TRANSLATOR_BOOK_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "translator/emoji.h"
#include "translator/locale.h"
#include "translator/text.h"

namespace signalbook {

struct BookOverlay;
struct OverlayRows;

// What the book knows of a sequence, in no language.
struct KeyInfo {
  std::string_view sequence;         // UTF-8, U+FE0F removed
  std::string_view fully_qualified;  // UTF-8, as keyboards send it
  EmojiKind kind = EmojiKind::kBasic;
  EmojiStatus status = EmojiStatus::kRgi;
  std::string_view version;  // Emoji version, "15.1"; empty for what is valid but not RGI
  std::string_view group;    // "Smileys & Emotion"
};

// One approved row.
struct Rendering {
  std::string_view text;  // what leaves the service; never empty unless blocked
  std::string_view
      source;  // provenance: "curated", "cldr-48.2/territories", "composed/curated", "moderated"
  LocaleId locale = kRootLocale;  // where the row stands
  bool blocked = false;
  // Names and keywords a model's suggestion may be accepted as; " | " between them. They may stand
  // in a nearer locale than `text`.
  std::string_view alternates;
  // The curated row, or that of which the name is composed, is marked: not to be changed lightly.
  bool sensitive = false;
};

// What assembly may put between pieces. Values are persisted and never change.
enum class Join : uint8_t {
  kSpace = 0,         // between words; empty where a script uses none
  kNameOpen = 1,      // before a name that follows its emoji: " ("
  kNameClose = 2,     // after it: ")"
  kIsolateOpen = 3,   // U+2068, around a rendering against the direction of its surroundings
  kIsolateClose = 4,  // U+2069
  kPart = 5,          // between the parts of a sequence that has no name of its own: " + "
};
inline constexpr int kJoinCount = 6;
std::string_view JoinKey(Join join);   // of its entry: "join/space"
std::string_view JoinName(Join join);  // "space"

// Whose naming rules a request follows, beside its locale. Belongs to one book.
using MarketId = uint16_t;
inline constexpr MarketId kNoMarket = 0xFFFF;

// An approved translation of a whole phrase. data/phrases/.
struct PhraseRow {
  std::string_view text;
  LocaleId from = kRootLocale;  // root: a punctuation mark, written in the way of `to`
  LocaleId to = kRootLocale;
};

// A set of codes that chat programs write for emoji in plain text (dialect.h). Values are persisted and
// never change.
enum class Dialect : uint8_t {
  kGithub = 0,
  kSlack = 1,
  kDiscord = 2,
  kEmojibase = 3,
  kWechat = 4,
  kEmoticons = 5,
};
inline constexpr int kDialectCount = 6;

// The image of a lexicon (lexicon.h). data/lexicons/.
struct LexiconRow {
  LocaleId from = kRootLocale;
  LocaleId to = kRootLocale;
  std::string_view image;
};

// What a guard pattern tells of a text. Values are persisted and never change.
enum class ConceptKind : uint8_t {
  kConcept = 0,  // a translation may speak of it only if its source does
  kBlocked = 1,  // is never licensed
  kChatter = 2,  // a language model speaks for itself
};
std::optional<ConceptKind> ParseConceptKind(std::string_view name);  // "concept"

// A guarded concept. data/concepts.tsv.
struct GuardConcept {
  std::string_view name;  // "imprisonment"
  ConceptKind kind = ConceptKind::kConcept;
  std::string_view
      also_licenses;  // other concepts that a source of this one licenses; " | " between
  bool operator==(const GuardConcept&) const = default;
};

// A pattern that tells that a text speaks of a guarded concept. data/guards/.
struct GuardRule {
  std::string_view locale;
  std::string_view concept_name;  // "imprisonment"
  std::string_view pattern;       // RE2
  bool operator==(const GuardRule&) const = default;
};

// A word that says a number ("twice", 2), or "half". data/numbers.tsv.
struct NumberWordRow {
  LocaleId locale = kRootLocale;
  std::string_view value;
  std::string_view word;
};

// What no name may hold, in the locale and those that inherit from it. data/forbidden.tsv.
struct ForbiddenTermRow {
  LocaleId locale = kRootLocale;
  std::string_view scope;    // which sequences: "*", "flag", "neutral-person"
  std::string_view pattern;  // RE2
  std::string_view reason;   // for people
};

class Book {
 public:
  // Maps the file. NotFound when there is none; FailedPrecondition when it may not be read;
  // DataLoss when it is not a book of this format version or is truncated; the message says which.
  // Does not read the whole file: Verify() does. A file that passes Open but is damaged further on
  // yields wrong or empty rows, never a crash.
  static absl::StatusOr<std::shared_ptr<const Book>> Open(const std::string& path);
  // The same from memory (tests, freshly built books).
  static absl::StatusOr<std::shared_ptr<const Book>> FromImage(std::string image);
  ~Book();
  Book(const Book&) = delete;
  Book& operator=(const Book&) = delete;

  // DataLoss when the content does not have the hash that the header says. Reads every byte.
  absl::Status Verify() const;

  std::string_view name() const;
  std::string_view version() const;
  // SHA-256 of everything behind the header, 64 hexadecimal digits. Same data/ → same hash. Says nothing
  // of what lies on top.
  std::string_view hash() const;

  // All bytes of the file; two books with the same bytes at the same address differ only in what lies on
  // top. What else a book gives out lies in them, moderated rows aside. For tools that alter a copy.
  std::string_view image() const;

  const EmojiTable& emoji() const { return emoji_; }
  const LocaleTable& locales() const { return locales_; }

  size_t key_count() const;
  KeyInfo key(KeyId id) const;               // precondition: id < key_count()
  std::string_view KeyText(KeyId id) const;  // KeyOf its sequence; the same precondition

  // The approved row for a sequence, through inheritance; nullopt when there is none. At most a few
  // dependent loads per locale of the chain.
  // With a market, its overlay comes first, the nearest locale first, then everything else: what a
  // market requires is not undone by a regional wording.
  std::optional<Rendering> Find(LocaleId locale, KeyId key, MarketId market = kNoMarket) const;
  // The locale's own row only, without inheritance.
  std::optional<Rendering> FindOwn(LocaleId locale, KeyId key) const;
  // Also a row that only adds alternates to an inherited name, with neither text nor `blocked`.
  std::optional<Rendering> OwnRow(LocaleId locale, KeyId key) const;
  // The row from whose `alternates` a model's suggestion may be accepted (law 3): Find's row, or, for a
  // sequence that has keywords but no approved name in the locale, the row of those keywords, whose
  // text is empty. nullopt: accept nothing.
  std::optional<Rendering> Allowlist(LocaleId locale, KeyId key) const;
  // The market's own row; its source is "markets/NAME", or "moderated/NAME".
  std::optional<Rendering> FindInMarket(MarketId market, LocaleId locale, KeyId key) const;
  std::optional<MarketId> Market(std::string_view name) const;  // "CN"; exactly as in data/markets
  std::vector<std::string_view> MarketNames() const;            // by MarketId

  struct MarketRow {
    MarketId market = kNoMarket;
    KeyId key = kNoKey;
    Rendering row;
  };
  std::vector<MarketRow> MarketRows() const;  // by market, locale, key

  // The sequence that a dialect writes as `code` (":wave:").
  std::optional<KeyId> FindCode(Dialect dialect, std::string_view code) const;

  // The approved translation of a phrase (its key: phrases.h) between exactly these locales; no
  // inheritance. From root: what `to` writes for a punctuation mark.
  std::optional<PhraseRow> FindPhrase(LocaleId from, LocaleId to, std::string_view key) const;
  // No phrase's key has more words.
  size_t longest_phrase() const;
  // The pairs that have phrases, ascending: {from, to}.
  std::vector<std::pair<LocaleId, LocaleId>> PhrasePairs() const;
  std::vector<std::pair<std::string_view, PhraseRow>> Phrases() const;  // key and row, ascending

  // Locales that hold at least one row of their own, in order of id.
  std::vector<LocaleId> NamedLocales() const;

  struct JoinText {
    std::string_view text;
    LocaleId locale = kRootLocale;
  };
  JoinText join(LocaleId locale, Join join) const;

  std::vector<GuardConcept> concepts() const;  // ascending by name
  std::vector<GuardRule> guards() const;
  std::vector<LexiconRow> lexicons() const;
  std::vector<NumberWordRow> number_words() const;
  struct ProtectedRow {
    std::string_view name;
    std::string_view pattern;
  };
  std::vector<ProtectedRow> protected_rows() const;  // in the order of precedence
  std::vector<ForbiddenTermRow> forbidden() const;

 private:
  friend std::shared_ptr<const Book> WithOverlay(std::shared_ptr<const Book> base,
                                                 const OverlayRows& rows,
                                                 std::vector<std::string>* ignored);
  struct Mapping;
  explicit Book(std::shared_ptr<Mapping> mapping);
  static absl::StatusOr<std::shared_ptr<const Book>> Load(std::unique_ptr<Mapping> mapping);
  std::string_view Section(uint32_t id) const;
  std::string_view String(uint32_t reference) const;
  LocaleId NextNamed(LocaleId locale) const;
  // search(row_of, above): what counts for the sequence in a locale, and where its chain goes on.
  template <typename Search>
  std::optional<Rendering> Along(KeyId key, Search search) const;
  std::optional<Rendering> FileRow(LocaleId locale, KeyId key) const;
  std::optional<Rendering> FileRowInMarket(MarketId market, LocaleId locale, KeyId key) const;

  std::shared_ptr<Mapping> mapping_;
  EmojiTable emoji_;
  LocaleTable locales_;
  std::unique_ptr<const BookOverlay> overlay_;  // null: the file is all there is
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_BOOK_H_
