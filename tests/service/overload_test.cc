// What happens when a model is slow: deadlines, cancelled calls, a full queue, many clients, a drain.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "service/limits.h"
#include "service/translation_service.h"
#include "tests/service/server_fixture.h"
#include "tests/service/waiting_model.h"

namespace signalbook {
namespace {

TEST(ModelDeadlineTest, LeavesTimeToAnswer) {
  const absl::Time now = absl::FromUnixSeconds(1'000'000);
  const absl::Duration limit = absl::Seconds(5);
  EXPECT_EQ(ModelDeadline(now, absl::InfiniteFuture(), limit), now + limit);
  EXPECT_EQ(ModelDeadline(now, now + absl::Seconds(60), limit), now + limit);
  EXPECT_EQ(ModelDeadline(now, now + absl::Seconds(2), limit),
            now + absl::Seconds(2) - kDeadlineMargin);
  EXPECT_EQ(ModelDeadline(now, now + absl::Milliseconds(100), limit), now + absl::Milliseconds(75));
  EXPECT_LE(ModelDeadline(now, now - absl::Seconds(1), limit), now);
}

using OverloadTest = ServerTest;

TEST_F(OverloadTest, ASlowModelIsARefusalWithinTheCallersDeadline) {
  Start(std::make_shared<WaitingModel>("Hola mundo"));
  v1::TranslateTextResponse response;
  const grpc::Status status = Translate(ProseRequest(), &response, absl::Seconds(2));
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.translations(0).translated_text(), "Hello world");
  EXPECT_EQ(response.translations(0).verdict(), v1::VERDICT_REFUSED);
  EXPECT_EQ(response.translations(0).pieces(0).refusal().reason(), v1::REASON_DEADLINE);
}

TEST_F(OverloadTest, TheOperatorsLimitHoldsForCallersWithLongDeadlines) {
  const auto model = std::make_shared<WaitingModel>("Hola mundo");
  v1::Config config;
  config.set_model_timeout_ms(50);
  Start(model, config);
  const absl::Time before = absl::Now();
  v1::TranslateTextResponse response;
  ASSERT_TRUE(Translate(ProseRequest(), &response, absl::Seconds(60)).ok());
  EXPECT_EQ(response.translations(0).pieces(0).refusal().reason(), v1::REASON_DEADLINE);
  EXPECT_LT(model->last_deadline(), before + absl::Seconds(10));
}

// Calls that wait for the only worker; each on a thread of its own.
class Waiting {
 public:
  Waiting(v1::TranslationService::Stub* stub, int count) {
    for (int i = 0; i < count; ++i) {
      contexts_.push_back(std::make_unique<grpc::ClientContext>());
      calls_.push_back(
          std::async(std::launch::async, [this, stub, context = contexts_.back().get()] {
            v1::TranslateTextResponse response;
            const grpc::Status status = stub->TranslateText(context, ProseRequest(), &response);
            ++answered_;
            return status;
          }));
    }
  }
  void Cancel() {
    for (const auto& context : contexts_) context->TryCancel();
  }
  // False when fewer than `count` were answered within ten seconds.
  bool WaitForAnswers(int count) const {
    const absl::Time deadline = absl::Now() + absl::Seconds(10);
    while (answered_ < count && absl::Now() < deadline) absl::SleepFor(absl::Milliseconds(5));
    return answered_ >= count;
  }
  std::vector<grpc::StatusCode> Codes() {
    std::vector<grpc::StatusCode> codes;
    for (auto& call : calls_) codes.push_back(call.get().error_code());
    return codes;
  }

