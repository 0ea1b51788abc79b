#include "translator/assemble.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <utility>

#include "translator/scripts.h"

namespace signalbook {
namespace {

// Of a chat message, with room to spare: a part is moved whenever there is no more.
constexpr size_t kUsualParts = 16;

UChar32 FirstOf(std::string_view text) {
  if (text.empty()) return -1;
  int32_t i = 0;
  UChar32 c;
  U8_NEXT(text.data(), i, static_cast<int32_t>(text.size()), c);
  return c;
}

UChar32 LastOf(std::string_view text) {
  if (text.empty()) return -1;
  auto i = static_cast<int32_t>(text.size());
  UChar32 c;
  U8_PREV(text.data(), 0, i, c);
  return c;
}

// Characters that stand next to words without a space: Han, kana, Thai …, and CJK punctuation.
bool IsSpaceless(UChar32 c) {
  if (c < 0x0E00) return false;
  if ((c >= 0x3000 && c <= 0x303F) || (c >= 0xFF00 && c <= 0xFF65)) return true;
  UErrorCode status = U_ZERO_ERROR;
  return IsUnspaced(uscript_getScript(c, &status));
}

bool IsWord(UChar32 c) { return c >= 0 && (u_isalnum(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0); }

// Whether two neighbours would run into each other without a space.
bool Collide(UChar32 left, UChar32 right) {
  if (left < 0 || right < 0 || IsSpaceless(left) || IsSpaceless(right)) return false;
  const bool left_ends = IsWord(left) || (U_GET_GC_MASK(left) & (U_GC_PE_MASK | U_GC_PF_MASK)) ||
                         std::u32string_view(U".,;:!?…%؟،؛।").find(static_cast<char32_t>(left)) !=
                             std::u32string_view::npos;
  const bool right_begins =
      IsWord(right) || (U_GET_GC_MASK(right) & (U_GC_PS_MASK | U_GC_PI_MASK)) ||
      std::u32string_view(U"@#¿¡").find(static_cast<char32_t>(right)) != std::u32string_view::npos;
  return left_ends && right_begins;
}

// The strong directions that occur in a text.
struct Directions {
  bool left_to_right = false;
  bool right_to_left = false;
};
Directions DirectionsOf(std::string_view text) {
  Directions found;
  for (int32_t i = 0; i < static_cast<int32_t>(text.size());) {
    UChar32 c;
    U8_NEXT(text.data(), i, static_cast<int32_t>(text.size()), c);
    if (c < 0x80) {
      found.left_to_right |= u_isalpha(c) != 0;  // of ASCII, letters alone have a direction
      continue;
    }
    switch (u_charDirection(c)) {
      case U_LEFT_TO_RIGHT:
        found.left_to_right = true;
        break;
      case U_RIGHT_TO_LEFT:
      case U_RIGHT_TO_LEFT_ARABIC:
        found.right_to_left = true;
        break;
      default:
        break;
    }
  }
  return found;
}

bool IsBlank(std::string_view text) {
  return !text.empty() && text.find_first_not_of(' ') == std::string_view::npos;
}

Verdict VerdictOf(const std::vector<Piece>& pieces) {
  bool translated = false;
  bool refused = false;
  for (const Piece& piece : pieces) {
    refused |= piece.refusal.has_value();
    translated |= piece.licence != Licence::kCopy && piece.placement != Placement::kJoin;
  }
  if (translated) return refused ? Verdict::kPartlyRefused : Verdict::kTranslated;
  return refused ? Verdict::kRefused : Verdict::kUnchanged;
}

}  // namespace

Assembler::Assembler(const Message& message, const Book& book, LocaleId target)
    : message_(message), book_(book), target_(target) {
  parts_.reserve(kUsualParts);
}

void Assembler::Add(Piece piece, std::string text, bool is_name) {
  parts_.push_back({std::move(piece), std::move(text), is_name});
}

void Assembler::Copy(SegmentKind kind, ByteRange range, Placement placement,
                     std::optional<Refusal> refusal) {
  if (range.empty()) return;
  Add({.kind = kind,
       .source = range,
       .licence = Licence::kCopy,
       .placement = placement,
       .refusal = std::move(refusal)},
      std::string(range.of(message_.text())));
}

void Assembler::Model(ByteRange range, std::string text, const ModelRef& model,
                      Placement placement) {
  if (range.empty() && text.empty()) return;
  Add({.kind = SegmentKind::kProse,
       .source = range,
       .licence = Licence::kModel,
       .placement = placement,
       .model = model},
      std::move(text));
}

void Assembler::Phrase(ByteRange range, std::string text, EntryRef entry) {
  Add({.kind = SegmentKind::kProse,
       .source = range,
       .licence = Licence::kPhrase,
       .placement = Placement::kInOrder,
       .entry = std::move(entry)},
      std::move(text));
}

void Assembler::Name(ByteRange range, std::string_view key, const Rendering& rendering,
                     Placement placement) {
  Add({.kind = SegmentKind::kEmoji,
       .source = range,
       .licence = Licence::kBook,
       .placement = placement,
       .entry = EntryRef{std::string(key), std::string(book_.locales().tag(rendering.locale)),
                         std::string(rendering.source)}},
      std::string(rendering.text), /*is_name=*/true);
}

void Assembler::KeepAndName(ByteRange range, std::string_view key, const Rendering& rendering,
                            Placement placement) {
  Copy(SegmentKind::kEmoji, range, placement);
  const ByteRange behind{range.end, range.end};
  AddJoin(Join::kNameOpen, behind);
  Name(behind, key, rendering, placement);
  AddJoin(Join::kNameClose, behind);
}

void Assembler::Parts(ByteRange range, const std::vector<NamedPart>& parts, bool keep,
                      Placement placement) {
  const ByteRange behind{range.end, range.end};
  if (keep) {
    Copy(SegmentKind::kEmoji, range, placement);
    AddJoin(Join::kNameOpen, behind);
  }
  size_t end = range.begin;
  for (const NamedPart& part : parts) {
    // What joins two parts in the source is what the join in the target stands for.
    if (&part != &parts.front())
      AddJoin(Join::kPart, keep ? behind : ByteRange{end, part.range.begin});
    Name(keep ? behind : part.range, part.key, part.rendering, placement);
    end = part.range.end;
  }
  if (keep) AddJoin(Join::kNameClose, behind);
}

void Assembler::AddJoin(Join join, ByteRange range) {
  Book::JoinText row = book_.join(target_, join);
  // A locale without spaces still needs one between two names, or they would read as one.
  if (row.text.empty() && join == Join::kSpace) row = book_.join(kRootLocale, join);
  if (row.text.empty()) return;
  Add({.kind = SegmentKind::kProse,
       .source = range,
       .licence = Licence::kBook,
       .placement = Placement::kJoin,
       .entry = EntryRef{"join/" + std::string(JoinName(join)),
                         std::string(book_.locales().tag(row.locale)), "joins"}},
      std::string(row.text));
}

Translation Assembler::Finish() {
  std::vector<Part> parts = std::exchange(parts_, {});
  parts_.reserve(parts.size() * 2);
  Directions prose;
  for (const Part& part : parts) {
    if (part.is_name) continue;
    const Directions directions = DirectionsOf(part.text);
    prose.left_to_right |= directions.left_to_right;
    prose.right_to_left |= directions.right_to_left;
  }
  const bool right_to_left = book_.locales().right_to_left(target_);
  const bool isolate_names = right_to_left ? prose.left_to_right : prose.right_to_left;
  const std::string_view source = message_.text();

  // The last part with text; isolates do not count.
  struct {
    UChar32 last = -1;
    Licence licence = Licence::kCopy;
    Placement placement = Placement::kInOrder;
    bool is_name = false;
  } before;
  for (size_t i = 0; i < parts.size(); ++i) {
    Part& part = parts[i];
    const Part* after = i + 1 < parts.size() ? &parts[i + 1] : nullptr;

    if (before.last >= 0 && !part.text.empty()) {
      const UChar32 left = before.last;
      const UChar32 right = FirstOf(part.text);
      const bool copies = part.piece.licence == Licence::kCopy && before.licence == Licence::kCopy;
      const bool name = part.is_name || before.is_name || before.placement == Placement::kJoin;
      const size_t at = part.piece.source.begin;
      // The source put no space here because its script uses none.
      const bool from_spaceless =
          !copies && !name && at > 0 && at < source.size() &&
          (IsSpaceless(LastOf(source.substr(0, at))) || IsSpaceless(FirstOf(source.substr(at))));
      // The word boundary found by proportion had no room for the space that the source has.
      const bool lost_space = part.piece.placement == Placement::kProportion &&
                              part.piece.kind == SegmentKind::kEmoji && at > 0 &&
                              source[at - 1] == ' ' && left != ' ' && !IsSpaceless(left);
      if (lost_space || (part.is_name && before.is_name) ||
          (!copies && (name || from_spaceless) && Collide(left, right))) {
        AddJoin(Join::kSpace, {at, at});
      }
    }

    // A space between two sentences that now stand in a script without spaces.
    if (part.piece.licence == Licence::kCopy && part.piece.kind == SegmentKind::kProse &&
        IsBlank(part.text) && before.last >= 0 && after != nullptr &&
        before.licence != Licence::kCopy && after->piece.licence != Licence::kCopy &&
        IsSpaceless(before.last) && IsSpaceless(FirstOf(after->text))) {
      const Book::JoinText row = book_.join(target_, Join::kSpace);
      Add({.kind = SegmentKind::kProse,
           .source = part.piece.source,
           .licence = Licence::kBook,
           .placement = Placement::kJoin,
           .entry = EntryRef{"join/space", std::string(book_.locales().tag(row.locale)), "joins"}},
          std::string(row.text));
      continue;
    }
    if (!part.text.empty()) {
      before = {LastOf(part.text), part.piece.licence, part.piece.placement, part.is_name};
    }

    const bool isolate = part.is_name && isolate_names;
    const ByteRange place = part.piece.source;
    if (isolate) AddJoin(Join::kIsolateOpen, {place.begin, place.begin});
    parts_.push_back(std::move(part));
    if (isolate) AddJoin(Join::kIsolateClose, {place.end, place.end});
  }

  Translation translation;
  translation.pieces.reserve(parts_.size());
  for (Part& part : parts_) {
    part.piece.source = message_.ToOriginal(part.piece.source);
    part.piece.target = {translation.text.size(), translation.text.size() + part.text.size()};
    translation.text += part.text;
    translation.pieces.push_back(std::move(part.piece));
  }
  parts_.clear();
  translation.verdict = VerdictOf(translation.pieces);
  return translation;
}

}  // namespace signalbook
