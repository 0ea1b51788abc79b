#include "translator/emoji.h"

#include <unicode/uchar.h>

#include "translator/utf8.h"

namespace signalbook {
namespace {

constexpr char32_t kVariationSelector16 = 0xFE0F;
constexpr char32_t kBlackFlag = 0x1F3F4;
constexpr char32_t kTags = 0xE0000;     // the tag of an ASCII character c is kTags + c
constexpr char32_t kFirstHan = 0x3400;  // to kLastHan: no marks
constexpr char32_t kLastHan = 0x9FFF;
// UTS #51 C.1: base, tags and terminator together.
constexpr size_t kMaxTagSequence = 32;

bool IsPictograph(EmojiClass c) {
  switch (c) {
    case EmojiClass::kTextDefault:
    case EmojiClass::kTextDefaultBase:
    case EmojiClass::kPresentation:
    case EmojiClass::kPresentationBase:
    case EmojiClass::kVariable:
    case EmojiClass::kVariableBase:
    case EmojiClass::kReserved:
      return true;
    default:
      return false;
  }
}

bool IsTextDefault(EmojiClass c) {
  return c == EmojiClass::kTextDefault || c == EmojiClass::kTextDefaultBase;
}

// In emoji-variation-sequences.txt: U+FE0E makes it text, U+FE0F an emoji.
bool HasVariations(EmojiClass c) {
  return IsTextDefault(c) || c == EmojiClass::kVariable || c == EmojiClass::kVariableBase;
}

// What is reserved may turn out to take a tone or U+FE0F: then it is one unknown emoji, not an
// unknown one and a stray.
bool TakesTone(EmojiClass c) {
  return c == EmojiClass::kTextDefaultBase || c == EmojiClass::kPresentationBase ||
         c == EmojiClass::kVariableBase || c == EmojiClass::kReserved;
}

bool TakesVs16(EmojiClass c) { return HasVariations(c) || c == EmojiClass::kReserved; }

bool IsTag(EmojiClass c) { return c == EmojiClass::kTagSpec || c == EmojiClass::kTagEnd; }

// Mn, Mc or Me. ICU may answer this one: a mark that its Unicode 15.0 does not know belongs to a
// script of its own and leaves the emoji before it what it is. Text goes on behind many an emoji, and of
// ASCII, Latin and Han a look at the number says as much.
bool IsCombiningMark(char32_t c) {
  if (c < 0x300 || (c >= kFirstHan && c <= kLastHan)) return false;
  return (U_GET_GC_MASK(static_cast<UChar32>(c)) & U_GC_M_MASK) != 0;
}

// Tags that may spell a subdivision: digits and small letters.
bool IsSubdivisionTag(char32_t c) {
  return (c >= kTags + '0' && c <= kTags + '9') || (c >= kTags + 'a' && c <= kTags + 'z');
}

// One pass over a text. Each Take… is called where something of its class begins and returns where
// the scan goes on; what it does not put into a cluster stays prose.
class Scanner {
 public:
  Scanner(std::string_view text, const EmojiTable& table, std::vector<EmojiCluster>* clusters)
      : text_(text), table_(table), clusters_(*clusters), first_(clusters->size()) {}

  void Scan() {
    for (size_t at = 0; (at = table_.NextLead(text_, at)) < text_.size();) {
      const CodePoint c = Peek(at);
      at = c.emoji_class == EmojiClass::kNone ? c.end : Take(at, c);
    }
  }

 private:
  struct CodePoint {
    char32_t value = 0;
    EmojiClass emoji_class = EmojiClass::kNone;
    EmojiTable::State first =
        EmojiTable::kDead;  // the table's state behind it, if nothing stands before it
    size_t end = 0;
  };
  // A cluster that grows, and the table's state behind it.
  struct Shape {
    size_t begin = 0;
    size_t end = 0;
    EmojiKind kind = EmojiKind::kBasic;
    EmojiTable::State state = EmojiTable::kRoot;
  };

  // At the end of the text: kNone, and `end` does not advance.
  [[gnu::always_inline]] CodePoint Peek(size_t at) const {
    if (at >= text_.size()) return {.end = at};
    const DecodedCodePoint c = DecodeUtf8(text_, at);
    const EmojiTable::Point point = table_.At(c.value);
    return {c.value, point.emoji_class, point.first, c.end};
  }

