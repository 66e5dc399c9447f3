// Certificates made on the spot, so that no key lies in the tree and none of them expires.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "support/temporary_folder.h"

namespace tocsin::test {

struct CertificateOptions {
  std::vector<std::string> names = {"localhost"};      // DNS subject alternative names
  std::vector<std::string> addresses = {"127.0.0.1"};  // IP subject alternative names
  std::chrono::seconds starts{-3600};                  // relative to now
  std::chrono::seconds ends{24 * 3600};
};

// Both PEM; the key file has mode 0600.
struct CertificateFiles {
  std::string certificate_file;
  std::string key_file;
};

// A root of its own with P-256 keys. Files go into the folder, which must outlive it.
class CertificateAuthority {
 public:
  explicit CertificateAuthority(const TemporaryFolder& folder, std::string name = "Test Root");
  ~CertificateAuthority();

  const std::string& ca_file() const noexcept;

  CertificateFiles issue(const CertificateOptions& options = {});

  // A certificate that vouches for itself; no authority knows it.
  CertificateFiles self_signed(const CertificateOptions& options = {});

  // PEM: a list with these certificates on it. `ends` is relative to now.
  std::string crl_file(const std::vector<CertificateFiles>& revoked,
                       std::chrono::seconds ends = std::chrono::hours(1));

  // DER: an OCSP response about one certificate.
  std::string ocsp_file(const CertificateFiles& about, bool revoked,
                        std::chrono::seconds ends = std::chrono::hours(1));

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tocsin::test
