// `signalbook audit`: the log, and that it shows what is done to it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tests/end_to_end/moderated_server.h"

namespace signalbook {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

using Log = std::vector<std::string>;

constexpr char kThumb[] = "names:es:1F44D";

TEST(AuditCliTest, AnExportShowsWhatWasDoneToIt) {
  const ModeratedServer server;
  server.Change(kThumb, "dedo gordo");
  server.Change(kThumb, "dedo grande");
  const std::string file = server.folder().path() + "/audit.jsonl";
  const Result exported = server.As("vic", {"audit", "export", "--output", file});
  EXPECT_EQ(exported.exit_code, 0) << exported.errors;
  const std::string content = server.folder().Read("audit.jsonl");
  EXPECT_EQ(server.As("vic", {"audit", "export"}).output, content);
  const Log log = Lines(content);
  // Proposed, approved and applied, twice.
  ASSERT_THAT(log, SizeIs(6));
  const std::string head = FromJson<v1::AuditEvent>(log.back()).hash();
  const std::string early = FromJson<v1::AuditEvent>(log[1]).hash();
  EXPECT_THAT(exported.errors, HasSubstr(head));

  const struct {
    const char* what;
    std::function<void(Log*)> change;
    std::string head;
    int exit_code;
    const char* says;
  } kRows[] = {
      {"as it was", [](Log*) {}, "", 0, "6 events, intact, head "},
      {"with the head that was kept", [](Log*) {}, head, 0, "6 events, intact"},
      {"grown since the head was kept", [](Log*) {}, early, 0, "6 events, intact"},
      {"kept when it was empty", [](Log*) {}, std::string(64, '0'), 0, "intact"},
      {"of another program's lines", [](Log* l) { l->at(2) += "\r"; }, "", 0, "intact"},
      {"a byte of what was proposed",
       [](Log* l) {
         absl::StrReplaceAll({{"dedo gordo", "dedo gorda"}}, &l->at(0));
       },
       "", 1, ":1: event 1 was changed"},
      {"a byte of who it was",
       [](Log* l) {
         absl::StrReplaceAll({{"\"actor\":\"ben\"", "\"actor\":\"bea\""}}, &l->at(4));
       },
       "", 1, ":5: event 5 was changed"},
      {"a byte of the JSON", [](Log* l) { l->at(3)[0] = '['; }, "", 1, ":4: not an audit event"},
      {"half a line", [](Log* l) { l->back().resize(20); }, "", 1, ":6: not an audit event"},
      {"a field more", [](Log* l) { l->at(2).insert(1, "\"why\":\"x\","); }, "", 1,
       ":3: not an audit event"},
      {"a line away", [](Log* l) { l->erase(l->begin() + 2); }, "", 1,
       ":3: event 4 comes where 3 should"},
      {"the first away", [](Log* l) { l->erase(l->begin()); }, "", 1,
       ":1: event 2 comes where 1 should"},
      {"two swapped", [](Log* l) { std::swap(l->at(1), l->at(2)); }, "", 1,
       ":2: event 3 comes where 2 should"},
      {"a line twice", [](Log* l) { l->insert(l->begin() + 3, l->at(2)); }, "", 1,
       ":4: event 3 comes where 4 should"},
      {"its end cut off, which no chain can show", [](Log* l) { l->pop_back(); }, "", 0,
       "5 events, intact"},
      {"its end cut off, with the head that was kept", [](Log* l) { l->pop_back(); }, head, 1,
       "the end of the log was cut off"},
      {"all cut off, with the head that was kept", [](Log* l) { l->clear(); }, head, 1,
       "the end of the log was cut off"},
      {"of another log", [](Log*) {}, std::string(64, 'a'), 1, "or it is another log"},
  };
  for (const auto& row : kRows) {
    Log changed = log;
    row.change(&changed);
    std::string text = absl::StrJoin(changed, "\n");
    if (!changed.empty()) text += '\n';
    const std::string path = server.folder().Write("changed.jsonl", text);
    std::vector<std::string> arguments = {"audit", "verify", path};
    if (!row.head.empty()) arguments.insert(arguments.end(), {"--head", row.head});
    // Nobody is asked: there is no token.
    const Result result = Signalbook(arguments);
    EXPECT_EQ(result.exit_code, row.exit_code)
        << row.what << ": " << result.output << result.errors;
    EXPECT_THAT(result.output, HasSubstr(row.says)) << row.what;
    EXPECT_THAT(result.output, Not(HasSubstr("dedo")))
        << row.what << ": the log's words stay in it";
    arguments[2] = "-";
    const Result piped = Signalbook(arguments, text);
    EXPECT_EQ(piped.exit_code, row.exit_code) << row.what;
    EXPECT_EQ(absl::StrReplaceAll(piped.output, {{"stdin:", path + ":"}}), result.output)
        << row.what;
  }
  EXPECT_EQ(Signalbook({"audit", "verify", "/no/such.jsonl"}).exit_code, 2);
  EXPECT_EQ(Signalbook({"audit", "verify", server.folder().path()}).exit_code, 2) << "a folder";
}

TEST(AuditCliTest, AServerAndItsDatabaseAreVerified) {
  const ModeratedServer server;
  const Result empty = server.As("vic", {"audit", "verify"});
  EXPECT_EQ(empty.exit_code, 0) << empty.errors;
  EXPECT_THAT(empty.output, StartsWith("0 events, intact, head 0000"));
  server.Change(kThumb, "dedo gordo");
  const auto verified = server.Get<v1::VerifyAuditLogResponse>("vic", {"audit", "verify"});
  EXPECT_TRUE(verified.intact());
  EXPECT_EQ(verified.events(), 3);
  const std::string kept = verified.head_hash();
  server.Change(kThumb, "dedo grande");

  std::vector<std::vector<std::string>> ways = {
      {"--server", server.address(), "--token-file", server.TokenFile("vic")},
      {"--database", server.database()}};
  for (const std::vector<std::string>& way : ways) {
    const auto verify = [&way](const std::string& head) {
      std::vector<std::string> arguments = {"audit", "verify", "--head", head};
      arguments.insert(arguments.end(), way.begin(), way.end());
      return Signalbook(arguments);
    };
    const Result older = verify(kept);
    EXPECT_EQ(older.exit_code, 0) << older.output << older.errors;
    EXPECT_THAT(older.output, StartsWith("6 events, intact"));
    const Result other = verify(std::string(64, 'a'));
    EXPECT_EQ(other.exit_code, 1) << other.errors;
    EXPECT_THAT(other.output, AllOf(StartsWith("broken at event 7: "), HasSubstr("cut off")));
  }
  EXPECT_FALSE(std::filesystem::exists(server.folder().path() + "/none.db"));
  EXPECT_EQ(
      Signalbook({"audit", "verify", "--database", "sqlite:" + server.folder().path() + "/none.db"})
          .exit_code,
      2);
  EXPECT_FALSE(std::filesystem::exists(server.folder().path() + "/none.db"));
}

TEST(AuditCliTest, TellsWhoDidWhat) {
  const ModeratedServer server;
  server.Change(kThumb, "dedo gordo");
  const struct {
    const char* what;
    std::vector<std::string> arguments;
    size_t events;
  } kRows[] = {
      {"all", {}, 3},
      {"of one", {"--actor", "ana"}, 1},
      {"of nobody", {"--actor", "eve"}, 0},
      {"one kind", {"--action", "proposal.approve"}, 1},
      {"to one thing", {"--resource", "proposals/1"}, 2},
      {"the newest", {"--limit", "1"}, 1},
  };
  for (const auto& row : kRows) {
    std::vector<std::string> arguments = {"audit", "list", "--json"};
    arguments.insert(arguments.end(), row.arguments.begin(), row.arguments.end());
    const Result result = server.As("vic", arguments);
    EXPECT_EQ(result.exit_code, 0) << row.what << result.errors;
    EXPECT_THAT(result.output.empty() ? Log() : Lines(result.output), SizeIs(row.events))
        << row.what;
  }
  const Result table = server.As("vic", {"audit", "list"});
  EXPECT_THAT(Lines(table.output).at(1), HasSubstr("revision.apply")) << "newest first";
  EXPECT_THAT(server.As("vic", {"audit", "list", "--actor", "eve"}).output, IsEmpty());
}

}  // namespace
}  // namespace signalbook
