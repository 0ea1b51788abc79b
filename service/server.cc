#include "service/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "service/limits.h"
#include "service/loopback.h"
#include "service/moderation/methods.h"
#include "service/strings.h"
#include "service/tls.h"

namespace signalbook {

Server::Server(const v1::Config& config, std::shared_ptr<const LiveTranslator> live,
               Moderation* moderation, Authenticator authenticator)
    : moderation_(moderation),
      authenticator_(std::move(authenticator)),
      translation_(std::move(live), moderation == nullptr ? nullptr : &moderation->traffic(),
                   {.model_timeout = absl::Milliseconds(config.model_timeout_ms()),
                    .model_workers = config.model_workers(),
                    .model_queue = config.model_queue()}),
      moderation_service_(Backend(), {}) {}

Server::~Server() { Drain(absl::ZeroDuration()); }

std::optional<ModerationBackend> Server::Backend() const {
  if (moderation_ == nullptr) return std::nullopt;
  return ModerationBackend{ModerationMethods(), *moderation_, authenticator_};
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const v1::Config& config,
                                                      std::shared_ptr<const LiveTranslator> live,
                                                      Moderation* moderation) {
  if (!config.allow_remote() && !IsLoopback(config.listen())) {
    return absl::InvalidArgumentError(
        StrCat("listen: other machines could reach \"", config.listen(),
               "\" and translation asks nobody who they are; use a loopback address or set "
               "allow_remote"));
  }
  std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials();
  if (config.has_tls()) {
    auto secure = ServerCredentials(config.tls());
    if (!secure.ok()) return secure.status();
    credentials = *std::move(secure);
  }
  absl::StatusOr<Authenticator> authenticator = Authenticator::Create(config.moderation());
  if (!authenticator.ok()) return authenticator.status();
  std::unique_ptr<Server> server(
      new Server(config, std::move(live), moderation, *std::move(authenticator)));

  // Both are process-wide switches that a builder reads.
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();

  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(config.listen(), credentials, &port);
  builder.RegisterService(&server->translation_);
  builder.RegisterService(&server->moderation_service_);
  builder.SetMaxReceiveMessageSize(moderation == nullptr ? kMaxRequestBytes : kMaxModerationBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxConcurrentStreams);
  // Otherwise a second server takes the same port without an error and gets half of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr) {
    return absl::UnavailableError(StrCat("cannot listen on ", config.listen(),
                                         ": in use, or not an address of this machine"));
  }
  server->address_ =
      IsUnix(config.listen()) ? config.listen() : StrCat(HostOf(config.listen()), ":", port);

  if (moderation != nullptr && !config.moderation().console().empty()) {
    ConsoleServer::Options options{.address = config.moderation().console(),
                                   .allow_remote = config.allow_remote()};
    if (config.has_tls()) options.tls = config.tls();
    auto console = ConsoleServer::Start(*server->Backend(), options);
    if (!console.ok()) return console.status();
    server->console_ = *std::move(console);
  }
  server->server_->GetHealthCheckService()->SetServingStatus(
      v1::TranslationService::service_full_name(), true);
  return server;
}

void Server::Drain(absl::Duration grace) {
  if (server_ == nullptr) return;
  server_->GetHealthCheckService()->Shutdown();
  if (console_ != nullptr) console_->Stop();
  const absl::Time deadline = absl::Now() + grace;
  translation_.Drain(deadline);
  moderation_service_.Drain(deadline);
  // Our own calls are done or out of time. What may still be open are streams of health watchers
  // and reflection, which end only when they are cancelled.
  server_->Shutdown(absl::ToChronoTime(absl::Now() + kCloseTimeout));
  server_->Wait();
  translation_.Stop();
  moderation_service_.Stop();
  server_.reset();
}

}  // namespace signalbook
