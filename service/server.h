// The gRPC server: TranslationService, health and reflection on one address, from start to drain.
#ifndef SIGNALBOOK_SERVICE_SERVER_H_
#define SIGNALBOOK_SERVICE_SERVER_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "service/translation_service.h"
#include "signalbook/v1/config.pb.h"
#include "translator/translator.h"

namespace signalbook {

class Server {
 public:
  // Starts to serve; when this returns, calls are answered and health says SERVING, both for
  // "signalbook.v1.TranslationService" and "". Precondition: `config` is complete (config.h).
  //   InvalidArgument   the address can be reached from other machines and allow_remote is not set
  //   Unavailable       the address cannot be listened on: in use, not of this machine
  static absl::StatusOr<std::unique_ptr<Server>> Start(
      const v1::Config& config, std::shared_ptr<const Translator> translator);
  // Drains without grace.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // What clients connect to: the address of the configuration with the port that was bound.
  const std::string& address() const { return address_; }

  // Health says NOT_SERVING, new calls are answered UNAVAILABLE (SHUTTING_DOWN), calls under way
  // get `grace` to end, what is left is cancelled. Returns when all is closed; a model that is
  // being waited for can add what is left of its own deadline. Idempotent; never call it from a
  // handler.
  void Drain(absl::Duration grace);

 private:
  explicit Server(std::unique_ptr<TranslationServiceImpl> service);

  const std::unique_ptr<TranslationServiceImpl> service_;  // outlives server_, which calls it
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

// Whether only this machine can reach a listening address: 127.0.0.0/8, ::1, localhost, a unix
// socket.
bool IsLoopback(const std::string& address);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_SERVER_H_
