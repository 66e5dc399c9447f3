#include "http/throwaway_authority.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <utility>

#include "base/try.h"
#include "http/tls.h"

namespace tocsin::http {
namespace {

constexpr long starts = -3600;      // seconds from now: clocks differ
constexpr long ends = 24L * 3600L;  // likewise

struct Free {
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const noexcept { X509_free(certificate); }
  void operator()(X509_EXTENSION* extension) const noexcept { X509_EXTENSION_free(extension); }
  void operator()(BIGNUM* number) const noexcept { BN_free(number); }
  void operator()(BIO* bio) const noexcept { BIO_free(bio); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

Error failed() {
  return {Errc::internal_error, "making a certificate: " + tls_error_text()};
}

struct Extension {
  int nid;
  std::string value;
};

bool extend(X509* certificate, X509* issuer, const Extension& wanted) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION> extension(
      X509V3_EXT_conf_nid(nullptr, &context, wanted.nid, wanted.value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// A certificate without its names, extensions and signature.
Owned<X509> begin_certificate(EVP_PKEY* key, const std::string& name) {
  Owned<X509> made(X509_new());
  const Owned<BIGNUM> serial(BN_new());
  const bool good =
      made && serial && X509_set_version(made.get(), X509_VERSION_3) == 1 &&
      BN_rand(serial.get(), 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
      BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(made.get())) != nullptr &&
      X509_gmtime_adj(X509_getm_notBefore(made.get()), starts) != nullptr &&
      X509_gmtime_adj(X509_getm_notAfter(made.get()), ends) != nullptr &&
      X509_set_pubkey(made.get(), key) == 1 &&
      X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                                 0) == 1;
  return good ? std::move(made) : nullptr;
}

template <class Write>
std::string to_pem(Write write) {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  if (!bio || write(bio.get()) != 1) return "";
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

std::string to_pem(X509* certificate) {
  return to_pem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

std::string to_pem(EVP_PKEY* key) {
  return to_pem([&](BIO* bio) {
    return PEM_write_bio_PKCS8PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

}  // namespace

struct ThrowawayAuthority::State {
  Owned<EVP_PKEY> key;
  Owned<X509> certificate;
};

ThrowawayAuthority::ThrowawayAuthority(std::unique_ptr<State> state) : state_(std::move(state)) {}
ThrowawayAuthority::ThrowawayAuthority(ThrowawayAuthority&&) noexcept = default;
ThrowawayAuthority& ThrowawayAuthority::operator=(ThrowawayAuthority&&) noexcept = default;
ThrowawayAuthority::~ThrowawayAuthority() = default;

Result<ThrowawayAuthority> ThrowawayAuthority::make(const std::string& name) {
  Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  Owned<X509> root = key ? begin_certificate(key.get(), name) : nullptr;
  const bool good =
      root && X509_set_issuer_name(root.get(), X509_get_subject_name(root.get())) == 1 &&
      extend(root.get(), root.get(), {NID_subject_key_identifier, "hash"}) &&
      extend(root.get(), root.get(), {NID_basic_constraints, "critical,CA:TRUE,pathlen:0"}) &&
      extend(root.get(), root.get(), {NID_key_usage, "critical,keyCertSign"}) &&
      X509_sign(root.get(), key.get(), EVP_sha256()) > 0;
  if (!good) return failed();
  return ThrowawayAuthority(std::make_unique<State>(State{std::move(key), std::move(root)}));
}

std::string ThrowawayAuthority::certificate() const {
  return to_pem(state_->certificate.get());
}

Result<ThrowawayAuthority::Identity> ThrowawayAuthority::issue(const IpAddress& address) const {
  X509* root = state_->certificate.get();
  const std::string name = to_short_text(address);
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const Owned<X509> made = key ? begin_certificate(key.get(), name) : nullptr;
  const bool good = made && X509_set_issuer_name(made.get(), X509_get_subject_name(root)) == 1 &&
                    extend(made.get(), root, {NID_subject_key_identifier, "hash"}) &&
                    extend(made.get(), root, {NID_authority_key_identifier, "keyid"}) &&
                    extend(made.get(), root, {NID_basic_constraints, "critical,CA:FALSE"}) &&
                    extend(made.get(), root, {NID_key_usage, "critical,digitalSignature"}) &&
                    extend(made.get(), root, {NID_ext_key_usage, "serverAuth"}) &&
                    extend(made.get(), root, {NID_subject_alt_name, "IP:" + name}) &&
                    X509_sign(made.get(), state_->key.get(), EVP_sha256()) > 0;
  if (!good) return failed();
  return Identity{to_pem(made.get()), to_pem(key.get())};
}

}  // namespace tocsin::http
