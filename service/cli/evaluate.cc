// signalbook evaluate: how many good translations the gate refuses, and how many bad ones it catches.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_format.h"
#include "service/cli/cli.h"
#include "service/cli/evaluation.h"
#include "service/cli/evaluation_curve.h"
#include "service/cli/replace_file.h"
#include "service/composition.h"
#include "service/config.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr char kFooter[] =
    "Example:\n"
    "  signalbook evaluate eval --report report.jsonl --curve curve.svg\n"
    "\n"
    "The folder, or folders in it, hold FROM-TO.tsv (source, translation: good pairs, measured in "
    "both\n"
    "directions) and en-XX.NAME.tsv (id, source, machine translation, votes, ERR or NOT). A good "
    "pair\n"
    "with another row's translation is a detached one. Folders named …train are left out.\n"
    "\n"
    "Exit codes: 0 measured; 1 more good translations refused than --max-false-refusals allows;\n"
    "2 no such data.";

struct Options {
  std::string folder, book, config, report, curve, refusals;
  bool json = false;
  double max_false_refusals = 100;  // percent
};

nlohmann::ordered_json ToJson(const Measurement& m) {
  nlohmann::ordered_json json = {{"from", m.from},
                                 {"to", m.to},
                                 {"file", m.file},
                                 {"labelled", m.labelled},
                                 {"lexicon", m.has_lexicon},
                                 {"good", m.good.of},
                                 {"false_refusals", m.good.refused},
                                 {"detached", m.detached.of},
                                 {"detected", m.detached.refused}};
  json["by_check"] = nlohmann::ordered_json::object();
  for (const auto& [check, counts] : m.by_check) {
    json["by_check"][check] = {{"false_refusals", counts.false_refusals},
                               {"detected", counts.detected}};
  }
  json["faults"] = nlohmann::ordered_json::object();
  for (int f = 0; f < kFaultCount; ++f) {
    if (m.faults[f].of == 0) continue;
    json["faults"][std::string(FaultName(static_cast<Fault>(f)))] = {
        {"injected", m.faults[f].of}, {"detected", m.faults[f].refused}};
  }
  json["curve"] = nlohmann::ordered_json::array();
  for (const Measurement::CurvePoint& point : m.curve) {
    json["curve"].push_back({{"margin", point.margin},
                             {"false_refusals", point.good.refused},
                             {"detected", point.detached.refused}});
  }
  if (m.round_trip.empty()) return json;
  json["not_translated_back"] = m.not_translated_back;
  json["round_trip"] = nlohmann::ordered_json::array();
  for (const Measurement::RoundTripPoint& point : m.round_trip) {
    json["round_trip"].push_back({{"least_likeness", point.least_likeness},
                                  {"good", point.good.of},
                                  {"false_refusals", point.good.refused},
                                  {"detected", point.detached.refused}});
  }
  return json;
}

std::string JsonLines(const Evaluation& evaluation) {
  std::string lines;
  for (const Measurement& m : evaluation.measurements) lines += ToJson(m).dump() + "\n";
  return lines;
}

std::string Percent(const Share& share) {
  return share.of == 0 ? "-" : absl::StrFormat("%.1f", share.percent());
}

void PrintTables(const Evaluation& evaluation) {
  PrintLine(
      "pair       rows  false refusals %  detected %  lexicon  refusals of good pairs by check");
  for (const Measurement& m : evaluation.measurements) {
    std::string checks;
    for (const auto& [check, counts] : m.by_check) {
      if (counts.false_refusals > 0) checks += StrCat(" ", check, " ", counts.false_refusals);
    }
    PrintLine(absl::StrFormat("%-8s%s %5d %17.2f %11.1f  %-7s %s", StrCat(m.from, "→", m.to),
                              m.labelled ? "*" : " ", m.good.of, m.good.percent(),
                              m.detached.percent(), m.has_lexicon ? "yes" : "no", checks));
  }
  PrintLine("* labelled by people: detected are the translations that they called wrong");
  PrintLine("\ninjected faults, detected %");
  std::string head = "pair    ";
  for (int f = 0; f < kFaultCount; ++f) {
    head += StrCat("  ", FaultName(static_cast<Fault>(f)));
  }
  PrintLine(head);
  for (const Measurement& m : evaluation.measurements) {
    if (m.labelled) continue;
    std::string line = absl::StrFormat("%-8s", StrCat(m.from, "→", m.to));
    for (int f = 0; f < kFaultCount; ++f) {
      line +=
          absl::StrFormat("  %*s", FaultName(static_cast<Fault>(f)).size(), Percent(m.faults[f]));
    }
    PrintLine(line);
  }
}

