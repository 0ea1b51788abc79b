// What mutations do to a message. ICU and the book's own grammar are the second opinion.
#include "service/check/mutation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "service/limits.h"
#include "service/strings.h"
#include "tests/support/fake_models.h"
#include "tests/support/test_book.h"
#include "translator/emoji.h"
#include "translator/law.h"

namespace signalbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// Messages with something of everything.
const char* const kMessages[] = {
    "hi",
    "I love 🇨🇦!",
    "他在🇨🇦等你。",
    "🇨🇦",
    "🇨🇦🇵🇦🇦🇩",
    "🇨🇦 and 🇵🇦 and 🇦🇩",
    "🇨🇦🇨 odd already",
    "🇺🇸🏻 toned flag",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿 wins",
    "go 🏴󠁧󠁢󠁳󠁣󠁴󠁿🏴󠁧󠁢󠁷󠁬󠁳󠁿!",
    "🏴 black, 🏴‍☠️ pirate",
    "🏴󠁧󠁢󠁥󠁮󠁧 without an end",
    "🏳️‍🌈 pride 🏳️‍⚧️",
    "see you tomorrow ❤️",
    "❤ as text, ❤︎ and ❤️",
    "❤️‍🔥 burning",
    "👩‍🚀 is up there",
    "👩‍👩‍👧‍👧",
    "👩‍👩‍👧‍👧‍👧 unknown family",
    "👍🏽 fine, 👍 too",
    "1️⃣ first, 2️⃣ second, #️⃣",
    "1⃣ without a selector",
    "™ © ℹ️ Ⓜ️",
    "👋🏻👋🏿",
    "🏽 alone",
    "🐶⃠ no dogs",
    "Haha, japp, de ligger i min frys. 😆 Gissar på att de kom med Hemglass bilen.",
    "https://example.org/😀?q=🇨🇦 look",
    "@ana 😀 #fun 🎉",
    ":wave: 👋 :)",
    "`code 😀` and {name} 🎂",
    "مرحبا 🇸🇦 كيف حالك؟",
    "شما 😀 می‌خواهید",
    "שלום 🇮🇱!",
    "नमस्ते 🙏🏽 दुनिया",
    "今日は🎌楽しかった😊",
    "밥 먹었어? 🍚",
    "สวัสดี🙏",
    "e\u0301te\u0301 ☀️",
    "😀😀😀😀",
    "a\u200Db 😀\u200D",
    "😀\uFE0F stray selector",
    "\U000E0067\U000E0062 hidden",
    "line\nbreak 😀\r\nmore 🇫🇷",
    "tab\t😀\x01",
    "🫩🫆 of Emoji 16",
    "\U0001FAF9 reserved \U0001FADE",
    "🇾🇺 is no more, 🇿🇿 never was",
    "0123456789 🔟",
    "¿Vienes a 🇪🇸? ¡Sí!",
    "⌚︎ as text, ⌚ and ⌚️",
};

constexpr Mutation kAll[] = {
    Mutation::kTruncateCodePoint, Mutation::kTruncateByte, Mutation::kSelectors,
    Mutation::kIndicators,        Mutation::kTags,         Mutation::kJoins,
    Mutation::kNeighbours};

class Listed final : public CaseSource {
 public:
  explicit Listed(std::vector<CaseOrBadLine> items) : items_(std::move(items)) {}
  std::optional<CaseOrBadLine> Next() override {
    if (at_ == items_.size()) return std::nullopt;
    return items_[at_++];
  }

 private:
  const std::vector<CaseOrBadLine> items_;
  size_t at_ = 0;
};

Case CaseOf(const std::string& text) {
  Case one;
  one.id = "corpus.txt:7";
  one.file = "corpus.txt";
  one.line = 7;
  one.request.add_contents(text);
  one.request.set_source_language_code("en");
  one.request.set_target_language_code("es");
  one.request.set_emoji_mode(v1::EMOJI_MODE_NAME);
  one.request.set_market("CN");
  one.candidate = "hola";
  one.expect.text = "…";
  one.origin = "https://example.org/1";
  return one;
}

// The case itself is not among them.
std::vector<Case> MutantsOf(const Case& original, std::vector<Mutation> mutations) {
  auto source =
      Mutated(std::make_unique<Listed>(std::vector<CaseOrBadLine>{original}), std::move(mutations));
  std::vector<Case> cases;
  while (std::optional<CaseOrBadLine> next = source->Next()) {
    cases.push_back(std::get<Case>(*std::move(next)));
  }
  EXPECT_FALSE(source->Next().has_value()) << "the end is the end";
  EXPECT_FALSE(cases.empty());
  EXPECT_EQ(cases.front().id, original.id);
  EXPECT_EQ(cases.front().expect.text, original.expect.text);
  cases.erase(cases.begin());
  return cases;
}

