// StreamTranslateText over a real connection: order, independence, limits, ends.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "service/limits.h"
#include "service/strings.h"
#include "tests/service/server_fixture.h"
#include "tests/service/waiting_model.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;

constexpr char kProse[] = "Hello world";  // needs the model
constexpr char kEmoji[] = "🇨🇦";           // does not

v1::StreamTranslateTextRequest Ask(const std::string& id, const std::string& conversation,
                                   const std::string& content) {
  v1::StreamTranslateTextRequest request;
  request.set_id(id);
  request.set_conversation(conversation);
  request.mutable_translate()->add_contents(content);
  request.mutable_translate()->set_source_language_code("en");
  request.mutable_translate()->set_target_language_code("es");
  request.mutable_translate()->set_emoji_mode(v1::EMOJI_MODE_NAME);
  return request;
}

class StreamTest : public ServerTest {
 protected:
  void Open(std::shared_ptr<Model> model, const v1::Config& config = {}) {
    Start(std::move(model), config);
    context_.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(60)));
    stream_ = stub_->StreamTranslateText(&context_);
  }
  void Send(const v1::StreamTranslateTextRequest& request) { ASSERT_TRUE(stream_->Write(request)); }
  // The next answer; fails the test when the stream ends instead.
  v1::StreamTranslateTextResponse Next() {
    v1::StreamTranslateTextResponse answer;
    EXPECT_TRUE(stream_->Read(&answer));
    return answer;
  }
  grpc::Status End() {
    stream_->WritesDone();
    v1::StreamTranslateTextResponse answer;
    EXPECT_FALSE(stream_->Read(&answer)) << answer.id();
    return stream_->Finish();
  }
  static std::string TextOf(const v1::StreamTranslateTextResponse& answer) {
    return answer.response().translations_size() == 1
               ? answer.response().translations(0).translated_text()
               : StrCat("no translation: ", answer.error().message());
  }

  const std::shared_ptr<WaitingModel> model_ = std::make_shared<WaitingModel>("Hola mundo");
  grpc::ClientContext context_;
  std::unique_ptr<
      grpc::ClientReaderWriter<v1::StreamTranslateTextRequest, v1::StreamTranslateTextResponse>>
      stream_;
};

TEST_F(StreamTest, AnswersWhatItIsAskedUntilTheCallerIsDone) {
  model_->Open();
  Open(model_);
  Send(Ask("1", "room", kEmoji));
  EXPECT_EQ(TextOf(Next()), "Canadá");
  v1::StreamTranslateTextRequest french = Ask("2", "room", kEmoji);
  french.mutable_translate()->set_target_language_code("fr");
  Send(french);
  const v1::StreamTranslateTextResponse answer = Next();
  EXPECT_EQ(answer.id(), "2");
  EXPECT_EQ(TextOf(answer), "Canada");
  EXPECT_FALSE(answer.response().book().hash().empty());
  Send(Ask("3", "room", kProse));
  EXPECT_EQ(TextOf(Next()), "Hola mundo");
  EXPECT_TRUE(End().ok());
}

TEST_F(StreamTest, KeepsTheOrderOfAConversationAndOfNothingElse) {
  Open(model_);
  Send(Ask("slow", "a", kProse));
  Send(Ask("behind", "a", kEmoji));
  ASSERT_TRUE(model_->WaitForCalls(1));
  Send(Ask("elsewhere", "b", kEmoji));
  Send(Ask("nowhere", "", kEmoji));
  EXPECT_EQ(Next().id(), "elsewhere");
  EXPECT_EQ(Next().id(), "nowhere");
  model_->Open();
  EXPECT_EQ(Next().id(), "slow");
  EXPECT_EQ(Next().id(), "behind");
  EXPECT_TRUE(End().ok());
}

