// The audit log: who did what, in an order that cannot be changed afterwards without being seen.
//
// Each event carries the SHA-256 of the one before, so an edit, a deletion in between or another order
// breaks the chain at that place. What a chain cannot show is that its end was cut off: keep the head hash
// elsewhere and compare.
//
// What is hashed, in this order, each as its length in bytes (decimal), ":", its bytes, ",":
//   previous_hash, number, time (RFC 3339, UTC, microseconds: "2026-11-27T17:20:00.123456Z"), actor, action,
//   resource, detail
// A time is therefore one of whole microseconds; any other is a defect, since the hash would not cover it.
//
// Thread rule: pure functions; AuditVerifier belongs to one thread.
#ifndef SIGNALBOOK_SERVICE_MODERATION_AUDIT_LOG_H_
#define SIGNALBOOK_SERVICE_MODERATION_AUDIT_LOG_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "signalbook/v1/moderation.pb.h"

namespace signalbook {

// The previous hash of the first event.
inline constexpr std::string_view kAuditStart =
    "0000000000000000000000000000000000000000000000000000000000000000";

// Of all other fields of `event`.
std::string AuditHash(const v1::AuditEvent& event);

// Fills number, previous_hash and hash of an event that follows the one with `last_number` and `last_hash`
// (0 and kAuditStart: it is the first), and cuts its time to whole microseconds.
void ChainAuditEvent(int64_t last_number, std::string_view last_hash, v1::AuditEvent* event);

// Reads a log, oldest event first, and finds the first place where it is not what it was.
class AuditVerifier {
 public:
  // False when this event does not follow from what was added before; then the result's defect says how, and
  // nothing more is looked at.
  bool Add(const v1::AuditEvent& event);
  // How many events are what they were, and the hash of the last of them (kAuditStart: there is none).
  v1::VerifyAuditLogResponse Result() const;

 private:
  // How `event` does not follow; empty if it does.
  std::string DefectOf(const v1::AuditEvent& event) const;

  int64_t events_ = 0;
  std::string head_hash_{kAuditStart};
  std::string defect_;
  int64_t defect_number_ = 0;
};

// One event a line, as protobuf's JSON mapping writes it: the export that `signalbook audit verify FILE` takes.
std::string AuditLine(const v1::AuditEvent& event);
// InvalidArgument when it is anything else, also when it has a field that an event has not.
absl::StatusOr<v1::AuditEvent> ParseAuditLine(std::string_view line);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_MODERATION_AUDIT_LOG_H_
