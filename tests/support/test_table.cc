#include "tests/support/test_table.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "translator/tsv.h"
#include "translator/utf8.h"

namespace signalbook {
namespace {

template <typename T>
T OrDie(absl::StatusOr<T> value) {
  if (!value.ok()) {
    std::fprintf(stderr, "%s\n", value.status().ToString().c_str());
    std::abort();
  }
  return *std::move(value);
}

std::string DataFile(const std::string& name) {
  return std::string(SIGNALBOOK_SOURCE_DIR) + "/data/" + name;
}

struct Tables {
  EmojiRows rows;
  std::unique_ptr<uint64_t[]> image;  // uint64_t: aligned as View asks for
  EmojiTable table;
};

const Tables& TheTables() {
  static const Tables* const tables = [] {
    auto* built = new Tables;
    built->rows = OrDie(MakeEmojiRows(OrDie(ReadEmojiSource())));
    const std::string image = OrDie(EmojiTable::Build(built->rows.entries, built->rows.classes));
    built->image = std::make_unique<uint64_t[]>(image.size() / sizeof(uint64_t) + 1);
    std::memcpy(built->image.get(), image.data(), image.size());
    built->table = OrDie(EmojiTable::View(
        std::string_view(reinterpret_cast<const char*>(built->image.get()), image.size())));
    return built;
  }();
  return *tables;
}

}  // namespace

absl::StatusOr<EmojiSource> ReadEmojiSource() {
  EmojiSource source;
  const struct {
    const char* file;
    size_t columns;
    std::vector<std::vector<std::string>>* rows;
  } tables[] = {
      {"emoji/sequences.tsv", 6, &source.sequences},
      {"emoji/code_points.tsv", 3, &source.code_points},
      {"emoji/regions.tsv", 2, &source.regions},
      {"emoji/subdivisions.tsv", 2, &source.subdivisions},
  };
  for (const auto& table : tables) {
    absl::StatusOr<Tsv> tsv = ReadTsv(DataFile(table.file), table.columns);
    if (!tsv.ok()) return tsv.status();
    *table.rows = std::move(tsv->rows);
  }
  return source;
}

const EmojiTable& TestTable() { return TheTables().table; }

const std::vector<EmojiTable::Entry>& TestEntries() { return TheTables().rows.entries; }

const std::vector<ProtectedRule>& TestProtectedRules() { return TestProtector().rules(); }

const Protector& TestProtector() {
  static const Protector* const protector = [] {
    std::vector<ProtectedRule> rules;
    for (const auto& row : OrDie(ReadTsv(DataFile("protected.tsv"), 4)).rows) {
      rules.push_back({row[0], row[1]});
    }
    return new Protector(OrDie(Protector::Create(std::move(rules))));
  }();
  return *protector;
}

std::string FromHex(const std::string& code_points) {
  std::string text;
  const char* at = code_points.c_str();
  while (*at != '\0') {
    char* end = nullptr;
    AppendUtf8(static_cast<char32_t>(std::strtoul(at, &end, 16)), &text);
    if (end == at) std::abort();  // not hexadecimal: the test itself is wrong
    at = *end == '\0' ? end : end + 1;
  }
  return text;
}

}  // namespace signalbook
