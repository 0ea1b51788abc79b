#include "service/wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "service/status.h"
#include "signalbook/v1/translation.pb.h"
#include "tests/service/server_fixture.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

grpc::ByteBuffer Bytes(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

// Field number 1 to 15, length-delimited.
std::string Field(int number, const std::string& value) {
  return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(value.size())} + value;
}

TEST(WireTest, RoundTrip) {
  v1::TranslateTextRequest request;
  request.add_contents("I love 🇨🇦!");
  request.set_target_language_code("es");
  v1::TranslateTextRequest parsed;
  ASSERT_TRUE(ParseRequest(Serialize(request), &parsed).ok());
  EXPECT_EQ(parsed.SerializeAsString(), request.SerializeAsString());
}

TEST(WireTest, NoBytesAreAnEmptyRequest) {
  v1::TranslateTextRequest parsed;
  EXPECT_TRUE(ParseRequest(Bytes(""), &parsed).ok());
  EXPECT_TRUE(ParseRequest(grpc::ByteBuffer(), &parsed).ok());
}

TEST(WireTest, SeveralSlicesAreOneRequest) {
  const std::string bytes = Field(1, "hello") + Field(3, "es");
  const grpc::Slice slices[] = {grpc::Slice(bytes.substr(0, 4)), grpc::Slice(bytes.substr(4))};
  v1::TranslateTextRequest parsed;
  ASSERT_TRUE(ParseRequest(grpc::ByteBuffer(slices, 2), &parsed).ok());
  EXPECT_EQ(parsed.contents(0), "hello");
  EXPECT_EQ(parsed.target_language_code(), "es");
}

TEST(WireTest, NamesTheStringThatIsNotUtf8) {
  struct Case {
    std::string name;
    std::string bytes;
    std::string field;
    std::string offset;
  };
  const Case cases[] = {
      {"the third content", Field(1, "ok") + Field(1, "") + Field(1, "abc\xFFz"), "contents[2]",
       "3"},
      {"a singular field", Field(1, "ok") + Field(3, "\xC3"), "target_language_code", "0"},
      {"the offset is that of the sequence", Field(1, "é\xE2\x82z"), "contents[0]", "2"},
      {"a surrogate", Field(1, "\xED\xA0\x80"), "contents[0]", "0"},
      {"an overlong form", Field(6, "a\xC0\x80"), "dialects[0]", "1"},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    v1::TranslateTextRequest parsed;
    const ErrorDetails details = DetailsOf(ToGrpcStatus(ParseRequest(Bytes(test.bytes), &parsed)));
    EXPECT_EQ(details.reason, "INVALID_UTF8");
    EXPECT_EQ(details.field, test.field);
    EXPECT_EQ(details.metadata.at("byte_offset"), test.offset);
  }
}

TEST(WireTest, SaysWhenTheBytesAreNoMessage) {
  const std::string cases[] = {
      Field(1, "hello").substr(0, 4),   // truncated
      std::string("\x0A"),              // a tag and nothing
      std::string("\xFF\xFF\xFF\xFF"),  // a tag that never ends
      std::string("\x0F", 1),           // wire type 7
      std::string("\x0C", 1),           // an end of a group that nobody began
  };
  for (const std::string& bytes : cases) {
    v1::TranslateTextRequest parsed;
    const absl::Status error = ParseRequest(Bytes(bytes), &parsed);
    const grpc::Status status = ToGrpcStatus(error);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    const ErrorDetails details = DetailsOf(status);
    EXPECT_EQ(details.reason, "MALFORMED_REQUEST");
    EXPECT_THAT(details.field, IsEmpty());
    EXPECT_THAT(status.error_message(), HasSubstr("signalbook.v1.TranslateTextRequest"));
  }
}

TEST(WireTest, UnknownFieldsMayHoldAnything) {
  v1::TranslateTextRequest parsed;
  EXPECT_TRUE(ParseRequest(Bytes(Field(1, "ok") + Field(15, "\xFF\xFE")), &parsed).ok());
}

}  // namespace
}  // namespace signalbook
