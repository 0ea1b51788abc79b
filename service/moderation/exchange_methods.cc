// Moderation: files out and in, and what a change would do to a message.
#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "absl/time/clock.h"
#include "service/moderation/decision.h"
#include "service/moderation/entries.h"
#include "service/moderation/exchange.h"
#include "service/moderation/moderation.h"
#include "service/request.h"
#include "service/response.h"
#include "service/status.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr int kMaxPreviewContents = 16;
constexpr int kMaxPreviewProposals = 100;
constexpr absl::Duration kPreviewTimeout = absl::Seconds(5);

absl::Status UnknownFormat() {
  return InvalidRequest({.reason = reason::kEnumValueUnknown,
                         .field = "format",
                         .description = "CSV, JSON_LINES, TBX, TMX or XLIFF"});
}

bool IsFormat(v1::ExchangeFormat format) {
  return v1::ExchangeFormat_IsValid(format) && format != v1::EXCHANGE_FORMAT_UNSPECIFIED;
}

}  // namespace

absl::Status Moderation::ExportEntries(const Caller& /*caller*/,
                                       const v1::ExportEntriesRequest& request,
                                       v1::ExportEntriesResponse* response) {
  if (!IsFormat(request.format())) return UnknownFormat();
  const std::shared_ptr<const LiveBook> now = live();
  std::vector<store::ModeratedRow> moderated;
  absl::Status status = Read([&](SqlTransaction& sql) -> absl::Status {
    absl::StatusOr<std::vector<store::ModeratedRow>> rows =
        store::ListRows(sql, request.table(), request.scope());
    if (!rows.ok()) return rows.status();
    moderated = *std::move(rows);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  const absl::StatusOr<Entries> entries =
      Entries::Of(now->translator->book(), *now->base, request.table(), request.scope(), moderated);
  if (!entries.ok()) return entries.status();
  std::vector<ExchangeRow> rows;
  for (const Entries::Item& item : entries->items()) {
    if (!request.all() && item.moderated == nullptr) continue;
    if (item.effective.origin == v1::ORIGIN_MISSING && item.moderated == nullptr) continue;
    rows.push_back({.table = request.table(),
                    .scope = request.scope(),
                    .key = item.id.key,
                    .row = item.moderated != nullptr ? item.moderated->row : item.effective.row,
                    .english = EnglishName(now->translator->book(), item),
                    .sequence = SequenceOf(now->translator->book(), item),
                    .source = item.effective.source});
  }
  response->set_content(WriteExchange(request.format(), rows));
  response->set_file_name(StrCat(TableName(request.table()), "-", request.scope(), ".",
                                 ExchangeExtension(request.format())));
  response->set_media_type(std::string(ExchangeMediaType(request.format())));
  response->set_rows(static_cast<int32_t>(rows.size()));
  return absl::OkStatus();
}

absl::Status Moderation::ImportEntries(const Caller& caller,
                                       const v1::ImportEntriesRequest& request,
                                       v1::ImportEntriesResponse* response) {
  if (!IsFormat(request.format())) return UnknownFormat();
  if (absl::Status status = CheckWords(request.reason(), "reason", !request.validate_only());
      !status.ok()) {
    return status;
  }
  absl::StatusOr<ExchangeFile> file = ReadExchange(request.format(), request.content());
  if (!file.ok()) return file.status();
  *response->mutable_problems() = {file->problems.begin(), file->problems.end()};
  const auto problem = [response](const ExchangeRow& row, std::string_view message) {
    v1::ImportProblem* added = response->add_problems();
    added->set_line(row.line);
    added->set_entry(EntryName({row.table, row.scope, row.key}));
    added->set_message(std::string(message));
  };
  // By row: what the book alone says of it.
  std::vector<std::pair<const ExchangeRow*, Draft>> drafts;
  std::set<std::string> seen;
  for (const ExchangeRow& row : file->rows) {
    v1::CreateProposalRequest create;
    create.set_entry(EntryName({row.table, row.scope, row.key}));
    *create.mutable_row() = row.row;
    create.set_reason(request.reason());
    create.set_validate_only(request.validate_only());
    absl::StatusOr<Draft> draft = MakeDraft(caller, create);
    if (!draft.ok()) {
      problem(row, AsStd(draft.status().message()));
    } else if (!seen.insert(draft->proposal.entry()).second) {
      problem(row, "stands in the file twice; the first counts");
    } else if (draft->effective.origin == v1::ORIGIN_INHERITED &&
               SaysTheSame(row.row, draft->effective.row)) {
      response->set_unchanged(response->unchanged() + 1);
    } else {
      drafts.emplace_back(&row, *std::move(draft));
    }
  }

  // In one transaction: what can be proposed of a file is proposed together; the rest stands in the problems.
  const auto check = [&](SqlTransaction& sql, const std::function<absl::Status(Draft*)>& store) {
    for (auto& [row, draft] : drafts) {
      absl::Status status = CheckDraft(sql, &draft);
      if (ReasonOf(status) == reason::kNothingToChange) {
        response->set_unchanged(response->unchanged() + 1);
      } else if (absl::IsInvalidArgument(status)) {
        problem(*row, AsStd(status.message()));
      } else if (!status.ok()) {
        return status;
      } else {
        if (absl::Status stored = store(&draft); !stored.ok()) return stored;
        *response->add_proposals() = draft.proposal;
      }
    }
    std::stable_sort(response->mutable_problems()->begin(), response->mutable_problems()->end(),
                     [](const auto& a, const auto& b) { return a.line() < b.line(); });
    return absl::OkStatus();
  };
  if (request.validate_only()) {
    return Read(
        [&](SqlTransaction& sql) { return check(sql, [](Draft*) { return absl::OkStatus(); }); });
  }
  return Decide([&](SqlTransaction& sql, store::Head& head) {
    return check(sql, [&](Draft* draft) { return StoreDraft(sql, head, draft); });
  });
}

absl::Status Moderation::PreviewTranslation(const Caller& /*caller*/,
                                            const v1::PreviewTranslationRequest& request,
                                            v1::PreviewTranslationResponse* response) {
  if (request.request().contents_size() > kMaxPreviewContents ||
      request.proposals_size() > kMaxPreviewProposals) {
    return InvalidRequest({.reason = reason::kTooManyItems,
                           .field = "request",
                           .description = StrCat("at most ", kMaxPreviewContents, " contents and ",
                                                 kMaxPreviewProposals, " proposals")});
  }
  std::vector<store::ModeratedRow> rows;
  absl::Status status = Read([&](SqlTransaction& sql) -> absl::Status {
    absl::StatusOr<std::vector<store::ModeratedRow>> all = store::ListRows(sql);
    if (!all.ok()) return all.status();
    rows = *std::move(all);
    for (const std::string& name : request.proposals()) {
      const absl::StatusOr<v1::Proposal> proposal = FindProposal(sql, name);
      if (!proposal.ok()) return proposal.status();
      const absl::StatusOr<EntryId> id = ParseEntryName(proposal->entry());
      if (!id.ok()) return id.status();
      std::erase_if(rows, [&](const store::ModeratedRow& row) { return row.id == *id; });
      if (!proposal->reset()) rows.push_back({.id = *id, .row = proposal->row()});
    }
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  if (!request.entry().empty()) {
    const absl::StatusOr<EntryId> id = ParseEntryName(request.entry());
    if (!id.ok()) return id.status();
    if (status = CheckRowShape(*id, request.row()); !status.ok()) return status;
    std::erase_if(rows, [&](const store::ModeratedRow& row) { return row.id == *id; });
    rows.push_back({.id = *id, .row = request.row()});
  }
  const std::shared_ptr<const LiveBook> now = live();
  std::vector<std::string> ignored;
  const OverlayRows overlay = ToOverlay(*now->base, rows, &ignored);
  const absl::StatusOr<std::unique_ptr<const Translator>> then =
      now->translator->WithBook(WithOverlay(now->base, overlay, &ignored));
  if (!then.ok()) return then.status();
  for (const auto& [translator, answer] :
       {std::pair(now->translator.get(), response->mutable_now()),
        std::pair(then->get(), response->mutable_then())}) {
    absl::StatusOr<TranslateInput> input = CheckRequest(request.request(), translator->book());
    if (!input.ok()) return input.status();
    input->options.deadline = absl::Now() + kPreviewTimeout;
    Answer(*translator, *input, answer);
  }
  response->mutable_now()->set_revision(RevisionText(now->revision));
  return absl::OkStatus();
}

}  // namespace signalbook
