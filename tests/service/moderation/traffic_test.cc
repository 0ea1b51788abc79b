// What is counted of a translation, and that no count is lost between threads, the store and the bound.
#include "service/moderation/traffic.h"

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_models.h"
#include "tests/support/small_data.h"
#include "tests/support/test_book.h"
#include "translator/book_builder.h"

namespace signalbook {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

// 2026-11-27T17:20:00Z, in the hour 498833.
const absl::Time kNow = absl::FromUnixSeconds(1'795'800'000);

// "names:es:1F1E8-1F1E6 x2", in any order.
std::vector<std::string> Hits(const TrafficCounts& counts) {
  std::vector<std::string> lines;
  for (const auto& [key, count] : counts.hits)
    lines.push_back(absl::StrCat(key.entry, " x", count));
  return lines;
}

// "11 curated [1F44D] x2": reason, rule, key, count; in any order.
std::vector<std::string> Refusals(const TrafficCounts& counts) {
  std::vector<std::string> lines;
  for (const auto& [key, count] : counts.refusals) {
    lines.push_back(
        absl::StrCat(static_cast<int>(key.reason), " ", key.rule, " [", key.key, "] x", count));
  }
  return lines;
}

int64_t Sum(const TrafficCounts& counts) {
  int64_t sum = counts.dropped;
  for (const auto& [key, count] : counts.hits) sum += count;
  for (const auto& [key, count] : counts.refusals) sum += count;
  return sum;
}

Translation Of(std::vector<Piece> pieces) {
  Translation translation;
  translation.pieces = std::move(pieces);
  return translation;
}

Piece Served(std::string_view key, std::string_view locale, std::string_view source,
             Licence licence = Licence::kBook) {
  return {.licence = licence, .entry = EntryRef{key, locale, source}};
}

Piece Refused(Reason reason, const std::string& rule) {
  return {.refusal = std::make_shared<const Refusal>(Refusal{reason, rule, "for people"})};
}

void Count(Traffic* traffic, const Translation& translation, std::string_view target = "es",
           std::string_view message = "") {
  traffic->Count(kNow, 7, "en", target, translation, message, *TestBook());
}

TEST(TrafficTest, NamesTheRowThatWasServed) {
  Piece join = Served("join/space", "root", "joins");
  join.placement = Placement::kJoin;
  Piece copied = Served("1F1E8-1F1E6", "es", "curated", Licence::kCopy);
  const struct {
    const char* what;
    Piece piece;
    const char* entry;  // empty: none
  } kRows[] = {
      {"a name", Served("1F1E8-1F1E6", "es", "curated"), "names:es:1F1E8-1F1E6"},
      {"of CLDR", Served("1F44D", "es-419", "cldr-48.2/annotations"), "names:es-419:1F44D"},
      {"moderated", Served("1F44D", "es", "moderated"), "names:es:1F44D"},
      {"in a market", Served("1F1F9-1F1FC", "zh-Hant", "markets/CN"),
       "names:zh-Hant@CN:1F1F9-1F1FC"},
      {"moderated in a market", Served("1F1F9-1F1FC", "zh", "moderated/CN"),
       "names:zh@CN:1F1F9-1F1FC"},
      {"composed of a moderated name", Served("1F44D-1F3FD", "es", "composed/moderated"),
       "names:es:1F44D-1F3FD"},
      {"a phrase", Served("phrase/good morning", "es", "phrases/en/es", Licence::kPhrase),
       "phrases:en>es:good morning"},
      {"locales with hyphens",
       Served("phrase/ok", "zh-Hant", "phrases/pt-BR/zh-Hant", Licence::kPhrase),
       "phrases:pt-BR>zh-Hant:ok"},
      {"a punctuation mark", Served("mark/!", "zh", "phrases/marks", Licence::kPhrase), ""},
      {"a phrase without its pair", Served("phrase/ok", "es", "phrases/es", Licence::kPhrase), ""},
      {"a join", join, ""},
      {"a copy", copied, ""},
      {"what a model said",
       {.licence = Licence::kModel,
        .model = std::make_shared<const ModelRef>(ModelRef{"toy", "1"})},
       ""},
  };
  for (const auto& row : kRows) {
    Traffic traffic(false);
    Count(&traffic, Of({row.piece}));
    const std::vector<std::string> hits = Hits(traffic.Take());
    if (*row.entry == '\0') {
      EXPECT_THAT(hits, IsEmpty()) << row.what;
    } else {
      EXPECT_THAT(hits, ElementsAre(absl::StrCat(row.entry, " x1"))) << row.what;
    }
  }
}

TEST(TrafficTest, KeepsApartWhatDiffers) {
  Traffic traffic(true);
  const Translation translation = Of({Served("1F44D", "es", "curated"), Served("1F44D", "es", "x"),
                                      Refused(Reason::kGuardedConcept, "imprisonment")});
  const Book& book = *TestBook();
  traffic.Count(kNow, 7, "en", "es-AR", translation, "", book);
  traffic.Count(kNow + absl::Minutes(39), 7, "en", "es-AR", translation, "", book);
  traffic.Count(kNow + absl::Minutes(40), 7, "en", "es-AR", translation, "", book);
  traffic.Count(kNow, 8, "en", "es-AR", translation, "", book);
  traffic.Count(kNow, 7, "en", "es-MX", translation, "", book);
  traffic.Count(kNow, 7, "", "es-MX", translation, "", book);

  const TrafficCounts counts = traffic.Take();
  const auto hits = [&](int64_t hour, int64_t revision, const char* target) {
    const auto found = counts.hits.find(HitKey{hour, revision, "names:es:1F44D", target});
    return found == counts.hits.end() ? 0 : found->second;
  };
  EXPECT_EQ(hits(498'833, 7, "es-AR"), 4);
  EXPECT_EQ(hits(498'834, 7, "es-AR"), 2);
  EXPECT_EQ(hits(498'833, 8, "es-AR"), 2);
  EXPECT_EQ(hits(498'833, 7, "es-MX"), 4);
  EXPECT_THAT(counts.hits, SizeIs(4));

  const auto refusals = [&](int64_t hour, const char* source, const char* target) {
    const auto found = counts.refusals.find(
        RefusalKey{hour, Reason::kGuardedConcept, "imprisonment", "", source, target, ""});
    return found == counts.refusals.end() ? 0 : found->second;
  };
  EXPECT_EQ(refusals(498'833, "en", "es-AR"), 3);
  EXPECT_EQ(refusals(498'834, "en", "es-AR"), 1);
  EXPECT_EQ(refusals(498'833, "en", "es-MX"), 1);
  EXPECT_EQ(refusals(498'833, "", "es-MX"), 1);
  EXPECT_THAT(counts.refusals, SizeIs(4));

  EXPECT_EQ(Sum(traffic.Take()), 0) << "taken is taken";
}

// What is counted of one message, translated with the book of data/ and named emoji.
TrafficCounts CountedOf(std::string_view text, std::string_view from, std::string_view to,
                        std::string_view market = "",
                        std::map<std::string, std::string> says = {}) {
  const Translator& translator = TestTranslator(std::make_shared<DictionaryModel>(std::move(says)));
  TranslateOptions options{
      .source = TestLocale(from), .target = TestLocale(to), .emoji_mode = EmojiMode::kName};
  if (!market.empty()) options.market = translator.book().Market(market).value();
  const std::vector<Message> messages = {*Normalize(text)};
  Traffic traffic(false);
  traffic.Count(kNow, 0, from, to, translator.Translate(messages, options).front(), text,
                translator.book());
  return traffic.Take();
}

TEST(TrafficTest, CountsWhatTheTranslatorServes) {
  EXPECT_THAT(Hits(CountedOf("🇨🇦 🇨🇦🇹🇼", "en", "es-AR")),
              UnorderedElementsAre("names:es:1F1E8-1F1E6 x2", "names:es:1F1F9-1F1FC x1"))
      << "where the row stands, after inheritance; no joins";
  EXPECT_THAT(Hits(CountedOf("🇹🇼🇨🇦", "es", "en", "CN")),
              UnorderedElementsAre("names:en@CN:1F1F9-1F1FC x1", "names:en:1F1E8-1F1E6 x1"));
  EXPECT_THAT(Hits(CountedOf("LOL!! 🇨🇦", "en-GB", "es-AR")),
              UnorderedElementsAre("phrases:en>es:lol x1", "names:es:1F1E8-1F1E6 x1"));
  EXPECT_THAT(Hits(CountedOf("👩‍👽", "en", "es")),
              UnorderedElementsAre("names:es:1F469 x1", "names:es:1F47D x1"))
      << "a sequence that is named by its parts";
}

TEST(TrafficTest, CountsWhatTheTranslatorRefuses) {
  const TrafficCounts prison =
      CountedOf("I love cats.", "en", "es", "", {{"I love cats.", "Estoy en la cárcel."}});
  EXPECT_THAT(Refusals(prison), ElementsAre("30 imprisonment [] x1"));
  const RefusalKey& key = prison.refusals.begin()->first;
  EXPECT_EQ(key.source, "en");
  EXPECT_EQ(key.target, "es");
  EXPECT_THAT(Refusals(CountedOf("I love cats.", "en", "es")),
              ElementsAre("1 language_pair [] x1"));
  EXPECT_THAT(Hits(CountedOf("I love cats.", "en", "es")), IsEmpty());
  EXPECT_THAT(Refusals(CountedOf("hm 🇨🇦🇨", "es", "es")),
              ElementsAre("13 lone_regional_indicator [] x1"));
}

// In this book 👍 is blocked in en, 🔥 has no name, and dialects write codes for both.
TEST(TrafficTest, TellsWhichEmojiWasRefused) {
  const SmallData data;
  data.Write("curated/en.tsv", "1F44D\t!blocked\t\t\t\n");
  data.Write("dialects/github.tsv", ":+1:\t1F44D\t\n:fire:\t1F525\t\n:hot:\t1F525\t\n");
  data.Write("dialects/slack.tsv", ":+1:\t1F44D\t\n:fire:\t2764\t\n");
  const absl::StatusOr<BuiltBook> built = BuildBook(data.dir(), {});
  ASSERT_TRUE(built.ok()) << built.status();
  const std::shared_ptr<const Book> book = Book::FromImage(built->image).value();
  const std::unique_ptr<const Translator> translator = Translator::Create(book, nullptr).value();
  const struct {
    const char* what;
    const char* text;
    std::vector<std::string> refusals;
  } kRows[] = {
      {"a blocked one", "👍", {"11 curated [1F44D] x1"}},
      {"twice", "👍👍", {"11 curated [1F44D] x2"}},
      {"one without a name", "🔥", {"10 book [1F525] x1"}},
      {"unqualified", "❤️‍🔥", {"10 book [2764-200D-1F525] x1"}},
      {"a code that all dialects agree on", ":+1:", {"11 curated [1F44D] x1"}},
      {"a code of one dialect", ":hot:", {"10 book [1F525] x1"}},
      {"a code that dialects disagree on", ":fire:", {"10 book [] x1"}},
      {"its parts: the one to blame", "❤️‍🔥‍❤️", {"10 part:1F525 [1F525] x1"}},
      {"a sequence that there is not", "🇨🇨", {"12 unknown_region [1F1E8-1F1E8] x1"}},
      {"ill-formed", "🇨", {"13 lone_regional_indicator [] x1"}},
      {"letters in tag characters",
       "🏴󠁳󠁥󠁣󠁲󠁥󠁴󠁿",
       {"12 unknown_subdivision [] x1"}},
  };
  for (const auto& row : kRows) {
    const std::vector<Message> messages = {*Normalize(row.text)};
    const TranslateOptions options{.source = book->locales().Resolve("es"),
                                   .target = *book->locales().Resolve("en"),
                                   .emoji_mode = EmojiMode::kName,
                                   .dialects = {Dialect::kGithub, Dialect::kSlack}};
    Traffic traffic(false);
    traffic.Count(kNow, 0, "es", "en", translator->Translate(messages, options).front(), row.text,
                  *book);
    EXPECT_EQ(Refusals(traffic.Take()), row.refusals) << row.what;
  }
}

TEST(TrafficTest, ThreadsAddUp) {
  constexpr int kThreads = 8;
  constexpr int kRounds = 4'000;
  Traffic traffic(true);
  const Translation translation =
      Of({Served("1F44D", "es", "curated"), Served("1F525", "es", "curated"),
          Refused(Reason::kLength, "length")});
  std::atomic<int> running = kThreads;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) Count(&traffic, translation, "es", "hm");
      --running;
    });
  }
  // Every second take could not be stored.
  int64_t hits = 0;
  int64_t refusals = 0;
  const auto store = [&](const TrafficCounts& counts) {
    for (const auto& [key, count] : counts.hits) hits += count;
    for (const auto& [key, count] : counts.refusals) refusals += count;
    EXPECT_EQ(counts.dropped, 0);
  };
  for (bool stored = true; running > 0; stored = !stored) {
    TrafficCounts counts = traffic.Take();
    if (stored) {
      store(counts);
    } else {
      traffic.Return(std::move(counts));
    }
  }
  for (std::thread& thread : threads) thread.join();
  store(traffic.Take());
  EXPECT_EQ(hits, 2 * kThreads * kRounds);
  EXPECT_EQ(refusals, kThreads * kRounds);
}

TEST(TrafficTest, IsBounded) {
  Traffic traffic(false);
  const Translation hit = Of({Served("1F44D", "es", "curated")});
  const Translation refusal = Of({Refused(Reason::kLength, "length")});
  constexpr int kKeys = static_cast<int>(Traffic::kMaxKeys);
  // Several threads, so that the bound holds over all parts.
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int key = i; key < kKeys + 100; key += 4) {
        Count(&traffic, key % 2 == 0 ? hit : refusal, std::to_string(key));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  TrafficCounts counts = traffic.Take();
  EXPECT_EQ(counts.hits.size() + counts.refusals.size(), Traffic::kMaxKeys);
  EXPECT_EQ(counts.dropped, 100);

  Count(&traffic, hit, "es");
  EXPECT_THAT(Hits(traffic.Take()), ElementsAre("names:es:1F44D x1")) << "there is room again";

  Count(&traffic, hit, "es");
  const HitKey known = counts.hits.begin()->first;
  const int64_t before = Sum(counts);
  traffic.Return(std::move(counts));
  traffic.Count(absl::UnixEpoch() + absl::Hours(known.hour), known.revision, "", known.target, hit,
                "", *TestBook());
  counts = traffic.Take();
  EXPECT_EQ(counts.hits.size() + counts.refusals.size(), Traffic::kMaxKeys);
  EXPECT_EQ(counts.dropped, 101) << "one more key than there is room for came back";
  EXPECT_EQ(Sum(counts), before + 2) << "no count is lost without being in `dropped`";
}

TEST(TrafficTest, ReturnAddsToWhatHasGatheredSince) {
  Traffic traffic(true);
  const Translation translation =
      Of({Served("1F44D", "es", "curated"), Refused(Reason::kLength, "length")});
  Count(&traffic, translation, "es", "one");
  Count(&traffic, translation, "es", "two");
  TrafficCounts counts = traffic.Take();
  counts.dropped = 5;
  Count(&traffic, translation, "es", "two");
  Count(&traffic, translation, "es", "three");
  traffic.Return(std::move(counts));
  counts = traffic.Take();
  EXPECT_THAT(Hits(counts), ElementsAre("names:es:1F44D x4"));
  EXPECT_THAT(Refusals(counts), ElementsAre("26 length [] x4"));
  EXPECT_EQ(counts.dropped, 5);
  ASSERT_THAT(counts.samples, SizeIs(1));
  EXPECT_THAT(counts.samples.begin()->second, UnorderedElementsAre("one", "two", "three"));
}

TEST(TrafficTest, KeepsNoMessageUnlessTold) {
  Traffic traffic(false);
  Count(&traffic, Of({Refused(Reason::kLength, "length")}), "es", "secret");
  EXPECT_THAT(traffic.Take().samples, IsEmpty());
}

TEST(TrafficTest, KeepsAFewSamples) {
  Traffic traffic(true);
  const Translation refused =
      Of({Refused(Reason::kLength, "length"), Refused(Reason::kLength, "length")});
  Count(&traffic, Of({Served("1F44D", "es", "curated")}), "es", "nothing is refused");
  for (const char* message : {"a", "a", "b", "c", "d"}) Count(&traffic, refused, "es", message);
  const TrafficCounts counts = traffic.Take();
  ASSERT_THAT(counts.samples, SizeIs(1));
  EXPECT_EQ(counts.samples.begin()->first, counts.refusals.begin()->first);
  EXPECT_THAT(counts.samples.begin()->second, ElementsAre("a", "b", "c"));
  EXPECT_THAT(Refusals(counts), ElementsAre("26 length [] x10"));
}

TEST(TrafficTest, CutsSamplesBetweenCharacters) {
  const std::string fill(Traffic::kMaxSampleBytes - 3, 'x');
  const struct {
    const char* what;
    std::string message;
    std::string sample;
  } kRows[] = {
      {"as long as may be", fill + "xxx", fill + "xxx"},
      {"a character that just fits", fill + "€", fill + "€"},
      {"a byte longer", fill + "xxxx", fill + "xxx"},
      {"two bytes of the last character inside", fill + "x€y", fill + "x"},
      {"three bytes of the last character inside", fill + "👍", fill},
      {"a character behind the limit", fill + "€€", fill + "€"},
  };
  for (const auto& row : kRows) {
    Traffic traffic(true);
    Count(&traffic, Of({Refused(Reason::kLength, "length")}), "es", row.message);
    const TrafficCounts counts = traffic.Take();
    EXPECT_EQ(counts.samples.begin()->second, std::vector<std::string>{row.sample}) << row.what;
  }
}

TEST(TrafficTest, SamplesOfManyKeysAreBounded) {
  Traffic traffic(true);
  const Translation refused = Of({Refused(Reason::kLength, "length")});
  for (int i = 0; i < 10'000; ++i) Count(&traffic, refused, std::to_string(i), "hm");
  const TrafficCounts counts = traffic.Take();
  EXPECT_THAT(counts.refusals, SizeIs(10'000));
  EXPECT_THAT(counts.samples, SizeIs(testing::AllOf(testing::Gt(0u), testing::Lt(5'000u))));
}

}  // namespace
}  // namespace signalbook
