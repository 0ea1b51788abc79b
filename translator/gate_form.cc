#include <unicode/uchar.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "re2/re2.h"
#include "translator/gate_checks.h"
#include "translator/scripts.h"
#include "translator/utf8.h"

namespace signalbook::gate_checks {

// ---- text: characters that no honest text holds ----

namespace {

// "U+1F1E8".
std::string CodePointName(char32_t c) {
  return absl::StrFormat("U+%04X", static_cast<uint32_t>(c));
}

bool IsControl(uint8_t category) {
  return category == U_CONTROL_CHAR || category == U_LINE_SEPARATOR ||
         category == U_PARAGRAPH_SEPARATOR;
}

}  // namespace

Objection CheckCharacters(const Context& context) {
  const DecodedText& text = context.candidate;
  for (size_t i = 0; i < text.code_points().size(); ++i) {
    const char32_t c = text.code_points()[i];
    const uint8_t category = text.categories()[i];
    if (IsControl(category) && !context.source.Has(c)) {
      return Refuse(Reason::kInvalidText, "control", "a control character the source has not");
    }
    if (category == U_PRIVATE_USE_CHAR && !context.source.Has(c)) {
      return Refuse(Reason::kInvalidText, "private_use", "a private-use character");
    }
    // Our table knows emoji that are younger than ICU's: those are the next check's.
    if (category == U_UNASSIGNED && !context.source.Has(c) &&
        context.tables.book->emoji().ClassOf(c) == EmojiClass::kNone) {
      return Refuse(Reason::kInvalidText, "unassigned", "a code point that is no character");
    }
  }
  return std::nullopt;
}

Objection CheckEmpty(const Context& context) {
  if (context.candidate.has_letter() || !context.source.has_letter()) return std::nullopt;
  // "ten" may become "10".
  if (!context.candidate.units().empty()) return std::nullopt;
  return Refuse(Reason::kLength, "empty", "no word for a source that has words");
}

// ---- emoji and invisible characters ----

// Every emoji sequence holds at least one character of a class other than these two, and no such
// character reaches a model except the text-default ones (❤ ©): so a look at single characters
// finds whatever FindEmoji would find, and hidden text besides.
Objection CheckEmoji(const Context& context) {
  const EmojiTable& table = context.tables.book->emoji();
  for (const char32_t c : context.candidate.code_points()) {
    const EmojiClass emoji = table.ClassOf(c);
    if (emoji == EmojiClass::kNone || emoji == EmojiClass::kKeycapBase ||
        emoji == EmojiClass::kZwj) {
      continue;
    }
    const bool text_default =
        emoji == EmojiClass::kTextDefault || emoji == EmojiClass::kTextDefaultBase;
    if (text_default && context.source.Has(c)) continue;
    context.Saw([&] { return CodePointName(c); });
    return Refuse(Reason::kEmojiIntroduced, "emoji", "an emoji character the source has not");
  }
  return std::nullopt;
}

namespace {

bool IsInvisible(char32_t c) {
  if (c < 0x80) return false;
  constexpr char32_t kBlankBraille = 0x2800;
  const bool annotation = c >= 0xFFF9 && c <= 0xFFFB;
  return c == kBlankBraille || annotation ||
         u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_DEFAULT_IGNORABLE_CODE_POINT) ||
         u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_BIDI_CONTROL);
}

// ZWJ and ZWNJ behind a letter or mark of a script that spells with them.
bool IsSpellingJoiner(const DecodedText& text, size_t i) {
  const char32_t c = text.code_points()[i];
  if ((c != 0x200C && c != 0x200D) || i == 0) return false;
  UErrorCode status = U_ZERO_ERROR;
  const UChar32 before = static_cast<UChar32>(text.code_points()[i - 1]);
  return SpellsWithJoiners(uscript_getScript(before, &status));
}

}  // namespace

Objection CheckInvisible(const Context& context) {
  const DecodedText& text = context.candidate;
  for (size_t i = 0; i < text.code_points().size(); ++i) {
    const char32_t c = text.code_points()[i];
    if (!IsInvisible(c) || context.source.Has(c) || IsSpellingJoiner(text, i)) continue;
    context.Saw([&] { return CodePointName(c); });
    return Refuse(Reason::kEmojiIntroduced, "invisible", "an invisible character");
  }
  return std::nullopt;
}

// ---- markers, unknown words, links ----

// The pipeline took every marker it had set out of both texts: what is left is forged.
Objection CheckMarkers(const Context& context) {
  for (const char32_t bracket : {U'\u27E6', U'\u27E7'}) {
    if (context.candidate.Has(bracket) && !context.source.Has(bracket)) {
      return Refuse(Reason::kProtectedChanged, "markers", "a marker that stands for nothing");
    }
  }
  return std::nullopt;
}

