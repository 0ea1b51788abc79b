#include "service/http/console_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "absl/time/clock.h"
#include "tests/service/moderation/fake_methods.h"
#include "tests/support/certificates.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Json = nlohmann::json;

constexpr char kService[] = "/signalbook.v1.ModerationService/";
constexpr char kJson[] = "application/json";

httplib::Headers Ada() { return {{"Authorization", std::string("Bearer ") + kToken}}; }

std::string ReadFile(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// A connection that sends any bytes.
class RawClient {
 public:
  explicit RawClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    const timeval timeout{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
  }
  ~RawClient() { ::close(socket_); }

  bool Send(const std::string& bytes) const {
    return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }
  // Until the server closes, or `end` has come.
  std::string Receive(const std::string& end = "") const {
    std::string all;
    char chunk[4096];
    ssize_t count = 0;
    while ((end.empty() || all.find(end) == std::string::npos) &&
           (count = ::recv(socket_, chunk, sizeof(chunk), 0)) > 0) {
      all.append(chunk, count);
    }
    return all;
  }
  // A little of an answer; 0 at its end.
  ssize_t Sip() const {
    std::array<char, 65'536> chunk;
    return ::recv(socket_, chunk.data(), chunk.size(), 0);
  }

 private:
  const int socket_;
};

class ConsoleServerTest : public ::testing::Test {
 protected:
  ~ConsoleServerTest() override { OpenGate(); }

  void Start(ConsoleServer::Options options = {}) {
    if (options.address.empty()) options.address = "127.0.0.1:0";
    auto server = ConsoleServer::Start(FakeBackend(), options);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    port_ = std::stoi(server_->url().substr(server_->url().rfind(':') + 1));
    client_ = std::make_unique<httplib::Client>("127.0.0.1", port_);
  }

  httplib::Result Call(const std::string& method, const std::string& body,
                       const httplib::Headers& headers = Ada()) {
    return client_->Post(kService + method, headers, body, kJson);
  }

  std::unique_ptr<ConsoleServer> server_;
  int port_ = 0;
  std::unique_ptr<httplib::Client> client_;
};

TEST_F(ConsoleServerTest, ServesEveryFileOfTheConsole) {
  Start();
  const std::map<std::string, std::string> types = {{".html", "text/html; charset=utf-8"},
                                                    {".js", "text/javascript; charset=utf-8"},
                                                    {".css", "text/css; charset=utf-8"},
                                                    {".svg", "image/svg+xml"}};
  const std::string folder = SIGNALBOOK_SOURCE_DIR "/service/http/console";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename();
    const auto answer = client_->Get("/" + name);
    ASSERT_TRUE(answer) << name;
    EXPECT_EQ(answer->status, 200) << name;
    EXPECT_EQ(answer->body, ReadFile(entry.path())) << name;
    const auto type = types.find(entry.path().extension());
    ASSERT_NE(type, types.end()) << name << ": embed it, give it a type";
    EXPECT_EQ(answer->get_header_value("Content-Type"), type->second) << name;
  }
  const auto root = client_->Get("/?anything=1");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->body, ReadFile(folder + "/index.html"));
  const auto head = client_->Head("/");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->body, "");
}

TEST_F(ConsoleServerTest, AFileThatTheBrowserHasIsNotSentAgain) {
  Start();
  const std::string etag = client_->Get("/")->get_header_value("ETag");
  EXPECT_THAT(etag, StartsWith("\""));
  struct Case {
    std::string if_none_match;
    int status;
  };
  const Case cases[] = {{etag, 304},    {"W/" + etag, 304}, {"\"x\", " + etag, 304}, {"*", 304},
                        {"\"x\"", 200}, {"", 200},          {etag.substr(1), 200}};
  for (const Case& c : cases) {
    const auto answer = client_->Get("/", {{"If-None-Match", c.if_none_match}});
    ASSERT_TRUE(answer) << c.if_none_match;
    EXPECT_EQ(answer->status, c.status) << c.if_none_match;
    EXPECT_EQ(answer->body.empty(), c.status == 304) << c.if_none_match;
  }
}

TEST_F(ConsoleServerTest, OnlyKnownNamesAreServed) {
  Start();
  for (const char* path :
       {"/nothing.html", "/../door.cc", "/%2e%2e/door.cc", "/..%2fdoor.cc", "/console/index.html",
        "//etc/passwd", "/index.html/", "/index.html%00", "/INDEX.HTML", "/.", "/fonts/"}) {
    const auto answer = client_->Get(path);
    ASSERT_TRUE(answer) << path;
    EXPECT_EQ(answer->status, 404) << path;
    EXPECT_EQ(Json::parse(answer->body)["code"], "not_found") << path;
  }
}