TEST_F(StreamTest, WithoutAConversationNothingWaits) {
  Open(model_);
  Send(Ask("slow", "", kProse));
  Send(Ask("quick", "", kEmoji));
  EXPECT_EQ(Next().id(), "quick");
  model_->Open();
  EXPECT_EQ(Next().id(), "slow");
  EXPECT_TRUE(End().ok());
}

TEST_F(StreamTest, AnErrorOfOneMessageEndsNothing) {
  Open(model_);
  v1::StreamTranslateTextRequest no_target = Ask("1", "room", kEmoji);
  no_target.mutable_translate()->clear_target_language_code();
  v1::StreamTranslateTextRequest bad_bytes = Ask("2", "room", "caf\xE9");
  v1::StreamTranslateTextRequest bad_name = Ask("\xFF", "", kEmoji);
  v1::StreamTranslateTextRequest long_name =
      Ask(std::string(kMaxStreamLabelBytes + 1, 'x'), "", "");
  v1::StreamTranslateTextRequest negative = Ask("4", "", kEmoji);
  negative.set_timeout_ms(-1);
  v1::StreamTranslateTextRequest empty;
  empty.set_id("5");
  const struct {
    const char* what;
    const v1::StreamTranslateTextRequest& request;
    const char* id;
    const char* message;
  } kRows[] = {
      {"no target", no_target, "1", "target_language_code"},
      {"no UTF-8", bad_bytes, "2", "offset 3 is not UTF-8"},
      {"a name that is no UTF-8", bad_name, "", "offset 0 is not UTF-8"},
      {"a long name", long_name, "", "id: at most 128 bytes"},
      {"a negative time", negative, "4", "timeout_ms"},
      {"nothing to translate", empty, "5", "contents"},
  };
  for (const auto& row : kRows) {
    Send(row.request);
    const v1::StreamTranslateTextResponse answer = Next();
    EXPECT_EQ(answer.id(), row.id) << row.what;
    EXPECT_EQ(answer.error().code(), grpc::StatusCode::INVALID_ARGUMENT) << row.what;
    EXPECT_THAT(answer.error().message(), HasSubstr(row.message)) << row.what;
    EXPECT_GT(answer.error().details_size(), 0) << row.what;
  }
  Send(Ask("6", "room", kEmoji));
  EXPECT_EQ(TextOf(Next()), "Canadá");
  EXPECT_TRUE(End().ok());
}

TEST_F(StreamTest, EachMessageHasItsOwnTime) {
  Open(model_);
  v1::StreamTranslateTextRequest hurried = Ask("1", "room", kProse);
  hurried.set_timeout_ms(50);
  Send(hurried);
  Send(Ask("2", "other", kProse));
  const v1::StreamTranslateTextResponse answer = Next();
  EXPECT_EQ(answer.id(), "1");
  EXPECT_EQ(answer.response().translations(0).pieces(0).refusal().reason(), v1::REASON_DEADLINE);
  EXPECT_EQ(TextOf(answer), kProse);
  model_->Open();
  EXPECT_EQ(TextOf(Next()), "Hola mundo");
  EXPECT_TRUE(End().ok());
}

TEST_F(StreamTest, WhatIsNoLongerWantedIsCancelled) {
  v1::Config config;
  config.set_model_workers(1);
  Open(model_, config);
  Send(Ask("working", "", kProse));
  ASSERT_TRUE(model_->WaitForCalls(1));
  Send(Ask("waiting", "", kProse));
  v1::StreamTranslateTextRequest cancel;
  cancel.set_cancel(true);
  for (const char* id : {"unknown", "waiting", "working"}) {
    cancel.set_id(id);
    Send(cancel);
  }
  for (const char* id : {"waiting", "working"}) {
    const v1::StreamTranslateTextResponse answer = Next();
    EXPECT_EQ(answer.id(), id);
    EXPECT_EQ(answer.error().code(), grpc::StatusCode::CANCELLED);
  }
  model_->Open();
  Send(Ask("next", "", kProse));
  EXPECT_EQ(Next().id(), "next");
  EXPECT_EQ(model_->calls(), 2) << "what waited was not asked for";
  EXPECT_TRUE(End().ok());
}

