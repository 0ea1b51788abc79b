// Every error that translation.proto lists for a bad request: code, reason, field, and that the
// description says what is allowed.
#include "service/request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "service/limits.h"
#include "service/status.h"
#include "tests/service/server_fixture.h"
#include "tests/support/test_book.h"

namespace signalbook {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

struct Expected {
  std::string reason;
  std::string field;
  std::string says;  // part of the description
};

void ExpectError(const absl::Status& error, const Expected& expected) {
  const grpc::Status status = ToGrpcStatus(error);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const ErrorDetails details = DetailsOf(status);
  EXPECT_EQ(details.reason, expected.reason);
  EXPECT_EQ(details.domain, "signalbook");
  EXPECT_EQ(details.field, expected.field);
  EXPECT_THAT(details.description, HasSubstr(expected.says));
  EXPECT_EQ(status.error_message(), expected.field + ": " + details.description);
}

void Fill(v1::TranslateTextRequest* request, int count, int code_points) {
  for (int i = 0; i < count; ++i) request->add_contents(std::string(code_points, 'x'));
}

TEST(CheckTranslateTest, NamesEveryError) {
  struct Case {
    std::string name;
    std::function<void(v1::TranslateTextRequest*)> spoil;  // a good request
    Expected expected;
  };
  const std::vector<Case> cases = {
      {"no contents",
       [](auto* r) { r->clear_contents(); },
       {"CONTENTS_EMPTY", "contents", "1 to 128"}},
      {"one message too many",
       [](auto* r) { Fill(r, 128, 1); },
       {"TOO_MANY_CONTENTS", "contents", "at most 128"}},
      {"one code point too many",
       [](auto* r) { Fill(r, 1, 8193); },
       {"CONTENT_TOO_LONG", "contents[1]", "8193 code points; at most 8192"}},
      {"a batch too long",
       [](auto* r) { Fill(r, 8, 8192); },
       {"BATCH_TOO_LONG", "contents", "at most 65536"}},
      {"no target",
       [](auto* r) { r->clear_target_language_code(); },
       {"TARGET_LANGUAGE_MISSING", "target_language_code", "required"}},
      {"unknown target",
       [](auto* r) { r->set_target_language_code("xx"); },
       {"TARGET_LANGUAGE_UNKNOWN", "target_language_code", "\"xx\" is unknown"}},
      {"a target that is no tag",
       [](auto* r) { r->set_target_language_code("¿es?"); },
       {"TARGET_LANGUAGE_UNKNOWN", "target_language_code", "BCP 47"}},
      {"a long target is not repeated",
       [](auto* r) { r->set_target_language_code(std::string(65, 'a')); },
       {"TARGET_LANGUAGE_UNKNOWN", "target_language_code", "a value of 65 bytes"}},
      {"unknown source",
       [](auto* r) { r->set_source_language_code("xx"); },
       {"SOURCE_LANGUAGE_UNKNOWN", "source_language_code", "\"xx\" is unknown"}},
      {"unknown emoji mode",
       [](auto* r) { r->set_emoji_mode(static_cast<v1::EmojiMode>(77)); },
       {"ENUM_VALUE_UNKNOWN", "emoji_mode",
        "77 is not one of EMOJI_MODE_UNSPECIFIED, EMOJI_MODE_"}},
      {"unknown policy",
       [](auto* r) { r->set_policy(static_cast<v1::Policy>(-1)); },
       {"ENUM_VALUE_UNKNOWN", "policy", "POLICY_STRICT"}},
      {"a dialect",
       [](auto* r) { r->add_dialects("klingon"); },
       {"DIALECT_UNKNOWN", "dialects[0]", "expected github, slack"}},
      {"a market",
       [](auto* r) { r->set_market("XX"); },
       {"MARKET_UNKNOWN", "market", "the book has AR, CN"}},
      {"invalid UTF-8",
       [](auto* r) { r->add_contents("ab\xFF"); },
       {"INVALID_UTF8", "contents[1]", "offset 2"}},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    v1::TranslateTextRequest request = ProseRequest();
    test.spoil(&request);
    ExpectError(CheckRequest(request, *TestBook()).status(), test.expected);
  }
}

TEST(CheckTranslateTest, TheLimitsThemselvesAreAllowed) {
  v1::TranslateTextRequest request = ProseRequest();
  request.clear_contents();
  Fill(&request, 128, 512);  // as many as may be, as long together as may be
  EXPECT_TRUE(CheckRequest(request, *TestBook()).ok());

  // Code points, not bytes: 4 bytes each.
  std::string flags;
  for (int i = 0; i < 8192; ++i) flags += "\U0001F1E8";
  request.clear_contents();
  request.add_contents(flags);
  EXPECT_TRUE(CheckRequest(request, *TestBook()).ok());
}

TEST(CheckTranslateTest, NumbersStandInTheMetadata) {
  v1::TranslateTextRequest request = ProseRequest();
  Fill(&request, 1, 9000);
  const ErrorDetails details = DetailsOf(ToGrpcStatus(CheckRequest(request, *TestBook()).status()));
  EXPECT_THAT(details.metadata,
              UnorderedElementsAre(Pair("actual", "9000"), Pair("limit", "8192")));
}

TEST(CheckTranslateTest, ResolvesLanguagesAndModes) {
  v1::TranslateTextRequest request;
  request.add_contents("");
  request.set_target_language_code("zh-TW");
  const auto defaults = CheckRequest(request, *TestBook());
  ASSERT_TRUE(defaults.ok()) << defaults.status();
  EXPECT_EQ(TestBook()->locales().script(defaults->options.target), "Hant");
  EXPECT_EQ(defaults->options.source, std::nullopt);
  EXPECT_EQ(defaults->options.emoji_mode, EmojiMode::kKeep);
  EXPECT_EQ(defaults->options.policy, Policy::kGuarded);

  request.set_source_language_code("en");
  request.set_emoji_mode(v1::EMOJI_MODE_KEEP_AND_NAME);
  request.set_policy(v1::POLICY_STRICT);
  const auto chosen = CheckRequest(request, *TestBook());
  ASSERT_TRUE(chosen.ok()) << chosen.status();
  EXPECT_EQ(chosen->options.source, TestLocale("en"));
  EXPECT_EQ(chosen->options.emoji_mode, EmojiMode::kKeepAndName);
  EXPECT_EQ(chosen->options.policy, Policy::kStrict);
}

TEST(CheckAnalyzeTest, NamesEveryError) {
  struct Case {
    std::string name;
    std::function<void(v1::AnalyzeTextRequest*)> spoil;
    Expected expected;
  };
  const std::vector<Case> cases = {
      {"no contents",
       [](auto* r) { r->clear_contents(); },
       {"CONTENTS_EMPTY", "contents", "1 to 128"}},
      {"too many locales",
       [](auto* r) {
         for (int i = 0; i < 17; ++i) r->add_display_locales("en");
       },
       {"TOO_MANY_LOCALES", "display_locales", "17 locales; at most 16"}},
      {"an unknown locale",
       [](auto* r) {
         r->add_display_locales("es");
         r->add_display_locales("xx");
       },
       {"DISPLAY_LOCALE_UNKNOWN", "display_locales[1]", "\"xx\" is unknown"}},
      {"a batch too long for so many locales",
       [](auto* r) {
         for (int i = 0; i < 16; ++i) r->add_display_locales("en");
         r->set_contents(0, std::string(4097, 'x'));
       },
       {"BATCH_TOO_LONG", "contents", "counted for 16 display locales; at most 65536"}},
      {"invalid UTF-8",
       [](auto* r) { r->add_contents("\xE2\x82"); },
       {"INVALID_UTF8", "contents[1]", "offset 0"}},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    v1::AnalyzeTextRequest request;
    request.add_contents("hello");
    test.spoil(&request);
    ExpectError(CheckRequest(request, *TestBook()).status(), test.expected);
  }
}

TEST(CheckAnalyzeTest, KeepsTheOrderOfLocales) {
  v1::AnalyzeTextRequest request;
  request.add_contents("hello");
  request.add_display_locales("es");
  request.add_display_locales("en");
  const auto input = CheckRequest(request, *TestBook());
  ASSERT_TRUE(input.ok()) << input.status();
  EXPECT_THAT(input->display_locales, ElementsAre(TestLocale("es"), TestLocale("en")));
}

TEST(CheckJudgeTest, NamesEveryError) {
  struct Case {
    std::string name;
    std::function<void(v1::JudgeCandidateRequest*)> spoil;
    Expected expected;
  };
  const std::vector<Case> cases = {
      {"a message too long",
       [](auto* r) { r->set_content(std::string(8193, 'x')); },
       {"CONTENT_TOO_LONG", "content", "8193 code points; at most 8192"}},
      {"a candidate too long",
       [](auto* r) { r->set_candidate(std::string(65537, 'x')); },
       {"CANDIDATE_TOO_LONG", "candidate", "65537 code points; at most 65536"}},
      {"no source language",
       [](auto* r) { r->clear_source_language_code(); },
       {"SOURCE_LANGUAGE_MISSING", "source_language_code", "required"}},
      {"no target language",
       [](auto* r) { r->clear_target_language_code(); },
       {"TARGET_LANGUAGE_MISSING", "target_language_code", "required"}},
      {"an unknown source language",
       [](auto* r) { r->set_source_language_code("xx"); },
       {"SOURCE_LANGUAGE_UNKNOWN", "source_language_code", "\"xx\" is unknown"}},
      {"an unknown target language",
       [](auto* r) { r->set_target_language_code("root"); },
       {"TARGET_LANGUAGE_UNKNOWN", "target_language_code", "\"root\" is unknown"}},
      {"invalid UTF-8",
       [](auto* r) { r->set_content("ab\xE2\x82"); },
       {"INVALID_UTF8", "content", "offset 2"}},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    v1::JudgeCandidateRequest request;
    request.set_content("hello");
    request.set_candidate("hola");
    request.set_source_language_code("en");
    request.set_target_language_code("es");
    test.spoil(&request);
    ExpectError(CheckRequest(request, *TestBook()).status(), test.expected);
  }
}

TEST(CodePointsTest, OfMessagesAndCandidates) {
  v1::TranslateTextRequest translate;
  EXPECT_EQ(CodePoints(translate), 0);
  translate.add_contents("é🇨🇦");
  translate.add_contents("");
  translate.add_contents("abc");
  EXPECT_EQ(CodePoints(translate), 6);
  v1::AnalyzeTextRequest analyze;
  *analyze.mutable_contents() = translate.contents();
  analyze.add_display_locales("es");
  EXPECT_EQ(CodePoints(analyze), 6);
  v1::DetectLanguageRequest detect;
  *detect.mutable_contents() = translate.contents();
  EXPECT_EQ(CodePoints(detect), 6);
  v1::JudgeCandidateRequest judge;
  judge.set_content("é");
  judge.set_candidate("🇨🇦");
  EXPECT_EQ(CodePoints(judge), 3);
  EXPECT_EQ(CodePoints(v1::ListLanguagesRequest()), 0);
}

}  // namespace
}  // namespace signalbook
