// The server: TranslationService, ModerationService, OperationsService, health and reflection, and ModelService if the
// configuration says so, on one gRPC address,
// translation over HTTP and the moderators' console on addresses of their own; from start to drain.
#ifndef SIGNALBOOK_SERVICE_SERVER_H_
#define SIGNALBOOK_SERVICE_SERVER_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "service/admission.h"
#include "service/auth.h"
#include "service/http/console_server.h"
#include "service/http/translation_front.h"
#include "service/live_translator.h"
#include "service/metrics.h"
#include "service/model_service.h"
#include "service/moderation/moderation.h"
#include "service/moderation/moderation_service.h"
#include "service/operations_service.h"
#include "service/request_log.h"
#include "service/translation_service.h"
#include "signalbook/v1/config.pb.h"

namespace signalbook {

class Server {
 public:
  using ReloadFunction = std::function<absl::Status(Server&)>;

  // Starts to serve; when this returns, calls are answered and health says SERVING, both for
  // "signalbook.v1.TranslationService" and "". Precondition: `config` is complete (config.h).
  // `moderation` (null: there is none) outlives the server and counts what it answers. `reload` (empty: it cannot)
  // takes up the configuration anew, on any thread; it is given the server.
  //   InvalidArgument   an address can be reached from other machines, and neither does allow_remote say so nor, for
  //                     `listen`, must callers say who they are over TLS; an account or a client makes no sense
  //                     (auth.h)
  //   NotFound, InvalidArgument   a certificate cannot be used (tls.h)
  //   NotFound          the request log cannot be written to
  //   Unavailable       an address cannot be listened on: in use, not of this machine
  static absl::StatusOr<std::unique_ptr<Server>> Start(
      const v1::Config& config, const std::shared_ptr<const LiveTranslator>& live,
      Moderation* moderation = nullptr, ReloadFunction reload = {});
  // Drains without grace; then waits for what still runs of moderators' calls: as long as the database takes.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // What clients connect to: the address of the configuration with the port that was bound.
  const std::string& address() const { return address_; }
  // The same of the console, "http://127.0.0.1:8080"; empty: there is none.
  std::string console_url() const { return console_ == nullptr ? "" : console_->url(); }
  // Of translation over HTTP, "http://127.0.0.1:8088"; empty: there is none.
  std::string http_url() const { return http_ == nullptr ? "" : http_->url(); }
  // And of the metrics, "http://127.0.0.1:9464/metrics"; empty: they are not served.
  std::string metrics_url() const {
    return metrics_server_ == nullptr ? "" : metrics_server_->url();
  }

  // Health says NOT_SERVING and /readyz 503 from now on; calls are still answered. For balancers to find out before
  // Drain. Never call it from a handler.
  void Leave();

  // Health says NOT_SERVING and /readyz 503, new calls are answered UNAVAILABLE (SHUTTING_DOWN), calls under way
  // get `grace` to end, what is left is cancelled. Returns when all is closed. False: threads still wait
  // for a model that lets nobody go; the destructor waits for them, a process that wants to end does not.
  // A database that hangs holds up nothing. Idempotent; never call it from a handler.
  bool Drain(absl::Duration grace);

  // Who may call, and how much, as `config` says: calling what it returns puts that into effect. No call is lost, and
  // until then nothing has changed. The rest of `config` is what the server was started with. Errors are those of
  // Start. One change at a time.
  absl::StatusOr<std::function<void()>> PrepareCallers(const v1::Config& config);

  // Opens the request log anew, for who has moved the file away. Errors are those of RequestLog::Reopen.
  absl::Status ReopenLog() { return log_ == nullptr ? absl::OkStatus() : log_->Reopen(); }

 private:
  Server(const v1::Config& config, const std::shared_ptr<const LiveTranslator>& live,
         Moderation* moderation, Authenticator authenticator, std::unique_ptr<Admission> admission,
         std::unique_ptr<RequestLog> log, ReloadFunction reload);
  std::optional<ModerationBackend> Backend() const;
  OperationsServiceImpl::Backend Operations(ReloadFunction reload);
  void AddGauges();
  void Describe(v1::ServerStatus* status);
  // Has health follow what Ready of translation_ says.
  void WatchReadiness(const std::stop_token& stop);

  const std::shared_ptr<const LiveTranslator> live_;
  Moderation* const moderation_;
  Authenticator authenticator_;
  const std::unique_ptr<Admission> admission_;
  const std::shared_ptr<Metrics> metrics_;  // null: they are not served
  const std::unique_ptr<RequestLog> log_;   // null: there is none
  const absl::Time start_time_;
  std::atomic<int64_t> reload_time_ms_ = 0;  // since 1970; 0: never
  // They outlive server_, which calls them.
  TranslationServiceImpl translation_;
  ModelServiceImpl model_service_{&translation_};
  ModerationServiceImpl moderation_service_;
  OperationsServiceImpl operations_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<ConsoleServer> console_;
  std::unique_ptr<TranslationFront> http_;
  std::unique_ptr<MetricsServer> metrics_server_;
  std::string address_;
  std::jthread readiness_;  // of moderation; the last member, so that it ends first
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_SERVER_H_
