#include "translator/name_rules.h"

#include <re2/re2.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include "translator/scripts.h"
#include "translator/utf8.h"

namespace signalbook {
namespace {

constexpr size_t kShortWord = 4;  // letters of an abbreviation that any script may hold: "ATM"

re2::StringPiece AsPiece(std::string_view text) { return {text.data(), text.size()}; }

// Whether every bracket and quotation mark of a pair has its partner, in order.
bool IsBalanced(std::string_view text) {
  std::u32string open;
  for (size_t at = 0; at < text.size();) {
    const DecodedCodePoint decoded = DecodeUtf8(text, at);
    at = decoded.end;
    const auto c = static_cast<UChar32>(decoded.value);
    switch (u_charType(c)) {
      case U_START_PUNCTUATION:
        // U+201A and U+201E open what other marks close, in many ways.
        if (u_getBidiPairedBracket(c) != c)
          open += static_cast<char32_t>(u_getBidiPairedBracket(c));
        break;
      case U_END_PUNCTUATION:
        if (u_getBidiPairedBracket(c) == c) break;
        if (open.empty() || open.back() != decoded.value) return false;
        open.pop_back();
        break;
      default:
        break;
    }
  }
  return open.empty();
}

// A letter of a script that the locale is not written with. Latin words are at home everywhere, but a
// whole name in Latin letters is not.
bool IsWrongScript(std::string_view text, std::string_view script) {
  size_t own = 0;
  size_t latin = 0;
  for (size_t at = 0; at < text.size();) {
    const DecodedCodePoint decoded = DecodeUtf8(text, at);
    at = decoded.end;
    const auto c = static_cast<UChar32>(decoded.value);
    if (!u_isalpha(c)) continue;
    UErrorCode status = U_ZERO_ERROR;
    const UScriptCode letter = uscript_getScript(c, &status);
    if (letter == USCRIPT_COMMON || letter == USCRIPT_INHERITED || IsWrittenWith(script, letter)) {
      ++own;
    } else if (letter == USCRIPT_LATIN) {
      ++latin;
    } else {
      return true;
    }
  }
  return own == 0 && latin > kShortWord;
}

// It would be cut in two wherever names stand in one cell.
bool HoldsSeveral(std::string_view name) { return name.find(" | ") != std::string_view::npos; }

}  // namespace

NameRules::NameRules(const LocaleTable& locales, const std::vector<ForbiddenTermRow>& forbidden,
                     std::function<bool(std::string_view)> is_known)
    : locales_(locales), is_known_(std::move(is_known)) {
  for (const ForbiddenTermRow& term : forbidden) {
    auto pattern = std::make_unique<RE2>(AsPiece(term.pattern), RE2::Quiet);
    if (pattern->ok()) forbidden_.emplace_back(term, std::move(pattern));
  }
}

NameRules::~NameRules() = default;

void NameRules::Judge(std::string_view name, LocaleId locale, const KeyInfo& key,
                      RuleBroken broken) const {
  static const RE2 kMissingPart("[:：]\\s*[,，、]|[,，、]\\s*[,，、]|^\\s*[:：,，、]");
  static const RE2 kTrailingColon("[:：]\\s*$");
  static const RE2 kPlaceholder("\\{[0-9]\\}");
  const re2::StringPiece piece = AsPiece(name);
  if (name.find_first_of("=+@\t") == 0 || (name[0] == '-' && name.size() > 1)) {
    broken("formula", "");
  }
  if (RE2::PartialMatch(piece, kMissingPart)) broken("missing-part", "");
  if (RE2::PartialMatch(piece, kTrailingColon)) broken("trailing-colon", "");
  if (RE2::PartialMatch(piece, kPlaceholder)) broken("placeholder", "");
  if (HoldsSeveral(name)) broken("several-names", "");
  if (name == key.sequence) broken("names-itself", "");
  if (!IsBalanced(name)) broken("unbalanced", "");
  if (IsWrongScript(name, locales_.script(locale))) broken("script", "");
  JudgeTerms(name, locale, key, broken);
}

void NameRules::JudgeAlternate(std::string_view name, LocaleId locale, const KeyInfo& key,
                               RuleBroken broken) const {
  if (HoldsSeveral(name)) broken("several-names", "");
  JudgeTerms(name, locale, key, broken);
}

void NameRules::JudgeTerms(std::string_view name, LocaleId locale, const KeyInfo& key,
                           RuleBroken broken) const {
  for (const auto& [term, pattern] : forbidden_) {
    if (!IsBelow(locale, term.locale) || !IsInScope(key, term.scope)) continue;
    if (RE2::PartialMatch(AsPiece(name), *pattern)) broken("forbidden", term.reason);
  }
}

bool NameRules::IsBelow(LocaleId locale, LocaleId ancestor) const {
  for (; locale != ancestor; locale = locales_.parent(locale)) {
    if (locale == kRootLocale) return false;
  }
  return true;
}

bool NameRules::IsInScope(const KeyInfo& key, std::string_view scope) const {
  if (scope == "flag") return IsFlag(key.kind);
  if (scope == "neutral-person") return IsNeutralPerson(key.sequence);
  return scope == "*";
}

// A person of whom the sequence says no gender, though others of its kind do.
bool NameRules::IsNeutralPerson(std::string_view sequence) const {
  const std::string bare = WithoutTones(sequence);
  static const RE2 kGendered("[\\x{1F466}-\\x{1F469}\\x{1F46B}-\\x{1F46D}\\x{2640}\\x{2642}]");
  if (RE2::PartialMatch(bare, kGendered)) return false;
  return bare.find("\U0001F9D1") != std::string::npos || bare == "\U0001F48F" ||
         bare == "\U0001F491" || is_known_(bare + "\u200D\u2640");
}

bool IsFlag(EmojiKind kind) { return kind == EmojiKind::kFlag || kind == EmojiKind::kTagFlag; }

bool IsPartCalledWhole(const KeyInfo& key, std::string_view name, std::string_view kingdom) {
  return key.kind == EmojiKind::kTagFlag && key.status == EmojiStatus::kRgi && name == kingdom;
}

bool IsEnglish(std::string_view tag) { return tag.substr(0, tag.find('-')) == "en"; }

std::string WithoutTones(std::string_view sequence, std::string* tones) {
  std::string bare;
  for (size_t at = 0; at < sequence.size();) {
    const DecodedCodePoint decoded = DecodeUtf8(sequence, at);
    if (decoded.value < 0x1F3FB || decoded.value > 0x1F3FF) {
      bare += sequence.substr(at, decoded.end - at);
    } else if (tones != nullptr) {
      *tones += sequence.substr(at, decoded.end - at);
    }
    at = decoded.end;
  }
  return bare;
}

std::optional<std::string_view> ToneWording(std::string_view name, std::string_view base) {
  if (name.substr(0, base.size()) != base) return std::nullopt;
  return name.substr(base.size());
}

bool IsUsualWording(int count, int all) { return count * 2 > all; }

}  // namespace signalbook
