#include "tests/support/postgres_cluster.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <thread>
#include <vector>

extern char** environ;

namespace signalbook {
namespace {

constexpr char kUser[] = "postgres";
constexpr std::chrono::seconds kPatience(60);

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "PostgreSQL for tests: %s\n", what.c_str());
  std::abort();
}

// Debian keeps them out of the PATH, in a folder for each version.
std::string FindPrograms() {
  std::error_code none;
  std::filesystem::path found;
  for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", none)) {
    const auto programs = version.path() / "bin";
    if (std::filesystem::exists(programs / "initdb") && programs > found) found = programs;
  }
  if (found.empty()) Die("not installed; it is in Debian's package postgresql");
  return found;
}

// Starts a program that must not be root's, with its output in `log`.
pid_t Spawn(std::vector<std::string> command, const std::string& log) {
  std::vector<std::string> words = {"setpriv", "--pdeathsig", "QUIT"};
  if (geteuid() == 0) {
    words.insert(words.end(), {"--reuid", kUser, "--regid", kUser, "--init-groups"});
  }
  words.push_back("--");
  words.insert(words.end(), command.begin(), command.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, log.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  pid_t pid = -1;
  if (posix_spawnp(&pid, argv[0], &files, nullptr, argv.data(), environ) != 0) {
    Die("cannot run setpriv, of Debian's package util-linux");
  }
  posix_spawn_file_actions_destroy(&files);
  return pid;
}

}  // namespace

PostgresCluster::PostgresCluster() : programs_(FindPrograms()) {
  // Not in TMPDIR: the path of a socket is short, and "postgres" must get there.
  char folder[] = "/tmp/signalbook-postgres-XXXXXX";
  if (mkdtemp(folder) == nullptr) Die("no folder in /tmp");
  folder_ = folder;
  if (geteuid() == 0) {
    const passwd* const user = getpwnam(kUser);
    if (user == nullptr || chown(folder, user->pw_uid, user->pw_gid) != 0) {
      Die("there is no user \"postgres\"");
    }
  }
  const std::string log = folder_ + "/log";
  int status = 0;
  const pid_t initdb = Spawn({programs_ + "/initdb", "--pgdata", folder_ + "/data", "--username",
                              kUser, "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8",
                              "--locale-provider", "icu", "--icu-locale", "en", "--no-sync"},
                             log);
  if (waitpid(initdb, &status, 0) != initdb || status != 0) Die("initdb failed; see " + log);
  Start();
}

PostgresCluster::~PostgresCluster() {
  if (server_ > 0) Kill();
  std::error_code none;
  std::filesystem::remove_all(folder_, none);
}

std::string PostgresCluster::Url(const std::string& database) const {
  return "postgresql:///" + database + "?host=" + folder_ + "&user=" + kUser;
}

std::string PostgresCluster::NewDatabase() {
  const std::string schema = "test" + std::to_string(++schemas_);
  Execute("CREATE SCHEMA " + schema);
  return Url() + "&options=-csearch_path%3D" + schema;
}

void PostgresCluster::Execute(const std::string& sql, const std::string& database) const {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(Url(database).c_str()),
                                                                PQfinish);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), sql.c_str()),
                                                             PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    Die(sql + ": " + PQerrorMessage(connection.get()));
  }
}

void PostgresCluster::Start() {
  if (server_ > 0) return;
  const std::string log = folder_ + "/log";
  server_ = Spawn({programs_ + "/postgres", "-D", folder_ + "/data", "-k", folder_, "-c",
                   "listen_addresses=", "-c", "fsync=on", "-c", "shared_buffers=16MB", "-c",
                   "recovery_init_sync_method=syncfs"},
                  log);
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (PQping(Url().c_str()) != PQPING_OK) {
    if (waitpid(server_, nullptr, WNOHANG) != 0) Die("the server ended; see " + log);
    if (std::chrono::steady_clock::now() > deadline) Die("the server does not answer; see " + log);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

void PostgresCluster::Kill() {
  // Of an immediate shutdown; after SIGKILL its children would be left.
  kill(server_, SIGQUIT);
  while (waitpid(server_, nullptr, 0) < 0 && errno == EINTR) {
  }
  server_ = -1;
}

}  // namespace signalbook
