// Moderation: revisions, rolling back, the audit log.
#include <google/protobuf/util/json_util.h>

#include <map>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "service/auth.h"
#include "service/moderation/audit_log.h"
#include "service/moderation/decision.h"
#include "service/moderation/moderation.h"
#include "service/moderation/paging.h"
#include "service/status.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr int kVerifiedAtOnce = 1'000;

absl::Status NoRevision(int64_t number, int64_t newest) {
  return WithReason(
      absl::StatusCode::kNotFound, reason::kRevisionNotFound,
      StrCat("there is no revision ", number, "; they go from 0 (the book) to ", newest));
}

// What a sequence of changes comes to, by entry: the first row before, the last row after. What comes to
// nothing is left out.
std::vector<v1::RowChange> Net(const std::vector<v1::RowChange>& changes) {
  std::map<std::string, v1::RowChange> net;
  for (const v1::RowChange& change : changes) {
    const auto [found, is_new] = net.try_emplace(change.entry(), change);
    if (is_new) continue;
    v1::RowChange merged = change;
    merged.clear_before();
    if (found->second.has_before()) *merged.mutable_before() = found->second.before();
    found->second = std::move(merged);
  }
  std::vector<v1::RowChange> left;
  for (auto& [entry, change] : net) {
    if (change.before().SerializeAsString() == change.after().SerializeAsString() &&
        change.has_before() == change.has_after()) {
      continue;
    }
    left.push_back(std::move(change));
  }
  return left;
}

// The rows that the log says are in force, to compare with those that are.
class Replay {
 public:
  // False when a revision of the log cannot be read.
  bool Add(const v1::AuditEvent& event) {
    if (event.action() != "revision.apply") return true;
    v1::Revision revision;
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = true;
    if (!google::protobuf::util::JsonStringToMessage(event.detail(), &revision, options).ok()) {
      return false;
    }
    for (const v1::RowChange& change : revision.changes()) {
      if (change.has_after()) {
        rows_[change.entry()] = change.after().SerializeAsString();
      } else {
        rows_.erase(change.entry());
      }
    }
    return true;
  }

  // The first entry whose row is not what the log says; empty: none.
  std::string Difference(const std::vector<store::ModeratedRow>& rows) const {
    std::map<std::string, std::string> left = rows_;
    for (const store::ModeratedRow& row : rows) {
      const auto found = left.find(EntryName(row.id));
      if (found == left.end() || found->second != row.row.SerializeAsString()) {
        return EntryName(row.id);
      }
      left.erase(found);
    }
    return left.empty() ? "" : left.begin()->first;
  }

 private:
  std::map<std::string, std::string> rows_;  // serialized, by entry
};

void SetDefect(std::string defect, int64_t number, v1::VerifyAuditLogResponse* response) {
  response->set_intact(false);
  response->set_defect(std::move(defect));
  response->set_defect_number(number);
}

}  // namespace

absl::Status Moderation::ListRevisions(const Caller& /*caller*/,
                                       const v1::ListRevisionsRequest& request,
                                       v1::ListRevisionsResponse* response) {
  const absl::StatusOr<PageRequest> page = ReadPage(request, "revisions");
  if (!page.ok()) return page.status();
  return Read([&](SqlTransaction& sql) -> absl::Status {
    const absl::StatusOr<store::Head> head = store::GetHead(sql);
    if (!head.ok()) return head.status();
    absl::StatusOr<std::vector<v1::Revision>> found =
        store::ListRevisions(sql, {.before = page->token, .limit = page->size + 1});
    if (!found.ok()) return found.status();
    if (EndPage(*page, &*found)) {
      response->set_next_page_token(NextPage("revisions", found->back().number()));
    }
    *response->mutable_revisions() = {found->begin(), found->end()};
    response->set_total_size(static_cast<int32_t>(head->revision));
    return absl::OkStatus();
  });
}

absl::Status Moderation::DiffRevisions(const Caller& /*caller*/,
                                       const v1::DiffRevisionsRequest& request,
                                       v1::DiffRevisionsResponse* response) {
  return Read([&](SqlTransaction& sql) -> absl::Status {
    const absl::StatusOr<store::Head> head = store::GetHead(sql);
    if (!head.ok()) return head.status();
    const int64_t to = request.to() == 0 ? head->revision : request.to();
    for (const int64_t number : {request.from(), to}) {
      if (number < 0 || number > head->revision) return NoRevision(number, head->revision);
    }
    const bool backwards = request.from() > to;
    const absl::StatusOr<std::vector<v1::RowChange>> changes =
        store::Changes(sql, std::min(request.from(), to), std::max(request.from(), to));
    if (!changes.ok()) return changes.status();
    for (v1::RowChange& change : Net(*changes)) {
      if (backwards) {
        v1::RowChange turned = change;
        turned.clear_before();
        turned.clear_after();
        if (change.has_after()) *turned.mutable_before() = change.after();
        if (change.has_before()) *turned.mutable_after() = change.before();
        change = std::move(turned);
      }
      *response->add_changes() = std::move(change);
    }
    return absl::OkStatus();
  });
}

