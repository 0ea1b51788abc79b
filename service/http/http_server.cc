#include "service/http/http_server.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <thread>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "service/http/connection.h"
#include "service/loopback.h"
#include "service/strings.h"
#include "service/tls.h"
#include "service/worker_pool.h"

namespace signalbook {
namespace {

using httplib::Request;
using httplib::Response;

// Runs at once what httplib would queue: process_and_close_socket has a queue with an end.
class NoQueue final : public httplib::TaskQueue {
 public:
  void enqueue(std::function<void()> task) override { task(); }
  void shutdown() override {}
};

// Of a request that got in: its door has seen that it is a number.
size_t BodyBytes(const Request& request) {
  uint64_t bytes = 0;
  return absl::SimpleAtoi(request.get_header_value("Content-Length"), &bytes) ? bytes : 0;
}

// What httplib's parser could not read.
HttpError UnreadableError(int http_status) {
  return {http_status,
          absl::InvalidArgumentError(http_status == 414 ? "the address asked for is too long"
                                                        : "the request cannot be read")};
}

// httplib parses a form of at most 8 KiB, and drops a field that is there twice. Not at the start, it does not know
// the type; whoever reads the header strips white space.
void KeepFormRaw(Request* request) {
  const std::string type = request->get_header_value("Content-Type");
  if (!absl::StartsWithIgnoreCase(type, "application/x-www-form-urlencoded")) return;
  request->headers.erase("Content-Type");
  request->headers.emplace("Content-Type", StrCat(" ", type));
}

void Replace(const char* header, const char* value, Request* request) {
  request->headers.erase(header);
  request->headers.emplace(header, value);
}

}  // namespace

class HttpServer::Listener final : public httplib::Server {
 public:
  Listener(HttpHandler* handler, const HttpServer::Options& options,
           std::unique_ptr<TlsContext> tls)
      : handler_(*handler),
        timeouts_(options.timeouts),
        tls_(std::move(tls)),
        stop_event_(::eventfd(0, EFD_CLOEXEC)),
        pool_(options.threads, options.queue) {
    new_task_queue = [] { return new NoQueue(); };  // httplib deletes it
    set_default_headers(options.headers);
    set_payload_max_length(options.max_body_bytes);
    set_tcp_nodelay(true);
    // What clients are told: a request must not cross the end of its connection.
    set_keep_alive_timeout(
        std::max<time_t>(1, absl::ToInt64Seconds(options.timeouts.idle - absl::Seconds(1))));
    // httplib would let a second server listen on the same port and get half of the connections.
    set_socket_options([](socket_t socket) {
      const int on = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    });
    // httplib would send what() to the client.
    set_exception_handler(
        [this](const Request& request, Response& response, const std::exception_ptr&) {
          handler_.AnswerError(request, {500, absl::InternalError("internal error")}, &response);
        });
    set_error_handler(HandlerWithResponse([this](const Request& request, Response& response) {
      if (!response.body.empty()) return HandlerResponse::Unhandled;
      handler_.AnswerError(request, UnreadableError(response.status), &response);
      return HandlerResponse::Handled;
    }));
    set_pre_routing_handler([this](const Request& request, Response& response) {
      if (const std::optional<HttpError> refusal = handler_.Check(request)) {
        handler_.AnswerError(request, *refusal, &response);
      } else if (request.method == "POST") {
        return HandlerResponse::Unhandled;  // the body is still to be read
      } else {
        handler_.Answer(request, &response);
      }
      return HandlerResponse::Handled;
    });
    Post("/.*", [this](const Request& request, Response& response) {
      handler_.Answer(request, &response);
    });
  }

  ~Listener() override {
    Stop();
    ::close(stop_event_);
  }

  // The port; 0: it cannot be listened on.
  int Listen(const std::string& host, int port) {
    if (port == 0) {
      port = std::max(bind_to_any_port(host), 0);
    } else if (!bind_to_port(host, port)) {
      port = 0;
    }
    if (port == 0) return 0;
    accepting_ = std::thread([this] { listen_after_bind(); });
    // Until then, stop() would do nothing.
    while (!is_running()) absl::SleepFor(absl::Milliseconds(1));
    return port;
  }

