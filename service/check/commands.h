// What the commands of this folder share: `check` (check.cc), `check merge` (merge.cc), `accept` (accept.cc).
#ifndef SIGNALBOOK_SERVICE_CHECK_COMMANDS_H_
#define SIGNALBOOK_SERVICE_CHECK_COMMANDS_H_

#include "service/check/subject.h"

namespace CLI {
class App;
}  // namespace CLI

namespace signalbook::check {

// Stands before "I/N" at the end of a run's selection, if it is a shard.
inline constexpr char kShardWord[] = " --shard ";

// --book, --config, --timeout.
void AddSubjectSettings(CLI::App* command, SubjectOptions* options);

// The sub-command `merge` of `check`.
void AddCheckMerge(CLI::App* check, int* exit_code);

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_COMMANDS_H_