absl::Status Moderation::RollBack(const Caller& caller, const v1::RollBackRequest& request,
                                  v1::RollBackResponse* response) {
  if (absl::Status status = CheckWords(request.reason(), "reason", !request.validate_only());
      !status.ok()) {
    return status;
  }
  if (request.undo_emergency_blocks()) {
    if (absl::Status status = RequireRole(caller, v1::ROLE_ADMINISTRATOR); !status.ok()) {
      return status;
    }
  }
  // What would change; in a transaction, so that it is what changes.
  const auto plan = [&](SqlTransaction& sql, int64_t newest,
                        std::vector<Change>* plan) -> absl::Status {
    if (request.revision() < 0 || request.revision() > newest) {
      return NoRevision(request.revision(), newest);
    }
    const absl::StatusOr<std::vector<v1::RowChange>> changes =
        store::Changes(sql, request.revision(), newest);
    if (!changes.ok()) return changes.status();
    for (const v1::RowChange& change : Net(*changes)) {
      const absl::StatusOr<EntryId> id = ParseEntryName(change.entry());
      if (!id.ok()) return id.status();
      const absl::StatusOr<std::optional<store::ModeratedRow>> current = store::GetRow(sql, *id);
      if (!current.ok()) return current.status();
      if (*current && (*current)->emergency && !request.undo_emergency_blocks()) {
        response->add_kept_blocks(change.entry());
        continue;
      }
      Change back{.id = *id};
      if (change.has_before()) back.after = change.before();
      plan->push_back(std::move(back));
    }
    return absl::OkStatus();
  };
  v1::Revision* revision = response->mutable_revision();
  revision->set_author(caller.name());
  revision->set_kind(v1::REVISION_KIND_ROLL_BACK);
  revision->set_reason(request.reason());
  if (request.validate_only()) {
    return Read([&](SqlTransaction& sql) -> absl::Status {
      const absl::StatusOr<store::Head> head = store::GetHead(sql);
      if (!head.ok()) return head.status();
      std::vector<Change> changes;
      if (absl::Status status = plan(sql, head->revision, &changes); !status.ok()) return status;
      for (const Change& change : changes) {
        v1::RowChange* shown = revision->add_changes();
        shown->set_entry(EntryName(change.id));
        const absl::StatusOr<std::optional<store::ModeratedRow>> current =
            store::GetRow(sql, change.id);
        if (!current.ok()) return current.status();
        if (*current) *shown->mutable_before() = (*current)->row;
        if (change.after) *shown->mutable_after() = *change.after;
      }
      return absl::OkStatus();
    });
  }
  return Decide([&](SqlTransaction& sql, store::Head& head) -> absl::Status {
    std::vector<Change> changes;
    if (absl::Status status = plan(sql, head.revision, &changes); !status.ok()) return status;
    if (changes.empty()) {
      return WithReason(absl::StatusCode::kFailedPrecondition, reason::kNothingToChange,
                        StrCat("nothing that may be rolled back has changed since revision ",
                               request.revision()));
    }
    return Apply(sql, head, *base(), changes, caller.name(), {}, revision);
  });
}

absl::Status Moderation::ListAuditEvents(const Caller& /*caller*/,
                                         const v1::ListAuditEventsRequest& request,
                                         v1::ListAuditEventsResponse* response) {
  const store::EventFilter filter{.actor = request.actor(),
                                  .resource = request.resource(),
                                  .action = request.action(),
                                  .ascending = request.ascending()};
  const std::string list = StrCat("events\n", filter.actor, "\n", filter.resource, "\n",
                                  filter.action, "\n", int{filter.ascending});
  const absl::StatusOr<PageRequest> page = ReadPage(request, list);
  if (!page.ok()) return page.status();
  return Read([&](SqlTransaction& sql) -> absl::Status {
    absl::StatusOr<std::vector<v1::AuditEvent>> found =
        store::ListEvents(sql, filter, {.before = page->token, .limit = page->size + 1});
    if (!found.ok()) return found.status();
    const absl::StatusOr<int64_t> count = store::CountEvents(sql, filter);
    if (!count.ok()) return count.status();
    if (EndPage(*page, &*found)) {
      response->set_next_page_token(NextPage(list, found->back().number()));
    }
    *response->mutable_events() = {found->begin(), found->end()};
    response->set_total_size(static_cast<int32_t>(*count));
    return absl::OkStatus();
  });
}

absl::Status VerifyAuditLogIn(SqlTransaction& sql, v1::VerifyAuditLogResponse* response) {
  const absl::StatusOr<store::Head> head = store::GetHead(sql);
  if (!head.ok()) return head.status();
  AuditVerifier verifier;
  Replay replay;
  for (int64_t after = 0;;) {
    const absl::StatusOr<std::vector<v1::AuditEvent>> events =
        store::ListEvents(sql, {.ascending = true}, {.before = after, .limit = kVerifiedAtOnce});
    if (!events.ok()) return events.status();
    for (const v1::AuditEvent& event : *events) {
      const bool follows = verifier.Add(event);
      *response = verifier.Result();
      if (!follows) return absl::OkStatus();
      if (!replay.Add(event)) {
        SetDefect("its revision cannot be read", event.number(), response);
        return absl::OkStatus();
      }
      after = event.number();
    }
    if (events->size() < kVerifiedAtOnce) break;
  }
  *response = verifier.Result();
  if (response->events() != head->event ||
      (head->event > 0 && response->head_hash() != head->event_hash)) {
    SetDefect(StrCat("the log ends at event ", response->events(), ", but ", head->event,
                     " were written: its end is missing"),
              response->events() + 1, response);
    return absl::OkStatus();
  }
  const absl::StatusOr<std::vector<store::ModeratedRow>> rows = store::ListRows(sql);
  if (!rows.ok()) return rows.status();
  if (const std::string entry = replay.Difference(*rows); !entry.empty()) {
    SetDefect(StrCat(entry, " is not what the log says was decided"), 0, response);
  }
  return absl::OkStatus();
}

absl::Status Moderation::VerifyAuditLog(const Caller& /*caller*/,
                                        const v1::VerifyAuditLogRequest& /*request*/,
                                        v1::VerifyAuditLogResponse* response) {
  return Read([response](SqlTransaction& sql) { return VerifyAuditLogIn(sql, response); });
}

}  // namespace signalbook
