// `signalbook entries`, `proposals`, `revisions` and `refusals` against a server, as people and scripts use
// them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "tests/end_to_end/moderated_server.h"

namespace signalbook {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr char kThumb[] = "names:es:1F44D";
constexpr char kCanada[] = "names:es:1F1E8-1F1E6";

TEST(ModerationCliTest, AProposalGoesLiveAndBack) {
  const ModeratedServer server;
  const std::string before = server.Says("👍");

  // What there is.
  const auto listed =
      server.Get<v1::ModeratedEntry>("vic", {"entries", "list", "--scope", "es", "--text", "👍"});
  EXPECT_EQ(listed.name(), std::string("entries/") + kThumb);
  EXPECT_EQ(listed.row().text(), before);
  const Result shown = server.As("vic", {"entries", "show", kThumb});
  EXPECT_EQ(shown.exit_code, 0) << shown.errors;
  EXPECT_THAT(shown.output, AllOf(HasSubstr(before), HasSubstr("U+1F44D"), HasSubstr("elsewhere"),
                                  HasSubstr("names:es:1F44D-1F3FB")));

  // What is only tried changes nothing.
  const Result tried =
      server.As("mia", {"proposals", "create", kThumb, "--text", "dedo gordo", "--dry-run"});
  EXPECT_EQ(tried.exit_code, 0) << tried.errors;
  EXPECT_THAT(tried.output, HasSubstr("\"dedo gordo\""));
  const Result refused =
      server.As("mia", {"proposals", "create", kThumb, "--text", "👍", "--dry-run"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.output, HasSubstr("error emoji-in-text"));
  EXPECT_THAT(server.As("vic", {"audit", "list", "--json"}).output, IsEmpty());

  // Proposed, and not approved by who must not.
  const auto proposal = server.Get<v1::Proposal>(
      "ana", {"proposals", "create", kThumb, "--text", "dedo gordo", "--reason", "they say so"});
  EXPECT_EQ(proposal.name(), "proposals/1");
  EXPECT_EQ(proposal.row().text(), "dedo gordo");
  const std::string& hash = proposal.content_hash();
  const struct {
    const char* what;
    const char* who;
    std::vector<std::string> arguments;
    const char* says;
  } kNotApproved[] = {
      {"by its author", "ana", {"--hash", hash}, "nobody approves what they wrote themselves"},
      {"by who may not", "mia", {"--hash", hash}, "approver"},
      {"another text", "ben", {"--hash", std::string(64, '0')}, "changed since it was read"},
      {"unread", "ben", {}, "--hash"},
  };
  for (const auto& row : kNotApproved) {
    std::vector<std::string> arguments = {"proposals", "approve", "1"};
    arguments.insert(arguments.end(), row.arguments.begin(), row.arguments.end());
    const Result result = server.As(row.who, arguments, "y\n");
    EXPECT_EQ(result.exit_code, 2) << row.what;
    EXPECT_THAT(result.errors, HasSubstr(row.says)) << row.what;
    EXPECT_THAT(result.output, IsEmpty()) << row.what;
  }
  EXPECT_EQ(server.Says("👍"), before);

  const Result approved = server.As("ben", {"proposals", "approve", "1", "--hash", hash});
  EXPECT_EQ(approved.exit_code, 0) << approved.errors;
  EXPECT_THAT(approved.output, StartsWith("proposals/1 approved, revision 1: "));
  EXPECT_EQ(server.Says("👍"), "dedo gordo");

  // What it was, and back.
  const auto change = server.Get<v1::RowChange>("vic", {"revisions", "diff"});
  EXPECT_EQ(change.after().text(), "dedo gordo");
  EXPECT_THAT(change.approvers(), ElementsAre("ben"));
  const auto plan =
      server.Get<v1::RollBackResponse>("ana", {"revisions", "roll-back", "0", "--dry-run"});
  EXPECT_THAT(plan.revision().changes(), SizeIs(1));
  EXPECT_EQ(server.Says("👍"), "dedo gordo");
  const Result back =
      server.As("ana", {"revisions", "roll-back", "0", "--reason", "nobody says so"});
  EXPECT_EQ(back.exit_code, 0) << back.errors;
  EXPECT_THAT(back.output, StartsWith("revision 2 is live:"));
  EXPECT_EQ(server.Says("👍"), before);
  const Result nothing = server.As("vic", {"revisions", "diff"});
  EXPECT_EQ(nothing.exit_code, 0);
  EXPECT_THAT(nothing.output, IsEmpty());
  EXPECT_THAT(Lines(server.As("vic", {"revisions", "list", "--json"}).output), SizeIs(2));
}

TEST(ModerationCliTest, OnATerminalItAsks) {
  const ModeratedServer server;
  const struct {
    const char* answer;
    int exit_code;
    const char* state;
  } kRows[] = {{"n", 1, "open"}, {"", 1, "open"}, {"y", 0, "approved"}};
  server.Get<v1::Proposal>(
      "ana", {"proposals", "create", kThumb, "--text", "dedo gordo", "--reason", "they say so"});
  for (const auto& row : kRows) {
    // script(1) makes the terminal.
    Process process({"/usr/bin/script", "--quiet", "--return", "--command",
                     std::string(SIGNALBOOK_PROGRAM) + " proposals approve 1 --server " +
                         server.address() + " --token-file " + server.TokenFile("ben"),
                     "/dev/null"});
    std::string seen;
    while (!absl::StrContains(seen, "hash")) {
      const std::string line = process.ReadLine(absl::Seconds(60));
      ASSERT_FALSE(line.empty()) << seen << process.errors();
      seen += line;
    }
    EXPECT_THAT(seen, AllOf(HasSubstr("\"dedo gordo\""), HasSubstr("they say so")));
    process.Write(std::string(row.answer) + "\n");
    EXPECT_EQ(process.Wait(absl::Seconds(60)), row.exit_code) << process.output();
    EXPECT_THAT(server.As("vic", {"proposals", "show", "1"}).output,
                StartsWith(std::string("proposals/1  ") + row.state));
  }
}

TEST(ModerationCliTest, FlagsTakeTwo) {
  const ModeratedServer server;
  const v1::Proposal once = server.Change(kCanada, "Canadá (país)");
  EXPECT_EQ(once.state(), v1::PROPOSAL_STATE_OPEN);
  EXPECT_THAT(server.As("vic", {"proposals", "list"}).output, HasSubstr("1/2"));
  const Result twice =
      server.As("adm", {"proposals", "approve", once.name(), "--hash", once.content_hash()});
  EXPECT_EQ(twice.exit_code, 0) << twice.errors;
  EXPECT_EQ(server.Says("🇨🇦"), "Canadá (país)");
}

TEST(ModerationCliTest, AnEditKeepsWhatItDoesNotName) {
  const ModeratedServer server;
  server.Get<v1::Proposal>(
      "mia", {"proposals", "create", kThumb, "--text", "dedo gordo", "--alternate", "pulgar",
              "--alternate", "dedo pulgar", "--note", "[slang]", "--reason", "{}"});
  const auto edited =
      server.Get<v1::Proposal>("mia", {"proposals", "edit", "1", "--text", "dedo grande"});
  EXPECT_EQ(edited.row().text(), "dedo grande");
  EXPECT_THAT(edited.row().alternates(), ElementsAre("pulgar", "dedo pulgar"));
  EXPECT_EQ(edited.row().note(), "[slang]") << "as typed";
  EXPECT_EQ(edited.reason(), "{}") << "as typed";
  const auto bare =
      server.Get<v1::Proposal>("mia", {"proposals", "edit", "1", "--alternate", "", "--note", ""});
  EXPECT_EQ(bare.row().text(), "dedo grande");
  EXPECT_THAT(bare.row().alternates(), IsEmpty());
  EXPECT_EQ(bare.row().note(), "");
  const auto blocked = server.Get<v1::Proposal>("mia", {"proposals", "edit", "1", "--blocked"});
  EXPECT_TRUE(blocked.row().blocked());
  EXPECT_EQ(blocked.row().text(), "");
  EXPECT_EQ(server.As("ana", {"proposals", "edit", "1", "--text", "x"}).exit_code, 2)
      << "not the author";
}

TEST(ModerationCliTest, WordsOfPeopleArriveAsTyped) {
  const ModeratedServer server;
  server.Get<v1::Proposal>(
      "mia", {"proposals", "create", kThumb, "--text", "dedo gordo", "--reason", "they say so"});
  const std::vector<std::string> words = {"[a,b]", "{}",   "list",   "proposals",
                                          "%%",    "a\nb", "\x1b[2J"};
  for (const std::string& text : words) {
    EXPECT_EQ(server.As("ana", {"proposals", "comment", "1", text}).exit_code, 0) << text;
  }
  const auto proposal = server.Get<v1::Proposal>("vic", {"proposals", "show", "proposals/1"});
  ASSERT_THAT(proposal.comments(), SizeIs(words.size()));
  for (size_t i = 0; i < words.size(); ++i) EXPECT_EQ(proposal.comments(i).text(), words[i]);
  const Result shown = server.As("vic", {"proposals", "show", "1"});
  EXPECT_THAT(shown.output, Not(HasSubstr("\x1b"))) << "it drives no terminal";
  EXPECT_THAT(server.As("vic", {"proposals", "list", "--disputed", "--json"}).output,
              HasSubstr("proposals/1"));

  EXPECT_EQ(server.As("ana", {"proposals", "reject", "1", "--reason", "no"}).exit_code, 0);
  const Result closed = server.As("mia", {"proposals", "withdraw", "1", "--reason", "well"});
  EXPECT_EQ(closed.exit_code, 2);
  EXPECT_THAT(closed.errors, HasSubstr("REJECTED"));
}

TEST(ModerationCliTest, ProposesForEveryTable) {
  const ModeratedServer server;
  const struct {
    const char* what;
    std::vector<std::string> arguments;
    const char* entry;
  } kRows[] = {
      {"a blocked name", {kThumb, "--blocked"}, "entries/names:es:1F44D"},
      {"a phrase",
       {"phrases:en>es:see you soon mate", "--text", "hasta pronto, amigo"},
       "entries/phrases:en>es:see you soon mate"},
      {"a guard without its hash",
       {"guards:es:arrest", "--text", "\\bentrullad[oa]s?\\b", "--matches", "fue entrullado",
        "--does-not-match", "fue al trullo"},
       "entries/guards:es:arrest:"},
      {"a term", {"terms:es:palabrota", "--text", "palabrota"}, "entries/terms:es:palabrota"},
  };
  for (const auto& row : kRows) {
    std::vector<std::string> arguments = {"proposals", "create"};
    arguments.insert(arguments.end(), row.arguments.begin(), row.arguments.end());
    arguments.insert(arguments.end(), {"--reason", "a test", "--json"});
    const Result result = server.As("mia", arguments);
    EXPECT_EQ(result.exit_code, 0) << row.what << ": " << result.errors;
    EXPECT_THAT(FromJson<v1::Proposal>(result.output).entry(), StartsWith(row.entry)) << row.what;
  }
  EXPECT_THAT(
      Lines(server.As("vic", {"proposals", "list", "--state", "open", "--author", "mia", "--json"})
                .output),
      SizeIs(4));
  EXPECT_THAT(Lines(server.As("vic", {"proposals", "list", "--entry", kThumb, "--json"}).output),
              SizeIs(1));
  EXPECT_THAT(Lines(server
                        .As("vic", {"proposals", "list", "--state", "approved", "--state",
                                    "rejected", "--json"})
                        .output),
              IsEmpty());
}

TEST(ModerationCliTest, ABlockIsLiveAtOnce) {
  const ModeratedServer server;
  const Result blocked = server.As("ana", {"entries", "block", kThumb, "--reason", "an insult",
                                           "--reported", "2026-11-27T17:20:00Z"});
  EXPECT_EQ(blocked.exit_code, 0) << blocked.errors;
  EXPECT_THAT(blocked.output, HasSubstr("emergency, revision 1"));
  EXPECT_EQ(server.Says("👍"), "👍");
  EXPECT_EQ(server.As("ana", {"entries", "block", kThumb, "--reason", "again"}).exit_code, 2);
  EXPECT_THAT(server.As("vic", {"proposals", "list", "--emergency"}).output, HasSubstr("blocked"));
  EXPECT_THAT(server.As("vic", {"revisions", "list"}).output, HasSubstr("emergency"));
  // It stays when all else is rolled back, unless somebody who may says otherwise.
  const std::vector<std::string> back = {"revisions", "roll-back", "0", "--reason", "x"};
  EXPECT_EQ(server.As("adm", back).exit_code, 2);
  std::vector<std::string> undo = back;
  undo.emplace_back("--undo-emergency-blocks");
  EXPECT_EQ(server.As("ana", undo).exit_code, 2);
  EXPECT_EQ(server.As("adm", undo).exit_code, 0);
  EXPECT_NE(server.Says("👍"), "👍");
}

TEST(ModerationCliTest, ListsGoOnToTheirEnd) {
  const ModeratedServer server;
  const Result all = server.As("vic", {"entries", "list", "--scope", "es", "--json"});
  EXPECT_EQ(all.exit_code, 0) << all.errors;
  std::set<std::string> names;
  for (const std::string& line : Lines(all.output)) {
    names.insert(FromJson<v1::ModeratedEntry>(line).name());
  }
  EXPECT_GT(names.size(), 1000u) << "more than a page";
  EXPECT_EQ(names.size(), Lines(all.output).size()) << "each once";
  EXPECT_THAT(names, ::testing::Contains("entries/names:es:1F44D"));

  const Result few = server.As("vic", {"entries", "list", "--scope", "es", "--limit", "3"});
  EXPECT_THAT(Lines(few.output), SizeIs(4)) << "with their header";
  EXPECT_THAT(few.errors, HasSubstr("3 of " + std::to_string(names.size())));
  const Result flags = server.As("vic", {"entries", "list", "--scope", "es", "--group", "Flags",
                                         "--origin", "book", "--origin", "inherited", "--json"});
  EXPECT_GT(Lines(flags.output).size(), 200u);
  EXPECT_LT(Lines(flags.output).size(), 300u);
  const Result none =
      server.As("vic", {"entries", "list", "--scope", "es", "--origin", "moderated"});
  EXPECT_EQ(none.exit_code, 0);
  EXPECT_THAT(none.output, IsEmpty());
}

TEST(ModerationCliTest, ShowsWhatTrafficWas) {
  const ModeratedServer server;
  server.Says("👍");
  server.Says("👍");
  server.Says("🇨🇦🇨");
  EXPECT_EQ(server.Get<v1::Impact>("vic", {"entries", "impact", kThumb}).total(), 2);
  EXPECT_THAT(server.As("vic", {"entries", "impact", kThumb}).output, HasSubstr("total 2"));
  std::string refusals;
  for (int i = 0; i < 100 && refusals.empty(); ++i) {  // they are stored every 20 ms
    refusals = server.As("vic", {"refusals", "list", "--to", "es", "--json"}).output;
  }
  EXPECT_EQ(FromJson<v1::RefusalCount>(Lines(refusals).at(0)).rule(), "lone_regional_indicator");
  EXPECT_THAT(server.As("vic", {"refusals", "list", "--reason", "no-model"}).output, IsEmpty());
}

TEST(ModerationCliTest, PreviewsWhatAProposalWouldDo) {
  const ModeratedServer server;
  server.Get<v1::Proposal>(
      "mia", {"proposals", "create", kThumb, "--text", "dedo gordo", "--reason", "they say so"});
  const Result preview =
      server.As("vic", {"entries", "preview", "--proposal", "1", "--to", "es", "👍"});
  EXPECT_EQ(preview.exit_code, 0) << preview.errors;
  EXPECT_EQ(preview.output, "now   " + server.Says("👍") + "\nthen  dedo gordo\n");
  EXPECT_EQ(
      server.As("vic", {"entries", "preview", "--proposal", "9", "--to", "es", "👍"}).exit_code, 2);
}

TEST(ModerationCliTest, FilesComeBackAsTheyWent) {
  const ModeratedServer server;
  server.Change(kThumb, "dedo \"gordo\", sí");
  for (const std::string format : {"csv", "jsonl", "tbx", "tmx", "xliff"}) {
    const std::string file = server.folder().path() + "/names-es." + format;
    const Result out = server.As("vic", {"entries", "export", "--scope", "es", "--output", file});
    EXPECT_EQ(out.exit_code, 0) << out.errors;
    EXPECT_THAT(out.errors, HasSubstr("1 rows"));
    EXPECT_EQ(server.As("vic", {"entries", "export", "--scope", "es", "--format", format}).output,
              server.folder().Read("names-es." + format))
        << format;
    const Result same = server.As("mia", {"entries", "import", file, "--reason", "nothing new"});
    EXPECT_EQ(same.exit_code, 0) << format << same.errors;
    EXPECT_THAT(same.errors, HasSubstr("0 proposed, 1 unchanged, 0 with problems")) << format;
  }
}

TEST(ModerationCliTest, AnImportSaysWhichRowsAreWrong) {
  const ModeratedServer server;
  const std::string file = server.folder().Write("es.csv",
                                                 "table,scope,key,text\n"
                                                 "names,es,1F44D,dedo gordo\n"
                                                 "names,es,1F44E,👎\n"
                                                 "names,es,XYZ,nada\n");
  const std::vector<std::string> import = {"entries", "import", file, "--reason", "new names"};
  std::vector<std::string> dry = import;
  dry.emplace_back("--dry-run");
  for (const auto& [arguments, done] :
       {std::pair(dry, "1 would be proposed"), std::pair(import, "1 proposed")}) {
    const Result result = server.As("mia", arguments);
    EXPECT_EQ(result.exit_code, 1) << result.errors;
    EXPECT_THAT(result.output,
                AllOf(HasSubstr(file + ":3: names:es:1F44E: "),
                      HasSubstr(file + ":4: names:es:XYZ: "), HasSubstr("→ \"dedo gordo\"")));
    EXPECT_THAT(result.errors, AllOf(HasSubstr(done), HasSubstr("2 with problems")));
  }
  EXPECT_THAT(Lines(server.As("vic", {"proposals", "list", "--json"}).output), SizeIs(1));
  const Result piped =
      server.As("mia", {"entries", "import", "-", "--format", "jsonl", "--dry-run"}, "{]\n");
  EXPECT_EQ(piped.exit_code, 2);
  EXPECT_THAT(piped.errors, HasSubstr("line 1: not JSON"));
}

}  // namespace
}  // namespace signalbook
