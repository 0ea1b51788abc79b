// A server with moderation over a database of its own, and five people who use it from a terminal.
#ifndef SIGNALBOOK_TESTS_END_TO_END_MODERATED_SERVER_H_
#define SIGNALBOOK_TESTS_END_TO_END_MODERATED_SERVER_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "signalbook/v1/moderation.pb.h"
#include "tests/end_to_end/process.h"
#include "tests/service/cli/temp_folder.h"

namespace signalbook {

std::vector<std::string> Lines(const std::string& text);

// Of a line of JSON. Strict: a field that the message does not have fails the test.
void ParseJson(const std::string& line, google::protobuf::Message* message);
template <typename Message>
Message FromJson(const std::string& line) {
  Message message;
  ParseJson(line, &message);
  return message;
}

class ModeratedServer {
 public:
  // vic (viewer), mia (moderator), ana and ben (approvers), adm (administrator). `more`: what else stands in its
  // configuration. `database`: if it is not to be one of its own.
  explicit ModeratedServer(const std::string& more = "apertium { disabled: true }\n",
                           const std::string& database = "");

  const std::string& address() const { return address_; }
  const TempFolder& folder() const { return folder_; }
  Process& process() { return *process_; }
  // What it reads when it starts, and when it is told to read it again.
  const std::string& config() const { return config_; }
  void WriteConfig(const std::string& text) const { folder_.Write("config.textproto", text); }
  const std::string& database() const { return database_; }
  std::string TokenFile(const std::string& who) const { return folder_.path() + "/" + who; }
  std::string Token(const std::string& who) const { return "sb_secret-of-" + who; }

  // Runs a command as one of them.
  Result As(const std::string& who, std::vector<std::string> arguments,
            const std::string& input = "") const;
  // The same, with --json: the message that it prints. Fails the test if the command does.
  template <typename Message>
  Message Get(const std::string& who, std::vector<std::string> arguments) const {
    arguments.emplace_back("--json");
    const Result result = As(who, arguments);
    EXPECT_EQ(result.exit_code, 0) << ::testing::PrintToString(arguments) << result.errors;
    EXPECT_EQ(Lines(result.output).size(), 1u) << result.output;
    return FromJson<Message>(result.output.substr(0, result.output.find('\n')));
  }

  // What an emoji is called in Spanish now.
  std::string Says(const std::string& emoji) const;

  // Ana proposes, Ben approves; the proposal.
  v1::Proposal Change(const std::string& entry, const std::string& text) const;

 private:
  TempFolder folder_;
  const std::string database_;
  std::string config_;
  std::unique_ptr<Process> process_;
  std::string address_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_END_TO_END_MODERATED_SERVER_H_
