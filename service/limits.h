// Every limit of the service, in one place. The callers' are documented in translation.proto and
// checked in request.cc before any work; the process's own are set in server.cc.
#ifndef SIGNALBOOK_SERVICE_LIMITS_H_
#define SIGNALBOOK_SERVICE_LIMITS_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/time/time.h"

namespace signalbook {

// TOO_MANY_CONTENTS
inline constexpr int kMaxContents = 128;
// CONTENT_TOO_LONG
inline constexpr int64_t kMaxContentCodePoints = 8'192;
// BATCH_TOO_LONG. AnalyzeText counts a message once for each display locale, because that is how
// its answer grows.
inline constexpr int64_t kMaxBatchCodePoints = 65'536;
// CANDIDATE_TOO_LONG. More than any honest translation of the longest message.
inline constexpr int64_t kMaxCandidateCodePoints = 65'536;
// TOO_MANY_LOCALES
inline constexpr int kMaxDisplayLocales = 16;
// What model.proto promises of a TranslateSentences request.
inline constexpr int kMaxSentences = 65'536;
inline constexpr size_t kMaxSentenceBytes = 10'000;
// StreamTranslateText: messages under way on a stream; while there are as many, nothing more is read.
inline constexpr int kMaxStreamMessages = 64;
// FIELD_TOO_LONG: the names of messages and conversations on a stream.
inline constexpr size_t kMaxStreamLabelBytes = 128;
// A language, dialect or market longer than this is not repeated in an error.
inline constexpr int kMaxEchoedBytes = 64;

// gRPC refuses a larger request itself (RESOURCE_EXHAUSTED, no details). Four times the largest
// batch in UTF-8, so that a request somewhat over a limit still learns which.
inline constexpr int kMaxRequestBytes = 1 << 20;
// With moderation: imports of files (exchange.h). A translation of more than kMaxRequestBytes is refused by its
// own limits.
inline constexpr int kMaxModerationBytes = 5 << 20;
// The same over HTTP, where text may be escaped: twelve bytes for an emoji of four.
inline constexpr size_t kMaxHttpBytes = size_t{2} << 20;
// Calls at once on a connection; more wait in the client. Without it, overload costs half of the
// throughput and ten times the memory.
inline constexpr int kMaxConcurrentStreams = 128;

// Metadata of ModelService: how many servers of Signalbook the request has come through, this one not counted. One
// that has come through more is NOT_FOUND: servers that name each other as models go round in circles.
inline constexpr std::string_view kHopsMetadata = "signalbook-hops";
inline constexpr int kMaxHops = 3;

// A model gets the caller's deadline less this, or less a quarter of what is left if that is
// shorter: its contract lets it answer up to 100 ms late, and a refusal with its reason is worth
// more to the caller than DEADLINE_EXCEEDED.
inline constexpr absl::Duration kDeadlineMargin = absl::Milliseconds(150);
// When to come back after QUEUE_FULL.
inline constexpr absl::Duration kRetryDelay = absl::Seconds(1);
// How often health is brought up to date with what /readyz says.
inline constexpr absl::Duration kReadinessInterval = absl::Milliseconds(100);
// What gRPC gets to close its streams once our own calls are done.
inline constexpr absl::Duration kCloseTimeout = absl::Milliseconds(100);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_LIMITS_H_
