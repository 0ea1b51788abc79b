// What a book costs: to build, to open, to look something up in.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "translator/book.h"
#include "translator/book_builder.h"

namespace signalbook {
namespace {

const char kData[] = SIGNALBOOK_SOURCE_DIR "/data";

// A book of the tree's own tables, on disk for as long as the program runs.
class BookFile {
 public:
  BookFile()
      : path_(std::filesystem::temp_directory_path() /
              ("signalbook-benchmark-" + std::to_string(getpid()))) {
    const absl::StatusOr<BuiltBook> built = BuildBook(kData, {});
    if (!built.ok() || !built->findings.empty()) {
      std::cerr << "the tables of " << kData << " do not build\n";
      std::exit(1);
    }
    std::ofstream(path_, std::ios::binary) << built->image;
  }
  ~BookFile() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

const std::string& BookPath() {
  static const BookFile file;
  return file.path();
}

// Memory of this process alone, in bytes.
size_t PrivateMemory() {
  std::ifstream smaps("/proc/self/smaps_rollup");
  size_t kilobytes = 0;
  for (std::string word; smaps >> word;) {
    if (size_t value; (word == "Private_Dirty:" || word == "Private_Clean:") && smaps >> value) {
      kilobytes += word == "Private_Dirty:" ? value : 0;
    }
  }
  return kilobytes * 1024;
}

void BuildTheBook(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(BuildBook(kData, {})->image.size());
}
BENCHMARK(BuildTheBook)->Unit(benchmark::kMillisecond);

void OpenTheBook(benchmark::State& state) {
  const std::string& path = BookPath();
  for (auto _ : state) benchmark::DoNotOptimize(Book::Open(path).value());
  state.counters["file_bytes"] = static_cast<double>(std::filesystem::file_size(path));
}
BENCHMARK(OpenTheBook)->Unit(benchmark::kMicrosecond);

// Dirty private memory that one more open book costs, after it has been used.
void MemoryOfAnOpenBook(benchmark::State& state) {
  const std::string& path = BookPath();
  std::vector<std::shared_ptr<const Book>> books;
  const size_t before = PrivateMemory();
  for (auto _ : state) {
    books.push_back(Book::Open(path).value());
    for (const LocaleId locale : books.back()->NamedLocales()) {
      for (KeyId key = 0; key < books.back()->key_count(); ++key) {
        benchmark::DoNotOptimize(books.back()->Find(locale, key));
      }
    }
  }
  state.counters["private_bytes"] =
      static_cast<double>(PrivateMemory() - before) / static_cast<double>(books.size());
}
BENCHMARK(MemoryOfAnOpenBook)->Iterations(10)->Unit(benchmark::kMillisecond);

enum class Locales { kNamed, kAll };

// Uniform over locales and sequences: nothing stays in a cache for being popular.
void FindAtRandom(benchmark::State& state, Locales locales, EmojiStatus status) {
  const auto book = Book::Open(BookPath()).value();
  std::vector<LocaleId> from = book->NamedLocales();
  if (locales == Locales::kAll) {
    from.clear();
    for (size_t id = 0; id < book->locales().size(); ++id)
      from.push_back(static_cast<LocaleId>(id));
  }
  std::vector<KeyId> keys;
  for (KeyId key = 0; key < book->key_count(); ++key) {
    if (book->key(key).status == status) keys.push_back(key);
  }
  std::mt19937 random(1);
  std::vector<std::pair<LocaleId, KeyId>> queries(1 << 20);
  for (auto& [locale, key] : queries) {
    locale = from[random() % from.size()];
    key = keys[random() % keys.size()];
  }
  size_t next = 0;
  size_t found = 0;
  for (auto _ : state) {
    const auto& [locale, key] = queries[next++ & (queries.size() - 1)];
    const std::optional<Rendering> row = book->Find(locale, key);
    found += row.has_value();
    benchmark::DoNotOptimize(row);
  }
  state.counters["found"] = static_cast<double>(found) / static_cast<double>(state.iterations());
}
BENCHMARK_CAPTURE(FindAtRandom, named_locales, Locales::kNamed, EmojiStatus::kRgi);
BENCHMARK_CAPTURE(FindAtRandom, all_locales, Locales::kAll, EmojiStatus::kRgi);
BENCHMARK_CAPTURE(FindAtRandom, subdivisions, Locales::kNamed, EmojiStatus::kValidNotRgi);

void ResolveLocale(benchmark::State& state, const char* tag) {
  const auto book = Book::Open(BookPath()).value();
  for (auto _ : state) benchmark::DoNotOptimize(book->locales().Resolve(tag));
}
BENCHMARK_CAPTURE(ResolveLocale, exact, "es-AR");
BENCHMARK_CAPTURE(ResolveLocale, likely, "zh_tw");
BENCHMARK_CAPTURE(ResolveLocale, truncated, "en-Latn-US");

}  // namespace
}  // namespace signalbook
