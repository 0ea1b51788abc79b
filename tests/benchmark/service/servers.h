// The servers that are measured, each in a process of its own, so that what it costs is its own.
#ifndef SIGNALBOOK_TESTS_BENCHMARK_SERVICE_SERVERS_H_
#define SIGNALBOOK_TESTS_BENCHMARK_SERVICE_SERVERS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/end_to_end/process.h"
#include "tests/service/cli/temp_folder.h"

namespace signalbook {

// A program that says "listening on ADDRESS" when it is ready. Ends the benchmark if it does not.
class MeasuredServer {
 public:
  explicit MeasuredServer(std::vector<std::string> command);

  const std::string& address() const { return address_; }
  // Of all its threads since it started, user and system.
  absl::Duration Cpu() const;
  // The most memory that it ever had resident, in bytes.
  int64_t PeakBytes() const;
  Process& process() { return process_; }

 private:
  Process process_;
  std::string address_;
};

// `signalbook serve` with these lines of configuration besides: a free port, metrics on, no Apertium.
class SignalbookServer {
 public:
  explicit SignalbookServer(const std::string& config = "");
  MeasuredServer* operator->() { return server_.get(); }
  MeasuredServer& operator*() { return *server_; }

 private:
  TempFolder folder_;
  std::unique_ptr<MeasuredServer> server_;
};

// This program as the bare echo: TranslateText answers with the request's bytes, StreamTranslateText each
// message with itself. Raw methods of gRPC's callback API, as Signalbook's are, and nothing else.
MeasuredServer EchoServer();
// What EchoServer runs. Does not return before SIGTERM.
int RunEcho();
inline constexpr char kEchoFlag[] = "--serve-echo";

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_BENCHMARK_SERVICE_SERVERS_H_
