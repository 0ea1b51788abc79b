#include "service/http/console_files.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/escaping.h"
#include "service/strings.h"

namespace signalbook {
namespace {

std::string ContentType(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kTypes = {{
      {".css", "text/css; charset=utf-8"},
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".svg", "image/svg+xml"},
  }};
  for (const auto& [extension, type] : kTypes) {
    if (name.ends_with(extension)) return std::string(type);
  }
  return "application/octet-stream";
}

std::string EtagOf(const EmbeddedFile& file) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash{};
  SHA256(file.bytes, file.size, hash.data());
  constexpr size_t kShown = 16;
  return StrCat("\"", absl::BytesToHexString({reinterpret_cast<char*>(hash.data()), kShown}), "\"");
}

}  // namespace

const std::vector<ConsoleFile>& ConsoleFiles() {
  static const auto* const files = [] {
    auto* result = new std::vector<ConsoleFile>();
    for (const EmbeddedFile& file : EmbeddedFiles()) {
      result->push_back({file.name,
                         {reinterpret_cast<const char*>(file.bytes), file.size},
                         ContentType(file.name),
                         EtagOf(file)});
    }
    std::sort(result->begin(), result->end(),
              [](const ConsoleFile& a, const ConsoleFile& b) { return a.name < b.name; });
    return result;
  }();
  return *files;
}

const ConsoleFile* FindConsoleFile(std::string_view name) {
  const auto& files = ConsoleFiles();
  const auto found = std::lower_bound(
      files.begin(), files.end(), name,
      [](const ConsoleFile& file, std::string_view wanted) { return file.name < wanted; });
  return found == files.end() || found->name != name ? nullptr : &*found;
}

}  // namespace signalbook
