#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "service/check/baseline.h"
#include "service/check/commands.h"
#include "service/check/compare.h"
#include "service/check/examiner.h"
#include "service/check/prove.h"
#include "service/check/reports.h"
#include "service/check/runner.h"
#include "service/check/selection.h"
#include "service/check/subject.h"
#include "service/cli/cli.h"
#include "service/strings.h"

namespace signalbook::check {
namespace {

constexpr char kFooter[] =
    "Asks for the translation of every case and says what is wrong with the answers. Beside what a "
    "case\n"
    "expects, the law is checked on all of them: every byte has a licence, emoji are kept, flags "
    "are called by\n"
    "their names, links and codes stay as they were. Never writes but the reports it is asked "
    "for.\n"
    "\n"
    "Examples:\n"
    "  signalbook check tests/corpora\n"
    "  signalbook check --incident\n"
    "  signalbook check --incident --against libretranslate:http://127.0.0.1:5000\n"
    "  signalbook check messages.txt --from en --to es,fr --emoji keep,name --mutate all --sample "
    "10\n"
    "  signalbook check corpora --baseline corpora/accepted.tsv --outputs --report "
    "junit=check.xml\n"
    "  signalbook check corpora --compare old.book new.book\n"
    "  signalbook check corpora --prove\n"
    "\n"
    "Subjects: here, book:FILE, config:FILE (this process), server:ADDRESS, models (engines "
    "alone),\n"
    "libretranslate:URL[#KEY]. Those without pieces are judged by the gate.\n"
    "\n"
    "Corpora: JSON Lines {\"source\": \"...\", \"from\": \"zh\", \"to\": \"en\", \"expect\": "
    "{\"contains\":\n"
    "[\"Canada\"]}}, TSV with named columns, or a message a line. What a case may say is in\n"
    "service/check/corpus.h.\n"
    "\n"
    "Exit codes: 0 clean; 1 findings; 2 the command line or a line of a corpus is wrong; 3 "
    "internal error,\n"
    "nobody answers.";

struct Options {
  Selection selection;
  SubjectOptions subject;
  std::string against = "here", server;
  std::vector<std::string> compare;
  std::string baseline;
  bool outputs = false;
  std::vector<std::string> reports;
  std::string resume, shard;
  RunOptions run;
  bool fail_fast = false;
  bool list_rules = false;
  bool prove = false;
  ProveOptions prove_options;
};

// "2/4" → 1 of 4.
bool ParseShard(const std::string& word, RunOptions* run) {
  int shard = 0, shards = 0, end = 0;
  if (std::sscanf(word.c_str(), "%d/%d%n", &shard, &shards, &end) != 2 ||
      static_cast<size_t>(end) != word.size() || shard < 1 || shard > shards) {
    return false;
  }
  run->shard = shard - 1;
  run->shards = shards;
  return true;
}

std::string DescribeRun(const Options& options) {
  std::string words = Describe(options.selection);
  if (!options.run.only.empty()) words += StrCat(" --only ", options.run.only);
  if (!options.baseline.empty()) words += StrCat(" --baseline ", options.baseline);
  if (options.outputs) words += " --outputs";
  if (options.run.shards > 1) words += StrCat(kShardWord, options.shard);
  return words;
}

int PrintRules() {
  for (const Rule& rule : Rules()) {
    if (!PrintLine(StrCat(rule.id, "\t", rule.description))) break;
  }
  return kExitClean;
}

int ExitCodeOf(const RunSummary& summary, const absl::Status& error) {
  if (!error.ok()) return ReportError("check", error);
  if (summary.bad_lines > 0) return kExitUsage;
  return summary.failed > 0 ? kExitFindings : kExitClean;
}

// Everything behind the choice of subject and judge: cases in, reports out.
absl::Status RunAndReport(const Options& options, CaseSource* cases, const CheckCase& check,
                          RunInfo info, Baseline* baseline, RunSummary* summary) {
  info.selection = DescribeRun(options);
  absl::StatusOr<Reports> reports = Reports::Make(options.reports, info);
  if (!reports.ok()) return reports.status();
  RunOptions run = options.run;
  if (!options.resume.empty()) {
    absl::StatusOr<Progress> from = reports->Resume(options.resume, info);
    if (!from.ok()) return from.status();
    run.from = *std::move(from);
    *summary = run.from.so_far;
  }
  summary->subject = info.subject;
  summary->book = info.book;
  const absl::Time begin = absl::Now();
  absl::Status status = RunCases(cases, check, run, {reports->all(), reports->record()}, summary);
  summary->seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  // What was left out may be what a row is for.
  const bool whole = summary->left_out == 0 && !summary->stopped_early && options.resume.empty();
  if (baseline != nullptr && whole) summary->stale = baseline->Stale();
  if (status.ok() &&
      summary->passed + summary->failed + summary->left_out + summary->bad_lines == 0) {
    status = absl::InvalidArgumentError("nothing was checked: there is no case in what was named");
  }
  status.Update(reports->Finish(*summary));
  return status;
}

int RunComparison(const Options& options) {
  std::vector<std::unique_ptr<Examiner>> sides;
  for (const std::string& word : options.compare) {
    absl::StatusOr<std::unique_ptr<Subject>> subject =
        MakeSubject(SubjectSpecification(word), options.subject);
    if (!subject.ok()) return ReportError("check", subject.status());
    absl::StatusOr<std::unique_ptr<Examiner>> side =
        Examiner::Create(*std::move(subject), options.subject);
    if (!side.ok()) return ReportError("check", side.status());
    sides.push_back(*std::move(side));
  }
  Subject& a = sides[0]->subject();
  Subject& b = sides[1]->subject();
  absl::StatusOr<std::unique_ptr<CaseSource>> cases =
      OpenCases(options.selection, sides[1]->book(), a.takes_candidates() && b.takes_candidates());
  if (!cases.ok()) return ReportError("check", cases.status());
  RunInfo info = sides[1]->info();
  info.subject = StrCat(a.name(), " → ", b.name());
  if (sides[0]->info().book != info.book)
    info.book = StrCat(sides[0]->info().book, " → ", info.book);
  RunSummary summary;
  const absl::Status status = RunAndReport(
      options, cases->get(),
      [&](const Case& c, int64_t index) { return Compare(c, index, &a, &b); }, std::move(info),
      nullptr, &summary);
  return ExitCodeOf(summary, status);
}

int Check(const Options& options) {
  if (options.list_rules) return PrintRules();
  if (!options.compare.empty()) return RunComparison(options);
  const std::string against =
      options.server.empty() ? SubjectSpecification(options.against) : "server:" + options.server;
  absl::StatusOr<std::unique_ptr<Subject>> subject = MakeSubject(against, options.subject);
  if (!subject.ok()) return ReportError("check", subject.status());
  absl::StatusOr<std::unique_ptr<Examiner>> examiner =
      Examiner::Create(*std::move(subject), options.subject);
  if (!examiner.ok()) return ReportError("check", examiner.status());
  if ((*examiner)->other_book() && (*examiner)->subject().explains()) {
    std::fprintf(
        stderr,
        "signalbook check: %s answers by another book than this one, so that its names can't be "
        "looked up; --book FILE names the book it runs with\n",
        (*examiner)->subject().name().c_str());
  }
  std::optional<Baseline> baseline;
  if (!options.baseline.empty()) {
    absl::StatusOr<Baseline> loaded = Baseline::Load(options.baseline);
    if (!loaded.ok()) return ReportError("check", loaded.status());
    baseline.emplace(*std::move(loaded));
    (*examiner)->set_baseline(&*baseline, options.outputs);
  }
  absl::StatusOr<std::unique_ptr<CaseSource>> cases =
      OpenCases(options.selection, (*examiner)->book(), (*examiner)->subject().takes_candidates());
  if (!cases.ok()) return ReportError("check", cases.status());
  if (options.prove) {
    return Prove(cases->get(), **examiner, baseline ? &*baseline : nullptr, options.outputs,
                 options.prove_options);
  }
  RunSummary summary;
  const absl::Status status = RunAndReport(
      options, cases->get(),
      [&](const Case& c, int64_t index) { return (*examiner)->Examine(c, index); },
      (*examiner)->info(), baseline ? &*baseline : nullptr, &summary);
  return ExitCodeOf(summary, status);
}

void AddSubjectOptions(CLI::App* command, Options* options) {
  CLI::Option* against =
      command->add_option("--against", options->against, "Who is checked; the kinds are below")
          ->type_name("SUBJECT")
          ->capture_default_str();
  CLI::Option* server =
      command->add_option("--server", options->server, "Short for --against server:ADDRESS")
          ->type_name("ADDRESS")
          ->excludes(against);
  command
      ->add_option("--compare", options->compare,
                   "What changes between two of them, or two book files, or two servers")
      ->type_name("A B")
      ->expected(2)
      ->allow_extra_args(false)
      ->excludes(against)
      ->excludes(server);
}

void AddRunOptions(CLI::App* command, Options* options) {
  command
      ->add_option_function<std::string>(
          "--shard",
          [options](const std::string& word) {
            if (!ParseShard(word, &options->run)) {
              throw CLI::ValidationError("--shard", StrCat("\"", word, "\" is not I/N: 2/4"));
            }
            options->shard = word;
          },
          "Only every Nth case, the Ith of them; `check merge` puts the records together")
      ->type_name("I/N");
  command->add_option("--only", options->run.only, "Only cases in whose id this is found")
      ->type_name("RE2");
  command->add_flag("--fail-fast", options->fail_fast, "End at the first case with findings");
  command->add_option("--max-failures", options->run.max_failures, "End at so many")
      ->type_name("N")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 40).description(""));
  command->add_option("--threads", options->run.threads, "Cases at a time; default: one a core")
      ->type_name("N")
      ->check(CLI::Range(1, 1024).description(""));
  command
      ->add_option("--resume", options->resume,
                   "Keep a record in FILE, and go on where a run that was interrupted left it")
      ->type_name("FILE.jsonl");
}

}  // namespace

