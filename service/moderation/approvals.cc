// Moderation: how proposals are decided, and blocks in an emergency.
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "service/moderation/decision.h"
#include "service/moderation/moderation.h"
#include "service/status.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr int kMaxBatch = 100;

std::vector<std::string> Approvers(const v1::Proposal& proposal) {
  std::vector<std::string> names;
  for (const v1::Approval& approval : proposal.approvals()) names.push_back(approval.approver());
  return names;
}

// The warnings that nobody has acknowledged; REASON_MISSING if there are some, all acknowledged without a
// word why.
absl::Status RequireAcknowledged(const std::vector<v1::CheckFinding>& findings,
                                 const v1::ApproveProposalRequest& request) {
  const std::set<std::string> known(request.acknowledged_rules().begin(),
                                    request.acknowledged_rules().end());
  std::vector<std::string> missing;
  bool warned = false;
  for (const v1::CheckFinding& finding : findings) {
    if (finding.error()) continue;
    warned = true;
    if (!known.contains(finding.rule())) missing.push_back(finding.rule());
  }
  if (!missing.empty()) {
    const std::string rules = absl::StrJoin(missing, " ");
    return WithReason(
        absl::StatusCode::kFailedPrecondition, reason::kWarningsNotAcknowledged,
        StrCat("checks warn: ", rules, "; approve with acknowledged_rules and a reason, or reject"),
        {{"rules", rules}});
  }
  return CheckWords(request.reason(), "reason", warned);
}

}  // namespace

absl::Status Moderation::ApproveProposal(const Caller& caller,
                                         const v1::ApproveProposalRequest& request,
                                         v1::Proposal* proposal) {
  const std::shared_ptr<const LiveBook> now = live();
  const Book& book = now->translator->book();
  return Decide([&](SqlTransaction& sql, store::Head& head) -> absl::Status {
    absl::Status found = FindOpenProposal(sql, request.name(), proposal);
    if (!found.ok()) return found;
    if (IsEditor(*proposal, caller.name())) {
      return WithReason(absl::StatusCode::kPermissionDenied, reason::kOwnProposal,
                        "nobody approves what they wrote themselves; ask another approver");
    }
    if (proposal->content_hash() != request.content_hash()) return ProposalChanged("content_hash");
    const std::vector<std::string> approvers = Approvers(*proposal);
    if (std::find(approvers.begin(), approvers.end(), caller.name()) != approvers.end()) {
      return WithReason(absl::StatusCode::kFailedPrecondition, reason::kAlreadyApproved,
                        "you have approved this already; it takes another person");
    }
    const absl::StatusOr<EntryId> id = ParseEntryName(proposal->entry());
    if (!id.ok()) return id.status();
    const absl::StatusOr<EntryPlace> place = Locate(*now->base, *id);
    if (!place.ok()) return place.status();
    if (!proposal->emergency()) {
      const absl::StatusOr<std::string> etag =
          CurrentEtag(sql, *id, BookRowHash(*now->base, *id, *place));
      if (!etag.ok()) return etag.status();
      if (*etag != proposal->base_etag()) return RowChanged();
      // Other rows may have changed since it was proposed.
      std::vector<v1::CheckFinding> findings;
      if (!proposal->reset()) findings = CheckRow(book, *id, *place, proposal->row());
      if (absl::Status status = RefuseErrors(absl::StatusCode::kFailedPrecondition, findings);
          !status.ok()) {
        return status;
      }
      if (absl::Status status = RequireAcknowledged(findings, request); !status.ok()) return status;
      *proposal->mutable_findings() = {findings.begin(), findings.end()};
      if (IsSensitive(book, *id, *place)) proposal->set_approvals_required(kSensitiveApprovals);
    }
    v1::Approval* approval = proposal->add_approvals();
    approval->set_approver(caller.name());
    approval->set_content_hash(proposal->content_hash());
    approval->set_reason(request.reason());
    SetTime(absl::Now(), approval->mutable_time());
    if (absl::Status status =
            Log(sql, head, caller.name(), "proposal.approve", proposal->name(), *approval);
        !status.ok()) {
      return status;
    }
    if (proposal->approvals_size() >= proposal->approvals_required()) {
      proposal->set_state(v1::PROPOSAL_STATE_APPROVED);
      if (!proposal->emergency()) {
        v1::Revision revision;
        revision.set_author(caller.name());
        revision.set_kind(v1::REVISION_KIND_APPROVAL);
        revision.set_reason(proposal->reason());
        revision.set_proposal(proposal->name());
        revision.set_lead_time_ms(
            absl::ToInt64Milliseconds(absl::Now() - GetTime(proposal->create_time())));
        Change change{.id = *id, .after = proposal->row()};
        if (proposal->reset()) change.after.reset();
        if (absl::Status status = Apply(sql, head, *now->base, {change}, proposal->author(),
                                        Approvers(*proposal), &revision);
            !status.ok()) {
          return status;
        }
        proposal->set_revision(revision.number());
      }
    }
    return SaveProposal(sql, proposal);
  });
}

