#include "translator/sentences.h"

#include <unicode/brkiter.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"

namespace signalbook {
namespace {

constexpr std::string_view kMarkerOpen = "\u27E6";   // ⟦
constexpr std::string_view kMarkerClose = "\u27E7";  // ⟧

std::string Marker(size_t i) {
  return std::string(kMarkerOpen) + std::to_string(i) + std::string(kMarkerClose);
}

// Calls visit(code_point, begin, end) for each code point of valid UTF-8 until it returns false.
template <typename Visit>
void ForEachCodePoint(std::string_view text, Visit visit) {
  for (size_t i = 0; i < text.size();) {
    const size_t begin = i;
    UChar32 c;
    U8_NEXT(text.data(), i, text.size(), c);
    if (!visit(c, begin, i)) return;
  }
}

bool IsSpace(std::string_view text) {
  bool space = true;
  ForEachCodePoint(text, [&](UChar32 c, size_t, size_t) { return space = u_isUWhiteSpace(c); });
  return space;
}

// Positions of ICU's boundaries in `text`, the end included.
std::vector<size_t> Boundaries(icu::BreakIterator& iterator, std::string_view text) {
  std::vector<size_t> boundaries;
  UErrorCode status = U_ZERO_ERROR;
  UText utext = UTEXT_INITIALIZER;
  utext_openUTF8(&utext, text.data(), static_cast<int64_t>(text.size()), &status);
  iterator.setText(&utext, status);
  if (U_SUCCESS(status)) {
    iterator.first();
    for (int32_t at = iterator.next(); at != icu::BreakIterator::DONE; at = iterator.next()) {
      boundaries.push_back(static_cast<size_t>(at));
    }
  }
  utext_close(&utext);
  if (boundaries.empty() || boundaries.back() != text.size()) boundaries.push_back(text.size());
  return boundaries;
}

// Whether a sentence can end inside `text`: behind a terminator or a paragraph separator (UAX #29, SB4 and
// SB11). Without one it is one sentence, and no break iterator, which costs more than all else, need look.
bool MayHaveBoundary(std::string_view text) {
  bool may = false;
  ForEachCodePoint(text, [&](UChar32 c, size_t, size_t) {
    if (c < 0x80) {
      may = c == '.' || c == '!' || c == '?' || c == '\n' || c == '\r';
      return !may;
    }
    switch (u_getIntPropertyValue(c, UCHAR_SENTENCE_BREAK)) {
      case U_SB_STERM:
      case U_SB_ATERM:
      case U_SB_SEP:
      case U_SB_CR:
      case U_SB_LF:
        may = true;
        break;
      default:
        break;
    }
    return !may;
  });
  return may;
}

// Break iterators keep state, so each thread has its own. Root rules: what differs by language
// (Greek question marks, Thai dictionaries) comes with the characters themselves.
std::vector<size_t> SentenceBoundaries(std::string_view text) {
  thread_local std::unique_ptr<icu::BreakIterator> iterator = [] {
    UErrorCode status = U_ZERO_ERROR;
    return std::unique_ptr<icu::BreakIterator>(
        icu::BreakIterator::createSentenceInstance(icu::Locale::getRoot(), status));
  }();
  if (!iterator || !MayHaveBoundary(text)) return {text.size()};
  return Boundaries(*iterator, text);
}

std::vector<size_t> WordBoundaries(std::string_view text) {
  thread_local std::unique_ptr<icu::BreakIterator> iterator = [] {
    UErrorCode status = U_ZERO_ERROR;
    return std::unique_ptr<icu::BreakIterator>(
        icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), status));
  }();
  if (!iterator) return {text.size()};
  return Boundaries(*iterator, text);
}

// Punctuation that ends or opens a clause; an apostrophe, a hyphen or a slash stands inside one.
bool IsClausePunctuation(UChar32 c) {
  if (!u_ispunct(c)) return false;
  return std::u32string_view(U"'’-‐‑_&@#%*/\\·").find(static_cast<char32_t>(c)) ==
         std::u32string_view::npos;
}

// The last code point before `at` (or the first from it) that is not white space; -1: none.
UChar32 VisibleBefore(std::string_view text, size_t at) {
  for (int32_t i = static_cast<int32_t>(at); i > 0;) {
    UChar32 c;
    U8_PREV(text.data(), 0, i, c);
    if (!u_isUWhiteSpace(c)) return c;
  }
  return -1;
}
UChar32 VisibleFrom(std::string_view text, size_t at) {
  UChar32 found = -1;
  ForEachCodePoint(text.substr(at), [&](UChar32 c, size_t, size_t) {
    if (u_isUWhiteSpace(c)) return true;
    found = c;
    return false;
  });
  return found;
}

// Adds the stretches of sentences to a list of segments, without those at whose place clauses meet.
class Splitter {
 public:
  Splitter(std::string_view text, std::vector<Segment>* segments, std::vector<Chunk>* chunks)
      : text_(text), segments_(*segments), chunks_(*chunks) {}

