#include "service/moderation/paging.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "service/moderation/entry_id.h"
#include "service/status.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr int kDefaultSize = 50;  // moderation.proto
constexpr int kMaxSize = 1'000;
constexpr size_t kListDigits = 8;

// Which list a token belongs to, so that it is not used for another.
std::string ListId(std::string_view list) { return Sha256Hex(list).substr(0, kListDigits); }

}  // namespace

absl::StatusOr<PageRequest> ParsePage(int32_t page_size, std::string_view page_token,
                                      std::string_view list) {
  if (page_size < 0) {
    return InvalidRequest({.reason = reason::kFilterInvalid,
                           .field = "page_size",
                           .description = StrCat("1 to ", kMaxSize)});
  }
  PageRequest page{.size = page_size == 0 ? kDefaultSize : std::min(page_size, kMaxSize)};
  if (page_token.empty()) return page;
  const bool mine = page_token.substr(0, kListDigits) == ListId(list);
  if (!mine || !absl::SimpleAtoi(AsAbsl(page_token.substr(kListDigits)), &page.token) ||
      page.token <= 0) {
    return InvalidRequest(
        {.reason = reason::kPageTokenInvalid,
         .field = "page_token",
         .description = "not a token that this list, with this filter, has given out"});
  }
  return page;
}

std::string NextPage(std::string_view list, int64_t position) {
  return StrCat(ListId(list), position);
}

}  // namespace signalbook
