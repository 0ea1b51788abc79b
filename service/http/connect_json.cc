#include "service/http/connect_json.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/strip.h"
#include "service/status.h"
#include "service/strings.h"
#include "translator/normalize.h"

namespace signalbook {
namespace {

using google::protobuf::DescriptorPool;
using ProtoMessage = google::protobuf::Message;
using google::protobuf::MessageFactory;
using Json = nlohmann::json;

struct CodeRow {
  absl::StatusCode code;
  std::string_view name;
  int http_status;
};
constexpr std::array<CodeRow, 16> kCodes = {{
    {absl::StatusCode::kCancelled, "canceled", 499},
    {absl::StatusCode::kUnknown, "unknown", 500},
    {absl::StatusCode::kInvalidArgument, "invalid_argument", 400},
    {absl::StatusCode::kDeadlineExceeded, "deadline_exceeded", 504},
    {absl::StatusCode::kNotFound, "not_found", 404},
    {absl::StatusCode::kAlreadyExists, "already_exists", 409},
    {absl::StatusCode::kPermissionDenied, "permission_denied", 403},
    {absl::StatusCode::kResourceExhausted, "resource_exhausted", 429},
    {absl::StatusCode::kFailedPrecondition, "failed_precondition", 400},
    {absl::StatusCode::kAborted, "aborted", 409},
    {absl::StatusCode::kOutOfRange, "out_of_range", 400},
    {absl::StatusCode::kUnimplemented, "unimplemented", 501},
    {absl::StatusCode::kInternal, "internal", 500},
    {absl::StatusCode::kUnavailable, "unavailable", 503},
    {absl::StatusCode::kDataLoss, "data_loss", 500},
    {absl::StatusCode::kUnauthenticated, "unauthenticated", 401},
}};

const CodeRow& RowOf(absl::StatusCode code) {
  const auto* const row = std::find_if(kCodes.begin(), kCodes.end(),
                                       [code](const CodeRow& each) { return each.code == code; });
  return row == kCodes.end() ? kCodes[1] : *row;
}

// A path of field names, and nothing that could be somebody's text.
bool IsFieldPath(absl::string_view path) {
  constexpr size_t kLongest = 128;
  return !path.empty() && path.size() <= kLongest &&
         std::all_of(path.begin(), path.end(), [](char c) {
           return absl::ascii_isalnum(c) || c == '_' || c == '.' || c == '[' || c == ']';
         });
}

// protobuf says "(row) txt: Cannot find field." and "(row.blocked): invalid value "…" for type TYPE_BOOL": the
// paths are worth repeating, the values must not be.
absl::Status Malformed(absl::string_view said, const ProtoMessage& request) {
  RequestError error{.reason = reason::kMalformedRequest};
  std::string parent;
  if (absl::ConsumePrefix(&said, "(")) {
    const size_t end = said.find(')');
    if (end != absl::string_view::npos) {
      parent = std::string(said.substr(0, end));
      said.remove_prefix(end + 1);
    }
  }
  absl::ConsumePrefix(&said, " ");
  if (absl::ConsumeSuffix(&said, ": Cannot find field.")) {
    error.field = StrCat(parent, parent.empty() ? "" : ".", said);
    error.description = StrCat("is no field of ", request.GetDescriptor()->full_name());
  } else {
    error.field = std::move(parent);
    error.description = "has a value of another type";
  }
  if (!IsFieldPath(error.field)) {
    error.field.clear();
    error.description = StrCat("the body is no JSON of ", request.GetDescriptor()->full_name());
  }
  error.metadata = {{"type", request.GetDescriptor()->full_name()}};
  return InvalidRequest(error);
}

// One of google.rpc's messages, for people.
std::optional<Json> DebugJson(const std::string& type, const std::string& bytes) {
  const auto* descriptor = DescriptorPool::generated_pool()->FindMessageTypeByName(type);
  if (descriptor == nullptr) return std::nullopt;
  const ProtoMessage* prototype = MessageFactory::generated_factory()->GetPrototype(descriptor);
  if (prototype == nullptr) return std::nullopt;
  const std::unique_ptr<ProtoMessage> detail(prototype->New());
  if (!detail->ParseFromString(bytes)) return std::nullopt;
  const absl::StatusOr<std::string> text = ToJson(*detail);
  if (!text.ok()) return std::nullopt;
  Json json = Json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return std::nullopt;
  return json;
}

}  // namespace

absl::Status ParseJson(std::string_view body, ProtoMessage* request) {
  if (const std::optional<size_t> offset = FindInvalidUtf8(body)) return InvalidUtf8("", *offset);
  // JSON has no place for a NUL, but protobuf's parser does.
  if (body.find('\0') != std::string_view::npos) return Malformed("", *request);
  const auto status =
      google::protobuf::util::JsonStringToMessage({body.data(), body.size()}, request);
  return status.ok() ? absl::OkStatus() : Malformed(std::string(status.message()), *request);
}

absl::StatusOr<std::string> ToJson(const ProtoMessage& message) {
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json);
  if (status.ok()) return json;
  return absl::InternalError(
      StrCat("an answer of type ", message.GetDescriptor()->full_name(), " has no JSON form"));
}

std::string ErrorJson(const absl::Status& error) {
  Json json = {{"code", std::string(RowOf(error.code()).name)},
               {"message", std::string(error.message())}};
  error.ForEachPayload([&json](absl::string_view type_url, const absl::Cord& payload) {
    const std::string type(type_url.substr(type_url.rfind('/') + 1));
    const std::string bytes(payload);
    std::string value = absl::Base64Escape(bytes);
    value.erase(value.find_last_not_of('=') + 1);  // Connect leaves the padding out
    Json detail = {{"type", type}, {"value", value}};
    if (std::optional<Json> debug = DebugJson(type, bytes)) detail["debug"] = *std::move(debug);
    json["details"].push_back(std::move(detail));
  });
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

int HttpStatusOf(absl::StatusCode code) { return RowOf(code).http_status; }

}  // namespace signalbook
