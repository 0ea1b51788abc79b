#include "translator/models/process_pipeline.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace signalbook {
namespace {

constexpr size_t kChunk = size_t{64} << 10;  // the capacity of a Linux pipe

absl::Status SystemError(absl::string_view what, int error) {
  return absl::UnavailableError(absl::StrCat(what, ": ", std::strerror(error)));
}

// How long poll() may wait, rounded up so that it does not spin through the last millisecond.
int PollTimeout(absl::Time deadline) {
  constexpr int64_t kLongest = 60'000;
  const absl::Duration left = std::max(deadline - absl::Now(), absl::ZeroDuration());
  if (left >= absl::Milliseconds(kLongest)) return kLongest;
  return static_cast<int>(absl::ToInt64Milliseconds(absl::Ceil(left, absl::Milliseconds(1))));
}

// The C structs of posix_spawn, released on every way out.
struct SpawnFiles {
  SpawnFiles() { posix_spawn_file_actions_init(&actions); }
  ~SpawnFiles() { posix_spawn_file_actions_destroy(&actions); }
  posix_spawn_file_actions_t actions;
};
struct SpawnAttributes {
  SpawnAttributes() { posix_spawnattr_init(&attributes); }
  ~SpawnAttributes() { posix_spawnattr_destroy(&attributes); }
  posix_spawnattr_t attributes;
};

}  // namespace

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

UniqueFd::~UniqueFd() {
  if (fd_ >= 0) close(fd_);
}

absl::StatusOr<std::unique_ptr<ProcessPipeline>> ProcessPipeline::Start(
    const std::vector<Command>& commands) {
  if (commands.empty()) return absl::InvalidArgumentError("a pipeline of no programs");
  // From here on the destructor cleans up after a half-started pipeline.
  std::unique_ptr<ProcessPipeline> pipeline(new ProcessPipeline());

  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return SystemError("socketpair", errno);
  }
  pipeline->input_ = UniqueFd(ends[0]);
  UniqueFd next_input(ends[1]);
  for (const Command& command : commands) {
    if (command.empty()) return absl::InvalidArgumentError("a program without a name");
    if (pipe2(ends, O_CLOEXEC) != 0) return SystemError("pipe", errno);
    pipeline->output_ = UniqueFd(ends[0]);
    const UniqueFd output(ends[1]);
    if (auto status = pipeline->Spawn(command, next_input.get(), output.get()); !status.ok()) {
      return status;
    }
    next_input = std::exchange(pipeline->output_, UniqueFd());
  }
  pipeline->output_ = std::move(next_input);
  // Only our end: the flag belongs to the open file, and the programs expect to block on theirs.
  if (fcntl(pipeline->output_.get(), F_SETFL, O_NONBLOCK) != 0) {
    return SystemError("fcntl", errno);
  }
  return pipeline;
}

absl::Status ProcessPipeline::Spawn(const Command& command, int in, int out) {
  SpawnFiles files;
  posix_spawn_file_actions_adddup2(&files.actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files.actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&files.actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  // Everything of ours is close-on-exec, but a library's descriptor that is not would, by keeping a
  // pipe open, hide the death of a program from us.
  posix_spawn_file_actions_addclosefrom_np(&files.actions, STDERR_FILENO + 1);

  SpawnAttributes spawn;
  sigset_t none, defaults;
  sigemptyset(&none);
  sigemptyset(&defaults);
  for (int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD}) {
    sigaddset(&defaults, signal);  // an ignored signal stays ignored across exec
  }
  posix_spawnattr_setsigmask(&spawn.attributes, &none);
  posix_spawnattr_setsigdefault(&spawn.attributes, &defaults);
  posix_spawnattr_setpgroup(&spawn.attributes, pids_.empty() ? 0 : pids_.front());
  posix_spawnattr_setflags(&spawn.attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const char* path = std::getenv("PATH");
  std::string path_entry = absl::StrCat("PATH=", path != nullptr ? path : "/usr/bin:/bin");
  std::string locale_entry = "LC_ALL=C.UTF-8";
  char* environment[] = {path_entry.data(), locale_entry.data(), nullptr};

  pid_t pid;
  const int error = posix_spawnp(&pid, arguments[0], &files.actions, &spawn.attributes,
                                 arguments.data(), environment);
  if (error != 0) return SystemError(absl::StrCat("cannot run ", command[0]), error);
  pids_.push_back(pid);
  return absl::OkStatus();
}

ProcessPipeline::~ProcessPipeline() {
  if (pids_.empty()) return;
  // The group's id cannot have been reused: its leader, dead or alive, is not waited for yet.
  kill(-pids_.front(), SIGKILL);
  for (pid_t pid : pids_) {
    while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
}

void ProcessPipeline::Send(std::string_view* unsent) {
  const ssize_t sent = send(input_.get(), unsent->data(), std::min(unsent->size(), kChunk),
                            MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent >= 0) {
    unsent->remove_prefix(sent);
  } else if (errno != EAGAIN && errno != EINTR) {
    // The first program is gone. The others get an end of file, say what they know and end too, so
    // reading on collects every answer that exists.
    input_ended_ = true;
  }
}

absl::Status ProcessPipeline::Pump(std::string_view* unsent, std::string* received,
                                   absl::Time deadline) {
  for (;;) {
    pollfd polled[2] = {{output_.get(), POLLIN, 0}, {input_.get(), POLLOUT, 0}};
    const bool writing = !unsent->empty() && !input_ended_;
    const int ready = poll(polled, writing ? 2 : 1, PollTimeout(deadline));
    if (ready < 0 && errno != EINTR) return SystemError("poll", errno);
    if (ready > 0 && writing && polled[1].revents != 0) Send(unsent);
    if (ready > 0 && polled[0].revents != 0) {
      const size_t before = received->size();
      received->resize(before + kChunk);
      const ssize_t count = read(output_.get(), received->data() + before, kChunk);
      const int error = errno;
      received->resize(before + std::max<ssize_t>(count, 0));
      if (count > 0) return absl::OkStatus();
      if (count == 0) return absl::UnavailableError("a program of the pipeline ended");
      if (error != EAGAIN && error != EINTR) return SystemError("read", error);
    }
    if (absl::Now() >= deadline) return absl::DeadlineExceededError("the pipeline was too slow");
  }
}

bool ProcessPipeline::Quiet() const {
  pollfd polled = {output_.get(), POLLIN, 0};
  int ready;
  do {
    ready = poll(&polled, 1, 0);
  } while (ready < 0 && errno == EINTR);
  return ready == 0;
}

}  // namespace signalbook
