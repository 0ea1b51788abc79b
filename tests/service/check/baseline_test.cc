#include "service/check/baseline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "service/strings.h"
#include "tests/service/cli/temp_folder.h"

namespace signalbook::check {
namespace {

using Kind = BaselineChange::Kind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr std::string_view kHash = "0123456789abcdef";
constexpr std::string_view kOtherHash = "fedcba9876543210";

CaseResult Result(std::vector<std::string> rules, std::string_view hash = kHash) {
  CaseResult result;
  result.file = "corpora/flags.tsv";
  result.line = 12;
  result.to = "es";
  result.sequence = "1F1E8-1F1E6 1F600";
  result.text_hash = hash;
  for (std::string& rule : rules) {
    result.findings.push_back({.rule = std::move(rule), .message = "what is wrong"});
  }
  return result;
}

std::vector<std::string> Rules(const CaseResult& result) {
  std::vector<std::string> rules;
  for (const Finding& finding : result.findings) rules.push_back(finding.rule);
  return rules;
}

// A row of a file.
std::string Row(std::string_view rule, std::string_view output = "",
                std::string_view state = "accepted", std::string_view hash = kHash) {
  return StrCat(rule, "\tes\t1F1E8-1F1E6 1F600\t", hash, "\t", output, "\tana\t2026-11-27\tknown\t",
                state, "\n");
}

Baseline Parsed(std::string_view text) {
  absl::StatusOr<Baseline> baseline = Baseline::Parse(text, "accepted.tsv");
  EXPECT_TRUE(baseline.ok()) << baseline.status();
  return *std::move(baseline);
}

// The rows of a file, without its head.
std::string RowsOf(const Baseline& baseline) {
  std::string text = baseline.ToText();
  while (!text.empty() && text.front() == '#') text.erase(0, text.find('\n') + 1);
  return text;
}

// "added law/copy", without the rest of the key.
std::vector<std::string> Words(const std::vector<BaselineChange>& changes) {
  std::vector<std::string> words;
  for (const BaselineChange& change : changes) {
    const char* const kWords[] = {"added ", "changed ", "obsolete ", "revived "};
    words.push_back(kWords[static_cast<int>(change.kind)] + change.key.rule);
  }
  return words;
}

TEST(Baseline, ParsesAndWritesTheSameBytes) {
  struct Case {
    const char* description;
    std::string text;
    std::string rows;  // as ToText writes them
  };
  const std::string kOne = Row("law/copy");
  const std::string kTwo = Row("law/copy") + Row("output", "¡Hola\\t🇨🇦\\u{FE0F}!", "obsolete");
  const Case kCases[] = {
      {"empty", "", ""},
      {"comments and empty lines", "# a\n\n#\n", ""},
      {"rows", kTwo, kTwo},
      {"CRLF, byte order mark", "\xEF\xBB\xBF# a\r\n" + kOne.substr(0, kOne.size() - 1) + "\r\n",
       kOne},
      {"no line break at the end", kTwo.substr(0, kTwo.size() - 1), kTwo},
      {"an output that could be read by eye only", Row("output", "👩\u200D🚀"),
       Row("output", "👩\\u{200D}🚀")},
      {"an empty translation", Row("output"), Row("output")},
      {"a translation that is not UTF-8", Row("output", "\\xFF"), Row("output", "\\xFF")},
      {"no emoji, no language",
       "output\t\t\t0123456789abcdef\tx\tana\t2026-11-27\tknown\taccepted\n",
       "output\t\t\t0123456789abcdef\tx\tana\t2026-11-27\tknown\taccepted\n"},
  };
  for (const Case& c : kCases) {
    const Baseline baseline = Parsed(c.text);
    EXPECT_EQ(RowsOf(baseline), c.rows) << c.description;
    const std::string text = baseline.ToText();
    EXPECT_EQ(Parsed(text).ToText(), text) << c.description;
    EXPECT_EQ(baseline.empty(), c.rows.empty()) << c.description;
  }
  EXPECT_EQ(Parsed(kTwo).size(), 2u);
  EXPECT_THAT(Baseline().ToText(), HasSubstr("signalbook accept"));
  EXPECT_THAT(Baseline().ToText(),
              HasSubstr("# rule\tlocale\tsequence\ttext_hash\toutput\tby\ton\treason\tstate\n"));
}

TEST(Baseline, IsKnownByItsHead) {
  EXPECT_TRUE(IsBaseline(Baseline().ToText()));
  EXPECT_FALSE(IsBaseline("# What people say\nsource\tto\n"));
  EXPECT_FALSE(IsBaseline(""));
}

TEST(Baseline, BadRowsSayWhereAndWhatToDo) {
  struct Case {
    const char* description;
    std::string text;
    const char* error;
  };
  const std::string kGood = Row("law/copy");
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string row = kGood;
    return row.replace(row.find(from), from.size(), to);
  };
  const Case kCases[] = {
      {"a cell too few", "law/copy\tes\n", "f.tsv:1: 2 cells where 9 are needed"},
      {"spaces for tabs", "# a\nlaw/copy es 1F600\n", "f.tsv:2: 1 cells where 9 are needed"},
      {"a cell too many", with("\n", "\tx\n"), "f.tsv:1: 10 cells where 9"},
      {"cut off in the last cell", kGood.substr(0, kGood.size() - 4),
       "f.tsv:1: state is \"accep\""},
      {"no escape", with("known", "\\q"), "f.tsv:1: reason has a backslash that begins no escape"},
      {"no rule", with("law/copy", ""), "f.tsv:1: rule is \"\""},
      {"a short hash", with(kHash, "0123"), "f.tsv:1: text_hash is \"0123\""},
      {"capitals in a hash", with("abcdef", "ABCDEF"), "f.tsv:1: text_hash is"},
      {"output of a finding", Row("law/copy", "x"), "f.tsv:1: output is \"x\"; expected nothing"},
      {"nobody accepted it", with("ana", ""), "f.tsv:1: by is \"\"; expected who"},
      {"no day", with("2026-11-27", "yesterday"), "f.tsv:1: on is \"yesterday\""},
      {"a day that never was", with("2026-11-27", "2026-02-30"), "f.tsv:1: on is \"2026-02-30\""},
      {"a day with a time", with("2026-11-27", "2026-11-27T10"), "f.tsv:1: on is"},
      {"no reason", with("known", ""), "f.tsv:1: reason is \"\"; expected why"},
      {"another state", Row("law/copy", "", "Accepted"), "f.tsv:1: state is \"Accepted\""},
      {"control characters are shown", Row("law/copy", "", "\x1B"), "state is \"\\x1B\""},
      {"not UTF-8", with("known", "\xE9t\xE9"), "f.tsv:1: not UTF-8"},
      {"UTF-16", "\xFF\xFE#\n", "f.tsv:1: not UTF-8"},
      {"the same row", "#\n" + kGood + "#\n" + kGood, "f.tsv:4: the same finding as line 2"},
      {"the same row, another reason", kGood + with("known", "new"), "f.tsv:2: the same finding"},
      {"not sorted", Row("output") + kGood, "f.tsv:2: belongs before line 1"},
      {"not sorted by the hash", Row("law/copy", "", "accepted", kOtherHash) + kGood,
       "f.tsv:2: belongs before line 1"},
      {"our side", kGood + "<<<<<<< HEAD\n", "f.tsv:2: a conflict marker"},
      {"the base", "||||||| 1a2b3c\n", "f.tsv:1: a conflict marker"},
      {"the middle", "=======\n", "f.tsv:1: a conflict marker"},
      {"their side", ">>>>>>> main\n", "f.tsv:1: a conflict marker"},
  };
  for (const Case& c : kCases) {
    const absl::StatusOr<Baseline> baseline = Baseline::Parse(c.text, "f.tsv");
    EXPECT_EQ(baseline.status().code(), absl::StatusCode::kInvalidArgument) << c.description;
    EXPECT_THAT(std::string(baseline.status().message()), HasSubstr(c.error)) << c.description;
  }
  for (const std::string& merged : {kGood + kGood, std::string("<<<<<<< HEAD\n")}) {
    EXPECT_THAT(std::string(Baseline::Parse(merged, "f.tsv").status().message()),
                HasSubstr("take one side's file"));
  }
}

TEST(Baseline, LoadReadsTheFile) {
  const TempFolder folder;
  const absl::StatusOr<Baseline> loaded =
      Baseline::Load(folder.Write("accepted.tsv", Row("law/copy")));
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(RowsOf(*loaded), Row("law/copy"));
  EXPECT_EQ(Baseline::Load(folder.path() + "/none.tsv").status().code(),
            absl::StatusCode::kNotFound);
  const std::string bad = folder.Write("bad.tsv", "x\n");
  EXPECT_THAT(std::string(Baseline::Load(bad).status().message()), StartsWith(bad + ":1: "));
}

TEST(Baseline, ApplyTakesOutWhatIsAccepted) {
  struct Case {
    const char* description;
    std::string rows;
    CaseResult result;
    std::string output;
    bool outputs;
    std::vector<std::string> rules;  // left
    int accepted;
    std::vector<std::string> stale;  // rules
  };
  CaseResult other_language = Result({"law/copy"});
  other_language.to = "fr";
  CaseResult other_sequence = Result({"law/copy"});
  other_sequence.sequence = "1F600";
  const std::string kCopy = Row("law/copy");
  const Case kCases[] = {
      {"no rows", "", Result({"law/copy"}), "x", false, {"law/copy"}, 0, {}},
      {"an accepted finding", kCopy, Result({"law/copy"}), "x", false, {}, 1, {}},
      {"a new one beside it",
       kCopy,
       Result({"law/book", "law/copy", "law/emoji"}),
       "x",
       false,
       {"law/book", "law/emoji"},
       1,
       {}},
      {"no finding any more", kCopy, Result({}), "x", false, {}, 0, {"law/copy"}},
      {"of another text",
       kCopy,
       Result({"law/copy"}, kOtherHash),
       "x",
       false,
       {"law/copy"},
       0,
       {"law/copy"}},
      {"in another language", kCopy, other_language, "x", false, {"law/copy"}, 0, {"law/copy"}},
      {"of other emoji", kCopy, other_sequence, "x", false, {"law/copy"}, 0, {"law/copy"}},
      {"an obsolete row does not count, and is not stale",
       Row("law/copy", "", "obsolete"),
       Result({"law/copy"}),
       "x",
       false,
       {"law/copy"},
       0,
       {}},
      {"outputs off: not judged, not stale", Row("output", "y"), Result({}), "x", false, {}, 0, {}},
      {"the accepted translation", Row("output", "x"), Result({}), "x", true, {}, 0, {}},
      {"an empty one", Row("output"), Result({}), "", true, {}, 0, {}},
      {"another one: met all the same",
       Row("output", "y"),
       Result({}),
       "x",
       true,
       {"output"},
       0,
       {}},
      {"none is accepted", "", Result({}), "x", true, {"output"}, 0, {}},
      {"none is accepted any more",
       Row("output", "x", "obsolete"),
       Result({}),
       "x",
       true,
       {"output"},
       0,
       {}},
      {"outputs on: a row of another text",
       Row("output", "x"),
       Result({}, kOtherHash),
       "x",
       true,
       {"output"},
       0,
       {"output"}},
      {"no answer has no translation",
       kCopy + Row("output", "y"),
       Result({"answer/error"}),
       "",
       true,
       {"answer/error"},
       0,
       {"law/copy"}},
      {"nor has an accepted one",
       Row("answer/error") + Row("output", "y"),
       Result({"answer/error"}),
       "",
       true,
       {},
       1,
       {}},
  };
  for (const Case& c : kCases) {
    Baseline baseline = Parsed(c.rows);
    CaseResult result = c.result;
    baseline.Apply(c.output, c.outputs, &result);
    EXPECT_EQ(Rules(result), c.rules) << c.description;
    EXPECT_EQ(result.accepted, c.accepted) << c.description;
    std::vector<std::string> stale;
    for (const std::string& row : baseline.Stale()) stale.push_back(row.substr(0, row.find(' ')));
    EXPECT_EQ(stale, c.stale) << c.description;
    EXPECT_EQ(RowsOf(baseline), c.rows) << c.description;  // check never changes it
  }
}

TEST(Baseline, ApplyShowsBothTranslations) {
  Baseline baseline = Parsed(Row("output", "antes"));
  CaseResult result = Result({});
  baseline.Apply("ahora", true, &result);
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings[0].expected, "antes");
  EXPECT_EQ(result.findings[0].actual, "ahora");
}