  void Grow(Shape* shape, const CodePoint& c) const {
    if (c.emoji_class != EmojiClass::kVs16) {
      shape->state =
          shape->state == EmojiTable::kRoot ? c.first : table_.Step(shape->state, c.value);
    }
    shape->end = c.end;
  }

  // Whether `c` may belong to a cluster that it stands behind. Behind most emoji stands text or another one.
  static bool MayContinue(const CodePoint& c) {
    switch (c.emoji_class) {
      case EmojiClass::kNone:
        return IsCombiningMark(c.value);
      case EmojiClass::kModifier:
      case EmojiClass::kZwj:
      case EmojiClass::kVs15:
      case EmojiClass::kVs16:
      case EmojiClass::kKeycapMark:
      case EmojiClass::kTagSpec:
      case EmojiClass::kTagEnd:
        return true;
      default:
        return false;
    }
  }

  size_t Take(size_t at, const CodePoint& c) {
    switch (c.emoji_class) {
      case EmojiClass::kRegionalIndicator:
        return TakeRegionalIndicators(at, c);
      case EmojiClass::kModifier:
        return TakeModifier(at, c);
      case EmojiClass::kZwj:
        // Behind text it is spelling (Persian, Indic scripts).
        if (!BehindCluster(at)) return c.end;
        return AddIllFormed({at, c.end}, Diagnosis::kDanglingJoiner);
      case EmojiClass::kVs15:
      case EmojiClass::kVs16:
      case EmojiClass::kKeycapMark:
        return TakeKeycapOrSelector(at, c);
      case EmojiClass::kTagSpec:
      case EmojiClass::kTagEnd:
        return AddIllFormed({at, TagsEnd(at)}, Diagnosis::kStrayTag);
      default:
        return IsPictograph(c.emoji_class) ? TakePictograph(at, c) : c.end;
    }
  }

  bool BehindCluster(size_t at) const {
    return clusters_.size() > first_ && clusters_.back().range.end == at;
  }

  size_t TakeRegionalIndicators(size_t at, const CodePoint& first) {
    Shape shape = {.begin = at, .kind = EmojiKind::kFlag};
    Grow(&shape, first);
    const CodePoint second = Peek(first.end);
    if (second.emoji_class != EmojiClass::kRegionalIndicator) {
      return AddWithTail(shape, Diagnosis::kLoneRegionalIndicator);
    }
    Grow(&shape, second);
    const CodePoint next = Peek(shape.end);
    if (!MayContinue(next)) return AddWhole(shape, Diagnosis::kUnknownRegion);
    // No flag has a U+FE0F, but keyboards send one and nobody sees it.
    if (next.emoji_class == EmojiClass::kVs16) Grow(&shape, next);
    return AddWithTail(shape, Diagnosis::kUnknownRegion);
  }

  size_t TakeModifier(size_t at, const CodePoint& c) {
    if (BehindCluster(at)) return AddIllFormed({at, c.end}, Diagnosis::kStrayModifier);
    Shape shape = {.begin = at, .kind = EmojiKind::kComponent};
    Grow(&shape, c);
    return AddWithTail(shape, Diagnosis::kUnknownCharacter);
  }

  // Keycaps begin with ASCII, which the scan has skipped: look back one byte.
  size_t TakeKeycapOrSelector(size_t at, const CodePoint& c) {
    const bool behind_base =
        at > 0 && table_.ClassOf(static_cast<uint8_t>(text_[at - 1])) == EmojiClass::kKeycapBase;
    CodePoint mark = c;
    if (c.emoji_class != EmojiClass::kKeycapMark) mark = Peek(c.end);
    if (behind_base && mark.emoji_class == EmojiClass::kKeycapMark) {
      if (c.emoji_class == EmojiClass::kVs15) return mark.end;  // text, as asked for
      Shape shape = {.begin = at - 1, .kind = EmojiKind::kKeycap};
      Grow(&shape, Peek(at - 1));
      Grow(&shape, mark);
      return AddWithTail(shape, Diagnosis::kUnknownSequence);
    }
    if (c.emoji_class == EmojiClass::kKeycapMark) return c.end;  // a mark on text
    return AddIllFormed({at, c.end}, Diagnosis::kStrayVariationSelector);
  }

