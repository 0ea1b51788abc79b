#include "service/cli/json.h"

#include <google/protobuf/util/json_util.h>

namespace signalbook {

std::string ToJsonLine(const google::protobuf::Message& message) {
  std::string json;
  // Fails only for messages that hold an Any of an unknown type; ours hold none.
  (void)google::protobuf::util::MessageToJsonString(message, &json);
  return json;
}

}  // namespace signalbook
