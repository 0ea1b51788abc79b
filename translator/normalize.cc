#include "translator/normalize.h"

#include <unicode/bytestream.h>
#include <unicode/edits.h>
#include <unicode/normalizer2.h>

#include <algorithm>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
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

// Every code point below U+0300, whose first byte is CC, is NFC and stays so behind any other.
bool IsPlainlyNfc(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<uint8_t>(c) < 0xCC; });
}

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
  if (const std::optional<size_t> bad = FindInvalidUtf8(text)) {
    return absl::InvalidArgumentError(absl::StrCat("not UTF-8 at byte ", *bad));
  }
  Message message;
  message.original_ = text;
  if (IsPlainlyNfc(text)) return message;

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
