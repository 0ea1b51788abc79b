#include "service/wire.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/unknown_field_set.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/slice.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "service/status.h"
#include "service/strings.h"
#include "translator/normalize.h"

namespace signalbook {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

// The first string that is not UTF-8, in the order of the bytes. UnknownFieldSet reads any
// well-formed message without looking into strings; the descriptor says which fields are strings.
std::optional<absl::Status> FindInvalidString(const UnknownFieldSet& fields, const Descriptor& type,
                                              const std::string& path) {
  std::map<int, int> next_index;
  for (int i = 0; i < fields.field_count(); ++i) {
    const UnknownField& field = fields.field(i);
    const FieldDescriptor* known = type.FindFieldByNumber(field.number());
    if (known == nullptr || field.type() != UnknownField::TYPE_LENGTH_DELIMITED) continue;
    std::string name = StrCat(path, known->name());
    if (known->is_repeated()) absl::StrAppend(&name, "[", next_index[field.number()]++, "]");
    if (known->type() == FieldDescriptor::TYPE_STRING) {
      const std::optional<size_t> offset = FindInvalidUtf8(field.length_delimited());
      if (offset) return InvalidUtf8(std::move(name), *offset);
    } else if (known->type() == FieldDescriptor::TYPE_MESSAGE) {
      UnknownFieldSet nested;
      if (!nested.ParseFromString(field.length_delimited())) return std::nullopt;
      auto error = FindInvalidString(nested, *known->message_type(), StrCat(name, "."));
      if (error) return error;
    }
  }
  return std::nullopt;
}

absl::Status Diagnose(std::string_view bytes, const Descriptor& type) {
  UnknownFieldSet fields;
  if (fields.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    if (auto error = FindInvalidString(fields, type, "")) return *std::move(error);
  }
  return InvalidRequest(
      {.reason = reason::kMalformedRequest,
       .field = "",
       .description =
           StrCat("the ", bytes.size(), " bytes sent are not a ", type.full_name(), " message"),
       .metadata = {{"type", type.full_name()}, {"bytes", StrCat(bytes.size())}}});
}

}  // namespace

absl::Status ParseRequest(const grpc::ByteBuffer& bytes, google::protobuf::Message* request) {
  grpc::Slice slice;
  if (!bytes.DumpToSingleSlice(&slice).ok()) slice = grpc::Slice();
  const std::string_view view(reinterpret_cast<const char*>(slice.begin()), slice.size());
  if (request->ParseFromArray(view.data(), static_cast<int>(view.size()))) return absl::OkStatus();
  return Diagnose(view, *request->GetDescriptor());
}

grpc::ByteBuffer Serialize(const google::protobuf::Message& message) {
  grpc::ByteBuffer bytes;
  bool own_buffer = false;
  const grpc::Status status = grpc::SerializationTraits<google::protobuf::MessageLite>::Serialize(
      message, &bytes, &own_buffer);
  // Only a message over 2 GiB cannot be serialized; limits.h keeps answers far below.
  return status.ok() ? bytes : grpc::ByteBuffer();
}

}  // namespace signalbook
