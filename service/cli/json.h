// The messages of translation.proto as lines of JSON.
#ifndef SIGNALBOOK_SERVICE_CLI_JSON_H_
#define SIGNALBOOK_SERVICE_CLI_JSON_H_

#include <google/protobuf/message.h>

#include <string>

namespace signalbook {

// protobuf's JSON mapping with its default options: lowerCamelCase, defaults left out, 64-bit
// numbers as strings; one line, without its end.
std::string ToJsonLine(const google::protobuf::Message& message);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_CLI_JSON_H_
