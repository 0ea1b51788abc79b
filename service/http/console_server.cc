#include "service/http/console_server.h"

#include <fcntl.h>
#include <httplib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/time/clock.h"
#include "service/auth.h"
#include "service/http/connect_json.h"
#include "service/http/console_files.h"
#include "service/http/door.h"
#include "service/http/http_server.h"
#include "service/loopback.h"
#include "service/strings.h"
#include "service/timed_calls.h"
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

}  // namespace

class ConsoleServer::Handler final : public HttpHandler {
 public:
  Handler(const ModerationBackend& backend, const ConsoleServer::Options& options)
      : backend_(backend),
        call_timeout_(options.timeouts.call),
        loopback_(IsLoopback(options.address)),
        font_(options.emoji_font),
        calls_(&pool_, options.threads),  // a connection has one call at a time
        pool_(options.threads, options.threads) {}

  std::optional<HttpError> Check(const Request& request) const override {
    return CheckRequest(request, loopback_);
  }

  void Answer(const Request& request, Response* response) override {
    if (request.method != "POST") return AnswerFile(request, response);
    const absl::StatusOr<std::string> answer = CallJson(request);
    if (!answer.ok()) {
      const int http_status = HttpStatusOf(answer.status().code());
      return AnswerError(request, {http_status, answer.status()}, response);
    }
    response->set_content(*answer, "application/json");
  }

  void AnswerError(const Request& request, const HttpError& error,
                   Response* response) const override {
    response->status = error.http_status;
    if (error.http_status == 401) response->set_header("WWW-Authenticate", "Bearer");
    if (error.http_status == 405) {
      response->set_header("Allow", request.path.starts_with(kServicePath) ? "POST" : "GET, HEAD");
    }
    response->set_content(ErrorJson(error.status), "application/json");
  }

  void StopWaiting(absl::Time deadline) { calls_.StopWaiting(deadline); }

 private:
  void AnswerFile(const Request& request, Response* response) const {
    if (request.path == kFontPath && font_.exists()) return font_.Answer(request, response);
    const std::string_view name = std::string_view(request.path).substr(1);
    const ConsoleFile* file = FindConsoleFile(name.empty() ? "index.html" : name);
    if (file == nullptr) {
      return AnswerError(request, {404, absl::NotFoundError("there is no such file")}, response);
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
    const auto answer = std::make_shared<absl::StatusOr<std::string>>();
    const absl::Status in_time = calls_.Run(
        [this, method, caller = *caller, message, answer] {
          const std::unique_ptr<google::protobuf::Message> response(method->response->New());
          const absl::Status status =
              CallMethod(backend_, *method, caller, *message, response.get());
          *answer = status.ok() ? ToJson(*response) : status;
        },
        absl::Now() + call_timeout_);
    if (absl::IsDeadlineExceeded(in_time)) {
      return absl::DeadlineExceededError(
          StrCat(in_time.message(), "; whether it took effect is not known: read it again"));
    }
    if (!in_time.ok()) return in_time;
    return std::move(*answer);
  }

  const ModerationBackend backend_;
  const absl::Duration call_timeout_;
  const bool loopback_;
  const Font font_;
  TimedCalls calls_;
  WorkerPool pool_;  // its jobs use what stands above
};

ConsoleServer::ConsoleServer(std::unique_ptr<Handler> handler, std::unique_ptr<HttpServer> server)
    : handler_(std::move(handler)), server_(std::move(server)) {}

const std::string& ConsoleServer::url() const { return server_->url(); }

ConsoleServer::~ConsoleServer() { Stop(absl::InfinitePast()); }

void ConsoleServer::Stop(absl::Time deadline) {
  handler_->StopWaiting(deadline);
  server_->Stop();
}

absl::StatusOr<std::unique_ptr<ConsoleServer>> ConsoleServer::Start(
    const ModerationBackend& backend, const Options& options) {
  auto handler = std::make_unique<Handler>(backend, options);
  absl::StatusOr<std::unique_ptr<HttpServer>> server =
      HttpServer::Start(handler.get(), {.field = "moderation.console",
                                        .address = options.address,
                                        .allow_remote = options.allow_remote,
                                        .tls = options.tls,
                                        .threads = options.threads,
                                        .queue = options.queue,
                                        .max_body_bytes = kMaxBodyBytes,
                                        .timeouts = options.timeouts,
                                        .headers = SecurityHeaders()});
  if (!server.ok()) return server.status();
  return std::unique_ptr<ConsoleServer>(new ConsoleServer(std::move(handler), *std::move(server)));
}

}  // namespace signalbook
