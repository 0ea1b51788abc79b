#include "service/status.h"

#include <utility>

#include "absl/strings/cord.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr std::string_view kTypeUrlPrefix = "type.googleapis.com/";

template <typename Detail>
std::string TypeUrl() {
  return StrCat(kTypeUrlPrefix, Detail::descriptor()->full_name());
}

template <typename Detail>
void Attach(const Detail& detail, absl::Status* status) {
  status->SetPayload(TypeUrl<Detail>(), absl::Cord(detail.SerializeAsString()));
}

}  // namespace

absl::Status WithReason(absl::StatusCode code, std::string_view reason, std::string_view message,
                        const std::map<std::string, std::string>& metadata) {
  absl::Status status(code, AsAbsl(message));
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(reason));
  info.set_domain(std::string(kErrorDomain));
  info.mutable_metadata()->insert(metadata.begin(), metadata.end());
  Attach(info, &status);
  return status;
}

absl::Status InvalidRequest(const RequestError& error) {
  absl::Status status = WithReason(
      absl::StatusCode::kInvalidArgument, error.reason,
      error.field.empty() ? error.description : StrCat(error.field, ": ", error.description),
      error.metadata);
  if (!error.field.empty()) {
    google::rpc::BadRequest bad_request;
    auto* violation = bad_request.add_field_violations();
    violation->set_field(error.field);
    violation->set_description(error.description);
    Attach(bad_request, &status);
  }
  return status;
}

absl::Status InvalidUtf8(std::string field, size_t offset) {
  return InvalidRequest({.reason = reason::kInvalidUtf8,
                         .field = std::move(field),
                         .description = StrCat("the byte at offset ", offset, " is not UTF-8"),
                         .metadata = {{"byte_offset", StrCat(offset)}}});
}

absl::Status ComeBackLater(std::string_view reason, std::string_view message,
                           const std::map<std::string, std::string>& metadata,
                           absl::Duration retry_after) {
  absl::Status status = WithReason(absl::StatusCode::kResourceExhausted, reason, message, metadata);
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(
      absl::IDivDuration(retry_after, absl::Seconds(1), &retry_after));
  retry.mutable_retry_delay()->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(retry_after)));
  Attach(retry, &status);
  return status;
}

absl::Status QueueFull(int queue_size, absl::Duration retry_after) {
  return ComeBackLater(
      reason::kQueueFull,
      StrCat("all workers are busy and ", queue_size, " requests wait already; try again later"),
      {{"limit", StrCat(queue_size)}}, retry_after);
}

absl::Status ShuttingDown() {
  return WithReason(absl::StatusCode::kUnavailable, reason::kShuttingDown,
                    "the server is shutting down; ask another one");
}

absl::Status StoreUnseen() {
  return WithReason(absl::StatusCode::kUnavailable, reason::kStoreUnavailable,
                    "the server has not seen the database of moderation for longer than "
                    "moderation.max_staleness_ms allows; ask another one");
}

std::string ReasonOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(TypeUrl<google::rpc::ErrorInfo>());
  google::rpc::ErrorInfo info;
  if (!payload || !info.ParseFromString(std::string(*payload))) return "";
  return info.reason();
}

absl::Duration RetryDelayOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(TypeUrl<google::rpc::RetryInfo>());
  google::rpc::RetryInfo retry;
  if (!payload || !retry.ParseFromString(std::string(*payload))) return absl::ZeroDuration();
  return absl::Seconds(retry.retry_delay().seconds()) +
         absl::Nanoseconds(retry.retry_delay().nanos());
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  google::rpc::Status wire;
  wire.set_code(static_cast<int>(status.code()));
  wire.set_message(std::string(status.message()));
  status.ForEachPayload([&wire](absl::string_view type_url, const absl::Cord& payload) {
    google::protobuf::Any* detail = wire.add_details();
    detail->set_type_url(std::string(type_url));
    detail->set_value(std::string(payload));
  });
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), wire.message(),
                      wire.details_size() == 0 ? std::string() : wire.SerializeAsString());
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  google::rpc::Status wire;
  if (result.ok() || !wire.ParseFromString(status.error_details())) return result;
  for (const google::protobuf::Any& detail : wire.details()) {
    result.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  return result;
}

}  // namespace signalbook
