// The image of a LocaleTable (little-endian, aligned to 4):
//
//   Head      magic, counts, size of the strings
//   Row[]     locales by depth below root, then by tag: root is row 0, and a parent always stands
//             before its children, so that even a damaged chain of parents comes to an end
//   u16[]     the ids again, sorted by tag (padded to 4 bytes)
//   Alias[]   sorted by (likely, from)
//   strings   what rows and aliases point into
#include "translator/locale.h"

#include <unicode/locid.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace signalbook {
namespace {

static_assert(std::endian::native == std::endian::little, "books are little-endian");

constexpr size_t kMaxTagBytes = 64;
constexpr uint32_t kMagic = 0x4C4F4342;  // "BCOL"
constexpr size_t kMaxLocales = 0xFFFF;

struct Head {
  uint32_t magic;
  uint32_t rows;
  uint32_t aliases;
  uint32_t strings;
};

struct StringRef {
  uint16_t offset;
  uint16_t size;
};

struct RowRecord {
  StringRef tag;
  StringRef script;
  LocaleId parent;
  uint16_t right_to_left;
};

struct AliasRecord {
  StringRef from;
  StringRef to;
  uint32_t likely;
};

size_t IdsBytes(size_t rows) { return (rows * sizeof(LocaleId) + 3) / 4 * 4; }
size_t RowsAt() { return sizeof(Head); }
size_t IdsAt(size_t rows) { return RowsAt() + rows * sizeof(RowRecord); }
size_t AliasesAt(size_t rows) { return IdsAt(rows) + IdsBytes(rows); }
size_t StringsAt(size_t rows, size_t aliases) {
  return AliasesAt(rows) + aliases * sizeof(AliasRecord);
}

// The bytes at `offset`, or zeros where the image has none.
template <typename T>
T Load(std::string_view image, size_t offset) {
  T value{};
  if (offset <= image.size() && image.size() - offset >= sizeof(T)) {
    std::memcpy(&value, image.data() + offset, sizeof(T));
  }
  return value;
}

template <typename T>
void Append(const T& value, std::string* out) {
  out->append(reinterpret_cast<const char*>(&value), sizeof(T));
}

std::string_view StringAt(std::string_view image, size_t strings_at, StringRef ref) {
  if (strings_at > image.size()) return {};
  const std::string_view strings = image.substr(strings_at);
  if (ref.offset > strings.size()) return {};
  return strings.substr(ref.offset, ref.size);
}

// The parts that are not empty, with hyphens.
std::string Join(std::initializer_list<std::string_view> parts) {
  std::string tag;
  for (std::string_view part : parts) {
    if (part.empty()) continue;
    if (!tag.empty()) tag += '-';
    tag += part;
  }
  return tag;
}

// The subtags that inheritance looks at; the rest is variants.
struct Subtags {
  std::string language, script, region, variants;
};

Subtags Split(std::string_view tag) {
  Subtags subtags;
  while (!tag.empty()) {
    const std::string_view part = tag.substr(0, tag.find('-'));
    tag.remove_prefix(std::min(tag.size(), part.size() + 1));
    const bool alpha = std::all_of(part.begin(), part.end(), absl::ascii_isalpha);
    if (subtags.language.empty()) {
      subtags.language = part;
    } else if (part.size() == 4 && alpha && subtags.region.empty() && subtags.variants.empty()) {
      subtags.script = part;
    } else if ((part.size() == 2 || (part.size() == 3 && !alpha)) && subtags.variants.empty()) {
      subtags.region = part;
    } else {
      subtags.variants = Join({subtags.variants, part});
    }
  }
  return subtags;
}

// Steps from `row` to root, or nullopt on an unknown parent or a cycle.
std::optional<int> DepthOf(const LocaleTable::Row& row,
                           const std::map<std::string_view, const LocaleTable::Row*>& by_tag) {
  int depth = 0;
  for (const LocaleTable::Row* at = &row; !at->parent.empty(); ++depth) {
    const auto parent = by_tag.find(at->parent);
    if (parent == by_tag.end() || depth > static_cast<int>(by_tag.size())) return std::nullopt;
    at = parent->second;
  }
  return depth;
}

class Strings {
 public:
  StringRef Add(std::string_view text) {
    const auto [at, added] = offsets_.try_emplace(std::string(text), bytes_.size());
    if (added) bytes_ += text;
    return {static_cast<uint16_t>(at->second), static_cast<uint16_t>(text.size())};
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
  std::map<std::string, size_t> offsets_;
};

}  // namespace

absl::StatusOr<std::string> CanonicalizeLocale(std::string_view tag) {
  const auto ill_formed = [] { return absl::InvalidArgumentError("not a BCP 47 language tag"); };
  if (tag.empty() || tag.size() > kMaxTagBytes) return ill_formed();
  std::string hyphens(tag);
  std::replace(hyphens.begin(), hyphens.end(), '_', '-');
  UErrorCode status = U_ZERO_ERROR;
  const icu::Locale parsed = icu::Locale::forLanguageTag(hyphens, status);
  if (U_FAILURE(status) || parsed.isBogus()) return ill_formed();
  icu::Locale base = icu::Locale::createFromName(parsed.getBaseName());
  base.canonicalize(status);
  std::string canonical = base.toLanguageTag<std::string>(status);
  if (U_FAILURE(status)) return ill_formed();
  // ICU writes some variants as extensions (POSIX is "-u-va-posix"): a subtag of one character
  // starts what is dropped.
  for (size_t at = 0; (at = canonical.find('-', at)) != std::string::npos; ++at) {
    if (at + 2 < canonical.size() && canonical[at + 2] == '-') canonical.resize(at);
  }
  return canonical;
}

absl::StatusOr<std::string> LocaleTable::Build(const std::vector<Row>& rows,
                                               std::vector<Alias> aliases) {
  std::map<std::string_view, const Row*> by_tag;
  size_t roots = 0;
  for (const Row& row : rows) {
    if (!by_tag.emplace(row.tag, &row).second) {
      return absl::InvalidArgumentError(absl::StrCat("locale ", row.tag, " stands twice"));
    }
    roots += row.parent.empty();
  }
  if (roots != 1 || !by_tag.contains("root")) {
    return absl::InvalidArgumentError("exactly one locale, root, must have no parent");
  }
  if (rows.size() > kMaxLocales) return absl::InvalidArgumentError("too many locales");
  std::vector<std::pair<int, const Row*>> ordered;
  for (const Row& row : rows) {
    const std::optional<int> depth = DepthOf(row, by_tag);
    if (!depth) {
      return absl::InvalidArgumentError(
          absl::StrCat("the parents of ", row.tag, " do not lead to root"));
    }
    ordered.emplace_back(*depth, &row);
  }
  std::sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first, a.second->tag) < std::tie(b.first, b.second->tag);
  });
  std::map<std::string_view, LocaleId> ids;
  for (const auto& [depth, row] : ordered) ids.emplace(row->tag, static_cast<LocaleId>(ids.size()));

  // Thousands of likely subtags speak of languages that the table does not have.
  std::set<std::string> languages;
  for (const Row& row : rows) languages.insert(Split(row.tag).language);
  std::erase_if(aliases, [&](const Alias& a) { return !languages.contains(Split(a.to).language); });
  const auto alias_key = [](const Alias& alias) { return std::tie(alias.likely, alias.from); };
  std::sort(aliases.begin(), aliases.end(),
            [&](const Alias& a, const Alias& b) { return alias_key(a) < alias_key(b); });
  const auto twice = std::adjacent_find(
      aliases.begin(), aliases.end(),
      [&](const Alias& a, const Alias& b) { return alias_key(a) == alias_key(b); });
  if (twice != aliases.end()) {
    return absl::InvalidArgumentError(absl::StrCat("alias ", twice->from, " stands twice"));
  }

  Strings strings;
  std::string body;
  for (const auto& [depth, row] : ordered) {
    const LocaleId parent = row->parent.empty() ? kRootLocale : ids.at(row->parent);
    Append(RowRecord{strings.Add(row->tag), strings.Add(row->script), parent, row->right_to_left},
           &body);
  }
  for (const auto& [tag, id] : ids) Append(id, &body);
  body.resize(body.size() + IdsBytes(ids.size()) - ids.size() * sizeof(LocaleId));
  for (const Alias& alias : aliases) {
    Append(AliasRecord{strings.Add(alias.from), strings.Add(alias.to), alias.likely}, &body);
  }
  if (strings.bytes().size() > 0xFFFF) return absl::InvalidArgumentError("tags are too long");

  std::string image;
  Append(Head{kMagic, static_cast<uint32_t>(rows.size()), static_cast<uint32_t>(aliases.size()),
              static_cast<uint32_t>(strings.bytes().size())},
         &image);
  return absl::StrCat(image, body, strings.bytes());
}

