// Drives a server over loopback and checks what it says: every answer must be OK and, byte for byte, the
// expected one. Closed loops: a fixed number of questions is under way at any time.
//
// The same code asks the echo and Signalbook, so what it costs is the same for both. It knows bytes, not messages.
//
// Thread rule: one thread per object; it runs on the thread that calls Run, beside gRPC's own.
#ifndef SIGNALBOOK_TESTS_BENCHMARK_SERVICE_LOAD_H_
#define SIGNALBOOK_TESTS_BENCHMARK_SERVICE_LOAD_H_

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace signalbook {

struct Question {
  grpc::ByteBuffer request;
  std::string answer;
};

grpc::ByteBuffer BytesOf(const std::string& text);
std::string TextOf(const grpc::ByteBuffer& bytes);

struct LoadResult {
  int64_t right = 0;
  int64_t wrong = 0;   // OK, but other bytes than expected
  int64_t failed = 0;  // any other status
  absl::Duration took;

  double PerSecond() const { return static_cast<double>(right) / absl::ToDoubleSeconds(took); }
};

class Load {
 public:
  virtual ~Load() = default;
  // Asks for so long, then waits for what is under way.
  virtual LoadResult Run(absl::Duration duration) = 0;
};

struct LoadOptions {
  std::string address;
  std::string method;
  int connections = 4;
  int outstanding = 32;                              // on each connection
  const std::vector<Question>* questions = nullptr;  // outlive the load; asked in turn
};

std::unique_ptr<Load> UnaryLoad(const LoadOptions& options);
// One bidirectional stream a connection. Answers must come in the order of the questions.
std::unique_ptr<Load> StreamLoad(const LoadOptions& options);

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_BENCHMARK_SERVICE_LOAD_H_
