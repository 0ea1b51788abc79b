// Clients of a fleet that go on whatever happens to it, and judge every answer.
//
// An answer names the book and the revision that it was made with; a server that no fault comes to says what the
// whole response must be then, byte for byte.
#ifndef SIGNALBOOK_TESTS_END_TO_END_REPLICAS_STEADY_LOAD_H_
#define SIGNALBOOK_TESTS_END_TO_END_REPLICAS_STEADY_LOAD_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "absl/time/time.h"
#include "signalbook/v1/translation.grpc.pb.h"

namespace signalbook {

// Thread rule: all methods are safe from many threads.
class SteadyLoad {
 public:
  struct Counts {
    int64_t answered =
        0;  // unary calls by the policy of deploy/clients, which must all be answered
    int64_t bare_answered = 0;
    int64_t bare_unavailable = 0;                        // of clients that never try again
    int64_t streamed = 0;                                // messages that were answered on streams
    std::map<grpc::StatusCode, int64_t> streams_broken;  // which their client opened again
    absl::Duration slowest;                              // of those by the policy
  };

  // `address`: of the balancer. What was withdrawn is not answered with any more after `max_staleness`.
  SteadyLoad(std::string address, absl::Duration max_staleness);
  ~SteadyLoad();  // stops

  void Start();
  void Stop();

  // What is right for the book and the revision that this server answers with. Call it after each change.
  void Learn(const std::string& address);
  // The revision that this server answers with, and the hash of its book; "" if it does not answer.
  static std::string Answering(const std::string& address);
  // A revision was decided on, and whoever decided it knows.
  void Decided(int64_t revision);
  // Asks this server itself, and judges its answer like any other. False: it did not answer.
  bool AskDirectly(v1::TranslationService::Stub* stub);

  // Since the last time.
  Counts TakeCounts();
  // Of all calls that reached the balancer since the start: by the policy, once for each; and by others.
  int64_t calls() const { return calls_; }
  // What was wrong, the first few; of answers that are not known to be right or wrong yet, not before Judge.
  std::vector<std::string> Wrong() const;
  // After the last Learn: compares all answers that there were.
  void Judge();

 private:
  struct Answer {
    std::string key;  // book and revision
    size_t message = 0;
    std::string bytes;
    bool operator<(const Answer& other) const {
      return std::tie(key, message, bytes) < std::tie(other.key, other.message, other.bytes);
    }
  };

  void Calls(bool policy, int seed);
  void Streams(int seed);
  // Sends what was not answered on a new stream.
  void Stream(v1::TranslationService::Stub* stub, std::set<int>* missing);
  void Check(size_t message, const v1::TranslateTextResponse& response, absl::Time asked);
  void AddWrong(const std::string& what);

  const std::string address_;
  const absl::Duration max_staleness_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int64_t> calls_ = 0;
  mutable std::mutex mutex_;
  // All below: guarded by mutex_.
  Counts counts_;
  std::map<std::string, std::vector<std::string>> right_;  // by key: a response for each message
  std::set<Answer> answers_;
  std::map<int64_t, absl::Time> decided_;
  std::vector<std::string> wrong_;
  std::vector<std::thread> threads_;  // of whoever starts and stops
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_END_TO_END_REPLICAS_STEADY_LOAD_H_
