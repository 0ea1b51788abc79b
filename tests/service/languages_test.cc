// What a server says of languages: which there are, which a message is in, whether to offer its translation.
#include "service/languages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "service/status.h"
#include "tests/service/server_fixture.h"

namespace signalbook {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<LanguagePair> kPairs = {{"en", "es", ""}, {"en", "pt", "es"}};

TEST(DetectLanguageTest, SaysWhetherToOfferATranslation) {
  const std::shared_ptr<const Translator> translator = MakeTranslator(nullptr);
  const struct {
    const char* what;
    const char* content;
    const char* target;
    const char* language;
    v1::Advice advice;
  } kRows[] = {
      {"prose that a model translates", "I will see you tomorrow at the station", "es", "en",
       v1::ADVICE_TRANSLATE},
      {"with emoji", "I will see you tomorrow at the station 🚉", "es-AR", "en",
       v1::ADVICE_TRANSLATE},
      {"prose that none translates", "Nous nous verrons demain à la gare centrale", "es", "fr",
       v1::ADVICE_NO_MODEL},
      {"no model into that language", "I will see you tomorrow at the station", "fr", "en",
       v1::ADVICE_NO_MODEL},
      {"in the language wanted", "I will see you tomorrow at the station", "en-GB", "en",
       v1::ADVICE_ALREADY_IN_TARGET},
      {"emoji alone", "🇨🇦👍🏽", "es", "", v1::ADVICE_NOTHING_TO_TRANSLATE},
      {"half a flag", "🇨", "es", "", v1::ADVICE_NOTHING_TO_TRANSLATE},
      {"links and names", "https://example.com/a @ana", "es", "", v1::ADVICE_NOTHING_TO_TRANSLATE},
      {"nothing", "", "es", "", v1::ADVICE_NOTHING_TO_TRANSLATE},
      {"a word of many languages", "pizza", "es", "", v1::ADVICE_LANGUAGE_UNCERTAIN},
      {"no target named", "I will see you tomorrow at the station", "", "en",
       v1::ADVICE_UNSPECIFIED},
  };
  for (const auto& row : kRows) {
    v1::DetectLanguageRequest request;
    request.add_contents(row.content);
    request.set_target_language_code(row.target);
    v1::DetectLanguageResponse response;
    const absl::Status status = Answer(*translator, kPairs, request, &response);
    ASSERT_TRUE(status.ok()) << row.what << ": " << status;
    ASSERT_EQ(response.detections_size(), 1);
    EXPECT_EQ(response.detections(0).language_code(), row.language) << row.what;
    EXPECT_EQ(response.detections(0).advice(), row.advice) << row.what;
  }
}

TEST(DetectLanguageTest, CodesOfADialectAreNoProse) {
  const std::shared_ptr<const Translator> translator = MakeTranslator(nullptr);
  v1::DetectLanguageRequest request;
  request.add_contents(":thumbsup:");
  request.set_target_language_code("es");
  for (const bool named : {false, true}) {
    if (named) request.add_dialects("github");
    v1::DetectLanguageResponse response;
    ASSERT_TRUE(Answer(*translator, kPairs, request, &response).ok());
    EXPECT_EQ(response.detections(0).advice() == v1::ADVICE_NOTHING_TO_TRANSLATE, named);
  }
}

TEST(DetectLanguageTest, RefusesWhatTranslateTextRefuses) {
  const std::shared_ptr<const Translator> translator = MakeTranslator(nullptr);
  v1::DetectLanguageRequest none;
  v1::DetectLanguageRequest target;
  target.add_contents("a");
  target.set_target_language_code("xx");
  v1::DetectLanguageRequest dialect;
  dialect.add_contents("a");
  dialect.add_dialects("morse");
  const struct {
    const v1::DetectLanguageRequest& request;
    std::string_view reason;
  } kRows[] = {{none, reason::kContentsEmpty},
               {target, reason::kTargetLanguageUnknown},
               {dialect, reason::kDialectUnknown}};
  for (const auto& row : kRows) {
    v1::DetectLanguageResponse response;
    EXPECT_EQ(ReasonOf(Answer(*translator, kPairs, row.request, &response)), row.reason);
  }
}

TEST_F(ServerTest, ListsLanguages) {
  Start(nullptr);
  v1::ListLanguagesRequest request;
  request.set_display_language_code("es");
  for (int again = 0; again < 2; ++again) {
    v1::ListLanguagesResponse response;
    grpc::ClientContext context;
    const grpc::Status status = stub_->ListLanguages(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_FALSE(response.book().hash().empty());
    EXPECT_GT(response.sequences(), 0);
    const v1::Language* spanish = nullptr;
    std::string previous;
    for (const v1::Language& language : response.languages()) {
      EXPECT_LT(previous, language.language_code());
      previous = language.language_code();
      EXPECT_LE(language.named_sequences(), response.sequences());
      if (language.language_code() == "es") spanish = &language;
    }
    ASSERT_NE(spanish, nullptr);
    EXPECT_EQ(spanish->display_name(), "español");
    EXPECT_GT(spanish->named_sequences(), 0);
    EXPECT_TRUE(spanish->guarded());
    EXPECT_THAT(spanish->model_targets(), IsEmpty());
  }
  request.set_display_language_code("xx");
  v1::ListLanguagesResponse response;
  grpc::ClientContext context;
  EXPECT_EQ(DetailsOf(stub_->ListLanguages(&context, request, &response)).reason,
            "DISPLAY_LOCALE_UNKNOWN");
}

TEST(ListLanguagesTest, NamesWhatModelsTranslateInto) {
  const auto live = std::make_shared<const LiveBook>(LiveBook{MakeTranslator(nullptr), 0});
  NamedCounts counts;
  v1::ListLanguagesResponse response;
  ASSERT_TRUE(Answer(*live->translator, *counts.Of(live), kPairs, {}, &response).ok());
  for (const v1::Language& language : response.languages()) {
    if (language.language_code() == "en") {
      EXPECT_EQ(language.display_name(), "English");
      EXPECT_THAT(language.model_targets(), ElementsAre("es", "pt"));
    } else if (language.language_code() == "en-GB") {
      EXPECT_THAT(language.model_targets(), ElementsAre("es", "pt"));
    } else if (language.language_code() == "fr" || language.language_code() == "hi-Latn") {
      // The names of hi-Latn come from English where it has none; its text does not.
      EXPECT_THAT(language.model_targets(), IsEmpty()) << language.language_code();
    }
  }
}

}  // namespace
}  // namespace signalbook
