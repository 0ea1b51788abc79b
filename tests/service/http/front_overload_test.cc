// Translation over HTTP when a model is slow: the caller's time, a full queue, a drain.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>

#include "absl/time/clock.h"
#include "tests/service/http/front_fixture.h"
#include "tests/service/waiting_model.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Json = nlohmann::json;
using FrontOverloadTest = FrontTest;

TEST_F(FrontOverloadTest, TheCallersTimeHolds) {
  const auto model = std::make_shared<WaitingModel>("Hola mundo");
  v1::Config config;
  config.set_model_workers(1);
  config.set_model_timeout_ms(3'600'000);
  StartFront(model, config);
  const absl::Time start = absl::Now();
  auto busy = std::async(std::launch::async, [this] {
    return Call("TranslateText", kProse, {{"Connect-Timeout-Ms", "60000"}});
  });
  ASSERT_TRUE(model->WaitForCalls(1));
  EXPECT_GT(model->last_deadline(), start);
  EXPECT_LT(model->last_deadline(), absl::Now() + absl::Seconds(60)) << "with time to answer";

  // The only worker is busy: what waits for it is told in time.
  httplib::Client second(server_->http_url());
  second.set_read_timeout(50);
  const auto late = second.Post(std::string(kTranslationPath) + "TranslateText",
                                {{"Connect-Timeout-Ms", "300"}}, kProse, "application/json");
  ASSERT_TRUE(late);
  EXPECT_EQ(late->status, 504);
  EXPECT_EQ(Json::parse(late->body)["code"], "deadline_exceeded");
  model->Open();
  EXPECT_EQ(busy.get()->status, 200);
  EXPECT_EQ(model->calls(), 1) << "what nobody waits for is not asked";
}

TEST_F(FrontOverloadTest, ASlowModelIsARefusal) {
  v1::Config config;
  config.set_model_timeout_ms(50);
  StartFront(std::make_shared<WaitingModel>("Hola mundo"), config);
  const auto answer = Call("TranslateText", kProse, {{"Connect-Timeout-Ms", "60000"}});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  const Json translation = Json::parse(answer->body)["translations"][0];
  EXPECT_EQ(translation["translatedText"], "Hello world");
  EXPECT_EQ(translation["pieces"][0]["refusal"]["reason"], "REASON_DEADLINE");
}

TEST_F(FrontOverloadTest, AFullQueueSaysWhenToComeBack) {
  const auto model = std::make_shared<WaitingModel>("Hola mundo");
  v1::Config config;
  config.set_model_workers(1);
  config.set_model_queue(1);
  config.set_model_timeout_ms(60'000);
  StartFront(model, config);
  // The workers and the queue are those of gRPC.
  const auto over_grpc = [this] {
    v1::TranslateTextResponse response;
    return Translate(ProseRequest(), &response, absl::Seconds(60)).error_code();
  };
  auto at_model = std::async(std::launch::async, over_grpc);
  ASSERT_TRUE(model->WaitForCalls(1));
  // One of two has a place in the queue.
  auto first = std::async(std::launch::async, over_grpc);
  auto second = std::async(std::launch::async, over_grpc);
  while (first.wait_for(std::chrono::milliseconds(5)) != std::future_status::ready &&
         second.wait_for(std::chrono::milliseconds(5)) != std::future_status::ready) {
  }
  const auto json = Call("TranslateText", kProse);
  ASSERT_TRUE(json);
  EXPECT_EQ(json->status, 429);
  EXPECT_EQ(json->get_header_value("Retry-After"), "1");
  EXPECT_EQ(JsonReasonOf(Json::parse(json->body)), "QUEUE_FULL");
  const httplib::Params form = {{"q", "Hello world"}, {"source", "en"}, {"target", "es"}};
  const auto libre = client_->Post("/translate", form);
  ASSERT_TRUE(libre);
  EXPECT_EQ(libre->status, 429);
  EXPECT_EQ(libre->get_header_value("Retry-After"), "1");
  EXPECT_THAT(Json::parse(libre->body)["error"].get<std::string>(), StartsWith("Slowdown"));
  // What needs no model is answered all the same.
  EXPECT_EQ(Call("AnalyzeText", R"({"contents": ["a"]})")->status, 200);
  model->Open();
  EXPECT_EQ(at_model.get(), grpc::StatusCode::OK);
}

TEST_F(FrontOverloadTest, ReadinessWhileItDrains) {
  const auto model = std::make_shared<WaitingModel>("Hola mundo");
  v1::Config config;
  config.set_model_timeout_ms(60'000);
  StartFront(model, config);
  EXPECT_EQ(client_->Get("/healthz")->status, 200);
  EXPECT_EQ(client_->Get("/readyz")->status, 200);
  auto under_way = std::async(std::launch::async, [url = server_->http_url()] {
    httplib::Client client(url);
    client.set_read_timeout(60);
    return client.Post(std::string(kTranslationPath) + "TranslateText", kProse, "application/json");
  });
  ASSERT_TRUE(model->WaitForCalls(1));
  auto draining = std::async(std::launch::async, [this] { server_->Drain(absl::Seconds(60)); });
  auto ready = client_->Get("/readyz");
  for (; ready && ready->status == 200; ready = client_->Get("/readyz")) {
  }
  ASSERT_TRUE(ready) << "while calls are under way, it says so itself";
  EXPECT_EQ(ready->status, 503);
  EXPECT_THAT(Json::parse(ready->body)["error"].get<std::string>(), HasSubstr("shutting down"));
  EXPECT_EQ(client_->Get("/healthz")->status, 200);
  const auto refused = Call("AnalyzeText", R"({"contents": ["a"]})");
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(JsonReasonOf(Json::parse(refused->body)), "SHUTTING_DOWN");
  model->Open();
  const auto answer = under_way.get();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200) << "a call under way has the time that there is";
  draining.get();
  EXPECT_FALSE(client_->Get("/healthz")) << "it is gone";
}

TEST_F(FrontOverloadTest, AStuckModelHoldsUpNoDrain) {
  const auto model = std::make_shared<WaitingModel>("Hola mundo");
  v1::Config config;
  config.set_model_timeout_ms(60'000);
  StartFront(model, config);
  auto under_way = std::async(std::launch::async, [this] { return Call("TranslateText", kProse); });
  ASSERT_TRUE(model->WaitForCalls(1));
  auto draining =
      std::async(std::launch::async, [this] { server_->Drain(absl::Milliseconds(200)); });
  const auto answer = under_way.get();
  ASSERT_TRUE(answer) << "an answer, not a connection that ends";
  EXPECT_EQ(answer->status, 504);
  model->Open();
  draining.get();
}

}  // namespace
}  // namespace signalbook
