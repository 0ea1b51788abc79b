// Which pages of other sites may use a server: the CORS protocol
// (https://fetch.spec.whatwg.org/#http-cors-protocol).
//
// A browser asks before it sends a JSON body, but a form it sends at once, and only keeps its page from reading the
// answer. So a page that is not allowed is refused here, too. Credentials are never allowed: there are no cookies,
// and a page that has a token puts it into a header itself.
//
// Thread rule: immutable.
#ifndef SIGNALBOOK_SERVICE_HTTP_CORS_H_
#define SIGNALBOOK_SERVICE_HTTP_CORS_H_

#include <httplib.h>

#include <optional>
#include <string>
#include <vector>

#include "service/http/door.h"

namespace signalbook {

class Cors {
 public:
  // Exact origins ("https://chat.example"), or "*" for any. Empty: the server's own pages alone.
  explicit Cors(std::vector<std::string> allowed_origins);

  // nullopt for what is no browser's, or of the server's own origin, or allowed.
  //   400 two origins   403 another site's page
  std::optional<HttpError> Check(const httplib::Request& request) const;

  // A browser's question whether it may send what it has.
  static bool IsPreflight(const httplib::Request& request);
  // The answer to it. Precondition: Check let it in.
  void AnswerPreflight(httplib::Response* response) const;

  // Lets the page read an answer, errors included, if it may; says to caches what the answer depends on.
  void AddHeaders(const httplib::Request& request, httplib::Response* response) const;

 private:
  bool Allows(const std::string& origin) const;

  const std::vector<std::string> allowed_origins_;
  const bool any_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_HTTP_CORS_H_
