// Who gets a connection to a server with certificates, over gRPC and over OpenSSL.
#include "service/tls.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "service/config.h"
#include "service/server.h"
#include "signalbook/v1/translation.grpc.pb.h"
#include "tests/service/server_fixture.h"
#include "tests/support/certificates.h"

namespace signalbook {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

v1::Tls TlsOf(const TestCertificate& certificate) {
  v1::Tls tls;
  tls.set_certificate_file(certificate.certificate_file);
  tls.set_key_file(certificate.key_file);
  return tls;
}

grpc::StatusCode Call(const std::string& address,
                      const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const auto stub =
      v1::TranslationService::NewStub(grpc::CreateCustomChannel(address, credentials, arguments));
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
  v1::AnalyzeTextRequest request;
  request.add_contents("hello");
  v1::AnalyzeTextResponse response;
  return stub->AnalyzeText(&context, request, &response).error_code();
}

std::shared_ptr<grpc::ChannelCredentials> Trusting(const TestAuthority& authority,
                                                   const TestCertificate& own = {}) {
  return grpc::SslCredentials({authority.own().certificate, own.key, own.certificate});
}

class TlsTest : public ::testing::Test {
 protected:
  std::unique_ptr<Server> Start(const v1::Tls& tls) {
    v1::Config config;
    config.set_listen("127.0.0.1:0");
    *config.mutable_tls() = tls;
    EXPECT_TRUE(CompleteConfig(&config).ok());
    auto server =
        Server::Start(config, std::make_shared<const LiveTranslator>(MakeTranslator(nullptr)));
    EXPECT_TRUE(server.ok()) << server.status();
    return server.ok() ? *std::move(server) : nullptr;
  }

