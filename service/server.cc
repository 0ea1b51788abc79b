#include "service/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>

#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "service/limits.h"
#include "service/loopback.h"
#include "service/moderation/methods.h"
#include "service/strings.h"
#include "service/tls.h"

namespace signalbook {

Server::Server(const v1::Config& config, const std::shared_ptr<const LiveTranslator>& live,
               Moderation* moderation, Authenticator authenticator, const ServedModels& models)
    : moderation_(moderation),
      authenticator_(std::move(authenticator)),
      metrics_(config.metrics().empty() ? nullptr : std::make_shared<Metrics>()),
      translation_(live, moderation == nullptr ? nullptr : &moderation->traffic(),
                   {.model_timeout = absl::Milliseconds(config.model_timeout_ms()),
                    .model_workers = config.model_workers(),
                    .model_queue = config.model_queue(),
                    .metrics = metrics_.get(),
                    .language_pairs = models.pairs}),
      moderation_service_(Backend(), {.metrics = metrics_.get()}) {
  if (metrics_ != nullptr) AddGauges(live, models);
}

Server::~Server() { Drain(absl::ZeroDuration()); }

void Server::AddGauges(const std::shared_ptr<const LiveTranslator>& live,
                       const ServedModels& models) {
  const Book& book = live->Get()->translator->book();
  metrics_->AddGauge("signalbook_book_info", "The book that answers: always 1",
                     {{"name", std::string(book.name())},
                      {"version", std::string(book.version())},
                      {"hash", std::string(book.hash())}},
                     [] { return 1; });
  metrics_->AddGauge("signalbook_revision",
                     "Revision of moderated changes that answers; 0: the book alone", {},
                     [live] { return static_cast<double>(live->Get()->revision); });
  metrics_->AddGauge("signalbook_calls_under_way", "Calls that are not answered yet",
                     {{"service", "TranslationService"}},
                     [this] { return translation_.calls_under_way(); });
  metrics_->AddGauge("signalbook_calls_under_way", "Calls that are not answered yet",
                     {{"service", "ModerationService"}},
                     [this] { return moderation_service_.calls_under_way(); });
  metrics_->AddGauge("signalbook_model_queue_length", "Calls that wait for a thread to ask a model",
                     {}, [this] { return static_cast<double>(translation_.waiting_for_models()); });
  for (const ServedModel& model : models.servers) {
    metrics_->AddGauge("signalbook_model_breaker_open",
                       "1 while a model that failed is left alone, 0.5 while it is tried again",
                       {{"model", model.name}}, [breaker = model.breaker] {
                         switch (breaker->state()) {
                           case BreakerState::kClosed:
                             return 0.0;
                           case BreakerState::kHalfOpen:
                             return 0.5;
                           case BreakerState::kOpen:
                             break;
                         }
                         return 1.0;
                       });
  }
  for (const ServedModel& model : models.servers) {
    metrics_->AddGauge("signalbook_model_requests_under_way", "Requests that a model works on",
                       {{"model", model.name}},
                       [bulkhead = model.bulkhead] { return bulkhead->active(); });
  }
}

std::optional<ModerationBackend> Server::Backend() const {
  if (moderation_ == nullptr) return std::nullopt;
  return ModerationBackend{ModerationMethods(), *moderation_, authenticator_};
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(
    const v1::Config& config, const std::shared_ptr<const LiveTranslator>& live,
    Moderation* moderation, const ServedModels& models) {
  if (!config.allow_remote() && !config.metrics().empty() && !IsLoopback(config.metrics())) {
    return absl::InvalidArgumentError(StrCat("metrics: other machines could reach \"",
                                             config.metrics(),
                                             "\"; use a loopback address or set allow_remote"));
  }
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
      new Server(config, live, moderation, *std::move(authenticator), models));

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
  if (!config.http().address().empty()) {
    TranslationFront::Options options{
        .address = config.http().address(),
        .allow_remote = config.allow_remote(),
        .allowed_origins = {config.http().allowed_origins().begin(),
                            config.http().allowed_origins().end()},
        .model_timeout = absl::Milliseconds(config.model_timeout_ms())};
    if (config.has_tls()) options.tls = config.tls();
    auto http = TranslationFront::Start(&server->translation_, options);
    if (!http.ok()) return http.status();
    server->http_ = *std::move(http);
  }
  if (server->metrics_ != nullptr) {
    auto metrics = MetricsServer::Start(config.metrics(), server->metrics_);
    if (!metrics.ok()) return metrics.status();
    server->metrics_server_ = *std::move(metrics);
  }
  server->server_->GetHealthCheckService()->SetServingStatus(
      v1::TranslationService::service_full_name(), true);
  return server;
}

void Server::Drain(absl::Duration grace) {
  if (server_ == nullptr) return;
  server_->GetHealthCheckService()->Shutdown();
  const absl::Time deadline = absl::Now() + grace;
  // At the same time: a console whose database hangs takes nothing of the others' grace.
  std::thread console([this, deadline] {
    if (console_ != nullptr) console_->Stop(deadline);
  });
  translation_.Drain(deadline);
  if (http_ != nullptr) http_->Stop();
  moderation_service_.Drain(deadline);
  console.join();
  // Our own calls are done or out of time. What may still be open are streams of health watchers
  // and reflection, which end only when they are cancelled.
  server_->Shutdown(absl::ToChronoTime(absl::Now() + kCloseTimeout));
  server_->Wait();
  translation_.Stop();
  server_.reset();
}

}  // namespace signalbook
