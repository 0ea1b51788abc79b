// What is generated: selections of the book, the cases made of them, samples.
#include "service/check/generator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <set>
#include <utility>

#include "service/strings.h"
#include "tests/support/test_book.h"

namespace signalbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<Carrier> Carriers(const std::string& name) {
  absl::StatusOr<std::vector<Carrier>> carriers = LoadCarriers(name);
  EXPECT_TRUE(carriers.ok()) << carriers.status();
  return carriers.ok() ? *std::move(carriers) : std::vector<Carrier>();
}

std::vector<KeyId> Keys(std::string_view selector) {
  absl::StatusOr<std::vector<KeyId>> keys = SelectKeys(*TestBook(), selector);
  EXPECT_TRUE(keys.ok()) << keys.status();
  return keys.ok() ? *std::move(keys) : std::vector<KeyId>();
}

std::vector<Case> All(CaseSource& source) {
  std::vector<Case> cases;
  while (std::optional<CaseOrBadLine> next = source.Next()) {
    cases.push_back(std::get<Case>(*std::move(next)));
  }
  EXPECT_FALSE(source.Next().has_value()) << "the end is the end";
  return cases;
}

std::vector<std::string> Ids(const std::vector<Case>& cases) {
  std::vector<std::string> ids;
  for (const Case& one : cases) ids.push_back(one.id);
  return ids;
}

const Carrier kWaiting = {"incident", "zh", "他在{}等你。"};

std::vector<Case> Generated(std::string_view selector, std::vector<Carrier> carriers,
                            CaseDefaults defaults, std::vector<std::string> says = {}) {
  return All(*GenerateCases(TestBook(), "made", Keys(selector), std::move(carriers),
                            std::move(defaults), std::move(says)));
}

// --- Selections.

TEST(SelectKeysTest, CountsAreUnicodes) {
  const struct {
    const char* selector;
    size_t count;  // data/emoji/sequences.tsv
  } kRows[] = {
      {"rgi", 3972},
      {"flags", 259},
      {"keycaps", 12},
      {"modifiers", 675},
      {"zwj", 1614},
      {"basic", 1193 + 207},
      {"components", 9},
      {"version:18.0", 19},
      {"group:Animals & Nature", 156},
      {"group:food & drink", 137},
      {"key:1F1E8-1F1E6", 1},
      {"key:1f1e8-1f1e6", 1},
      {"key:🇨🇦", 1},
      {"key:❤️", 1},
      {"key:2764-FE0F", 1},
      {"key:#️⃣", 1},
  };
  for (const auto& row : kRows) {
    EXPECT_THAT(Keys(row.selector), SizeIs(row.count)) << row.selector;
  }
  const std::vector<KeyId> all = Keys("all");
  EXPECT_THAT(all, SizeIs(TestBook()->key_count()));
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
  EXPECT_EQ(Keys("rgi").size() + Keys("valid").size(), all.size());
  EXPECT_EQ(Keys("key:1F1E8-1F1E6"), Keys("key:🇨🇦"));
  EXPECT_GT(Keys("tag-flags").size(), 3u);
}

TEST(SelectKeysTest, WhatThereIsNotIsSaid) {
  const struct {
    const char* selector;
    const char* says;
  } kRows[] = {
      {"", "all, rgi, flags"},
      {"Flags", "no selector \"Flags\""},
      {"flag:CA", "key:1F1E8-1F1E6"},
      {"group:Flag", "Travel & Places"},
      {"group:", "no emoji group"},
      {"version:19.0", "18.0"},
      {"version:", "no emoji version"},
      {"key:", "no sequence \"\""},
      {"key:1F1E8", "no sequence \"1F1E8\""},
      {"key:1F1E8-", "no sequence"},
      {"key:D800", "no sequence"},
      {"key:110000", "no sequence"},
      {"key:ca", "no sequence"},
  };
  for (const auto& row : kRows) {
    const absl::Status status = SelectKeys(*TestBook(), row.selector).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << row.selector;
    EXPECT_THAT(status.ToString(), HasSubstr(row.says)) << row.selector;
  }
}

// --- Generated cases.

