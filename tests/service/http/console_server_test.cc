#include "service/http/console_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "absl/time/clock.h"
#include "tests/service/http/console_fixture.h"
#include "tests/support/certificates.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Json = nlohmann::json;

std::string ReadFile(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

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

TEST_F(ConsoleServerTest, WhatPeopleWriteIsNeverMarkup) {
  Start();
  const std::string markup = "<img src=x onerror=alert(1)></script>";
  const auto answer =
      Call("CreateProposal", Json({{"row", {{"text", markup}}}, {"reason", "why"}}).dump());
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->get_header_value("Content-Type"), kJson);
  EXPECT_EQ(answer->get_header_value("X-Content-Type-Options"), "nosniff");
  EXPECT_THAT(answer->body, ::testing::Not(HasSubstr("<"))) << "escaped, should a browser sniff";
  EXPECT_EQ(Json::parse(answer->body)["row"]["text"], markup) << "and the same text";
  for (const auto& error : {Call(markup, "{}"), Call("GetCaller", Json({{markup, 1}}).dump()),
                            client_->Get("/" + markup)}) {
    ASSERT_TRUE(error);
    EXPECT_GE(error->status, 400);
    EXPECT_EQ(error->get_header_value("Content-Type"), kJson);
    EXPECT_THAT(error->body, ::testing::Not(HasSubstr("<")));
  }
}

// The policy that EveryAnswerIsGuarded asks for forbids what is in line; the page must not need it, nor make
// elements of text.
TEST_F(ConsoleServerTest, ThePageMakesNoMarkupOfText) {
  const std::string folder = SIGNALBOOK_SOURCE_DIR "/service/http/console";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string file = ReadFile(entry.path());
    for (const char* way :
         {"innerHTML", "outerHTML", "insertAdjacentHTML", "createContextualFragment", "DOMParser",
          "document.write", "srcdoc", "eval(", "new Function", "<style", " style=\"", " onclick=\"",
          "<script>", "javascript:"}) {
      EXPECT_THAT(file, ::testing::Not(HasSubstr(way))) << entry.path();
    }
  }
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
  server_->Stop(absl::InfiniteFuture());
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