 private:
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts_;
  std::atomic<int> answered_ = 0;
  std::vector<std::future<grpc::Status>> calls_;
};

TEST_F(OverloadTest, AFullQueueAnswersAtOnceAndSaysWhenToComeBack) {
  const auto model = std::make_shared<WaitingModel>("Hola mundo");
  v1::Config config;
  config.set_model_workers(1);
  config.set_model_queue(2);
  config.set_model_timeout_ms(20'000);
  Start(model, config);
  Waiting at_model(stub_.get(), 1);
  ASSERT_TRUE(model->WaitForCalls(1));
  Waiting waiting(stub_.get(), 3);  // for two places in the queue
  ASSERT_TRUE(waiting.WaitForAnswers(1));

  const absl::Time before = absl::Now();
  v1::TranslateTextResponse none;
  const grpc::Status status = Translate(ProseRequest(), &none, absl::Seconds(15));
  ASSERT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_LT(absl::Now() - before, absl::Seconds(10)) << "at once, not at the deadline";
  const ErrorDetails details = DetailsOf(status);
  EXPECT_EQ(details.reason, "QUEUE_FULL");
  EXPECT_EQ(details.metadata.at("limit"), "2");
  EXPECT_EQ(details.retry_delay, kRetryDelay);

  // What needs no model is answered all the same.
  v1::TranslateTextRequest emoji = ProseRequest();
  emoji.set_contents(0, "🇨🇦");
  emoji.set_emoji_mode(v1::EMOJI_MODE_NAME);
  v1::TranslateTextResponse response;
  ASSERT_TRUE(Translate(emoji, &response, absl::Seconds(10)).ok());
  EXPECT_EQ(response.translations(0).translated_text(), "Canadá");

  model->Open();
  waiting.Codes();
}

TEST_F(OverloadTest, CancelledCallsLeaveTheQueueWithoutReachingTheModel) {
  const auto model = std::make_shared<WaitingModel>("Hola mundo");
  v1::Config config;
  config.set_model_workers(1);
  config.set_model_timeout_ms(20'000);
  Start(model, config);
  Waiting waiting(stub_.get(), 5);
  ASSERT_TRUE(model->WaitForCalls(1));
  waiting.Cancel();
  EXPECT_THAT(waiting.Codes(), ::testing::Each(grpc::StatusCode::CANCELLED));
  // The clients are done at once; the server hears of it in its own time, and shows it to nobody.
  absl::SleepFor(absl::Seconds(3));
  // Behind them in the queue, so that they have had their turn.
  model->Open();
  v1::TranslateTextResponse response;
  ASSERT_TRUE(Translate(ProseRequest(), &response).ok());
  EXPECT_EQ(model->calls(), 2) << "the one under way when it was cancelled, and the last";
}

// grpc #39114: Shutdown waits for ever for a callback call that nobody finishes.
TEST_F(OverloadTest, ADrainOutOfTimeCancelsWhatWaits) {
  const auto model = std::make_shared<WaitingModel>("Hola mundo");
  v1::Config config;
  config.set_model_workers(1);
  config.set_model_queue(6);
  config.set_model_timeout_ms(3'000);
  Start(model, config);
  Waiting at_model(stub_.get(), 1);
  ASSERT_TRUE(model->WaitForCalls(1));
  Waiting waiting(stub_.get(), 7);  // for six places in the queue
  ASSERT_TRUE(waiting.WaitForAnswers(1));
  const absl::Time before = absl::Now();
  server_->Drain(absl::Milliseconds(100));
  // The model has up to three seconds for the call it is at; those that wait would have as much.
  EXPECT_LT(absl::Now() - before, absl::Seconds(8));
  EXPECT_THAT(waiting.Codes(), ::testing::Each(::testing::Ne(grpc::StatusCode::OK)));
}

TEST_F(OverloadTest, ManyClientsAtOnce) {
  constexpr int kClients = 16;
  constexpr int kCalls = 50;
  Start(std::make_shared<WaitingModel>("Hola mundo", /*open=*/true));
  std::atomic<int> right = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&, i] {
      for (int k = 0; k < kCalls; ++k) {
        v1::TranslateTextRequest request = ProseRequest();
        const bool emoji = (i + k) % 2 == 0;
        if (emoji) request.set_contents(0, "🇨🇦");
        request.set_emoji_mode(v1::EMOJI_MODE_NAME);
        v1::TranslateTextResponse response;
        if (!Translate(request, &response).ok()) continue;
        right += response.translations(0).translated_text() == (emoji ? "Canadá" : "Hola mundo");
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(right, kClients * kCalls);
}

}  // namespace
}  // namespace signalbook
