// Who is let in, as whom, and how often; nothing here knows how they came.
#include "service/admission.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "service/config.h"
#include "service/limits.h"
#include "service/status.h"
#include "service/strings.h"
#include "tests/service/server_fixture.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// An admission over the text of an `access` section, and the time that it goes by.
class Door {
 public:
  explicit Door(const std::string& text) {
    auto admission = Admission::Create(Parse(text), [this] { return now_; });
    EXPECT_TRUE(admission.ok()) << admission.status();
    admission_ = *std::move(admission);
  }
  // Puts another text into effect; empty: nobody is asked any more.
  absl::Status Change(const std::string& text) {
    const auto use = text.empty() ? admission_->PrepareChange(std::nullopt)
                                  : admission_->PrepareChange(Parse(text));
    if (use.ok()) (*use)();
    return use.status();
  }

  absl::StatusOr<Admission::Grant> Admit(const Credentials& credentials,
                                         const std::string& address = "192.0.2.1") {
    return admission_->Admit(credentials, address);
  }
  // Somebody who shows nothing.
  absl::StatusOr<Admission::Grant> Anybody(const std::string& address) {
    return Admit({}, address);
  }
  void Wait(absl::Duration time) { now_ += time; }
  Admission& admission() { return *admission_; }

 private:
  static v1::Access Parse(const std::string& text) {
    v1::Config config;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, config.mutable_access()))
        << text;
    const absl::Status complete = CompleteConfig(&config);
    EXPECT_TRUE(complete.ok()) << complete;
    return config.access();
  }

  absl::Duration now_ = absl::Hours(1000);
  std::unique_ptr<Admission> admission_;
};

std::string Hash(const std::string& token) {
  return StrCat(" token_sha256: \"", TokenHash(token), "\" ");
}
Credentials Bearer(const std::string& token) { return {"Bearer " + token, {}}; }
Credentials ApiKey(const std::string& token) { return {.api_key = token}; }

std::string TwoClients(const std::string& more = "") {
  return StrCat("clients { name: \"app\"", Hash("sb_app"), Hash("sb_app_new"),
                "certificate_names: \"app.example\" }",
                "clients { name: \"bot\" certificate_names: \"bot.example\"", Hash("sb_bot"), "}",
                more);
}

TEST(AdmissionTest, KnowsWhoCalls) {
  const struct {
    const char* what;
    Credentials shown;
    bool anonymous_allowed;
    const char* as;  // else the reason
  } kRows[] = {
      {"a token", Bearer("sb_app"), false, "app"},
      {"the token that replaces it", Bearer("sb_app_new"), false, "app"},
      {"another client's", Bearer("sb_bot"), false, "bot"},
      {"a token without a scheme", ApiKey("sb_bot"), false, "bot"},
      {"a certificate", {"", {"bot.example"}}, false, "bot"},
      {"the scheme counts, not the other header", {"Bearer sb_app", {}, "sb_bot"}, false, "app"},
      {"the key counts, not the certificate", {"", {"app.example"}, "sb_bot"}, false, "bot"},
      {"nothing", {}, false, "CREDENTIALS_MISSING"},
      {"nothing, where that is allowed", {}, true, "anonymous"},
      {"a token of nobody", Bearer("sb_eve"), true, "CREDENTIALS_UNKNOWN"},
      {"a key of nobody", ApiKey("sb_eve"), true, "CREDENTIALS_UNKNOWN"},
      {"a scheme in the header for none", ApiKey("Bearer sb_app"), true, "CREDENTIALS_UNKNOWN"},
      {"no scheme in the header for one", {"sb_app", {}}, true, "CREDENTIALS_UNKNOWN"},
      {"a wrong token beside a right key",
       {"Bearer sb_eve", {}, "sb_app"},
       true,
       "CREDENTIALS_UNKNOWN"},
      {"a certificate of nobody", {"", {"eve.example"}}, true, "CREDENTIALS_UNKNOWN"},
  };
  for (const auto& row : kRows) {
    Door door(TwoClients(row.anonymous_allowed ? "allow_anonymous: true" : ""));
    const std::map<std::string, Credentials> known = {
        {"app", Bearer("sb_app")}, {"bot", Bearer("sb_bot")}, {"anonymous", {}}};
    const auto grant = door.Admit(row.shown);
    if (grant.ok()) {
      ASSERT_TRUE(known.contains(row.as)) << row.what;
      EXPECT_EQ(grant->caller(), door.Admit(known.at(row.as))->caller()) << row.what;
      continue;
    }
    EXPECT_TRUE(absl::IsUnauthenticated(grant.status())) << row.what;
    EXPECT_EQ(ReasonOf(grant.status()), row.as) << row.what;
    EXPECT_THAT(std::string(grant.status().message()), Not(HasSubstr("sb_"))) << row.what;
  }
}

