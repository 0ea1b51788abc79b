// Chat messages to measure with: three languages, as many emoji as asked for, the same on every machine.
#ifndef SIGNALBOOK_TESTS_BENCHMARK_SERVICE_CORPUS_H_
#define SIGNALBOOK_TESTS_BENCHMARK_SERVICE_CORPUS_H_

#include <cstddef>
#include <string>
#include <vector>

namespace signalbook {

struct ChatMessage {
  std::string text;
  int emoji = 0;  // emoji and flags in it; all have a Spanish name
};

// Messages of 3 to 24 words, ~96 bytes on average; each word is an emoji (or two, or three) with the given
// probability.
std::vector<ChatMessage> ChatMessages(size_t count, double emoji_share);

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_BENCHMARK_SERVICE_CORPUS_H_
