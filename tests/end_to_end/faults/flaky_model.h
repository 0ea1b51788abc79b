// A model in a process of its own, as bad as models get: killed, stopped, slow, lying. Sentences are made so
// that one can tell, from outside, whose translation came back.
#ifndef SIGNALBOOK_TESTS_END_TO_END_FAULTS_FLAKY_MODEL_H_
#define SIGNALBOOK_TESTS_END_TO_END_FAULTS_FLAKY_MODEL_H_

#include <memory>
#include <string>
#include <string_view>

#include "tests/end_to_end/process.h"

namespace signalbook {

// What is asked of models: English, with a number in it that no other request has.
inline constexpr int kSentences = 4;
std::string EnglishSentence(int which, int number);
// The only translation that may leave.
std::string FrenchSentence(int which, int number);

// The process, from start to kill and start again, at one address.
class FlakyModelProcess {
 public:
  // `program`: this one, which runs ServeFlakyModel when it is called with kFlakyModelFlag and an address.
  FlakyModelProcess(std::string program, std::string address);

  const std::string& address() const { return address_; }
  void Kill();
  void Start();  // after Kill; returns when it listens
  void Signal(int signal) { process_->Signal(signal); }

 private:
  const std::string program_;
  const std::string address_;
  std::unique_ptr<Process> process_;
};

inline constexpr std::string_view kFlakyModelFlag = "--serve-flaky-model";
// Serves until it is killed. Most sentences are translated well; the others late, wrong in all the ways of
// HostileModel, as if they were another request's, or not at all.
int ServeFlakyModel(const std::string& address);

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_END_TO_END_FAULTS_FLAKY_MODEL_H_
