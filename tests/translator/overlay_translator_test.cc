// A book with rows of people on top, in a translator: the gate, and the law.
#include <map>
#include <random>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_models.h"
#include "tests/support/small_data.h"
#include "tests/support/test_book.h"
#include "tests/translator/overlay_support.h"
#include "translator/law.h"
#include "translator/overlay.h"
#include "translator/translator.h"

namespace signalbook {
namespace {

using ::testing::IsEmpty;

TEST(WithBookTest, SharesTheGateUnlessGuardsDiffer) {
  const Translator& translator = TestTranslator(nullptr);
  const auto renamed = translator.WithBook(WithNames(TestBook(), {{"es", "👍", "bien"}}));
  ASSERT_TRUE(renamed.ok()) << renamed.status();
  EXPECT_EQ(&(*renamed)->gate(), &translator.gate());
  EXPECT_EQ(&(*renamed)->protector(), &translator.protector());
  EXPECT_EQ(&(*renamed)->round_trip(), &translator.round_trip());
  EXPECT_EQ(TranslateOne(**renamed, "👍", {.mode = EmojiMode::kName}).text, "bien");
  EXPECT_EQ(TranslateOne(translator, "👍", {.mode = EmojiMode::kName}).text, "pulgar arriba");

  OverlayRows rows;
  rows.guards = {{"es", "blocked", "zarandaja"}};
  const auto guarded = (*renamed)->WithBook(WithOverlay(TestBook(), rows));
  ASSERT_TRUE(guarded.ok()) << guarded.status();
  EXPECT_NE(&(*guarded)->gate(), &translator.gate());
  EXPECT_EQ(TranslateOne(**guarded, "👍", {.mode = EmojiMode::kName}).text, "pulgar arriba");
  const auto back = (*guarded)->WithBook(TestBook());
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(&(*back)->book(), TestBook().get());

  const auto other = translator.WithBook(Build(SmallData()));
  EXPECT_EQ(other.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(WithBookTest, ABlockedTermStaysInside) {
  const auto model = std::make_shared<DictionaryModel>(std::map<std::string, std::string>{
      {"I like dogs.", "Me gustan los perros."}, {"I like cats.", "Me gustan los gatos."}});
  const Translator& translator = TestTranslator(model);
  const TestOptions options{.from = "en", .to = "es"};
  ASSERT_EQ(TranslateOne(translator, "I like dogs.", options).text, "Me gustan los perros.");
  for (const char* locale : {"es", "root"}) {
    OverlayRows rows;
    rows.guards = {{locale, "blocked", "perros"}};
    std::vector<std::string> ignored;
    const auto guarded = translator.WithBook(WithOverlay(TestBook(), rows, &ignored));
    ASSERT_TRUE(guarded.ok()) << guarded.status();
    EXPECT_THAT(ignored, IsEmpty());
    const Translation refused = TranslateOne(**guarded, "I like dogs.", options);
    EXPECT_EQ(refused.text, "I like dogs.") << locale;
    EXPECT_EQ(refused.verdict, Verdict::kRefused) << locale;
    ASSERT_FALSE(refused.pieces.empty());
    ASSERT_TRUE(refused.pieces[0].refusal) << locale;
    EXPECT_EQ(refused.pieces[0].refusal->reason, Reason::kBlockedTerm) << locale;
    EXPECT_EQ(TranslateOne(**guarded, "I like cats.", options).text, "Me gustan los gatos.");
  }
  EXPECT_EQ(TranslateOne(translator, "I like dogs.", options).text, "Me gustan los perros.")
      << "the other translator does not know";
}

// ---- the law ----

// Names that are fit, names that are not, blocks and markets, anywhere.
OverlayRows RandomRows(const Book& book, uint64_t seed, size_t count) {
  constexpr const char* kTexts[] = {"uno",  "dos palabras", "名",         "اسم",     "🔥",
                                    "x 🇨🇦", "a\u202Eb",     "\U000E0067", "a\uFE0F", "",
                                    "\xC3", "e\u0301"};
  const char* const kLocales[] = {"es", "es-419", "es-AR", "zh", "ar", "pt", "pt-PT", "en", "root"};
  std::mt19937_64 random(seed);
  const auto draw = [&](size_t below) { return static_cast<size_t>(random() % below); };
  OverlayRows rows;
  for (size_t i = 0; i < count; ++i) {
    OverlayName name;
    name.locale = Locale(book, kLocales[draw(std::size(kLocales))]);
    name.key = static_cast<KeyId>(draw(book.key_count()));
    if (draw(4) == 0) name.market = static_cast<MarketId>(draw(book.MarketNames().size()));
    name.blocked = draw(4) == 0;
    name.text = kTexts[draw(std::size(kTexts))];
    name.alternates = kTexts[draw(std::size(kTexts))];
    rows.names.push_back(std::move(name));
  }
  return rows;
}

TEST(OverlayLawTest, HoldsForEverySequenceWhateverPeopleWrote) {
  const Translator& translator =
      TestTranslator(std::make_shared<HostileModel>(Hostility::kAddEmoji));
  const OverlayRows rows = RandomRows(*TestBook(), 20191219, 500);
  std::vector<std::string> ignored;
  const auto book = WithOverlay(TestBook(), rows, &ignored);
  EXPECT_GT(ignored.size(), 100u);
  EXPECT_LT(ignored.size(), 400u);
  const auto merged = translator.WithBook(book);
  ASSERT_TRUE(merged.ok()) << merged.status();
  std::map<std::string, size_t> sources;
  for (const char* tag : {"es", "es-AR", "zh", "ar", "pt-PT"}) {
    for (const char* market : {"", "CN", "TW"}) {
      TranslateOptions options;
      options.source = TestLocale("en");
      options.target = TestLocale(tag);
      options.emoji_mode = EmojiMode::kName;
      if (*market != '\0') options.market = *book->Market(market);
      for (KeyId first = 0; first < book->key_count(); first += 64) {
        std::vector<std::string> texts;
        for (KeyId key = first; key < book->key_count() && key < first + 64; ++key) {
          texts.push_back("see " + std::string(book->key(key).fully_qualified) + " now");
        }
        std::vector<Message> messages;
        for (const std::string& text : texts) messages.push_back(*Normalize(text));
        const std::vector<Translation> answers = (*merged)->Translate(messages, options);
        for (size_t i = 0; i < answers.size(); ++i) {
          ASSERT_THAT(FindBreaches(messages[i], answers[i], *book), IsEmpty())
              << messages[i].text() << " → " << tag << ": " << answers[i].text;
          // Named or kept, and no other emoji beside it.
          const std::string_view sequence = book->key(first + i).fully_qualified;
          std::string rest = answers[i].text;
          if (const size_t at = rest.find(sequence); at != std::string::npos) {
            rest.erase(at, sequence.size());
          }
          std::vector<EmojiCluster> clusters;
          FindEmoji(rest, book->emoji(), &clusters);
          ASSERT_TRUE(clusters.empty()) << messages[i].text() << " → " << answers[i].text;
          for (const Piece& piece : answers[i].pieces) {
            if (piece.entry) ++sources[std::string(piece.entry->source)];
          }
        }
      }
    }
  }
  EXPECT_GT(sources["moderated"], 0u);
  EXPECT_GT(sources["moderated/CN"], 0u);
  EXPECT_GT(sources["composed/moderated"], 0u);
}

// A check that cannot fail is none.
TEST(OverlayLawTest, KnowsARowThatIsNotThere) {
  const auto book = WithNames(TestBook(), {{"es", "👍", "bien"}, {"zh@CN", "👍", "好"}});
  const auto translator = TestTranslator(nullptr).WithBook(book);
  ASSERT_TRUE(translator.ok());
  const Message message = *Normalize("👍");
  Translation answer = TranslateOne(**translator, "👍", {.mode = EmojiMode::kName});
  ASSERT_EQ(answer.text, "bien");
  EXPECT_EQ(FindBreach(message, answer, *book), std::nullopt);
  EXPECT_NE(FindBreach(message, answer, *TestBook()), std::nullopt) << "the file does not say so";
  answer.pieces[0].entry->source = "moderated/CN";
  EXPECT_NE(FindBreach(message, answer, *book), std::nullopt) << "not that row";

  answer.text = "好";
  answer.pieces[0].target.end = answer.text.size();
  answer.pieces[0].entry->locale = "zh";
  EXPECT_EQ(FindBreach(message, answer, *book), std::nullopt);
  answer.pieces[0].entry->source = "markets/CN";
  EXPECT_NE(FindBreach(message, answer, *book), std::nullopt) << "data/ does not say so";
}

}  // namespace
}  // namespace signalbook
