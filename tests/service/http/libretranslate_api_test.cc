#include "service/http/libretranslate_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace signalbook {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using Json = nlohmann::json;

LibreBody JsonBody(std::string json) {
  return {.content_type = "application/json", .json = std::move(json), .fields = {}};
}

LibreBody Form(std::vector<LibreField> fields) {
  return {
      .content_type = "application/x-www-form-urlencoded", .json = "", .fields = std::move(fields)};
}

std::vector<std::string> ContentsOf(const LibreTranslateRequest& request) {
  std::vector<std::string> contents;
  for (const v1::TranslateTextRequest& batch : request.batches) {
    contents.insert(contents.end(), batch.contents().begin(), batch.contents().end());
  }
  return contents;
}

// As if a model said `translation` of everything.
std::vector<v1::TranslateTextResponse> Answered(const LibreTranslateRequest& request,
                                                const v1::Translation& translation) {
  std::vector<v1::TranslateTextResponse> responses;
  for (const v1::TranslateTextRequest& batch : request.batches) {
    v1::TranslateTextResponse& response = responses.emplace_back();
    for (int i = 0; i < batch.contents_size(); ++i) *response.add_translations() = translation;
  }
  return responses;
}

v1::Translation Translated(const std::string& text, const std::string& language = "") {
  v1::Translation translation;
  translation.set_translated_text(text);
  translation.set_detected_language_code(language);
  translation.set_verdict(v1::VERDICT_TRANSLATED);
  return translation;
}

v1::Translation Refused(const std::string& text, v1::Reason reason, const std::string& rule,
                        ByteRange source) {
  v1::Translation translation = Translated(text);
  translation.set_verdict(source.size() == text.size() ? v1::VERDICT_REFUSED
                                                       : v1::VERDICT_PARTLY_REFUSED);
  v1::Piece* piece = translation.add_pieces();
  piece->mutable_source_range()->set_begin(static_cast<int>(source.begin));
  piece->mutable_source_range()->set_end(static_cast<int>(source.end));
  piece->mutable_refusal()->set_reason(reason);
  piece->mutable_refusal()->set_rule(rule);
  return translation;
}

TEST(LibreTranslateApiTest, WhatClientsSend) {
  struct Case {
    const char* what;
    LibreBody body;
    std::vector<std::string> contents;
    std::string source;
    std::string target;
    std::string api_key;
    bool is_list;
    bool detects;
  };
  const Case cases[] = {
      {"npm \"translate\"",
       JsonBody(R"({"q":"Hi 🇨🇦","source":"en","target":"es"})"),
       {"Hi 🇨🇦"},
       "en",
       "es",
       "",
       false,
       false},
      {"LibreTranslate's own example",
       {.content_type = "Application/JSON; charset=UTF-8",
        .json =
            R"({"q":"Ciao!","source":"auto","target":"en","format":"text","alternatives":3,"api_key":""})"},
       {"Ciao!"},
       "",
       "en",
       "",
       false,
       true},
      {"Mastodon: a list, a key that is not set",
       JsonBody(
           R"({"q":["<p>a</p>","b"],"source":"zh-TW","target":"pb","format":"html","api_key":null})"),
       {"a", "b"},
       "zh-TW",
       "pt-BR",
       "",
       true,
       false},
      {"libretranslatepy: a form",
       Form({{"q", "Hi & bye"}, {"source", "zt"}, {"target", "nb"}, {"api_key", "sb_1"}}),
       {"Hi & bye"},
       "zh-Hant",
       "nb",
       "sb_1",
       false,
       false},
      {"Discourse: a form of HTML",
       Form({{"q", "<p>a</p>"}, {"source", "en"}, {"target", "iw"}, {"format", "html"}}),
       {"a"},
       "en",
       "iw",
       "",
       false,
       false},
      {"a form with two messages",
       Form({{"q", "a"}, {"q", "b"}, {"source", "en"}, {"target", "es"}, {"target", "fr"}}),
       {"a", "b"},
       "en",
       "es",
       "",
       true,
       false},
      {"no media type but a JSON one",
       {.content_type = "application/vnd.api+json",
        .json = R"({"q":"a","source":"en","target":"es"})"},
       {"a"},
       "en",
       "es",
       "",
       false,
       false},
      {"a list of one, an empty message, white space",
       JsonBody(R"({"q":[""," \n"],"source":"en","target":"es"})"),
       {"", " \n"},
       "en",
       "es",
       "",
       true,
       false},
      {"HTML without text: its languages are checked all the same",
       JsonBody(R"({"q":"<img>","source":"en","target":"xx","format":"html"})"),
       {""},
       "en",
       "xx",
       "",
       false,
       false},
  };
  for (const Case& c : cases) {
    const absl::StatusOr<LibreTranslateRequest> request = ParseTranslate(c.body);
    ASSERT_TRUE(request.ok()) << c.what << ": " << request.status();
    EXPECT_THAT(ContentsOf(*request), ElementsAreArray(c.contents)) << c.what;
    ASSERT_EQ(request->batches.size(), 1) << c.what;
    EXPECT_EQ(request->batches[0].source_language_code(), c.source) << c.what;
    EXPECT_EQ(request->batches[0].target_language_code(), c.target) << c.what;
    EXPECT_EQ(request->batches[0].emoji_mode(), v1::EMOJI_MODE_KEEP) << c.what;
    EXPECT_EQ(request->api_key, c.api_key) << c.what;
    EXPECT_EQ(request->is_list, c.is_list) << c.what;
    EXPECT_EQ(request->detects_source, c.detects) << c.what;
  }
}

