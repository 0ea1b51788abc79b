// Approved phrases and market overlays: what is matched, what leaves, and that nothing else does.
#include "translator/phrases.h"

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/small_data.h"
#include "tests/support/test_book.h"
#include "translator/book_builder.h"
#include "translator/law.h"
#include "translator/tsv.h"

namespace signalbook {
namespace {

TEST(PhraseKeyTest, LeavesOutWhatDoesNotCount) {
  const struct {
    const char* what;
    const char* text;
    const char* key;
  } kRows[] = {
      {"case", "How Are You", "how are you"},
      {"case of German", "GRÜSSE", "grüsse"},
      {"sharp s folds as its capital does", "Grüße", "grüsse"},
      {"punctuation around it", "¡¡Hola!!", "hola"},
      {"full-width punctuation", "你好！", "你好"},
      {"white space", "  good \t morning ", "good morning"},
      {"a comma inside", "no, thanks", "no thanks"},
      {"an ideographic comma", "好的，谢谢", "好的 谢谢"},
      {"a typographic apostrophe", "don’t worry", "don't worry"},
      {"not NFC", "que\xCC\x81 tal", "qué tal"},
      {"what is no whole repetition stays", "hahahah", "hahahah"},
      {"laughter of whole syllables", "hahahaha", "hahaha"},
      {"one letter", "kkkkkkk", "kkk"},
      {"one letter, twice: another word", "kk", "kk"},
      {"Han", "哈哈哈哈哈", "哈哈哈"},
      {"numbers are no laughter", "5555", "5555"},
      {"no phrase: other punctuation inside", "a: b", ""},
      {"no phrase: two sentences", "ok. bye", ""},
      {"no phrase: nothing left", "?!", ""},
      {"no phrase: not UTF-8", "a\xFF", ""},
  };
  for (const auto& row : kRows) EXPECT_EQ(PhraseKey(row.text), row.key) << row.what;
}

class PhrasesTest : public ::testing::Test {
 protected:
  static const Translator& TheTranslator() {
    static const Translator* translator = [] {
      const SmallData data;
      data.Write("phrases/en/es.tsv",
                 "haha\tjaja\t\n"
                 "hahaha\tjajaja\t\n"
                 "hello\thola\t\n"
                 "no\tno\t\n"
                 "ok\tvale\t\n"
                 "thanks\tgracias\t\n");
      data.Write("phrases/en/es-419.tsv", "ok\tdale\t\n");
      data.Write("phrases/zh/es.tsv", "no\tno\t\nok\tbien\t\n你好\thola\t\n");
      data.Write("phrases/es/en.tsv", "hola\thello\t\nno\tno\t\nqué tal\thow are you\t\n");
      data.Write("phrases/marks.tsv", "root\t¡\t\nroot\t¿\t\nroot\t！\t!\nzh\t!\t！\n");
      data.Write("markets/XX.tsv",
                 "es\t1F1E8-1F1E6\tEl Canadá\tCanadá\ta test\ta source\n"
                 "root\t1F525\t!blocked\t\ta test\ta source\n");
      data.Write("protected.tsv", "url\thttps?://\\S+\thttp://a.b\tx\n");
      absl::StatusOr<BuiltBook> built = BuildBook(data.dir(), {});
      if (!built.ok()) ADD_FAILURE() << built.status();
      for (const Finding& finding : built->findings) ADD_FAILURE() << ToString(finding);
      auto created = Translator::Create(*Book::FromImage(built->image), nullptr);
      if (!created.ok()) ADD_FAILURE() << created.status();
      return created->release();
    }();
    return *translator;
  }

