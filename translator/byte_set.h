// Finds the next byte of a given set, sixteen at a time where the machine can.
//
// What a message holds of interest begins with few different bytes: an emoji with one of five, what NFC may change
// with one of thirty. Between them a scan need not decode anything.
//
// Thread rule: immutable after construction.
#ifndef SIGNALBOOK_TRANSLATOR_BYTE_SET_H_
#define SIGNALBOOK_TRANSLATOR_BYTE_SET_H_

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace signalbook {

class ByteSet {
 public:
  ByteSet() = default;
  explicit ByteSet(const std::bitset<256>& members) {
    for (size_t byte = 0; byte < members_.size(); ++byte) {
      if (!members[byte]) continue;
      members_[byte] = true;
      if (byte > 0 && members_[byte - 1] && range_count_ > 0) {
        if (range_count_ <= kMaxRanges) ++ranges_[range_count_ - 1].span;
      } else if (++range_count_ <= kMaxRanges) {
        ranges_[range_count_ - 1] = {static_cast<uint8_t>(byte), 0};
      }
    }
  }

  bool contains(uint8_t byte) const { return members_[byte]; }

  // Where the first member at or behind `at` stands; text.size() when there is none.
  size_t Find(std::string_view text, size_t at) const {
#if defined(__SSE2__)
    if (range_count_ <= kMaxRanges) {
      for (; text.size() - at >= sizeof(__m128i); at += sizeof(__m128i)) {
        if (const int found = FoundIn(text.data() + at)) return at + __builtin_ctz(found);
      }
    }
#endif
    return FindPortably(text, at);
  }

  // The same, one byte at a time: for what is left of a text, for sets of many ranges, and for other machines.
  size_t FindPortably(std::string_view text, size_t at) const {
    while (at < text.size() && !contains(static_cast<uint8_t>(text[at]))) ++at;
    return at;
  }

 private:
  static constexpr size_t kMaxRanges = 8;
  // Adjacent members: first, and how many more.
  struct Range {
    uint8_t first = 0;
    uint8_t span = 0;
  };

#if defined(__SSE2__)
  // A bit for each of sixteen bytes that is a member.
  int FoundIn(const char* bytes) const {
    const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
    __m128i found = _mm_setzero_si128();
    for (size_t i = 0; i < range_count_; ++i) {
      // How far a byte is behind the range's first, minus its span, is nothing for its members.
      const __m128i distance =
          _mm_sub_epi8(text, _mm_set1_epi8(static_cast<char>(ranges_[i].first)));
      const __m128i outside =
          _mm_subs_epu8(distance, _mm_set1_epi8(static_cast<char>(ranges_[i].span)));
      found = _mm_or_si128(found, _mm_cmpeq_epi8(outside, _mm_setzero_si128()));
    }
    return _mm_movemask_epi8(found);
  }
#endif

  std::array<bool, 256> members_ = {};
  std::array<Range, kMaxRanges> ranges_ = {};
  size_t range_count_ = 0;  // above kMaxRanges: not all are in ranges_
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_BYTE_SET_H_