TEST_F(ConsoleServerTest, TheFontIsThereIfTheMachineHasIt) {
  Start({.emoji_font = "/no/such/font.ttf"});
  EXPECT_EQ(client_->Get("/fonts/NotoColorEmoji.ttf")->status, 404);
  const std::string path = testing::TempDir() + "/console_server_test.ttf";
  std::string font(300'000, 'f');
  font.back() = 'e';
  std::ofstream(path, std::ios::binary) << font;
  Start({.emoji_font = path});
  // Ranges could make a small question a large answer.
  const auto answer =
      client_->Get("/fonts/NotoColorEmoji.ttf", {{"Range", "bytes=0-9,0-9,0-9,0-9"}});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_TRUE(answer->body == font);
  EXPECT_EQ(answer->get_header_value("Content-Type"), "font/ttf");
  EXPECT_EQ(answer->get_header_value("Cache-Control"), "private, max-age=86400");
  const std::string etag = answer->get_header_value("ETag");
  EXPECT_EQ(client_->Get("/fonts/NotoColorEmoji.ttf", {{"If-None-Match", etag}})->status, 304);
}

TEST_F(ConsoleServerTest, EveryAnswerIsGuarded) {
  Start();
  struct Case {
    const char* what;
    std::string request;
    const char* status;
    const char* cache;
  };
  const std::string host = "Host: localhost\r\n";
  const Case cases[] = {
      {"a file", "GET / HTTP/1.1\r\n" + host, "200", "no-cache"},
      {"no file", "GET /x HTTP/1.1\r\n" + host, "404", "no-store"},
      {"refused", "GET / HTTP/1.1\r\nHost: rebound.example\r\n", "421", "no-store"},
      {"a call without a token",
       "POST /signalbook.v1.ModerationService/GetCaller HTTP/1.1\r\n" + host +
           "Content-Type: application/json\r\nContent-Length: 0\r\n",
       "401", "no-store"},
      {"garbage", "what\r\n", "400", "no-store"},
      {"a name that is too long", "GET /" + std::string(10'000, 'x') + " HTTP/1.1\r\n" + host,
       "414", "no-store"},
  };
  for (const Case& c : cases) {
    const RawClient client(port_);
    ASSERT_TRUE(client.Send(c.request + "Connection: close\r\n\r\n"));
    const std::string answer = client.Receive();
    EXPECT_THAT(answer, StartsWith(std::string("HTTP/1.1 ") + c.status)) << c.what;
    for (const std::string& header :
         {std::string("Content-Security-Policy: default-src 'none'; script-src 'self'; style-src "
                      "'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri "
                      "'none'; form-action 'none'; frame-ancestors 'none'\r\n"),
          std::string("X-Content-Type-Options: nosniff\r\n"),
          std::string("Referrer-Policy: no-referrer\r\n"),
          std::string("Cross-Origin-Opener-Policy: same-origin\r\n"),
          std::string("Cross-Origin-Resource-Policy: same-origin\r\n"),
          std::string("Cache-Control: ") + c.cache + "\r\n"}) {
      EXPECT_THAT(answer, HasSubstr(header)) << c.what;
    }
  }
}

TEST_F(ConsoleServerTest, CallsAMethod) {
  Start();
  const auto answer = Call(
      "CreateProposal",
      R"({"entry": "entries/names:es:1F1E8-1F1E6", "row": {"text": "Canadá"}, "reason": "why"})");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->get_header_value("Content-Type"), kJson);
  EXPECT_EQ(Json::parse(answer->body), Json({{"entry", "entries/names:es:1F1E8-1F1E6"},
                                             {"row", {{"text", "Canadá"}}},
                                             {"author", "ada"},
                                             {"reason", "why"},
                                             {"revision", "1152921504606846976"}}));
}

TEST_F(ConsoleServerTest, ErrorsOfACall) {
  Start();
  struct Case {
    const char* what;
    const char* method;
    std::string body;
    httplib::Headers headers;
    int status;
    const char* code;
    const char* reason;
  };
  const Case cases[] = {
      {"of the method", "CreateProposal", R"({"reason": "fail"})", Ada(), 409, "aborted",
       "ROW_CHANGED"},
      {"no token", "GetCaller", "{}", {}, 401, "unauthenticated", "CREDENTIALS_MISSING"},
      {"another token",
       "GetCaller",
       "{}",
       {{"Authorization", "Bearer sb_another"}},
       401,
       "unauthenticated",
       "CREDENTIALS_UNKNOWN"},
      {"no token and no JSON: strangers are told nothing else",
       "GetCaller",
       "x",
       {},
       401,
       "unauthenticated",
       "CREDENTIALS_MISSING"},
      {"an unknown field", "GetCaller", R"({"x": 1})", Ada(), 400, "invalid_argument",
       "MALFORMED_REQUEST"},
      {"no UTF-8", "CreateProposal", "{\"reason\": \"\xFF\"}", Ada(), 400, "invalid_argument",
       "INVALID_UTF8"},
      {"an escaped NUL", "CreateProposal", R"({"reason": "a\u0000b"})", Ada(), 400,
       "invalid_argument", "MALFORMED_REQUEST"},
      {"no method", "Nothing", "{}", Ada(), 501, "unimplemented", ""},
      {"a method of another kind", "GetCaller/x", "{}", Ada(), 501, "unimplemented", ""},
  };
  for (const Case& c : cases) {
    const auto answer = Call(c.method, c.body, c.headers);
    ASSERT_TRUE(answer) << c.what;
    EXPECT_EQ(answer->status, c.status) << c.what;
    EXPECT_EQ(answer->get_header_value("Content-Type"), kJson) << c.what;
    const Json error = Json::parse(answer->body);
    EXPECT_EQ(error["code"], c.code) << c.what;
    std::string reason;
    for (const Json& detail : error.value("details", Json::array())) {
      if (detail["type"] == "google.rpc.ErrorInfo") reason = detail["debug"]["reason"];
    }
    EXPECT_EQ(reason, c.reason) << c.what;
    if (c.status == 401) {
      EXPECT_EQ(answer->get_header_value("WWW-Authenticate"), "Bearer");
    }
  }
  const auto get = client_->Get(std::string(kService) + "GetCaller", Ada());
  EXPECT_EQ(get->status, 405);
  EXPECT_EQ(get->get_header_value("Allow"), "POST");
}

TEST_F(ConsoleServerTest, ABodyMayBeEightMebibytes) {
  Start();
  const std::string head = R"({"reason": ")";
  std::string body = head + std::string((8 << 20) - head.size() - 2, 'x') + "\"}";
  EXPECT_EQ(Call("CreateProposal", body)->status, 200);
  body.insert(head.size(), 1, 'x');
  const auto answer = Call("CreateProposal", body);
  ASSERT_TRUE(answer) << "the answer must survive the bytes that nobody reads";
  EXPECT_EQ(answer->status, 413);
}