  static Translation Translate(std::string_view text, std::string_view from, std::string_view to,
                               Policy policy = Policy::kStrict) {
    const Translator& translator = TheTranslator();
    TranslateOptions options{.target = *translator.book().locales().Resolve(to), .policy = policy};
    if (!from.empty()) options.source = translator.book().locales().Resolve(from);
    std::vector<Message> messages;
    messages.push_back(*Normalize(text));
    Translation translation = std::move(translator.Translate(messages, options).front());
    EXPECT_EQ(FindBreach(messages.front(), translation, translator.book()), std::nullopt) << text;
    return translation;
  }
};

TEST_F(PhrasesTest, Translate) {
  const struct {
    const char* what;
    const char* from;
    const char* to;
    const char* text;
    const char* picture;
  } kRows[] = {
      {"a phrase", "en", "es", "hello", "hola|P"},
      {"a capital stays", "en", "es", "Hello", "Hola|P"},
      {"all capitals: the row's own, with one", "en", "es", "HELLO", "Hola|P"},
      {"punctuation stays", "en", "es", "Hello!!", "Hola|P !|C !|C"},
      {"a mark is written in the way of the target", "en", "zh", "!", "!|C"},
      {"a mark that the target has not", "es", "en", "¡Hola!", "|P Hello|P !|C"},
      {"a full-width mark", "zh", "es", "你好！", "hola|P !|P"},
      {"clauses", "en", "es", "ok, thanks", "vale|P ,|C  |C gracias|P"},
      {"all clauses or none", "en", "es", "ok, Anna", "ok, Anna|C(strict)"},
      {"sentences are judged one by one", "en", "es", "Thanks. I am here.",
       "Gracias|P .|C  |C I am here.|C(strict)"},
      {"an emoji within", "en", "es", "hello 👍 thanks", "hola|P  |C 👍|C  |C gracias|P"},
      {"an emoji within what is no phrase", "en", "es", "hello 👍 Anna",
       "hello |C(strict) 👍|C  Anna|C(strict)"},
      {"laughter of any length", "en", "es", "hahahahahaha!", "jajaja|P !|C"},
      {"a word of a phrase is no phrase", "en", "es", "hello there", "hello there|C(strict)"},
      {"no phrase in a longer word", "en", "es", "okay", "okay|C(strict)"},
      {"inherited on both sides", "en-CA", "es-AR", "thanks", "gracias|P"},
      {"the nearest target first", "en-CA", "es-AR", "ok", "dale|P"},
      {"no pair", "es", "zh", "hola", "hola|C(strict)"},
      {"not the other way round", "es", "en", "gracias", "gracias|C(strict)"},
      {"no language named, all agree", "", "es", "no", "no|P"},
      {"no language named, they do not agree", "", "es", "ok", "ok|C(strict)"},
      {"the same language", "es", "es-419", "hola", "hola|C"},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(Picture(Translate(row.text, row.from, row.to)), row.picture) << row.what;
  }
}

TEST_F(PhrasesTest, ComeBeforeTheModel) {
  // There is no model, so what is no phrase is refused with another reason.
  EXPECT_EQ(Picture(Translate("Thanks. I am here.", "en", "es", Policy::kGuarded)),
            "Gracias|P .|C  |C I am here.|C(language_pair)");
}

TEST_F(PhrasesTest, LawSeesAForgedPhrase) {
  const Message message = *Normalize("hello");
  const Translation honest = Translate("hello", "en", "es");
  ASSERT_EQ(honest.pieces.size(), 1U);
  const auto breach = [&](auto change) {
    Translation forged = honest;
    change(&forged);
    forged.pieces[0].target.end = forged.text.size();
    return FindBreach(message, forged, TheTranslator().book()).has_value();
  };
  EXPECT_FALSE(breach([](Translation*) {}));
  EXPECT_TRUE(breach([](Translation* t) { t->text = "adiós"; }));
  EXPECT_TRUE(breach([](Translation* t) { t->pieces[0].entry.reset(); }));
  EXPECT_TRUE(breach([](Translation* t) { t->pieces[0].entry->key = "phrase/thanks"; }));
  EXPECT_TRUE(breach([](Translation* t) { t->pieces[0].entry->key = "mark/hello"; }));
  EXPECT_TRUE(breach([](Translation* t) { t->pieces[0].entry->source = "phrases/zh/es"; }));
  EXPECT_TRUE(breach([](Translation* t) { t->pieces[0].entry->locale = "es-419"; }));
}

TEST_F(PhrasesTest, MarketsComeFirst) {
  const Translator& translator = TheTranslator();
  const Book& book = translator.book();
  ASSERT_EQ(book.MarketNames(), (std::vector<std::string_view>{"XX"}));
  EXPECT_EQ(book.Market("YY"), std::nullopt);
  EXPECT_EQ(book.Market("xx"), std::nullopt);
  const auto picture = [&](std::string_view text, std::string_view to, MarketId market) {
    std::vector<Message> messages;
    messages.push_back(*Normalize(text));
    const TranslateOptions options{.source = book.locales().Resolve("en"),
                                   .target = *book.locales().Resolve(to),
                                   .emoji_mode = EmojiMode::kName,
                                   .market = market};
    const Translation translation = translator.Translate(messages, options).front();
    EXPECT_EQ(FindBreach(messages.front(), translation, book), std::nullopt) << text;
    return Picture(translation);
  };
  const MarketId market = *book.Market("XX");
  EXPECT_EQ(picture("🇨🇦", "es", kNoMarket), "Canadá|B");
  EXPECT_EQ(picture("🇨🇦", "es", market), "El Canadá|B");
  EXPECT_EQ(picture("🇨🇦", "es-AR", market), "El Canadá|B") << "inherited";
  EXPECT_EQ(picture("🇨🇦", "en", market), "Canada|B") << "the overlay says nothing in en";
  EXPECT_EQ(picture("🇺🇸", "es", market), "Estados Unidos|B");
  EXPECT_EQ(picture("🔥", "es", market), "🔥|C(markets/XX)") << "blocked for the whole market";
}

// Every row of data/phrases/, as a chat client would send it.
TEST(PhraseTablesTest, EveryRowLeavesUnderStrict) {
  const Translator& translator = TestTranslator(nullptr);
  const std::filesystem::path folder = SIGNALBOOK_SOURCE_DIR "/data/phrases";
  std::map<std::string, int> pairs;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.path().parent_path() == folder) continue;
    const std::string from = entry.path().parent_path().filename();
    const std::string to = entry.path().stem();
    const Tsv tsv = ParseTsv(*ReadFile(entry.path()), 3);
    for (const std::vector<std::string>& row : tsv.rows) {
      for (const auto& [text, expected] :
           {std::pair(row[0], row[1]), std::pair("«" + row[0] + "»", "«" + row[1] + "»"),
            std::pair(row[0] + " 🇨🇦", row[1] + " 🇨🇦")}) {
        const Translation translation =
            TranslateOne(translator, text, {.from = from, .to = to, .policy = Policy::kStrict});
        EXPECT_EQ(translation.text, expected) << from << " → " << to;
        EXPECT_EQ(FindBreach(*Normalize(text), translation, translator.book()), std::nullopt)
            << text;
      }
      ++pairs[from + "→" + to];
    }
  }
  // Both directions of eight languages with English.
  EXPECT_EQ(pairs.size(), 16U);
  for (const auto& [pair, rows] : pairs) EXPECT_GE(rows, 200) << pair;
}

// The documented example of what must not leave: no phrase speaks of prison. Greetings and answers are what
// phrases are for.
TEST(PhraseTablesTest, NoRowSpeaksOfAGuardedConcept) {
  const Gate& gate = TestGate();
  const std::filesystem::path folder = SIGNALBOOK_SOURCE_DIR "/data/phrases";
  const LocaleId neutral = TestLocale("en");
  const std::set<std::string> harmless = {"no_guards", "interjection", "bare-answer", "nowhere"};
  int judged = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.path().parent_path() == folder) continue;
    const Tsv tsv = ParseTsv(*ReadFile(entry.path()), 3);
    for (const std::vector<std::string>& row : tsv.rows) {
      const std::optional<Refusal> refusal =
          gate.Judge({.source = "I like the weather today and the house over there",
                      .candidate = row[1],
                      .source_locale = neutral,
                      .target_locale = TestLocale(entry.path().stem().string())});
      const bool guarded = refusal && refusal->reason == Reason::kGuardedConcept;
      EXPECT_TRUE(!guarded || harmless.contains(refusal->rule)) << row[1] << " " << refusal->rule;
      ++judged;
    }
  }
  EXPECT_GT(judged, 4000);
}

}  // namespace
}  // namespace signalbook