TEST(AdmissionTest, ATokenIsReplacedWithoutAPause) {
  const std::string before = StrCat("clients { name: \"app\"", Hash("old"), "}");
  const std::string both = StrCat("clients { name: \"app\"", Hash("old"), Hash("new"), "}");
  const std::string after = StrCat("clients { name: \"app\"", Hash("new"), "}");
  EXPECT_TRUE(Door(before).Admit(Bearer("old")).ok());
  EXPECT_FALSE(Door(before).Admit(Bearer("new")).ok());
  EXPECT_TRUE(Door(both).Admit(Bearer("old")).ok());
  EXPECT_TRUE(Door(both).Admit(Bearer("new")).ok());
  EXPECT_FALSE(Door(after).Admit(Bearer("old")).ok());
  EXPECT_TRUE(Door(after).Admit(Bearer("new")).ok());
}

TEST(AdmissionTest, BothTokensOfAClientShareItsLimits) {
  Door door(StrCat("clients { name: \"app\"", Hash("old"), Hash("new"),
                   "limits { requests_per_second: 1 } }"));
  EXPECT_TRUE(door.Admit(Bearer("old")).ok());
  EXPECT_EQ(ReasonOf(door.Admit(Bearer("new")).status()), "RATE_LIMITED");
}

TEST(AdmissionTest, RequestsAndWhenToComeBack) {
  Door door(StrCat("clients { name: \"app\"", Hash("app"),
                   "limits { requests_per_second: 4 request_burst: 2 } }",
                   "clients { name: \"bot\"", Hash("bot"), "}"));
  const auto first = door.Admit(Bearer("app"));
  ASSERT_TRUE(first.ok());
  EXPECT_TRUE(first->ChargeRequest().ok()) << "a message on its stream";
  const absl::Status refused = door.Admit(Bearer("app")).status();
  EXPECT_TRUE(absl::IsResourceExhausted(refused));
  const ErrorDetails details = DetailsOf(ToGrpcStatus(refused));
  EXPECT_EQ(details.reason, "RATE_LIMITED");
  EXPECT_EQ(details.retry_delay, absl::Milliseconds(250));
  EXPECT_EQ(details.metadata, (std::map<std::string, std::string>{{"limit", "4"}, {"burst", "2"}}));
  EXPECT_EQ(first->ChargeRequest().message(), refused.message());
  EXPECT_TRUE(door.Admit(Bearer("bot")).ok()) << "has no limits";

  door.Wait(details.retry_delay - absl::Nanoseconds(1));
  EXPECT_FALSE(door.Admit(Bearer("app")).ok());
  door.Wait(absl::Nanoseconds(1));
  EXPECT_TRUE(door.Admit(Bearer("app")).ok());
  EXPECT_FALSE(door.Admit(Bearer("app")).ok());
}

