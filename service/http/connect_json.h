// The Connect protocol's unary JSON form (https://connectrpc.com/docs/protocol): messages and errors.
#ifndef SIGNALBOOK_SERVICE_HTTP_CONNECT_JSON_H_
#define SIGNALBOOK_SERVICE_HTTP_CONNECT_JSON_H_

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace signalbook {

// Reads a request in protobuf's JSON mapping. `request` is unspecified on an error: INVALID_ARGUMENT,
//   INVALID_UTF8        names the offset in the body
//   MALFORMED_REQUEST   no JSON, an unknown field, a value of another type; names the field if there is one,
//                       never a value
absl::Status ParseJson(std::string_view body, google::protobuf::Message* request);

absl::StatusOr<std::string> ToJson(const google::protobuf::Message& message);

// {"code": "not_found", "message": …, "details": […]}. Precondition: an error.
std::string ErrorJson(const absl::Status& error);
// The HTTP status that goes with an error.
int HttpStatusOf(absl::StatusCode code);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_HTTP_CONNECT_JSON_H_
