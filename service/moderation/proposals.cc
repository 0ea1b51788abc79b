// Moderation: proposals, from the first word to the decision.
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "service/moderation/decision.h"
#include "service/moderation/moderation.h"
#include "service/moderation/paging.h"
#include "service/status.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr int kMaxBatch = 100;
constexpr int kApprovals = 1;
constexpr int kSensitiveApprovals = 2;

// What an event says of a proposal: what would be approved and why, without the discussion.
v1::Proposal Gist(const v1::Proposal& proposal) {
  v1::Proposal gist;
  gist.set_entry(proposal.entry());
  if (proposal.has_row()) *gist.mutable_row() = proposal.row();
  gist.set_reset(proposal.reset());
  gist.set_reason(proposal.reason());
  gist.set_content_hash(proposal.content_hash());
  gist.set_decision_reason(proposal.decision_reason());
  gist.set_emergency(proposal.emergency());
  return gist;
}

absl::Status Changed(std::string_view what) {
  return WithReason(absl::StatusCode::kAborted, reason::kProposalChanged,
                    StrCat("the proposal has changed since it was read (", what,
                           "); read it again, then decide"));
}

absl::Status RowChanged() {
  return WithReason(
      absl::StatusCode::kAborted, reason::kRowChanged,
      "the entry has changed since the proposal was made; its author can bring it up to "
      "date with UpdateProposal");
}

absl::Status NothingToChange(std::string_view why) {
  return WithReason(absl::StatusCode::kFailedPrecondition, reason::kNothingToChange, why);
}

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

absl::StatusOr<Moderation::Draft> Moderation::MakeDraft(
    const Caller& caller, const v1::CreateProposalRequest& request) const {
  absl::StatusOr<EntryId> parsed = ParseEntryName(request.entry());
  if (!parsed.ok()) return parsed.status();
  Draft draft;
  EntryId& id = draft.id = *std::move(parsed);
  if (id.table == v1::TABLE_GUARDS && id.key.find(':') == std::string::npos) {
    id.key = StrCat(id.key, ":", PatternId(request.row().text()));
  }
  const absl::StatusOr<EntryPlace> place = Locate(base(), id);
  if (!place.ok()) return place.status();
  if (absl::Status status = CheckWords(request.reason(), "reason", !request.validate_only());
      !status.ok()) {
    return status;
  }
  const std::shared_ptr<const LiveBook> now = live();
  const Book& book = now->translator->book();
  draft.effective = Effective(book, id, *place);
  draft.book_row = BookRowHash(base(), id, *place);
  draft.asked_etag = request.base_etag();
  v1::Proposal& proposal = draft.proposal;
  proposal.set_entry(EntryName(id));
  proposal.set_reset(request.reset());
  *proposal.mutable_before() = draft.effective.row;
  proposal.set_state(v1::PROPOSAL_STATE_OPEN);
  proposal.set_author(caller.name());
  proposal.add_editors(caller.name());
  proposal.set_reason(request.reason());
  proposal.set_approvals_required(IsSensitive(book, id, *place) ? kSensitiveApprovals : kApprovals);
  if (request.reset()) return draft;
  if (absl::Status status = CheckRowShape(id, request.row()); !status.ok()) return status;
  *proposal.mutable_row() = request.row();
  const std::vector<v1::CheckFinding> findings = CheckRow(book, id, *place, request.row());
  *proposal.mutable_findings() = {findings.begin(), findings.end()};
  return draft;
}

