#include "service/trace_context.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace signalbook {
namespace {

constexpr char kTraceId[] = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr char kSpanId[] = "00f067aa0ba902b7";

// Rows after https://www.w3.org/TR/trace-context/#traceparent-header.
TEST(TraceContextTest, TakesUpTheCallersTrace) {
  const std::string good = std::string("00-") + kTraceId + "-" + kSpanId + "-01";
  const struct {
    const char* what;
    std::string header;
    bool taken;
    bool sampled;
  } kRows[] = {
      {"as the standard has it", good, true, true},
      {"not sampled", good.substr(0, 53) + "00", true, false},
      {"a flag that nobody knows yet", good.substr(0, 53) + "02", true, false},
      {"all flags", good.substr(0, 53) + "ff", true, true},
      {"a later version", "01" + good.substr(2), true, true},
      {"a later version that says more", "01" + good.substr(2) + "-what-comes", true, true},
      {"a later version, glued", "01" + good.substr(2) + "x", false, false},
      {"nothing", "", false, false},
      {"version 00 that says more", good + "-x", false, false},
      {"version ff", "ff" + good.substr(2), false, false},
      {"no version", "zz" + good.substr(2), false, false},
      {"a trace of zeros", "00-" + std::string(32, '0') + good.substr(35), false, false},
      {"a span of zeros", good.substr(0, 36) + std::string(16, '0') + "-01", false, false},
      {"capitals", "00-4BF92F3577B34DA6A3CE929D0E0E4736" + good.substr(35), false, false},
      {"flags that are none", good.substr(0, 53) + "0g", false, false},
      {"cut", good.substr(0, 54), false, false},
      {"other marks between", "00_" + good.substr(3), false, false},
      {"a quote", good.substr(0, 40) + "\"" + good.substr(41), false, false},
  };
  for (const auto& row : kRows) {
    const TraceContext trace = TraceOf(row.header);
    EXPECT_EQ(trace.trace_id == kTraceId, row.taken) << row.what;
    EXPECT_EQ(trace.parent_span_id, row.taken ? kSpanId : "") << row.what;
    EXPECT_EQ(trace.sampled, row.sampled) << row.what;
    EXPECT_NE(trace.span_id, kSpanId) << row.what;
    // What is passed on is taken up by the next in turn.
    const TraceContext next = TraceOf(Traceparent(trace));
    EXPECT_EQ(next.trace_id, trace.trace_id) << row.what;
    EXPECT_EQ(next.parent_span_id, trace.span_id) << row.what;
    EXPECT_EQ(next.sampled, trace.sampled) << row.what;
  }
}

TEST(TraceContextTest, NewIdsAreDifferent) {
  std::set<std::string> ids;
  for (int i = 0; i < 1'000; ++i) {
    const TraceContext trace = TraceOf("");
    ids.insert({trace.trace_id, trace.span_id, RequestIdOf("")});
    EXPECT_EQ(trace.trace_id.size(), 32u);
    EXPECT_EQ(trace.span_id.size(), 16u);
  }
  EXPECT_EQ(ids.size(), 3'000u);
}

TEST(TraceContextTest, KeepsARequestIdThatALogCanHold) {
  const struct {
    std::string given;
    bool kept;
  } kRows[] = {{"7f3a-42", true},
               {std::string(kMaxRequestIdBytes, 'a'), true},
               {std::string(kMaxRequestIdBytes + 1, 'a'), false},
               {"", false},
               {"two words", false},
               {"a\nb", false},
               {"a\"b", false},
               {"a\\b", false},
               {"señor", false}};
  for (const auto& row : kRows) {
    const std::string id = RequestIdOf(row.given);
    EXPECT_EQ(id == row.given, row.kept) << row.given;
    EXPECT_FALSE(id.empty());
  }
}

}  // namespace
}  // namespace signalbook
