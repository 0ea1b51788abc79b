#include "translator/phrases.h"

#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <bitset>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "translator/normalize.h"
#include "translator/utf8.h"

namespace signalbook {
namespace {

constexpr std::string_view kMarkSource = "phrases/marks";
constexpr std::string_view kPairSource = "phrases/";
constexpr size_t kMaxPhraseBytes = 200;  // no row is longer, so that a long message costs nothing
constexpr size_t kMaxUnit = 3;           // letters of a syllable of laughter
constexpr size_t kRepeats = 3;

struct Character {
  char32_t value;
  ByteRange range;
};

std::vector<Character> CharactersOf(std::string_view text) {
  std::vector<Character> characters;
  characters.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const auto decoded = DecodeUtf8(text, at);
    characters.push_back({decoded.value, {at, decoded.end}});
    at = decoded.end;
  }
  return characters;
}

// ICU's answers for ASCII: chat is full of it, and a call costs ten times a look into a table.
struct AsciiProperties {
  std::bitset<128> space, punctuation, letter;
};
const AsciiProperties& Ascii() {
  static const AsciiProperties properties = [] {
    AsciiProperties made;
    for (UChar32 c = 0; c < 128; ++c) {
      made.space[c] = u_isUWhiteSpace(c);
      made.punctuation[c] = u_ispunct(c);
      made.letter[c] = u_isalpha(c);
    }
    return made;
  }();
  return properties;
}
bool IsSpace(char32_t c) {
  return c < 128 ? Ascii().space[c] : u_isUWhiteSpace(static_cast<UChar32>(c)) != 0;
}
bool IsPunctuation(char32_t c) {
  return c < 128 ? Ascii().punctuation[c] : u_ispunct(static_cast<UChar32>(c)) != 0;
}
bool IsLetter(char32_t c) {
  return c < 128 ? Ascii().letter[c] : u_isalpha(static_cast<UChar32>(c)) != 0;
}
bool IsComma(char32_t c) {
  if (c < 128) return c == U',' || c == U';';
  return std::u32string_view(U"，、،；").find(c) != std::u32string_view::npos;
}
bool IsWord(char32_t c) { return !IsSpace(c) && !IsPunctuation(c); }

// The apostrophe and the hyphen belong to words: "don't", "ping-pong".
char32_t Plain(char32_t c) {
  switch (c) {
    case U'\u2018':
    case U'\u2019':
    case U'\u02BC':
      return U'\'';
    case U'\u2010':
    case U'\u2011':
      return U'-';
    default:
      return c;
  }
}

// "hahahaha" → "hahaha": any number of repetitions above kRepeats says the same.
std::u32string_view WithoutElongation(std::u32string_view word) {
  for (size_t unit = 1; unit <= kMaxUnit; ++unit) {
    if (word.size() < unit * kRepeats || word.size() % unit != 0) continue;
    const std::u32string_view first = word.substr(0, unit);
    bool repeats = std::all_of(first.begin(), first.end(), IsLetter);
    for (size_t at = unit; repeats && at < word.size(); at += unit) {
      repeats = word.substr(at, unit) == first;
    }
    if (repeats) return word.substr(0, unit * kRepeats);
  }
  return word;
}

std::string Folded(std::string_view nfc) {
  if (SkipAscii(nfc, 0) == nfc.size()) {
    return absl::AsciiStrToLower(absl::string_view(nfc.data(), nfc.size()));
  }
  std::string folded;
  UErrorCode status = U_ZERO_ERROR;
  icu::StringByteSink<std::string> sink(&folded);
  icu::CaseMap::utf8Fold(0, icu::StringPiece(nfc.data(), static_cast<int32_t>(nfc.size())), sink,
                         nullptr, status);
  return U_SUCCESS(status) ? folded : std::string();
}

// The locale and those that it inherits from, without root.
std::vector<LocaleId> ChainOf(LocaleId locale, const LocaleTable& locales) {
  std::vector<LocaleId> chain;
  for (; locale != kRootLocale; locale = locales.parent(locale)) chain.push_back(locale);
  return chain;
}

std::optional<PhraseRow> FindInherited(const std::string& key, LocaleId source,
                                       const std::vector<LocaleId>& targets, const Book& book) {
  for (const LocaleId to : targets) {
    for (const LocaleId from : ChainOf(source, book.locales())) {
      if (std::optional<PhraseRow> row = book.FindPhrase(from, to, key)) return row;
    }
  }
  return std::nullopt;
}

// The row that every language which has the phrase agrees on.
std::optional<PhraseRow> FindAgreed(const std::string& key, const std::vector<LocaleId>& targets,
                                    const Book& book) {
  std::optional<PhraseRow> agreed;
  for (const auto& [from, to] : book.PhrasePairs()) {
    if (from == kRootLocale || std::find(targets.begin(), targets.end(), to) == targets.end()) {
      continue;
    }
    const std::optional<PhraseRow> row = book.FindPhrase(from, to, key);
    if (!row) continue;
    if (agreed && agreed->text != row->text) return std::nullopt;
    agreed = row;
  }
  return agreed;
}

// Whether some clause of `prose` has more words than `limit`; false may mean that it was not seen. Nearly all prose
// is no phrase, and this is how it is told from one without a look at its letters.
bool HasMoreWords(std::string_view prose, size_t limit) {
  size_t words = 0;
  bool in_word = false;
  for (const char c : prose) {
    const auto byte = static_cast<uint8_t>(c);
    // Commas other than ASCII's begin with the last three.
    if (byte == ',' || byte == ';' || byte == 0xD8 || byte == 0xE3 || byte == 0xEF) {
      words = 0;
      in_word = false;
    } else if (byte == ' ') {
      in_word = false;
    } else if (!in_word && absl::ascii_isalnum(byte)) {
      in_word = true;
      if (++words > limit) return true;
    }
  }
  return false;
}

class Matcher {
 public:
  Matcher(std::string_view prose, size_t begin, std::optional<LocaleId> source, LocaleId target,
          const Book& book)
      : prose_(prose),
        begin_(begin),
        source_(source),
        targets_(ChainOf(target, book.locales())),
        book_(book),
        characters_(CharactersOf(prose)) {}

