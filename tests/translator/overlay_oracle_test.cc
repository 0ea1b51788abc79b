// The book with rows of people on top is the book that the builder makes of the same rows in data/curated.
#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/small_data.h"
#include "tests/translator/overlay_support.h"
#include "translator/overlay.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kNames[] = "# Source: npm cldr-annotations-full@48.2.0\n";

// A few sequences more, which are composed in every way but as keycaps.
void WriteOracleData(const SmallData& data) {
  data.Write("emoji/sequences.tsv",
             "1F1E8-1F1E6\t1F1E8-1F1E6\tflag\t2.0\tFlags\tcountry-flag\n"
             "1F1FA-1F1F8\t1F1FA-1F1F8\tflag\t2.0\tFlags\tcountry-flag\n"
             "1F3C3\t1F3C3\tbasic\t0.6\tPeople & Body\tperson-activity\n"
             "1F3C3-1F3FD\t1F3C3-1F3FD\tmodifier\t1.0\tPeople & Body\tperson-activity\n"
             "1F3C3-1F3FD-200D-27A1\t1F3C3-1F3FD-200D-27A1-FE0F\tzwj\t15.1\tPeople & "
             "Body\tperson-activity\n"
             "1F3C3-200D-27A1\t1F3C3-200D-27A1-FE0F\tzwj\t15.1\tPeople & Body\tperson-activity\n"
             "1F44D\t1F44D\tbasic\t0.6\tPeople & Body\thand-fingers-closed\n"
             "1F44D-1F3FD\t1F44D-1F3FD\tmodifier\t1.0\tPeople & Body\thand-fingers-closed\n"
             "1F44D-1F3FF\t1F44D-1F3FF\tmodifier\t1.0\tPeople & Body\thand-fingers-closed\n"
             "1F525\t1F525\tbasic\t0.6\tTravel & Places\tsky & weather\n"
             "2764\t2764-FE0F\tpresentation\t0.6\tSmileys & Emotion\theart\n");
  data.Write("emoji/code_points.tsv",
             "1F1E6\t1F1FF\tEmoji\n"
             "1F1E6\t1F1FF\tEmoji_Presentation\n"
             "1F3C3\t1F3C3\tEmoji\n"
             "1F3C3\t1F3C3\tEmoji_Modifier_Base\n"
             "1F3C3\t1F3C3\tEmoji_Presentation\n"
             "1F3FB\t1F3FF\tEmoji\n"
             "1F3FB\t1F3FF\tEmoji_Modifier\n"
             "1F3FB\t1F3FF\tEmoji_Presentation\n"
             "1F44D\t1F44D\tEmoji\n"
             "1F44D\t1F44D\tEmoji_Modifier_Base\n"
             "1F44D\t1F44D\tEmoji_Presentation\n"
             "1F525\t1F525\tEmoji\n"
             "1F525\t1F525\tEmoji_Presentation\n"
             "2764\t2764\tEmoji\n"
             "27A1\t27A1\tEmoji\n");
  data.Remove("cldr/subdivisions/en.tsv");
  data.Write("cldr/labels.tsv", "root\tfacing-right\t{0} facing right\n");
  data.Write("tones.tsv",
             "en\t1F3FD\tmedium skin\n"
             "en\t1F3FF\tdark skin\n"
             "en\ttoned\t{0}, {1}\n"
             "es\t1F3FD\tpiel media\n"
             "es\t1F3FF\tpiel oscura\n"
             "es\ttoned\t{0}, {1}\n"
             "es-AR\t1F3FF\tpiel muy oscura\n");
  data.Write("cldr/names/en.tsv", std::string(kNames) +
                                      "1F1E8-1F1E6\tflag: Canada\tflag\n"
                                      "1F3C3\tperson running\tfast\n"
                                      "1F44D\tthumbs up\t+1 | good\n"
                                      "1F44D-1F3FD\tthumbs up: medium skin tone\thand\n"
                                      "2764\tred heart\theart | love\n");
  data.Write("cldr/names/es.tsv", std::string(kNames) +
                                      "1F1E8-1F1E6\tbandera: Canadá\tbandera\n"
                                      "1F3C3\tpersona corriendo\tcorrer\n"
                                      "1F44D\tpulgar hacia arriba\tpulgar\n"
                                      "1F44D-1F3FD\tpulgar hacia arriba: tono medio\tpulgar\n"
                                      "2764\tcorazón rojo\tcorazón\n");
  data.Write("cldr/names/es-419.tsv", std::string(kNames) +
                                          "1F3C3\t\tcorredor\n"
                                          "1F44D\tpulgar arriba\tde acuerdo\n"
                                          "1F44D-1F3FD\tpulgar arriba: tono medio\tpulgar\n"
                                          "1F44D-1F3FF\tpulgar arriba: tono oscuro\tpulgar\n"
                                          "1F525\t\tllama\n"
                                          "2764\tcorazón\t\n");
  data.Write("cldr/names/zh.tsv", std::string(kNames) +
                                      "1F44D\t拇指向上\t赞\n"
                                      "1F44D-1F3FD\t拇指向上：中等肤色\t赞\n");
}

constexpr const char* kOracleLocales[] = {"en", "en-CA", "es", "es-419", "es-AR", "zh"};

struct OracleKey {
  const char* key;
  const char* sequence;
  bool is_base;  // others are composed of it
  std::vector<const char*> texts;
};

