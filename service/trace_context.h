// How a call is found again in the logs of everybody it went through: W3C Trace Context
// (https://www.w3.org/TR/trace-context/) and a request id.
//
// Thread rule: all functions are safe from many threads.
#ifndef SIGNALBOOK_SERVICE_TRACE_CONTEXT_H_
#define SIGNALBOOK_SERVICE_TRACE_CONTEXT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace signalbook {

struct TraceContext {
  std::string trace_id;        // 32 lower-case hexadecimal digits, not all zero
  std::string span_id;         // 16 of them: of this call
  std::string parent_span_id;  // of the caller's; empty: the trace begins here
  bool sampled = false;        // the caller records it
};

// The trace that a caller's `traceparent` names, with a new span of its own; a new trace when there is none, or when
// it is not as the standard has it.
TraceContext TraceOf(std::string_view traceparent);

// What is passed on: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".
std::string Traceparent(const TraceContext& trace);

// `given` if it may stand in a log as it is: 1 to kMaxRequestIdBytes visible ASCII characters other than '"' and '\'.
// Otherwise a new one of 128 random bits.
inline constexpr size_t kMaxRequestIdBytes = 64;
std::string RequestIdOf(std::string_view given);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_TRACE_CONTEXT_H_
