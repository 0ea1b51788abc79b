// signalbook audit verify: whether the log is what it was; of an export, a server or a database.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "service/cli/moderation/command.h"
#include "service/cli/moderation/text.h"
#include "service/moderation/audit_log.h"
#include "service/moderation/database.h"
#include "service/moderation/moderation.h"
#include "service/moderation/store.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr char kFooter[] =
    "Each event carries the hash of the one before, so an edit, a deletion in between or another\n"
    "order shows. That the end was cut off shows only to who kept a head hash elsewhere: --head.\n"
    "Of a server or a database the rows in force are compared with what the log says was\n"
    "decided, too.\n"
    "\n"
    "FILE is what `signalbook audit export` writes; for it, as for --database, no server is\n"
    "asked and no token needed.\n"
    "\n"
    "Examples:\n"
    "  signalbook audit verify\n"
    "  signalbook audit verify audit.jsonl --head 9c1e...\n"
    "  signalbook audit verify --database sqlite:/backup/moderation.db\n"
    "\n"
    "Here 1 means that the log is broken: stdout says where and how.\n"
    "\n";

constexpr int kEventsAtOnce = 1'000;
constexpr std::string_view kSqlite = "sqlite:";

struct VerifyOptions {
  std::string file;
  std::string database;
  std::string head;
  ConnectionOptions connection;
  bool json = false;
};

struct Verdict {
  v1::VerifyAuditLogResponse response;
  std::string place;        // "audit.jsonl:17", where it is broken; of files only
  bool holds_head = false;  // an event has the hash that was kept
};

absl::StatusOr<Verdict> VerifyLines(std::istream& lines, const std::string& name,
                                    const std::string& head) {
  Verdict verdict;
  AuditVerifier verifier;
  int64_t number = 0;
  std::string line;
  while (std::getline(lines, line)) {
    ++number;
    const absl::StatusOr<v1::AuditEvent> event = ParseAuditLine(line);
    if (event.ok() && verifier.Add(*event)) {
      verdict.holds_head |= event->hash() == head;
      continue;
    }
    verdict.response = verifier.Result();
    verdict.place = StrCat(name, ":", number);
    if (!event.ok()) {
      verdict.response.set_intact(false);
      verdict.response.set_defect(std::string(AsStd(event.status().message())));
      verdict.response.set_defect_number(verdict.response.events() + 1);
    }
    return verdict;
  }
  if (lines.bad()) return absl::InternalError(StrCat(name, ": cannot be read to its end"));
  verdict.response = verifier.Result();
  return verdict;
}

absl::StatusOr<Verdict> VerifyFile(const std::string& file, const std::string& head) {
  if (file == "-") return VerifyLines(std::cin, "stdin", head);
  std::ifstream lines(file, std::ios::binary);
  if (!lines || std::filesystem::is_directory(file)) {
    return absl::NotFoundError(StrCat(file, ": cannot be opened"));
  }
  return VerifyLines(lines, file, head);
}

