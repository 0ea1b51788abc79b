// Signalbook as it is deployed: replicas that share a PostgreSQL, behind haproxy as deploy/haproxy configures it.
// All on loopback addresses of their own; all ends with the object, or with the program.
//
//   clients ─ haproxy ─┬───────── replica 1 ─ link ─┬─ PostgreSQL ─ office
//                      ├───────── replica 2 ─ link ─┤
//                      └─ links ─ replica 3 ─ link ─┘
//
// Thread rule: one thread.
#ifndef SIGNALBOOK_TESTS_END_TO_END_REPLICAS_FLEET_H_
#define SIGNALBOOK_TESTS_END_TO_END_REPLICAS_FLEET_H_

#include <array>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "signalbook/v1/translation.grpc.pb.h"
#include "tests/end_to_end/moderated_server.h"
#include "tests/end_to_end/process.h"
#include "tests/end_to_end/replicas/tcp_link.h"
#include "tests/support/postgres_cluster.h"

namespace signalbook {

inline constexpr int kReplicas = 3;

// A counter or a state in haproxy's statistics, by "backend/server name".
using HaproxyStatistics = std::map<std::string, std::string>;

class Fleet {
 public:
  struct Options {
    absl::Duration max_staleness;
    absl::Duration drain_delay;
  };
  // Returns when haproxy finds all replicas ready.
  explicit Fleet(const Options& options);
  ~Fleet();
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  // Where clients go.
  std::string front() const { return Address(kFront) + ":50050"; }
  // Past haproxy. Replicas are 1, 2 and 3.
  std::string address(int replica) const { return Address(replica) + ":50051"; }
  // A server that no fault comes to, with the same database: here moderators work, and it knows what is right.
  ModeratedServer& office() { return *office_; }

  Process& replica(int replica) { return *replicas_[replica - 1]; }
  // With the book that all have from now on when they start.
  void UseBook(const std::string& file) { book_ = file; }
  // Returns when it listens.
  void Start(int replica);
  // The exit code; -1: it does not end in time.
  int Wait(int replica) { return replicas_[replica - 1]->Wait(absl::Minutes(1)); }

  // Between a replica and the database.
  TcpLink& store_link(int replica) { return *store_links_[replica - 1]; }
  // Between haproxy and replica 3.
  void SetFrontLinks(TcpLink::State state);

  // What haproxy calls the state of a replica: "UP", "NOLB" (no new calls), "DOWN", or on the way from one to another
  // "UP 1/2".
  std::string State(int replica) const;
  bool TakesCalls(int replica) const { return State(replica).starts_with("UP"); }
  // Of haproxy, since it started.
  int64_t CallsOf(int replica) const;  // that it was sent
  int64_t Attempts() const;            // that clients made

 private:
  static constexpr int kFront = 10;
  std::string Address(int host) const { return network_ + std::to_string(host); }
  HaproxyStatistics Statistics(const std::string& column) const;
  void Launch(int replica);
  void AwaitReady(int replica);
  void StartHaproxy();

  const std::string network_;  // "127.1.2."
  const TempFolder folder_;
  PostgresCluster postgres_;
  const std::string database_;
  std::string book_;
  std::string config_;
  std::unique_ptr<ModeratedServer> office_;
  std::array<std::unique_ptr<TcpLink>, kReplicas> store_links_;
  std::array<std::unique_ptr<TcpLink>, 2> front_links_;  // calls, checks
  std::array<std::unique_ptr<Process>, kReplicas> replicas_;
  std::unique_ptr<Process> haproxy_;
};

// Waits until `condition` holds, and returns how long that took. Ends the test run after a minute: what follows would
// be judged by what is not so.
template <typename Condition>
absl::Duration Until(const std::string& what, const Condition& condition) {
  const absl::Time start = absl::Now();
  while (!condition()) {
    if (absl::Now() - start > absl::Minutes(1)) {
      std::cerr << "waited in vain: " << what << std::endl;
      std::abort();
    }
    absl::SleepFor(absl::Milliseconds(20));
  }
  return absl::Now() - start;
}

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_END_TO_END_REPLICAS_FLEET_H_
