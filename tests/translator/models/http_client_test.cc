// Servers that break every rule: the right status, in time, and no word of theirs in a message.
#include "translator/models/http_client.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <netdb.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "tests/support/fake_libretranslate.h"
#include "tests/support/raw_server.h"

// In place of the C library's: a name server that takes its time.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** result) {
  if (node != nullptr && std::string_view(node) == "slow.invalid") {
    std::this_thread::sleep_for(std::chrono::seconds(2));
    return EAI_AGAIN;
  }
  static const auto real =
      reinterpret_cast<decltype(&getaddrinfo)>(dlsym(RTLD_NEXT, "getaddrinfo"));
  return real(node, service, hints, result);
}

namespace signalbook {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

using Peer = RawServer::Peer;

// What goes wrong here waits for many seconds; a busy machine is some tenths late by itself.
constexpr absl::Duration kGrace = absl::Seconds(1);

std::unique_ptr<HttpClient> Client(const std::string& url, size_t max_bytes = size_t{8} << 20,
                                   absl::Duration connect_timeout = absl::Seconds(5)) {
  auto client = HttpClient::Create(
      {.url = url, .connect_timeout = connect_timeout, .max_response_bytes = max_bytes});
  EXPECT_TRUE(client.ok()) << client.status();
  return *std::move(client);
}

absl::Time In(absl::Duration duration) { return absl::Now() + duration; }

void ExpectSilent(const absl::Status& status, const std::string& what) {
  for (const char* const word : {"confidential", "127.0.0.1"}) {
    EXPECT_THAT(status.ToString(), Not(HasSubstr(word))) << what;
  }
}

TEST(HttpClientTest, GetsAndPosts) {
  const RawServer server([](const Peer& peer, const std::string& request) {
    peer.Send("HTTP/1.1 418 confidential\r\nContent-Length: " + std::to_string(request.size()) +
              "\r\n\r\n" + request);
  });
  const auto client = Client(server.url() + "/prefix//");
  const auto got = client->Get("/languages", In(absl::Seconds(5)));
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->status, 418);
  EXPECT_EQ(got->body, "GET /prefix/languages HTTP/1.1");
  const auto posted = client->PostJson("/translate", "{}", absl::InfiniteFuture());
  ASSERT_TRUE(posted.ok()) << posted.status();
  EXPECT_EQ(posted->body, "POST /prefix/translate HTTP/1.1");
}

