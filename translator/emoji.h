// Stage 2a: emoji and flag sequences, by the grammar of UTS #51 over our own table.
//
// First the grammar takes the longest cluster that is shaped like an emoji, then the *whole*
// cluster is looked up. Looking for known sequences first would find known *prefixes* of unknown
// ones (family + stray joiner in 👩‍👩‍👧‍👧‍👧, a black flag in an unknown 🏴 tag sequence).
// ICU's properties do not decide: ICU 72 knows Emoji 15.0 only.
//
// Thread rule: pure functions over an immutable table.
#ifndef SIGNALBOOK_TRANSLATOR_EMOJI_H_
#define SIGNALBOOK_TRANSLATOR_EMOJI_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "translator/byte_set.h"
#include "translator/text.h"

namespace signalbook {

// The shape of a cluster. Values are persisted in the book and never change.
enum class EmojiKind : uint8_t {
  kBasic = 0,      // ED-20, one character or with U+FE0F: 😀 ❤️
  kKeycap = 1,     // ED-14c: 1️⃣
  kFlag = 2,       // ED-14: two regional indicators
  kTagFlag = 3,    // ED-14a on U+1F3F4: 🏴󠁧󠁢󠁳󠁣󠁴󠁿
  kModifier = 4,   // ED-13: 👍🏽
  kZwj = 5,        // ED-16: 👩‍🚀
  kComponent = 6,  // a tone or hair component on its own: 🏽
  kOther = 7,      // ill-formed or unknown; Diagnosis says which
};

// What is known of a cluster. Persisted; never changes.
enum class EmojiStatus : uint8_t {
  kRgi = 0,          // recommended for general interchange, in Emoji 18.0
  kValidNotRgi = 1,  // valid in UTS #51 (deprecated region, any CLDR subdivision), not RGI
  kUnknown = 2,      // well-formed or nearly so, in no table
  kIllFormed = 3,    // breaks UTS #51
};

// What is wrong, or kNone. The snake_case name (see DiagnosisName) is the `rule` of a refusal.
enum class Diagnosis : uint8_t {
  kNone = 0,
  kDeprecatedRegion,       // valid, but the region is no more: 🇾🇺
  kUnknownRegion,          // a pair that is no region: 🇿🇿
  kLoneRegionalIndicator,  // the odd one of a run: 🇨🇦🇨
  kUnknownSequence,  // joined or modified in a way no version lists: 👩‍👩‍👧‍👧‍👧
  kUnknownCharacter,        // Extended_Pictographic without an entry, reserved for the future
  kDanglingJoiner,          // U+200D behind an emoji that joins nothing
  kStrayModifier,           // a tone behind something that takes none: 🇺🇸🏻
  kStrayVariationSelector,  // U+FE0E or U+FE0F that selects nothing
  kUnterminatedTag,         // a tag sequence without U+E007F
  kTagBase,                 // a tag sequence on another base than U+1F3F4
  kUnknownSubdivision,      // well-formed tag flag, but CLDR has no such subdivision
  kMalformedTag,            // tag characters or length that UTS #51 C.1 does not allow
  kStrayTag,                // tag characters behind nothing: hidden text
  kEnclosingMark,           // an emoji with a combining mark on it (🐶⃠): the mark changes it
};
std::string_view DiagnosisName(Diagnosis diagnosis);  // "lone_regional_indicator"

// Identifies a sequence in one book; stable only within that book.
using KeyId = uint32_t;
inline constexpr KeyId kNoKey = std::numeric_limits<KeyId>::max();

struct EmojiCluster {
  ByteRange range;
  EmojiKind kind = EmojiKind::kOther;
  EmojiStatus status = EmojiStatus::kIllFormed;
  Diagnosis diagnosis = Diagnosis::kNone;
  KeyId key = kNoKey;  // set iff the whole cluster, U+FE0F removed, stands in the table
};

// What a code point can do in the grammar. One byte per code point, in a two-stage table.
enum class EmojiClass : uint8_t {
  kNone = 0,           // nothing: prose
  kKeycapBase,         // 0-9 # *
  kTextDefault,        // emoji only with U+FE0F, a tone, or inside a sequence: © ❤ ☎
  kTextDefaultBase,    // the same, and takes a tone: ☝ ✌
  kPresentation,       // emoji by itself: 😀
  kPresentationBase,   // the same, and takes a tone: 🤝
  kVariable,           // emoji by itself, and U+FE0E makes it text: ⌚
  kVariableBase,       // the same, and takes a tone: 👍
  kReserved,           // Extended_Pictographic without an entry
  kModifier,           // U+1F3FB–1F3FF
  kRegionalIndicator,  // U+1F1E6–1F1FF
  kZwj,                // U+200D
  kVs15,               // U+FE0E
  kVs16,               // U+FE0F
  kKeycapMark,         // U+20E3
  kTagSpec,            // U+E0020–E007E
  kTagEnd,             // U+E007F
};

// The key table: classes of code points, and every known sequence as a path of code points.
// A flat image that lives in the book (memory-mapped) or in a test's memory: reading it parses
// nothing. Layout: emoji_table.cc.
class EmojiTable {
 public:
  struct Entry {
    std::u32string key;  // U+FE0F removed
    KeyId id = kNoKey;
    EmojiKind kind = EmojiKind::kBasic;
    EmojiStatus status = EmojiStatus::kRgi;
  };
  struct ClassRange {
    char32_t first = 0;
    char32_t last = 0;
    EmojiClass value = EmojiClass::kNone;
  };
  // Compiles an image. InvalidArgument when a key is empty, holds U+FE0F, stands twice or has no
  // id, or ranges overlap. Same input, same bytes.
  static absl::StatusOr<std::string> Build(const std::vector<Entry>& entries,
                                           const std::vector<ClassRange>& classes);
  // A view of `image`, which must outlive it and be aligned to 8. DataLoss when it is not an image
  // of ours; every later access is bounds-checked, so that a damaged image cannot crash.
  static absl::StatusOr<EmojiTable> View(std::string_view image);

