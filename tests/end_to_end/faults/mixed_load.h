// Everything that clients do to a server, at once and for as long as it takes, with an opinion about each answer.
#ifndef SIGNALBOOK_TESTS_END_TO_END_FAULTS_MIXED_LOAD_H_
#define SIGNALBOOK_TESTS_END_TO_END_FAULTS_MIXED_LOAD_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "signalbook/v1/translation.grpc.pb.h"

namespace signalbook {

// Thread rule: all methods are safe from many threads.
class MixedLoad {
 public:
  MixedLoad(std::string address, int clients);
  ~MixedLoad();  // stops

  // Once, with the name of 👍 in Spanish approved.
  void Start();
  // What 👍 is called in Spanish, or will be when moderators have decided.
  void Approve(const std::string& name);
  // From now on the server may be gone: calls may fail, but answers are still checked.
  void ServerMayGo() { may_fail_ = true; }
  void Stop();

  struct Summary {
    std::map<std::pair<std::string, std::string>, int64_t>
        answers;  // by what was asked, and the status
    std::map<std::string, int64_t>
        translated;                  // by target language: sentences that a model translated
    std::vector<std::string> wrong;  // what was wrong, the first few
    int64_t wrong_count = 0;
    absl::Duration slowest;  // of calls with a minute to be answered
  };
  Summary summary() const;

 private:
  class Client;

  void Count(const std::string& kind, const grpc::Status& status);
  void Wrong(std::string what);
  bool IsApproved(const std::string& name) const;

  const std::string address_;
  const int clients_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> may_fail_ = false;
  std::atomic<int> next_number_ = 10'000'000;
  mutable std::mutex mutex_;
  Summary summary_;                 // guarded by mutex_
  std::set<std::string> approved_;  // guarded by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_END_TO_END_FAULTS_MIXED_LOAD_H_
