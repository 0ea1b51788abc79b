// signalbook book import: what data/ says and a server does not becomes proposals there.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "service/cli/book_file.h"
#include "service/cli/cli.h"
#include "service/cli/moderation/command.h"
#include "service/cli/moderation/connection.h"
#include "service/cli/moderation/data_tables.h"
#include "service/cli/moderation/text.h"
#include "service/moderation/exchange.h"
#include "service/status.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr char kFooter[] =
    "Examples:\n"
    "  signalbook book import --data data --dry-run\n"
    "  signalbook book import --data data --scope es --scope 'en>es' --reason 'native review'\n"
    "\n"
    "Rows of curated/, markets/, phrases/ and guards/ are compared with what counts on the\n"
    "server; notes and examples alone are no difference. Each row that differs is proposed, and\n"
    "waits for approval like any other. A name that the folder lacks is not proposed at all; a\n"
    "phrase, guard or term only with --removals, and only of tables that the folder has.\n"
    "\n"
    "Prints each proposal, with what checks find. Rows that cannot be proposed are printed as\n"
    "FILE:LINE: why, and the others are proposed all the same; here 1 means that there were some.\n"
    "\n";

// Small enough for the limits of exchange.h, and for an answer in time.
constexpr size_t kBytesAtOnce = size_t{256} << 10;
constexpr size_t kRowsAtOnce = 1'000;
constexpr v1::ExchangeFormat kFormat = v1::EXCHANGE_FORMAT_JSON_LINES;

struct Options {
  std::string data = "data";
  std::string reason;
  std::vector<std::string> scopes;
  bool removals = false;
  bool dry_run = false;
  ConnectionOptions connection;
};

// The import of one folder.
class Importer {
 public:
  Importer(const Options& options, Connection* connection)
      : options_(options), connection_(*connection) {}

  // The rows of one scope that share tables.
  absl::Status Import(v1::Table table, const std::string& scope, const std::vector<DataRow>& rows) {
    std::vector<ExchangeRow> served;
    std::vector<v1::Table> tables = {table};
    if (table == v1::TABLE_GUARDS) tables.push_back(v1::TABLE_TERMS);
    for (const v1::Table one : tables) {
      absl::Status status = Fetch(one, scope, &served);
      if (ReasonOf(status) == reason::kEntryUnknown) {
        Problem(rows.front().file, 0, AsStd(status.message()));
        return absl::OkStatus();
      }
      if (!status.ok()) return status;
    }
    const DataDifference difference = CompareWithServed(rows, served, options_.removals);
    unchanged_ += difference.unchanged;
    std::vector<const DataRow*> sent;
    std::string content;
    for (const DataRow& row : difference.rows) {
      const std::string line = WriteExchange(
          kFormat,
          {{.table = row.id.table, .scope = row.id.scope, .key = row.id.key, .row = row.row}});
      if (sent.size() == kRowsAtOnce || content.size() + line.size() > kBytesAtOnce) {
        if (absl::Status status = Send(content, sent); !status.ok()) return status;
        sent.clear();
        content.clear();
      }
      sent.push_back(&row);
      content += line;
    }
    return sent.empty() ? absl::OkStatus() : Send(content, sent);
  }

  void Problem(const std::string& file, int line, std::string_view message) {
    ++problems_;
    PrintLine(
        StrCat(options_.data, "/", file, line > 0 ? StrCat(":", line) : "", ": ", Shown(message)));
  }

  int End() const {
    PrintLine(StrCat(proposed_, options_.dry_run ? " would be proposed, " : " proposed, ",
                     unchanged_, " unchanged, ", problems_, " problems"));
    return problems_ == 0 ? kExitClean : kExitFindings;
  }

 private:
  // All that counts in a scope.
  absl::Status Fetch(v1::Table table, const std::string& scope, std::vector<ExchangeRow>* served) {
    v1::ExportEntriesRequest request;
    request.set_table(table);
    request.set_scope(scope);
    request.set_format(kFormat);
    request.set_all(true);
    const auto response = connection_.Call(&ModerationStub::ExportEntries, request);
    if (!response.ok()) return response.status();
    // A locale may have more rows than a file that is imported.
    std::string_view rest = response->content();
    while (!rest.empty()) {
      const size_t end = rest.find('\n', std::min(kBytesAtOnce, rest.size() - 1));
      absl::StatusOr<ExchangeFile> file = ReadExchange(kFormat, rest.substr(0, end));
      if (!file.ok()) return file.status();
      served->insert(served->end(), std::make_move_iterator(file->rows.begin()),
                     std::make_move_iterator(file->rows.end()));
      rest.remove_prefix(std::min(end, rest.size() - 1) + 1);
    }
    return absl::OkStatus();
  }

