#include "translator/law.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <ostream>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "translator/phrases.h"

namespace signalbook {
namespace {

// "1F1E8-1F1E6" → its UTF-8; empty when it is not a key.
std::string SequenceOf(std::string_view key) {
  std::string sequence;
  for (absl::string_view hex : absl::StrSplit(absl::string_view(key.data(), key.size()), '-')) {
    uint32_t c = 0;
    if (!absl::SimpleHexAtoi(hex, &c) || c == 0 || c > 0x10FFFF) return "";
    uint8_t bytes[4];
    int32_t length = 0;
    U8_APPEND_UNSAFE(bytes, length, c);
    sequence.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(length));
  }
  return sequence;
}

// Whether `item` is one of the texts of `list`, which " | " separates.
bool OnList(std::string_view list, std::string_view item) {
  for (absl::string_view text :
       absl::StrSplit(absl::string_view(list.data(), list.size()), " | ")) {
    if (std::string_view(text.data(), text.size()) == item) return true;
  }
  return false;
}

// "CN" of "markets/CN" and "moderated/CN", the sources of a market's rows.
std::optional<std::string_view> MarketOf(std::string_view source) {
  for (const std::string_view prefix : {"markets/", "moderated/"}) {
    if (source.substr(0, prefix.size()) == prefix) return source.substr(prefix.size());
  }
  return std::nullopt;
}

// Whether `text` is what the row that `entry` names approves. A row without a name of its own approves
// what stands on its allowlist.
bool Approves(const EntryRef& entry, std::string_view text, const Book& book) {
  const std::optional<LocaleId> locale =
      entry.locale == "root" ? kRootLocale : book.locales().Resolve(entry.locale);
  if (!locale || book.locales().tag(*locale) != entry.locale) return false;
  for (int i = 0; i < kJoinCount; ++i) {
    const auto join = static_cast<Join>(i);
    if (entry.key != JoinKey(join)) continue;
    const Book::JoinText row = book.join(*locale, join);
    return row.locale == *locale && row.text == text;
  }
  const auto found = book.emoji().Find(SequenceOf(entry.key));
  if (!found) return false;
  if (const std::optional<std::string_view> name = MarketOf(entry.source)) {
    const std::optional<MarketId> market = book.Market(*name);
    if (!market) return false;
    const std::optional<Rendering> row = book.FindInMarket(*market, *locale, found->key);
    return row && !row->blocked && row->source == entry.source && row->text == text;
  }
  if (const std::optional<Rendering> row = book.FindOwn(*locale, found->key)) {
    return !row->blocked && row->source == entry.source && row->text == text;
  }
  const std::optional<Rendering> row = book.Allowlist(*locale, found->key);
  return row && row->locale == *locale && row->source == entry.source &&
         OnList(row->alternates, text);
}

// Code points that may leave only as a copy or in an approved rendering. Deliberately not the parser's
// notion of a cluster: a second opinion.
bool HasEmojiMatter(std::string_view text, const EmojiTable& table) {
  for (int32_t i = 0; i < static_cast<int32_t>(text.size());) {
    UChar32 c;
    U8_NEXT(text.data(), i, static_cast<int32_t>(text.size()), c);
    if (c < 0) return true;
    if (u_hasBinaryProperty(c, UCHAR_VARIATION_SELECTOR) || (c >= 0xE0000 && c <= 0xE0FFF) ||
        u_hasBinaryProperty(c, UCHAR_EMOJI_PRESENTATION) ||
        u_hasBinaryProperty(c, UCHAR_REGIONAL_INDICATOR) || c == 0x20E3) {
      return true;
    }
    const EmojiClass value = table.ClassOf(static_cast<char32_t>(c));
    if (value == EmojiClass::kPresentation || value == EmojiClass::kPresentationBase ||
        value == EmojiClass::kModifier || value == EmojiClass::kReserved) {
      return true;
    }
  }
  return false;
}

// Whether a row is named at all.
bool IsNamed(const EntryRef& entry) {
  return !entry.key.empty() && !entry.locale.empty() && !entry.source.empty();
}

// Goes through an answer once and reports each breach until `report` returns false.
template <typename Report>
class Examiner {
 public:
  Examiner(const Message& message, const Translation& translation, const Book& book, BookRows rows,
           Report report)
      : message_(message),
        translation_(translation),
        book_(book),
        rows_(rows),
        report_(std::move(report)) {}

