#include "service/cli/book_file.h"

#include <filesystem>
#include <utility>

#include "absl/status/status.h"
#include "service/config.h"
#include "service/strings.h"
#include "translator/book_builder.h"

namespace signalbook {

absl::StatusOr<std::shared_ptr<const Book>> OpenBook(const std::string& path) {
  std::error_code error;
  if (path.empty() || !std::filesystem::is_directory(path, error)) {
    return Book::Open(path.empty() ? DefaultBookPath() : path);
  }
  absl::StatusOr<BuiltBook> built = BuildBook(path, {});
  if (!built.ok()) return built.status();
  if (!built->findings.empty()) {
    return absl::FailedPreconditionError(
        StrCat(path, ": ", built->findings.size(), " findings; the first is ",
               ToString(built->findings.front()), "; see signalbook book lint"));
  }
  return Book::FromImage(std::move(built->image));
}

}  // namespace signalbook
