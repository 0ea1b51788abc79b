#include "tests/end_to_end/moderated_server.h"

#include <google/protobuf/util/json_util.h>

#include <utility>

#include "absl/strings/str_split.h"

namespace signalbook {
namespace {

constexpr std::pair<const char*, const char*> kPeople[] = {{"vic", "viewer"},
                                                           {"mia", "moderator"},
                                                           {"ana", "approver"},
                                                           {"ben", "approver"},
                                                           {"adm", "administrator"}};
constexpr char kReady[] = "listening on ";

}  // namespace

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  if (lines.back().empty()) lines.pop_back();
  return lines;
}

void ParseJson(const std::string& line, google::protobuf::Message* message) {
  const auto status = google::protobuf::util::JsonStringToMessage(line, message);
  EXPECT_TRUE(status.ok()) << status.ToString() << "\n" << line;
}

ModeratedServer::ModeratedServer(const std::string& more, const std::string& database)
    : database_(database.empty() ? "sqlite:" + folder_.path() + "/moderation.db" : database) {
  config_ = more + "listen: \"127.0.0.1:0\"\nmoderation {\n";
  config_ += "  database: \"" + database_ + "\"\n  flush_interval_ms: 20\n";
  for (const auto& [name, role] : kPeople) {
    folder_.Write(name, Token(name) + "\n");
    config_ += "  accounts { name: \"" + std::string(name) + "\" role: \"" + role + "\" " +
               Signalbook({"token", "--hash"}, Token(name)).output + "}\n";
  }
  config_ += "}\n";
  process_ = Process::DyingWithUs(
      {SIGNALBOOK_PROGRAM, "serve", "--config", folder_.Write("config.textproto", config_)});
  const std::string ready = process_->ReadLine(absl::Seconds(60));
  EXPECT_EQ(ready.find(kReady), 0u) << ready << process_->errors();
  address_ = ready.substr(0, ready.find(';')).substr(sizeof(kReady) - 1);
}

Result ModeratedServer::As(const std::string& who, std::vector<std::string> arguments,
                           const std::string& input) const {
  // Before whatever else a command takes: "--" ends options.
  const std::vector<std::string> connection = {"--server", address_, "--token-file",
                                               TokenFile(who)};
  arguments.insert(arguments.begin() + 2, connection.begin(), connection.end());
  return Signalbook(arguments, input);
}

std::string ModeratedServer::Says(const std::string& emoji) const {
  const Result result =
      Signalbook({"translate", "--server", address_, "--to", "es", "--emoji", "name", emoji});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  return result.output.substr(0, result.output.find('\n'));
}

v1::Proposal ModeratedServer::Change(const std::string& entry, const std::string& text) const {
  const auto proposal = Get<v1::Proposal>(
      "ana", {"proposals", "create", entry, "--text", text, "--reason", "a test"});
  return Get<v1::Proposal>(
      "ben", {"proposals", "approve", proposal.name(), "--hash", proposal.content_hash()});
}

}  // namespace signalbook
