// Who gets a connection to a model's server, and which options make no sense.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "service/remote_model.h"
#include "service/strings.h"
#include "service/tls.h"
#include "tests/service/fake_model_server.h"
#include "tests/support/certificates.h"

namespace signalbook {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kOk = absl::StatusCode::kOk;
constexpr auto kNotFound = absl::StatusCode::kNotFound;
constexpr auto kUnavailable = absl::StatusCode::kUnavailable;

class RemoteModelTlsTest : public ::testing::Test {
 protected:
  // One of the two is the authority that this machine trusts: gRPC reads those once a process.
  static void SetUpTestSuite() {
    authority_ = std::make_unique<TestAuthority>("remote_model_test_right");
    other_ = std::make_unique<TestAuthority>("remote_model_test_other");
    setenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", authority_->own().certificate_file.c_str(), 1);
  }
  static void TearDownTestSuite() {
    unsetenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH");
    authority_ = nullptr;
    other_ = nullptr;
  }

  std::unique_ptr<FakeModelServer> Serve(const TestCertificate& certificate,
                                         bool asks_for_certificates = false) {
    v1::Tls tls;
    tls.set_certificate_file(certificate.certificate_file);
    tls.set_key_file(certificate.key_file);
    if (asks_for_certificates) {
      tls.set_client_authorities_file(authority_->own().certificate_file);
      tls.set_require_client_certificate(true);
    }
    const auto credentials = ServerCredentials(tls);
    EXPECT_TRUE(credentials.ok()) << credentials.status();
    return std::make_unique<FakeModelServer>(nullptr, "127.0.0.1:0", *credentials);
  }

