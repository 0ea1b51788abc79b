// std::string_view and Abseil's, which in Debian 12 is a type of its own (its packages are built as
// C++14). Where Abseil is built as C++17 the two are one and these functions do nothing.
#ifndef SIGNALBOOK_SERVICE_STRINGS_H_
#define SIGNALBOOK_SERVICE_STRINGS_H_

#include <string>
#include <string_view>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace signalbook {

inline absl::string_view AsAbsl(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view AsStd(absl::string_view text) { return {text.data(), text.size()}; }

// absl::StrCat that takes both.
template <typename... Args>
std::string StrCat(const Args&... args) {
  const auto convert = [](const auto& arg) -> decltype(auto) {
    using Arg = std::remove_cvref_t<decltype(arg)>;
    if constexpr (std::is_same_v<Arg, std::string_view>) {
      return AsAbsl(arg);
    } else {
      return (arg);
    }
  };
  return absl::StrCat(convert(args)...);
}

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_STRINGS_H_
