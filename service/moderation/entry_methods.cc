// Moderation: what there is.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/time/clock.h"
#include "service/moderation/decision.h"
#include "service/moderation/entries.h"
#include "service/moderation/moderation.h"
#include "service/moderation/paging.h"
#include "service/response.h"
#include "service/status.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr int kHistory = 100;
constexpr absl::Duration kHitsWindow = absl::Hours(24 * 30);

int64_t HitsFrom() { return absl::ToUnixSeconds(absl::Now() - kHitsWindow) / 3600; }

// A sequence without its skin tones: what a family has in common.
std::string FamilyOf(std::string_view key) {
  std::string family;
  for (size_t at = 0; at < key.size();) {
    const size_t end = std::min(key.find('-', at), key.size());
    const std::string_view code_point = key.substr(at, end - at);
    if (code_point < "1F3FB" || code_point > "1F3FF" || code_point.size() != 5) {
      family += StrCat(family.empty() ? "" : "-", code_point);
    }
    at = end + 1;
  }
  return family;
}

void AddFindings(const Book& book, const Entries::Item& item, v1::ModeratedEntry* entry) {
  if (item.effective.origin == v1::ORIGIN_MISSING) return;
  const std::vector<v1::CheckFinding> findings =
      CheckRow(book, item.id, item.place, item.effective.row);
  *entry->mutable_findings() = {findings.begin(), findings.end()};
}

std::string NewestVersion(const Book& book) {
  std::string_view newest;
  for (size_t key = 0; key < book.key_count(); ++key) {
    const std::string_view version = book.key(static_cast<KeyId>(key)).version;
    if (!version.empty() && VersionBefore(newest, version)) newest = version;
  }
  return std::string(newest);
}

std::string ListName(const v1::ListEntriesRequest& request) {
  return StrCat("entries\n", int{request.table()}, "\n", request.scope(), "\n",
                request.filter().SerializeAsString());
}

}  // namespace

std::shared_ptr<const Moderation::Findings> Moderation::FindingsIn(
    const Entries& entries, const std::string& scope, const std::shared_ptr<const LiveBook>& live) {
  {
    std::lock_guard lock(mutex_);
    if (findings_of_.lock() != live) {
      findings_.clear();
      findings_of_ = live;
    }
    if (const auto found = findings_.find(scope); found != findings_.end()) return found->second;
  }
  auto findings = std::make_shared<Findings>();
  for (const Entries::Item& item : entries.items()) {
    if (item.effective.origin == v1::ORIGIN_MISSING) continue;
    std::vector<v1::CheckFinding> found =
        CheckRow(live->translator->book(), item.id, item.place, item.effective.row);
    if (!found.empty()) findings->emplace(item.id, std::move(found));
  }
  std::lock_guard lock(mutex_);
  if (findings_of_.lock() == live) findings_.emplace(scope, findings);
  return findings;
}

absl::Status Moderation::GetCaller(const Caller& caller, const v1::GetCallerRequest& /*request*/,
                                   Caller* response) {
  *response = caller;
  return absl::OkStatus();
}

