// What each fault does to a translation in several languages, and when there is nothing to do.
#include "service/cli/faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace signalbook {
namespace {

constexpr std::nullopt_t kNone = std::nullopt;

struct Row {
  std::string_view what, language, translation;
  std::optional<std::string> bad;
};

void Check(Fault fault, const Row& row, std::string_view source = "",
           std::string_view foreign = "") {
  EXPECT_EQ(Inject(fault, {.source = source,
                           .translation = row.translation,
                           .language = row.language,
                           .foreign = foreign}),
            row.bad)
      << FaultName(fault) << ": " << row.what << ": " << row.translation;
}

TEST(FaultsTest, NamesAreUnique) {
  std::set<std::string_view> names;
  for (int f = 0; f < kFaultCount; ++f) names.insert(FaultName(static_cast<Fault>(f)));
  EXPECT_EQ(names.size(), static_cast<size_t>(kFaultCount));
  EXPECT_EQ(FaultName(Fault::kNumberChanged), "number_changed");
  EXPECT_EQ(FaultName(Fault::kEmojiAdded), "emoji_added");
}

TEST(FaultsTest, ANumberChanged) {
  const Row kRows[] = {
      {"the first digit", "es", "Son las 5 y cuesta 20.", "Son las 6 y cuesta 20."},
      {"nine is followed by one", "en", "9 lives", "1 lives"},
      {"zero", "en", "0.5", "1.5"},
      {"digits of another script stay of that script", "ar", "عمره ٢٥ سنة", "عمره ٣٥ سنة"},
      {"full width", "zh", "我有３只猫", "我有４只猫"},
      {"number words are no digits", "en", "five cats", kNone},
      {"nothing", "en", "", kNone},
      {"not UTF-8", "en", "5\xFF", kNone},
  };
  for (const Row& row : kRows) Check(Fault::kNumberChanged, row);
}

TEST(FaultsTest, ANegationDropped) {
  const Row kRows[] = {
      {"", "ar", "أنا لا أعرف.", "أنا أعرف."},
      {"", "ca", "No ho sé.", " ho sé."},
      {"", "de", "Ich weiß es nicht.", "Ich weiß es ."},
      {"", "en", "I don't know.", "I do  know."},
      {"typographic", "en", "I don’t know.", "I do  know."},
      {"", "en", "He is not here.", "He is  here."},
      {"", "es", "No lo sé.", " lo sé."},
      {"inside", "es", "Ella no está.", "Ella está."},
      {"", "fr", "Je ne sais pas.", "Je ne sais ."},
      {"", "hi", "मुझे नहीं पता।", "मुझे  पता।"},
      {"", "id", "Saya tidak tahu.", "Saya tahu."},
      {"", "it", "Non lo so.", " lo so."},
      {"", "ja", "知りません。", "知り 。"},
      {"", "ko", "안 가요.", " 가요."},
      {"", "nl", "Ik weet het niet.", "Ik weet het ."},
      {"", "pl", "Nie wiem.", " wiem."},
      {"", "pt", "Não sei.", " sei."},
      {"", "ru", "Я не знаю.", "Я знаю."},
      {"", "tr", "Evde değil.", "Evde ."},
      {"", "uk", "Я не знаю.", "Я знаю."},
      {"", "vi", "Tôi không biết.", "Tôi biết."},
      {"", "zh", "我不知道。", "我 知道。"},
      {"only the first", "en", "I did not, not once.", "I did , not once."},
      {"only whole words", "en", "I know nothing of notebooks.", kNone},
      {"only whole words", "de", "Ich habe niemanden im niedrigen Haus gesehen.", kNone},
      {"only whole words", "fr", "Il va passer le passage.", kNone},
      {"only whole words", "nl", "Dat was nietig.", kNone},
      {"only whole words", "es", "Noche y notas.", kNone},
      {"only whole words", "it", "La nonna di maiali.", kNone},
      {"only whole words", "ru", "Небо и несколько.", kNone},
      {"only whole words", "hi", "इसका मतलब क्या है?", kNone},
      {"no negation", "en", "I know.", kNone},
      {"no negation", "zh", "我知道。", kNone},
      {"a language without a list", "sv", "Jag vet inte.", kNone},
  };
  for (const Row& row : kRows) Check(Fault::kNegationDropped, row);
}

TEST(FaultsTest, ANameSwapped) {
  const struct {
    std::string_view source;
    Row row;
  } kRows[] = {
      {"I saw Tom there.", {"", "es", "Allí vi a Tom.", "Allí vi a Jennifer."}},
      {"Meet Tom and Anna.",
       {"the first", "de", "Triff Tom und Anna.", "Triff Jennifer und Anna."}},
      {"I saw Jennifer.", {"for another", "es", "Vi a Jennifer.", "Vi a Roberto."}},
      {"Я вижу Анну.", {"Cyrillic", "uk", "Я бачу Анну.", "Я бачу Jennifer."}},
      {"Tom sleeps.", {"every sentence begins with a capital", "es", "Tom duerme.", kNone}},
      {"I see a house.", {"a capital that the source has not", "de", "Ich sehe Hans.", kNone}},
      {"I am in LA now.", {"too short to be sure", "es", "Ahora estoy en LA.", kNone}},
      {"我看见汤姆。", {"no capitals", "zh", "我看见汤姆。", kNone}},
  };
  for (const auto& row : kRows) Check(Fault::kNameSwapped, row.row, row.source);
}

TEST(FaultsTest, AWordRepeated) {
  const Row kRows[] = {
      {"the last", "es", "Te amo.", "Te amo amo amo amo amo amo amo."},
      {"one letter of Han", "zh", "我爱你", "我爱你 你 你 你 你 你 你"},
      {"no word", "en", "...", kNone},
  };
  for (const Row& row : kRows) Check(Fault::kWordRepeated, row);
}

TEST(FaultsTest, Truncated) {
  const Row kRows[] = {
      {"a third is left", "en", "One two three four five six seven eight nine.",
       "One two three four"},
      {"the shortest", "es", "Uno, dos, tres, cuatro.", "Uno, dos"},
      {"Han", "zh", "我在家里等你", "我在家"},
      {"too short to cut", "en", "One two three.", kNone},
  };
  for (const Row& row : kRows) Check(Fault::kTruncated, row);
}

TEST(FaultsTest, AGuardedPhraseAdded) {
  const Row kRows[] = {
      {"", "en", "Hello.", "Hello. He's in prison."},
      {"", "es", "Hola.", "Hola. Está en la cárcel."},
      {"", "zh", "你好。", "你好。 他在监狱里。"},
      {"", "ar", "مرحبا.", "مرحبا. إنه في السجن."},
      {"a language without one", "sv", "Hej.", kNone},
  };
  for (const Row& row : kRows) Check(Fault::kGuardedPhraseAdded, row);
}

TEST(FaultsTest, AnotherTextAltogether) {
  Check(Fault::kWrongLanguage, {"", "es", "Hola.", "Guten Tag."}, "Hello.", "Guten Tag.");
  Check(Fault::kWrongLanguage, {"none at hand", "es", "Hola.", kNone}, "Hello.", "");
  Check(Fault::kUntranslated, {"", "es", "Hola.", "Hello."}, "Hello.");
  Check(Fault::kEmojiAdded, {"", "es", "Hola.", "Hola. 🇨🇦"}, "Hello.");
}

TEST(FaultsTest, WhatIsNotTextHasNoFault) {
  for (int f = 0; f < kFaultCount; ++f) {
    const auto fault = static_cast<Fault>(f);
    Check(fault, {"translation", "en", "no 1 \xC3", kNone}, "ok", "ja");
    Check(fault, {"source", "en", "I do not see 1 of them", kNone}, "\xFF", "ja");
  }
}

}  // namespace
}  // namespace signalbook
