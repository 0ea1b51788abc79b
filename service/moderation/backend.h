// What both fronts of ModerationService, gRPC and HTTP, put on the wire.
#ifndef SIGNALBOOK_SERVICE_MODERATION_BACKEND_H_
#define SIGNALBOOK_SERVICE_MODERATION_BACKEND_H_

#include <google/protobuf/message.h>

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "service/auth.h"
#include "service/moderation/methods.h"

namespace signalbook {

// All of it outlives the fronts and is safe from many threads.
struct ModerationBackend {
  const std::vector<ModerationMethod>& methods;
  Moderation& moderation;
  const Authenticator& authenticator;

  const ModerationMethod* Find(std::string_view name) const;  // nullptr: none
};

// Calls `method`; blocks while the database works. INVALID_ARGUMENT with MALFORMED_REQUEST when a string of
// `request` holds U+0000, which PostgreSQL has no place for.
absl::Status CallMethod(const ModerationBackend& backend, const ModerationMethod& method,
                        const v1::Caller& caller, const google::protobuf::Message& request,
                        google::protobuf::Message* response);

// UNIMPLEMENTED with MODERATION_DISABLED: the configuration names no database.
absl::Status ModerationDisabled();

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_MODERATION_BACKEND_H_