absl::StatusOr<LocaleTable> LocaleTable::View(std::string_view image) {
  const Head head = Load<Head>(image, 0);
  if (head.magic != kMagic || head.rows == 0 || head.rows > kMaxLocales ||
      head.aliases > image.size() ||
      image.size() != StringsAt(head.rows, head.aliases) + head.strings) {
    return absl::DataLossError("not a table of locales");
  }
  LocaleTable table;
  table.image_ = image;
  table.count_ = head.rows;
  table.alias_count_ = head.aliases;
  return table;
}

LocaleId LocaleTable::parent(LocaleId id) const {
  if (id >= count_) return kRootLocale;
  const LocaleId parent = Load<RowRecord>(image_, RowsAt() + id * sizeof(RowRecord)).parent;
  return parent < id ? parent : kRootLocale;
}

std::string_view LocaleTable::tag(LocaleId id) const {
  if (id >= count_) return {};
  const auto row = Load<RowRecord>(image_, RowsAt() + id * sizeof(RowRecord));
  return StringAt(image_, StringsAt(count_, alias_count_), row.tag);
}

std::string_view LocaleTable::script(LocaleId id) const {
  if (id >= count_) return {};
  const auto row = Load<RowRecord>(image_, RowsAt() + id * sizeof(RowRecord));
  return StringAt(image_, StringsAt(count_, alias_count_), row.script);
}