  void Sentence(std::span<const Segment> segments) {
    size_t clause = 0;  // where the one under way begins
    for (size_t i = 0; i < segments.size();) {
      // Emoji that follow each other, with white space between them, share their place.
      size_t end = i;
      while (end < segments.size() && (segments[end].kind == SegmentKind::kEmoji ||
                                       (end > i && IsSpace(segments[end].range.of(text_))))) {
        ++end;
      }
      while (end > i && segments[end - 1].kind != SegmentKind::kEmoji) --end;
      if (end == i) {
        ++i;
        continue;
      }
      const ByteRange whole{segments.front().range.begin, segments.back().range.end};
      const UChar32 before =
          VisibleBefore(text_.substr(whole.begin, segments[i].range.begin - whole.begin),
                        segments[i].range.begin - whole.begin);
      const UChar32 after = VisibleFrom(text_.substr(0, whole.end), segments[end - 1].range.end);
      const bool edge =
          before < 0 || after < 0 || IsClausePunctuation(before) || IsClausePunctuation(after);
      if (edge) {
        Clause(segments.subspan(clause, i - clause));
        for (; i < end; ++i) Fixed(segments[i]);
        clause = end;
      }
      i = end;
    }
    Clause(segments.subspan(clause));
  }

  void Fixed(const Segment& segment) {
    if (segment.range.empty()) return;
    if (chunks_.empty() || chunks_.back().is_sentence) {
      chunks_.push_back({false, segments_.size(), segments_.size()});
    }
    segments_.push_back(segment);
    chunks_.back().end = segments_.size();
  }

  // White space at the ends stays outside; what has no letter is nothing to translate.
  void Clause(std::span<const Segment> clause) {
    const bool translate = std::any_of(clause.begin(), clause.end(), [&](const Segment& segment) {
      return segment.kind == SegmentKind::kProse && HasLetter(segment.range.of(text_));
    });
    if (!translate) {
      for (const Segment& segment : clause) Fixed(segment);
      return;
    }
    Segment lead = clause.front();
    Segment trail = clause.back();
    lead.range.end = lead.range.begin;
    trail.range.begin = trail.range.end;
    if (lead.kind == SegmentKind::kProse) {
      ForEachCodePoint(clause.front().range.of(text_), [&](UChar32 c, size_t, size_t end) {
        if (!u_isUWhiteSpace(c)) return false;
        lead.range.end = lead.range.begin + end;
        return true;
      });
    }
    if (trail.kind == SegmentKind::kProse) {
      const ByteRange range = {std::max(clause.back().range.begin, lead.range.end),
                               clause.back().range.end};
      for (int32_t i = static_cast<int32_t>(range.end); i > static_cast<int32_t>(range.begin);) {
        UChar32 c;
        U8_PREV(text_.data(), static_cast<int32_t>(range.begin), i, c);
        if (!u_isUWhiteSpace(c)) break;
        trail.range.begin = static_cast<size_t>(i);
      }
    }
    Fixed(lead);
    chunks_.push_back({true, segments_.size(), segments_.size()});
    for (Segment segment : clause) {
      segment.range.begin = std::max(segment.range.begin, lead.range.end);
      segment.range.end = std::min(segment.range.end, trail.range.begin);
      if (segment.range.begin < segment.range.end) segments_.push_back(segment);
    }
    chunks_.back().end = segments_.size();
    Fixed(trail);
  }

 private:
  std::string_view text_;
  std::vector<Segment>& segments_;
  std::vector<Chunk>& chunks_;
};

// Left out of what a model sees. ZWJ and ZWNJ are letters' business in Persian and Indic scripts.
bool IsInvisible(UChar32 c) {
  return c != 0x200C && c != 0x200D &&
         (u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) || u_iscntrl(c));
}

void AppendVisible(std::string_view prose, std::string* out) {
  ForEachCodePoint(prose, [&](UChar32 c, size_t begin, size_t end) {
    if (u_isUWhiteSpace(c)) {
      // Tabs, line breaks and other spaces are one thing to a model.
      out->push_back(' ');
    } else if (!IsInvisible(c)) {
      out->append(prose.substr(begin, end - begin));
    }
    return true;
  });
}

}  // namespace

bool HasLetter(std::string_view text) {
  bool letter = false;
  ForEachCodePoint(text, [&](UChar32 c, size_t, size_t) {
    letter = c < 0x80 ? absl::ascii_isalpha(static_cast<unsigned char>(c)) : u_isalpha(c) != 0;
    return !letter;
  });
  return letter;
}