  // A state of the walk over a key's code points; start at kRoot, skip U+FE0F yourself.
  using State = uint32_t;
  static constexpr State kRoot = 0;
  static constexpr State kDead = std::numeric_limits<State>::max();
  // kDead has only itself to step to.
  State Step(State state, char32_t code_point) const {
    if (state == kRoot) return At(code_point).first;
    if (state == kDead || edges_ == nullptr) return kDead;
    const uint32_t mask = (uint32_t{1} << edge_bits_) - 1;
    const uint64_t way = WayOf(state, code_point);
    uint32_t slot = Slot(way, edge_bits_);
    for (uint32_t probe = 0; probe < longest_probe_; ++probe, slot = (slot + 1) & mask) {
      const uint64_t edge = edges_[slot];
      if (edge >> kStateBits == way) return static_cast<State>(edge & kMaxState);
      if (edge == kNoEdge) break;
    }
    return kDead;
  }

  // What the table knows of a code point. Inline: every code point that may be one of ours comes by here.
  struct Point {
    EmojiClass emoji_class = EmojiClass::kNone;
    State first = kDead;  // Step(kRoot, code_point)
  };
  Point At(char32_t code_point) const {
    if (code_point > 0x10FFFF || pages_ == nullptr) return {};
    const uint32_t point =
        points_[pages_[code_point / kBlockSize] * kBlockSize + code_point % kBlockSize];
    const State first = point >> 8;
    return {static_cast<EmojiClass>(point & 0xFF), first == kRoot ? kDead : first};
  }
  EmojiClass ClassOf(char32_t code_point) const { return At(code_point).emoji_class; }
  // The next byte at or behind `at` that is not ASCII and may begin a code point with a class; text.size() when
  // there is none. `text` is UTF-8.
  size_t NextLead(std::string_view text, size_t at) const { return leads_.Find(text, at); }

  struct Found {
    KeyId key = kNoKey;
    EmojiKind kind = EmojiKind::kOther;
    EmojiStatus status = EmojiStatus::kUnknown;
  };
  // The key that ends in a state.
  std::optional<Found> KeyAt(State state) const {
    if (state >= node_count_) return std::nullopt;  // kDead too
    const Node& node = nodes_[state];
    if (node.key >= key_limit_ || node.kind > static_cast<uint8_t>(EmojiKind::kOther) ||
        node.status > static_cast<uint8_t>(EmojiStatus::kIllFormed)) {
      return std::nullopt;
    }
    return Found{node.key, static_cast<EmojiKind>(node.kind),
                 static_cast<EmojiStatus>(node.status)};
  }
  // Any form of a sequence (with or without U+FE0F) → its key.
  std::optional<Found> Find(std::string_view utf8) const;
  // Every key found is below this.
  KeyId key_limit() const { return key_limit_; }

 private:
  static constexpr size_t kBlockSize = 256;

  // An edge: from a state, by a code point, to a state; 21 bits each, the last the lowest.
  static constexpr uint32_t kStateBits = 21;
  static constexpr uint64_t kMaxState = (uint64_t{1} << kStateBits) - 1;
  static constexpr uint64_t kNoEdge = std::numeric_limits<uint64_t>::max();
  static uint64_t WayOf(State from, char32_t code_point) {
    return uint64_t{from} << kStateBits | code_point;
  }
  static uint32_t Slot(uint64_t way, uint32_t edge_bits) {  // Fibonacci hashing spreads them
    return static_cast<uint32_t>((way * 0x9E3779B97F4A7C15) >> (64 - edge_bits));
  }
  struct Header;
  struct Node {
    KeyId key;
    uint8_t kind;
    uint8_t status;
    uint16_t reserved;
  };

  // Parts of the image, set by View. All null and zero in a table that holds nothing.
  const uint8_t* pages_ = nullptr;    // code point / 256 → number of its block
  const uint32_t* points_ = nullptr;  // blocks of 256: class in the lowest byte, state above it
  const Node* nodes_ = nullptr;
  const uint64_t* edges_ = nullptr;
  uint32_t node_count_ = 0;
  uint32_t edge_bits_ = 0;
  uint32_t longest_probe_ = 0;
  KeyId key_limit_ = 0;
  ByteSet leads_;
};

// Appends every emoji-shaped cluster of `text` (valid UTF-8) to `clusters`, in order, disjoint.
// What lies between them is prose. Linear time; allocates only in `clusters`.
//
//   regional indicators  pairs from the run's start (UAX #29 GB12/13): 🇨🇦🇨 is CA + a lone C; never
//                        re-synchronised inside the run
//   text-default         © ❤ ☎ without U+FE0F are prose; U+FE0E makes any emoji that has a text
//                        form prose, and the selector belongs to it
//   ZWJ, tones, tags     the longest cluster ED-13, ED-14a, ED-16 allow, known or not; what follows
//                        and cannot belong to it (🇺🇸🏻, 🇨🇦 ZWJ 🏳️) is a cluster of its own
//   ZWJ, ZWNJ, combining marks between letters are prose (Persian, Indic scripts)
void FindEmoji(std::string_view text, const EmojiTable& table, std::vector<EmojiCluster>* clusters);

// "1F1E8-1F1E6" for any form of a sequence: code points in hexadecimal, U+FE0F removed.
std::string KeyOf(std::string_view utf8);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_EMOJI_H_