bool LocaleTable::right_to_left(LocaleId id) const {
  return id < count_ &&
         Load<RowRecord>(image_, RowsAt() + id * sizeof(RowRecord)).right_to_left != 0;
}

std::optional<LocaleId> LocaleTable::Exact(std::string_view tag) const {
  size_t low = 0;
  size_t high = count_;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    const auto id = Load<LocaleId>(image_, IdsAt(count_) + middle * sizeof(LocaleId));
    const std::string_view found = this->tag(id);
    if (found == tag) return id;
    if (found < tag) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return std::nullopt;
}

std::string_view LocaleTable::FindAlias(bool likely, std::string_view from) const {
  const size_t strings_at = StringsAt(count_, alias_count_);
  size_t low = 0;
  size_t high = alias_count_;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    const auto alias = Load<AliasRecord>(image_, AliasesAt(count_) + middle * sizeof(AliasRecord));
    const auto found = std::pair(alias.likely != 0, StringAt(image_, strings_at, alias.from));
    if (found == std::pair(likely, from)) return StringAt(image_, strings_at, alias.to);
    if (found < std::pair(likely, from)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return {};
}

// The script a locale is written in when its tag names none: that of the region's likely subtags,
// of the language's, or of the language's row.
std::string LocaleTable::LikelyScript(const std::string& language,
                                      const std::string& region) const {
  for (const std::string& from : {Join({language, region}), language}) {
    if (const std::string_view likely = FindAlias(true, from); !likely.empty()) {
      return Split(likely).script;
    }
    if (const std::optional<LocaleId> row = Exact(from)) return std::string(script(*row));
  }
  return "";
}

std::optional<LocaleId> LocaleTable::Resolve(std::string_view tag) const {
  const auto named = [this](std::string_view candidate) -> std::optional<LocaleId> {
    const std::optional<LocaleId> id = Exact(candidate);
    return id == kRootLocale ? std::nullopt : id;
  };
  // Nearly every caller sends a tag of the table as it stands there.
  if (const auto id = named(tag)) return id;
  const absl::StatusOr<std::string> canonical = CanonicalizeLocale(tag);
  if (!canonical.ok()) return std::nullopt;
  if (const auto id = named(*canonical)) return id;

  Subtags wanted = Split(*canonical);
  for (const std::string& from :
       {*canonical, Join({wanted.language, wanted.region}), wanted.language}) {
    const std::string_view alias = FindAlias(false, from);
    if (alias.empty()) continue;
    Subtags replaced = Split(alias);
    // What the replaced part did not name stays as the caller said (UTS #35, annex C).
    if (from == wanted.language || from != *canonical) {
      if (!wanted.script.empty()) replaced.script = wanted.script;
      if (from == wanted.language && !wanted.region.empty()) replaced.region = wanted.region;
      replaced.variants = wanted.variants;
    }
    wanted = replaced;
    break;
  }

  const std::string script =
      wanted.script.empty() ? LikelyScript(wanted.language, wanted.region) : wanted.script;
  std::string variants = wanted.variants;
  for (const auto& [region, tail] :
       {std::pair(wanted.region, wanted.variants), std::pair(wanted.region, std::string()),
        std::pair(std::string(), std::string())}) {
    // Likely subtags before truncation: a region that implies another script must not fall back
    // to the language alone.
    if (const auto id = named(Join({wanted.language, script, region, tail}))) return id;
    if (script == LikelyScript(wanted.language, region)) {
      if (const auto id = named(Join({wanted.language, region, tail}))) return id;
    }
  }
  return std::nullopt;
}

}  // namespace signalbook
