#include "translator/compose.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "translator/utf8.h"

namespace signalbook {
namespace {

constexpr std::u32string_view kFacingRight = U"\u200D\u27A1";
constexpr char32_t kKeycap = 0x20E3;
constexpr char32_t kKeycapTen = 0x1F51F;
constexpr std::u32string_view kKeycapOne = U"1\u20E3";

bool IsTone(char32_t c) { return c >= 0x1F3FB && c <= 0x1F3FF; }

// Two people with a tone each are a sequence; without tones they are one character.
struct Pair {
  std::u32string_view without_tones;
  std::u32string_view base;
};
constexpr Pair kPairs[] = {
    {U"\U0001F468\u200D\U0001F430\u200D\U0001F468", U"\U0001F46F\u200D\u2642"},
    {U"\U0001F468\u200D\U0001F91D\u200D\U0001F468", U"\U0001F46C"},
    {U"\U0001F468\u200D\U0001FAEF\u200D\U0001F468", U"\U0001F93C\u200D\u2642"},
    {U"\U0001F469\u200D\U0001F430\u200D\U0001F469", U"\U0001F46F\u200D\u2640"},
    {U"\U0001F469\u200D\U0001F91D\u200D\U0001F468", U"\U0001F46B"},
    {U"\U0001F469\u200D\U0001F91D\u200D\U0001F469", U"\U0001F46D"},
    {U"\U0001F469\u200D\U0001FAEF\u200D\U0001F469", U"\U0001F93C\u200D\u2640"},
    {U"\U0001F9D1\u200D\U0001F430\u200D\U0001F9D1", U"\U0001F46F"},
    {U"\U0001F9D1\u200D\u2764\u200D\U0001F48B\u200D\U0001F9D1", U"\U0001F48F"},
    {U"\U0001F9D1\u200D\u2764\u200D\U0001F9D1", U"\U0001F491"},
    {U"\U0001F9D1\u200D\U0001FAEF\u200D\U0001F9D1", U"\U0001F93C"},
    {U"\U0001FAF1\u200D\U0001FAF2", U"\U0001F91D"},
};

std::u32string CodePoints(std::string_view text) {
  std::u32string points;
  for (size_t at = 0; at < text.size();) {
    const DecodedCodePoint decoded = DecodeUtf8(text, at);
    points += decoded.value;
    at = decoded.end;
  }
  return points;
}

using Row = BookContent::Row;

const Row* Own(const std::vector<Row>& rows, KeyId key) {
  const auto at = std::lower_bound(rows.begin(), rows.end(), key,
                                   [](const Row& row, KeyId wanted) { return row.key < wanted; });
  return at != rows.end() && at->key == key ? &*at : nullptr;
}

bool IsName(const Row* row) { return row != nullptr && (row->blocked || !row->text.empty()); }

std::string ComposedSource(const Row& base) {
  constexpr std::string_view kComposed = "composed/";
  if (base.source.compare(0, kComposed.size(), kComposed) == 0) return base.source;
  return absl::StrCat(std::string(kComposed), base.source);
}

// One locale on its way.
class Composition {
 public:
  Composition(const BookContent& content, const LocaleTable& locales, LocaleId locale,
              const Labels& labels, std::vector<Row>* rows)
      : content_(content), locales_(locales), locale_(locale), labels_(labels), rows_(*rows) {}

  const std::string* Label(const std::string& name) const {
    const auto found = labels_.find(name);
    return found == labels_.end() ? nullptr : &found->second;
  }
  const Row* OwnRow(KeyId key) const { return Own(rows_, key); }
  // The row that a look-up in the locale's ancestors ends at.
  const Row* Inherited(KeyId key) const {
    for (LocaleId at = locale_; at != kRootLocale;) {
      at = locales_.parent(at);
      const Row* row = Own(content_.locales[at].rows, key);
      if (IsName(row)) return row;
    }
    return nullptr;
  }
  const Row* Resolve(KeyId key) const {
    const Row* row = OwnRow(key);
    return IsName(row) ? row : Inherited(key);
  }

  // Ascending by key.
  void Put(Row row) { composed_.push_back(std::move(row)); }
  // Composed rows take the place of the own ones of their key.
  void Merge() {
    std::vector<Row> merged;
    merged.reserve(rows_.size() + composed_.size());
    auto own = rows_.begin();
    for (Row& row : composed_) {
      while (own != rows_.end() && own->key < row.key) merged.push_back(std::move(*own++));
      if (own != rows_.end() && own->key == row.key) ++own;
      merged.push_back(std::move(row));
    }
    merged.insert(merged.end(), std::make_move_iterator(own), std::make_move_iterator(rows_.end()));
    rows_ = std::move(merged);
    composed_.clear();
  }

