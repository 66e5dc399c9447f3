#include "support/certificates.h"

#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace tocsin::test {
namespace {

struct Free {
  void operator()(EVP_PKEY* p) const noexcept { EVP_PKEY_free(p); }
  void operator()(X509* p) const noexcept { X509_free(p); }
  void operator()(X509_CRL* p) const noexcept { X509_CRL_free(p); }
  void operator()(X509_REVOKED* p) const noexcept { X509_REVOKED_free(p); }
  void operator()(X509_EXTENSION* p) const noexcept { X509_EXTENSION_free(p); }
  void operator()(BIO* p) const noexcept { BIO_free(p); }
  void operator()(ASN1_TIME* p) const noexcept { ASN1_TIME_free(p); }
  void operator()(OCSP_BASICRESP* p) const noexcept { OCSP_BASICRESP_free(p); }
  void operator()(OCSP_RESPONSE* p) const noexcept { OCSP_RESPONSE_free(p); }
  void operator()(OCSP_CERTID* p) const noexcept { OCSP_CERTID_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

void must(bool good) {
  if (!good) throw std::runtime_error("making a test certificate failed");
}

Owned<ASN1_TIME> in(std::chrono::seconds span) {
  return Owned<ASN1_TIME>(X509_gmtime_adj(nullptr, span.count()));
}

template <class Write>
std::string to_bytes(Write write) {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  must(write(bio.get()) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

void extend(X509* certificate, const X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, const_cast<X509*>(issuer), certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  must(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

std::string alternative_names(const CertificateOptions& options) {
  std::string list;
  for (const std::string& name : options.names) list += (list.empty() ? "DNS:" : ",DNS:") + name;
  for (const std::string& address : options.addresses) {
    list += (list.empty() ? "IP:" : ",IP:") + address;
  }
  return list;
}

Owned<X509> read_certificate(const std::string& path) {
  const Owned<BIO> bio(BIO_new_file(path.c_str(), "r"));
  must(bio != nullptr);
  return Owned<X509>(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

}  // namespace

struct CertificateAuthority::State {
  const TemporaryFolder& folder;
  std::string name;
  Owned<EVP_PKEY> key;
  Owned<X509> certificate;
  std::string ca_file;
  long serial = 1;

  Owned<X509> make(EVP_PKEY* subject_key, const std::string& subject,
                   const CertificateOptions& options, bool is_authority, const X509* issuer,
                   EVP_PKEY* issuer_key) {
    Owned<X509> made(X509_new());
    X509_set_version(made.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial);
    X509_set1_notBefore(made.get(), in(options.starts).get());
    X509_set1_notAfter(made.get(), in(options.ends).get());
    X509_set_pubkey(made.get(), subject_key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(subject.c_str()), -1, -1, 0);
    const X509* signer = issuer == nullptr ? made.get() : issuer;
    X509_set_issuer_name(made.get(), X509_get_subject_name(signer));
    extend(made.get(), signer, NID_subject_key_identifier, "hash");
    extend(made.get(), signer, NID_basic_constraints,
           is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (is_authority) {
      extend(made.get(), signer, NID_key_usage, "critical,keyCertSign,cRLSign");
    } else {
      extend(made.get(), signer, NID_key_usage, "critical,digitalSignature");
      extend(made.get(), signer, NID_ext_key_usage, "serverAuth,clientAuth");
      extend(made.get(), signer, NID_subject_alt_name, alternative_names(options));
    }
    must(X509_sign(made.get(), issuer_key, EVP_sha256()) > 0);
    return made;
  }

  CertificateFiles write(X509* made, EVP_PKEY* made_key) {
    const std::string stem = name + "-" + std::to_string(serial);
    return {folder.write(stem + ".pem",
                         to_bytes([&](BIO* bio) { return PEM_write_bio_X509(bio, made); })),
            folder.write(stem + ".key", to_bytes([&](BIO* bio) {
                           return PEM_write_bio_PrivateKey(bio, made_key, nullptr, nullptr, 0,
                                                           nullptr, nullptr);
                         }))};
  }
};

CertificateAuthority::CertificateAuthority(const TemporaryFolder& folder, std::string name)
    : state_(std::make_unique<State>(State{folder, std::move(name), nullptr, nullptr, "", 1})) {
  State& s = *state_;
  s.key.reset(EVP_EC_gen("P-256"));
  s.certificate = s.make(s.key.get(), s.name, {}, true, nullptr, s.key.get());
  s.ca_file = folder.write(s.name + ".pem", to_bytes([&](BIO* bio) {
                             return PEM_write_bio_X509(bio, s.certificate.get());
                           }));
}

CertificateAuthority::~CertificateAuthority() = default;

const std::string& CertificateAuthority::ca_file() const noexcept {
  return state_->ca_file;
}

CertificateFiles CertificateAuthority::issue(const CertificateOptions& options) {
  State& s = *state_;
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const Owned<X509> made =
      s.make(key.get(), "test peer", options, false, s.certificate.get(), s.key.get());
  return s.write(made.get(), key.get());
}

CertificateFiles CertificateAuthority::self_signed(const CertificateOptions& options) {
  State& s = *state_;
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const Owned<X509> made = s.make(key.get(), "test peer", options, false, nullptr, key.get());
  return s.write(made.get(), key.get());
}

std::string CertificateAuthority::crl_file(const std::vector<CertificateFiles>& revoked,
                                           std::chrono::seconds ends) {
  State& s = *state_;
  const Owned<X509_CRL> crl(X509_CRL_new());
  X509_CRL_set_version(crl.get(), X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(s.certificate.get()));
  X509_CRL_set1_lastUpdate(crl.get(), in(std::chrono::hours(-2)).get());
  X509_CRL_set1_nextUpdate(crl.get(), in(ends).get());
  for (const CertificateFiles& files : revoked) {
    const Owned<X509> about = read_certificate(files.certificate_file);
    Owned<X509_REVOKED> entry(X509_REVOKED_new());
    X509_REVOKED_set_serialNumber(entry.get(), X509_get_serialNumber(about.get()));
    X509_REVOKED_set_revocationDate(entry.get(), in(std::chrono::hours(-1)).get());
    must(X509_CRL_add0_revoked(crl.get(), entry.release()) == 1);
  }
  X509_CRL_sort(crl.get());
  must(X509_CRL_sign(crl.get(), s.key.get(), EVP_sha256()) > 0);
  return s.folder.write(s.name + "-" + std::to_string(++s.serial) + ".crl",
                        to_bytes([&](BIO* bio) { return PEM_write_bio_X509_CRL(bio, crl.get()); }));
}

std::string CertificateAuthority::ocsp_file(const CertificateFiles& about, bool revoked,
                                            std::chrono::seconds ends) {
  State& s = *state_;
  const Owned<X509> subject = read_certificate(about.certificate_file);
  const Owned<OCSP_CERTID> id(OCSP_cert_to_id(EVP_sha256(), subject.get(), s.certificate.get()));
  const Owned<OCSP_BASICRESP> basic(OCSP_BASICRESP_new());
  const Owned<ASN1_TIME> since = in(std::chrono::hours(-2));
  OCSP_basic_add1_status(
      basic.get(), id.get(), revoked ? V_OCSP_CERTSTATUS_REVOKED : V_OCSP_CERTSTATUS_GOOD,
      OCSP_REVOKED_STATUS_NOSTATUS, revoked ? since.get() : nullptr, since.get(), in(ends).get());
  must(OCSP_basic_sign(basic.get(), s.certificate.get(), s.key.get(), EVP_sha256(), nullptr, 0) ==
       1);
  const Owned<OCSP_RESPONSE> response(
      OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get()));
  return s.folder.write(
      s.name + "-" + std::to_string(++s.serial) + ".ocsp",
      to_bytes([&](BIO* bio) { return i2d_OCSP_RESPONSE_bio(bio, response.get()); }));
}

}  // namespace tocsin::test