std::vector<std::string> TextsOf(const std::string& message, Mutation mutation) {
  std::vector<std::string> texts;
  for (const Case& one : MutantsOf(CaseOf(message), {mutation})) {
    texts.push_back(one.request.contents(0));
  }
  return texts;
}

// By ICU; nullopt when it is not UTF-8.
std::optional<std::u32string> Decoded(std::string_view text) {
  std::u32string points;
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < length;) {
    UChar32 c;
    U8_NEXT(text.data(), i, length, c);
    if (c < 0) return std::nullopt;
    points.push_back(static_cast<char32_t>(c));
  }
  return points;
}

bool IsSelector(char32_t c) { return c == 0xFE0E || c == 0xFE0F; }
bool IsIndicator(char32_t c) { return c >= 0x1F1E6 && c <= 0x1F1FF; }

std::u32string Without(std::u32string text, const std::function<bool(char32_t)>& what) {
  text.erase(std::remove_if(text.begin(), text.end(), what), text.end());
  return text;
}

std::vector<EmojiCluster> ClustersOf(std::string_view text) {
  std::vector<EmojiCluster> clusters;
  FindEmoji(text, TestBook()->emoji(), &clusters);
  return clusters;
}

TEST(ParseMutationsTest, NamesInAnyOrder) {
  const struct {
    const char* names;
    std::vector<Mutation> mutations;  // none: an error
  } kRows[] = {
      {"truncate", {Mutation::kTruncateCodePoint, Mutation::kTruncateByte}},
      {"joins, selectors", {Mutation::kSelectors, Mutation::kJoins}},
      {"tags,tags", {Mutation::kTags}},
      {"indicators,neighbours", {Mutation::kIndicators, Mutation::kNeighbours}},
      {"tags,all", {std::begin(kAll), std::end(kAll)}},
      {"", {}},
      {"tags,", {}},
      {"bytes", {}},
      {"Tags", {}},
  };
  for (const auto& row : kRows) {
    const absl::StatusOr<std::vector<Mutation>> mutations = ParseMutations(row.names);
    EXPECT_EQ(mutations.ok(), !row.mutations.empty()) << row.names;
    if (mutations.ok()) {
      EXPECT_EQ(*mutations, row.mutations) << row.names;
    } else {
      EXPECT_TRUE(absl::IsInvalidArgument(mutations.status())) << row.names;
      EXPECT_THAT(mutations.status().ToString(), HasSubstr("selectors, indicators"));
    }
  }
}

TEST(MutatedTest, AsManyOfEachKindAsThereArePlaces) {
  const struct {
    const char* message;
    // Of code points, bytes, selectors, indicators, tags, joins, neighbours.
    std::vector<size_t> counts;
  } kRows[] = {
      {"", {0, 0, 0, 0, 0, 0, 0}},
      {"hi", {1, 0, 0, 0, 0, 0, 0}},
      {"I love 🇨🇦!", {9, 6, 2, 2, 1, 4, 12}},
      // Behind the one is before the other.
      {"🇨🇦🇵🇦", {3, 12, 4, 3, 2, 7, 18}},
      // "❤️": taken out, turned; one character.
      {"❤️", {1, 4, 2, 0, 1, 4, 12}},
      // Digits of their own are none.
      {"1 1️⃣", {4, 4, 2, 0, 1, 4, 12}},
      // Without its end, cut at five, four other bases.
      {"🏴󠁧󠁢󠁥󠁮󠁧󠁿", {6, 21, 1, 0, 10, 4, 12}},
      // A joiner twice.
      {"👩‍🚀", {2, 8, 2, 0, 1, 5, 12}},
  };
  for (const auto& row : kRows) {
    std::vector<size_t> counts;
    for (const Mutation mutation : kAll) {
      counts.push_back(TextsOf(row.message, mutation).size());
    }
    EXPECT_EQ(counts, row.counts) << row.message;
  }
}

TEST(MutatedTest, MutantsAreNumberedStableAndDifferent) {
  for (const std::string message : kMessages) {
    const Case original = CaseOf(message);
    const std::vector<Case> mutants = MutantsOf(original, {std::begin(kAll), std::end(kAll)});
    const std::vector<Case> again = MutantsOf(original, {std::begin(kAll), std::end(kAll)});
    ASSERT_EQ(mutants.size(), again.size());
    std::map<std::string, std::set<std::string>> texts;  // by kind
    for (size_t i = 0; i < mutants.size(); ++i) {
      const Case& mutant = mutants[i];
      const std::string& text = mutant.request.contents(0);
      EXPECT_EQ(text, again[i].request.contents(0));
      EXPECT_FALSE(text.empty());
      EXPECT_NE(text, message);
      const std::string kind = mutant.id.substr(0, mutant.id.find_last_of('/'));
      EXPECT_TRUE(texts[kind].insert(text).second) << mutant.id << " " << text;
      EXPECT_EQ(mutant.id, StrCat(kind, "/", texts[kind].size()));
      EXPECT_TRUE(kind.starts_with("corpus.txt:7~")) << mutant.id;

      EXPECT_EQ(mutant.file, original.file);
      EXPECT_EQ(mutant.line, original.line);
      EXPECT_EQ(mutant.candidate, original.candidate);
      EXPECT_EQ(mutant.origin, "");
      v1::TranslateTextRequest options = mutant.request;
      options.set_contents(0, message);
      EXPECT_EQ(options.SerializeAsString(), original.request.SerializeAsString());
      Expectations rest = mutant.expect;
      rest.error.reset();
      EXPECT_TRUE(rest.empty());
    }
  }
}

