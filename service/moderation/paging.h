// Pages of lists: how many, and where the next begins. AIP-158.
#ifndef SIGNALBOOK_SERVICE_MODERATION_PAGING_H_
#define SIGNALBOOK_SERVICE_MODERATION_PAGING_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace signalbook {

struct PageRequest {
  int size = 0;
  int64_t token = 0;  // what NextPage was given; 0: from the start
};

// PAGE_TOKEN_INVALID when the token is not one that NextPage made for the same `list`, FILTER_INVALID for a
// negative size.
absl::StatusOr<PageRequest> ParsePage(int32_t page_size, std::string_view page_token,
                                      std::string_view list);
template <typename Request>
absl::StatusOr<PageRequest> ReadPage(const Request& request, std::string_view list) {
  return ParsePage(request.page_size(), request.page_token(), list);
}

// A token for what comes after `position`, good for the same list and filter only: `list` names both.
std::string NextPage(std::string_view list, int64_t position);

// Of a list that was read one too far: cuts that one, and says whether there was one.
template <typename T>
bool EndPage(const PageRequest& page, std::vector<T>* items) {
  if (items->size() <= static_cast<size_t>(page.size)) return false;
  items->resize(page.size);
  return true;
}

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_MODERATION_PAGING_H_
