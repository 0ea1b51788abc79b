// Stage 1: bytes → checked UTF-8 in NFC, with a map back to the caller's bytes.
//
// NFC only, never NFKC: NFKC rewrites 31 emoji (™ ℹ ‼ Ⓜ ㊗ …), NFC none. Text that is NFC already
// (nearly all chat text) is not copied: the Message refers to the caller's bytes.
//
// Thread rule: pure functions; a Message is immutable and refers to the caller's bytes, which must
// outlive it.
#ifndef SIGNALBOOK_TRANSLATOR_NORMALIZE_H_
#define SIGNALBOOK_TRANSLATOR_NORMALIZE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "translator/text.h"

namespace signalbook {

// Byte offset of the first byte that does not continue well-formed UTF-8 (Unicode 3.9, table 3-7:
// the start of the first ill-formed subsequence), or nullopt. Overlong forms, surrogates and
// anything above U+10FFFF are ill-formed; U+0000 and noncharacters are not.
std::optional<size_t> FindInvalidUtf8(std::string_view text);

// A message in NFC that remembers where each part came from.
class Message {
 public:
  // The caller's bytes.
  std::string_view original() const { return original_; }
  // NFC. The same memory as original() when that was NFC already.
  std::string_view text() const { return changed() ? std::string_view(nfc_) : original_; }
  bool changed() const { return !runs_.empty(); }

  // The caller's bytes from which text()[range] came. A range that cuts through a stretch NFC
  // rewrote is widened to the whole stretch on the source side, so that neighbouring ranges stay
  // neighbours: ranges that tile text() map to ranges that tile original().
  //   "e◌́x" (65 CC 81 78) → "éx" (C3 A9 78):  [0,2) → [0,3)   [2,3) → [3,4)
  // Of two neighbours that cut through a stretch, the first has all of it: [0,1) → [0,3)
  // [1,2) → [3,3).
  // Precondition: range lies inside text(). Cost: O(log n) in the stretches rewritten.
  ByteRange ToOriginal(ByteRange range) const;

 private:
  friend absl::StatusOr<Message> Normalize(std::string_view);
  struct Run {  // text()[nfc) came from original()[source); outside runs, lengths are equal
    ByteRange nfc;
    ByteRange source;
  };
  size_t ToOriginal(size_t offset) const;

  std::string_view original_;
  std::string nfc_;
  std::vector<Run> runs_;
};

// InvalidArgument with the offset of the first bad byte when `text` is not UTF-8. Never any other
// error. Precondition: less than 2 GiB, which is as far as ICU counts. Idempotent:
// Normalize(Normalize(x).text()) changes nothing.
absl::StatusOr<Message> Normalize(std::string_view text);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_NORMALIZE_H_
