// Thread rule: a pure function of the file system.
#ifndef SIGNALBOOK_SERVICE_CLI_REPLACE_FILE_H_
#define SIGNALBOOK_SERVICE_CLI_REPLACE_FILE_H_

#include <string>

#include "absl/status/status.h"

namespace signalbook {

// Writes a file beside the old one first, then puts it in its place: a running server keeps what it
// has mapped, and a full disk or a crash leaves the old file whole. Internal when it cannot be written.
absl::Status ReplaceFile(const std::string& path, const std::string& content);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_CLI_REPLACE_FILE_H_