  size_t TakePictograph(size_t at, const CodePoint& c) {
    CodePoint next = Peek(c.end);
    Shape shape = {.begin = at};
    if (!MayContinue(next)) {
      if (IsTextDefault(c.emoji_class)) return c.end;
      Grow(&shape, c);
      return AddWhole(shape, Diagnosis::kUnknownCharacter);
    }
    if (HasVariations(c.emoji_class) && next.emoji_class == EmojiClass::kVs15) return next.end;

    next = TakeElement(c, next, &shape);
    while (IsJoined(next)) {
      Grow(&shape, next);
      const CodePoint element = Peek(next.end);
      next = TakeElement(element, Peek(element.end), &shape);
      shape.kind = EmojiKind::kZwj;
    }
    const bool bare = shape.end == c.end && !IsTag(next.emoji_class);
    if (bare && IsTextDefault(c.emoji_class)) return c.end;
    const Diagnosis otherwise = shape.kind == EmojiKind::kBasic ? Diagnosis::kUnknownCharacter
                                                                : Diagnosis::kUnknownSequence;
    return MayContinue(next) ? AddWithTail(shape, otherwise) : AddWhole(shape, otherwise);
  }

  // ED-15a: a pictograph, with U+FE0F or a tone if there is one. `next` stands behind `c`; returns what stands
  // behind the element.
  [[gnu::always_inline]] CodePoint TakeElement(const CodePoint& c, const CodePoint& next,
                                               Shape* shape) const {
    Grow(shape, c);
    if (next.emoji_class == EmojiClass::kModifier && TakesTone(c.emoji_class)) {
      Grow(shape, next);
      shape->kind = EmojiKind::kModifier;
      return Peek(next.end);
    }
    if (next.emoji_class == EmojiClass::kVs16) {
      // Inside a sequence the grammar allows U+FE0F behind any pictograph; at its end the selector
      // must select something.
      const CodePoint behind = Peek(next.end);
      if (TakesVs16(c.emoji_class) || IsJoined(behind) || IsTag(behind.emoji_class)) {
        Grow(shape, next);
        return behind;
      }
    }
    return next;
  }

  // Whether `c` is a joiner that joins something: an element that is not text by U+FE0E.
  bool IsJoined(const CodePoint& c) const {
    if (c.emoji_class != EmojiClass::kZwj) return false;
    const CodePoint element = Peek(c.end);
    if (!IsPictograph(element.emoji_class)) return false;
    return !HasVariations(element.emoji_class) ||
           Peek(element.end).emoji_class != EmojiClass::kVs15;
  }

  // The end of a run of tag characters.
  size_t TagsEnd(size_t at) const {
    CodePoint c = Peek(at);
    for (; IsTag(c.emoji_class); c = Peek(at)) at = c.end;
    return at;
  }

  size_t Add(ByteRange range, EmojiKind kind, EmojiStatus status, Diagnosis diagnosis,
             KeyId key = kNoKey) {
    clusters_.push_back({range, kind, status, diagnosis, key});
    return range.end;
  }

  size_t AddIllFormed(ByteRange range, Diagnosis diagnosis) {
    return Add(range, EmojiKind::kOther, EmojiStatus::kIllFormed, diagnosis);
  }

  // `shape` and the tags and marks behind it, looked up as a whole. `otherwise` is what to say when
  // the table has no such sequence.
  size_t AddWithTail(Shape shape, Diagnosis otherwise) {
    bool ill_formed = otherwise == Diagnosis::kLoneRegionalIndicator;
    if (IsTag(Peek(shape.end).emoji_class)) {
      otherwise = TakeTags(&shape);
      ill_formed = otherwise != Diagnosis::kUnknownSubdivision;
    }
    const ByteRange range = {shape.begin, MarksEnd(shape.end)};
    if (ill_formed) return AddIllFormed(range, otherwise);
    if (range.end != shape.end) {
      return Add(range, EmojiKind::kOther, EmojiStatus::kUnknown, Diagnosis::kEnclosingMark);
    }

    return AddWhole(shape, otherwise);
  }

  // `shape`, of which nothing behind it is a part.
  size_t AddWhole(const Shape& shape, Diagnosis otherwise) {
    const ByteRange range = {shape.begin, shape.end};
    const std::optional<EmojiTable::Found> found = table_.KeyAt(shape.state);
    if (!found) {
      const bool character = otherwise == Diagnosis::kUnknownCharacter;
      return Add(range, character ? EmojiKind::kOther : shape.kind, EmojiStatus::kUnknown,
                 otherwise);
    }
    const bool deprecated =
        found->kind == EmojiKind::kFlag && found->status == EmojiStatus::kValidNotRgi;
    return Add(range, found->kind, found->status,
               deprecated ? Diagnosis::kDeprecatedRegion : Diagnosis::kNone, found->key);
  }

