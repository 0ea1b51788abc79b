#include <unicode/uchar.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "translator/gate_checks.h"
#include "translator/language.h"
#include "translator/lexical_units.h"
#include "translator/repetition.h"
#include "translator/scripts.h"
#include "translator/utf8.h"

namespace signalbook::gate_checks {

// ---- what the text says ----

namespace {

// "1000.5, 7$, 2 in words".
std::string NumbersOf(const NumberText& side, const NumberWords& words) {
  std::vector<std::string> numbers;
  for (const Number& number : FindNumbers(side, words)) {
    numbers.push_back(number.sign == 0 ? number.value
                                       : number.value + ToUtf8(std::u32string(1, number.sign)));
  }
  for (const std::string& value : words.FindSpelled(side.locale, side.text)) {
    numbers.push_back(value + " in words");
  }
  return numbers.empty() ? "none" : absl::StrJoin(numbers, ", ");
}

}  // namespace

Objection CheckNumbers(const Context& context) {
  const NumberWords& words = context.tables.number_words;
  const NumberText source{context.source, context.input.source_locale};
  const NumberText candidate{context.candidate, context.input.target_locale};
  context.Saw([&] {
    return absl::StrCat("source: ", NumbersOf(source, words),
                        "; candidate: ", NumbersOf(candidate, words));
  });
  switch (FindNumberChange(source, candidate, words)) {
    case NumberChange::kNone:
      return std::nullopt;
    case NumberChange::kValues:
      return Refuse(Reason::kNumbersChanged, "numbers", "other numbers than the source's");
    case NumberChange::kSpelled:
      return Refuse(Reason::kNumbersChanged, "number_words", "another number, in words");
    case NumberChange::kSigns:
      return Refuse(Reason::kNumbersChanged, "number_signs",
                    "a number of something else: currency, percent, degrees");
  }
  return std::nullopt;
}

namespace {

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

}  // namespace

namespace {

// A stretch of one unit whose letters are of one script: Emily · 가.
struct ScriptRun {
  size_t begin, end;
  UScriptCode script;
};

std::vector<ScriptRun> RunsOf(const DecodedText& text, const DecodedText::Unit& unit) {
  if (!unit.mixed) return {{unit.begin, unit.end, unit.script}};
  std::vector<ScriptRun> runs;
  for (size_t i = unit.begin; i < unit.end; ++i) {
    UErrorCode status = U_ZERO_ERROR;
    const UScriptCode script =
        text.IsLetter(i) ? uscript_getScript(static_cast<UChar32>(text.code_points()[i]), &status)
                         : USCRIPT_COMMON;
    const bool same = !runs.empty() && (script == USCRIPT_COMMON || script == USCRIPT_INHERITED ||
                                        script == runs.back().script);
    if (same) {
      runs.back().end = i + 1;
    } else {
      runs.push_back({i, i + 1, script});
    }
  }
  return runs;
}

// ＣＤ is CD.
std::u32string HalfWidth(std::u32string_view word) {
  std::u32string half(word);
  for (char32_t& c : half) {
    if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;
  }
  return half;
}

}  // namespace

// A word of a foreign script may stand in the candidate when it is copied, letter for letter: a
// word foreign to both languages (猫 in a message about kanji), and any Latin one (names, brands), also
// with a Korean particle behind it. A word in the source's own script that is not Latin is a rest the
// model did not translate. One Latin letter alone is a symbol: T恤, A型; inside a word it is a disguise.
Objection CheckScript(const Context& context) {
  const LocaleTable& locales = context.tables.book->locales();
  const std::string_view target = locales.script(context.input.target_locale);
  const std::string_view source = locales.script(context.input.source_locale);
  absl::flat_hash_set<std::u32string> source_words;
  const auto is_copied = [&](const ScriptRun& run) {
    if (source_words.empty()) {
      for (const auto& word : context.source.units()) {
        source_words.insert(HalfWidth(context.source.folded(word)));
      }
    }
    return source_words.contains(HalfWidth(
        std::u32string_view(context.candidate.folded()).substr(run.begin, run.end - run.begin)));
  };
  const auto may_stand = [&](const DecodedText::Unit& unit, const ScriptRun& run) {
    if (run.script == USCRIPT_COMMON) {
      const char32_t first = context.candidate.code_points()[run.begin];
      return !IsStyledLetter(first) || context.source.Has(first);
    }
    if (IsWrittenWith(target, run.script)) return !unit.mixed || target == "Kore";
    if (unit.mixed && target != "Kore") return false;
    const bool latin = run.script == USCRIPT_LATIN;
    if (latin && !unit.mixed && run.end - run.begin == 1) return true;
    return (latin || !IsWrittenWith(source, run.script)) && is_copied(run);
  };
  for (const DecodedText::Unit& unit : context.candidate.units()) {
    for (const ScriptRun& run : RunsOf(context.candidate, unit)) {
      if (may_stand(unit, run)) continue;
      context.Saw([&] {
        return ToUtf8(std::u32string_view(context.candidate.code_points())
                          .substr(run.begin, run.end - run.begin));
      });
      return Refuse(Reason::kScript, "script",
                    absl::StrCat("letters that are not ", std::string(target)));
    }
  }
  return std::nullopt;
}

namespace {

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

}  // namespace

Objection CheckLength(const Context& context) {
  const double source = Weight(context.source);
  const double candidate = Weight(context.candidate);
  context.Saw([&] {
    return absl::StrFormat("in letters as wide as Latin: source %.0f, candidate %.0f", source,
                           candidate);
  });
  const bool fits = candidate <= kLongest * source + kLongestSpare &&
                    candidate >= kShortest * source - kShortestSpare;
  if (fits) return std::nullopt;
  return Refuse(Reason::kLength, "length",
                candidate > source ? "far longer than the source" : "far shorter than the source");
}

Objection CheckRepetition(const Context& context) {
  const Repetition source = MeasureRepetition(context.source);
  const Repetition candidate = MeasureRepetition(context.candidate);
  context.Saw([&] {
    const auto tell = [](const Repetition& r) {
      return absl::StrFormat("%d words, %d characters in a row, a phrase %d times", r.run,
                             r.characters, r.phrase);
    };
    return absl::StrCat("source: ", tell(source), "; candidate: ", tell(candidate));
  });
  if (!RepeatsBeyond(source, candidate)) return std::nullopt;
  return Refuse(Reason::kRepetition, "repetition", "repeats itself more than the source does");
}

// ---- untranslated ----

namespace {

// A share of words is no sign where each character is a word: 東京大学 is the same in two languages.
// Names are shared by all languages ("Tom se moquait de Mary"), and single letters by many.
constexpr size_t kFewestWords = 4;
constexpr double kCopiedShare = 0.8;

bool IsName(const DecodedText& text, const DecodedText::Unit& unit) {
  return unit.end - unit.begin >= 2 && text.categories()[unit.begin] == U_UPPERCASE_LETTER &&
         text.categories()[unit.begin + 1] != U_UPPERCASE_LETTER;
}

}  // namespace

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
  // One word alone may be the same in both: Hola, Taxi, Tom.
  const bool same = theirs.size() > 1 && theirs == ours;
  const bool mostly = words >= kFewestWords && copied >= kCopiedShare * words;
  context.Saw([&] { return absl::StrCat(copied, " of ", words, " words stand in the source"); });
  if (!same && !mostly) return std::nullopt;
  // "Somos pobres porque somos honestos" is Spanish and Portuguese: what surely is the target's language
  // may be the source's words. All of them and nothing else are better copied: what a model was not
  // shown stays.
  const std::optional<std::string> language =
      same ? std::nullopt : DetectLanguage(context.candidate.utf8());
  if (language && LanguageOf(*language) == LanguageOf(locales.tag(context.input.target_locale))) {
    return std::nullopt;
  }
  return Refuse(Reason::kUntranslated, same ? "same" : "copied", "the source's own words");
}