TEST(HttpClientTest, ServersThatBreakHttp) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const struct {
    std::string what;
    std::function<void(const Peer&)> does;
    absl::StatusCode code;
  } kRows[] = {
      {"closes", [](const Peer&) {}, absl::StatusCode::kUnavailable},
      {"says half a body",
       [&](const Peer& peer) { peer.Send(ok + "Content-Length: 99\r\n\r\nconfidential"); },
       absl::StatusCode::kInternal},
      {"says half a chunk",
       [&](const Peer& peer) {
         peer.Send(ok + "Transfer-Encoding: chunked\r\n\r\nFF\r\nconfidential");
       },
       absl::StatusCode::kInternal},
      {"has chunks of no size",
       [&](const Peer& peer) { peer.Send(ok + "Transfer-Encoding: chunked\r\n\r\nconfidential"); },
       absl::StatusCode::kInternal},
      {"says too much", [&](const Peer& peer) { peer.Send(ok + "\r\n" + std::string(2'000, 'a')); },
       absl::StatusCode::kInternal},
      {"means to say too much",
       [&](const Peer& peer) {
         if (peer.Send(ok + "Content-Length: 9999999\r\n\r\n")) peer.Wait();
       },
       absl::StatusCode::kInternal},
      {"never stops",
       [&](const Peer& peer) {
         bool heard = peer.Send(ok + "\r\n");
         while (heard) heard = peer.Send(std::string(1'000, 'a'));
       },
       absl::StatusCode::kInternal},
      {"speaks something else", [](const Peer& peer) { peer.Send("220 confidential ESMTP\r\n"); },
       absl::StatusCode::kInternal},
      {"has a long status line",
       [](const Peer& peer) {
         peer.Send("HTTP/1.1 200 " + std::string(500'000, 'a') + "\r\n\r\n");
       },
       absl::StatusCode::kInternal},
      {"has headers without end",
       [&](const Peer& peer) {
         bool heard = peer.Send(ok);
         while (heard) heard = peer.Send("X: " + std::string(8'000, 'a') + "\r\n");
       },
       absl::StatusCode::kInternal},
      {"says nothing", [](const Peer& peer) { peer.Wait(); }, absl::StatusCode::kDeadlineExceeded},
      {"drips its body",
       [&](const Peer& peer) {
         if (peer.Send(ok + "Content-Length: 999\r\n\r\n")) peer.Drip("confidential", 20);
       },
       absl::StatusCode::kDeadlineExceeded},
      {"drips a chunk",
       [&](const Peer& peer) {
         if (peer.Send(ok + "Transfer-Encoding: chunked\r\n\r\n")) peer.Drip("FFF\r\na", 20);
       },
       absl::StatusCode::kDeadlineExceeded},
      {"drips headers", [&](const Peer& peer) { peer.Drip(ok + "X: y", 5); },
       absl::StatusCode::kDeadlineExceeded},
      {"drips a status line", [](const Peer& peer) { peer.Drip("HTTP/1.1 200 a", 5); },
       absl::StatusCode::kDeadlineExceeded},
      {"promises more and more",
       [](const Peer& peer) {
         while (peer.Send("HTTP/1.1 100 Continue\r\n\r\n")) absl::SleepFor(absl::Milliseconds(20));
       },
       absl::StatusCode::kDeadlineExceeded},
      {"stops in its headers",
       [&](const Peer& peer) {
         if (peer.Send(ok + "Content-Le")) peer.Wait();
       },
       absl::StatusCode::kDeadlineExceeded},
      {"stops in its body",
       [&](const Peer& peer) {
         if (peer.Send(ok + "Content-Length: 99\r\n\r\nconfidential")) peer.Wait();
       },
       absl::StatusCode::kDeadlineExceeded},
  };
  for (const auto& row : kRows) {
    const RawServer server([&row](const Peer& peer, const std::string&) { row.does(peer); });
    const bool late = row.code == absl::StatusCode::kDeadlineExceeded;
    const absl::Time deadline = In(late ? absl::Milliseconds(400) : absl::Seconds(20));
    const absl::Status status = Client(server.url(), 1'000)->PostJson("/", "{}", deadline).status();
    EXPECT_LE(absl::Now(), deadline + kGrace) << row.what;
    EXPECT_EQ(status.code(), row.code) << row.what << ": " << status;
    ExpectSilent(status, row.what);
  }
}

// A certificate that nobody has signed but its own key.
std::unique_ptr<httplib::Server> SelfSignedServer() {
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  X509* const certificate = X509_new();
  X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("127.0.0.1"), -1, -1, 0);
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  X509_sign(certificate, key, EVP_sha256());
  auto server = std::make_unique<httplib::SSLServer>(certificate, key);
  EXPECT_TRUE(server->is_valid());
  X509_free(certificate);
  EVP_PKEY_free(key);
  return server;
}

TEST(HttpClientTest, NobodyToTalkTo) {
  std::string closed;
  {
    const FakeLibreTranslate gone({});
    closed = gone.url();
  }
  const FakeLibreTranslate plain({});
  FakeLibreTranslate self_signed({}, "", SelfSignedServer());
  const struct {
    std::string what, url;
  } kRows[] = {
      {"nobody listens", closed},
      {"no such host", "http://signalbook.invalid"},
      {"TLS with one who speaks none", "https://127.0.0.1:" + std::to_string(plain.port())},
      {"a certificate that nobody knows",
       "https://127.0.0.1:" + std::to_string(self_signed.port())},
  };
  for (const auto& row : kRows) {
    const absl::Time deadline = In(absl::Seconds(10));
    const absl::Status status = Client(row.url)->Get("/languages", deadline).status();
    EXPECT_LE(absl::Now(), deadline + kGrace) << row.what;
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << row.what << ": " << status;
    ExpectSilent(status, row.what);
  }
  EXPECT_EQ(self_signed.language_requests(), 0);
}

// A server that takes the connection and then says nothing is slow; one that does not get as far as
// TLS is not there.
TEST(HttpClientTest, AConnectionThatDoesNotComeAbout) {
  const RawServer server([](const Peer& peer, const std::string&) { peer.Wait(); });
  std::string url = server.url();
  url.replace(0, 4, "https");
  const auto client = Client(url, 1'000, absl::Milliseconds(200));
  const absl::Time begin = absl::Now();
  EXPECT_EQ(client->Get("/", In(absl::Seconds(10))).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_LT(absl::Now() - begin, absl::Seconds(2));
  const absl::Time deadline = In(absl::Milliseconds(100));
  EXPECT_EQ(client->Get("/", deadline).status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_LE(absl::Now(), deadline + kGrace);
}

TEST(HttpClientTest, ANameServerThatDoesNotAnswer) {
  const absl::Time deadline = In(absl::Milliseconds(300));
  {
    const auto client = Client("http://slow.invalid");
    EXPECT_EQ(client->Get("/", deadline).status().code(), absl::StatusCode::kDeadlineExceeded);
  }
  EXPECT_LE(absl::Now(), deadline + kGrace);
}

TEST(HttpClientTest, AfterAFailureTheNextOneIsAsGoodAsNew) {
  std::atomic<int> requests = 0;
  const RawServer server([&requests](const Peer& peer, const std::string&) {
    if (++requests % 2 == 1) return;
    peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  const auto client = Client(server.url());
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(client->Get("/", In(absl::Seconds(5))).ok(), i % 2 == 1) << i;
  }
}

// A connection is kept, and then the server closes it while nobody looks: no error for who is next.
TEST(HttpClientTest, AConnectionThatWentAwayInTheMeantime) {
  const RawServer server([](const Peer& peer, const std::string&) {
    peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  const auto client = Client(server.url());
  for (int i = 0; i < 20; ++i) {
    const auto response = client->PostJson("/", "{}", In(absl::Seconds(5)));
    EXPECT_TRUE(response.ok()) << i << ": " << response.status();
  }
}

// Engines are programs; what they inherit they may keep open for ever.
TEST(HttpClientTest, NoProgramInheritsAConnection) {
  FakeLibreTranslate server({});  // keeps connections open
  const auto client = Client(server.url());
  ASSERT_TRUE(client->Get("/languages", In(absl::Seconds(5))).ok());
  int sockets = 0;
  for (int fd = 3; fd < 256; ++fd) {
    sockaddr_in peer{};
    socklen_t size = sizeof(peer);
    if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
    if (ntohs(peer.sin_port) != server.port()) continue;
    ++sockets;
    EXPECT_NE(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
  }
  EXPECT_EQ(sockets, 1) << "the connection is kept";
}

TEST(HttpClientTest, DoesNotFollowAndDoesNotAskProxies) {
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  std::atomic<int> requests = 0;
  const RawServer server([&requests](const Peer& peer, const std::string&) {
    ++requests;
    peer.Send("HTTP/1.1 307 Go\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
  });
  const auto response = Client(server.url())->PostJson("/", "{}", In(absl::Seconds(5)));
  unsetenv("http_proxy");
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 307);
  EXPECT_EQ(requests, 1);
}

// A key goes to the server it was given for, and not to where that server points.
TEST(HttpClientTest, AnAuthorizationGoesToItsServerAlone) {
  httplib::Server server;
  std::mutex mutex;
  std::vector<std::string> seen;  // "path: header"
  const auto note = [&](const httplib::Request& request, httplib::Response& response) {
    const std::lock_guard lock(mutex);
    seen.push_back(request.path + ": " + request.get_header_value("Authorization"));
    if (request.path == "/away") response.set_redirect("/elsewhere", 307);
  };
  server.Get(".*", note);
  server.Post(".*", note);
  const int port = server.bind_to_any_port("127.0.0.1");
  std::thread thread([&server] { server.listen_after_bind(); });
  while (!server.is_running()) std::this_thread::yield();

  const std::string url = "http://127.0.0.1:" + std::to_string(port);
  for (const std::string authorization : {"Bearer key-5f3a", ""}) {
    auto client = HttpClient::Create({.url = url, .authorization = authorization});
    ASSERT_TRUE(client.ok()) << client.status();
    EXPECT_TRUE((*client)->Get("/get", In(absl::Seconds(5))).ok());
    EXPECT_TRUE((*client)->PostJson("/post", "{}", In(absl::Seconds(5))).ok());
    EXPECT_TRUE((*client)->Get("/away", In(absl::Seconds(5))).ok());
  }
  server.stop();
  thread.join();
  EXPECT_THAT(seen, ElementsAre("/get: Bearer key-5f3a", "/post: Bearer key-5f3a",
                                "/away: Bearer key-5f3a", "/get: ", "/post: ", "/away: "));
}

TEST(HttpClientTest, AnAuthorizationIsOneLine) {
  for (const std::string& authorization :
       {std::string("Bearer confidential\r\nX: y"), std::string("Bearer confidential\n"),
        std::string("Bearer confidential\0", 20), std::string("Bearer confidential\x80")}) {
    const auto client =
        HttpClient::Create({.url = "http://127.0.0.1", .authorization = authorization});
    EXPECT_EQ(client.status().code(), absl::StatusCode::kInvalidArgument) << authorization;
    ExpectSilent(client.status(), authorization);
  }
}

TEST(HttpClientTest, Urls) {
  const struct {
    std::string url;
    bool good;
  } kRows[] = {
      {"http://127.0.0.1:5000", true},
      {"https://translate.example/prefix/", true},
      {"http://[::1]:5000", true},
      {"", false},
      {"127.0.0.1:5000", false},
      {"ftp://127.0.0.1", false},
      {"file:///etc/passwd", false},
      {"http://", false},
      {"http://me:confidential@127.0.0.1", false},
      {"http://127.0.0.1?key=confidential", false},
      {"http://127.0.0.1#confidential", false},
      {"http://127.0.0.1\r\nX: confidential", false},
      {std::string("http://127.0.0.1\0.example", 25), false},
      {"http://127.0.0.1:99999", false},
  };
  for (const auto& row : kRows) {
    const auto client = HttpClient::Create({.url = row.url});
    EXPECT_EQ(client.ok(), row.good) << row.url << ": " << client.status();
    if (row.good) continue;
    EXPECT_EQ(client.status().code(), absl::StatusCode::kInvalidArgument) << row.url;
    ExpectSilent(client.status(), row.url);
  }
}

}  // namespace
}  // namespace signalbook
