// Moderation: proposals, before they are decided.
#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "service/moderation/decision.h"
#include "service/moderation/moderation.h"
#include "service/moderation/paging.h"
#include "service/status.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr int kMaxOpenPerEntry = 100;

// An open proposal that its author may still change.
absl::Status FindOwnProposal(SqlTransaction& sql, std::string_view name, const v1::Caller& caller,
                             v1::Proposal* proposal) {
  if (absl::Status status = FindOpenProposal(sql, name, proposal); !status.ok()) return status;
  if (proposal->author() != caller.name()) {
    return WithReason(absl::StatusCode::kPermissionDenied, reason::kNotTheAuthor,
                      "only its author edits or withdraws a proposal; comment, make one of your "
                      "own, or have an approver reject it");
  }
  if (proposal->emergency()) {
    return WithReason(absl::StatusCode::kFailedPrecondition, reason::kProposalClosed,
                      "an emergency block is in force as it is; somebody else confirms or "
                      "rejects it");
  }
  return absl::OkStatus();
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
  const std::shared_ptr<const LiveBook> now = live();
  const absl::StatusOr<EntryPlace> place = Locate(*now->base, id);
  if (!place.ok()) return place.status();
  if (absl::Status status = CheckWords(request.reason(), "reason", !request.validate_only());
      !status.ok()) {
    return status;
  }
  const Book& book = now->translator->book();
  draft.effective = Effective(book, id, *place);
  draft.book_row = BookRowHash(*now->base, id, *place);
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
  const absl::StatusOr<std::vector<v1::Proposal>> open =
      store::ListProposals(sql, {.states = {v1::PROPOSAL_STATE_OPEN}, .entry = proposal.entry()},
                           {.limit = kMaxOpenPerEntry});
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
  absl::Status status;
  if (request.validate_only()) {
    status = Read([&](SqlTransaction& sql) { return CheckDraft(sql, &*draft); });
    // What checks find is the answer, not an error.
    if (ReasonOf(status) == reason::kRowRefused) status = absl::OkStatus();
  } else {
    status = Decide([&](SqlTransaction& sql, store::Head& head) -> absl::Status {
      if (absl::Status checked = CheckDraft(sql, &*draft); !checked.ok()) return checked;
      return StoreDraft(sql, head, &*draft);
    });
  }
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
    return MarkOutdated(sql, *base(), {proposal});
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
    auto& proposals = *response->mutable_proposals();
    return MarkOutdated(sql, *base(), {proposals.pointer_begin(), proposals.pointer_end()});
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
    absl::Status status = FindOwnProposal(sql, request.name(), caller, proposal);
    if (!status.ok()) return status;
    if (proposal->etag() != request.etag()) return ProposalChanged("etag");
    const absl::StatusOr<EntryId> id = ParseEntryName(proposal->entry());
    if (!id.ok()) return id.status();
    const absl::StatusOr<EntryPlace> place = Locate(*now->base, *id);
    if (!place.ok()) return place.status();
    if (absl::Status status = CheckRowShape(*id, request.row()); !status.ok()) return status;
    const std::vector<v1::CheckFinding> findings = CheckRow(book, *id, *place, request.row());
    if (absl::Status status = RefuseErrors(absl::StatusCode::kInvalidArgument, findings);
        !status.ok()) {
      return status;
    }
    const absl::StatusOr<std::string> etag =
        CurrentEtag(sql, *id, BookRowHash(*now->base, *id, *place));
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
    if (absl::Status status =
            Log(sql, head, caller.name(), "proposal.comment", proposal->name(), *comment);
        !status.ok()) {
      return status;
    }
    return MarkOutdated(sql, *base(), {proposal});
  });
}

absl::Status Moderation::WithdrawProposal(const Caller& caller,
                                          const v1::WithdrawProposalRequest& request,
                                          v1::Proposal* proposal) {
  if (absl::Status status = CheckWords(request.reason(), "reason", false); !status.ok()) {
    return status;
  }
  return Decide([&](SqlTransaction& sql, store::Head& head) -> absl::Status {
    absl::Status status = FindOwnProposal(sql, request.name(), caller, proposal);
    if (!status.ok()) return status;
    if (!request.etag().empty() && proposal->etag() != request.etag())
      return ProposalChanged("etag");
    proposal->set_state(v1::PROPOSAL_STATE_WITHDRAWN);
    proposal->set_decision_reason(request.reason());
    if (absl::Status status = SaveProposal(sql, proposal); !status.ok()) return status;
    return Log(sql, head, caller.name(), "proposal.withdraw", proposal->name(), Gist(*proposal));
  });
}

}  // namespace signalbook
