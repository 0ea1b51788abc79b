#include "translator/models/http_client.h"

#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace signalbook {
namespace {

// Stands for "no deadline".
constexpr absl::Duration kLongestWait = absl::Hours(24);

// Where the body goes.
struct Sink {
  std::string body;
  size_t limit;
  bool overflown = false;
};

// libcurl's CURLOPT_WRITEFUNCTION; less than all is an error that ends the exchange.
size_t Append(char* data, size_t size, size_t count, void* user) {
  auto* sink = static_cast<Sink*>(user);
  const size_t bytes = size * count;
  if (bytes > sink->limit - sink->body.size()) {
    sink->overflown = true;
    return 0;
  }
  sink->body.append(data, bytes);
  return bytes;
}

// libcurl's CURLOPT_OPENSOCKETFUNCTION. Engines that are started meanwhile must not inherit the
// socket, which libcurl does not see to.
curl_socket_t OpenSocket(void*, curlsocktype, curl_sockaddr* address) {
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// A part of a URL; empty where it has none.
std::string PartOf(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  std::string result(text);
  curl_free(text);
  return result;
}

bool IsServerUrl(const std::string& text) {
  if (text.find('\0') != std::string::npos) return false;
  const std::unique_ptr<CURLU, void (*)(CURLU*)> url(curl_url(), curl_url_cleanup);
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK) {
    return false;
  }
  const std::string scheme = PartOf(url.get(), CURLUPART_SCHEME);
  return (scheme == "http" || scheme == "https") && PartOf(url.get(), CURLUPART_QUERY).empty() &&
         PartOf(url.get(), CURLUPART_FRAGMENT).empty();
}

// A line break would begin another header.
bool IsHeaderValue(std::string_view text) {
  return std::all_of(text.begin(), text.end(), absl::ascii_isprint);
}

// application/x-www-form-urlencoded: what is neither letter nor digit, as its bytes.
void AppendEscaped(std::string_view text, std::string* out) {
  for (const char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c))) {
      out->push_back(c);
    } else {
      absl::StrAppend(out, "%", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
    }
  }
}

// Whole milliseconds, rounded up: what ends by this time limit ends at the deadline or after it.
long MillisecondsOf(absl::Duration duration) {
  const absl::Duration bounded =
      std::clamp<absl::Duration>(duration, absl::Milliseconds(1), kLongestWait);
  return static_cast<long>(absl::ToInt64Milliseconds(absl::Ceil(bounded, absl::Milliseconds(1))));
}

absl::Status StatusOf(CURLcode code, bool answered, const Sink& sink, absl::Time deadline) {
  const std::string what = curl_easy_strerror(code);  // one of a fixed list of texts
  if (sink.overflown) {
    return absl::InternalError(absl::StrCat("an answer of more than ", sink.limit, " bytes"));
  }
  if (code == CURLE_OPERATION_TIMEDOUT && absl::Now() >= deadline - absl::Milliseconds(1)) {
    return absl::DeadlineExceededError("no whole answer in time");
  }
  switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
      return absl::InternalError("not an HTTP answer");
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
      return absl::UnavailableError(absl::StrCat("cannot connect (", what, ")"));
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
      return absl::UnavailableError(absl::StrCat("TLS failed (", what, ")"));
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      if (!answered) return absl::UnavailableError("closed the connection without an answer");
      break;
    default:
      break;
  }
  return absl::InternalError(absl::StrCat("no whole answer (", what, ")"));
}

}  // namespace

absl::Status HttpStatusError(int http_status) {
  const std::string http = absl::StrCat("HTTP ", http_status);
  switch (http_status) {
    case 401:
    case 403:
      return absl::FailedPreconditionError(
          absl::StrCat("the server refuses the API key or this address (", http, ")"));
    case 429:
    case 502:
    case 503:
    case 504:
      return absl::UnavailableError(absl::StrCat("the server is busy or down (", http, ")"));
    default:
      return absl::InternalError(absl::StrCat("the server answered ", http));
  }
}

