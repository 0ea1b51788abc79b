#include "service/channel.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "service/loopback.h"
#include "service/strings.h"
#include "service/tls.h"
#include "translator/tsv.h"

namespace signalbook {
namespace {

// Without it, OpenSSL asks for the password of a key at the terminal.
int NoPassword(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) { return -1; }

// OK without a file. `use` is OpenSSL's, 1 when it can use the file.
template <typename Use>
absl::Status CheckFile(const std::string& file, const Use& use, std::string_view wrong) {
  if (file.empty()) return absl::OkStatus();
  if (const auto content = ReadFile(file); !content.ok()) {
    return absl::NotFoundError(content.status().message());
  }
  if (use(file.c_str()) == 1) return absl::OkStatus();
  ERR_clear_error();  // or the next call on this thread would report it
  return absl::InvalidArgumentError(StrCat(file, ": ", wrong));
}

// gRPC only logs what is wrong with a file, and then fails every handshake.
absl::Status Check(const ChannelTls& tls) {
  if (tls.certificate_file.empty() != tls.key_file.empty()) {
    return absl::InvalidArgumentError(
        StrCat(tls.certificate_file, tls.key_file,
               ": a certificate and its private key go together; name both files, or neither"));
  }
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                  SSL_CTX_free);
  if (context == nullptr) return absl::ResourceExhaustedError("OpenSSL gives no context");
  SSL_CTX_set_default_passwd_cb(context.get(), NoPassword);
  absl::Status status = CheckFile(
      tls.authorities_file,
      [&](const char* file) { return SSL_CTX_load_verify_file(context.get(), file); },
      "holds no certificates; expected PEM");
  if (status.ok()) {
    status = CheckFile(
        tls.certificate_file,
        [&](const char* file) { return SSL_CTX_use_certificate_chain_file(context.get(), file); },
        "holds no certificate that can be used; expected PEM, the client's own first");
  }
  if (status.ok()) {
    status = CheckFile(
        tls.key_file,
        [&](const char* file) {
          return SSL_CTX_use_PrivateKey_file(context.get(), file, SSL_FILETYPE_PEM);
        },
        StrCat("holds no private key that belongs to ", tls.certificate_file,
               "; expected PEM without a password"));
  }
  return status;
}

}  // namespace

bool IsOn(const ChannelTls& tls) {
  return tls.enabled || !tls.authorities_file.empty() || !tls.certificate_file.empty() ||
         !tls.key_file.empty();
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeChannelCredentials(
    const ChannelTls& tls) {
  if (!IsOn(tls)) return grpc::InsecureChannelCredentials();
  if (absl::Status status = Check(tls); !status.ok()) return status;
  const bool own_authorities = !tls.authorities_file.empty();
  const bool known = !tls.certificate_file.empty();
  if (!own_authorities && !known) return grpc::SslCredentials({});
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(
      std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
          tls.key_file, tls.certificate_file, tls.authorities_file,
          static_cast<unsigned int>(absl::ToInt64Seconds(kCertificateRefresh))));
  if (own_authorities) options.watch_root_certs();
  if (known) options.watch_identity_key_cert_pairs();
  return grpc::experimental::TlsCredentials(options);
}

bool LeavesInTheClear(const std::string& address, const ChannelTls& tls) {
  return !IsOn(tls) && !IsLoopback(address);
}

}  // namespace signalbook
