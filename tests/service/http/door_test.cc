#include "service/http/door.h"

#include <gtest/gtest.h>

#include <string>

namespace signalbook {
namespace {

constexpr char kMethod[] = "/signalbook.v1.ModerationService/GetCaller";

// 0: let in.
int StatusOf(const httplib::Request& request, bool loopback = true) {
  const auto refusal = CheckRequest(request, loopback);
  if (refusal) {
    EXPECT_FALSE(refusal->status.ok());
  }
  return refusal ? refusal->http_status : 0;
}

httplib::Request Get(const httplib::Headers& headers) {
  httplib::Request request;
  request.method = "GET";
  request.path = "/";
  request.headers = headers;
  return request;
}

httplib::Request Post(const httplib::Headers& more) {
  httplib::Request request = Get(more);
  request.method = "POST";
  request.path = kMethod;
  request.headers.insert({"Host", "localhost:8080"});
  if (!more.contains("Content-Type")) request.headers.insert({"Content-Type", "application/json"});
  if (!more.contains("Content-Length")) request.headers.insert({"Content-Length", "2"});
  return request;
}

TEST(DoorTest, NamesThatWereMadeToPointHere) {
  struct Case {
    const char* host;
    int on_loopback;
    int elsewhere;
  };
  const Case cases[] = {
      {"localhost:8080", 0, 0},
      {"LOCALHOST:8080", 0, 0},
      {"localhost", 0, 0},
      {"127.0.0.1:8080", 0, 0},
      {"127.1.2.3:8080", 0, 0},
      {"[::1]:8080", 0, 0},
      {"[::1]", 0, 0},
      {"rebound.example:8080", 421, 0},
      {"127.0.0.1.rebound.example:8080", 421, 0},
      {"127.rebound.0.1:8080", 421, 0},
      {"localhost.rebound.example", 421, 0},
      {"192.168.1.1:8080", 421, 0},
      {"unix:8080", 421, 0},
      {"", 421, 0},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(StatusOf(Get({{"Host", c.host}}), true), c.on_loopback) << c.host;
    EXPECT_EQ(StatusOf(Get({{"Host", c.host}}), false), c.elsewhere) << c.host;
  }
  EXPECT_EQ(StatusOf(Get({}), false), 400) << "no Host";
  EXPECT_EQ(StatusOf(Get({{"Host", "localhost"}, {"Host", "localhost"}}), true), 400) << "two";
}

TEST(DoorTest, OtherSites) {
  struct Case {
    const char* what;
    httplib::Headers headers;
    int get;
    int post;
  };
  const Case cases[] = {
      {"no browser", {}, 0, 0},
      {"our own page", {{"Origin", "http://localhost:8080"}}, 0, 0},
      {"our own page, over TLS", {{"Origin", "https://localhost:8080"}}, 0, 0},
      {"another site", {{"Origin", "http://other.example"}}, 403, 403},
      {"another port", {{"Origin", "http://localhost:3000"}}, 403, 403},
      {"our name at the end", {{"Origin", "http://evil-localhost:8080"}}, 403, 403},
      {"our name at the start", {{"Origin", "http://localhost:8080.evil.example"}}, 403, 403},
      {"a sandboxed frame, a file", {{"Origin", "null"}}, 403, 403},
      {"no origin at all", {{"Origin", ""}}, 403, 403},
      {"an extension", {{"Origin", "moz-extension://localhost:8080"}}, 403, 403},
      {"the browser says: same site", {{"Sec-Fetch-Site", "same-origin"}}, 0, 0},
      {"the browser says: typed in", {{"Sec-Fetch-Site", "none"}}, 0, 0},
      {"the browser says: a sibling", {{"Sec-Fetch-Site", "same-site"}}, 403, 403},
      {"the browser says: another", {{"Sec-Fetch-Site", "cross-site"}}, 403, 403},
      {"a link on another site",
       {{"Sec-Fetch-Site", "cross-site"},
        {"Sec-Fetch-Mode", "navigate"},
        {"Sec-Fetch-Dest", "document"}},
       0,
       403},
      {"a frame on another site",
       {{"Sec-Fetch-Site", "cross-site"},
        {"Sec-Fetch-Mode", "navigate"},
        {"Sec-Fetch-Dest", "iframe"}},
       403,
       403},
      {"a script on another site",
       {{"Sec-Fetch-Site", "cross-site"},
        {"Sec-Fetch-Mode", "no-cors"},
        {"Sec-Fetch-Dest", "script"}},
       403,
       403},
  };
  for (const Case& c : cases) {
    httplib::Headers with_host = c.headers;
    with_host.insert({"Host", "localhost:8080"});
    EXPECT_EQ(StatusOf(Get(with_host)), c.get) << c.what;
    EXPECT_EQ(StatusOf(Post(c.headers)), c.post) << c.what;
  }
}

TEST(DoorTest, Bodies) {
  struct Case {
    const char* what;
    httplib::Headers headers;
    int status;
  };
  const Case cases[] = {
      {"as it should be", {}, 0},
      {"with a character set", {{"Content-Type", "application/json; charset=utf-8"}}, 0},
      {"in capitals", {{"Content-Type", "Application/JSON"}}, 0},
      {"not compressed", {{"Content-Encoding", "identity"}}, 0},
      {"the longest", {{"Content-Length", "8388608"}}, 0},
      {"too long", {{"Content-Length", "8388609"}}, 413},
      {"longer than any number", {{"Content-Length", "99999999999999999999999"}}, 400},
      {"negative", {{"Content-Length", "-1"}}, 400},
      {"no number", {{"Content-Length", "2, 2"}}, 400},
      {"signed", {{"Content-Length", "+2"}}, 400},
      {"hexadecimal", {{"Content-Length", "0x2"}}, 400},
      {"two lengths", {{"Content-Length", "2"}, {"Content-Length", "30"}}, 411},
      {"chunked", {{"Transfer-Encoding", "chunked"}}, 411},
      {"what a form can send", {{"Content-Type", "text/plain"}}, 415},
      {"a form", {{"Content-Type", "multipart/form-data; boundary=x"}}, 415},
      {"binary", {{"Content-Type", "application/proto"}}, 415},
      {"something like it", {{"Content-Type", "application/jsonp"}}, 415},
      {"nothing", {{"Content-Type", ""}}, 415},
      {"compressed", {{"Content-Encoding", "gzip"}}, 415},
  };
  for (const Case& c : cases) EXPECT_EQ(StatusOf(Post(c.headers)), c.status) << c.what;
}

TEST(DoorTest, Methods) {
  struct Case {
    const char* method;
    const char* path;
    int status;
  };
  const Case cases[] = {
      {"GET", "/", 0},       {"HEAD", "/", 0},        {"GET", kMethod, 405}, {"HEAD", kMethod, 405},
      {"PUT", kMethod, 405}, {"DELETE", "/", 405},    {"OPTIONS", "/", 405}, {"TRACE", "/", 405},
      {"POST", "/", 404},    {"POST", "/other", 404}, {"POST", kMethod, 0},
  };
  for (const Case& c : cases) {
    httplib::Request request =
        c.method == std::string("POST") ? Post({}) : Get({{"Host", "localhost:8080"}});
    request.method = c.method;
    request.path = c.path;
    EXPECT_EQ(StatusOf(request), c.status) << c.method << " " << c.path;
  }
  EXPECT_EQ(StatusOf(Get({{"Host", "localhost"}, {"Content-Length", "5"}})), 400);
  EXPECT_EQ(StatusOf(Get({{"Host", "localhost"}, {"Transfer-Encoding", "chunked"}})), 400);
}

}  // namespace
}  // namespace signalbook