TEST(AdmissionTest, CharactersAndWhenToComeBack) {
  Door door(StrCat("clients { name: \"app\"", Hash("app"),
                   "limits { characters_per_minute: 600 character_burst: 100 } }"));
  const auto grant = door.Admit(Bearer("app"));
  ASSERT_TRUE(grant.ok());
  EXPECT_TRUE(grant->ChargeCharacters(0).ok());
  EXPECT_TRUE(grant->ChargeCharacters(90).ok());
  const absl::Status refused = grant->ChargeCharacters(50);
  EXPECT_TRUE(absl::IsResourceExhausted(refused));
  const ErrorDetails details = DetailsOf(ToGrpcStatus(refused));
  EXPECT_EQ(details.reason, "QUOTA_EXHAUSTED");
  EXPECT_EQ(details.retry_delay, absl::Seconds(4));
  EXPECT_EQ(details.metadata, (std::map<std::string, std::string>{
                                  {"actual", "50"}, {"limit", "600"}, {"burst", "100"}}));
  EXPECT_TRUE(grant->ChargeCharacters(10).ok()) << "a smaller one still fits";
  door.Wait(absl::Seconds(5));
  EXPECT_TRUE(grant->ChargeCharacters(50).ok());

  door.Wait(absl::Hours(1));
  const absl::Status too_large = grant->ChargeCharacters(101);
  EXPECT_TRUE(absl::IsInvalidArgument(too_large)) << "no time to wait helps";
  EXPECT_EQ(DetailsOf(ToGrpcStatus(too_large)).reason, "LARGER_THAN_QUOTA");
  EXPECT_EQ(DetailsOf(ToGrpcStatus(too_large)).metadata.at("limit"), "100");
  EXPECT_TRUE(grant->ChargeCharacters(100).ok()) << "which was not charged";
}

TEST(AdmissionTest, CallsUnderWay) {
  Door door(StrCat("clients { name: \"app\"", Hash("app"), "limits { max_concurrent: 2 } }",
                   "clients { name: \"bot\"", Hash("bot"), "limits { max_concurrent: 2 } }"));
  auto first = door.Admit(Bearer("app"));
  auto second = door.Admit(Bearer("app"));
  ASSERT_TRUE(first.ok() && second.ok());
  const absl::Status refused = door.Admit(Bearer("app")).status();
  EXPECT_TRUE(absl::IsResourceExhausted(refused));
  const ErrorDetails details = DetailsOf(ToGrpcStatus(refused));
  EXPECT_EQ(details.reason, "TOO_MANY_CALLS");
  EXPECT_EQ(details.retry_delay, kRetryDelay);
  EXPECT_EQ(details.metadata.at("limit"), "2");
  EXPECT_TRUE(door.Admit(Bearer("bot")).ok()) << "has places of its own";

  Admission::Grant kept = *std::move(first);  // takes the place along
  EXPECT_FALSE(door.Admit(Bearer("app")).ok());
  kept.Release();
  kept.Release();
  auto third = door.Admit(Bearer("app"));
  EXPECT_TRUE(third.ok());
  EXPECT_FALSE(door.Admit(Bearer("app")).ok()) << "released once, though twice asked to";
  *third = *std::move(second);  // gives back its own place, keeps the other
  EXPECT_TRUE(door.Admit(Bearer("app")).ok());
}

TEST(AdmissionTest, WhatIsLimitedByRateTakesNoPlace) {
  Door door(StrCat("clients { name: \"app\"", Hash("app"),
                   "limits { requests_per_second: 1 request_burst: 1 max_concurrent: 1 } }"));
  door.Admit(Bearer("app")).IgnoreError();
  EXPECT_EQ(ReasonOf(door.Admit(Bearer("app")).status()), "RATE_LIMITED");
  door.Wait(absl::Seconds(1));
  EXPECT_TRUE(door.Admit(Bearer("app")).ok());
}

