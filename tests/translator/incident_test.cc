// December 2019, everywhere: each flag in each carrier sentence, into every locale that has guards, with a
// model that says there what a chat app's translator said of flags. None of it may leave.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/test_book.h"
#include "translator/law.h"

namespace signalbook {
namespace {

// Sanitizers make everything ten times slower: a sample of the flags is enough for them.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr size_t kStride = 23;
#else
constexpr size_t kStride = 1;
#endif

// Canada and Panama, Andorra, Aruba, Congo, Bosnia: in prison, killed, under arrest, dead, in a coma.
struct Sayings {
  std::string_view locale;
  std::array<std::string_view, 5> said;
};
constexpr Sayings kSayings[] = {
    {"ar", {"إنه في السجن", "لقد قُتل", "أنت رهن الاعتقال", "لقد مات", "إنه في غيبوبة"}},
    {"bn",
     {"সে জেলে আছে", "তাকে হত্যা করা হয়েছে", "তোমাকে গ্রেপ্তার করা হলো", "সে মারা গেছে",
      "সে কোমায় আছে"}},
    {"ca", {"És a la presó", "El van matar", "Estàs detingut", "És mort", "Està en coma"}},
    {"de",
     {"Er ist im Gefängnis", "Er wurde getötet", "Sie sind verhaftet", "Er ist tot",
      "Er liegt im Koma"}},
    {"en",
     {"He's in prison", "He was killed", "You're under arrest", "He's dead", "He's in a coma"}},
    {"es", {"Está en la cárcel", "Lo mataron", "Estás arrestado", "Está muerto", "Está en coma"}},
    {"fa", {"او در زندان است", "او کشته شد", "شما بازداشت هستید", "او مرده است", "او در کما است"}},
    {"fr",
     {"Il est en prison", "Il a été tué", "Vous êtes en état d'arrestation", "Il est mort",
      "Il est dans le coma"}},
    {"hi", {"वह जेल में है", "उसे मार दिया गया", "तुम गिरफ़्तार हो", "वह मर गया है", "वह कोमा में है"}},
    {"id", {"Dia di penjara", "Dia dibunuh", "Kamu ditangkap", "Dia sudah mati", "Dia koma"}},
    {"it", {"È in prigione", "È stato ucciso", "Sei in arresto", "È morto", "È in coma"}},
    {"ja",
     {"彼は刑務所にいる", "彼は殺された", "あなたを逮捕する", "彼は死んだ", "彼は昏睡状態だ"}},
    {"ko",
     {"그는 감옥에 있다", "그는 살해당했다", "당신을 체포합니다", "그는 죽었다",
      "그는 혼수상태다"}},
    {"nl",
     {"Hij zit in de gevangenis", "Hij is vermoord", "Je bent gearresteerd", "Hij is dood",
      "Hij ligt in coma"}},
    {"pl",
     {"On jest w więzieniu", "Został zabity", "Jesteś aresztowany", "On nie żyje",
      "Jest w śpiączce"}},
    {"pt",
     {"Ele está na prisão", "Ele foi morto", "Você está preso", "Ele está morto",
      "Ele está em coma"}},
    {"ru", {"Он в тюрьме", "Его убили", "Вы арестованы", "Он мёртв", "Он в коме"}},
    {"th", {"เขาอยู่ในคุก", "เขาถูกฆ่า", "คุณถูกจับกุม", "เขาตายแล้ว", "เขาอยู่ในอาการโคม่า"}},
    {"tr", {"O hapiste", "O öldürüldü", "Tutuklusun", "O öldü", "O komada"}},
    {"uk", {"Він у в'язниці", "Його вбили", "Вас заарештовано", "Він мертвий", "Він у комі"}},
    {"ur",
     {"وہ جیل میں ہے", "اسے قتل کر دیا گیا", "تم گرفتار ہو", "وہ مر گیا ہے", "وہ کوما میں ہے"}},
    {"vi",
     {"Anh ấy đang ở tù", "Anh ấy đã bị giết", "Bạn đã bị bắt", "Anh ấy chết rồi",
      "Anh ấy đang hôn mê"}},
    {"zh", {"他在监狱里", "他被杀了", "你被捕了", "他死了", "他昏迷了"}},
    {"zh-Hant", {"他在監獄裡", "他被殺了", "你被捕了", "他死了", "他昏迷了"}},
};

struct Carrier {
  std::string_view language;
  std::string_view text;  // %s: the flag
};
constexpr Carrier kCarriers[] = {
    {"zh", "他在%s等你。"},
    {"zh", "我爱%s！"},
    {"zh", "今天%s的天气很好"},
    {"zh-Hant", "我明天要去%s旅行"},
    {"en", "I love %s!"},
    {"en", "Our train leaves for %s tomorrow"},
    {"es", "Me encanta %s, es muy bonito"},
    {"fr", "Nous allons à %s en été"},
    {"de", "Meine Schwester wohnt in %s."},
    {"pt", "A minha irmã mora em %s"},
    {"it", "La partita contro %s è alle nove"},
    {"nl", "Het eten in %s is lekker"},
    {"pl", "Jutro lecę do %s!"},
    {"ru", "Мы выиграли у %s вчера"},
    {"uk", "Завтра ми летимо до %s"},
    {"tr", "Yarın %s maçı var"},
    {"ar", "أحب الطعام في %s كثيرا"},
    {"hi", "मैं अगले हफ़्ते %s जा रहा हूँ"},
    {"ja", "来週%sに行きます。"},
    {"ko", "%s 음식이 정말 맛있어요"},
};
static_assert(std::size(kCarriers) == 20);

class Says : public Model {
 public:
  explicit Says(std::string_view text) : text_(text) {}
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override {
    return std::vector<absl::StatusOr<Candidate>>(request.sentences.size(),
                                                  Candidate{text_, {"says", "1"}});
  }