absl::Status Moderation::CheckDraft(SqlTransaction& sql, Draft* draft) const {
  v1::Proposal& proposal = draft->proposal;
  const absl::StatusOr<std::optional<store::ModeratedRow>> current = store::GetRow(sql, draft->id);
  if (!current.ok()) return current.status();
  const std::string etag =
      EntryEtag(draft->id, *current ? (*current)->revision : 0, draft->book_row);
  if (!draft->asked_etag.empty() && draft->asked_etag != etag) return RowChanged();
  if (proposal.reset() && !*current) {
    return NothingToChange("no moderated row is there; the book counts already");
  }
  if (!proposal.reset() && *current && SameRecord(proposal.row(), (*current)->row)) {
    return NothingToChange("the row says this already");
  }
  // What is inherited may be proposed as a row of its own, so that it stays when its parent changes.
  if (!proposal.reset() && !*current && draft->effective.origin == v1::ORIGIN_BOOK &&
      SaysTheSame(proposal.row(), draft->effective.row)) {
    return NothingToChange("the book says this already");
  }
  proposal.set_base_etag(etag);
  proposal.set_content_hash(ContentHash(proposal));
  const absl::StatusOr<std::vector<v1::Proposal>> open = store::ListProposals(
      sql, {.states = {v1::PROPOSAL_STATE_OPEN}, .entry = proposal.entry()}, {.limit = kMaxBatch});
  if (!open.ok()) return open.status();
  for (const v1::Proposal& other : *open) {
    if (other.content_hash() == proposal.content_hash()) {
      return NothingToChange(StrCat(other.name(), " proposes the same"));
    }
  }
  return RefuseErrors(absl::StatusCode::kInvalidArgument,
                      {proposal.findings().begin(), proposal.findings().end()});
}

absl::Status Moderation::StoreDraft(SqlTransaction& sql, store::Head& head, Draft* draft) const {
  v1::Proposal& proposal = draft->proposal;
  proposal.set_name(store::ProposalName(++head.proposal));
  SetTime(absl::Now(), proposal.mutable_create_time());
  if (absl::Status status = SaveProposal(sql, &proposal); !status.ok()) return status;
  return Log(sql, head, proposal.author(), "proposal.create", proposal.name(), Gist(proposal));
}

absl::Status Moderation::CreateProposal(const Caller& caller,
                                        const v1::CreateProposalRequest& request,
                                        v1::Proposal* proposal) {
  absl::StatusOr<Draft> draft = MakeDraft(caller, request);
  if (!draft.ok()) return draft.status();
  // Only checked: what is found is the answer, not an error.
  absl::Status status = request.validate_only()
                            ? absl::OkStatus()
                            : Decide([&](SqlTransaction& sql, store::Head& head) -> absl::Status {
                                if (absl::Status checked = CheckDraft(sql, &*draft); !checked.ok())
                                  return checked;
                                return StoreDraft(sql, head, &*draft);
                              });
  *proposal = std::move(draft->proposal);
  return status;
}

absl::Status Moderation::GetProposal(const Caller& /*caller*/,
                                     const v1::GetProposalRequest& request,
                                     v1::Proposal* proposal) {
  return Read([&](SqlTransaction& sql) -> absl::Status {
    absl::StatusOr<v1::Proposal> found = FindProposal(sql, request.name());
    if (!found.ok()) return found.status();
    *proposal = *std::move(found);
    if (proposal->state() != v1::PROPOSAL_STATE_OPEN || proposal->emergency()) {
      return absl::OkStatus();
    }
    const absl::StatusOr<EntryId> id = ParseEntryName(proposal->entry());
    const absl::StatusOr<EntryPlace> place = id.ok() ? Locate(base(), *id) : id.status();
    if (!place.ok()) {
      proposal->set_outdated(true);  // it was made for another book
      return absl::OkStatus();
    }
    const absl::StatusOr<std::string> etag =
        CurrentEtag(sql, *id, BookRowHash(base(), *id, *place));
    if (!etag.ok()) return etag.status();
    proposal->set_outdated(*etag != proposal->base_etag());
    return absl::OkStatus();
  });
}

absl::Status Moderation::ListProposals(const Caller& /*caller*/,
                                       const v1::ListProposalsRequest& request,
                                       v1::ListProposalsResponse* response) {
  store::ProposalFilter filter{.author = request.author(),
                               .entry = request.entry(),
                               .disputed = request.disputed(),
                               .emergency = request.emergency()};
  for (const int state : request.states()) {
    if (!v1::ProposalState_IsValid(state)) {
      return InvalidRequest({.reason = reason::kFilterInvalid,
                             .field = "states",
                             .description = "there is no such state"});
    }
    filter.states.push_back(state);
  }
  const absl::StatusOr<PageRequest> page = ReadPage(request, "proposals");
  if (!page.ok()) return page.status();
  return Read([&](SqlTransaction& sql) -> absl::Status {
    absl::StatusOr<std::vector<v1::Proposal>> found =
        store::ListProposals(sql, filter, {.before = page->token, .limit = page->size + 1});
    if (!found.ok()) return found.status();
    const absl::StatusOr<int64_t> count = store::CountProposals(sql, filter);
    if (!count.ok()) return count.status();
    if (EndPage(*page, &*found)) {
      response->set_next_page_token(
          NextPage("proposals", *store::ProposalNumber(found->back().name())));
    }
    *response->mutable_proposals() = {found->begin(), found->end()};
    response->set_total_size(static_cast<int32_t>(*count));
    return absl::OkStatus();
  });
}