  const TestAuthority authority_{"tls_test_right"};
  const TestAuthority other_{"tls_test_other"};
  const TestCertificate server_ = authority_.Issue("server", "IP:127.0.0.1,DNS:localhost");
  const TestCertificate client_ = authority_.Issue("ada");
  const TestCertificate stranger_ = other_.Issue("ada");
};

TEST_F(TlsTest, WhoGetsAConnection) {
  enum Mode { kServerOnly, kAsked, kRequired };
  struct Case {
    const char* what;
    Mode mode;
    std::shared_ptr<grpc::ChannelCredentials> client;
    bool connects;
  };
  const Case cases[] = {
      {"the server's authority is trusted", kServerOnly, Trusting(authority_), true},
      {"another authority is trusted", kServerOnly, Trusting(other_), false},
      {"no TLS at all", kServerOnly, grpc::InsecureChannelCredentials(), false},
      {"a certificate that nobody asked for", kServerOnly, Trusting(authority_, client_), true},
      {"asked, none shown", kAsked, Trusting(authority_), true},
      {"asked, a good one shown", kAsked, Trusting(authority_, client_), true},
      {"asked, one of a stranger shown", kAsked, Trusting(authority_, stranger_), false},
      {"required, none shown", kRequired, Trusting(authority_), false},
      {"required, a good one shown", kRequired, Trusting(authority_, client_), true},
      {"required, one of a stranger shown", kRequired, Trusting(authority_, stranger_), false},
  };
  for (const Mode mode : {kServerOnly, kAsked, kRequired}) {
    v1::Tls tls = TlsOf(server_);
    if (mode != kServerOnly) tls.set_client_authorities_file(authority_.own().certificate_file);
    tls.set_require_client_certificate(mode == kRequired);
    const std::unique_ptr<Server> server = Start(tls);
    ASSERT_NE(server, nullptr);
    for (const Case& c : cases) {
      if (c.mode != mode) continue;
      EXPECT_EQ(Call(server->address(), c.client),
                c.connects ? grpc::StatusCode::OK : grpc::StatusCode::UNAVAILABLE)
          << c.what;
    }
  }
}

TEST_F(TlsTest, ARenewedCertificateIsTakenUp) {
  const TestCertificate old = authority_.Issue("renewed", "IP:127.0.0.1");
  const std::unique_ptr<Server> server = Start(TlsOf(old));
  ASSERT_NE(server, nullptr);
  ASSERT_EQ(Call(server->address(), Trusting(authority_)), grpc::StatusCode::OK);
  // The same files, of another authority.
  const TestCertificate renewed = other_.Issue("renewed", "IP:127.0.0.1");
  std::filesystem::rename(renewed.key_file, old.key_file);
  std::filesystem::rename(renewed.certificate_file, old.certificate_file);
  const absl::Time deadline = absl::Now() + 3 * kCertificateRefresh;
  while (Call(server->address(), Trusting(other_)) != grpc::StatusCode::OK) {
    ASSERT_LT(absl::Now(), deadline);
    absl::SleepFor(absl::Milliseconds(200));
  }
  EXPECT_EQ(Call(server->address(), Trusting(authority_)), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(TlsTest, WhatIsWrongIsNamedByFieldAndFile) {
  const std::string garbage = testing::TempDir() + "/tls_test_garbage.pem";
  std::ofstream(garbage) << "no PEM";
  const std::string empty = testing::TempDir() + "/tls_test_empty.pem";
  std::ofstream(empty).flush();
  struct Case {
    const char* what;
    void (*change)(v1::Tls*, const std::string& file);
    std::string file;
    absl::StatusCode code;
    const char* field;
  };
  const auto no_file = [](v1::Tls* tls, const std::string&) { tls->clear_certificate_file(); };
  const auto no_key = [](v1::Tls* tls, const std::string&) { tls->clear_key_file(); };
  const auto certificate = [](v1::Tls* tls, const std::string& file) {
    tls->set_certificate_file(file);
  };
  const auto key = [](v1::Tls* tls, const std::string& file) { tls->set_key_file(file); };
  const auto authorities = [](v1::Tls* tls, const std::string& file) {
    tls->set_client_authorities_file(file);
  };
  const auto required = [](v1::Tls* tls, const std::string&) {
    tls->set_require_client_certificate(true);
  };
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  constexpr auto kNotFound = absl::StatusCode::kNotFound;
  const Case cases[] = {
      {"no certificate", no_file, "", kInvalid, "tls.certificate_file"},
      {"no key", no_key, "", kInvalid, "tls.key_file"},
      {"a certificate that is not there", certificate, "/no/such.pem", kNotFound,
       "tls.certificate_file"},
      {"a folder", certificate, testing::TempDir(), kNotFound, "tls.certificate_file"},
      {"an empty file", key, empty, kNotFound, "tls.key_file"},
      {"a key that is not there", key, "/no/such.key", kNotFound, "tls.key_file"},
      {"authorities that are not there", authorities, "/no/such.pem", kNotFound,
       "tls.client_authorities_file"},
      {"a certificate that is none", certificate, garbage, kInvalid, "tls.certificate_file"},
      {"a key that is none", key, garbage, kInvalid, "tls.key_file"},
      {"a certificate for a key", key, server_.certificate_file, kInvalid, "tls.key_file"},
      {"the key of another certificate", key, client_.key_file, kInvalid, "tls.key_file"},
      {"authorities that are none", authorities, garbage, kInvalid, "tls.client_authorities_file"},
      {"certificates required, of no authority", required, "", kInvalid,
       "tls.client_authorities_file"},
  };
  for (const Case& c : cases) {
    v1::Tls tls = TlsOf(server_);
    c.change(&tls, c.file);
    for (const absl::Status& status :
         {ServerCredentials(tls).status(), TlsContext::Create(tls).status()}) {
      EXPECT_EQ(status.code(), c.code) << c.what << ": " << status;
      EXPECT_THAT(std::string(status.message()), HasSubstr(c.field)) << c.what;
      EXPECT_THAT(std::string(status.message()), HasSubstr(c.file)) << c.what;
    }
  }
}

// Both ends of a handshake in memory; the names that the server sees. Sets `*connected`.
std::vector<std::string> NamesSeen(SSL_CTX* server_context, const TestCertificate* shown,
                                   bool* connected) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> client_context(
      SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  if (shown != nullptr) {
    SSL_CTX_use_certificate_file(client_context.get(), shown->certificate_file.c_str(),
                                 SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(client_context.get(), shown->key_file.c_str(), SSL_FILETYPE_PEM);
  }
  const std::unique_ptr<SSL, decltype(&SSL_free)> client(SSL_new(client_context.get()), SSL_free);
  const std::unique_ptr<SSL, decltype(&SSL_free)> server(SSL_new(server_context), SSL_free);
  BIO* client_end = nullptr;
  BIO* server_end = nullptr;
  BIO_new_bio_pair(&client_end, 0, &server_end, 0);
  SSL_set_bio(client.get(), client_end, client_end);
  SSL_set_bio(server.get(), server_end, server_end);
  SSL_set_connect_state(client.get());
  SSL_set_accept_state(server.get());
  for (int i = 0; i < 20; ++i) {
    SSL_do_handshake(client.get());
    SSL_do_handshake(server.get());
  }
  *connected = SSL_is_init_finished(server.get()) == 1;
  return CertificateNames(server.get());
}

TEST_F(TlsTest, NamesOfTheClientOverOpenSsl) {
  const TestCertificate named =
      authority_.Issue("bot", "DNS:bot.example,email:bot@example.org,URI:spiffe://x/bot,IP:::1");
  v1::Tls tls = TlsOf(server_);
  tls.set_client_authorities_file(authority_.own().certificate_file);
  auto context = TlsContext::Create(tls);
  ASSERT_TRUE(context.ok()) << context.status();
  SSL_CTX* const asking = (*context)->At(absl::Now()).get();
  bool connected = false;
  EXPECT_THAT(NamesSeen(asking, &named, &connected),
              ElementsAre("bot.example", "bot@example.org", "spiffe://x/bot", "::1", "bot"));
  EXPECT_TRUE(connected);
  EXPECT_THAT(NamesSeen(asking, &client_, &connected), ElementsAre("ada"));
  EXPECT_THAT(NamesSeen(asking, nullptr, &connected), IsEmpty());
  EXPECT_TRUE(connected) << "asked, not required";
  EXPECT_THAT(NamesSeen(asking, &stranger_, &connected), IsEmpty());
  EXPECT_FALSE(connected) << "nobody vouches for it";

  tls.set_require_client_certificate(true);
  context = TlsContext::Create(tls);
  ASSERT_TRUE(context.ok());
  NamesSeen((*context)->At(absl::Now()).get(), nullptr, &connected);
  EXPECT_FALSE(connected) << "required";
}

TEST_F(TlsTest, AContextIsRenewedAndABadFileChangesNothing) {
  const TestCertificate certificate = authority_.Issue("context");
  auto context = TlsContext::Create(TlsOf(certificate));
  ASSERT_TRUE(context.ok());
  const absl::Time now = absl::Now();
  const auto first = (*context)->At(now);
  EXPECT_EQ((*context)->At(now + kCertificateRefresh / 2), first);
  authority_.Issue("context");
  const auto second = (*context)->At(now + kCertificateRefresh * 2);
  EXPECT_NE(second, first);
  std::ofstream(certificate.key_file) << "damaged";
  EXPECT_EQ((*context)->At(now + kCertificateRefresh * 4), second);
}

}  // namespace
}  // namespace signalbook
