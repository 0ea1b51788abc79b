// Which requests get in. Asked for the headers alone, before a body is read.
//
// Tokens travel in a header that no other site can make a browser send, so what is refused here could do little
// harm. It is refused all the same: other sites, names that were made to point here (DNS rebinding), and
// whatever this server and the parser below it might understand differently.
#ifndef SIGNALBOOK_SERVICE_HTTP_DOOR_H_
#define SIGNALBOOK_SERVICE_HTTP_DOOR_H_

#include <httplib.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace signalbook {

inline constexpr std::string_view kServicePath = "/signalbook.v1.ModerationService/";
inline constexpr size_t kMaxBodyBytes = size_t{8} << 20;

struct HttpError {
  int http_status = 500;
  absl::Status status;
};

HttpError Refuse(int http_status, absl::StatusCode code, std::string_view message);

// What every front asks of a request; nullopt: nothing is wrong.
//
// `loopback`: whether the server listens where only this machine reaches it; it then answers to no other names.
//   400 not one Host header   421 another host's name
std::optional<HttpError> CheckHost(const httplib::Request& request, bool loopback);
// Of a request with a body.
//   400 a length that is no number   411 no Content-Length   413 more than `max_bytes`   415 compressed
std::optional<HttpError> CheckLength(const httplib::Request& request, size_t max_bytes);
// Of one without: 400 for a body.
std::optional<HttpError> CheckNoBody(const httplib::Request& request);
// "application/json" of "Application/JSON; charset=utf-8".
std::string MediaType(const httplib::Request& request);

// Of the console. Besides the above:
//   403 another site's page   404 a POST to no method   405   413 more than kMaxBodyBytes   415 no JSON
// A page that somebody follows a link to from another site is let in.
std::optional<HttpError> CheckRequest(const httplib::Request& request, bool loopback);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_HTTP_DOOR_H_