absl::Status Moderation::UpdateProposal(const Caller& caller,
                                        const v1::UpdateProposalRequest& request,
                                        v1::Proposal* proposal) {
  if (absl::Status status = CheckWords(request.reason(), "reason", false); !status.ok()) {
    return status;
  }
  const std::shared_ptr<const LiveBook> now = live();
  const Book& book = now->translator->book();
  return Decide([&](SqlTransaction& sql, store::Head& head) -> absl::Status {
    absl::StatusOr<v1::Proposal> found = FindProposal(sql, request.name());
    if (!found.ok()) return found.status();
    *proposal = *std::move(found);
    if (absl::Status status = RequireOpen(*proposal); !status.ok()) return status;
    if (proposal->author() != caller.name()) {
      return WithReason(absl::StatusCode::kPermissionDenied, reason::kNotTheAuthor,
                        "only its author edits a proposal; comment, or make one of your own");
    }
    if (proposal->emergency()) {
      return WithReason(
          absl::StatusCode::kFailedPrecondition, reason::kProposalClosed,
          "an emergency block is in force as it is; it can only be confirmed or undone");
    }
    if (proposal->etag() != request.etag()) return Changed("etag");
    const absl::StatusOr<EntryId> id = ParseEntryName(proposal->entry());
    if (!id.ok()) return id.status();
    const absl::StatusOr<EntryPlace> place = Locate(base(), *id);
    if (!place.ok()) return place.status();
    if (absl::Status status = CheckRowShape(*id, request.row()); !status.ok()) return status;
    const std::vector<v1::CheckFinding> findings = CheckRow(book, *id, *place, request.row());
    if (absl::Status status = RefuseErrors(absl::StatusCode::kInvalidArgument, findings);
        !status.ok()) {
      return status;
    }
    const absl::StatusOr<std::string> etag =
        CurrentEtag(sql, *id, BookRowHash(base(), *id, *place));
    if (!etag.ok()) return etag.status();
    *proposal->mutable_row() = request.row();
    proposal->set_reset(false);
    *proposal->mutable_before() = Effective(book, *id, *place).row;
    proposal->set_base_etag(*etag);
    proposal->clear_approvals();  // they were of another text
    *proposal->mutable_findings() = {findings.begin(), findings.end()};
    if (!request.reason().empty()) proposal->set_reason(request.reason());
    if (!IsEditor(*proposal, caller.name())) proposal->add_editors(caller.name());
    if (absl::Status status = SaveProposal(sql, proposal); !status.ok()) return status;
    return Log(sql, head, caller.name(), "proposal.update", proposal->name(), Gist(*proposal));
  });
}

absl::Status Moderation::CommentOnProposal(const Caller& caller,
                                           const v1::CommentOnProposalRequest& request,
                                           v1::Proposal* proposal) {
  if (absl::Status status = CheckWords(request.text(), "text", true); !status.ok()) return status;
  return Decide([&](SqlTransaction& sql, store::Head& head) -> absl::Status {
    absl::StatusOr<v1::Proposal> found = FindProposal(sql, request.name());
    if (!found.ok()) return found.status();
    *proposal = *std::move(found);
    v1::Comment* comment = proposal->add_comments();
    comment->set_author(caller.name());
    SetTime(absl::Now(), comment->mutable_time());
    comment->set_text(request.text());
    if (absl::Status status = SaveProposal(sql, proposal); !status.ok()) return status;
    return Log(sql, head, caller.name(), "proposal.comment", proposal->name(), *comment);
  });
}

