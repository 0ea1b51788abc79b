// Models of a configuration, in front of servers that behave and servers that don't.
#include "service/model_servers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "service/composition.h"
#include "service/config.h"
#include "service/strings.h"
#include "tests/support/fake_libretranslate.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

// The models of a configuration, Apertium left out.
absl::StatusOr<std::shared_ptr<Model>> Models(const std::string& text) {
  absl::StatusOr<v1::Config> config =
      ParseConfig(StrCat(text, "\napertium { disabled: true }\n"), "test");
  if (!config.ok()) return config.status();
  if (absl::Status status = CompleteConfig(&*config); !status.ok()) return status;
  return ComposeModel(*config);
}

std::string Server(const std::string& name, const std::string& url, const std::string& more = "") {
  return StrCat("models { name: \"", name, "\" libretranslate { url: \"", url, "\" } ", more,
                " }\n");
}

// What is answered to one sentence: its text, or the name of the code.
std::string Ask(Model& model, const std::string& sentence, const std::string& from = "en",
                const std::string& to = "es") {
  const auto answers = model.Translate({.source_locale = from,
                                        .target_locale = to,
                                        .sentences = {sentence},
                                        .deadline = absl::Now() + absl::Seconds(10)});
  if (answers.size() != 1) return StrCat(answers.size(), " answers");
  return answers[0].ok() ? answers[0]->text : absl::StatusCodeToString(answers[0].status().code());
}

class ModelServersTest : public ::testing::Test {
 protected:
  ModelServersTest() { good_.Say("Hello", "Hola"); }

  FakeLibreTranslate good_{{{"en", {"es", "fr"}}, {"es", {"en"}}}};
  FakeLibreTranslate broken_{{{"en", {"es", "fr"}}}};
};

TEST_F(ModelServersTest, AsksTheFirstThatServesThePair) {
  const auto model = Models(Server("a", broken_.url(), "routes { from: \"en\" to: \"fr\" }") +
                            Server("b", good_.url()));
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ(Ask(**model, "Hello"), "Hola");
  EXPECT_EQ(Ask(**model, "Hello", "en", "fr"), "fr:Hello");
  EXPECT_THAT(broken_.questions(), SizeIs(1));
  EXPECT_EQ(Ask(**model, "Hello", "en", "de"), "NOT_FOUND");
}

TEST_F(ModelServersTest, AsksTheNextOneOnlyIfToldTo) {
  broken_.AnswerTranslate(FakeLibreTranslate::Answer{500, "{}"});
  for (const bool next : {false, true}) {
    const auto model = Models(Server("a", broken_.url()) + Server("b", good_.url()) +
                              (next ? "ask_next_model: true" : ""));
    ASSERT_TRUE(model.ok()) << model.status();
    EXPECT_EQ(Ask(**model, "Hello"), next ? "Hola" : "INTERNAL");
  }
}

TEST_F(ModelServersTest, AsksAgainWhatIsUnavailableAndThenLeavesItAlone) {
  broken_.AnswerTranslate(FakeLibreTranslate::Answer{503, "{}"});
  const auto model = Models(Server("a", broken_.url(), "attempts: 2"));
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ(Ask(**model, "Hello"), "UNAVAILABLE");
  EXPECT_THAT(broken_.questions(), SizeIs(2));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Ask(**model, "Hello"), "UNAVAILABLE");
  EXPECT_LE(broken_.questions().size(), 2 * 5u) << "a server that failed five times is left alone";
}

TEST_F(ModelServersTest, KeepsAnswersIfToldTo) {
  const auto model = Models(Server("a", good_.url()) + "model_cache_mib: 1");
  ASSERT_TRUE(model.ok()) << model.status();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Ask(**model, "Hello"), "Hola");
  EXPECT_THAT(good_.questions(), SizeIs(1));
}

TEST_F(ModelServersTest, GoesThroughAThirdLanguage) {
  good_.Say("Bonjour", "Hello");
  FakeLibreTranslate french{{{"fr", {"en"}}}};
  french.Say("Bonjour", "Hello");
  const auto model = Models(Server("a", french.url()) + Server("b", good_.url()) +
                            "pivots { from: \"fr\" via: \"en\" to: \"es\" }");
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ(Ask(**model, "Bonjour", "fr", "es"), "Hola");
}

TEST_F(ModelServersTest, SendsTheKeyOfItsFile) {
  FakeLibreTranslate guarded({{"en", {"es"}}}, "secret");
  const std::string path = testing::TempDir() + "/api_key";
  std::ofstream(path) << "secret\n";
  const std::string row = StrCat("models { name: \"a\" libretranslate { url: \"", guarded.url(),
                                 "\" api_key_file: \"", path, "\" } }");
  const auto model = Models(row);
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ(Ask(**model, "Hello"), "es:Hello");
}

TEST(ModelServersConfigTest, SaysWhatIsWrong) {
  const struct {
    const char* what;
    const char* config;
    const char* says;
  } kRows[] = {
      {"no name", "models { libretranslate { url: \"http://a\" } }", "models[0].name: required"},
      {"no server", "models { name: \"a\" }", "models[0]: one of"},
      {"twice the same name",
       "models { name: \"a\" chat { url: \"http://a\" model: \"m\" } }\n"
       "models { name: \"a\" chat { url: \"http://a\" model: \"m\" } }",
       "models[1].name: \"a\" is there already"},
      {"half a route", "models { name: \"a\" chat { url: \"http://a\" } routes { from: \"en\" } }",
       "models[0].routes[0]"},
      {"too many attempts", "models { name: \"a\" chat { url: \"http://a\" } attempts: 99 }",
       "models[0].attempts: 99"},
      {"no URL", "models { name: \"a\" chat { url: \"localhost\" model: \"m\" } }", "models \"a\""},
      {"no model", "models { name: \"a\" chat { url: \"http://a/v1\" } }", "models \"a\""},
      {"no address", "models { name: \"a\" remote {} }", "models \"a\""},
      {"a key that is not there",
       "models { name: \"a\" libretranslate { url: \"http://a\" api_key_file: \"/none/key\" } }",
       "/none/key"},
      {"no URL of apertium-apy", "models { name: \"a\" apertium_apy {} }", "models \"a\""},
      {"too much at once",
       "models { name: \"a\" apertium_apy { url: \"http://a\" max_parallel: 65 } }",
       "models[0].apertium_apy.max_parallel"},
      {"a cache without end", "model_cache_mib: 1000000", "model_cache_mib"},
  };
  for (const auto& row : kRows) {
    const auto model = Models(row.config);
    EXPECT_FALSE(model.ok()) << row.what;
    EXPECT_THAT(std::string(model.status().message()), HasSubstr(row.says)) << row.what;
  }
}

}  // namespace
}  // namespace signalbook
