// signalbook entries export and import: rows as files that people edit elsewhere and bring back.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "service/cli/moderation/command.h"
#include "service/cli/moderation/text.h"
#include "service/cli/replace_file.h"
#include "service/strings.h"
#include "translator/tsv.h"

namespace signalbook {
namespace {

constexpr char kExportFooter[] =
    "CSV holds an apostrophe before what a spreadsheet would take for a formula; import takes it\n"
    "off again. Rows come back with `signalbook entries import`.\n"
    "\n"
    "Examples:\n"
    "  signalbook entries export --scope es --output names-es.csv\n"
    "  signalbook entries export --table phrases --scope 'en>es' --format tmx > phrases.tmx\n";

constexpr char kImportFooter[] =
    "Every row that says something else than what counts now becomes a proposal, all in one\n"
    "step. A row that cannot be proposed is named as FILE:LINE: entry: why; the others are\n"
    "proposed all the same, so try with --dry-run first.\n"
    "\n"
    "Examples:\n"
    "  signalbook entries import names-es.csv --dry-run\n"
    "  signalbook entries import names-es.csv --reason 'names as our users say them'\n"
    "\n"
    "Here 1 means that there were rows which cannot be proposed.\n";

// As they are typed, and as the names of files end.
constexpr std::pair<const char*, v1::ExchangeFormat> kFormats[] = {
    {"csv", v1::EXCHANGE_FORMAT_CSV},     {"jsonl", v1::EXCHANGE_FORMAT_JSON_LINES},
    {"tbx", v1::EXCHANGE_FORMAT_TBX},     {"tmx", v1::EXCHANGE_FORMAT_TMX},
    {"xliff", v1::EXCHANGE_FORMAT_XLIFF}, {"xlf", v1::EXCHANGE_FORMAT_XLIFF},
};

absl::StatusOr<v1::ExchangeFormat> FormatOf(const std::string& typed, const std::string& file) {
  for (const auto& [name, format] : kFormats) {
    if (typed.empty() ? absl::EndsWith(file, StrCat(".", name)) : typed == name) return format;
  }
  return absl::InvalidArgumentError(
      typed.empty()
          ? "--format: required where no file name tells: csv, jsonl, tbx, tmx, xliff"
          : StrCat("--format: \"", typed, "\" is not one of csv, jsonl, tbx, tmx, xliff"));
}

void AddFormat(CLI::App* command, std::string* format) {
  command
      ->add_option("--format", *format,
                   "Format of the file; default: what the name of the file ends in")
      ->type_name("csv|jsonl|tbx|tmx|xliff");
}

struct ExportOptions : CommandOptions {
  v1::ExportEntriesRequest request;  // all but the format
  std::string format;
  std::string output;
};

absl::StatusOr<int> Export(Connection& connection, const ExportOptions& options) {
  const absl::StatusOr<v1::ExchangeFormat> format = FormatOf(options.format, options.output);
  if (!format.ok()) return format.status();
  v1::ExportEntriesRequest request = options.request;
  request.set_format(*format);
  const auto file = connection.Call(&ModerationStub::ExportEntries, request);
  if (!file.ok()) return file.status();
  if (options.json) {
    PrintLine(ToJsonLine(*file));
    return kExitClean;
  }
  if (options.output.empty()) {
    std::fwrite(file->content().data(), 1, file->content().size(), stdout);
    std::fflush(stdout);
    return kExitClean;
  }
  if (absl::Status status = ReplaceFile(options.output, file->content()); !status.ok()) {
    return status;
  }
  std::fprintf(stderr, "%s: %d rows\n", options.output.c_str(), file->rows());
  return kExitClean;
}

struct ImportOptions : CommandOptions {
  v1::ImportEntriesRequest request;  // all but the format and the content
  std::string file;
  std::string format;
};

absl::StatusOr<std::string> ReadInput(const std::string& file) {
  if (file != "-") return ReadFile(file);
  return std::string(std::istreambuf_iterator<char>(std::cin), {});
}

void PrintImport(const v1::ImportEntriesResponse& response, const ImportOptions& options) {
  const std::string place = options.file == "-" ? "stdin" : options.file;
  for (const v1::ImportProblem& problem : response.problems()) {
    PrintLine(StrCat(place, ":", problem.line(), ": ", ShortName(problem.entry()),
                     problem.entry().empty() ? "" : ": ", Shown(problem.message())));
  }
  for (const v1::Proposal& proposal : response.proposals()) {
    PrintLine(ProposalLine(proposal));
    for (const v1::CheckFinding& finding : proposal.findings()) {
      PrintLine(StrCat("  ", FindingText(finding)));
    }
  }
  std::fprintf(stderr, "%s: %d %s, %d unchanged, %d with problems\n", place.c_str(),
               response.proposals_size(),
               options.request.validate_only() ? "would be proposed" : "proposed",
               response.unchanged(), response.problems_size());
}

absl::StatusOr<int> Import(Connection& connection, const ImportOptions& options) {
  const absl::StatusOr<v1::ExchangeFormat> format = FormatOf(options.format, options.file);
  if (!format.ok()) return format.status();
  absl::StatusOr<std::string> content = ReadInput(options.file);
  if (!content.ok()) return content.status();
  v1::ImportEntriesRequest request = options.request;
  request.set_format(*format);
  request.set_content(*std::move(content));
  const auto response = connection.Call(&ModerationStub::ImportEntries, request);
  if (!response.ok()) return response.status();
  if (options.json) {
    PrintLine(ToJsonLine(*response));
  } else {
    PrintImport(*response, options);
  }
  return response->problems_size() > 0 ? kExitFindings : kExitClean;
}

}  // namespace

void AddEntriesExchange(CLI::App* entries, int* exit_code) {
  auto out = std::make_shared<ExportOptions>();
  CLI::App* command = AddCommand(
      entries,
      {"export", "Writes moderated rows as a file.", "ExportEntriesResponse", kExportFooter}, out,
      Export, exit_code);
  v1::ExportEntriesRequest* request = &out->request;
  request->set_table(v1::TABLE_NAMES);
  AddEnum(command, "--table", v1::Table_descriptor(), "Which table; default: names",
          [request](int table) { request->set_table(static_cast<v1::Table>(table)); });
  command->add_option("--scope", *request->mutable_scope(), "es, es@CN; of phrases: en>es")
      ->type_name("SCOPE")
      ->required();
  AddFormat(command, &out->format);
  command->add_flag_callback(
      "--all", [request] { request->set_all(true); }, "Also rows of the book and inherited ones");
  command->add_option("--output", out->output, "File to write, in one step; default: stdout")
      ->type_name("FILE")
      ->excludes("--json");

  auto in = std::make_shared<ImportOptions>();
  command = AddCommand(entries,
                       {"import", "Proposes the rows of a file that differ from what counts.",
                        "ImportEntriesResponse", kImportFooter},
                       in, Import, exit_code);
  command->add_option("FILE", in->file, "The file; -: stdin")->type_name("")->required();
  AddFormat(command, &in->format);
  AddWords(command, "--reason", in->request.mutable_reason(),
           "Why; of every proposal. Not needed with --dry-run");
  command->add_flag_callback(
      "--dry-run", [in] { in->request.set_validate_only(true); },
      "Say what would be proposed, change nothing");
}

}  // namespace signalbook
