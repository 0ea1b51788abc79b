#include "translator/assemble.h"

#include <unicode/uchar.h>
#include <unicode/uniset.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <bitset>
#include <utility>

#include "absl/strings/ascii.h"
#include "translator/byte_set.h"
#include "translator/scripts.h"
#include "translator/utf8.h"

namespace signalbook {
namespace {

// Of a chat message, with room to spare: a part is moved whenever there is no more.
constexpr size_t kUsualParts = 16;
constexpr size_t kUsualJoin = 2;  // bytes of what is put between two parts

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

bool IsWord(UChar32 c) {
  if (c < 0x80) return c >= 0 && absl::ascii_isalnum(static_cast<unsigned char>(c));
  return c >= 0 && (u_isalnum(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0);
}

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

// Whether a character of this strong direction occurs in a text.
bool HasDirection(std::string_view text, bool right_to_left) {
  // Most text has no byte with which a character begins that is written from right to left.
  static const ByteSet right_to_left_leads([] {
    UErrorCode error = U_ZERO_ERROR;
    const icu::UnicodeSet characters(u"[[:bc=R:][:bc=AL:]]", error);
    std::bitset<256> leads;
    if (U_FAILURE(error)) return leads.set();  // look at every character
    for (int32_t range = 0; range < characters.getRangeCount(); ++range) {
      for (UChar32 c = characters.getRangeStart(range); c <= characters.getRangeEnd(range); ++c) {
        const auto value = static_cast<char32_t>(c);
        leads.set(static_cast<uint8_t>(ToUtf8({&value, 1}).front()));
      }
    }
    return leads;
  }());
  for (size_t at = 0; at < text.size();) {
    if (right_to_left && (at = right_to_left_leads.Find(text, at)) == text.size()) return false;
    const DecodedCodePoint c = DecodeUtf8(text, at);
    at = c.end;
    const auto direction = u_charDirection(static_cast<UChar32>(c.value));
    const bool strong = right_to_left
                            ? direction == U_RIGHT_TO_LEFT || direction == U_RIGHT_TO_LEFT_ARABIC
                            : direction == U_LEFT_TO_RIGHT;
    if (strong) return true;
  }
  return false;
}

bool IsBlank(std::string_view text) {
  return !text.empty() && text.find_first_not_of(' ') == std::string_view::npos;
}

Verdict VerdictOf(const std::vector<Piece>& pieces) {
  bool translated = false;
  bool refused = false;
  for (const Piece& piece : pieces) {
    refused |= piece.refusal != nullptr;
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

void Assembler::Copy(SegmentKind kind, ByteRange range, Placement placement,
                     std::shared_ptr<const Refusal> refusal) {
  if (range.empty()) return;
  parts_.push_back({.piece = {.kind = kind,
                              .source = range,
                              .licence = Licence::kCopy,
                              .placement = placement,
                              .refusal = std::move(refusal)},
                    .text = range.of(message_.text())});
}

void Assembler::Model(ByteRange range, std::string_view text, std::shared_ptr<const ModelRef> model,
                      Placement placement) {
  if (range.empty() && text.empty()) return;
  parts_.push_back({.piece = {.kind = SegmentKind::kProse,
                              .source = range,
                              .licence = Licence::kModel,
                              .placement = placement,
                              .model = std::move(model)},
                    .text = text});
}

void Assembler::Phrase(const PhrasePart& part) {
  parts_.push_back({.piece = {.kind = SegmentKind::kProse,
                              .source = part.range,
                              .licence = Licence::kPhrase,
                              .placement = Placement::kInOrder,
                              .entry = EntryRef{Keep(part.key), part.locale, Keep(part.source)}},
                    .text = part.text});
}

void Assembler::Name(ByteRange range, std::string_view key, const Rendering& rendering,
                     Placement placement) {
  parts_.push_back(
      {.piece = {.kind = SegmentKind::kEmoji,
                 .source = range,
                 .licence = Licence::kBook,
                 .placement = placement,
                 .entry = EntryRef{key, book_.locales().tag(rendering.locale), rendering.source}},
       .text = rendering.text,
       .is_name = true});
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

std::string_view Assembler::Keep(const std::string& text) {
  if (kept_ == nullptr) kept_ = std::make_shared<std::forward_list<std::string>>();
  return kept_->emplace_front(text);
}

Assembler::Part Assembler::JoinPart(Join join, ByteRange range) const {
  Book::JoinText row = book_.join(target_, join);
  // A locale without spaces still needs one between two names, or they would read as one.
  if (row.text.empty() && join == Join::kSpace) row = book_.join(kRootLocale, join);
  return {.piece = {.kind = SegmentKind::kProse,
                    .source = range,
                    .licence = Licence::kBook,
                    .placement = Placement::kJoin,
                    .entry = EntryRef{JoinKey(join), book_.locales().tag(row.locale), "joins"}},
          .text = row.text};
}

void Assembler::AddJoin(Join join, ByteRange range) {
  Part part = JoinPart(join, range);
  if (!part.text.empty()) parts_.push_back(std::move(part));
}

bool Assembler::NamesNeedIsolates() const {
  const auto is_name = [](const Part& part) { return part.is_name; };
  if (std::none_of(parts_.begin(), parts_.end(), is_name)) return false;
  const bool against = !book_.locales().right_to_left(target_);
  return std::any_of(parts_.begin(), parts_.end(), [against](const Part& part) {
    return !part.is_name && HasDirection(part.text, against);
  });
}

void Assembler::Emit(const Message& message, Part part, Translation* translation) {
  part.piece.source = message.ToOriginal(part.piece.source);
  part.piece.target = {translation->text.size(), translation->text.size() + part.text.size()};
  translation->text += part.text;
  translation->pieces.push_back(std::move(part.piece));
}

Translation Assembler::Finish() {
  const bool isolate_names = NamesNeedIsolates();
  const std::string_view source = message_.text();
  Translation translation;
  size_t size = 0;
  for (const Part& part : parts_) size += part.text.size() + kUsualJoin;
  translation.text.reserve(size);
  translation.pieces.reserve(parts_.size() * 2);
  const auto join = [&](Join kind, size_t at) {
    Part part = JoinPart(kind, {at, at});
    if (!part.text.empty()) Emit(message_, std::move(part), &translation);
  };

  // The last part with text; isolates do not count.
  struct {
    std::string_view text;
    Licence licence = Licence::kCopy;
    Placement placement = Placement::kInOrder;
    bool is_name = false;
  } before;
  for (size_t i = 0; i < parts_.size(); ++i) {
    Part& part = parts_[i];
    const Part* after = i + 1 < parts_.size() ? &parts_[i + 1] : nullptr;

    if (!before.text.empty() && !part.text.empty()) {
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
                              source[at - 1] == ' ' && before.text.back() != ' ' &&
                              !IsSpaceless(LastOf(before.text));
      if (lost_space || (part.is_name && before.is_name) ||
          (!copies && (name || from_spaceless) &&
           Collide(LastOf(before.text), FirstOf(part.text)))) {
        join(Join::kSpace, at);
      }
    }

    // A space between two sentences that now stand in a script without spaces.
    if (part.piece.licence == Licence::kCopy && part.piece.kind == SegmentKind::kProse &&
        before.licence != Licence::kCopy && after != nullptr &&
        after->piece.licence != Licence::kCopy && IsBlank(part.text) && !before.text.empty() &&
        IsSpaceless(LastOf(before.text)) && IsSpaceless(FirstOf(after->text))) {
      const Book::JoinText row = book_.join(target_, Join::kSpace);
      Emit(message_,
           {.piece = {.kind = SegmentKind::kProse,
                      .source = part.piece.source,
                      .licence = Licence::kBook,
                      .placement = Placement::kJoin,
                      .entry = EntryRef{JoinKey(Join::kSpace), book_.locales().tag(row.locale),
                                        "joins"}},
            .text = row.text},
           &translation);
      continue;
    }
    if (!part.text.empty()) {
      before = {part.text, part.piece.licence, part.piece.placement, part.is_name};
    }

    const bool isolate = part.is_name && isolate_names;
    const ByteRange place = part.piece.source;
    if (isolate) join(Join::kIsolateOpen, place.begin);
    Emit(message_, std::move(part), &translation);
    if (isolate) join(Join::kIsolateClose, place.end);
  }
  parts_.clear();
  translation.verdict = VerdictOf(translation.pieces);
  translation.kept = std::move(kept_);
  return translation;
}

}  // namespace signalbook
