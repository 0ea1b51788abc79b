#include "service/http/translation_front.h"

#include <httplib.h>

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "service/auth.h"
#include "service/http/connect_json.h"
#include "service/http/cors.h"
#include "service/http/door.h"
#include "service/http/form.h"
#include "service/http/http_server.h"
#include "service/http/libretranslate_api.h"
#include "service/limits.h"
#include "service/loopback.h"
#include "service/status.h"
#include "service/strings.h"
#include "service/tls.h"
#include "service/trace_context.h"

namespace signalbook {
namespace {

using httplib::Request;
using httplib::Response;
using ProtoMessage = google::protobuf::Message;
using Service = TranslationServiceImpl;

constexpr std::string_view kMethodsPath = "/signalbook.v1.TranslationService/";
constexpr char kJson[] = "application/json";

// On every answer: none is a page.
httplib::Headers SecurityHeaders() {
  return {
      {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
      {"X-Content-Type-Options", "nosniff"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Cache-Control", "no-store"},
  };
}

struct UnaryMethod {
  std::string_view name;
  Service::Method method;
};
constexpr std::array<UnaryMethod, 5> kMethods = {{
    {"TranslateText", Service::kTranslateText},
    {"AnalyzeText", Service::kAnalyzeText},
    {"DetectLanguage", Service::kDetectLanguage},
    {"ListLanguages", Service::kListLanguages},
    {"JudgeCandidate", Service::kJudgeCandidate},
}};

bool IsMethod(const Request& request) { return request.path.starts_with(kMethodsPath); }

// LibreTranslate's media types; with none of them, its parameters are in the URL.
bool IsForm(const std::string& media_type) {
  return media_type == "application/x-www-form-urlencoded" || media_type == "multipart/form-data";
}
bool IsLibreType(const std::string& media_type, const Request& request) {
  return media_type == kJson || absl::EndsWith(media_type, "+json") || IsForm(media_type) ||
         request.get_header_value("Content-Length") == "0";
}

LibreBody ReadBody(const Request& request) {
  LibreBody body{.content_type = MediaType(request), .json = request.body};
  for (const auto& [name, value] : request.params) body.fields.push_back({name, value});
  for (const auto& [name, part] : request.files) {
    if (part.filename.empty()) body.fields.push_back({name, part.content});
  }
  if (body.content_type == "application/x-www-form-urlencoded") {
    for (LibreField& field : ParseForm(request.body)) body.fields.push_back(std::move(field));
  }
  return body;
}

// Who asks. Whatever is called passes through here.
void SetCaller(const Request& request, const std::string& api_key, Service::BlockingCall* call) {
  call->peer = request.remote_addr;
  Credentials& credentials = call->credentials;
  credentials.authorization = request.get_header_value("Authorization");
  if (request.ssl != nullptr) credentials.certificate_names = CertificateNames(request.ssl);
  // An API key is a token that other clients show in another place.
  credentials.api_key = api_key.empty() ? request.get_header_value("X-API-Key") : api_key;
}

absl::StatusOr<absl::Duration> TimeoutOf(const Request& request, absl::Duration otherwise) {
  if (!request.has_header("Connect-Timeout-Ms")) return otherwise;
  const std::string header = request.get_header_value("Connect-Timeout-Ms");
  int64_t milliseconds = 0;
  // At most ten digits: the protocol's rule.
  if (header.size() <= 10 && absl::SimpleAtoi(header, &milliseconds) && milliseconds > 0) {
    return absl::Milliseconds(milliseconds);
  }
  return InvalidRequest({.reason = reason::kMalformedRequest,
                         .field = "",
                         .description = "Connect-Timeout-Ms is no number from 1 to 9999999999",
                         .metadata = {}});
}

}  // namespace

class TranslationFront::Handler final : public HttpHandler {
 public:
  Handler(Service* service, const TranslationFront::Options& options)
      : service_(*service),
        cors_(options.allowed_origins),
        loopback_(IsLoopback(options.address)),
        needs_api_key_(options.needs_api_key),
        timeout_(options.model_timeout + kDeadlineMargin) {}

  std::optional<HttpError> Check(const Request& request) const override {
    if (auto refusal = CheckHost(request, loopback_)) return refusal;
    if (auto refusal = cors_.Check(request)) return refusal;
    if (Cors::IsPreflight(request)) return CheckNoBody(request);
    const Route* route = IsMethod(request) ? nullptr : FindRoute(request.path);
    if (route == nullptr && !IsMethod(request)) {
      return Refuse(404, absl::StatusCode::kNotFound, "there is nothing here by this name");
    }
    const bool has_body = route == nullptr || route->has_body;
    if (has_body ? request.method != "POST" : request.method != "GET" && request.method != "HEAD") {
      return Refuse(405, absl::StatusCode::kUnimplemented,
                    has_body ? "this is called with POST" : "this is read with GET and HEAD");
    }
    if (!has_body) return CheckNoBody(request);
    if (auto refusal = CheckLength(request, kMaxHttpBytes)) return refusal;
    const std::string media_type = MediaType(request);
    if (route == nullptr ? media_type == kJson : IsLibreType(media_type, request)) {
      return std::nullopt;
    }
    return Refuse(415, absl::StatusCode::kInvalidArgument,
                  route == nullptr
                      ? "Content-Type: only application/json is understood"
                      : "Content-Type: only application/json and forms are understood");
  }

  void Answer(const Request& request, Response* response) override {
    cors_.AddHeaders(request, response);
    if (Cors::IsPreflight(request)) return cors_.AnswerPreflight(response);
    const Route* route = FindRoute(request.path);
    const Asked asked{request, SetRequestId(request, response)};
    const absl::StatusOr<std::string> answer =
        IsMethod(request) ? CallJson(asked) : (this->*route->answer)(asked);
    if (answer.ok()) return response->set_content(*answer, kJson);
    const absl::Status& status = answer.status();
    SetErrorHeaders(status, response);
    const LibreError error = IsMethod(request)
                                 ? LibreError{HttpStatusOf(status.code()), ErrorJson(status)}
                                 : signalbook::AnswerError(status);
    response->status = error.http_status;
    response->set_content(error.json, kJson);
  }

  void AnswerError(const Request& request, const HttpError& error,
                   Response* response) const override {
    cors_.AddHeaders(request, response);
    SetRequestId(request, response);
    if (error.http_status == 405) {
      const Route* route = FindRoute(request.path);
      response->set_header("Allow", route == nullptr || route->has_body ? "POST" : "GET, HEAD");
    }
    SetErrorHeaders(error.status, response);
    response->status = error.http_status;
    // LibreTranslate has no words for what the door says.
    const auto as_is = absl::InvalidArgumentError(error.status.message());
    response->set_content(
        IsMethod(request) ? ErrorJson(error.status) : signalbook::AnswerError(as_is).json, kJson);
  }

 private:
  struct Asked {
    const Request& request;
    const std::string id;
  };
  struct Route {
    std::string_view path;
    bool has_body;
    absl::StatusOr<std::string> (Handler::*answer)(const Asked& asked);
  };
  static const Route* FindRoute(std::string_view path) {
    static constexpr std::array<Route, 8> kRoutes = {{
        {"/translate", true, &Handler::Translate},
        {"/detect", true, &Handler::Detect},
        {"/languages", false, &Handler::Languages},
        {"/frontend/settings", false, &Handler::Settings},
        {"/health", false, &Handler::Health},
        {"/spec", false, &Handler::Spec},
        {"/healthz", false, &Handler::Health},
        {"/readyz", false, &Handler::Ready},
    }};
    const auto* const found = std::find_if(
        kRoutes.begin(), kRoutes.end(), [path](const Route& route) { return route.path == path; });
    return found == kRoutes.end() ? nullptr : found;
  }

  static std::string SetRequestId(const Request& request, Response* response) {
    std::string id = RequestIdOf(request.get_header_value("X-Request-Id"));
    response->set_header("X-Request-Id", id);
    return id;
  }

  static void SetErrorHeaders(const absl::Status& status, Response* response) {
    if (absl::IsUnauthenticated(status)) response->set_header("WWW-Authenticate", "Bearer");
    const absl::Duration delay = RetryDelayOf(status);
    if (delay <= absl::ZeroDuration()) return;
    const int64_t seconds = absl::ToInt64Seconds(absl::Ceil(delay, absl::Seconds(1)));
    response->set_header("Retry-After", StrCat(seconds));
  }

  absl::StatusOr<std::shared_ptr<const ProtoMessage>> Call(
      Service::Method method, const Asked& asked, const std::string& api_key,
      std::function<absl::Status(ProtoMessage*)> read, bool open = false) {
    Service::BlockingCall call{.open = open, .read = std::move(read)};
    const Request& request = asked.request;
    SetCaller(request, api_key, &call);
    call.request_id = asked.id;
    call.traceparent = request.get_header_value("Traceparent");
    const absl::StatusOr<absl::Duration> timeout = TimeoutOf(request, timeout_);
    if (timeout.ok()) {
      call.deadline = absl::Now() + *timeout;
    } else {
      call.read = [&timeout](ProtoMessage* /*request*/) { return timeout.status(); };
    }
    return service_.CallAndWait(method, call);
  }

  // The same for a request that could not be read: it counts as a call.
  absl::Status Reject(Service::Method method, const Asked& asked, const absl::Status& error) {
    return Call(method, asked, "", [&error](ProtoMessage* /*request*/) { return error; }).status();
  }

  absl::StatusOr<std::string> CallJson(const Asked& asked) {
    const Request& request = asked.request;
    const std::string_view name = std::string_view(request.path).substr(kMethodsPath.size());
    const auto* const found =
        std::find_if(kMethods.begin(), kMethods.end(),
                     [name](const UnaryMethod& method) { return method.name == name; });
    if (found == kMethods.end()) {
      return absl::UnimplementedError("TranslationService has no such unary method");
    }
    const auto answer = Call(found->method, asked, "", [&request](ProtoMessage* message) {
      return ParseJson(request.body, message);
    });
    if (!answer.ok()) return answer.status();
    return ToJson(**answer);
  }

  absl::StatusOr<std::string> Translate(const Asked& asked) {
    const absl::StatusOr<LibreTranslateRequest> parsed = ParseTranslate(ReadBody(asked.request));
    if (!parsed.ok()) return Reject(Service::kTranslateText, asked, parsed.status());
    std::vector<v1::TranslateTextResponse> responses;
    for (const v1::TranslateTextRequest& batch : parsed->batches) {
      const auto answer =
          Call(Service::kTranslateText, asked, parsed->api_key, [&batch](ProtoMessage* message) {
            message->CopyFrom(batch);
            return absl::OkStatus();
          });
      if (!answer.ok()) return answer.status();
      responses.push_back(static_cast<const v1::TranslateTextResponse&>(**answer));
    }
    return AnswerTranslate(*parsed, responses);
  }

  absl::StatusOr<std::string> Detect(const Asked& asked) {
    const absl::StatusOr<LibreDetectRequest> parsed = ParseDetect(ReadBody(asked.request));
    if (!parsed.ok()) return Reject(Service::kDetectLanguage, asked, parsed.status());
    const auto answer =
        Call(Service::kDetectLanguage, asked, parsed->api_key, [&](ProtoMessage* message) {
          message->CopyFrom(parsed->detect);
          return absl::OkStatus();
        });
    if (!answer.ok()) return answer.status();
    return AnswerDetect(*parsed, static_cast<const v1::DetectLanguageResponse&>(**answer));
  }

  // What goes into an answer about languages: `write` makes it of the list.
  absl::StatusOr<std::string> WithLanguages(
      const Asked& asked,
      const std::function<std::string(const v1::ListLanguagesResponse&)>& write) {
    // LibreTranslate's clients ask for languages before they know that a key is needed.
    const auto answer = Call(
        Service::kListLanguages, asked, "",
        [](ProtoMessage* /*request*/) { return absl::OkStatus(); }, /*open=*/true);
    if (!answer.ok()) return answer.status();
    return write(static_cast<const v1::ListLanguagesResponse&>(**answer));
  }

  absl::StatusOr<std::string> Languages(const Asked& asked) {
    return WithLanguages(asked, LanguagesJson);
  }

  absl::StatusOr<std::string> Settings(const Asked& asked) {
    return WithLanguages(asked, [this](const v1::ListLanguagesResponse& languages) {
      return SettingsJson(languages, needs_api_key_ && needs_api_key_());
    });
  }

  absl::StatusOr<std::string> Health(const Asked& /*asked*/) { return std::string(HealthJson()); }
  absl::StatusOr<std::string> Spec(const Asked& /*asked*/) { return std::string(SpecJson()); }

  absl::StatusOr<std::string> Ready(const Asked& asked) {
    if (absl::Status status = service_.Ready(); !status.ok()) return status;
    return Health(asked);
  }

  Service& service_;
  const Cors cors_;
  const bool loopback_;
  const std::function<bool()> needs_api_key_;
  const absl::Duration timeout_;
};

TranslationFront::TranslationFront(std::unique_ptr<Handler> handler,
                                   std::unique_ptr<HttpServer> server)
    : handler_(std::move(handler)), server_(std::move(server)) {}

TranslationFront::~TranslationFront() = default;

const std::string& TranslationFront::url() const { return server_->url(); }
void TranslationFront::Stop() { server_->Stop(); }

absl::StatusOr<std::unique_ptr<TranslationFront>> TranslationFront::Start(
    TranslationServiceImpl* service, const Options& options) {
  auto handler = std::make_unique<Handler>(service, options);
  absl::StatusOr<std::unique_ptr<HttpServer>> server =
      HttpServer::Start(handler.get(), {.field = "http.address",
                                        .address = options.address,
                                        .allow_remote = options.allow_remote,
                                        .tls = options.tls,
                                        .threads = options.threads,
                                        .queue = options.queue,
                                        .max_body_bytes = kMaxHttpBytes,
                                        .timeouts = options.timeouts,
                                        .headers = SecurityHeaders()});
  if (!server.ok()) return server.status();
  return std::unique_ptr<TranslationFront>(
      new TranslationFront(std::move(handler), *std::move(server)));
}

}  // namespace signalbook
