// The chain of the audit log: what is hashed, and that no way of tampering with a log goes unseen.
#include "service/moderation/audit_log.h"

#include <functional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

v1::AuditEvent Event(const std::string& actor, const std::string& detail) {
  v1::AuditEvent event;
  event.mutable_time()->set_seconds(1795800000);  // 2026-11-27T17:20:00Z
  event.mutable_time()->set_nanos(123'456'000);
  event.set_actor(actor);
  event.set_action("proposal.create");
  event.set_resource("proposals/17");
  event.set_detail(detail);
  return event;
}

using Log = std::vector<v1::AuditEvent>;

// Appends as a server does.
void Append(v1::AuditEvent event, Log* log) {
  ChainAuditEvent(static_cast<int64_t>(log->size()),
                  log->empty() ? kAuditStart : std::string_view(log->back().hash()), &event);
  log->push_back(std::move(event));
}

Log FiveEvents() {
  Log log;
  for (const char* actor : {"ana", "ben", "ana", "cem", "dua"}) {
    Append(Event(actor, R"({"reason":"r"})"), &log);
  }
  return log;
}

v1::VerifyAuditLogResponse Verify(const Log& log) {
  AuditVerifier verifier;
  for (const v1::AuditEvent& event : log) verifier.Add(event);
  return verifier.Result();
}

TEST(AuditLogTest, HashesWhatTheHeaderSays) {
  // By Python, which shares no code with us:
  //   fields = ["0" * 64, "1", "2026-11-27T17:20:00.123456Z", "ana", "proposal.create", "proposals/17",
  //             '{"reason":"¿Canadá? 🇨🇦"}']
  //   hashlib.sha256(b"".join(b"%d:%s," % (len(f.encode()), f.encode()) for f in fields)).hexdigest()
  Log log;
  Append(Event("ana", R"({"reason":"¿Canadá? 🇨🇦"})"), &log);
  EXPECT_EQ(log[0].number(), 1);
  EXPECT_EQ(log[0].previous_hash(), kAuditStart);
  EXPECT_EQ(log[0].hash(), "630697a4b469b4c231ebeea35c99cb49708d8c1e67e2fa6b02cabee286a4dc6b");

  // The same with empty fields and "1970-01-01T00:00:00.000000Z": six decimals, also of a whole second.
  v1::AuditEvent empty;
  ChainAuditEvent(0, kAuditStart, &empty);
  EXPECT_EQ(empty.hash(), "0eb2212a7c6201a2336245f8d37967f53111c1b3cfd4b6dbbde6f316939c2999");
}

TEST(AuditLogTest, NoFieldPassesForTheEndOfAnother) {
  v1::AuditEvent one = Event("ana", "b,c");
  v1::AuditEvent other = Event("ana", "b,c");
  one.set_action("x,1:y");
  one.set_resource("z");
  other.set_action("x");
  other.set_resource("y,1:z");
  EXPECT_NE(AuditHash(one), AuditHash(other));
}

TEST(AuditLogTest, CutsTheTimeToWhatIsHashed) {
  v1::AuditEvent event = Event("ana", "");
  event.mutable_time()->set_nanos(123'456'789);
  ChainAuditEvent(0, kAuditStart, &event);
  EXPECT_EQ(event.time().nanos(), 123'456'000);
  EXPECT_TRUE(Verify({event}).intact());
}

TEST(AuditVerifierTest, AnUntouchedLogIsIntact) {
  const Log log = FiveEvents();
  const v1::VerifyAuditLogResponse result = Verify(log);
  EXPECT_TRUE(result.intact());
  EXPECT_EQ(result.events(), 5);
  EXPECT_EQ(result.head_hash(), log.back().hash());
  EXPECT_THAT(result.defect(), IsEmpty());
  EXPECT_EQ(result.defect_number(), 0);
}

TEST(AuditVerifierTest, AnEmptyLogIsIntact) {
  const v1::VerifyAuditLogResponse result = Verify({});
  EXPECT_TRUE(result.intact());
  EXPECT_EQ(result.events(), 0);
  EXPECT_EQ(result.head_hash(), kAuditStart);
}