// ---- language ----

// CLD2 is sure of the wrong language now and then where texts are short or languages near: asked again
// with the target in mind, it must still say no, and it must have seen enough: the more of a third
// language, which no model falls back to.
namespace {

constexpr double kLettersOfFallback = 15;
constexpr double kLettersOfThirdLanguage = 25;

}  // namespace

Objection CheckLanguage(const Context& context) {
  const LocaleTable& locales = context.tables.book->locales();
  const std::string_view target = LanguageOf(locales.tag(context.input.target_locale));
  const std::optional<std::string> language = WrongLanguage(context.candidate.utf8(), target);
  if (!language) return std::nullopt;
  const bool fallback =
      *language == "en" || *language == LanguageOf(locales.tag(context.input.source_locale));
  if (Weight(context.candidate) < (fallback ? kLettersOfFallback : kLettersOfThirdLanguage)) {
    return std::nullopt;
  }
  context.Saw([&] { return "CLD2 is sure that this is " + *language; });
  return Refuse(Reason::kLanguage, "language", "is certainly " + *language);
}

// ---- guarded concepts ----

// The candidate is searched as the target locale speaks, and also as English and the source locale do:
// models fall back to both. What only the source's table finds counts unless the candidate reads as the
// target's language: "hasta" is an illness in Turkish and "until" in Spanish. A concept found is licensed
// only if the source speaks of it in its own locale; a source locale without guards licenses none, a target
// locale without guards nothing at all.
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
  for (const LocaleId locale : {target, context.tables.english.value_or(target), source}) {
    const absl::StatusOr<Guards::Concepts> found = guards.Find(locale, text);
    if (!found.ok()) return Refuse(Reason::kGuardedConcept, "guard_error", "patterns failed");
    const bool is_new = (*found & ~spoken).any();
    if (locale == source && is_new &&
        ReadsAs(context.candidate.utf8(), context.tables.book->locales().tag(target)))
      break;
    spoken |= *found;
  }
  if (spoken.none()) return std::nullopt;

  text = Guards::Normalize(context.source.utf8(), &buffer);
  const absl::StatusOr<Guards::Concepts> licensed = guards.FindLicences(source, text);
  if (!licensed.ok()) return Refuse(Reason::kGuardedConcept, "guard_error", "patterns failed");
  context.Saw([&] {
    return absl::StrCat("candidate: ", guards.Names(spoken),
                        "; source licenses: ", guards.Names(*licensed));
  });
  const Guards::Concepts unlicensed = spoken & ~*licensed;
  for (size_t i = 0; i < unlicensed.size(); ++i) {
    if (!unlicensed.test(i)) continue;
    switch (guards.kind(i)) {
      case ConceptKind::kConcept:
        return Refuse(Reason::kGuardedConcept, guards.name(i), "a concept not in the source");
      case ConceptKind::kBlocked:
        return Refuse(Reason::kBlockedTerm, guards.name(i), "a term that moderators blocked");
      case ConceptKind::kChatter:
        return Refuse(Reason::kChatter, guards.name(i), "the model speaks for itself");
    }
  }
  return std::nullopt;
}

