#include "translator/parts.h"

#include "translator/utf8.h"

namespace signalbook {
namespace {

constexpr char32_t kZwj = 0x200D;
constexpr char32_t kEmojiSelector = 0xFE0F;

bool IsTone(char32_t c) { return c >= 0x1F3FB && c <= 0x1F3FF; }
bool IsFlagMatter(char32_t c) {
  return (c >= 0x1F1E6 && c <= 0x1F1FF) || (c >= 0xE0000 && c <= 0xE0FFF);
}

// What stands between two joiners: the longest known sequence, then single tones.
bool AddElement(std::string_view cluster, ByteRange element, const EmojiTable& table,
                std::vector<EmojiPart>* parts) {
  for (size_t begin = element.begin; begin < element.end;) {
    std::string key;
    EmojiPart longest;
    for (size_t at = begin; at < element.end;) {
      const DecodedCodePoint c = DecodeUtf8(cluster, at);
      if (IsFlagMatter(c.value)) return false;
      if (c.value != kEmojiSelector) key += cluster.substr(at, c.end - at);
      at = c.end;
      if (const auto found = table.Find(key)) {
        longest = {{begin, at}, found->key};
      }
    }
    if (longest.key == kNoKey) return false;
    // Only a tone may follow within an element: anything else is not what a keyboard makes.
    if (begin > element.begin && !IsTone(DecodeUtf8(cluster, begin).value)) return false;
    parts->push_back(longest);
    begin = longest.range.end;
  }
  return element.begin < element.end;
}

}  // namespace

std::optional<std::vector<EmojiPart>> PartsOf(std::string_view cluster, const EmojiTable& table) {
  std::vector<EmojiPart> parts;
  size_t begin = 0;
  for (size_t at = 0; at < cluster.size();) {
    const DecodedCodePoint c = DecodeUtf8(cluster, at);
    if (c.value == kZwj) {
      if (!AddElement(cluster, {begin, at}, table, &parts)) return std::nullopt;
      begin = c.end;
    }
    at = c.end;
  }
  if (!AddElement(cluster, {begin, cluster.size()}, table, &parts)) return std::nullopt;
  if (parts.size() < 2) return std::nullopt;
  return parts;
}

}  // namespace signalbook