TEST(AdmissionTest, WhichAddressesAreOne) {
  const struct {
    const char* what;
    std::string one, other;
    bool same;
  } kRows[] = {
      {"itself", "192.0.2.1", "192.0.2.1", true},
      {"another port", "192.0.2.1:80", "192.0.2.1:81", true},
      {"a neighbour", "192.0.2.1", "192.0.2.2", false},
      {"through a socket for both kinds", "192.0.2.1", "::ffff:192.0.2.1", true},
      {"the same in brackets", "192.0.2.1", "[::ffff:192.0.2.1]:80", true},
      {"the same network of a subscriber", "2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff",
       true},
      {"in brackets", "2001:db8:1:2::1", "[2001:db8:1:2::1]:443", true},
      {"the next network", "2001:db8:1:2::1", "2001:db8:1:3::1", false},
      {"a scope", "fe80::1%eth0", "[fe80::1%eth1]:1", true},
      {"the same numbers, another kind", "192.0.2.1", "::c000:201", false},
      {"unix sockets", "unix:/run/a.sock", "unix:/run/b.sock", true},
      {"nothing is not somebody", "", "192.0.2.1", false},
      {"0.0.0.0 is not nothing", "", "0.0.0.0", false},
  };
  for (const auto& row : kRows) {
    Door door("allow_anonymous: true anonymous_limits { requests_per_second: 1 }");
    const auto one = door.Anybody(row.one);
    ASSERT_TRUE(one.ok()) << row.what;
    const auto other = door.Anybody(row.other);
    EXPECT_EQ(other.ok(), !row.same) << row.what;
    EXPECT_TRUE(!other.ok() || other->caller() != one->caller()) << row.what;
  }
}

TEST(AdmissionTest, NoNumberOfAddressesTakesMoreMemory) {
  constexpr int kPeers = 100'000;
  Door door(
      "allow_anonymous: true anonymous_limits { requests_per_second: 0.001 max_concurrent: 5 }");
  const auto address = [](int i) {
    return StrCat("10.", i >> 16, ".", i >> 8 & 255, ".", i & 255);
  };
  std::vector<Admission::Grant> kept;  // of somebody who is forgotten meanwhile
  kept.push_back(*door.Anybody("192.0.2.7"));
  ASSERT_TRUE(door.Anybody("192.0.2.1").ok());
  for (int i = 0; i < kPeers; ++i) {
    ASSERT_TRUE(door.Anybody(address(i)).ok()) << i;
    if (i % 1000 == 0) {
      ASSERT_EQ(ReasonOf(door.Anybody("192.0.2.1").status()), "RATE_LIMITED")
          << "who keeps coming is not forgotten; " << i;
    }
  }
  EXPECT_EQ(door.admission().tracked_addresses(), kMaxTrackedAddresses);
  EXPECT_FALSE(door.Anybody(address(kPeers - 1)).ok());
  EXPECT_FALSE(door.Anybody(address(kPeers - kMaxTrackedAddresses / 2)).ok());
  EXPECT_TRUE(door.Anybody(address(0)).ok()) << "forgotten";
  EXPECT_TRUE(door.Anybody("192.0.2.7").ok()) << "forgotten";
  EXPECT_FALSE(kept[0].ChargeRequest().ok()) << "what it holds knows better";
}

