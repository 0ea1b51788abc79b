#include "service/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "service/limits.h"
#include "service/loopback.h"
#include "service/moderation/decision.h"
#include "service/moderation/methods.h"
#include "service/response.h"
#include "service/strings.h"
#include "service/tls.h"

namespace signalbook {
namespace {

v1::BreakerState OnTheWire(BreakerState state) {
  switch (state) {
    case BreakerState::kClosed:
      return v1::BREAKER_STATE_CLOSED;
    case BreakerState::kOpen:
      return v1::BREAKER_STATE_OPEN;
    case BreakerState::kHalfOpen:
      return v1::BREAKER_STATE_HALF_OPEN;
  }
  return v1::BREAKER_STATE_UNSPECIFIED;
}

// Both fronts of gRPC ask then, and nobody on the way can read what callers show.
bool CallersMustShowWhoTheyAre(const v1::Config& config) {
  return config.has_access() && !config.access().allow_anonymous() && config.has_tls();
}

// Whether everybody who could reach an address may.
absl::Status CheckReach(const v1::Config& config) {
  if (config.allow_remote()) return absl::OkStatus();
  if (!config.metrics().empty() && !IsLoopback(config.metrics())) {
    return absl::InvalidArgumentError(StrCat("metrics: other machines could reach \"",
                                             config.metrics(),
                                             "\"; use a loopback address or set allow_remote"));
  }
  if (CallersMustShowWhoTheyAre(config)) return absl::OkStatus();
  for (const auto& [field, address] : {std::pair("listen", &config.listen()),
                                       std::pair("http.address", &config.http().address())}) {
    if (address->empty() || IsLoopback(*address)) continue;
    return absl::InvalidArgumentError(
        StrCat(field, ": other machines could reach \"", *address,
               "\" without saying who they are; use a loopback address, or have callers named in "
               "access (without allow_anonymous) and tls, or set allow_remote"));
  }
  return absl::OkStatus();
}

std::optional<v1::Access> AccessOf(const v1::Config& config) {
  return config.has_access() ? std::optional(config.access()) : std::nullopt;
}

}  // namespace

Server::Server(const v1::Config& config, const std::shared_ptr<const LiveTranslator>& live,
               Moderation* moderation, Authenticator authenticator,
               std::unique_ptr<Admission> admission, std::unique_ptr<RequestLog> log,
               ReloadFunction reload)
    : live_(live),
      moderation_(moderation),
      authenticator_(std::move(authenticator)),
      admission_(std::move(admission)),
      metrics_(config.metrics().empty() ? nullptr : std::make_shared<Metrics>()),
      log_(std::move(log)),
      start_time_(absl::Now()),
      translation_(live, moderation == nullptr ? nullptr : &moderation->traffic(),
                   {.model_timeout = absl::Milliseconds(config.model_timeout_ms()),
                    .model_workers = config.model_workers(),
                    .model_queue = config.model_queue(),
                    .metrics = metrics_.get(),
                    .log = log_.get(),
                    .admission = admission_.get()}),
      moderation_service_(Backend(), {.metrics = metrics_.get(), .log = log_.get()}),
      operations_(Operations(std::move(reload))) {
  if (metrics_ != nullptr) AddGauges();
}

Server::~Server() { Drain(absl::ZeroDuration()); }

void Server::AddGauges() {
  using Values = std::vector<Metrics::Value>;
  metrics_->AddGauge("signalbook_book_info", "The book that answers: always 1", [live = live_] {
    const std::shared_ptr<const LiveBook> now = live->Get();
    return Values{{{{"name", std::string(now->base->name())},
                    {"version", std::string(now->base->version())},
                    {"hash", std::string(now->base->hash())}},
                   1}};
  });
  metrics_->AddGauge("signalbook_revision",
                     "Revision of moderated changes that answers; 0: the book alone",
                     [live = live_] {
                       return Values{{{}, static_cast<double>(live->Get()->revision)}};
                     });
  if (moderation_ != nullptr) {
    metrics_->AddGauge("signalbook_store_age_seconds",
                       "How long ago the database of moderation was last read", [this] {
                         return Values{{{}, absl::ToDoubleSeconds(moderation_->age())}};
                       });
  }
  metrics_->AddGauge("signalbook_calls_under_way", "Calls that are not answered yet", [this] {
    return Values{
        {{{"service", "TranslationService"}}, double(translation_.calls_under_way())},
        {{{"service", "ModerationService"}}, double(moderation_service_.calls_under_way())}};
  });
  metrics_->AddGauge("signalbook_model_queue_length", "Calls that wait for a thread to ask a model",
                     [this] {
                       return Values{{{}, static_cast<double>(translation_.waiting_for_models())}};
                     });
  admission_->AddMetrics(metrics_.get());
  // A value for each model behind an address.
  const auto of_models = [this](auto value) {
    return [live = live_, value] {
      Values values;
      for (const ServedModel& model : live->Get()->models->servers) {
        values.push_back({{{"model", model.name}}, value(model)});
      }
      return values;
    };
  };
  metrics_->AddGauge("signalbook_model_breaker_open",
                     "1 while a model that failed is left alone, 0.5 while it is tried again",
                     of_models([](const ServedModel& model) {
                       switch (model.breaker->state()) {
                         case BreakerState::kClosed:
                           return 0.0;
                         case BreakerState::kHalfOpen:
                           return 0.5;
                         case BreakerState::kOpen:
                           break;
                       }
                       return 1.0;
                     }));
  metrics_->AddGauge("signalbook_model_requests_under_way", "Requests that a model works on",
                     of_models([](const ServedModel& model) {
                       return static_cast<double>(model.bulkhead->active());
                     }));
}

OperationsServiceImpl::Backend Server::Operations(ReloadFunction reload) {
  OperationsServiceImpl::Backend backend{
      authenticator_, [this](v1::ServerStatus* status) { Describe(status); }, nullptr};
  if (reload) {
    backend.reload = [this, reload = std::move(reload)] {
      absl::Status status = reload(*this);
      if (status.ok()) reload_time_ms_ = absl::ToUnixMillis(absl::Now());
      return status;
    };
  }
  return backend;
}

void Server::Describe(v1::ServerStatus* status) {
  const std::shared_ptr<const LiveBook> now = live_->Get();
  status->set_program_version(SIGNALBOOK_VERSION);
  SetTime(start_time_, status->mutable_start_time());
  if (const int64_t reload_time = reload_time_ms_; reload_time != 0) {
    SetTime(absl::FromUnixMillis(reload_time), status->mutable_reload_time());
  }
  SetBook(*now->base, status->mutable_book());
  status->set_revision(RevisionText(now->revision));
  if (moderation_ != nullptr) {
    for (std::string& entry : moderation_->ignored()) status->add_ignored_entries(std::move(entry));
  }
  status->set_calls_under_way(translation_.calls_under_way());
  status->set_calls_waiting(static_cast<int32_t>(translation_.waiting_for_models()));
  for (const ServedModel& model : now->models->servers) {
    v1::ModelStatus* shown = status->add_models();
    shown->set_name(model.name);
    shown->set_breaker_state(OnTheWire(model.breaker->state()));
    shown->set_requests_under_way(static_cast<int32_t>(model.bulkhead->active()));
  }
  for (const LanguagePair& pair : now->models->pairs) status->add_language_pairs(ToString(pair));
}

std::optional<ModerationBackend> Server::Backend() const {
  if (moderation_ == nullptr) return std::nullopt;
  return ModerationBackend{ModerationMethods(), *moderation_, authenticator_};
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(
    const v1::Config& config, const std::shared_ptr<const LiveTranslator>& live,
    Moderation* moderation, ReloadFunction reload) {
  if (absl::Status status = CheckReach(config); !status.ok()) return status;
  std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials();
  if (config.has_tls()) {
    auto secure = ServerCredentials(config.tls());
    if (!secure.ok()) return secure.status();
    credentials = *std::move(secure);
  }
  absl::StatusOr<Authenticator> authenticator = Authenticator::Create(config.moderation());
  if (!authenticator.ok()) return authenticator.status();
  auto admission = Admission::Create(AccessOf(config));
  if (!admission.ok()) return admission.status();
  std::unique_ptr<RequestLog> log;
  if (!config.request_log().empty()) {
    auto opened = RequestLog::Open(config.request_log());
    if (!opened.ok()) return opened.status();
    log = *std::move(opened);
  }
  std::unique_ptr<Server> server(new Server(config, live, moderation, *std::move(authenticator),
                                            *std::move(admission), std::move(log),
                                            std::move(reload)));

  // Both are process-wide switches that a builder reads.
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();

  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(config.listen(), credentials, &port);
  builder.RegisterService(&server->translation_);
  builder.RegisterService(&server->moderation_service_);
  builder.RegisterService(&server->operations_);
  if (config.serve_models()) builder.RegisterService(&server->model_service_);
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
        .allow_remote = config.allow_remote() || CallersMustShowWhoTheyAre(config),
        .allowed_origins = {config.http().allowed_origins().begin(),
                            config.http().allowed_origins().end()},
        .model_timeout = absl::Milliseconds(config.model_timeout_ms()),
        .needs_api_key = [&admission = *server->admission_] {
          return admission.needs_credentials();
        }};
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
  if (config.moderation().max_staleness_ms() != 0) {
    server->readiness_ = std::jthread(
        [raw = server.get()](const std::stop_token& stop) { raw->WatchReadiness(stop); });
  }
  return server;
}

absl::StatusOr<std::function<void()>> Server::PrepareCallers(const v1::Config& config) {
  if (absl::Status status = CheckReach(config); !status.ok()) return status;
  absl::StatusOr<Authenticator> accounts = Authenticator::Create(config.moderation());
  if (!accounts.ok()) return accounts.status();
  absl::StatusOr<std::function<void()>> access = admission_->PrepareChange(AccessOf(config));
  if (!access.ok()) return access;
  return [this, accounts = std::make_shared<Authenticator>(*std::move(accounts)),
          access = *std::move(access)] {
    authenticator_.Use(*accounts);
    access();
  };
}

void Server::WatchReadiness(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  bool serving = true;
  while (!stopped.wait_for(lock, stop, absl::ToChronoMilliseconds(kReadinessInterval),
                           [&stop] { return stop.stop_requested(); })) {
    const bool ready = translation_.Ready().ok();
    if (ready != serving) server_->GetHealthCheckService()->SetServingStatus(ready);
    serving = ready;
  }
}

void Server::Leave() {
  translation_.Leave();
  if (server_ != nullptr) server_->GetHealthCheckService()->Shutdown();
}

bool Server::Drain(absl::Duration grace) {
  if (server_ == nullptr) return translation_.Stop(absl::Now());
  Leave();
  if (readiness_.joinable()) {
    readiness_.request_stop();
    readiness_.join();
  }
  const absl::Time deadline = absl::Now() + grace;
  // At the same time: a console whose database hangs takes nothing of the others' grace.
  std::thread console([this, deadline] {
    if (console_ != nullptr) console_->Stop(deadline);
  });
  translation_.Drain(deadline);
  if (http_ != nullptr) http_->Stop();
  moderation_service_.Drain(deadline);
  operations_.Drain(deadline);
  console.join();
  // Our own calls are done or out of time. What may still be open are streams of health watchers
  // and reflection, which end only when they are cancelled.
  server_->Shutdown(absl::ToChronoTime(absl::Now() + kCloseTimeout));
  server_->Wait();
  server_.reset();
  const bool stopped = translation_.Stop(absl::Now() + kCloseTimeout);
  // Who gives up on the model that holds a thread ends the process without our destructor.
  if (!stopped && log_ != nullptr) log_->Flush(absl::Now() + kCloseTimeout);
  return stopped;
}

}  // namespace signalbook