  static inline std::unique_ptr<TestAuthority> authority_;
  static inline std::unique_ptr<TestAuthority> other_;
  const TestCertificate server_ = authority_->Issue("server", "IP:127.0.0.1,DNS:localhost");
  const TestCertificate client_ = authority_->Issue("signalbook");
  const TestCertificate stranger_ = other_->Issue("signalbook", "IP:127.0.0.1,DNS:localhost");
};

TEST_F(RemoteModelTlsTest, WhoTrustsWhom) {
  const std::string right = authority_->own().certificate_file;
  const std::string other = other_->own().certificate_file;
  const TestCertificate elsewhere = authority_->Issue("elsewhere", "DNS:models.example");
  const ChannelTls known = {.certificate_file = client_.certificate_file,
                            .key_file = client_.key_file};
  const auto server = Serve(server_);
  const auto asking = Serve(server_, /*asks_for_certificates=*/true);
  const auto strange = Serve(stranger_);
  const auto misnamed = Serve(elsewhere);
  const struct {
    const char* what;
    FakeModelServer* server;
    ChannelTls tls;
    bool connects;
  } kRows[] = {
      {"no TLS", server.get(), {}, false},
      {"the server's authority", server.get(), {.authorities_file = right}, true},
      {"another authority", server.get(), {.authorities_file = other}, false},
      {"the machine's authorities", server.get(), {.enabled = true}, true},
      {"a stranger, by the machine's", strange.get(), {.enabled = true}, false},
      {"another name, by the machine's", misnamed.get(), {.enabled = true}, false},
      {"another name", misnamed.get(), {.authorities_file = right}, false},
      {"a stranger, whose authority is named", strange.get(), {.authorities_file = other}, true},
      {"asked, none shown", asking.get(), {.authorities_file = right}, false},
      {"asked, a good one shown, by the machine's authorities", asking.get(), known, true},
      {"a stranger, by the machine's, with a certificate", strange.get(), known, false},
      {"asked, a good one shown",
       asking.get(),
       {.authorities_file = right,
        .certificate_file = client_.certificate_file,
        .key_file = client_.key_file},
       true},
      {"asked, a stranger's shown",
       asking.get(),
       {.authorities_file = right,
        .certificate_file = stranger_.certificate_file,
        .key_file = stranger_.key_file},
       false},
  };
  for (const auto& row : kRows) {
    const auto model =
        CreateRemote({.address = row.server->address(), .tls = row.tls, .token = "t-1"});
    EXPECT_EQ(CodesOf(model->Translate(Asking({"a"})), row.what),
              (Codes{row.connects ? kOk : kUnavailable}))
        << row.what;
    if (row.connects) {
      EXPECT_THAT(row.server->service.shown(), ElementsAre("Bearer t-1")) << row.what;
    }
  }
}

TEST_F(RemoteModelTlsTest, RenewedAuthoritiesAreTakenUp) {
  const std::string file = ::testing::TempDir() + "/remote_model_test_renewed.pem";
  std::filesystem::copy_file(other_->own().certificate_file, file,
                             std::filesystem::copy_options::overwrite_existing);
  const std::unique_ptr<FakeModelServer> server = Serve(server_);
  const auto model = CreateRemote({.address = server->address(),
                                   .tls = {.authorities_file = file},
                                   .connect_timeout = absl::Seconds(1)});
  EXPECT_EQ(CodesOf(model->Translate(Asking({"a"})), "before"), (Codes{kUnavailable}));
  std::filesystem::copy_file(authority_->own().certificate_file, file + ".new",
                             std::filesystem::copy_options::overwrite_existing);
  std::filesystem::rename(file + ".new", file);
  const absl::Time deadline = absl::Now() + 3 * kCertificateRefresh;
  while (!model->Translate(Asking({"a"}))[0].ok()) {
    ASSERT_LT(absl::Now(), deadline);
    absl::SleepFor(absl::Seconds(1));
  }
}

TEST_F(RemoteModelTlsTest, OptionsThatMakeNoSense) {
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  const std::string garbage = ::testing::TempDir() + "/remote_model_test_garbage.pem";
  std::ofstream(garbage) << "no PEM";
  const std::string& key = client_.key_file;
  const std::string& certificate = client_.certificate_file;
  const struct {
    const char* what;
    RemoteModelOptions options;
    absl::StatusCode code;
    std::string says;
  } kRows[] = {
      {"no address", {.address = ""}, kInvalid, "HOST:PORT"},
      {"no time to connect",
       {.address = "127.0.0.1:1", .connect_timeout = absl::Milliseconds(99)},
       kInvalid,
       "100 ms"},
      {"no answer is small enough",
       {.address = "127.0.0.1:1", .max_response_bytes = 0},
       kInvalid,
       "positive"},
      {"a token that no header carries",
       {.address = "127.0.0.1:1", .token = StrCat(kSecret, "\n")},
       kInvalid,
       "visible ASCII"},
      {"a token in the clear",
       {.address = "models.example:1", .token = kSecret},
       kInvalid,
       "use TLS"},
      {"a certificate without a key",
       {.address = "a:1", .tls = {.certificate_file = certificate}},
       kInvalid,
       certificate},
      {"a key without a certificate", {.address = "a:1", .tls = {.key_file = key}}, kInvalid, key},
      {"the key of another",
       {.address = "a:1", .tls = {.certificate_file = certificate, .key_file = server_.key_file}},
       kInvalid,
       server_.key_file},
      {"a certificate for a key",
       {.address = "a:1", .tls = {.certificate_file = certificate, .key_file = certificate}},
       kInvalid,
       certificate},
      {"a certificate that is none",
       {.address = "a:1", .tls = {.certificate_file = garbage, .key_file = key}},
       kInvalid,
       garbage},
      {"authorities that are none",
       {.address = "a:1", .tls = {.authorities_file = garbage}},
       kInvalid,
       garbage},
      {"authorities that are not there",
       {.address = "a:1", .tls = {.authorities_file = "/no/such.pem"}},
       kNotFound,
       "/no/such.pem"},
      {"a folder", {.address = "a:1", .tls = {.authorities_file = "/tmp"}}, kNotFound, "/tmp"},
  };
  for (const auto& row : kRows) {
    const absl::Status status = RemoteModel::Create(row.options).status();
    EXPECT_EQ(status.code(), row.code) << row.what << ": " << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(row.says)) << row.what;
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr(kSecret))) << row.what;
  }
}

}  // namespace
}  // namespace signalbook
