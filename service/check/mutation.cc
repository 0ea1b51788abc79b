#include "service/check/mutation.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "service/limits.h"
#include "service/status.h"
#include "service/strings.h"
#include "translator/normalize.h"
#include "translator/utf8.h"

namespace signalbook::check {
namespace {

constexpr char32_t kJoiner = 0x200D;
constexpr char32_t kKeycapMark = 0x20E3;
constexpr char32_t kTextSelector = 0xFE0E;
constexpr char32_t kEmojiSelector = 0xFE0F;
constexpr char32_t kTagEnd = 0xE007F;

struct Kind {
  std::string_view option;
  std::string_view name;  // in ids
  Mutation mutation;
};
constexpr Kind kKinds[] = {
    {"truncate", "truncate", Mutation::kTruncateCodePoint},
    {"truncate", "bytes", Mutation::kTruncateByte},
    {"selectors", "selectors", Mutation::kSelectors},
    {"indicators", "indicators", Mutation::kIndicators},
    {"tags", "tags", Mutation::kTags},
    {"joins", "joins", Mutation::kJoins},
    {"neighbours", "neighbours", Mutation::kNeighbours},
};

std::string_view NameOf(Mutation mutation) {
  const auto* kind =
      std::find_if(std::begin(kKinds), std::end(kKinds),
                   [mutation](const Kind& known) { return known.mutation == mutation; });
  return kind->name;
}

struct CodePoint {
  char32_t value = 0;
  size_t begin = 0;
  size_t end = 0;
};
using CodePoints = std::vector<CodePoint>;

// Code points [begin, end) that are one emoji, or would like to be.
struct Unit {
  size_t begin = 0;
  size_t end = 0;
};

// Bytes [begin, end) of the message replaced.
struct Edit {
  size_t begin = 0;
  size_t end = 0;
  std::string text;
};
using Edits = std::vector<Edit>;

// One more than the service takes is as good as all: nothing behind them goes into a mutant.
CodePoints FirstCodePoints(std::string_view text) {
  CodePoints points;
  for (size_t at = 0; at < text.size() && points.size() <= kMaxContentCodePoints;) {
    const DecodedCodePoint c = DecodeUtf8(text, at);
    points.push_back({c.value, at, c.end});
    at = c.end;
  }
  return points;
}

int64_t CountCodePoints(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<uint8_t>(c) & 0xC0) != 0x80; });
}

bool IsSelector(char32_t c) { return c == kTextSelector || c == kEmojiSelector; }
bool IsIndicator(char32_t c) { return c >= 0x1F1E6 && c <= 0x1F1FF; }
bool IsTone(char32_t c) { return c >= 0x1F3FB && c <= 0x1F3FF; }
bool IsTag(char32_t c) { return c >= 0xE0020 && c <= kTagEnd; }
bool IsKeycapBase(char32_t c) { return (c >= '0' && c <= '9') || c == '#' || c == '*'; }

// Characters of later Unicode versions than ICU's are among them: their places are kept for them.
bool IsPictograph(char32_t c) {
  return u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_EXTENDED_PICTOGRAPHIC) || IsTone(c);
}

bool IsKeycap(const CodePoints& points, size_t at) {
  if (!IsKeycapBase(points[at].value)) return false;
  const size_t mark = at + (at + 1 < points.size() && IsSelector(points[at + 1].value) ? 2 : 1);
  return mark < points.size() && points[mark].value == kKeycapMark;
}

bool IsEmojiCharacter(const CodePoints& points, size_t at) {
  const char32_t c = points[at].value;
  return IsPictograph(c) || IsIndicator(c) || IsKeycap(points, at);
}

// Behind the emoji that begins at `at`.
size_t UnitEnd(const CodePoints& points, size_t at) {
  const bool indicator = IsIndicator(points[at].value);
  ++at;
  if (indicator && at < points.size() && IsIndicator(points[at].value)) ++at;
  for (; at < points.size(); ++at) {
    const char32_t c = points[at].value;
    if (IsSelector(c) || IsTone(c) || IsTag(c) || c == kKeycapMark) continue;
    const bool joins = c == kJoiner && at + 1 < points.size() && IsPictograph(points[at + 1].value);
    if (!joins) break;
    ++at;
  }
  return at;
}

std::vector<Unit> UnitsOf(const CodePoints& points) {
  std::vector<Unit> units;
  for (size_t at = 0; at < points.size();) {
    if (!IsEmojiCharacter(points, at)) {
      ++at;
      continue;
    }
    const size_t end = UnitEnd(points, at);
    units.push_back({at, end});
    at = end;
  }
  return units;
}

std::string Utf8(std::u32string_view text) { return ToUtf8(text); }

Edit Inserted(size_t at, std::string text) { return {at, at, std::move(text)}; }

