#include <google/protobuf/repeated_ptr_field.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "service/http/libretranslate_api.h"
#include "service/limits.h"
#include "service/strings.h"

namespace signalbook {
namespace {

using Json = nlohmann::json;
using Code = std::pair<std::string_view, std::string_view>;

// LibreTranslate's, BCP 47.
constexpr std::array<Code, 2> kFromClients = {{{"pb", "pt-BR"}, {"zt", "zh-Hant"}}};
// As CLDR's rows are called, LibreTranslate's.
constexpr std::array<Code, 2> kToClients = {{{"no", "nb"}, {"zh", "zh-Hans"}}};

std::string Mapped(const std::array<Code, 2>& codes, std::string_view code) {
  const auto* const found = std::find_if(codes.begin(), codes.end(),
                                         [code](const Code& row) { return row.first == code; });
  return std::string(found == codes.end() ? code : found->second);
}

// "zh-Hant" of "zh-Hant-HK", "en" of "en-GB".
std::string WithoutRegion(const std::string& tag) {
  const std::vector<std::string> subtags = absl::StrSplit(tag, '-');
  const bool has_script = subtags.size() > 1 && subtags[1].size() == 4 &&
                          absl::ascii_isalpha(static_cast<unsigned char>(subtags[1][0]));
  return has_script ? StrCat(subtags[0], "-", subtags[1]) : subtags[0];
}

struct Row {
  std::string name;
  std::set<std::string> targets;
  bool from_model = false;  // a model translates it
};

// By LibreTranslate's code. ListLanguages has a row for each locale of the book; "en-GB" says nothing new if all
// its targets are those of "en".
std::map<std::string, Row> RowsOf(const v1::ListLanguagesResponse& languages) {
  std::map<std::string, Row> all;
  std::set<std::string> wanted;
  for (const v1::Language& language : languages.languages()) {
    Row& row = all[LibreCodeOf(language.language_code())];
    if (row.name.empty()) row.name = language.display_name();
    for (const std::string& target : language.model_targets()) {
      row.targets.insert(LibreCodeOf(target));
      row.from_model = true;
    }
    wanted.insert(row.targets.begin(), row.targets.end());
  }
  std::map<std::string, Row> rows;
  for (const std::string& code : wanted) {
    const auto known = all.find(code);
    rows[code] = known != all.end() ? known->second : Row{.name = code};
  }
  for (const auto& [code, row] : all) {
    if (!row.from_model || rows.contains(code)) continue;
    const auto base = all.find(LibreCodeOf(WithoutRegion(code)));
    const bool is_variant =
        base != all.end() && base->first != code && base->second.targets == row.targets;
    if (!is_variant) rows[code] = row;
  }
  for (auto& [code, row] : rows) row.targets.insert(code);
  return rows;
}

}  // namespace

std::string TagOfLibreCode(std::string_view code) { return Mapped(kFromClients, code); }
std::string LibreCodeOf(std::string_view tag) { return Mapped(kToClients, tag); }

std::string LanguagesJson(const v1::ListLanguagesResponse& languages) {
  Json list = Json::array();
  for (const auto& [code, row] : RowsOf(languages)) {
    list.push_back({{"code", code}, {"name", row.name}, {"targets", row.targets}});
  }
  return list.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string SettingsJson(const v1::ListLanguagesResponse& languages, bool needs_api_key) {
  Json target = {{"code", "en"}, {"name", "English"}};
  const std::map<std::string, Row> rows = RowsOf(languages);
  // The first that something is translated into.
  const auto found = std::find_if(rows.begin(), rows.end(), [&rows](const auto& candidate) {
    return std::any_of(rows.begin(), rows.end(), [&candidate](const auto& other) {
      return other.first != candidate.first && other.second.targets.contains(candidate.first);
    });
  });
  if (found != rows.end()) target = {{"code", found->first}, {"name", found->second.name}};
  const Json settings = {
      {"apiKeys", needs_api_key},
      {"charLimit", kMaxContentCodePoints},
      {"filesTranslation", false},
      {"frontendTimeout",
       500},  // milliseconds of silence before a page asks: LibreTranslate's default
      {"keyRequired", needs_api_key},
      {"language",
       {{"source", {{"code", "auto"}, {"name", "Auto Detect"}}}, {"target", std::move(target)}}},
      {"suggestions", false},
      {"supportedFilesFormat", Json::array()}};
  return settings.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string_view HealthJson() { return R"({"status":"ok"})"; }

}  // namespace signalbook
