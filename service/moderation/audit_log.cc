#include "service/moderation/audit_log.h"

#include <google/protobuf/util/json_util.h>

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/time/time.h"
#include "service/strings.h"
#include "translator/book_format.h"

namespace signalbook {
namespace {

constexpr int32_t kNanosPerMicro = 1'000;
constexpr int32_t kNanosPerSecond = 1'000'000'000;

std::string TimeText(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%E4Y-%m-%dT%H:%M:%E6SZ",
                          absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos()),
                          absl::UTCTimeZone());
}

// Whether there is only one way to write this time, the one that is hashed.
bool IsHashable(const google::protobuf::Timestamp& time) {
  return time.nanos() >= 0 && time.nanos() < kNanosPerSecond && time.nanos() % kNanosPerMicro == 0;
}

}  // namespace

std::string AuditHash(const v1::AuditEvent& event) {
  std::string text;
  // With its length before it no field can pass for the end of another.
  const auto add = [&text](const std::string& field) {
    absl::StrAppend(&text, field.size(), ":", field, ",");
  };
  add(event.previous_hash());
  add(StrCat(event.number()));
  add(TimeText(event.time()));
  add(event.actor());
  add(event.action());
  add(event.resource());
  add(event.detail());
  const book_format::Sha256 hash = book_format::HashOf(text);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(hash.data()), hash.size()));
}

void ChainAuditEvent(int64_t last_number, std::string_view last_hash, v1::AuditEvent* event) {
  google::protobuf::Timestamp* time = event->mutable_time();
  time->set_nanos(time->nanos() / kNanosPerMicro * kNanosPerMicro);
  event->set_number(last_number + 1);
  event->set_previous_hash(std::string(last_hash));
  event->set_hash(AuditHash(*event));
}

bool AuditVerifier::Add(const v1::AuditEvent& event) {
  if (!defect_.empty()) return false;
  defect_ = DefectOf(event);
  if (!defect_.empty()) {
    defect_number_ = event.number();
    return false;
  }
  events_ = event.number();
  head_hash_ = event.hash();
  return true;
}

std::string AuditVerifier::DefectOf(const v1::AuditEvent& event) const {
  const int64_t expected = events_ + 1;
  const std::string read = StrCat("event ", event.number());
  if (event.number() > expected) {
    return StrCat(read, " comes where ", expected, " should: ",
                  event.number() == expected + 1
                      ? StrCat("event ", expected, " is missing")
                      : StrCat("events ", expected, " to ", event.number() - 1, " are missing"),
                  " or out of order");
  }
  if (event.number() < expected) {
    return StrCat(read, " comes where ", expected,
                  " should: it stands twice, or out of order, or was put in");
  }
  if (event.previous_hash() != head_hash_) {
    return events_ == 0
               ? StrCat(read, " is not the first of its log: its previous_hash is not 64 zeros")
               : StrCat(read, " does not follow from event ", events_,
                        ": its previous_hash is not the hash of that event");
  }
  if (!event.has_time() || !IsHashable(event.time())) {
    return StrCat(read, " was changed: its time is not one of whole microseconds");
  }
  if (event.hash() != AuditHash(event)) {
    return StrCat(read, " was changed: its hash is not that of its fields");
  }
  return "";
}

v1::VerifyAuditLogResponse AuditVerifier::Result() const {
  v1::VerifyAuditLogResponse result;
  result.set_intact(defect_.empty());
  result.set_events(events_);
  result.set_head_hash(head_hash_);
  result.set_defect(defect_);
  result.set_defect_number(defect_number_);
  return result;
}

std::string AuditLine(const v1::AuditEvent& event) {
  std::string json;
  // Fails only for times that no Timestamp may have, which DefectOf does not let pass either.
  (void)google::protobuf::util::MessageToJsonString(event, &json);
  return json;
}

absl::StatusOr<v1::AuditEvent> ParseAuditLine(std::string_view line) {
  v1::AuditEvent event;
  // The parser's own message quotes the line, which holds what people wrote.
  if (!google::protobuf::util::JsonStringToMessage(
           google::protobuf::StringPiece(line.data(), line.size()), &event)
           .ok()) {
    return absl::InvalidArgumentError(
        "not an audit event: expected one JSON object a line, with number, time, actor, action, "
        "resource, detail, previousHash, hash and nothing else, as the export writes it");
  }
  return event;
}

}  // namespace signalbook
