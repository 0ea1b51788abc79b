#include "translator/models/apertium_format.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "translator/normalize.h"

namespace signalbook {
namespace {

constexpr std::string_view kReserved = "\\[]^$/<>{}@";
constexpr std::string_view kNotACharacter = "\uFFFF";
constexpr std::string_view kSpaces = " \t\r\n";

// Length of the marker ⟦digits⟧ at the start of `text`; 0 when there is none.
size_t MarkerLength(std::string_view text) {
  constexpr std::string_view kOpen = "⟦", kClose = "⟧", kDigits = "0123456789";
  if (!text.starts_with(kOpen)) return 0;
  const size_t close = text.find_first_not_of(kDigits, kOpen.size());
  if (close == std::string_view::npos || close == kOpen.size()) return 0;
  return text.substr(close).starts_with(kClose) ? close + kClose.size() : 0;
}

// Takes the backslashes away and superblanks out of their brackets; nullopt when one of them has no
// partner.
std::optional<std::string> Unescape(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  bool in_superblank = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\') {
      if (++i == text.size()) return std::nullopt;
      plain.push_back(text[i]);
    } else if (c == '[' || c == ']') {
      if (in_superblank == (c == '[')) return std::nullopt;
      in_superblank = c == '[';
    } else {
      plain.push_back(c);
    }
  }
  if (in_superblank) return std::nullopt;
  return plain;
}

// `text` with runs of spaces made one.
std::string CollapseSpaces(std::string_view text) {
  std::string collapsed;
  for (char c : text) {
    if (c != ' ' || collapsed.empty() || collapsed.back() != ' ') collapsed.push_back(c);
  }
  return collapsed;
}

// The white space of `text` before and after its words, and what is between.
struct Trimmed {
  std::string_view before, words, after;
};
Trimmed Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(kSpaces);
  if (begin == std::string_view::npos) return {text, {}, {}};
  const size_t end = text.find_last_not_of(kSpaces) + 1;
  return {text.substr(0, begin), text.substr(begin, end - begin), text.substr(end)};
}

}  // namespace

absl::StatusOr<std::string> EscapeForApertium(std::string_view sentence) {
  if (sentence.find(kNotACharacter) != std::string_view::npos) {
    return absl::InvalidArgumentError("a sentence holds U+FFFF");
  }
  // Letters followed by combining accents are in no dictionary, and the engine eats them: señor in
  // NFD becomes `*señO`.
  const absl::StatusOr<Message> normalized = Normalize(sentence);
  if (!normalized.ok()) return normalized.status();
  const std::string_view text = normalized->text();

  std::string escaped;
  escaped.reserve(text.size() + text.size() / 8);
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\0') continue;
    if (const size_t marker = MarkerLength(text.substr(i)); marker > 0) {
      escaped.append("[").append(text.substr(i, marker)).append("]");
      i += marker - 1;
    } else if (c == '~') {
      escaped.append("[~]");  // the post-generator's wake-up mark; a backslash does not help
    } else {
      if (kReserved.find(c) != std::string_view::npos) escaped.push_back('\\');
      escaped.push_back(c);
    }
  }
  return escaped;
}

std::string FrameForApertium(std::string_view escaped, uint64_t number) {
  const std::string bracket = absl::StrCat("[", number, "]");
  std::string framed = bracket;
  framed.append(escaped).append(".").append(bracket).push_back('\0');
  return framed;
}

absl::StatusOr<std::string> DecodeFromApertium(std::string_view answer, uint64_t number,
                                               std::string_view source) {
  const std::string begin = absl::StrCat("[", number, "]");
  const std::string end = absl::StrCat(".", begin);
  if (answer.size() < begin.size() + end.size() || !answer.starts_with(begin) ||
      !answer.ends_with(end)) {
    return absl::InternalError("the pipeline's answer is not to the question asked");
  }
  answer.remove_prefix(begin.size());
  answer.remove_suffix(end.size());
  const std::optional<std::string> plain = Unescape(answer);
  if (!plain) return absl::InternalError("the pipeline's answer is not in stream format");

  const std::string_view words = Trim(*plain).words;
  const Trimmed edges = Trim(source);
  const bool has_runs = edges.words.find("  ") != std::string_view::npos;
  std::string text(edges.before);
  text.append(has_runs ? std::string(words) : CollapseSpaces(words)).append(edges.after);
  return text;
}

}  // namespace signalbook
