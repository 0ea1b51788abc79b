#include "service/moderation/moderation_service.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "google/rpc/error_details.pb.h"
#include "service/limits.h"
#include "service/status.h"
#include "service/tls.h"
#include "tests/service/moderation/fake_methods.h"
#include "tests/support/certificates.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;

class ModerationServiceTest : public ::testing::Test {
 protected:
  ~ModerationServiceTest() override {
    OpenGate();
    if (server_ == nullptr) return;
    server_->Shutdown(absl::ToChronoTime(absl::Now()));
    server_->Wait();
  }

  void Start(std::optional<ModerationBackend> backend, ModerationServiceImpl::Options options = {},
             const std::shared_ptr<grpc::ServerCredentials>& credentials =
                 grpc::InsecureServerCredentials()) {
    service_ = std::make_unique<ModerationServiceImpl>(backend, options);
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", credentials, &port);
    builder.RegisterService(service_.get());
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    address_ = "127.0.0.1:" + std::to_string(port);
    Connect(grpc::InsecureChannelCredentials());
  }

  void Connect(const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    channel_ = grpc::CreateCustomChannel(address_, credentials, arguments);
    stub_ = v1::ModerationService::NewStub(channel_);
  }

  // A context with ada's token.
  static std::unique_ptr<grpc::ClientContext> Ada(absl::Duration timeout = absl::Seconds(20)) {
    auto context = std::make_unique<grpc::ClientContext>();
    context->set_deadline(absl::ToChronoTime(absl::Now() + timeout));
    context->AddMetadata("authorization", std::string("Bearer ") + kToken);
    return context;
  }

  // Sends any bytes to a method.
  absl::Status CallRaw(const std::string& method, const std::string& bytes) {
    const auto context = Ada();
    const grpc::Slice slice(bytes);
    const grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer response;
    grpc::CompletionQueue queue;
    grpc::GenericStub stub(channel_);
    grpc::Status status;
    const auto call = stub.PrepareUnaryCall(
        context.get(), "/signalbook.v1.ModerationService/" + method, request, &queue);
    call->StartCall();
    call->Finish(&response, &status, &queue);
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue.Next(&tag, &ok) && ok);
    return FromGrpcStatus(status);
  }

  absl::Status List(absl::Duration timeout = absl::Seconds(20)) {
    v1::ListEntriesResponse response;
    return FromGrpcStatus(stub_->ListEntries(Ada(timeout).get(), {}, &response));
  }

  std::unique_ptr<ModerationServiceImpl> service_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::ModerationService::Stub> stub_;
};

std::vector<std::string> EveryMethod() {
  std::vector<std::string> names;
  const auto* service = v1::Caller::descriptor()->file()->FindServiceByName("ModerationService");
  for (int i = 0; i < service->method_count(); ++i) names.push_back(service->method(i)->name());
  return names;
}

TEST_F(ModerationServiceTest, WithoutADatabaseEveryMethodSaysSo) {
  Start(std::nullopt);
  for (const std::string& method : EveryMethod()) {
    const absl::Status status = CallRaw(method, "");
    EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented) << method;
    EXPECT_EQ(ReasonOf(status), "MODERATION_DISABLED") << method;
    EXPECT_THAT(std::string(status.message()), HasSubstr("moderation.database")) << method;
  }
}

// An RPC that is forgotten in the list of raw methods or of overrides never gets here.
TEST_F(ModerationServiceTest, EveryMethodGoesByItsOwnRow) {
  const std::vector<ModerationMethod> none;
  Start(ModerationBackend{none, FakeBackend().moderation, FakeAuthenticator()});
  for (const std::string& method : EveryMethod()) {
    EXPECT_EQ(CallRaw(method, "").message(), "this server has no method " + method);
  }
}

TEST_F(ModerationServiceTest, AnswersAndErrorsArrive) {
  Start(FakeBackend());
  v1::CreateProposalRequest request;
  request.set_entry("entries/names:es:1F1E8-1F1E6");
  request.mutable_row()->set_text("Canadá");
  request.set_reason("because");
  v1::Proposal proposal;
  ASSERT_TRUE(stub_->CreateProposal(Ada().get(), request, &proposal).ok());
  EXPECT_EQ(proposal.entry(), request.entry());
  EXPECT_EQ(proposal.row().text(), "Canadá");
  EXPECT_EQ(proposal.author(), "ada");

  request.set_reason("fail");
  const absl::Status status =
      FromGrpcStatus(stub_->CreateProposal(Ada().get(), request, &proposal));
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonOf(status), "ROW_CHANGED");
}

TEST_F(ModerationServiceTest, WhoIsUnknownIsNotServed) {
  Start(FakeBackend());
  struct Case {
    const char* what;
    const char* authorization;  // nullptr: none
    const char* reason;
  };
  const Case cases[] = {
      {"nothing", nullptr, "CREDENTIALS_MISSING"},
      {"another token", "Bearer sb_another", "CREDENTIALS_UNKNOWN"},
      {"half a token", "Bearer sb_a-token", "CREDENTIALS_UNKNOWN"},
  };
  for (const Case& c : cases) {
    grpc::ClientContext context;
    if (c.authorization != nullptr) context.AddMetadata("authorization", c.authorization);
    v1::Caller caller;
    const absl::Status status = FromGrpcStatus(stub_->GetCaller(&context, {}, &caller));
    EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated) << c.what;
    EXPECT_EQ(ReasonOf(status), c.reason) << c.what;
  }
  v1::Caller caller;
  ASSERT_TRUE(stub_->GetCaller(Ada().get(), {}, &caller).ok());
  EXPECT_EQ(caller.name(), "ada");
  EXPECT_EQ(caller.role(), v1::ROLE_APPROVER);
}

