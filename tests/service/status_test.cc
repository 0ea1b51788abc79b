#include "service/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/service/server_fixture.h"

namespace signalbook {
namespace {

using ::testing::IsEmpty;

TEST(StatusTest, OkIsOk) { EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok()); }

TEST(StatusTest, QueueFullSaysWhenToComeBack) {
  const grpc::Status status = ToGrpcStatus(QueueFull(256, absl::Milliseconds(1500)));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  const ErrorDetails details = DetailsOf(status);
  EXPECT_EQ(details.reason, "QUEUE_FULL");
  EXPECT_EQ(details.metadata.at("limit"), "256");
  EXPECT_EQ(details.retry_delay, absl::Milliseconds(1500));
}

TEST(StatusTest, SurvivesTheWireAndBack) {
  const absl::Status error = InvalidRequest({.reason = reason::kMarketUnknown,
                                             .field = "market",
                                             .description = "no such market",
                                             .metadata = {{"value", "XX"}}});
  const absl::Status back = FromGrpcStatus(ToGrpcStatus(error));
  EXPECT_EQ(back, error);
  EXPECT_EQ(ReasonOf(back), "MARKET_UNKNOWN");
}

TEST(StatusTest, AnErrorWithoutDetailsHasNone) {
  const grpc::Status status = ToGrpcStatus(absl::CancelledError("gone"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_THAT(status.error_details(), IsEmpty());
  EXPECT_THAT(ReasonOf(FromGrpcStatus(status)), IsEmpty());
}

TEST(StatusTest, DetailsThatCannotBeReadAreLeftOut) {
  const grpc::Status status(grpc::StatusCode::INTERNAL, "broken", "\xFF");
  EXPECT_EQ(FromGrpcStatus(status), absl::InternalError("broken"));
}

}  // namespace
}  // namespace signalbook
