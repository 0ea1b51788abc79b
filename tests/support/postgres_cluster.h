// A PostgreSQL server of a test's own, in a folder of /tmp that goes away with it. It sorts text as people do,
// not by bytes, as most servers out there.
//
// Ends the program when it cannot do what it is asked to. When the program dies the server does too, so
// start it from a thread that stays.
#ifndef SIGNALBOOK_TESTS_SUPPORT_POSTGRES_CLUSTER_H_
#define SIGNALBOOK_TESTS_SUPPORT_POSTGRES_CLUSTER_H_

#include <sys/types.h>

#include <string>

namespace signalbook {

class PostgresCluster {
 public:
  // Takes a second or two; by root too, for whom the server runs as the user "postgres".
  PostgresCluster();
  ~PostgresCluster();
  PostgresCluster(const PostgresCluster&) = delete;
  PostgresCluster& operator=(const PostgresCluster&) = delete;

  // The connection string of a database that is there; through a socket in the folder, as a superuser, no
  // password asked.
  std::string Url(const std::string& database = "postgres") const;
  // The connection string of a new, empty one: a schema of its own, as making a database takes half a second.
  std::string NewDatabase();
  // Where its socket is: what connection strings call the host.
  const std::string& folder() const { return folder_; }
  std::string SocketPath() const { return folder_ + "/.s.PGSQL.5432"; }
  // Runs statements from outside.
  void Execute(const std::string& sql, const std::string& database = "postgres") const;

  // Ends the server on the spot: no goodbye, and it recovers at the next start.
  void Kill();
  // After Kill. Returns when it answers.
  void Start();

 private:
  std::string folder_;
  std::string programs_;  // the folder of initdb and postgres
  pid_t server_ = -1;
  int schemas_ = 0;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_SUPPORT_POSTGRES_CLUSTER_H_
