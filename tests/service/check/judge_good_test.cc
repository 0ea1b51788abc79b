// The judge finds nothing where nothing is wrong: a check that cries wolf is switched off.
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/check/judge_support.h"

namespace signalbook::check {
namespace {

using testing::IsEmpty;

TEST(JudgeGoodTest, FindsNothingInGoodAnswers) {
  const v1::EmojiMode keep = v1::EMOJI_MODE_KEEP;
  const v1::EmojiMode name = v1::EMOJI_MODE_NAME;
  const v1::EmojiMode both = v1::EMOJI_MODE_KEEP_AND_NAME;
  const struct {
    const char* what;
    Ask ask;
  } rows[] = {
      {"nothing", {.text = ""}},
      {"white space", {.text = " \n\t "}},
      {"words, refused or copied", {.text = "this is a long way to go"}},
      {"an approved phrase", {.text = "Thanks!! 🐶", .mode = name}},
      {"a flag kept", {.text = "I love 🇨🇦!", .mode = keep}},
      {"a flag named", {.text = "I love 🇨🇦!", .mode = name}},
      {"a flag kept and named", {.text = "I love 🇨🇦!", .mode = both}},
      {"flags in a row", {.text = "🇨🇦🇫🇷🇨🇦 🇩🇪", .mode = name}},
      {"a flag and its name", {.text = "Canada 🇨🇦 Canada", .mode = name}},
      {"a flag in a link is no flag", {.text = "see https://x.org/🇨🇦 🇫🇷", .mode = name}},
      {"a name within a name", {.text = "🇳🇬🇳🇪", .from = "fr", .to = "en", .mode = name}},
      {"tag flags",
       {.text = "🏴󠁧󠁢󠁳󠁣󠁴󠁿 beats 🏴󠁧󠁢󠁥󠁮󠁧󠁿", .mode = both}},
      {"a tag flag of no known place",
       {.text = "x 🏴󠁵󠁳󠁴󠁸󠁿 🏴󠁺󠁺󠁺󠁿", .mode = name}},
      {"keycaps", {.text = "press 1️⃣ or #️⃣ or 7⃣", .mode = name}},
      {"keycaps kept", {.text = "press 1️⃣ or #️⃣ or 7⃣", .mode = keep}},
      {"a lone indicator beside a flag", {.text = "🇨 and 🇨🇦🇫 then", .mode = both}},
      {"an unknown region", {.text = "in 🇿🇿 now", .mode = name}},
      {"a deprecated region", {.text = "in 🇾🇺 now", .mode = name}},
      {"an unknown sequence",
       {.text = "the 👩‍👩‍👧‍👧‍👧 are here", .mode = name}},
      {"an unknown sequence, kept and named",
       {.text = "the 👩‍👩‍👧‍👧‍👧 are here", .mode = both}},
      {"a stray tone", {.text = "fly 🚀🏻 up, 🇺🇸🏻", .mode = both}},
      {"stray selectors", {.text = "a\uFE0F b\uFE0E 🇨🇦\uFE0F ⌚\uFE0E", .mode = keep}},
      {"an enclosing mark", {.text = "no 🐶⃠ here", .mode = name}},
      {"text-default characters", {.text = "© 2024 ❤ and ❤️ ™", .mode = name}},
      {"not NFC", {.text = "cafe\u0301 🇨🇦 e\u0301", .mode = name}},
      {"URL, mention, hashtag, template",
       {.text = "hi @ana see https://example.org/a?b=c #love {{name}} 🐶", .mode = both}},
      {"code", {.text = "run `rm -rf 😀` now 😀", .mode = keep}},
      {"right to left", {.text = "see you in 🇨🇦 now", .to = "ar", .mode = name}},
      {"right to left, both", {.text = "see 🇨🇦 🇮🇱 now", .to = "he", .mode = both}},
      {"from right to left", {.text = "أراك في 🇨🇦", .from = "ar", .to = "en", .mode = name}},
      {"no spaces", {.text = "他在🇨🇦等你。", .from = "zh", .to = "ja", .mode = name}},
      {"no spaces, both", {.text = "see 🇨🇦🇫🇷 now", .to = "th", .mode = both}},
      {"the same language", {.text = "I love 🇨🇦!", .to = "en-GB", .mode = keep}},
      {"the same language, named", {.text = "I love 🇨🇦!", .to = "en", .mode = name}},
      {"a code of a dialect",
       {.text = "hi :wave: there :+1::skin-tone-2:", .mode = keep, .dialects = {"slack"}}},
      {"a code named", {.text = "hi :flag-ca: there", .mode = name, .dialects = {"slack"}}},
      {"codes and emoji", {.text = ":wave: 👋 :wave:", .mode = both, .dialects = {"github"}}},
      {"WeChat", {.text = "[微笑] 好", .from = "zh", .mode = name, .dialects = {"wechat"}}},
      {"emoticons", {.text = "ok :) <3 D:", .mode = keep, .dialects = {"emoticons"}}},
      {"a market", {.text = "in 🇹🇼 now", .to = "zh", .mode = name, .market = "CN"}},
      {"another market", {.text = "in 🇹🇼 now", .to = "en", .mode = both, .market = "TW"}},
      {"strict", {.text = "hello 🇨🇦", .mode = name, .policy = v1::POLICY_STRICT}},
      {"detected", {.text = "Dónde está la biblioteca 🇨🇦", .from = "", .to = "en", .mode = name}},
      {"not detected", {.text = "xyzzy 🇨🇦", .from = "", .mode = name}},
      {"a language with few names",
       {.text = "in 🇨🇦 with 👩‍🚀", .to = "mi", .mode = name}},
  };
  const std::shared_ptr<Model> models[] = {
      nullptr,
      std::make_shared<IdentityModel>(),
      std::make_shared<HostileModel>(Hostility::kDropMarkers),
      std::make_shared<HostileModel>(Hostility::kSwapMarkers),
      std::make_shared<HostileModel>(Hostility::kAddFlag),
      std::make_shared<HostileModel>(Hostility::kPrison),
      std::make_shared<DictionaryModel>(
          Dictionary{{"I love", "Quiero"}, {"see you in ⟦0⟧ now", "nos vemos en ⟦0⟧ ahora"}}),
  };
  for (const auto& row : rows) {
    for (const std::shared_ptr<Model>& model : models) {
      const Case c = CaseOf(row.ask);
      const absl::StatusOr<v1::Translation> answer = AnswerTo(c, model);
      ASSERT_TRUE(answer.ok()) << row.what << answer.status();
      for (const bool other_book : {false, true}) {
        const std::vector<Finding> findings = FindingsOf(c, answer, {.other_book = other_book});
        EXPECT_THAT(findings, IsEmpty()) << row.what << ": " << answer->translated_text() << "\n"
                                         << Told(findings);
      }
    }
  }
}

// Every so many a sequence of the book, in sentences, in languages of all kinds.
TEST(JudgeGoodTest, FindsNothingWrongWithAnySequence) {
  const std::shared_ptr<Model> identity = std::make_shared<IdentityModel>();
  size_t n = 0;
  for (const char* to : {"es", "ar", "zh-Hant", "th", "de", "mi"}) {
    for (const auto& [before, after] :
         {std::pair("see you in ", " tomorrow"), std::pair("I love ", "!"), std::pair("", "")}) {
      for (KeyId id = n++ % 17; id < TestBook()->key_count(); id += 17) {
        const std::string sequence(TestBook()->key(id).fully_qualified);
        for (const int mode : {1, 2, 3}) {
          const Case c = CaseOf({.text = before + sequence + after,
                                 .to = to,
                                 .mode = static_cast<v1::EmojiMode>(mode)});
          const absl::StatusOr<v1::Translation> answer = AnswerTo(c, identity);
          const std::vector<Finding> findings = FindingsOf(c, answer);
          ASSERT_THAT(findings, IsEmpty())
              << c.request.contents(0) << " → " << to << ": " << answer->translated_text() << "\n"
              << Told(findings);
        }
      }
    }
  }
}

// Messages made of what goes wrong beside each other. The seed is fixed; JUDGE_ROUNDS makes it more.
TEST(JudgeGoodTest, FindsNothingWrongWithOddMessages) {
  const std::vector<std::string> words = {"hello ",
                                          "see you",
                                          "a",
                                          "e\u0301",
                                          "k\u0323\u0301",
                                          "3 ",
                                          "1",
                                          "#",
                                          " ",
                                          "\n",
                                          ".",
                                          "。",
                                          "نعم",
                                          "日本",
                                          "עברית ",
                                          "@ana",
                                          "://",
                                          ":wave:",
                                          ":)",
                                          "`",
                                          "{{x}}",
                                          "https://x.org/",
                                          "😀",
                                          "👍",
                                          "⌚",
                                          "👩‍🚀",
                                          "🇨🇦",
                                          "🇨",
                                          "🇦",
                                          "🏴",
                                          "❤️",
                                          "1️⃣",
                                          "1\u20E3",
                                          "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
                                          "🫩",
                                          "\U0001FAFF"};
  // What clings to its neighbour. A model that loses its markers may bring it together with another one,
  // and the judge is right to say so: a selector behind ❤ is an emoji that was not there.
  const std::vector<std::string> clinging = {
      "🏽",   "❤",          "\u200D",
      "\u200C", "\uFE0F",     "\uFE0E",
      "\u20E3", "\U000E0041", "\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F"};
  std::vector<std::string> all = words;
  all.insert(all.end(), clinging.begin(), clinging.end());
  const std::pair<std::shared_ptr<Model>, const std::vector<std::string>&> settings[] = {
      {nullptr, all},
      {std::make_shared<IdentityModel>(), all},
      {std::make_shared<HostileModel>(Hostility::kDropMarkers), words},
      {std::make_shared<HostileModel>(Hostility::kDoubleMarkers), words}};
  const char* rounds = std::getenv("JUDGE_ROUNDS");
  std::mt19937 random(20191221);
  for (int i = 0; i < (rounds != nullptr ? std::atoi(rounds) : 20'000); ++i) {
    Ask ask;
    const auto& [model, parts] = settings[random() % 4];
    for (size_t n = 1 + random() % 9; n > 0; --n) ask.text += parts[random() % parts.size()];
    const char* const targets[] = {"es", "ar", "zh", "th"};
    ask.to = targets[random() % 4];
    ask.mode = static_cast<v1::EmojiMode>(1 + random() % 3);
    if (random() % 3 == 0) ask.dialects = {"slack", "emoticons"};
    const Case c = CaseOf(ask);
    const absl::StatusOr<v1::Translation> answer = AnswerTo(c, model);
    const std::vector<Finding> findings = FindingsOf(c, answer);
    ASSERT_THAT(findings, IsEmpty())
        << testing::PrintToString(ask.text) << " → " << ask.to << " " << ask.mode << ": "
        << testing::PrintToString(answer->translated_text()) << "\n"
        << Told(findings);
  }
}

}  // namespace
}  // namespace signalbook::check
