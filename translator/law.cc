#include "translator/law.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "translator/phrases.h"

namespace signalbook {
namespace {

// "1F1E8-1F1E6" → its UTF-8; empty when it is not a key.
std::string SequenceOf(const std::string& key) {
  std::string sequence;
  for (absl::string_view hex : absl::StrSplit(key, '-')) {
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

// Whether `text` is what the row that `entry` names approves. A row without a name of its own approves
// what stands on its allowlist.
bool Approves(const EntryRef& entry, std::string_view text, const Book& book) {
  const std::optional<LocaleId> locale =
      entry.locale == "root" ? kRootLocale : book.locales().Resolve(entry.locale);
  if (!locale || book.locales().tag(*locale) != entry.locale) return false;
  for (int i = 0; i < kJoinCount; ++i) {
    const auto join = static_cast<Join>(i);
    if (entry.key != "join/" + std::string(JoinName(join))) continue;
    const Book::JoinText row = book.join(*locale, join);
    return row.locale == *locale && row.text == text;
  }
  const auto found = book.emoji().Find(SequenceOf(entry.key));
  if (!found) return false;
  constexpr std::string_view kMarkets = "markets/";
  if (entry.source.compare(0, kMarkets.size(), kMarkets) == 0) {
    const std::optional<MarketId> market = book.Market(entry.source.substr(kMarkets.size()));
    if (!market) return false;
    const std::optional<Rendering> row = book.FindInMarket(*market, *locale, found->key);
    return row && !row->blocked && row->text == text;
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

std::optional<std::string> FindBreachIn(const Piece& piece, const Message& message,
                                        std::string_view target, const Book& book) {
  if (piece.refusal && piece.licence != Licence::kCopy) return "a refused piece is not a copy";
  if (piece.refusal &&
      (piece.refusal->reason == Reason::kUnspecified || piece.refusal->rule.empty())) {
    return "a refusal without reason or rule";
  }
  switch (piece.licence) {
    case Licence::kCopy: {
      const absl::StatusOr<Message> source = Normalize(piece.source.of(message.original()));
      if (!source.ok() || source->text() != target) return "a COPY is not its source";
      return std::nullopt;
    }
    case Licence::kBook: {
      if (!piece.entry) return "a BOOK piece without its entry";
      if (Approves(*piece.entry, target, book)) return std::nullopt;
      return absl::StrCat("no row ", piece.entry->key, " of ", piece.entry->source, " in ",
                          piece.entry->locale, " approves it");
    }
    case Licence::kPhrase:
      if (!piece.entry) return "a PHRASE piece without its entry";
      if (ApprovesPhrase(*piece.entry, target, book)) return std::nullopt;
      return absl::StrCat("no row ", piece.entry->key, " of ", piece.entry->source, " in ",
                          piece.entry->locale, " approves it");
    case Licence::kModel:
      if (!piece.model || piece.model->name.empty()) return "a MODEL piece without its model";
      if (HasEmojiMatter(target, book.emoji())) return "an emoji in a MODEL piece";
      return std::nullopt;
  }
  return "an unknown licence";
}

}  // namespace

std::optional<std::string> FindBreach(const Message& message, const Translation& translation,
                                      const Book& book) {
  if (FindInvalidUtf8(translation.text)) return "the text is not UTF-8";
  size_t source = 0;
  size_t target = 0;
  bool translated = false;
  bool refused = false;
  for (const Piece& piece : translation.pieces) {
    if (piece.source.begin != source || piece.source.end < source ||
        piece.source.end > message.original().size()) {
      return absl::StrCat("source ranges do not tile at byte ", source);
    }
    if (piece.target.begin != target || piece.target.end < target ||
        piece.target.end > translation.text.size()) {
      return absl::StrCat("target ranges do not tile at byte ", target);
    }
    source = piece.source.end;
    target = piece.target.end;
    if (auto breach = FindBreachIn(piece, message, piece.target.of(translation.text), book)) {
      return absl::StrCat(*breach, " (target bytes ", piece.target.begin, "–", piece.target.end,
                          ")");
    }
    refused |= piece.refusal.has_value();
    translated |= piece.licence != Licence::kCopy && piece.placement != Placement::kJoin;
  }
  if (source != message.original().size()) return "the source ranges end early";
  if (target != translation.text.size()) return "the target ranges end early";
  const Verdict verdict = translated ? (refused ? Verdict::kPartlyRefused : Verdict::kTranslated)
                                     : (refused ? Verdict::kRefused : Verdict::kUnchanged);
  if (verdict != translation.verdict) return "the verdict does not fit the pieces";
  return std::nullopt;
}

}  // namespace signalbook