// A page of another site can send any body as text/plain. If it were left in the connection it would be read as a
// request of its own, with a Host and an Origin of its own.
TEST_F(ConsoleServerTest, ABodyThatIsRefusedIsNotTheNextRequest) {
  Start();
  const std::string inner = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const std::string length = "Content-Length: " + std::to_string(inner.size()) + "\r\n";
  for (const std::string& outer :
       {"POST /signalbook.v1.ModerationService/GetCaller HTTP/1.1\r\nHost: localhost\r\n"
        "Origin: http://other.example\r\nContent-Type: text/plain\r\n" +
            length,
        "POST /x HTTP/1.1\r\nHost: localhost\r\n" + length,
        "GET / HTTP/1.1\r\nHost: localhost\r\n" + length,
        "DELETE / HTTP/1.1\r\nHost: localhost\r\n" + length,
        std::string("POST /signalbook.v1.ModerationService/GetCaller HTTP/1.1\r\nHost: localhost"
                    "\r\nContent-Type: application/json\r\nTransfer-Encoding: x\r\n")}) {
    const RawClient client(port_);
    ASSERT_TRUE(client.Send(outer + "\r\n" + inner));
    const std::string answer = client.Receive();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 4")) << outer;
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n")) << outer;
    EXPECT_EQ(answer.find("HTTP/1.1", 1), std::string::npos) << outer << answer;
  }
}

TEST_F(ConsoleServerTest, AConnectionServesManyRequests) {
  Start();
  const RawClient client(port_);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.Send(
        "POST /signalbook.v1.ModerationService/GetCaller HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Type: application/json\r\nContent-Length: 2\r\nAuthorization: Bearer " +
        std::string(kToken) + "\r\n\r\n{}"));
    EXPECT_THAT(client.Receive("}"), HasSubstr("\"name\":\"ada\""));
  }
}