TEST(MutatedTest, OnlyCutsInsideCharactersAreNotUtf8) {
  for (const std::string message : kMessages) {
    for (const Mutation mutation : kAll) {
      for (const Case& mutant : MutantsOf(CaseOf(message), {mutation})) {
        const bool valid = Decoded(mutant.request.contents(0)).has_value();
        EXPECT_EQ(valid, mutation != Mutation::kTruncateByte) << mutant.id;
        EXPECT_EQ(mutant.expect.error,
                  valid ? std::nullopt : std::optional<std::string>("INVALID_UTF8"));
      }
    }
  }
}

TEST(MutatedTest, CutsAreAllBeginningsOfAShortMessage) {
  for (const std::string message : kMessages) {
    if (message.size() > static_cast<size_t>(kMaxMutants)) continue;
    std::set<std::string> expected;
    for (size_t size = 1; size < message.size(); ++size) {
      expected.insert(message.substr(0, size));
    }
    std::set<std::string> cuts;
    for (const Mutation mutation : {Mutation::kTruncateCodePoint, Mutation::kTruncateByte}) {
      for (std::string& text : TextsOf(message, mutation)) cuts.insert(std::move(text));
    }
    EXPECT_EQ(cuts, expected) << message;
  }
}

TEST(MutatedTest, SelectorsAndIndicatorsChangeNothingElse) {
  for (const std::string message : kMessages) {
    const std::u32string original = *Decoded(message);
    for (const std::string& text : TextsOf(message, Mutation::kSelectors)) {
      const std::u32string mutant = *Decoded(text);
      EXPECT_EQ(Without(mutant, IsSelector), Without(original, IsSelector)) << text;
      const auto emoji_selectors = [](const std::u32string& of) {
        return std::count(of.begin(), of.end(), 0xFE0F);
      };
      // Out or in, or from or to U+FE0E; a text selector taken out changes no U+FE0F.
      EXPECT_LE(std::abs(emoji_selectors(mutant) - emoji_selectors(original)), 1) << text;
    }
    for (const std::string& text : TextsOf(message, Mutation::kIndicators)) {
      const std::u32string mutant = *Decoded(text);
      EXPECT_EQ(Without(mutant, IsIndicator), Without(original, IsIndicator)) << text;
      EXPECT_EQ(mutant.size(), original.size() + 1) << text;
    }
  }
}

// By the grammar: no flag of a subdivision is left where its tags were broken.
TEST(MutatedTest, BrokenTagsSpellNoFlag) {
  for (const std::string message :
       {"🏴󠁧󠁢󠁥󠁮󠁧󠁿", "go 🏴󠁧󠁢󠁳󠁣󠁴󠁿!", "😀", "🇨🇦"}) {
    const std::vector<std::string> mutants = TextsOf(message, Mutation::kTags);
    EXPECT_FALSE(mutants.empty());
    for (const std::string& text : mutants) {
      for (const EmojiCluster& cluster : ClustersOf(text)) {
        EXPECT_NE(cluster.status, EmojiStatus::kRgi) << text;
        EXPECT_NE(cluster.diagnosis, Diagnosis::kNone) << text;
      }
    }
  }
}

// Also what ICU does not know yet is found to be an emoji.
TEST(MutatedTest, EverythingInTheBookIsDisturbed) {
  const std::shared_ptr<const Book> book = TestBook();
  for (KeyId id = 0; id < book->key_count(); ++id) {
    const KeyInfo key = book->key(id);
    const std::string text(key.fully_qualified);
    EXPECT_FALSE(TextsOf(text, Mutation::kSelectors).empty()) << text;
    EXPECT_THAT(TextsOf(text, Mutation::kNeighbours), SizeIs(12)) << text << ": one unit";
    EXPECT_EQ(TextsOf(text, Mutation::kIndicators).empty(), key.kind != EmojiKind::kFlag) << text;
    for (const std::string& joined : TextsOf(text, Mutation::kJoins)) {
      for (const EmojiCluster& cluster : ClustersOf(joined)) {
        const std::string_view part = cluster.range.of(joined);
        if (part.find("🧾") == part.npos || part == "🧾") continue;
        EXPECT_EQ(cluster.key, kNoKey) << "known when joined: " << joined;
      }
    }
  }
}