  absl::Status Send(const std::string& content, const std::vector<const DataRow*>& rows) {
    v1::ImportEntriesRequest request;
    request.set_format(kFormat);
    request.set_content(content);
    request.set_reason(options_.reason);
    request.set_validate_only(options_.dry_run);
    const auto response = connection_.Call(&ModerationStub::ImportEntries, request);
    if (!response.ok()) return response.status();
    for (const v1::Proposal& proposal : response->proposals()) {
      PrintLine(ProposalLine(proposal));
      for (const v1::CheckFinding& finding : proposal.findings()) {
        PrintLine(StrCat("  ", FindingText(finding)));
      }
    }
    for (const v1::ImportProblem& problem : response->problems()) {
      const auto line = static_cast<size_t>(problem.line());
      const DataRow& row = *rows[std::min(std::max<size_t>(line, 1), rows.size()) - 1];
      Problem(row.file, row.line, problem.message());
    }
    proposed_ += response->proposals_size();
    unchanged_ += response->unchanged();
    return absl::OkStatus();
  }

  const Options& options_;
  Connection& connection_;
  int proposed_ = 0;
  int unchanged_ = 0;
  int problems_ = 0;
};

int Import(const Options& options) {
  absl::StatusOr<DataRows> data = ReadDataRows(options.data);
  if (!data.ok()) return ReportError("book import", data.status());
  absl::StatusOr<Connection> connection = Connection::Open(options.connection);
  if (!connection.ok()) return ReportError("book import", connection.status());
  Importer importer(options, &*connection);
  for (const Finding& finding : data->malformed) {
    importer.Problem(finding.file, finding.line, finding.message);
  }
  std::map<std::pair<v1::Table, std::string>, std::vector<DataRow>> groups;
  std::set<std::string> missing(options.scopes.begin(), options.scopes.end());
  for (DataRow& row : data->rows) {
    missing.erase(row.id.scope);
    if (!options.scopes.empty() && std::find(options.scopes.begin(), options.scopes.end(),
                                             row.id.scope) == options.scopes.end()) {
      continue;
    }
    const v1::Table table = row.id.table == v1::TABLE_TERMS ? v1::TABLE_GUARDS : row.id.table;
    groups[{table, row.id.scope}].push_back(std::move(row));
  }
  if (!missing.empty()) {
    return ReportError("book import",
                       absl::NotFoundError(StrCat("--scope: ", options.data, " has no row of \"",
                                                  *missing.begin(), "\"")));
  }
  for (const auto& [where, rows] : groups) {
    if (absl::Status status = importer.Import(where.first, where.second, rows); !status.ok()) {
      return ReportError("book import", status);
    }
  }
  return importer.End();
}

}  // namespace

void AddBookImport(CLI::App* book, int* exit_code) {
  CLI::App* command = book->add_subcommand(
      "import", "Proposes what the tables of data/ say and a server does not.");
  command->footer(StrCat(kFooter, kConnectionHelp));
  auto options = std::make_shared<Options>();
  command->add_option("--data", options->data, "Folder of the tables")
      ->type_name("DIR")
      ->capture_default_str();
  AddWords(command, "--reason", &options->reason,
           "Why; of every proposal. Not needed with --dry-run");
  Repeated(command
               ->add_option("--scope", options->scopes,
                            "Only these: es, es@CN, 'en>es', root; may be given several times")
               ->type_name("SCOPE"));
  command->add_flag("--removals", options->removals,
                    "Also propose to remove phrases, guards and terms that the folder lacks");
  command->add_flag("--dry-run", options->dry_run, "Only tell what would be proposed");
  AddConnectionOptions(command, &options->connection);
  command->callback([options, exit_code] { *exit_code = Import(*options); });
}

}  // namespace signalbook
