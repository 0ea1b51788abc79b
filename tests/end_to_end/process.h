// Runs programs the way a shell or an init system does.
#ifndef SIGNALBOOK_TESTS_END_TO_END_PROCESS_H_
#define SIGNALBOOK_TESTS_END_TO_END_PROCESS_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace signalbook {

class Process {
 public:
  // Starts a program with pipes for its stdin, stdout and stderr. Ends the test run if it cannot.
  explicit Process(std::vector<std::string> arguments);
  ~Process();  // kills what still runs
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // The same, for one that stays: it dies when this thread or the whole program does, whatever becomes of them.
  static std::unique_ptr<Process> DyingWithUs(const std::vector<std::string>& arguments);

  void Write(const std::string& bytes);
  void CloseInput();
  void CloseOutput();
  // The next line of stdout without its end; what there is when none comes in time.
  std::string ReadLine(absl::Duration timeout);
  void Signal(int signal);
  pid_t pid() const { return pid_; }
  // Closes stdin, collects all output and waits. Returns the exit code, or 128 + signal; -1 when
  // the process does not end in time.
  int Wait(absl::Duration timeout);

  const std::string& output() const { return output_; }
  const std::string& errors() const { return errors_; }

 private:
  // Reads what comes on both pipes for at most `timeout`. False when both are closed.
  bool Pump(absl::Duration timeout);

  pid_t pid_ = -1;
  int input_ = -1;
  int output_pipe_ = -1;
  int error_pipe_ = -1;
  std::string output_;
  std::string errors_;
  size_t read_ = 0;  // how much of output_ ReadLine has returned
};

struct Result {
  int exit_code;
  std::string output;
  std::string errors;
};
// Runs `signalbook` with these arguments to its end.
Result Signalbook(const std::vector<std::string>& arguments, const std::string& input = "");

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_END_TO_END_PROCESS_H_
