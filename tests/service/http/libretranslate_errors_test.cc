#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "service/http/libretranslate_api.h"
#include "service/status.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

LibreBody JsonBody(std::string json) {
  return {.content_type = "application/json", .json = std::move(json), .fields = {}};
}

LibreBody Form(std::vector<LibreField> fields) {
  return {
      .content_type = "multipart/form-data; boundary=x", .json = "", .fields = std::move(fields)};
}

TEST(LibreTranslateErrorsTest, WhatIsNoRequest) {
  struct Case {
    const char* what;
    LibreBody body;
    std::string error;  // as clients show it
  };
  const std::string long_name(100, 'x');
  const Case cases[] = {
      {"no JSON", JsonBody("secret"), "Invalid JSON format"},
      {"no object", JsonBody(R"(["secret"])"), "Invalid JSON format"},
      {"cut off", JsonBody(R"({"q":"secret")"), "Invalid JSON format"},
      {"half a surrogate pair", JsonBody(R"({"q":"secret\ud83c"})"), "Invalid JSON format"},
      {"very deep", JsonBody(std::string(100'000, '[')), "Invalid JSON format"},
      {"no UTF-8", JsonBody("{\"q\":\"secret\xFF\"}"), "the byte at offset 12 is not UTF-8"},
      {"no UTF-8 in a form", Form({{"q", "secret\xFF"}}), "the byte at offset 6 is not UTF-8"},
      {"JSON that does not say so",
       {.content_type = "text/plain", .json = R"({"q":"secret"})"},
       "Invalid request: missing q parameter"},
      {"no q", JsonBody(R"({"source":"en","target":"es"})"),
       "Invalid request: missing q parameter"},
      {"no q at all", JsonBody(R"({"q":null,"source":"en","target":"es"})"),
       "Invalid request: missing q parameter"},
      {"an empty q", JsonBody(R"({"q":"","source":"en","target":"es"})"),
       "Invalid request: missing q parameter"},
      {"an empty list", JsonBody(R"({"q":[],"source":"en","target":"es"})"),
       "Invalid request: missing q parameter"},
      {"a number as q", JsonBody(R"({"q":7,"source":"en","target":"es"})"),
       "Invalid request: q is neither a text nor a list of texts"},
      {"a list in a list", JsonBody(R"({"q":["a",["secret"]],"source":"en","target":"es"})"),
       "Invalid request: q is neither a text nor a list of texts"},
      {"nothing in a list", JsonBody(R"({"q":["a",null],"source":"en","target":"es"})"),
       "Invalid request: q is neither a text nor a list of texts"},
      {"no source", JsonBody(R"({"q":"secret","target":"es"})"),
       "Invalid request: missing source parameter"},
      {"an empty target", JsonBody(R"({"q":"secret","source":"en","target":""})"),
       "Invalid request: missing target parameter"},
      {"a list of targets", JsonBody(R"({"q":"secret","source":"en","target":["es"]})"),
       "Invalid request: target is not a text"},
      {"another format", JsonBody(R"({"q":"secret","source":"en","target":"es","format":"pdf"})"),
       "pdf format is not supported"},
      {"a long format",
       JsonBody(R"({"q":"secret","source":"en","target":"es","format":")" + long_name + "\"}"),
       "the format is not supported"},
      {"other offsets", JsonBody(R"({"q":"secret","source":"en","target":"es","offsets":"utf32"})"),
       "utf32 offsets is not supported"},
      {"no number of alternatives",
       Form({{"q", "secret"}, {"source", "en"}, {"target", "es"}, {"alternatives", "many"}}),
       "Invalid request: alternatives is not a number"},
      {"more than a request may have",
       JsonBody(R"({"q":")" + std::string(kMaxLibreBytes + 1, 'a') +
                R"(","source":"en","target":"es"})"),
       "Invalid request: request (1048577) exceeds text limit (1048576)"},
  };
  for (const Case& c : cases) {
    const absl::Status status = ParseTranslate(c.body).status();
    ASSERT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.what;
    EXPECT_THAT(status.ToString(), Not(HasSubstr("secret"))) << c.what;
    const LibreError error = AnswerError(status);
    EXPECT_EQ(error.http_status, 400) << c.what;
    EXPECT_EQ(Json::parse(error.json), Json({{"error", c.error}})) << c.what;
  }
}

TEST(LibreTranslateErrorsTest, AsClientsShowThem) {
  struct Case {
    const char* what;
    absl::Status status;
    int http_status;
    std::string error;
  };
  const auto unknown = [](std::string_view reason, std::map<std::string, std::string> metadata) {
    return InvalidRequest({.reason = reason,
                           .field = "target_language_code",
                           .description = "unknown",
                           .metadata = std::move(metadata)});
  };
  const Case cases[] = {
      {"a target that there is not", unknown(reason::kTargetLanguageUnknown, {{"value", "xx"}}),
       400, "xx is not supported"},
      {"a source that is too long to repeat", unknown(reason::kSourceLanguageUnknown, {}), 400,
       "the language is not supported"},
      {"too many messages",
       unknown(reason::kTooManyContents, {{"actual", "129"}, {"limit", "128"}}), 400,
       "Invalid request: request (129) exceeds text limit (128)"},
      {"no key", WithReason(absl::StatusCode::kUnauthenticated, reason::kCredentialsMissing, "x"),
       400, "Please contact the server operator to get an API key"},
      {"another key",
       WithReason(absl::StatusCode::kUnauthenticated, reason::kCredentialsUnknown, "x"), 403,
       "Invalid API key"},
      {"busy", QueueFull(64, absl::Seconds(1)), 429,
       "Slowdown: all workers are busy and 64 requests wait already; try again later"},
      {"draining", ShuttingDown(), 503, "the server is shutting down; ask another one"},
      {"not allowed", absl::PermissionDeniedError("no"), 403, "no"},
      {"our fault", absl::InternalError("oops"), 500, "oops"},
  };
  for (const Case& c : cases) {
    const LibreError error = AnswerError(c.status);
    EXPECT_EQ(error.http_status, c.http_status) << c.what;
    EXPECT_EQ(Json::parse(error.json), Json({{"error", c.error}})) << c.what;
  }
}

}  // namespace
}  // namespace signalbook
