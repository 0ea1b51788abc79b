#include "translator/gate.h"

#include <unicode/uchar.h>

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "re2/re2.h"
#include "translator/decoded_text.h"
#include "translator/guards.h"
#include "translator/numbers.h"
#include "translator/repetition.h"
#include "translator/scripts.h"

namespace signalbook {
namespace {

// What the checks take from the book, compiled once.
struct Tables {
  std::shared_ptr<const Book> book;
  std::shared_ptr<const Protector> protector;
  Guards guards;
  NumberWords number_words;
  std::optional<LocaleId> english;
};

struct Context {
  const GateInput& input;
  const DecodedText& source;
  const DecodedText& candidate;
  const Tables& tables;
};

using Objection = std::optional<Refusal>;  // nullopt: none

Objection Refuse(Reason reason, std::string_view rule, std::string detail) {
  return Refusal{reason, std::string(rule), std::move(detail)};
}

// ---- size: before any other work ----

// Both are far beyond any honest translation (UTF-8 makes Thai three times as long as English) and
// keep the cost of everything below in proportion to the message.
constexpr size_t kMaxBytesPerSourceByte = 8;
constexpr size_t kSpareBytes = 256;

Objection CheckSize(const GateInput& input) {
  if (input.candidate.size() <= kMaxBytesPerSourceByte * input.source.size() + kSpareBytes) {
    return std::nullopt;
  }
  return Refuse(Reason::kLength, "size",
                absl::StrCat(input.candidate.size(), " bytes for ", input.source.size()));
}

// ---- text: characters that no honest text holds ----

bool IsControl(uint8_t category) {
  return category == U_CONTROL_CHAR || category == U_LINE_SEPARATOR ||
         category == U_PARAGRAPH_SEPARATOR;
}

Objection CheckText(const Context& context) {
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
        emoji == EmojiClass::kZwj || context.source.Has(c)) {
      continue;
    }
    return Refuse(Reason::kEmojiIntroduced, "emoji", "an emoji character the source has not");
  }
  return std::nullopt;
}

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

Objection CheckInvisible(const Context& context) {
  const DecodedText& text = context.candidate;
  for (size_t i = 0; i < text.code_points().size(); ++i) {
    const char32_t c = text.code_points()[i];
    if (!IsInvisible(c) || context.source.Has(c) || IsSpellingJoiner(text, i)) continue;
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
      return Refuse(Reason::kUnknownWord, "mark", "a word the model marked as unknown");
    }
  }
  return std::nullopt;
}

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

bool IsSubset(const absl::flat_hash_set<std::string_view>& part,
              const absl::flat_hash_set<std::string_view>& whole) {
  for (const std::string_view item : part) {
    if (!whole.contains(item)) return false;
  }
  return true;
}

Objection CheckLinks(const Context& context) {
  const Protector& protector = *context.tables.protector;
  const auto links = LinksOf(context.candidate, protector);
  if (!links.empty() && !IsSubset(links, LinksOf(context.source, protector))) {
    return Refuse(Reason::kLinkIntroduced, "links", "a link, address or handle not in the source");
  }
  const auto markup = MarkupOf(context.candidate);
  if (!markup.empty() && !IsSubset(markup, MarkupOf(context.source))) {
    return Refuse(Reason::kLinkIntroduced, "markup", "markup that is not in the source");
  }
  return std::nullopt;
}

// ---- what the text says ----

Objection CheckNumbers(const Context& context) {
  if (SameNumbers(context.source, context.input.source_locale, context.candidate,
                  context.input.target_locale, context.tables.number_words)) {
    return std::nullopt;
  }
  return Refuse(Reason::kNumbersChanged, "numbers", "other numbers than the source's");
}

// 𝐛𝐨𝐥𝐝, ⓒircled and 🅂quared letters belong to no script and read like any.
bool IsStyledLetter(char32_t c) {
  if (c < 0x80) return false;
  switch (u_getIntPropertyValue(static_cast<UChar32>(c), UCHAR_DECOMPOSITION_TYPE)) {
    case U_DT_FONT:
    case U_DT_CIRCLE:
    case U_DT_SQUARE:
      return true;
    default:
      return false;
  }
}

