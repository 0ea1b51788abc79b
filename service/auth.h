// Who calls. A caller shows a bearer token or a client certificate; the configuration says who that is and
// which role they have. Tokens are kept as SHA-256 hashes and compared in constant time.
//
// Thread rule: immutable after construction.
#ifndef SIGNALBOOK_SERVICE_AUTH_H_
#define SIGNALBOOK_SERVICE_AUTH_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "signalbook/v1/config.pb.h"
#include "signalbook/v1/moderation.pb.h"

namespace signalbook {

// What a caller shows.
struct Credentials {
  std::string authorization;               // the header or metadata "authorization"; empty: none
  std::vector<std::string> certificate_names;  // subject alternative names, then the common name, of a verified
                                               // client certificate; empty: none
};

class Authenticator {
 public:
  // InvalidArgument names the account of `config.moderation` that makes no sense: without a name or a role,
  // twice the same name, token or certificate name, a hash that is no SHA-256.
  static absl::StatusOr<Authenticator> Create(const v1::Moderation& config);

  // Unauthenticated with CREDENTIALS_MISSING when nothing was shown, with CREDENTIALS_UNKNOWN when it belongs
  // to nobody. A token that is shown must be right, whatever the certificate.
  absl::StatusOr<v1::Caller> Authenticate(const Credentials& credentials) const;

 private:
  struct Account {
    v1::Caller caller;
    std::string token_hash;                      // 32 bytes; empty: none
    std::vector<std::string> certificate_names;
  };
  Authenticator() = default;
  std::vector<Account> accounts_;
};

// A new token of 256 random bits, "sb_" and 43 characters of base64url.
std::string NewToken();
// What the configuration keeps of it: SHA-256 in 64 hexadecimal digits.
std::string TokenHash(std::string_view token);

// PERMISSION_DENIED with ROLE_TOO_LOW unless `caller` has `needed` or more.
absl::Status RequireRole(const v1::Caller& caller, v1::Role needed);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_AUTH_H_
