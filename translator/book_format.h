// The layout of a book file. Shared by the writer and the reader, and by nobody else.
//
//   Header            256 bytes, fixed; carries the SHA-256 of itself and of all that follows
//   Section[kCount]   where each section stands; sections are aligned to 8 and in order of id
//   sections          below
//
// All integers are little-endian. Everything a look-up touches is an array of fixed records that is
// indexed, never searched:
//
//   locale ─► LocaleRows ─► Presence[key / 64] ─► Row[first_row + bits below] ─► text
//
// A string is named by its offset in a pool: u16 size, then the bytes. Offset 0 is "". Names stand
// in kStrings, the long and rarely read lists of alternates in kAlternates, so that names stay
// dense.
//
// Constants never change their value. A layout that changes gets a new kFormat; a reader refuses
// every other.
#ifndef SIGNALBOOK_TRANSLATOR_BOOK_FORMAT_H_
#define SIGNALBOOK_TRANSLATOR_BOOK_FORMAT_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace signalbook::book_format {

static_assert(std::endian::native == std::endian::little, "books are little-endian");

inline constexpr std::string_view kMagic = "SIGNBOOK";
inline constexpr uint32_t kFormat = 6;
inline constexpr size_t kAlignment = 8;
inline constexpr size_t kNameBytes = 64;  // of a book's name or version, with a closing NUL
inline constexpr uint32_t kNone = 0xFFFFFFFF;

using Sha256 = std::array<uint8_t, 32>;
Sha256 HashOf(std::string_view bytes);

struct Header {
  char magic[8];
  uint32_t format;
  uint32_t reserved;
  uint64_t file_size;  // of the whole file: a shorter one is truncated
  Sha256 content;      // of all that stands behind the header
  char name[kNameBytes];
  char version[kNameBytes];
  uint32_t longest_phrase;  // in words
  uint8_t padding[36];
  Sha256 header;  // of all that stands before it
};
static_assert(sizeof(Header) == 256);

enum SectionId : uint32_t {
  kEmojiTable = 0,   // image, emoji_table.cc
  kLocaleTable = 1,  // image, locale.cc
  kKeys = 2,         // Key[]
  kLocales = 3,      // LocaleRows[], by LocaleId
  kPresence = 4,     // Presence[]
  kRows = 5,         // Row[]
  kSources = 6,      // u32[]: string of a provenance
  kJoins = 7,        // JoinCell[], by LocaleId and Join: inheritance is already done
  kGuards = 8,       // Guard[]
  kProtected = 9,    // ProtectedRule[]
  kStrings = 10,
  kAlternates = 11,
  kMarkets = 12,        // u32[]: string of a market's name, ascending; its index is its MarketId
  kMarketRows = 13,     // MarketRow[], ascending by market, locale, key
  kPhrases = 14,        // Phrase[], ascending by from, to, key
  kCodes = 15,          // Code[], ascending by dialect, text
  kLexicons = 16,       // Lexicon[]
  kLexiconImages = 17,  // images, lexicon.cc
  kConcepts = 18,       // Concept[], ascending by name
  kNumberWords = 19,    // NumberWord[]
  kForbidden = 20,      // ForbiddenTerm[]
};
inline constexpr size_t kCount = 21;

struct Section {
  uint64_t offset;  // in the file
  uint64_t size;
};

struct Key {
  uint32_t sequence;  // strings
  uint32_t fully_qualified;
  uint32_t version;
  uint32_t group;
  uint32_t text;   // as EntryRef names it
  uint8_t kind;    // EmojiKind
  uint8_t status;  // EmojiStatus
  uint16_t reserved;
};

struct LocaleRows {
  uint32_t first_presence;  // kNone: the locale has no row of its own
  uint32_t row_count;
  uint32_t next;  // the nearest locale above that has rows; root when there is none
};

// Which of 64 adjacent keys a locale has a row for, and where the first of them stands.
struct Presence {
  uint64_t keys;
  uint32_t first_row;
  uint32_t reserved;
};
inline constexpr size_t kKeysPerPresence = 64;

// Says where its strings end, so that a look-up touches no page of a pool: only who reads a name does.
struct Row {
  uint32_t text;        // bytes in kStrings, without a size in front; none: only alternates, the
                        // name is inherited
  uint32_t alternates;  // the same in kAlternates
  uint16_t text_size;
  uint16_t alternates_size;
  uint8_t source;  // index into kSources
  uint8_t blocked;
  uint8_t sensitive;
  uint8_t reserved;
};
static_assert(sizeof(Row) == 16);

// An overlay row. There are few, so they are searched, and only when a request names a market.
struct MarketRow {
  uint32_t market;
  uint32_t locale;
  uint32_t key;
  uint32_t text;  // strings; "" when blocked
  uint32_t alternates;
  uint32_t blocked;
};

// An approved phrase; `from` root: a punctuation mark, which `to` writes in its own way.
struct Phrase {
  uint32_t from;
  uint32_t to;
  uint32_t key;  // strings, as PhraseKey gives it
  uint32_t text;
};

// How a chat program writes a sequence in plain text.
struct Code {
  uint32_t dialect;
  uint32_t text;  // strings: ":wave:"
  uint32_t key;
};

// Which words of two languages account for each other.
struct Lexicon {
  uint32_t from;
  uint32_t to;
  uint64_t offset;  // in kLexiconImages
  uint64_t size;
};

struct JoinCell {
  uint32_t text;
  uint32_t locale;  // where the row stands
};

struct Concept {
  uint32_t name;  // strings
  uint32_t kind;  // ConceptKind
  uint32_t also_licenses;
};

struct NumberWord {
  uint32_t locale;
  uint32_t value;  // strings
  uint32_t word;
};

// What no name of these sequences may hold, in this locale and those that inherit from it.
struct ForbiddenTerm {
  uint32_t locale;
  uint32_t scope;  // strings
  uint32_t pattern;
  uint32_t reason;
};

struct Guard {
  uint32_t locale;
  uint32_t concept_name;
  uint32_t pattern;
};

struct ProtectedRule {
  uint32_t name;
  uint32_t pattern;
};

// The record at `index` of an array that fills `section`, or `missing` behind its end.
template <typename T>
T At(std::string_view section, size_t index, const T& missing = T{}) {
  if (index >= section.size() / sizeof(T)) return missing;
  T record;
  std::memcpy(&record, section.data() + index * sizeof(T), sizeof(T));
  return record;
}

template <typename T>
std::string_view BytesOf(const T& record) {
  return {reinterpret_cast<const char*>(&record), sizeof(T)};
}

}  // namespace signalbook::book_format

#endif  // SIGNALBOOK_TRANSLATOR_BOOK_FORMAT_H_
