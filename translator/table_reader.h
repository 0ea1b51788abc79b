// What all readers of data/ share: tables of rows in, findings about them out.
//
// Thread rule: a TableReader is used by one thread.
#ifndef SIGNALBOOK_TRANSLATOR_TABLE_READER_H_
#define SIGNALBOOK_TRANSLATOR_TABLE_READER_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "translator/book_builder.h"
#include "translator/emoji.h"
#include "translator/locale.h"
#include "translator/tsv.h"

namespace signalbook {

// A rendering that says: never.
inline constexpr char kBlockedCell[] = "!blocked";

std::string KeyName(std::u32string_view key);  // "1F1E8-1F1E6"

// "1f1e8-fe0f" → "1F1E8": what the writer of a key probably meant.
std::string NormalForm(std::string_view key);

class TableReader {
 public:
  enum class Order { kSorted, kAsWritten };

  // Both must outlive it.
  TableReader(std::string data_dir, std::vector<Finding>* findings);

  const EmojiTable& emoji() const { return emoji_; }
  const LocaleTable& locales() const { return locales_; }

  void Report(const std::string& file, int line, std::string_view rule, std::string message);
  bool HasErrors() const { return !findings_.empty(); }

  // Reports what is wrong with the form of the table; the rows that are left have `columns` cells.
  absl::StatusOr<Tsv> ReadTable(const std::string& file, size_t columns,
                                Order order = Order::kSorted);
  // "cldr/names/en.tsv", …, in order; none when there is no such folder.
  std::vector<std::string> TablesIn(const std::string& folder) const;
  std::vector<std::string> FoldersIn(const std::string& folder) const;
  // FOLDER/FROM/TO.tsv, in order; reports names that are no locales.
  struct PairTable {
    std::string file;
    LocaleId from, to;
  };
  std::vector<PairTable> PairTablesIn(const std::string& folder);

  // The locale, or the key, that a row names; reports and gives nullopt when it names none.
  std::optional<LocaleId> LocaleOfFile(const std::string& file);
  std::optional<LocaleId> LocaleOfRow(const std::string& file, int line, const std::string& tag);
  std::optional<KeyId> KeyOfRow(const std::string& file, int line, const std::string& name);
  std::optional<KeyId> KeyOfCode(const std::string& file, int line, const std::string& code,
                                 const std::string& key_name);
  // Reports what CheckText (book_lint.h) objects to.
  void CheckCell(const std::string& file, int line, std::string_view text);
  // The provenance of a table of CLDR; all tables of a kind must come from one release.
  void SetSource(const std::string& file, const Tsv& tsv, std::string_view kind,
                 std::string* source);

 protected:
  // What rows are judged by; set once it has been read.
  void SetEmoji(const EmojiTable& emoji) { emoji_ = emoji; }
  void SetLocales(const LocaleTable& locales) { locales_ = locales; }
  void AddKey(const std::string& name, KeyId id) { key_ids_.emplace(name, id); }

 private:
  const std::string data_dir_;
  std::vector<Finding>& findings_;
  EmojiTable emoji_;
  LocaleTable locales_;
  absl::flat_hash_map<std::string, KeyId> key_ids_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_TABLE_READER_H_
