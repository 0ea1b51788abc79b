#include "service/http/door.h"

#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "service/loopback.h"
#include "service/strings.h"

namespace signalbook {
namespace {

using MaybeError = std::optional<HttpError>;

bool IsNavigation(const httplib::Request& request) {
  return request.method == "GET" && request.get_header_value("Sec-Fetch-Mode") == "navigate" &&
         request.get_header_value("Sec-Fetch-Dest") == "document";
}

MaybeError CheckSite(const httplib::Request& request) {
  const HttpError refusal = Refuse(403, absl::StatusCode::kPermissionDenied,
                                   "pages of other sites may not use this server");
  if (request.has_header("Origin")) {
    const std::string origin = request.get_header_value("Origin");
    absl::string_view host = origin;
    if (!absl::ConsumePrefix(&host, "http://") && !absl::ConsumePrefix(&host, "https://")) {
      return refusal;
    }
    if (request.get_header_value_count("Origin") != 1 ||
        !absl::EqualsIgnoreCase(host, request.get_header_value("Host"))) {
      return refusal;
    }
  }
  const std::string site = request.get_header_value("Sec-Fetch-Site");
  if (site.empty() || site == "same-origin" || site == "none" || IsNavigation(request)) {
    return std::nullopt;
  }
  return refusal;
}

MaybeError CheckBody(const httplib::Request& request) {
  if (MaybeError refusal = CheckLength(request, kMaxBodyBytes)) return refusal;
  if (MediaType(request) == "application/json") return std::nullopt;
  return Refuse(415, absl::StatusCode::kInvalidArgument,
                "Content-Type: only application/json is understood");
}

}  // namespace

HttpError Refuse(int http_status, absl::StatusCode code, std::string_view message) {
  return {http_status, absl::Status(code, AsAbsl(message))};
}

std::optional<HttpError> CheckHost(const httplib::Request& request, bool loopback) {
  if (request.get_header_value_count("Host") != 1) {
    return Refuse(400, absl::StatusCode::kInvalidArgument, "a request needs one Host header");
  }
  if (!loopback) return std::nullopt;
  std::string host = absl::AsciiStrToLower(request.get_header_value("Host"));
  if (host.ends_with(']')) host += ":80";  // IsLoopback looks for the port behind the last colon
  if (!host.starts_with("unix") && IsLoopback(host)) return std::nullopt;
  return Refuse(
      421, absl::StatusCode::kPermissionDenied,
      "this server listens on loopback and answers to localhost, 127.0.0.1 and [::1] only");
}

std::optional<HttpError> CheckLength(const httplib::Request& request, size_t max_bytes) {
  if (request.has_header("Transfer-Encoding") ||
      request.get_header_value_count("Content-Length") != 1) {
    return Refuse(411, absl::StatusCode::kInvalidArgument,
                  "a request needs one Content-Length header and no Transfer-Encoding");
  }
  const std::string length = request.get_header_value("Content-Length");
  uint64_t bytes = 0;
  if (length.empty() || !absl::ascii_isdigit(length[0]) || !absl::SimpleAtoi(length, &bytes)) {
    return Refuse(400, absl::StatusCode::kInvalidArgument, "Content-Length is not a number");
  }
  if (bytes > max_bytes) {
    return Refuse(413, absl::StatusCode::kResourceExhausted,
                  StrCat("a body of ", bytes, " bytes is too long; at most ", max_bytes));
  }
  const std::string encoding = request.get_header_value("Content-Encoding");
  if (!encoding.empty() && encoding != "identity") {
    return Refuse(415, absl::StatusCode::kInvalidArgument,
                  "Content-Encoding: bodies must not be compressed");
  }
  return std::nullopt;
}

std::optional<HttpError> CheckNoBody(const httplib::Request& request) {
  if (!request.has_header("Transfer-Encoding") && !request.has_header("Content-Length")) {
    return std::nullopt;
  }
  return Refuse(400, absl::StatusCode::kInvalidArgument,
                StrCat(request.method, " has no body here"));
}

std::string MediaType(const httplib::Request& request) {
  const std::string header = request.get_header_value("Content-Type");
  return absl::AsciiStrToLower(absl::StripAsciiWhitespace(header.substr(0, header.find(';'))));
}

std::optional<HttpError> CheckRequest(const httplib::Request& request, bool loopback) {
  if (MaybeError refusal = CheckHost(request, loopback)) return refusal;
  if (MaybeError refusal = CheckSite(request)) return refusal;
  const bool is_method = request.path.starts_with(kServicePath);
  if (request.method == "POST") {
    if (is_method) return CheckBody(request);
    return Refuse(404, absl::StatusCode::kNotFound,
                  StrCat("there is nothing to POST to but ", kServicePath, "METHOD"));
  }
  if (is_method || (request.method != "GET" && request.method != "HEAD")) {
    return Refuse(405, absl::StatusCode::kUnimplemented,
                  is_method ? "methods are called with POST" : "files are read with GET and HEAD");
  }
  return CheckNoBody(request);
}

}  // namespace signalbook
