#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "service/http/libretranslate_api.h"
#include "translator/models/libretranslate.h"

namespace signalbook {
namespace {

using ::testing::Contains;
using Json = nlohmann::json;

v1::ListLanguagesResponse Languages(
    const std::vector<std::pair<std::string, std::vector<std::string>>>& rows) {
  v1::ListLanguagesResponse response;
  for (const auto& [code, targets] : rows) {
    v1::Language* language = response.add_languages();
    language->set_language_code(code);
    language->set_display_name("name of " + code);
    *language->mutable_model_targets() = {targets.begin(), targets.end()};
    language->add_phrase_targets("eo");  // no model's
  }
  return response;
}

TEST(LibreTranslateLanguagesTest, OnlyWhatModelsTranslate) {
  struct Case {
    const char* what;
    std::vector<std::pair<std::string, std::vector<std::string>>> languages;
    Json list;
  };
  const Case cases[] = {
      {"no model", {{"en", {}}, {"es", {}}}, Json::array()},
      {"both ways, and one that nobody translates",
       {{"de", {}}, {"en", {"es"}}, {"es", {"en"}}},
       {{{"code", "en"}, {"name", "name of en"}, {"targets", {"en", "es"}}},
        {{"code", "es"}, {"name", "name of es"}, {"targets", {"en", "es"}}}}},
      {"one way",
       {{"en", {"es"}}, {"es", {}}},
       {{{"code", "en"}, {"name", "name of en"}, {"targets", {"en", "es"}}},
        {{"code", "es"}, {"name", "name of es"}, {"targets", {"es"}}}}},
      {"regions that inherit are not told apart, those that do not are",
       {{"en", {"es"}}, {"en-001", {"es"}}, {"en-GB", {"es"}}, {"es", {}}, {"pt-PT", {"en"}}},
       {{{"code", "en"}, {"name", "name of en"}, {"targets", {"en", "es"}}},
        {{"code", "es"}, {"name", "name of es"}, {"targets", {"es"}}},
        {{"code", "pt-PT"}, {"name", "name of pt-PT"}, {"targets", {"en", "pt-PT"}}}}},
      {"a region that has a model of its own",
       {{"es", {"en"}}, {"es-MX", {"en", "pt"}}, {"en", {}}, {"pt", {}}},
       {{{"code", "en"}, {"name", "name of en"}, {"targets", {"en"}}},
        {{"code", "es"}, {"name", "name of es"}, {"targets", {"en", "es"}}},
        {{"code", "es-MX"}, {"name", "name of es-MX"}, {"targets", {"en", "es-MX", "pt"}}},
        {{"code", "pt"}, {"name", "name of pt"}, {"targets", {"pt"}}}}},
      {"scripts stay apart, by LibreTranslate's names",
       {{"en", {"no", "zh", "zh-Hant"}},
        {"no", {}},
        {"zh", {"en"}},
        {"zh-Hant", {"en", "no"}},
        {"zh-Hant-HK", {"en", "no"}}},
       {{{"code", "en"}, {"name", "name of en"}, {"targets", {"en", "nb", "zh-Hans", "zh-Hant"}}},
        {{"code", "nb"}, {"name", "name of no"}, {"targets", {"nb"}}},
        {{"code", "zh-Hans"}, {"name", "name of zh"}, {"targets", {"en", "zh-Hans"}}},
        {{"code", "zh-Hant"}, {"name", "name of zh-Hant"}, {"targets", {"en", "nb", "zh-Hant"}}}}},
      {"a target that the book has no row for",
       {{"es", {"pt-BR"}}},
       {{{"code", "es"}, {"name", "name of es"}, {"targets", {"es", "pt-BR"}}},
        {{"code", "pt-BR"}, {"name", "pt-BR"}, {"targets", {"pt-BR"}}}}},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Json::parse(LanguagesJson(Languages(c.languages))), c.list) << c.what;
  }
}

// The codes that are listed here are the ones that our own client of such servers looks for, and that come back
// as a tag of the same language.
TEST(LibreTranslateLanguagesTest, CodesAreTheOnesOfOurClient) {
  for (const std::string tag :
       {"en", "zh", "zh-Hant", "no", "nb", "pt", "pt-BR", "fil", "sr-Latn"}) {
    const std::string code = LibreCodeOf(tag);
    EXPECT_THAT(LibreTranslateCodes(tag), Contains(code)) << tag;
    EXPECT_THAT(LibreTranslateCodes(TagOfLibreCode(code)), Contains(code)) << tag;
  }
  for (const auto& [code, tag] :
       {std::pair("zt", "zh-Hant"), {"pb", "pt-BR"}, {"zh", "zh"}, {"zh-Hans", "zh-Hans"}}) {
    EXPECT_EQ(TagOfLibreCode(code), tag);
    EXPECT_THAT(LibreTranslateCodes(tag), Contains(code));
  }
}

TEST(LibreTranslateLanguagesTest, Settings) {
  const Json settings =
      Json::parse(SettingsJson(Languages({{"en", {"es"}}, {"es", {}}}), /*needs_api_key=*/true));
  EXPECT_EQ(settings["language"], Json({{"source", {{"code", "auto"}, {"name", "Auto Detect"}}},
                                        {"target", {{"code", "es"}, {"name", "name of es"}}}}));
  EXPECT_EQ(settings["keyRequired"], true);
  EXPECT_EQ(settings["apiKeys"], true);
  EXPECT_EQ(settings["charLimit"], 8'192);
  EXPECT_EQ(settings["supportedFilesFormat"], Json::array());
  const Json bare = Json::parse(SettingsJson(Languages({}), /*needs_api_key=*/false));
  EXPECT_EQ(bare["language"]["target"]["code"], "en");
  EXPECT_EQ(bare["keyRequired"], false);
}

TEST(LibreTranslateLanguagesTest, TheSpecSaysWhatThereIs) {
  const Json spec = Json::parse(SpecJson());
  EXPECT_EQ(spec["openapi"], "3.0.3");
  const std::vector<std::pair<std::string, std::string>> paths = {
      {"/translate", "post"},        {"/detect", "post"}, {"/languages", "get"},
      {"/frontend/settings", "get"}, {"/health", "get"},  {"/spec", "get"}};
  EXPECT_EQ(spec["paths"].size(), paths.size());
  for (const auto& [path, method] : paths)
    EXPECT_TRUE(spec["paths"][path].contains(method)) << path;
  // Every reference leads somewhere.
  const std::string text(SpecJson());
  const std::string key = "\"$ref\": \"#";
  for (size_t at = 0; (at = text.find(key, at)) != std::string::npos;) {
    at += key.size();
    const std::string pointer = text.substr(at, text.find('"', at) - at);
    EXPECT_TRUE(spec.contains(Json::json_pointer(pointer))) << pointer;
  }
  EXPECT_EQ(Json::parse(HealthJson()), Json({{"status", "ok"}}));
}

}  // namespace
}  // namespace signalbook
