#include "service/cli/messages.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <utility>

#include "service/cli/cli.h"
#include "service/status.h"
#include "service/strings.h"

namespace signalbook {
namespace {

// Errors name fields of the request; a person at a terminal knows them as options.
constexpr std::pair<std::string_view, std::string_view> kOptionOfField[] = {
    {"dialects", "--dialect"},          {"display_locales", "--locale"},  {"market", "--market"},
    {"source_language_code", "--from"}, {"target_language_code", "--to"},
};

bool IsAboutMessage(const absl::Status& status) {
  return absl::IsInvalidArgument(status) && AsStd(status.message()).starts_with("contents");
}

absl::Status InTermsOfOptions(const absl::Status& status) {
  const std::string_view message = AsStd(status.message());
  for (const auto& [field, option] : kOptionOfField) {
    if (!message.starts_with(field)) continue;
    return absl::Status(status.code(), StrCat(option, message.substr(message.find(':'))));
  }
  return status;
}

// Ends a shielded argument: a byte no one types.
constexpr char kShield = '\x01';

class Run {
 public:
  Run(std::string_view command,
      const std::function<absl::Status(const std::string& message)>& answer)
      : command_(command), answer_(answer) {}

  // False when it makes no sense to go on.
  bool Take(const std::string& message, std::string_view place, int number) {
    const absl::Status status = answer_(message);
    if (status.ok()) return true;
    if (absl::IsCancelled(status)) return false;
    if (!IsAboutMessage(status)) {
      exit_code_ = std::max(exit_code_, ReportError(command_, InTermsOfOptions(status)));
      return false;
    }
    std::string_view what = AsStd(status.message());
    what.remove_prefix(what.find(": ") + 2);
    exit_code_ = std::max(
        exit_code_,
        ReportError(command_, absl::Status(status.code(), StrCat(place, " ", number, ": ", what))));
    return true;
  }

  int exit_code() const { return exit_code_; }

 private:
  const std::string_view command_;
  const std::function<absl::Status(const std::string& message)>& answer_;
  int exit_code_ = kExitClean;
};

}  // namespace

std::string ShieldArgument(std::string argument) {
  if (argument.starts_with('[') && argument.ends_with(']')) argument += kShield;
  return argument;
}

std::string UnshieldArgument(std::string argument) {
  if (argument.starts_with('[') && argument.ends_with(kShield)) argument.pop_back();
  return argument;
}

CLI::Option* AddTextArguments(CLI::App* command) {
  return command
      ->add_option_function<std::vector<std::string>>(
          "TEXT", [](const std::vector<std::string>&) {},
          "Messages, one an argument; without any, stdin, one a line")
      ->type_name("")
      ->expected(-1)
      ->allow_extra_args();
}

int ForEachMessage(std::string_view command, const CLI::Option& text,
                   const std::function<absl::Status(const std::string& message)>& answer) {
  Run run(command, answer);
  int number = 0;
  if (text.count() > 0) {
    // results() is what was typed; converted, "{}" would be an empty list.
    for (const std::string& argument : text.results()) {
      if (!run.Take(UnshieldArgument(argument), "argument", ++number)) break;
    }
    return run.exit_code();
  }
  std::string line;
  while (std::getline(std::cin, line)) {
    if (!run.Take(line, "line", ++number)) break;
  }
  return run.exit_code();
}

}  // namespace signalbook
