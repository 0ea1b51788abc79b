#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "service/check/accept_diff.h"
#include "service/check/baseline.h"
#include "service/check/commands.h"
#include "service/check/compare.h"
#include "service/check/examiner.h"
#include "service/check/runner.h"
#include "service/check/selection.h"
#include "service/cli/cli.h"
#include "service/cli/replace_file.h"
#include "service/strings.h"

namespace signalbook::check {
namespace {

constexpr char kFooter[] =
    "Runs the cases as `signalbook check` does, shows what would become accepted, and writes it to "
    "the\n"
    "baseline with who accepted it, when and why. Rows that no case meets any more stay, marked "
    "obsolete.\n"
    "Without --reason it only shows.\n"
    "\n"
    "Example:\n"
    "  signalbook accept corpora --baseline corpora/accepted.tsv --outputs --reason 'CLDR 49 "
    "names'\n"
    "\n"
    "Exit codes: 0 written, or nothing to accept; 1 there are changes, and nothing was written "
    "(no\n"
    "--reason, more than --max-changes, CI=true); 2 the command line or a line of a corpus is "
    "wrong; 3\n"
    "internal error.";

// As many as a person looks at before agreeing.
constexpr size_t kMostShown = 200;

struct Options {
  Selection selection;
  SubjectOptions subject;
  std::string against = "here";
  std::string baseline, reason, by;
  bool outputs = false;
  bool prune = false;
  size_t max_changes = 100;
};

// Shows the baseline every result, and counts what is no case.
class Observer final : public ReportWriter {
 public:
  Observer(Baseline* baseline, bool outputs) : baseline_(*baseline), outputs_(outputs) {}
  void Add(const CaseResult& result) override {
    baseline_.Observe(result, result.output, outputs_);
  }
  void Add(const BadLine& line) override {
    std::fprintf(stderr, "%s:%lld: %s\n", line.file.c_str(), static_cast<long long>(line.line),
                 line.what.c_str());
  }
  absl::Status Finish(const RunSummary& /*summary*/) override { return absl::OkStatus(); }

 private:
  Baseline& baseline_;
  const bool outputs_;
};

bool InCi() {
  const char* ci = std::getenv("CI");
  return ci != nullptr && *ci != '\0' && std::string_view(ci) != "false" &&
         std::string_view(ci) != "0";
}

// Who is asking: --by, else what git or the system calls them.
std::string Author(const Options& options) {
  if (!options.by.empty()) return options.by;
  for (const char* name : {"GIT_AUTHOR_NAME", "USER", "LOGNAME"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return "";
}

absl::StatusOr<Baseline> LoadOrEmpty(const std::string& path) {
  absl::StatusOr<Baseline> loaded = Baseline::Load(path);
  if (absl::IsNotFound(loaded.status())) return Baseline();
  return loaded;
}

// Why these changes are not written; nullopt if they may be.
std::optional<std::string> WhyNot(const Options& options, size_t changes, const std::string& by) {
  if (options.reason.empty())
    return "nothing is written without --reason TEXT: say why this is right";
  if (InCi()) return "nothing is written in CI (CI is set): people accept, on their own machines";
  if (changes > options.max_changes) {
    return StrCat("nothing is written: ", changes, " changes are more than --max-changes ",
                  options.max_changes, "; look at them, then raise it");
  }
  if (by.empty()) return "nothing is written: nobody's name is known here; give --by NAME";
  return std::nullopt;
}

absl::StatusOr<int> Accept(const Options& options) {
  absl::StatusOr<std::unique_ptr<Subject>> subject =
      MakeSubject(SubjectSpecification(options.against), options.subject);
  if (!subject.ok()) return subject.status();
  absl::StatusOr<std::unique_ptr<Examiner>> examiner =
      Examiner::Create(*std::move(subject), options.subject);
  if (!examiner.ok()) return examiner.status();
  (*examiner)->set_keep_texts(true);
  absl::StatusOr<std::unique_ptr<CaseSource>> cases =
      OpenCases(options.selection, (*examiner)->book(), (*examiner)->subject().takes_candidates());
  if (!cases.ok()) return cases.status();
  absl::StatusOr<Baseline> baseline = LoadOrEmpty(options.baseline);
  if (!baseline.ok()) return baseline.status();

  Observer observer(&*baseline, options.outputs);
  RunSummary summary;
  const absl::Status status = RunCases(
      cases->get(), [&](const Case& c, int64_t index) { return (*examiner)->Examine(c, index); },
      {}, {{&observer}, nullptr}, &summary);
  if (!status.ok()) return status;
  if (summary.bad_lines > 0) {
    return absl::InvalidArgumentError(
        StrCat("nothing is written: ", summary.bad_lines, " lines of the corpora are no cases"));
  }

  const std::vector<BaselineChange> changes = baseline->Changes();
  std::fputs(DiffText(changes, kMostShown).c_str(), stdout);
  if (changes.empty() && !options.prune) {
    // `check` wants a file, be it empty.
    if (std::filesystem::exists(options.baseline)) return kExitClean;
    const absl::Status written = ReplaceFile(options.baseline, baseline->ToText());
    return written.ok() ? absl::StatusOr<int>(kExitClean) : written;
  }
  const std::string by = Author(options);
  if (const std::optional<std::string> why = WhyNot(options, changes.size(), by)) {
    std::fprintf(stderr, "signalbook accept: %s\n", why->c_str());
    return kExitFindings;
  }
  const std::string on = absl::FormatTime("%Y-%m-%d", absl::Now(), absl::UTCTimeZone());
  baseline->Accept(by, on, options.reason);
  const size_t pruned = options.prune ? baseline->Prune() : 0;
  if (absl::Status written = ReplaceFile(options.baseline, baseline->ToText()); !written.ok()) {
    return written;
  }
  std::printf("%s: %zu rows", options.baseline.c_str(), baseline->size());
  if (pruned > 0) std::printf(", %zu obsolete ones dropped", pruned);
  std::printf("\n");
  return kExitClean;
}

}  // namespace
}  // namespace signalbook::check

namespace signalbook {

void AddAccept(CLI::App* app, int* exit_code) {
  CLI::App* command = app->add_subcommand(
      "accept", "Accepts what `check` found, with a reason: writes the baseline.");
  command->footer(check::kFooter);
  auto options = std::make_shared<check::Options>();
  check::AddSelectionOptions(command, &options->selection);
  command->add_option("--against", options->against, "Who is checked, as for `signalbook check`")
      ->type_name("SUBJECT")
      ->capture_default_str();
  check::AddSubjectSettings(command, &options->subject);
  command->add_option("--baseline", options->baseline, "The file; made if there is none")
      ->type_name("FILE")
      ->required();
  command->add_flag("--outputs", options->outputs, "Accept the translation of every case as well");
  command->add_option("--reason", options->reason, "Why this is right")->type_name("TEXT");
  command->add_option("--by", options->by, "Who says so; default: $GIT_AUTHOR_NAME, $USER")
      ->type_name("NAME");
  command->add_option("--max-changes", options->max_changes, "Write nothing if there are more")
      ->type_name("N")
      ->capture_default_str();
  command->add_flag("--prune", options->prune, "Drop obsolete rows");
  command->callback([options, exit_code] {
    const absl::StatusOr<int> code = check::Accept(*options);
    *exit_code = code.ok() ? *code : ReportError("accept", code.status());
  });
}

}  // namespace signalbook