absl::StatusOr<Verdict> VerifyDatabase(const std::string& url, const std::string& head) {
  // A server makes the file that is not there; here it would be an empty log, and intact.
  if (url.starts_with(kSqlite) && !std::filesystem::exists(url.substr(kSqlite.size()))) {
    return absl::NotFoundError(StrCat(url, ": there is no such file"));
  }
  const absl::StatusOr<std::unique_ptr<Database>> database = OpenDatabase(url);
  if (!database.ok()) return database.status();
  Verdict verdict;
  absl::Status status = (*database)->Read([&](SqlTransaction& sql) -> absl::Status {
    if (absl::Status read = VerifyAuditLogIn(sql, &verdict.response); !read.ok()) return read;
    for (int64_t before = 0; !head.empty() && !verdict.holds_head;) {
      const absl::StatusOr<std::vector<v1::AuditEvent>> events =
          store::ListEvents(sql, {}, {.before = before, .limit = kEventsAtOnce});
      if (!events.ok()) return events.status();
      for (const v1::AuditEvent& event : *events) {
        verdict.holds_head |= event.hash() == head;
        before = event.number();
      }
      if (events->size() < kEventsAtOnce) break;
    }
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return verdict;
}

absl::StatusOr<Verdict> VerifyServer(const ConnectionOptions& options, const std::string& head) {
  absl::StatusOr<Connection> connection = Connection::Open(options);
  if (!connection.ok()) return connection.status();
  absl::StatusOr<v1::VerifyAuditLogResponse> response =
      connection->Call(&ModerationStub::VerifyAuditLog, v1::VerifyAuditLogRequest());
  if (!response.ok()) return response.status();
  Verdict verdict;
  verdict.response = *std::move(response);
  verdict.holds_head = verdict.response.head_hash() == head;
  if (head.empty() || verdict.holds_head) return verdict;
  absl::Status status =
      ForEachItem(*connection, &ModerationStub::ListAuditEvents, v1::ListAuditEventsRequest(),
                  &v1::ListAuditEventsResponse::events, 0, [&](const v1::AuditEvent& event) {
                    verdict.holds_head = event.hash() == head;
                    return !verdict.holds_head;
                  });
  if (!status.ok()) return status;
  return verdict;
}

std::string Text(const Verdict& verdict) {
  const v1::VerifyAuditLogResponse& response = verdict.response;
  if (response.intact()) {
    return StrCat(response.events(), " events, intact, head ", response.head_hash());
  }
  if (!verdict.place.empty()) return StrCat(verdict.place, ": ", response.defect());
  return StrCat("broken",
                response.defect_number() == 0 ? std::string()
                                              : StrCat(" at event ", response.defect_number()),
                ": ", response.defect());
}

absl::StatusOr<int> Verify(const VerifyOptions& options) {
  const std::string head = absl::AsciiStrToLower(options.head);
  const bool is_hash = std::all_of(head.begin(), head.end(), [](char c) {
    return absl::ascii_isxdigit(static_cast<unsigned char>(c));
  });
  if (!head.empty() && (!is_hash || head.size() != kAuditStart.size())) {
    return absl::InvalidArgumentError(
        "--head: expected the 64 hexadecimal digits of a hash, as verify and export print it");
  }
  absl::StatusOr<Verdict> verdict = !options.file.empty() ? VerifyFile(options.file, head)
                                    : !options.database.empty()
                                        ? VerifyDatabase(options.database, head)
                                        : VerifyServer(options.connection, head);
  if (!verdict.ok()) return verdict.status();
  v1::VerifyAuditLogResponse& response = verdict->response;
  // Every log begins with the start; so did one that was empty when its head was kept.
  if (response.intact() && !head.empty() && head != kAuditStart && !verdict->holds_head) {
    response.set_intact(false);
    response.set_defect(StrCat("no event of the ", response.events(), " has the hash ", head,
                               ": the end of the log was cut off, or it is another log"));
    response.set_defect_number(response.events() + 1);
  }
  PrintLine(options.json ? ToJsonLine(response) : Text(*verdict));
  return response.intact() ? kExitClean : kExitFindings;
}

}  // namespace

void AddAuditVerify(CLI::App* audit, int* exit_code) {
  CLI::App* command = audit->add_subcommand("verify", "Checks that nobody has changed the log.");
  command->footer(StrCat(kFooter, kConnectionHelp));
  auto options = std::make_shared<VerifyOptions>();
  AddServerOptions(command, &options->connection);
  CLI::Option* file =
      command->add_option("FILE", options->file, "An export; -: stdin; default: ask the server")
          ->type_name("");
  command
      ->add_option("--database", options->database,
                   "Read this database instead: sqlite:FILE or postgresql://...")
      ->type_name("URL")
      ->excludes(file);
  command
      ->add_option("--head", options->head,
                   "A head hash that was kept: it must stand in the log, or its end is missing")
      ->type_name("HASH");
  command->add_flag("--json", options->json,
                    "Print signalbook.v1.VerifyAuditLogResponse in protobuf's JSON, one line");
  command->callback([options, exit_code] {
    const absl::StatusOr<int> result = Verify(*options);
    *exit_code = result.ok() ? *result : ReportError("audit verify", result.status());
  });
}

}  // namespace signalbook
