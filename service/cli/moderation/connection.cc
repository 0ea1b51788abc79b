#include "service/cli/moderation/connection.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/time/clock.h"
#include "service/auth.h"
#include "service/channel.h"
#include "service/status.h"
#include "service/strings.h"
#include "translator/tsv.h"

namespace signalbook {
namespace {

constexpr char kTokenVariable[] = "SIGNALBOOK_TOKEN";

// The token to show; empty: none is at hand.
absl::StatusOr<std::string> FindToken(const ConnectionOptions& options) {
  std::string token;
  std::string_view place = kTokenVariable;
  if (!options.token_file.empty()) {
    absl::StatusOr<std::string> content = ReadFile(options.token_file);
    if (!content.ok()) return content.status();
    token = *std::move(content);
    place = options.token_file;
    if (token.empty()) token = "\n";  // a file was named: it must hold one
  } else if (const char* variable = std::getenv(kTokenVariable)) {
    token = variable;
  }
  if (token.empty()) return token;
  absl::StripAsciiWhitespace(&token);
  if (!IsToken(token)) {
    return absl::InvalidArgumentError(
        StrCat(place, ": holds no token; expected one line of visible ASCII characters"));
  }
  return token;
}

absl::StatusOr<ChannelTls> TlsOf(const ConnectionOptions& options) {
  if (options.certificate_file.empty() != options.key_file.empty()) {
    return absl::InvalidArgumentError("--certificate and --key go together");
  }
  return ChannelTls{.enabled = options.tls,
                    .authorities_file = options.authorities_file,
                    .certificate_file = options.certificate_file,
                    .key_file = options.key_file};
}

}  // namespace

const char kConnectionHelp[] =
    "Needs a server that moderates, and an account on it: a token (`signalbook token`) in the\n"
    "file of --token-file or in $SIGNALBOOK_TOKEN, or a certificate with --certificate and\n"
    "--key.\n"
    "\n"
    "Exit codes: 0 done; 1 only where it is said above; 2 the command line is wrong, or the\n"
    "server refused: stderr says why; 3 no server, or it cannot reach its database.\n";

void AddConnectionOptions(CLI::App* command, ConnectionOptions* options) {
  command->add_option("--server", options->server, "Server to ask")
      ->type_name("ADDRESS")
      ->capture_default_str();
  command
      ->add_option("--token-file", options->token_file,
                   "File with the token to show. Default: $SIGNALBOOK_TOKEN")
      ->type_name("FILE");
  command->add_flag("--tls", options->tls, "Use TLS, with the authorities this machine trusts");
  command
      ->add_option("--authorities", options->authorities_file,
                   "Use TLS, with these authorities (PEM)")
      ->type_name("FILE");
  command
      ->add_option("--certificate", options->certificate_file,
                   "Certificate to be known by (PEM), with --key")
      ->type_name("FILE");
  command->add_option("--key", options->key_file, "Its private key (PEM)")->type_name("FILE");
  command->add_option("--timeout", options->timeout_seconds, "Longest wait for an answer")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.001, 86400.0).description(""))
      ->capture_default_str();
}

absl::StatusOr<Connection> Connection::Open(const ConnectionOptions& options) {
  absl::StatusOr<std::string> token = FindToken(options);
  if (!token.ok()) return token.status();
  const absl::StatusOr<ChannelTls> tls = TlsOf(options);
  if (!tls.ok()) return tls.status();
  const absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> credentials =
      MakeChannelCredentials(*tls);
  if (!credentials.ok()) return credentials.status();
  if (token->empty() && options.certificate_file.empty()) {
    return absl::InvalidArgumentError(
        StrCat("who is asking? Set $", kTokenVariable,
               " or --token-file to a token, or --certificate and --key"));
  }
  if (LeavesInTheClear(options.server, *tls)) {
    return absl::InvalidArgumentError(
        StrCat(options.server,
               " is another machine, which a token must not reach in the clear: use --tls or "
               "--authorities"));
  }
  Connection connection;
  connection.address_ = options.server;
  connection.token_ = *std::move(token);
  connection.timeout_ = absl::Seconds(options.timeout_seconds);
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);  // exports are as large as the tables
  connection.channel_ = grpc::CreateCustomChannel(options.server, *credentials, arguments);
  return connection;
}

void Connection::Prepare(grpc::ClientContext* context) const {
  context->set_deadline(absl::ToChronoTime(absl::Now() + timeout_));
  // As metadata, not as call credentials: those refuse a connection without TLS, also one that never
  // leaves the machine.
  if (!token_.empty()) context->AddMetadata("authorization", StrCat("Bearer ", token_));
}

absl::Status Connection::ErrorOf(const grpc::Status& status) const {
  absl::Status error = FromGrpcStatus(status);
  if (absl::IsUnavailable(error) && ReasonOf(error).empty()) {
    return absl::UnavailableError(StrCat("cannot reach ", address_, " (", error.message(),
                                         "); is `signalbook serve` running there?"));
  }
  if (absl::IsDeadlineExceeded(error) && ReasonOf(error).empty()) {
    return absl::DeadlineExceededError(StrCat("no answer from ", address_, " within ",
                                              absl::FormatDuration(timeout_),
                                              "; a larger --timeout waits longer"));
  }
  return error;
}

}  // namespace signalbook
