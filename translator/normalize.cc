#include "translator/normalize.h"

#include <simdjson.h>
#include <unicode/bytestream.h>
#include <unicode/edits.h>
#include <unicode/normalizer2.h>
#include <unicode/uniset.h>

#include <algorithm>
#include <bitset>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "translator/byte_set.h"
#include "translator/utf8.h"

namespace signalbook {
namespace {

// Unicode 15.0, table 3-7: which second byte a lead byte allows. All later bytes are 80..BF.
struct SequenceForm {
  uint8_t length;  // 0: no sequence begins with this byte
  uint8_t second_first;
  uint8_t second_last;
};

constexpr SequenceForm FormOf(uint8_t lead) {
  if (lead < 0xC2) return {0, 0, 0};  // a trail byte, or overlong
  if (lead < 0xE0) return {2, 0x80, 0xBF};
  if (lead == 0xE0) return {3, 0xA0, 0xBF};  // below: overlong
  if (lead == 0xED) return {3, 0x80, 0x9F};  // above: surrogates
  if (lead < 0xF0) return {3, 0x80, 0xBF};
  if (lead == 0xF0) return {4, 0x90, 0xBF};  // below: overlong
  if (lead < 0xF4) return {4, 0x80, 0xBF};
  if (lead == 0xF4) return {4, 0x80, 0x8F};  // above: beyond U+10FFFF
  return {0, 0, 0};
}

// The length of the well-formed sequence at `at`, or 0. The byte there is not ASCII.
size_t WellFormedLength(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[at + i]); };
  const SequenceForm form = FormOf(byte(0));
  if (form.length == 0 || text.size() - at < form.length) return 0;
  if (byte(1) < form.second_first || byte(1) > form.second_last) return 0;
  for (size_t i = 2; i < form.length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  return form.length;
}

// Tells text that is NFC by its characters alone. Text whose every character has NFC_Quick_Check=Yes and
// combining class 0 is NFC (UAX #15, section 9); nearly all chat text is. ICU knows the characters, and this has
// them in a form that a scan passes in a fraction of its time.
class QuickCheck {
 public:
  static const QuickCheck& Get() {
    static const QuickCheck check;
    return check;
  }

  // False: only ICU can tell. `text` is UTF-8.
  bool IsNfc(std::string_view text) const {
    for (size_t at = 0; (at = leads_.Find(text, at)) < text.size();) {
      const DecodedCodePoint c = DecodeUtf8(text, at);
      if (!blocks_[pages_[c.value / kBlock]][c.value % kBlock]) return false;
      at = c.end;
    }
    return true;
  }

 private:
  static constexpr size_t kBlock = 256;

  QuickCheck() : blocks_(1), pages_((kLastCodePoint + 1) / kBlock) {
    blocks_.front().set();
    UErrorCode error = U_ZERO_ERROR;
    const icu::UnicodeSet undecided(u"[[:^ccc=0:][:^NFC_Quick_Check=Yes:]]", error);
    std::bitset<256> leads;
    for (int32_t range = 0; range < undecided.getRangeCount(); ++range) {
      for (UChar32 c = undecided.getRangeStart(range); c <= undecided.getRangeEnd(range); ++c) {
        uint8_t& page = pages_[c / kBlock];
        if (page == 0) {
          page = static_cast<uint8_t>(blocks_.size());
          blocks_.emplace_back().set();
        }
        blocks_[page].reset(c % kBlock);
        const auto value = static_cast<char32_t>(c);
        leads.set(static_cast<uint8_t>(ToUtf8({&value, 1}).front()));
      }
    }
    // Few ranges are found faster than many, and what is found needlessly costs a look at its character.
    constexpr int kGap = 4;
    for (int last = -1, byte = 0; byte < 256; ++byte) {
      if (!leads[byte]) continue;
      for (int between = last + 1; last >= 0 && byte - last <= kGap && between < byte; ++between) {
        leads.set(between);
      }
      last = byte;
    }
    // Without data nothing is known to be NFC.
    if (U_FAILURE(error)) {
      blocks_.front().reset();
      leads.set();
    }
    leads_ = ByteSet(leads);
  }

  std::vector<std::bitset<kBlock>> blocks_;  // whether a code point is NFC wherever it stands
  std::vector<uint8_t> pages_;               // code point / kBlock → its block
  ByteSet leads_;                            // with which the others begin
};

icu::StringPiece ToIcu(std::string_view text) {
  return {text.data(), static_cast<int32_t>(text.size())};
}

}  // namespace

std::optional<size_t> FindInvalidUtf8(std::string_view text) {
  for (size_t at = 0; (at = SkipAscii(text, at)) < text.size();) {
    const size_t length = WellFormedLength(text, at);
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

ByteRange Message::ToOriginal(ByteRange range) const {
  return {ToOriginal(range.begin), ToOriginal(range.end)};
}

// Monotone, and the end of text() maps to the end of original(): that is why ranges that tile the
// one map to ranges that tile the other.
size_t Message::ToOriginal(size_t offset) const {
  // The last run that begins before `offset`.
  auto run = std::partition_point(runs_.begin(), runs_.end(),
                                  [offset](const Run& r) { return r.nfc.begin < offset; });
  if (run == runs_.begin()) return offset;
  --run;
  if (offset <= run->nfc.end) return run->source.end;
  return run->source.end + (offset - run->nfc.end);
}

absl::StatusOr<Message> Normalize(std::string_view text) {
  if (!simdjson::validate_utf8(text.data(), text.size())) {
    // It tells whether, not where.
    const std::optional<size_t> bad = FindInvalidUtf8(text);
    return absl::InvalidArgumentError(
        absl::StrCat("not UTF-8 at byte ", bad.value_or(text.size())));
  }
  Message message;
  message.original_ = text;
  if (QuickCheck::Get().IsNfc(text)) return message;

  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(error);
  if (U_FAILURE(error)) return absl::InternalError("ICU has no NFC data");
  if (nfc->isNormalizedUTF8(ToIcu(text), error) && U_SUCCESS(error)) return message;

  icu::Edits edits;
  icu::StringByteSink<std::string> sink(&message.nfc_, static_cast<int32_t>(text.size()));
  nfc->normalizeUTF8(0, ToIcu(text), sink, &edits, error);
  if (U_FAILURE(error)) return absl::InternalError("ICU failed to normalize");
  for (auto edit = edits.getFineChangesIterator(); edit.next(error);) {
    const auto range = [](int32_t begin, int32_t length) {
      return ByteRange{static_cast<size_t>(begin), static_cast<size_t>(begin + length)};
    };
    message.runs_.push_back({range(edit.destinationIndex(), edit.newLength()),
                             range(edit.sourceIndex(), edit.oldLength())});
  }
  return message;
}

}  // namespace signalbook
