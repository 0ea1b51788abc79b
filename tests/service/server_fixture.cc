#include "tests/service/server_fixture.h"

#include <utility>

#include "absl/time/clock.h"
#include "google/rpc/status.pb.h"
#include "tests/support/test_book.h"

namespace signalbook {

ErrorDetails DetailsOf(const grpc::Status& status) {
  ErrorDetails result;
  google::rpc::Status wire;
  EXPECT_TRUE(wire.ParseFromString(status.error_details()));
  for (const google::protobuf::Any& detail : wire.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad_request;
    google::rpc::RetryInfo retry;
    if (detail.UnpackTo(&info)) {
      result.reason = info.reason();
      result.domain = info.domain();
      result.metadata = {info.metadata().begin(), info.metadata().end()};
    } else if (detail.UnpackTo(&bad_request)) {
      EXPECT_EQ(bad_request.field_violations_size(), 1);
      result.field = bad_request.field_violations(0).field();
      result.description = bad_request.field_violations(0).description();
    } else if (detail.UnpackTo(&retry)) {
      result.retry_delay = absl::Seconds(retry.retry_delay().seconds()) +
                           absl::Nanoseconds(retry.retry_delay().nanos());
    } else {
      ADD_FAILURE() << "unexpected detail " << detail.type_url();
    }
  }
  return result;
}

void ServerTest::Start(std::shared_ptr<Model> model, v1::Config config,
                       const ServedModels& models) {
  if (config.listen().empty()) config.set_listen("127.0.0.1:0");
  ASSERT_TRUE(CompleteConfig(&config).ok());
  auto server = Server::Start(
      config, std::make_shared<const LiveTranslator>(MakeTranslator(std::move(model)),
                                                     std::make_shared<const ServedModels>(models)));
  ASSERT_TRUE(server.ok()) << server.status();
  server_ = *std::move(server);
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  // Channels with equal arguments share a connection; tests must not.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  channel_ =
      grpc::CreateCustomChannel(server_->address(), grpc::InsecureChannelCredentials(), arguments);
  stub_ = v1::TranslationService::NewStub(channel_);
}

grpc::Status ServerTest::Translate(const v1::TranslateTextRequest& request,
                                   v1::TranslateTextResponse* response, absl::Duration timeout) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  return stub_->TranslateText(&context, request, response);
}

grpc::Status ServerTest::Analyze(const v1::AnalyzeTextRequest& request,
                                 v1::AnalyzeTextResponse* response) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
  return stub_->AnalyzeText(&context, request, response);
}

grpc::Status ServerTest::CallRaw(const std::string& method, const std::string& bytes,
                                 std::string* answer) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  grpc::CompletionQueue queue;
  grpc::GenericStub stub(channel_);
  grpc::Status status;
  const auto call = stub.PrepareUnaryCall(&context, method, request, &queue);
  call->StartCall();
  call->Finish(&response, &status, &queue);
  void* tag = nullptr;
  bool ok = false;
  EXPECT_TRUE(queue.Next(&tag, &ok) && ok);
  grpc::Slice single;
  if (status.ok() && response.DumpToSingleSlice(&single).ok()) {
    answer->assign(reinterpret_cast<const char*>(single.begin()), single.size());
  }
  return status;
}

std::shared_ptr<const Translator> MakeTranslator(std::shared_ptr<Model> model) {
  auto translator = Translator::Create(TestBook(), std::move(model));
  EXPECT_TRUE(translator.ok()) << translator.status();
  return *std::move(translator);
}

v1::TranslateTextRequest ProseRequest() {
  v1::TranslateTextRequest request;
  request.add_contents("Hello world");
  request.set_source_language_code("en");
  request.set_target_language_code("es");
  return request;
}

}  // namespace signalbook
