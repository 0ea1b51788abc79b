// The server: TranslationService, ModerationService, health and reflection on one gRPC address, translation over
// HTTP and the moderators' console on addresses of their own; from start to drain.
#ifndef SIGNALBOOK_SERVICE_SERVER_H_
#define SIGNALBOOK_SERVICE_SERVER_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "service/auth.h"
#include "service/http/console_server.h"
#include "service/http/translation_front.h"
#include "service/live_translator.h"
#include "service/metrics.h"
#include "service/model_servers.h"
#include "service/moderation/moderation.h"
#include "service/moderation/moderation_service.h"
#include "service/translation_service.h"
#include "signalbook/v1/config.pb.h"

namespace signalbook {

// What a server tells of the models behind its translator.
struct ServedModels {
  std::vector<LanguagePair> pairs;
  std::vector<ServedModel> servers;
};

class Server {
 public:
  // Starts to serve; when this returns, calls are answered and health says SERVING, both for
  // "signalbook.v1.TranslationService" and "". Precondition: `config` is complete (config.h).
  // `moderation` (null: there is none) outlives the server and counts what it answers.
  //   InvalidArgument   an address can be reached from other machines and allow_remote is not set; an account
  //                     makes no sense (auth.h)
  //   NotFound, InvalidArgument   a certificate cannot be used (tls.h)
  //   Unavailable       an address cannot be listened on: in use, not of this machine
  static absl::StatusOr<std::unique_ptr<Server>> Start(
      const v1::Config& config, const std::shared_ptr<const LiveTranslator>& live,
      Moderation* moderation = nullptr, const ServedModels& models = {});
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

  // Health says NOT_SERVING and /readyz 503, new calls are answered UNAVAILABLE (SHUTTING_DOWN), calls under way
  // get `grace` to end, what is left is cancelled. Returns when all is closed; a model that is
  // being waited for can add what is left of its own deadline, a database that hangs nothing.
  // Idempotent; never call it from a handler.
  void Drain(absl::Duration grace);

 private:
  Server(const v1::Config& config, const std::shared_ptr<const LiveTranslator>& live,
         Moderation* moderation, Authenticator authenticator, const ServedModels& models);
  std::optional<ModerationBackend> Backend() const;
  void AddGauges(const std::shared_ptr<const LiveTranslator>& live, const ServedModels& models);

  Moderation* const moderation_;
  const Authenticator authenticator_;
  const std::shared_ptr<Metrics> metrics_;  // null: they are not served
  // Both outlive server_, which calls them.
  TranslationServiceImpl translation_;
  ModerationServiceImpl moderation_service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<ConsoleServer> console_;
  std::unique_ptr<TranslationFront> http_;
  std::unique_ptr<MetricsServer> metrics_server_;
  std::string address_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_SERVER_H_
