// A server whose database of moderation hangs: told to stop, and told for how long what it read is good.
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "service/auth.h"
#include "service/config.h"
#include "service/server.h"
#include "service/status.h"
#include "signalbook/v1/moderation.grpc.pb.h"
#include "signalbook/v1/translation.grpc.pb.h"
#include "tests/service/moderation/moderation_fixture.h"
#include "tests/service/peer_protocols.h"

namespace signalbook {
namespace {

constexpr char kService[] = "signalbook.v1.TranslationService";
constexpr char kToken[] = "sb_a-token-of-the-tests";

// Works as the one it is made of, unless it hangs.
class HangingDatabase final : public Database {
 public:
  explicit HangingDatabase(std::unique_ptr<Database> database) : database_(std::move(database)) {}

  absl::Status Write(const Body& body) override {
    Pass();
    return database_->Write(body);
  }
  absl::Status Read(const Body& body) override {
    Pass();
    return database_->Read(body);
  }
  bool WaitForChange(absl::Duration timeout) override { return database_->WaitForChange(timeout); }
  void Interrupt() override { database_->Interrupt(); }

  void Hang(bool hangs) {
    std::lock_guard lock(mutex_);
    hangs_ = hangs;
    changed_.notify_all();
  }
  void WaitUntilHeld(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return held_ >= count; });
  }

 private:
  void Pass() {
    std::unique_lock lock(mutex_);
    if (!hangs_) return;
    ++held_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !hangs_; });
  }

  const std::unique_ptr<Database> database_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool hangs_ = false;  // guarded by mutex_, as is
  int held_ = 0;        // calls that were ever held up
};

TEST_F(ModerationTest, ADrainEndsInTimeThoughTheDatabaseHangs) {
  Start();  // for its translator
  const std::string url = NewDatabase();
  auto opened = OpenDatabase(url);
  ASSERT_TRUE(opened.ok()) << opened.status();
  auto owned = std::make_unique<HangingDatabase>(*std::move(opened));
  HangingDatabase& database = *owned;
  const auto live = std::make_shared<LiveTranslator>(server_->live.Get()->translator);
  // No flush, and no look at what changed, comes to the database by itself before the calls do.
  auto moderation =
      Moderation::Start(std::move(owned), live.get(), {.flush_interval = absl::Hours(1)});
  ASSERT_TRUE(moderation.ok()) << moderation.status();
  v1::Config config;
  config.set_listen("127.0.0.1:0");
  config.mutable_moderation()->set_database(url);
  config.mutable_moderation()->set_console("127.0.0.1:0");
  v1::Account* ada = config.mutable_moderation()->add_accounts();
  ada->set_name("ada");
  ada->set_role("viewer");
  ada->set_token_sha256(TokenHash(kToken));
  const absl::Status complete = CompleteConfig(&config);
  ASSERT_TRUE(complete.ok()) << complete;
  auto server = Server::Start(config, live, moderation->get());
  ASSERT_TRUE(server.ok()) << server.status();

  database.Hang(true);
  const std::string bearer = std::string("Bearer ") + kToken;
  auto over_grpc = std::async(std::launch::async, [&] {
    const auto stub = v1::ModerationService::NewStub(
        grpc::CreateChannel((*server)->address(), grpc::InsecureChannelCredentials()));
    grpc::ClientContext context;
    context.AddMetadata("authorization", bearer);
    v1::ListRevisionsResponse response;
    return stub->ListRevisions(&context, {}, &response).error_code();
  });
  auto over_http = std::async(std::launch::async, [&] {
    httplib::Client client((*server)->console_url());
    client.set_read_timeout(20);
    const auto answer = client.Post("/signalbook.v1.ModerationService/ListRevisions",
                                    {{"Authorization", bearer}}, "{}", "application/json");
    return answer ? answer->status : 0;
  });
  database.WaitUntilHeld(3);  // and the follower's
  const absl::Time start = absl::Now();
  (*server)->Drain(absl::Milliseconds(500));
  const absl::Duration took = absl::Now() - start;
  EXPECT_GE(took, absl::Milliseconds(500)) << "that long the calls may end";
  EXPECT_LT(took, absl::Seconds(3));
  EXPECT_NE(over_grpc.get(), grpc::StatusCode::OK);
  EXPECT_EQ(over_http.get(), 504);
  database.Hang(false);
  server->reset();
}

template <typename Condition>
void Await(const char* what, const Condition& condition) {
  const absl::Time give_up = absl::Now() + absl::Minutes(1);
  while (!condition()) {
    ASSERT_LT(absl::Now(), give_up) << what;
    absl::SleepFor(absl::Milliseconds(20));
  }
}