absl::Status Moderation::ListEntries(const Caller& /*caller*/,
                                     const v1::ListEntriesRequest& request,
                                     v1::ListEntriesResponse* response) {
  const absl::StatusOr<PageRequest> page = ReadPage(request, ListName(request));
  if (!page.ok()) return page.status();
  const v1::EntryFilter& filter = request.filter();
  // Nobody knows beforehand in which scope the book has changed.
  const bool everywhere = request.scope().empty() && filter.upstream_changed();
  const std::shared_ptr<const LiveBook> now = live();
  const Book& book = now->translator->book();
  std::vector<store::ModeratedRow> moderated;
  std::map<std::string, std::vector<std::string>> open;
  absl::Status status = Read([&](SqlTransaction& sql) -> absl::Status {
    auto rows =
        everywhere ? store::ListRows(sql) : store::ListRows(sql, request.table(), request.scope());
    if (!rows.ok()) return rows.status();
    auto proposals = store::OpenProposals(sql);
    if (!proposals.ok()) return proposals.status();
    moderated = *std::move(rows);
    open = *std::move(proposals);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  if (everywhere && request.table() != v1::TABLE_UNSPECIFIED) {
    std::erase_if(moderated, [&request](const store::ModeratedRow& row) {
      return row.id.table != request.table();
    });
  }
  const absl::StatusOr<Entries> entries =
      everywhere ? Entries::OfModerated(book, *now->base, moderated)
                 : Entries::Of(book, *now->base, request.table(), request.scope(), moderated);
  if (!entries.ok()) return entries.status();

  std::shared_ptr<const Findings> failing;  // null: whether or not it fails
  if (filter.failing()) {
    failing = FindingsIn(*entries, StrCat(TableName(request.table()), ":", request.scope()), now);
  }
  int64_t total = 0;
  std::vector<EntryId> shown;
  for (const Entries::Item& item : entries->items()) {
    if (!Matches(book, item, filter)) continue;
    const auto proposed = open.find(EntryName(item.id));
    if (filter.proposed() && proposed == open.end()) continue;
    if (failing != nullptr && !failing->contains(item.id)) continue;
    const int64_t place = total++;
    if (place < page->token || place >= page->token + page->size) continue;
    v1::ModeratedEntry* entry = response->add_entries();
    AddFindings(book, item, entry);
    SetEntry(book, *now->base, item, entry);
    if (proposed != open.end()) {
      *entry->mutable_proposals() = {proposed->second.begin(), proposed->second.end()};
    }
    shown.push_back(item.id);
  }
  if (total > page->token + page->size) {
    response->set_next_page_token(NextPage(ListName(request), page->token + page->size));
  }
  response->set_total_size(static_cast<int32_t>(total));
  return Read([&](SqlTransaction& sql) -> absl::Status {
    absl::StatusOr<std::map<EntryId, int64_t>> hits = store::Hits(sql, shown, HitsFrom());
    if (!hits.ok()) return hits.status();
    for (size_t i = 0; i < shown.size(); ++i) {
      response->mutable_entries(static_cast<int>(i))->set_hits((*hits)[shown[i]]);
    }
    return absl::OkStatus();
  });
}

absl::Status Moderation::GetEntry(const Caller& /*caller*/, const v1::GetEntryRequest& request,
                                  v1::EntryDetail* detail) {
  const absl::StatusOr<EntryId> id = ParseEntryName(request.name());
  if (!id.ok()) return id.status();
  const std::shared_ptr<const LiveBook> now = live();
  const Book& book = now->translator->book();
  std::vector<store::ModeratedRow> all;
  absl::Status status = Read([&](SqlTransaction& sql) -> absl::Status {
    auto rows = store::ListRows(sql);
    if (!rows.ok()) return rows.status();
    auto history = store::History(sql, EntryName(*id), kHistory);
    if (!history.ok()) return history.status();
    auto proposals = store::ListProposals(sql, {.entry = EntryName(*id)}, {.limit = kHistory});
    if (!proposals.ok()) return proposals.status();
    auto hits = store::Hits(sql, {*id}, HitsFrom());
    if (!hits.ok()) return hits.status();
    all = *std::move(rows);
    *detail->mutable_history() = {history->begin(), history->end()};
    std::stable_partition(proposals->begin(), proposals->end(), [](const v1::Proposal& proposal) {
      return proposal.state() == v1::PROPOSAL_STATE_OPEN;
    });
    *detail->mutable_proposals() = {proposals->begin(), proposals->end()};
    detail->mutable_entry()->set_hits((*hits)[*id]);
    auto& shown = *detail->mutable_proposals();
    return MarkOutdated(sql, *now->base, {shown.pointer_begin(), shown.pointer_end()});
  });
  if (!status.ok()) return status;
  std::map<EntryId, const store::ModeratedRow*> moderated;
  for (const store::ModeratedRow& row : all) moderated.emplace(row.id, &row);
  const auto item_of = [&](const EntryId& other) {
    const auto found = moderated.find(other);
    return Entries::One(book, *now->base, other,
                        found == moderated.end() ? nullptr : found->second);
  };

  const absl::StatusOr<Entries::Item> item = item_of(*id);
  if (!item.ok()) return item.status();
  SetEntry(book, *now->base, *item, detail->mutable_entry());
  AddFindings(book, *item, detail->mutable_entry());
  for (const v1::Proposal& proposal : detail->proposals()) {
    if (proposal.state() == v1::PROPOSAL_STATE_OPEN) {
      detail->mutable_entry()->add_proposals(proposal.name());
    }
  }
  *detail->mutable_book_row() = Effective(*now->base, item->id, item->place).row;
  if (id->table != v1::TABLE_NAMES) return absl::OkStatus();

  detail->set_code_points(CodePoints(SequenceOf(book, *item)));
  // Where the row stands itself, in other locales and markets.
  std::set<std::string> scopes;
  for (const LocaleId locale : book.NamedLocales()) {
    if (book.FindOwn(locale, item->place.key)) {
      scopes.insert(std::string(book.locales().tag(locale)));
    }
  }
  for (const Book::MarketRow& row : book.MarketRows()) {
    if (row.key != item->place.key) continue;
    scopes.insert(StrCat(book.locales().tag(row.row.locale), "@", book.MarketNames()[row.market]));
  }
  scopes.erase(id->scope);
  for (const std::string& scope : scopes) {
    const absl::StatusOr<Entries::Item> other = item_of({id->table, scope, id->key});
    if (other.ok()) SetEntry(book, *now->base, *other, detail->add_elsewhere());
  }
  const std::string family = FamilyOf(id->key);
  for (size_t key = 0; key < book.key_count(); ++key) {
    const std::string other_key = KeyText(book, static_cast<KeyId>(key));
    if (other_key == id->key || FamilyOf(other_key) != family) continue;
    const absl::StatusOr<Entries::Item> other = item_of({id->table, id->scope, other_key});
    if (other.ok()) SetEntry(book, *now->base, *other, detail->add_family());
  }
  return absl::OkStatus();
}

absl::Status Moderation::GetOverview(const Caller& /*caller*/,
                                     const v1::GetOverviewRequest& request,
                                     v1::Overview* overview) {
  const std::string scope = request.scope().empty() ? "en" : request.scope();
  const std::shared_ptr<const LiveBook> now = live();
  const Book& book = now->translator->book();
  std::vector<store::ModeratedRow> moderated;
  std::map<std::string, std::vector<std::string>> open;
  auto& queues = *overview->mutable_queues();
  absl::Status status = Read([&](SqlTransaction& sql) -> absl::Status {
    auto rows = store::ListRows(sql);
    if (!rows.ok()) return rows.status();
    auto proposals = store::OpenProposals(sql);
    if (!proposals.ok()) return proposals.status();
    moderated = *std::move(rows);
    open = *std::move(proposals);
    const std::vector<int> is_open = {v1::PROPOSAL_STATE_OPEN};
    for (const auto& [queue, filter] : {
             std::pair<const char*, store::ProposalFilter>("open", {.states = is_open}),
             {"disputed", {.states = is_open, .disputed = true}},
             {"emergency", {.states = is_open, .emergency = true}},
         }) {
      const absl::StatusOr<int64_t> count = store::CountProposals(sql, filter);
      if (!count.ok()) return count.status();
      queues[queue] = static_cast<int32_t>(*count);
    }
    const absl::StatusOr<int64_t> refused = store::CountRefusals(sql, {});
    if (!refused.ok()) return refused.status();
    queues["refused"] = static_cast<int32_t>(*refused);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;

  const Entries everywhere = Entries::OfModerated(book, *now->base, moderated);
  queues["upstream"] = static_cast<int32_t>(
      std::count_if(everywhere.items().begin(), everywhere.items().end(),
                    [](const Entries::Item& item) { return item.upstream_changed; }));
  overview->set_emoji_version(NewestVersion(book));
  std::erase_if(moderated, [&scope](const store::ModeratedRow& row) {
    return row.id.table != v1::TABLE_NAMES || row.id.scope != scope;
  });
  const absl::StatusOr<Entries> entries =
      Entries::Of(book, *now->base, v1::TABLE_NAMES, scope, moderated);
  if (!entries.ok()) return entries.status();
  for (const char* queue : {"missing", "new", "sensitive", "proposed"}) queues[queue] = 0;
  for (const Entries::Item& item : entries->items()) {
    const KeyInfo key = book.key(item.place.key);
    if (item.effective.origin == v1::ORIGIN_MISSING) ++queues["missing"];
    if (key.version == overview->emoji_version()) ++queues["new"];
    if (IsSensitive(book, item.id, item.place)) ++queues["sensitive"];
    if (open.contains(EntryName(item.id))) ++queues["proposed"];
  }

  queues["failing"] = static_cast<int32_t>(
      FindingsIn(*entries, StrCat(TableName(v1::TABLE_NAMES), ":", scope), now)->size());

  for (const LocaleId locale : book.NamedLocales()) {
    overview->add_locales(std::string(book.locales().tag(locale)));
  }
  for (const std::string_view market : book.MarketNames()) {
    overview->add_markets(std::string(market));
  }
  for (const GuardConcept& row : book.concepts()) overview->add_concepts(std::string(row.name));
  for (const auto& [from, to] : book.PhrasePairs()) {
    if (from == kRootLocale) continue;
    overview->add_phrase_scopes(StrCat(book.locales().tag(from), ">", book.locales().tag(to)));
  }
  overview->set_revision(now->revision);
  SetBook(book, overview->mutable_book());
  return absl::OkStatus();
}

}  // namespace signalbook