absl::Status Moderation::RejectProposal(const Caller& caller,
                                        const v1::RejectProposalRequest& request,
                                        v1::Proposal* proposal) {
  if (absl::Status status = CheckWords(request.reason(), "reason", true); !status.ok()) {
    return status;
  }
  return Decide([&](SqlTransaction& sql, store::Head& head) -> absl::Status {
    absl::Status found = FindOpenProposal(sql, request.name(), proposal);
    if (!found.ok()) return found;
    if (IsEditor(*proposal, caller.name())) {
      return WithReason(absl::StatusCode::kPermissionDenied, reason::kOwnProposal,
                        proposal->emergency()
                            ? "somebody else decides about your emergency block"
                            : "withdraw your own proposal instead of rejecting it");
    }
    if (!request.content_hash().empty() && proposal->content_hash() != request.content_hash()) {
      return ProposalChanged("content_hash");
    }
    proposal->set_state(v1::PROPOSAL_STATE_REJECTED);
    proposal->set_decision_reason(request.reason());
    if (absl::Status status =
            Log(sql, head, caller.name(), "proposal.reject", proposal->name(), Gist(*proposal));
        !status.ok()) {
      return status;
    }
    if (proposal->emergency()) {
      if (absl::Status status = UndoBlock(sql, head, caller, *proposal); !status.ok())
        return status;
    }
    return SaveProposal(sql, proposal);
  });
}

absl::Status Moderation::UndoBlock(SqlTransaction& sql, store::Head& head, const Caller& caller,
                                   const v1::Proposal& proposal) {
  const absl::StatusOr<EntryId> id = ParseEntryName(proposal.entry());
  if (!id.ok()) return id.status();
  const absl::StatusOr<std::optional<store::ModeratedRow>> row = store::GetRow(sql, *id);
  if (!row.ok()) return row.status();
  // Something else was decided since: that stays.
  if (!*row || (*row)->revision != proposal.revision()) return absl::OkStatus();
  const absl::StatusOr<std::optional<v1::Revision>> block =
      store::GetRevision(sql, proposal.revision());
  if (!block.ok()) return block.status();
  Change change{.id = *id};
  if (*block) {
    for (const v1::RowChange& made : (*block)->changes()) {
      if (made.entry() == proposal.entry() && made.has_before()) change.after = made.before();
    }
  }
  v1::Revision revision;
  revision.set_author(caller.name());
  revision.set_kind(v1::REVISION_KIND_ROLL_BACK);
  revision.set_reason(proposal.decision_reason());
  revision.set_proposal(proposal.name());
  return Apply(sql, head, *base(), {change}, caller.name(), {}, &revision);
}