struct Tampering {
  const char* what;
  std::function<void(Log*)> tamper;
  int64_t defect_number;
  int64_t events;  // intact ones before it
  const char* defect;
};

// Makes the hash fit again, as somebody would who knows how it is made.
void Rehash(v1::AuditEvent* event) { event->set_hash(AuditHash(*event)); }

TEST(AuditVerifierTest, SeesEveryKindOfTampering) {
  const std::vector<Tampering> kRows = {
      {"the actor", [](Log* log) { (*log)[2].set_actor("ben"); }, 3, 2, "was changed"},
      {"the action", [](Log* log) { (*log)[2].set_action("export"); }, 3, 2, "was changed"},
      {"the resource", [](Log* log) { (*log)[2].set_resource("proposals/1"); }, 3, 2,
       "was changed"},
      {"the detail", [](Log* log) { (*log)[2].set_detail(R"({"reason":"s"})"); }, 3, 2,
       "was changed"},
      {"the hour", [](Log* log) { (*log)[2].mutable_time()->set_seconds(1795803600); }, 3, 2,
       "was changed"},
      {"a microsecond", [](Log* log) { (*log)[2].mutable_time()->set_nanos(123'457'000); }, 3, 2,
       "was changed"},
      {"less than what is hashed of the time",
       [](Log* log) { (*log)[2].mutable_time()->set_nanos(123'456'001); }, 3, 2, "microseconds"},
      {"the same time, written as another second",
       [](Log* log) {
         (*log)[2].mutable_time()->set_seconds(1795799999);
         (*log)[2].mutable_time()->set_nanos(1'123'456'000);
       },
       3, 2, "microseconds"},
      {"no time", [](Log* log) { (*log)[2].clear_time(); }, 3, 2, "microseconds"},
      {"the hash", [](Log* log) { (*log)[2].set_hash(std::string(64, 'a')); }, 3, 2, "was changed"},
      {"the hash in capitals",
       [](Log* log) {
         for (char& c : *(*log)[2].mutable_hash()) c = static_cast<char>(toupper(c));
       },
       3, 2, "was changed"},
      {"the previous hash", [](Log* log) { (*log)[2].set_previous_hash(std::string(64, 'a')); }, 3,
       2, "does not follow from event 2"},
      {"an actor, with a hash that fits",
       [](Log* log) {
         (*log)[2].set_actor("ben");
         Rehash(&(*log)[2]);
       },
       4, 3, "does not follow from event 3"},
      {"removed", [](Log* log) { log->erase(log->begin() + 2); }, 4, 2, "event 3 is missing"},
      {"two removed", [](Log* log) { log->erase(log->begin() + 1, log->begin() + 3); }, 4, 1,
       "events 2 to 3 are missing"},
      {"removed, and the next one renumbered",
       [](Log* log) {
         log->erase(log->begin() + 2);
         (*log)[2].set_number(3);
         Rehash(&(*log)[2]);
       },
       3, 2, "does not follow from event 2"},
      {"the first removed", [](Log* log) { log->erase(log->begin()); }, 2, 0, "event 1 is missing"},
      {"the first removed, and the next one renumbered",
       [](Log* log) {
         log->erase(log->begin());
         (*log)[0].set_number(1);
         Rehash(&(*log)[0]);
       },
       1, 0, "not the first"},
      {"the first follows from something",
       [](Log* log) {
         (*log)[0].set_previous_hash(std::string(64, 'a'));
         Rehash(&(*log)[0]);
       },
       1, 0, "not the first"},
      {"number 0 put before the first",
       [](Log* log) {
         v1::AuditEvent event = Event("eve", "");
         ChainAuditEvent(-1, kAuditStart, &event);
         log->insert(log->begin(), event);
       },
       0, 0, "event 0 comes where 1 should"},
      {"put in, chained to the one before",
       [](Log* log) {
         v1::AuditEvent event = Event("eve", "");
         ChainAuditEvent(2, (*log)[1].hash(), &event);
         log->insert(log->begin() + 2, event);
       },
       3, 3, "put in"},
      {"put in, and the next one renumbered",
       [](Log* log) {
         v1::AuditEvent event = Event("eve", "");
         ChainAuditEvent(2, (*log)[1].hash(), &event);
         log->insert(log->begin() + 2, event);
         (*log)[3].set_number(4);
         Rehash(&(*log)[3]);
       },
       4, 3, "does not follow from event 3"},
      {"swapped", [](Log* log) { std::swap((*log)[1], (*log)[2]); }, 3, 1, "out of order"},
      {"swapped, with their numbers in order",
       [](Log* log) {
         std::swap((*log)[1], (*log)[2]);
         (*log)[1].set_number(2);
         (*log)[2].set_number(3);
         Rehash(&(*log)[1]);
         Rehash(&(*log)[2]);
       },
       2, 1, "does not follow from event 1"},
      {"twice", [](Log* log) { log->insert(log->begin() + 2, (*log)[1]); }, 2, 2, "stands twice"},
      {"the last one twice", [](Log* log) { log->push_back(log->back()); }, 5, 5, "stands twice"},
  };
  for (const Tampering& row : kRows) {
    Log log = FiveEvents();
    row.tamper(&log);
    const v1::VerifyAuditLogResponse result = Verify(log);
    EXPECT_FALSE(result.intact()) << row.what;
    EXPECT_EQ(result.defect_number(), row.defect_number) << row.what;
    EXPECT_EQ(result.events(), row.events) << row.what;
    EXPECT_THAT(result.defect(), HasSubstr(row.defect)) << row.what;
  }
}

TEST(AuditVerifierTest, TheFirstDefectStays) {
  Log log = FiveEvents();
  log[1].set_actor("eve");
  AuditVerifier verifier;
  EXPECT_TRUE(verifier.Add(log[0]));
  EXPECT_FALSE(verifier.Add(log[1]));
  EXPECT_FALSE(verifier.Add(log[2]));
  log[1].set_actor("ben");
  EXPECT_FALSE(verifier.Add(log[1])) << "even if what comes would follow again";
  EXPECT_EQ(verifier.Result().defect_number(), 2);
  EXPECT_EQ(verifier.Result().head_hash(), log[0].hash());
}

TEST(AuditLineTest, ComesBackAsItWas) {
  Log log;
  Append(Event("ana", "{\"reason\":\"a\\nb \u2028 '🇨🇦'\"}"), &log);
  Append(Event("", "line one\nline two"), &log);
  AuditVerifier verifier;
  for (const v1::AuditEvent& event : log) {
    const std::string line = AuditLine(event);
    EXPECT_THAT(line, Not(HasSubstr("\n")));
    EXPECT_THAT(line, HasSubstr("\"previousHash\":\""));
    EXPECT_THAT(line, HasSubstr("\"time\":\"2026-11-27T17:20:00.123456Z\""));
    const absl::StatusOr<v1::AuditEvent> back = ParseAuditLine(line);
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(back->SerializeAsString(), event.SerializeAsString());
    EXPECT_TRUE(verifier.Add(*back));
  }
}

TEST(AuditLineTest, NothingElseIsOne) {
  constexpr struct {
    const char* what;
    const char* line;
  } kRows[] = {
      {"nothing", ""},
      {"no JSON", "1 ana Geheimnis"},
      {"half a line", R"({"number":"1","actor":"Geheimnis)"},
      {"an array", R"([{"number":"1"}])"},
      {"a field that an event has not", R"({"number":"1","Geheimnis":"x"})"},
      {"a number that is none", R"({"number":"Geheimnis"})"},
      {"a time that is none", R"({"time":"Geheimnis"})"},
      {"two events", R"({"number":"1"}{"number":"2"})"},
  };
  for (const auto& row : kRows) {
    const absl::StatusOr<v1::AuditEvent> event = ParseAuditLine(row.line);
    EXPECT_TRUE(absl::IsInvalidArgument(event.status())) << row.what;
    EXPECT_THAT(std::string(event.status().message()), Not(HasSubstr("Geheimnis"))) << row.what;
  }
}

}  // namespace
}  // namespace signalbook
