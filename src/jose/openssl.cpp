#include "jose/openssl.h"

#include "base/assert.h"

namespace tocsin::jose {
namespace {

const EVP_MD* fetch_md(const char* name) {
  const EVP_MD* md = EVP_MD_fetch(nullptr, name, nullptr);
  TOCSIN_ASSERT(md != nullptr);
  return md;
}

const EVP_CIPHER* fetch_cipher(const char* name) {
  const EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, name, nullptr);
  TOCSIN_ASSERT(cipher != nullptr);
  return cipher;
}

}  // namespace

const EVP_MD* sha256_md() {
  static const EVP_MD* const md = fetch_md("SHA256");
  return md;
}

const EVP_MD* sha384_md() {
  static const EVP_MD* const md = fetch_md("SHA384");
  return md;
}

const EVP_MD* sha512_md() {
  static const EVP_MD* const md = fetch_md("SHA512");
  return md;
}

const EVP_CIPHER* aes256_gcm() {
  static const EVP_CIPHER* const cipher = fetch_cipher("AES-256-GCM");
  return cipher;
}

const EVP_CIPHER* aes128_cbc() {
  static const EVP_CIPHER* const cipher = fetch_cipher("AES-128-CBC");
  return cipher;
}

const EVP_CIPHER* aes256_wrap() {
  static const EVP_CIPHER* const cipher = fetch_cipher("AES-256-WRAP");
  return cipher;
}

}  // namespace tocsin::jose
