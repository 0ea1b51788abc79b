#include "tests/end_to_end/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/time/clock.h"

extern char** environ;

namespace signalbook {
namespace {

void Check(bool condition, const char* what) {
  if (condition) return;
  std::perror(what);
  std::abort();
}

void Close(int* descriptor) {
  if (*descriptor >= 0) close(*descriptor);
  *descriptor = -1;
}

// Appends what can be read; closes at the end of the stream.
void Drain(int* descriptor, std::string* text) {
  char buffer[65536];
  const ssize_t count = read(*descriptor, buffer, sizeof(buffer));
  if (count > 0) {
    text->append(buffer, count);
  } else if (count == 0 || errno != EINTR) {
    Close(descriptor);
  }
}

}  // namespace

Process::Process(std::vector<std::string> arguments) {
  std::signal(SIGPIPE, SIG_IGN);
  int in[2], out[2], err[2];
  Check(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0,
        "pipe2");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  posix_spawn_file_actions_adddup2(&actions, err[1], 2);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  Check(posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ) == 0, argv[0]);
  posix_spawn_file_actions_destroy(&actions);
  close(in[0]);
  close(out[1]);
  close(err[1]);
  input_ = in[1];
  output_pipe_ = out[0];
  error_pipe_ = err[0];
}

std::unique_ptr<Process> Process::DyingWithUs(const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {"/usr/bin/setpriv", "--pdeathsig", "KILL", "--"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return std::make_unique<Process>(std::move(words));
}

Process::~Process() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Close(&input_);
  Close(&output_pipe_);
  Close(&error_pipe_);
}

void Process::Write(const std::string& bytes) {
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t count = write(input_, bytes.data() + done, bytes.size() - done);
    if (count < 0) return;  // it ended; its exit code tells
    done += count;
  }
}

void Process::CloseInput() { Close(&input_); }

void Process::CloseOutput() { Close(&output_pipe_); }

bool Process::Pump(absl::Duration timeout) {
  pollfd pipes[] = {{output_pipe_, POLLIN, 0}, {error_pipe_, POLLIN, 0}};
  if (output_pipe_ < 0 && error_pipe_ < 0) return false;
  poll(pipes, 2, static_cast<int>(std::max<int64_t>(0, absl::ToInt64Milliseconds(timeout))));
  if (pipes[0].revents != 0) Drain(&output_pipe_, &output_);
  if (pipes[1].revents != 0) Drain(&error_pipe_, &errors_);
  return true;
}

std::string Process::ReadLine(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  size_t end = output_.find('\n', read_);
  while (end == std::string::npos && absl::Now() < deadline && Pump(deadline - absl::Now())) {
    end = output_.find('\n', read_);
  }
  const std::string line = output_.substr(read_, end == std::string::npos ? end : end - read_);
  read_ = end == std::string::npos ? output_.size() : end + 1;
  return line;
}

void Process::Signal(int signal) { kill(pid_, signal); }

int Process::Wait(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  CloseInput();
  while (absl::Now() < deadline && Pump(deadline - absl::Now())) {
  }
  int status = 0;
  while (waitpid(pid_, &status, WNOHANG) == 0) {
    if (absl::Now() >= deadline) return -1;
    absl::SleepFor(absl::Milliseconds(2));
  }
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Result Signalbook(const std::vector<std::string>& arguments, const std::string& input) {
  std::vector<std::string> command = {SIGNALBOOK_PROGRAM};
  command.insert(command.end(), arguments.begin(), arguments.end());
  Process process(std::move(command));
  process.Write(input);
  const int exit_code = process.Wait(absl::Minutes(5));
  return {exit_code, process.output(), process.errors()};
}

}  // namespace signalbook