  void Examine() {
    if (FindInvalidUtf8(translation_.text)) {
      report_(Breach{"tiling", "the text is not UTF-8"});
      return;
    }
    size_t source = 0;
    size_t target = 0;
    bool translated = false;
    bool refused = false;
    for (const Piece& piece : translation_.pieces) {
      if (piece.source.begin != source || piece.source.end < source ||
          piece.source.end > message_.original().size()) {
        report_(Breach{"tiling", absl::StrCat("source ranges do not tile at byte ", source)});
        return;
      }
      if (piece.target.begin != target || piece.target.end < target ||
          piece.target.end > translation_.text.size()) {
        report_(Breach{"tiling", absl::StrCat("target ranges do not tile at byte ", target)});
        return;
      }
      source = piece.source.end;
      target = piece.target.end;
      if (std::optional<Breach> breach = BreachOf(piece)) {
        absl::StrAppend(&breach->what, " (target bytes ", piece.target.begin, "–", piece.target.end,
                        ")");
        if (!report_(*std::move(breach))) return;
      }
      refused |= piece.refusal != nullptr;
      translated |= piece.licence != Licence::kCopy && piece.placement != Placement::kJoin;
    }
    if (source != message_.original().size() || target != translation_.text.size()) {
      const bool source_ends = source != message_.original().size();
      report_(Breach{"tiling",
                     source_ends ? "the source ranges end early" : "the target ranges end early"});
      return;
    }
    const Verdict verdict = translated ? (refused ? Verdict::kPartlyRefused : Verdict::kTranslated)
                                       : (refused ? Verdict::kRefused : Verdict::kUnchanged);
    if (verdict != translation_.verdict) {
      report_(Breach{"refusal", "the verdict does not fit the pieces"});
    }
  }

 private:
  std::optional<Breach> BreachOf(const Piece& piece) {
    if (piece.refusal && piece.licence != Licence::kCopy) {
      return Breach{"refusal", "a refused piece is not a copy"};
    }
    if (piece.refusal &&
        (piece.refusal->reason == Reason::kUnspecified || piece.refusal->rule.empty())) {
      return Breach{"refusal", "a refusal without reason or rule"};
    }
    const std::string_view target = piece.target.of(translation_.text);
    switch (piece.licence) {
      case Licence::kCopy: {
        copied_ = piece.source.of(message_.original());
        const absl::StatusOr<Message> source = Normalize(copied_);
        if (source.ok() && source->text() == target) return std::nullopt;
        return Breach{"copy", "a COPY is not its source"};
      }
      case Licence::kBook:
      case Licence::kPhrase:
        return BreachOfRow(piece, target);
      case Licence::kModel:
        if (!piece.model || piece.model->name.empty()) {
          return Breach{"model", "a MODEL piece without its model"};
        }
        if (HasEmojiMatter(target, book_.emoji())) {
          return Breach{"emoji", "an emoji in a MODEL piece"};
        }
        return std::nullopt;
    }
    return Breach{"copy", "an unknown licence"};
  }

  std::optional<Breach> BreachOfRow(const Piece& piece, std::string_view target) const {
    const bool phrase = piece.licence == Licence::kPhrase;
    if (!piece.entry || !IsNamed(*piece.entry)) {
      return Breach{"book",
                    phrase ? "a PHRASE piece without its entry" : "a BOOK piece without its entry"};
    }
    const EntryRef& entry = *piece.entry;
    if (!phrase && piece.placement != Placement::kJoin && !IsOfSource(piece)) {
      return Breach{"book",
                    absl::StrCat("the row ", std::string(entry.key), " is not the source's")};
    }
    if (rows_ == BookRows::kBelieve) return std::nullopt;
    if (phrase ? ApprovesPhrase(entry, target, book_) : Approves(entry, target, book_)) {
      return std::nullopt;
    }
    return Breach{"book",
                  absl::StrCat("no row ", std::string(entry.key), " of ", std::string(entry.source),
                               " in ", std::string(entry.locale), " approves it")};
  }

  // Whether a name is that of the sequence it stands for: its own source or, behind a kept emoji, what
  // was copied last. Sources that are no known sequence (codes of a dialect, unknown sequences named by
  // their parts) could be anybody's.
  bool IsOfSource(const Piece& piece) const {
    const std::string_view source =
        piece.source.empty() ? copied_ : piece.source.of(message_.original());
    const auto known = book_.emoji().Find(source);
    if (!known) return true;
    const auto named = book_.emoji().Find(SequenceOf(piece.entry->key));
    return named && named->key == known->key;
  }

  const Message& message_;
  const Translation& translation_;
  const Book& book_;
  const BookRows rows_;
  Report report_;
  std::string_view copied_;  // source of the last COPY
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const Breach& breach) {
  return out << breach.rule << ": " << breach.what;
}

std::optional<Breach> FindBreach(const Message& message, const Translation& translation,
                                 const Book& book, BookRows rows) {
  std::optional<Breach> first;
  Examiner(message, translation, book, rows, [&](Breach breach) {
    first = std::move(breach);
    return false;
  }).Examine();
  return first;
}

std::vector<Breach> FindBreaches(const Message& message, const Translation& translation,
                                 const Book& book, BookRows rows) {
  std::vector<Breach> all;
  Examiner(message, translation, book, rows, [&](Breach breach) {
    all.push_back(std::move(breach));
    return true;
  }).Examine();
  return all;
}

}  // namespace signalbook
