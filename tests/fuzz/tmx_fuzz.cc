// Any bytes as a file of translations: it is read or refused, never a crash, and what is read keeps
// what the reader promises.
//
// Input: one byte, even for a TSV and odd for a TMX; the file.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "service/cli/translation_pairs.h"
#include "translator/normalize.h"

namespace {

constexpr size_t kMost = 3;

void Require(bool holds) {
  if (!holds) std::abort();
}

std::string Path(const char* extension) {
  return std::filesystem::temp_directory_path() /
         ("signalbook-fuzz-" + std::to_string(getpid()) + extension);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  static const std::string& tsv = *new std::string(Path(".tsv"));
  static const std::string& tmx = *new std::string(Path(".tmx"));
  const bool is_tmx = data[0] % 2 == 1;
  const std::string& path = is_tmx ? tmx : tsv;
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(data) + 1, static_cast<std::streamsize>(size - 1));
  const auto file = signalbook::ReadTranslations(path, "en", "es", kMost);
  std::filesystem::remove(path);
  if (!file.ok()) {
    Require(file.status().code() == absl::StatusCode::kInvalidArgument);
    return 0;
  }
  Require(!file->pairs.empty() && file->pairs.size() <= kMost);
  Require(file->left_out == 0 || file->pairs.size() == kMost);
  Require((file->unusable == 0) == (file->first_unusable == 0));
  for (const signalbook::TranslationPair& pair : file->pairs) {
    Require(!pair.from.empty() && !pair.to.empty());
    Require(!is_tmx ||
            (!signalbook::FindInvalidUtf8(pair.from) && !signalbook::FindInvalidUtf8(pair.to)));
  }
  return 0;
}
