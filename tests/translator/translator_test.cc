// The flow as a caller sees it: what goes to a model, what comes out, where it stands, what it is
// licensed by. Models are dictionaries of what they say.
#include "translator/translator.h"

#include <map>
#include <string>
#include <thread>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_models.h"
#include "tests/support/test_book.h"
#include "translator/law.h"

namespace signalbook {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Row {
  const char* what;
  const char* from;
  const char* to;
  EmojiMode mode;
  const char* text;
  std::map<std::string, std::string> says;
  const char* translation;
  const char* picture;  // Picture(); nullptr: not looked at
};

const EmojiMode kKeep = EmojiMode::kKeep;
const EmojiMode kName = EmojiMode::kName;
const EmojiMode kBoth = EmojiMode::kKeepAndName;

class FlowTest : public ::testing::TestWithParam<Row> {};

TEST_P(FlowTest, Translates) {
  const Row& row = GetParam();
  const Translator& translator = TestTranslator(std::make_shared<DictionaryModel>(row.says));
  const Translation translation =
      TranslateOne(translator, row.text, {.from = row.from, .to = row.to, .mode = row.mode});
  EXPECT_EQ(translation.text, row.translation) << row.what << "\n" << Picture(translation);
  if (row.picture != nullptr) {
    EXPECT_EQ(Picture(translation), row.picture) << row.what;
  }
  EXPECT_EQ(FindBreach(*Normalize(row.text), translation, translator.book()), std::nullopt)
      << row.what;
}

INSTANTIATE_TEST_SUITE_P(
    Keep, FlowTest,
    ::testing::Values(Row{"a sentence",
                          "en",
                          "es",
                          kKeep,
                          "I like dogs.",
                          {{"I like dogs.", "Me gustan los perros."}},
                          "Me gustan los perros.",
                          "Me gustan los perros.|M"},
                      Row{"an emoji at the edge",
                          "en",
                          "es",
                          kKeep,
                          "I like dogs 🐶!",
                          {{"I like dogs", "Me gustan los perros"}},
                          "Me gustan los perros 🐶!",
                          "Me gustan los perros|M  |C 🐶|C !|C"},
                      Row{"a marker inside",
                          "en",
                          "es",
                          kKeep,
                          "I like dogs🐶and cats",
                          {{"I like dogs⟦0⟧and cats", "Me gustan los perros⟦0⟧y los gatos"}},
                          "Me gustan los perros🐶y los gatos",
                          "Me gustan los perros|M 🐶|C y los gatos|M"},
                      Row{"the model loses the marker: by proportion",
                          "en",
                          "es",
                          kKeep,
                          "I like dogs 🐶 and cats",
                          {{"I like dogs ⟦0⟧ and cats", "Me gustan los perros y los gatos"},
                           {"I like dogs and cats", "Me gustan los perros y los gatos"}},
                          "Me gustan los perros 🐶 y los gatos",
                          nullptr},
                      Row{"the model loses a protected span: in parts",
                          "en",
                          "es",
                          kKeep,
                          "I like {{x}} and cats",
                          {{"I like ⟦0⟧ and cats", "Me gustan y los gatos"},
                           {"I like", "Me gusta"},
                           {"and cats", "y los gatos"}},
                          "Me gusta {{x}} y los gatos",
                          "Me gusta|M  |C {{x}}|C  |C y los gatos|M"},
                      Row{"one part refused, the rest stands",
                          "en",
                          "es",
                          kKeep,
                          "I like {{x}} and cats",
                          {{"I like ⟦0⟧ and cats", "no"},
                           {"I like", "Estoy en la cárcel"},
                           {"and cats", "y los gatos"}},
                          "I like {{x}} y los gatos",
                          "I like|C(imprisonment)  |C {{x}}|C  |C y los gatos|M"},
                      Row{"one sentence refused, the rest stands",
                          "en",
                          "es",
                          kKeep,
                          "I love cats. I like dogs.",
                          {{"I love cats.", "Estoy en la cárcel."},
                           {"I like dogs.", "Me gustan los perros."}},
                          "I love cats. Me gustan los perros.",
                          "I love cats.|C(imprisonment)  |C Me gustan los perros.|M"},
                      Row{"an emoji moved into a word is put elsewhere",
                          "en",
                          "es",
                          kKeep,
                          "I like dogs 🐶 and cats",
                          {{"I like dogs ⟦0⟧ and cats", "Me gustan los per⟦0⟧ros y los gatos"},
                           {"I like dogs and cats", "Me gustan los perros y los gatos"}},
                          "Me gustan los perros 🐶 y los gatos",
                          nullptr},
                      Row{"no model for the pair",
                          "en",
                          "es",
                          kKeep,
                          "I like dogs. 🐶",
                          {},
                          "I like dogs. 🐶",
                          "I like dogs.|C(language_pair)  |C 🐶|C"},
                      Row{"same language",
                          "en",
                          "en-GB",
                          kKeep,
                          "I like dogs. 🐶",
                          {},
                          "I like dogs. 🐶",
                          "I like dogs. |C 🐶|C"},
                      Row{"the source again is copied, with what the model did not see",
                          "en",
                          "es",
                          kKeep,
                          "we met\x01 at the🇨🇦pm",
                          {{"we met at the⟦0⟧pm", "we met at the⟦0⟧pm"}},
                          "we met\x01 at the🇨🇦pm",
                          "we met\x01 at the|C(same) 🇨🇦|C pm|C(same)"},
                      Row{"decomposed text comes back composed",
                          "en",
                          "es",
                          kKeep,
                          "e\u0301 5",
                          {{"é 5", "é 5"}},
                          "\u00E9 5",
                          nullptr}));

INSTANTIATE_TEST_SUITE_P(
    Name, FlowTest,
    ::testing::Values(
        Row{"a flag is its region", "en", "es", kName, "🇨🇦", {}, "Canadá", "Canadá|B"},
        Row{"in a sentence",
            "en",
            "es",
            kName,
            "I love 🇨🇦!",
            {{"I love", "Quiero"}},
            "Quiero Canadá!",
            "Quiero|M  |C Canadá|B !|C"},
        Row{"set off from the words around it",
            "en",
            "es",
            kName,
            "a🐶b",
            {},
            "a cara de perro b",
            nullptr},
        Row{"two names do not run together",
            "en",
            "es",
            kName,
            "🇨🇦🇫🇷",
            {},
            "Canadá Francia",
            "Canadá|B  |B Francia|B"},
        Row{"nor where the script has no spaces",
            "en",
            "zh",
            kName,
            "🇨🇦🇫🇷",
            {},
            "加拿大 法国",
            nullptr},
        Row{"no space in Chinese prose",
            "zh",
            "zh-Hant",
            kName,
            "他在🇨🇦等你。",
            {},
            "他在加拿大等你。",
            nullptr},
        Row{"prose refused, flag named",
            "zh",
            "en",
            kName,
            "他在🇨🇦等你。",
            {},
            "他在Canada等你。",
            "他在|C(language_pair) Canada|B 等你。|C(language_pair)"},
        Row{"an odd run: pairs from the start, the rest copied",
            "en",
            "es",
            kName,
            "🇨🇦🇨",
            {},
            "Canadá🇨",
            "Canadá|B 🇨|C(lone_regional_indicator)"},
        Row{"an unknown region is copied",
            "en",
            "es",
            kName,
            "🇿🇿",
            {},
            "🇿🇿",
            "🇿🇿|C(unknown_region)"},
        Row{"an unknown family is named by its parts",
            "en",
            "es",
            kName,
            "👩‍👩‍👧‍👧‍👧",
            {},
            "mujer + mujer + niña + niña + niña",
            "mujer|B  + |B mujer|B  + |B niña|B  + |B niña|B  + |B niña|B"},
        Row{"England is not the black flag",
            "en",
            "es",
            kName,
            "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
            {},
            "Inglaterra",
            nullptr},
        Row{"Arabic in Latin prose is isolated",
            "en",
            "ar",
            kName,
            "I love 🇨🇦!",
            {},
            "I love \u2068كندا\u2069!",
            nullptr},
        Row{"Arabic alone is not", "en", "ar", kName, "🇨🇦!", {}, "كندا!", nullptr}));

INSTANTIATE_TEST_SUITE_P(
    KeepAndName, FlowTest,
    ::testing::Values(
        Row{"brackets",
            "en",
            "es",
            kBoth,
            "I love 🇨🇦!",
            {{"I love", "Quiero"}},
            "Quiero 🇨🇦 (Canadá)!",
            "Quiero|M  |C 🇨🇦|C  (|B Canadá|B )|B !|C"},
        Row{"brackets and a word", "en", "es", kBoth, "a🇨🇦b", {}, "a🇨🇦 (Canadá) b", nullptr},
        Row{"Chinese brackets", "en", "zh", kBoth, "🇨🇦", {}, "🇨🇦（加拿大）", nullptr},
        Row{"unknown: no brackets", "en", "es", kBoth, "🇿🇿", {}, "🇿🇿", nullptr}));

INSTANTIATE_TEST_SUITE_P(
    Spacing, FlowTest,
    ::testing::Values(Row{"Chinese sentences get a space in English",
                          "zh",
                          "en",
                          kKeep,
                          "我喜欢狗。我喜欢猫。",
                          {{"我喜欢狗。", "I like dogs."}, {"我喜欢猫。", "I like cats."}},
                          "I like dogs. I like cats.",
                          "I like dogs.|M  |B I like cats.|M"},
                      Row{"English sentences lose it in Chinese",
                          "en",
                          "zh",
                          kKeep,
                          "I like dogs. I like cats.",
                          {{"I like dogs.", "我喜欢狗。"}, {"I like cats.", "我喜欢猫。"}},
                          "我喜欢狗。我喜欢猫。",
                          "我喜欢狗。|M |B 我喜欢猫。|M"}));

TEST(TranslatorTest, StrictAsksNoModel) {
  auto model = std::make_shared<DictionaryModel>(
      std::map<std::string, std::string>{{"a freezer", "un congelador"}});
  const Translator& translator = TestTranslator(model);
  const Translation translation = TranslateOne(
      translator, "a freezer 🇨🇦", {.mode = EmojiMode::kName, .policy = Policy::kStrict});
  EXPECT_EQ(Picture(translation), "a freezer|C(strict)  |C Canadá|B");
  EXPECT_EQ(translation.verdict, Verdict::kPartlyRefused);
  EXPECT_THAT(model->asked, IsEmpty());
}

TEST(TranslatorTest, AModelSeesNoEmojiAndNoHiddenText) {
  auto model = std::make_shared<DictionaryModel>(std::map<std::string, std::string>{});
  const Translator& translator = TestTranslator(model);
  TranslateOne(translator,
               "hi\uFE0F 🇨🇦 you\U000E0041\U000E0042 there 👍🏽 x\u200B. Bye © "
               "🏴󠁧󠁢󠁥󠁮󠁧󠁿 now",
               {});
  EXPECT_THAT(model->asked, ElementsAre("hi⟦0⟧ ⟦1⟧ you⟦2⟧ there ⟦3⟧ x.", "Bye © ⟦0⟧ now"));
}

TEST(TranslatorTest, EachMessageIsJudgedAlone) {
  auto model = std::make_shared<DictionaryModel>(
      std::map<std::string, std::string>{{"I like dogs.", "Me gustan los perros."}});
  const Translator& translator = TestTranslator(model);
  std::vector<Message> messages = {*Normalize("I like dogs."), *Normalize("nobody knows this"),
                                   *Normalize("")};
  TranslateOptions options;
  options.source = TestLocale("en");
  options.target = TestLocale("es");
  EXPECT_TRUE(translator.NeedsModel(messages, options));
  const auto translations = translator.Translate(messages, options);
  ASSERT_EQ(translations.size(), 3u);
  EXPECT_EQ(translations[0].verdict, Verdict::kTranslated);
  EXPECT_EQ(translations[1].verdict, Verdict::kRefused);
  EXPECT_EQ(translations[2].verdict, Verdict::kUnchanged);
  EXPECT_FALSE(translator.NeedsModel({*Normalize("🇨🇦 5! https://a.example/")}, options));
}

TEST(TranslatorTest, DetectsTheLanguage) {
  auto model = std::make_shared<DictionaryModel>(std::map<std::string, std::string>{});
  const Translator& translator = TestTranslator(model);
  EXPECT_EQ(TranslateOne(translator, "I would like to know where the station is, please.",
                         {.from = "", .to = "es"})
                .detected_language,
            "en");
  const Translation uncertain = TranslateOne(translator, "xq", {.from = "", .to = "es"});
  EXPECT_EQ(Picture(uncertain), "xq|C(source_language)");
  EXPECT_EQ(uncertain.detected_language, "");
}

TEST(TranslatorTest, ServesManyThreads) {
  const Translator& translator = TestTranslator(std::make_shared<IdentityModel>());
  constexpr const char* kTexts[] = {"I love 🇨🇦! And dogs🐶and cats.",
                                    "e\u0301 🇨🇦🇨 {{x}} https://a.example", "他在🇨🇦等你。",
                                    "👩‍👩‍👧‍👧‍👧"};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&translator, &kTexts, i] {
      for (int round = 0; round < 50; ++round) {
        const char* text = kTexts[(i + round) % 4];
        const Translation translation = TranslateOne(
            translator, text, {.from = round % 2 ? "en" : "", .mode = EmojiMode::kName});
        EXPECT_EQ(FindBreach(*Normalize(text), translation, translator.book()), std::nullopt);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace signalbook
