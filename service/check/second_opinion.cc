#include "service/check/second_opinion.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_join.h"
#include "service/check/wording.h"
#include "service/strings.h"
#include "translator/scripts.h"
#include "translator/utf8.h"

namespace signalbook::check {
namespace {

constexpr char32_t kKeycapMark = 0x20E3;
constexpr char32_t kTextSelector = 0xFE0E;
constexpr char32_t kEmojiSelector = 0xFE0F;

bool IsMark(char32_t c) { return (U_GET_GC_MASK(static_cast<UChar32>(c)) & U_GC_M_MASK) != 0; }

// A text as a row of emoji, seen so that it does not matter what stands between them: neighbours can make two
// clusters one and one two (a lone regional indicator beside a flag), so the code points of all of them
// together are what is compared.
//   Variation selectors are none of an emoji's own: what U+FE0E turns into text is no emoji any more, and is
//   missed. A joiner that joins nothing is none, either: behind its emoji's name it is one in prose.
//   A combining mark may stand on an emoji here and behind a join there: it must stand somewhere.
struct EmojiRow {
  explicit EmojiRow(std::string_view text, const EmojiTable& table) {
    FindEmoji(text, table, &clusters);
    const auto is_nothing = [](const EmojiCluster& cluster) {
      return cluster.diagnosis == Diagnosis::kDanglingJoiner ||
             cluster.diagnosis == Diagnosis::kStrayVariationSelector;
    };
    clusters.erase(std::remove_if(clusters.begin(), clusters.end(), is_nothing), clusters.end());
    for (const EmojiCluster& cluster : clusters) {
      const std::string_view bytes = cluster.range.of(text);
      std::string& one = emoji.emplace_back();
      for (size_t at = 0; at < bytes.size();) {
        const DecodedCodePoint c = DecodeUtf8(bytes, at);
        const std::string_view character = bytes.substr(at, c.end - at);
        at = c.end;
        // The mark of a keycap is a part of it.
        if (!IsMark(c.value) || (c.value == kKeycapMark && cluster.kind == EmojiKind::kKeycap)) {
          one += character;
        } else if (c.value != kTextSelector && c.value != kEmojiSelector) {
          marks.push_back(character);
        }
      }
      together += one;
    }
  }

