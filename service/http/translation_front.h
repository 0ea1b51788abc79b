// TranslationService over HTTP/1.1, in two forms:
//
//   POST /signalbook.v1.TranslationService/METHOD   every unary method in the Connect protocol's JSON form: the
//        request in protobuf's JSON mapping, "content-type: application/json"; so are errors (connect_json.h)
//   POST /translate, /detect   GET /languages, /frontend/settings, /health, /spec
//        as LibreTranslate has them (libretranslate_api.h): JSON bodies, forms, parameters in the URL
//   GET  /healthz   200 while the process answers at all
//   GET  /readyz    200 while calls are taken; 503 once it is to drain, or has not seen its database
//
// Every answer, errors too, has the header "x-request-id": that of the request if it may stand in a log
// (trace_context.h), otherwise a new one. The request log names the call by it.
//
// Everything that is asked goes through TranslationServiceImpl: the same limits, workers and counts as over gRPC. A
// full queue is 429 with Retry-After. A caller says with "connect-timeout-ms" how long it waits; otherwise it is
// as long as a model may take.
//
// Pages of other sites get in as far as the configuration allows (cors.h). A server on loopback answers to the
// names of this machine alone. HTTPS if there are certificates; client certificates count as over gRPC.
#ifndef SIGNALBOOK_SERVICE_HTTP_TRANSLATION_FRONT_H_
#define SIGNALBOOK_SERVICE_HTTP_TRANSLATION_FRONT_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "service/http/timeouts.h"
#include "service/translation_service.h"
#include "signalbook/v1/config.pb.h"

namespace signalbook {

class HttpServer;

class TranslationFront {
 public:
  struct Options {
    std::string address;  // "127.0.0.1:8088", "[::1]:0": any free port
    bool allow_remote = false;
    std::optional<v1::Tls> tls;
    std::vector<std::string> allowed_origins;         // cors.h
    absl::Duration model_timeout = absl::Seconds(5);  // of the service
    // What LibreTranslate's clients are told; asked each time. Empty: no.
    std::function<bool()> needs_api_key;
    // Each connection has a thread to itself (http_server.h).
    int threads = 128;
    int queue = 512;
    ConnectionTimeouts timeouts = {.idle = absl::Seconds(5)};
  };

  // Starts to serve. `service` outlives the front. Errors are those of HttpServer::Start.
  static absl::StatusOr<std::unique_ptr<TranslationFront>> Start(TranslationServiceImpl* service,
                                                                 const Options& options);
  ~TranslationFront();  // stops
  TranslationFront(const TranslationFront&) = delete;
  TranslationFront& operator=(const TranslationFront&) = delete;

  // "http://127.0.0.1:8088", with the port that was bound.
  const std::string& url() const;

  // Only after the service has drained: from then on its calls answer at once. Returns when all answers are read,
  // at most a second later. Idempotent.
  void Stop();

 private:
  class Handler;
  TranslationFront(std::unique_ptr<Handler> handler, std::unique_ptr<HttpServer> server);

  const std::unique_ptr<Handler> handler_;
  const std::unique_ptr<HttpServer> server_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_HTTP_TRANSLATION_FRONT_H_
