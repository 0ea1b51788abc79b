// What the commands of `signalbook proposals` have in common.
#ifndef SIGNALBOOK_SERVICE_CLI_MODERATION_PROPOSALS_H_
#define SIGNALBOOK_SERVICE_CLI_MODERATION_PROPOSALS_H_

#include <string>

#include "absl/status/statusor.h"
#include "service/cli/moderation/command.h"

namespace signalbook {

struct ProposalOptions : CommandOptions {
  std::string name;  // as typed; text.h makes a name of it
};

void AddProposalName(CLI::App* command, ProposalOptions* options);

absl::StatusOr<v1::Proposal> GetProposal(Connection& connection, const std::string& name);

// approve and reject.
void AddDecisions(CLI::App* proposals, int* exit_code);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_CLI_MODERATION_PROPOSALS_H_
