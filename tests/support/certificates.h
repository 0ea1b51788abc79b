// Certificates, made on the spot: an authority of its own for each test.
#ifndef SIGNALBOOK_TESTS_SUPPORT_CERTIFICATES_H_
#define SIGNALBOOK_TESTS_SUPPORT_CERTIFICATES_H_

#include <openssl/types.h>

#include <memory>
#include <string>
#include <vector>

namespace signalbook {

// PEM, and the files that hold it.
struct TestCertificate {
  std::string certificate, key;
  std::string certificate_file, key_file;
};

class TestAuthority {
 public:
  // `name` tells its files from those of others.
  explicit TestAuthority(const std::string& name);
  ~TestAuthority();

  const TestCertificate& own() const { return own_; }
  // `alternatives` as OpenSSL writes them: "DNS:localhost,IP:127.0.0.1". Files of an earlier certificate with
  // the same name are replaced in one step each.
  TestCertificate Issue(const std::string& common_name, const std::string& alternatives = "") const;

 private:
  const std::string folder_;
  EVP_PKEY* key_ = nullptr;
  X509* certificate_ = nullptr;
  TestCertificate own_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_SUPPORT_CERTIFICATES_H_
