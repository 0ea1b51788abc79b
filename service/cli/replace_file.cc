#include "service/cli/replace_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "service/strings.h"

namespace signalbook {

absl::Status ReplaceFile(const std::string& path, const std::string& content) {
  const std::string temporary = StrCat(path, ".new.", getpid());
  std::FILE* file = std::fopen(temporary.c_str(), "wb");
  bool written = file != nullptr;
  int error = errno;
  if (file != nullptr) {
    written = std::fwrite(content.data(), 1, content.size(), file) == content.size() &&
              std::fflush(file) == 0 && fsync(fileno(file)) == 0;
    error = errno;
    written = std::fclose(file) == 0 && written;
  }
  if (written) {
    written = std::rename(temporary.c_str(), path.c_str()) == 0;
    error = errno;
  }
  if (written) return absl::OkStatus();
  std::remove(temporary.c_str());
  return absl::InternalError(StrCat(path, ": cannot be written: ", std::strerror(error)));
}

}  // namespace signalbook
