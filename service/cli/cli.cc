#include "service/cli/cli.h"

#include <cstdio>
#include <string>

namespace signalbook {

int ReportError(std::string_view command, const absl::Status& status) {
  const std::string message(status.message());
  std::fprintf(stderr, "signalbook %s: %s\n", std::string(command).c_str(), message.c_str());
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kDataLoss:
    // What a server that was asked properly says to people who moderate.
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return kExitUsage;
    default:
      return kExitInternal;
  }
}

bool PrintLine(std::string_view line) {
  return std::fwrite(line.data(), 1, line.size(), stdout) == line.size() &&
         std::fputc('\n', stdout) != EOF && std::fflush(stdout) == 0;
}

}  // namespace signalbook
