#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "absl/strings/cord.h"
#include "google/rpc/error_details.pb.h"
#include "service/http/connect_json.h"
#include "service/http/libretranslate_api.h"
#include "service/status.h"
#include "service/strings.h"

namespace signalbook {
namespace {

google::rpc::ErrorInfo InfoOf(const absl::Status& error) {
  google::rpc::ErrorInfo info;
  const auto payload = error.GetPayload("type.googleapis.com/google.rpc.ErrorInfo");
  if (payload && !info.ParseFromString(std::string(*payload))) info.Clear();
  return info;
}

LibreError Error(int http_status, std::string_view message) {
  const nlohmann::json json = {{"error", std::string(message)}};
  return {http_status, json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

}  // namespace

LibreError AnswerError(const absl::Status& error) {
  const google::rpc::ErrorInfo info = InfoOf(error);
  const auto value = [&info](const char* name, std::string_view otherwise) {
    const auto found = info.metadata().find(name);
    return found == info.metadata().end() ? std::string(otherwise) : found->second;
  };
  const std::string& reason = info.reason();
  if (reason == reason::kTargetLanguageUnknown || reason == reason::kSourceLanguageUnknown) {
    return Error(400, StrCat(value("value", "the language"), " is not supported"));
  }
  if (reason == reason::kTooManyContents || reason == reason::kContentTooLong ||
      reason == reason::kBatchTooLong) {
    return Error(400, StrCat("Invalid request: request (", value("actual", "?"),
                             ") exceeds text limit (", value("limit", "?"), ")"));
  }
  if (reason == reason::kCredentialsMissing) {
    return Error(400, "Please contact the server operator to get an API key");
  }
  if (reason == reason::kCredentialsUnknown) return Error(403, "Invalid API key");
  const std::string_view message = AsStd(error.message());
  if (error.code() == absl::StatusCode::kResourceExhausted) {
    return Error(429, StrCat("Slowdown: ", message));
  }
  return Error(HttpStatusOf(error.code()), message);
}

}  // namespace signalbook