TEST(Baseline, StaleRowsAreNamedForPeople) {
  const Baseline baseline =
      Parsed("law/copy\t\\u{1B}\t\t0123456789abcdef\t\tana\t2026-11-27\tknown\taccepted\n" +
             Row("law/emoji"));
  EXPECT_THAT(baseline.Stale(), ElementsAre("law/copy \\x1B - 0123456789abcdef",
                                            "law/emoji es 1F1E8-1F1E6 1F600 0123456789abcdef"));
}

TEST(Baseline, CasesOfOneTextShareTheirRows) {
  Baseline baseline = Parsed(Row("law/copy") + Row("output", "x"));
  CaseResult results[] = {Result({"law/copy"}), Result({"law/copy"}), Result({"law/copy"})};
  baseline.Apply("x", true, &results[0]);
  baseline.Apply("x", true, &results[1]);
  baseline.Apply("y", true, &results[2]);
  EXPECT_THAT(Rules(results[0]), IsEmpty());
  EXPECT_THAT(Rules(results[1]), IsEmpty());
  EXPECT_THAT(Rules(results[2]), ElementsAre("output"));
  EXPECT_THAT(baseline.Stale(), IsEmpty());
}

TEST(Baseline, AppliesFromManyThreads) {
  std::string text;
  for (int i = 100; i < 300; ++i)
    text += Row("law/copy", "", "accepted", StrCat("0000000000000", i));
  Baseline baseline = Parsed(text);
  Baseline moved = std::move(baseline);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&moved] {
      for (int i = 101; i < 300; ++i) {
        CaseResult result = Result({"law/copy"}, StrCat("0000000000000", i));
        moved.Apply("", false, &result);
        EXPECT_EQ(result.accepted, 1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(moved.Stale(), ElementsAre("law/copy es 1F1E8-1F1E6 1F600 0000000000000100"));
}

TEST(Baseline, AcceptTakesInWhatWasObserved) {
  struct Seen {
    CaseResult result;
    std::string output;
  };
  struct Case {
    const char* description;
    std::string rows;
    std::vector<Seen> seen;
    bool outputs;
    std::vector<std::string> changes;
    std::string accepted;  // rows; written anew where by is "bo"
  };
  const auto renewed = [](std::string row) {
    return row.replace(row.find("ana\t2026-11-27\tknown"), 20, "bo\t2026-12-01\tnew\\u{A0}book");
  };
  const Case kCases[] = {
      {"nothing", "", {}, false, {}, ""},
      {"a case that passed", "", {{Result({}), "x"}}, false, {}, ""},
      {"findings, by key",
       "",
       {{Result({"law/emoji", "law/copy"}), "x"}},
       false,
       {"added law/copy", "added law/emoji"},
       renewed(Row("law/copy")) + renewed(Row("law/emoji"))},
      {"known ones stay as they are",
       Row("law/copy"),
       {{Result({"law/copy"}), "x"}},
       false,
       {},
       Row("law/copy")},
      {"gone ones are kept, with who accepted them",
       Row("law/copy"),
       {{Result({}), "x"}},
       false,
       {"obsolete law/copy"},
       Row("law/copy", "", "obsolete")},
      {"obsolete ones stay so",
       Row("law/copy", "", "obsolete"),
       {{Result({}), "x"}},
       false,
       {},
       Row("law/copy", "", "obsolete")},
      {"and come back",
       Row("law/copy", "", "obsolete"),
       {{Result({"law/copy"}), "x"}},
       false,
       {"revived law/copy"},
       renewed(Row("law/copy"))},
      {"a translation",
       "",
       {{Result({}), "x\t"}},
       true,
       {"added output"},
       renewed(Row("output", "x\\t"))},
      {"the same one", Row("output", "x"), {{Result({}), "x"}}, true, {}, Row("output", "x")},
      {"another one",
       Row("output", "x"),
       {{Result({}), "y"}},
       true,
       {"changed output"},
       renewed(Row("output", "y"))},
      {"one that comes back, as it was",
       Row("output", "x", "obsolete"),
       {{Result({}), "x"}},
       true,
       {"revived output"},
       renewed(Row("output", "x"))},
      {"a case that is gone",
       Row("output", "x"),
       {{Result({}, kOtherHash), "x"}},
       true,
       {"obsolete output", "added output"},
       Row("output", "x", "obsolete") + renewed(Row("output", "x", "accepted", kOtherHash))},
      {"outputs off: they are left alone",
       Row("law/copy") + Row("output", "x"),
       {{Result({}), "y"}},
       false,
       {"obsolete law/copy"},
       Row("law/copy", "", "obsolete") + Row("output", "x")},
      {"no answer is no translation",
       Row("output", "x"),
       {{Result({"answer/timeout"}), ""}},
       true,
       {"added answer/timeout"},
       renewed(Row("answer/timeout")) + Row("output", "x")},
      {"an error that was expected is an empty one",
       "",
       {{Result({}), ""}},
       true,
       {"added output"},
       renewed(Row("output"))},
      {"two translations of one text: the first",
       "",
       {{Result({}), "x"}, {Result({}), "y"}},
       true,
       {"added output"},
       renewed(Row("output", "x"))},
      {"two, and the first is known",
       Row("output", "x"),
       {{Result({}), "x"}, {Result({}), "y"}},
       true,
       {},
       Row("output", "x")},
      {"two, and the second is known",
       Row("output", "x"),
       {{Result({}), "y"}, {Result({}), "x"}},
       true,
       {"changed output"},
       renewed(Row("output", "y"))},
      {"two, and the first has no answer",
       Row("output", "x"),
       {{Result({"answer/error"}), ""}, {Result({}), "y"}},
       true,
       {"added answer/error", "changed output"},
       renewed(Row("answer/error")) + renewed(Row("output", "y"))},
  };
  for (const Case& c : kCases) {
    Baseline baseline = Parsed(c.rows);
    for (const Seen& seen : c.seen) baseline.Observe(seen.result, seen.output, c.outputs);
    EXPECT_EQ(Words(baseline.Changes()), c.changes) << c.description;
    EXPECT_EQ(RowsOf(baseline), c.rows) << c.description;  // nothing yet
    baseline.Accept("bo", "2026-12-01", "new\u00A0book");
    EXPECT_EQ(RowsOf(baseline), c.accepted) << c.description;
    EXPECT_THAT(baseline.Changes(), IsEmpty()) << c.description;
    EXPECT_EQ(Parsed(baseline.ToText()).ToText(), baseline.ToText()) << c.description;

    // What was accepted passes, as far as cases of one text agree.
    if (c.seen.size() != 1) continue;
    CaseResult first = c.seen[0].result;
    baseline.Apply(c.seen[0].output, c.outputs, &first);
    EXPECT_THAT(Rules(first), IsEmpty()) << c.description;
    EXPECT_THAT(baseline.Stale(), IsEmpty()) << c.description;
  }
}

TEST(Baseline, ChangesSayWhatAndWhere) {
  Baseline baseline = Parsed(Row("law/book") + Row("output", "antes"));
  baseline.Observe(Result({"law/copy"}), "ahora", true);
  CaseResult twin = Result({"law/copy"});
  twin.line = 40;
  twin.findings[0].message = "another";
  baseline.Observe(twin, "nunca", true);
  const std::vector<BaselineChange> changes = baseline.Changes();
  ASSERT_THAT(Words(changes), ElementsAre("obsolete law/book", "added law/copy", "changed output"));
  EXPECT_EQ(changes[0].file, "");
  EXPECT_EQ(changes[1].message, "what is wrong");
  EXPECT_EQ(changes[1].after, "ahora");
  EXPECT_EQ(changes[1].file, "corpora/flags.tsv");
  EXPECT_EQ(changes[1].line, 12);
  EXPECT_EQ(changes[2].before, "antes");
  EXPECT_EQ(changes[2].after, "ahora");
  EXPECT_EQ(changes[2].line, 12);
  EXPECT_THAT(changes[2].message, HasSubstr("corpora/flags.tsv:40"));
}

TEST(Baseline, PruneDropsObsoleteRows) {
  Baseline baseline =
      Parsed(Row("law/book", "", "obsolete") + Row("law/copy") + Row("output", "x", "obsolete"));
  EXPECT_EQ(baseline.Prune(), 2u);
  EXPECT_EQ(RowsOf(baseline), Row("law/copy"));
  EXPECT_EQ(baseline.Prune(), 0u);
}

}  // namespace
}  // namespace signalbook::check
