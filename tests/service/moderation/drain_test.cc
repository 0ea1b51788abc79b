// A server that is told to stop while its database of moderation hangs.
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
#include "tests/service/moderation/moderation_fixture.h"

namespace signalbook {
namespace {

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

}  // namespace
}  // namespace signalbook
