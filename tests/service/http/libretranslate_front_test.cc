// The LibreTranslate-compatible API as its clients meet it: over a socket.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "service/http/libretranslate_api.h"
#include "tests/service/http/front_fixture.h"
#include "tests/service/waiting_model.h"
#include "tests/support/fake_models.h"

namespace signalbook {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Json = nlohmann::json;

class LibreTranslateFrontTest : public FrontTest {
 protected:
  httplib::Result PostJson(const std::string& path, const Json& body) {
    return client_->Post(path, body.dump(), "application/json");
  }
  // What a request that must succeed says.
  static Json Ok(const httplib::Result& answer) {
    EXPECT_TRUE(answer);
    if (!answer) return {};
    EXPECT_EQ(answer->status, 200) << answer->body;
    EXPECT_EQ(answer->get_header_value("Content-Type"), "application/json");
    return Json::parse(answer->body);
  }
};

std::shared_ptr<WaitingModel> Hola() { return std::make_shared<WaitingModel>("Hola mundo", true); }

TEST_F(LibreTranslateFrontTest, EveryWayToAskGivesTheSameAnswer) {
  const std::string q = "I will see you tomorrow at the station";
  const std::string spanish = "Te veré mañana en la estación";
  StartFront(std::make_shared<WaitingModel>(spanish, /*open=*/true));
  const Json expected = Ok(
      PostJson("/translate", {{"q", q}, {"source", "auto"}, {"target", "es"}, {"api_key", "k"}}));
  EXPECT_EQ(expected["translatedText"], spanish);
  EXPECT_EQ(expected["signalbook"]["verdict"], "TRANSLATED");
  EXPECT_EQ(expected["detectedLanguage"]["language"], "en");
  const httplib::Params form = {{"q", q}, {"source", "auto"}, {"target", "es"}};
  EXPECT_EQ(Ok(client_->Post("/translate", form)), expected) << "a form";
  const httplib::MultipartFormDataItems parts = {
      {"q", q, "", ""}, {"source", "auto", "", ""}, {"target", "es", "", ""}};
  EXPECT_EQ(Ok(client_->Post("/translate", parts)), expected) << "a form in parts";
  EXPECT_EQ(Ok(client_->Post(
                "/translate?q=I+will+see+you%20tomorrow+at+the+station&source=auto&target=es", "",
                "application/x-www-form-urlencoded")),
            expected)
      << "parameters in the URL";
  EXPECT_EQ(
      Ok(client_->Post("/translate", Json({{"q", q}, {"source", "auto"}, {"target", "es"}}).dump(),
                       "application/json; charset=utf-8")),
      expected);
}

TEST_F(LibreTranslateFrontTest, AListHasAListOfAnswers) {
  StartFront(Hola());
  const Json answer = Ok(PostJson(
      "/translate", {{"q", {"Hello world", "🇨🇦", ""}}, {"source", "en"}, {"target", "es"}}));
  EXPECT_EQ(answer["translatedText"], Json({"Hola mundo", "🇨🇦", ""}));
  const httplib::Params form = {
      {"q", "🇨🇦"}, {"q", "👍🏽"}, {"q", "🇨🇦"}, {"source", "en"}, {"target", "es"}};
  EXPECT_EQ(Ok(client_->Post("/translate", form))["translatedText"], Json({"🇨🇦", "👍🏽", "🇨🇦"}))
      << "in a form, too, and in order";
}

TEST_F(LibreTranslateFrontTest, ALongForm) {
  StartFront(nullptr);
  std::string text;
  while (text.size() < 20'000) text += "🇨🇦";
  const httplib::Params form = {{"q", text}, {"source", "en"}, {"target", "es"}};
  EXPECT_EQ(Ok(client_->Post("/translate", form))["translatedText"], text);
}

TEST_F(LibreTranslateFrontTest, ARefusalIsTheSourceTextAndSaysWhy) {
  const Json asked = {
      {"q", "🇨🇦 He waits for you"}, {"source", "en"}, {"target", "es"}, {"offsets", "utf16"}};
  const struct {
    const char* what;
    std::shared_ptr<Model> model;
    const char* reason;
    const char* rule;
  } kRows[] = {
      {"what it must not say", std::make_shared<HostileModel>(Hostility::kPrison),
       "GUARDED_CONCEPT", "imprisonment"},
      {"no model", nullptr, "NO_MODEL", "language_pair"},
  };
  for (const auto& row : kRows) {
    StartFront(row.model);
    const Json answer = Ok(PostJson("/translate", asked));
    EXPECT_EQ(answer["translatedText"], asked["q"]) << row.what;
    EXPECT_EQ(answer["signalbook"]["verdict"], "REFUSED") << row.what;
    ASSERT_EQ(answer["signalbook"]["refusals"].size(), 1u) << row.what << answer;
    const Json refusal = answer["signalbook"]["refusals"][0];
    EXPECT_EQ(refusal["reason"], row.reason);
    EXPECT_EQ(refusal["rule"], row.rule);
    EXPECT_EQ(refusal["source"][1], 21) << "UTF-16 code units, four of them a flag";
  }
}

TEST_F(LibreTranslateFrontTest, HtmlAndAlternatives) {
  StartFront(Hola());
  const Json answer = Ok(PostJson("/translate", {{"q", "<b title='x'>Hello world</b> 🇨🇦"},
                                                 {"source", "en"},
                                                 {"target", "es"},
                                                 {"format", "html"},
                                                 {"alternatives", 3}}));
  EXPECT_EQ(answer["translatedText"], "<b title='x'>Hola mundo</b> 🇨🇦");
  EXPECT_EQ(answer["alternatives"], Json::array());
  // More texts than a batch may have.
  std::string list;
  for (int i = 0; i < 300; ++i) list += "<li>🇨🇦</li>";
  EXPECT_EQ(
      Ok(PostJson(
          "/translate",
          {{"q", list}, {"source", "en"}, {"target", "es"}, {"format", "html"}}))["translatedText"],
      list);
}

TEST_F(LibreTranslateFrontTest, WhatItSaysOfLanguages) {
  StartFront(nullptr);
  const Json languages = Ok(client_->Get("/languages"));
  EXPECT_EQ(languages, Json::parse(R"([
      {"code": "en", "name": "English", "targets": ["en", "es"]},
      {"code": "es", "name": "Spanish", "targets": ["en", "es"]}])"));
  const std::string english = "I will see you tomorrow at the station";
  for (const auto& detected : {PostJson("/detect", {{"q", english}}),
                               client_->Post("/detect", httplib::Params{{"q", english}})}) {
    const Json list = Ok(detected);
    ASSERT_EQ(list.size(), 1u);
    EXPECT_EQ(list[0]["language"], "en");
    EXPECT_EQ(list[0]["confidence"], 97);
  }
  const Json settings = Ok(client_->Get("/frontend/settings"));
  EXPECT_EQ(settings["language"]["source"]["code"], "auto");
  EXPECT_EQ(settings["keyRequired"], false);
  EXPECT_EQ(Ok(client_->Get("/health")), Json::parse(R"({"status": "ok"})"));
}

// The specification names every path that is served, and no other.
TEST_F(LibreTranslateFrontTest, TheSpecificationIsServedAndHolds) {
  StartFront(nullptr);
  const Json spec = Ok(client_->Get("/spec"));
  for (const auto& [path, methods] : spec["paths"].items()) {
    for (const auto& [method, details] : methods.items()) {
      const auto answer = method == "get" ? client_->Get(path) : PostJson(path, Json::object());
      ASSERT_TRUE(answer) << path;
      EXPECT_NE(answer->status, 404) << method << " " << path;
      EXPECT_NE(answer->status, 405) << method << " " << path;
    }
  }
}

TEST_F(LibreTranslateFrontTest, ErrorsAreInItsForm) {
  StartFront(Hola());
  const std::string json = "application/json";
  const struct {
    const char* what;
    std::string path;
    std::string type;
    std::string body;
    int status;
    std::string says;
  } kRows[] = {
      {"no q", "/translate", json, R"({"source":"en","target":"es"})", 400, "missing q"},
      {"no target", "/translate", json, R"({"q":"a","source":"en"})", 400, "missing target"},
      {"an unknown language", "/translate", json, R"({"q":"a","source":"en","target":"xx"})", 400,
       "xx is not supported"},
      {"too long", "/translate", json,
       R"({"q":")" + std::string(9'000, 'x') + R"(","source":"en","target":"es"})", 400,
       "exceeds text limit (8192)"},
      {"no JSON", "/translate", json, "{", 400, "Invalid JSON"},
      {"no UTF-8", "/translate", json, "{\"q\":\"\xFF\",\"source\":\"en\",\"target\":\"es\"}", 400,
       "UTF-8"},
      {"no UTF-8 in a form", "/translate", "application/x-www-form-urlencoded",
       "q=%FF&source=en&target=es", 400, "UTF-8"},
      {"nested without an end", "/translate", json, std::string(1'000'000, '['), 400,
       "Invalid JSON"},
      {"a body that is neither", "/translate", "text/plain", "q=a", 415, "Content-Type"},
      {"nothing to detect", "/detect", json, "{}", 400, "missing q"},
      {"a path that there is not", "/suggest", json, "{}", 404, "nothing here"},
      {"read only", "/languages", json, "{}", 405, "GET"},
  };
  for (const auto& row : kRows) {
    const auto answer = client_->Post(row.path, row.body, row.type.c_str());
    ASSERT_TRUE(answer) << row.what;
    EXPECT_EQ(answer->status, row.status) << row.what << answer->body;
    const Json error = Json::parse(answer->body);
    EXPECT_EQ(error.size(), 1u) << row.what;
    EXPECT_THAT(error["error"].get<std::string>(), HasSubstr(row.says)) << row.what;
  }
  EXPECT_EQ(client_->Get("/translate")->status, 405);
}

}  // namespace
}  // namespace signalbook