TEST(AdmissionTest, ManyThreadsGetNoMoreThanOne) {
  constexpr int kThreads = 8;
  constexpr int kCalls = 5'000;
  Door door(StrCat("clients { name: \"app\"", Hash("app"),
                   "limits { requests_per_second: 0.001 request_burst: 7000 "
                   "characters_per_minute: 60 character_burst: 20000 max_concurrent: 5 } }"
                   "allow_anonymous: true anonymous_limits { requests_per_second: 0.001 "
                   "request_burst: 3000 }"));
  std::atomic<int> let_in = 0, characters = 0, anonymous = 0, under_way = 0, most = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < kCalls; ++k) {
        anonymous += door.Anybody("192.0.2.1").ok();
        const auto grant = door.Admit(Bearer("app"));
        if (!grant.ok()) continue;
        const int now = ++under_way;
        int before = most;
        while (before < now && !most.compare_exchange_weak(before, now)) {
        }
        ++let_in;
        if (grant->ChargeCharacters(7).ok()) characters += 7;
        --under_way;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(let_in, 7000);
  EXPECT_EQ(characters, 20'000 / 7 * 7);
  EXPECT_EQ(anonymous, 3000);
  EXPECT_LE(most, 5);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(ReasonOf(door.Admit(Bearer("app")).status()), "RATE_LIMITED");
}

// "clients { name: … }" with a token of its own.
std::string Named(const std::string& name, const std::string& limits = "") {
  return StrCat("clients { name: \"", name, "\"", Hash(name), "limits {", limits, "} } ");
}

TEST(AdmissionTest, AChangeLetsInWhoIsNewAndNotWhoIsGone) {
  Door door(Named("app") + Named("bot"));
  const auto app = door.Admit(Bearer("app"));
  const auto bot = door.Admit(Bearer("bot"));
  ASSERT_TRUE(app.ok() && bot.ok());
  // The token of `app` is another one now, and stands in another place.
  ASSERT_TRUE(
      door.Change(Named("new") + StrCat("clients { name: \"app\"", Hash("app2"), "}")).ok());
  EXPECT_TRUE(door.Admit(Bearer("new")).ok());
  EXPECT_EQ(ReasonOf(door.Admit(Bearer("app")).status()), "CREDENTIALS_UNKNOWN");
  EXPECT_EQ(ReasonOf(door.Admit(Bearer("bot")).status()), "CREDENTIALS_UNKNOWN");
  const auto again = door.Admit(Bearer("app2"));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->caller(), app->caller()) << "the same client, whatever it shows";
  EXPECT_NE(door.Admit(Bearer("new"))->caller(), bot->caller());
  EXPECT_EQ(ReasonOf(door.Anybody("192.0.2.1").status()), "CREDENTIALS_MISSING");

  // Streams that were open before.
  EXPECT_TRUE(app->ChargeRequest().ok());
  EXPECT_EQ(ReasonOf(bot->ChargeRequest()), "CREDENTIALS_UNKNOWN");
  EXPECT_TRUE(bot->ChargeCharacters(1'000'000).ok()) << "nobody is asked twice";
  EXPECT_EQ(bot->client(), "bot") << "for the log";

  ASSERT_TRUE(door.Change(Named("bot")).ok());
  EXPECT_TRUE(door.Admit(Bearer("bot")).ok()) << "who comes back is let in";
}

TEST(AdmissionTest, AnonymousCallersComeAndGoWithAChange) {
  Door door("allow_anonymous: true anonymous_limits { requests_per_second: 0.001 }");
  const auto open = door.Anybody("192.0.2.1");
  ASSERT_TRUE(open.ok());
  EXPECT_FALSE(door.admission().needs_credentials());
  ASSERT_TRUE(door.Change(Named("app")).ok());
  EXPECT_TRUE(door.admission().needs_credentials());
  EXPECT_EQ(ReasonOf(door.Anybody("192.0.2.1").status()), "CREDENTIALS_MISSING");
  EXPECT_EQ(ReasonOf(open->ChargeRequest()), "CREDENTIALS_UNKNOWN");
  ASSERT_TRUE(door.Change(Named("app") + "allow_anonymous: true").ok());
  EXPECT_TRUE(door.Anybody("192.0.2.1").ok());
  EXPECT_TRUE(open->ChargeRequest().ok());
}

TEST(AdmissionTest, NobodyIsAskedBeforeAndAfter) {
  Door door("allow_anonymous: true");
  ASSERT_TRUE(door.Change("").ok());
  EXPECT_FALSE(door.admission().asks());
  EXPECT_FALSE(door.admission().needs_credentials());
  EXPECT_FALSE(door.Admit(Bearer("eve"))->counts());
  ASSERT_TRUE(door.Change(Named("app")).ok());
  EXPECT_TRUE(door.admission().asks());
  EXPECT_FALSE(door.Admit(Bearer("eve")).ok());
}