void PrintRoundTrips(const Evaluation& evaluation) {
  for (const Measurement& m : evaluation.measurements) {
    if (m.round_trip.empty()) continue;
    PrintLine(StrCat("\nround trip ", m.from, "→", m.to, ": ", m.not_translated_back,
                     " rows not translated back"));
    PrintLine("  least likeness  false refusals %  detected %");
    for (const Measurement::RoundTripPoint& point : m.round_trip) {
      PrintLine(absl::StrFormat("  %14.2f %17.2f %11.1f%s", point.least_likeness,
                                point.good.percent(), point.detached.percent(),
                                &point == &m.round_trip.back() ? "  the route's" : ""));
    }
  }
}

absl::Status Save(const Options& options, const Evaluation& evaluation) {
  if (!options.report.empty()) {
    absl::Status status = ReplaceFile(options.report, JsonLines(evaluation));
    if (!status.ok()) return status;
  }
  if (!options.curve.empty()) {
    absl::Status status = ReplaceFile(options.curve, CurveSvg(evaluation.measurements));
    if (!status.ok()) return status;
  }
  if (options.refusals.empty()) return absl::OkStatus();
  std::string rows;
  for (const FalseRefusal& refusal : evaluation.false_refusals) {
    rows += StrCat(refusal.from, "\t", refusal.to, "\t", refusal.check, "\t", refusal.rule, "\t",
                   refusal.source, "\t", refusal.translation, "\n");
  }
  return ReplaceFile(options.refusals, rows);
}

int Run(const Options& options) {
  v1::Config config;
  if (!options.config.empty()) {
    absl::StatusOr<v1::Config> loaded = LoadConfig(options.config);
    if (!loaded.ok()) return ReportError("evaluate", loaded.status());
    config = *std::move(loaded);
  }
  if (!options.book.empty()) config.set_book(options.book);
  if (absl::Status status = CompleteConfig(&config); !status.ok()) {
    return ReportError("evaluate", status);
  }
  // Models are asked for round trips only.
  if (config.round_trips().empty()) config.mutable_apertium()->set_disabled(true);
  const absl::StatusOr<Composition> composition = Compose(config);
  if (!composition.ok()) return ReportError("evaluate", composition.status());

  const absl::StatusOr<Evaluation> evaluation = Evaluate(options.folder, *composition->translator);
  if (!evaluation.ok()) return ReportError("evaluate", evaluation.status());
  for (const std::string& skipped : evaluation->skipped) {
    std::fprintf(stderr, "left out: %s\n", skipped.c_str());
  }
  if (options.json) {
    for (const Measurement& m : evaluation->measurements) PrintLine(ToJson(m).dump());
  } else {
    PrintTables(*evaluation);
    PrintRoundTrips(*evaluation);
  }
  if (absl::Status status = Save(options, *evaluation); !status.ok()) {
    return ReportError("evaluate", status);
  }
  bool exceeded = false;
  for (const Measurement& m : evaluation->measurements) {
    if (m.labelled || m.good.percent() <= options.max_false_refusals) continue;
    std::fprintf(stderr, "%s→%s: %.2f %% of good translations are refused, more than %g %%\n",
                 m.from.c_str(), m.to.c_str(), m.good.percent(), options.max_false_refusals);
    exceeded = true;
  }
  return exceeded ? kExitFindings : kExitClean;
}

}  // namespace

void AddEvaluate(CLI::App* app, int* exit_code) {
  CLI::App* command = app->add_subcommand(
      "evaluate", "Measures the gate on translations that people made, and on faults.");
  command->footer(kFooter);
  auto options = std::make_shared<Options>();
  command->add_option("DIR", options->folder, "Folder of evaluation data")
      ->type_name("")
      ->required();
  command->add_option("--book", options->book, "Book file instead of the default one")
      ->type_name("FILE");
  command->add_option("--config", options->config, "Configuration: switches of the gate")
      ->type_name("FILE");
  command->add_flag("--json", options->json, "Print an object a line instead of tables");
  command->add_option("--report", options->report, "Write the objects to a file as well")
      ->type_name("FILE");
  command
      ->add_option("--curve", options->curve,
                   "Write a picture: false refusals against detection over thresholds")
      ->type_name("FILE.svg");
  command
      ->add_option("--refusals", options->refusals,
                   "Write the good pairs that were refused, with check and rule")
      ->type_name("FILE.tsv");
  command
      ->add_option("--max-false-refusals", options->max_false_refusals,
                   "Exit 1 when more good translations of a pair are refused")
      ->type_name("PERCENT")
      ->check(CLI::Range(0.0, 100.0).description(""));
  command->callback([options, exit_code] { *exit_code = Run(*options); });
}

}  // namespace signalbook
