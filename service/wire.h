// Bytes ⇄ messages, with an answer to "what is wrong with these bytes?".
//
// gRPC's typed callback API answers a request that does not parse with UNIMPLEMENTED and an empty
// text, before our code runs; one bad byte in a proto3 string is enough. So all methods of our
// services are raw, and parse here.
#ifndef SIGNALBOOK_SERVICE_WIRE_H_
#define SIGNALBOOK_SERVICE_WIRE_H_

#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>

#include "absl/status/status.h"

namespace signalbook {

// Parses a request. When the bytes are no such message: INVALID_ARGUMENT,
//   INVALID_UTF8        a string field holds a byte that is not UTF-8; names the field and, in
//                       metadata "byte_offset", the first bad byte from the start of its value
//   MALFORMED_REQUEST   anything else: truncated, garbage, nested too deep
// `request` is unspecified then. Unknown fields are kept and ignored.
absl::Status ParseRequest(const grpc::ByteBuffer& bytes, google::protobuf::Message* request);

// The wire form. Strings must be UTF-8.
grpc::ByteBuffer Serialize(const google::protobuf::Message& message);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_WIRE_H_