TEST(AdmissionTest, WhoStaysKeepsWhatItHasUsedUp) {
  const auto with = [](const std::string& limits) {
    return Named("app", limits) + StrCat("allow_anonymous: true anonymous_limits { ", limits, " }");
  };
  Door door(
      with("requests_per_second: 0.001 request_burst: 10 "
           "characters_per_minute: 60 character_burst: 100 max_concurrent: 5"));
  std::vector<Admission::Grant> kept;
  for (int i = 0; i < 5; ++i) {
    kept.push_back(*door.Admit(Bearer("app")));
    EXPECT_TRUE(door.Anybody("192.0.2.1").ok());
  }
  EXPECT_TRUE(kept[0].ChargeCharacters(50).ok());
  // Half of ten requests are left: of twenty, ten. And of six places, one.
  ASSERT_TRUE(door.Change(with("requests_per_second: 0.001 request_burst: 20 "
                               "characters_per_minute: 60 character_burst: 200 max_concurrent: 6"))
                  .ok());
  EXPECT_TRUE(kept[0].ChargeCharacters(100).ok());
  EXPECT_FALSE(kept[0].ChargeCharacters(2).ok());
  {
    const auto sixth = door.Admit(Bearer("app"));
    EXPECT_TRUE(sixth.ok());
    EXPECT_EQ(ReasonOf(door.Admit(Bearer("app")).status()), "TOO_MANY_CALLS");
  }
  for (int i = 1; i < 10; ++i) EXPECT_TRUE(door.Admit(Bearer("app")).ok()) << i;
  EXPECT_EQ(ReasonOf(door.Admit(Bearer("app")).status()), "RATE_LIMITED");
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(door.Anybody("192.0.2.1").ok()) << i;
  EXPECT_EQ(ReasonOf(door.Anybody("192.0.2.1").status()), "RATE_LIMITED");
  kept.clear();

  ASSERT_TRUE(door.Change(with("")).ok());
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(door.Admit(Bearer("app")).ok()) << "without limits";
}

TEST(AdmissionTest, AfterAnErrorNothingHasChanged) {
  Door door(Named("app"));
  const absl::Status status = door.Change(Named("new") + Named("new"));
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_TRUE(door.Admit(Bearer("app")).ok());
  EXPECT_FALSE(door.Admit(Bearer("new")).ok());
}

TEST(AdmissionTest, CallsUnderWayAndChangesAtTheSameTime) {
  const std::string one = Named("app", "requests_per_second: 1000000 max_concurrent: 1000");
  const std::string other = one + Named("bot") + "allow_anonymous: true";
  Door door(one);
  std::atomic<bool> done = false;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      while (!done) {
        const auto grant = door.Admit(Bearer("app"));
        refused += !grant.ok() || !grant->ChargeCharacters(1).ok();
        door.Admit(Bearer("bot")).IgnoreError();
        door.Anybody("192.0.2.1").IgnoreError();
      }
    });
  }
  for (int i = 0; i < 500; ++i) EXPECT_TRUE(door.Change(i % 2 == 0 ? other : one).ok());
  done = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused, 0);
}

TEST(AdmissionTest, SaysWhoIsOverItsLimits) {
  Door door(Named("app", "requests_per_second: 0.001 request_burst: 1") +
            Named("bot", "max_concurrent: 1") +
            "allow_anonymous: true "
            "anonymous_limits { requests_per_second: 0.001 request_burst: 1 }");
  const auto held = door.Admit(Bearer("bot"));
  const struct {
    const char* token;
    const char* first;
    const char* second;
  } kRows[] = {{"app", "", "RATE_LIMITED"},
               {"bot", "TOO_MANY_CALLS", "TOO_MANY_CALLS"},
               {"", "", "RATE_LIMITED"},
               {"eve", "CREDENTIALS_UNKNOWN", "CREDENTIALS_UNKNOWN"}};
  for (const auto& row : kRows) {
    const std::string token = row.token;
    for (const char* reason : {row.first, row.second}) {
      std::string client;
      const auto grant = door.admission().Admit(token.empty() ? Credentials() : Bearer(token),
                                                "192.0.2.1", &client);
      EXPECT_EQ(ReasonOf(grant.status()), reason) << token;
      EXPECT_EQ(client, token == "eve" ? "" : token.empty() ? "anonymous" : token);
    }
  }
}

TEST(AdmissionTest, WhereNobodyCountsEverythingIsGranted) {
  const Admission::Grant grant;
  EXPECT_FALSE(grant.counts());
  EXPECT_EQ(grant.caller(), 0u);
  EXPECT_TRUE(grant.ChargeRequest().ok());
  EXPECT_TRUE(grant.ChargeCharacters(1'000'000).ok());
}