  void Stop() {
    if (!accepting_.joinable()) return;
    stop();
    accepting_.join();
    ::eventfd_write(stop_event_, 1);
    pool_.Stop();
  }

 private:
  class Job final : public WorkerPool::Job {
   public:
    Job(Listener* listener, int socket)
        : listener_(*listener),
          connection_(socket, listener->stop_event_,
                      listener->tls_ ? listener->tls_->At(absl::Now()) : nullptr,
                      listener->timeouts_) {}
    void Run() override { listener_.Serve(&connection_); }
    bool Abandoned() const override { return false; }

   private:
    Listener& listener_;
    Connection connection_;
  };

  bool process_and_close_socket(socket_t socket) override {
    // A job that is not taken closes its connection.
    return pool_.TrySubmit(std::make_shared<Job>(this, socket));
  }

  void Serve(Connection* connection) {
    if (!connection->Handshake()) return;
    while (connection->WaitForRequest()) {
      bool understood = false;
      bool close = false;
      const bool answered =
          process_request(*connection, /*close_connection=*/false, close, [&](Request& request) {
            request.ssl = connection->ssl();
            // Not worth what they cost: files are small, and the font is asked for once.
            request.ranges.clear();
            request.headers.erase("Accept-Encoding");
            understood = !handler_.Check(request).has_value();
            connection->EndOfHead(understood ? BodyBytes(request) : 0);
            KeepFormRaw(&request);
            close = close || !understood || pool_.waiting() > 0;
            if (close) Replace("Connection", "close", &request);
          });
      // The bytes that follow may be a body that nobody has read: never the next request.
      if (!understood || !connection->BodyIsRead()) return connection->Refuse();
      if (close || !answered) return;
    }
  }

  HttpHandler& handler_;
  const ConnectionTimeouts timeouts_;
  const std::unique_ptr<TlsContext> tls_;
  const int stop_event_;
  std::thread accepting_;
  WorkerPool pool_;  // connections
};

HttpServer::HttpServer(std::unique_ptr<Listener> listener, std::string url)
    : listener_(std::move(listener)), url_(std::move(url)) {}

HttpServer::~HttpServer() = default;

void HttpServer::Stop() { listener_->Stop(); }

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(HttpHandler* handler,
                                                              const Options& options) {
  const size_t colon = options.address.rfind(':');
  int port = -1;
  if (colon == std::string::npos || colon == 0 ||
      !absl::SimpleAtoi(options.address.substr(colon + 1), &port) || port < 0 || port > 65'535 ||
      options.address.starts_with("unix")) {
    return absl::InvalidArgumentError(
        StrCat(options.field, ": \"", options.address, "\" is not HOST:PORT"));
  }
  if (!options.allow_remote && !IsLoopback(options.address)) {
    return absl::InvalidArgumentError(StrCat(options.field, ": other machines could reach \"",
                                             options.address,
                                             "\"; use a loopback address or set allow_remote"));
  }
  std::unique_ptr<TlsContext> tls;
  if (options.tls) {
    auto created = TlsContext::Create(*options.tls);
    if (!created.ok()) return created.status();
    tls = *std::move(created);
  }
  const std::string shown_host = options.address.substr(0, colon);
  std::string host = shown_host;
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  auto listener = std::make_unique<Listener>(handler, options, std::move(tls));
  port = listener->Listen(host, port);
  if (port == 0) {
    return absl::UnavailableError(StrCat(options.field, ": cannot listen on ", options.address,
                                         ": in use, or not an address of this machine"));
  }
  return std::unique_ptr<HttpServer>(new HttpServer(
      std::move(listener), StrCat(options.tls ? "https://" : "http://", shown_host, ":", port)));
}

}  // namespace signalbook
