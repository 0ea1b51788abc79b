// Moderation: what was refused, and whom a row has reached.
#include "service/moderation/decision.h"
#include "service/moderation/moderation.h"
#include "service/moderation/paging.h"
#include "service/status.h"
#include "service/strings.h"

namespace signalbook {

absl::Status Moderation::ListRefusals(const Caller& /*caller*/,
                                      const v1::ListRefusalsRequest& request,
                                      v1::ListRefusalsResponse* response) {
  const store::RefusalFilter filter{.reason = request.reason(),
                                    .target = request.target_language_code()};
  const std::string list = StrCat("refusals\n", filter.reason, "\n", filter.target);
  const absl::StatusOr<PageRequest> page = ReadPage(request, list);
  if (!page.ok()) return page.status();
  const auto offset = static_cast<int>(page->token);
  return Read([&](SqlTransaction& sql) -> absl::Status {
    absl::StatusOr<std::vector<v1::RefusalCount>> found =
        store::ListRefusals(sql, filter, offset, page->size + 1);
    if (!found.ok()) return found.status();
    const absl::StatusOr<int64_t> count = store::CountRefusals(sql, filter);
    if (!count.ok()) return count.status();
    if (EndPage(*page, &*found)) {
      response->set_next_page_token(NextPage(list, int64_t{offset} + page->size));
    }
    for (v1::RefusalCount& refusal : *found) {
      // A row of the locale that was asked for settles it; for whatever inherits from it, too.
      if (!refusal.key().empty()) {
        const EntryId id{v1::TABLE_NAMES, refusal.target_language_code(), refusal.key()};
        if (Locate(*base(), id).ok()) refusal.set_entry(EntryName(id));
      }
      *response->add_refusals() = std::move(refusal);
    }
    response->set_total_size(static_cast<int32_t>(*count));
    return absl::OkStatus();
  });
}

absl::Status Moderation::GetImpact(const Caller& /*caller*/, const v1::GetImpactRequest& request,
                                   v1::Impact* impact) {
  const absl::StatusOr<EntryId> id = ParseEntryName(request.entry());
  if (!id.ok()) return id.status();
  FlushTraffic();  // what this server has counted since; others add theirs within their interval
  return Read([&](SqlTransaction& sql) -> absl::Status {
    const absl::StatusOr<std::vector<v1::ImpactCount>> counts = store::Impact(sql, *id);
    if (!counts.ok()) return counts.status();
    int64_t total = 0;
    for (const v1::ImpactCount& count : *counts) {
      total += count.count();
      *impact->add_counts() = count;
    }
    impact->set_total(total);
    return absl::OkStatus();
  });
}

}  // namespace signalbook