// A word of a foreign script may stand in the candidate when it is copied, letter for letter: a
// word foreign to both languages (猫 in a message about kanji), and any Latin one (names, brands).
// A word in the source's own script that is not Latin is a rest the model did not translate. One
// Latin letter alone is a symbol: T恤, A型.
Objection CheckScript(const Context& context) {
  const LocaleTable& locales = context.tables.book->locales();
  const std::string_view target = locales.script(context.input.target_locale);
  const std::string_view source = locales.script(context.input.source_locale);
  absl::flat_hash_set<std::u32string_view> source_words;
  const auto is_copied = [&](const DecodedText::Unit& unit) {
    if (source_words.empty()) {
      for (const auto& word : context.source.units()) {
        source_words.insert(context.source.folded(word));
      }
    }
    return source_words.contains(context.candidate.folded(unit));
  };
  for (const DecodedText::Unit& unit : context.candidate.units()) {
    if (unit.script == USCRIPT_COMMON) {
      const char32_t first = context.candidate.code_points()[unit.begin];
      if (!IsStyledLetter(first) || context.source.Has(first)) continue;
    } else if (!unit.mixed && IsWrittenWith(target, unit.script)) {
      continue;
    } else {
      const bool latin = unit.script == USCRIPT_LATIN && !unit.mixed;
      if (latin && unit.end - unit.begin == 1) continue;
      if ((latin || !IsWrittenWith(source, unit.script)) && is_copied(unit)) continue;
    }
    return Refuse(Reason::kScript, "script",
                  absl::StrCat("letters that are not ", std::string(target)));
  }
  return std::nullopt;
}

// The length of a text as if it were written in Latin letters.
double Weight(const DecodedText& text) {
  double weight = 0;
  for (const DecodedText::Unit& unit : text.units()) {
    weight += LetterWeight(unit.script) * (unit.end - unit.begin);
  }
  return weight;
}

// Measured on human translations of chat-like sentences in nine language pairs; the constants widen
// the limits for short texts, where "Thanks" may be "Muchísimas gracias".
constexpr double kLongest = 2.5, kLongestSpare = 24;
constexpr double kShortest = 0.3, kShortestSpare = 4;

Objection CheckLength(const Context& context) {
  const double source = Weight(context.source);
  const double candidate = Weight(context.candidate);
  const bool fits = candidate <= kLongest * source + kLongestSpare &&
                    candidate >= kShortest * source - kShortestSpare;
  if (fits) return std::nullopt;
  return Refuse(Reason::kLength, "length",
                candidate > source ? "far longer than the source" : "far shorter than the source");
}

Objection CheckRepetition(const Context& context) {
  if (!RepeatsBeyond(MeasureRepetition(context.source), MeasureRepetition(context.candidate))) {
    return std::nullopt;
  }
  return Refuse(Reason::kRepetition, "repetition", "repeats itself more than the source does");
}

// ---- untranslated ----

std::string_view LanguageOf(std::string_view tag) { return tag.substr(0, tag.find('-')); }

// A share of words is no sign where each character is a word: 東京大学 is the same in two languages.
// Names are shared by all languages ("Tom se moquait de Mary"), and single letters by many.
constexpr size_t kFewestWords = 4;
constexpr double kCopiedShare = 0.8;

bool IsName(const DecodedText& text, const DecodedText::Unit& unit) {
  return unit.end - unit.begin >= 2 && text.categories()[unit.begin] == U_UPPERCASE_LETTER &&
         text.categories()[unit.begin + 1] != U_UPPERCASE_LETTER;
}

Objection CheckUntranslated(const Context& context) {
  const LocaleTable& locales = context.tables.book->locales();
  if (LanguageOf(locales.tag(context.input.source_locale)) ==
      LanguageOf(locales.tag(context.input.target_locale))) {
    return std::nullopt;
  }
  std::vector<std::u32string_view> ours;
  absl::flat_hash_map<std::u32string_view, int> unused;
  for (const DecodedText::Unit& unit : context.source.units()) {
    if (!unit.has_letter) continue;
    ours.push_back(context.source.folded(unit));
    ++unused[ours.back()];
  }
  std::vector<std::u32string_view> theirs;
  size_t words = 0;
  size_t copied = 0;
  for (const DecodedText::Unit& unit : context.candidate.units()) {
    if (!unit.has_letter) continue;
    theirs.push_back(context.candidate.folded(unit));
    if (IsUnspaced(unit.script) || IsName(context.candidate, unit)) continue;
    ++words;
    if (unit.end - unit.begin > 1 && --unused[theirs.back()] >= 0) ++copied;
  }
  const bool same = !theirs.empty() && theirs == ours;
  const bool mostly = words >= kFewestWords && copied >= kCopiedShare * words;
  if (!same && !mostly) return std::nullopt;
  return Refuse(Reason::kUntranslated, same ? "same" : "copied", "the source's own words");
}

// ---- guarded concepts ----