Edits CutsBetweenCodePoints(const CodePoints& points, size_t size) {
  Edits edits;
  for (const CodePoint& point : points) {
    edits.push_back({std::min(point.begin, size), size, ""});
  }
  return edits;
}

Edits CutsInsideCodePoints(const CodePoints& points, size_t size) {
  Edits edits;
  for (const CodePoint& point : points) {
    for (size_t at = point.begin + 1; at < point.end; ++at) edits.push_back({at, size, ""});
  }
  return edits;
}

Edits SelectorEdits(const CodePoints& points) {
  Edits edits;
  for (size_t i = 0; i < points.size(); ++i) {
    const auto& [value, begin, end] = points[i];
    if (IsSelector(value)) {
      edits.push_back({begin, end, ""});
      edits.push_back({begin, end, Utf8(value == kEmojiSelector ? U"\uFE0E" : U"\uFE0F")});
    } else if (IsEmojiCharacter(points, i) &&
               (i + 1 == points.size() || !IsSelector(points[i + 1].value))) {
      edits.push_back(Inserted(end, Utf8(U"\uFE0F")));
    }
  }
  return edits;
}

Edits IndicatorEdits(const CodePoints& points) {
  Edits edits;
  for (size_t i = 0; i < points.size();) {
    if (!IsIndicator(points[i].value)) {
      ++i;
      continue;
    }
    // A letter of the run itself: shifted by one, its flags become others that may well exist.
    const std::string more = Utf8(std::u32string(1, points[i].value));
    size_t of_run = 0;
    for (; i < points.size() && IsIndicator(points[i].value); ++i, ++of_run) {
      if (of_run % 2 == 0) edits.push_back(Inserted(points[i].begin, more));
    }
    edits.push_back(Inserted(points[i - 1].end, more));
  }
  return edits;
}

// Points [begin, end) are the tags; the base stands before them, if there is one.
void AddBrokenTags(const CodePoints& points, size_t begin, size_t end, Edits* edits) {
  const bool ended = points[end - 1].value == kTagEnd;
  const size_t specs_end = ended ? end - 1 : end;
  if (ended) edits->push_back({points[specs_end].begin, points[specs_end].end, ""});
  for (size_t i = begin; i < specs_end; ++i) {
    edits->push_back({points[i].begin, points[specs_end - 1].end, ""});
  }
  if (begin == 0) return;
  const CodePoint& base = points[begin - 1];
  for (const std::u32string_view wrong : {U"\U0001F3F3", U"\U0001F44D", U"a", U""}) {
    edits->push_back({base.begin, base.end, Utf8(wrong)});
  }
}

Edits TagEdits(const CodePoints& points) {
  Edits edits;
  for (size_t i = 0; i < points.size();) {
    if (!IsTag(points[i].value)) {
      ++i;
      continue;
    }
    const size_t begin = i;
    while (i < points.size() && IsTag(points[i].value)) ++i;
    AddBrokenTags(points, begin, i, &edits);
  }
  const std::string gbeng = Utf8(U"\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F");
  for (const Unit& unit : UnitsOf(points)) {
    const CodePoint& last = points[unit.end - 1];
    if (!IsTag(last.value)) edits.push_back(Inserted(last.end, gbeng));
  }
  return edits;
}

Edits JoinEdits(const CodePoints& points) {
  Edits edits;
  for (const Unit& unit : UnitsOf(points)) {
    const size_t begin = points[unit.begin].begin;
    const size_t end = points[unit.end - 1].end;
    // No sequence of any version has a receipt in it.
    edits.push_back(Inserted(end, Utf8(U"\u200D\U0001F9FE")));
    edits.push_back(Inserted(begin, Utf8(U"\U0001F9FE\u200D")));
    edits.push_back(Inserted(end, Utf8(U"\u200D")));
    edits.push_back(Inserted(begin, Utf8(U"\u200D")));
    for (size_t i = unit.begin; i < unit.end; ++i) {
      if (points[i].value == kJoiner) {
        edits.push_back(Inserted(points[i].end, Utf8(U"\u200D")));
      }
    }
  }
  return edits;
}

Edits NeighbourEdits(const CodePoints& points) {
  constexpr std::string_view kNeighbours[] = {
      "https://example.org/a?b=1", ":wave:", "سلام", "你好", "7", "\u0301"};
  Edits edits;
  for (const Unit& unit : UnitsOf(points)) {
    for (const std::string_view neighbour : kNeighbours) {
      edits.push_back(Inserted(points[unit.begin].begin, std::string(neighbour)));
      edits.push_back(Inserted(points[unit.end - 1].end, std::string(neighbour)));
    }
  }
  return edits;
}

