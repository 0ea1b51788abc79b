// The law, on everything finite: every sequence the book knows × every locale it names them in ×
// carrier sentences × a model that does its worst. Not one byte without a licence may leave.
#include "translator/law.h"

#include <array>
#include <cstdio>
#include <set>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_models.h"
#include "tests/support/test_book.h"

namespace signalbook {
namespace {

// Sanitizers make everything ten times slower: a sample of the sequences is enough for them.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr size_t kStride = 23;
#else
constexpr size_t kStride = 1;
#endif

struct Carrier {
  const char* language;
  const char* before;
  const char* after;
};
constexpr Carrier kCarriers[] = {
    {"zh", "他在", "等你。"},            // the shape of December 2019
    {"en", "I love ", "!"},              // at the edge of a sentence
    {"en", "see you in ", " tomorrow"},  // inside a clause
    {"fr", "", ""},                      // alone
};

// Says something else, and something worse, each time.
class WorstModel : public Model {
 public:
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override {
    std::vector<absl::StatusOr<Candidate>> answers;
    for (const std::string& sentence : request.sentences) {
      ModelRequest one = request;
      one.sentences = {sentence};
      auto said = models_[next_++ % models_.size()]->Translate(one);
      answers.push_back(said.empty() ? absl::InternalError("said nothing")
                                     : std::move(said.front()));
    }
    return answers;
  }

