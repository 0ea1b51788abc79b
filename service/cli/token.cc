// signalbook token: what a caller shows, and what the configuration keeps of it.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "service/auth.h"
#include "service/cli/cli.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr char kFooter[] =
    "The token is shown once and kept nowhere: give it to its owner, who sends it with every call\n"
    "as \"authorization: Bearer TOKEN\". Its hash goes into the configuration of the server:\n"
    "  moderation { accounts { name: \"ana\" role: \"approver\" token_sha256: \"...\" } }\n"
    "  access { clients { name: \"chat-app\" token_sha256: \"...\" } }\n"
    "\n"
    "Examples:\n"
    "  signalbook token\n"
    "  signalbook token --hash < token.txt\n"
    "\n"
    "--hash takes no argument: everybody on the machine can read command lines.\n"
    "\n"
    "Exit codes: 0 printed; 2 with --hash, stdin is no token; 3 cannot be written.";

struct Options {
  bool hash = false;
  bool json = false;
};

// One line of stdin, the end of the line aside; empty when it is no token.
std::string ReadToken() {
  std::string token;
  std::string more;
  std::getline(std::cin, token);
  if (!token.empty() && token.back() == '\r') token.pop_back();
  return std::getline(std::cin, more) || !IsToken(token) ? std::string() : token;
}

int Token(const Options& options) {
  const std::string token = options.hash ? ReadToken() : NewToken();
  if (token.empty()) {
    std::fprintf(stderr,
                 "signalbook token: stdin: expected one line, a token of 1 to %zu visible ASCII "
                 "characters\n",
                 kMaxTokenBytes);
    return kExitUsage;
  }
  const std::string hash = TokenHash(token);
  bool printed = false;
  if (options.json) {
    nlohmann::json object = {{"tokenSha256", hash}};
    if (!options.hash) object["token"] = token;
    printed = PrintLine(object.dump());
  } else {
    printed = (options.hash || PrintLine(StrCat("token: ", token))) &&
              PrintLine(StrCat("token_sha256: \"", hash, "\""));
  }
  if (!printed) {
    std::fputs("signalbook token: stdout cannot be written\n", stderr);
    return kExitInternal;
  }
  if (!options.hash) {
    std::fputs(
        "signalbook token: the token is shown this once; give it to its owner and put "
        "token_sha256 into the configuration\n",
        stderr);
  }
  return kExitClean;
}

}  // namespace

void AddToken(CLI::App* app, int* exit_code) {
  CLI::App* command = app->add_subcommand(
      "token", "Makes a token for who moderates or translates, and the hash that servers keep.");
  command->footer(kFooter);
  auto options = std::make_shared<Options>();
  command->add_flag("--hash", options->hash, "Read a token from stdin and print only its hash");
  command->add_flag("--json", options->json,
                    "Print an object with token and tokenSha256 as JSON, one line");
  command->callback([options, exit_code] { *exit_code = Token(*options); });
}

}  // namespace signalbook