TEST(GenerateCasesTest, LoopsInOrderAndLeavesOutTheCarriersOwnLanguage) {
  CaseDefaults defaults;
  defaults.to = {"zh-CN", "zh-Hant", "en-GB"};
  defaults.modes = {v1::EMOJI_MODE_KEEP, v1::EMOJI_MODE_NAME};
  const std::vector<Case> cases =
      Generated("key:1F1E8-1F1E6", {kWaiting, {"en-1", "en", "{} and {}"}}, defaults);
  EXPECT_THAT(
      Ids(cases),
      ElementsAre("made/incident/1F1E8-1F1E6→zh-Hant/keep",
                  "made/incident/1F1E8-1F1E6→zh-Hant/name", "made/incident/1F1E8-1F1E6→en-GB/keep",
                  "made/incident/1F1E8-1F1E6→en-GB/name", "made/en-1/1F1E8-1F1E6→zh-CN/keep",
                  "made/en-1/1F1E8-1F1E6→zh-CN/name", "made/en-1/1F1E8-1F1E6→zh-Hant/keep",
                  "made/en-1/1F1E8-1F1E6→zh-Hant/name"));
  EXPECT_EQ(cases[0].request.contents(0), "他在🇨🇦等你。");
  EXPECT_EQ(cases[4].request.contents(0), "🇨🇦 and 🇨🇦");
  EXPECT_EQ(cases[0].request.source_language_code(), "zh");
  EXPECT_EQ(cases[0].request.target_language_code(), "zh-Hant");
  EXPECT_EQ(cases[1].request.emoji_mode(), v1::EMOJI_MODE_NAME);
  EXPECT_EQ(cases[0].file, "made");
  EXPECT_EQ(cases[0].line, 0);
}

TEST(GenerateCasesTest, OptionsAreThoseOfTheDefaults) {
  CaseDefaults defaults;
  defaults.from = "fr";
  defaults.to = {"en"};
  defaults.policy = v1::POLICY_STRICT;
  defaults.dialects = {"slack", "github"};
  defaults.market = "CN";
  defaults.candidate = "hello";
  const std::vector<Case> cases = Generated("key:❤️", {kWaiting}, defaults);
  ASSERT_THAT(cases, SizeIs(1));
  const v1::TranslateTextRequest& request = cases[0].request;
  EXPECT_EQ(request.source_language_code(), "zh") << "the carrier's, not the default";
  EXPECT_EQ(request.policy(), v1::POLICY_STRICT);
  EXPECT_THAT(request.dialects(), ElementsAre("slack", "github"));
  EXPECT_EQ(request.market(), "CN");
  EXPECT_EQ(request.contents(0), "他在❤️等你。") << "as keyboards send it";
  EXPECT_EQ(cases[0].candidate, "hello");
}

TEST(GenerateCasesTest, TheApprovedNameIsExpectedWhereThereIsOne) {
  const struct {
    const char* description;
    const char* key;
    const char* to;
    v1::EmojiMode mode;
    const char* market;
    const char* name;  // "": nothing is expected
  } kRows[] = {
      {"kept", "key:🇨🇦", "es", v1::EMOJI_MODE_KEEP, "", ""},
      {"named", "key:🇨🇦", "es", v1::EMOJI_MODE_NAME, "", "Canadá"},
      {"both", "key:🇨🇦", "es", v1::EMOJI_MODE_KEEP_AND_NAME, "", "Canadá"},
      {"inherited", "key:🇨🇦", "es-AR", v1::EMOJI_MODE_NAME, "", "Canadá"},
      {"an unknown language", "key:🇨🇦", "xx", v1::EMOJI_MODE_NAME, "", ""},
      {"an unknown market", "key:🇨🇦", "es", v1::EMOJI_MODE_NAME, "ZZ", ""},
  };
  for (const auto& row : kRows) {
    CaseDefaults defaults;
    defaults.to = {row.to};
    defaults.modes = {row.mode};
    defaults.market = row.market;
    const std::vector<Case> cases = Generated(row.key, {kWaiting}, defaults);
    ASSERT_THAT(cases, SizeIs(1)) << row.description;
    const std::vector<std::string> expected =
        *row.name == '\0' ? std::vector<std::string>() : std::vector<std::string>{row.name};
    EXPECT_EQ(cases[0].expect.contains, expected) << row.description;
    EXPECT_THAT(cases[0].expect.not_contains, IsEmpty()) << row.description;
  }
}

TEST(GenerateCasesTest, AMarketsRowsComeFirstAndBlockedOnesAreNotExpected) {
  const std::shared_ptr<const Book> book = TestBook();
  size_t blocked = 0;
  size_t renamed = 0;
  for (const Book::MarketRow& row : book->MarketRows()) {
    CaseDefaults defaults;
    defaults.to = {std::string(book->locales().tag(row.row.locale))};
    defaults.modes = {v1::EMOJI_MODE_NAME};
    defaults.market = book->MarketNames()[row.market];
    const Carrier carrier = {"x", "tlh", "{} x"};
    auto source = GenerateCases(book, "made", {row.key}, {carrier}, defaults, {});
    const std::vector<Case> cases = All(*source);
    ASSERT_THAT(cases, SizeIs(1));
    if (row.row.blocked) {
      ++blocked;
      EXPECT_THAT(cases[0].expect.contains, IsEmpty()) << cases[0].id;
    } else if (!row.row.text.empty()) {
      ++renamed;
      EXPECT_THAT(cases[0].expect.contains, ElementsAre(std::string(row.row.text)));
    }
  }
  EXPECT_GT(blocked + renamed, 0u) << "the book has overlays";
}

