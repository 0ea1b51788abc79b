#include "translator/book_writer.h"

#include <algorithm>
#include <cstring>
#include <forward_list>
#include <limits>
#include <map>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "translator/book_format.h"
#include "translator/emoji.h"
#include "translator/phrases.h"

namespace signalbook {
namespace {

using book_format::BytesOf;

// Each string once, in order of first use. The strings must outlive the pool.
class Pool {
 public:
  Pool() { Add(""); }

  // `text` must outlive the pool.
  uint32_t Add(std::string_view text) {
    const auto [at, added] = offsets_.try_emplace(text, static_cast<uint32_t>(bytes_.size()));
    if (added) {
      fits_ = fits_ && text.size() <= std::numeric_limits<uint16_t>::max() &&
              bytes_.size() <= std::numeric_limits<uint32_t>::max();
      bytes_ += BytesOf(static_cast<uint16_t>(text.size()));
      bytes_ += text;
    }
    return at->second;
  }
  // Where the bytes stand, behind their size.
  uint32_t AddBytes(std::string_view text) {
    return Add(text) + static_cast<uint32_t>(sizeof(uint16_t));
  }
  const std::string& bytes() const { return bytes_; }
  bool fits() const { return fits_; }

 private:
  std::string bytes_;
  absl::flat_hash_map<std::string_view, uint32_t> offsets_;
  bool fits_ = true;
};

class Writer {
 public:
  absl::StatusOr<std::string> Write(const BookContent& content) {
    if (std::max(content.name.size(), content.version.size()) >= book_format::kNameBytes) {
      return absl::InvalidArgumentError(absl::StrCat("a book's name and version have at most ",
                                                     book_format::kNameBytes - 1, " bytes"));
    }
    section(book_format::kEmojiTable) = content.emoji_table;
    section(book_format::kLocaleTable) = content.locale_table;
    AddLocales(content);
    AddKeys(content);
    AddRules(content);
    AddMarkets(content);
    AddPhrases(content);
    AddCodes(content);
    AddLexicons(content);
    if (!strings_.fits() || !alternates_.fits()) {
      return absl::InvalidArgumentError("a string is longer than 65535 bytes, or all exceed 4 GiB");
    }
    if (sources_.size() > std::numeric_limits<uint8_t>::max()) {
      return absl::InvalidArgumentError("more than 255 sources");
    }
    section(book_format::kStrings) = strings_.bytes();
    section(book_format::kAlternates) = alternates_.bytes();
    return Assemble(content);
  }

 private:
  std::string& section(book_format::SectionId id) { return sections_[id]; }

  template <typename T>
  void Append(book_format::SectionId id, const T& record) {
    sections_[id] += BytesOf(record);
  }

  void AddKeys(const BookContent& content) {
    for (const BookContent::Key& key : content.keys) {
      Append(book_format::kKeys,
             book_format::Key{.sequence = strings_.Add(key.sequence),
                              .fully_qualified = strings_.Add(key.fully_qualified),
                              .version = strings_.Add(key.version),
                              .group = strings_.Add(key.group),
                              .text = strings_.Add(key_texts_.emplace_front(KeyOf(key.sequence))),
                              .kind = static_cast<uint8_t>(key.kind),
                              .status = static_cast<uint8_t>(key.status),
                              .reserved = 0});
    }
  }

  void AddLocales(const BookContent& content) {
    for (size_t id = 0; id < content.locales.size(); ++id) {
      const BookContent::Locale& locale = content.locales[id];
      LocaleId next = locale.parent;
      while (next != kRootLocale && content.locales[next].rows.empty()) {
        next = content.locales[next].parent;
      }
      Append(book_format::kLocales,
             book_format::LocaleRows{.first_presence = AddRows(locale.rows, content.keys.size()),
                                     .row_count = static_cast<uint32_t>(locale.rows.size()),
                                     .next = next});
      for (int join = 0; join < kJoinCount; ++join) {
        Append(book_format::kJoins, book_format::JoinCell{.text = strings_.Add(locale.joins[join]),
                                                          .locale = locale.join_locales[join]});
      }
    }
  }

  // Index of the locale's first Presence.
  uint32_t AddRows(const std::vector<BookContent::Row>& rows, size_t key_count) {
    if (rows.empty()) return book_format::kNone;
    const size_t groups =
        (key_count + book_format::kKeysPerPresence - 1) / book_format::kKeysPerPresence;
    std::vector<book_format::Presence> presence(groups);
    size_t next = 0;
    for (size_t group = 0; group < groups; ++group) {
      presence[group].first_row = row_count_;
      for (; next < rows.size() && rows[next].key / book_format::kKeysPerPresence == group;
           ++next) {
        presence[group].keys |= uint64_t{1} << rows[next].key % book_format::kKeysPerPresence;
        AddRow(rows[next]);
      }
    }
    const size_t first = section(book_format::kPresence).size() / sizeof(book_format::Presence);
    for (const book_format::Presence& p : presence) Append(book_format::kPresence, p);
    return static_cast<uint32_t>(first);
  }

  void AddRow(const BookContent::Row& row) {
    const auto [source, added] =
        sources_.try_emplace(row.source, static_cast<uint8_t>(sources_.size()));
    if (added) Append(book_format::kSources, strings_.Add(row.source));
    Append(book_format::kRows,
           book_format::Row{.text = strings_.AddBytes(row.text),
                            .alternates = alternates_.AddBytes(row.alternates),
                            .text_size = static_cast<uint16_t>(row.text.size()),
                            .alternates_size = static_cast<uint16_t>(row.alternates.size()),
                            .source = source->second,
                            .blocked = row.blocked,
                            .sensitive = row.sensitive,
                            .reserved = 0});
    ++row_count_;
  }