TEST(AdmissionTest, RefusesClientsThatMakeNoSense) {
  const std::string app = StrCat("clients { name: \"app\"", Hash("app"), "}");
  const struct {
    const char* what;
    std::string access;
    const char* message;
  } kRows[] = {
      {"nobody at all", "", "access: nobody could call"},
      {"no name", StrCat("clients {", Hash("app"), "}"), "access.clients[0].name: required"},
      {"the name of who has none", StrCat("clients { name: \"anonymous\"", Hash("app"), "}"),
       "access.clients[0].name"},
      {"a long name", StrCat("clients { name: \"", std::string(65, 'x'), "\"", Hash("app"), "}"),
       "access.clients[0].name"},
      {"the same name", app + StrCat("clients { name: \"app\"", Hash("bot"), "}"),
       "access.clients[1].name: clients[0]"},
      {"the same token", app + StrCat("clients { name: \"bot\"", Hash("app"), "}"),
       "access.clients[1].token_sha256: clients[0]"},
      {"a token twice in one client", StrCat("clients { name: \"app\"", Hash("x"), Hash("x"), "}"),
       "access.clients[0].token_sha256"},
      {"nothing to be known by", "clients { name: \"app\" }", "access.clients[0]: neither"},
      {"a token for its hash", "clients { name: \"app\" token_sha256: \"sb_app\" }",
       "access.clients[0].token_sha256"},
      {"limits of nobody", app + "anonymous_limits { max_concurrent: 1 }",
       "access.anonymous_limits"},
  };
  for (const auto& row : kRows) {
    v1::Config config;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(row.access, config.mutable_access()));
    absl::Status status = CompleteConfig(&config);
    if (status.ok()) status = Admission::Create(config.access()).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << row.what;
    EXPECT_THAT(std::string(status.message()), HasSubstr(row.message)) << row.what;
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("sb_"))) << row.what;
  }
}

TEST(AdmissionTest, LimitsHaveRangesAndDefaults) {
  const struct {
    const char* limits;
    const char* message;  // empty: good
  } kRows[] = {
      {"", ""},
      {"requests_per_second: 0.001", ""},
      {"requests_per_second: 1e6 request_burst: 1000000", ""},
      {"requests_per_second: 0.0001", "requests_per_second: 0.0001 is not between 0.001 and 1"},
      {"requests_per_second: -1", "requests_per_second"},
      {"requests_per_second: nan", "requests_per_second"},
      {"requests_per_second: inf", "requests_per_second"},
      {"requests_per_second: 1 request_burst: -1",
       "request_burst: -1 is not between 1 and 1000000"},
      {"request_burst: 5", "request_burst: means nothing without"},
      {"characters_per_minute: 59", "characters_per_minute: 59 is not between 60 and"},
      {"characters_per_minute: 60 character_burst: 10000001", "character_burst"},
      {"character_burst: 5", "character_burst: means nothing without"},
      {"max_concurrent: -1", "max_concurrent"},
  };
  for (const auto& row : kRows) {
    v1::Config config;
    const std::string text = StrCat("clients { limits {", row.limits, "} }");
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, config.mutable_access()));
    const absl::Status status = CompleteConfig(&config);
    if (*row.message == '\0') {
      EXPECT_TRUE(status.ok()) << row.limits << status;
    } else {
      EXPECT_THAT(std::string(status.message()),
                  HasSubstr(StrCat("access.clients[0].limits.", row.message)))
          << row.limits;
    }
  }
  v1::Config config;
  v1::CallerLimits* limits = config.mutable_access()->add_clients()->mutable_limits();
  limits->set_requests_per_second(0.5);
  limits->set_characters_per_minute(1'000'000'000);
  ASSERT_TRUE(CompleteConfig(&config).ok());
  EXPECT_EQ(limits->request_burst(), 1);
  EXPECT_EQ(limits->character_burst(), 10'000'000);
}

}  // namespace
}  // namespace signalbook