namespace {

// What engines write for a token they cannot spell. U+2047 is SentencePiece's, U+2581 its space.
constexpr std::string_view kUnknownTokens[] = {"\u2047", "\u2581", "\uFFFD", "<unk>",
                                               "[UNK]",  "</s>",   "<pad>"};

bool IsUnknownMark(char32_t c) { return c == U'*' || c == U'@' || c == U'#'; }

// Apertium's marks: * unknown word, @ untranslated lemma, # form that cannot be generated. Behind a
// letter or digit the last two are something else: a@b.c, C#.
absl::flat_hash_set<std::u32string_view> MarkedWords(const DecodedText& text) {
  absl::flat_hash_set<std::u32string_view> words;
  const std::u32string_view folded = text.folded();
  for (const DecodedText::Unit& unit : text.units()) {
    if (!unit.has_letter || unit.begin == 0 || !IsUnknownMark(folded[unit.begin - 1])) continue;
    if (folded[unit.begin - 1] != U'*' && unit.begin >= 2 && text.IsWordPart(unit.begin - 2)) {
      continue;
    }
    words.insert(folded.substr(unit.begin - 1, unit.end - unit.begin + 1));
  }
  return words;
}

}  // namespace

Objection CheckUnknownWords(const Context& context) {
  for (const std::string_view token : kUnknownTokens) {
    if (context.candidate.utf8().find(token) != std::string_view::npos &&
        context.source.utf8().find(token) == std::string_view::npos) {
      return Refuse(Reason::kUnknownWord, "token", "the model's token for what it cannot spell");
    }
  }
  const auto marked = MarkedWords(context.candidate);
  if (marked.empty()) return std::nullopt;
  const auto in_source = MarkedWords(context.source);
  for (const std::u32string_view word : marked) {
    if (!in_source.contains(word)) {
      context.Saw([&] { return ToUtf8(word); });
      return Refuse(Reason::kUnknownWord, "mark", "a word the model marked as unknown");
    }
  }
  return std::nullopt;
}

namespace {

// HTML and Markdown that chat clients render: tags, entities, links, fences.
const RE2& Markup() {
  static const RE2* const markup = new RE2(
      R"((</?[A-Za-z!][^<>]*>|&(?:#[0-9]+|#[xX][0-9A-Fa-f]+|[A-Za-z]{2,8});|\]\(|```|\*\*|~~|\|\|))");
  return *markup;
}

absl::flat_hash_set<std::string_view> LinksOf(const DecodedText& text, const Protector& protector) {
  absl::flat_hash_set<std::string_view> links;
  for (const Protector::Span& span : protector.Find(text.utf8())) {
    links.insert(span.range.of(text.utf8()));
  }
  return links;
}

absl::flat_hash_set<std::string_view> MarkupOf(const DecodedText& text) {
  absl::flat_hash_set<std::string_view> markup;
  re2::StringPiece rest(text.utf8().data(), text.utf8().size());
  re2::StringPiece match;
  while (RE2::FindAndConsume(&rest, Markup(), &match)) {
    markup.insert(std::string_view(match.data(), match.size()));
  }
  return markup;
}

std::string Listed(const absl::flat_hash_set<std::string_view>& items) {
  std::vector<std::string> list(items.begin(), items.end());
  std::sort(list.begin(), list.end());
  return absl::StrJoin(list, " ");
}

bool IsSubset(const absl::flat_hash_set<std::string_view>& part,
              const absl::flat_hash_set<std::string_view>& whole) {
  for (const std::string_view item : part) {
    if (!whole.contains(item)) return false;
  }
  return true;
}

}  // namespace

Objection CheckLinks(const Context& context) {
  const Protector& protector = *context.tables.protector;
  const auto links = LinksOf(context.candidate, protector);
  context.Saw([&] { return Listed(links); });
  if (!links.empty() && !IsSubset(links, LinksOf(context.source, protector))) {
    return Refuse(Reason::kLinkIntroduced, "links", "a link, address or handle not in the source");
  }
  const auto markup = MarkupOf(context.candidate);
  if (!markup.empty()) context.Saw([&] { return Listed(markup); });
  if (!markup.empty() && !IsSubset(markup, MarkupOf(context.source))) {
    return Refuse(Reason::kLinkIntroduced, "markup", "markup that is not in the source");
  }
  return std::nullopt;
}

}  // namespace signalbook::gate_checks
