// SARIF 2.1.0, as code hosts show it beside the lines of a pull request: what the reports of `book lint` and
// `check` have in common.
//
// Thread rule: one thread.
#ifndef SIGNALBOOK_SERVICE_CLI_SARIF_H_
#define SIGNALBOOK_SERVICE_CLI_SARIF_H_

#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace signalbook {

struct SarifRule {
  std::string id;
  std::string description;
  std::string level;  // "error", "warning"
};

// The reference to a file: percent-encoded, relative where `path` is relative or stands below the
// working folder, with the scheme "file" elsewhere.
std::string SarifUri(std::string_view path);

// {"physicalLocation": …}; `line` from 1, 0: the file as a whole.
nlohmann::ordered_json SarifLocation(std::string_view path, int64_t line);

// A document of one run, written as it comes, so that memory does not grow with the results.
class SarifWriter {
 public:
  // `write` takes the document piece by piece. `tool_version` may be empty.
  SarifWriter(std::function<void(std::string_view)> write, std::string tool_name,
              std::string tool_version, std::vector<SarifRule> rules);

  // `result`: its other members (message, locations …). A rule that is not in the list is added to it.
  void Add(const std::string& rule, const std::string& level, const nlohmann::ordered_json& result);

  // The end, with further members of the run (invocations, properties); an object.
  void Finish(const nlohmann::ordered_json& run_members);

 private:
  const std::function<void(std::string_view)> write_;
  const std::string tool_name_, tool_version_;
  std::vector<SarifRule> rules_;
  std::map<std::string, size_t> rule_index_;
  bool first_ = true;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_CLI_SARIF_H_