std::vector<Chunk> SplitIntoChunks(std::string_view text, std::vector<Segment>* segments) {
  // A message of emoji, spans and spaces needs no break iterator: the hot path of chat.
  const bool prose = std::any_of(segments->begin(), segments->end(), [&](const Segment& segment) {
    return segment.kind == SegmentKind::kProse && HasLetter(segment.range.of(text));
  });
  if (!prose) return {{.is_sentence = false, .begin = 0, .end = segments->size()}};

  std::vector<Chunk> chunks;
  std::vector<Segment> cut;
  cut.reserve(segments->size() + 2);
  Splitter splitter(text, &cut, &chunks);
  std::vector<Segment> sentence;
  auto segment = segments->begin();
  size_t begin = 0;  // of the part of *segment that is not dealt with yet
  for (size_t boundary : SentenceBoundaries(text)) {
    for (; segment != segments->end() && segment->range.end <= boundary; ++segment) {
      sentence.push_back(*segment);
      sentence.back().range.begin = std::max(begin, segment->range.begin);
    }
    if (segment != segments->end() && segment->range.begin < boundary) {
      // A boundary inside a URL or an emoji is none.
      if (segment->kind != SegmentKind::kProse) continue;
      sentence.push_back(*segment);
      sentence.back().range.begin = std::max(begin, segment->range.begin);
      sentence.back().range.end = boundary;
      begin = boundary;
    }
    splitter.Sentence(sentence);
    sentence.clear();
  }
  *segments = std::move(cut);
  return chunks;
}

std::vector<Chunk> SplitIntoParts(std::string_view text, const Chunk& sentence,
                                  std::vector<Segment>* segments) {
  std::vector<Chunk> chunks;
  const std::span<const Segment> whole = sentence.of(*segments);
  const std::vector<Segment> copy(whole.begin(), whole.end());  // the list is about to grow
  Splitter splitter(text, segments, &chunks);
  for (const Segment& segment : copy) {
    if (segment.kind == SegmentKind::kProse) {
      splitter.Clause({&segment, 1});
    } else {
      splitter.Fixed(segment);
    }
  }
  return chunks;
}

Sentence MakeSentence(std::span<const Segment> segments) {
  Sentence sentence;
  const size_t begin = segments.empty() ? 0 : segments.front().range.begin;
  ByteRange run{begin, begin};
  for (const Segment& segment : segments) {
    if (segment.kind == SegmentKind::kProse) {
      run.end = segment.range.end;
      continue;
    }
    sentence.runs.push_back(run);
    sentence.atoms.push_back(segment);
    run = {segment.range.end, segment.range.end};
  }
  sentence.runs.push_back(run);
  return sentence;
}

std::string ModelText(std::string_view text, const Sentence& sentence, AtomStyle style) {
  std::string out;
  for (size_t i = 0; i < sentence.runs.size(); ++i) {
    if (i > 0 && style == AtomStyle::kMarkers) out += Marker(i - 1);
    if (i > 0 && style == AtomStyle::kSpaces) out += ' ';
    const size_t joint = out.size();
    AppendVisible(sentence.runs[i].of(text), &out);
    if (style == AtomStyle::kPlain && joint > 0 && joint < out.size() && out[joint - 1] == ' ' &&
        out[joint] == ' ') {
      out.erase(joint, 1);
    }
  }
  return out;
}

std::optional<std::vector<std::string>> SplitAtMarkers(std::string_view candidate, size_t n) {
  std::vector<std::string> runs;
  for (size_t i = 0; i < n; ++i) {
    const std::string marker = Marker(i);
    const size_t at = candidate.find(marker);
    if (at == std::string_view::npos) return std::nullopt;
    runs.emplace_back(candidate.substr(0, at));
    candidate.remove_prefix(at + marker.size());
  }
  runs.emplace_back(candidate);
  for (const std::string& run : runs) {
    if (run.find(kMarkerOpen) != run.npos || run.find(kMarkerClose) != run.npos) {
      return std::nullopt;
    }
  }
  return runs;
}

std::vector<std::string> SplitByProportion(const Sentence& sentence, std::string_view candidate) {
  size_t prose = 0;
  for (const ByteRange& run : sentence.runs) prose += run.size();
  std::vector<std::string> runs;
  const std::vector<size_t> words = WordBoundaries(candidate);
  size_t before = 0;  // bytes of source prose in front of the atom
  size_t begin = 0;   // of the run under way
  for (size_t i = 0; i < sentence.atoms.size(); ++i) {
    before += sentence.runs[i].size();
    const size_t ideal = prose == 0 ? 0 : candidate.size() * before / prose;
    size_t best = candidate.size();
    size_t distance = candidate.size() + 1;
    for (size_t at : words) {
      // An atom stands behind a word, and the space that follows the word behind the atom.
      if (at < begin || (at > 0 && candidate[at - 1] == ' ')) continue;
      const size_t d = at > ideal ? at - ideal : ideal - at;
      if (d < distance) {
        distance = d;
        best = at;
      }
    }
    runs.emplace_back(candidate.substr(begin, best - begin));
    begin = best;
  }
  runs.emplace_back(candidate.substr(begin));
  return runs;
}

}  // namespace signalbook
