// The messages a command works on: its arguments, or else the lines of stdin.
#ifndef SIGNALBOOK_SERVICE_CLI_MESSAGES_H_
#define SIGNALBOOK_SERVICE_CLI_MESSAGES_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace signalbook {

// CLI11 takes an argument "[a,b]" for a list of two and offers no way to say otherwise, but to us it
// may be a message. Everything on the command line goes through here before CLI11 sees it;
// ForEachMessage undoes it, and UnshieldArgument where an option holds what people wrote.
std::string ShieldArgument(std::string argument);
std::string UnshieldArgument(std::string argument);

// The positional TEXT….
CLI::Option* AddTextArguments(CLI::App* command);

// Calls `answer` for each message, as it comes; what it prints stands in the order of the messages.
// A line is stripped of its LF only: a CR is part of the message. An error about the message itself
// is reported with its place ("line 3") and the others still get their turn; any other error ends
// the run. `answer` returns Cancelled when nobody reads the output any more. Returns the exit code:
// clean, or that of the worst error.
int ForEachMessage(std::string_view command, const CLI::Option& text,
                   const std::function<absl::Status(const std::string& message)>& answer);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_CLI_MESSAGES_H_