absl::Status Moderation::WithdrawProposal(const Caller& caller,
                                          const v1::WithdrawProposalRequest& request,
                                          v1::Proposal* proposal) {
  if (absl::Status status = CheckWords(request.reason(), "reason", false); !status.ok()) {
    return status;
  }
  return Decide([&](SqlTransaction& sql, store::Head& head) -> absl::Status {
    absl::StatusOr<v1::Proposal> found = FindProposal(sql, request.name());
    if (!found.ok()) return found.status();
    *proposal = *std::move(found);
    if (absl::Status status = RequireOpen(*proposal); !status.ok()) return status;
    if (proposal->author() != caller.name()) {
      return WithReason(absl::StatusCode::kPermissionDenied, reason::kNotTheAuthor,
                        "only its author withdraws a proposal; an approver can reject it");
    }
    if (proposal->emergency()) {
      return WithReason(absl::StatusCode::kFailedPrecondition, reason::kProposalClosed,
                        "an emergency block is in force; somebody else confirms or rejects it");
    }
    if (!request.etag().empty() && proposal->etag() != request.etag()) return Changed("etag");
    proposal->set_state(v1::PROPOSAL_STATE_WITHDRAWN);
    proposal->set_decision_reason(request.reason());
    if (absl::Status status = SaveProposal(sql, proposal); !status.ok()) return status;
    return Log(sql, head, caller.name(), "proposal.withdraw", proposal->name(), Gist(*proposal));
  });
}

absl::Status Moderation::ApproveProposal(const Caller& caller,
                                         const v1::ApproveProposalRequest& request,
                                         v1::Proposal* proposal) {
  const std::shared_ptr<const LiveBook> now = live();
  const Book& book = now->translator->book();
  return Decide([&](SqlTransaction& sql, store::Head& head) -> absl::Status {
    absl::StatusOr<v1::Proposal> found = FindProposal(sql, request.name());
    if (!found.ok()) return found.status();
    *proposal = *std::move(found);
    if (absl::Status status = RequireOpen(*proposal); !status.ok()) return status;
    if (IsEditor(*proposal, caller.name())) {
      return WithReason(absl::StatusCode::kPermissionDenied, reason::kOwnProposal,
                        "nobody approves what they wrote themselves; ask another approver");
    }
    if (proposal->content_hash() != request.content_hash()) return Changed("content_hash");
    const std::vector<std::string> approvers = Approvers(*proposal);
    if (std::find(approvers.begin(), approvers.end(), caller.name()) != approvers.end()) {
      return WithReason(absl::StatusCode::kFailedPrecondition, reason::kAlreadyApproved,
                        "you have approved this already; it takes another person");
    }
    const absl::StatusOr<EntryId> id = ParseEntryName(proposal->entry());
    if (!id.ok()) return id.status();
    const absl::StatusOr<EntryPlace> place = Locate(base(), *id);
    if (!place.ok()) return place.status();
    if (!proposal->emergency()) {
      const absl::StatusOr<std::string> etag =
          CurrentEtag(sql, *id, BookRowHash(base(), *id, *place));
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
        if (absl::Status status = Apply(sql, head, base(), {change}, proposal->author(),
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
    absl::StatusOr<v1::Proposal> found = FindProposal(sql, request.name());
    if (!found.ok()) return found.status();
    *proposal = *std::move(found);
    if (absl::Status status = RequireOpen(*proposal); !status.ok()) return status;
    if (IsEditor(*proposal, caller.name())) {
      return WithReason(absl::StatusCode::kPermissionDenied, reason::kOwnProposal,
                        proposal->emergency()
                            ? "somebody else decides about your emergency block"
                            : "withdraw your own proposal instead of rejecting it");
    }
    if (!request.content_hash().empty() && proposal->content_hash() != request.content_hash()) {
      return Changed("content_hash");
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
  return Apply(sql, head, base(), {change}, caller.name(), {}, &revision);
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
  const absl::StatusOr<EntryPlace> place = Locate(base(), *id);
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
  const std::shared_ptr<const LiveBook> now = live();
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
            Apply(sql, head, base(), {{.id = *id, .after = row, .emergency = true}}, caller.name(),
                  {}, &revision);
        !status.ok()) {
      return status;
    }
    proposal->set_revision(revision.number());
    return SaveProposal(sql, proposal);
  });
}

}  // namespace signalbook