TEST_F(ConsoleServerTest, SlowClientsAreLetGo) {
  Start({.timeouts = {.idle = absl::Milliseconds(300),
                      .stall = absl::Milliseconds(300),
                      .request = absl::Milliseconds(900),
                      .answer = absl::Milliseconds(900)}});
  struct Case {
    const char* what;
    const char* start;
    bool drips;
  };
  const Case cases[] = {
      {"says nothing", "", false},
      {"stops in the middle of the headers", "GET / HTTP/1.1\r\nHost: loc", false},
      {"stops in the middle of the body",
       "POST /signalbook.v1.ModerationService/GetCaller HTTP/1.1\r\nHost: localhost\r\n"
       "Content-Type: application/json\r\nContent-Length: 20\r\n\r\n{",
       false},
      {"sends a byte now and then", "GET / HTTP/1.1\r\nX: ", true},
  };
  for (const Case& c : cases) {
    const RawClient client(port_);
    const absl::Time start = absl::Now();
    ASSERT_TRUE(client.Send(c.start));
    if (c.drips) {
      while (client.Send("x") && absl::Now() - start < absl::Seconds(15)) {
        absl::SleepFor(absl::Milliseconds(100));
      }
    }
    client.Receive();
    EXPECT_LT(absl::Now() - start, absl::Seconds(10)) << c.what;
  }
}

