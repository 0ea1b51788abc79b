#include "service/auth.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "service/status.h"
#include "service/strings.h"
#include "translator/book_format.h"

namespace signalbook {
namespace {

constexpr size_t kHashBytes = 32;
constexpr std::string_view kScheme = "Bearer";

constexpr std::array<std::pair<std::string_view, v1::Role>, 4> kRoles = {{
    {"viewer", v1::ROLE_VIEWER},
    {"moderator", v1::ROLE_MODERATOR},
    {"approver", v1::ROLE_APPROVER},
    {"administrator", v1::ROLE_ADMINISTRATOR},
}};

std::optional<v1::Role> ParseRole(std::string_view name) {
  for (const auto& [known, role] : kRoles) {
    if (known == name) return role;
  }
  return std::nullopt;
}

std::string RawHash(std::string_view token) {
  const book_format::Sha256 hash = book_format::HashOf(token);
  return std::string(reinterpret_cast<const char*>(hash.data()), hash.size());
}

bool IsSha256(std::string_view hex) {
  return hex.size() == 2 * kHashBytes && std::all_of(hex.begin(), hex.end(), [](char c) {
           return absl::ascii_isxdigit(static_cast<unsigned char>(c));
         });
}

// The token of "Bearer TOKEN".
std::optional<std::string_view> TokenOf(std::string_view authorization) {
  const std::string_view scheme = authorization.substr(0, kScheme.size());
  if (!absl::EqualsIgnoreCase(AsAbsl(scheme), AsAbsl(kScheme))) return std::nullopt;
  std::string_view token = authorization.substr(scheme.size());
  const size_t begin = token.find_first_not_of(' ');
  if (begin == 0 || begin == std::string_view::npos) return std::nullopt;
  token.remove_prefix(begin);
  if (!IsToken(token)) return std::nullopt;
  return token;
}

absl::Status Unknown(std::string_view message) {
  return WithReason(absl::StatusCode::kUnauthenticated, reason::kCredentialsUnknown, message);
}

}  // namespace

absl::StatusOr<Authenticator> Authenticator::Create(const v1::Moderation& config) {
  Authenticator authenticator;
  // What has been taken, and by which account.
  std::map<std::string, int> names, hashes, certificates;
  for (int i = 0; i < config.accounts_size(); ++i) {
    const v1::Account& account = config.accounts(i);
    const std::string place = StrCat("moderation.accounts[", i, "]");
    const auto error = [&place](const auto&... why) {
      return absl::InvalidArgumentError(StrCat(place, why...));
    };
    const auto taken = [i](std::map<std::string, int>* by, const std::string& what) {
      return by->emplace(what, i).first->second;
    };

    if (account.name().empty()) return error(".name: required: the audit log names it");
    if (const int other = taken(&names, account.name()); other != i) {
      return error(".name: accounts[", other, "] has the same name");
    }
    const std::optional<v1::Role> role = ParseRole(account.role());
    if (!role) {
      return error(".role: expected viewer, moderator, approver or administrator");
    }
    // Whatever stands there instead may be the token itself: it is not repeated.
    if (!account.token_sha256().empty() && !IsSha256(account.token_sha256())) {
      return error(
          ".token_sha256: expected the 64 hexadecimal digits that `signalbook token` prints");
    }
    if (account.token_sha256().empty() && account.certificate_names().empty()) {
      return error(
          ": neither token_sha256 nor certificate_names: nobody could show that they are it; "
          "`signalbook token` makes a token");
    }
    std::string hash = absl::HexStringToBytes(account.token_sha256());
    if (!hash.empty()) {
      if (const int other = taken(&hashes, hash); other != i) {
        return error(".token_sha256: accounts[", other, "] has the same token");
      }
    }
    for (const std::string& name : account.certificate_names()) {
      if (name.empty()) return error(".certificate_names: an empty name");
      if (!certificates.emplace(name, i).second) {
        return error(".certificate_names: \"", name, "\" stands in accounts[", certificates[name],
                     "] already");
      }
    }

    Account known;
    known.caller.set_name(account.name());
    known.caller.set_role(*role);
    known.token_hash = std::move(hash);
    known.certificate_names.assign(account.certificate_names().begin(),
                                   account.certificate_names().end());
    authenticator.accounts_.push_back(std::move(known));
  }
  return authenticator;
}

absl::StatusOr<v1::Caller> Authenticator::Authenticate(const Credentials& credentials) const {
  if (credentials.authorization.empty() && credentials.certificate_names.empty()) {
    return WithReason(absl::StatusCode::kUnauthenticated, reason::kCredentialsMissing,
                      "say who you are: send \"authorization: Bearer TOKEN\", or connect with a "
                      "client certificate");
  }

  if (!credentials.authorization.empty()) {
    const std::optional<std::string_view> token = TokenOf(credentials.authorization);
    if (!token) {
      return Unknown(StrCat("authorization: expected \"Bearer TOKEN\" with one token of at most ",
                            kMaxTokenBytes, " visible ASCII characters"));
    }
    const std::string hash = RawHash(*token);
    // Every account is compared, so that the time it takes does not tell which one is near.
    const Account* found = nullptr;
    for (const Account& account : accounts_) {
      if (account.token_hash.size() != hash.size()) continue;
      if (CRYPTO_memcmp(account.token_hash.data(), hash.data(), hash.size()) == 0) {
        found = &account;
      }
    }
    if (found == nullptr) {
      return Unknown("authorization: the token belongs to no account; ask for a new one");
    }
    return found->caller;
  }

  for (const std::string& name : credentials.certificate_names) {
    for (const Account& account : accounts_) {
      const auto& names = account.certificate_names;
      if (std::find(names.begin(), names.end(), name) != names.end()) return account.caller;
    }
  }
  return Unknown(
      "no account has a name of the client certificate; have one added to certificate_names of "
      "your account, or send a token");
}

bool IsToken(std::string_view text) {
  return !text.empty() && text.size() <= kMaxTokenBytes &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isgraph(static_cast<unsigned char>(c)); });
}

std::string NewToken() {
  std::array<unsigned char, 32> bits{};
  if (RAND_bytes(bits.data(), static_cast<int>(bits.size())) != 1) {
    // A token that could be guessed is worse than none.
    std::fputs("signalbook: the system has no random numbers\n", stderr);
    std::abort();
  }
  return StrCat("sb_", absl::WebSafeBase64Escape(absl::string_view(
                           reinterpret_cast<const char*>(bits.data()), bits.size())));
}

std::string TokenHash(std::string_view token) { return absl::BytesToHexString(RawHash(token)); }

std::string_view RoleName(v1::Role role) {
  for (const auto& [name, known] : kRoles) {
    if (known == role) return name;
  }
  return "none";
}

absl::Status RequireRole(const v1::Caller& caller, v1::Role needed) {
  if (caller.role() >= needed) return absl::OkStatus();
  const std::string_view has = RoleName(caller.role());
  return WithReason(absl::StatusCode::kPermissionDenied, reason::kRoleTooLow,
                    StrCat("this takes the role ", RoleName(needed), ", and ", caller.name(),
                           " has the role ", has, "; ask somebody who has it"),
                    {{"role", std::string(has)}, {"required_role", std::string(RoleName(needed))}});
}

}  // namespace signalbook
