// SARIF 2.1.0: a result a finding, an error; a bad line is a result as well.
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "service/check/judge.h"
#include "service/check/report_parts.h"
#include "service/cli/sarif.h"
#include "service/strings.h"

namespace signalbook::check {
namespace {

using Json = nlohmann::ordered_json;

// GitHub keeps no more of a run.
constexpr int64_t kMostResults = 5000;
constexpr std::string_view kBadLineRule = "corpus/bad-line";
// A result is one of thousands that a page lists.
constexpr size_t kMostTextBytes = 1000;

std::vector<SarifRule> AllRules() {
  std::vector<SarifRule> rules;
  for (const Rule& rule : Rules()) {
    rules.push_back({std::string(rule.id), std::string(rule.description), "error"});
  }
  rules.push_back({std::string(kBadLineRule), "a line of a corpus that is no case", "error"});
  return rules;
}

// Stays the same while the line moves in its file, so that a code host knows a finding again: the
// key of the baseline.
std::string Fingerprint(const CaseResult& result, const Finding& finding) {
  std::string key;
  for (const std::string& part : {finding.rule, result.to, result.sequence, result.text_hash}) {
    key += part + '\n';
  }
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest.data());
  std::string hex;
  for (size_t i = 0; i < 16; ++i) {
    std::array<char, 3> two;
    std::snprintf(two.data(), two.size(), "%02x", digest[i]);
    hex += two.data();
  }
  return hex;
}

// In a message of SARIF "{0}" is a placeholder and "[text](1)" a link.
std::string MessageText(std::string_view text) {
  std::string escaped;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{' || text[i] == '}') escaped += text[i];
    if (text.substr(i, 2) == "](") escaped += '\\';
    escaped += text[i];
  }
  return escaped;
}

std::string MessageOf(const CaseResult& result, const Finding& finding) {
  std::string text = StrCat(Shown(finding.message, kMostTextBytes), " (", Visible(result.id), ", ",
                            Direction(result), ")");
  const auto add = [&](std::string_view label, std::string_view shown) {
    text += StrCat("\n", label, ": ", Shown(shown, kMostTextBytes));
  };
  if (!finding.expected.empty() || !finding.actual.empty()) {
    add("expected", finding.expected);
    add("actual", finding.actual);
  }
  add("source", result.source);
  add("output", result.output);
  return MessageText(text);
}

Json LocationOf(std::string_view file, int64_t line, std::string_view id) {
  // GitHub refuses the whole document for one result without a file; so what has none is given the
  // generator's name, which names no file of the repository, beside its logical location.
  Json location =
      SarifLocation(file.empty() || file == "-" ? "stdin" : file, std::max<int64_t>(line, 1));
  if (line > 0) return location;
  location["physicalLocation"]["artifactLocation"]["description"] = {
      {"text", "made by a generator, no file"}};
  location["logicalLocations"] =
      Json::array({{{"name", Visible(id)},
                    {"fullyQualifiedName", StrCat(Visible(file), "::", Visible(id))},
                    {"kind", "member"}}});
  return location;
}

class SarifReport final : public ReportWriter {
 public:
  SarifReport(std::unique_ptr<OutputFile> file, const RunInfo& info)
      : file_(std::move(file)),
        info_(info),
        sarif_([this](std::string_view text) { file_->Write(text); }, "signalbook check",
               info.tool_version, AllRules()) {}

  void Add(const CaseResult& result) override {
    for (const Finding& finding : result.findings) {
      if (++results_ > kMostResults) continue;
      Json json = {{"message", {{"text", MessageOf(result, finding)}}},
                   {"locations", Json::array({LocationOf(result.file, result.line, result.id)})},
                   {"partialFingerprints", {{"signalbook/v1", Fingerprint(result, finding)}}}};
      sarif_.Add(Visible(finding.rule), "error", json);
    }
  }

  void Add(const BadLine& line) override {
    if (++results_ > kMostResults) return;
    sarif_.Add(std::string(kBadLineRule), "error",
               {{"message", {{"text", MessageText(Shown(line.what, kMostTextBytes))}}},
                {"locations", Json::array({LocationOf(line.file, line.line, "")})}});
  }

  absl::Status Finish(const RunSummary& summary) override {
    Json notifications = Json::array();
    const auto notify = [&](std::string_view level, std::string_view text) {
      notifications.push_back({{"level", level}, {"message", {{"text", MessageText(text)}}}});
    };
    notify("note", Headline(summary));
    const std::string who = WhoAnswered(info_);
    if (!who.empty()) notify("note", StrCat("answered by ", who));
    const std::string counts = SideCounts(summary);
    if (!counts.empty()) notify("note", counts);
    if (results_ > kMostResults) {
      notify("warning", StrCat("and ", results_ - kMostResults, " more results; the first ",
                               kMostResults, " are listed"));
    }
    Json invocation = {{"executionSuccessful", true},
                       {"toolExecutionNotifications", std::move(notifications)}};
    sarif_.Finish({{"invocations", Json::array({std::move(invocation)})},
                   {"properties",
                    {{"passed", summary.passed},
                     {"failed", summary.failed},
                     {"accepted", summary.accepted},
                     {"badLines", summary.bad_lines},
                     {"leftOut", summary.left_out}}}});
    return file_->Commit();
  }

 private:
  const std::unique_ptr<OutputFile> file_;
  const RunInfo info_;
  SarifWriter sarif_;
  int64_t results_ = 0;
};

}  // namespace

std::unique_ptr<ReportWriter> MakeSarifReport(std::unique_ptr<OutputFile> file,
                                              const RunInfo& info) {
  return std::make_unique<SarifReport>(std::move(file), info);
}

}  // namespace signalbook::check