struct HttpClient::Handle {
  Handle() : curl(curl_easy_init()) {}
  ~Handle() { curl_easy_cleanup(curl); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  CURL* const curl;
};

HttpClient::HttpClient(HttpClientOptions options) : options_(std::move(options)) {}
HttpClient::~HttpClient() = default;

absl::StatusOr<std::unique_ptr<HttpClient>> HttpClient::Create(HttpClientOptions options) {
  // Once a process and never undone, as libcurl wants it.
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) return absl::InternalError("libcurl does not start");
  if (options.connect_timeout <= absl::ZeroDuration() || options.max_response_bytes == 0) {
    return absl::InvalidArgumentError("limits must be positive");
  }
  if (!IsServerUrl(options.url)) {
    return absl::InvalidArgumentError(
        "the URL must be http://HOST[:PORT][/PATH] or https://…, without user and query");
  }
  if (!IsHeaderValue(options.authorization)) {
    return absl::InvalidArgumentError(
        "the API key must be one line of visible ASCII; look for a line break at its end");
  }
  while (options.url.back() == '/') options.url.pop_back();
  return std::unique_ptr<HttpClient>(new HttpClient(std::move(options)));
}

absl::StatusOr<HttpResponse> HttpClient::Get(const std::string& path, absl::Time deadline) {
  return Exchange(path, nullptr, deadline, {});
}

absl::StatusOr<HttpResponse> HttpClient::PostJson(const std::string& path, const std::string& json,
                                                  absl::Time deadline,
                                                  const std::string& traceparent) {
  const Body body{"application/json", json};
  return Exchange(path, &body, deadline, traceparent);
}

absl::StatusOr<HttpResponse> HttpClient::PostForm(const std::string& path, const Form& fields,
                                                  absl::Time deadline,
                                                  const std::string& traceparent) {
  Body body{"application/x-www-form-urlencoded", {}};
  for (const auto& [name, value] : fields) {
    if (!body.bytes.empty()) body.bytes += '&';
    AppendEscaped(name, &body.bytes);
    body.bytes += '=';
    AppendEscaped(value, &body.bytes);
  }
  return Exchange(path, &body, deadline, traceparent);
}

absl::StatusOr<HttpResponse> HttpClient::Exchange(const std::string& path, const Body* body,
                                                  absl::Time deadline,
                                                  const std::string& traceparent) {
  const absl::Duration left = deadline - absl::Now();
  if (left <= absl::ZeroDuration()) return absl::DeadlineExceededError("no time left");
  std::unique_ptr<Handle> handle = Take();
  if (handle->curl == nullptr) return absl::InternalError("libcurl has no memory");
  CURL* const curl = handle->curl;
  Sink sink{.body = {}, .limit = options_.max_response_bytes};

  const std::string url = absl::StrCat(options_.url, path);
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, MillisecondsOf(left));
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, MillisecondsOf(options_.connect_timeout));
  // Threads and signals do not go together; nor is there time to wait for a name server.
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
  // Refuses an answer that says beforehand that it is too large; Append refuses the others.
  curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE,
                   static_cast<curl_off_t>(options_.max_response_bytes));
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, &OpenSocket);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Append);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &sink);

  curl_slist* headers = curl_slist_append(nullptr, "Accept: application/json");
  headers = curl_slist_append(headers, "Accept-Language: en");
  if (!options_.authorization.empty()) {
    const std::string header = absl::StrCat("Authorization: ", options_.authorization);
    headers = curl_slist_append(headers, header.c_str());
  }
  if (!traceparent.empty() && IsHeaderValue(traceparent)) {
    headers = curl_slist_append(headers, absl::StrCat("Traceparent: ", traceparent).c_str());
  }
  if (body != nullptr) {
    headers = curl_slist_append(headers, absl::StrCat("Content-Type: ", body->type).c_str());
    headers = curl_slist_append(headers, "Expect:");  // not to wait for "100 Continue"
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(body->bytes.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->bytes.data());
  }
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);

  const CURLcode code = curl_easy_perform(curl);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  curl_slist_free_all(headers);
  if (code != CURLE_OK) return StatusOf(code, status != 0, sink, deadline);
  curl_easy_reset(curl);  // forgets the pointers above, keeps the connection
  GiveBack(std::move(handle));
  return HttpResponse{static_cast<int>(status), std::move(sink.body)};
}

std::unique_ptr<HttpClient::Handle> HttpClient::Take() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return std::make_unique<Handle>();
  std::unique_ptr<Handle> handle = std::move(idle_.back());
  idle_.pop_back();
  return handle;
}

void HttpClient::GiveBack(std::unique_ptr<Handle> handle) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(handle));
}

}  // namespace signalbook
