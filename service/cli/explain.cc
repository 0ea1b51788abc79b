#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "service/cli/backend.h"
#include "service/cli/cli.h"
#include "service/cli/json.h"
#include "service/cli/messages.h"
#include "service/cli/table.h"

namespace signalbook {
namespace {

constexpr char kFooter[] =
    "Tells what each stretch is, what Unicode says of each emoji, what is wrong\n"
    "with it, and what the book calls it. Asks no model unless --to is given.\n"
    "\n"
    "Examples:\n"
    "  signalbook explain '🇨🇦🇨'\n"
    "  signalbook explain --locale es,zh-Hant --json '👩‍🚀 at https://example.com'\n"
    "  signalbook explain --from en --to es 'I love 🇨🇦!'\n"
    "  signalbook explain --from zh --to en --candidate \"He's in prison\" '他在🇨🇦等你。'\n"
    "\n"
    "Licence, in the table: BOOK, the book has an approved name; COPY, only the message's own "
    "bytes\n"
    "may leave; MODEL, prose, which a model may translate if the gate lets it.\n"
    "\n"
    "Exit codes: 0 all messages were answered; 1 with --check, an emoji has a diagnosis or the\n"
    "candidate is refused; 2 the\n"
    "command line or a message is wrong (not UTF-8, too long); 3 internal error, no server.";

struct Options {
  std::vector<std::string> locales;
  std::string from;
  std::string to;
  std::string candidate;
  BackendOptions backend;
  bool json = false;
  bool check = false;
  CLI::Option* text = nullptr;
  CLI::Option* candidate_option = nullptr;
};

bool HasDiagnosis(const v1::Analysis& analysis) {
  for (const v1::Cluster& cluster : analysis.clusters()) {
    // A protected span's diagnosis is the rule that protects it: nothing is wrong.
    if (cluster.kind() != v1::CLUSTER_PROTECTED && !cluster.diagnosis().empty()) return true;
  }
  return false;
}

absl::Status PrintTranslation(Backend* backend, const Options& options,
                              const std::string& message) {
  v1::TranslateTextRequest request;
  request.add_contents(message);
  request.set_source_language_code(options.from);
  request.set_target_language_code(options.to);
  request.set_emoji_mode(v1::EMOJI_MODE_NAME);
  absl::StatusOr<v1::TranslateTextResponse> response = backend->Translate(request);
  if (!response.ok()) return response.status();
  const v1::Translation& translation = response->translations(0);
  return PrintLine("in " + options.to + ": " + Quoted(translation.translated_text())) &&
                 PrintLine(PieceTable(translation))
             ? absl::OkStatus()
             : absl::CancelledError();
}

// What the gate says of the candidate as a translation of each message.
int Judge(const Options& options) {
  if (options.from.empty() || options.to.empty()) {
    std::fprintf(stderr, "signalbook explain: --candidate needs --from and --to\n");
    return kExitUsage;
  }
  BackendOptions backend_options = options.backend;
  backend_options.with_models = false;
  absl::StatusOr<std::unique_ptr<Backend>> backend = MakeBackend(backend_options);
  if (!backend.ok()) return ReportError("explain", backend.status());

  v1::JudgeCandidateRequest request;
  request.set_candidate(UnshieldArgument(options.candidate));
  request.set_source_language_code(options.from);
  request.set_target_language_code(options.to);
  bool refused = false;
  const int exit_code =
      ForEachMessage("explain", *options.text, [&](const std::string& message) -> absl::Status {
        request.set_content(message);
        const absl::StatusOr<v1::JudgeCandidateResponse> judgement = (*backend)->Judge(request);
        if (!judgement.ok()) return judgement.status();
        refused |= !judgement->licensed();
        const bool printed = options.json
                                 ? PrintLine(ToJsonLine(*judgement))
                                 : PrintLine(CheckTable(*judgement)) &&
                                       PrintLine(judgement->licensed() ? "licensed" : "refused");
        return printed ? absl::OkStatus() : absl::CancelledError();
      });
  return exit_code == kExitClean && options.check && refused ? kExitFindings : exit_code;
}

int Explain(const Options& options) {
  if (options.candidate_option->count() > 0) return Judge(options);
  BackendOptions backend_options = options.backend;
  backend_options.with_models = !options.to.empty() && !options.json;
  absl::StatusOr<std::unique_ptr<Backend>> backend = MakeBackend(backend_options);
  if (!backend.ok()) return ReportError("explain", backend.status());

  v1::AnalyzeTextRequest request;
  if (!options.locales.empty()) {
    request.mutable_display_locales()->Add(options.locales.begin(), options.locales.end());
  } else {
    request.add_display_locales(options.to.empty() ? "en" : options.to);
  }
  bool diagnosed = false;
  const int exit_code =
      ForEachMessage("explain", *options.text, [&](const std::string& message) -> absl::Status {
        request.clear_contents();
        request.add_contents(message);
        absl::StatusOr<v1::AnalyzeTextResponse> response = (*backend)->Analyze(request);
        if (!response.ok()) return response.status();
        const v1::Analysis& analysis = response->analyses(0);
        diagnosed |= HasDiagnosis(analysis);
        if (!PrintLine(options.json ? ToJsonLine(analysis) : ClusterTable(analysis))) {
          return absl::CancelledError();
        }
        if (options.to.empty() || options.json) return absl::OkStatus();
        return PrintTranslation(backend->get(), options, message);
      });
  return exit_code == kExitClean && options.check && diagnosed ? kExitFindings : exit_code;
}

}  // namespace

void AddExplain(CLI::App* app, int* exit_code) {
  CLI::App* command =
      app->add_subcommand("explain", "Takes messages apart and says what is in them.");
  command->footer(kFooter);
  auto options = std::make_shared<Options>();
  options->text = AddTextArguments(command);
  command
      ->add_option("--locale", options->locales,
                   "Locales to look emoji up in: es,zh-Hant. Default: --to, else en")
      ->type_name("LANGUAGE,...")
      ->delimiter(',')
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
  command
      ->add_option("--to", options->to,
                   "Also translate, with names for emoji, and show the pieces (not with --json)")
      ->type_name("LANGUAGE");
  command->add_option("--from", options->from, "Language of the messages, for --to")
      ->type_name("LANGUAGE");
  options->candidate_option =
      command
          ->add_option("--candidate", options->candidate,
                       "Ask the gate about this translation instead: every check, and what it saw")
          ->type_name("TEXT");
  AddBackendOptions(command, &options->backend);
  command->add_flag("--json", options->json,
                    "Print an Analysis (JudgeCandidateResponse) as JSON, one line a message");
  command->add_flag("--check", options->check,
                    "Exit 1 when an emoji has a diagnosis or the candidate is refused");
  command->callback([options, exit_code] { *exit_code = Explain(*options); });
}

}  // namespace signalbook