const std::vector<OracleKey>& OracleKeys() {
  static const auto* keys = new std::vector<OracleKey>{
      {"1F1E8-1F1E6", "🇨🇦", false, {"Kanada", "Canadá"}},
      {"1F1FA-1F1F8", "🇺🇸", false, {"Usa", "Los Estados"}},
      {"1F3C3", "🏃", true, {"runner", "persona corriendo", "trote"}},
      {"1F3C3-200D-27A1", "🏃‍➡️", true, {"rightward", "rumbo"}},
      {"1F44D", "👍", true, {"bien", "pulgar arriba", "pulgar hacia arriba", "thumbs up"}},
      {"1F44D-1F3FD", "👍🏽", false, {"mano", "bien, piel media"}},
      {"1F525", "🔥", false, {"fuego", "blaze"}},
      {"2764", "❤️", false, {"corazoncito", "amor"}},
  };
  return *keys;
}

bool Inherits(std::string_view locale, std::string_view from) {
  const std::map<std::string_view, std::string_view> parents = {
      {"en-CA", "en"}, {"es-AR", "es-419"}, {"es-419", "es"}};
  for (auto at = parents.find(locale); at != parents.end(); at = parents.find(at->second)) {
    if (at->second == from) return true;
  }
  return false;
}

// By locale and key: the text, "!blocked" when there is none.
using OracleRows = std::map<std::pair<std::string, std::string>, std::string>;

OracleRows DrawOracleRows(std::mt19937_64* random) {
  const auto draw = [&](size_t below) { return static_cast<size_t>((*random)() % below); };
  OracleRows rows;
  for (const OracleKey& key : OracleKeys()) {
    for (const char* locale : kOracleLocales) {
      if (draw(3) != 0) continue;
      // The builder composes a direction in the topmost locale that names its base, and nowhere below.
      const bool is_top = std::string_view(locale) == "en" || std::string_view(locale) == "es";
      if (std::string_view(key.sequence) == "🏃" && !is_top) continue;
      rows[{locale, key.key}] = draw(4) == 0 ? "!blocked" : key.texts[draw(key.texts.size())];
    }
    if (!key.is_base) continue;
    // Below a block it leaves the variants blocked, though their base has a name again.
    for (const char* above : kOracleLocales) {
      const auto row = rows.find({above, key.key});
      if (row == rows.end() || row->second != "!blocked") continue;
      std::erase_if(rows, [&](const auto& other) {
        return other.first.second == key.key && Inherits(other.first.first, above);
      });
    }
  }
  return rows;
}

// The rows in data/curated and the rows on top give the same book, provenance aside.
TEST(OverlayOracleTest, IsTheBookThatTheBuilderMakesOfTheSameRows) {
  SmallData plain;
  WriteOracleData(plain);
  const std::shared_ptr<const Book> base = Build(plain);
  ASSERT_EQ(Look(*base, "es-AR", "👍🏿"),
            "pulgar arriba, piel muy oscura|composed/cldr-48.2/annotations|es-AR");
  ASSERT_THAT(Look(*base, "es", "🏃🏽‍➡️"),
              HasSubstr("persona corriendo facing right, piel media|"));
  std::set<KeyId> variants;
  for (const char* of : {"🏃🏽", "🏃🏽‍➡️", "🏃‍➡️", "👍🏽", "👍🏿"})
    variants.insert(Key(*base, of));
  size_t followed = 0;
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    std::mt19937_64 random(seed);
    const OracleRows drawn = DrawOracleRows(&random);
    SmallData curated;
    WriteOracleData(curated);
    OverlayRows rows;
    std::map<std::string, std::string> tables;
    for (const auto& [place, text] : drawn) {
      const auto& [locale, key] = place;
      tables[locale] += key + "\t" + text + "\t\t\t\n";
      for (const OracleKey& known : OracleKeys()) {
        if (known.key != key) continue;
        rows.names.push_back(NameOf(*base, {locale.c_str(), known.sequence, text.c_str()}));
      }
    }
    for (const auto& [locale, table] : tables) {
      curated.Write("curated/" + locale + ".tsv", table);
    }
    std::shuffle(rows.names.begin(), rows.names.end(), random);
    const std::shared_ptr<const Book> built = Build(curated);
    std::vector<std::string> ignored;
    const std::shared_ptr<const Book> merged = WithOverlay(base, rows, &ignored);
    ASSERT_THAT(ignored, IsEmpty());
    for (size_t id = 0; id < base->locales().size(); ++id) {
      const auto locale = static_cast<LocaleId>(id);
      for (KeyId key = 0; key < base->key_count(); ++key) {
        const auto want = built->Find(locale, key);
        const auto got = merged->Find(locale, key);
        const std::string where = "seed " + std::to_string(seed) + ", " +
                                  std::string(base->locales().tag(locale)) + " " +
                                  std::string(base->key(key).sequence) + ": " + Told(*merged, got) +
                                  " for " + Told(*built, want);
        // Of what had no name nobody knows how it would be composed: it stays without.
        if (variants.contains(key) && !base->Find(locale, key) && (!got || got->blocked)) continue;
        ASSERT_EQ(got ? got->text : "", want ? want->text : "") << where;
        // Where a base is blocked the builder leaves some variants without a name; here they are blocked.
        const bool is_blocked = want && want->blocked;
        const bool got_blocked = got && got->blocked;
        ASSERT_TRUE(got_blocked == is_blocked || (got_blocked && !want)) << where;
        if (got_blocked != is_blocked) {
          ASSERT_EQ(got->source, "composed/moderated") << where;
        }
        followed += got && got->source == "composed/moderated" && !got->blocked;
        if (got && want && got->source.substr(0, 9) != "composed/") {
          ASSERT_EQ(got->alternates, want->alternates) << where;
        }
      }
    }
  }
  EXPECT_GT(followed, 500u);
}

}  // namespace
}  // namespace signalbook