TEST(MutatedTest, NeighboursStandOnBothSides) {
  EXPECT_THAT(TextsOf("a😀b", Mutation::kNeighbours),
              ElementsAre("ahttps://example.org/a?b=1😀b", "a😀https://example.org/a?b=1b",
                          "a:wave:😀b", "a😀:wave:b", "aسلام😀b", "a😀سلامb", "a你好😀b", "a😀你好b",
                          "a7😀b", "a😀7b", "a\u0301😀b", "a😀\u0301b"));
}

TEST(MutatedTest, OfALongMessageSomeFromAllParts) {
  std::string message;
  for (int i = 0; i < 1600; ++i) message += "🇨🇦 ❤️";
  for (const Mutation mutation : kAll) {
    const std::vector<std::string> texts = TextsOf(message, mutation);
    ASSERT_GT(texts.size(), 55u);  // two edits may come to the same
    ASSERT_LE(texts.size(), static_cast<size_t>(kMaxMutants));
    if (mutation == Mutation::kTags || mutation == Mutation::kIndicators) continue;
    std::set<size_t> places;  // sixteenths of the message
    for (const std::string& text : texts) {
      const auto [mine, its] =
          std::mismatch(message.begin(), message.end(), text.begin(), text.end());
      places.insert(static_cast<size_t>(mine - message.begin()) * 16 / message.size());
    }
    EXPECT_GE(places.size(), 16u);
  }
}

TEST(MutatedTest, NoneIsLongerThanTheServiceTakes) {
  std::string longest = "😀";
  longest.append(kMaxContentCodePoints - 1, 'x');
  for (const std::string& message : {longest, longest + "yz", std::string(1 << 20, 'x')}) {
    for (const Mutation mutation : kAll) {
      for (const std::string& text : TextsOf(message, mutation)) {
        const std::optional<std::u32string> points = Decoded(text);
        EXPECT_LE(points ? points->size() : 0, static_cast<size_t>(kMaxContentCodePoints));
      }
    }
    EXPECT_FALSE(TextsOf(message, Mutation::kTruncateCodePoint).empty());
  }
}

TEST(MutatedTest, WhatIsAnErrorAnywayAndBadLinesPass) {
  Case refused = CaseOf("😀");
  refused.expect.error = "MARKET_UNKNOWN";
  const Case damaged = CaseOf("😀 \xFF");
  auto source =
      Mutated(std::make_unique<Listed>(std::vector<CaseOrBadLine>{
                  refused, BadLine{"a.tsv", 3, "wrong"}, damaged, BadLine{"a.tsv", 5, "wrong"}}),
              {std::begin(kAll), std::end(kAll)});
  std::vector<bool> bad;
  while (const std::optional<CaseOrBadLine> next = source->Next()) {
    bad.push_back(std::holds_alternative<BadLine>(*next));
  }
  EXPECT_THAT(bad, ElementsAre(false, true, false, true));
}

// The point of it all: whatever is done to a message, and whatever a model makes of it, the answer
// keeps the law.
TEST(MutatedTest, AnswersToMutantsKeepTheLaw) {
  const auto identity = std::make_shared<IdentityModel>();
  std::vector<std::shared_ptr<Model>> hostile;
  for (const Hostility hostility : kQuickHostilities) {
    hostile.push_back(std::make_shared<HostileModel>(hostility));
  }
  size_t answers = 0;
  for (const std::string message : kMessages) {
    for (const Case& mutant : MutantsOf(CaseOf(message), {std::begin(kAll), std::end(kAll)})) {
      const std::string& text = mutant.request.contents(0);
      const absl::StatusOr<Message> normalized = Normalize(text);
      ASSERT_EQ(normalized.ok(), !mutant.expect.error.has_value()) << mutant.id << " " << message;
      if (!normalized.ok()) continue;
      // One of the hostile models in turn: there are thousands of mutants.
      for (const std::shared_ptr<Model>& model :
           {std::shared_ptr<Model>(identity), hostile[answers++ % hostile.size()]}) {
        const Translator& translator = TestTranslator(model);
        for (const EmojiMode mode : {EmojiMode::kKeep, EmojiMode::kName, EmojiMode::kKeepAndName}) {
          const Translation answer = TranslateOne(translator, text, {.to = "ar", .mode = mode});
          const std::optional<Breach> breach = FindBreach(*normalized, answer, *TestBook());
          EXPECT_EQ(breach, std::nullopt) << mutant.id << "\n" << text << "\n" << Picture(answer);
        }
      }
    }
  }
  EXPECT_GT(answers, 2000u);
}

}  // namespace
}  // namespace signalbook::check
