#include "service/cli/sarif.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "service/strings.h"

namespace signalbook {
namespace {

using Json = nlohmann::ordered_json;

// Texts may hold bytes that are not UTF-8; JSON may not.
std::string Dump(const Json& json) {
  return json.dump(/*indent=*/-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

// What RFC 3986 calls unreserved; "/" parts the folders. A ":" must be encoded: what stands before
// the first one would be a scheme.
bool StaysInUri(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~' || c == '/';
}

}  // namespace

std::string SarifUri(std::string_view path) {
  std::filesystem::path file = std::filesystem::path(path).lexically_normal();
  if (file.is_absolute()) {
    std::error_code error;  // without a working folder it stays absolute
    const std::filesystem::path below =
        file.lexically_relative(std::filesystem::current_path(error));
    if (!error && !below.empty() && *below.begin() != "..") file = below;
  }
  std::string uri = file.is_absolute() ? "file://" : "";
  for (const char c : file.string()) {
    if (StaysInUri(c)) {
      uri += c;
    } else {
      std::array<char, 4> encoded;
      std::snprintf(encoded.data(), encoded.size(), "%%%02X", static_cast<unsigned char>(c));
      uri += encoded.data();
    }
  }
  return uri;
}

Json SarifLocation(std::string_view path, int64_t line) {
  Json physical = {{"artifactLocation", {{"uri", SarifUri(path)}}}};
  if (line > 0) physical["region"] = {{"startLine", line}};
  return {{"physicalLocation", std::move(physical)}};
}

SarifWriter::SarifWriter(std::function<void(std::string_view)> write, std::string tool_name,
                         std::string tool_version, std::vector<SarifRule> rules)
    : write_(std::move(write)),
      tool_name_(std::move(tool_name)),
      tool_version_(std::move(tool_version)),
      rules_(std::move(rules)) {
  for (size_t i = 0; i < rules_.size(); ++i) rule_index_[rules_[i].id] = i;
  write_(
      "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\","
      "\"runs\":[{\"results\":[");
}

void SarifWriter::Add(const std::string& rule, const std::string& level, const Json& result) {
  const auto [found, is_new] = rule_index_.try_emplace(rule, rules_.size());
  if (is_new) rules_.push_back({.id = rule, .description = rule, .level = level});
  Json whole = {{"ruleId", rule}, {"ruleIndex", found->second}, {"level", level}};
  whole.update(result);
  write_(StrCat(first_ ? "\n" : ",\n", Dump(whole)));
  first_ = false;
}

void SarifWriter::Finish(const Json& run_members) {
  Json rules = Json::array();
  for (const SarifRule& rule : rules_) {
    // GitHub's code scanning wants all three.
    rules.push_back({{"id", rule.id},
                     {"shortDescription", {{"text", rule.description}}},
                     {"fullDescription", {{"text", rule.description}}},
                     {"help", {{"text", rule.description}}},
                     {"defaultConfiguration", {{"level", rule.level}}}});
  }
  Json driver = {{"name", tool_name_}};
  if (!tool_version_.empty()) driver["version"] = tool_version_;
  driver["rules"] = std::move(rules);
  // The list of rules is known only now; the order of members means nothing.
  write_(StrCat("],\n\"tool\":", Dump({{"driver", std::move(driver)}}),
                ",\n\"columnKind\":\"unicodeCodePoints\""));
  for (const auto& [name, member] : run_members.items()) {
    write_(StrCat(",\n", Dump(name), ":", Dump(member)));
  }
  write_("}]}\n");
}

}  // namespace signalbook
