// Certificates of the servers and of who connects to them.
//
// Renewed files are taken up within kCertificateRefresh, without a restart. Replace them by renaming:
// while key and certificate do not match, handshakes may fail.
#ifndef SIGNALBOOK_SERVICE_TLS_H_
#define SIGNALBOOK_SERVICE_TLS_H_

#include <grpcpp/security/auth_context.h>
#include <grpcpp/security/server_credentials.h>
#include <openssl/types.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "signalbook/v1/config.pb.h"

namespace signalbook {

inline constexpr absl::Duration kCertificateRefresh = absl::Seconds(10);

// For the gRPC server.
//   NotFound          a file cannot be read
//   InvalidArgument   a field is missing, a file is no PEM of its kind, key and certificate do not match
// Both name the field and the file.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ServerCredentials(const v1::Tls& tls);

// For a server of our own, over OpenSSL. Thread rule: all methods are safe from many threads.
class TlsContext {
 public:
  // Errors as above.
  static absl::StatusOr<std::unique_ptr<TlsContext>> Create(const v1::Tls& tls);

  // What a connection at `now` is made with. Files that went bad leave the last good ones in place.
  std::shared_ptr<SSL_CTX> At(absl::Time now);

 private:
  TlsContext(const v1::Tls& tls, std::shared_ptr<SSL_CTX> context);

  const v1::Tls tls_;
  std::mutex mutex_;
  std::shared_ptr<SSL_CTX> context_;  // guarded by mutex_
  absl::Time loaded_;                 // guarded by mutex_
};

// What a client's certificate says of its owner: the subject alternative names (DNS, e-mail, URI, IP),
// then the common name. Empty when the client has shown none. Only certificates that one of
// client_authorities_file vouches for get as far as here.
std::vector<std::string> CertificateNames(const SSL* connection);
std::vector<std::string> CertificateNames(const grpc::AuthContext& connection);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_TLS_H_