 private:
  std::vector<std::unique_ptr<Model>> models_ = [] {
    std::vector<std::unique_ptr<Model>> models;
    for (Hostility hostility : kQuickHostilities) {
      models.push_back(std::make_unique<HostileModel>(hostility));
    }
    return models;
  }();
  size_t next_ = 0;
};

// Whether the gate can let model text out in a locale at all: elsewhere all carriers and modes
// end alike.
bool HasGuards(const Book& book, LocaleId locale) {
  for (const GuardRule& guard : book.guards()) {
    for (LocaleId at = locale; at != kRootLocale; at = book.locales().parent(at)) {
      if (book.locales().tag(at) == guard.locale) return true;
    }
  }
  return false;
}

TEST(LawTest, HoldsForEverySequenceInEveryLocaleWhateverTheModelSays) {
  const Translator& translator = TestTranslator(std::make_shared<WorstModel>());
  const Book& book = translator.book();
  size_t translations = 0;
  size_t licensed_by_gate = 0;
  size_t rendered = 0;
  size_t approved = 0;  // how many renderings the book has for what was asked
  for (LocaleId target : book.NamedLocales()) {
    const bool guarded = HasGuards(book, target);
    for (const Carrier& carrier : kCarriers) {
      for (EmojiMode mode : {EmojiMode::kKeep, EmojiMode::kName, EmojiMode::kKeepAndName}) {
        if (!guarded && (&carrier != &kCarriers[2] || mode != EmojiMode::kKeepAndName)) continue;
        TranslateOptions options;
        options.source = TestLocale(carrier.language);
        options.target = target;
        options.emoji_mode = mode;
        for (size_t first = 0; first < book.key_count(); first += 64 * kStride) {
          std::vector<std::string> texts;
          for (size_t id = first; id < book.key_count() && texts.size() < 64; id += kStride) {
            approved +=
                mode != EmojiMode::kKeep && book.Find(target, static_cast<KeyId>(id)).has_value();
            texts.push_back(carrier.before +
                            std::string(book.key(static_cast<KeyId>(id)).fully_qualified) +
                            carrier.after);
          }
          std::vector<Message> messages;
          for (const std::string& text : texts) messages.push_back(*Normalize(text));
          const std::vector<Translation> answers = translator.Translate(messages, options);
          ASSERT_EQ(answers.size(), messages.size());
          for (size_t i = 0; i < answers.size(); ++i) {
            const auto breach = FindBreach(messages[i], answers[i], book);
            ASSERT_EQ(breach, std::nullopt)
                << texts[i] << " → " << book.locales().tag(target) << ": " << answers[i].text;
            for (const Saying& said : kPrisonSayings) {
              ASSERT_EQ(answers[i].text.find(said.text), std::string::npos)
                  << texts[i] << " → " << answers[i].text;
            }
            ++translations;
            for (const Piece& piece : answers[i].pieces) {
              licensed_by_gate += piece.licence == Licence::kModel;
              rendered += piece.licence == Licence::kBook && piece.placement != Placement::kJoin;
            }
          }
        }
      }
    }
  }
  std::printf("%zu translations, %zu renderings, %zu of a hostile model's candidates let out\n",
              translations, rendered, licensed_by_gate);
  EXPECT_EQ(rendered, approved) << "what the book approves, and nothing else, is rendered";
  EXPECT_GT(rendered, 0u);
}

// The worst that takes time or memory, once each.
TEST(LawTest, HoldsForModelsThatFloodOrFail) {
  for (Hostility hostility : kAllHostilities) {
    const Translator& translator = TestTranslator(std::make_shared<HostileModel>(hostility));
    for (const char* text :
         {"I love 🇨🇦!", "see {{x}} in 🇨🇦 tomorrow 👍🏽", "hello", ""}) {
      for (const char* target : {"es", "zh", "ar", "fr"}) {
        const Translation answer =
            TranslateOne(translator, text, {.to = target, .mode = EmojiMode::kName});
        EXPECT_EQ(FindBreach(*Normalize(text), answer, translator.book()), std::nullopt)
            << static_cast<int>(hostility) << " " << text << " → " << answer.text;
      }
    }
  }
}

constexpr char kAnswer[] = "ab 🇨🇦";

// "ab |C Canadá|B": the letters are refused under STRICT.
Translation GoodAnswer() {
  return TranslateOne(TestTranslator(nullptr), kAnswer,
                      {.mode = EmojiMode::kName, .policy = Policy::kStrict});
}

struct Corruption {
  std::string_view rule;
  const char* what;
  void (*corrupt)(Translation&);
};

// Another row of the book, said right, but not that of the flag.
void NameFrance(Translation& t) {
  t.text = "ab Francia";
  t.pieces[2].target.end = t.text.size();
  t.pieces[2].entry->key = "1F1EB-1F1F7";
}

// A check that cannot fail is none: each way of breaking the law is found, by its name.
TEST(LawTest, FindsEveryBreach) {
  const Book& book = *TestBook();
  const Message message = *Normalize(kAnswer);
  const Translation good = GoodAnswer();
  ASSERT_EQ(FindBreach(message, good, book), std::nullopt);
  ASSERT_EQ(good.text, "ab Canadá");
  ASSERT_EQ(good.pieces.size(), 3u);
  const std::vector<Corruption> corruptions = {
      {"copy", "a byte of text changed", [](Translation& t) { t.text[0] = 'H'; }},
      {"book", "a rendering changed", [](Translation& t) { t.text[4] = 'o'; }},
      {"tiling", "text added", [](Translation& t) { t.text += "!"; }},
      {"tiling", "text that is not UTF-8", [](Translation& t) { t.text.back() = '\xC3'; }},
      {"tiling", "a piece lost", [](Translation& t) { t.pieces.pop_back(); }},
      {"tiling", "source ranges overlap", [](Translation& t) { t.pieces[1].source.begin = 1; }},
      {"tiling", "target ranges overlap", [](Translation& t) { t.pieces[1].target.begin = 1; }},
      {"tiling", "a range outside", [](Translation& t) { t.pieces[2].target.end = 99; }},
      {"book", "a row that does not exist",
       [](Translation& t) { t.pieces[2].entry->key = "1F1FF-1F1FF"; }},
      {"book", "another row", [](Translation& t) { t.pieces[2].entry->key = "1F1EB-1F1F7"; }},
      {"book", "the name of another flag", NameFrance},
      {"book", "another locale", [](Translation& t) { t.pieces[2].entry->locale = "fr"; }},
      {"book", "another source", [](Translation& t) { t.pieces[2].entry->source = "rumour"; }},
      {"book", "no row", [](Translation& t) { t.pieces[2].entry.reset(); }},
      {"model", "a copy said to be a model's",
       [](Translation& t) {
         t.pieces[0].refusal.reset();
         t.pieces[0].licence = Licence::kModel;
       }},
      {"refusal", "a refused piece that is no copy",
       [](Translation& t) { t.pieces[0].licence = Licence::kModel; }},
      {"emoji", "an emoji from a model",
       [](Translation& t) {
         t = {.text = "🇨🇦",
              .pieces = {{.source = {0, 11},
                          .target = {0, 8},
                          .licence = Licence::kModel,
                          .model = std::make_shared<const ModelRef>(ModelRef{"m", ""})}},
              .verdict = Verdict::kTranslated};
       }},
      {"refusal", "a refusal without a reason",
       [](Translation& t) { t.pieces[0].refusal = std::make_shared<const Refusal>(); }},
      {"refusal", "another verdict", [](Translation& t) { t.verdict = Verdict::kTranslated; }},
  };
  for (const Corruption& row : corruptions) {
    Translation bad = good;
    row.corrupt(bad);
    const std::optional<Breach> breach = FindBreach(message, bad, book);
    ASSERT_TRUE(breach) << row.what;
    EXPECT_EQ(breach->rule, row.rule) << row.what << ": " << breach->what;
  }
}

TEST(LawTest, FindsAllBreachesOfAnAnswer) {
  Translation bad = GoodAnswer();
  bad.text = "Hb Canada";
  bad.pieces[2].target.end = bad.text.size();
  bad.verdict = Verdict::kRefused;
  std::vector<std::string_view> rules;
  for (const Breach& breach : FindBreaches(*Normalize(kAnswer), bad, *TestBook())) {
    rules.push_back(breach.rule);
  }
  EXPECT_THAT(rules, testing::ElementsAre("copy", "book", "refusal"));
  EXPECT_THAT(FindBreaches(*Normalize(kAnswer), GoodAnswer(), *TestBook()), testing::IsEmpty());
}

// Another book may call Canada what it likes, but it must say by which row, and mean Canada.
TEST(LawTest, BelievesTheRowsOfAnotherBook) {
  const std::pair<const char*, void (*)(Translation&)> believed[] = {
      {"another rendering", [](Translation& t) { t.text[4] = 'o'; }},
      {"another locale", [](Translation& t) { t.pieces[2].entry->locale = "tlh"; }},
      {"another source", [](Translation& t) { t.pieces[2].entry->source = "rumour"; }},
  };
  const std::pair<const char*, void (*)(Translation&)> not_believed[] = {
      {"no row", [](Translation& t) { t.pieces[2].entry.reset(); }},
      {"no source", [](Translation& t) { t.pieces[2].entry->source = ""; }},
      {"the name of another flag", NameFrance},
      {"a byte of a copy changed", [](Translation& t) { t.text[0] = 'H'; }},
  };
  const Message message = *Normalize(kAnswer);
  for (const auto& [what, change] : believed) {
    Translation answer = GoodAnswer();
    change(answer);
    EXPECT_EQ(FindBreach(message, answer, *TestBook(), BookRows::kBelieve), std::nullopt) << what;
  }
  for (const auto& [what, change] : not_believed) {
    Translation answer = GoodAnswer();
    change(answer);
    EXPECT_NE(FindBreach(message, answer, *TestBook(), BookRows::kBelieve), std::nullopt) << what;
  }
}

}  // namespace
}  // namespace signalbook