absl::Status Moderation::BatchDecideProposals(const Caller& caller,
                                              const v1::BatchDecideProposalsRequest& request,
                                              v1::BatchDecideProposalsResponse* response) {
  if (request.approve_size() + request.reject_size() > kMaxBatch) {
    return InvalidRequest({.reason = reason::kTooManyItems,
                           .field = "approve",
                           .description = StrCat("at most ", kMaxBatch, " decisions at once"),
                           .metadata = {{"limit", StrCat(kMaxBatch)}}});
  }
  const auto add = [response](const std::string& name, const absl::Status& status,
                              v1::Proposal proposal) {
    v1::Decision* decision = response->add_decisions();
    decision->set_name(name);
    if (status.ok()) {
      *decision->mutable_proposal() = std::move(proposal);
      return;
    }
    decision->set_code(static_cast<int32_t>(status.code()));
    decision->set_reason(ReasonOf(status));
    decision->set_message(std::string(AsStd(status.message())));
  };
  for (const v1::ApproveProposalRequest& one : request.approve()) {
    v1::Proposal proposal;
    const absl::Status status = ApproveProposal(caller, one, &proposal);
    add(one.name(), status, std::move(proposal));
  }
  for (const v1::RejectProposalRequest& one : request.reject()) {
    v1::Proposal proposal;
    const absl::Status status = RejectProposal(caller, one, &proposal);
    add(one.name(), status, std::move(proposal));
  }
  return absl::OkStatus();
}

absl::Status Moderation::BlockEntry(const Caller& caller, const v1::BlockEntryRequest& request,
                                    v1::Proposal* proposal) {
  if (absl::Status status = CheckWords(request.reason(), "reason", true); !status.ok()) {
    return status;
  }
  const absl::StatusOr<EntryId> id = ParseEntryName(request.entry());
  if (!id.ok()) return id.status();
  const std::shared_ptr<const LiveBook> now = live();
  const absl::StatusOr<EntryPlace> place = Locate(*now->base, *id);
  if (!place.ok()) return place.status();
  v1::Row row;
  if (id->table == v1::TABLE_NAMES) {
    row.set_blocked(true);
  } else if (id->table == v1::TABLE_PHRASES) {
    row.set_removed(true);
  } else {
    return InvalidRequest(
        {.reason = reason::kRowRefused,
         .field = "entry",
         .description = "a guard or a blocked term refuses; there is nothing to block"});
  }
  row.set_note(request.reason());
  const EffectiveRow effective = Effective(now->translator->book(), *id, *place);
  const absl::Time report =
      request.has_report_time() ? GetTime(request.report_time()) : absl::Now();
  return Decide([&](SqlTransaction& sql, store::Head& head) -> absl::Status {
    const absl::StatusOr<std::optional<store::ModeratedRow>> current = store::GetRow(sql, *id);
    if (!current.ok()) return current.status();
    if (*current && SaysTheSame((*current)->row, row)) {
      return NothingToChange("it is blocked already");
    }
    proposal->set_name(store::ProposalName(++head.proposal));
    proposal->set_entry(EntryName(*id));
    *proposal->mutable_row() = row;
    *proposal->mutable_before() = effective.row;
    proposal->set_state(v1::PROPOSAL_STATE_OPEN);
    proposal->set_author(caller.name());
    proposal->add_editors(caller.name());
    proposal->set_reason(request.reason());
    proposal->set_approvals_required(kApprovals);
    proposal->set_emergency(true);
    SetTime(absl::Now(), proposal->mutable_create_time());
    proposal->set_content_hash(ContentHash(*proposal));
    if (absl::Status status =
            Log(sql, head, caller.name(), "entry.block", proposal->entry(), Gist(*proposal));
        !status.ok()) {
      return status;
    }
    v1::Revision revision;
    revision.set_author(caller.name());
    revision.set_kind(v1::REVISION_KIND_EMERGENCY);
    revision.set_reason(request.reason());
    revision.set_proposal(proposal->name());
    revision.set_lead_time_ms(
        std::max<int64_t>(0, absl::ToInt64Milliseconds(absl::Now() - report)));
    if (absl::Status status =
            Apply(sql, head, *now->base, {{.id = *id, .after = row, .emergency = true}},
                  caller.name(), {}, &revision);
        !status.ok()) {
      return status;
    }
    proposal->set_revision(revision.number());
    return SaveProposal(sql, proposal);
  });
}

}  // namespace signalbook
