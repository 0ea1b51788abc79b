// Who calls. A caller shows a token or a client certificate; the configuration says who that is and, of people who
// moderate, which role they have. Tokens are kept as SHA-256 hashes and compared in constant time.
//
// Thread rule: safe from many threads. Tables are immutable; an Authenticator can be given others.
#ifndef SIGNALBOOK_SERVICE_AUTH_H_
#define SIGNALBOOK_SERVICE_AUTH_H_

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "signalbook/v1/config.pb.h"
#include "signalbook/v1/moderation.pb.h"

namespace signalbook {

// What a caller shows.
struct Credentials {
  // The header or metadata "authorization", "Bearer TOKEN"; empty: none.
  std::string authorization;
  // Subject alternative names, then the common name, of a verified client certificate; empty: none. The first
  // that belongs to somebody counts.
  std::vector<std::string> certificate_names;
  // The header or metadata "x-api-key": a token without a scheme, for clients that cannot send the other. Empty:
  // none. Counts only without `authorization`.
  std::string api_key = {};
};

// Whom credentials belong to: rows of a list of the configuration, by their place.
class CredentialTable {
 public:
  // `list`: what errors call it, "moderation.accounts".
  explicit CredentialTable(std::string list) : list_(std::move(list)) {}

  // Adds the next row. InvalidArgument names it when it makes no sense: without a name or anything to be known by,
  // twice the same name, token or certificate name, a hash that is no SHA-256.
  absl::Status Add(const std::string& name, const std::vector<std::string>& token_sha256,
                   const std::vector<std::string>& certificate_names);

  // The place of the row. Unauthenticated with CREDENTIALS_MISSING when nothing was shown, with
  // CREDENTIALS_UNKNOWN when it belongs to nobody. A token that is shown must be right, whatever the certificate.
  absl::StatusOr<size_t> Find(const Credentials& credentials) const;

 private:
  struct Token {
    std::string hash;  // 32 bytes
    size_t row;
  };
  std::string list_;
  size_t size_ = 0;
  std::map<std::string, size_t> names_;
  std::vector<Token> tokens_;
  std::map<std::string, size_t> certificates_;  // by name
};

// The accounts of people who moderate.
class Authenticator {
 public:
  // InvalidArgument names the account of `config.moderation` that makes no sense: as above, or without a role.
  static absl::StatusOr<Authenticator> Create(const v1::Moderation& config);
  Authenticator(Authenticator&& other) noexcept : accounts_(other.accounts_.load()) {}

  // From now on these accounts count, for calls that come.
  void Use(const Authenticator& other) { accounts_ = other.accounts_.load(); }

  // Errors are those of CredentialTable::Find.
  absl::StatusOr<v1::Caller> Authenticate(const Credentials& credentials) const;

 private:
  struct Accounts {
    CredentialTable table{"moderation.accounts"};
    std::vector<v1::Caller> callers;  // by the places of the table
  };
  explicit Authenticator(std::shared_ptr<const Accounts> accounts)
      : accounts_(std::move(accounts)) {}

  std::atomic<std::shared_ptr<const Accounts>> accounts_;
};

// What a caller may show as a token: 1 to kMaxTokenBytes visible ASCII characters, the ones that any header
// carries unchanged.
inline constexpr size_t kMaxTokenBytes = 512;
bool IsToken(std::string_view text);

// A new token of 256 random bits, "sb_" and 43 characters of base64url.
std::string NewToken();
// What the configuration keeps of it: SHA-256 in 64 hexadecimal digits.
std::string TokenHash(std::string_view token);

// "viewer": what the configuration calls a role.
std::string_view RoleName(v1::Role role);

// PERMISSION_DENIED with ROLE_TOO_LOW unless `caller` has `needed` or more.
absl::Status RequireRole(const v1::Caller& caller, v1::Role needed);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_AUTH_H_
