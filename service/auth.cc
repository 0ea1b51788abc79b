#include "service/auth.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
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

absl::Status CredentialTable::Add(const std::string& name,
                                  const std::vector<std::string>& token_sha256,
                                  const std::vector<std::string>& certificate_names) {
  const size_t row = size_++;
  const auto error = [this, row](const auto&... why) {
    return absl::InvalidArgumentError(StrCat(list_, "[", row, "]", why...));
  };
  // "accounts[1]": the same list, so the rest of its name says nothing.
  const auto other = [this](size_t place) {
    return StrCat(list_.substr(list_.rfind('.') + 1), "[", place, "]");
  };

  if (name.empty()) return error(".name: required");
  if (const auto taken = names_.emplace(name, row); !taken.second) {
    return error(".name: ", other(taken.first->second), " has the same name");
  }
  if (token_sha256.empty() && certificate_names.empty()) {
    return error(
        ": neither token_sha256 nor certificate_names: nobody could show that they are it; "
        "`signalbook token` makes a token");
  }
  for (const std::string& hex : token_sha256) {
    // Whatever stands there instead may be the token itself: it is not repeated.
    if (!IsSha256(hex)) {
      return error(
          ".token_sha256: expected the 64 hexadecimal digits that `signalbook token` prints");
    }
    std::string hash = absl::HexStringToBytes(hex);
    const auto taken = std::find_if(tokens_.begin(), tokens_.end(),
                                    [&hash](const Token& token) { return token.hash == hash; });
    if (taken != tokens_.end()) {
      return error(".token_sha256: ", other(taken->row), " has the same token");
    }
    tokens_.push_back({std::move(hash), row});
  }
  for (const std::string& certificate : certificate_names) {
    if (certificate.empty()) return error(".certificate_names: an empty name");
    if (const auto taken = certificates_.emplace(certificate, row); !taken.second) {
      return error(".certificate_names: \"", certificate, "\" stands in ",
                   other(taken.first->second), " already");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<size_t> CredentialTable::Find(const Credentials& credentials) const {
  const auto& [authorization, names, api_key] = credentials;
  if (authorization.empty() && api_key.empty() && names.empty()) {
    return WithReason(absl::StatusCode::kUnauthenticated, reason::kCredentialsMissing,
                      "say who you are: send \"authorization: Bearer TOKEN\", or connect with a "
                      "client certificate");
  }

  if (!authorization.empty() || !api_key.empty()) {
    const std::string_view field = authorization.empty() ? "x-api-key" : "authorization";
    std::optional<std::string_view> token;
    if (!authorization.empty()) {
      token = TokenOf(authorization);
    } else if (IsToken(api_key)) {
      token = api_key;
    }
    if (!token) {
      return Unknown(StrCat(field, ": expected ",
                            authorization.empty() ? "" : "\"Bearer TOKEN\" with ",
                            "one token of at most ", kMaxTokenBytes, " visible ASCII characters"));
    }
    const std::string hash = RawHash(*token);
    // Every token is compared, so that the time it takes does not tell which one is near.
    std::optional<size_t> found;
    for (const Token& known : tokens_) {
      if (CRYPTO_memcmp(known.hash.data(), hash.data(), hash.size()) == 0) found = known.row;
    }
    if (found) return *found;
    return Unknown(StrCat(field, ": the token belongs to no account; ask for a new one"));
  }

  for (const std::string& name : names) {
    const auto known = certificates_.find(name);
    if (known != certificates_.end()) return known->second;
  }
  return Unknown(
      "no account has a name of the client certificate; have one added to certificate_names of "
      "your account, or send a token");
}

absl::StatusOr<Authenticator> Authenticator::Create(const v1::Moderation& config) {
  auto accounts = std::make_shared<Accounts>();
  for (int i = 0; i < config.accounts_size(); ++i) {
    const v1::Account& account = config.accounts(i);
    const std::optional<v1::Role> role = ParseRole(account.role());
    if (!role) {
      return absl::InvalidArgumentError(
          StrCat("moderation.accounts[", i,
                 "].role: expected viewer, moderator, approver or administrator"));
    }
    std::vector<std::string> tokens;
    if (!account.token_sha256().empty()) tokens.push_back(account.token_sha256());
    absl::Status added = accounts->table.Add(
        account.name(), tokens,
        {account.certificate_names().begin(), account.certificate_names().end()});
    if (!added.ok()) return added;
    v1::Caller& caller = accounts->callers.emplace_back();
    caller.set_name(account.name());
    caller.set_role(*role);
  }
  return Authenticator(std::move(accounts));
}

absl::StatusOr<v1::Caller> Authenticator::Authenticate(const Credentials& credentials) const {
  const std::shared_ptr<const Accounts> accounts = accounts_.load();
  const absl::StatusOr<size_t> found = accounts->table.Find(credentials);
  if (!found.ok()) return found.status();
  return accounts->callers[*found];
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
