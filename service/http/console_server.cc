#include "service/http/console_server.h"

#include <fcntl.h>
#include <httplib.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "service/auth.h"
#include "service/http/connect_json.h"
#include "service/http/connection.h"
#include "service/http/console_files.h"
#include "service/http/door.h"
#include "service/http/timed_calls.h"
#include "service/loopback.h"
#include "service/status.h"
#include "service/strings.h"
#include "service/tls.h"
#include "service/worker_pool.h"

namespace signalbook {
namespace {

using httplib::Request;
using httplib::Response;

constexpr std::string_view kFontPath = "/fonts/NotoColorEmoji.ttf";

// On every answer.
httplib::Headers SecurityHeaders() {
  return {
      {"Content-Security-Policy",
       "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
       "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
       "frame-ancestors 'none'"},
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Cache-Control", "no-store"},
  };
}

void AnswerError(int http_status, const absl::Status& status, Response* response) {
  response->status = http_status;
  if (http_status == 401) response->set_header("WWW-Authenticate", "Bearer");
  response->set_content(ErrorJson(status), "application/json");
}

// Says how long an answer may be kept, and whether the client has it already.
bool IsKept(const Request& request, const std::string& etag, const char* cache_control,
            Response* response) {
  response->headers.erase("Cache-Control");
  response->set_header("Cache-Control", cache_control);
  response->set_header("ETag", etag);
  const std::string known = request.get_header_value("If-None-Match");
  if (known != "*" && known.find(etag) == std::string::npos) return false;
  response->status = 304;
  return true;
}

// A file that is read while it is sent.
class Font {
 public:
  explicit Font(const std::string& path) : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat info {};
    if (file_ < 0 || ::fstat(file_, &info) != 0 || !S_ISREG(info.st_mode)) return;
    size_ = info.st_size;
    etag_ = StrCat("\"", size_, "-", info.st_mtime, "\"");
  }
  ~Font() {
    if (file_ >= 0) ::close(file_);
  }
  Font(const Font&) = delete;
  Font& operator=(const Font&) = delete;

  bool exists() const { return size_ > 0; }

  void Answer(const Request& request, Response* response) const {
    if (IsKept(request, etag_, "private, max-age=86400", response)) return;
    response->set_content_provider(
        size_, "font/ttf", [file = file_](size_t offset, size_t length, httplib::DataSink& sink) {
          std::array<char, 65'536> chunk;
          const ssize_t count = ::pread(file, chunk.data(), std::min(chunk.size(), length),
                                        static_cast<off_t>(offset));
          return count > 0 && sink.write(chunk.data(), static_cast<size_t>(count));
        });
  }

 private:
  const int file_;
  size_t size_ = 0;
  std::string etag_;
};

// Runs at once what httplib would queue: process_and_close_socket has a queue with an end.
class NoQueue final : public httplib::TaskQueue {
 public:
  void enqueue(std::function<void()> task) override { task(); }
  void shutdown() override {}
};

}  // namespace

class ConsoleServer::Listener final : public httplib::Server {
 public:
  Listener(const ModerationBackend& backend, const ConsoleServer::Options& options,
           std::unique_ptr<TlsContext> tls)
      : backend_(backend),
        timeouts_(options.timeouts),
        loopback_(IsLoopback(options.address)),
        tls_(std::move(tls)),
        font_(options.emoji_font),
        stop_event_(::eventfd(0, EFD_CLOEXEC)),
        calls_(options.threads, options.threads),  // a connection has one call at a time
        pool_(options.threads, options.queue) {
    new_task_queue = [] { return new NoQueue(); };  // httplib deletes it
    set_default_headers(SecurityHeaders());
    set_payload_max_length(kMaxBodyBytes);
    set_tcp_nodelay(true);
    // httplib would let a second server listen on the same port and get half of the connections.
    set_socket_options([](socket_t socket) {
      const int on = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    });
    // httplib would send what() to the client.
    set_exception_handler([](const Request&, Response& response, const std::exception_ptr&) {
      AnswerError(500, absl::InternalError("internal error"), &response);
    });
    set_pre_routing_handler([this](const Request& request, Response& response) {
      if (const std::optional<HttpError> refusal = CheckRequest(request, loopback_)) {
        if (refusal->http_status == 405) {
          response.set_header("Allow",
                              request.path.starts_with(kServicePath) ? "POST" : "GET, HEAD");
        }
        AnswerError(refusal->http_status, refusal->status, &response);
      } else if (request.method == "POST") {
        return HandlerResponse::Unhandled;  // the body is still to be read
      } else {
        AnswerFile(request, &response);
      }
      return HandlerResponse::Handled;
    });
    Post(StrCat(kServicePath, "(.*)"), [this](const Request& request, Response& response) {
      const absl::StatusOr<std::string> answer = CallJson(request);
      if (answer.ok()) {
        response.set_content(*answer, "application/json");
      } else {
        AnswerError(HttpStatusOf(answer.status().code()), answer.status(), &response);
      }
    });
  }

