#include "service/moderation/backend.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "service/status.h"
#include "service/strings.h"

namespace signalbook {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// The path of the first string with a NUL in it.
std::optional<std::string> FindNul(const Message& message, const std::string& path) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool is_string = field->type() == FieldDescriptor::TYPE_STRING;
    if (!is_string && field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      std::string name = StrCat(path, field->name());
      if (field->is_repeated()) absl::StrAppend(&name, "[", i, "]");
      if (is_string) {
        std::string scratch;
        const std::string& text =
            field->is_repeated()
                ? reflection.GetRepeatedStringReference(message, field, i, &scratch)
                : reflection.GetStringReference(message, field, &scratch);
        if (text.find('\0') != std::string::npos) return name;
        continue;
      }
      const Message& nested = field->is_repeated()
                                  ? reflection.GetRepeatedMessage(message, field, i)
                                  : reflection.GetMessage(message, field);
      if (auto found = FindNul(nested, StrCat(name, "."))) return found;
    }
  }
  return std::nullopt;
}

}  // namespace

const ModerationMethod* ModerationBackend::Find(std::string_view name) const {
  const auto found = std::find_if(methods.begin(), methods.end(),
                                  [name](const ModerationMethod& row) { return row.name == name; });
  return found == methods.end() ? nullptr : &*found;
}

absl::Status CallMethod(const ModerationBackend& backend, const ModerationMethod& method,
                        const v1::Caller& caller, const Message& request, Message* response) {
  if (std::optional<std::string> field = FindNul(request, "")) {
    return InvalidRequest({.reason = reason::kMalformedRequest,
                           .field = *std::move(field),
                           .description = "holds U+0000, which cannot be stored; leave it out"});
  }
  return method.call(backend.moderation, caller, request, response);
}

absl::Status ModerationDisabled() {
  return WithReason(absl::StatusCode::kUnimplemented, reason::kModerationDisabled,
                    "this server runs without moderation; set moderation.database in its "
                    "configuration, for example to \"sqlite:/var/lib/signalbook/moderation.db\"");
}

}  // namespace signalbook
