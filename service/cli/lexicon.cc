// signalbook lexicon train: from translations that people made to the allowlist for words.
#include "translator/lexicon.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "service/cli/cli.h"
#include "service/cli/replace_file.h"
#include "service/cli/translation_pairs.h"
#include "service/strings.h"
#include "translator/lexicon_tables.h"
#include "translator/lexicon_trainer.h"

namespace signalbook {
namespace {

constexpr char kFooter[] =
    "Example:\n"
    "  signalbook lexicon train memory.tmx --from en --to es --output data/lexicons/en/es.tsv \\\n"
    "    --source 'our translation memory, 2026-11' --licence internal\n"
    "  signalbook book build\n"
    "\n"
    "A TSV has a source text and its translation in its first two columns; of a TMX the segments "
    "of\n"
    "both languages are read. One lexicon serves both directions. The same file gives the same "
    "table.\n"
    "\n"
    "Exit codes: 0 written; 2 no such file, not a TMX, or too little data; 3 cannot be written.";

struct Options {
  std::string file, from, to, output, source, licence;
  double false_refusals = 0.4;  // percent
  size_t most = 200'000;
};

std::vector<std::string> Header(const Options& options, const TranslationFile& file,
                                const TrainedLexicon& trained) {
  const std::string name = std::filesystem::path(options.file).filename();
  return {
      StrCat("Which words of ", options.from, " and ", options.to,
             " account for each other; translator/lexicon.h says what the numbers mean."),
      "Columns: kind, size, from, to, value",
      StrCat("Source: ", options.source.empty() ? name : options.source),
      StrCat("File: ", name, ", SHA-256 ", file.sha256),
      StrCat("Pairs: ", trained.pairs),
      absl::StrFormat("Cross-fitted: %.2f %% of good pairs refused, %.1f %% of detached ones",
                      100 * trained.false_refusals, 100 * trained.detection),
      StrCat("Licence: ", options.licence.empty() ? "that of the source" : options.licence),
      absl::StrFormat("Command: signalbook lexicon train %s --from %s --to %s --false-refusals %g",
                      name, options.from, options.to, options.false_refusals)};
}

int Train(const Options& options) {
  const absl::StatusOr<TranslationFile> file =
      ReadTranslations(options.file, options.from, options.to, options.most);
  if (!file.ok()) return ReportError("lexicon train", file.status());
  if (file->unusable > 0) {
    std::fprintf(stderr, "%s: %zu rows without two texts, the first at line %d\n",
                 options.file.c_str(), file->unusable, file->first_unusable);
  }
  if (file->left_out > 0) {
    std::fprintf(stderr, "%s: %zu pairs more than --max-pairs were left out\n",
                 options.file.c_str(), file->left_out);
  }
  const absl::StatusOr<TrainedLexicon> trained =
      TrainLexicon(file->pairs, {.false_refusals = options.false_refusals / 100});
  if (absl::IsFailedPrecondition(trained.status())) {
    std::fprintf(stderr, "signalbook lexicon train: %s: %s\n", options.file.c_str(),
                 std::string(trained.status().message()).c_str());
    return kExitUsage;
  }
  if (!trained.ok()) return ReportError("lexicon train", trained.status());
  const std::string text = LexiconToTsv(trained->table, Header(options, *file, *trained));
  if (absl::Status status = ReplaceFile(options.output, text); !status.ok()) {
    return ReportError("lexicon train", status);
  }
  size_t links = 0;
  for (const LexiconTable::Units& units : trained->table.sizes) links += units.links.size();
  std::fprintf(stderr,
               "%s: %zu pairs, %zu links; cross-fitted: %.2f %% of good pairs refused, %.1f %% of "
               "detached ones\n",
               options.output.c_str(), trained->pairs, links, 100 * trained->false_refusals,
               100 * trained->detection);
  return kExitClean;
}

}  // namespace

void AddLexicon(CLI::App* app, int* exit_code) {
  CLI::App* command =
      app->add_subcommand("lexicon", "Makes the allowlist for words of a pair of languages.");
  command->require_subcommand(1);
  CLI::App* train =
      command->add_subcommand("train", "Learns from translations which words account for which.");
  train->footer(kFooter);
  auto options = std::make_shared<Options>();
  train->add_option("FILE", options->file, "Translations: a .tmx file, or else a TSV")
      ->type_name("")
      ->required();
  train->add_option("--from", options->from, "Language of the first column: en")
      ->type_name("LANGUAGE")
      ->required();
  train->add_option("--to", options->to, "Language of the second column: es")
      ->type_name("LANGUAGE")
      ->required();
  train->add_option("--output", options->output, "Table to write: data/lexicons/FROM/TO.tsv")
      ->type_name("FILE")
      ->required();
  train->add_option("--source", options->source, "Where the translations come from, for the header")
      ->type_name("TEXT");
  train->add_option("--licence", options->licence, "Their licence, for the header")
      ->type_name("TEXT");
  train
      ->add_option("--false-refusals", options->false_refusals,
                   "Share of good translations that the threshold may refuse")
      ->type_name("PERCENT")
      ->check(CLI::Range(0.0, 20.0).description(""))
      ->capture_default_str();
  train->add_option("--max-pairs", options->most, "Most pairs to read: about 10 kB of memory each")
      ->type_name("N")
      ->capture_default_str();
  train->callback([options, exit_code] { *exit_code = Train(*options); });
}

}  // namespace signalbook