TEST(GenerateCasesTest, WhatTheModelSaysIsNotExpectedUnlessAnHonestAnswerMayHoldIt) {
  const struct {
    const char* description;
    const char* key;
    const char* carrier;
    v1::EmojiMode mode;
    const char* says;
    bool expected;
  } kRows[] = {
      {"the incident", "key:🇨🇦", "他在{}等你。", v1::EMOJI_MODE_NAME, "He's in prison", true},
      {"the carrier says it", "key:🇨🇦", "HE'S IN PRISON {}", v1::EMOJI_MODE_KEEP, "He's in prison",
       false},
      {"a name ends in it", "key:🇸🇲", "wohnt in {}.", v1::EMOJI_MODE_NAME, "No.", false},
      {"a name before another full stop", "key:🇸🇲", "在{}。", v1::EMOJI_MODE_KEEP_AND_NAME, "No.",
       false},
      {"that name is not asked for", "key:🇸🇲", "在{}。", v1::EMOJI_MODE_KEEP, "No.", true},
      {"another name", "key:🇨🇦", "在{}。", v1::EMOJI_MODE_NAME, "No.", true},
  };
  for (const auto& row : kRows) {
    CaseDefaults defaults;
    defaults.to = {"en"};
    defaults.modes = {row.mode};
    const std::vector<Case> cases =
        Generated(row.key, {{"x", "zh", row.carrier}}, defaults, {row.says});
    ASSERT_THAT(cases, SizeIs(1)) << row.description;
    EXPECT_EQ(cases[0].candidate, row.says) << row.description;
    EXPECT_EQ(cases[0].expect.not_contains,
              std::vector<std::string>(row.expected ? 1 : 0, row.says))
        << row.description;
  }
}

TEST(GenerateCasesTest, TheIncidentIsTenSayingsForEachFlag) {
  CaseDefaults defaults;
  defaults.to = {"en"};
  defaults.modes = {v1::EMOJI_MODE_NAME};
  const std::vector<std::string>& says = IncidentSayings();
  EXPECT_EQ(says.front(), "He's in prison");
  const std::vector<Case> cases = Generated("flags", {kWaiting}, defaults, says);
  EXPECT_THAT(cases, SizeIs(259 * says.size()));
  std::set<std::string> ids;
  for (size_t i = 0; i < cases.size(); ++i) {
    EXPECT_TRUE(ids.insert(cases[i].id).second) << cases[i].id;
    EXPECT_TRUE(cases[i].id.ends_with(StrCat("→en/name/", i % says.size() + 1))) << cases[i].id;
    EXPECT_EQ(cases[i].candidate, says[i % says.size()]);
    EXPECT_THAT(cases[i].expect.contains, SizeIs(1)) << cases[i].id;
  }
  EXPECT_EQ(Ids(Generated("flags", {kWaiting}, defaults, says)), Ids(cases)) << "stable";
}

// The service keeps what the generator expects of it, for everything in the book.
TEST(GenerateCasesTest, ExpectedNamesStandInTheTranslatorsAnswers) {
  const Translator& translator = TestTranslator(nullptr);
  for (const auto& [mode, wire] :
       {std::pair(EmojiMode::kName, v1::EMOJI_MODE_NAME),
        std::pair(EmojiMode::kKeepAndName, v1::EMOJI_MODE_KEEP_AND_NAME)}) {
    for (const char* to : {"es", "ar", "zh-Hant"}) {
      CaseDefaults defaults;
      defaults.to = {to};
      defaults.modes = {wire};
      auto source = GenerateCases(TestBook(), "made", Keys("rgi"),
                                  {{"en", "en", "so happy {} right now"}}, defaults, {});
      size_t named = 0;
      for (const Case& one : All(*source)) {
        const Translation answer = TranslateOne(translator, one.request.contents(0),
                                                {.from = "en", .to = to, .mode = mode});
        for (const std::string& name : one.expect.contains) {
          ++named;
          EXPECT_THAT(answer.text, HasSubstr(name)) << one.id;
        }
      }
      EXPECT_GT(named, 3500u) << to;
    }
  }
}

