#include "tests/service/peer_protocols.h"

#include <google/protobuf/unknown_field_set.h>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace signalbook {
namespace {

using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string ToString(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.DumpToSingleSlice(&slice).ok()) return "";
  return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
}

// A message of one string field.
std::string StringField(int number, const std::string& value) {
  UnknownFieldSet fields;
  fields.AddLengthDelimited(number, value);
  std::string bytes;
  fields.SerializeToString(&bytes);
  return bytes;
}

// HealthCheckResponse { ServingStatus status = 1; }
Health ParseHealth(const std::string& bytes) {
  UnknownFieldSet fields;
  if (!fields.ParseFromString(bytes)) return Health::kNoAnswer;
  if (fields.empty()) return Health::kUnknown;
  return static_cast<Health>(fields.field(0).varint());
}

void SetDeadline(grpc::ClientContext* context) {
  context->set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(30)));
}

}  // namespace

Health HealthOf(const std::shared_ptr<grpc::Channel>& channel, const std::string& service) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  SetDeadline(&context);
  grpc::CompletionQueue queue;
  grpc::ByteBuffer response;
  grpc::Status status;
  const auto call = stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check",
                                          ToBuffer(StringField(1, service)), &queue);
  call->StartCall();
  call->Finish(&response, &status, &queue);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  if (status.ok()) return ParseHealth(ToString(response));
  return status.error_code() == grpc::StatusCode::NOT_FOUND ? Health::kUnknownService
                                                            : Health::kNoAnswer;
}

RawStream::RawStream(const std::shared_ptr<grpc::Channel>& channel, const std::string& method)
    : stub_(channel) {
  SetDeadline(&context_);
  stream_ = stub_.PrepareCall(&context_, method, &queue_);
  stream_->StartCall(this);
  Step();
}

RawStream::~RawStream() {
  context_.TryCancel();
  grpc::Status status;
  stream_->Finish(&status, this);
  Step();
}

bool RawStream::Step() {
  void* tag = nullptr;
  bool ok = false;
  return queue_.Next(&tag, &ok) && ok;
}

bool RawStream::Write(const std::string& message) {
  stream_->Write(ToBuffer(message), this);
  return Step();
}

bool RawStream::Read(std::string* message) {
  grpc::ByteBuffer buffer;
  stream_->Read(&buffer, this);
  if (!Step()) return false;
  *message = ToString(buffer);
  return true;
}

HealthWatch::HealthWatch(const std::shared_ptr<grpc::Channel>& channel, const std::string& service)
    : stream_(channel, "/grpc.health.v1.Health/Watch") {
  stream_.Write(StringField(1, service));
}

Health HealthWatch::Next() {
  std::string message;
  return stream_.Read(&message) ? ParseHealth(message) : Health::kNoAnswer;
}

std::vector<std::string> ListServices(const std::shared_ptr<grpc::Channel>& channel) {
  std::vector<std::string> names;
  RawStream stream(channel, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo");
  std::string message;
  // ServerReflectionRequest { string list_services = 7; }
  if (!stream.Write(StringField(7, "")) || !stream.Read(&message)) return names;
  UnknownFieldSet response;
  if (!response.ParseFromString(message)) return names;
  for (int i = 0; i < response.field_count(); ++i) {
    // ServerReflectionResponse { ListServiceResponse list_services_response = 6; }
    if (response.field(i).number() != 6) continue;
    UnknownFieldSet list;
    if (!list.ParseFromString(response.field(i).length_delimited())) return names;
    for (int k = 0; k < list.field_count(); ++k) {
      // ListServiceResponse { repeated ServiceResponse service = 1; } { string name = 1; }
      UnknownFieldSet service;
      if (service.ParseFromString(list.field(k).length_delimited()) && !service.empty()) {
        names.push_back(service.field(0).length_delimited());
      }
    }
  }
  return names;
}

}  // namespace signalbook