  ~Listener() override {
    Stop(absl::InfinitePast());
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

  void Stop(absl::Time deadline) {
    if (!accepting_.joinable()) return;
    stop();
    accepting_.join();
    ::eventfd_write(stop_event_, 1);
    calls_.StopWaiting(deadline);
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
            connection->EndOfHead();
            request.ssl = connection->ssl();
            // Not worth what they cost: files are small, and the font is asked for once.
            request.ranges.clear();
            request.headers.erase("Accept-Encoding");
            understood = !CheckRequest(request, loopback_).has_value();
            if (understood) return;
            request.headers.erase("Connection");
            request.set_header("Connection", "close");
          });
      // The bytes that follow may be a body that nobody has read: never the next request.
      if (!understood) return connection->Refuse();
      if (close || !answered) return;
    }
  }

  void AnswerFile(const Request& request, Response* response) const {
    if (request.path == kFontPath && font_.exists()) return font_.Answer(request, response);
    const std::string_view name = std::string_view(request.path).substr(1);
    const ConsoleFile* file = FindConsoleFile(name.empty() ? "index.html" : name);
    if (file == nullptr) {
      return AnswerError(404, absl::NotFoundError("there is no such file"), response);
    }
    if (IsKept(request, file->etag, "no-cache", response)) return;
    response->set_content(file->content.data(), file->content.size(), file->content_type);
  }

  absl::StatusOr<std::string> CallJson(const Request& request) {
    const std::string name = request.path.substr(kServicePath.size());
    const ModerationMethod* method = backend_.Find(name);
    if (method == nullptr) {
      return absl::UnimplementedError("ModerationService has no such method");
    }
    Credentials credentials{.authorization = request.get_header_value("Authorization")};
    if (request.ssl != nullptr) credentials.certificate_names = CertificateNames(request.ssl);
    const absl::StatusOr<v1::Caller> caller = backend_.authenticator.Authenticate(credentials);
    if (!caller.ok()) return caller.status();

    const std::shared_ptr<google::protobuf::Message> message(method->request->New());
    if (absl::Status status = ParseJson(request.body, message.get()); !status.ok()) return status;
    return calls_.Run(
        [this, method, caller = *caller, message]() -> absl::StatusOr<std::string> {
          const std::unique_ptr<google::protobuf::Message> answer(method->response->New());
          const absl::Status status = CallMethod(backend_, *method, caller, *message, answer.get());
          if (!status.ok()) return status;
          return ToJson(*answer);
        },
        timeouts_.call);
  }

  const ModerationBackend backend_;
  const ConnectionTimeouts timeouts_;
  const bool loopback_;
  const std::unique_ptr<TlsContext> tls_;
  const Font font_;
  const int stop_event_;
  std::thread accepting_;
  TimedCalls calls_;
  WorkerPool pool_;  // connections
};

ConsoleServer::ConsoleServer(std::unique_ptr<Listener> listener, std::string url)
    : listener_(std::move(listener)), url_(std::move(url)) {}

ConsoleServer::~ConsoleServer() = default;

void ConsoleServer::Stop(absl::Time deadline) { listener_->Stop(deadline); }

absl::StatusOr<std::unique_ptr<ConsoleServer>> ConsoleServer::Start(
    const ModerationBackend& backend, const Options& options) {
  const size_t colon = options.address.rfind(':');
  int port = -1;
  if (colon == std::string::npos || colon == 0 ||
      !absl::SimpleAtoi(options.address.substr(colon + 1), &port) || port < 0 || port > 65'535 ||
      options.address.starts_with("unix")) {
    return absl::InvalidArgumentError(
        StrCat("moderation.console: \"", options.address, "\" is not HOST:PORT"));
  }
  if (!options.allow_remote && !IsLoopback(options.address)) {
    return absl::InvalidArgumentError(StrCat("moderation.console: other machines could reach \"",
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
  auto listener = std::make_unique<Listener>(backend, options, std::move(tls));
  port = listener->Listen(host, port);
  if (port == 0) {
    return absl::UnavailableError(StrCat("moderation.console: cannot listen on ", options.address,
                                         ": in use, or not an address of this machine"));
  }
  return std::unique_ptr<ConsoleServer>(new ConsoleServer(
      std::move(listener), StrCat(options.tls ? "https://" : "http://", shown_host, ":", port)));
}

}  // namespace signalbook
