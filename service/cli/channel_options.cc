#include "service/cli/channel_options.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "service/auth.h"
#include "service/channel.h"
#include "service/strings.h"
#include "translator/tsv.h"

namespace signalbook {
namespace {

// The token to show; empty: none is at hand.
absl::StatusOr<std::string> FindToken(const ChannelOptions& options) {
  std::string token;
  std::string_view place = options.token_variable;
  if (!options.token_file.empty()) {
    absl::StatusOr<std::string> content = ReadFile(options.token_file);
    if (!content.ok()) return content.status();
    token = *std::move(content);
    place = options.token_file;
    if (token.empty()) token = "\n";  // a file was named: it must hold one
  } else if (const char* variable = options.token_variable.empty()
                                        ? nullptr
                                        : std::getenv(options.token_variable.c_str())) {
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

absl::StatusOr<ChannelTls> TlsOf(const ChannelOptions& options) {
  if (options.certificate_file.empty() != options.key_file.empty()) {
    return absl::InvalidArgumentError("--certificate and --key go together");
  }
  return ChannelTls{.enabled = options.tls,
                    .authorities_file = options.authorities_file,
                    .certificate_file = options.certificate_file,
                    .key_file = options.key_file};
}

}  // namespace

void AddChannelOptions(CLI::App* command, ChannelOptions* options, CLI::Option* needed) {
  const std::string variable =
      options->token_variable.empty() ? "" : StrCat(". Default: $", options->token_variable);
  CLI::Option* const added[] = {
      command
          ->add_option("--token-file", options->token_file,
                       StrCat("File with the token to show", variable))
          ->type_name("FILE"),
      command->add_flag("--tls", options->tls, "Use TLS, with the authorities this machine trusts"),
      command
          ->add_option("--authorities", options->authorities_file,
                       "Use TLS, with these authorities (PEM)")
          ->type_name("FILE"),
      command
          ->add_option("--certificate", options->certificate_file,
                       "Certificate to be known by (PEM), with --key")
          ->type_name("FILE"),
      command->add_option("--key", options->key_file, "Its private key (PEM)")->type_name("FILE"),
  };
  if (needed == nullptr) return;
  for (CLI::Option* option : added) option->needs(needed);
}

void ServerChannel::AddToken(grpc::ClientContext* context) const {
  // As metadata, not as call credentials: those refuse a connection without TLS, also one that never
  // leaves the machine.
  if (!token.empty()) context->AddMetadata("authorization", StrCat("Bearer ", token));
}

absl::StatusOr<ServerChannel> OpenChannel(const std::string& address,
                                          const ChannelOptions& options) {
  absl::StatusOr<std::string> token = FindToken(options);
  if (!token.ok()) return token.status();
  const absl::StatusOr<ChannelTls> tls = TlsOf(options);
  if (!tls.ok()) return tls.status();
  const absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> credentials =
      MakeChannelCredentials(*tls);
  if (!credentials.ok()) return credentials.status();
  if (!token->empty() && LeavesInTheClear(address, *tls)) {
    return absl::InvalidArgumentError(
        StrCat(address,
               " is another machine, which a token must not reach in the clear: use --tls or "
               "--authorities"));
  }
  grpc::ChannelArguments arguments;
  // Exports are as large as the tables; a message of nothing but emoji has an answer many times its size.
  arguments.SetMaxReceiveMessageSize(-1);
  return ServerChannel{grpc::CreateCustomChannel(address, *credentials, arguments),
                       *std::move(token)};
}

}  // namespace signalbook
