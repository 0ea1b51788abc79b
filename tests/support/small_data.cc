#include "tests/support/small_data.h"

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>

namespace signalbook {
namespace {

constexpr char kAnnotations[] = "# Source: npm cldr-annotations-full@48.2.0\n";
constexpr char kTerritories[] = "# Source: npm cldr-localenames-full@48.2.0\n";
constexpr char kSubdivisions[] = "# Source: npm cldr-subdivisions-full@48.2.0\n";

}  // namespace

SmallData::SmallData() {
  static std::atomic<int> count = 0;
  dir_ = std::filesystem::temp_directory_path() /
         ("signalbook-data-" + std::to_string(getpid()) + "-" + std::to_string(count++));
  Write("emoji/sequences.tsv",
        "1F1E8-1F1E6\t1F1E8-1F1E6\tflag\t2.0\tFlags\tcountry-flag\n"
        "1F1FA-1F1F8\t1F1FA-1F1F8\tflag\t2.0\tFlags\tcountry-flag\n"
        "1F3F4\t1F3F4\tbasic\t1.0\tFlags\tflag\n"
        "1F3F4-E0067-E0062-E0065-E006E-E0067-E007F\t1F3F4-E0067-E0062-E0065-E006E-E0067-E007F\t"
        "tag_flag\t5.0\tFlags\tsubdivision-flag\n"
        "1F44D\t1F44D\tbasic\t0.6\tPeople & Body\thand-fingers-closed\n"
        "1F44D-1F3FD\t1F44D-1F3FD\tmodifier\t1.0\tPeople & Body\thand-fingers-closed\n"
        "1F525\t1F525\tbasic\t0.6\tTravel & Places\tsky & weather\n"
        "1F600\t1F600\tbasic\t1.0\tSmileys & Emotion\tface-smiling\n"
        "2764\t2764-FE0F\tpresentation\t0.6\tSmileys & Emotion\theart\n"
        "2764-200D-1F525\t2764-FE0F-200D-1F525\tzwj\t13.1\tSmileys & Emotion\theart\n");
  Write("emoji/code_points.tsv",
        "1F1E6\t1F1FF\tEmoji\n"
        "1F1E6\t1F1FF\tEmoji_Presentation\n"
        "1F3F4\t1F3F4\tEmoji\n"
        "1F3F4\t1F3F4\tEmoji_Presentation\n"
        "1F3FB\t1F3FF\tEmoji\n"
        "1F3FB\t1F3FF\tEmoji_Modifier\n"
        "1F3FB\t1F3FF\tEmoji_Presentation\n"
        "1F44D\t1F44D\tEmoji\n"
        "1F44D\t1F44D\tEmoji_Modifier_Base\n"
        "1F44D\t1F44D\tEmoji_Presentation\n"
        "1F525\t1F525\tEmoji\n"
        "1F525\t1F525\tEmoji_Presentation\n"
        "1F600\t1F600\tEmoji\n"
        "1F600\t1F600\tEmoji_Presentation\n"
        "2764\t2764\tEmoji\n");
  Write("emoji/regions.tsv", "CA\tregular\nUS\tregular\nYU\tdeprecated\n");
  Write("emoji/subdivisions.tsv", "gbeng\tregular\nusca\tregular\n");
  Write("cldr/locales.tsv",
        "en\troot\tltr\tLatn\n"
        "en-CA\ten\tltr\tLatn\n"
        "es\troot\tltr\tLatn\n"
        "es-419\tes\tltr\tLatn\n"
        "es-AR\tes-419\tltr\tLatn\n"
        "root\t\tltr\t\n"
        "zh\troot\tltr\tHans\n"
        "zh-Hant\troot\tltr\tHant\n");
  Write("cldr/aliases.tsv",
        "likely\ten\ten-Latn-US\n"
        "likely\tes\tes-Latn-ES\n"
        "likely\tzh\tzh-Hans-CN\n"
        "likely\tzh-TW\tzh-Hant-TW\n");
  Write("joins.tsv",
        "root\tisolate_close\t\\u2069\n"
        "root\tisolate_open\t\\u2068\n"
        "root\tname_close\t)\n"
        "root\tname_open\t\\u0020(\n"
        "root\tpart\t\\u0020+\\u0020\n"
        "root\tspace\t\\u0020\n"
        "zh\tspace\t\n");
  Write("concepts.tsv", "death\tconcept\t\tBeing dead.\n");
  Write("cldr/names/en.tsv", std::string(kAnnotations) +
                                 "1F1E8-1F1E6\tflag: Canada\tflag\n"
                                 "1F3F4-E0067-E0062-E0065-E006E-E0067-E007F\tflag: England\tflag\n"
                                 "1F44D\tthumbs up\t+1 | good\n"
                                 "2764\tred heart\theart | love\n");
  Write("cldr/names/es.tsv", std::string(kAnnotations) +
                                 "1F1E8-1F1E6\tbandera: Canadá\tbandera\n"
                                 "1F44D\tpulgar hacia arriba\tpulgar\n"
                                 "2764\tcorazón rojo\tcorazón\n");
  Write("cldr/names/es-419.tsv", std::string(kAnnotations) +
                                     "1F44D\t\tde acuerdo\n"
                                     "1F525\t\tllama\n"
                                     "2764\tcorazón\t\n");
  Write("cldr/territories/en.tsv", std::string(kTerritories) +
                                       "CA\t\tCanada\n"
                                       "US\t\tUnited States\n"
                                       "US\tshort\tUS\n");
  Write("cldr/territories/es.tsv", std::string(kTerritories) +
                                       "CA\t\tCanadá\n"
                                       "US\t\tEstados Unidos\n"
                                       "US\tshort\tEE. UU.\n");
  Write("cldr/territories/es-AR.tsv", std::string(kTerritories) + "US\tshort\tEE.UU.\n");
  Write("cldr/subdivisions/en.tsv",
        std::string(kSubdivisions) + "gbeng\tEngland\nusca\tCalifornia\n");
}

SmallData::~SmallData() {
  std::error_code ignored;
  std::filesystem::remove_all(dir_, ignored);
}

void SmallData::Write(const std::string& file, const std::string& rows) const {
  const std::filesystem::path path = std::filesystem::path(dir_) / file;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << rows;
}

void SmallData::Remove(const std::string& file) const {
  std::filesystem::remove(std::filesystem::path(dir_) / file);
}

}  // namespace signalbook
