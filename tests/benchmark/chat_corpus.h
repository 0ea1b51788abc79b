// Chat messages to measure with: three languages, as many emoji as asked for, the same on every machine.
#ifndef SIGNALBOOK_TESTS_BENCHMARK_CHAT_CORPUS_H_
#define SIGNALBOOK_TESTS_BENCHMARK_CHAT_CORPUS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace signalbook {

struct ChatMessage {
  std::string text;
  int emoji = 0;  // emoji and flags in it; all have a Spanish name
};

struct ChatMix {
  double emoji_share = 0;  // the probability that a word is an emoji, or two
  enum { kThreeLanguages, kEnglish, kChinese } languages = kThreeLanguages;
  // The nth of them is drawn in proportion to 1/n; without any, a few dozen that people like, each as often as
  // the others.
  std::vector<std::string> emoji;
};

// Messages of 8 to 28 words, ~96 bytes on average.
std::vector<ChatMessage> ChatMessages(size_t count, const ChatMix& mix);

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_BENCHMARK_CHAT_CORPUS_H_
