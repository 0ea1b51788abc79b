#include "translator/language.h"

#include <unicode/uscript.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <limits>

// Behind <cstdio>: it names FILE without including it.
#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

#include "translator/decoded_text.h"

namespace signalbook {
namespace {

struct Guess {
  std::string tag;  // empty: none
  bool sure = false;
  double score = 0;  // CLD2's, per kilobyte
};

// CLD2 calls some short texts English with confidence and little evidence: their scores are below 1100,
// those of most real sentences above.
constexpr double kEvident = 700;
constexpr double kEvidentEnglish = 1100;

// Languages so near that CLD2 takes short texts of one for the other and is sure of it.
constexpr std::string_view kRelatives[][2] = {
    {"af", "nl"}, {"be", "uk"}, {"bs", "hr"}, {"bs", "sr"}, {"cs", "sk"}, {"da", "nb"},
    {"da", "no"}, {"es", "gl"}, {"gl", "pt"}, {"hr", "sr"}, {"id", "ms"}, {"bg", "mk"},
};

bool AreRelatives(std::string_view a, std::string_view b) {
  return std::any_of(std::begin(kRelatives), std::end(kRelatives), [&](const auto& pair) {
    return (pair[0] == a && pair[1] == b) || (pair[0] == b && pair[1] == a);
  });
}

// CLD2 keeps some codes that BCP 47 has replaced.
std::string TagOf(CLD2::Language language) {
  constexpr std::string_view kReplaced[][2] = {
      {"iw", "he"}, {"jw", "jv"}, {"mo", "ro"}, {"sr-ME", "sr"}, {"tl", "fil"}};
  const std::string_view code = CLD2::LanguageCode(language);
  for (const auto& [from, to] : kReplaced) {
    if (code == from) return std::string(to);
  }
  // "xxx" and "xx-Latn" name scripts, not languages.
  if (code == "un" || code.substr(0, 2) == "xx") return "";
  return std::string(code);
}

Guess AskCld2(std::string_view prose, CLD2::Language hint, int flags) {
  const CLD2::CLDHints hints{nullptr, nullptr, CLD2::UNKNOWN_ENCODING, hint};
  CLD2::Language languages[3];
  int percents[3];
  double scores[3];
  int text_bytes = 0;
  bool reliable = false;
  int valid_bytes = 0;
  const CLD2::Language best = CLD2::ExtDetectLanguageSummaryCheckUTF8(
      prose.data(), static_cast<int>(prose.size()), /*is_plain_text=*/true, &hints, flags,
      languages, percents, scores, /*resultchunkvector=*/nullptr, &text_bytes, &reliable,
      &valid_bytes);
  if (valid_bytes != static_cast<int>(prose.size())) return {};
  return {TagOf(best), reliable, scores[0]};
}

// The language of a script that (nearly) only one living language uses; empty for the others.
std::string_view OnlyLanguageOf(UScriptCode script) {
  switch (script) {
    case USCRIPT_ARMENIAN:
      return "hy";
    case USCRIPT_GEORGIAN:
      return "ka";
    case USCRIPT_GREEK:
      return "el";
    case USCRIPT_GUJARATI:
      return "gu";
    case USCRIPT_HANGUL:
      return "ko";
    case USCRIPT_HEBREW:
      return "he";
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
      return "ja";
    case USCRIPT_KANNADA:
      return "kn";
    case USCRIPT_KHMER:
      return "km";
    case USCRIPT_LAO:
      return "lo";
    case USCRIPT_MALAYALAM:
      return "ml";
    case USCRIPT_MYANMAR:
      return "my";
    case USCRIPT_ORIYA:
      return "or";
    case USCRIPT_SINHALA:
      return "si";
    case USCRIPT_TAMIL:
      return "ta";
    case USCRIPT_TELUGU:
      return "te";
    case USCRIPT_THAI:
      return "th";
    default:
      return "";
  }
}

// All letters in scripts of one and the same language. Han belongs to Japanese next to Kana.
std::string LanguageByScript(std::string_view prose) {
  const std::optional<DecodedText> text = DecodedText::Decode(prose);
  if (!text) return "";
  std::string_view language;
  bool han = false;
  for (const DecodedText::Unit& unit : text->units()) {
    if (!unit.has_letter) continue;
    if (unit.script == USCRIPT_HAN) {
      han = true;
      continue;
    }
    if (unit.script == USCRIPT_COMMON) continue;  // ー
    const std::string_view only = OnlyLanguageOf(unit.script);
    if (only.empty() || (!language.empty() && language != only)) return "";
    language = only;
  }
  return std::string(han && language != "ja" ? "" : language);
}

std::string_view LanguageSubtag(std::string_view tag) { return tag.substr(0, tag.find('-')); }

}  // namespace

std::optional<std::string> DetectLanguage(std::string_view prose, std::string_view hint) {
  if (prose.size() > std::numeric_limits<int>::max()) return std::nullopt;
  const Guess guess = AskCld2(prose, CLD2::UNKNOWN_LANGUAGE, /*flags=*/0);
  if (guess.sure && !guess.tag.empty()) return guess.tag;
  if (std::string language = LanguageByScript(prose); !language.empty()) return language;
  if (hint.empty()) return std::nullopt;

  const std::string language(LanguageSubtag(hint));
  const Guess hinted =
      AskCld2(prose, CLD2::GetLanguageFromName(language.c_str()), CLD2::kCLDFlagBestEffort);
  if (LanguageSubtag(hinted.tag) != language) return std::nullopt;
  return hinted.tag;
}

std::optional<std::string> WrongLanguage(std::string_view text, std::string_view target) {
  if (text.size() > std::numeric_limits<int>::max()) return std::nullopt;
  const Guess guess = AskCld2(text, CLD2::UNKNOWN_LANGUAGE, /*flags=*/0);
  const std::string_view language = LanguageSubtag(guess.tag);
  if (!guess.sure || guess.score < (language == "en" ? kEvidentEnglish : kEvident) ||
      language.empty() || language == target || AreRelatives(language, target)) {
    return std::nullopt;
  }
  const std::string name(target);
  const Guess hinted =
      AskCld2(text, CLD2::GetLanguageFromName(name.c_str()), CLD2::kCLDFlagBestEffort);
  if (LanguageSubtag(hinted.tag) == target) return std::nullopt;
  return std::string(language);
}

bool ReadsAs(std::string_view text, std::string_view target) {
  const std::optional<std::string> language = DetectLanguage(text, target);
  return language && LanguageSubtag(*language) == LanguageSubtag(target);
}

}  // namespace signalbook
