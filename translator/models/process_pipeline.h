// A pipeline of programs, `a | b | c`, started without a shell and spoken to through two pipes.
//
// Knows bytes, processes and deadlines; nothing of translation. Thread rule: one thread at a time.
//
// Isolation. The programs get descriptors 0–2 and no other, stderr is /dev/null, and of our
// environment only PATH (a service's environment may hold secrets; LC_ALL is C.UTF-8). They are one
// process group, so that one signal ends them all. When this process dies, however it dies, the
// kernel closes the first program's input and each program ends at its end of file;
// PR_SET_PDEATHSIG is no help here, since it fires when the *thread* that started the program ends.
//
// Precondition of the whole process: nobody else waits for children that are not theirs
// (waitpid(-1)), and descriptors 0–2 are open.
#ifndef SIGNALBOOK_TRANSLATOR_MODELS_PROCESS_PIPELINE_H_
#define SIGNALBOOK_TRANSLATOR_MODELS_PROCESS_PIPELINE_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace signalbook {

// A file descriptor that is closed with its owner.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  ~UniqueFd();

  int get() const { return fd_; }

 private:
  int fd_ = -1;
};

class ProcessPipeline {
 public:
  using Command = std::vector<std::string>;  // program (looked up in PATH), then its arguments

  // Unavailable, naming the program, when one cannot be started; nothing is left running then.
  // InvalidArgument when `commands` or one of them is empty. Does not wait for the programs to
  // become useful: one that starts and exits at once shows in Pump().
  static absl::StatusOr<std::unique_ptr<ProcessPipeline>> Start(
      const std::vector<Command>& commands);

  // Kills whatever still runs and waits for it, so that neither process nor zombie is left. Takes
  // the few milliseconds the kernel needs to tear the processes down.
  ~ProcessPipeline();

  ProcessPipeline(const ProcessPipeline&) = delete;
  ProcessPipeline& operator=(const ProcessPipeline&) = delete;

  // Writes as much of `*unsent` as the first program takes (removing it from the view) and appends
  // to `*received` what the last one has written, both at once, since a program that cannot write
  // its answers does not read either. Returns OK as soon as something was received.
  //   DeadlineExceeded  nothing came by `deadline`
  //   Unavailable       the last program's output ended: some program died. What the others still
  //                     had to say has been received by earlier calls.
  absl::Status Pump(std::string_view* unsent, std::string* received, absl::Time deadline);

  // The programs' output is neither ended nor has it bytes nobody asked for. False means: do not
  // speak to it again.
  bool Quiet() const;

  // Of every program, in order. For tests and diagnostics.
  const std::vector<pid_t>& pids() const { return pids_; }

 private:
  ProcessPipeline() = default;
  absl::Status Spawn(const Command& command, int in, int out);
  void Send(std::string_view* unsent);

  std::vector<pid_t> pids_;  // the first is also the process group
  UniqueFd input_;           // a socket, so that writing to a dead program raises no SIGPIPE
  UniqueFd output_;
  bool input_ended_ = false;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_MODELS_PROCESS_PIPELINE_H_