TEST_F(ModerationServiceTest, AClientCertificateSaysWhoCalls) {
  const TestAuthority authority("moderation_service_right");
  const TestAuthority other("moderation_service_other");
  const TestCertificate server = authority.Issue("server", "IP:127.0.0.1");
  const TestCertificate alternative = authority.Issue("one", "DNS:bot.example");
  const TestCertificate common = authority.Issue("bot.example");
  const TestCertificate nobody = authority.Issue("nobody");
  const TestCertificate forged = other.Issue("bot.example");
  v1::Tls tls;
  tls.set_certificate_file(server.certificate_file);
  tls.set_key_file(server.key_file);
  tls.set_client_authorities_file(authority.own().certificate_file);
  const auto credentials = ServerCredentials(tls);
  ASSERT_TRUE(credentials.ok()) << credentials.status();
  Start(FakeBackend(), {}, *credentials);
  const TestCertificate none;
  struct Case {
    const char* what;
    const TestCertificate& shown;
    bool with_token;
    grpc::StatusCode code;
    const char* caller;
  };
  const Case cases[] = {
      {"an alternative name", alternative, false, grpc::StatusCode::OK, "bot"},
      {"a common name", common, false, grpc::StatusCode::OK, "bot"},
      {"nobody's name", nobody, false, grpc::StatusCode::UNAUTHENTICATED, ""},
      {"no certificate", none, false, grpc::StatusCode::UNAUTHENTICATED, ""},
      {"no certificate, a token", none, true, grpc::StatusCode::OK, "ada"},
      {"the right name, of another authority", forged, false, grpc::StatusCode::UNAVAILABLE, ""},
      {"both: the token counts", common, true, grpc::StatusCode::OK, "ada"},
  };
  for (const Case& c : cases) {
    Connect(grpc::SslCredentials({authority.own().certificate, c.shown.key, c.shown.certificate}));
    const auto context = c.with_token ? Ada() : std::make_unique<grpc::ClientContext>();
    v1::Caller caller;
    EXPECT_EQ(stub_->GetCaller(context.get(), {}, &caller).error_code(), c.code) << c.what;
    EXPECT_EQ(caller.name(), c.caller) << c.what;
  }
}

TEST_F(ModerationServiceTest, BytesThatAreNoRequest) {
  Start(FakeBackend());
  struct Case {
    const char* what;
    std::string bytes;
    const char* reason;
    const char* message;
  };
  const Case cases[] = {
      {"invalid UTF-8 in a row", {"\x12\x04\x0A\x02z\xFF", 6}, "INVALID_UTF8", "row.text"},
      {"a NUL in a row's list",
       {"\x12\x05\x12\x03z\0y", 7},
       "MALFORMED_REQUEST",
       "row.alternates[0]"},
      {"cut off", "\x12\x7F", "MALFORMED_REQUEST", "CreateProposalRequest"},
  };
  for (const Case& c : cases) {
    const absl::Status status = CallRaw("CreateProposal", c.bytes);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.what;
    EXPECT_EQ(ReasonOf(status), c.reason) << c.what;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.message)) << c.what;
  }
}

TEST_F(ModerationServiceTest, AFullQueueAnswersAtOnceAndSaysWhenToComeBack) {
  CloseGate();
  Start(FakeBackend(), {.workers = 1, .queue = 1});
  std::atomic<int> answered = 0;
  std::vector<std::future<absl::Status>> calls;
  const auto call = [&] {
    calls.push_back(std::async(std::launch::async, [&] {
      absl::Status status = List();
      ++answered;
      return status;
    }));
  };
  call();
  ASSERT_TRUE(WaitAtGate(1));
  for (int i = 0; i < 3; ++i) call();  // for one place in the queue
  const absl::Time deadline = absl::Now() + absl::Seconds(10);
  while (answered < 2 && absl::Now() < deadline) absl::SleepFor(absl::Milliseconds(5));
  EXPECT_EQ(answered, 2);
  OpenGate();
  int refused = 0;
  for (auto& each : calls) {
    const absl::Status status = each.get();
    if (status.ok()) continue;
    ++refused;
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(ReasonOf(status), "QUEUE_FULL");
    EXPECT_TRUE(status.GetPayload("type.googleapis.com/google.rpc.RetryInfo").has_value());
  }
  EXPECT_EQ(refused, 2);
}

TEST_F(ModerationServiceTest, ADrainLetsCallsEndAndTurnsNewOnesAway) {
  CloseGate();
  Start(FakeBackend());
  auto under_way = std::async(std::launch::async, [&] { return List(); });
  ASSERT_TRUE(WaitAtGate(1));
  auto drain =
      std::async(std::launch::async, [&] { service_->Drain(absl::Now() + absl::Seconds(20)); });
  absl::Status late;
  while (ReasonOf(late) != "SHUTTING_DOWN") {
    v1::Caller caller;
    late = FromGrpcStatus(stub_->GetCaller(Ada().get(), {}, &caller));
    ASSERT_TRUE(late.ok() || late.code() == absl::StatusCode::kUnavailable) << late;
  }
  EXPECT_EQ(drain.wait_for(std::chrono::milliseconds(0)), std::future_status::timeout);
  OpenGate();
  EXPECT_TRUE(under_way.get().ok());
  EXPECT_EQ(drain.wait_for(std::chrono::seconds(10)), std::future_status::ready);
}

}  // namespace
}  // namespace signalbook
