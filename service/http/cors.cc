#include "service/http/cors.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace signalbook {
namespace {

bool IsOwn(const httplib::Request& request, absl::string_view origin) {
  if (!absl::ConsumePrefix(&origin, "http://") && !absl::ConsumePrefix(&origin, "https://")) {
    return false;
  }
  return absl::EqualsIgnoreCase(origin, request.get_header_value("Host"));
}

bool Contains(const std::vector<std::string>& list, std::string_view wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

}  // namespace

Cors::Cors(std::vector<std::string> allowed_origins)
    : allowed_origins_(std::move(allowed_origins)), any_(Contains(allowed_origins_, "*")) {}

bool Cors::Allows(const std::string& origin) const {
  return any_ || Contains(allowed_origins_, origin);
}

std::optional<HttpError> Cors::Check(const httplib::Request& request) const {
  if (!request.has_header("Origin")) return std::nullopt;
  if (request.get_header_value_count("Origin") != 1) {
    return Refuse(400, absl::StatusCode::kInvalidArgument, "a request has at most one Origin");
  }
  const std::string origin = request.get_header_value("Origin");
  if (IsOwn(request, origin) || Allows(origin)) return std::nullopt;
  return Refuse(403, absl::StatusCode::kPermissionDenied,
                "pages of this origin may not use this server; an operator can allow them "
                "(http.allowed_origins)");
}

bool Cors::IsPreflight(const httplib::Request& request) {
  return request.method == "OPTIONS" && request.has_header("Origin") &&
         request.has_header("Access-Control-Request-Method");
}

void Cors::AnswerPreflight(httplib::Response* response) const {
  response->status = 204;
  if (allowed_origins_.empty()) return;
  response->set_header("Access-Control-Allow-Methods", "GET, HEAD, POST");
  response->set_header("Access-Control-Allow-Headers",
                       "Authorization, Connect-Protocol-Version, Connect-Timeout-Ms, Content-Type, "
                       "Traceparent, X-API-Key, X-Request-Id");
  response->set_header("Access-Control-Max-Age", "7200");
}

void Cors::AddHeaders(const httplib::Request& request, httplib::Response* response) const {
  if (allowed_origins_.empty()) return;
  if (!any_) response->set_header("Vary", "Origin");
  const std::string origin = request.get_header_value("Origin");
  if (origin.empty() || !Allows(origin)) return;
  response->set_header("Access-Control-Allow-Origin", any_ ? "*" : origin);
  response->set_header("Access-Control-Expose-Headers", "Retry-After, X-Request-Id");
}

}  // namespace signalbook
