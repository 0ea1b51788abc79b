#include "service/trace_context.h"

#include <algorithm>
#include <cstdint>
#include <random>

#include "absl/strings/str_format.h"
#include "service/strings.h"

namespace signalbook {
namespace {

// version "-" trace-id "-" parent-id "-" flags
constexpr size_t kTraceIdAt = 3;
constexpr size_t kSpanIdAt = 36;
constexpr size_t kFlagsAt = 53;
constexpr size_t kLength = 55;

// Ids have to be different, not secret.
uint64_t Random() {
  static thread_local std::mt19937_64 generator = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  return generator();
}

std::string NewId(int digits) {
  std::string id;
  do {
    id.clear();
    for (int i = 0; i < digits; i += 16) absl::StrAppendFormat(&id, "%016x", Random());
  } while (id.find_first_not_of('0') == std::string::npos);
  return id;
}

bool IsHex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool IsId(std::string_view text) {
  return IsHex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

// Later versions may add to the end, and are read as far as this one goes.
bool IsTraceparent(std::string_view text) {
  if (text.size() < kLength) return false;
  const std::string_view version = text.substr(0, 2);
  if (!IsHex(version) || version == "ff") return false;
  if (version == "00" ? text.size() != kLength : text.size() > kLength && text[kLength] != '-') {
    return false;
  }
  return text[kTraceIdAt - 1] == '-' && text[kSpanIdAt - 1] == '-' && text[kFlagsAt - 1] == '-' &&
         IsId(text.substr(kTraceIdAt, 32)) && IsId(text.substr(kSpanIdAt, 16)) &&
         IsHex(text.substr(kFlagsAt, 2));
}

bool IsLoggable(char c) { return c > ' ' && c < '\x7F' && c != '"' && c != '\\'; }

}  // namespace

TraceContext TraceOf(std::string_view traceparent) {
  TraceContext trace{.trace_id = {}, .span_id = NewId(16), .parent_span_id = {}};
  if (!IsTraceparent(traceparent)) {
    trace.trace_id = NewId(32);
    return trace;
  }
  trace.trace_id = traceparent.substr(kTraceIdAt, 32);
  trace.parent_span_id = traceparent.substr(kSpanIdAt, 16);
  const char flags = traceparent[kFlagsAt + 1];
  trace.sampled = ((flags <= '9' ? flags - '0' : flags - 'a' + 10) & 1) != 0;
  return trace;
}

std::string Traceparent(const TraceContext& trace) {
  return StrCat("00-", trace.trace_id, "-", trace.span_id, trace.sampled ? "-01" : "-00");
}

std::string RequestIdOf(std::string_view given) {
  if (!given.empty() && given.size() <= kMaxRequestIdBytes &&
      std::all_of(given.begin(), given.end(), IsLoggable)) {
    return std::string(given);
  }
  return NewId(32);
}

}  // namespace signalbook
