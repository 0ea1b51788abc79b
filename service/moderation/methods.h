// Every method of ModerationService as a row: its name, who may call it, what it takes and gives. The gRPC
// service, the HTTP front and the test of the authorization table go by it.
#ifndef SIGNALBOOK_SERVICE_MODERATION_METHODS_H_
#define SIGNALBOOK_SERVICE_MODERATION_METHODS_H_

#include <google/protobuf/message.h>

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "signalbook/v1/moderation.pb.h"

namespace signalbook {

class Moderation;

struct ModerationMethod {
  std::string_view name;                     // "ApproveProposal"
  v1::Role role;                             // the least that may call it
  const google::protobuf::Message* request;  // default instances
  const google::protobuf::Message* response;
  // Blocks while the database works. `request` and `response` are of the types above. Checks the role.
  absl::Status (*call)(Moderation& moderation, const v1::Caller& caller,
                       const google::protobuf::Message& request,
                       google::protobuf::Message* response);
};

// In the order of moderation.proto.
const std::vector<ModerationMethod>& ModerationMethods();
const ModerationMethod* FindModerationMethod(std::string_view name);  // nullptr: none

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_MODERATION_METHODS_H_
