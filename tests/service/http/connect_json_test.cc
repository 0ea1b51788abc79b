#include "service/http/connect_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"
#include "service/status.h"
#include "signalbook/v1/moderation.pb.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

TEST(ConnectJsonTest, ReadsBothSpellingsOfAField) {
  for (const char* body : {R"({"pageSize": 7, "table": "TABLE_NAMES", "filter": {"text": "🇨🇦"}})",
                           R"({"page_size": 7, "table": 1, "filter": {"text": "🇨🇦"}})"}) {
    v1::ListEntriesRequest request;
    ASSERT_TRUE(ParseJson(body, &request).ok()) << body;
    EXPECT_EQ(request.page_size(), 7);
    EXPECT_EQ(request.table(), v1::TABLE_NAMES);
    EXPECT_EQ(request.filter().text(), "🇨🇦");
  }
}

TEST(ConnectJsonTest, WhatIsNoRequestNamesTheFieldAndNeverTheValue) {
  struct Case {
    const char* what;
    std::string body;
    const char* reason;
    const char* message;
  };
  const Case cases[] = {
      {"nothing", "", "MALFORMED_REQUEST", "no JSON of signalbook.v1.CreateProposalRequest"},
      {"no object", "[\"secret\"]", "MALFORMED_REQUEST", "no JSON"},
      {"cut off", R"({"reason": "secret")", "MALFORMED_REQUEST", "no JSON"},
      {"more behind it", R"({"reason": "secret"} {})", "MALFORMED_REQUEST", "no JSON"},
      {"an unknown field", R"({"reasons": "secret"})", "MALFORMED_REQUEST", "reasons: is no field"},
      {"an unknown field inside", R"({"row": {"txt": "secret"}})", "MALFORMED_REQUEST",
       "row.txt: is no field"},
      {"a text as a field", R"({"a secret thing": 1})", "MALFORMED_REQUEST", "no JSON"},
      {"a text for a flag", R"({"row": {"blocked": "secret"}})", "MALFORMED_REQUEST",
       "row.blocked: has a value of another type"},
      {"an object for a text", R"({"reason": {"secret": 1}})", "MALFORMED_REQUEST", ""},
      {"a NUL", std::string("{\"reason\": \"secret\0\"}", 21), "MALFORMED_REQUEST", "no JSON"},
      {"half a surrogate pair", R"({"reason": "secret\ud83c"})", "MALFORMED_REQUEST", "no JSON"},
      {"no UTF-8", "{\"reason\": \"secret\xFF\"}", "INVALID_UTF8", "offset 18"},
      {"very deep", "{\"row\": " + std::string(100'000, '['), "MALFORMED_REQUEST", "no JSON"},
  };
  for (const Case& c : cases) {
    v1::CreateProposalRequest request;
    const absl::Status status = ParseJson(c.body, &request);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.what;
    EXPECT_EQ(ReasonOf(status), c.reason) << c.what;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.message)) << c.what;
    EXPECT_THAT(status.ToString(), Not(HasSubstr("secret"))) << c.what;
  }
}

TEST(ConnectJsonTest, AnswersAreProtobufsJson) {
  v1::Proposal proposal;
  proposal.set_content_hash("00");
  proposal.set_state(v1::PROPOSAL_STATE_OPEN);
  proposal.set_revision(int64_t{1} << 60);
  const auto json = ToJson(proposal);
  ASSERT_TRUE(json.ok());
  EXPECT_EQ(Json::parse(*json), Json({{"contentHash", "00"},
                                      {"state", "PROPOSAL_STATE_OPEN"},
                                      {"revision", "1152921504606846976"}}));
}

TEST(ConnectJsonTest, ErrorsKeepTheirDetails) {
  const absl::Status error = QueueFull(64, absl::Milliseconds(1500));
  const Json json = Json::parse(ErrorJson(error));
  EXPECT_EQ(json["code"], "resource_exhausted");
  EXPECT_EQ(json["message"], std::string(error.message()));
  ASSERT_EQ(json["details"].size(), 2);
  for (const Json& detail : json["details"]) {
    const std::string value = detail["value"];
    EXPECT_THAT(value, Not(HasSubstr("=")));
    std::string bytes;
    ASSERT_TRUE(absl::Base64Unescape(value, &bytes));
    if (detail["type"] == "google.rpc.ErrorInfo") {
      google::rpc::ErrorInfo info;
      ASSERT_TRUE(info.ParseFromString(bytes));
      EXPECT_EQ(info.reason(), "QUEUE_FULL");
      EXPECT_EQ(detail["debug"]["reason"], "QUEUE_FULL");
      EXPECT_EQ(detail["debug"]["metadata"]["limit"], "64");
    } else {
      EXPECT_EQ(detail["type"], "google.rpc.RetryInfo");
      EXPECT_EQ(detail["debug"]["retryDelay"], "1.500s");
    }
  }
  EXPECT_EQ(Json::parse(ErrorJson(absl::NotFoundError("gone"))),
            Json({{"code", "not_found"}, {"message", "gone"}}));
}

// https://connectrpc.com/docs/protocol#error-codes
TEST(ConnectJsonTest, HttpStatusOfEveryCode) {
  const std::pair<int, int> rows[] = {
      {1, 499}, {2, 500},  {3, 400},  {4, 504},  {5, 404},  {6, 409},  {7, 403},  {8, 429},
      {9, 400}, {10, 409}, {11, 400}, {12, 501}, {13, 500}, {14, 503}, {15, 500}, {16, 401}};
  for (const auto& [code, http_status] : rows) {
    EXPECT_EQ(HttpStatusOf(static_cast<absl::StatusCode>(code)), http_status) << code;
  }
}

}  // namespace
}  // namespace signalbook
