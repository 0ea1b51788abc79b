#include "translator/models/apertium_mode.h"

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace signalbook {
namespace {

using testing::ElementsAre;

TEST(ParseApertiumModeTest, ReadsWhatReleasedPairsUse) {
  const auto commands = ParseApertiumMode(
      "lt-proc '/usr/a b.bin' | apertium-tagger -g $2 \"/usr/x\"|lt-proc $1 y\t''\n");
  ASSERT_TRUE(commands.ok()) << commands.status();
  EXPECT_THAT(*commands, ElementsAre(ElementsAre("lt-proc", "-z", "/usr/a b.bin"),
                                     ElementsAre("apertium-tagger", "-z", "-g", "/usr/x"),
                                     ElementsAre("lt-proc", "-z", "-g", "y", "")));
}

TEST(ParseApertiumModeTest, RefusesWhatTakesAShell) {
  for (std::string_view line :
       {"",         " ",     "a |",   "| a",   "a || b", "a | | b", "a 'b",   "a \"b",
        "a; b",     "a & b", "a > b", "a < b", "a $3",   "a $HOME", "a $(b)", "a `b`",
        "a \"$b\"", "a *",   "a ~",   "a \\b", "a # b",  "(a)",     "a $"}) {
    EXPECT_EQ(ParseApertiumMode(line).status().code(), absl::StatusCode::kInvalidArgument) << line;
  }
}

TEST(LocaleOfApertiumCodeTest, MapsToBcp47) {
  struct {
    std::string_view code, locale;
  } const kRows[] = {
      {"eng", "en"},
      {"spa", "es"},
      {"spa_LATAM", "es-419"},
      {"eng_US", "en-US"},
      {"pt_BR", "pt-BR"},
      {"por_PTpre1990", ""},
      {"cat_valencia", "ca-valencia"},
      {"nno", "nn"},
      {"srp_Latn", "sr-Latn"},
      {"zho", "zh"},
      {"arg", "an"},
      {"ast", "ast"},
      {"", ""},
      {"x", ""},
      {"e-n", ""},
      {"english", ""},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(LocaleOfApertiumCode(row.code).value_or(""), row.locale) << row.code;
  }
}

TEST(FindApertiumModeTest, MatchesLanguageAndScriptThenRegion) {
  std::vector<ApertiumMode> modes;
  for (const char* name : {"eng-spa_LATAM", "eng-spa", "spa-eng", "spa-eng_US", "eng-zho",
                           "eng-srp_Latn", "cat_valencia-spa", "oci-fra"}) {
    const std::string text = name;
    const size_t hyphen = text.find('-');
    modes.push_back({.name = name,
                     .source_locale = *LocaleOfApertiumCode(text.substr(0, hyphen)),
                     .target_locale = *LocaleOfApertiumCode(text.substr(hyphen + 1))});
  }
  struct {
    std::string_view from, to, mode;
  } const kRows[] = {
      {"en", "es", "eng-spa"},
      {"en", "es-ES", "eng-spa"},
      {"en-GB", "es", "eng-spa"},
      {"en", "es-AR", "eng-spa_LATAM"},
      {"en", "es-419", "eng-spa_LATAM"},
      {"es", "en", "spa-eng"},
      {"es", "en-US", "spa-eng_US"},
      {"es-AR", "en-GB", "spa-eng"},
      {"en", "zh", "eng-zho"},
      {"en", "zh-Hans", "eng-zho"},
      {"en", "zh-Hant", ""},
      {"en", "zh-TW", ""},
      {"en", "sr-Latn", "eng-srp_Latn"},
      {"en", "sr", ""},
      {"ca", "es", "cat_valencia-spa"},
      {"en", "en", ""},
      {"es", "es", ""},
      {"fr", "oc", ""},
      {"", "es", ""},
      {"en", "not a tag", ""},
      {"en-Latn", "es-Latn-ES", "eng-spa"},
  };
  for (const auto& row : kRows) {
    const ApertiumMode* mode = FindApertiumMode(modes, row.from, row.to);
    EXPECT_EQ(mode == nullptr ? "" : mode->name, row.mode) << row.from << " → " << row.to;
  }
}

TEST(LoadApertiumModesTest, TakesTranslationModesAndTheirVersions) {
  const std::string directory = testing::TempDir() + "/modes";
  ASSERT_EQ(std::system(("rm -rf " + directory + " && mkdir " + directory).c_str()), 0);
  std::ofstream(directory + "/eng-spa.mode") << "a '/data/apertium-eng-spa/x.bin' | b";
  std::ofstream(directory + "/eng-spa-tagger.mode") << "a";
  std::ofstream(directory + "/eng-fra.mode") << "a; b";
  std::ofstream(directory + "/cat-spa.mode") << "a";
  std::ofstream(directory + "/README") << "no mode";
  std::ofstream(directory + "/status")
      << "Package: apertium-eng-spa\nStatus: install ok installed\nVersion: 0.8.1-2\n\n"
         "Package: bash\nVersion: 5\n";

  const auto modes = LoadApertiumModes(directory, directory + "/status");
  ASSERT_EQ(modes.size(), 2u);
  EXPECT_EQ(modes[0].name, "cat-spa");
  EXPECT_EQ(modes[0].version, "");
  EXPECT_EQ(modes[1].name, "eng-spa");
  EXPECT_EQ(modes[1].version, "0.8.1-2");
  EXPECT_THAT(LoadApertiumModes(directory + "/none", ""), ElementsAre());
}

}  // namespace
}  // namespace signalbook
