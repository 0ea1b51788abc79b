// An HTTP/1.1 server: connections, TLS, limits, and a stop that takes a known time. What is served is the handler's.
//
// Each connection has a thread to itself; more wait in a queue, more than that are closed at once. While some wait,
// each connection gets one answer and is closed. Bodies need a Content-Length, and are in memory when they are
// handled.
#ifndef SIGNALBOOK_SERVICE_HTTP_HTTP_SERVER_H_
#define SIGNALBOOK_SERVICE_HTTP_HTTP_SERVER_H_

#include <httplib.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "service/http/door.h"
#include "service/http/timeouts.h"
#include "signalbook/v1/config.pb.h"

namespace signalbook {

// What stands behind a server. Thread rule: all methods are called from many threads.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;

  // The door: whether a request gets in, by its headers alone, before its body is read. Asked more than once.
  virtual std::optional<HttpError> Check(const httplib::Request& request) const = 0;
  // Answers a request that got in. Blocks for as long as it needs.
  virtual void Answer(const httplib::Request& request, httplib::Response* response) = 0;
  // Answers one that did not, or that could not be read: `request` may be empty then.
  virtual void AnswerError(const httplib::Request& request, const HttpError& error,
                           httplib::Response* response) const = 0;
};

class HttpServer {
 public:
  struct Options {
    std::string field;    // of the configuration, for errors: "moderation.console"
    std::string address;  // "127.0.0.1:8080", "[::1]:0": any free port
    bool allow_remote = false;
    std::optional<v1::Tls> tls;
    int threads = 32;
    int queue = 64;
    size_t max_body_bytes = 0;
    ConnectionTimeouts timeouts;
    httplib::Headers headers;  // on every answer, unless the handler says otherwise
  };

  // Starts to serve. `handler` outlives the server.
  //   InvalidArgument             `address` is no HOST:PORT, or other machines can reach it and allow_remote is
  //                               not set
  //   NotFound, InvalidArgument   a certificate cannot be used (tls.h)
  //   Unavailable                 it cannot be listened on: in use, not of this machine
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(HttpHandler* handler,
                                                           const Options& options);
  ~HttpServer();  // stops
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // "http://127.0.0.1:8080", with the port that was bound.
  const std::string& url() const { return url_; }

  // Takes no more connections, and closes those that are idle. Returns when the handler has answered what is under
  // way and the answers are read, at most a second later. Idempotent.
  void Stop();

 private:
  class Listener;
  HttpServer(std::unique_ptr<Listener> listener, std::string url);

  const std::unique_ptr<Listener> listener_;
  const std::string url_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_HTTP_HTTP_SERVER_H_