  std::vector<EmojiCluster> clusters;
  std::vector<std::string> emoji;  // of each cluster, without selectors and marks
  std::string together;
  std::vector<std::string_view> marks;
};

// The items of `all` that `others` does not have as often.
std::vector<std::string> Without(std::vector<std::string> all, std::vector<std::string> others) {
  std::sort(all.begin(), all.end());
  std::sort(others.begin(), others.end());
  std::vector<std::string> left;
  std::set_difference(all.begin(), all.end(), others.begin(), others.end(),
                      std::back_inserter(left));
  return left;
}

// The codes of the message's dialects (":wave:"), which are emoji to it and text to everybody else.
std::vector<std::string_view> CodesOf(const Message& message, const EmojiRow& row,
                                      const std::vector<Segment>& segments,
                                      const std::vector<Dialect>& dialects) {
  std::vector<std::string_view> codes;
  if (dialects.empty()) return codes;
  for (const Segment& segment : segments) {
    if (segment.kind != SegmentKind::kEmoji || segment.emoji.key == kNoKey) continue;
    const bool drawn = std::binary_search(
        row.clusters.begin(), row.clusters.end(), segment.emoji,
        [](const EmojiCluster& a, const EmojiCluster& b) { return a.range.begin < b.range.begin; });
    if (!drawn) codes.push_back(segment.range.of(message.text()));
  }
  return codes;
}

// Which of `items` do not stand in `text` behind the one before them.
template <typename Items>
std::vector<std::string> MissingInOrder(const Items& items, std::string_view text) {
  std::vector<std::string> missing;
  size_t at = 0;
  for (const auto& item : items) {
    const size_t found = text.find(item, at);
    if (found == std::string_view::npos) {
      missing.emplace_back(item);
    } else {
      at = found + item.size();
    }
  }
  return missing;
}

bool IsSpacedLetter(char32_t c) {
  const auto value = static_cast<UChar32>(c);
  UErrorCode status = U_ZERO_ERROR;
  return u_isalpha(value) && !IsUnspaced(uscript_getScript(value, &status));
}

char32_t LastOf(std::string_view text) {
  size_t at = text.size() - 1;
  while (at > 0 && (static_cast<uint8_t>(text[at]) & 0xC0) == 0x80) --at;
  return DecodeUtf8(text, at).value;
}

// Whether text[range] is no part of a longer word: "Niger" in "Nigeria" is another country.
bool StandsAlone(std::string_view text, ByteRange range) {
  const std::string_view name = range.of(text);
  const bool runs_on = range.end < text.size() && IsSpacedLetter(LastOf(name)) &&
                       IsSpacedLetter(DecodeUtf8(text, range.end).value);
  const bool runs_in = range.begin > 0 && IsSpacedLetter(DecodeUtf8(name, 0).value) &&
                       IsSpacedLetter(LastOf(text.substr(0, range.begin)));
  return !runs_on && !runs_in;
}

// Where `name` ends in `text`, from `at` on.
std::optional<size_t> FindName(std::string_view text, std::string_view name, size_t at) {
  while ((at = text.find(name, at)) != std::string_view::npos) {
    if (StandsAlone(text, {at, at + name.size()})) return at + name.size();
    ++at;
  }
  return std::nullopt;
}

// Appends `prose` without the invisible characters that stand in `message` too, and with its line breaks and
// tabs as spaces.
void AppendShared(std::string_view prose, std::string_view message, std::string* out) {
  for (size_t at = 0; at < prose.size();) {
    const DecodedCodePoint c = DecodeUtf8(prose, at);
    const std::string_view bytes = prose.substr(at, c.end - at);
    at = c.end;
    const auto value = static_cast<UChar32>(c.value);
    // U+FE0E belongs to what it makes text, which is a span of its own.
    const bool invisible =
        c.value != kTextSelector &&
        (u_iscntrl(value) || u_hasBinaryProperty(value, UCHAR_DEFAULT_IGNORABLE_CODE_POINT));
    if (!invisible || message.find(bytes) == std::string_view::npos) {
      *out += bytes;
    } else if (u_isUWhiteSpace(value)) {
      *out += ' ';
    }
  }
}

}  // namespace

EmojiChange FindEmojiChange(const Asked& asked, const std::vector<Segment>& segments,
                            std::string_view output, const EmojiTable& table) {
  EmojiChange change;
  // Where nothing changed, nothing is lost.
  if (output == asked.message->text()) return change;
  const EmojiRow ours(asked.message->text(), table);
  const EmojiRow theirs(output, table);
  const std::vector<std::string> lost_codes =
      MissingInOrder(CodesOf(*asked.message, ours, segments, asked.options.dialects), output);
  const std::vector<std::string> lost_marks = MissingInOrder(ours.marks, output);
  const std::vector<std::string> added_marks = MissingInOrder(theirs.marks, asked.message->text());
  change.same = ours.together == theirs.together && lost_codes.empty() && lost_marks.empty() &&
                added_marks.empty();
  if (change.same) return change;

  std::vector<std::string> lost = Without(ours.emoji, theirs.emoji);
  std::vector<std::string> added = Without(theirs.emoji, ours.emoji);
  lost.insert(lost.end(), lost_codes.begin(), lost_codes.end());
  for (const std::string& mark : lost_marks) lost.push_back(StrCat("◌", mark));
  for (const std::string& mark : added_marks) added.push_back(StrCat("◌", mark));
  std::vector<std::string> changes;
  if (!lost.empty()) changes.push_back(StrCat(FirstAndMore(lost), " lost"));
  if (!added.empty()) changes.push_back(StrCat(FirstAndMore(added), " added"));
  if (changes.empty()) changes.push_back("the emoji stand in another order");
  change.what = absl::StrJoin(changes, ", ");
  change.expected = absl::StrJoin(ours.emoji, " ");
  change.actual = absl::StrJoin(theirs.emoji, " ");
  return change;
}

std::string CandidateOf(const Message& message, std::string_view output, const EmojiTable& table) {
  const EmojiRow ours(message.text(), table);
  const EmojiRow theirs(output, table);
  const bool same = ours.emoji == theirs.emoji;
  std::string candidate;
  size_t done = 0;
  for (size_t i = 0; i < theirs.clusters.size(); ++i) {
    const ByteRange range = theirs.clusters[i].range;
    AppendShared(output.substr(done, range.begin - done), message.text(), &candidate);
    candidate += same ? ours.clusters[i].range.of(message.text()) : range.of(output);
    done = range.end;
  }
  AppendShared(output.substr(done), message.text(), &candidate);
  return candidate;
}

void JudgeFlags(const Asked& asked, const std::vector<Segment>& segments, std::string_view output,
                const Book& book, std::vector<Finding>* findings) {
  std::vector<std::string> wrong;
  std::vector<std::string> names;
  size_t at = 0;
  for (const Segment& segment : segments) {
    const EmojiCluster& emoji = segment.emoji;
    if (segment.kind != SegmentKind::kEmoji || emoji.status != EmojiStatus::kRgi ||
        (emoji.kind != EmojiKind::kFlag && emoji.kind != EmojiKind::kTagFlag)) {
      continue;
    }
    const std::optional<Rendering> row =
        book.Find(asked.options.target, emoji.key, asked.options.market);
    if (!row || row->blocked || row->text.empty()) continue;
    const std::optional<size_t> end = FindName(output, row->text, at);
    if (end) {
      at = *end;
      continue;
    }
    names.emplace_back(row->text);
    wrong.push_back(
        StrCat(segment.range.of(asked.message->text()), " is not called ", Quoted(row->text)));
  }
  if (wrong.empty()) return;
  findings->push_back(
      {"flag/named", FirstAndMore(wrong), absl::StrJoin(names, ", "), std::string(output)});
}

void JudgeProtected(const Message& message, const std::vector<Segment>& segments,
                    std::string_view output, std::vector<Finding>* findings) {
  if (output == message.text()) return;
  std::vector<std::string_view> spans;
  for (const Segment& segment : segments) {
    if (segment.kind == SegmentKind::kProtected) spans.push_back(segment.range.of(message.text()));
  }
  std::vector<std::string> missing = MissingInOrder(spans, output);
  if (missing.empty()) return;
  std::string expected = absl::StrJoin(missing, " ");
  for (std::string& span : missing) span = Quoted(span);
  findings->push_back({"protected/kept",
                       StrCat(FirstAndMore(missing), " is not in the translation, or out of order"),
                       std::move(expected), std::string(output)});
}

}  // namespace signalbook::check