TEST(LibreTranslateApiTest, HtmlGoesInBatches) {
  struct Case {
    const char* what;
    size_t texts;
    std::string text;
    std::vector<int> batches;
    const char* error;
  };
  const Case cases[] = {
      {"one batch", 128, "a", {128}, ""},
      {"one more text", 129, "a", {128, 1}, ""},
      {"the most there may be", 1'024, "a", {128, 128, 128, 128, 128, 128, 128, 128}, ""},
      {"too many", 1'025, "a", {}, "request (1025) exceeds text limit (1024)"},
      {"the longest there may be", 16, std::string(4'096, 'a'), {16}, ""},
      {"too long", 17, std::string(4'096, 'a'), {}, "request (69632) exceeds text limit (65536)"},
  };
  for (const Case& c : cases) {
    std::string html;
    for (size_t i = 0; i < c.texts; ++i) html += "<p>" + c.text + "</p>";
    const Json body = {{"q", {html}}, {"source", "en"}, {"target", "es"}, {"format", "html"}};
    const absl::StatusOr<LibreTranslateRequest> request = ParseTranslate(JsonBody(body.dump()));
    if (*c.error != '\0') {
      EXPECT_THAT(AnswerError(request.status()).json, HasSubstr(c.error)) << c.what;
      continue;
    }
    ASSERT_TRUE(request.ok()) << c.what;
    std::vector<int> sizes;
    for (const v1::TranslateTextRequest& batch : request->batches) {
      EXPECT_EQ(batch.target_language_code(), "es") << c.what;
      sizes.push_back(batch.contents_size());
    }
    EXPECT_EQ(sizes, c.batches) << c.what;
    const Json answer =
        Json::parse(AnswerTranslate(*request, Answered(*request, Translated("<b"))));
    std::string expected;
    for (size_t i = 0; i < c.texts; ++i) expected += "<p>&lt;b</p>";
    EXPECT_EQ(answer["translatedText"], Json({expected})) << c.what;
  }
}

TEST(LibreTranslateApiTest, Answers) {
  struct Case {
    const char* what;
    std::string body;
    v1::Translation translation;  // of each content
    Json answer;
  };
  const Json translated = {{"verdict", "TRANSLATED"}, {"refusals", Json::array()}};
  const Case cases[] = {
      {"a message",
       R"({"q":"Hi 🇨🇦","source":"en","target":"es"})",
       Translated("Hola 🇨🇦"),
       {{"translatedText", "Hola 🇨🇦"}, {"signalbook", translated}}},
      {"a list of one",
       R"({"q":["Hi"],"source":"en","target":"es"})",
       Translated("Hola"),
       {{"translatedText", {"Hola"}}, {"signalbook", Json::array({translated})}}},
      {"detected",
       R"({"q":"你好","source":"auto","target":"es"})",
       Translated("Hola", "zh"),
       {{"translatedText", "Hola"},
        {"signalbook", translated},
        {"detectedLanguage", {{"language", "zh-Hans"}, {"confidence", 97}}}}},
      {"a list, nothing detected, alternatives",
       R"({"q":["Hi","Ho"],"source":"auto","target":"es","alternatives":2})",
       Translated("Hola"),
       {{"translatedText", {"Hola", "Hola"}},
        {"signalbook", {translated, translated}},
        {"detectedLanguage",
         {{{"language", "en"}, {"confidence", 0}}, {{"language", "en"}, {"confidence", 0}}}},
        {"alternatives", {Json::array(), Json::array()}}}},
      {"a form's number of alternatives as text, of one message",
       R"({"q":"Hi","source":"en","target":"es","alternatives":"1"})",
       Translated("Hola"),
       {{"translatedText", "Hola"}, {"signalbook", translated}, {"alternatives", Json::array()}}},
      {"none asked for",
       R"({"q":"Hi","source":"en","target":"es","alternatives":0})",
       Translated("Hola"),
       {{"translatedText", "Hola"}, {"signalbook", translated}}},
      {"a refusal, in bytes",
       R"({"q":"é🇨🇦 he waits","source":"en","target":"es"})",
       Refused("é🇨🇦 he waits", v1::REASON_GUARDED_CONCEPT, "imprisonment", {11, 19}),
       {{"translatedText", "é🇨🇦 he waits"},
        {"signalbook",
         {{"verdict", "PARTLY_REFUSED"},
          {"refusals",
           {{{"reason", "GUARDED_CONCEPT"}, {"rule", "imprisonment"}, {"source", {11, 19}}}}}}}}},
      {"a refusal, in UTF-16",
       R"({"q":"é🇨🇦 he waits","source":"en","target":"es","offsets":"utf16"})",
       Refused("é🇨🇦 he waits", v1::REASON_GUARDED_CONCEPT, "imprisonment", {11, 19}),
       {{"translatedText", "é🇨🇦 he waits"},
        {"signalbook",
         {{"verdict", "PARTLY_REFUSED"},
          {"refusals",
           {{{"reason", "GUARDED_CONCEPT"}, {"rule", "imprisonment"}, {"source", {6, 14}}}}}}}}},
      {"refusals in HTML are ranges of the HTML",
       R"({"q":"<b title='😀'>&amp;&eacute;</b> &é","source":"en","target":"es","format":"html","offsets":"utf16"})",
       Refused("&é", v1::REASON_NO_MODEL, "", {1, 3}),
       {{"translatedText", "<b title='😀'>&amp;&eacute;</b> &é"},
        {"signalbook",
         {{"verdict", "PARTLY_REFUSED"},
          {"refusals",
           {{{"reason", "NO_MODEL"}, {"rule", ""}, {"source", {19, 27}}},
            {{"reason", "NO_MODEL"}, {"rule", ""}, {"source", {33, 34}}}}}}}}},
      {"HTML without text",
       R"({"q":"<img>","source":"auto","target":"es","format":"html"})",
       Translated("never seen"),
       {{"translatedText", "<img>"},
        {"signalbook", {{"verdict", "UNCHANGED"}, {"refusals", Json::array()}}},
        {"detectedLanguage", {{"language", "en"}, {"confidence", 0}}}}},
  };
  for (const Case& c : cases) {
    const absl::StatusOr<LibreTranslateRequest> request = ParseTranslate(JsonBody(c.body));
    ASSERT_TRUE(request.ok()) << c.what << ": " << request.status();
    EXPECT_EQ(Json::parse(AnswerTranslate(*request, Answered(*request, c.translation))), c.answer)
        << c.what;
  }
}

TEST(LibreTranslateApiTest, TextsOfOneHtmlMessageAreTakenTogether) {
  const absl::StatusOr<LibreTranslateRequest> request = ParseTranslate(JsonBody(
      R"({"q":["<p>aa<b>bbbb</b>c","<i>d</i>"],"source":"auto","target":"es","format":"html"})"));
  ASSERT_TRUE(request.ok());
  struct Case {
    const char* what;
    std::vector<v1::Verdict> verdicts;  // of the three texts of the first message
    const char* verdict;
  };
  const v1::Verdict kTranslated = v1::VERDICT_TRANSLATED;
  const v1::Verdict kPartly = v1::VERDICT_PARTLY_REFUSED;
  const v1::Verdict kRefused = v1::VERDICT_REFUSED;
  const v1::Verdict kUnchanged = v1::VERDICT_UNCHANGED;
  const Case cases[] = {
      {"nothing to do", {kUnchanged, kUnchanged, kUnchanged}, "UNCHANGED"},
      {"something done", {kUnchanged, kTranslated, kUnchanged}, "TRANSLATED"},
      {"nothing done", {kRefused, kUnchanged, kRefused}, "REFUSED"},
      {"some of it", {kRefused, kUnchanged, kTranslated}, "PARTLY_REFUSED"},
      {"some of one", {kUnchanged, kPartly, kUnchanged}, "PARTLY_REFUSED"},
  };
  for (const Case& c : cases) {
    v1::TranslateTextResponse response;
    const std::vector<std::string> texts = {"A", "B", "C", "D"};
    const std::vector<std::string> languages = {"fr", "pt", "fr", "de"};
    for (size_t i = 0; i < texts.size(); ++i) {
      v1::Translation* translation = response.add_translations();
      *translation = Translated(texts[i], languages[i]);
      if (i < c.verdicts.size()) translation->set_verdict(c.verdicts[i]);
    }
    response.mutable_translations(1)->set_translated_text("BBBB");
    const Json answer = Json::parse(AnswerTranslate(*request, {response}));
    EXPECT_EQ(answer["translatedText"], Json({"<p>A<b>BBBB</b>C", "<i>D</i>"})) << c.what;
    EXPECT_EQ(answer["signalbook"][0]["verdict"], c.verdict) << c.what;
    EXPECT_EQ(answer["signalbook"][1]["verdict"], "TRANSLATED") << c.what;
    EXPECT_EQ(answer["detectedLanguage"][0]["language"], "pt") << c.what;
    EXPECT_EQ(answer["detectedLanguage"][1]["language"], "de") << c.what;
  }
}

TEST(LibreTranslateApiTest, Detect) {
  struct Case {
    const char* what;
    LibreBody body;
    std::vector<std::string> detected;
    Json answer;
  };
  const Case cases[] = {
      {"one", JsonBody(R"({"q":"Bonjour"})"), {"fr"}, {{{"language", "fr"}, {"confidence", 97}}}},
      {"a form",
       Form({{"q", "Hei på deg"}, {"api_key", "k"}}),
       {"no"},
       {{{"language", "nb"}, {"confidence", 97}}}},
      {"nobody can tell",
       JsonBody(R"({"q":"🇨🇦"})"),
       {""},
       {{{"language", "en"}, {"confidence", 0}}}},
      {"a list, that of most text first",
       JsonBody(R"({"q":["Hi","Bonjour tout le monde","?????????","Hello"]})"),
       {"en", "fr", "", "en"},
       {{{"language", "fr"}, {"confidence", 97}}, {{"language", "en"}, {"confidence", 97}}}},
  };
  for (const Case& c : cases) {
    const absl::StatusOr<LibreDetectRequest> request = ParseDetect(c.body);
    ASSERT_TRUE(request.ok()) << c.what;
    ASSERT_EQ(request->detect.contents_size(), static_cast<int>(c.detected.size())) << c.what;
    v1::DetectLanguageResponse response;
    for (const std::string& tag : c.detected) response.add_detections()->set_language_code(tag);
    EXPECT_EQ(Json::parse(AnswerDetect(*request, response)), c.answer) << c.what;
  }
  EXPECT_EQ(ParseDetect(Form({{"q", "a"}, {"api_key", "k"}}))->api_key, "k");
  EXPECT_EQ(AnswerError(ParseDetect(JsonBody("{}")).status()).json,
            R"({"error":"Invalid request: missing q parameter"})");
}

}  // namespace
}  // namespace signalbook
