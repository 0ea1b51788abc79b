// Who may ask for translations over HTTP: the same as over gRPC (admission.h), wherever they show who they are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "service/auth.h"
#include "tests/service/http/front_fixture.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

constexpr char kToken[] = "sb_of-the-chat-app";

class FrontAccessTest : public FrontTest {
 protected:
  // A client that may ask `burst` times; what comes after that waits for a quarter of an hour.
  void StartWith(int burst) {
    v1::Config config;
    v1::Client* client = config.mutable_access()->add_clients();
    client->set_name("chat-app");
    client->add_token_sha256(TokenHash(kToken));
    client->mutable_limits()->set_requests_per_second(0.001);
    client->mutable_limits()->set_request_burst(burst);
    StartFront(nullptr, config);
  }
};

TEST_F(FrontAccessTest, AsksWhoCallsWhereverTheyShowIt) {
  StartWith(100);
  const httplib::Headers bearer = {{"Authorization", std::string("Bearer ") + kToken}};
  const httplib::Headers key = {{"X-API-Key", kToken}};
  const std::string form = "q=hi&source=en&target=es";
  const struct {
    const char* what;
    const char* path;
    httplib::Headers headers;
    std::string body;
    const char* type;
    int status;
  } kRows[] = {
      {"nothing", "/translate", {}, form, "application/x-www-form-urlencoded", 400},
      {"a key in the form",
       "/translate",
       {},
       form + "&api_key=" + kToken,
       "application/x-www-form-urlencoded",
       200},
      {"a key in JSON",
       "/translate",
       {},
       Json{{"q", "hi"}, {"source", "en"}, {"target", "es"}, {"api_key", kToken}}.dump(),
       "application/json",
       200},
      {"another's key",
       "/translate",
       {},
       form + "&api_key=sb_other",
       "application/x-www-form-urlencoded",
       403},
      {"a key in a header", "/detect", key, "q=hi", "application/x-www-form-urlencoded", 200},
      {"a bearer token", "/detect", bearer, "q=hi", "application/x-www-form-urlencoded", 200},
      {"JSON, nothing",
       "/signalbook.v1.TranslationService/ListLanguages",
       {},
       "{}",
       "application/json",
       401},
      {"JSON, a bearer token", "/signalbook.v1.TranslationService/ListLanguages", bearer, "{}",
       "application/json", 200},
      {"JSON, a key", "/signalbook.v1.TranslationService/TranslateText", key, kProse,
       "application/json", 200},
  };
  for (const auto& row : kRows) {
    const auto answer = client_->Post(row.path, row.headers, row.body, row.type);
    ASSERT_TRUE(answer) << row.what;
    EXPECT_EQ(answer->status, row.status) << row.what << ": " << answer->body;
    EXPECT_EQ(answer->body.find("sb_"), std::string::npos) << row.what;
  }
}

TEST_F(FrontAccessTest, LimitsHoldAndSayWhenToComeBack) {
  StartWith(2);
  const httplib::Headers key = {{"X-API-Key", kToken}};
  const auto ask = [&] {
    return client_->Post("/detect", key, "q=hi", "application/x-www-form-urlencoded");
  };
  EXPECT_EQ(ask()->status, 200);
  // What everybody may ask counts against nobody.
  for (const char* open : {"/languages", "/frontend/settings", "/healthz", "/readyz", "/spec"}) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(client_->Get(open)->status, 200) << open;
  }
  EXPECT_EQ(ask()->status, 200);
  const auto limited = ask();
  ASSERT_TRUE(limited);
  EXPECT_EQ(limited->status, 429);
  EXPECT_GT(std::stoi(limited->get_header_value("Retry-After")), 0);
  EXPECT_THAT(limited->body, HasSubstr("Slowdown"));
  // A caller is the same one over every way in.
  grpc::ClientContext context;
  context.AddMetadata("x-api-key", kToken);
  v1::ListLanguagesResponse response;
  EXPECT_EQ(stub_->ListLanguages(&context, {}, &response).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(FrontAccessTest, SettingsTellThatAKeyIsNeeded) {
  StartWith(1);
  EXPECT_EQ(Json::parse(client_->Get("/frontend/settings")->body)["keyRequired"], true);
}

}  // namespace
}  // namespace signalbook