 private:
  const BookContent& content_;
  const LocaleTable& locales_;
  const LocaleId locale_;
  const Labels& labels_;
  std::vector<Row>& rows_;
  std::vector<Row> composed_;
};

std::optional<std::string> Wording(const Composition& at, const std::vector<std::string>& tones) {
  std::vector<const std::string*> words;
  for (const std::string& tone : tones) {
    words.push_back(at.Label(tone));
    if (words.back() == nullptr) return std::nullopt;
  }
  if (words.size() == 1) return *words[0];
  const std::string* two = at.Label("two_tones");
  if (two == nullptr || words.size() != 2) return std::nullopt;
  return FillPattern(*two, *words[0], *words[1]);
}

std::optional<Row> WithTones(const Composition& at, KeyId key, KeyId base,
                             const std::vector<std::string>& tones, std::string_view toned) {
  const Row* own = at.OwnRow(key);
  const Row* inherited = at.Inherited(key);
  const Row* nearest = IsName(own) ? own : inherited;
  if (nearest != nullptr && nearest->source == "curated") return std::nullopt;
  const Row* row = at.Resolve(base);
  if (row == nullptr) return std::nullopt;
  if (row->blocked) {
    return Row{.key = key,
               .text = "",
               .alternates = "",
               .source = row->source,
               .blocked = true,
               .sensitive = row->sensitive};
  }
  const std::optional<std::string> wording = Wording(at, tones);
  if (!wording) return std::nullopt;
  Row composed{.key = key,
               .text = FillPattern(toned, row->text, *wording),
               .alternates = "",
               .source = ComposedSource(*row),
               .blocked = false,
               .sensitive = row->sensitive};
  if (!IsName(own) && inherited != nullptr && inherited->text == composed.text) {
    return std::nullopt;
  }
  // What CLDR calls it is a name of it as well.
  if (own != nullptr && own->text != composed.text) composed.alternates = own->text;
  if (own != nullptr && !own->alternates.empty()) {
    absl::StrAppend(&composed.alternates, composed.alternates.empty() ? "" : " | ",
                    own->alternates);
  }
  return composed;
}

}  // namespace

Composer::Composer(const std::vector<BookContent::Key>& keys) {
  absl::flat_hash_map<std::string_view, KeyId> ids;
  for (size_t id = 0; id < keys.size(); ++id) {
    ids.emplace(keys[id].sequence, static_cast<KeyId>(id));
  }
  const auto id_of = [&](std::u32string_view points) {
    const auto found = ids.find(ToUtf8(points));
    return found == ids.end() ? kNoKey : found->second;
  };
  for (size_t id = 0; id < keys.size(); ++id) {
    const auto key = static_cast<KeyId>(id);
    const std::u32string points = CodePoints(keys[id].sequence);
    const std::u32string_view view = points;
    if (view == std::u32string_view(&kKeycapTen, 1)) {
      holes_.push_back({key, id_of(kKeycapOne), "10"});
    } else if (points.back() == kKeycap) {
      holes_.push_back({key, id_of(kKeycapOne), ToUtf8(view.substr(0, 1))});
    } else if (view.size() > kFacingRight.size() &&
               view.substr(view.size() - kFacingRight.size()) == kFacingRight) {
      holes_.push_back({key, id_of(view.substr(0, view.size() - kFacingRight.size())), ""});
    }
    std::u32string bare;
    std::vector<std::string> tones;
    for (const char32_t c : points) {
      if (!IsTone(c) || points.size() == 1) {
        bare += c;
        continue;
      }
      std::string tone = absl::StrFormat("%04X", static_cast<uint32_t>(c));
      if (tones.empty() || tones.back() != tone) tones.push_back(std::move(tone));
    }
    if (tones.empty()) continue;
    for (const Pair& pair : kPairs) {
      if (pair.without_tones == bare) bare = pair.base;
    }
    if (const KeyId base = id_of(bare); base != kNoKey) {
      toned_.push_back({key, base, std::move(tones)});
    }
  }
}

void Composer::Compose(const BookContent& content, const LocaleTable& locales, LocaleId locale,
                       const Labels& labels, std::vector<BookContent::Row>* rows) const {
  Composition at(content, locales, locale, labels, rows);
  const std::string* facing_right = at.Label("facing-right");
  for (const Hole& hole : holes_) {
    if (at.Resolve(hole.key) != nullptr) continue;
    const Row* base = hole.base == kNoKey ? nullptr : at.Resolve(hole.base);
    if (base == nullptr || base->blocked) continue;
    std::string text;
    if (hole.cap.empty()) {
      if (facing_right == nullptr) continue;
      text = FillPattern(*facing_right, base->text, "");
    } else {
      const size_t one = base->text.find('1');
      if (one == std::string::npos || base->text.find('1', one + 1) != std::string::npos) continue;
      text = base->text;
      text.replace(one, 1, hole.cap);
    }
    at.Put({.key = hole.key,
            .text = std::move(text),
            .alternates = "",
            .source = ComposedSource(*base)});
  }
  at.Merge();

  const std::string* toned = at.Label("toned");
  if (toned == nullptr) return;
  for (const Toned& sequence : toned_) {
    std::optional<Row> row = WithTones(at, sequence.key, sequence.base, sequence.tones, *toned);
    if (row) at.Put(*std::move(row));
  }
  at.Merge();
}

std::string FillPattern(std::string_view pattern, std::string_view first, std::string_view second) {
  std::string filled;
  while (!pattern.empty()) {
    if (pattern.substr(0, 3) == "{0}" || pattern.substr(0, 3) == "{1}") {
      filled += pattern[1] == '0' ? first : second;
      pattern.remove_prefix(3);
    } else {
      filled += pattern.front();
      pattern.remove_prefix(1);
    }
  }
  return filled;
}

}  // namespace signalbook