TEST(GenerateCasesTest, NothingIsMadeBeforeItIsAskedFor) {
  CaseDefaults defaults;
  std::set<std::string> languages;
  for (const Carrier& carrier : Carriers("chat")) languages.insert(carrier.language);
  defaults.to.assign(languages.begin(), languages.end());
  defaults.modes = {v1::EMOJI_MODE_KEEP, v1::EMOJI_MODE_NAME, v1::EMOJI_MODE_KEEP_AND_NAME};
  const auto begin = std::chrono::steady_clock::now();
  auto source =
      GenerateCases(TestBook(), "made", Keys("all"), Carriers("chat"), defaults, IncidentSayings());
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(source->Next().has_value());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
  EXPECT_GT(source->progress(), 0);
  EXPECT_LT(source->progress(), 1e-5) << "of half a billion cases";
}

TEST(GenerateCasesTest, NothingOfNothing) {
  CaseDefaults defaults;  // no language
  auto source = GenerateCases(TestBook(), "made", Keys("flags"), {kWaiting}, defaults, {});
  EXPECT_THAT(All(*source), IsEmpty());
  EXPECT_EQ(source->progress(), 1);
}

// --- Sources of sources.

class Listed final : public CaseSource {
 public:
  explicit Listed(std::vector<CaseOrBadLine> items) : items_(std::move(items)) {}
  std::optional<CaseOrBadLine> Next() override {
    if (at_ == items_.size()) return std::nullopt;
    return items_[at_++];
  }
  double progress() const override {
    return static_cast<double>(at_) / static_cast<double>(items_.size());
  }

 private:
  const std::vector<CaseOrBadLine> items_;
  size_t at_ = 0;
};

std::vector<CaseOrBadLine> Numbered(int count) {
  std::vector<CaseOrBadLine> items;
  for (int i = 0; i < count; ++i) {
    Case one;
    one.id = StrCat("corpus.txt:", i);
    items.emplace_back(one);
  }
  return items;
}

std::set<std::string> SampleOf(std::vector<CaseOrBadLine> items, uint64_t one_in, uint64_t seed) {
  const std::vector<std::string> ids =
      Ids(All(*Sampled(std::make_unique<Listed>(std::move(items)), one_in, seed)));
  return {ids.begin(), ids.end()};
}

TEST(SampledTest, TakesAboutOneInNWhateverTheOrder) {
  std::vector<CaseOrBadLine> items = Numbered(20000);
  const std::set<std::string> sample = SampleOf(items, 10, 1);
  EXPECT_GT(sample.size(), 1850u);  // 2,000 ± 3.5 standard deviations
  EXPECT_LT(sample.size(), 2150u);
  std::reverse(items.begin(), items.end());
  EXPECT_EQ(SampleOf(items, 10, 1), sample);

  const std::set<std::string> other = SampleOf(items, 10, 2);
  std::vector<std::string> both;
  std::set_intersection(sample.begin(), sample.end(), other.begin(), other.end(),
                        std::back_inserter(both));
  EXPECT_GT(both.size(), 140u) << "another seed is another sample";
  EXPECT_LT(both.size(), 260u);
  EXPECT_THAT(SampleOf(items, 1, 7), SizeIs(20000));
  EXPECT_THAT(SampleOf(items, 0, 7), SizeIs(20000));
}

TEST(SampledTest, BadLinesPass) {
  auto source = Sampled(
      std::make_unique<Listed>(std::vector<CaseOrBadLine>(50, BadLine{"a", 1, "b"})), 1'000'000, 1);
  int count = 0;
  while (source->Next()) ++count;
  EXPECT_EQ(count, 50);
}

TEST(ConcatenatedTest, OneAfterTheOther) {
  std::vector<std::unique_ptr<CaseSource>> sources;
  sources.push_back(std::make_unique<Listed>(Numbered(2)));
  sources.push_back(std::make_unique<Listed>(std::vector<CaseOrBadLine>()));
  sources.push_back(std::make_unique<Listed>(Numbered(1)));
  auto source = Concatenated(std::move(sources));
  EXPECT_EQ(source->progress(), 0);
  ASSERT_TRUE(source->Next().has_value());
  EXPECT_NEAR(source->progress(), 1. / 6, 1e-9);
  EXPECT_THAT(Ids(All(*source)), ElementsAre("corpus.txt:1", "corpus.txt:0"));
  EXPECT_EQ(source->progress(), 1);
  EXPECT_THAT(All(*Concatenated({})), IsEmpty());
}

}  // namespace
}  // namespace signalbook::check
