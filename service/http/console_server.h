// The moderators' console and ModerationService over HTTP/1.1, for browsers.
//
//   GET  /                                        the console; its files are compiled in
//   GET  /fonts/NotoColorEmoji.ttf                the emoji font of this machine, if it has one
//   POST /signalbook.v1.ModerationService/METHOD  the Connect protocol's unary JSON form: the request in
//        protobuf's JSON mapping, "content-type: application/json", "authorization: Bearer …"
//
// A method that has not returned after 30 seconds is answered DEADLINE_EXCEEDED and goes on: whether it took effect
// is not known.
//
// door.h says which requests get in. HTTPS if there are certificates; client certificates count as over gRPC.
#ifndef SIGNALBOOK_SERVICE_HTTP_CONSOLE_SERVER_H_
#define SIGNALBOOK_SERVICE_HTTP_CONSOLE_SERVER_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "service/http/timeouts.h"
#include "service/moderation/backend.h"
#include "signalbook/v1/config.pb.h"

namespace signalbook {

class HttpServer;

class ConsoleServer {
 public:
  struct Options {
    std::string address;  // "127.0.0.1:8080", "[::1]:0": any free port
    bool allow_remote = false;
    std::optional<v1::Tls> tls;
    // Each connection has a thread to itself; more wait in the queue, more than that are closed at once.
    int threads = 32;
    int queue = 64;
    ConnectionTimeouts timeouts;
    std::string emoji_font = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf";
  };

  // Starts to serve. `backend` outlives the server.
  //   InvalidArgument             `address` is no HOST:PORT, or other machines can reach it and allow_remote is
  //                               not set
  //   NotFound, InvalidArgument   a certificate cannot be used (tls.h)
  //   Unavailable                 it cannot be listened on: in use, not of this machine
  static absl::StatusOr<std::unique_ptr<ConsoleServer>> Start(const ModerationBackend& backend,
                                                              const Options& options);
  // Stops; then waits for what still runs of calls that were given up: as long as the database takes.
  ~ConsoleServer();
  ConsoleServer(const ConsoleServer&) = delete;
  ConsoleServer& operator=(const ConsoleServer&) = delete;

  // "http://127.0.0.1:8080", with the port that was bound.
  const std::string& url() const;

  // Idle connections are closed; calls under way have until `deadline`, then are answered DEADLINE_EXCEEDED. Returns
  // when all answers are read, at most a second later. Idempotent.
  void Stop(absl::Time deadline);

 private:
  class Handler;
  ConsoleServer(std::unique_ptr<Handler> handler, std::unique_ptr<HttpServer> server);

  const std::unique_ptr<Handler> handler_;
  const std::unique_ptr<HttpServer> server_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_HTTP_CONSOLE_SERVER_H_