  std::optional<std::vector<PhrasePart>> Match() {
    if (AddClause(0, characters_.size())) return std::move(parts_);
    // Without a comma the only clause is the whole.
    if (std::none_of(characters_.begin(), characters_.end(),
                     [](const Character& c) { return IsComma(c.value); })) {
      return std::nullopt;
    }
    parts_.clear();
    for (size_t begin = 0; begin < characters_.size();) {
      size_t end = begin;
      while (end < characters_.size() && !IsComma(characters_[end].value)) ++end;
      if (!AddClause(begin, end)) return std::nullopt;
      if (end < characters_.size()) AddMark(characters_[end++]);
      begin = end;
    }
    return std::move(parts_);
  }

 private:
  // `part.range` is of prose_.
  void Add(PhrasePart part) {
    part.range = {begin_ + part.range.begin, begin_ + part.range.end};
    parts_.push_back(std::move(part));
  }

  // A punctuation mark or a space, in the way of the target.
  void AddMark(const Character& mark) {
    const std::string key(mark.range.of(prose_));
    for (const LocaleId to : targets_) {
      if (AddMarkOf(mark, key, to)) return;
    }
    if (!AddMarkOf(mark, key, kRootLocale)) Add({.range = mark.range});
  }
  bool AddMarkOf(const Character& mark, const std::string& key, LocaleId to) {
    const std::optional<PhraseRow> row = book_.FindPhrase(kRootLocale, to, key);
    if (!row) return false;
    Add({.range = mark.range,
         .key = absl::StrCat("mark/", key),
         .locale = book_.locales().tag(to),
         .source = std::string(kMarkSource),
         .text = std::string(row->text)});
    return true;
  }

  bool AddClause(size_t begin, size_t end) {
    size_t first = begin;
    while (first < end && !IsWord(characters_[first].value)) ++first;
    size_t last = end;
    while (last > first && !IsWord(characters_[last - 1].value)) --last;
    for (size_t i = begin; i < first; ++i) AddMark(characters_[i]);
    if (first < last) {
      const ByteRange range{characters_[first].range.begin, characters_[last - 1].range.end};
      const std::string key = PhraseKey(range.of(prose_));
      if (key.empty()) return false;
      const std::optional<PhraseRow> row = source_ ? FindInherited(key, *source_, targets_, book_)
                                                   : FindAgreed(key, targets_, book_);
      if (!row) return false;
      const bool capital = u_isupper(static_cast<UChar32>(characters_[first].value));
      const std::string_view to = book_.locales().tag(row->to);
      Add({.range = range,
           .key = absl::StrCat("phrase/", key),
           .locale = to,
           .source =
               absl::StrCat(std::string(kPairSource), std::string(book_.locales().tag(row->from)),
                            "/", std::string(to)),
           .text = capital ? Capitalized(row->text) : std::string(row->text)});
    }
    for (size_t i = last; i < end; ++i) AddMark(characters_[i]);
    return true;
  }