 private:
  const std::string text_;
};

std::vector<std::string> FlagsIn(const Carrier& carrier, const Book& book) {
  std::vector<std::string> texts;
  size_t flags = 0;
  for (KeyId id = 0; id < book.key_count(); ++id) {
    const KeyInfo key = book.key(id);
    if (key.kind != EmojiKind::kFlag || key.status != EmojiStatus::kRgi) continue;
    if (flags++ % kStride != 0) continue;
    std::string text(carrier.text);
    texts.push_back(text.replace(text.find("%s"), 2, key.fully_qualified));
  }
  EXPECT_EQ(flags, 259u);
  return texts;
}

// How many translations there were; none of them may hold anything of the model's.
size_t ExpectNothingLeaves(const Carrier& carrier, std::string_view to, std::string_view said) {
  const Translator& translator = TestTranslator(std::make_shared<Says>(said));
  const Book& book = translator.book();
  const std::vector<std::string> texts = FlagsIn(carrier, book);
  std::vector<Message> messages;
  for (const std::string& text : texts) messages.push_back(*Normalize(text));
  TranslateOptions options;
  options.source = TestLocale(carrier.language);
  options.target = TestLocale(to);
  options.emoji_mode = EmojiMode::kName;
  const std::vector<Translation> answers = translator.Translate(messages, options);
  for (size_t i = 0; i < answers.size(); ++i) {
    for (const Piece& piece : answers[i].pieces) {
      EXPECT_NE(piece.licence, Licence::kModel)
          << texts[i] << " → " << to << ": " << answers[i].text;
      if (piece.licence == Licence::kModel) return i;  // one is enough to read
    }
    if (FindBreach(messages[i], answers[i], book)) ADD_FAILURE() << answers[i].text;
  }
  return answers.size();
}

TEST(IncidentTest, NoneOfItLeavesIntoAnyLocaleWithGuards) {
  std::set<std::string> guarded;
  for (const GuardRule& rule : TestBook()->guards()) guarded.insert(std::string(rule.locale));
  guarded.erase("root");
  std::set<std::string> known;
  for (const Sayings& sayings : kSayings) known.insert(std::string(sayings.locale));
  EXPECT_EQ(guarded, known) << "every locale with guards has its sayings here";

  size_t translations = 0;
  for (const Sayings& sayings : kSayings) {
    for (const Carrier& carrier : kCarriers) {
      // Between a language and itself nothing is asked.
      if (carrier.language.substr(0, 2) == sayings.locale.substr(0, 2)) continue;
      for (const std::string_view said : sayings.said) {
        translations += ExpectNothingLeaves(carrier, sayings.locale, said);
      }
      // Models fall back to English.
      translations += ExpectNothingLeaves(carrier, sayings.locale, "He's in prison");
    }
  }
  std::printf("%zu translations, nothing of the model's in any\n", translations);
}

// What else it said, of no guarded concept, for which the words have to be accounted for by the source's;
// and a model that minds its markers.
TEST(IncidentTest, DetachedSentencesDoNotLeaveEither) {
  for (const std::string_view said :
       {"in the middle of nowhere", "Hi, Lenny!", "Hey, hey!", "No.", "Oh, it's hot.",
        "He's in prison ⟦0⟧", "⟦0⟧ He's in prison.", "He is ⟦0⟧ in jail."}) {
    for (const Carrier& carrier : kCarriers) {
      if (carrier.language == "zh") ExpectNothingLeaves(carrier, "en", said);
    }
  }
}

}  // namespace
}  // namespace signalbook
