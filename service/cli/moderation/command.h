// What the commands that people and scripts moderate with have in common: how they are added, take words,
// ask a server and print lists.
#ifndef SIGNALBOOK_SERVICE_CLI_MODERATION_COMMAND_H_
#define SIGNALBOOK_SERVICE_CLI_MODERATION_COMMAND_H_

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "service/cli/cli.h"
#include "service/cli/json.h"
#include "service/cli/moderation/connection.h"
#include "service/cli/table.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace signalbook {

using ModerationStub = v1::ModerationService::Stub;

struct CommandOptions {
  ConnectionOptions connection;
  bool json = false;
};

struct CommandText {
  std::string name;  // "list"
  std::string description;
  std::string message;  // what --json prints: "Proposal"
  std::string footer;   // examples, and what its exit code 1 says; kConnectionHelp follows
};

// AddConnectionOptions under a heading of their own.
void AddServerOptions(CLI::App* command, ConnectionOptions* options);

// Adds "GROUP NAME", which asks a server. `run` gives the exit code; an error is reported.
CLI::App* AddCommand(CLI::App* group, const CommandText& text, CommandOptions* options,
                     std::function<absl::StatusOr<int>(Connection&)> run, int* exit_code);
template <typename Options>
CLI::App* AddCommand(CLI::App* group, const CommandText& text,
                     const std::shared_ptr<Options>& options,
                     absl::StatusOr<int> (*run)(Connection&, const Options&), int* exit_code) {
  return AddCommand(
      group, text, options.get(),
      [options, run](Connection& connection) { return run(connection, *options); }, exit_code);
}

// An option of words, which arrive as they were typed, whatever they look like: "[a,b]", "{}".
CLI::Option* AddWords(CLI::App* command, const std::string& name, std::string* words,
                      const std::string& help);
// The same, which may be given several times.
CLI::Option* AddWords(CLI::App* command, const std::string& name, std::vector<std::string>* words,
                      const std::string& help);
// An option that takes the words of an enum (text.h). `set` is called for each.
CLI::Option* AddEnum(CLI::App* command, const std::string& name,
                     const google::protobuf::EnumDescriptor* values, const std::string& help,
                     std::function<void(int)> set);
// Lets an option be given several times, each time with one value.
CLI::Option* Repeated(CLI::Option* option);

// Prints a message: as a line of JSON, or else as what `text` makes of it. The exit code.
template <typename Message>
int PrintMessage(const CommandOptions& options, const Message& message,
                 std::string (*text)(const Message&)) {
  PrintLine(options.json ? ToJsonLine(message) : text(message));
  return kExitClean;
}

inline constexpr int64_t kLargestPage = 1'000;  // moderation.proto

// Says on stderr that a list goes on.
void NoteRest(int64_t shown, int32_t total);

// Calls a method that lists until it has given everything, or `limit` (0: everything). `take` gets each item
// and ends it with false.
template <typename Request, typename Response, typename Item, typename Take>
absl::Status ForEachItem(Connection& connection,
                         grpc::Status (ModerationStub::*method)(grpc::ClientContext*,
                                                                const Request&, Response*),
                         Request request,
                         const google::protobuf::RepeatedPtrField<Item>& (Response::*items)() const,
                         int64_t limit, Take take) {
  int64_t left = limit;
  for (;;) {
    request.set_page_size(
        static_cast<int32_t>(limit == 0 ? kLargestPage : std::min(left, kLargestPage)));
    const absl::StatusOr<Response> page = connection.Call(method, request);
    if (!page.ok()) return page.status();
    for (const Item& item : ((*page).*items)()) {
      if (!take(item)) return absl::OkStatus();
      --left;
    }
    if (page->next_page_token().empty()) return absl::OkStatus();
    if (limit != 0 && left <= 0) {
      NoteRest(limit, page->total_size());
      return absl::OkStatus();
    }
    request.set_page_token(page->next_page_token());
  }
}

template <typename Request>
struct ListOptions : CommandOptions {
  Request request;
  int64_t limit = 0;
};

// --limit.
void AddLimit(CLI::App* command, int64_t* limit);

// What PrintList shows of items.
template <typename Item>
struct ListColumns {
  std::vector<std::string> header;
  std::vector<std::string> (*cells)(const Item&);
};

// Prints a list: JSON as it comes, a table when all is there. The exit code.
template <typename Request, typename Response, typename Item>
absl::StatusOr<int> PrintList(
    Connection& connection,
    grpc::Status (ModerationStub::*method)(grpc::ClientContext*, const Request&, Response*),
    const google::protobuf::RepeatedPtrField<Item>& (Response::*items)() const,
    const ListOptions<Request>& options, const ListColumns<Item>& columns) {
  Table table(columns.header);
  int64_t count = 0;
  const absl::Status status =
      ForEachItem(connection, method, options.request, items, options.limit, [&](const Item& item) {
        ++count;
        if (options.json) return PrintLine(ToJsonLine(item));
        table.Add(columns.cells(item));
        return true;
      });
  if (!status.ok()) return status;
  if (count == 0) {
    std::fputs("none\n", stderr);
  } else if (!options.json) {
    PrintLine(table.Render());
  }
  return kExitClean;
}

// Commands that stand in files of their own.
void AddAuditVerify(CLI::App* audit, int* exit_code);
void AddEntriesExchange(CLI::App* entries, int* exit_code);
void AddEntriesPreview(CLI::App* entries, int* exit_code);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_CLI_MODERATION_COMMAND_H_
