// signalbook book export: what moderators approved, back in data/, where it is reviewed and released.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "service/cli/book_file.h"
#include "service/cli/cli.h"
#include "service/cli/moderation/connection.h"
#include "service/cli/moderation/data_tables.h"
#include "service/cli/replace_file.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr char kFooter[] =
    "Example:\n"
    "  signalbook book export --data data && git diff data && signalbook book build --data data\n"
    "\n"
    "--data must be the tables that the server's book was built from: moderated rows take the\n"
    "place of theirs, and all others stay as they are, byte for byte. A book built of the result\n"
    "says what the server says. Skin tones and directions are composed anew: one that the server\n"
    "leaves unnamed because nobody had composed it may get a name. What was moderated stays in\n"
    "force on the server, also when its next book has it.\n"
    "\n"
    "A line is a table: its file, rows added, changed, removed. The last one names the revision.\n"
    "Rows that a table cannot hold are named, and nothing is written; here 1 means that there\n"
    "were some.\n"
    "\n";

struct Options {
  std::string data = "data";
  std::string output;  // empty: in place
  bool dry_run = false;
  ConnectionOptions connection;
};

// Every row in force at the newest revision.
struct Moderated {
  int64_t revision = 0;
  v1::DiffRevisionsResponse rows;
};
absl::StatusOr<Moderated> AskForRows(const ConnectionOptions& options) {
  absl::StatusOr<Connection> connection = Connection::Open(options);
  if (!connection.ok()) return connection.status();
  using Stub = v1::ModerationService::Stub;
  Moderated moderated;
  v1::ListRevisionsRequest newest;
  newest.set_page_size(1);
  const auto revisions = connection->Call(&Stub::ListRevisions, newest);
  if (!revisions.ok()) return revisions.status();
  if (revisions->revisions().empty()) return moderated;
  moderated.revision = revisions->revisions(0).number();
  // Of this very revision, whatever is decided meanwhile.
  v1::DiffRevisionsRequest request;
  request.set_to(moderated.revision);
  auto rows = connection->Call(&Stub::DiffRevisions, request);
  if (!rows.ok()) return rows.status();
  moderated.rows = *std::move(rows);
  return moderated;
}

absl::Status Write(const std::string& path, const std::string& content) {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::filesystem::create_directories(folder, error);
  if (error) {
    return absl::InternalError(StrCat(folder.string(), ": cannot be created: ", error.message()));
  }
  return ReplaceFile(path, content);
}

int Export(const Options& options) {
  const absl::StatusOr<Moderated> moderated = AskForRows(options.connection);
  if (!moderated.ok()) return ReportError("book export", moderated.status());
  const absl::StatusOr<DataMerge> merge = MergeIntoData(
      options.data, {moderated->rows.changes().begin(), moderated->rows.changes().end()});
  if (!merge.ok()) return ReportError("book export", merge.status());
  for (const std::string& refused : merge->refused) PrintLine(refused);
  if (!merge->refused.empty()) {
    std::fprintf(stderr, "signalbook book export: %zu rows do not fit; nothing was written\n",
                 merge->refused.size());
    return kExitFindings;
  }
  const std::string root = options.output.empty() ? options.data : options.output;
  for (const DataTable& table : merge->tables) {
    const std::string path = StrCat(root, "/", table.file);
    if (!options.dry_run) {
      if (absl::Status status = Write(path, table.content); !status.ok()) {
        return ReportError("book export", status);
      }
    }
    PrintLine(StrCat(path, ": +", table.added, " ~", table.changed, " -", table.removed));
  }
  PrintLine(StrCat("revision ", moderated->revision, ": ", merge->tables.size(), " tables",
                   options.dry_run ? " would change" : " written"));
  return kExitClean;
}

}  // namespace

void AddBookExport(CLI::App* book, int* exit_code) {
  CLI::App* command =
      book->add_subcommand("export", "Writes what moderators approved into the tables of data/.");
  command->footer(StrCat(kFooter, kConnectionHelp));
  auto options = std::make_shared<Options>();
  command->add_option("--data", options->data, "Folder of the tables")
      ->type_name("DIR")
      ->capture_default_str();
  command
      ->add_option("--output", options->output,
                   "Write the tables that change here instead of in place")
      ->type_name("DIR");
  command->add_flag("--dry-run", options->dry_run, "Only tell what would change");
  AddConnectionOptions(command, &options->connection);
  command->callback([options, exit_code] { *exit_code = Export(*options); });
}

}  // namespace signalbook
