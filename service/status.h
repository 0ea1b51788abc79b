// Errors, from the place that finds them to the caller's google.rpc.Status.
//
// Inside the service an error is an absl::Status whose payloads are the google.rpc details, by type
// URL. So request checks return StatusOr, the command line prints message(), and one function maps
// any of them to gRPC. The reasons are one list, here and in translation.proto.
#ifndef SIGNALBOOK_SERVICE_STATUS_H_
#define SIGNALBOOK_SERVICE_STATUS_H_

#include <grpcpp/support/status.h>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace signalbook {

inline constexpr std::string_view kErrorDomain = "signalbook";

// ErrorInfo.reason. What each means to a caller stands in translation.proto
// and moderation.proto.
namespace reason {
inline constexpr std::string_view kAlreadyApproved = "ALREADY_APPROVED";
inline constexpr std::string_view kBatchTooLong = "BATCH_TOO_LONG";
inline constexpr std::string_view kCandidateTooLong = "CANDIDATE_TOO_LONG";
inline constexpr std::string_view kContentTooLong = "CONTENT_TOO_LONG";
inline constexpr std::string_view kContentsEmpty = "CONTENTS_EMPTY";
inline constexpr std::string_view kCredentialsMissing = "CREDENTIALS_MISSING";
inline constexpr std::string_view kCredentialsUnknown = "CREDENTIALS_UNKNOWN";
inline constexpr std::string_view kDialectUnknown = "DIALECT_UNKNOWN";
inline constexpr std::string_view kDisplayLocaleUnknown = "DISPLAY_LOCALE_UNKNOWN";
inline constexpr std::string_view kEntryUnknown = "ENTRY_UNKNOWN";
inline constexpr std::string_view kEnumValueUnknown = "ENUM_VALUE_UNKNOWN";
inline constexpr std::string_view kFieldTooLong = "FIELD_TOO_LONG";
inline constexpr std::string_view kFilterInvalid = "FILTER_INVALID";
inline constexpr std::string_view kImportMalformed = "IMPORT_MALFORMED";
inline constexpr std::string_view kInvalidUtf8 = "INVALID_UTF8";
inline constexpr std::string_view kLargerThanQuota = "LARGER_THAN_QUOTA";
inline constexpr std::string_view kMalformedRequest = "MALFORMED_REQUEST";
inline constexpr std::string_view kMarketUnknown = "MARKET_UNKNOWN";
inline constexpr std::string_view kModerationDisabled = "MODERATION_DISABLED";
inline constexpr std::string_view kNameMalformed = "NAME_MALFORMED";
inline constexpr std::string_view kNotTheAuthor = "NOT_THE_AUTHOR";
inline constexpr std::string_view kNothingToChange = "NOTHING_TO_CHANGE";
inline constexpr std::string_view kOwnProposal = "OWN_PROPOSAL";
inline constexpr std::string_view kPageTokenInvalid = "PAGE_TOKEN_INVALID";
inline constexpr std::string_view kProposalChanged = "PROPOSAL_CHANGED";
inline constexpr std::string_view kProposalClosed = "PROPOSAL_CLOSED";
inline constexpr std::string_view kProposalNotFound = "PROPOSAL_NOT_FOUND";
inline constexpr std::string_view kQueueFull = "QUEUE_FULL";
inline constexpr std::string_view kQuotaExhausted = "QUOTA_EXHAUSTED";
inline constexpr std::string_view kRateLimited = "RATE_LIMITED";
inline constexpr std::string_view kReasonMissing = "REASON_MISSING";
inline constexpr std::string_view kReloadRefused = "RELOAD_REFUSED";
inline constexpr std::string_view kRevisionNotFound = "REVISION_NOT_FOUND";
inline constexpr std::string_view kRoleTooLow = "ROLE_TOO_LOW";
inline constexpr std::string_view kRowChanged = "ROW_CHANGED";
inline constexpr std::string_view kRowRefused = "ROW_REFUSED";
inline constexpr std::string_view kShuttingDown = "SHUTTING_DOWN";
inline constexpr std::string_view kSourceLanguageMissing = "SOURCE_LANGUAGE_MISSING";
inline constexpr std::string_view kSourceLanguageUnknown = "SOURCE_LANGUAGE_UNKNOWN";
inline constexpr std::string_view kStoreUnavailable = "STORE_UNAVAILABLE";
inline constexpr std::string_view kTargetLanguageMissing = "TARGET_LANGUAGE_MISSING";
inline constexpr std::string_view kTargetLanguageUnknown = "TARGET_LANGUAGE_UNKNOWN";
inline constexpr std::string_view kTooManyCalls = "TOO_MANY_CALLS";
inline constexpr std::string_view kTooManyContents = "TOO_MANY_CONTENTS";
inline constexpr std::string_view kTooManyItems = "TOO_MANY_ITEMS";
inline constexpr std::string_view kTooManyLocales = "TOO_MANY_LOCALES";
inline constexpr std::string_view kWarningsNotAcknowledged = "WARNINGS_NOT_ACKNOWLEDGED";
}  // namespace reason

// `code` with ErrorInfo. `message` says what, where and what to do; `metadata` holds its numbers and
// names. `code` is not OK.
absl::Status WithReason(absl::StatusCode code, std::string_view reason, std::string_view message,
                        const std::map<std::string, std::string>& metadata = {});

// What is wrong with a request. Never holds message text.
struct RequestError {
  std::string_view reason;                      // one of the above
  std::string field;                            // "contents[2]"; empty: the request as a whole
  std::string description;                      // for people: what is wrong and what is allowed
  std::map<std::string, std::string> metadata;  // the numbers and names of the description
};

// INVALID_ARGUMENT with ErrorInfo and, where a field is to blame, BadRequest.
absl::Status InvalidRequest(const RequestError& error);
// InvalidRequest for INVALID_UTF8: `offset` is the first bad byte from the start of the field.
absl::Status InvalidUtf8(std::string field, size_t offset);
// RESOURCE_EXHAUSTED with ErrorInfo and RetryInfo: the same request may be let in after `retry_after`.
absl::Status ComeBackLater(std::string_view reason, std::string_view message,
                           const std::map<std::string, std::string>& metadata,
                           absl::Duration retry_after);
// ComeBackLater for QUEUE_FULL: every worker is busy and the queue is full.
absl::Status QueueFull(int queue_size, absl::Duration retry_after);
// UNAVAILABLE with ErrorInfo: the server drains; another one may answer.
absl::Status ShuttingDown();
// The same: the server has not seen the database of moderation for too long to know what is approved.
absl::Status StoreUnseen();

// The reason of an error that was made here or came over the wire; empty if it carries none.
std::string ReasonOf(const absl::Status& status);
// When its RetryInfo says to come back; zero if it carries none.
absl::Duration RetryDelayOf(const absl::Status& status);

// Code, message and all payloads, as grpc-status-details-bin carries them.
grpc::Status ToGrpcStatus(const absl::Status& status);
// The way back, for clients. Details that cannot be read are left out.
absl::Status FromGrpcStatus(const grpc::Status& status);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_STATUS_H_