// The candidate is searched as the target locale speaks, and also as the source locale and English
// do: models fall back to both. A concept found is licensed only if the source speaks of it in its
// own locale; a source locale without guards licenses none, a target locale without guards nothing
// at all.
Objection CheckGuards(const Context& context) {
  const Guards& guards = context.tables.guards;
  const LocaleId target = context.input.target_locale;
  const LocaleId source = context.input.source_locale;
  if (!guards.Covers(target)) {
    return Refuse(Reason::kGuardedConcept, "no_guards", "the target locale has no guard table");
  }
  std::string buffer;
  std::string_view text = Guards::Normalize(context.candidate.utf8(), &buffer);
  Guards::Concepts spoken;
  for (const LocaleId locale : {target, source, context.tables.english.value_or(target)}) {
    const absl::StatusOr<Guards::Concepts> found = guards.Find(locale, text);
    if (!found.ok()) return Refuse(Reason::kGuardedConcept, "guard_error", "patterns failed");
    spoken |= *found;
  }
  if (spoken.none()) return std::nullopt;

  text = Guards::Normalize(context.source.utf8(), &buffer);
  const absl::StatusOr<Guards::Concepts> licensed = guards.Find(source, text);
  if (!licensed.ok()) return Refuse(Reason::kGuardedConcept, "guard_error", "patterns failed");
  spoken &= ~*licensed;
  for (size_t i = 0; i < spoken.size(); ++i) {
    if (spoken.test(i)) {
      return Refuse(Reason::kGuardedConcept, guards.name(i), "a concept not in the source");
    }
  }
  return std::nullopt;
}

struct Check {
  std::string_view name;
  Objection (*run)(const Context&);
};

// Cheapest and surest first: the first that objects names the reason.
constexpr Check kChecks[] = {
    {"characters", CheckText},       {"empty", CheckEmpty},
    {"emoji", CheckEmoji},           {"invisible", CheckInvisible},
    {"markers", CheckMarkers},       {"unknown_words", CheckUnknownWords},
    {"links", CheckLinks},           {"numbers", CheckNumbers},
    {"script", CheckScript},         {"length", CheckLength},
    {"repetition", CheckRepetition}, {"untranslated", CheckUntranslated},
    {"guards", CheckGuards},
};

// Runs the checks until `visit(name, objection)` returns false.
template <typename Visit>
void RunChecks(const GateInput& input, const Tables& tables, Visit visit) {
  // Nothing can be said about text of absurd size or that is not text: these two stand before the
  // list and end it.
  Objection size = CheckSize(input);
  const bool fits = !size.has_value();
  if (!visit("size", std::move(size)) || !fits) return;
  const std::optional<DecodedText> source = DecodedText::Decode(input.source);
  const std::optional<DecodedText> candidate = DecodedText::Decode(input.candidate);
  if (!source || !candidate) {
    visit("text", Refuse(Reason::kInvalidText, "utf8", "not well-formed UTF-8"));
    return;
  }
  if (!visit("text", std::nullopt)) return;
  const Context context{input, *source, *candidate, tables};
  for (const Check& check : kChecks) {
    if (!visit(check.name, check.run(context))) return;
  }
}

}  // namespace

struct Gate::Impl {
  Tables tables;
};

Gate::Gate() = default;
Gate::~Gate() = default;

absl::StatusOr<std::unique_ptr<const Gate>> Gate::Create(
    std::shared_ptr<const Book> book, std::shared_ptr<const Protector> protector) {
  absl::StatusOr<Guards> guards = Guards::Create(book->guards(), book->locales());
  if (!guards.ok()) return guards.status();
  NumberWords words = NumberWords::Create(book->locales(), guards->Tables());
  const std::optional<LocaleId> english = book->locales().Resolve("en");
  std::unique_ptr<Gate> gate(new Gate());
  gate->impl_ = std::make_unique<const Impl>(
      Impl{{std::move(book), std::move(protector), *std::move(guards), std::move(words), english}});
  return std::unique_ptr<const Gate>(std::move(gate));
}

std::optional<Refusal> Gate::Judge(const GateInput& input) const {
  std::optional<Refusal> refusal;
  RunChecks(input, impl_->tables, [&](std::string_view, Objection objection) {
    refusal = std::move(objection);
    return !refusal.has_value();
  });
  return refusal;
}

std::vector<CheckResult> Gate::Explain(const GateInput& input) const {
  std::vector<CheckResult> results;
  RunChecks(input, impl_->tables, [&](std::string_view check, Objection objection) {
    results.push_back({check, std::move(objection)});
    return true;
  });
  return results;
}

}  // namespace signalbook
