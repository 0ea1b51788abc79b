#include "tests/end_to_end/replicas/fleet.h"

#include <httplib.h>
#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"

namespace signalbook {
namespace {

constexpr char kConfiguration[] = SIGNALBOOK_SOURCE_DIR "/deploy/haproxy/haproxy.cfg";
constexpr int kStatusPort = 8404;
constexpr int kFrontLink = 11;
constexpr int kStoreLink = 20;  // and the number of the replica

// All of 127.0.0.0/8 is this machine. Programs that run at the same time get different parts of it, so ports can be
// what they are out there, and a server that starts again finds its own free.
std::string OwnNetwork() {
  const int pid = getpid();
  return absl::StrCat("127.", 1 + pid / 250 % 250, ".", 1 + pid % 250, ".");
}

// The page of haproxy's statistics; empty: nobody is there.
std::string StatusPage(const std::string& host) {
  httplib::Client client(host, kStatusPort);
  client.set_url_encode(false);  // it would hide the semicolon
  const auto answer = client.Get("/;csv");
  return answer ? answer->body : "";
}

int64_t Number(const std::string& text) {
  int64_t number = 0;
  EXPECT_TRUE(absl::SimpleAtoi(text, &number)) << text;
  return number;
}

std::string Milliseconds(absl::Duration duration) {
  return absl::StrCat(absl::ToInt64Milliseconds(duration));
}

}  // namespace

Fleet::Fleet(const Options& options)
    : network_(OwnNetwork()), database_(postgres_.NewDatabase()), book_(SIGNALBOOK_BOOK_FILE) {
  office_ = std::make_unique<ModeratedServer>("apertium { disabled: true }\n", database_);
  config_ = absl::StrReplaceAll(
      office_->config(),
      {{"flush_interval_ms: 20", absl::StrCat("flush_interval_ms: 1000\n  max_staleness_ms: ",
                                              Milliseconds(options.max_staleness))},
       {"apertium",
        absl::StrCat("drain_delay_ms: ", Milliseconds(options.drain_delay), "\napertium")}});
  for (int replica = 1; replica <= kReplicas; ++replica) {
    store_links_[replica - 1] = std::make_unique<TcpLink>(
        absl::StrCat(Address(kStoreLink + replica), ":5432"), postgres_.SocketPath());
  }
  for (int replica = 1; replica <= kReplicas; ++replica) Launch(replica);
  for (int replica = 1; replica <= kReplicas; ++replica) AwaitReady(replica);
  front_links_[0] =
      std::make_unique<TcpLink>(absl::StrCat(Address(kFrontLink), ":50051"), address(3));
  front_links_[1] = std::make_unique<TcpLink>(absl::StrCat(Address(kFrontLink), ":8088"),
                                              absl::StrCat(Address(3), ":8088"));
  StartHaproxy();
}

Fleet::~Fleet() = default;

void Fleet::Start(int replica) {
  Launch(replica);
  AwaitReady(replica);
}

void Fleet::Launch(int replica) {
  // Of its own is only the way to the database.
  const std::string database = absl::StrReplaceAll(
      database_, {{absl::StrCat("host=", postgres_.folder()),
                   absl::StrCat("host=", Address(kStoreLink + replica), "&port=5432")}});
  const std::string config = folder_.Write(absl::StrCat(replica, ".textproto"),
                                           absl::StrReplaceAll(config_, {{database_, database}}));
  replicas_[replica - 1] = Process::DyingWithUs(
      {SIGNALBOOK_PROGRAM, "serve", "--config", config, "--listen", address(replica), "--http",
       absl::StrCat(Address(replica), ":8088"), "--book", book_});
}

void Fleet::AwaitReady(int replica) {
  Process& process = *replicas_[replica - 1];
  const std::string ready = process.ReadLine(absl::Minutes(1));
  EXPECT_TRUE(absl::StartsWith(ready, "listening on ")) << ready << process.errors();
}

void Fleet::StartHaproxy() {
  std::vector<std::string> command = {
      "/usr/bin/env", absl::StrCat("SIGNALBOOK_FRONT=", front()),
      absl::StrCat("SIGNALBOOK_STATUS=", Address(kFront), ":", kStatusPort)};
  for (int replica = 1; replica <= kReplicas; ++replica) {
    const std::string host = Address(replica == 3 ? kFrontLink : replica);
    command.push_back(absl::StrCat("SIGNALBOOK_", replica, "=", host, ":50051"));
    command.push_back(absl::StrCat("SIGNALBOOK_HTTP_", replica, "=", host, ":8088"));
  }
  const std::vector<std::string> haproxy = {"/usr/sbin/haproxy", "-db", "-f", kConfiguration};
  command.insert(command.end(), haproxy.begin(), haproxy.end());
  haproxy_ = Process::DyingWithUs(command);
  Until("haproxy finds all replicas ready", [this] {
    for (int replica = 1; replica <= kReplicas; ++replica) {
      if (State(replica) != "UP") return false;
    }
    return true;
  });
}

void Fleet::SetFrontLinks(TcpLink::State state) {
  for (const std::unique_ptr<TcpLink>& link : front_links_) link->Set(state);
}

HaproxyStatistics Fleet::Statistics(const std::string& column) const {
  HaproxyStatistics statistics;
  const std::vector<std::string> rows = absl::StrSplit(StatusPage(Address(kFront)), '\n');
  const std::vector<std::string> names = absl::StrSplit(rows[0], ',');
  const size_t index = std::find(names.begin(), names.end(), column) - names.begin();
  for (const std::string& row : rows) {
    const std::vector<std::string> values = absl::StrSplit(row, ',');
    if (index < values.size()) statistics[values[0] + "/" + values[1]] = values[index];
  }
  return statistics;
}

std::string Fleet::State(int replica) const {
  return Statistics("status")[absl::StrCat("calls/", replica)];
}

int64_t Fleet::CallsOf(int replica) const {
  return Number(Statistics("stot")[absl::StrCat("calls/", replica)]);
}

int64_t Fleet::Attempts() const { return Number(Statistics("req_tot")["signalbook/FRONTEND"]); }

}  // namespace signalbook
