#include "tests/benchmark/chat_corpus.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <random>
#include <string_view>

namespace signalbook {
namespace {

constexpr std::string_view kEnglish[] = {
    "the",   "be",    "to",    "and",    "have", "it",   "for",  "not",      "on",     "with",
    "you",   "do",    "this",  "but",    "from", "they", "say",  "will",     "would",  "there",
    "what",  "about", "which", "when",   "make", "can",  "like", "time",     "people", "good",
    "think", "after", "first", "thanks", "lol",  "5pm",  "ok",   "tomorrow", "meet",   "because"};
constexpr std::string_view kSpanish[] = {
    "de",      "la",   "que",    "el",      "los", "por",   "una",     "para",  "es",     "más",
    "pero",    "este", "porque", "cuando",  "muy", "sobre", "también", "hasta", "donde",  "todo",
    "durante", "uno",  "antes",  "algunos", "qué", "otro",  "mucho",   "estar", "mañana", "niño"};
constexpr std::string_view kChinese[] = {
    "的", "一", "是", "不", "了", "在", "人", "有", "我", "他", "这", "个", "们", "中", "来",
    "上", "大", "为", "和", "国", "地", "到", "以", "说", "时", "要", "就", "出", "会", "可"};
constexpr std::string_view kEmoji[] = {"😂",
                                       "❤️",
                                       "🤣",
                                       "👍",
                                       "😭",
                                       "🙏",
                                       "😘",
                                       "🥰",
                                       "😍",
                                       "😊",
                                       "🎉",
                                       "😁",
                                       "💕",
                                       "🥺",
                                       "😅",
                                       "🔥",
                                       "☺️",
                                       "🤦",
                                       "♥️",
                                       "🤷",
                                       "🙄",
                                       "😆",
                                       "🤗",
                                       "😉",
                                       "🎂",
                                       "🤔",
                                       "👏",
                                       "🙂",
                                       "😳",
                                       "🥳",
                                       "😎",
                                       "👌",
                                       "💜",
                                       "😔",
                                       "💪",
                                       "✨",
                                       "💖",
                                       "👀",
                                       "😋",
                                       "😏",
                                       "🇨🇦",
                                       "🇺🇸",
                                       "🇪🇸",
                                       "🇨🇳",
                                       "🇩🇪",
                                       "👍🏽",
                                       "👩‍🚀",
                                       "🏳️‍🌈",
                                       "👨‍👩‍👧",
                                       "🤷🏻‍♀️",
                                       "❤️‍🔥",
                                       "🏴󠁧󠁢󠁳󠁣󠁴󠁿"};

}  // namespace

std::vector<ChatMessage> ChatMessages(size_t count, const ChatMix& mix) {
  // Numbers of the generator itself: the standard's distributions differ between libraries.
  std::mt19937 random(7);
  const auto below = [&random](size_t n) { return static_cast<size_t>(random()) % n; };
  const auto emoji_below = static_cast<uint32_t>(mix.emoji_share * 10'000);

  std::vector<std::string_view> emoji(std::begin(kEmoji), std::end(kEmoji));
  std::vector<double> weight_up_to(emoji.size());
  for (size_t i = 0; i < emoji.size(); ++i) weight_up_to[i] = static_cast<double>(i + 1);
  if (!mix.emoji.empty()) {
    emoji.assign(mix.emoji.begin(), mix.emoji.end());
    weight_up_to.clear();
    double sum = 0;
    for (size_t i = 0; i < emoji.size(); ++i) {
      weight_up_to.push_back(sum += 1.0 / static_cast<double>(i + 1));
    }
  }
  const auto any_emoji = [&] {
    const double weight = random() / 4294967296.0 * weight_up_to.back();
    return emoji[std::upper_bound(weight_up_to.begin(), weight_up_to.end(), weight) -
                 weight_up_to.begin()];
  };

  std::vector<ChatMessage> messages(count);
  for (ChatMessage& message : messages) {
    size_t language = below(5);  // three of five in English
    if (mix.languages == ChatMix::kEnglish) language = 0;
    if (mix.languages == ChatMix::kChinese) language = 4;
    const std::string_view space = language == 4 ? "" : " ";
    const size_t words = 8 + below(21);
    for (size_t i = 0; i < words; ++i) {
      if (i > 0) message.text += space;
      if (below(10'000) < emoji_below) {
        const std::string_view one = any_emoji();
        const int times = below(5) == 0 ? 2 : 1;
        for (int k = 0; k < times; ++k) message.text += one;
        message.emoji += times;
      } else if (language == 4) {
        for (size_t k = 1 + below(3); k > 0; --k)
          message.text += kChinese[below(std::size(kChinese))];
      } else if (language == 3) {
        message.text += kSpanish[below(std::size(kSpanish))];
      } else {
        message.text += kEnglish[below(std::size(kEnglish))];
      }
    }
  }
  return messages;
}

}  // namespace signalbook