// ---- lexical licence ----

std::optional<PairText> FindPair(const Context& context) {
  const LocaleTable& locales = context.tables.book->locales();
  const std::string_view source = LanguageOf(locales.tag(context.input.source_locale));
  const std::string_view target = LanguageOf(locales.tag(context.input.target_locale));
  for (const PairLexicon& pair : context.tables.lexicons) {
    const std::string_view from = LanguageOf(locales.tag(pair.from));
    const std::string_view to = LanguageOf(locales.tag(pair.to));
    const bool forward = from == source && to == target;
    if (!forward && !(from == target && to == source)) continue;
    PairText text{.lexicon = pair.lexicon,
                  .from = FindLexicalUnits(forward ? context.source : context.candidate),
                  .to = FindLexicalUnits(forward ? context.candidate : context.source),
                  .candidate = forward ? LexiconSide::kTo : LexiconSide::kFrom};
    return text;
  }
  context.Saw([&] {
    return absl::StrCat("no lexicon of ", std::string(source), " and ", std::string(target));
  });
  return std::nullopt;
}

Gate::LexicalScore ScoreOf(const PairText& text, const GateOptions& options) {
  return {.score = text.lexicon.Score(text.from, text.to),
          .threshold = text.lexicon.threshold() + options.lexicon_margin};
}

Objection CheckLexicon(const Context& context) {
  const std::optional<PairText> text = FindPair(context);
  if (!text) return std::nullopt;
  const Gate::LexicalScore score = ScoreOf(*text, context.tables.options);
  const bool licensed = score.score >= score.threshold;
  if (licensed && context.saw == nullptr) return std::nullopt;

  const LexicalUnits& ours = text->candidate == LexiconSide::kTo ? text->to : text->from;
  const size_t known = text->lexicon.Known(ours, text->candidate);
  const std::vector<size_t> unaccounted =
      text->lexicon.Unaccounted(text->from, text->to, text->candidate);
  context.Saw([&] {
    std::vector<std::string> words;
    words.reserve(unaccounted.size());
    for (const size_t i : unaccounted) words.push_back(ours[0][i]);
    return absl::StrFormat(
        "score %.1f, threshold %.1f; %d known words%s%s", score.score, score.threshold, known,
        words.empty() ? ", all accounted for" : ", not accounted for: ", absl::StrJoin(words, " "));
  });
  if (licensed) return std::nullopt;
  return Refuse(Reason::kDetached, "lexicon",
                absl::StrCat("the source accounts for ", known - unaccounted.size(), " of ", known,
                             " known words"));
}

}  // namespace signalbook::gate_checks