TEST_F(ConsoleServerTest, SlowReadersAreLetGo) {
  const std::string path = testing::TempDir() + "/console_server_test_large.ttf";
  std::ofstream(path, std::ios::binary) << std::string(64 << 20, 'f');
  for (const bool sips : {false, true}) {
    ConsoleServer::Options options{.threads = 1, .emoji_font = path};
    (sips ? options.timeouts.answer : options.timeouts.stall) = absl::Milliseconds(500);
    Start(options);
    const RawClient slow(port_);
    ASSERT_TRUE(slow.Send("GET /fonts/NotoColorEmoji.ttf HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    std::atomic<bool> served = false;
    auto sipping = std::async(std::launch::async, [&] {
      while (sips && !served && slow.Sip() > 0) absl::SleepFor(absl::Milliseconds(20));
    });
    // The only thread is free again.
    httplib::Client client("127.0.0.1", port_);
    client.set_read_timeout(10);
    const auto answer = client.Get("/");
    served = true;
    EXPECT_TRUE(answer && answer->status == 200) << (sips ? "a little at a time" : "nothing");
  }
  std::filesystem::remove(path);
}

TEST_F(ConsoleServerTest, MoreConnectionsThanTheQueueTakesAreClosed) {
  CloseGate();
  Start({.threads = 1, .queue = 1});
  auto busy = std::async(std::launch::async, [&] { return Call("ListEntries", "{}")->status; });
  ASSERT_TRUE(WaitAtGate(1));
  const RawClient waiting(port_);
  ASSERT_TRUE(waiting.Send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
  absl::SleepFor(absl::Milliseconds(100));
  const RawClient third(port_);
  EXPECT_EQ(third.Receive(), "");
  OpenGate();
  EXPECT_EQ(busy.get(), 200);
  client_.reset();  // its connection is the worker's until it is closed
  EXPECT_THAT(waiting.Receive(), StartsWith("HTTP/1.1 200"));
}

TEST_F(ConsoleServerTest, StopsDespiteIdleAndHalfOpenConnections) {
  Start();
  const RawClient idle(port_);
  ASSERT_TRUE(idle.Send("GET /icon.svg HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  EXPECT_THAT(idle.Receive("</svg>"), HasSubstr("</svg>"));
  const RawClient silent(port_);
  const RawClient half(port_);
  ASSERT_TRUE(half.Send("GET / HTTP/1.1\r\nHost: loc"));
  absl::SleepFor(absl::Milliseconds(100));
  const absl::Time start = absl::Now();
  server_->Stop();
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));
  EXPECT_EQ(idle.Receive(), "");
  server_->Stop();
}

TEST_F(ConsoleServerTest, StopLetsACallEnd) {
  CloseGate();
  Start();
  auto call = std::async(std::launch::async, [&] {
    const auto answer = Call("ListEntries", "{}");
    return answer ? answer->body : "no answer";
  });
  ASSERT_TRUE(WaitAtGate(1));
  auto stop = std::async(std::launch::async, [&] { server_->Stop(); });
  EXPECT_EQ(stop.wait_for(std::chrono::milliseconds(300)), std::future_status::timeout);
  OpenGate();
  EXPECT_EQ(call.get(), R"({"totalSize":3})");
  EXPECT_EQ(stop.wait_for(std::chrono::seconds(10)), std::future_status::ready);
}

TEST_F(ConsoleServerTest, HttpsAndClientCertificates) {
  const TestAuthority authority("console_server_right");
  const TestAuthority other("console_server_other");
  const TestCertificate own = authority.Issue("server", "IP:127.0.0.1");
  const TestCertificate bot = authority.Issue("bot", "DNS:bot.example");
  const TestCertificate forged = other.Issue("forged", "DNS:bot.example");
  v1::Tls tls;
  tls.set_certificate_file(own.certificate_file);
  tls.set_key_file(own.key_file);
  tls.set_client_authorities_file(authority.own().certificate_file);
  Start({.tls = tls});
  EXPECT_THAT(server_->url(), StartsWith("https://127.0.0.1:"));
  // Holds a thread until it is let go, and nobody else.
  const RawClient silent(port_);

  struct Case {
    const char* what;
    const TestCertificate* shown;  // nullptr: none
    bool with_token;
    int status;  // 0: no connection
    const char* caller;
  };
  const Case cases[] = {
      {"a token", nullptr, true, 200, "ada"},
      {"a certificate", &bot, false, 200, "bot"},
      {"neither", nullptr, false, 401, ""},
      {"a certificate of another authority", &forged, true, 0, ""},
  };
  for (const Case& c : cases) {
    auto client = c.shown == nullptr
                      ? std::make_unique<httplib::SSLClient>("127.0.0.1", port_)
                      : std::make_unique<httplib::SSLClient>(
                            "127.0.0.1", port_, c.shown->certificate_file, c.shown->key_file);
    client->set_ca_cert_path(authority.own().certificate_file.c_str());
    client->enable_server_certificate_verification(true);
    client->set_keep_alive(true);
    for (int i = 0; i < 2; ++i) {
      const auto answer = client->Post(std::string(kService) + "GetCaller",
                                       c.with_token ? Ada() : httplib::Headers(), "{}", kJson);
      EXPECT_EQ(answer ? answer->status : 0, c.status) << c.what;
      if (c.status != 200 || !answer) break;
      EXPECT_EQ(Json::parse(answer->body)["name"], c.caller) << c.what;
    }
  }
  const auto plain = client_->Get("/");
  EXPECT_FALSE(plain) << "no TLS";
  const absl::Time start = absl::Now();
  server_->Stop();
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));
}

TEST_F(ConsoleServerTest, WhereItListens) {
  Start();
  EXPECT_THAT(server_->url(), StartsWith("http://127.0.0.1:"));
  const std::string taken = "127.0.0.1:" + std::to_string(port_);
  struct Case {
    const char* what;
    ConsoleServer::Options options;
    absl::StatusCode code;
  };
  v1::Tls no_files;
  const Case cases[] = {
      {"every address", {.address = "0.0.0.0:0"}, absl::StatusCode::kInvalidArgument},
      {"every address, allowed",
       {.address = "0.0.0.0:0", .allow_remote = true},
       absl::StatusCode::kOk},
      {"by name", {.address = "localhost:0"}, absl::StatusCode::kOk},
      {"no port", {.address = "127.0.0.1"}, absl::StatusCode::kInvalidArgument},
      {"no host", {.address = ":8080"}, absl::StatusCode::kInvalidArgument},
      {"no port that there is", {.address = "127.0.0.1:65536"}, absl::StatusCode::kInvalidArgument},
      {"a socket that no browser opens",
       {.address = "unix:/tmp/x.sock"},
       absl::StatusCode::kInvalidArgument},
      {"taken", {.address = taken}, absl::StatusCode::kUnavailable},
      {"of another machine",
       {.address = "192.0.2.1:0", .allow_remote = true},
       absl::StatusCode::kUnavailable},
      {"certificates without files",
       {.address = "127.0.0.1:0", .tls = no_files},
       absl::StatusCode::kInvalidArgument},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(ConsoleServer::Start(FakeBackend(), c.options).status().code(), c.code) << c.what;
  }
}

}  // namespace
}  // namespace signalbook