  void AddRules(const BookContent& content) {
    for (const BookContent::Concept& row : content.concepts) {
      Append(book_format::kConcepts,
             book_format::Concept{.name = strings_.Add(row.name),
                                  .kind = static_cast<uint32_t>(row.kind),
                                  .also_licenses = strings_.Add(row.also_licenses)});
    }
    for (const BookContent::Guard& guard : content.guards) {
      Append(book_format::kGuards,
             book_format::Guard{.locale = strings_.Add(guard.locale),
                                .concept_name = strings_.Add(guard.concept_name),
                                .pattern = strings_.Add(guard.pattern)});
    }
    for (const BookContent::ProtectedRule& rule : content.protected_rules) {
      Append(book_format::kProtected,
             book_format::ProtectedRule{.name = strings_.Add(rule.name),
                                        .pattern = strings_.Add(rule.pattern)});
    }
    for (const BookContent::NumberWord& row : content.number_words) {
      Append(book_format::kNumberWords, book_format::NumberWord{.locale = row.locale,
                                                                .value = strings_.Add(row.value),
                                                                .word = strings_.Add(row.word)});
    }
    for (const BookContent::ForbiddenTerm& row : content.forbidden) {
      Append(book_format::kForbidden,
             book_format::ForbiddenTerm{.locale = row.locale,
                                        .scope = strings_.Add(row.scope),
                                        .pattern = strings_.Add(row.pattern),
                                        .reason = strings_.Add(row.reason)});
    }
  }

  void AddMarkets(const BookContent& content) {
    for (size_t id = 0; id < content.markets.size(); ++id) {
      Append(book_format::kMarkets, strings_.Add(content.markets[id].name));
      for (const auto& [locale, row] : content.markets[id].rows) {
        Append(book_format::kMarketRows,
               book_format::MarketRow{.market = static_cast<uint32_t>(id),
                                      .locale = locale,
                                      .key = row.key,
                                      .text = strings_.Add(row.text),
                                      .alternates = strings_.Add(row.alternates),
                                      .blocked = row.blocked});
      }
    }
  }

  void AddPhrases(const BookContent& content) {
    for (const BookContent::Phrase& phrase : content.phrases) {
      Append(book_format::kPhrases, book_format::Phrase{.from = phrase.from,
                                                        .to = phrase.to,
                                                        .key = strings_.Add(phrase.key),
                                                        .text = strings_.Add(phrase.text)});
    }
  }

  void AddCodes(const BookContent& content) {
    for (const BookContent::Code& code : content.codes) {
      Append(book_format::kCodes, book_format::Code{.dialect = static_cast<uint32_t>(code.dialect),
                                                    .text = strings_.Add(code.text),
                                                    .key = code.key});
    }
  }

  void AddLexicons(const BookContent& content) {
    std::string& images = section(book_format::kLexiconImages);
    for (const BookContent::Lexicon& lexicon : content.lexicons) {
      Append(book_format::kLexicons, book_format::Lexicon{.from = lexicon.from,
                                                          .to = lexicon.to,
                                                          .offset = images.size(),
                                                          .size = lexicon.image.size()});
      images += lexicon.image;
    }
  }

  std::string Assemble(const BookContent& content) const {
    std::string directory;
    std::string body;
    const size_t body_at =
        sizeof(book_format::Header) + book_format::kCount * sizeof(book_format::Section);
    static_assert(
        (sizeof(book_format::Header) + book_format::kCount * sizeof(book_format::Section)) %
            book_format::kAlignment ==
        0);
    for (const std::string& bytes : sections_) {
      directory += BytesOf(book_format::Section{body_at + body.size(), bytes.size()});
      body += bytes;
      body.resize((body.size() + book_format::kAlignment - 1) / book_format::kAlignment *
                  book_format::kAlignment);
    }

    std::string image = std::string(sizeof(book_format::Header), '\0') + directory + body;
    book_format::Header header{};
    std::memcpy(header.magic, book_format::kMagic.data(), sizeof(header.magic));
    header.format = book_format::kFormat;
    header.file_size = image.size();
    for (const BookContent::Phrase& phrase : content.phrases) {
      header.longest_phrase =
          std::max(header.longest_phrase, static_cast<uint32_t>(PhraseWords(phrase.key)));
    }
    header.content = book_format::HashOf(std::string_view(image).substr(sizeof(header)));
    std::memcpy(header.name, content.name.data(), content.name.size());
    std::memcpy(header.version, content.version.data(), content.version.size());
    header.header =
        book_format::HashOf(BytesOf(header).substr(0, offsetof(book_format::Header, header)));
    std::memcpy(image.data(), &header, sizeof(header));
    return image;
  }

  std::array<std::string, book_format::kCount> sections_;
  std::forward_list<std::string> key_texts_;  // what no BookContent has
  Pool strings_;
  Pool alternates_;
  std::map<std::string_view, uint8_t> sources_;
  uint32_t row_count_ = 0;
};

}  // namespace

absl::StatusOr<std::string> WriteBook(const BookContent& content) {
  return Writer().Write(content);
}

}  // namespace signalbook