TEST_F(ModerationTest, WhatWasReadIsGoodForAWhileOnly) {
  constexpr absl::Duration kGood = absl::Seconds(4);
  Start();  // for its translator
  const std::string url = NewDatabase();
  auto opened = OpenDatabase(url);
  ASSERT_TRUE(opened.ok()) << opened.status();
  auto owned = std::make_unique<HangingDatabase>(*std::move(opened));
  HangingDatabase& database = *owned;
  const auto live = std::make_shared<LiveTranslator>(server_->live.Get()->translator);
  auto moderation = Moderation::Start(std::move(owned), live.get(), {.max_staleness = kGood});
  ASSERT_TRUE(moderation.ok()) << moderation.status();
  v1::Config config;
  config.set_listen("127.0.0.1:0");
  config.mutable_http()->set_address("127.0.0.1:0");
  config.mutable_moderation()->set_database(url);
  config.mutable_moderation()->set_max_staleness_ms(
      static_cast<int32_t>(absl::ToInt64Milliseconds(kGood)));
  const absl::Status complete = CompleteConfig(&config);
  ASSERT_TRUE(complete.ok()) << complete;
  auto server = Server::Start(config, live, moderation->get());
  ASSERT_TRUE(server.ok()) << server.status();

  const auto channel =
      grpc::CreateChannel((*server)->address(), grpc::InsecureChannelCredentials());
  const auto stub = v1::TranslationService::NewStub(channel);
  v1::TranslateTextRequest request;
  request.add_contents("👍");
  request.set_target_language_code("es");
  const auto translate = [&] {
    grpc::ClientContext context;
    v1::TranslateTextResponse response;
    return FromGrpcStatus(stub->TranslateText(&context, request, &response));
  };
  const auto analyze = [&] {
    grpc::ClientContext context;
    v1::AnalyzeTextRequest analysis;
    analysis.add_contents("👍");
    v1::AnalyzeTextResponse response;
    return FromGrpcStatus(stub->AnalyzeText(&context, analysis, &response));
  };
  httplib::Client http((*server)->http_url());
  const auto readyz = [&http] {
    const auto answer = http.Get("/readyz");
    return answer ? answer->status : 0;
  };
  const auto health_is = [&channel](Health health) {
    return HealthOf(channel, "") == health && HealthOf(channel, kService) == health;
  };
  grpc::ClientContext stream_context;
  const auto stream = stub->StreamTranslateText(&stream_context);
  const auto on_stream = [&](v1::StreamTranslateTextResponse* answer) {
    v1::StreamTranslateTextRequest message;
    *message.mutable_translate() = request;
    return stream->Write(message) && stream->Read(answer);
  };
  v1::StreamTranslateTextResponse answer;
  EXPECT_TRUE(on_stream(&answer) && answer.has_response());
  EXPECT_EQ(translate(), absl::OkStatus());
  EXPECT_EQ(readyz(), 200);
  EXPECT_TRUE(health_is(Health::kServing));

  database.Hang(true);
  const absl::Time start = absl::Now();
  Await("health sends callers elsewhere", [&] { return health_is(Health::kNotServing); });
  EXPECT_EQ(readyz(), 503);
  // While callers find out it still answers. Asked on a slow machine, it may be too late for that.
  const absl::Status meanwhile = translate();
  if (absl::Now() - start < kGood - absl::Seconds(1)) {
    EXPECT_EQ(meanwhile, absl::OkStatus());
  }
  Await("calls are refused", [&] { return !translate().ok(); });
  EXPECT_GE(absl::Now() - start, kGood - absl::Seconds(2)) << "it looked a second ago";
  EXPECT_GE((*moderation)->age(), kGood);
  for (const absl::Status& status : {translate(), analyze()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
    EXPECT_EQ(ReasonOf(status), "STORE_UNAVAILABLE");
  }
  const auto over_http =
      http.Post("/translate", R"({"q": "👍", "source": "en", "target": "es"})", "application/json");
  EXPECT_TRUE(over_http && over_http->status == 503);
  EXPECT_TRUE(on_stream(&answer));
  EXPECT_EQ(answer.error().code(), static_cast<int>(grpc::StatusCode::UNAVAILABLE));
  EXPECT_FALSE(stream->Read(&answer)) << "the next message could not be answered either";
  EXPECT_EQ(ReasonOf(FromGrpcStatus(stream->Finish())), "STORE_UNAVAILABLE");

  database.Hang(false);
  Await("it answers again", [&] { return translate().ok(); });
  Await("and says so", [&] { return readyz() == 200 && health_is(Health::kServing); });

  // Who is told to end says so, and answers until it drains.
  (*server)->Leave();
  EXPECT_EQ(readyz(), 503);
  EXPECT_TRUE(health_is(Health::kNotServing));
  EXPECT_EQ(translate(), absl::OkStatus());
  server->reset();
}

}  // namespace
}  // namespace signalbook
