// Stage 2b: a message → segments that tile it: prose, emoji, protected spans.
//
// Thread rule: Protector is immutable after Create; Segment is a pure function.
#ifndef SIGNALBOOK_TRANSLATOR_SEGMENT_H_
#define SIGNALBOOK_TRANSLATOR_SEGMENT_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "translator/byte_set.h"
#include "translator/emoji.h"
#include "translator/text.h"

namespace re2 {
class RE2;
}  // namespace re2

namespace signalbook {

// One row of data/protected.tsv. If the pattern has a capturing group, the group is the span and
// the rest of the match is context (RE2 has no look-behind).
struct ProtectedRule {
  std::string name;     // "url"
  std::string pattern;  // RE2 syntax, UTF-8
};

// The rule of a protected span that is a character with the U+FE0E that makes it text: ⌚︎. It is no row: which
// characters those are is Unicode's to say.
inline constexpr int kTextStyleRule = -2;

// Finds what is never translated: URLs, e-mail addresses, @names, #tags, {templates}, Discord and
// Slack tokens, code. One pass of one combined RE2 program: linear in the text.
class Protector {
 public:
  struct Span {
    ByteRange range;
    int rule = 0;  // index into rules()
  };
  // InvalidArgument names the rule whose pattern does not compile, has more than one capturing
  // group, or matches the empty string.
  static absl::StatusOr<Protector> Create(std::vector<ProtectedRule> rules);
  Protector(Protector&&) noexcept;
  Protector& operator=(Protector&&) noexcept;
  ~Protector();

  // Leftmost match first; where two rules match at the same place, the earlier row wins. Disjoint,
  // in order.
  std::vector<Span> Find(std::string_view text) const;
  const std::vector<ProtectedRule>& rules() const { return rules_; }
  // "url", "text_style"; of the rule of a kProtected segment.
  std::string_view RuleName(int rule) const;

 private:
  Protector();
  // Text without any of the triggers matches no rule.
  bool MayMatch(std::string_view text) const;

  std::vector<ProtectedRule> rules_;
  std::unique_ptr<re2::RE2> program_;
  bool all_may_match_ = false;      // there are no triggers
  ByteSet leads_;                   // with which triggers begin; those in ASCII are known by it
  std::vector<char32_t> triggers_;  // the others
};

struct Segment {
  ByteRange range;
  SegmentKind kind = SegmentKind::kProse;
  EmojiCluster emoji;  // kEmoji
  int rule = -1;       // kProtected: index into Protector::rules(), or kTextStyleRule
};

// Tiles `text` (valid UTF-8): ranges are adjacent, in order, none empty, and concatenate to `text`.
// Two prose segments never touch. An emoji inside a protected span (a URL, `code`) belongs to the
// span; a span never ends inside an emoji: it is cut back to the cluster's start. Nor does it part a
// character from the U+FE0E that makes it text: both are a span of their own where they stand in prose.
std::vector<Segment> SegmentText(std::string_view text, const EmojiTable& table,
                                 const Protector& protector);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_SEGMENT_H_
