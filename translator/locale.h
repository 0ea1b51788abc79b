// Locales: BCP 47 tags in, the locale whose rows apply out.
//
// A tag is canonicalised (case, deprecated codes: tl → fil, iw → he, en-UK → en-GB), then likely
// subtags come first, then CLDR's parents, then truncation:
//   zh-TW → zh-Hant-TW → zh-Hant (never zh)   nb → no   es-AR → es-419 → es   sr-Latn → root
//
// Thread rule: LocaleTable is an immutable view.
#ifndef SIGNALBOOK_TRANSLATOR_LOCALE_H_
#define SIGNALBOOK_TRANSLATOR_LOCALE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace signalbook {

// Identifies a locale in one book; stable only within that book. Root is always 0.
using LocaleId = uint16_t;
inline constexpr LocaleId kRootLocale = 0;

// Canonical form of a BCP 47 tag ("ZH-hant_tw" → "zh-Hant-TW"); extensions and private use are
// dropped. InvalidArgument when `tag` is empty, longer than 64 bytes or not well-formed.
absl::StatusOr<std::string> CanonicalizeLocale(std::string_view tag);

class LocaleTable {
 public:
  struct Row {  // data/cldr/locales.tsv
    std::string tag;
    std::string parent;  // empty: root itself
    bool right_to_left = false;
    std::string script;  // ISO 15924: "Latn"
  };
  struct Alias {  // data/cldr/aliases.tsv: deprecated languages and likely subtags
    bool likely = false;
    std::string from;
    std::string to;
  };
  // Compiles an image. InvalidArgument on an unknown parent, a cycle or a duplicate. Aliases of
  // languages that have no row are left out.
  static absl::StatusOr<std::string> Build(const std::vector<Row>& rows,
                                           std::vector<Alias> aliases);
  // A view of `image`, which must outlive it. DataLoss when it is not an image of ours; every later
  // access is bounds-checked, and a chain of parents always ends at root, even in a damaged image.
  static absl::StatusOr<LocaleTable> View(std::string_view image);

  // The nearest locale of the table for a BCP 47 tag. nullopt when the tag is not well-formed or
  // its language is not in the table: "xx", "sr-Latn" when only root is left.
  //
  //   zh-TW           zh-TW if it has a row (its parent is zh-Hant-TW), else zh-Hant-TW, else
  //   zh-Hant en-Latn-GB      en-GB: a script that goes without saying is not said in the table
  //   sr-ME, sr-Latn  never sr, which is Cyrillic
  std::optional<LocaleId> Resolve(std::string_view tag) const;
  // The row of exactly this tag, as it is written in the table.
  std::optional<LocaleId> Exact(std::string_view tag) const;

  // For an id that is not in the table these are root, "", "" and false.
  LocaleId parent(LocaleId id) const;       // less than `id`; root's parent is root
  std::string_view tag(LocaleId id) const;  // "root" for root
  std::string_view script(LocaleId id) const;
  bool right_to_left(LocaleId id) const;
  size_t size() const { return count_; }

 private:
  std::string_view FindAlias(bool likely, std::string_view from) const;
  std::string LikelyScript(const std::string& language, const std::string& region) const;

  std::string_view image_;
  size_t count_ = 0;
  size_t alias_count_ = 0;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_LOCALE_H_
