#include "translator/dialect.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <string>
#include <utility>

#include "translator/utf8.h"

namespace signalbook {
namespace {

constexpr size_t kMaxCodeBytes = 80;  // the longest in the tables has 70
constexpr std::string_view kTone = ":skin-tone-";

struct Code {
  size_t end = 0;
  KeyId key = kNoKey;
};

bool Has(const std::vector<Dialect>& dialects, Dialect dialect) {
  return std::find(dialects.begin(), dialects.end(), dialect) != dialects.end();
}

bool IsLetterOrDigitAt(std::string_view text, size_t at) {
  return at < text.size() && u_isalnum(static_cast<UChar32>(DecodeUtf8(text, at).value));
}

// Whether the character that ends at `at` is a letter, a digit, a mark or one of `also`.
bool IsWordBefore(std::string_view text, size_t at, std::string_view also) {
  if (at == 0) return false;
  size_t begin = at - 1;
  while (begin > 0 && (static_cast<uint8_t>(text[begin]) & 0xC0) == 0x80) --begin;
  const auto c = static_cast<UChar32>(DecodeUtf8(text, begin).value);
  return u_isalnum(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0 ||
         (c < 0x80 && also.find(static_cast<char>(c)) != std::string_view::npos);
}

bool IsBlankAt(std::string_view text, size_t at) {
  return at >= text.size() || u_isUWhiteSpace(static_cast<UChar32>(DecodeUtf8(text, at).value));
}

bool IsBlankBefore(std::string_view text, size_t at) {
  if (at == 0) return true;
  size_t begin = at - 1;
  while (begin > 0 && (static_cast<uint8_t>(text[begin]) & 0xC0) == 0x80) --begin;
  return IsBlankAt(text, begin);
}

class Finder {
 public:
  Finder(std::string_view text, const Book& book, const std::vector<Dialect>& dialects)
      : text_(text), book_(book), dialects_(dialects) {}

  // The code that begins at `at`, within prose that ends at `end`. `after_code`: another one ends
  // there.
  std::optional<Code> At(size_t at, size_t end, bool after_code) const {
    switch (text_[at]) {
      case ':':
        if (std::optional<Code> code = Shortcode(at, end, after_code)) return code;
        break;
      case '[':
        if (std::optional<Code> code = Bracket(at, end)) return code;
        break;
      default:
        break;
    }
    return Emoticon(at, end);
  }

 private:
  // Where the code that begins at `at` may end. Looks no further than the longest code, so that text full
  // of opening marks costs no more than other text.
  std::optional<size_t> Close(char mark, size_t at, size_t end) const {
    const std::string_view window = text_.substr(at + 1, std::min(end - at - 1, kMaxCodeBytes));
    const size_t found = window.find(mark);
    if (found == std::string_view::npos) return std::nullopt;
    return at + 1 + found;
  }

  std::optional<Code> Shortcode(size_t at, size_t end, bool after_code) const {
    if (!after_code && IsWordBefore(text_, at, ":/\\")) return std::nullopt;
    const std::optional<size_t> close = Close(':', at, end);
    if (!close) return std::nullopt;
    const std::string_view name = text_.substr(at, *close + 1 - at);
    for (const Dialect dialect : dialects_) {
      const std::optional<KeyId> key = book_.FindCode(dialect, name);
      if (!key) continue;
      const Code code{*close + 1, *key};
      if (dialect == Dialect::kSlack) {
        if (std::optional<Code> toned = WithTone(code, end)) return toned;
      }
      if (IsLetterOrDigitAt(text_, code.end)) return std::nullopt;
      return code;
    }
    return std::nullopt;
  }

  // ":skin-tone-2:" … ":skin-tone-6:" behind a code, when the sequence with that tone is known.
  std::optional<Code> WithTone(const Code& code, size_t end) const {
    const size_t digit = code.end + kTone.size();
    if (digit + 2 > end || text_.compare(code.end, kTone.size(), kTone) != 0 ||
        text_[digit] < '2' || text_[digit] > '6' || text_[digit + 1] != ':') {
      return std::nullopt;
    }
    const std::string_view plain = book_.key(code.key).sequence;
    const size_t first = DecodeUtf8(plain, 0).end;
    std::string toned(plain.substr(0, first));
    AppendUtf8(U'\U0001F3FB' + static_cast<char32_t>(text_[digit] - '2'), &toned);
    toned += plain.substr(first);
    const auto found = book_.emoji().Find(toned);
    if (!found) return std::nullopt;
    return Code{digit + 2, found->key};
  }

  std::optional<Code> Bracket(size_t at, size_t end) const {
    if (!Has(dialects_, Dialect::kWechat)) return std::nullopt;
    const std::optional<size_t> close = Close(']', at, end);
    if (!close) return std::nullopt;
    const auto key = book_.FindCode(Dialect::kWechat, text_.substr(at, *close + 1 - at));
    if (!key) return std::nullopt;
    return Code{*close + 1, *key};
  }

  std::optional<Code> Emoticon(size_t at, size_t end) const {
    if (!Has(dialects_, Dialect::kEmoticons) || !IsBlankBefore(text_, at)) return std::nullopt;
    size_t word_end = at;
    while (word_end < end && word_end - at <= kMaxCodeBytes && !IsBlankAt(text_, word_end)) {
      word_end = DecodeUtf8(text_, word_end).end;
    }
    // Where the prose ends at an emoji or a link, the word goes on.
    if (word_end == at || !IsBlankAt(text_, word_end)) return std::nullopt;
    const auto key = book_.FindCode(Dialect::kEmoticons, text_.substr(at, word_end - at));
    if (!key) return std::nullopt;
    return Code{word_end, *key};
  }

  const std::string_view text_;
  const Book& book_;
  const std::vector<Dialect>& dialects_;
};

}  // namespace

std::optional<Dialect> DialectNamed(std::string_view name) {
  for (int i = 0; i < kDialectCount; ++i) {
    if (DialectName(static_cast<Dialect>(i)) == name) return static_cast<Dialect>(i);
  }
  return std::nullopt;
}

std::string_view DialectName(Dialect dialect) {
  switch (dialect) {
    case Dialect::kGithub:
      return "github";
    case Dialect::kSlack:
      return "slack";
    case Dialect::kDiscord:
      return "discord";
    case Dialect::kEmojibase:
      return "emojibase";
    case Dialect::kWechat:
      return "wechat";
    case Dialect::kEmoticons:
      return "emoticons";
  }
  return "";
}

std::vector<Segment> FindCodes(std::string_view text, std::vector<Segment> segments,
                               const Book& book, const std::vector<Dialect>& dialects) {
  if (dialects.empty()) return segments;
  const Finder finder(text, book, dialects);
  std::vector<Segment> found;
  found.reserve(segments.size());
  for (const Segment& segment : segments) {
    if (segment.kind != SegmentKind::kProse) {
      found.push_back(segment);
      continue;
    }
    size_t done = segment.range.begin;
    size_t last_code = std::string_view::npos;
    for (size_t at = done; at < segment.range.end;) {
      const std::optional<Code> code = finder.At(at, segment.range.end, at == last_code);
      if (!code) {
        at = DecodeUtf8(text, at).end;
        continue;
      }
      if (at > done) found.push_back({.range = {done, at}});
      const KeyInfo info = book.key(code->key);
      Segment emoji{.range = {at, code->end}, .kind = SegmentKind::kEmoji};
      emoji.emoji = {
          .range = emoji.range, .kind = info.kind, .status = info.status, .key = code->key};
      found.push_back(emoji);
      done = at = last_code = code->end;
    }
    if (done < segment.range.end) found.push_back({.range = {done, segment.range.end}});
  }
  return found;
}

}  // namespace signalbook
