// The configuration of the service: config.proto in text format, with its defaults filled in.
//
// Precedence: a command-line flag, then the file, then the default that config.proto documents.
#ifndef SIGNALBOOK_SERVICE_CONFIG_H_
#define SIGNALBOOK_SERVICE_CONFIG_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "signalbook/v1/config.pb.h"

namespace signalbook {

// Reads a configuration. InvalidArgument lists every error as NAME:LINE:COLUMN; an unknown field,
// or one that is given twice, is an error. `name` is for the messages.
absl::StatusOr<v1::Config> ParseConfig(std::string_view text, const std::string& name);
// The same from a file; NotFound when it cannot be read.
absl::StatusOr<v1::Config> LoadConfig(const std::string& path);

// Gives every field that is not set its default. InvalidArgument names a field that makes no sense.
absl::Status CompleteConfig(v1::Config* config);

// The book when none is named: $SIGNALBOOK_BOOK; else "signalbook.book" beside the program; else in
// ../share/signalbook; else where the build put it. The first that exists; the last if none does.
std::string DefaultBookPath();

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_CONFIG_H_
