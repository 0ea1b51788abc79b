// Every rule: a row that breaks it, and a near miss.
#include "translator/lint.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/small_data.h"
#include "translator/book_builder.h"
#include "translator/book_diff.h"
#include "translator/book_stats.h"

namespace signalbook {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kNames[] = "# Source: npm cldr-annotations-full@48.2.0\n";
constexpr char kRegions[] = "# Source: npm cldr-localenames-full@48.2.0\n";
constexpr char kParts[] = "# Source: npm cldr-subdivisions-full@48.2.0\n";

// "file:line rule" of every error and warning.
std::vector<std::string> Findings(const SmallData& data) {
  const absl::StatusOr<BuiltBook> built = BuildBook(data.dir(), {});
  if (!built.ok()) {
    ADD_FAILURE() << built.status();
    return {};
  }
  EXPECT_EQ(built->image.empty(), !built->findings.empty());
  std::vector<std::string> lines;
  for (const auto& list : {built->findings, built->warnings}) {
    for (const Finding& finding : list) {
      lines.push_back(finding.file + ":" + std::to_string(finding.line) + " " + finding.rule);
      EXPECT_NE(FindLintRule(finding.rule), nullptr) << finding.rule << " is not documented";
    }
  }
  return lines;
}

TEST(LintTest, SoundTablesHaveNoFindings) { EXPECT_THAT(Findings(SmallData()), IsEmpty()); }

TEST(LintTest, JudgesCuratedRows) {
  const struct {
    const char* rule;
    const char* bad;
    const char* good;
  } kRows[] = {
      {"formula", "=SUM(A1)", "a = b"},
      {"formula", "+1", "plus +1"},
      {"formula", "-5", "a-5"},
      {"formula", "@name", "a@b"},
      {"missing-part", "flag: , blue", "flag: a, b"},
      {"missing-part", ", blue", "a, blue"},
      {"trailing-colon", "flag:", "flag: S:t"},
      {"trailing-colon", "旗：", "旗：加拿大"},
      {"placeholder", "{0} up", "{a} up"},
      {"unbalanced", "thumb (up", "thumb (up)"},
      {"unbalanced", "thumb up)", "[thumb] (up)"},
      {"script", "большой палец", "OK thumb"},
      {"untrimmed", "thumb ", "thumb"},
      {"invisible", "thu\u202Emb", "thumb"},
      {"emoji-in-text", "thumb 👍", "thumb"},
      {"not-nfc", "pulgar e\u0301l", "pulgar él"},
  };
  for (const auto& row : kRows) {
    const SmallData data;
    const auto rows = [&](const char* text) {
      data.Write("curated/en.tsv", "1F44D\t" + std::string(text) + "\t\t\t\n");
      return Findings(data);
    };
    EXPECT_THAT(rows(row.bad), Contains("curated/en.tsv:1 " + std::string(row.rule))) << row.bad;
    EXPECT_THAT(rows(row.good), Not(Contains("curated/en.tsv:1 " + std::string(row.rule))))
        << row.good;
  }
}

TEST(LintTest, JudgesTablesAsAWhole) {
  const struct {
    const char* what;
    const char* file;
    std::string rows;
    const char* finding;
  } kRows[] = {
      {"the same approved name twice", "curated/en.tsv", "1F44D\tup\t\t\t\n1F525\tup\t\t\t\n",
       "curated/en.tsv:2 duplicate-name"},
      {"an approved name that is another's label", "curated/en.tsv", "1F525\tred heart\t\t\t\n",
       "curated/en.tsv:1 duplicate-name"},
      {"the same label twice", "cldr/names/en.tsv",
       std::string(kNames) + "1F44D\tup\t\n1F525\tup\t\n", "cldr/names/en.tsv:3 duplicate-label"},
      {"a variant that does not begin with its base", "cldr/names/en.tsv",
       std::string(kNames) + "1F44D\tthumbs up\t\n1F44D-1F3FD\tmedium thumb\t\n",
       "cldr/names/en.tsv:3 base-not-prefix"},
      {"untranslated", "cldr/names/es.tsv", std::string(kNames) + "1F44D\tthumbs up\t\n",
       "cldr/names/es.tsv:2 same-as-english"},
      {"the character itself", "cldr/names/en.tsv", std::string(kNames) + "2764\t❤\t\n",
       "cldr/names/en.tsv:2 names-itself"},
      {"a key that is not in normal form", "curated/en.tsv", "2764-FE0F\theart\t\t\t\n",
       "curated/en.tsv:1 key-form"},
      {"a market without a reason", "markets/XX.tsv", "es\t1F1E8-1F1E6\tCanadá\t\t\tsource\n",
       "markets/XX.tsv:1 unreasoned"},
      {"a market without a source", "markets/XX.tsv", "es\t1F1E8-1F1E6\tCanadá\t\treason\t\n",
       "markets/XX.tsv:1 unreasoned"},
      {"a market row twice", "markets/XX.tsv",
       "es\t1F1E8-1F1E6\tA\t\tr\ts\nes\t1F1E8-1F1E6\tB\t\tr\ts\n",
       "markets/XX.tsv:0 duplicate-key"},
      {"a phrase that cannot match", "phrases/en/es.tsv", "a: b\tc\t\n",
       "phrases/en/es.tsv:1 phrase-form"},
      {"a phrase that is written otherwise", "phrases/en/es.tsv", "Hello!\thola\t\n",
       "phrases/en/es.tsv:1 phrase-form"},
      {"a phrase twice", "phrases/en/es.tsv", "hello\ta\t\nhello\tb\t\n",
       "phrases/en/es.tsv:2 duplicate-key"},
      {"phrases of an unknown language", "phrases/xx/es.tsv", "hello\ta\t\n",
       "phrases/xx:0 unknown-locale"},
      {"a phrase that becomes an emoji", "phrases/en/es.tsv", "hello\t👍\t\n",
       "phrases/en/es.tsv:1 emoji-in-text"},
      {"an acknowledgement of nothing", "lint.tsv", "script\tcurated/en.tsv\tno reason to be\n",
       "lint.tsv:1 stale-acknowledgement"},
      {"an acknowledgement without a reason", "lint.tsv", "script\tcurated/en.tsv\t\n",
       "lint.tsv:1 unreasoned"},
      {"a forbidden term without a reason", "forbidden.tsv", "en\t*\tthumb\t\n",
       "forbidden.tsv:1 unreasoned"},
      {"a forbidden term", "forbidden.tsv", "en\t*\tthumb\twhy\n", "cldr/names/en.tsv:4 forbidden"},
      {"a forbidden term is inherited", "forbidden.tsv", "root\tflag\tCanad\twhy\n",
       "cldr/territories/es.tsv:2 forbidden"},
      {"a pattern that is none", "forbidden.tsv", "en\t*\t(\twhy\n", "forbidden.tsv:1 pattern"},
  };
  for (const auto& row : kRows) {
    const SmallData data;
    data.Write(row.file, row.rows);
    EXPECT_THAT(Findings(data), Contains(row.finding)) << row.what;
  }
}

TEST(LintTest, ForbiddenTermsKeepToTheirScope) {
  const SmallData data;
  data.Write("forbidden.tsv", "en\tneutral-person\tthumb\twhy\nes\t*\tred heart\twhy\n");
  EXPECT_THAT(Findings(data), IsEmpty());
}

TEST(LintTest, EnglandIsNotTheUnitedKingdom) {
  const SmallData data;
  data.Write("emoji/regions.tsv", "CA\tregular\nGB\tregular\nUS\tregular\nYU\tdeprecated\n");
  data.Write("cldr/territories/en.tsv", std::string(kRegions) + "GB\t\tUnited Kingdom\n");
  data.Write("cldr/subdivisions/en.tsv", std::string(kParts) + "gbeng\tUnited Kingdom\n");
  EXPECT_THAT(Findings(data), Contains("cldr/subdivisions/en.tsv:2 part-is-whole"));
}

TEST(LintTest, AcknowledgedWarningsAreCounted) {
  const SmallData data;
  data.Write("cldr/names/es.tsv", std::string(kNames) + "1F44D\tthumbs up\t\n");
  data.Write("lint.tsv", "same-as-english\tcldr/names/*\toften right\n");
  const BuiltBook built = *BuildBook(data.dir(), {});
  EXPECT_THAT(built.warnings, IsEmpty());
  EXPECT_EQ(built.acknowledged, 1);
  EXPECT_FALSE(built.image.empty());
  // An error stays one.
  data.Write("curated/es.tsv", "1F44D\t=1\t\t\t\n");
  data.Write("lint.tsv", "formula\tcurated/es.tsv\tplease\n");
  EXPECT_THAT(Findings(data),
              ElementsAre("curated/es.tsv:1 formula", "cldr/names/es.tsv:2 same-as-english",
                          "lint.tsv:1 stale-acknowledgement"));
}

TEST(LintTest, RulesAreInOrderAndSaidOnce) {
  std::set<std::string_view> seen;
  std::string_view last;
  for (const LintRule& rule : LintRules()) {
    EXPECT_LT(last, rule.id);
    EXPECT_FALSE(rule.what.empty()) << rule.id;
    EXPECT_TRUE(seen.insert(rule.id).second);
    EXPECT_EQ(FindLintRule(rule.id), &rule);
    last = rule.id;
  }
  EXPECT_EQ(FindLintRule("no-such-rule"), nullptr);
}

// The tree's own tables: nothing wrong, nothing doubtful that nobody has looked at.
TEST(LintTest, TheTablesAreClean) {
  const BuiltBook built = *BuildBook(SIGNALBOOK_SOURCE_DIR "/data", {});
  for (const auto& list : {built.findings, built.warnings}) {
    for (const Finding& finding : list) ADD_FAILURE() << ToString(finding);
  }
}

std::shared_ptr<const Book> Build(const SmallData& data) {
  return *Book::FromImage(BuildBook(data.dir(), {})->image);
}

TEST(BookDiffTest, TellsWhatCameChangedAndWent) {
  const SmallData data;
  const auto before = Build(data);
  EXPECT_THAT(DiffBooks(*before, *before), IsEmpty());
  data.Write("curated/es.tsv", "1F525\tfuego\t\t\t\n2764\t!blocked\t\t\t\n");
  data.Write("cldr/territories/es-AR.tsv", std::string(kRegions));
  data.Write("markets/XX.tsv", "es\t1F1E8-1F1E6\tEl Canadá\t\tr\ts\n");
  data.Write("phrases/en/es.tsv", "hello\thola\t\n");
  const auto after = Build(data);
  std::vector<std::string> lines;
  for (const BookChange& c : DiffBooks(*before, *after)) {
    lines.push_back(c.locale + " " + c.key + " " + c.before + "|" + c.after + " " + c.source_after);
  }
  EXPECT_THAT(lines, ElementsAre("XX/es 1F1E8-1F1E6 |El Canadá markets/XX",
                                 "en→es hello |hola phrases", "es 1F525 |fuego curated",
                                 "es 2764 corazón rojo|!blocked curated", "es-419 1F525 =| ",
                                 "es-419 2764 corazón|!blocked curated", "es-AR 1F1FA-1F1F8 =| "));
  EXPECT_EQ(DiffBooks(*after, *before).size(), lines.size());
}

TEST(BookStatsTest, CountsWhatIsNamed) {
  const SmallData data;
  data.Write("curated/es.tsv", "1F525\tfuego\t\t\t\n2764\t!blocked\t\t\t\n");
  const auto book = Build(data);
  const LocaleStats es = StatsOf(*book, *book->locales().Resolve("es-AR"));
  EXPECT_EQ(es.total.sequences, 10);
  EXPECT_EQ(es.total.named, 4);  // 🔥 👍 🇨🇦 🇺🇸
  EXPECT_EQ(es.total.blocked, 1);
  EXPECT_EQ(es.missing.size(), 5U);
  EXPECT_EQ(es.by_provenance.at("curated"), 1);
  EXPECT_EQ(es.by_provenance.at("cldr-48.2/territories"), 2);
  EXPECT_EQ(es.by_group.at("Flags").sequences, 4);
  EXPECT_EQ(es.by_group.at("Flags").named, 2);
  EXPECT_EQ(es.by_version.at("2.0").named, 2);
  EXPECT_EQ(StatsOf(*book).size(), book->NamedLocales().size());
}

}  // namespace
}  // namespace signalbook