  const std::string_view prose_;
  const size_t begin_;
  const std::optional<LocaleId> source_;
  const std::vector<LocaleId> targets_;
  const Book& book_;
  const std::vector<Character> characters_;
  std::vector<PhrasePart> parts_;
};

std::optional<LocaleId> Exactly(std::string_view tag, const LocaleTable& locales) {
  if (tag == "root") return kRootLocale;
  return locales.Exact(tag);
}

}  // namespace

std::string PhraseKey(std::string_view text) {
  if (text.size() > kMaxPhraseBytes) return "";
  const absl::StatusOr<Message> nfc = Normalize(text);
  if (!nfc.ok()) return "";
  std::u32string key;
  std::u32string word;
  key.reserve(text.size());
  const auto end_word = [&] {
    if (word.empty()) return;
    if (!key.empty()) key += U' ';
    key += WithoutElongation(word);
    word.clear();
  };
  const std::string folded = Folded(nfc->text());
  std::vector<Character> characters = CharactersOf(folded);
  const auto is_word = [](const Character& c) { return IsWord(c.value); };
  const auto last = std::find_if(characters.rbegin(), characters.rend(), is_word);
  characters.erase(last.base(), characters.end());
  const auto first = std::find_if(characters.begin(), characters.end(), is_word);
  for (auto at = first; at != characters.end(); ++at) {
    const char32_t c = Plain(at->value);
    if (IsSpace(c) || IsComma(c)) {
      end_word();
    } else if (IsWord(c) || c == U'\'' || c == U'-') {
      word += c;
    } else {
      return "";
    }
  }
  end_word();
  return ToUtf8(key);
}

size_t PhraseWords(std::string_view key) {
  return key.empty() ? 0 : 1 + static_cast<size_t>(std::count(key.begin(), key.end(), ' '));
}

std::string Capitalized(std::string_view text) {
  if (text.empty()) return "";
  const auto first = DecodeUtf8(text, 0);
  std::string capitalized;
  AppendUtf8(static_cast<char32_t>(u_totitle(static_cast<UChar32>(first.value))), &capitalized);
  return capitalized.append(text.substr(first.end));
}

std::optional<std::vector<PhrasePart>> MatchPhrases(std::string_view prose, size_t begin,
                                                    std::optional<LocaleId> source, LocaleId target,
                                                    const Book& book) {
  if (prose.size() > kMaxPhraseBytes || HasMoreWords(prose, book.longest_phrase())) {
    return std::nullopt;
  }
  return Matcher(prose, begin, source, target, book).Match();
}

bool ApprovesPhrase(const EntryRef& entry, std::string_view text, const Book& book) {
  const LocaleTable& locales = book.locales();
  const std::optional<LocaleId> to = Exactly(entry.locale, locales);
  const size_t slash = entry.key.find('/');
  if (!to || slash == std::string_view::npos) return false;
  const std::string_view kind = entry.key.substr(0, slash);
  const std::string_view key = entry.key.substr(slash + 1);
  if (kind == "mark") {
    const std::optional<PhraseRow> row = book.FindPhrase(kRootLocale, *to, key);
    return row && entry.source == kMarkSource && row->text == text;
  }
  std::string_view pair = entry.source;
  if (kind != "phrase" || pair.substr(0, kPairSource.size()) != kPairSource) return false;
  pair.remove_prefix(kPairSource.size());
  const size_t middle = pair.find('/');
  if (middle == std::string_view::npos || pair.substr(middle + 1) != entry.locale) return false;
  const std::optional<LocaleId> from = Exactly(pair.substr(0, middle), locales);
  if (!from || *from == kRootLocale) return false;
  const std::optional<PhraseRow> row = book.FindPhrase(*from, *to, key);
  return row && (row->text == text || Capitalized(row->text) == text);
}

}  // namespace signalbook