  // ED-14a. Well-formed or not, base and tags are one cluster: a tag sequence without its tags is a
  // black flag and hidden text (UTS #51, C.3). Returns what is wrong with it, or
  // kUnknownSubdivision when only the table can tell.
  Diagnosis TakeTags(Shape* shape) const {
    const bool on_flag = shape->state != EmojiTable::kDead &&
                         shape->state == table_.Step(EmojiTable::kRoot, kBlackFlag);
    size_t tags = 0;
    bool spells_subdivision = true;
    CodePoint c = Peek(shape->end);
    for (; c.emoji_class == EmojiClass::kTagSpec; c = Peek(shape->end), ++tags) {
      spells_subdivision = spells_subdivision && IsSubdivisionTag(c.value);
      Grow(shape, c);
    }
    const bool terminated = c.emoji_class == EmojiClass::kTagEnd;
    if (terminated) Grow(shape, c);
    shape->kind = EmojiKind::kTagFlag;

    if (!on_flag) return Diagnosis::kTagBase;
    if (!terminated) return Diagnosis::kUnterminatedTag;
    if (!spells_subdivision || tags == 0 || 1 + tags + 1 > kMaxTagSequence) {
      return Diagnosis::kMalformedTag;
    }
    return Diagnosis::kUnknownSubdivision;
  }

  // The end of the combining marks at `at`. Variation selectors are marks by category, but U+FE0E
  // and U+FE0F have a meaning of their own here.
  size_t MarksEnd(size_t at) const {
    const auto is_mark = [](const CodePoint& c) {
      return c.emoji_class != EmojiClass::kVs15 && c.emoji_class != EmojiClass::kVs16 &&
             IsCombiningMark(c.value);
    };
    for (CodePoint c = Peek(at); is_mark(c); c = Peek(at)) at = c.end;
    return at;
  }

  const std::string_view text_;
  const EmojiTable& table_;
  std::vector<EmojiCluster>& clusters_;
  const size_t first_;  // clusters_ before it are the caller's
};

}  // namespace

std::string_view DiagnosisName(Diagnosis diagnosis) {
  switch (diagnosis) {
    case Diagnosis::kNone:
      return "none";
    case Diagnosis::kDeprecatedRegion:
      return "deprecated_region";
    case Diagnosis::kUnknownRegion:
      return "unknown_region";
    case Diagnosis::kLoneRegionalIndicator:
      return "lone_regional_indicator";
    case Diagnosis::kUnknownSequence:
      return "unknown_sequence";
    case Diagnosis::kUnknownCharacter:
      return "unknown_character";
    case Diagnosis::kDanglingJoiner:
      return "dangling_joiner";
    case Diagnosis::kStrayModifier:
      return "stray_modifier";
    case Diagnosis::kStrayVariationSelector:
      return "stray_variation_selector";
    case Diagnosis::kUnterminatedTag:
      return "unterminated_tag";
    case Diagnosis::kTagBase:
      return "tag_base";
    case Diagnosis::kUnknownSubdivision:
      return "unknown_subdivision";
    case Diagnosis::kMalformedTag:
      return "malformed_tag";
    case Diagnosis::kStrayTag:
      return "stray_tag";
    case Diagnosis::kEnclosingMark:
      return "enclosing_mark";
  }
  return "";
}

void FindEmoji(std::string_view text, const EmojiTable& table,
               std::vector<EmojiCluster>* clusters) {
  Scanner(text, table, clusters).Scan();
}

std::string KeyOf(std::string_view utf8) {
  std::string key;
  for (size_t at = 0; at < utf8.size();) {
    const DecodedCodePoint c = DecodeUtf8(utf8, at);
    at = c.end;
    if (c.value == kVariationSelector16) continue;
    if (!key.empty()) key += '-';
    int digits = 4;
    while (uint32_t{c.value} >> (4 * digits) != 0) ++digits;
    while (digits > 0) key += "0123456789ABCDEF"[uint32_t{c.value} >> (4 * --digits) & 0xF];
  }
  return key;
}

}  // namespace signalbook