Edits EditsOf(Mutation mutation, std::string_view text) {
  const CodePoints points = FirstCodePoints(text);
  if (mutation == Mutation::kTruncateCodePoint) return CutsBetweenCodePoints(points, text.size());
  if (mutation == Mutation::kTruncateByte) return CutsInsideCodePoints(points, text.size());
  // Too long as it is, and no other mutation makes it much shorter.
  if (points.size() > kMaxContentCodePoints) return {};
  switch (mutation) {
    case Mutation::kSelectors:
      return SelectorEdits(points);
    case Mutation::kIndicators:
      return IndicatorEdits(points);
    case Mutation::kTags:
      return TagEdits(points);
    case Mutation::kJoins:
      return JoinEdits(points);
    default:
      return NeighbourEdits(points);
  }
}

// One from each of kMaxMutants equal parts. Which one varies, but not from run to run: with the first
// of each, a kind that makes 12 edits of each emoji could always show the same one.
Edits Thinned(Edits edits) {
  if (edits.size() <= kMaxMutants) return edits;
  std::mt19937_64 random(edits.size());
  Edits kept;
  for (size_t part = 0; part < kMaxMutants; ++part) {
    const size_t begin = part * edits.size() / kMaxMutants;
    const size_t end = (part + 1) * edits.size() / kMaxMutants;
    kept.push_back(std::move(edits[begin + random() % (end - begin)]));
  }
  return kept;
}

std::vector<std::string> MutantsOf(const std::string& text, Mutation mutation) {
  std::vector<std::string> mutants;
  std::set<std::string> seen = {text, ""};
  for (const Edit& edit : Thinned(EditsOf(mutation, text))) {
    std::string mutant = text.substr(0, edit.begin) + edit.text + text.substr(edit.end);
    if (CountCodePoints(mutant) > kMaxContentCodePoints) continue;
    if (seen.insert(mutant).second) mutants.push_back(std::move(mutant));
  }
  return mutants;
}

class MutatedCases final : public CaseSource {
 public:
  MutatedCases(std::unique_ptr<CaseSource> source, std::vector<Mutation> mutations)
      : source_(std::move(source)), mutations_(std::move(mutations)), kind_(mutations_.size()) {}

  std::optional<CaseOrBadLine> Next() override {
    while (true) {
      if (mutant_ < mutants_.size()) return TakeMutant();
      if (kind_ == mutations_.size()) break;
      mutants_ = MutantsOf(original_.request.contents(0), mutations_[kind_++]);
      mutant_ = 0;
    }
    std::optional<CaseOrBadLine> next = source_->Next();
    const Case* found = next ? std::get_if<Case>(&*next) : nullptr;
    if (found != nullptr && CanMutate(*found)) {
      original_ = *found;
      kind_ = 0;
    }
    return next;
  }

  double progress() const override { return source_->progress(); }

 private:
  static bool CanMutate(const Case& original) {
    return !original.expect.error && original.request.contents_size() == 1 &&
           !FindInvalidUtf8(original.request.contents(0));
  }

  Case TakeMutant() {
    const Mutation mutation = mutations_[kind_ - 1];
    Case made = original_;
    made.expect = {};
    made.origin.clear();
    made.request.set_contents(0, std::move(mutants_[mutant_++]));
    made.id += StrCat("~", NameOf(mutation), "/", mutant_);
    if (mutation == Mutation::kTruncateByte) made.expect.error = std::string(reason::kInvalidUtf8);
    return made;
  }

  const std::unique_ptr<CaseSource> source_;
  const std::vector<Mutation> mutations_;
  Case original_;
  size_t kind_;  // the next of mutations_ for original_
  std::vector<std::string> mutants_;
  size_t mutant_ = 0;  // the next of mutants_
};

}  // namespace

absl::StatusOr<std::vector<Mutation>> ParseMutations(std::string_view names) {
  std::set<Mutation> chosen;
  for (const absl::string_view part : absl::StrSplit(AsAbsl(names), ',')) {
    const std::string_view name = AsStd(absl::StripAsciiWhitespace(part));
    bool known = false;
    for (const Kind& kind : kKinds) {
      if (name != kind.option && name != "all") continue;
      chosen.insert(kind.mutation);
      known = true;
    }
    if (!known) {
      return absl::InvalidArgumentError(
          StrCat("no mutation \"", name,
                 "\"; there are: truncate, selectors, indicators, tags, joins, neighbours, all"));
    }
  }
  return std::vector<Mutation>(chosen.begin(), chosen.end());
}

std::unique_ptr<CaseSource> Mutated(std::unique_ptr<CaseSource> source,
                                    std::vector<Mutation> mutations) {
  return std::make_unique<MutatedCases>(std::move(source), std::move(mutations));
}

}  // namespace signalbook::check
