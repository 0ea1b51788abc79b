#include "tests/support/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace signalbook {
namespace {

std::string TakeText(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, size);
  BIO_free(bio);
  return text;
}

void AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  if (extension == nullptr) std::abort();  // a test with a typo
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// Signed by `issuer`; by itself if that is null.
X509* Make(const std::string& common_name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key,
           const std::string& alternatives) {
  X509* certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  int32_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof(serial));
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial & 0x7FFFFFFF);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  if (issuer == nullptr) issuer = certificate;
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  if (issuer == certificate) {
    AddExtension(certificate, issuer, NID_basic_constraints, "critical,CA:TRUE");
  }
  if (!alternatives.empty()) {
    AddExtension(certificate, issuer, NID_subject_alt_name, alternatives);
  }
  X509_sign(certificate, issuer_key, EVP_sha256());
  return certificate;
}

std::string Write(const std::string& path, const std::string& text) {
  std::ofstream(path + ".new", std::ios::binary) << text;
  std::filesystem::rename(path + ".new", path);
  return path;
}

TestCertificate Save(const std::string& base, X509* certificate, EVP_PKEY* key) {
  BIO* certificate_text = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(certificate_text, certificate);
  BIO* key_text = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(key_text, key, nullptr, nullptr, 0, nullptr, nullptr);
  TestCertificate saved{.certificate = TakeText(certificate_text), .key = TakeText(key_text)};
  saved.certificate_file = Write(base + ".pem", saved.certificate);
  saved.key_file = Write(base + ".key", saved.key);
  return saved;
}

std::string MakeFolder(const std::string& name) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / (name + "_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  return folder;
}

}  // namespace

TestAuthority::TestAuthority(const std::string& name)
    : folder_(MakeFolder(name)), key_(EVP_EC_gen("P-256")) {
  certificate_ = Make(name, key_, nullptr, key_, "");
  own_ = Save(folder_ + "/authority", certificate_, key_);
}

TestAuthority::~TestAuthority() {
  X509_free(certificate_);
  EVP_PKEY_free(key_);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

TestCertificate TestAuthority::Issue(const std::string& common_name,
                                     const std::string& alternatives) const {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = Make(common_name, key, certificate_, key_, alternatives);
  TestCertificate saved = Save(folder_ + "/" + common_name, certificate, key);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return saved;
}

}  // namespace signalbook
