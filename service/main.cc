#include <google/protobuf/stubs/logging.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "service/cli/cli.h"
#include "service/cli/messages.h"

namespace signalbook {
namespace {

constexpr char kDescription[] =
    "Signalbook translates chat messages and never makes up what an emoji means.\n"
    "Every byte of an answer was approved by people, stands in the message, or was licensed\n"
    "by the gate; what was refused stays as it was and says why.";

constexpr char kFooter[] =
    "Examples:\n"
    "  signalbook serve\n"
    "  signalbook translate --from en --to es 'I love 🇨🇦!'\n"
    "  signalbook explain --locale es,en '🇨🇦🇨'\n"
    "  signalbook check --incident\n"
    "  signalbook book build --data data --output signalbook.book\n"
    "\n"
    "Exit codes: 0 clean, 1 findings, 2 wrong usage or data, 3 internal error.\n"
    "The book is $SIGNALBOOK_BOOK, else signalbook.book beside the program, else\n"
    "../share/signalbook/signalbook.book, else the one the program was built with.\n"
    "'signalbook COMMAND --help' tells more.";

int RunCommandLine(int argc, char** argv) {
  // A reader that goes away shows as a failed write, here and in the pipes of models.
  std::signal(SIGPIPE, SIG_IGN);
  // protobuf logs each string that is not UTF-8; any caller could fill the log. Callers are told.
  google::protobuf::SetLogHandler(nullptr);

  int exit_code = kExitClean;
  CLI::App app(kDescription, "signalbook");
  app.footer(kFooter);
  app.set_version_flag("--version", "signalbook " SIGNALBOOK_VERSION);
  app.require_subcommand(1);
  AddServe(&app, &exit_code);
  AddTranslate(&app, &exit_code);
  AddExplain(&app, &exit_code);
  AddCheck(&app, &exit_code);
  AddAccept(&app, &exit_code);
  AddBook(&app, &exit_code);
  AddLexicon(&app, &exit_code);
  AddEvaluate(&app, &exit_code);
  AddToken(&app, &exit_code);
  AddEntries(&app, &exit_code);
  AddProposals(&app, &exit_code);
  AddRevisions(&app, &exit_code);
  AddRefusals(&app, &exit_code);
  AddServer(&app, &exit_code);
  AddAudit(&app, &exit_code);
  std::vector<std::string> arguments;  // the last one first, as CLI11 wants them
  for (int i = argc - 1; i > 0; --i) arguments.push_back(ShieldArgument(argv[i]));
  try {  // CLI11 reports by exception; none leaves this function.
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    // --help and --version come this way too, with exit code 0.
    return app.exit(error) == 0 ? kExitClean : kExitUsage;
  }
  return exit_code;
}

}  // namespace
}  // namespace signalbook

int main(int argc, char** argv) { return signalbook::RunCommandLine(argc, argv); }
