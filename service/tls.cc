#include "service/tls.h"

#include <arpa/inet.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "service/strings.h"

namespace signalbook {
namespace {

// One of the files of config.proto's Tls.
struct PemFile {
  std::string_view field;  // "tls.key_file"
  const std::string& path;
};

absl::Status Wrong(const PemFile& file, std::string_view what) {
  ERR_clear_error();  // or the next call on this thread would report it
  return absl::InvalidArgumentError(StrCat(file.field, ": ", file.path, " ", what));
}

absl::Status CheckReadable(const PemFile& file) {
  if (file.path.empty()) {
    return absl::InvalidArgumentError(StrCat(file.field, ": missing; name a PEM file"));
  }
  errno = 0;
  std::ifstream stream(file.path, std::ios::binary);
  if (stream && stream.peek() != std::ifstream::traits_type::eof()) return absl::OkStatus();
  return absl::NotFoundError(StrCat(
      file.field, ": ", file.path,
      " cannot be read: ", errno == 0 ? "it is empty" : std::generic_category().message(errno)));
}

// Without it, OpenSSL asks for the password of a key at the terminal.
int NoPassword(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) { return -1; }

absl::Status UseCertificate(const PemFile& file, SSL_CTX* context) {
  if (absl::Status status = CheckReadable(file); !status.ok()) return status;
  if (SSL_CTX_use_certificate_chain_file(context, file.path.c_str()) == 1) return absl::OkStatus();
  return Wrong(file, "holds no certificate that can be used; expected PEM, the server's own first");
}

absl::Status UseKey(const PemFile& file, SSL_CTX* context) {
  if (absl::Status status = CheckReadable(file); !status.ok()) return status;
  const std::unique_ptr<BIO, decltype(&BIO_free)> input(BIO_new_file(file.path.c_str(), "r"),
                                                        BIO_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(input.get(), nullptr, NoPassword, nullptr), EVP_PKEY_free);
  if (key == nullptr) return Wrong(file, "holds no private key; expected PEM without a password");
  if (SSL_CTX_use_PrivateKey(context, key.get()) == 1) return absl::OkStatus();
  return Wrong(file, "is not the key of the certificate in tls.certificate_file");
}

absl::Status UseAuthorities(const PemFile& file, bool required, SSL_CTX* context) {
  if (file.path.empty()) {
    if (!required) return absl::OkStatus();
    return absl::InvalidArgumentError(StrCat("tls.require_client_certificate: set ", file.field,
                                             " too, or nobody's certificate could be verified"));
  }
  if (absl::Status status = CheckReadable(file); !status.ok()) return status;
  if (SSL_CTX_load_verify_locations(context, file.path.c_str(), nullptr) != 1) {
    return Wrong(file, "holds no certificates; expected PEM");
  }
  // Tells clients which of their certificates to show.
  SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(file.path.c_str()));
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                     nullptr);
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<SSL_CTX>> MakeContext(const v1::Tls& tls) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (context == nullptr) return absl::ResourceExhaustedError("tls: OpenSSL gives no context");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_default_passwd_cb(context.get(), NoPassword);
  // A session that is resumed must have been one of this server, or OpenSSL refuses it.
  constexpr std::string_view kSessions = "signalbook";
  SSL_CTX_set_session_id_context(context.get(),
                                 reinterpret_cast<const unsigned char*>(kSessions.data()),
                                 static_cast<unsigned int>(kSessions.size()));
  absl::Status status =
      UseCertificate({"tls.certificate_file", tls.certificate_file()}, context.get());
  if (status.ok()) status = UseKey({"tls.key_file", tls.key_file()}, context.get());
  if (status.ok()) {
    status = UseAuthorities({"tls.client_authorities_file", tls.client_authorities_file()},
                            tls.require_client_certificate(), context.get());
  }
  if (!status.ok()) return status;
  return context;
}

// A name with a NUL in it says one thing to C and another to people.
void AddName(const ASN1_STRING* text, std::vector<std::string>* names) {
  std::string name(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                   ASN1_STRING_length(text));
  if (!name.empty() && name.find('\0') == std::string::npos) names->push_back(std::move(name));
}

void AddAddress(const ASN1_OCTET_STRING* bytes, std::vector<std::string>* names) {
  const int length = ASN1_STRING_length(bytes);
  if (length != 4 && length != 16) return;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (inet_ntop(length == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(bytes), text.data(),
                text.size()) != nullptr) {
    names->emplace_back(text.data());
  }
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ServerCredentials(const v1::Tls& tls) {
  // gRPC only logs what is wrong with a file, and then fails every handshake.
  if (auto checked = MakeContext(tls); !checked.ok()) return checked.status();
  grpc::experimental::TlsServerCredentialsOptions options(
      std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
          tls.key_file(), tls.certificate_file(), tls.client_authorities_file(),
          static_cast<unsigned int>(absl::ToInt64Seconds(kCertificateRefresh))));
  options.watch_identity_key_cert_pairs();
  if (!tls.client_authorities_file().empty()) {
    options.watch_root_certs();
    options.set_cert_request_type(tls.require_client_certificate()
                                      ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                      : GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  return grpc::experimental::TlsServerCredentials(options);
}

TlsContext::TlsContext(const v1::Tls& tls, std::shared_ptr<SSL_CTX> context)
    : tls_(tls), context_(std::move(context)), loaded_(absl::Now()) {}

absl::StatusOr<std::unique_ptr<TlsContext>> TlsContext::Create(const v1::Tls& tls) {
  auto context = MakeContext(tls);
  if (!context.ok()) return context.status();
  return std::unique_ptr<TlsContext>(new TlsContext(tls, *std::move(context)));
}

std::shared_ptr<SSL_CTX> TlsContext::At(absl::Time now) {
  std::lock_guard lock(mutex_);
  if (now - loaded_ >= kCertificateRefresh) {
    loaded_ = now;
    if (auto renewed = MakeContext(tls_); renewed.ok()) context_ = *std::move(renewed);
  }
  return context_;
}

std::vector<std::string> CertificateNames(const SSL* connection) {
  std::vector<std::string> names;
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      SSL_get1_peer_certificate(connection), X509_free);
  if (certificate == nullptr || SSL_get_verify_result(connection) != X509_V_OK) return names;
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> alternatives(
      static_cast<GENERAL_NAMES*>(
          X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)),
      GENERAL_NAMES_free);
  for (int i = 0; i < sk_GENERAL_NAME_num(alternatives.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(alternatives.get(), i);
    switch (name->type) {
      case GEN_DNS:
      case GEN_EMAIL:
      case GEN_URI:
        AddName(name->d.ia5, &names);
        break;
      case GEN_IPADD:
        AddAddress(name->d.iPAddress, &names);
        break;
      default:
        break;
    }
  }
  const X509_NAME* subject = X509_get_subject_name(certificate.get());
  const int common_name = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (common_name >= 0) {
    AddName(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, common_name)), &names);
  }
  return names;
}

std::vector<std::string> CertificateNames(const grpc::AuthContext& connection) {
  std::vector<std::string> names;
  if (!connection.IsPeerAuthenticated()) return names;
  for (const char* property : {GRPC_X509_SAN_PROPERTY_NAME, GRPC_X509_CN_PROPERTY_NAME}) {
    for (const grpc::string_ref& name : connection.FindPropertyValues(property)) {
      const std::string_view text(name.data(), name.size());
      if (!text.empty() && text.find('\0') == std::string_view::npos) names.emplace_back(text);
    }
  }
  return names;
}

}  // namespace signalbook