TEST_F(StreamTest, AFullQueueIsTheAnswerOfTheMessageThatFindsIt) {
  v1::Config config;
  config.set_model_workers(1);
  config.set_model_queue(1);
  Open(model_, config);
  Send(Ask("working", "", kProse));
  ASSERT_TRUE(model_->WaitForCalls(1));
  Send(Ask("waiting", "", kProse));
  Send(Ask("too many", "", kProse));
  const v1::StreamTranslateTextResponse answer = Next();
  EXPECT_EQ(answer.id(), "too many");
  EXPECT_EQ(answer.error().code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  model_->Open();
  EXPECT_EQ(Next().id(), "working");
  EXPECT_EQ(Next().id(), "waiting");
  EXPECT_TRUE(End().ok());
}

// While a model is slow no more than kMaxStreamMessages are taken in: one more would find the queue full.
TEST_F(StreamTest, HoldsTheCallerBack) {
  v1::Config config;
  config.set_model_workers(1);
  config.set_model_queue(kMaxStreamMessages);
  Open(model_, config);
  constexpr int kMessages = 3 * kMaxStreamMessages;
  std::thread sender([&] {
    for (int i = 0; i < kMessages; ++i) stream_->Write(Ask(StrCat(i), "room", kProse));
    stream_->WritesDone();
  });
  ASSERT_TRUE(model_->WaitForCalls(1));
  absl::SleepFor(absl::Milliseconds(200));  // time to read too many
  model_->Open();
  for (int i = 0; i < kMessages; ++i) {
    const v1::StreamTranslateTextResponse answer = Next();
    EXPECT_EQ(answer.id(), StrCat(i));
    EXPECT_EQ(TextOf(answer), "Hola mundo");
  }
  sender.join();
  EXPECT_TRUE(stream_->Finish().ok());
}

TEST_F(StreamTest, AnswersWhatItHasReadBeforeAShutdown) {
  Open(model_);
  Send(Ask("1", "room", kProse));
  ASSERT_TRUE(model_->WaitForCalls(1));
  std::thread drain([&] { server_->Drain(absl::Seconds(20)); });
  absl::SleepFor(absl::Milliseconds(50));
  model_->Open();
  EXPECT_EQ(TextOf(Next()), "Hola mundo");
  v1::StreamTranslateTextResponse answer;
  EXPECT_FALSE(stream_->Read(&answer));
  const grpc::Status status = stream_->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(DetailsOf(status).reason, "SHUTTING_DOWN");
  drain.join();
}

TEST_F(StreamTest, AnIdleStreamDoesNotHoldUpAShutdown) {
  Open(model_);
  Send(Ask("1", "room", kEmoji));
  Next();
  const absl::Time before = absl::Now();
  server_->Drain(absl::Seconds(20));
  EXPECT_LT(absl::Now() - before, absl::Seconds(10));
  v1::StreamTranslateTextResponse answer;
  EXPECT_FALSE(stream_->Read(&answer));
  EXPECT_EQ(DetailsOf(stream_->Finish()).reason, "SHUTTING_DOWN");
}

TEST_F(StreamTest, ACallerThatGoesAwayLeavesNothingBehind) {
  v1::Config config;
  config.set_model_workers(1);
  Open(model_, config);
  for (int i = 0; i < 5; ++i) Send(Ask(StrCat(i), "room", kProse));
  ASSERT_TRUE(model_->WaitForCalls(1));
  context_.TryCancel();
  EXPECT_EQ(stream_->Finish().error_code(), grpc::StatusCode::CANCELLED);
  absl::SleepFor(absl::Milliseconds(50));
  model_->Open();
  server_->Drain(absl::Seconds(20));
  EXPECT_LE(model_->calls(), 2) << "what waited was not asked for";
}

}  // namespace
}  // namespace signalbook
