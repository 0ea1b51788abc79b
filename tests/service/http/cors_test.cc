// What PagesOfOtherSites (translation_front_test.cc) cannot ask for over a client's HTTP.
#include "service/http/cors.h"

#include <gtest/gtest.h>

namespace signalbook {
namespace {

httplib::Request From(const httplib::Headers& headers) {
  httplib::Request request;
  request.method = "GET";
  request.headers = headers;
  return request;
}

TEST(CorsTest, WhatIsOfItsOwnOrigin) {
  const Cors cors({});
  const struct {
    const char* what;
    httplib::Headers headers;
    int status;
  } kRows[] = {
      {"no origin", {{"Host", "a.example:80"}}, 0},
      {"its own", {{"Host", "a.example:80"}, {"Origin", "http://a.example:80"}}, 0},
      {"its own behind a proxy with TLS",
       {{"Host", "a.example"}, {"Origin", "https://a.example"}},
       0},
      {"in other letters", {{"Host", "A.example"}, {"Origin", "http://a.EXAMPLE"}}, 0},
      {"another port", {{"Host", "a.example:80"}, {"Origin", "http://a.example:81"}}, 403},
      {"another scheme", {{"Host", "a.example"}, {"Origin", "ftp://a.example"}}, 403},
      {"no host", {{"Origin", "http://a.example"}}, 403},
      {"empty", {{"Host", "a.example"}, {"Origin", ""}}, 403},
      {"two", {{"Host", "a"}, {"Origin", "http://a"}, {"Origin", "http://a"}}, 400},
  };
  for (const auto& row : kRows) {
    const auto refusal = cors.Check(From(row.headers));
    EXPECT_EQ(refusal ? refusal->http_status : 0, row.status) << row.what;
  }
}

TEST(CorsTest, APreflightIsAnOptionsRequestOfABrowser) {
  httplib::Request request =
      From({{"Origin", "http://a"}, {"Access-Control-Request-Method", "POST"}});
  EXPECT_FALSE(Cors::IsPreflight(request));
  request.method = "OPTIONS";
  EXPECT_TRUE(Cors::IsPreflight(request));
  request.headers.erase("Origin");
  EXPECT_FALSE(Cors::IsPreflight(request));
}

}  // namespace
}  // namespace signalbook
