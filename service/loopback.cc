#include "service/loopback.h"

#include <algorithm>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "service/strings.h"

namespace signalbook {
namespace {

// 127.0.0.0/8, written in full: a host *name* such as "127.evil.example" is not loopback.
bool IsLoopbackIpv4(std::string_view host) {
  const std::vector<absl::string_view> parts = absl::StrSplit(AsAbsl(host), '.');
  return parts.size() == 4 && parts[0] == "127" &&
         std::all_of(parts.begin(), parts.end(), [](absl::string_view part) {
           int value = 0;
           return absl::SimpleAtoi(part, &value) && value >= 0 && value <= 255;
         });
}

}  // namespace

bool IsUnix(std::string_view address) {
  return address.starts_with("unix:") || address.starts_with("unix-abstract:");
}

std::string_view HostOf(std::string_view address) { return address.substr(0, address.rfind(':')); }

bool IsLoopback(const std::string& address) {
  const std::string_view host = HostOf(address);
  return IsUnix(address) || host == "localhost" || host == "[::1]" || IsLoopbackIpv4(host);
}

}  // namespace signalbook
