#include "translator/language.h"

#include <gtest/gtest.h>

#include <string_view>

namespace signalbook {
namespace {

TEST(DetectLanguageTest, Table) {
  constexpr std::string_view kNone = "none";
  constexpr struct {
    std::string_view description, text, hint, expected;
  } kRows[] = {
      {"English", "I think we should meet at the station tomorrow morning", "", "en"},
      {"Spanish", "Creo que mañana deberíamos vernos en la estación", "", "es"},
      {"French", "Je pense que nous devrions nous voir à la gare demain", "", "fr"},
      {"German", "Ich glaube, wir sollten uns morgen am Bahnhof treffen", "", "de"},
      {"Portuguese", "Acho que amanhã devíamos nos encontrar na estação", "", "pt"},
      {"Italian", "Penso che dovremmo vederci alla stazione domani mattina", "", "it"},
      {"Catalan", "Crec que demà al matí ens hauríem de veure a l'estació", "", "ca"},
      {"Russian", "Думаю, нам стоит встретиться завтра на вокзале", "", "ru"},
      {"Arabic", "أعتقد أننا يجب أن نلتقي غدا في المحطة صباحا", "", "ar"},
      {"simplified Chinese", "我认为我们明天早上应该在车站见面", "", "zh"},
      {"traditional Chinese", "我認為我們明天早上應該在車站見面", "", "zh-Hant"},
      {"Hebrew has a new code", "אני חושב שכדאי שניפגש מחר בתחנה", "", "he"},
      {"short, script is enough: Kana", "うん", "", "ja"},
      {"short, Kana and Han", "大丈夫だよ", "", "ja"},
      {"short, script is enough: Hangul", "네", "", "ko"},
      {"short, script is enough: Thai", "ครับ", "", "th"},
      {"short, script is enough: Greek", "Ναι", "", "el"},
      {"scripts of two languages", "네 ครับ", "", kNone},
      {"short, Han alone could be two languages", "你好", "", kNone},
      {"short, Han alone with a hint", "你好", "zh", "zh"},
      {"short Latin", "hola", "", kNone},
      {"short Latin with a hint", "hola", "es", "es"},
      {"hint with a region", "hola", "es-AR", "es"},
      {"a hint does not beat what is sure", "I think we should meet at the station tomorrow", "es",
       "en"},
      {"unknown hint", "hola", "xx", kNone},
      {"nothing", "", "", kNone},
      {"no letters", "12:30 :-)", "", kNone},
      {"not UTF-8", "I think we should meet \xFF tomorrow at the station", "", kNone},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(DetectLanguage(row.text, row.hint).value_or(std::string(kNone)), row.expected)
        << row.description;
  }
}

}  // namespace
}  // namespace signalbook
