// signalbook proposals approve and reject.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "service/cli/moderation/command.h"
#include "service/cli/moderation/proposals.h"
#include "service/cli/moderation/text.h"
#include "service/status.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr char kApproveFooter[] =
    "Approves the text that was read and no other: on a terminal it is shown and you are asked;\n"
    "a script names it with --hash, the contentHash of what it has decided on. Nobody approves\n"
    "what they wrote themselves. The last approval that it takes puts the row in force,\n"
    "everywhere.\n"
    "\n"
    "Examples:\n"
    "  signalbook proposals approve 17\n"
    "  signalbook proposals approve 17 --hash \"$HASH\"\n"
    "  signalbook proposals approve 17 --acknowledge same-name --reason 'they are the same'\n"
    "\n"
    "Here 1 means that the question was not answered with yes.\n";

constexpr char kRejectFooter[] =
    "Of a block in an emergency, this undoes it.\n"
    "\n"
    "Example:\n"
    "  signalbook proposals reject 17 --reason 'nobody calls it that'\n";

struct DecideOptions : ProposalOptions {
  std::string hash;
  std::string reason;
  std::vector<std::string> acknowledged;
};

// Whether whoever sits at the terminal says yes to `proposal`.
bool Asked(const v1::Proposal& proposal) {
  std::fprintf(stderr, "%s\nApprove this? [y/N] ", ProposalText(proposal).c_str());
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

absl::Status InTermsOfOptions(const absl::Status& status) {
  if (ReasonOf(status) != reason::kWarningsNotAcknowledged) return status;
  return absl::Status(status.code(), StrCat(AsStd(status.message()),
                                            " (--acknowledge RULE for each, and --reason)"));
}

absl::StatusOr<int> Approve(Connection& connection, const DecideOptions& options) {
  v1::ApproveProposalRequest request;
  request.set_name(ProposalName(options.name));
  request.set_content_hash(options.hash);
  request.set_reason(options.reason);
  *request.mutable_acknowledged_rules() = {options.acknowledged.begin(),
                                           options.acknowledged.end()};
  if (options.hash.empty()) {
    if (isatty(STDIN_FILENO) == 0) {
      return absl::InvalidArgumentError(
          "nobody to ask: stdin is no terminal. Say with --hash which text is approved, the "
          "contentHash of `signalbook proposals show NAME --json`; it keeps anybody from approving "
          "what they have not read");
    }
    const absl::StatusOr<v1::Proposal> read = GetProposal(connection, options.name);
    if (!read.ok()) return read.status();
    if (!Asked(*read)) {
      std::fputs("not approved\n", stderr);
      return kExitFindings;
    }
    request.set_content_hash(read->content_hash());
  }
  const auto proposal = connection.Call(&ModerationStub::ApproveProposal, request);
  if (!proposal.ok()) return InTermsOfOptions(proposal.status());
  return PrintMessage(options, *proposal, ProposalLine);
}

absl::StatusOr<int> Reject(Connection& connection, const DecideOptions& options) {
  v1::RejectProposalRequest request;
  request.set_name(ProposalName(options.name));
  request.set_content_hash(options.hash);
  request.set_reason(options.reason);
  const auto proposal = connection.Call(&ModerationStub::RejectProposal, request);
  if (!proposal.ok()) return proposal.status();
  return PrintMessage(options, *proposal, ProposalLine);
}

}  // namespace

void AddDecisions(CLI::App* proposals, int* exit_code) {
  auto approve = std::make_shared<DecideOptions>();
  CLI::App* command = AddCommand(
      proposals, {"approve", "Approves what somebody else proposed.", "Proposal", kApproveFooter},
      approve, Approve, exit_code);
  AddProposalName(command, approve.get());
  command->add_option("--hash", approve->hash, "The text that was read: its contentHash")
      ->type_name("HASH");
  AddWords(command, "--reason", &approve->reason, "Why; required where checks warn");
  AddWords(command, "--acknowledge", &approve->acknowledged,
           "A rule whose warning is all right; may be repeated")
      ->type_name("RULE");

  auto reject = std::make_shared<DecideOptions>();
  command = AddCommand(
      proposals, {"reject", "Rejects what somebody else proposed.", "Proposal", kRejectFooter},
      reject, Reject, exit_code);
  AddProposalName(command, reject.get());
  command
      ->add_option("--hash", reject->hash, "Only if it still says what was read: its contentHash")
      ->type_name("HASH");
  AddWords(command, "--reason", &reject->reason, "Why")->required();
}

}  // namespace signalbook
