#include "tests/support/invariants.h"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>
#include <unicode/ustring.h>

#include <vector>

#include "tests/support/test_table.h"
#include "translator/emoji.h"
#include "translator/normalize.h"
#include "translator/segment.h"
#include "translator/utf8.h"

namespace signalbook {
namespace {

std::string At(const char* what, size_t offset) {
  return std::string(what) + " at byte " + std::to_string(offset);
}

bool IsUtf8ForIcu(std::string_view bytes) {
  UErrorCode error = U_ZERO_ERROR;
  int32_t length = 0;
  u_strFromUTF8(nullptr, 0, &length, bytes.data(), static_cast<int32_t>(bytes.size()), &error);
  return error != U_INVALID_CHAR_FOUND;
}

std::string NfcOfIcu(std::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const auto source =
      icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
  std::string nfc;
  return icu::Normalizer2::getNFCInstance(error)->normalize(source, error).toUTF8String(nfc);
}

// Emoji, or a part of one, that no model may see. Text-default characters are fine.
std::optional<std::string> BrokenByProse(std::string_view prose) {
  std::vector<EmojiCluster> clusters;
  FindEmoji(prose, TestTable(), &clusters);
  if (!clusters.empty()) return "prose that is an emoji when read alone";

  for (size_t at = 0; at < prose.size();) {
    const DecodedCodePoint c = DecodeUtf8(prose, at);
    const EmojiClass emoji_class = TestTable().ClassOf(c.value);
    switch (emoji_class) {
      case EmojiClass::kPresentation:
      case EmojiClass::kPresentationBase:
      case EmojiClass::kReserved:
      case EmojiClass::kVariable:
      case EmojiClass::kVariableBase:
      case EmojiClass::kModifier:
      case EmojiClass::kRegionalIndicator:
      case EmojiClass::kVs15:
      case EmojiClass::kVs16:
      case EmojiClass::kTagSpec:
      case EmojiClass::kTagEnd:
        return At("an emoji in prose", at);
      default:
        break;
    }
    at = c.end;
  }
  return std::nullopt;
}

std::optional<std::string> BrokenByCluster(const EmojiCluster& cluster, std::string_view text) {
  const bool listed =
      cluster.status == EmojiStatus::kRgi || cluster.status == EmojiStatus::kValidNotRgi;
  if (listed != (cluster.key != kNoKey)) return At("key and status disagree", cluster.range.begin);
  const bool flawless =
      cluster.diagnosis == Diagnosis::kNone || cluster.diagnosis == Diagnosis::kDeprecatedRegion;
  if (listed != flawless) return At("diagnosis and status disagree", cluster.range.begin);
  if (!listed) return std::nullopt;
  const auto found = TestTable().Find(cluster.range.of(text));
  if (!found || found->key != cluster.key) {
    return At("a key that is not the whole cluster's", cluster.range.begin);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> BrokenByNormalize(std::string_view bytes) {
  const auto message = Normalize(bytes);
  if (message.ok() != IsUtf8ForIcu(bytes)) return "ICU disagrees on what is UTF-8";
  if (!message.ok()) {
    const std::optional<size_t> bad = FindInvalidUtf8(bytes);
    if (!bad) return "an error without an offset";
    if (FindInvalidUtf8(bytes.substr(0, *bad))) return "not the first bad byte";
    return std::nullopt;
  }
  const std::string_view text = message->text();
  if (text != NfcOfIcu(bytes)) return "not what ICU calls NFC";
  if (message->changed() == (text == bytes)) return "changed() is wrong";
  if (!message->changed() && text.data() != bytes.data()) return "copied for nothing";
  const auto again = Normalize(text);
  if (!again.ok() || again->changed()) return "not idempotent";

  size_t done = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t end = DecodeUtf8(text, at).end;
    const ByteRange source = message->ToOriginal({at, end});
    if (source.begin != done || source.end < done || source.end > bytes.size()) {
      return At("ranges do not tile", at);
    }
    done = source.end;
    at = end;
  }
  if (done != bytes.size()) return "ranges do not reach the end";
  return std::nullopt;
}

std::optional<std::string> BrokenBySegmentText(std::string_view text) {
  size_t done = 0;
  SegmentKind before = SegmentKind::kEmoji;
  for (const Segment& segment : SegmentText(text, TestTable(), TestProtector())) {
    if (segment.range.begin != done || segment.range.empty() || segment.range.end > text.size()) {
      return At("segments do not tile", done);
    }
    done = segment.range.end;
    if (segment.kind == SegmentKind::kProse) {
      if (before == SegmentKind::kProse) return At("two prose segments touch", done);
      if (auto broken = BrokenByProse(segment.range.of(text))) return broken;
    } else if (segment.kind == SegmentKind::kEmoji) {
      if (segment.emoji.range != segment.range) return At("not the cluster's range", done);
      if (auto broken = BrokenByCluster(segment.emoji, text)) return broken;
    } else if (segment.rule != kTextStyleRule &&
               (segment.rule < 0 ||
                segment.rule >= static_cast<int>(TestProtectedRules().size()))) {
      return At("no such rule", done);
    }
    before = segment.kind;
  }
  if (done != text.size()) return "segments do not reach the end";
  return std::nullopt;
}

}  // namespace signalbook
