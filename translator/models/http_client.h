// Exchanges with one HTTP server, each over by its deadline whatever the server does. By libcurl.
//
// A server is trusted as little as a model. libcurl's time limit covers a whole exchange, from the
// look-up of the host's name to the last byte of the body, so one that drips a byte a second holds
// nobody, and it bounds status lines and headers. (cpp-httplib 0.11 bounds single reads only, and a
// status line of 40 kB overflows its stack.)
//
// Connections are kept open and used again. The server is asked directly: proxies of the
// environment and .netrc are not heeded, redirects not followed, cookies not kept; certificates are
// verified.
//
// Thread rule: safe from many threads.
#ifndef SIGNALBOOK_TRANSLATOR_MODELS_HTTP_CLIENT_H_
#define SIGNALBOOK_TRANSLATOR_MODELS_HTTP_CLIENT_H_

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace signalbook {

struct HttpClientOptions {
  // "http://HOST[:PORT][/PATH]" or https; a "/" at the end says nothing.
  std::string url;
  // Value of an Authorization header: "Bearer …". Empty: none is sent. Goes to `url` with every
  // exchange and nowhere else, and into no message. Without https whoever is on the way reads it.
  std::string authorization;
  // A connection, TLS included, is there by then, or the server is Unavailable.
  absl::Duration connect_timeout = absl::Seconds(5);
  // Of a body. More is Internal.
  size_t max_response_bytes = size_t{8} << 20;
};

struct HttpResponse {
  int status = 0;    // 200, 404 …
  std::string body;  // whole, but otherwise anything
};

// What an HTTP status other than 200 says of a server that translates, by model.h's codes:
//   FailedPrecondition  401, 403: it refuses the key or this address
//   Unavailable         429, 502, 503, 504: it is busy or down
//   Internal            any other
absl::Status HttpStatusError(int http_status);

class HttpClient {
 public:
  // Connects to nobody. InvalidArgument when an option makes no sense, such as a URL with a user, a
  // query or a fragment, or an authorization that is more than one line of visible ASCII; the
  // message does not repeat it, as it may hold secrets.
  static absl::StatusOr<std::unique_ptr<HttpClient>> Create(HttpClientOptions options);
  ~HttpClient();

  // What the server answers at the URL with `path` ("/languages") behind it. Any HTTP status is an
  // answer. Messages hold neither the URL nor anything the server sent.
  //   Unavailable        no such host, nobody listens, TLS fails, closed without an answer
  //   DeadlineExceeded   at the deadline, to a few milliseconds
  //   Internal           half an answer, one too large, no HTTP
  absl::StatusOr<HttpResponse> Get(const std::string& path, absl::Time deadline);
  // `traceparent`: that header, as model.h has it; empty: none.
  absl::StatusOr<HttpResponse> PostJson(const std::string& path, const std::string& json,
                                        absl::Time deadline, const std::string& traceparent = {});
  // The same for a form, whose names and values are any bytes.
  using Form = std::vector<std::pair<std::string, std::string>>;
  absl::StatusOr<HttpResponse> PostForm(const std::string& path, const Form& fields,
                                        absl::Time deadline, const std::string& traceparent = {});

 private:
  struct Handle;  // libcurl's, with its connection; one thread at a time

  explicit HttpClient(HttpClientOptions options);
  struct Body {
    const char* type;
    std::string bytes;
  };
  // `body`: null for GET.
  absl::StatusOr<HttpResponse> Exchange(const std::string& path, const Body* body,
                                        absl::Time deadline, const std::string& traceparent);
  std::unique_ptr<Handle> Take();
  void GiveBack(std::unique_ptr<Handle> handle);

  const HttpClientOptions options_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Handle>> idle_;  // the latest used last, and taken first
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_MODELS_HTTP_CLIENT_H_
