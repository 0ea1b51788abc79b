// The `signalbook` command line: one sub-command, one file.
//
// Answers go to stdout, everything else to stderr, prefixed with the command's name.
#ifndef SIGNALBOOK_SERVICE_CLI_CLI_H_
#define SIGNALBOOK_SERVICE_CLI_CLI_H_

#include <string_view>

#include "absl/status/status.h"

namespace CLI {
class App;
}  // namespace CLI

namespace signalbook {

// What every sub-command exits with.
enum ExitCode : int {
  kExitClean = 0,
  kExitFindings = 1,  // it worked, and found what it was asked to look for
  kExitUsage = 2,     // the command line or the data is wrong: fix it and try again
  kExitInternal = 3,  // neither is to blame: an unreachable server, a full disk
};

// Each adds its sub-command to `app`; when it is chosen, it runs and sets *exit_code.
void AddAccept(CLI::App* app, int* exit_code);
void AddAudit(CLI::App* app, int* exit_code);
void AddBook(CLI::App* app, int* exit_code);
void AddCheck(CLI::App* app, int* exit_code);
void AddEntries(CLI::App* app, int* exit_code);
void AddEvaluate(CLI::App* app, int* exit_code);
void AddExplain(CLI::App* app, int* exit_code);
void AddLexicon(CLI::App* app, int* exit_code);
void AddProposals(CLI::App* app, int* exit_code);
void AddRefusals(CLI::App* app, int* exit_code);
void AddServer(CLI::App* app, int* exit_code);
void AddRevisions(CLI::App* app, int* exit_code);
void AddServe(CLI::App* app, int* exit_code);
void AddToken(CLI::App* app, int* exit_code);
void AddTranslate(CLI::App* app, int* exit_code);

// Prints an error and says which exit code it means.
int ReportError(std::string_view command, const absl::Status& status);

// Writes a line to stdout and flushes it. False once nobody reads it any more (a closed pipe):
// stop, quietly.
bool PrintLine(std::string_view line);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_CLI_CLI_H_