void AddSubjectSettings(CLI::App* command, SubjectOptions* options) {
  command->add_option("--book", options->book, "Book file to answer and judge by")
      ->type_name("FILE");
  command->add_option("--config", options->config_file, "Configuration, as for `signalbook serve`")
      ->type_name("FILE");
  AddChannelOptions(command, &options->channel);
  command->add_option("--timeout", options->timeout_seconds, "Longest wait for an answer")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.001, 86400.0).description(""))
      ->capture_default_str();
}

}  // namespace signalbook::check

namespace signalbook {

void AddCheck(CLI::App* app, int* exit_code) {
  CLI::App* command = app->add_subcommand(
      "check", "Checks translations of emoji corpora: regression tests for CI.");
  command->footer(check::kFooter);
  auto options = std::make_shared<check::Options>();
  check::AddSelectionOptions(command, &options->selection);
  check::AddSubjectOptions(command, options.get());
  check::AddSubjectSettings(command, &options->subject);
  CLI::Option* baseline =
      command
          ->add_option(
              "--baseline", options->baseline,
              "Findings that are known, written by `signalbook accept`: only new ones fail")
          ->type_name("FILE");
  command
      ->add_flag("--outputs", options->outputs,
                 "Also fail where a translation is not the one that the baseline accepts")
      ->needs(baseline);
  check::AddReportOptions(command, &options->reports);
  check::AddRunOptions(command, options.get());
  CLI::Option* prove = command->add_flag(
      "--prove", options->prove,
      "Change rows and expectations at random; say which changes these cases notice");
  command
      ->add_option("--mutants", options->prove_options.mutants,
                   "With --prove: so many of each kind")
      ->type_name("N")
      ->needs(prove)
      ->check(CLI::Range(1, 100000).description(""))
      ->capture_default_str();
  command
      ->add_option("--least-score", options->prove_options.least_score,
                   "With --prove: exit 1 when less is found")
      ->type_name("PERCENT")
      ->needs(prove)
      ->check(CLI::Range(0.0, 100.0).description(""))
      ->capture_default_str();
  command->add_flag("--rules", options->list_rules, "List what is checked");
  check::AddCheckMerge(command, exit_code);
  command->callback([options, command, exit_code] {
    if (!command->get_subcommands().empty()) return;
    if (options->fail_fast) options->run.max_failures = 1;
    options->run.show_progress = isatty(STDERR_FILENO) != 0;
    options->prove_options.seed = options->selection.seed;
    *exit_code = check::Check(*options);
  });
}

}  // namespace signalbook
