// signalbook book lint: what is wrong and what is doubtful in the tables, for people and for CI.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "service/cli/book_file.h"
#include "service/cli/cli.h"
#include "service/cli/sarif.h"
#include "service/strings.h"
#include "translator/book_builder.h"
#include "translator/lint.h"

namespace signalbook {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kFooter[] =
    "Example:\n"
    "  signalbook book lint --data data --format sarif > lint.sarif\n"
    "\n"
    "An error stops `book build`. A warning that people have looked at is acknowledged by a row "
    "of\n"
    "lint.tsv in the data, with the reason; it is then only counted.\n"
    "\n"
    "Exit codes: 0 no error; 1 errors; 2 no such folder or table.";

struct Options {
  std::string data = "data";
  std::string format = "text";
  bool rules = false;
};

std::string Level(std::string_view rule) {
  const LintRule* known = FindLintRule(rule);
  return known != nullptr && known->severity == Severity::kWarning ? "warning" : "error";
}

// Cells of a table may hold bytes that are not UTF-8; JSON may not.
std::string Dump(const Json& json) {
  return json.dump(/*indent=*/-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

void PrintText(const Options& options, const Finding& finding) {
  PrintLine(StrCat(options.data, "/", finding.file,
                   finding.line > 0 ? StrCat(":", finding.line) : "", ": ", Level(finding.rule),
                   ": ", finding.rule, ": ", finding.message));
}

void PrintJson(const Options& options, const Finding& finding) {
  PrintLine(Dump({{"file", StrCat(options.data, "/", finding.file)},
                  {"line", finding.line},
                  {"rule", finding.rule},
                  {"level", Level(finding.rule)},
                  {"message", finding.message}}));
}

void PrintSarif(const Options& options, const std::vector<Finding>& findings) {
  std::vector<SarifRule> rules;
  for (const LintRule& rule : LintRules()) {
    rules.push_back({std::string(rule.id), std::string(rule.what), Level(rule.id)});
  }
  SarifWriter sarif([](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); },
                    "signalbook book lint", SIGNALBOOK_VERSION, std::move(rules));
  for (const Finding& finding : findings) {
    sarif.Add(
        std::string(finding.rule), Level(finding.rule),
        {{"message", {{"text", finding.message}}},
         {"locations",
          Json::array({SarifLocation(StrCat(options.data, "/", finding.file), finding.line)})}});
  }
  sarif.Finish(Json::object());
}

int PrintRules() {
  for (const LintRule& rule : LintRules()) {
    if (!PrintLine(StrCat(rule.id, "\t", Level(rule.id), "\t", rule.what))) break;
  }
  return kExitClean;
}

int Lint(const Options& options) {
  if (options.rules) return PrintRules();
  const absl::StatusOr<BuiltBook> built = BuildBook(options.data, {});
  if (!built.ok()) return ReportError("book lint", built.status());
  std::vector<Finding> findings = built->findings;
  findings.insert(findings.end(), built->warnings.begin(), built->warnings.end());
  if (options.format == "sarif") {
    PrintSarif(options, findings);
  } else {
    for (const Finding& finding : findings) {
      options.format == "json" ? PrintJson(options, finding) : PrintText(options, finding);
    }
  }
  const std::string summary = StrCat(built->findings.size(), " errors, ", built->warnings.size(),
                                     " warnings, ", built->acknowledged, " acknowledged");
  if (options.format == "text") {
    PrintLine(summary);
  } else {
    std::fprintf(stderr, "%s\n", summary.c_str());
  }
  return built->findings.empty() ? kExitClean : kExitFindings;
}

}  // namespace

void AddBookLint(CLI::App* book, int* exit_code) {
  CLI::App* command = book->add_subcommand("lint", "Judges the tables without building a book.");
  command->footer(kFooter);
  auto options = std::make_shared<Options>();
  command->add_option("--data", options->data, "Folder of the tables")
      ->type_name("DIR")
      ->capture_default_str();
  command->add_option("--format", options->format, "How findings are written")
      ->type_name("text|json|sarif")
      ->check(CLI::IsMember({"text", "json", "sarif"}))
      ->capture_default_str();
  command->add_flag("--rules", options->rules, "Print every rule with its level and what it finds");
  command->callback([options, exit_code] { *exit_code = Lint(*options); });
}

}  // namespace signalbook
